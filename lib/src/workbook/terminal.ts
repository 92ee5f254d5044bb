/** What a command says: results on standard output, progress on standard error, colour only where a person looks. */
import { styleText } from "node:util";

/** Where and how a command talks. */
export interface Terminal {
  /** A step that takes time, on standard error; nothing with `--quiet`. */
  progress(text: string): void;
  /** A problem, on standard error, always. */
  problem(text: string): void;
  /** A result, on standard output. */
  result(text: string): void;
  /** Emphasis, where standard output is a terminal and `NO_COLOR` is not set. */
  strong(text: string): string;
  good(text: string): string;
  bad(text: string): string;
}

type Style = Parameters<typeof styleText>[0];

/**
 * The terminal of this process.
 * @param options `quiet` drops progress
 */
export function openTerminal(options: { readonly quiet?: boolean }): Terminal {
  const coloured = Boolean(process.stdout.isTTY) && !process.env.NO_COLOR && process.env.TERM !== "dumb";
  const paint = (style: Style) => (text: string) => (coloured ? styleText(style, text) : text);
  return {
    progress: (text) => void (options.quiet || process.stderr.write(`${text}\n`)),
    problem: (text) => void process.stderr.write(`${text}\n`),
    result: (text) => void process.stdout.write(`${text}\n`),
    strong: paint("bold"),
    good: paint("green"),
    bad: paint("red"),
  };
}

/** Lays rows out in columns as wide as their longest cell; columns named in `right` are aligned right. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => row.map((cell, column) => (right.includes(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join("  ").trimEnd()).join("\n");
}
