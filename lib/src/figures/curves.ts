/** Curves: lines with interval bands, thin dark bounds, published points as open markers, on linear or logarithmic axes. */
import type { Row, Table } from "../analysis/table";
import { type AxisOptions, type LayoutPart, axisRange, axisTitle, baseLayout, checkOneUnit, xAxis, yAxis } from "./axes";
import type { Figure } from "./figure";
import { type LineEnd, placeLineEndLabels } from "./line-end-labels";
import { type Series, type SeriesSpec, expandSeries, numberOf } from "./series";
import { columnTitle, findColumn, plotlyText } from "./text";
import { INK, type SeriesStyle, type ThemeColour, seriesStyle } from "./theme";
import { type FigureWords, describeSeries, figureSize, joinAlt, makeFigure } from "./words";

/** A line or a set of points. */
export interface CurveSpec extends SeriesSpec {
  /**
   * `curve` (default): coloured line, band where an interval is given; `points`: filled markers with error bars; `bound`: thin dark
   * line of a closed form; `published`: open markers for numbers taken from a source; `steps`: a line that changes in jumps.
   */
  readonly kind?: "curve" | "points" | "bound" | "published" | "steps";
}

/** What to draw. */
export interface CurvesSpec extends FigureWords {
  /** Column on the horizontal axis. */
  readonly x: string;
  readonly series: readonly CurveSpec[];
  readonly xAxis?: AxisOptions;
  readonly yAxis?: AxisOptions;
  /** Starts a linear vertical axis at 0 (default true). */
  readonly fromZero?: boolean;
}

