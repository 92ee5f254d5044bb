/** Text that goes into a Plotly figure. Plotly reads a small HTML dialect in labels, so every label passes through here. */
import { ParameterError } from "../errors";
import { formatNumber } from "../units";
import type { Cell, Column, Table } from "../analysis/table";

const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** The text with control, invisible and direction-changing characters made visible. */
export function visibleText(text: string): string {
  return text.replace(INVISIBLE, "\ufffd");
}

/**
 * A label for Plotly: markup characters are escaped, so that `<b>` or a link in a torrent's name is shown and not obeyed;
 * control, invisible and direction-changing characters become visible; `%{` cannot start a template, nor `$` a formula.
 */
export function plotlyText(text: string): string {
  return visibleText(text)
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/\$/g, "&#36;")
    .replace(/%\{/g, "&#37;{");
}

/** Heading of a column with its unit: "distribution time (h)". */
export function columnTitle(column: Column): string {
  const title = column.title ?? column.name.replace(/_/g, " ");
  return column.unit === undefined ? title : `${title} (${column.unit})`;
}

/** A cell as a reader sees it: numbers with the column's digits, missing values as a dash. */
export function cellText(value: Cell, column: Column): string {
  if (value === null) return "–";
  if (typeof value === "number") return column.type === "integer" && column.digits === undefined ? String(value) : formatNumber(value, column.digits ?? 4);
  return typeof value === "boolean" ? (value ? "yes" : "no") : value;
}

/**
 * The column of that name.
 * @throws ParameterError when the table has none
 */
export function findColumn(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column) return column;
  throw new ParameterError({
    what: "unknown column",
    got: name,
    expected: `one of ${table.columns.map((candidate) => candidate.name).join(", ")}`,
    where: `table ${table.name}`,
  });
}

/** Estimated width of a text in CSS pixels in the figure's face: enough to decide what fits, never used to place a glyph. */
export function estimateWidth(text: string, size: number): number {
  let ems = 0;
  for (const character of text) ems += character.charCodeAt(0) >= 0x1100 ? 1 : /[A-ZMWmw@%]/.test(character) ? 0.72 : /[ilj.,:;'|!I1 ]/.test(character) ? 0.3 : 0.52;
  return ems * size;
}
