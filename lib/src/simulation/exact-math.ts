/**
 * Natural logarithm, exponential and power with the same bits on every machine: only + - * / and access to the bits of a number, whose results
 * the standard fixes. (`Math.log`, `Math.exp` and `Math.pow` are approximations that differ between engines and between versions of one.)
 *
 * Method. `ln x`: x = 2^k m with m within sqrt(2) of 1, s = (m - 1)/(m + 1), ln m = 2 s (1 + s^2/3 + s^4/5 + ...). The value is kept as an unevaluated
 * sum of two doubles (about 100 bits), so that `pow x y = exp(y ln x)` loses nothing when y ln x is large. `exp`: x = n ln 2 + r, a Taylor
 * polynomial for r, then scaling by 2^n. Sums and products of two doubles: Dekker, "A floating-point technique for extending the available
 * precision" (Numerische Mathematik 18, 1971). Error at most 1 unit in the last place, measured in the tests against rational arithmetic.
 */
import { ParameterError } from "../errors";

const SQRT2 = 1.4142135623730951;
const LN2 = 0.6931471805599453;
/** ln 2 in three parts; the first two have 32 significant bits at most, so that their product with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_MIDDLE = 1.9082149288430703e-10;
const LN2_LOW = 4.275175589747649e-20;
/** What the doubles nearest to 1/3 and 1/5 lack. */
const THIRD_LOW = 1.850371707708594e-17;
const FIFTH_LOW = -1.1102230246251566e-17;
const SPLITTER = 134217729;

const bits = new DataView(new ArrayBuffer(8));

/** The high and low parts of the last logarithm; module-wide so that a call makes no object. */
let pairHigh = 0;
let pairLow = 0;

/** The exponent of the power of two that scales subnormal numbers into the normal range. */
const SUBNORMAL_SHIFT = 54;

/** Sets (pairHigh, pairLow) to ln x. */
function lnPair(x: number): void {
  let shift = 0;
  let value = x;
  if (x < 2.2250738585072014e-308) {
    value = x * 18014398509481984;
    shift = SUBNORMAL_SHIFT;
  }
  bits.setFloat64(0, value);
  const word = bits.getInt32(0);
  let k = (word >>> 20) - 1023 - shift;
  bits.setInt32(0, (word & 0xfffff) | 0x3ff00000);
  let m = bits.getFloat64(0);
  if (m > SQRT2) {
    m *= 0.5;
    k += 1;
  }
  // s = (m - 1) / (m + 1) as a pair.
  const f = m - 1;
  const denominator = m + 1;
  const rounded = denominator - m;
  const denominatorLow = m - (denominator - rounded) + (1 - rounded);
  const s = f / denominator;
  const product = s * denominator;
  const sLow = (f - product - productError(s, denominator, product) - s * denominatorLow) / denominator;
  // z = s^2; the series in z from its small end, in pairs where a double alone would be seen.
  const z = s * s;
  const zLow = productError(s, s, z) + 2 * s * sLow;
  const tail = 1 / 7 + z * (1 / 9 + z * (1 / 11 + z * (1 / 13 + z * (1 / 15 + z * (1 / 17 + z * (1 / 19 + z * (1 / 21 + z * (1 / 23 + z * (1 / 25 + z * (1 / 27))))))))));
  const c = 0.2 + z * tail;
  const cLow = 0.2 - c + z * tail + FIFTH_LOW;
  const d = z * c;
  const dLow = productError(z, c, d) + z * cLow + zLow * c;
  const e = 1 / 3 + d;
  const eLow = 1 / 3 - e + d + (dLow + THIRD_LOW);
  const g = z * e;
  const gLow = productError(z, e, g) + z * eLow + zLow * e;
  const t = s * g;
  const tLow = productError(s, g, t) + s * gLow + sLow * g;
  const high = 2 * s + 2 * t;
  const low = 2 * s - high + 2 * t + 2 * (sLow + tLow);
  // ... + k ln 2
  const start = k * LN2_HIGH;
  const sum = start + high;
  const back = sum - start;
  const rest = start - (sum - back) + (high - back) + (k * LN2_MIDDLE + (low + k * LN2_LOW));
  pairHigh = sum + rest;
  pairLow = sum - pairHigh + rest;
}

