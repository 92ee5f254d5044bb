/** A plain table on standard output, for benchmarks. */

/** One measured row beside its peer or bound. */
export interface BenchRow {
  readonly work: string;
  readonly ours: string;
  readonly peer: string;
  readonly ratio: string;
  /** What is and is not the same work. */
  readonly note: string;
}

/** Prints rows under a title, columns aligned, the note on a line of its own. */
export function printRows(title: string, rows: readonly BenchRow[]): void {
  const columns = ["work", "ours", "peer", "ratio"] as const;
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => row[column].length)));
  const line = (cells: readonly string[]) => cells.map((cell, i) => cell.padEnd(widths[i])).join("  ").trimEnd();
  console.log(`\n${title}\n${line(columns)}`);
  for (const row of rows) console.log(`${line(columns.map((column) => row[column]))}\n    ${row.note}`);
}

/** Seconds that a piece of work takes on the wall clock. */
export function seconds(work: () => void): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}
