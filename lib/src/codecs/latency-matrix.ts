/**
 * Latency matrices as text: columns separated by tabs, commas, semicolons or blanks, with or without host names, whole or one triangle only. Unit and
 * kind are stated by the caller (see {@link LatencyUnits}); compressed files are decompressed by the caller. JSON: latency-json.ts.
 */
import { checkChoice } from "../errors";
import { separatorOf, splitCells } from "./cells";
import { checkHostNames, checkLatencyUnits, completeLatencyTable, LATENCY_CELL_EXPECTED, MAX_LATENCY_HOSTS, readLatencyCell, type LatencyTable, type LatencyUnits } from "./latency-table";
import { isRagged, mirrorTriangle, squareRows, type MatrixRow } from "./latency-triangle";
import { TextSource } from "./text-source";

/** How a matrix in text form is to be read. */
export interface LatencyMatrixOptions extends LatencyUnits {
  /**
   * Where host names stand. "detect": a row or column too many holds names; a square table has names on both sides when its first row and
   * first column hold text, or an empty corner and the same numbers in the same order. Where that is not enough, say where they are. Default "detect".
   */
  readonly labels?: "detect" | "none" | "first-row" | "first-column" | "both";
  /**
   * Which part of the matrix the file gives. "full" (default): every row whole. "upper" or "lower": one triangle, with or without the diagonal, in rows that get
   * shorter or longer, or in whole rows whose other half is empty or 0; the other half mirrors it. Such files have no names, or whole rows.
   */
  readonly triangle?: "full" | "upper" | "lower";
}

/**
 * Reads a square latency matrix from text. Lines starting with # or % are comments.
 *
 * @param text the file
 * @param options unit and kind (required), and where names stand
 * @returns the table, with gaps kept and counted
 * @throws ParseError for a matrix that is not square, a negative value (other than -1 for missing), text in place of a number, names that differ
 *   between rows and columns, or an implausible unit
 */
export function parseLatencyMatrix(text: string, options: LatencyMatrixOptions): LatencyTable {
  checkLatencyUnits(options, ["labels", "triangle"]);
  const triangle = checkChoice("triangle", options.triangle ?? "full", ["full", "upper", "lower"]);
  const labels = checkChoice("labels", options.labels ?? "detect", ["detect", "none", "first-row", "first-column", "both"]);
  const source = new TextSource(text, options.file ?? "latency matrix");
  const rows = splitRows(source);
  const isBare = triangle !== "full" && isRagged(rows) && (labels === "detect" || labels === "none");
  const { header, body, rowLabels } = isBare ? { header: undefined, rowLabels: undefined, body: squareRows(source, rows, triangle, options) } : separateLabels(source, rows, labels);
  const count = body.length;
  if (count < 2 || count > MAX_LATENCY_HOSTS) throw source.endError("bad number of hosts", count, `2 to ${MAX_LATENCY_HOSTS} rows`);
  const valuesMs = new Float64Array(count * count);
  body.forEach((row, index) => {
    if (row.cells.length !== count) throw source.error(row, "matrix not square", `${row.cells.length} columns`, expectedColumns(rows, count));
    row.cells.forEach((cell, column) => {
      const read = readLatencyCell(cell, options);
      if (read.kind === "bad") throw source.error(row, `cannot read the latency in column ${column + 1}`, cell, LATENCY_CELL_EXPECTED);
      valuesMs[index * count + column] = read.kind === "value" ? read.ms : NaN;
    });
  });
  const hosts = header ?? rowLabels ?? Array.from({ length: count }, (_, host) => String(host));
  checkHostNames(source, hosts, count, (index) => (header === undefined ? body[Math.min(index, count - 1)] : rows[0]));
  if (header !== undefined && rowLabels !== undefined) {
    const differing = header.findIndex((name, host) => name !== rowLabels[host]);
    if (differing >= 0) throw source.error(body[differing], "row and column names differ", rowLabels[differing], `${header[differing]}, as in the first row`);
  }
  if (triangle !== "full") mirrorTriangle(source, body, valuesMs, triangle);
  return completeLatencyTable(source, hosts, valuesMs, options);
}

