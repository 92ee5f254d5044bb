/**
 * How RON rates a path: the estimators of a link, and the rules that make a path's value of those of its links (Andersen et al., SOSP 2001; rows RO-6 to
 * RO-8). Every metric has a cost, lower is better: the round trip for latency, the loss rate for loss, the inverse of the throughput score for throughput.
 * A link that is down, or was never measured, has an infinite cost. Tests: test/routing-overlays/resilient-overlay-network/path-metrics.test.ts
 */
import { checkNumber } from "../../errors";
import { checkList } from "../../simulation/checks";
import { SECOND_US } from "../../units";

/** What an application may ask a path to be best in. */
export type RonMetric = "latency" | "loss" | "throughput";

/** All metrics; a metric's number is its place here. */
export const RON_METRICS: readonly RonMetric[] = Object.freeze(["latency", "loss", "throughput"] as const);

/** Numbers of the metrics. */
export const LATENCY = 0;
export const LOSS = 1;
export const THROUGHPUT = 2;

/** A path's intermediate nodes, first to last; empty for the direct way. */
export type OverlayPath = readonly number[];

/** The direct way. */
export const DIRECT: OverlayPath = Object.freeze([]);

/** √1.5 of the simplified TCP formula. */
const ROOT = Math.sqrt(1.5);

/** What is known of a link or path. */
export interface PathQuality {
  /** Round trip, µs. */
  readonly roundTripUs: number;
  /** Share of probes lost, 0..1. */
  readonly loss: number;
}

/**
 * The next value of an exponentially weighted moving average.
 * @param old the last value; negative for none, and then the sample itself is the average
 * @param weight of the old value, 0..1
 */
export function movingAverage(old: number, sample: number, weight: number): number {
  return old < 0 ? sample : weight * old + (1 - weight) * sample;
}

/** Loss of a path of two parts that lose independently: 1 - (1 - a)(1 - b), written so that small rates keep their digits. */
export function composeLoss(a: number, b: number): number {
  return a + b - a * b;
}

/**
 * A path's quality from that of its links: round trips add up, losses compose independently.
 * @param links at least one
 * @throws ParameterError for a negative or missing round trip or a loss rate outside 0..1
 */
export function composePath(links: readonly PathQuality[]): PathQuality {
  checkNumber("links.length", checkList("links", links, "links").length, { min: 1, integer: true });
  let roundTripUs = 0;
  let loss = 0;
  links.forEach((link, index) => {
    roundTripUs += checkNumber(`links[${index}].roundTripUs`, link.roundTripUs, { min: 0, unit: "µs" });
    loss = composeLoss(loss, checkNumber(`links[${index}].loss`, link.loss, { min: 0, max: 1 }));
  });
  return { roundTripUs, loss };
}

/**
 * RON's score of a path for bulk transfers: √1.5 / (round trip √p), the simplified TCP formula, in segments a second.
 * @param roundTripUs µs, > 0
 * @param loss 0..1
 * @param leastLoss taken for the loss rate where less was seen, 0 < p <= 1
 * @throws ParameterError for a value out of range
 */
export function throughputScore(roundTripUs: number, loss: number, leastLoss: number): number {
  checkNumber("roundTripUs", roundTripUs, { min: 0, exclusiveMin: true, unit: "µs" });
  checkNumber("loss", loss, { min: 0, max: 1 });
  checkNumber("leastLoss", leastLoss, { min: 0, exclusiveMin: true, max: 1 });
  return (ROOT * SECOND_US) / (roundTripUs * Math.sqrt(Math.max(loss, leastLoss)));
}

/**
 * What a metric says of a path, lower is better.
 * @param metric its number, see {@link RON_METRICS}
 */
export function pathCost(metric: number, roundTripUs: number, loss: number, leastLoss: number): number {
  if (metric === LATENCY) return roundTripUs;
  if (metric === LOSS) return loss;
  return (roundTripUs * Math.sqrt(Math.max(loss, leastLoss))) / (ROOT * SECOND_US);
}

/**
 * Whether a path is better by more than the hysteresis asks: by 5 % means that the other's cost is at least 1.05 times its own. An infinite cost is worse
 * than any finite one.
 */
export function isBetterBy(hysteresis: number, cost: number, other: number): boolean {
  return cost < other && cost * (1 + hysteresis) <= other;
}
