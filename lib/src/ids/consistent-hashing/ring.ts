/**
 * Consistent hashing on a ring (Karger et al., STOC 1997; Peterson & Davie 9.4.2 and 9.4.3): servers and keys are hashed onto one circle, and a key belongs to
 * the next server clockwise. With more than one point a server ("virtual nodes"), its share is a sum of many small arcs and evens out. A join takes keys
 * for the joiner only; a leave gives away the leaver's keys only. The book's text says "closest on the circle", in either direction: an option.
 *
 * Weights multiply the number of points. Points are rounded to whole numbers, so that weights are exact to half a point.
 * Tests: test/ids/consistent-hashing/ring.test.ts, test/laws/consistent-hashing.test.ts, test/paper/consistent-hashing.test.ts (HS-1, HS-4, HS-10).
 */
import { LimitError, checkChoice, checkNumber } from "../../errors";
import { RING_SIZE, arcShares, clockwise, layPoints, ringPosition, successorPoint, type RingPoints } from "./ring-points";
import { ServerSet, type HashOptions, type Member } from "./server-set";

/** Which server a position belongs to: the next clockwise (Karger), or the nearest in either direction (the book's wording). */
export const RING_RULES = ["successor", "closest"] as const;

/** Options of a ring. */
export interface RingOptions extends HashOptions {
  /** Points of a server of weight 1, 1..10^6; default 160, as the widely used ketama library lays. */
  readonly points?: number;
  /** Default "successor". */
  readonly rule?: (typeof RING_RULES)[number];
}

/** Most points of one ring: 10^8 would take 1.6 GB. */
const MOST_POINTS = 20_000_000;

/** Servers on a circle. */
export class HashRing extends ServerSet {
  readonly scheme = "ring";
  /** Points of a server of weight 1. */
  readonly points: number;
  readonly rule: (typeof RING_RULES)[number];
  private readonly isClosest: boolean;
  private ring: RingPoints = layPoints([], [], 0);

  /** @throws ParameterError for a bad option */
  constructor(options: RingOptions = {}) {
    super(options, true);
    const { points = 160, rule = "successor" } = options;
    this.points = checkNumber("points", points, { min: 1, max: 1_000_000, integer: true });
    this.rule = checkChoice("rule", rule, RING_RULES);
    this.isClosest = this.rule === "closest";
  }

  /** The points in order around the circle. */
  layout(): RingPoints {
    this.prepare();
    return this.ring;
  }

  /**
   * The exact share of the circle of each server: what its load would be with infinitely many keys.
   * @returns shares in the order of `servers`; they add up to 1
   */
  shares(): Float64Array {
    const ring = this.layout();
    const arcs = arcShares(ring, this.members.length);
    if (!this.isClosest || ring.positions.length < 2) return arcs;
    // Each gap between two points is halved: the half after a point is its own too.
    const shares = new Float64Array(this.members.length);
    const { positions, owners } = ring;
    for (let i = 0; i < positions.length; i++) {
      const before = i === 0 ? positions.length - 1 : i - 1;
      const half = clockwise(positions[before], positions[i]) / (2 * RING_SIZE);
      shares[owners[i]] += half;
      shares[owners[before]] += half;
    }
    return shares;
  }

  /** Points of a server of some weight. */
  pointsOf(weight: number): number {
    return Math.max(1, Math.round(this.points * weight));
  }

  protected override checkAdmission(member: Member): void {
    let total = this.pointsOf(member.weight);
    if (total * (this.members.length + 1) <= MOST_POINTS && this.members.every(({ weight }) => weight <= member.weight)) return;
    for (const { weight } of this.members) total += this.pointsOf(weight);
    if (total > MOST_POINTS) throw new LimitError({ what: "too many points on the ring", got: total, expected: `at most ${MOST_POINTS}` });
  }

  protected build(): void {
    this.ring = layPoints(this.members, this.members.map(({ weight }) => this.pointsOf(weight)), this.seed);
  }

  protected ownerOf(high: number, low: number): number {
    const { positions, owners } = this.ring;
    if (owners.length === 0) return -1;
    const position = ringPosition(high, low);
    const next = successorPoint(this.ring, position);
    if (!this.isClosest) return owners[next];
    const before = next === 0 ? owners.length - 1 : next - 1;
    return owners[clockwise(positions[before], position) < clockwise(position, positions[next]) ? before : next];
  }

  protected ownersOf(high: number, low: number, count: number): number[] {
    const { positions, owners } = this.ring;
    const position = ringPosition(high, low);
    let after = successorPoint(this.ring, position);
    let before = after === 0 ? owners.length - 1 : after - 1;
    const chosen = new Set<number>();
    // Outwards from the position, always to the nearer side; clockwise only under the successor rule.
    for (let seen = 0; seen < owners.length && chosen.size < count; seen++) {
      const backwards = this.isClosest && clockwise(positions[before], position) < clockwise(position, positions[after]);
      chosen.add(owners[backwards ? before : after]);
      if (backwards) before = before === 0 ? owners.length - 1 : before - 1;
      else after = after + 1 === owners.length ? 0 : after + 1;
    }
    return [...chosen];
  }
}
