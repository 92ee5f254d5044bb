/** A plain table on standard output, for benchmarks. Times are processor time of this process, so that other load on the machine counts less. */

/** One measured row beside its peer or bound. */
export interface BenchRow {
  readonly work: string;
  readonly ours: string;
  readonly peer: string;
  /** Ours over the peer's, or over the bound; above 1 is better. */
  readonly ratio: number;
  /** What is and is not the same work. */
  readonly note: string;
}

/** Prints rows under a title, columns aligned, the note on a line of its own. */
export function printRows(title: string, rows: readonly BenchRow[]): void {
  const cells = [["work", "ours", "peer or bound", "ratio"], ...rows.map((row) => [row.work, row.ours, row.peer, row.ratio.toPrecision(3)])];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((line) => line[column].length)));
  const lines = cells.map((line) => line.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd());
  console.log(`\n${title}\n${lines[0]}`);
  rows.forEach((row, i) => console.log(`${lines[i + 1]}\n    ${row.note}`));
}

/** Seconds of processor time (user and system, all threads) that a piece of work takes. */
export function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
