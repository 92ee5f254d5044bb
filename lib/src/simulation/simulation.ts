/**
 * The simulator: a clock, the queue of future events, and the nodes. It takes the earliest event, moves the clock to it, lets one process
 * handle it, and then applies what the process asked for. Nothing else ever happens, so a run is a function of its options alone: the same
 * code, parameters and seed give the same events, bit for bit.
 *
 * Time is a whole number of microseconds below 2^53 (285 years). Events of equal time happen in the order in which they were scheduled.
 * A crash loses the process with its timers; messages in flight still arrive, at the next process of that node if it is up by then. A pause
 * holds a node's events back and delivers them in order when it resumes. Not modelled: computing time of handlers, clocks that drift.
 */
import { LimitError, checkNumber } from "../errors";
import type { Process } from "./contract";
import { checkFunction, checkText } from "./checks";
import { checkNode } from "./effects";
import { ACTION, VISIT } from "./event-records";
import { checkFaults } from "./fault-checks";
import { scheduleFaults, withFaults } from "./fault-engine";
import { NodeTable } from "./node-table";
import { checkRunOptions, type RunOptions, type RunOutcome, type SimulationOptions, type Visit } from "./options";
import type { RandomStream } from "./random";

/** Memory is looked at once in so many events. */
const MEMORY_INTERVAL = 4096;

/** A simulated world of nodes that run one kind of process. */
export class Simulation<M = unknown, P extends Process<M> = Process<M>> extends NodeTable<M, P> {
  /** @throws ParameterError when an option is out of range */
  constructor(options: SimulationOptions<M, P>) {
    super(options, (streams) => withFaults(options.transport, checkFaults(options.faults ?? [], options.nodes), options.nodes, streams));
    for (let node = 0; node < this.nodes; node++) {
      const startUs = options.startUs ? options.startUs(node) : 0;
      if (startUs !== -1) this.scheduleStart(node, checkNumber("startUs", startUs, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs, or -1" }));
    }
    scheduleFaults(this, options.faults ?? [], this.streams);
  }

  /** The stream of draws for a purpose; `node` 0 if absent. The same object that the node's process gets for that name. */
  random(name: string, node = 0): RandomStream {
    checkText("name", name);
    checkNode(node, this.nodes);
    return this.streams.streamOf(name, node);
  }

  /** Lets the experiment do something at a time: crash a node, read a state, change a parameter. Not inside any node. */
  at(timeUs: number, action: () => void): void {
    this.requireFuture(timeUs);
    checkFunction("action", action);
    this.records.attach(this.records.add(timeUs, ACTION, -1, -1, 0), action);
  }

  /**
   * Calls into a process at a time, with its context: how an experiment starts a lookup or a download. Skipped if the node is down then,
   * put off while it is paused.
   */
  invokeAt(timeUs: number, node: number, visit: Visit<M, P>): void {
    checkNode(node, this.nodes);
    this.requireFuture(timeUs);
    checkFunction("visit", visit);
    this.records.attach(this.records.add(timeUs, VISIT, node, -1, 0), visit);
  }

  /** Lets the next event happen. @returns false if there is none */
  step(): boolean {
    this.requireNoHandler("step");
    const slot = this.records.queue.popUntil(Infinity);
    if (slot < 0) return false;
    this.execute(slot);
    return true;
  }

  /**
   * Runs until a time, a condition, or nothing is left; see {@link RunOptions}. May be called again to go on.
   * @throws LimitError when a stated limit is reached first; the simulation stays usable
   * @throws whatever a handler throws, with node, time and event number added to its message; that handler's effects are not applied
   */
  run(options: RunOptions = {}): RunOutcome {
    const { untilUs = Infinity, until, maxEvents = Infinity, maxTimeUs = Infinity, maxMemoryBytes = Infinity } = checkRunOptions(options);
    this.requireNoHandler("run");
    if (untilUs !== Infinity) checkNumber("untilUs", untilUs, { min: this.nowUs, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" });
    for (const [name, limit] of [["maxEvents", maxEvents], ["maxTimeUs", maxTimeUs], ["maxMemoryBytes", maxMemoryBytes]] as const) {
      // NaN compares false with everything and would switch a limit off in silence.
      if (limit !== Infinity) checkNumber(name, limit, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true });
    }
    const { counts, records } = this;
    const { queue } = records;
    const first = counts.events;
    const dueUs = Math.min(untilUs, maxTimeUs);
    for (;;) {
      if (counts.events - first >= maxEvents) {
        if (queue.nextTimeUs() > dueUs) break;
        throw new LimitError({ what: "the run reached its limit of events", got: counts.events - first, expected: `an end within ${maxEvents} events`, where: `simulated time ${this.nowUs} µs` });
      }
      const slot = queue.popUntil(dueUs);
      if (slot < 0) break;
      this.execute(slot);
      if (until !== undefined && until()) return { reason: "condition", nowUs: this.nowUs, events: counts.events - first };
      if (maxMemoryBytes !== Infinity && counts.events % MEMORY_INTERVAL === 0) this.checkMemory(maxMemoryBytes, options.memoryBytes);
    }
    if (maxTimeUs < untilUs && queue.nextTimeUs() <= untilUs) {
      throw new LimitError({ what: "the run reached its limit of time", got: queue.nextTimeUs(), expected: `no event after ${maxTimeUs} µs`, where: `${queue.size} events waiting` });
    }
    if (untilUs !== Infinity) this.nowUs = untilUs;
    return { reason: queue.size === 0 ? "idle" : "time", nowUs: this.nowUs, events: counts.events - first };
  }

  private requireFuture(timeUs: number): void {
    checkNumber("timeUs", timeUs, { min: this.nowUs, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" });
  }
}
