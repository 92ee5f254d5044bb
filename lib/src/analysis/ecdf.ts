/** Empirical distribution functions. */
import { numbersOf, columnOf } from "./check";
import { refuseNonFinite } from "./interval";
import { sorted } from "./quantile";
import type { Row, Table } from "./table";

/** One step of an empirical distribution function: the share of values that are <= x. */
export interface EcdfStep {
  readonly x: number;
  readonly share: number;
}

/**
 * The empirical distribution function: one step per distinct value, rising to 1.
 *
 * @param values at least one finite number, in any order
 * @throws ParameterError when there is no value or one is not finite
 */
export function ecdf(values: readonly number[]): EcdfStep[] {
  refuseNonFinite(values, "values");
  const order = sorted(values);
  const steps: EcdfStep[] = [];
  order.forEach((x, index) => {
    if (index + 1 === order.length || order[index + 1] !== x) steps.push({ x, share: (index + 1) / order.length });
  });
  return steps;
}

/**
 * The empirical distribution function of a column as a table with the columns `column` and `share`.
 *
 * @param table a table; missing values are left out
 * @param column name of a number column
 */
export function ecdfTable(table: Table, column: string): Table {
  const rows: Row[] = ecdf(numbersOf(table, column)).map(({ x, share }) => ({ [column]: x, share }));
  return {
    name: `${table.name}-ecdf-${column}`,
    columns: [columnOf(table, column), { name: "share", title: "share", type: "number", definition: `Share of rows whose ${column} is at most this large.` }],
    rows,
  };
}
