/**
 * Replication on an overlay, as in the simulations of Lv, Cao, Cohen, Li and Shenker (ICS 2002): queries come one after another from random nodes, walkers search, and after a success copies are
 * made: at the one who asked ("owner"), at all nodes on the successful walker's way ("path"), or at as many nodes chosen at random among those visited ("random"). Each node has room for a few
 * copies; a new one takes the place of another. Each object has one more copy at its origin that is never deleted.
 */
import { ParameterError, checkNumber } from "../../errors";
import { AliasTable, ln, type RandomStream } from "../../simulation";
import { checkOverlay, type OverlayGraph } from "../gnutella";
import { logLogSlope, normalizedRates } from "./allocation";
import { checkWalkOptions, chooseRandom, type WalkOptions } from "./policies";

/** Where copies are made after a success. */
export const REPLICATIONS = Object.freeze(["none", "owner", "path", "random"] as const);
/** Which copy a full node deletes: any, the one not asked for longest, or the oldest. */
export const DELETIONS = Object.freeze(["random", "least-recently-used", "oldest"] as const);

/** Parameters. */
export interface ReplicationWorldOptions {
  readonly replication: (typeof REPLICATIONS)[number];
  readonly deletion: (typeof DELETIONS)[number];
  /** Copies that a node has room for, 1..10,000; 40 in Lv et al. (from memory). */
  readonly room: number;
  /** Share of the room that is filled at random at the start, 0..1. */
  readonly filled: number;
  /** Queries before anything is measured, and queries measured. */
  readonly warmUp: number;
  readonly measured: number;
  readonly walk: Partial<WalkOptions>;
}

/** Defaults of {@link ReplicationWorldOptions}. Random deletion is what the theory asks for: a copy's life must not depend on how often it is used. */
export const REPLICATION_WORLD_DEFAULTS: ReplicationWorldOptions = Object.freeze({ replication: "path", deletion: "random", room: 4, filled: 0, warmUp: 20_000, measured: 10_000, walk: Object.freeze({}) });

/** What came of it. */
export interface ReplicationWorldResult {
  /** Share of the measured queries that found a copy. */
  readonly success: number;
  /** Mean steps of all walkers of a query. */
  readonly steps: number;
  /** Mean steps of the first successful walker, over the successful queries. */
  readonly firstHitStep: number;
  /** Mean copies of each object over the measured time, its origin included. */
  readonly copies: Float64Array;
  /** Slope of ln copies against ln rate, origins not counted: 0.5 is the square root, 1 proportional. */
  readonly slope: number;
  /** Copies made during the measured queries. */
  readonly made: number;
}

/** Copies on nodes, by node and by object. */
class Stores {
  readonly counts: Int32Array;
  private readonly slots: Int32Array;
  private readonly used: Float64Array;
  private readonly origins: Int32Array;

  constructor(private readonly nodes: number, readonly objects: number, private readonly room: number, random: RandomStream) {
    this.slots = new Int32Array(nodes * room).fill(-1);
    this.used = new Float64Array(nodes * room);
    this.counts = new Int32Array(objects);
    this.origins = Int32Array.from({ length: objects }, () => random.integer(nodes));
  }

  slotOf(node: number, object: number): number {
    for (let slot = node * this.room; slot < (node + 1) * this.room; slot++) if (this.slots[slot] === object) return slot;
    return -1;
  }

  has(node: number, object: number): boolean {
    return this.origins[object] === node || this.slotOf(node, object) >= 0;
  }

  touch(node: number, object: number, now: number): void {
    const slot = this.slotOf(node, object);
    if (slot >= 0) this.used[slot] = now;
  }

  /** @returns whether a copy was made */
  put(node: number, object: number, now: number, options: ReplicationWorldOptions, random: RandomStream): boolean {
    if (this.has(node, object)) return false;
    let chosen = this.slotOf(node, -1);
    if (chosen < 0 && options.deletion === "random") chosen = node * this.room + random.integer(this.room);
    if (chosen < 0) {
      chosen = node * this.room;
      for (let slot = chosen + 1; slot < (node + 1) * this.room; slot++) if (this.used[slot] < this.used[chosen]) chosen = slot;
    }
    if (this.slots[chosen] >= 0) this.counts[this.slots[chosen]] -= 1;
    this.slots[chosen] = object;
    this.used[chosen] = now;
    this.counts[object] += 1;
    return true;
  }

  fill(share: number, random: RandomStream): void {
    for (let node = 0; node < this.nodes; node++) {
      for (let slot = 0; slot < Math.round(share * this.room); slot++) {
        const object = random.integer(this.objects);
        if (!this.has(node, object)) this.put(node, object, 0, REPLICATION_WORLD_DEFAULTS, random);
      }
    }
  }
}

