/**
 * Counter-based random streams over Threefry. A stream is keyed by (seed, replication, name, node), so adding a draw in one place shifts
 * nothing elsewhere, and draw number i can be computed alone. Continuous draws are transformed with the exact functions of
 * {@link exact-math}; every one of them takes exactly one uniform draw (two 32-bit words), except where rejection is stated.
 */
import { ParameterError } from "../errors";
import { exp, ln, pow } from "./exact-math";
import { normalQuantile } from "./normal-quantile";
import { KEY_PARITY, deriveKey, type StreamKey } from "./threefry";

export { threefry2x32, type StreamKey } from "./threefry";

/** A stream of random draws. Not shared between nodes or purposes: make one per {@link StreamKey}. */
export class RandomStream {
  private readonly k0: number;
  private readonly k1: number;
  private readonly k2: number;
  private low = 0;
  private high = 0;
  private spare = 0;
  private hasSpare = false;

  constructor(key: StreamKey) {
    const [k0, k1] = deriveKey(key);
    this.k0 = k0 | 0;
    this.k1 = k1 | 0;
    this.k2 = KEY_PARITY ^ this.k0 ^ this.k1;
  }

  /** How many 32-bit draws have been taken. */
  get drawn(): number {
    return ((this.high >>> 0) * 4294967296 + (this.low >>> 0)) * 2 - (this.hasSpare ? 1 : 0);
  }

