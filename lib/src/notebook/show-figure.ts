/** The HTML of figures and tables, as the words of a notebook cell use it. */
import type { Cell, Column, Table } from "../analysis/table";
import type { Figure } from "../figures/figure";
import { html, jsonForScript, trustedHtml } from "../html";
import type { SafeHtml } from "../html";
import { formatNumber } from "../units";

/** A table with caption and headings in the scope of their columns. */
export function tableHtml(table: Table): SafeHtml {
  const heading = (column: Column): SafeHtml => html`<th scope="col">${column.title ?? column.name}${column.unit ? ` (${column.unit})` : ""}</th>`;
  const rows = table.rows.map((row) => html`<tr>${table.columns.map((column) => html`<td>${cellText(row[column.name], column)}</td>`)}</tr>`);
  return html`<table><caption>${table.name}</caption><thead><tr>${table.columns.map(heading)}</tr></thead><tbody>${rows}</tbody></table>`;
}

function cellText(value: Cell | undefined, column: Column): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "number" ? formatNumber(value, column.digits ?? 6) : String(value);
}

/** A figure: drawing, caption, data and inert figure JSON. */
export function figureHtml(figure: Figure, svg: string | null): SafeHtml {
  const drawing = svg === null ? html`<p>${figure.alt}</p>` : trustedHtml(svg, "figure-svg");
  return html`<figure role="group" aria-label="${figure.title}"><p>${figure.lookFor}</p>${drawing}<figcaption>${figure.caption}</figcaption><details><summary>Data</summary>${tableHtml(figure.table)}</details><script type="application/json" class="wb-plotly">${jsonForScript(figure.plotly)}</script></figure>`;
}
