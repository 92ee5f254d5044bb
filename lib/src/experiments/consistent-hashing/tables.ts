/** Published tables of the ring's spread, and theory, publication and simulation in one table for a figure. */
import type { Column, Row, Table } from "../../analysis/table";
import { metricTable } from "../metric-table";
import type { ExperimentResult } from "../result";
import { gammaShareQuantile, keyLoadQuantile } from "./theory";

/** A row of the table in Lamping & Veach 2014 (arXiv:1406.2294) for a ring of 1000 buckets: standard error and 99 % interval of the bucket size (HS-1). */
export interface PublishedSpread {
  readonly points: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
}

/** The table of Lamping & Veach 2014 for Karger's ring. */
export const LAMPING_VEACH_TABLE: readonly PublishedSpread[] = Object.freeze([
  { points: 1, standardError: 0.997906, low: 0.005, high: 5.25 },
  { points: 10, standardError: 0.315181, low: 0.37, high: 1.98 },
  { points: 100, standardError: 0.0996996, low: 0.76, high: 1.28 },
  { points: 1000, standardError: 0.0315723, low: 0.92, high: 1.09 },
]);

/** Keys per node at the 1st and 99th percentile for a mean of 100, read off figure 9 of the Chord paper (SIGCOMM 2001): 10^4 nodes, 10^6 keys (CH-7). */
export const CHORD_FIGURE_9: readonly { readonly points: number; readonly low: number; readonly high: number }[] = Object.freeze([
  { points: 1, low: 0, high: 477 },
  { points: 2, low: 7, high: 347 },
  { points: 5, low: 24, high: 220 },
  { points: 10, low: 37.9, high: 186 },
  { points: 20, low: 50, high: 161 },
]);

const POINTS: Column = { name: "points", title: "Points per server", type: "integer", definition: "Positions of each server on the circle." };
const SOURCE: Column = { name: "source", title: "Where from", type: "string", definition: "Theory, published or simulated; lower or upper end." };
const columnsOf = (value: Column): readonly Column[] => [POINTS, SOURCE, value, { name: "low", title: "Low", type: "number", unit: value.unit, digits: 4, definition: "Lower end of the 95 % interval; for the middle line of a theory the lower end of the range drawn." }, { name: "high", title: "High", type: "number", unit: value.unit, digits: 4, definition: "Upper end of the 95 % interval; for the middle line of a theory the upper end of the range drawn." }];

/** Rows of one metric under another name. */
function measured(result: ExperimentResult, metric: string, source: string, value: string): Row[] {
  return metricTable(result, metric).rows.map((row) => ({ points: row.points, source, [value]: row[metric], low: row.low, high: row.high }));
}

/**
 * The range that holds 99 % of the servers' shares: Gamma, the table of Lamping & Veach, and the simulation.
 *
 * @param result of `hashRingError`
 * @returns columns: points, source, share, low, high; named after the experiment
 */
export function ringSpreadTable(result: ExperimentResult): Table {
  const theory = [1, 2, 3, 4, 5, 7, 10, 14, 20, 30, 50, 70, 100, 140, 200, 300, 500, 1000].flatMap((points): Row[] =>
    ([["theory, low", 0.005], ["theory, half", 0.5], ["theory, high", 0.995]] as const).map(([source, p]) => {
      // The line in the middle carries the range that holds 99 % of the servers.
      const end = (at: number) => (p === 0.5 ? gammaShareQuantile(points, at) : null);
      return { points, source, share: gammaShareQuantile(points, p), low: end(0.005), high: end(0.995) };
    }),
  );
  const published = LAMPING_VEACH_TABLE.flatMap(({ points, low, high }): Row[] => [{ points, source: "published, low", share: low, low: null, high: null }, { points, source: "published, high", share: high, low: null, high: null }]);
  return {
    name: `${result.definition.id}-spread`,
    columns: columnsOf({ name: "share", title: "Share of the circle / mean", type: "number", digits: 4, definition: "A server's share of the circle over the mean share." }),
    rows: [...theory, ...published, ...measured(result, "low_share", "ours, low", "share"), ...measured(result, "high_share", "ours, high", "share")],
  };
}

