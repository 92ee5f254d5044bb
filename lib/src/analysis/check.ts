/** The rules a table must keep before anything is computed from it, drawn or written. */
import { InvariantError, showValue } from "../errors";
import type { Cell, Column, Row, Table } from "./table";

const COLUMN_NAME = /^[a-z][a-z0-9_]*$/;
/** NUL, and halves of surrogate pairs: text that CSV readers or UTF-8 cannot carry. */
const UNWRITABLE = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/**
 * What is wrong with a cell, or `null` if it may stand in the column.
 *
 * @param column the column with its type
 * @param value the cell
 * @returns what would have been accepted, as a clause for an error message
 */
export function cellFault(column: Column, value: unknown): string | null {
  if (value === null) return null;
  switch (column.type) {
    case "number":
      return typeof value === "number" && Number.isFinite(value) ? null : "a finite number or null";
    case "integer":
      return typeof value === "number" && Number.isSafeInteger(value) ? null : "a whole number within ±(2^53 - 1), or null";
    case "boolean":
      return typeof value === "boolean" ? null : "true, false or null";
    case "string":
      if (typeof value !== "string") return "text or null";
      return UNWRITABLE.test(value) ? "text without NUL and without half surrogate pairs" : null;
    default:
      return `a column type this library knows, not ${showValue(column.type)}`;
  }
}

/**
 * Checks that a table is tidy: distinct well-formed column names, and in every row exactly the columns, each cell of its column's
 * type, numbers finite.
 *
 * @param table the table
 * @returns the same table, so that a check can stand in an expression
 * @throws InvariantError naming the table, row (from 1) and column of the first fault
 */
export function checkTable(table: Table): Table {
  const names = new Set<string>();
  for (const { name } of table.columns) {
    if (!COLUMN_NAME.test(name)) fault(table, "bad column name", name, "lower-case letters, digits and underscores", "");
    if (names.has(name)) fault(table, "column named twice", name, "distinct names", "");
    names.add(name);
  }
  table.rows.forEach((row, index) => checkRow(table, names, row, index));
  return table;
}

function checkRow(table: Table, names: ReadonlySet<string>, row: Row, index: number): void {
  const where = `, row ${index + 1}`;
  for (const name of Object.keys(row)) {
    if (!names.has(name)) fault(table, "cell without a column", name, `one of ${[...names].join(", ")}`, where);
  }
  for (const column of table.columns) {
    const value: Cell | undefined = Object.hasOwn(row, column.name) ? row[column.name] : undefined;
    const expected = cellFault(column, value);
    if (expected !== null) fault(table, `bad value in column ${column.name}`, value, expected, where);
  }
}

function fault(table: Table, what: string, got: unknown, expected: string, where: string): never {
  throw new InvariantError({ what, got, expected, where: `table ${table.name}${where}` });
}

/**
 * The column of a table by name.
 *
 * @throws InvariantError when the table has no such column
 */
export function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  return column ?? fault(table, "no such column", name, `one of ${table.columns.map((each) => each.name).join(", ")}`, "");
}

/** The numbers of a column in row order; missing values are left out. */
export function numbersOf(table: Table, name: string): number[] {
  const column = columnOf(table, name);
  if (column.type !== "number" && column.type !== "integer") fault(table, `column ${name} holds no numbers`, column.type, "number or integer", "");
  return table.rows.map((row) => row[name]).filter((value): value is number => typeof value === "number");
}
