/**
 * Max-min fair sharing that is repaired, not recomputed, when a flow starts or stops or a capacity changes.
 *
 * Each link has a level: the rate of the flows it holds back (Infinity when it has room for all of its flows). A flow's rate is the
 * least of its cap and the levels on its path. A link's level is the water level that fills it when every flow is offered what the
 * rest of its path allows. Levels for which both hold are the max-min fair ones, since every flow then has a full link on which
 * no flow is faster (Bertsekas and Gallager, Data Networks, section 6.5.2). So a change is followed from link to link, lowest level
 * first, only through flows whose offer changed below the level of the next link; this is the centralised form of the fair-rate
 * algorithms that routers would run (Charny, Clark and Jain, ICC 1995). Usually a few dozen links are touched; when so many are that
 * starting afresh is cheaper, `solveMaxMin` is used.
 */
import { ParameterError, checkNumber } from "../../errors";
import { checkList } from "../check-input";
import { MinHeap } from "../min-heap";
import { FlowTable, grown } from "./flow-table";
import { badCap, solveCheckedMaxMin, unlimitedFlow, type FlowProblem } from "./max-min";
import { waterLevelOf } from "./water-level";

/** A level that moved by less than this share of itself is left as it was, so rounding errors do not travel. */
const SAME_LEVEL = 1e-13;
/** A link filled to less than this share of its capacity is taken to have room without adding up its flows again. */
const CLEARLY_FREE = 1 - 1e-9;

/** What the solver did since it was made. */
export interface SolverWork {
  /** Times a set of changes was followed from link to link. */
  incremental: number;
  /** Times everything was solved from scratch. */
  fromScratch: number;
  /** Links whose level was computed, over all incremental solutions. */
  linkEvaluations: number;
}

/** Max-min fair rates under arrivals, departures and changes of capacity. Changes are gathered and applied by {@link IncrementalMaxMin.solve}. */
export class IncrementalMaxMin {
  readonly work: SolverWork = { incremental: 0, fromScratch: 0, linkEvaluations: 0 };
  /** Slots of flows whose rate may have changed since the list was last taken; may repeat a slot. */
  readonly touched: number[] = [];
  private readonly table: FlowTable;
  private readonly capacities: Float64Array;
  private readonly levels: Float64Array;
  private readonly loads: Float64Array;
  private readonly dirty: MinHeap;
  private offers = new Float64Array(64);
  private caps = new Float64Array(16);
  /** Least of cap and capacities on the path: no allocation can give the flow more. */
  private ceilings = new Float64Array(16);
  private rates = new Float64Array(16);
  private limits = new Int32Array(16);
  /** What the flow would get without the link that limits it. */
  private seconds = new Float64Array(16);

  /**
   * @param capacitiesBps capacity of each link, bit/s, >= 0
   * @throws ParameterError for a negative or infinite capacity
   */
  constructor(capacitiesBps: ArrayLike<number>) {
    this.capacities = Float64Array.from(checkList("capacitiesBps", capacitiesBps, "a capacity for each link"));
    this.capacities.forEach((capacity, link) => checkNumber(`capacitiesBps[${link}]`, capacity, { min: 0, unit: "bit/s" }));
    this.table = new FlowTable(this.capacities.length);
    this.levels = new Float64Array(this.capacities.length).fill(Infinity);
    this.loads = new Float64Array(this.capacities.length);
    this.dirty = new MinHeap(this.capacities.length);
  }

  /** Number of flows. */
  get size(): number {
    return this.table.size;
  }

  /**
   * Adds a flow; its rate is known after the next {@link IncrementalMaxMin.solve}.
   * @param path links the flow crosses, each at most once; empty only for a capped flow
   * @param capBps the flow's own limit, bit/s, or Infinity
   * @returns the flow's slot, which is used again after {@link IncrementalMaxMin.remove}
   * @throws ParameterError for an unknown or repeated link, a bad cap, or a flow that nothing limits
   */
  add(path: ArrayLike<number>, capBps = Infinity): number {
    if (typeof capBps !== "number" || !(capBps >= 0)) throw badCap(capBps, "parameter capBps");
    checkList("path", path, "a list of links");
    if (path.length === 0 && capBps === Infinity) throw unlimitedFlow("parameter path");
    const slot = this.table.add(path);
    if (slot >= this.caps.length) this.growFlows(slot + 1);
    this.caps[slot] = capBps;
    this.setCeiling(slot);
    this.rates[slot] = 0;
    this.seconds[slot] = 0;
    this.limits[slot] = -1;
    this.applyLimits(slot, -1);
    return slot;
  }

