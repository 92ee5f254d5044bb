/** Axes of a figure: ranges with room to breathe, titles with units, and the layout that all kinds share. */
import type { Table } from "../analysis/table";
import { ParameterError } from "../errors";
import { FIGURE_FONT, INK, TEXT_SIZE, TRANSPARENT } from "./theme";
import { columnTitle, findColumn, plotlyText } from "./text";

/** What a caller may say about an axis. */
export interface AxisOptions {
  /** Title with unit, if the column's own does not fit. */
  readonly title?: string;
  /** Logarithmic; all values must be > 0. */
  readonly log?: boolean;
  /** Ends of the axis in the unit of the data; by default chosen from the data. */
  readonly range?: readonly [number, number];
}

/** Ends of an axis in its own coordinates: decimal logarithms on a logarithmic axis, else the unit of the data. */
export interface AxisRange {
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
}

/** Part of the layout. */
export type LayoutPart = Record<string, unknown>;

/**
 * Decimal logarithm to 2^-30 by repeated squaring: the four operations only, so that figure files hold the same bits on every machine.
 * @param value a number > 0
 */
export function log10(value: number): number {
  let exponent = 0;
  let mantissa = value;
  for (; mantissa >= 10; mantissa /= 10) exponent += 1;
  for (; mantissa < 1; mantissa *= 10) exponent -= 1;
  let fraction = 0;
  for (let bit = 0.5; bit > 1e-9 && mantissa > 1; bit /= 2) {
    mantissa *= mantissa;
    if (mantissa >= 10) {
      mantissa /= 10;
      fraction += bit;
    }
  }
  return exponent + fraction;
}

/** Rounds to a number of decimals; keeps positions in figure files short. */
export function roundTo(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}

/**
 * Ends of an axis that holds all the values.
 * @param fromZero whether a linear axis starts at 0 when the values are not far from it
 * @throws ParameterError when there is no value, or the given ends are not in order
 */
export function axisRange(values: readonly number[], options: AxisOptions, name: string, fromZero: boolean): AxisRange {
  const log = options.log ?? false;
  if (options.range) return givenRange(options.range, log, name);
  if (values.length === 0) throw new ParameterError({ what: "nothing but missing values", expected: "at least one number", where: `axis ${name}` });
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  if (log) return logRange(low, high);
  if (low === high) return { low: Math.min(0, low), high: low === 0 ? 1 : Math.max(0, low * 1.25), log };
  const start = fromZero && low >= 0 ? 0 : low;
  const room = (high - start) * (fromZero ? 0.06 : 0.02);
  return { low: low < 0 || start !== 0 ? start - room : start, high: high + room, log };
}

function givenRange([low, high]: readonly [number, number], log: boolean, name: string): AxisRange {
  if (Number.isFinite(low) && Number.isFinite(high) && low < high && (!log || low > 0)) return log ? { low: log10(low), high: log10(high), log } : { low, high, log };
  throw new ParameterError({ what: "bad range", got: [low, high], expected: `two numbers in rising order${log ? ", both > 0" : ""}`, where: `axis ${name}` });
}

function logRange(low: number, high: number): AxisRange {
  const start = log10(decadeBelow(low));
  const end = high === low ? start + 1 : log10(high);
  return { low: start, high: end + (end - start) * 0.03, log: true };
}

/** Largest of 1, 2, 5 times a power of ten that is not above the value. */
function decadeBelow(value: number): number {
  let decade = 1;
  while (decade > value) decade /= 10;
  while (decade * 10 <= value) decade *= 10;
  return value >= decade * 5 ? decade * 5 : value >= decade * 2 ? decade * 2 : decade;
}

/** Where a value stands on an axis: 0 at the low end, 1 at the high end. */
export function axisFraction(value: number, range: AxisRange): number {
  return ((range.log ? log10(value) : value) - range.low) / (range.high - range.low);
}

