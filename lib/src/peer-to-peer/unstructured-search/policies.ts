/**
 * Where a query goes next, as pure decisions that the message-by-message search (search-peer.ts) and the fast one (walk-search.ts) share. Random walks with checks: Lv, Cao, Cohen, Li and
 * Shenker, "Search and replication in unstructured peer-to-peer networks", ICS 2002. High degree first: Adamic, Lukose, Puniyani and Huberman, "Search in power-law
 * networks", Phys. Rev. E 64 (2001). By past success: Tsoumakos and Roussopoulos, "Adaptive probabilistic search for peer-to-peer networks", P2P 2003.
 */
import { ParameterError, checkNumber } from "../../errors";

/** How a walker chooses its next node: any neighbour; the one with most neighbours that it has not been to; or by past success (APS). */
export const WALK_POLICIES = Object.freeze(["random", "high-degree", "past-success"] as const);
/** One of {@link WALK_POLICIES}. */
export type WalkPolicy = (typeof WALK_POLICIES)[number];

/** Parameters of a search by walkers. */
export interface WalkOptions {
  readonly policy: WalkPolicy;
  /** Walkers that start at once, 1..10,000; 32 (Lv et al. use 16 to 64). */
  readonly walkers: number;
  /** Steps after which a walker stops, 1..10^9; 1024. */
  readonly maxSteps: number;
  /** A walker asks the one who searches whether to go on after so many steps; 0: never. 4 in Lv et al. */
  readonly checkEvery: number;
  /** Hits after which a check ends a walker, >= 1. */
  readonly wantedHits: number;
  /** Whether a walker may not go back at once to where it came from, unless there is no other way; true (ours). */
  readonly avoidsBack: boolean;
  /** How far a node knows what others have: 0 only itself, 1 its neighbours too (one-hop replication), 2 also theirs. */
  readonly knowledgeHops: number;
  /** APS: index value of a neighbour that nothing is known of; 30. */
  readonly initialIndex: number;
  /** APS: what an index gains by a success and loses by a failure; 10. */
  readonly indexStep: number;
  /** APS: no index falls below this, >= 1, so that no neighbour is lost for ever; 1 (ours). */
  readonly leastIndex: number;
  /** APS: whether a walker is expected to succeed (its indexes rise as it goes, and a failure corrects them on the way back) or to fail. */
  readonly expectation: "optimistic" | "pessimistic";
}

/** Defaults of {@link WalkOptions}. */
export const WALK_DEFAULTS: WalkOptions = Object.freeze({
  policy: "random", walkers: 32, maxSteps: 1024, checkEvery: 4, wantedHits: 1, avoidsBack: true, knowledgeHops: 0, initialIndex: 30, indexStep: 10, leastIndex: 1, expectation: "pessimistic",
});

/** @throws ParameterError when an option is unknown or out of range */
export function checkWalkOptions(given: Partial<WalkOptions> = {}): WalkOptions {
  if (typeof given !== "object" || given === null) throw new ParameterError({ what: "bad options of a search", got: given, expected: "an object", where: "parameter options" });
  const stranger = Object.keys(given).find((name) => !Object.hasOwn(WALK_DEFAULTS, name));
  if (stranger !== undefined) throw new ParameterError({ what: "unknown option of a search", got: stranger, expected: Object.keys(WALK_DEFAULTS).join(", ") });
  const options = { ...WALK_DEFAULTS, ...given };
  if (!WALK_POLICIES.includes(options.policy)) throw new ParameterError({ what: "unknown policy of a walker", got: options.policy, expected: WALK_POLICIES.join(", "), where: "parameter policy" });
  if (options.expectation !== "optimistic" && options.expectation !== "pessimistic") throw new ParameterError({ what: "bad value for expectation", got: options.expectation, expected: "optimistic or pessimistic", where: "parameter expectation" });
  if (typeof options.avoidsBack !== "boolean") throw new ParameterError({ what: "bad value for avoidsBack", got: options.avoidsBack, expected: "true or false", where: "parameter avoidsBack" });
  checkNumber("walkers", options.walkers, { min: 1, max: 10_000, integer: true });
  checkNumber("maxSteps", options.maxSteps, { min: 1, max: 1e9, integer: true });
  checkNumber("checkEvery", options.checkEvery, { min: 0, max: 1e9, integer: true, unit: "steps" });
  checkNumber("wantedHits", options.wantedHits, { min: 1, max: 1e9, integer: true });
  checkNumber("knowledgeHops", options.knowledgeHops, { min: 0, max: 2, integer: true, unit: "hops" });
  for (const name of ["indexStep", "leastIndex"] as const) checkNumber(name, options[name], { min: 1, max: 1e6, integer: true });
  checkNumber("initialIndex", options.initialIndex, { min: options.leastIndex, max: 1e6, integer: true });
  return options;
}

