/** How a figure picks its series out of a tidy table: one column each, or one series per level of a column. */
import type { Cell, Row, Table } from "../analysis/table";
import { ParameterError } from "../errors";
import { cellText, columnTitle, findColumn } from "./text";

/** Which rows and columns make one series, or a family of series. */
export interface SeriesSpec {
  /** Column with the values. */
  readonly value: string;
  /** Name shown to the reader; the column's heading, or the level of `by`, if absent. */
  readonly name?: string;
  /** Only rows whose columns hold these values. */
  readonly where?: Row;
  /** Makes one series per level of this column, in order of appearance. */
  readonly by?: string;
  /** Columns with the ends of the interval around the value. */
  readonly low?: string;
  readonly high?: string;
}

/** A series with the rows that belong to it. */
export interface Series<Spec extends SeriesSpec> {
  readonly name: string;
  readonly spec: Spec;
  readonly rows: readonly Row[];
}

/**
 * Expands `by` and applies `where`.
 * @throws ParameterError for unknown columns, an interval with one end, an empty table or a series without rows
 */
export function expandSeries<Spec extends SeriesSpec>(table: Table, specs: readonly Spec[]): readonly Series<Spec>[] {
  checkNotEmpty(table);
  if (specs.length === 0) throw new ParameterError({ what: "a figure without series", expected: "at least one series", where: `table ${table.name}` });
  return specs.flatMap((spec) => {
    const valueColumn = findColumn(table, spec.value);
    if ((spec.low === undefined) !== (spec.high === undefined)) {
      throw new ParameterError({ what: "an interval with one end", got: spec.low ?? spec.high, expected: "both low and high", where: `series ${spec.value}` });
    }
    const rows = table.rows.filter((row) => matches(table, row, spec.where));
    if (rows.length === 0) throw new ParameterError({ what: "a series without rows", got: spec.where, expected: "a condition that some row meets", where: `series ${spec.value}` });
    if (spec.by === undefined) return [{ name: spec.name ?? columnTitle({ ...valueColumn, unit: undefined }), spec, rows }];
    const byColumn = findColumn(table, spec.by);
    return groupRows(rows, spec.by).map(([level, members]) => ({ name: (spec.name === undefined ? "" : `${spec.name} `) + cellText(level, byColumn), spec, rows: members }));
  });
}

/** Rows grouped by the value of a column, in order of appearance. */
export function groupRows(rows: readonly Row[], column: string): readonly (readonly [Cell, readonly Row[]])[] {
  const groups = new Map<Cell, Row[]>();
  for (const row of rows) {
    const level = cellOf(row, column);
    const group = groups.get(level);
    if (group) group.push(row);
    else groups.set(level, [row]);
  }
  return [...groups];
}

function matches(table: Table, row: Row, where: Row | undefined): boolean {
  return where === undefined || Object.entries(where).every(([name, value]) => cellOf(row, findColumn(table, name).name) === value);
}

/** A cell of a row; a column that the row leaves out is a missing value. */
export function cellOf(row: Row, column: string): Cell {
  return Object.prototype.hasOwnProperty.call(row, column) ? row[column] : null;
}

/**
 * A cell that must be a number or missing.
 * @param positive whether it will stand on a logarithmic axis
 * @throws ParameterError for text, NaN, infinities, and for values <= 0 on a logarithmic axis
 */
export function numberOf(row: Row, column: string, positive = false): number | null {
  const value = cellOf(row, column);
  if (value === null) return null;
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new ParameterError({ what: "a value that cannot be drawn", got: value, expected: "a finite number, or null for a missing value", where: `column ${column}` });
  }
  if (positive && value <= 0) throw new ParameterError({ what: "a value that cannot stand on a logarithmic axis", got: value, expected: "a number > 0", where: `column ${column}` });
  return value;
}

/** @throws ParameterError when there is nothing to draw */
export function checkNotEmpty(table: Table): void {
  if (table.rows.length === 0) throw new ParameterError({ what: "an empty table cannot be drawn", expected: "at least one row", where: `table ${table.name}` });
}
