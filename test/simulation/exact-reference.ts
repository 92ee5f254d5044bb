/** Reference values of ln and exp in 320-bit fixed-point arithmetic on BigInt, and the error of a double against them. Slow and plain on purpose. */

const BITS = 320n;
const ONE = 1n << BITS;

/** A finite double as an exact fraction mantissa * 2^exponent. */
export function exactParts(x: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const high = view.getUint32(0);
  const fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(view.getUint32(4));
  const biased = (high >>> 20) & 0x7ff;
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa: x < 0 ? -mantissa : mantissa, exponent: Math.max(biased, 1) - 1075 };
}

function shift(value: bigint, by: number): bigint {
  return by >= 0 ? value << BigInt(by) : value >> BigInt(-by);
}

function fixed(x: number): bigint {
  const { mantissa, exponent } = exactParts(x);
  return shift(mantissa, exponent + Number(BITS));
}

/** 2 artanh(s) for a fixed-point s by its power series. */
function twiceArtanh(s: bigint): bigint {
  const square = (s * s) >> BITS;
  let power = s;
  let sum = 0n;
  for (let k = 1n; power !== 0n; k += 2n) {
    sum += power / k;
    // Division, not a shift: it ends at 0 for negative powers too.
    power = (power * square) / ONE;
  }
  return 2n * sum;
}

const LN2 = twiceArtanh(ONE / 3n);

/** ln x in fixed point. */
export function referenceLn(x: number): bigint {
  const { mantissa, exponent } = exactParts(x);
  const length = mantissa.toString(2).length;
  const m = shift(mantissa, Number(BITS) - length); // 1/2 <= m < 1
  return twiceArtanh(((m - ONE) << BITS) / (m + ONE)) + BigInt(exponent + length) * LN2;
}

/** exp of a fixed-point number as value * 2^power with value near 1. */
export function referenceExp(x: bigint): { value: bigint; power: number } {
  const power = x / LN2;
  const rest = x - power * LN2;
  let term = ONE;
  let sum = 0n;
  for (let k = 1n; term !== 0n; k++) {
    sum += term;
    term = (term * rest) / (k << BITS);
  }
  return { value: sum, power: Number(power) };
}

/** Fixed-point form of x. */
export function exactly(x: number): bigint {
  return fixed(x);
}

/** x * y in fixed point, x fixed, y a double. */
export function timesDouble(x: bigint, y: number): bigint {
  const { mantissa, exponent } = exactParts(y);
  return shift(x * mantissa, exponent);
}

/** Distance of a double from value * 2^power, in units of the double's last place. */
export function errorInUlps(got: number, value: bigint, power = 0): number {
  const { mantissa, exponent } = exactParts(got);
  const difference = shift(mantissa, Number(BITS)) - shift(value, power - exponent);
  return Math.abs(Number(shift(difference, 60 - Number(BITS)))) / 2 ** 60;
}