interface Point {
  readonly x: number;
  readonly y: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** One series, ready to draw. */
interface DrawnCurve {
  readonly name: string;
  readonly kind: NonNullable<CurveSpec["kind"]>;
  readonly style: SeriesStyle;
  readonly colour: ThemeColour;
  readonly points: readonly Point[];
  readonly series: Series<CurveSpec>;
}

/**
 * Draws series of a table against one column.
 *
 * @param table tidy rows; `null` values leave a gap
 * @param spec what to draw, see {@link CurvesSpec}
 * @throws ParameterError for unknown columns, an empty table, values that are not finite, values <= 0 on a logarithmic axis, or two units on one axis
 */
export function curves(table: Table, spec: CurvesSpec): Figure {
  const size = figureSize(spec);
  findColumn(table, spec.x);
  const yColumns = spec.series.flatMap((series) => [series.value, series.low, series.high].filter((name): name is string => name !== undefined));
  checkOneUnit(table, yColumns, "y");
  const log = spec.yAxis?.log ?? false;
  const read = drawCurves(table, spec);
  const points = read.flatMap((curve) => curve.points);
  const values = valuesOf(read).filter((value) => !log || value > 0);
  const drawn = log ? onLogAxis(read, values) : read;
  const x = axisRange(points.map((point) => point.x), spec.xAxis ?? {}, "x", false);
  const y = axisRange(values, spec.yAxis ?? {}, "y", spec.fromZero ?? true);
  const labels = placeLineEndLabels(drawn.filter((curve) => isLine(curve.kind)).flatMap(lineEnd), x, y, size);
  const labelled = new Set(labels === null ? [] : drawn.filter((curve) => isLine(curve.kind)));
  // Published points are drawn first and larger, so that a measured one on top of them is seen inside; the legend keeps the caller's order.
  const order = [...drawn.filter((curve) => curve.kind === "published"), ...drawn.filter((curve) => curve.kind !== "published")];
  const data = order.flatMap((curve) => curveTraces(curve, !labelled.has(curve), drawn.indexOf(curve)));
  const valueTitle = axisTitle(table, spec.series.map((series) => series.value), spec.yAxis ?? {}, "yAxis");
  const layout = {
    ...baseLayout(size),
    ...legendPart(drawn.length - labelled.size, labels?.room ?? 0),
    annotations: labels?.annotations ?? [],
    xaxis: xAxis(axisTitle(table, [spec.x], spec.xAxis ?? {}, "xAxis"), x),
    yaxis: yAxis(valueTitle, y),
  };
  return makeFigure(spec, table, { data, layout }, size, curvesAlt(table, spec, drawn, valueTitle));
}

/** Every value and end of an interval. */
function valuesOf(drawn: readonly DrawnCurve[]): readonly number[] {
  return drawn.flatMap((curve) => curve.points.flatMap((point) => [point.y, point.low, point.high])).filter((value): value is number => value !== null);
}

/** An interval that reaches zero or below has no lower end on a logarithmic axis: it is drawn through the bottom of the figure. */
function onLogAxis(drawn: readonly DrawnCurve[], positive: readonly number[]): readonly DrawnCurve[] {
  const below = positive.reduce((a, b) => Math.min(a, b), Infinity) / 1000;
  return drawn.map((curve) => ({ ...curve, points: curve.points.map((point) => (point.low !== null && point.low <= 0 ? { ...point, low: below } : point)) }));
}

function drawCurves(table: Table, spec: CurvesSpec): readonly DrawnCurve[] {
  let coloured = 0;
  return expandSeries(table, spec.series).map((series) => {
    const kind = series.spec.kind ?? "curve";
    const style = seriesStyle(kind === "bound" ? 0 : coloured);
    if (kind !== "bound") coloured += 1;
    const colour = kind === "bound" ? INK.bound : style.mark;
    return { name: series.name, kind, style, colour, points: readPoints(series.rows, spec, series.spec), series };
  });
}

function readPoints(rows: readonly Row[], spec: CurvesSpec, series: CurveSpec): readonly Point[] {
  const log = spec.yAxis?.log ?? false;
  return rows.flatMap((row) => {
    const x = numberOf(row, spec.x, spec.xAxis?.log);
    if (x === null) return [];
    const low = series.low === undefined ? null : numberOf(row, series.low);
    const high = series.high === undefined ? null : numberOf(row, series.high, log);
    return [{ x, y: numberOf(row, series.value, log), low, high }];
  });
}

function isLine(kind: DrawnCurve["kind"]): boolean {
  return kind === "curve" || kind === "bound" || kind === "steps";
}

function lineEnd(curve: DrawnCurve): readonly LineEnd[] {
  const last = curve.points.filter((point) => point.y !== null).at(-1);
  const colour = curve.kind === "bound" ? INK.bound : curve.style.name;
  return last === undefined || last.y === null ? [] : [{ name: curve.name, colour, x: last.x, y: last.y }];
}

function curveTraces(curve: DrawnCurve, inLegend: boolean, rank: number): readonly LayoutPart[] {
  const main: LayoutPart = {
    type: "scatter",
    name: plotlyText(curve.name),
    x: curve.points.map((point) => point.x),
    y: curve.points.map((point) => point.y),
    showlegend: inLegend,
    ...(inLegend ? { legendrank: 1000 + rank } : {}),
    ...look(curve),
  };
  if (curve.kind === "points" || curve.kind === "published") return [{ ...main, ...errorBars(curve) }];
  const band = bandTrace(curve);
  return band === null ? [main] : [band, main];
}

function look(curve: DrawnCurve): LayoutPart {
  const color = curve.colour.light;
  switch (curve.kind) {
    case "bound":
      return { mode: "lines", line: { color, width: 1.2, dash: "solid" } };
    case "published":
      return { mode: "markers", marker: { symbol: curve.style.marker, size: 12, color: INK.ground.light, line: { color, width: 1.6 } } };
    case "points":
      return { mode: "markers", marker: { symbol: curve.style.marker, size: 6, color, line: { width: 0 } } };
    case "steps":
      return { mode: "lines", line: { color, width: 2, dash: curve.style.dash, shape: "hv" } };
    case "curve":
      return { mode: "lines", line: { color, width: 2, dash: curve.style.dash } };
  }
}

function errorBars(curve: DrawnCurve): LayoutPart {
  if (curve.points.every((point) => point.low === null || point.high === null)) return {};
  const above = curve.points.map((point) => (point.high === null || point.y === null ? 0 : Math.max(0, point.high - point.y)));
  const below = curve.points.map((point) => (point.low === null || point.y === null ? 0 : Math.max(0, point.y - point.low)));
  return { error_y: { type: "data", symmetric: false, array: above, arrayminus: below, color: curve.colour.light, thickness: 1.2, width: 2 } };
}

/** The band is one closed outline whose colour is faint as a whole, so that a page's theme can replace the plain colour. */
function bandTrace(curve: DrawnCurve): LayoutPart | null {
  const held = curve.points.filter((point) => point.low !== null && point.high !== null);
  if (held.length < 2) return null;
  const back = [...held].reverse();
  return {
    type: "scatter",
    mode: "lines",
    name: `${plotlyText(curve.name)}, interval`,
    x: [...held, ...back].map((point) => point.x),
    y: [...held.map((point) => point.high), ...back.map((point) => point.low)],
    fill: "toself",
    fillcolor: curve.colour.light,
    line: { width: 0, color: curve.colour.light },
    opacity: 0.2,
    hoverinfo: "skip",
    showlegend: false,
  };
}

/** Turns the legend on for the series without a direct label, and keeps room on the right for the labels. */
function legendPart(unlabelled: number, room: number): LayoutPart {
  return { showlegend: unlabelled > 0, margin: { l: 8, r: Math.max(14, room), t: 12, b: 8, pad: 0 } };
}

function curvesAlt(table: Table, spec: CurvesSpec, drawn: readonly DrawnCurve[], valueTitle: string): string {
  const logs = [spec.xAxis?.log ? "horizontal" : "", spec.yAxis?.log ? "vertical" : ""].filter((axis) => axis !== "");
  const start = `Line chart of ${valueTitle} against ${spec.xAxis?.title ?? columnTitle(findColumn(table, spec.x))}${logs.length > 0 ? `, ${logs.join(" and ")} axis logarithmic` : ""}.`;
  return joinAlt(start, drawn.map((curve) => describeSeries(table, curve.name, spec.x, curve.series.spec.value, curve.series.rows)));
}
