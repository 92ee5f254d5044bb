/**
 * Sine, cosine, arcsine and arctangent from the four operations and the square root alone, so that positions on the globe give the same latencies
 * on every machine (`Math.sin` and its kin differ between engines). Series of Taylor on small arguments; errors stay below 1e-14.
 */
import { ParameterError } from "../errors";

const HALF_PI_HIGH = 1.5707963267948966;
/** What pi/2 has beyond its nearest double. */
const HALF_PI_LOW = 6.123233995736766e-17;

/** The ratio of a circle's circumference to its diameter. */
export const PI = 3.141592653589793;

/** Degrees to radians. */
export function radians(degrees: number): number {
  return (degrees * PI) / 180;
}

/** Sum of x - x^3/3! + x^5/5! - ..., for |x| <= pi/4. */
function sineSeries(x: number): number {
  const square = x * x;
  let sum = 0;
  for (let n = 19; n >= 3; n -= 2) sum = (square / (n * (n - 1))) * (1 - sum);
  return x * (1 - sum);
}

/** Sum of 1 - x^2/2! + x^4/4! - ..., for |x| <= pi/4. */
function cosineSeries(x: number): number {
  const square = x * x;
  let sum = 0;
  for (let n = 20; n >= 4; n -= 2) sum = (square / (n * (n - 1))) * (1 - sum);
  return 1 - (square / 2) * (1 - sum);
}

function quarterTurns(x: number): { turns: number; rest: number } {
  if (!(Math.abs(x) <= 1e5)) {
    throw new ParameterError({
      what: "angle out of range",
      got: x,
      expected: "a number from -100000 to 100000 radians",
      where: "parameter x",
    });
  }
  const turns = Math.round(x / HALF_PI_HIGH);
  return { turns: ((turns % 4) + 4) % 4, rest: x - turns * HALF_PI_HIGH - turns * HALF_PI_LOW };
}

/**
 * Sine of an angle.
 * @param x radians, -100000..100000
 */
export function sin(x: number): number {
  const { turns, rest } = quarterTurns(x);
  const value = turns % 2 === 0 ? sineSeries(rest) : cosineSeries(rest);
  return turns < 2 ? value : -value;
}

/**
 * Cosine of an angle.
 * @param x radians, -100000..100000
 */
export function cos(x: number): number {
  const { turns, rest } = quarterTurns(x);
  const value = turns % 2 === 0 ? cosineSeries(rest) : sineSeries(rest);
  return turns === 0 || turns === 3 ? value : -value;
}

/**
 * Angle whose tangent is given, -pi/2..pi/2.
 * @param x any number
 */
export function atan(x: number): number {
  if (x < 0) return -atan(-x);
  if (x > 1) return HALF_PI_HIGH - atan(1 / x);
  // Halve the angle three times (atan x = 2 atan(x / (1 + sqrt(1 + x^2)))), so that the series converges fast.
  let small = x;
  for (let halving = 0; halving < 3; halving++) small /= 1 + Math.sqrt(1 + small * small);
  const square = small * small;
  let sum = 0;
  for (let n = 21; n >= 1; n -= 2) sum = 1 / n - square * sum;
  return 8 * small * sum;
}

/**
 * Angle of the point (x, y), -pi..pi.
 * @returns 0 for the origin
 */
export function atan2(y: number, x: number): number {
  if (x > 0) return atan(y / x);
  if (x < 0) return y >= 0 ? atan(y / x) + PI : atan(y / x) - PI;
  return y > 0 ? HALF_PI_HIGH : y < 0 ? -HALF_PI_HIGH : 0;
}

/**
 * Angle whose sine is given, -pi/2..pi/2.
 * @param x -1..1
 */
export function asin(x: number): number {
  if (!(Math.abs(x) <= 1)) throw new ParameterError({ what: "no such sine", got: x, expected: "a number from -1 to 1", where: "parameter x" });
  return atan2(x, Math.sqrt((1 - x) * (1 + x)));
}
