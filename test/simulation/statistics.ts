/** Goodness-of-fit tests for the samplers, with the probabilities of a false alarm stated. */

/** How a sample fits: the statistic, and the bound that it exceeds with probability `ALPHA` if the sampler is right. */
export interface Fit {
  readonly statistic: number;
  readonly bound: number;
}

/** Probability that a correct sampler would be refused; seeds are fixed, so a test that passes always passes. */
export const ALPHA = 1e-6;
/** Upper point of the standard normal distribution for ALPHA. */
const Z = 4.753424308822899;

/** Pearson's chi-square over bins with at least 20 expected draws each; the bound by Wilson and Hilferty's approximation. */
export function chiSquare(observed: readonly number[], expected: readonly number[]): Fit {
  let statistic = 0;
  observed.forEach((count, i) => {
    if (expected[i] < 20) throw new Error(`bin ${i} expects only ${expected[i]} draws`);
    statistic += (count - expected[i]) ** 2 / expected[i];
  });
  const freedom = observed.length - 1;
  const spread = 2 / (9 * freedom);
  return { statistic, bound: freedom * (1 - spread + Z * Math.sqrt(spread)) ** 3 };
}

/** Kolmogorov and Smirnov's largest distance between the sample's and the true distribution function; asymptotic bound. */
export function kolmogorovSmirnov(sample: readonly number[], distribution: (x: number) => number): Fit {
  const sorted = Float64Array.from(sample).sort();
  let distance = 0;
  sorted.forEach((x, i) => {
    const p = distribution(x);
    distance = Math.max(distance, p - i / sorted.length, (i + 1) / sorted.length - p);
  });
  return { statistic: distance, bound: Math.sqrt(-Math.log(ALPHA / 2) / (2 * sorted.length)) };
}
