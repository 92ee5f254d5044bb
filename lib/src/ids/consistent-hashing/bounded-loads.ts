/**
 * Consistent hashing with bounded loads (Mirrokni, Thorup & Zadimoghaddam, SODA 2018, arXiv:1608.01350): no server may hold more than (1 + epsilon) times its fair
 * share of the keys. A key whose server is full goes on clockwise to the next one with room, as in linear probing. The price is paid in moves: besides the
 * keys of the server that came or went, some others shift too, of the order of 1 / epsilon^2 for each key that does.
 *
 * The keys are served in an order drawn from their own digests, so where they end up does not depend on who came first, and two instances with
 * the same servers and keys agree. A key that is not placed is looked up where it would go as the next one (the use in load balancers).
 * Deviates: the assignment is computed anew after a change, in time proportional to the number of keys, instead of being mended in place; the
 * moves are those of the paper all the same. Keys are known by the 53 leading bits of their digests.
 * Tests: test/ids/consistent-hashing/bounded-loads.test.ts, test/laws/consistent-hashing.test.ts, test/paper/consistent-hashing.test.ts (HS-8).
 */
import { InvariantError, ParameterError, checkChoice, checkNumber } from "../../errors";
import { digestOf, type HashKey } from "../hash-bytes";
import { mixDigests } from "../hash-words";
import type { InternedKeys } from "./interned-keys";
import { layPoints, ringPosition, successorPoint, type RingPoints } from "./ring-points";
import { ServerSet, type HashOptions } from "./server-set";

/** How the room is divided: every server gets the share rounded up, or the total is rounded up and the first servers get what is over. */
export const CAPACITY_RULES = ["ceiling", "spread"] as const;

/** Options of bounded loads. */
export interface BoundedLoadOptions extends HashOptions {
  /** Balance parameter, 0..10^6: no load above (1 + epsilon) of the mean, rounded up; default 0.25, the lower end of what HAProxy's manual calls reasonable for its `hash-balance-factor` (125 to 200 per cent). */
  readonly epsilon?: number;
  /** Points of a server of weight 1, 1..10^4; default 1 as in the paper. */
  readonly points?: number;
  /** Default "ceiling". With "spread", capacities differ by one and add up to (1 + epsilon) times the number of keys, so that few change at a time. */
  readonly capacities?: (typeof CAPACITY_RULES)[number];
}

/**
 * How many keys each server may hold.
 *
 * @param keys number of keys, 0..10^9
 * @param weights of the servers, > 0
 * @param epsilon balance parameter, >= 0
 * @param rule see {@link CAPACITY_RULES}; "spread" is for equal weights
 * @returns whole numbers whose sum is at least `keys`
 * @throws ParameterError for a number, weight or rule outside its range
 */
export function boundedCapacities(keys: number, weights: ArrayLike<number>, epsilon: number, rule: (typeof CAPACITY_RULES)[number] = "ceiling"): Float64Array {
  checkNumber("keys", keys, { min: 0, max: 1e9, integer: true });
  checkNumber("epsilon", epsilon, { min: 0, max: 1e6 });
  checkChoice("capacities", rule, CAPACITY_RULES);
  if (typeof weights !== "object" || weights === null || !Number.isInteger(weights.length)) throw new ParameterError({ what: "no list of weights", got: weights, expected: "one number > 0 for each server", where: "parameter weights" });
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += checkNumber("weight", weights[i], { min: 0, exclusiveMin: true });
  const room = wholeAbove((1 + epsilon) * keys);
  return Float64Array.from(weights, (weight, i) => {
    if (rule === "ceiling") return wholeAbove(((1 + epsilon) * keys * weight) / total);
    return Math.floor(room / weights.length) + (i < room % weights.length ? 1 : 0);
  });
}

/** Rounds up, taking a product that only rounding carried past a whole number for that number: 1.1 * 1000 / 10 is 110, not 111. */
function wholeAbove(value: number): number {
  return Math.ceil(value * (1 - 1e-12));
}

/** A key that is placed. */
interface PlacedKey {
  readonly high: number;
  readonly low: number;
  /** Keys with lower numbers are served first. */
  readonly rank: number;
  owner: number;
}

/** Servers on a ring, with room for so many keys each. */
export class BoundedLoadRing extends ServerSet {
  readonly scheme = "bounded loads";
  readonly epsilon: number;
  /** Points of a server of weight 1. */
  readonly points: number;
  readonly capacityRule: (typeof CAPACITY_RULES)[number];
  private ring: RingPoints = layPoints([], [], 0);
  private readonly byPosition = new Map<number, PlacedKey>();
  /** In the order in which they are served; sorted at the first look-up after a change. */
  private placed: PlacedKey[] = [];
  private isSorted = true;
  private loadOf = new Int32Array(0);

  /** @throws ParameterError for a bad option */
  constructor(options: BoundedLoadOptions = {}) {
    super(options, true);
    const { epsilon = 0.25, points = 1, capacities = "ceiling" } = options;
    this.epsilon = checkNumber("epsilon", epsilon, { min: 0, max: 1e6 });
    this.points = checkNumber("points", points, { min: 1, max: 10_000, integer: true });
    this.capacityRule = checkChoice("capacities", capacities, CAPACITY_RULES);
  }

