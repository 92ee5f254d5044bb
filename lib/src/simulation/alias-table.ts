/**
 * Draws from a finite table of weights in constant time: the alias method (Walker 1977) in the construction of Vose, "A linear algorithm
 * for generating random numbers with a given distribution" (IEEE Trans. Software Engineering 17, 1991). Probabilities are exact up to the rounding of
 * one double; each draw takes one integer and one uniform.
 */
import { ParameterError } from "../errors";
import { refuse } from "./checks";
import type { RandomStream } from "./random";

/** Draws an index with probability proportional to its weight. */
export class AliasTable {
  private readonly keep: Float64Array;
  private readonly alias: Uint32Array;

  /**
   * @param weights finite, >= 0, not all 0; 1..2^27 of them
   * @param path how the caller would write them, for messages of errors (default "weights")
   * @throws ParameterError otherwise
   */
  constructor(weights: ArrayLike<number>, path = "weights") {
    if (!Array.isArray(weights) && !ArrayBuffer.isView(weights)) refuse(path, weights, "a list of numbers");
    const count = weights.length;
    if (!(count >= 1 && count <= 134217728)) throw new ParameterError({ what: "bad number of weights", got: count, expected: "1 to 2^27 weights", where: path });
    let total = 0;
    for (let i = 0; i < count; i++) {
      if (!(typeof weights[i] === "number" && weights[i] >= 0 && weights[i] < Infinity)) throw new ParameterError({ what: "bad weight", got: weights[i], expected: "a finite number >= 0", where: `${path}[${i}]` });
      total += weights[i];
    }
    if (!(total > 0 && total < Infinity)) throw new ParameterError({ what: "bad sum of weights", got: total, expected: "a finite sum > 0", where: path });
    this.keep = new Float64Array(count);
    this.alias = new Uint32Array(count);
    const small: number[] = [];
    const large: number[] = [];
    for (let i = 0; i < count; i++) {
      this.keep[i] = (weights[i] * count) / total;
      (this.keep[i] < 1 ? small : large).push(i);
    }
    while (small.length > 0 && large.length > 0) {
      const less = small.pop() as number;
      const more = large[large.length - 1];
      this.alias[less] = more;
      this.keep[more] -= 1 - this.keep[less];
      if (this.keep[more] < 1) small.push(large.pop() as number);
    }
    // What is left over differs from 1 by rounding only.
    for (const i of [...small, ...large]) this.keep[i] = 1;
  }

  /** An index, 0..length - 1. */
  draw(random: RandomStream): number {
    const i = random.integer(this.keep.length);
    return random.uniform() < this.keep[i] ? i : this.alias[i];
  }
}
