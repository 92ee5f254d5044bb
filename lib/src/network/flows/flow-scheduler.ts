/**
 * Bulk transfers as fluid flows: at every moment each flow has its max-min fair rate, rates change only when a flow starts, stops or
 * ends or a capacity changes, and between changes bytes drain at a constant rate. This is the usual model of long TCP transfers
 * where only sharing matters (Massoulie and Roberts, "Bandwidth sharing: objectives and algorithms", INFOCOM 1999); it leaves out
 * slow start, losses, and the unfairness of TCP to long paths. Time is in whole microseconds: a flow ends at the first microsecond at
 * which all its bytes have arrived, so results do not depend on how often {@link FlowScheduler.advance} is called.
 */
import { ParameterError, checkNumber } from "../../errors";
import { BITS_PER_BYTE, SECOND_US } from "../../units";
import { checkObject } from "../check-input";
import { MinHeap } from "../min-heap";
import { IncrementalMaxMin, type SolverWork } from "./incremental-max-min";

/** A transfer to start. */
export interface FlowRequest {
  /** The links it crosses, each at most once; empty only with a cap. */
  readonly path: ArrayLike<number>;
  /** Bytes to move, >= 0; Infinity for a flow that lasts until stopped. */
  readonly bytes: number;
  /** Own rate limit, bit/s; none if absent. */
  readonly capBps?: number;
}

/** A transfer that ended by itself. */
export interface FlowCompletion {
  readonly flow: number;
  /** When its last byte arrived. */
  readonly atUs: number;
}

/** Number of bits that move in one microsecond at 1 bit/s. */
const PER_US = 1 / SECOND_US;
/** A flow is over when what is left would take less than this; keeps rounding errors from costing a whole microsecond. */
const DONE_WITHIN_US = 1e-3;

/** Flows sharing links, driven by an event engine or by hand. */
export class FlowScheduler {
  private readonly solver: IncrementalMaxMin;
  private readonly completions = new MinHeap(16);
  private readonly slotOf = new Map<number, number>();
  private flowOf = new Float64Array(16);
  private remainingBits = new Float64Array(16);
  private settledUs = new Float64Array(16);
  /** The rate at which a flow drains since `settledUs`. */
  private drainBps = new Float64Array(16);
  private clockUs = 0;
  private nextFlow = 0;

  /**
   * @param capacitiesBps capacity of each link, bit/s, >= 0
   * @param startUs time of the first event, whole microseconds
   */
  constructor(capacitiesBps: ArrayLike<number>, startUs = 0) {
    this.solver = new IncrementalMaxMin(capacitiesBps);
    this.clockUs = checkNumber("startUs", startUs, { min: 0, integer: true, max: Number.MAX_SAFE_INTEGER, unit: "microseconds" });
  }

  /** The time up to which transfers have been followed, microseconds. */
  get nowUs(): number {
    return this.clockUs;
  }

  /** Number of flows in progress. */
  get size(): number {
    return this.solver.size;
  }

  /** Counts of the solver's work, for benchmarks. */
  get work(): SolverWork {
    return this.solver.work;
  }

  /**
   * Starts a transfer at the current time.
   * @returns its number; numbers count up from 0 and are not used again
   * @throws ParameterError for a bad path, size or cap
   */
  start(request: FlowRequest): number {
    const { path, bytes, capBps = Infinity } = checkObject("request", request, "path and bytes");
    if (typeof bytes !== "number" || !(bytes >= 0)) {
      throw new ParameterError({
        what: "bad flow size",
        got: bytes,
        expected: "a number >= 0 bytes, or Infinity",
        where: "parameter bytes",
      });
    }
    const slot = this.solver.add(path, capBps);
    const flow = this.nextFlow;
    this.nextFlow += 1;
    if (slot >= this.flowOf.length) this.grow();
    this.slotOf.set(flow, slot);
    this.flowOf[slot] = flow;
    this.remainingBits[slot] = bytes * BITS_PER_BYTE;
    this.settledUs[slot] = this.clockUs;
    this.drainBps[slot] = 0;
    if (bytes === 0) this.completions.set(slot, this.clockUs);
    this.solver.touched.push(slot);
    return flow;
  }

  /**
   * Stops a transfer before its end.
   * @returns the bytes that had not yet arrived
   * @throws ParameterError when no such flow is in progress
   */
  stop(flow: number): number {
    const remaining = this.remainingBytes(flow);
    this.drop(this.slot(flow));
    return remaining;
  }

