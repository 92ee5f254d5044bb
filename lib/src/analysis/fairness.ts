/** How evenly an amount is shared out. Both indices ask for amounts that are not negative and not all zero. */
import { ParameterError } from "../errors";
import { refuseNonFinite } from "./interval";
import { sorted } from "./quantile";

function scaled(values: readonly number[]): number[] {
  refuseNonFinite(values, "values");
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  const negative = values.findIndex((value) => value < 0);
  if (negative >= 0) throw new ParameterError({ what: "negative share", got: values[negative], expected: "amounts >= 0", where: `values[${negative}]` });
  if (largest === 0) throw new ParameterError({ what: "nothing to share out", got: "only zeros", expected: "at least one amount > 0", where: "parameter values" });
  // Neither index depends on the scale; dividing by the largest keeps the squares finite.
  return values.map((value) => value / largest);
}

/**
 * Jain's fairness index (sum x)^2 / (n sum x^2): 1 when all are equal, 1/n when one has everything
 * (Jain, Chiu, Hawe, DEC-TR-301, 1984).
 *
 * @param values amounts >= 0, not all zero
 * @throws ParameterError otherwise
 */
export function jainIndex(values: readonly number[]): number {
  const shares = scaled(values);
  let sum = 0;
  let squares = 0;
  for (const share of shares) {
    sum += share;
    squares += share * share;
  }
  return (sum * sum) / (shares.length * squares);
}

/**
 * The Gini coefficient: 0 when all are equal, (n - 1)/n when one has everything (population form, Gini 1912).
 *
 * @param values amounts >= 0, not all zero
 * @throws ParameterError otherwise
 */
export function giniCoefficient(values: readonly number[]): number {
  const shares = sorted(scaled(values));
  const n = shares.length;
  let sum = 0;
  let weighted = 0;
  shares.forEach((share, index) => {
    sum += share;
    weighted += (2 * (index + 1) - n - 1) * share;
  });
  return weighted / (n * sum);
}
