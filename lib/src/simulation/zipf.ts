/**
 * Zipf's distribution: rank r of n has a probability proportional to r^-exponent. Up to 65,536 items from an alias table; above that by
 * rejection-inversion (Hörmann and Derflinger, "Rejection-inversion to generate variates from monotone discrete distributions", ACM TOMACS 6,
 * 1996), which needs no table and accepts more than 3 of 4 trials. Both have the exact probabilities, for any exponent >= 0.
 */
import { checkNumber } from "../errors";
import { AliasTable } from "./alias-table";
import { exp, ln, pow } from "./exact-math";
import type { RandomStream } from "./random";

const TABLE_LIMIT = 65536;
/** Where the sum of r^-s is continued by its Euler-Maclaurin expansion. */
const SUM_LIMIT = 4096;

/** Draws ranks by Zipf's law. */
export class Zipf {
  private readonly table: AliasTable | null;
  private readonly first: number;
  private readonly last: number;
  private readonly shortcut: number;
  private total = 0;

  /**
   * @param items number of ranks, 1..2^32
   * @param exponent >= 0 and at most 100; 0 is uniform
   * @throws ParameterError when out of range
   */
  constructor(
    readonly items: number,
    readonly exponent: number,
  ) {
    checkNumber("items", items, { min: 1, max: 4294967296, integer: true });
    checkNumber("exponent", exponent, { min: 0, max: 100 });
    this.table = items <= TABLE_LIMIT ? new AliasTable(Float64Array.from({ length: items }, (_, i) => pow(i + 1, -exponent))) : null;
    this.first = this.area(1.5) - 1;
    this.last = this.area(items + 0.5);
    this.shortcut = 2 - this.inverseArea(this.area(2.5) - pow(2, -exponent));
  }

  /** A rank, 1..items; rank 1 is the most likely. */
  draw(random: RandomStream): number {
    if (this.table !== null) return this.table.draw(random) + 1;
    for (;;) {
      const u = this.last + random.uniform() * (this.first - this.last);
      const x = this.inverseArea(u);
      const rank = Math.min(Math.max(Math.floor(x + 0.5), 1), this.items);
      if (rank - x <= this.shortcut || u >= this.area(rank + 0.5) - pow(rank, -this.exponent)) return rank;
    }
  }

  /** The probability of a rank. The first call sums the weights. */
  probability(rank: number): number {
    checkNumber("rank", rank, { min: 1, max: this.items, integer: true });
    if (this.total === 0) this.total = generalizedHarmonic(this.items, this.exponent);
    return pow(rank, -this.exponent) / this.total;
  }

  /** The integral of x^-exponent from 1 to x. */
  private area(x: number): number {
    const log = ln(x);
    return log * growth((1 - this.exponent) * log);
  }

  private inverseArea(area: number): number {
    const t = Math.max(area * (1 - this.exponent), -1);
    return exp(area * decay(t));
  }
}

/** (e^t - 1) / t, 1 at 0. */
function growth(t: number): number {
  if (Math.abs(t) > 0.01) return (exp(t) - 1) / t;
  return 1 + (t / 2) * (1 + (t / 3) * (1 + (t / 4) * (1 + (t / 5) * (1 + (t / 6) * (1 + t / 7)))));
}

/** ln(1 + t) / t, 1 at 0. */
function decay(t: number): number {
  if (Math.abs(t) > 0.01) return ln(1 + t) / t;
  let sum = 0;
  for (let k = 9; k >= 1; k--) sum = 1 / k - t * sum;
  return sum;
}

/**
 * 1 + 2^-s + ... + n^-s, by Euler-Maclaurin summation beyond the first terms; relative error below 1e-13.
 * @param n whole, >= 1
 * @param s >= 0
 */
export function generalizedHarmonic(n: number, s: number): number {
  checkNumber("n", n, { min: 1, max: Number.MAX_SAFE_INTEGER, integer: true });
  checkNumber("s", s, { min: 0, max: 100 });
  const m = Math.min(n, SUM_LIMIT);
  let sum = 0;
  for (let r = m; r >= 1; r--) sum += pow(r, -s);
  if (m === n) return sum;
  const ratio = ln(n / m);
  const integral = pow(m, 1 - s) * ratio * growth((1 - s) * ratio);
  const atM = pow(m, -s);
  const atN = pow(n, -s);
  return sum + integral + (atN - atM) / 2 + (s / 12) * (atM / m - atN / n);
}
