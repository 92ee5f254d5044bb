/** Quantiles of a sample, with intervals from order statistics that assume nothing about the distribution. */
import { quantileSorted } from "simple-statistics";
import { checkNumber } from "../errors";
import { refuseNonFinite } from "./interval";

/** Numbers in rising order, as a copy. */
export function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/**
 * The p-quantile with linear interpolation between order statistics (type 7 of Hyndman and Fan, 1996; the default of R and NumPy).
 *
 * @param values at least one finite number, in any order
 * @param p share below the quantile, 0..1
 * @throws ParameterError when a value is not finite or p is out of range
 */
export function quantile(values: readonly number[], p: number): number {
  refuseNonFinite(values, "values");
  checkNumber("p", p, { min: 0, max: 1 });
  return quantileSorted(sorted(values), p);
}

/**
 * An interval for the p-quantile of the distribution that independent values were drawn from: two order statistics whose ranks come from the
 * binomial distribution (David & Nagaraja, "Order Statistics", 7.1). Each tail misses with probability at most (1 - level) / 2.
 *
 * @param values independent finite numbers, at most 100,000
 * @param p share below the quantile, strictly between 0 and 1
 * @param level coverage, 0.5..0.9999; 0.95 by default
 * @returns the interval, or `null` where the sample is too small to have one
 */
export function quantileInterval(values: readonly number[], p: number, level = 0.95): readonly [number, number] | null {
  refuseNonFinite(values, "values");
  checkNumber("number of values", values.length, { max: 100_000 });
  checkNumber("p", p, { min: 1e-6, max: 1 - 1e-6 });
  checkNumber("level", level, { min: 0.5, max: 0.9999 });
  const n = values.length;
  const probabilities = binomial(n, p);
  const tail = (1 - level) / 2;
  // Of n values, k lie below the quantile with probability probabilities[k]; x(r) exceeds it when fewer than r do.
  let low = 0;
  for (let below = probabilities[0]; low < n && below <= tail; below += probabilities[low]) low += 1;
  let high = n + 1;
  for (let above = probabilities[n]; high > 1 && above <= tail; above += probabilities[high - 1]) high -= 1;
  if (low < 1 || high > n) return null;
  const order = sorted(values);
  return [order[low - 1], order[high - 1]];
}

/** Probabilities of 0..n successes, by the ratio of neighbours from the mode outwards, so that nothing underflows early. */
function binomial(n: number, p: number): Float64Array {
  const weights = new Float64Array(n + 1);
  const mode = Math.min(n, Math.floor((n + 1) * p));
  weights[mode] = 1;
  for (let k = mode; k > 0; k--) weights[k - 1] = (weights[k] * k * (1 - p)) / ((n - k + 1) * p);
  for (let k = mode; k < n; k++) weights[k + 1] = (weights[k] * (n - k) * p) / ((k + 1) * (1 - p));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
