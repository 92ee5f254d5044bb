/** Published figures of Chord, and theory, publication and simulation in one table for a figure. */
import type { Column, Row, Table } from "../../analysis/table";
import { metricIn, metricTable } from "../metric-table";
import type { ExperimentResult } from "../result";
import { expectedHops } from "./theory";

/** Mean path length and its 1st and 99th percentile for 2^k nodes, read off figure 10(a) of SIGCOMM 2001 (CH-1, CH-2). */
export const CHORD_FIGURE_10A: readonly { readonly log2Nodes: number; readonly hops: number; readonly p1: number; readonly p99: number }[] = Object.freeze(
  [[3, 1.719, 1, 3], [4, 2.091, 1, 4], [5, 2.491, 1, 5], [6, 2.959, 1, 5], [7, 3.391, 1, 6], [8, 3.881, 1, 7], [9, 4.381, 1, 7], [10, 4.889, 2, 8], [11, 5.36, 2, 9], [12, 5.85, 2, 10], [13, 6.35, 2, 10], [14, 6.869, 3, 11]]
    .map(([log2Nodes, hops, p1, p99]) => ({ log2Nodes, hops, p1, p99 })));

/** Share of the lookups with 0, 1, 2, ... hops for 2^12 nodes, read off figure 10(b) of SIGCOMM 2001 (CH-3). */
export const CHORD_FIGURE_10B: readonly number[] = Object.freeze([0, 0.0033, 0.018, 0.0571, 0.1288, 0.2124, 0.2254, 0.1938, 0.1094, 0.0412, 0.0092, 0.0012, 0.0002]);

/** Keys at the 99th percentile for a mean of 10, 20, ... 100 keys on 10^4 nodes, read off figure 8(a) of SIGCOMM 2001 (CH-5). */
export const CHORD_FIGURE_8A: readonly number[] = Object.freeze([48, 91, 138, 181, 227.9, 273, 320, 364, 411, 463]);

/** Failed lookups when a share of 10^4 nodes has failed, read off figure 11 of SIGCOMM 2001 (CH-8). */
export const CHORD_FIGURE_11: readonly { readonly failed: number; readonly lost: number }[] = Object.freeze([
  { failed: 0.01, lost: 0.0093 }, { failed: 0.025, lost: 0.0211 }, { failed: 0.05, lost: 0.0467 }, { failed: 0.1, lost: 0.0944 }, { failed: 0.15, lost: 0.1466 }, { failed: 0.2, lost: 0.2006 },
]);

/** Table II of TON 2003: 1000 nodes, successor lists of 20, a share p failed (CH-10); the predicted timeouts are those of its text (CH-11). */
export const CHORD_TABLE_II: readonly { readonly failed: number; readonly path: number; readonly p10: number; readonly p90: number; readonly timeouts: number; readonly predicted: number }[] = Object.freeze([
  { failed: 0, path: 3.84, p10: 2, p90: 5, timeouts: 0, predicted: 0 },
  { failed: 0.1, path: 4.03, p10: 2, p90: 6, timeouts: 0.6, predicted: 0.45 },
  { failed: 0.2, path: 4.22, p10: 2, p90: 6, timeouts: 1.17, predicted: 1.06 },
  { failed: 0.3, path: 4.44, p10: 2, p90: 6, timeouts: 2.02, predicted: 1.9 },
  { failed: 0.4, path: 4.69, p10: 2, p90: 7, timeouts: 3.23, predicted: 3.13 },
  { failed: 0.5, path: 5.09, p10: 3, p90: 8, timeouts: 5.1, predicted: 5.06 },
]);

const SOURCE: Column = { name: "source", title: "Where from", type: "string", definition: "Theory, published or simulated." };
const interval = (unit?: string): readonly Column[] => ["Low", "High"].map((title) => ({ name: title.toLowerCase(), title, type: "number", unit, digits: 4, definition: `${title === "Low" ? "Lower" : "Upper"} end of the 95 % interval.` }));

/** Rows of one metric against one factor. */
function measured(result: ExperimentResult, metric: string, factor: string, source: string, value: string): Row[] {
  return metricTable(result, metric).rows.map((row) => ({ [factor]: row[factor], source, [value]: row[metric], low: row.low, high: row.high }));
}

/**
 * Path length against the number of nodes: half of log2 N, figure 10(a), and the simulation in both conventions.
 * @param result of `chordPathLength`
 * @returns columns: log2_nodes, source, hops, low, high
 */