  /** An unsigned 32-bit draw. Each block of the cipher gives two. */
  uint32(): number {
    if (this.hasSpare) {
      this.hasSpare = false;
      return this.spare >>> 0;
    }
    const { k0, k1, k2 } = this;
    let x0 = (this.low + k0) | 0;
    let x1 = (this.high + k1) | 0;
    // Twenty rounds written out: the loop form of threefry2x32 costs four times as much here.
    x0 = (x0 + x1) | 0; x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + k1) | 0; x1 = (x1 + k2 + 1) | 0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    x0 = (x0 + k2) | 0; x1 = (x1 + k0 + 2) | 0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + k0) | 0; x1 = (x1 + k1 + 3) | 0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    x0 = (x0 + k1) | 0; x1 = (x1 + k2 + 4) | 0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + k2) | 0; x1 = (x1 + k0 + 5) | 0;
    this.low = (this.low + 1) | 0;
    if (this.low === 0) this.high = (this.high + 1) | 0;
    this.spare = x1 | 0;
    this.hasSpare = true;
    return x0 >>> 0;
  }

  /** A draw from the uniform distribution on [0, 1), in steps of 2^-53. */
  uniform(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /**
   * A whole number drawn uniformly from 0 to `bound` - 1, without modulo bias (rejection).
   * @param bound 1..2^32
   * @throws ParameterError when the bound is outside its range
   */
  integer(bound: number): number {
    if (typeof bound !== "number" || !(bound >= 1 && bound <= 4294967296) || Math.floor(bound) !== bound) {
      throw new ParameterError({ what: "bad bound for a random integer", got: bound, expected: "a whole number from 1 to 2^32", where: "parameter bound" });
    }
    for (;;) {
      const draw = this.uint32();
      // The remainder without the operator, which is a call into the C library here; exact, since a quotient of 32-bit numbers never rounds up to a whole one.
      const remainder = draw - Math.floor(draw / bound) * bound;
      // Draws of the last, incomplete run of `bound` numbers below 2^32 are refused.
      if (draw - remainder + bound <= 4294967296) return remainder;
    }
  }

  /**
   * True with probability `numerator` / `denominator`, decided in whole numbers.
   * @param numerator 0..denominator
   * @param denominator 1..2^32
   * @throws ParameterError when one is no whole number or out of range
   */
  chance(numerator: number, denominator: number): boolean {
    if (typeof numerator !== "number" || typeof denominator !== "number" || !(numerator >= 0 && numerator <= denominator) || Math.floor(numerator) !== numerator) refuse("chance", [numerator, denominator], "two whole numbers, the first not above the second");
    return this.integer(denominator) < numerator;
  }

  /**
   * A draw from the exponential distribution.
   * @param mean > 0
   */
  exponential(mean: number): number {
    requirePositive("mean", mean);
    return -mean * ln(this.positiveUniform());
  }

  /**
   * A draw from the normal distribution, by inversion.
   * @param mean any number
   * @param standardDeviation >= 0
   * @throws ParameterError when one is not finite or out of range
   */
  normal(mean = 0, standardDeviation = 1): number {
    requireFinite("mean", mean);
    requireNotNegative("standardDeviation", standardDeviation);
    return mean + standardDeviation * normalQuantile(this.openUniform());
  }

  /**
   * A draw whose natural logarithm is normal.
   * @param mu mean of the logarithm; e^mu is the median of the draws
   * @param sigma standard deviation of the logarithm, >= 0
   * @throws ParameterError when one is not finite or out of range
   */
  logNormal(mu: number, sigma: number): number {
    requireFinite("mu", mu);
    requireNotNegative("sigma", sigma);
    return exp(mu + sigma * normalQuantile(this.openUniform()));
  }

  /**
   * A draw from the Pareto distribution: P(X > x) = (scale / x)^shape for x >= scale. The mean is infinite for shape <= 1.
   * @param shape > 0
   * @param scale the least value, > 0
   */
  pareto(shape: number, scale: number): number {
    requirePositive("shape", shape);
    requirePositive("scale", scale);
    return scale * pow(this.positiveUniform(), -1 / shape);
  }

  /**
   * A draw from the Weibull distribution: P(X > x) = exp(-(x / scale)^shape).
   * @param shape > 0; below 1 long lives become likelier with age
   * @param scale > 0
   */
  weibull(shape: number, scale: number): number {
    requirePositive("shape", shape);
    requirePositive("scale", scale);
    return scale * pow(-ln(this.positiveUniform()), 1 / shape);
  }

  /**
   * Distinct whole numbers from 0 to `population` - 1, drawn without replacement, in random order (the first steps of a Fisher-Yates
   * shuffle, kept in a map when few are asked for).
   * @param population 0..2^32
   * @param count 0..population
   */
  sample(population: number, count: number): number[] {
    if (!Number.isInteger(population) || !(population >= 0 && population <= 4294967296)) refuse("population", population, "a whole number from 0 to 2^32");
    if (!Number.isInteger(count) || !(count >= 0 && count <= population)) refuse("count", count, `a whole number from 0 to ${population}`);
    const moved = new Map<number, number>();
    const chosen: number[] = [];
    for (let i = 0; i < count; i++) {
      const j = i + this.integer(population - i);
      chosen.push(moved.get(j) ?? j);
      moved.set(j, moved.get(i) ?? i);
    }
    return chosen;
  }

  /** One of the items, each with the same probability. @throws ParameterError when there is none */
  pick<T>(items: ArrayLike<T>): T {
    if (!(items?.length > 0)) refuse("items", items, "a list with at least one item");
    return items[this.integer(items.length)];
  }

  /** A draw from (0, 1]. */
  private positiveUniform(): number {
    return 1 - this.uniform();
  }

  /** A draw from (0, 1): the middles of 2^53 equal steps are not representable, so 0 is moved up by half a step. */
  private openUniform(): number {
    const u = this.uniform();
    return u === 0 ? 5.551115123125783e-17 : u;
  }

  /** Shuffles in place (Fisher-Yates) and returns the same array. @throws ParameterError when it is no array */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    if (!Array.isArray(items) && !ArrayBuffer.isView(items)) refuse("items", items, "an array");
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = items[i];
      items[i] = items[j];
      items[j] = held;
    }
    return items;
  }
}

function requirePositive(name: string, value: number): void {
  if (typeof value !== "number" || !(value > 0 && value < Infinity)) refuse(name, value, "a finite number > 0");
}

function requireNotNegative(name: string, value: number): void {
  if (typeof value !== "number" || !(value >= 0 && value < Infinity)) refuse(name, value, "a finite number >= 0");
}

function requireFinite(name: string, value: number): void {
  if (typeof value !== "number" || !(value > -Infinity && value < Infinity)) refuse(name, value, "a finite number");
}

function refuse(name: string, got: unknown, expected: string): never {
  throw new ParameterError({ what: `bad ${name} of a random draw`, got, expected, where: `parameter ${name}` });
}
