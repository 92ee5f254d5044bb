/**
 * Probability distributions as plain values, for parameters that a user chooses: session lengths, think times, file sizes. A value is JSON, so it
 * can stand in an experiment's parameters and in a replay line.
 */
import { ParameterError, checkNumber } from "../errors";
import { AliasTable } from "./alias-table";
import { exp } from "./exact-math";
import type { RandomStream } from "./random";

/** A distribution of a non-negative quantity (a normal one may go below zero). */
export type Distribution =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "uniform"; readonly min: number; readonly max: number }
  | { readonly kind: "exponential"; readonly mean: number }
  | { readonly kind: "normal"; readonly mean: number; readonly standardDeviation: number }
  /** `median` = e^mu. */
  | { readonly kind: "log-normal"; readonly median: number; readonly sigma: number }
  /** P(X > x) = (scale / x)^shape. */
  | { readonly kind: "pareto"; readonly shape: number; readonly scale: number }
  /** P(X > x) = exp(-(x / scale)^shape). */
  | { readonly kind: "weibull"; readonly shape: number; readonly scale: number }
  /** The listed values, equally likely or by weight. */
  | { readonly kind: "empirical"; readonly values: readonly number[]; readonly weights?: readonly number[] }
  /** Points (value, cumulative probability) from (least, 0) to (greatest, 1), joined by straight lines. */
  | { readonly kind: "quantiles"; readonly points: readonly (readonly [value: number, probability: number])[] };

/** Draws from a distribution. */
export type Sampler = (random: RandomStream) => number;

/**
 * Checks a distribution and makes its sampler.
 * @throws ParameterError when a parameter is missing or out of range
 */
export function samplerOf(distribution: Distribution): Sampler {
  const positive = (name: string, value: number) => checkNumber(name, value, { min: 0, exclusiveMin: true });
  switch (distribution.kind) {
    case "constant": {
      const value = checkNumber("value", distribution.value);
      return () => value;
    }
    case "uniform": {
      const min = checkNumber("min", distribution.min);
      const width = checkNumber("max", distribution.max, { min }) - min;
      return (random) => min + width * random.uniform();
    }
    case "exponential": {
      const mean = positive("mean", distribution.mean);
      return (random) => random.exponential(mean);
    }
    case "normal": {
      const mean = checkNumber("mean", distribution.mean);
      const deviation = checkNumber("standardDeviation", distribution.standardDeviation, { min: 0 });
      return (random) => random.normal(mean, deviation);
    }
    case "log-normal": {
      const median = positive("median", distribution.median);
      const sigma = checkNumber("sigma", distribution.sigma, { min: 0 });
      return (random) => median * exp(random.normal(0, sigma));
    }
    case "pareto":
    case "weibull": {
      const shape = positive("shape", distribution.shape);
      const scale = positive("scale", distribution.scale);
      return distribution.kind === "pareto" ? (random) => random.pareto(shape, scale) : (random) => random.weibull(shape, scale);
    }
    case "empirical":
      return empirical(distribution.values, distribution.weights);
    case "quantiles":
      return quantiles(distribution.points);
    default:
      throw new ParameterError({ what: "unknown distribution", got: (distribution as { kind: unknown }).kind, expected: "constant, uniform, exponential, normal, log-normal, pareto, weibull, empirical or quantiles", where: "field kind" });
  }
}

function empirical(values: readonly number[], weights: readonly number[] | undefined): Sampler {
  const table = Float64Array.from(values);
  table.forEach((value, i) => checkNumber(`values[${i}]`, value));
  if (table.length === 0) throw new ParameterError({ what: "an empirical distribution without values", expected: "at least one value", where: "field values" });
  if (weights === undefined) return (random) => table[random.integer(table.length)];
  if (weights.length !== table.length) throw new ParameterError({ what: "weights do not fit the values", got: weights.length, expected: `${table.length} weights`, where: "field weights" });
  const alias = new AliasTable(weights);
  return (random) => table[alias.draw(random)];
}

function quantiles(points: readonly (readonly [number, number])[]): Sampler {
  const refuse = (what: string, got: unknown, at: number): never => {
    throw new ParameterError({ what, got, expected: "values and probabilities that never fall, probabilities from 0 to 1", where: `points[${at}]` });
  };
  if (points.length < 2) refuse("too few points", points.length, 0);
  points.forEach(([value, probability], i) => {
    checkNumber(`points[${i}][0]`, value);
    checkNumber(`points[${i}][1]`, probability, { min: 0, max: 1 });
    if (i > 0 && (value < points[i - 1][0] || probability < points[i - 1][1])) refuse("points out of order", points[i], i);
  });
  if (points[0][1] !== 0) refuse("the first probability is not 0", points[0][1], 0);
  if (points[points.length - 1][1] !== 1) refuse("the last probability is not 1", points[points.length - 1][1], points.length - 1);
  const values = Float64Array.from(points, (point) => point[0]);
  const probabilities = Float64Array.from(points, (point) => point[1]);
  return (random) => {
    const u = random.uniform();
    let low = 0;
    let high = probabilities.length - 1;
    // The last segment that starts at or below u: its ends differ because u < 1.
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (probabilities[middle] <= u) low = middle;
      else high = middle;
    }
    const share = (u - probabilities[low]) / (probabilities[low + 1] - probabilities[low]);
    return values[low] + share * (values[low + 1] - values[low]);
  };
}