/** a * b - product, exactly (Dekker), for operands far from overflow. */
function productError(a: number, b: number, product: number): number {
  const aScaled = SPLITTER * a;
  const aHigh = aScaled - (aScaled - a);
  const aLow = a - aHigh;
  const bScaled = SPLITTER * b;
  const bHigh = bScaled - (bScaled - b);
  const bLow = b - bHigh;
  return aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow;
}

/** exp(high + low) for |low| much smaller than |high|. */
function expPair(high: number, low: number): number {
  if (high > 709.79) return Infinity;
  if (high < -745.14) return 0;
  const n = Math.round(high / LN2);
  const near = high - n * LN2_HIGH;
  const step = n * LN2_MIDDLE;
  const r = near - step;
  const back = r - near;
  const rLow = near - (r - back) - (step + back) - n * LN2_LOW + low;
  const series = r * r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r * (1 / 5040 + r * (1 / 40320 + r * (1 / 362880 + r * (1 / 3628800 + r * (1 / 39916800 + r * (1 / 479001600 + r * (1 / 6227020800 + r * (1 / 87178291200)))))))))))));
  const sum = 1 + r;
  const y = sum + (1 - sum + r + (series + rLow * (sum + series)));
  return scaleByPowerOfTwo(y, n);
}

function scaleByPowerOfTwo(y: number, n: number): number {
  if (n > 1023) return y * 2 * powerOfTwo(n - 1);
  if (n < -1022) return y * powerOfTwo(n + 200) * powerOfTwo(-200);
  return y * powerOfTwo(n);
}

function powerOfTwo(n: number): number {
  bits.setInt32(0, (n + 1023) << 20);
  bits.setInt32(4, 0);
  return bits.getFloat64(0);
}

/**
 * Natural logarithm.
 * @param x >= 0; 0 gives -Infinity, Infinity gives Infinity
 * @throws ParameterError for a negative number or NaN
 */
export function ln(x: number): number {
  if (typeof x !== "number" || !(x >= 0)) throw new ParameterError({ what: "no logarithm", got: x, expected: "a number >= 0", where: "parameter x" });
  if (x === 0) return -Infinity;
  if (x === Infinity) return Infinity;
  lnPair(x);
  return pairHigh;
}

/**
 * The exponential function.
 * @param x any number; infinities give 0 and Infinity
 * @throws ParameterError for NaN
 */
export function exp(x: number): number {
  if (typeof x !== "number" || x !== x) throw new ParameterError({ what: "no exponential", got: x, expected: "a number", where: "parameter x" });
  return expPair(x, 0);
}

/**
 * x to the power y.
 * @param x >= 0
 * @param y any finite number
 * @returns the power; 1 for y = 0; for x = 0: 0 if y > 0, Infinity if y < 0
 * @throws ParameterError for a negative or infinite x, or an infinite y, or NaN
 */
export function pow(x: number, y: number): number {
  if (typeof x !== "number" || !(x >= 0 && x < Infinity)) throw new ParameterError({ what: "no power", got: x, expected: "a finite base >= 0", where: "parameter x" });
  if (typeof y !== "number" || !(Math.abs(y) < Infinity)) throw new ParameterError({ what: "no power", got: y, expected: "a finite exponent", where: "parameter y" });
  if (y === 0 || x === 1) return 1;
  if (x === 0) return y > 0 ? 0 : Infinity;
  lnPair(x);
  const product = y * pairHigh;
  if (product > 710) return Infinity;
  if (product < -746) return 0;
  return expPair(product, productError(y, pairHigh, product) + y * pairLow);
}
