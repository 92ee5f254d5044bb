/**
 * CSV by RFC 4180 with typed columns: header line, comma, CRLF, double quotes. A missing value is an empty field, a truth value is
 * `true` or `false`, a number the shortest decimal that reads back to the same bits. Empty text cannot be told from a missing value and
 * is refused on writing.
 *
 * Spreadsheets run a text that begins with = + - @ (or a tab, line break or full-width sign before one) as a formula. Such a text in
 * a text column is written with an apostrophe in front, as spreadsheets themselves spell "this is text", and read back without it; so nothing is lost and
 * nothing runs. Number columns are never touched.
 */
import Papa from "papaparse";
import { cellFault, checkTable } from "../analysis/check";
import type { Cell, Column, Row, Table } from "../analysis/table";
import { LimitError, ParameterError, ParseError } from "../errors";
import { checkObject, checkOptionNames, checkText } from "./check-input";

const FORMULA = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const MAX_ROWS = 5_000_000;

/**
 * Writes a table as RFC 4180 CSV, rows separated by CRLF, with a final CRLF.
 *
 * @param table a tidy table
 * @throws InvariantError when the table breaks a rule of `checkTable`
 * @throws ParameterError when a text cell is empty
 */
export function writeCsv(table: Table): string {
  checkObject("table", table, "a table with columns and rows", ["columns", "rows"]);
  checkTable(table);
  const fields = table.columns.map((column) => column.name);
  const data = table.rows.map((row, index) => table.columns.map((column) => csvText(row[column.name], column, table.name, index)));
  return `${Papa.unparse([fields, ...data], { newline: "\r\n", delimiter: "," })}\r\n`;
}

function csvText(value: Cell, column: Column, table: string, index: number): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  if (value === "") {
    throw new ParameterError({ what: "empty text cannot be told from a missing value in CSV", got: value, expected: "text or null", where: `table ${table}, row ${index + 1}, column ${column.name}` });
  }
  return FORMULA.test(value) ? `'${value}` : value;
}

/** How to read a CSV file. */
export interface ReadCsvOptions {
  /** Name of the file or source, for error messages. */
  readonly name: string;
  /** The columns to read; every one must be in the header. */
  readonly columns: readonly Column[];
  /** What to do with further columns in the file: refuse (default) or ignore. */
  readonly otherColumns?: "refuse" | "ignore";
  /** Largest number of rows accepted; 5,000,000 by default. */
  readonly maxRows?: number;
}

/**
 * Reads RFC 4180 CSV into a typed table. Line ends may be CRLF or LF, a byte order mark is skipped; columns may stand in any order.
 *
 * @param text the content of the file
 * @param options name for messages, the columns with their types
 * @throws ParseError with file, line (from 1), got and expected at the first fault
 * @throws ParameterError for what is no text, or columns that are none
 * @throws LimitError when there are more rows than accepted
 */
export function readCsv(text: string, options: ReadCsvOptions): Table {
  checkText("text", text);
  checkOptionNames(options, ["name", "columns", "otherColumns", "maxRows"]);
  if (!Array.isArray(options.columns)) throw new ParameterError({ what: "bad value for columns", got: options.columns, expected: "a list of columns with name and type", where: "parameter columns" });
  options.columns.forEach((column, index) => void checkObject(`columns[${index}]`, column, "a column with name and type", ["name", "type"]));
  const reader = new CsvReader(text.startsWith("\ufeff") ? text.slice(1) : text, options);
  Papa.parse<string[]>(reader.text, {
    delimiter: ",",
    header: false,
    skipEmptyLines: false,
    step: ({ data, errors, meta }) => reader.take(data, errors[0]?.message, meta.cursor),
  });
  return reader.finish();
}

/** Gathers the records that papaparse hands over, keeping count of lines for error messages. */
class CsvReader {
  readonly text: string;
  private readonly options: ReadCsvOptions;
  private readonly rows: Row[] = [];
  private places: number[] | null = null;
  private width = 0;
  private line = 1;
  private offset = 0;

  constructor(text: string, options: ReadCsvOptions) {
    this.text = text;
    this.options = options;
  }

  take(record: readonly string[], error: string | undefined, cursor: number): void {
    const blank = record.length === 1 && record[0] === "";
    const atEnd = this.offset >= this.text.length;
    // After a final line end papaparse reports one more, empty record; in a file of one column it is told apart by its place.
    if (!(blank && atEnd)) {
      if (error !== undefined) this.refuse("malformed quotes", record.join(","), 'fields with commas, quotes or line breaks in "...", a quote inside doubled');
      else if (this.places === null) this.readHeader(record);
      else this.readRow(record);
    }
    this.line += countLines(this.text, this.offset, cursor);
    this.offset = cursor;
  }

  finish(): Table {
    if (this.places === null) this.refuse("no header line", "an empty file", this.columnNames());
    return { name: this.options.name, columns: this.options.columns, rows: this.rows };
  }

  private readHeader(header: readonly string[]): void {
    header.forEach((name, index) => {
      if (header.indexOf(name) !== index) this.refuse("column named twice", name, "distinct column names");
      if (this.options.otherColumns !== "ignore" && !this.options.columns.some((column) => column.name === name)) {
        this.refuse("unknown column", name, this.columnNames());
      }
    });
    this.places = this.options.columns.map((column) => {
      const place = header.indexOf(column.name);
      if (place < 0) this.refuse(`no column ${column.name}`, header.join(","), this.columnNames());
      return place;
    });
    this.width = header.length;
  }

  private readRow(record: readonly string[]): void {
    if (record.length !== this.width) this.refuse("wrong number of fields", record.length, `${this.width} as in the header`);
    const limit = this.options.maxRows ?? MAX_ROWS;
    if (this.rows.length >= limit) throw new LimitError({ what: "too many rows", got: `more than ${limit}`, expected: `at most ${limit}`, where: `${this.options.name}, line ${this.line}` });
    const row: Record<string, Cell> = {};
    this.options.columns.forEach((column, index) => {
      row[column.name] = this.readCell(record[(this.places as number[])[index]], column);
    });
    this.rows.push(row);
  }

  private readCell(text: string, column: Column): Cell {
    if (text === "") return null;
    const value = parseCell(text, column);
    const fault = value === undefined ? cellExpectation(column) : cellFault(column, value);
    if (fault !== null) this.refuse(`bad value in column ${column.name}`, text, fault);
    return value as Cell;
  }

  private columnNames(): string {
    return `the columns ${this.options.columns.map((column) => column.name).join(",")}`;
  }

  private refuse(what: string, got: unknown, expected: string): never {
    throw new ParseError({ what, got, expected, where: `${this.options.name}, line ${this.line}`, offset: this.offset });
  }
}

function parseCell(text: string, column: Column): Cell | undefined {
  if (column.type === "string") return text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text;
  if (column.type === "boolean") return text === "true" ? true : text === "false" ? false : undefined;
  return NUMBER.test(text) ? Number(text) : undefined;
}

function cellExpectation(column: Column): string {
  return column.type === "boolean" ? "true or false" : `a number such as 12, -0.5 or 3e8, with a decimal point and no spaces${column.unit ? `, in ${column.unit}` : ""}`;
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines;
}
