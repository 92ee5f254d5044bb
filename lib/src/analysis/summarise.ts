/** From tidy rows to one line per group and metric: n, mean, spread and the interval over replications. */
import { mean } from "simple-statistics";
import { InvariantError } from "../errors";
import { columnOf } from "./check";
import { meanInterval } from "./interval";
import type { Cell, Column, Row, Table } from "./table";

/** What to summarise. */
export interface SummariseOptions {
  /** Columns that tell the groups apart. */
  readonly by: readonly string[];
  /** Columns to summarise: numbers, or truth values counted as 1 and 0. */
  readonly metrics: readonly string[];
  /**
   * Column that tells independent replications apart. Rows of one replication are averaged first, so that the interval is over
   * independent values. Absent: every row is an independent observation.
   */
  readonly replication?: string;
  /** Coverage of the interval; 0.95 by default. */
  readonly level?: number;
}

/** The columns that {@link summarise} adds after those of `by`. */
export const SUMMARY_COLUMNS: readonly Column[] = Object.freeze([
  { name: "metric", type: "string", definition: "Name of the metric that this row summarises." },
  { name: "unit", type: "string", definition: "Unit of mean, sd, low, high and half_width; missing for a count or a share." },
  { name: "n", type: "integer", definition: "Independent replications in which the metric has a value." },
  { name: "mean", type: "number", definition: "Mean over the replications." },
  { name: "sd", type: "number", definition: "Sample standard deviation over the replications; missing below two." },
  { name: "low", type: "number", definition: "Lower end of the two-sided Student interval over the replications." },
  { name: "high", type: "number", definition: "Upper end of the two-sided Student interval over the replications." },
  { name: "half_width", type: "number", definition: "Half the width of the interval." },
] as const);

/**
 * Summarises the metrics of a table by group, in order of first appearance.
 *
 * @returns a long table: the columns of `by`, then {@link SUMMARY_COLUMNS}; a group without values has n = 0 and no mean
 * @throws InvariantError when a column is missing or a metric holds text
 */
export function summarise(table: Table, options: SummariseOptions): Table {
  const by = options.by.map((name) => columnOf(table, name));
  const metrics = options.metrics.map((name) => columnOf(table, name));
  for (const metric of metrics) {
    if (metric.type === "string") throw new InvariantError({ what: "text cannot be summarised", got: metric.name, expected: "a column of numbers or truth values", where: `table ${table.name}` });
  }
  const groups = groupRows(table.rows, options.by);
  const rows = groups.flatMap((group) =>
    metrics.map((metric) => {
      const key = Object.fromEntries(options.by.map((name) => [name, group[0][name]]));
      const values = independentValues(group, metric.name, options.replication);
      return { ...key, metric: metric.name, unit: metric.unit ?? null, ...statistics(values, options.level) };
    }),
  );
  return { name: `${table.name}-summary`, columns: [...by, ...SUMMARY_COLUMNS], rows };
}

/** Splits rows by the values of some columns; groups and rows keep their order of first appearance. */
export function groupRows(rows: readonly Row[], by: readonly string[]): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify(by.map((name) => row[name]));
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
}

/** One number per independent replication: the mean of its rows that have a value. */
export function independentValues(rows: readonly Row[], metric: string, replication?: string): number[] {
  const groups = replication === undefined ? rows.map((row) => [row]) : groupRows(rows, [replication]);
  return groups
    .map((group) => group.map((row) => asNumber(row[metric])).filter((value): value is number => value !== null))
    .filter((values) => values.length > 0)
    .map((values) => (values.length === 1 ? values[0] : mean(values)));
}

function asNumber(value: Cell): number | null {
  return typeof value === "boolean" ? Number(value) : typeof value === "number" ? value : null;
}

function statistics(values: readonly number[], level?: number): Row {
  if (values.length === 0) return { n: 0, mean: null, sd: null, low: null, high: null, half_width: null };
  const { n, mean: average, sd, low, high, halfWidth } = meanInterval(values, level);
  return { n, mean: average, sd, low, high, half_width: halfWidth };
}