  override add(server: string, weight = 1): void {
    if (this.capacityRule === "spread" && weight !== 1) throw new ParameterError({ what: "the rule spread has no weights", got: weight, expected: '1, or the rule "ceiling"', where: "parameter weight" });
    super.add(server, weight);
  }

  /** Number of keys that are placed. */
  get keyCount(): number {
    return this.byPosition.size;
  }

  /**
   * Places a key.
   * @returns whether it was new
   */
  place(key: HashKey): boolean {
    const { high, low } = digestOf(key, this.hash);
    return this.placeDigest(high, low);
  }

  /** Places interned keys. @returns how many were new */
  placeAll(keys: InternedKeys): number {
    let added = 0;
    for (let i = 0; i < keys.length; i++) if (this.placeDigest(keys.high[i], keys.low[i])) added += 1;
    return added;
  }

  /**
   * Takes a key away.
   * @returns whether it was there
   */
  withdraw(key: HashKey): boolean {
    const { high, low } = digestOf(key, this.hash);
    return this.withdrawDigest(high, low);
  }

  /** Takes interned keys away. @returns how many were there */
  withdrawAll(keys: InternedKeys): number {
    let taken = 0;
    for (let i = 0; i < keys.length; i++) if (this.withdrawDigest(keys.high[i], keys.low[i])) taken += 1;
    return taken;
  }

  /** Keys at each server, in the order of `servers`. */
  loads(): Int32Array {
    this.prepare();
    return this.loadOf.slice();
  }

  /** Keys that each server may hold now. */
  capacities(): Float64Array {
    return boundedCapacities(this.keyCount, this.members.map(({ weight }) => weight), this.epsilon, this.capacityRule);
  }

  /** @throws InvariantError when a server holds more than it may, a key with room nearer by was sent past it, or the counts are wrong */
  checkInvariants(): void {
    this.prepare();
    const capacities = this.capacities();
    const loads = new Int32Array(this.members.length);
    for (const { owner } of this.placed) if (owner >= 0) loads[owner] += 1;
    loads.forEach((load, server) => {
      if (load > capacities[server]) throw new InvariantError({ what: "a server holds more keys than it may", got: load, expected: `at most ${capacities[server]}`, where: this.members[server].name });
      if (load !== this.loadOf[server]) throw new InvariantError({ what: "the number of keys of a server is wrong", got: this.loadOf[server], expected: String(load), where: this.members[server].name });
    });
    const { owners } = this.ring;
    for (const { high, low, owner } of this.placed) {
      if (owners.length === 0) continue;
      for (let point = successorPoint(this.ring, ringPosition(high, low)); owners[point] !== owner; point = (point + 1) % owners.length) {
        if (loads[owners[point]] < capacities[owners[point]]) throw new InvariantError({ what: "a key was sent past a server with room", got: this.members[owner].name, expected: this.members[owners[point]].name });
      }
    }
  }

  protected build(): void {
    const { members } = this;
    this.ring = layPoints(members, members.map(({ weight }) => Math.max(1, Math.round(this.points * weight))), this.seed);
    if (!this.isSorted) this.placed = [...this.byPosition.values()].sort((a, b) => a.rank - b.rank || a.high - b.high || a.low - b.low);
    this.isSorted = true;
    this.loadOf = new Int32Array(members.length);
    const capacities = this.capacities();
    for (const key of this.placed) {
      key.owner = this.firstWithRoom(key.high, key.low, capacities);
      if (key.owner >= 0) this.loadOf[key.owner] += 1;
    }
  }

  protected ownerOf(high: number, low: number): number {
    const key = this.byPosition.get(ringPosition(high, low));
    if (key !== undefined) return key.owner;
    return this.firstWithRoom(high, low, boundedCapacities(this.keyCount + 1, this.members.map(({ weight }) => weight), this.epsilon, this.capacityRule));
  }

  /** Its server, then the others clockwise from the key, whatever their load. */
  protected ownersOf(high: number, low: number, count: number): number[] {
    const { owners } = this.ring;
    const chosen = new Set([this.ownerOf(high, low)]);
    const first = successorPoint(this.ring, ringPosition(high, low));
    for (let i = 0; i < owners.length && chosen.size < count; i++) chosen.add(owners[(first + i) % owners.length]);
    return [...chosen];
  }

  /** The first server clockwise whose load is below its capacity. There is one, since the capacities add up to more than the loads. */
  private firstWithRoom(high: number, low: number, capacities: Float64Array): number {
    const { owners } = this.ring;
    if (owners.length === 0) return -1;
    let point = successorPoint(this.ring, ringPosition(high, low));
    while (this.loadOf[owners[point]] >= capacities[owners[point]]) point = point + 1 === owners.length ? 0 : point + 1;
    return owners[point];
  }

  private placeDigest(high: number, low: number): boolean {
    const position = ringPosition(high, low);
    if (this.byPosition.has(position)) return false;
    this.byPosition.set(position, { high, low, rank: mixDigests(high, low, this.seed, 0x0b0d), owner: -1 });
    this.isSorted = false;
    this.invalidate();
    return true;
  }

  private withdrawDigest(high: number, low: number): boolean {
    if (!this.byPosition.delete(ringPosition(high, low))) return false;
    this.isSorted = false;
    this.invalidate();
    return true;
  }
}
