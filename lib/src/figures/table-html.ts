/** Tables as accessible HTML: caption, column headings with units, numbers with the digits of their column. */
import type { Cell, Column, Row, Table } from "../analysis/table";
import { SafeHtml, html } from "../html";
import { cellOf } from "./series";
import { cellText, columnTitle } from "./text";

/** How to show a table. */
export interface TableHtmlOptions {
  /** Text above the table; the table's name if absent. */
  readonly caption?: string;
  /** Rows shown before the rest is only counted (default 60). */
  readonly maxRows?: number;
  /** What holds every row, as the end of "...; all 500 are in". */
  readonly allRowsIn?: string;
}

/** A table with its caption; a long one is cut after some 60 rows and says so. */
export function tableHtml(table: Table, options: TableHtmlOptions = {}): SafeHtml {
  const { caption = table.name.replace(/[-_]/g, " "), maxRows = 60, allRowsIn = "the exported data" } = options;
  const total = table.rows.length;
  // A table that is only a little longer is shown whole: cutting five rows helps nobody.
  const shown = total <= maxRows + 5 ? table.rows : table.rows.slice(0, maxRows);
  const cut = shown.length < total ? html`<p class="ol-cut">The first ${shown.length} of ${total} rows; ${allRowsIn} holds all ${total}.</p>` : null;
  return html`<div class="ol-table" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption><thead><tr>${table.columns.map(headCell)}</tr></thead><tbody>${shown.map((row) => bodyRow(table.columns, row))}</tbody></table></div>${cut}`;
}

function headCell(column: Column): SafeHtml {
  const kind = isNumeric(column) ? html` class="ol-number" style="text-align:right"` : null;
  const meaning = column.definition === undefined ? null : html` title="${column.definition}"`;
  return html`<th scope="col"${kind}${meaning}>${columnTitle(column)}</th>`;
}

function bodyRow(columns: readonly Column[], row: Row): SafeHtml {
  return html`<tr>${columns.map((column, i) => bodyCell(column, cellOf(row, column.name), i === 0))}</tr>`;
}

/** The first cell heads its row when it is a label. */
function bodyCell(column: Column, value: Cell, first: boolean): SafeHtml {
  const text = cellText(value, column);
  if (isNumeric(column)) return html`<td class="ol-number" style="text-align:right">${groupedDigits(text)}</td>`;
  return first ? html`<th scope="row">${text}</th>` : html`<td>${text}</td>`;
}

/** Digits before the point in groups of three, from five digits on; machine data and axes keep theirs plain. */
function groupedDigits(text: string): string {
  return text.replace(/^-?\d{5,}(?=$|\.)/, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ","));
}

function isNumeric(column: Column): boolean {
  return column.type === "number" || column.type === "integer";
}