/** Axis title from the column's heading and unit, or the caller's words. */
export function axisTitle(table: Table, columns: readonly string[], options: AxisOptions, name: string): string {
  if (options.title !== undefined) return options.title;
  const found = columns.map((column) => findColumn(table, column));
  const titles = new Set(found.map(columnTitle));
  if (titles.size === 1) return columnTitle(found[0]);
  throw new ParameterError({ what: `the ${name} axis needs a title, because its columns differ`, got: [...titles], expected: `${name}: { title: "... (unit)" }`, where: `table ${table.name}` });
}

/** @throws ParameterError when columns of different units would share an axis */
export function checkOneUnit(table: Table, columns: readonly string[], name: string): void {
  const units = new Set(columns.map((column) => findColumn(table, column).unit ?? "no unit"));
  if (units.size > 1) throw new ParameterError({ what: `columns of different units on the ${name} axis`, got: [...units], expected: "one unit", where: `table ${table.name}` });
}

/** A horizontal axis: a line with short ticks, no grid. */
export function xAxis(title: string, range: AxisRange | null): LayoutPart {
  return {
    ...commonAxis(title, range, 7),
    showgrid: false,
    showline: true,
    linecolor: INK.axis.light,
    linewidth: 1,
    ticks: "outside",
    ticklen: 4,
    tickwidth: 1,
    tickcolor: INK.axis.light,
  };
}

/** A vertical axis: horizontal grid lines, no line of its own. */
export function yAxis(title: string, range: AxisRange | null): LayoutPart {
  return { ...commonAxis(title, range, 6), showgrid: true, gridcolor: INK.grid.light, gridwidth: 1, showline: false, ticks: "", ticklabelstandoff: 5 };
}

function commonAxis(title: string, range: AxisRange | null, ticks: number): LayoutPart {
  const ends = range === null ? {} : { type: range.log ? "log" : "linear", range: [Number(range.low.toPrecision(9)), Number(range.high.toPrecision(9))] };
  const decades = range !== null && range.log ? range.high - range.low : 0;
  const powers = decades > 4;
  const logTicks = decades >= 1.7 ? { dtick: Math.max(1, Math.ceil(decades / 8)), exponentformat: powers ? "power" : "none" } : { exponentformat: "none" };
  return {
    ...ends,
    ...(range !== null && range.log ? logTicks : { nticks: ticks, exponentformat: "none", separatethousands: true }),
    title: { text: plotlyText(title), standoff: 10, font: { size: TEXT_SIZE.label, color: INK.text.light } },
    // Plotly writes powers a quarter larger.
    tickfont: { size: powers ? TEXT_SIZE.tick / 1.25 : TEXT_SIZE.tick, color: INK.quiet.light },
    automargin: true,
    zeroline: false,
    fixedrange: false,
  };
}

/** The layout that every figure starts from: transparent ground, the book's face, a plain legend below the drawing. */
export function baseLayout(size: { readonly width: number; readonly height: number }): LayoutPart {
  return {
    width: size.width,
    height: size.height,
    font: { family: FIGURE_FONT, size: TEXT_SIZE.label, color: INK.text.light },
    paper_bgcolor: TRANSPARENT,
    plot_bgcolor: TRANSPARENT,
    separators: ".\u202f",
    margin: { l: 8, r: 12, t: 12, b: 8, pad: 0 },
    hovermode: "closest",
    hoverlabel: { font: { family: FIGURE_FONT, size: TEXT_SIZE.tick } },
    showlegend: false,
    legend: {
      orientation: "h",
      x: 0,
      xanchor: "left",
      y: 1.02,
      yanchor: "bottom",
      bgcolor: TRANSPARENT,
      borderwidth: 0,
      font: { size: TEXT_SIZE.tick, color: INK.text.light },
      itemsizing: "trace",
      itemwidth: 36,
    },
    dragmode: "zoom",
  };
}