export function chordPathTable(result: ExperimentResult): Table {
  const exponents = metricTable(result, "hops").rows.map((row) => row.log2_nodes as number);
  const theory = exponents.map((k): Row => ({ log2_nodes: k, source: "half of log2 N", hops: expectedHops(Number(1n << BigInt(k))), low: null, high: null }));
  const published = CHORD_FIGURE_10A.map(({ log2Nodes, hops }): Row => ({ log2_nodes: log2Nodes, source: "published", hops, low: null, high: null }));
  return {
    name: `${result.definition.id}-growth`,
    columns: [{ name: "log2_nodes", title: "log2 of the number of nodes", type: "integer" }, SOURCE, { name: "hops", title: "Path length", type: "number", unit: "hops", digits: 4 }, ...interval("hops")],
    rows: [...theory, ...published, ...measured(result, "hops", "log2_nodes", "to the predecessor", "hops"), ...measured(result, "hops_to_owner", "log2_nodes", "to the owner", "hops")],
  };
}

/** Mean shares of 0, 1, 2, ... hops. @param result of `chordPathDistribution` @param nodes a level of its factor */
export function chordPathShares(result: ExperimentResult, nodes: number): number[] {
  return result.definition.metrics.map(({ name }) => metricIn(result, { nodes }, name).mean);
}

/**
 * The distribution of the path length beside figure 10(b).
 * @param result of `chordPathDistribution`
 * @param nodes a level of its factor
 * @returns columns: hops, source, share, low, high
 */
export function chordDistributionTable(result: ExperimentResult, nodes: number): Table {
  const ours = result.definition.metrics.map(({ name }, hops): Row => {
    const { mean, interval: [low, high] } = metricIn(result, { nodes }, name);
    return { hops, source: "ours", share: mean, low, high };
  });
  const published = CHORD_FIGURE_10B.map((share, hops): Row => ({ hops, source: "published", share, low: null, high: null }));
  return {
    name: `${result.definition.id}-pdf`,
    columns: [{ name: "hops", title: "Hops to the predecessor", type: "integer" }, SOURCE, { name: "share", title: "Share of the lookups", type: "number", digits: 4 }, ...interval()],
    rows: [...published, ...ours.filter((row) => (row.hops as number) <= CHORD_FIGURE_10B.length)],
  };
}

/**
 * The 99th percentile of the keys per node against their mean, beside figure 8(a) and the exponential law.
 * @param result of `chordKeysPerNode`
 * @param nodes a level of its factor
 * @returns columns: mean_keys, source, keys, low, high
 */
export function chordKeysTable(result: ExperimentResult, nodes: number): Table {
  const levels = CHORD_FIGURE_8A.map((_, i) => 10 * (i + 1));
  const ours = levels.map((level): Row => {
    const { mean, interval: [low, high] } = metricIn(result, { nodes }, `p99_at_${level}`);
    return { mean_keys: level, source: "ours", keys: mean, low, high };
  });
  const rows = levels.flatMap((level, i): Row[] => [{ mean_keys: level, source: "mean", keys: level, low: null, high: null }, { mean_keys: level, source: "published", keys: CHORD_FIGURE_8A[i], low: null, high: null }]);
  return {
    name: `${result.definition.id}-load`,
    columns: [{ name: "mean_keys", title: "Keys per node on average", type: "integer" }, SOURCE, { name: "keys", title: "Keys of a node", type: "number", unit: "keys", digits: 4 }, ...interval("keys")],
    rows: [...rows, ...ours],
  };
}

/**
 * Path length or timeouts against the share of failed nodes, beside table II.
 * @param result of `chordFailures`
 * @param quantity which of the two
 * @returns columns: failed, source, value, low, high
 */
export function chordFailuresTable(result: ExperimentResult, quantity: "path" | "timeouts"): Table {
  const [title, unit] = quantity === "path" ? ["Path length", "hops"] : ["Timeouts per lookup", undefined];
  const published = CHORD_TABLE_II.map((row): Row => ({ failed: row.failed, source: "published", value: row[quantity], low: null, high: null }));
  const expected = quantity === "path" ? measured(result, "hops", "failed", "to the predecessor", "value") : CHORD_TABLE_II.map((row): Row => ({ failed: row.failed, source: "predicted", value: row.predicted, low: null, high: null }));
  return {
    name: `${result.definition.id}-${quantity}-table`,
    columns: [{ name: "failed", title: "Share of the nodes that failed", type: "number", digits: 3 }, SOURCE, { name: "value", title, type: "number", unit, digits: 4 }, ...interval(unit)],
    rows: [...published, ...expected, ...measured(result, quantity, "failed", "ours", "value")],
  };
}