function expectedColumns(rows: readonly MatrixRow[], count: number): string {
  const isTriangle = ["upper", "lower"].some((half) => rows.every((row, index) => row.cells.length === (half === "upper" ? rows.length - index : index + 1)));
  return `${count} columns, one for each row${isTriangle ? '; a file of one triangle is read with triangle: "upper" or "lower"' : ""}`;
}

/** The rows of cells, separated as the first line is. */
function splitRows(source: TextSource): MatrixRow[] {
  const rows: MatrixRow[] = [];
  let separator: string | undefined;
  for (const line of source.contentLines("#%")) {
    separator ??= separatorOf(line.text);
    if (rows.length > MAX_LATENCY_HOSTS) throw source.error(line, "too many rows", rows.length + 1, `at most ${MAX_LATENCY_HOSTS}`);
    rows.push({ cells: splitCells(source, line, separator), line: line.line, offset: line.offset });
  }
  // A separator at the end of every line is a habit of some tools, not a column.
  const hasTail = separator !== " " && rows.length > 0 && rows.every(({ cells }) => cells.length > 1 && cells[cells.length - 1].trim() === "");
  const isColumn = rows.every(({ cells }) => cells.length === rows.length);
  return hasTail && !isColumn ? rows.map((row) => ({ ...row, cells: row.cells.slice(0, -1) })) : rows;
}

/** True for text that is neither a number (of any kind) nor a mark for a missing value. */
const isName = (cell: string): boolean => readLatencyCell(cell, { unit: "us" }).kind === "bad" && Number.isNaN(Number(cell)) && !/^[+-]?(?:inf|infinity|[0-9.,]+\s*(?:[mu\u00b5\u03bc]?s|msec|sec)?)$/i.test(cell.trim());

/**
 * Where names must be for the matrix to be square. One row or column more than the other way tells it; a table that is square as it stands has names
 * on both sides when its first row and first column hold some.
 */
function detectLabels(rows: readonly MatrixRow[]): Exclude<LatencyMatrixOptions["labels"], "detect" | undefined> {
  const first = rows[0].cells.length;
  const last = rows[rows.length - 1].cells.length;
  if (first === rows.length && last === rows.length) {
    const named = rows[0].cells.slice(1).some(isName) && rows.slice(1).some((row) => isName(row.cells[0]));
    return named || isName(rows[0].cells[0]) || hasNumbersForNames(rows) ? "both" : "none";
  }
  if (first === rows.length - 1) return last === rows.length ? "both" : last === first ? "first-row" : "none";
  return first === rows.length + 1 && last === first ? "first-column" : "none";
}

/**
 * Whether numbers around a square table are names: the corner is empty, the first row and the first column say the same different texts, and either the diagonal inside is given or
 * the numbers count up by one. (A symmetric matrix with an empty diagonal has the same corner and borders.)
 */
function hasNumbersForNames(rows: readonly MatrixRow[]): boolean {
  const names = rows[0].cells.slice(1).map((cell) => cell.trim());
  if (rows[0].cells[0].trim() !== "" || names.length < 2 || new Set(names).size < names.length) return false;
  if (names.some((name, index) => name === "" || name !== rows[index + 1].cells[0].trim())) return false;
  const isGiven = rows.slice(1).some((row, index) => readLatencyCell(row.cells[index + 1] ?? "", { unit: "us" }).kind === "value");
  return isGiven || names.every((name, index) => Number(name) === Number(names[0]) + index);
}

function separateLabels(source: TextSource, rows: MatrixRow[], labels: NonNullable<LatencyMatrixOptions["labels"]>) {
  if (rows.length === 0) throw source.endError("no matrix in the file", "no line with numbers", "one line for each host");
  const where = labels === "detect" ? detectLabels(rows) : labels;
  const hasColumn = where === "first-column" || where === "both";
  const body = where === "first-row" || where === "both" ? rows.slice(1) : rows;
  let header = body === rows ? undefined : rows[0].cells.map((cell) => cell.trim());
  // The corner above the row names may be empty, hold a title, or be left out.
  if (header !== undefined && hasColumn && header.length === body.length + 1) header = header.slice(1);
  return {
    header,
    rowLabels: hasColumn ? body.map((row) => row.cells[0].trim()) : undefined,
    body: hasColumn ? body.map((row) => ({ ...row, cells: row.cells.slice(1) })) : body,
  };
}
