/** Numbers that belong to an ordered pair of hosts: the same whenever asked, in any order, without a table. */
import { threefry2x32, type RandomStream } from "../simulation";

/** Uniform draws addressed by pairs, from the block cipher under the random streams. */
export class PairNoise {
  private readonly key: readonly [number, number];
  private readonly block = new Uint32Array(2);

  /** @param random gives the key: two draws */
  constructor(random: RandomStream) {
    this.key = [random.uint32(), random.uint32()];
  }

  /** The pair's number, uniform on [0, 1). */
  uniform(from: number, to: number): number {
    threefry2x32(this.key, [from, to], this.block);
    return ((this.block[0] >>> 5) * 67108864 + (this.block[1] >>> 6)) / 9007199254740992;
  }
}
