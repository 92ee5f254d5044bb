/**
 * Box plots (Tukey): median, quartiles, whiskers to the furthest observation within 1.5 interquartile ranges, the rest as points.
 * Only the five numbers and the outliers go into the figure, so a million observations make a small file.
 */
import type { Table } from "../analysis/table";
import { ParameterError } from "../errors";
import { type AxisOptions, axisRange, axisTitle, baseLayout, xAxis, yAxis } from "./axes";
import type { Figure } from "./figure";
import { checkNotEmpty, groupRows, numberOf } from "./series";
import { cellText, findColumn, plotlyText } from "./text";
import { INK, TRANSPARENT, seriesStyle } from "./theme";
import { type FigureWords, figureSize, joinAlt, makeFigure } from "./words";

/** What to draw. */
export interface BoxesSpec extends FigureWords {
  /** Column of observations. */
  readonly value: string;
  /** Column whose levels make the boxes, in order of appearance. */
  readonly by: string;
  readonly xAxis?: Pick<AxisOptions, "title">;
  readonly yAxis?: AxisOptions;
}

/** The five numbers of a box and what lies outside. */
interface Box {
  readonly label: string;
  readonly quartiles: readonly [number, number, number];
  readonly whiskers: readonly [number, number];
  readonly outliers: readonly number[];
  readonly count: number;
}

/**
 * Draws one box per level of `by`.
 *
 * @param table one row per observation; missing values are left out
 * @returns a figure whose table holds the numbers of each box
 * @throws ParameterError for unknown columns, an empty table, a group without values, values that are not finite, or values <= 0 on a logarithmic axis
 */
export function boxes(table: Table, spec: BoxesSpec): Figure {
  checkNotEmpty(table);
  const size = figureSize(spec);
  const by = findColumn(table, spec.by);
  const value = findColumn(table, spec.value);
  const drawn = groupRows(table.rows, spec.by).map(([level, rows]) =>
    summarise(cellText(level, by), rows.map((row) => numberOf(row, spec.value, spec.yAxis?.log)).filter((x): x is number => x !== null)),
  );
  const style = seriesStyle(0);
  const data = [
    {
      type: "box",
      x: drawn.map((box) => plotlyText(box.label)),
      q1: drawn.map((box) => box.quartiles[0]),
      median: drawn.map((box) => box.quartiles[1]),
      q3: drawn.map((box) => box.quartiles[2]),
      lowerfence: drawn.map((box) => box.whiskers[0]),
      upperfence: drawn.map((box) => box.whiskers[1]),
      line: { color: style.name.light, width: 1.5 },
      fillcolor: TRANSPARENT,
      whiskerwidth: 0.4,
      showlegend: false,
      hoverinfo: "y",
    },
    ...outlierTrace(drawn),
  ];
  const title = axisTitle(table, [spec.value], spec.yAxis ?? {}, "yAxis");
  const all = drawn.flatMap((box) => [...box.whiskers, ...box.outliers]);
  const layout = {
    ...baseLayout(size),
    boxgap: 0.5,
    xaxis: { ...xAxis(axisTitle(table, [spec.by], spec.xAxis ?? {}, "xAxis"), null), type: "category", ticks: "" },
    yaxis: yAxis(title, axisRange(all, spec.yAxis ?? {}, "y", true)),
  };
  const alt = joinAlt(`Box plots of ${title}.`, drawn.map((box) => `${box.label}: median ${cellText(box.quartiles[1], { ...value, digits: 3 })}, middle half from ${cellText(box.quartiles[0], { ...value, digits: 3 })} to ${cellText(box.quartiles[2], { ...value, digits: 3 })}.`));
  return makeFigure(spec, boxTable(table, spec, drawn), { data, layout }, size, alt);
}



function outlierTrace(drawn: readonly Box[]): readonly Record<string, unknown>[] {
  const points = drawn.flatMap((box) => box.outliers.map((y) => ({ x: plotlyText(box.label), y })));
  if (points.length === 0) return [];
  const marker = { symbol: "circle", size: 5, color: INK.ground.light, line: { color: seriesStyle(0).name.light, width: 1.2 } };
  return [{ type: "scatter", mode: "markers", name: "outside the whiskers", x: points.map((point) => point.x), y: points.map((point) => point.y), marker, showlegend: false }];
}

function summarise(label: string, values: readonly number[]): Box {
  if (values.length === 0) throw new ParameterError({ what: "a box without values", expected: "at least one number", where: `group ${label}` });
  const sorted = [...values].sort((a, b) => a - b);
  const [q1, median, q3] = [0.25, 0.5, 0.75].map((p) => quantile(sorted, p));
  const reach = 1.5 * (q3 - q1);
  const inside = sorted.filter((x) => x >= q1 - reach && x <= q3 + reach);
  const outliers = sorted.filter((x) => x < q1 - reach || x > q3 + reach);
  return { label, quartiles: [q1, median, q3], whiskers: [inside[0], inside[inside.length - 1]], outliers, count: sorted.length };
}

/** Quantile by linear interpolation between order statistics (Hyndman and Fan's type 7). */
function quantile(sorted: readonly number[], p: number): number {
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  return below + 1 < sorted.length ? sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]) : sorted[below];
}

function boxTable(table: Table, spec: BoxesSpec, drawn: readonly Box[]): Table {
  const { unit, digits } = findColumn(table, spec.value);
  const numbers = [["low", "Lower whisker"], ["q1", "First quartile"], ["median", "Median"], ["q3", "Third quartile"], ["high", "Upper whisker"]] as const;
  return {
    name: table.name,
    columns: [
      { name: "group", title: findColumn(table, spec.by).title ?? spec.by, type: "string" },
      ...numbers.map(([name, title]) => ({ name, title, type: "number" as const, unit, digits })),
      { name: "outliers", title: "Outside", type: "integer" },
      { name: "count", title: "Observations", type: "integer" },
    ],
    rows: drawn.map((box) => ({ group: box.label, low: box.whiskers[0], q1: box.quartiles[0], median: box.quartiles[1], q3: box.quartiles[2], high: box.whiskers[1], outliers: box.outliers.length, count: box.count })),
  };
}
