/**
 * Probability distributions as plain values, for parameters that a user chooses: session lengths, think times, file sizes. A value is JSON, so it
 * can stand in an experiment's parameters and in a replay line.
 */
import { ParameterError, checkNumber } from "../errors";
import { AliasTable } from "./alias-table";
import { checkKindOf, checkList, checkRecord, refuse } from "./checks";
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

/** The fields of every kind. */
const FIELDS: { readonly [kind in Distribution["kind"]]: readonly string[] } = {
  constant: ["value"],
  uniform: ["min", "max"],
  exponential: ["mean"],
  normal: ["mean", "standardDeviation"],
  "log-normal": ["median", "sigma"],
  pareto: ["shape", "scale"],
  weibull: ["shape", "scale"],
  empirical: ["values", "weights"],
  quantiles: ["points"],
};

/**
 * Checks a distribution and makes its sampler.
 * @param distribution its kind with the parameters of that kind, and nothing else
 * @param path how the caller would write it, for messages of errors (default "distribution")
 * @throws ParameterError when a parameter is missing, unknown, or out of range
 */
export function samplerOf(distribution: Distribution, path = "distribution"): Sampler {
  checkRecord(path, distribution);
  checkKindOf(path, distribution.kind, Object.keys(FIELDS), "distribution");
  checkRecord(path, distribution, ["kind", ...FIELDS[distribution.kind]]);
  const finite = (name: string, value: number) => checkNumber(`${path}.${name}`, value);
  const positive = (name: string, value: number) => checkNumber(`${path}.${name}`, value, { min: 0, exclusiveMin: true });
  const notNegative = (name: string, value: number) => checkNumber(`${path}.${name}`, value, { min: 0 });
  switch (distribution.kind) {
    case "constant": {
      const value = finite("value", distribution.value);
      return () => value;
    }
    case "uniform": {
      const min = finite("min", distribution.min);
      const width = checkNumber(`${path}.max`, distribution.max, { min }) - min;
      if (width === Infinity) refuse(`${path}.max`, distribution.max, "a number so near to min that their difference is finite");
      return (random) => min + width * random.uniform();
    }
    case "exponential": {
      const mean = positive("mean", distribution.mean);
      return (random) => random.exponential(mean);
    }
    case "normal": {
      const mean = finite("mean", distribution.mean);
      const deviation = notNegative("standardDeviation", distribution.standardDeviation);
      return (random) => random.normal(mean, deviation);
    }
    case "log-normal": {
      const median = positive("median", distribution.median);
      const sigma = notNegative("sigma", distribution.sigma);
      return (random) => median * exp(random.normal(0, sigma));
    }
    case "pareto":
    case "weibull": {
      const shape = positive("shape", distribution.shape);
      const scale = positive("scale", distribution.scale);
      return distribution.kind === "pareto" ? (random) => random.pareto(shape, scale) : (random) => random.weibull(shape, scale);
    }
    case "empirical":
      return empirical(distribution.values, distribution.weights, path);
    case "quantiles":
      return quantiles(distribution.points, path);
  }
}

function empirical(values: readonly number[], weights: readonly number[] | undefined, path: string): Sampler {
  checkList(`${path}.values`, values, "numbers");
  if (values.length === 0) throw new ParameterError({ what: "an empirical distribution without values", expected: "at least one value", where: `${path}.values` });
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) checkNumber(`${path}.values[${i}]`, values[i]);
  const table = Float64Array.from(values);
  if (weights === undefined) return (random) => table[random.integer(table.length)];
  checkList(`${path}.weights`, weights, "numbers");
  if (weights.length !== table.length) throw new ParameterError({ what: "weights do not fit the values", got: weights.length, expected: `${table.length} weights`, where: `${path}.weights` });
  const alias = new AliasTable(weights, `${path}.weights`);
  return (random) => table[alias.draw(random)];
}

function quantiles(points: readonly (readonly [number, number])[], path: string): Sampler {
  const refusePoint = (what: string, got: unknown, at: number): never => {
    throw new ParameterError({ what, got, expected: "values and probabilities that never fall, probabilities from 0 to 1", where: `${path}.points[${at}]` });
  };
  checkList(`${path}.points`, points, "pairs [value, probability]");
  if (points.length < 2) refuse(`${path}.points`, points, "at least two pairs [value, probability]");
  points.forEach((point, i) => {
    if (checkList(`${path}.points[${i}]`, point, "two numbers, [value, probability]").length !== 2) refusePoint("not a pair", point, i);
    const [value, probability] = point;
    checkNumber(`${path}.points[${i}][0]`, value);
    checkNumber(`${path}.points[${i}][1]`, probability, { min: 0, max: 1 });
    if (i > 0 && (value < points[i - 1][0] || probability < points[i - 1][1])) refusePoint("points out of order", point, i);
  });
  if (points[points.length - 1][0] - points[0][0] === Infinity) refusePoint("values too far apart", points[points.length - 1][0], points.length - 1);
  if (points[0][1] !== 0) refusePoint("the first probability is not 0", points[0][1], 0);
  if (points[points.length - 1][1] !== 1) refusePoint("the last probability is not 1", points[points.length - 1][1], points.length - 1);
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
