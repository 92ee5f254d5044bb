/** Timelines: intervals as bars on lanes, events as markers. */
import type { Row, Table } from "../analysis/table";
import { ParameterError } from "../errors";
import { type AxisOptions, axisRange, axisTitle, baseLayout, xAxis, yAxis } from "./axes";
import type { Figure } from "./figure";
import { cellOf, checkNotEmpty, groupRows, numberOf } from "./series";
import { cellText, columnTitle, findColumn, plotlyText } from "./text";
import { INK, seriesStyle } from "./theme";
import { type FigureWords, figureSize, joinAlt, makeFigure } from "./words";

/** What to draw. */
export interface TimelineSpec extends FigureWords {
  /** Column whose levels are the lanes, first at the top. */
  readonly lane: string;
  /** Column with the start of an interval, or the time of an event. */
  readonly start: string;
  /** Column with the end, in the same unit; a missing end makes an event. */
  readonly end: string;
  /** Column whose levels are told apart by colour and, for events, marker. */
  readonly kind?: string;
  readonly xAxis?: Pick<AxisOptions, "title" | "range">;
}

/**
 * Draws intervals and events along time.
 *
 * @throws ParameterError for unknown columns, an empty table, different units, an end before its start, or times that are not finite
 */
export function timeline(table: Table, spec: TimelineSpec): Figure {
  checkNotEmpty(table);
  const [lane, start, end] = [spec.lane, spec.start, spec.end].map((name) => findColumn(table, name));
  if (start.unit !== end.unit) throw new ParameterError({ what: "start and end in different units", got: [start.unit, end.unit], expected: "one unit", where: `table ${table.name}` });
  const lanes = groupRows(table.rows, spec.lane).map(([level]) => plotlyText(cellText(level, lane)));
  const times = table.rows.flatMap((row) => [requiredStart(row, spec), numberOf(row, spec.end) ?? requiredStart(row, spec)]);
  const size = figureSize(spec, Math.min(900, Math.max(180, 110 + lanes.length * 26)));
  const kinds = spec.kind === undefined ? [[null, table.rows] as const] : groupRows(table.rows, spec.kind);
  const data = kinds.flatMap(([level, rows], index) => kindTraces(spec, level === null || spec.kind === undefined ? "" : cellText(level, findColumn(table, spec.kind)), rows, index, (row) => plotlyText(cellText(cellOf(row, spec.lane), lane))));
  const layout = {
    ...baseLayout(size),
    showlegend: kinds.length > 1,
    barmode: "overlay",
    bargap: 0.35,
    xaxis: { ...xAxis(axisTitle(table, [spec.start], spec.xAxis ?? {}, "xAxis"), axisRange(times, spec.xAxis ?? {}, "x", times.every((time) => time >= 0))) },
    yaxis: { ...yAxis(lane.title ?? "", null), type: "category", categoryorder: "array", categoryarray: lanes, autorange: "reversed" },
  };
  const last = times.reduce((a, b) => Math.max(a, b));
  const first = times.reduce((a, b) => Math.min(a, b));
  const alt = joinAlt(`Timeline of ${lanes.length} lanes along ${columnTitle(start)}, from ${cellText(first, start)} to ${cellText(last, start)}.`, kinds.length > 1 ? kinds.map(([level, rows]) => `${cellText(level, lane)}: ${rows.length}.`) : []);
  return makeFigure(spec, table, { data, layout }, size, alt);
}

function requiredStart(row: Row, spec: TimelineSpec): number {
  const start = numberOf(row, spec.start);
  if (start === null) throw new ParameterError({ what: "a row without a start", got: row, expected: "a time", where: `column ${spec.start}` });
  const end = numberOf(row, spec.end);
  if (end !== null && end < start) throw new ParameterError({ what: "an end before its start", got: [start, end], expected: "end >= start", where: `column ${spec.end}` });
  return start;
}

function kindTraces(spec: TimelineSpec, name: string, rows: readonly Row[], index: number, laneOf: (row: Row) => string): readonly Record<string, unknown>[] {
  const style = seriesStyle(index);
  const intervals = rows.filter((row) => cellOf(row, spec.end) !== null);
  const events = rows.filter((row) => cellOf(row, spec.end) === null);
  const traces: Record<string, unknown>[] = [];
  if (intervals.length > 0) {
    const base = intervals.map((row) => requiredStart(row, spec));
    const x = intervals.map((row, i) => (numberOf(row, spec.end) ?? 0) - base[i]);
    traces.push({ type: "bar", orientation: "h", name: plotlyText(name), y: intervals.map(laneOf), base, x, marker: { color: style.mark.light, line: { color: INK.ground.light, width: 1 } } });
  }
  if (events.length > 0) {
    const marker = { symbol: style.marker, size: 9, color: INK.ground.light, line: { color: style.name.light, width: 1.6 } };
    traces.push({ type: "scatter", mode: "markers", name: plotlyText(name), x: events.map((row) => requiredStart(row, spec)), y: events.map(laneOf), marker });
  }
  return traces;
}
