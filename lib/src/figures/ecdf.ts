/** Empirical distribution functions: the share of observations at or below each value. */
import type { Table } from "../analysis/table";
import { ParameterError } from "../errors";
import { type AxisOptions } from "./axes";
import { curves } from "./curves";
import type { Figure } from "./figure";
import { type SeriesSpec, expandSeries, numberOf } from "./series";
import { cellText, columnTitle, findColumn } from "./text";
import { type FigureWords, joinAlt } from "./words";

/** What to draw. */
export interface EcdfSpec extends FigureWords {
  /** Columns of observations; all in one unit. */
  readonly series: readonly Pick<SeriesSpec, "value" | "name" | "where" | "by">[];
  readonly xAxis?: AxisOptions;
}

/**
 * Draws the distribution of observations, one step curve per series.
 *
 * @param table one row per observation; missing values are left out
 * @returns a figure whose table holds the curve's points (series, value, share)
 * @throws ParameterError for unknown columns, an empty table, values that are not finite, or values <= 0 on a logarithmic axis
 */
export function ecdfCurves(table: Table, spec: EcdfSpec): Figure {
  const value = findColumn(table, spec.series[0]?.value ?? "");
  const expanded = expandSeries(table, spec.series);
  const clauses: string[] = [];
  const rows = expanded.flatMap((series) => {
    if (findColumn(table, series.spec.value).unit !== value.unit) throw new ParameterError({ what: "columns of different units on the x axis", got: series.spec.value, expected: value.unit ?? "no unit", where: `table ${table.name}` });
    const sorted = series.rows.map((row) => numberOf(row, series.spec.value, spec.xAxis?.log)).filter((x): x is number => x !== null).sort((a, b) => a - b);
    if (sorted.length === 0) throw new ParameterError({ what: "nothing but missing values", expected: "at least one number", where: `series ${series.name}` });
    const at = (share: number): string => cellText(sorted[Math.ceil(share * sorted.length) - 1], { ...value, digits: 3 });
    clauses.push(`${series.name}: median ${at(0.5)}, 95 % at or below ${at(0.95)}, largest ${at(1)}.`);
    return stepPoints(sorted).map(([x, share]) => ({ series: series.name, value: x, share }));
  });
  const { definition, digits, unit } = value;
  const points: Table = {
    name: table.name,
    columns: [
      { name: "series", title: "Series", type: "string" },
      { name: "value", title: value.title ?? value.name, type: "number", unit, definition, digits },
      { name: "share", title: "Share of observations", type: "number", digits: 3 },
    ],
    rows,
  };
  const alt = joinAlt(`Cumulative distribution of ${columnTitle(value)}.`, clauses);
  const yAxis = { title: "Share of observations", range: [0, 1.02] as const };
  return curves(points, { ...spec, alt: spec.alt ?? alt, x: "value", series: [{ value: "share", by: "series", kind: "steps" }], yAxis });
}

/** Points of the step function: one per distinct value, and a start at share 0. */
function stepPoints(sorted: readonly number[]): readonly (readonly [number, number])[] {
  const points: [number, number][] = [[sorted[0], 0]];
  sorted.forEach((value, i) => {
    if (i + 1 === sorted.length || sorted[i + 1] !== value) points.push([value, (i + 1) / sorted.length]);
  });
  return points;
}