  /** Changes a link's capacity from now on, bit/s; 0 is an outage that stalls its flows. */
  setCapacity(link: number, capacityBps: number): void {
    this.solver.setCapacity(link, capacityBps);
  }

  /** Changes a flow's own rate limit from now on, bit/s or Infinity. */
  setCap(flow: number, capBps: number): void {
    this.solver.setCap(this.slot(flow), capBps);
  }

  /** Current rate of a flow in progress, bit/s. */
  rateBps(flow: number): number {
    const slot = this.slot(flow);
    this.settle();
    return this.solver.rate(slot);
  }

  /** Current rate over a link, bit/s. */
  linkRateBps(link: number): number {
    this.settle();
    return this.solver.load(link);
  }

  /** Bytes of a flow that have not yet arrived. */
  remainingBytes(flow: number): number {
    const slot = this.slot(flow);
    this.settle();
    const bits = this.remainingBits[slot] - this.drainBps[slot] * (this.clockUs - this.settledUs[slot]) * PER_US;
    return Math.max(0, bits) / BITS_PER_BYTE;
  }

  /** When the next flow ends if nothing else happens, whole microseconds; Infinity when none will. */
  nextCompletionUs(): number {
    this.settle();
    return this.completions.size === 0 ? Infinity : this.completions.minKey();
  }

  /**
   * Lets time pass.
   * @param nowUs the new time, not before the current one
   * @returns the flows that ended, in order of time, then of their start
   * @throws ParameterError when time would run backwards
   */
  advance(nowUs: number): FlowCompletion[] {
    checkNumber("nowUs", nowUs, { min: this.clockUs, integer: true, max: Number.MAX_SAFE_INTEGER, unit: "microseconds" });
    const ended: FlowCompletion[] = [];
    for (;;) {
      const atUs = this.nextCompletionUs();
      if (atUs > nowUs) break;
      this.clockUs = atUs;
      const together: number[] = [];
      while (this.completions.size > 0 && this.completions.minKey() === atUs) {
        const slot = this.completions.min();
        together.push(this.flowOf[slot]);
        this.drop(slot);
      }
      together.sort((a, b) => a - b);
      for (const flow of together) ended.push({ flow, atUs });
    }
    this.clockUs = nowUs;
    return ended;
  }

  private slot(flow: number): number {
    const slot = this.slotOf.get(flow);
    if (slot === undefined) {
      throw new ParameterError({
        what: "no such flow in progress",
        got: flow,
        expected: "the number of a flow that has started and not ended",
        where: "parameter flow",
      });
    }
    return slot;
  }

  private drop(slot: number): void {
    this.solver.remove(slot);
    this.completions.remove(slot);
    this.slotOf.delete(this.flowOf[slot]);
    this.flowOf[slot] = -1;
  }

  /** Solves for the rates if anything changed, and books what drained at the old rates. */
  private settle(): void {
    this.solver.solve();
    const { touched } = this.solver;
    for (const slot of touched) {
      // A slot may have been freed since, or be listed twice.
      if (this.flowOf[slot] < 0) continue;
      const rate = this.solver.rate(slot);
      if (rate === this.drainBps[slot]) continue;
      const drained = this.drainBps[slot] * (this.clockUs - this.settledUs[slot]) * PER_US;
      this.remainingBits[slot] = Math.max(0, this.remainingBits[slot] - drained);
      this.settledUs[slot] = this.clockUs;
      this.drainBps[slot] = rate;
      this.schedule(slot, rate);
    }
    touched.length = 0;
  }

  private schedule(slot: number, rateBps: number): void {
    const bits = this.remainingBits[slot];
    const atUs = bits === 0 ? this.clockUs : this.clockUs + Math.max(0, Math.ceil((bits / rateBps) * SECOND_US - DONE_WITHIN_US));
    if (atUs <= Number.MAX_SAFE_INTEGER) this.completions.set(slot, atUs);
    else this.completions.remove(slot);
  }

  private grow(): void {
    const larger = (array: Float64Array) => {
      const copy = new Float64Array(array.length * 2);
      copy.set(array);
      return copy;
    };
    this.flowOf = larger(this.flowOf);
    this.remainingBits = larger(this.remainingBits);
    this.settledUs = larger(this.settledUs);
    this.drainBps = larger(this.drainBps);
    this.completions.reserve(this.flowOf.length);
  }
}
