/**
 * Tables as danfojs data frames, for looking at results: head, sort, filter, group, describe. danfojs computes, this module keeps it
 * from its known mistakes: it gets a copy (its `concat` damages its argument), columns with missing values are refused where it would
 * count them as 0, arithmetic that rounds to 32 bits and CSV output that does not quote are not offered. It writes no files and no
 * number of a claim comes from it. danfojs is loaded with the first frame, which takes about a second.
 */
import type { Cell, Column, Row, Table } from "../analysis/table";
import { ParameterError, checkNumber } from "../errors";

/** The part of danfojs that is used. */
interface DanfoFrame {
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
  readonly index: readonly (string | number)[];
  head(rows: number): DanfoFrame;
  tail(rows: number): DanfoFrame;
  sortValues(column: string, options: { ascending: boolean }): DanfoFrame;
  iloc(selection: { rows: number[] }): DanfoFrame;
  loc(selection: { columns: string[] }): DanfoFrame;
  groupby(columns: string[]): { agg(operations: Record<string, string>): DanfoFrame };
  describe(): DanfoFrame;
}

/** What {@link Groups.agg} can compute for a column. */
export type Aggregate = "count" | "sum" | "mean" | "std" | "min" | "max";
const AGGREGATES: readonly Aggregate[] = ["count", "sum", "mean", "std", "min", "max"];

/** Rows of a frame, grouped. */
export interface Groups {
  /** One row per group: `agg({ hours: "mean" })` gives the column `hours_mean`. */
  agg(operations: Readonly<Record<string, Aggregate>>): DataFrame;
}

/** A table to look at. Every method gives a new frame. */
export class DataFrame {
  private readonly source: Table;

  /** @param table the table; it is copied */
  constructor(table: Table) {
    if (table.columns.length === 0) throw new ParameterError({ what: "table without columns", got: table.name, expected: "at least one column" });
    this.source = { ...table, rows: table.rows.map((row) => ({ ...row })) };
  }

  /** Number of rows and of columns. */
  get shape(): readonly [number, number] {
    return [this.source.rows.length, this.source.columns.length];
  }

  /** Names of the columns. */
  get columns(): readonly string[] {
    return this.source.columns.map(({ name }) => name);
  }

  /** The values of one column. */
  column(name: string): readonly Cell[] {
    this.known([name]);
    return this.source.rows.map((row) => row[name]);
  }

  /** The first rows. */
  head(rows = 5): DataFrame {
    return this.cut(rows, (frame, count) => frame.head(count));
  }

  /** The last rows. */
  tail(rows = 5): DataFrame {
    return this.cut(rows, (frame, count) => frame.tail(count));
  }

  /** Rows in the order of a column without missing values. */
  sortValues(column: string, options: { readonly ascending?: boolean } = {}): DataFrame {
    this.complete([column]);
    if (this.source.rows.length < 2) return this;
    return this.with(this.danfo().sortValues(column, { ascending: options.ascending ?? true }));
  }

  /** The rows for which `keep` answers true. */
  filter(keep: (row: Row) => boolean): DataFrame {
    const rows = this.source.rows.flatMap((row, index) => (keep(row) ? [index] : []));
    return rows.length === 0 ? new DataFrame({ ...this.source, rows: [] }) : this.with(this.danfo().iloc({ rows }));
  }

  /** The named columns, in that order. */
  select(...columns: readonly string[]): DataFrame {
    this.known(columns);
    if (columns.length === 0) throw new ParameterError({ what: "no column selected", expected: `some of ${this.columns.join(", ")}` });
    const chosen = columns.map((name) => this.source.columns.find((column) => column.name === name) as Column);
    if (this.source.rows.length === 0) return new DataFrame({ ...this.source, columns: chosen });
    return this.with(this.danfo().loc({ columns: [...columns] }), chosen);
  }

  /** The rows without a missing value in the named columns (all columns if none is named). */
  dropMissing(...columns: readonly string[]): DataFrame {
    this.known(columns);
    const names = columns.length === 0 ? this.columns : columns;
    return this.filter((row) => names.every((name) => row[name] !== null && row[name] !== undefined));
  }

  /** Groups rows by equal values in the named columns. */
  groupby(...columns: readonly string[]): Groups {
    this.complete(columns);
    return { agg: (operations) => this.aggregate(columns, operations) };
  }

