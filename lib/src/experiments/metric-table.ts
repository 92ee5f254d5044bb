/** One metric of a result as a table that figures draw and readers see: the factors, the mean under the metric's own name, its interval. */
import { ParameterError } from "../errors";
import type { Column, Table } from "../analysis/table";
import type { ExperimentResult } from "./result";
import { suggestName } from "./suggest";

/**
 * The means of a metric over the replications, one row per arm in which it has a value.
 *
 * @param result what `runExperiment` gave
 * @param metric name of a metric that is a number
 * @returns columns: the factors, the metric (with its unit and definition), `low`, `high`, `n`; named after the experiment
 * @throws ParameterError for an unknown metric, naming the nearest
 */
export function metricTable(result: ExperimentResult, metric: string): Table {
  const { definition } = result;
  const column = definition.metrics.find((candidate) => candidate.name === metric && candidate.type !== "string");
  if (column === undefined) {
    const known = definition.metrics.filter((each) => each.type !== "string").map((each) => each.name);
    throw new ParameterError({ what: "unknown metric", got: metric, expected: suggestName(metric, known), where: `experiment ${definition.id}` });
  }
  const end = (name: string, title: string, which: string): Column => ({
    name,
    title,
    type: "number",
    unit: column.unit,
    digits: column.digits,
    definition: `${which} end of the ${result.level * 100} % Student interval over the replications; missing for a single one.`,
  });
  const factors = definition.factors.map(({ levels: _levels, ...rest }) => rest);
  return {
    name: `${definition.id}-${metric.replace(/_/g, "-")}`,
    columns: [...factors, { ...column, type: "number" }, end("low", "Low", "Lower"), end("high", "High", "Upper"), { name: "n", title: "Runs", type: "integer", definition: "Replications with a value." }],
    rows: result.summary.filter((row) => row.metric === metric && row.mean !== null).map(({ arm, mean, low, high, n }) => ({ ...arm, [metric]: mean, low, high, n })),
  };
}

/**
 * The mean of a metric in one arm, with its interval.
 *
 * @param result what `runExperiment` gave
 * @param arm a level for every factor
 * @param metric name of a metric that is a number
 * @throws ParameterError when there is no such arm or metric, or the metric has no value there
 */
export function metricIn(result: ExperimentResult, arm: Readonly<Record<string, number | string | boolean>>, metric: string): { readonly mean: number; readonly interval: readonly [number, number] } {
  const row = metricTable(result, metric).rows.find((candidate) => result.definition.factors.every(({ name }) => candidate[name] === arm[name]));
  if (row === undefined) throw new ParameterError({ what: `no value of ${metric} in this arm`, got: arm, expected: `a level of each of ${result.definition.factors.map((factor) => factor.name).join(", ")}`, where: `experiment ${result.definition.id}` });
  const mean = row[metric] as number;
  return { mean, interval: [(row.low as number | null) ?? mean, (row.high as number | null) ?? mean] };
}

/**
 * Several metrics of one unit below each other, to be drawn on one axis.
 *
 * @param result what `runExperiment` gave
 * @param metrics names of metrics that are numbers and share their unit
 * @param title heading of the common axis ("Distribution time")
 * @returns columns: the factors, `quantity` (the metric's title), `value`, `low`, `high`
 * @throws ParameterError for an unknown metric or metrics of different units
 */
export function compareMetrics(result: ExperimentResult, metrics: readonly string[], title: string): Table {
  const tables = metrics.map((metric) => metricTable(result, metric));
  const factors = result.definition.factors.map(({ levels: _levels, ...rest }) => rest);
  const columnsOf = metrics.map((metric, index) => tables[index].columns.find((column) => column.name === metric) as Column);
  const units = new Set(columnsOf.map((column) => column.unit));
  if (units.size !== 1) throw new ParameterError({ what: "metrics of different units on one axis", got: metrics, expected: "one unit", where: `experiment ${result.definition.id}` });
  const { unit, digits } = columnsOf[0];
  const rows = tables.flatMap((table, index) => table.rows.map(({ low, high, ...row }) => {
    const arm = Object.fromEntries(factors.map(({ name }) => [name, row[name]]));
    return { ...arm, quantity: columnsOf[index].title ?? metrics[index], value: row[metrics[index]], low, high };
  }));
  const end = (name: string, heading: string): Column => ({ name, title: heading, type: "number", unit, digits });
  return {
    name: `${result.definition.id}-${metrics[0].replace(/_/g, "-")}-compared`,
    columns: [...factors, { name: "quantity", title: "Quantity", type: "string" }, { name: "value", title, type: "number", unit, digits }, end("low", "Low"), end("high", "High")],
    rows,
  };
}
