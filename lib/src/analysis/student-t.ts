/**
 * Quantiles of Student's t distribution for whole degrees of freedom, the same bits on every machine.
 *
 * jstat gives the quantile to about seven digits (2e-8 relative at 30 degrees of freedom) through logarithms and powers whose last
 * bits differ between versions of Node. It is therefore only the starting point: Newton steps on the finite series of the
 * distribution (Abramowitz & Stegun 26.7.3 and 26.7.4), which need nothing but + - * / and square roots, carry it to the last digits, and
 * the result is rounded to ten significant digits. Checked against published tables and numerical integration in
 * test/analysis/student-t.test.ts.
 */
import { jStat } from "jstat";
import { checkNumber } from "../errors";

const SIGNIFICANT_DIGITS = 10;
const MAX_DF = 1_000_000;

/**
 * The t with P(|T| <= t) = `level`: the factor of a two-sided interval.
 *
 * @param level coverage of the interval, 0.5..0.9999
 * @param df degrees of freedom, a whole number 1..10^6
 * @returns t, to ten significant digits
 * @throws ParameterError when an argument is outside its range
 */
export function studentFactor(level: number, df: number): number {
  checkNumber("level", level, { min: 0.5, max: 0.9999 });
  checkNumber("df", df, { min: 1, max: MAX_DF, integer: true });
  const key = `${level}/${df}`;
  const known = factors.get(key);
  if (known !== undefined) return known;
  let t = jStat.studentt.inv((1 + level) / 2, df);
  for (let step = 0; step < 20; step++) {
    const { coverage, density } = studentCoverage(t, df);
    const change = (coverage - level) / (2 * density);
    t -= change;
    if (Math.abs(change) <= 1e-14 * t) break;
  }
  const rounded = Number(t.toPrecision(SIGNIFICANT_DIGITS));
  factors.set(key, rounded);
  return rounded;
}

/** Every interval of a table asks for the same few factors. */
const factors = new Map<string, number>();

/**
 * P(|T| <= t) for Student's t with whole degrees of freedom, and the density at t.
 *
 * @param t a number >= 0
 * @param df degrees of freedom, a whole number >= 1
 */
export function studentCoverage(t: number, df: number): { readonly coverage: number; readonly density: number } {
  const cosineSquared = df / (df + t * t);
  const cosine = Math.sqrt(cosineSquared);
  const sine = t / Math.sqrt(df + t * t);
  const odd = df % 2 === 1;
  // The terms are the cosine's powers times 2·4·6.../3·5·7... (odd) or 1·3·5.../2·4·6... (even).
  let term = odd ? cosine : 1;
  let sum = df === 1 ? 0 : term;
  // Gamma((df + 1) / 2) / (Gamma(df / 2) sqrt(pi)), by the same recurrence.
  let gammas = odd ? 1 / Math.PI : 0.5;
  for (let k = odd ? 1 : 2; k <= df - 2; k += 2) {
    gammas *= (k + 1) / k;
    if (k + 2 <= df - (odd ? 2 : 0)) {
      term *= (odd ? (k + 1) / (k + 2) : (k - 1) / k) * cosineSquared;
      sum += term;
    }
  }
  const coverage = odd ? (2 / Math.PI) * (arcTangent(t / Math.sqrt(df)) + sine * sum) : sine * sum;
  return { coverage, density: (gammas / Math.sqrt(df)) * wholePower(cosine, df + 1) };
}

/** x to a whole power by repeated squaring. */
function wholePower(x: number, exponent: number): number {
  let result = 1;
  let square = x;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}

/** Arc tangent from exact operations only: the argument is halved four times, then summed by its series. */
function arcTangent(x: number): number {
  let reduced = x;
  for (let halving = 0; halving < 4; halving++) reduced = reduced / (1 + Math.sqrt(1 + reduced * reduced));
  const square = reduced * reduced;
  let sum = 0;
  for (let k = 25; k >= 1; k -= 2) sum = 1 / k - square * sum;
  return 16 * reduced * sum;
}
