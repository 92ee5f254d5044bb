/**
 * Tidy tables: one row per observation, one column per variable, with units and definitions. Experiments produce them,
 * analysis turns them into other tables, figures draw them, exports write them.
 */

/** A value in a table. `null` is a missing value; NaN and infinities are refused by {@link checkTable}. */
export type Cell = number | string | boolean | null;

/** One observation, keyed by column name. */
export type Row = Readonly<Record<string, Cell>>;

/** What a column holds. */
export interface Column {
  /** Identifier: lower-case letters, digits and underscores. */
  readonly name: string;
  /** Heading for readers; the name if absent. */
  readonly title?: string;
  readonly type: "number" | "integer" | "string" | "boolean";
  /** Unit as printed ("h", "Mbit/s", "hops"); absent for a count or a label. */
  readonly unit?: string;
  /** What the column means, in one sentence. */
  readonly definition?: string;
  /** Significant digits to show (data files always hold every digit). */
  readonly digits?: number;
}

/** A named table with its columns in order. */
export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}
