/** Matrices of which a file gives one triangle: rows are filled up to squares before they are read, and the other half mirrors the given one after. */
import { readLatencyCell, type LatencyUnits } from "./latency-table";
import type { TextPlace, TextSource } from "./text-source";

/** The half of a matrix that stands in a file. */
export type Triangle = "upper" | "lower";

/** A line of a matrix as cells. */
export interface MatrixRow extends TextPlace {
  readonly cells: readonly string[];
}

/** True when rows differ in length, as those of a bare triangle do. */
export function isRagged(rows: readonly MatrixRow[]): boolean {
  return rows.length > 1 && rows[0].cells.length !== rows[rows.length - 1].cells.length;
}

/**
 * Fills the rows of a bare triangle up to a square with empty cells. The diagonal is in the file when all cells where it would stand are 0 or missing.
 * @throws ParseError at the first row that is too long or too short for a triangle
 */
export function squareRows(source: TextSource, rows: readonly MatrixRow[], triangle: Triangle, units: Pick<LatencyUnits, "unit" | "missingMarks">): MatrixRow[] {
  const steps = rows.length;
  rows.forEach((row, index) => {
    const expected = triangle === "upper" ? steps - index : index + 1;
    if (row.cells.length !== expected) throw source.error(row, `row ${index + 1} does not fit an ${triangle} triangle of ${steps} rows`.replace("an lower", "a lower"), `${row.cells.length} columns`, `${expected} columns`);
  });
  const isNothing = (cell: string) => {
    const read = readLatencyCell(cell, units);
    return read.kind === "missing" || (read.kind === "value" && read.ms === 0);
  };
  const hasDiagonal = rows.every(({ cells }) => isNothing(triangle === "upper" ? cells[0] : cells[cells.length - 1]));
  const count = hasDiagonal ? steps : steps + 1;
  const blanks = (length: number) => new Array<string>(length).fill("");
  const filled = rows.map(({ cells, line, offset }) => {
    const rest = blanks(count - cells.length);
    return { cells: triangle === "upper" ? [...rest, ...cells] : [...cells, ...rest], line, offset };
  });
  if (hasDiagonal) return filled;
  // Without a diagonal one host has no row of its own: the last of an upper triangle, the first of a lower one.
  return triangle === "upper" ? [...filled, { ...filled[steps - 1], cells: blanks(count) }] : [{ ...filled[0], cells: blanks(count) }, ...filled];
}

/**
 * Copies the given half to the other one. Changes `valuesMs`.
 * @throws ParseError when the other half holds a value > 0
 */
export function mirrorTriangle(source: TextSource, rows: readonly TextPlace[], valuesMs: Float64Array, triangle: Triangle): void {
  const count = rows.length;
  for (let row = 0; row < count; row++) {
    for (let column = row + 1; column < count; column++) {
      const [upper, lower] = [row * count + column, column * count + row];
      const [given, other] = triangle === "upper" ? [upper, lower] : [lower, upper];
      const place = rows[triangle === "upper" ? column : row];
      if (valuesMs[other] > 0) throw source.error(place, `a value outside the ${triangle} triangle`, `${valuesMs[other]} ms`, 'an empty cell or 0, or triangle: "full"');
      valuesMs[other] = valuesMs[given];
    }
  }
}
