/**
 * Latency matrices: text with columns separated by tabs, commas, semicolons or blanks, with or without host names, and JSON. Unit and
 * kind are stated by the caller (see {@link LatencyUnits}); compressed files are decompressed by the caller.
 */
import { separatorOf, splitCells } from "./cells";
import { completeLatencyTable, LATENCY_CELL_EXPECTED, latencyNumber, MAX_LATENCY_HOSTS, readLatencyCell, type LatencyTable, type LatencyUnits } from "./latency-table";
import { TextSource, type TextPlace } from "./text-source";

/** How a matrix in text form is to be read. */
export interface LatencyMatrixOptions extends LatencyUnits {
  /**
   * Where host names stand. "detect": a row or column too many holds names; a square table has names on both sides when its first row and
   * first column hold text, so say "both" for names that are numbers. Default "detect".
   */
  readonly labels?: "detect" | "none" | "first-row" | "first-column" | "both";
}

interface MatrixRow extends TextPlace {
  cells: string[];
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
  const source = new TextSource(text, options.file ?? "latency matrix");
  const rows = splitRows(source);
  const { header, body, rowLabels } = separateLabels(source, rows, options.labels ?? "detect");
  const count = body.length;
  if (count < 2 || count > MAX_LATENCY_HOSTS) throw source.endError("bad number of hosts", count, `2 to ${MAX_LATENCY_HOSTS} rows`);
  const valuesMs = new Float64Array(count * count);
  body.forEach((row, index) => {
    if (row.cells.length !== count) throw source.error(row, "matrix not square", `${row.cells.length} columns`, `${count} columns, one for each row`);
    row.cells.forEach((cell, column) => {
      const read = readLatencyCell(cell, options.unit);
      if (read.kind === "bad") throw source.error(row, `cannot read the latency in column ${column + 1}`, cell, LATENCY_CELL_EXPECTED);
      valuesMs[index * count + column] = read.kind === "value" ? read.ms : NaN;
    });
  });
  const hosts = header ?? rowLabels ?? Array.from({ length: count }, (_, host) => String(host));
  checkNames(source, hosts, count);
  if (header !== undefined && rowLabels !== undefined) {
    const differing = header.findIndex((name, host) => name !== rowLabels[host]);
    if (differing >= 0) throw source.error(body[differing], "row and column names differ", rowLabels[differing], `${header[differing]}, as in the first row`);
  }
  return completeLatencyTable(source, hosts, valuesMs, options);
}

function checkNames(source: TextSource, hosts: readonly string[], count: number): void {
  if (hosts.length !== count) throw source.endError("number of names does not fit", `${hosts.length} names`, `${count} names, one for each row`);
  const seen = new Set<string>();
  for (const host of hosts) {
    if (host === "" || seen.has(host)) throw source.endError("host name empty or given twice", host, "different names");
    seen.add(host);
  }
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
  if (separator !== " " && rows.length > 0 && rows.every((row) => row.cells.length === rows.length + 1 && row.cells[rows.length].trim() === "")) {
    for (const row of rows) row.cells.pop();
  }
  return rows;
}

/** True for text that is neither a number (of any kind) nor a mark for a missing value. */
const isName = (cell: string): boolean => readLatencyCell(cell, "us").kind === "bad" && Number.isNaN(Number(cell));

/**
 * Where names must be for the matrix to be square. One row or column more than the other way tells it; a table that is square as it stands has names
 * on both sides when its first row and first column hold some.
 */
