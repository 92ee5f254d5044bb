/**
 * Rendezvous hashing, or highest random weight (Thaler & Ravishankar 1998): each server gets a score from its own digest and the key's, and the key belongs to the
 * highest. When a server leaves, each of its keys falls to that key's second choice, which differs from key to key: the load spreads evenly over all the
 * others. The sorted scores are the order in which CARP's SelectServer walks (Peterson & Davie 9.4.3): `replicas(key, n)`.
 *
 * Weights: the logarithmic method (Schindelhauer & Schomaker, SPAA 2005): score -ln(u) / weight, the smallest wins, so that shares are exactly
 * in proportion. With equal weights this is the order of the plain scores, which are then compared as whole numbers.
 * A look-up costs one mix for each server. Not done: the skeleton (tree) variant, whose groups depend on the order of insertion.
 * Tests: test/ids/consistent-hashing/weights-and-tables.test.ts, test/laws/consistent-hashing.test.ts, test/paper/consistent-hashing.test.ts (HS-9, WE-15).
 */
import { ln } from "../../simulation/exact-math";
import { mixDigests } from "../hash-words";
import { ServerSet, type HashOptions } from "./server-set";

/** Servers that draw lots for each key. */
export class RendezvousHash extends ServerSet {
  readonly scheme = "rendezvous";
  private high = new Int32Array(0);
  private low = new Int32Array(0);
  private weights = new Float64Array(0);
  private hasEqualWeights = true;

  /** @throws ParameterError for a bad option */
  constructor(options: HashOptions = {}) {
    super(options, true);
  }

  protected build(): void {
    const { members, seed } = this;
    this.high = Int32Array.from(members, ({ high }) => high);
    // The seed goes in before the last mixing step, so that the orders under two seeds are unrelated.
    this.low = Int32Array.from(members, ({ high, low }) => mixDigests(high, low, seed, 0));
    this.weights = Float64Array.from(members, ({ weight }) => weight);
    this.hasEqualWeights = members.every(({ weight }) => weight === members[0].weight);
  }

  protected ownerOf(high: number, low: number): number {
    return this.hasEqualWeights ? this.highestScore(high, low) : this.firstOfRace(high, low);
  }

  protected ownersOf(high: number, low: number, count: number): number[] {
    const times = Array.from(this.weights, (weight, server) => this.raceTime(mixDigests(high, low, this.high[server], this.low[server]), weight));
    const order = times.map((_, server) => server).sort((a, b) => times[a] - times[b] || a - b);
    return order.slice(0, count);
  }

  private highestScore(high: number, low: number): number {
    const { high: serverHigh, low: serverLow } = this;
    let best = -1;
    let owner = -1;
    for (let server = 0; server < serverHigh.length; server++) {
      const score = mixDigests(high, low, serverHigh[server], serverLow[server]);
      if (score > best) {
        best = score;
        owner = server;
      }
    }
    return owner;
  }

  private firstOfRace(high: number, low: number): number {
    const { high: serverHigh, low: serverLow, weights } = this;
    let best = Infinity;
    let owner = -1;
    for (let server = 0; server < serverHigh.length; server++) {
      const time = this.raceTime(mixDigests(high, low, serverHigh[server], serverLow[server]), weights[server]);
      if (time < best) {
        best = time;
        owner = server;
      }
    }
    return owner;
  }

  /** An exponential time with the weight as its rate, from a score as the uniform draw. */
  private raceTime(score: number, weight: number): number {
    return -ln((score + 0.5) / 4294967296) / weight;
  }
}
