/**
 * Means with intervals over independent replications. An interval is never taken over correlated events inside one run: summarise
 * a run to one number first (reliability of simulation output: Law, "Simulation Modeling and Analysis", chapter 9).
 */
import { mean, sampleStandardDeviation } from "simple-statistics";
import { ParameterError } from "../errors";
import { studentFactor } from "./student-t";

/** A mean over independent replications with its two-sided Student interval. */
export interface MeanInterval {
  /** Number of replications. */
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation (n - 1 in the denominator); `null` below two replications. */
  readonly sd: number | null;
  /** Half the width of the interval; `null` below two replications. */
  readonly halfWidth: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Coverage that the interval was made for. */
  readonly level: number;
}

/**
 * The mean of independent values and its two-sided interval by Student's t.
 *
 * @param values one number per replication, at least one, all finite
 * @param level coverage, 0.5..0.9999; 0.95 by default
 * @throws ParameterError when there is no value, a value is not finite, or the level is out of range
 */
export function meanInterval(values: readonly number[], level = 0.95): MeanInterval {
  refuseNonFinite(values, "values");
  const n = values.length;
  const average = mean(values);
  if (n < 2) return { n, mean: average, sd: null, halfWidth: null, low: null, high: null, level };
  const sd = sampleStandardDeviation(values);
  const halfWidth = studentFactor(level, n - 1) * (sd / Math.sqrt(n));
  if (!Number.isFinite(halfWidth)) {
    throw new ParameterError({ what: "interval beyond the range of numbers", got: { mean: average, sd }, expected: "values whose squares are finite", where: "values" });
  }
  return { n, mean: average, sd, halfWidth, low: average - halfWidth, high: average + halfWidth, level };
}

/**
 * The interval of the mean difference of two arms that share their random streams: replication i of one is paired with
 * replication i of the other, so the common randomness cancels.
 *
 * @param first one number per replication
 * @param second as many, in the same order of replications
 * @param level coverage, 0.5..0.9999; 0.95 by default
 * @returns the interval of first minus second
 * @throws ParameterError when the lengths differ or a value is not finite
 */
export function pairedInterval(first: readonly number[], second: readonly number[], level = 0.95): MeanInterval {
  if (first.length !== second.length) {
    throw new ParameterError({ what: "arms of different length cannot be paired", got: `${first.length} and ${second.length} replications`, expected: "equally many", where: "parameter second" });
  }
  refuseNonFinite(second, "second");
  return meanInterval(first.map((value, index) => value - second[index]), level);
}

/** @throws ParameterError when there is no value or one of them is not a finite number */
export function refuseNonFinite(values: readonly number[], name: string): void {
  if (values.length === 0) throw new ParameterError({ what: "no values", got: [], expected: "at least one number", where: `parameter ${name}` });
  values.forEach((value, index) => {
    if (typeof value !== "number" || !Number.isFinite(value)) {
      throw new ParameterError({ what: "bad value", got: value, expected: "a finite number", where: `${name}[${index}]` });
    }
  });
}
