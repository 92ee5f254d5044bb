/**
 * Latencies from geography: the great circle at the speed of light in fibre, times a path inflation, plus a delay at each end; and, at a stated rate,
 * pairs whose route makes a detour, so that a relay is faster (triangle-inequality violations, which real networks have and
 * distances do not). What it leaves out: which cables exist, so coasts and mountains; congestion; change over time.
 */
import { ParameterError, checkNumber } from "../errors";
import type { RandomStream } from "../simulation";
import { checkList, checkObject, checkRandom } from "./check-input";
import { checkPosition, fibreDelayUs, PATH_INFLATION, type Position } from "./great-circle";
import { checkHosts, type LatencyModel } from "./latency-model";

/** Parameters of {@link GeographicLatency}. */
export interface GeographicOptions {
  /** How much longer paths take than light in fibre along the great circle, >= 1; 2.1 if absent (see {@link PATH_INFLATION}). */
  readonly inflation?: number;
  /** One-way delay of the last mile at each end, whole microseconds; 500 if absent (half a millisecond; ours, about that of fibre access). */
  readonly accessUs?: number;
  /** Detours; none if absent, and then no triangle inequality is violated. */
  readonly detours?: {
    /** Share of unordered pairs of places for which some relay is to be faster, 0..1. */
    readonly share: number;
    /** A detour costs up to this much more than the best relay, as a share; drawn uniformly. 0.25 if absent (ours). */
    readonly maxExcess?: number;
    /** Stream for the choice of pairs and the size of detours. */
    readonly random: RandomStream;
  };
}

/** How much longer a relay may be, as a share, to spare one pair from having to stay direct. */
const NEW_LEG_COST = 0.1;
/** Most places: the table of their pairs is square, and looking for relays takes the cube. */
const MAX_PLACES = 2000;

/** One-way latencies between hosts at places on the globe. */
export class GeographicLatency implements LatencyModel {
  readonly hosts: number;
  /** Share of unordered pairs of places that violate the triangle inequality: the stated share, to the nearest pair. */
  readonly violatedShare: number;
  private readonly placeOf: Int32Array;
  private readonly places: number;
  private readonly us: Int32Array;
  private readonly localUs: number;

  /**
   * @param places positions, 1..2000
   * @param placeOf place of each host; one host at each place if absent
   * @throws ParameterError when a value is out of range, or the share of detours cannot be reached
   */
  constructor(places: readonly Position[], placeOf: ArrayLike<number> = [...checkList("places", places, "a list of positions").keys()], options: GeographicOptions = {}) {
    checkObject("options", options, "parameters of the model");
    checkList("places", places, "a list of positions");
    this.places = checkNumber("places.length", places.length, { min: 1, max: MAX_PLACES, integer: true });
    places.forEach((place, index) => checkPosition(`places[${index}]`, place));
    this.placeOf = Int32Array.from(checkList("placeOf", placeOf), (place, host) => checkNumber(`placeOf[${host}]`, place, { min: 0, max: places.length - 1, integer: true }));
    this.hosts = this.placeOf.length;
    const inflation = checkNumber("inflation", options.inflation ?? PATH_INFLATION, { min: 1, max: 100 });
    const accessUs = checkNumber("accessUs", options.accessUs ?? 500, { min: 0, max: 1e6, integer: true, unit: "microseconds" });
    this.localUs = 2 * accessUs;
    this.us = distanceTable(places, inflation, this.localUs);
    this.violatedShare = options.detours === undefined ? 0 : addDetours(this.us, places.length, options.detours);
  }

  latencyUs(from: number, to: number): number {
    if ((from >>> 0) !== from || (to >>> 0) !== to || from >= this.hosts || to >= this.hosts) checkHosts(from, to, this.hosts);
    if (from === to) return 0;
    return this.us[this.placeOf[from] * this.places + this.placeOf[to]];
  }
}

/** Rounding up keeps the triangle inequality: ceil(a) + ceil(b) >= ceil(a + b). */
function distanceTable(places: readonly Position[], inflation: number, localUs: number): Int32Array {
  const count = places.length;
  const us = new Int32Array(count * count);
  for (let a = 0; a < count; a++) {
    us[a * count + a] = localUs;
    for (let b = a + 1; b < count; b++) {
      us[a * count + b] = Math.ceil(fibreDelayUs(places[a], places[b], inflation)) + localUs;
      us[b * count + a] = us[a * count + b];
    }
  }
  return us;
}

/**
 * Gives a share of the pairs a longer route than their best relay. The relays' own legs are kept direct, so each such pair is violated; pairs
 * without a detour are not, since their legs only became longer. So the share is met exactly, as long as enough direct pairs remain.
 */
function addDetours(us: Int32Array, count: number, detours: NonNullable<GeographicOptions["detours"]>): number {
  const share = checkNumber("detours.share", detours.share, { min: 0, max: 1 });
  const maxExcess = checkNumber("detours.maxExcess", detours.maxExcess ?? 0.25, { min: 0, max: 10 });
  const random = checkRandom("detours.random", detours.random);
  const pairs: number[] = [];
  for (let a = 0; a < count; a++) for (let b = a + 1; b < count; b++) pairs.push(a * count + b);
  const wanted = Math.round(share * pairs.length);
  random.shuffle(pairs);
  const direct = new Uint8Array(count * count).fill(1);
  const isLeg = new Uint8Array(count * count);
  let violated = 0;
  for (const pair of pairs) {
    if (violated === wanted) break;
    if (isLeg[pair] === 1) continue;
    const a = Math.floor(pair / count);
    const b = pair - a * count;
    const relay = cheapestRelay(us, direct, isLeg, count, a, b);
    if (relay < 0) continue;
    const relayUs = us[a * count + relay] + us[relay * count + b];
    const detourUs = relayUs + 1 + Math.floor(relayUs * maxExcess * random.uniform());
    for (const [x, y] of [[a, b], [b, a]]) {
      us[x * count + y] = detourUs;
      direct[x * count + y] = 0;
    }
    for (const [x, y] of [[a, relay], [relay, b]]) {
      isLeg[x * count + y] = 1;
      isLeg[y * count + x] = 1;
    }
    violated += 1;
  }
  if (violated < wanted) {
    throw new ParameterError({
      what: "the share of detours cannot be reached",
      got: share,
      expected: `at most ${Math.floor((violated / pairs.length) * 1000) / 1000} with these places and this stream`,
      where: "parameter detours.share",
    });
  }
  return pairs.length === 0 ? 0 : violated / pairs.length;
}

/**
 * The relay with the shortest way over two direct legs, where a leg that no other pair relies on yet counts a bit longer, so that enough pairs remain
 * that may still get a detour. The lowest number on a tie, -1 when there is none.
 */
function cheapestRelay(us: Int32Array, direct: Uint8Array, isLeg: Uint8Array, count: number, a: number, b: number): number {
  let best = -1;
  let bestCost = Infinity;
  for (let relay = 0; relay < count; relay++) {
    const [first, second] = [a * count + relay, relay * count + b];
    if (relay === a || relay === b || direct[first] === 0 || direct[second] === 0) continue;
    const cost = (us[first] + us[second]) * (1 + NEW_LEG_COST * (2 - isLeg[first] - isLeg[second]));
    if (cost < bestCost) {
      bestCost = cost;
      best = relay;
    }
  }
  return best;
}
