/**
 * Latencies given pair by pair: one measurement a line, `source, target, value`, with a header that names the columns or without. Several
 * measurements of a pair are condensed to one value.
 */
import { ParameterError, checkChoice } from "../errors";
import { separatorOf, splitCells } from "./cells";
import { checkLatencyUnits, completeLatencyTable, LATENCY_CELL_EXPECTED, MAX_LATENCY_HOSTS, readLatencyCell, type LatencyTable, type LatencyUnits } from "./latency-table";
import { TextSource, type TextLine } from "./text-source";

/** Which columns hold what, and how repeated measurements are condensed. */
export interface LatencyPairsOptions extends LatencyUnits {
  /** Columns by name (the first line is a header then) or by number from 0. */
  readonly columns: { readonly source: string | number; readonly target: string | number; readonly value: string | number };
  /** Value of a pair measured several times; "median" if absent (the mean of the middle two for an even number). */
  readonly repeats?: "median" | "minimum" | "mean";
}

/**
 * Reads a list of measured pairs.
 *
 * @param text the file; columns separated by commas, tabs, semicolons or blanks; lines starting with # are comments
 * @param options unit, kind and columns
 * @returns the table of condensed values; pairs that were never measured are missing, as are those whose measurements are all 0 unless `zeros` says otherwise
 * @throws ParseError for an unknown column, a line that is too short, a value that is no latency, or an implausible unit
 */
export function parseLatencyPairs(text: string, options: LatencyPairsOptions): LatencyTable {
  checkPairsOptions(options);
  const source = new TextSource(text, options.file ?? "latency pairs");
  const indices = new Map<string, number>();
  const samples = new Map<number, number[]>();
  const host = (name: string, line: TextLine): number => {
    const known = indices.get(name);
    if (known !== undefined) return known;
    if (name === "" || indices.size >= MAX_LATENCY_HOSTS) throw source.error(line, "host name empty, or too many hosts", name, `at most ${MAX_LATENCY_HOSTS} names`);
    indices.set(name, indices.size);
    return indices.size - 1;
  };
  let columns: readonly number[] | undefined;
  let separator = " ";
  for (const line of source.contentLines("#")) {
    if (columns === undefined) {
      separator = separatorOf(line.text);
      const header = resolveColumns(source, line, splitCells(source, line, separator), options);
      columns = header.columns;
      if (header.consumed) continue;
    }
    const cells = splitCells(source, line, separator);
    if (columns.some((column) => column >= cells.length)) throw source.error(line, "line too short", line.text, `at least ${Math.max(...columns) + 1} columns separated by ${separator === " " ? "blanks" : JSON.stringify(separator)}, as in the first line`);
    const [from, to, valueText] = columns.map((column) => cells[column].trim());
    const read = readLatencyCell(valueText, options);
    if (read.kind === "bad") throw source.error(line, "cannot read a latency", valueText, LATENCY_CELL_EXPECTED);
    const pair = host(from, line) * MAX_LATENCY_HOSTS + host(to, line);
    if (read.kind === "missing") continue;
    const known = samples.get(pair);
    if (known === undefined) samples.set(pair, [read.ms]);
    else known.push(read.ms);
  }
  if (indices.size < 2) throw source.endError("no pairs in the file", `${indices.size} hosts`, "measurements between at least 2 hosts");
  const valuesMs = new Float64Array(indices.size * indices.size).fill(NaN);
  for (const [pair, values] of samples) {
    const from = Math.floor(pair / MAX_LATENCY_HOSTS);
    valuesMs[from * indices.size + (pair - from * MAX_LATENCY_HOSTS)] = condense(measured(values, options), options.repeats ?? "median");
  }
  return completeLatencyTable(source, [...indices.keys()], valuesMs, options);
}

function resolveColumns(source: TextSource, line: TextLine, header: readonly string[], options: LatencyPairsOptions): { columns: readonly number[]; consumed: boolean } {
  const wishes = [options.columns.source, options.columns.target, options.columns.value];
  const columns = wishes.map((wish) => {
    const index = typeof wish === "number" ? wish : header.findIndex((name) => name.trim() === wish);
    if (index < 0) throw source.error(line, "no such column", wish, `one of ${header.slice(0, 20).join(", ")}, or a number from 0`);
    return index;
  });
  return { columns, consumed: wishes.some((wish) => typeof wish === "string") };
}

/** The values that count: with zeros as missing ones, those > 0; a pair of nothing but zeros stays 0, which the table then takes for missing. */
function measured(values: readonly number[], options: LatencyPairsOptions): readonly number[] {
  const positive = options.zeros === "value" ? values : values.filter((value) => value > 0);
  return positive.length === 0 ? values : positive;
}

function checkPairsOptions(options: LatencyPairsOptions): void {
  checkLatencyUnits(options, ["columns", "repeats"]);
  checkChoice("repeats", options.repeats ?? "median", ["median", "minimum", "mean"]);
  const { columns } = options;
  const isColumn = (column: unknown) => typeof column === "string" || (typeof column === "number" && Number.isInteger(column) && column >= 0);
  if (typeof columns !== "object" || columns === null || ![columns.source, columns.target, columns.value].every(isColumn)) {
    throw new ParameterError({ what: "bad value for columns", got: columns, expected: "source, target and value, each a name of the header or a number from 0", where: "parameter columns" });
  }
}

function condense(values: readonly number[], repeats: "median" | "minimum" | "mean"): number {
  const sorted = Float64Array.from(values).sort((a, b) => a - b);
  if (repeats === "minimum") return sorted[0];
  if (repeats === "mean") return sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