function detectLabels(rows: readonly MatrixRow[]): Exclude<LatencyMatrixOptions["labels"], "detect" | undefined> {
  const first = rows[0].cells.length;
  const last = rows[rows.length - 1].cells.length;
  if (first === rows.length && last === rows.length) {
    const named = rows[0].cells.slice(1).some(isName) && rows.slice(1).some((row) => isName(row.cells[0]));
    return named ? "both" : "none";
  }
  if (first === rows.length - 1) return last === rows.length ? "both" : last === first ? "first-row" : "none";
  return first === rows.length + 1 && last === first ? "first-column" : "none";
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

/**
 * Reads a latency matrix from JSON in one of these forms: `{"data": {a: {b: 12.5}}}` or `{a: {b: 12.5}}` (from, then to),
 * `[[0, 12.5], [12.5, 0]]`, `{"hosts": [names], "matrix": [[...]]}`, or `{"nodes": [{"name": b, "producers": {a: 12.5}}]}` (to b from a). `null` and
 * -1 are missing.
 *
 * @throws ParseError for anything else, a value that is no latency, or an implausible unit
 */
export function parseLatencyJson(text: string, options: LatencyUnits): LatencyTable {
  const source = new TextSource(text, options.file ?? "latency JSON");
  const value = parseJson(source);
  const data = isObject(value) && isObject(value.data) ? value.data : value;
  if (Array.isArray(data)) return tableFromRows(source, data, undefined, options);
  if (isObject(data) && Array.isArray(data.matrix)) return tableFromRows(source, data.matrix, data.hosts, options);
  if (isObject(data) && Array.isArray(data.nodes)) return tableFromObject(source, rowsOfProducers(source, data.nodes), options);
  if (isObject(data)) return tableFromObject(source, data, options);
  throw source.error({ line: 1, offset: 0 }, "cannot read the latencies", value, "an object of objects, or an array of rows");
}

function parseJson(source: TextSource): unknown {
  try {
    return JSON.parse(source.text);
  } catch (error) {
    const offset = Number(/position (\d+)/.exec(String(error))?.[1] ?? 0);
    throw source.error({ line: source.lineAt(offset), offset }, "not valid JSON", source.text.slice(offset, offset + 40), "a JSON text");
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Where a name stands in the text, for messages about parsed JSON. */
function placeOf(source: TextSource, name: string): TextPlace {
  const offset = Math.max(0, source.text.indexOf(JSON.stringify(name)));
  return { line: source.lineAt(offset), offset };
}

function cellFrom(source: TextSource, value: unknown, options: LatencyUnits, place: () => TextPlace, what: string): number {
  if (value === null || value === undefined) return NaN;
  const read = typeof value === "number" ? latencyNumber(value, options.unit) : typeof value === "string" ? readLatencyCell(value, options.unit) : { kind: "bad" as const };
  if (read.kind === "bad") throw source.error(place(), `cannot read the latency ${what}`, value, LATENCY_CELL_EXPECTED);
  return read.kind === "value" ? read.ms : NaN;
}

function tableFromObject(source: TextSource, data: Record<string, unknown>, options: LatencyUnits): LatencyTable {
  const indices = new Map<string, number>();
  const intern = (name: string) => {
    if (!indices.has(name)) indices.set(name, indices.size);
  };
  const rows = Object.entries(data);
  for (const [from] of rows) intern(from);
  for (const [from, row] of rows) {
    if (!isObject(row)) throw source.error(placeOf(source, from), `cannot read the latencies from ${JSON.stringify(from)}`, row, "an object with a number for each host");
    for (const to of Object.keys(row)) intern(to);
  }
  const count = indices.size;
  if (count < 2 || count > MAX_LATENCY_HOSTS) throw source.endError("bad number of hosts", count, `2 to ${MAX_LATENCY_HOSTS}`);
  const valuesMs = new Float64Array(count * count).fill(NaN);
  for (const [from, row] of rows) {
    const base = (indices.get(from) as number) * count;
    for (const [to, value] of Object.entries(row as Record<string, unknown>)) {
      valuesMs[base + (indices.get(to) as number)] = cellFrom(source, value, options, () => placeOf(source, from), `from ${JSON.stringify(from)} to ${JSON.stringify(to)}`);
    }
  }
  return completeLatencyTable(source, [...indices.keys()], valuesMs, options);
}

/** Turns "these send to me" lists into rows from each sender. */
function rowsOfProducers(source: TextSource, nodes: readonly unknown[]): Record<string, unknown> {
  const rows = new Map<string, Map<string, unknown>>();
  const row = (name: string) => rows.get(name) ?? (rows.set(name, new Map()).get(name) as Map<string, unknown>);
  nodes.forEach((node, index) => {
    if (!isObject(node) || typeof node.name !== "string" || !isObject(node.producers)) {
      throw source.error({ line: 1, offset: 0 }, `cannot read node ${index + 1}`, node, "an object with name and producers");
    }
    row(node.name);
    for (const [producer, value] of Object.entries(node.producers)) row(producer).set(node.name, value);
  });
  return Object.fromEntries([...rows].map(([name, entries]) => [name, Object.fromEntries(entries)]));
}

function tableFromRows(source: TextSource, rows: readonly unknown[], names: unknown, options: LatencyUnits): LatencyTable {
  const count = rows.length;
  if (count < 2 || count > MAX_LATENCY_HOSTS) throw source.endError("bad number of hosts", count, `2 to ${MAX_LATENCY_HOSTS} rows`);
  const hosts = Array.isArray(names) ? names.map(String) : Array.from({ length: count }, (_, host) => String(host));
  checkNames(source, hosts, count);
  const valuesMs = new Float64Array(count * count);
  const start = { line: 1, offset: 0 };
  rows.forEach((row, index) => {
    if (!Array.isArray(row) || row.length !== count) {
      throw source.error(start, `matrix not square in row ${index + 1}`, Array.isArray(row) ? `${row.length} columns` : row, `${count} columns, one for each row`);
    }
    row.forEach((value, column) => {
      valuesMs[index * count + column] = cellFrom(source, value, options, () => start, `in row ${index + 1}, column ${column + 1}`);
    });
  });
  return completeLatencyTable(source, hosts, valuesMs, options);
}