/** Something to draw from. */
export interface Draws {
  integer(bound: number): number;
}

/**
 * A neighbour drawn evenly, without the one that the walker came from if there is another.
 * @param previous -1 at the start
 * @returns -1 when there is no neighbour
 */
export function chooseRandom(neighbours: ArrayLike<number>, previous: number, avoidsBack: boolean, random: Draws): number {
  const count = neighbours.length;
  if (count === 0) return -1;
  if (!avoidsBack || previous < 0 || count === 1) return neighbours[random.integer(count)];
  const place = random.integer(count - 1);
  // The previous node's place is passed over; a node that is no neighbour (any more) passes over the last.
  for (let i = 0; i <= place; i++) if (neighbours[i] === previous) return neighbours[place + 1];
  return neighbours[place];
}

/** The neighbour with most neighbours that the walker has not been to, the first of equals; a random one when it has been to all. */
export function chooseHighDegree(neighbours: ArrayLike<number>, degreeOf: (node: number) => number, wasThere: (node: number) => boolean, random: Draws): number {
  let best = -1;
  let most = -1;
  for (let i = 0; i < neighbours.length; i++) {
    const degree = degreeOf(neighbours[i]);
    if (degree > most && !wasThere(neighbours[i])) [best, most] = [neighbours[i], degree];
  }
  return best >= 0 || neighbours.length === 0 ? best : neighbours[random.integer(neighbours.length)];
}

/**
 * A neighbour with a probability in proportion to its index, those excluded left out unless all are.
 * @returns its place in the list, -1 when there is none
 */
export function choosePastSuccess(count: number, indexAt: (place: number) => number, isExcluded: (place: number) => boolean, random: Draws): number {
  if (count === 0) return -1;
  let sum = 0;
  for (let place = 0; place < count; place++) if (!isExcluded(place)) sum += indexAt(place);
  const all = sum === 0;
  if (all) for (let place = 0; place < count; place++) sum += indexAt(place);
  let left = random.integer(sum);
  for (let place = 0; place < count; place++) {
    if (!all && isExcluded(place)) continue;
    left -= indexAt(place);
    if (left < 0) return place;
  }
  return count - 1;
}

/** An index as a walker leaves: moved towards what is expected of it. */
export function indexOnLeaving(index: number, options: WalkOptions): number {
  return Math.max(options.leastIndex, index + (options.expectation === "optimistic" ? options.indexStep : -options.indexStep));
}

/** Whether an outcome is against expectation, so that the indexes on the walker's way must be told. */
export function needsUpdate(success: boolean, options: WalkOptions): boolean {
  return success !== (options.expectation === "optimistic");
}

/** An index when the walker's outcome was not as expected: what was added is taken back and the contrary put in its place. */
export function indexOnUpdate(index: number, options: WalkOptions): number {
  return Math.max(options.leastIndex, index + (options.expectation === "optimistic" ? -2 : 2) * options.indexStep);
}

/** TTLs of an expanding ring, in turn: start, start + step, ... up to the last, which is always tried. */
export function ringTtls(start: number, step: number, last: number): number[] {
  checkNumber("start", start, { min: 1, max: 255, integer: true, unit: "hops" });
  checkNumber("step", step, { min: 1, max: 255, integer: true, unit: "hops" });
  checkNumber("last", last, { min: start, max: 255, integer: true, unit: "hops" });
  const ttls: number[] = [];
  for (let ttl = start; ttl < last; ttl += step) ttls.push(ttl);
  return [...ttls, last];
}
