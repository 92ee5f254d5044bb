/**
 * Routes that differ by direction: of some pairs, one direction takes longer and the other less, while the round trip stays as it was. That is how
 * asymmetric routing shows up where only round trips are measured (Paxson, "End-to-end routing behavior in the Internet", SIGCOMM 1996).
 */
import { checkNumber } from "../errors";
import type { RandomStream } from "../simulation";
import { checkObject, checkRandom } from "./check-input";
import type { LatencyModel } from "./latency-model";
import { PairNoise } from "./pair-noise";

/** Skews the two directions of some pairs of another model. */
export class AsymmetricLatency implements LatencyModel {
  readonly hosts: number;
  private readonly share: number;
  private readonly maxSkew: number;
  private readonly noise: PairNoise;

  /**
   * @param base the model whose round trips are kept
   * @param options.share how many unordered pairs are skewed, 0..1
   * @param options.maxSkew largest part of the shorter direction's latency that moves from one direction to the other, 0..1; drawn uniformly
   * @param options.random stream for the choice of pairs and sizes
   */
  constructor(
    private readonly base: LatencyModel,
    options: { readonly share: number; readonly maxSkew: number; readonly random: RandomStream },
  ) {
    checkObject("base", base, "a latency model");
    checkObject("options", options, "share, maxSkew and random");
    this.hosts = base.hosts;
    this.share = checkNumber("share", options.share, { min: 0, max: 1 });
    this.maxSkew = checkNumber("maxSkew", options.maxSkew, { min: 0, max: 1 });
    this.noise = new PairNoise(checkRandom("random", options.random));
  }

  latencyUs(from: number, to: number): number {
    const us = this.base.latencyUs(from, to);
    if (from === to) return us;
    const [low, high] = from < to ? [from, to] : [to, from];
    if (this.noise.uniform(low, high) >= this.share) return us;
    // The pair's second number stands under the reverse order, which is never asked for otherwise.
    const skew = (2 * this.noise.uniform(high, low) - 1) * this.maxSkew;
    const moved = Math.trunc(Math.min(us, this.base.latencyUs(to, from)) * skew);
    return from === low ? us + moved : us - moved;
  }
}
