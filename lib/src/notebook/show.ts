/** `await show(...)`: the one way in which a cell puts a figure, a table or a data frame into its output. */
import type { Table } from "../analysis/table";
import { ParameterError } from "../errors";
import type { Figure } from "../figures/figure";
import { SafeHtml } from "../html";
import { formatNumber } from "../units";
import { DataFrame } from "./data-frame";
import { currentHost } from "./host";
import { figureHtml } from "../figures/figure-html";
import { stepHtml } from "../figures/step-html";
import type { StepFigure } from "../figures/step-player";
import { tableHtml } from "../figures/table-html";

/** What can be shown. */
export type Showable = Figure | StepFigure | Table | DataFrame | SafeHtml;

/** Rows of a table that the plain text shows. */
const TEXT_ROWS = 20;

/**
 * Shows a figure, a table, a data frame or safe HTML in the output of the current cell. Figures are drawn first, so the call must be
 * awaited; a cell that does not wait for it fails.
 *
 * @throws ParameterError for anything else
 */
export async function show(item: Showable): Promise<void> {
  const host = currentHost();
  if (item instanceof SafeHtml) {
    host.display({ "text/html": item.toString(), "text/plain": textOf(item) });
  } else if (isFigure(item)) {
    const svg = await host.renderSvg(item);
    host.display({ "text/html": figureHtml(item, svg).toString(), "text/plain": `${item.title}\n${item.alt}` });
  } else if (isStepFigure(item)) {
    // The host notes the figure for the exports; its drawing needs no browser.
    await host.renderSvg(item);
    host.display({ "text/html": stepHtml(item).toString(), "text/plain": `${item.title}\n${item.alt}` });
  } else {
    const table = item instanceof DataFrame ? item.toTable() : item;
    if (!isTable(table)) throw new ParameterError({ what: "this cannot be shown", got: item, expected: "a figure, a table, a data frame or safe HTML; print other values with console.log" });
    host.display({ "text/html": tableHtml(table).toString(), "text/plain": tableText(table) });
  }
}

function isFigure(item: unknown): item is Figure {
  return typeof item === "object" && item !== null && "plotly" in item && "table" in item && "alt" in item;
}

function isStepFigure(item: unknown): item is StepFigure {
  return typeof item === "object" && item !== null && "player" in item && "svg" in item && "table" in item;
}

function isTable(item: unknown): item is Table {
  const table = item as Partial<Table> | null;
  return typeof table === "object" && table !== null && typeof table.name === "string" && Array.isArray(table.columns) && Array.isArray(table.rows);
}

function textOf(item: SafeHtml): string {
  return item.toString().replace(/<script[\s\S]*?<\/script>/g, "").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim();
}

/** The first rows in columns, for front ends without HTML. */
function tableText(table: Table): string {
  const head = table.columns.map((column) => `${column.title ?? column.name}${column.unit ? ` (${column.unit})` : ""}`);
  const body = table.rows.slice(0, TEXT_ROWS).map((row) => table.columns.map(({ name, digits }) => {
    const value = row[name];
    return value === null || value === undefined ? "–" : typeof value === "number" ? formatNumber(value, digits ?? 6) : value.toString();
  }));
  const widths = head.map((text, column) => Math.max(text.length, ...body.map((row) => row[column].length)));
  const lines = [head, ...body].map((row) => row.map((text, column) => text.padEnd(widths[column])).join("  ").trimEnd());
  const rest = table.rows.length - body.length;
  return [table.name, ...lines, ...(rest > 0 ? [`… ${rest} more rows`] : [])].join("\n");
}