function checkOptions(given: Partial<ReplicationWorldOptions>): ReplicationWorldOptions {
  const stranger = Object.keys(given).find((name) => !Object.hasOwn(REPLICATION_WORLD_DEFAULTS, name));
  if (stranger !== undefined) throw new ParameterError({ what: "unknown option of a replication world", got: stranger, expected: Object.keys(REPLICATION_WORLD_DEFAULTS).join(", ") });
  const options = { ...REPLICATION_WORLD_DEFAULTS, ...given };
  if (!REPLICATIONS.includes(options.replication)) throw new ParameterError({ what: "unknown replication", got: options.replication, expected: REPLICATIONS.join(", "), where: "parameter replication" });
  if (!DELETIONS.includes(options.deletion)) throw new ParameterError({ what: "unknown deletion", got: options.deletion, expected: DELETIONS.join(", "), where: "parameter deletion" });
  checkNumber("room", options.room, { min: 1, max: 10_000, integer: true, unit: "copies" });
  checkNumber("filled", options.filled, { min: 0, max: 1 });
  checkNumber("warmUp", options.warmUp, { min: 0, max: 1e8, integer: true, unit: "queries" });
  checkNumber("measured", options.measured, { min: 1, max: 1e8, integer: true, unit: "queries" });
  return options;
}

/**
 * Runs queries over an overlay.
 * @param rates how often each object is asked for
 * @throws ParameterError when an option is unknown or out of range
 */
export function replicationWorld(graph: OverlayGraph, rates: ArrayLike<number>, given: Partial<ReplicationWorldOptions>, random: RandomStream): ReplicationWorldResult {
  checkOverlay(graph);
  const options = checkOptions(given);
  const walk = checkWalkOptions(options.walk);
  if (walk.policy !== "random") throw new ParameterError({ what: "replication is simulated with random walkers", got: walk.policy, expected: "random", where: "parameter walk.policy" });
  const q = normalizedRates(rates);
  const choice = new AliasTable(q);
  const stores = new Stores(graph.nodes, q.length, options.room, random);
  stores.fill(options.filled, random);
  const sums = new Float64Array(q.length);
  let [found, steps, first, made, looks] = [0, 0, 0, 0, 0];
  for (let query = 1; query <= options.warmUp + options.measured; query++) {
    const [object, source] = [choice.draw(random), random.integer(graph.nodes)];
    const search = walkOver(graph, source, (node) => stores.has(node, object), walk, random);
    const isMeasured = query > options.warmUp;
    if (search.holder >= 0) {
      stores.touch(search.holder, object, query);
      const targets = targetsOf(options.replication, source, search, random);
      for (const node of targets) if (stores.put(node, object, query, options, random) && isMeasured) made += 1;
    }
    if (!isMeasured) continue;
    steps += search.steps;
    if (search.holder >= 0) [found, first] = [found + 1, first + search.way.length - 1];
    if (query % 100 !== 0 && query !== options.warmUp + options.measured) continue;
    looks += 1;
    stores.counts.forEach((count, each) => void (sums[each] += count));
  }
  const copies = sums.map((sum) => sum / looks);
  const spread = q[0] === q[q.length - 1] || copies.filter((each) => each > 0).length < 2;
  return { success: found / options.measured, steps: steps / options.measured, firstHitStep: found === 0 ? 0 : first / found, copies: copies.map((each) => each + 1), slope: spread ? 0 : logLogSlope(q, copies, ln), made };
}

interface WalkOver {
  readonly holder: number;
  readonly steps: number;
  /** Way of the first successful walker, source first, holder last. */
  readonly way: readonly number[];
  readonly visited: readonly number[];
}

/** k walkers in turn; checks as in Lv et al. */
function walkOver(graph: OverlayGraph, source: number, isHolder: (node: number) => boolean, walk: WalkOptions, random: RandomStream): WalkOver {
  if (isHolder(source)) return { holder: source, steps: 0, way: [source], visited: [] };
  const ways = Array.from({ length: walk.walkers }, () => [source]);
  const isDone = new Uint8Array(walk.walkers);
  const visited: number[] = [];
  let [holder, steps, running, hits]: [number, number, number, number] = [-1, 0, walk.walkers, 0];
  let found: readonly number[] = [];
  for (let step = 1; running > 0; step++) {
    for (let walker = 0; walker < walk.walkers; walker++) {
      if (isDone[walker] === 1) continue;
      const way = ways[walker];
      const at = way[way.length - 1];
      const to = chooseRandom(graph.neighbours(at), way.length > 1 ? way[way.length - 2] : -1, walk.avoidsBack, random);
      if (to >= 0) {
        steps += 1;
        way.push(to);
        visited.push(to);
        if (isHolder(to)) {
          hits += 1;
          if (holder < 0) [holder, found] = [to, way];
          isDone[walker] = 1;
        }
      }
      if (to < 0 || step >= walk.maxSteps || (walk.checkEvery > 0 && step % walk.checkEvery === 0 && hits >= walk.wantedHits)) isDone[walker] = 1;
      running -= isDone[walker];
    }
  }
  return { holder, steps, way: found, visited };
}

function targetsOf(replication: ReplicationWorldOptions["replication"], source: number, search: WalkOver, random: RandomStream): readonly number[] {
  if (replication === "none" || search.way.length < 2) return [];
  if (replication === "owner") return [source];
  if (replication === "path") return [...new Set(search.way.slice(0, -1))];
  const nodes = [...new Set([source, ...search.visited])];
  return random.shuffle(nodes).slice(0, search.way.length - 1);
}