/**
 * The 1st and 99th percentile of the number of keys: negative binomial, figure 9 of the Chord paper (drawn for 100 keys a server), and the simulation.
 *
 * @param result of `hashLoadPercentiles`
 * @returns columns: points, source, load, low, high; named after the experiment
 */
export function keyPercentilesTable(result: ExperimentResult): Table {
  const keysPerServer = result.parameters.keysPerServer as number;
  const levels = metricTable(result, "keys_p99").rows.map((row) => row.points as number);
  const theory = levels.flatMap((points): Row[] => [0.01, 0.99].map((p) => ({ points, source: p < 0.5 ? "theory, 1st" : "theory, 99th", load: keyLoadQuantile(points, keysPerServer, p), low: null, high: null })));
  const published = CHORD_FIGURE_9.flatMap(({ points, low, high }): Row[] => [{ points, source: "published, 1st", load: low / 100, low: null, high: null }, { points, source: "published, 99th", load: high / 100, low: null, high: null }]);
  return {
    name: `${result.definition.id}-keys`,
    columns: columnsOf({ name: "load", title: "Keys of a server / mean", type: "number", digits: 4, definition: "Number of keys of a server over the mean number." }),
    rows: [...theory, ...published, ...measured(result, "keys_p1", "ours, 1st", "load"), ...measured(result, "keys_p99", "ours, 99th", "load")],
  };
}

/**
 * What a scheme costs and gives, one row each: moves at a join and at any leave, needless ones, the largest heir, and the fullest server.
 *
 * @param result of `hashWhatMoves` with the changes "join" and "any leaves"
 */
export function schemesTable(result: ExperimentResult): Table {
  const schemes = [...new Set(result.arms.map((arm) => arm.scheme as string))];
  const mean = (scheme: string, change: string, metric: string) => (metricTable(result, metric).rows.find((row) => row.scheme === scheme && row.change === change)?.[metric] ?? null) as number | null;
  const percent = (name: string, title: string): Column => ({ name, title, type: "number", unit: "%", digits: 3 });
  return {
    name: `${result.definition.id}-schemes`,
    columns: [{ name: "scheme", title: "Scheme", type: "string" }, percent("join", "Moved at a join"), percent("leave", "Moved at a leave"), percent("needless", "of them needlessly"), percent("heir", "Largest heir"), { name: "peak", title: "Fullest server", type: "number", unit: "x mean", digits: 3 }],
    rows: schemes.map((scheme) => ({ scheme, join: mean(scheme, "join", "moved_percent"), leave: mean(scheme, "any leaves", "moved_percent"), needless: mean(scheme, "any leaves", "needless_percent"), heir: mean(scheme, "any leaves", "heir_percent"), peak: mean(scheme, "join", "peak_load") })),
  };
}

/**
 * Shifts per added key against epsilon, and the order of growth of the theorem, 1 / epsilon^2, for epsilon up to 1.
 *
 * @param result of `hashBoundedMoves`
 * @returns columns: epsilon, source ("theory" or "ours"), shifts, low, high; a mean of 0 is missing, since it has no place on a logarithmic axis
 */
export function boundedMovesTable(result: ExperimentResult): Table {
  const { columns, rows } = metricTable(result, "moves_per_key");
  const theory = rows.filter((row) => (row.epsilon as number) > 0 && (row.epsilon as number) <= 1).map((row): Row => ({ epsilon: row.epsilon, source: "theory", shifts: 1 / ((row.epsilon as number) * (row.epsilon as number)), low: null, high: null }));
  const ours = rows.filter((row) => (row.moves_per_key as number) > 0).map((row): Row => ({ epsilon: row.epsilon, source: "ours", shifts: row.moves_per_key, low: row.low, high: row.high }));
  const [epsilon, , low, high] = columns;
  return {
    name: `${result.definition.id}-shifts`,
    columns: [epsilon, SOURCE, { name: "shifts", title: "Shifts per added key", type: "number", unit: "keys", digits: 4, definition: "Other keys that change their server when one key is added." }, low, high],
    rows: [...theory, ...ours],
  };
}