  /**
   * Removes the flow in a slot.
   * @throws ParameterError when the slot holds no flow
   */
  remove(slot: number): void {
    this.checkSlot(slot);
    const { pathStart, pathLength, hopLink } = this.table;
    const start = pathStart[slot];
    const length = pathLength[slot];
    for (let hop = start; hop < start + length; hop++) {
      const link = hopLink[hop];
      this.loads[link] -= this.rates[slot];
      if (this.levels[link] !== Infinity) this.mark(link, this.levels[link]);
    }
    this.table.remove(slot);
    for (let hop = start; hop < start + length; hop++) {
      if (this.table.memberCount[hopLink[hop]] === 0) this.loads[hopLink[hop]] = 0;
    }
  }

  /** Gives a flow another cap, bit/s or Infinity. */
  setCap(slot: number, capBps: number): void {
    this.checkSlot(slot);
    if (typeof capBps !== "number" || !(capBps >= 0)) throw badCap(capBps, "parameter capBps");
    if (capBps === Infinity && this.table.pathLength[slot] === 0) throw unlimitedFlow("parameter capBps");
    this.caps[slot] = capBps;
    this.setCeiling(slot);
    this.applyLimits(slot, -1);
  }

  /** Gives a link another capacity, bit/s, >= 0 (0 stops all its flows). */
  setCapacity(link: number, capacityBps: number): void {
    checkNumber("link", link, { min: 0, max: this.capacities.length - 1, integer: true });
    this.capacities[link] = checkNumber("capacityBps", capacityBps, { min: 0, unit: "bit/s" });
    const flows = this.table.memberFlows[link];
    for (let i = 0; i < this.table.memberCount[link]; i++) {
      const slot = flows[i];
      this.setCeiling(slot);
      this.applyLimits(slot, -1);
    }
    if (this.table.memberCount[link] > 0) this.mark(link, 0);
  }

  /** Rate of a flow as of the last solution, bit/s. @throws ParameterError when the slot holds no flow */
  rate(slot: number): number {
    if (!(this.table.pathLength[slot] >= 0) || slot >= this.table.slotCount) this.checkSlot(slot);
    return this.rates[slot];
  }

  /** Rate over a link as of the last solution, bit/s. */
  load(link: number): number {
    const load = this.loads[link];
    if (load === undefined) checkNumber("link", link, { min: 0, max: this.capacities.length - 1, integer: true });
    return load;
  }

  /** Capacity of a link, bit/s. */
  capacity(link: number): number {
    checkNumber("link", link, { min: 0, max: this.capacities.length - 1, integer: true });
    return this.capacities[link];
  }

  /** Links a flow crosses. */
  path(slot: number): Int32Array {
    this.checkSlot(slot);
    const start = this.table.pathStart[slot];
    return this.table.hopLink.slice(start, start + this.table.pathLength[slot]);
  }

  /** Brings the rates up to date with all changes since the last call. */
  solve(): void {
    if (this.dirty.size === 0) return;
    // A link costs about its number of flows to evaluate; beyond this budget solving everything is cheaper.
    let budget = 6 * this.table.hopsInUse + 64;
    if (this.dirty.size * 8 > this.levels.length && this.dirty.size > 16) budget = 0;
    while (this.dirty.size > 0) {
      if (budget <= 0) {
        this.solveAll();
        return;
      }
      const link = this.dirty.pop();
      budget -= this.table.memberCount[link] + 1;
      this.work.linkEvaluations += 1;
      const level = this.waterLevel(link);
      const old = this.levels[link];
      if (level === old || (old !== Infinity && Math.abs(level - old) <= SAME_LEVEL * old)) continue;
      this.levels[link] = level;
      const flows = this.table.memberFlows[link];
      const count = this.table.memberCount[link];
      for (let i = 0; i < count; i++) {
        const slot = flows[i];
        // Untouched: the link neither limits this flow nor came below its two tightest limits.
        if (this.limits[slot] !== link && level >= this.seconds[slot] && old > this.seconds[slot]) continue;
        this.applyLimits(slot, link);
      }
    }
    this.work.incremental += 1;
  }