  /** Count, mean, standard deviation, smallest, median and largest value of every numeric column. */
  describe(): DataFrame {
    const numeric = this.source.columns.filter(({ type }) => type === "number" || type === "integer");
    if (numeric.length === 0) throw new ParameterError({ what: "no numeric column to describe", got: this.columns, expected: "a column of numbers" });
    const names = numeric.map(({ name }) => name);
    this.complete(names);
    checkNumber("rows", this.source.rows.length, { min: 2, integer: true });
    const summary = load(this.source.rows, names).describe();
    const kept = summary.index.map((label, row) => ({ label: String(label), row })).filter(({ label }) => label !== "variance");
    const columns: Column[] = [{ name: "statistic", type: "string" }, ...numeric.map((column) => ({ ...column, type: "number" as const }))];
    const rows = kept.map(({ label, row }) => ({ statistic: label, ...Object.fromEntries(names.map((name) => [name, cellOf(summary.values[row][summary.columns.indexOf(name)])])) }));
    return new DataFrame({ name: `${this.source.name}: summary`, columns, rows });
  }

  /** The frame as a tidy table, with units and titles of the columns that it still has. */
  toTable(): Table {
    return { ...this.source, rows: this.source.rows.map((row) => ({ ...row })) };
  }

  private aggregate(groups: readonly string[], operations: Readonly<Record<string, Aggregate>>): DataFrame {
    const names = Object.keys(operations);
    for (const name of names) if (!AGGREGATES.includes(operations[name])) throw new ParameterError({ what: `unknown operation for ${name}`, got: operations[name], expected: AGGREGATES.join(", ") });
    this.complete(names);
    if (names.length === 0 || groups.length === 0) throw new ParameterError({ what: "nothing to group", got: { groups, operations }, expected: 'groupby("peers").agg({ hours: "mean" })' });
    checkNumber("rows", this.source.rows.length, { min: 1, integer: true });
    for (const name of names) if (operations[name] !== "count" && !["number", "integer"].includes(this.columnOf(name).type)) throw new ParameterError({ what: `${operations[name]} of a column that holds no numbers`, got: name, expected: "a numeric column, or count" });
    const result = load(this.source.rows, [...new Set([...groups, ...names])]).groupby([...groups]).agg({ ...operations });
    const columns = result.columns.map((name): Column => {
      const [origin, operation] = groups.includes(name) ? [name, null] : [name.slice(0, name.lastIndexOf("_")), name.slice(name.lastIndexOf("_") + 1)];
      const column = this.columnOf(origin);
      if (operation === null) return column;
      return operation === "count" ? { name, type: "integer" } : { ...column, name, type: "number", title: `${column.title ?? origin}, ${operation}` };
    });
    return this.with(result, columns);
  }

  private columnOf(name: string): Column {
    return this.source.columns.find((column) => column.name === name) as Column;
  }

  private cut(rows: number, take: (frame: DanfoFrame, count: number) => DanfoFrame): DataFrame {
    checkNumber("rows", rows, { min: 1, integer: true });
    return rows >= this.source.rows.length ? this : this.with(take(this.danfo(), rows));
  }

  private danfo(): DanfoFrame {
    return load(this.source.rows, this.columns);
  }

  private with(frame: DanfoFrame, columns: readonly Column[] = this.source.columns): DataFrame {
    const rows = frame.values.map((values) => Object.fromEntries(columns.map(({ name }) => [name, cellOf(values[frame.columns.indexOf(name)])])));
    return new DataFrame({ name: this.source.name, columns, rows });
  }

  private known(columns: readonly string[]): void {
    for (const name of columns) if (!this.columns.includes(name)) throw new ParameterError({ what: "unknown column", got: name, expected: `one of ${this.columns.join(", ")}` });
  }

  private complete(columns: readonly string[]): void {
    this.known(columns);
    for (const name of columns) {
      const missing = this.source.rows.filter((row) => row[name] === null || row[name] === undefined).length;
      if (missing > 0) throw new ParameterError({ what: `column ${name} has ${missing} missing values, which danfojs would count as 0`, expected: `dropMissing("${name}") before` });
    }
  }
}

/**
 * A table as a data frame.
 * @param table rows of an experiment, or any tidy table
 */
export function dataFrame(table: Table): DataFrame {
  return new DataFrame(table);
}

function load(rows: readonly Row[], columns: readonly string[]): DanfoFrame {
  const danfo = require("danfojs-node") as { DataFrame: new (data: unknown[][], options: { columns: readonly string[] }) => DanfoFrame };
  return new danfo.DataFrame(rows.map((row) => columns.map((name) => row[name] ?? null)), { columns: [...columns] });
}

function cellOf(value: unknown): Cell {
  if (typeof value === "number") return Number.isNaN(value) ? null : value;
  return typeof value === "string" || typeof value === "boolean" ? value : null;
}
