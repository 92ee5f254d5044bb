/** The words around a figure: checked, and the text alternative made from the data when the caller gives none. */
import type { Row, Table } from "../analysis/table";
import { ParameterError, checkNumber } from "../errors";
import type { Figure, PlotlyFigure } from "./figure";
import { cellOf } from "./series";
import { cellText, findColumn } from "./text";
import { FIGURE_HEIGHT, FIGURE_WIDTH } from "./theme";

/** What every kind of figure asks for besides its data. */
export interface FigureWords {
  /** Unique within a notebook: lower-case letters, digits and dashes. */
  readonly id: string;
  /** The finding as a sentence: "P2P stays under one hour for any N". */
  readonly title: string;
  /** What to look for, in one line. */
  readonly lookFor: string;
  /** What is drawn, set-up, source. */
  readonly caption: string;
  /** Text alternative; made from the data if absent. */
  readonly alt?: string;
  /** Drawing size in CSS pixels, 120..1600. */
  readonly width?: number;
  readonly height?: number;
}

const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/**
 * Drawing size of a figure.
 * @throws ParameterError when it is outside 120..1600 pixels
 */
export function figureSize(words: FigureWords, height = FIGURE_HEIGHT): { readonly width: number; readonly height: number } {
  const range = { min: 120, max: 1600, integer: true, unit: "pixels" };
  return { width: checkNumber("width", words.width ?? FIGURE_WIDTH, range), height: checkNumber("height", words.height ?? height, range) };
}

/**
 * Joins a drawing with its words.
 * @throws ParameterError for a malformed id or missing words
 */
export function makeFigure(words: FigureWords, table: Table, plotly: PlotlyFigure, size: { readonly width: number; readonly height: number }, alt: string): Figure {
  checkWords(words);
  return { id: words.id, title: words.title, lookFor: words.lookFor, caption: words.caption, alt: words.alt ?? alt, table, plotly, ...size };
}

/**
 * Checks the words of a figure.
 * @throws ParameterError for a malformed id or missing words
 */
export function checkWords(words: FigureWords): void {
  if (typeof words.id !== "string" || !ID.test(words.id)) throw new ParameterError({ what: "bad figure id", got: words.id, expected: "lower-case words joined by dashes", where: "parameter id" });
  for (const field of ["title", "lookFor", "caption"] as const) {
    if (typeof words[field] !== "string" || words[field].trim() === "") throw new ParameterError({ what: `figure without ${field}`, got: words[field], expected: "a sentence", where: `figure ${words.id}` });
  }
}

/** One clause about a series for the text alternative: where it starts, where it ends, its extremes if they lie between. */
export function describeSeries(table: Table, name: string, x: string, y: string, rows: readonly Row[]): string {
  const points = rows.filter((row) => cellOf(row, x) !== null && cellOf(row, y) !== null);
  if (points.length === 0) return `${name}: no values.`;
  const text = (row: Row, column: string): string => {
    const found = findColumn(table, column);
    return cellText(cellOf(row, column), { ...found, digits: Math.min(found.digits ?? 3, 3) }) + (found.unit === undefined ? "" : ` ${found.unit}`);
  };
  const at = (row: Row): string => `${text(row, y)} at ${text(row, x)}`;
  if (points.length === 1) return `${name}: ${at(points[0])}.`;
  return `${name}: from ${at(points[0])} to ${at(points[points.length - 1])}.`;
}

/** Joins clauses to one text alternative; after the sixth the rest is only counted. */
export function joinAlt(start: string, clauses: readonly string[]): string {
  const shown = clauses.slice(0, 6);
  const rest = clauses.length - shown.length;
  return [start, ...shown, ...(rest > 0 ? [`And ${rest} more series.`] : [])].join(" ");
}