  /** The current flows as a problem for `solveMaxMin`, with the slot of each flow. */
  problem(): FlowProblem & { readonly slots: Int32Array } {
    const { slots, pathStarts, pathLinks } = this.table.paths();
    return { capacitiesBps: this.capacities, pathStarts, pathLinks, capsBps: Float64Array.from(slots, (slot) => this.caps[slot]), slots };
  }

  private checkSlot(slot: number): void {
    if (!(this.table.pathLength[slot] >= 0) || slot >= this.table.slotCount) {
      throw new ParameterError({
        what: "no flow in this slot",
        got: slot,
        expected: "a slot of a flow that was added and not removed",
        where: "parameter slot",
      });
    }
  }

  private solveAll(): void {
    const problem = this.problem();
    this.levels.set(solveCheckedMaxMin(problem).levelsBps);
    for (const slot of problem.slots) this.applyLimits(slot, -1);
    this.dirty.clear();
    this.loads.fill(0);
    for (let flow = 0; flow < problem.slots.length; flow++) {
      for (let hop = problem.pathStarts[flow]; hop < problem.pathStarts[flow + 1]; hop++) {
        this.loads[problem.pathLinks[hop]] += this.rates[problem.slots[flow]];
      }
    }
    this.work.fromScratch += 1;
  }

  /** The level at which a link is full when every flow on it is offered what the rest of its path allows; Infinity if it never fills. */
  private waterLevel(link: number): number {
    const { table, limits, seconds, rates } = this;
    const flows = table.memberFlows[link];
    const count = table.memberCount[link];
    if (count === 0) return Infinity;
    if (this.offers.length < count) this.offers = new Float64Array(count * 2);
    const { offers } = this;
    let total = 0;
    let carried = 0;
    for (let i = 0; i < count; i++) {
      const slot = flows[i];
      const offer = limits[slot] === link ? seconds[slot] : rates[slot];
      offers[i] = offer;
      total += offer;
      carried += rates[slot];
    }
    this.loads[link] = carried;
    const capacity = this.capacities[link];
    if (total <= capacity) return Infinity;
    return waterLevelOf(offers, count, capacity, Math.min(this.levels[link], capacity));
  }

  /** Works out again what limits a flow, and marks the links (other than `from`) that this concerns. */
  private applyLimits(slot: number, from: number): void {
    const { table, levels } = this;
    const { hopLink } = table;
    const start = table.pathStart[slot];
    const end = start + table.pathLength[slot];
    let first = this.ceilings[slot];
    let second = first;
    let limit = -1;
    for (let hop = start; hop < end; hop++) {
      const level = levels[hopLink[hop]];
      if (level < first) {
        second = first;
        first = level;
        limit = hopLink[hop];
      } else if (level < second) second = level;
    }
    const oldFirst = this.rates[slot];
    const oldSecond = this.seconds[slot];
    const oldLimit = this.limits[slot];
    this.rates[slot] = first;
    this.seconds[slot] = second;
    this.limits[slot] = limit;
    if (first !== oldFirst) this.touched.push(slot);
    for (let hop = start; hop < end; hop++) {
      const link = hopLink[hop];
      this.loads[link] += first - oldFirst;
      if (link === from) continue;
      const offer = limit === link ? second : first;
      const oldOffer = oldLimit === link ? oldSecond : oldFirst;
      if (offer === oldOffer) continue;
      const level = levels[link];
      if (level === Infinity) {
        if (this.loads[link] > this.capacities[link] * CLEARLY_FREE) this.mark(link, offer);
      } else if (offer < level || oldOffer < level) this.mark(link, level);
    }
  }

  private mark(link: number, key: number): void {
    if (!this.dirty.has(link) || this.dirty.keyOf(link) > key) this.dirty.set(link, key);
  }

  private setCeiling(slot: number): void {
    const { table } = this;
    let ceiling = this.caps[slot];
    const start = table.pathStart[slot];
    for (let hop = start; hop < start + table.pathLength[slot]; hop++) ceiling = Math.min(ceiling, this.capacities[table.hopLink[hop]]);
    this.ceilings[slot] = ceiling;
  }

  private growFlows(size: number): void {
    this.caps = grown(this.caps, size);
    this.ceilings = grown(this.ceilings, size);
    this.rates = grown(this.rates, size);
    this.limits = grown(this.limits, size);
    this.seconds = grown(this.seconds, size);
  }
}
