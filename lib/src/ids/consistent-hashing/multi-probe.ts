/**
 * Multi-probe consistent hashing (Appleton & O'Reilly 2015, arXiv:1505.00062): one point a server, and each key is hashed k times; of the k positions the one that lies
 * closest before a server decides. A server behind a long arc is rarely closest, so shares even out without virtual nodes. The fullest server has at
 * most about k / (k - 1) times the mean: 21 probes for 1.05.
 *
 * Weights (not in the paper): that many points, rounded, at least one.
 * Tests: test/ids/consistent-hashing/weights-and-tables.test.ts, test/laws/consistent-hashing.test.ts.
 */
import { checkNumber } from "../../errors";
import { mixDigests } from "../hash-words";
import { clockwise, layPoints, ringPosition, successorPoint, type RingPoints } from "./ring-points";
import { ServerSet, type HashOptions } from "./server-set";

/** Options of multi-probe hashing. */
export interface MultiProbeOptions extends HashOptions {
  /** Hashes of a key, 1..1000; default 21 (peak 1.05, the paper's example). 1 is the plain ring with one point a server. */
  readonly probes?: number;
}

/** Servers on a circle, one point each; keys with several. */
export class MultiProbeHash extends ServerSet {
  readonly scheme = "multi-probe";
  /** Hashes of a key. */
  readonly probes: number;
  private ring: RingPoints = layPoints([], [], 0);

  /** @throws ParameterError for a bad option */
  constructor(options: MultiProbeOptions = {}) {
    super(options, true);
    const { probes = 21 } = options;
    this.probes = checkNumber("probes", probes, { min: 1, max: 1000, integer: true });
  }

  protected build(): void {
    this.ring = layPoints(this.members, this.members.map(({ weight }) => Math.max(1, Math.round(weight))), this.seed);
  }

  protected ownerOf(high: number, low: number): number {
    return this.ring.owners.length === 0 ? -1 : this.ring.owners[this.closestPoint(high, low)];
  }

  /** The servers that follow the deciding one on the circle. */
  protected ownersOf(high: number, low: number, count: number): number[] {
    const { owners } = this.ring;
    const first = this.closestPoint(high, low);
    const chosen = new Set<number>();
    for (let i = 0; i < owners.length && chosen.size < count; i++) chosen.add(owners[(first + i) % owners.length]);
    return [...chosen];
  }

  private closestPoint(high: number, low: number): number {
    const { ring, probes } = this;
    let closest = 0;
    let least = Infinity;
    for (let probe = 0; probe < probes; probe++) {
      const position = probe === 0 ? ringPosition(high, low) : ringPosition(mixDigests(high, low, probe, 0), mixDigests(low, high, probe, 1));
      const point = successorPoint(ring, position);
      const distance = clockwise(position, ring.positions[point]);
      if (distance < least) {
        least = distance;
        closest = point;
      }
    }
    return closest;
  }
}
