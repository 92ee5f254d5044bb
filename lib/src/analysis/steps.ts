/** Levels for an axis: whole numbers spread evenly between two ends. */
import { checkNumber } from "../errors";

/**
 * Whole numbers from `from` to `to`, evenly spread and rounded, both ends included, without repetition.
 *
 * @param from first number, a whole number
 * @param to last number, a whole number >= `from`
 * @param count how many at most, >= 1; fewer when there are not as many whole numbers between the ends
 */
export function evenSteps(from: number, to: number, count: number): readonly number[] {
  checkNumber("from", from, { integer: true });
  checkNumber("to", to, { min: from, integer: true });
  checkNumber("count", count, { min: 1, max: 1e6, integer: true });
  const steps = Math.min(count, to - from + 1);
  if (steps === 1) return [to];
  return Array.from({ length: steps }, (_, index) => from + Math.round(((to - from) * index) / (steps - 1)));
}
