/** Grouped bars with error bars: one group per category, one bar per series. */
import type { Row, Table } from "../analysis/table";
import { ParameterError } from "../errors";
import { type AxisOptions, type LayoutPart, axisRange, axisTitle, baseLayout, checkOneUnit, xAxis, yAxis } from "./axes";
import type { Figure } from "./figure";
import { type Series, type SeriesSpec, cellOf, expandSeries, groupRows, numberOf } from "./series";
import { cellText, findColumn, plotlyText } from "./text";
import { INK, seriesStyle } from "./theme";
import { type FigureWords, describeSeries, figureSize, joinAlt, makeFigure } from "./words";

/** What to draw. */
export interface BarsSpec extends FigureWords {
  /** Column with the categories, drawn in order of appearance. */
  readonly category: string;
  readonly series: readonly SeriesSpec[];
  readonly xAxis?: Pick<AxisOptions, "title">;
  readonly yAxis?: AxisOptions;
}

/**
 * Draws bars from 0 (from the decade below on a logarithmic axis).
 *
 * @throws ParameterError for unknown columns, an empty table, two rows for one bar, values that are not finite, or values <= 0 on a logarithmic axis
 */
export function bars(table: Table, spec: BarsSpec): Figure {
  const size = figureSize(spec);
  const category = findColumn(table, spec.category);
  checkOneUnit(table, spec.series.flatMap((series) => [series.value, series.low, series.high].filter((name): name is string => name !== undefined)), "y");
  const expanded = expandSeries(table, spec.series);
  const categories = groupRows(table.rows, spec.category).map(([level]) => plotlyText(cellText(level, category)));
  const log = spec.yAxis?.log ?? false;
  const values = expanded.flatMap((series) => series.rows.flatMap((row) => barValues(row, series.spec, log)));
  const title = axisTitle(table, spec.series.map((series) => series.value), spec.yAxis ?? {}, "yAxis");
  const data = expanded.map((series, index) => barTrace(table, spec, series, index, log));
  const layout = {
    ...baseLayout(size),
    showlegend: expanded.length > 1,
    barmode: "group",
    bargap: 0.32,
    bargroupgap: 0.08,
    barcornerradius: 1,
    xaxis: { ...xAxis(axisTitle(table, [spec.category], spec.xAxis ?? {}, "xAxis"), null), type: "category", categoryorder: "array", categoryarray: categories, ticks: "" },
    yaxis: yAxis(title, axisRange(values, spec.yAxis ?? {}, "y", true)),
  };
  const alt = joinAlt(`Bar chart of ${title}.`, expanded.map((series) => describeSeries(table, series.name, spec.category, series.spec.value, series.rows)));
  return makeFigure(spec, table, { data, layout }, size, alt);
}

function barValues(row: Row, spec: SeriesSpec, log: boolean): readonly number[] {
  return [spec.value, spec.low, spec.high].flatMap((column) => {
    const value = column === undefined ? null : numberOf(row, column, log);
    return value === null ? [] : [value];
  });
}

function barTrace(table: Table, spec: BarsSpec, series: Series<SeriesSpec>, index: number, log: boolean): LayoutPart {
  const category = findColumn(table, spec.category);
  const groups = groupRows(series.rows, spec.category);
  const twice = groups.find(([, rows]) => rows.length > 1);
  if (twice) throw new ParameterError({ what: "two rows for one bar", got: twice[0], expected: "one row per category and series (summarise first)", where: `series ${series.name}` });
  const rows = groups.map(([, [row]]) => row);
  const y = rows.map((row) => numberOf(row, series.spec.value, log));
  const { low, high } = series.spec;
  const reach = (column: string, sign: number): readonly number[] => rows.map((row, i) => Math.max(0, sign * ((numberOf(row, column, log) ?? y[i] ?? 0) - (y[i] ?? 0))));
  const errors = low === undefined || high === undefined ? {} : { error_y: { type: "data", symmetric: false, array: reach(high, 1), arrayminus: reach(low, -1), color: INK.bound.light, thickness: 1.2, width: 4 } };
  return {
    type: "bar",
    name: plotlyText(series.name),
    x: rows.map((row) => plotlyText(cellText(cellOf(row, spec.category), category))),
    y,
    marker: { color: seriesStyle(index).mark.light, line: { width: 0 } },
    ...errors,
  };
}
