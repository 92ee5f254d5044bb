/**
 * Runs single cells on tslab's own converter and executor, as its kernel does, and answers with values instead of printed text:
 * the last expression's value, or an error with the line of the cell it came from. Used by the runner and by the Jupyter kernel.
 *
 * What it repairs around tslab (by standing between converter and executor, no change to either):
 * - `await (expression)` and `for await` at the top level, which tslab compiles into a plain function;
 * - positions: the compiled cell gets a name, so that stack frames say which cell and line failed;
 * - module cells with type errors and browser cells, which tslab reports as successful without running them.
 */
import { createConverter } from "tslab/dist/converter";
import type { Converter, ConvertResult, Diagnostic } from "tslab/dist/converter";
import { createExecutor } from "tslab/dist/executor";
import type { Executor } from "tslab/dist/executor";
import { getCodeMetadata } from "tslab/dist/metadata";
import { hasTopLevelAwait, lineOfFrame } from "./source-lines";

/** Why a cell failed. */
export interface CellError {
  /** "TypeError" for a thrown error, "TypeScript" for an error found before the cell ran. */
  readonly name: string;
  readonly message: string;
  /** Line of the cell, from 1; `null` when the error has no place in it. */
  readonly line: number | null;
  /** The cell in whose code the error arose, by the name given to `execute`; `null` when unknown. */
  readonly cell: string | null;
  /** Readable lines: the message, then the places in cells and in the library. */
  readonly traceback: readonly string[];
  readonly hint: string | null;
}

/** Outcome of one cell; `value` is the last expression's value, `undefined` when there is none. */
export type CellResult = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: CellError };

/** A session of cells that share their declarations. */
export interface CellEngine {
  /** Runs one cell. `name` identifies it in stack traces and must be unique in the session (letters, digits, dashes). */
  execute(source: string, name: string): Promise<CellResult>;
  /** Describes anything thrown outside `execute`: an unhandled rejection, a late throw. */
  describe(thrown: unknown): CellError;
  /** tslab's executor, for completion and inspection. */
  readonly executor: Executor;
  close(): void;
}

/** A compiled cell, kept so that a stack frame can be traced back to its line. */
export interface CompiledCell {
  readonly source: string;
  readonly previousDeclarations: string;
  readonly output: string;
}

const FRAME = /overlay-lab-cell:([A-Za-z0-9-]+):(\d+):(\d+)/;

/**
 * Starts an engine in the current working folder, which must be the root of the workbook: tslab resolves imports from there.
 * Takes about a second (the TypeScript compiler starts).
 */
export function createCellEngine(): CellEngine {
  const root = process.cwd();
  const converter = createConverter({ isJS: false, isBrowser: false });
  const compiled = new Map<string, CompiledCell>();
  let current = "";
  let diagnostics: readonly Diagnostic[] = [];
  let thrown: { readonly value: unknown } | null = null;
  let lastValue: unknown;

  const observed: Converter = {
    ...converter,
    convert(previousDeclarations, source): ConvertResult {
      const result = converter.convert(previousDeclarations, source);
      diagnostics = result.diagnostics;
      if (!result.output) return result;
      compiled.set(current, { source, previousDeclarations, output: result.output });
      return { ...result, hasToplevelAwait: result.hasToplevelAwait || hasTopLevelAwait(source), output: `${result.output}\n//# sourceURL=overlay-lab-cell:${current}` };
    },
    addModule(name, content, meta) {
      return (diagnostics = converter.addModule(name, content, meta));
    },
  };
  const executor = createExecutor(root, { node: observed, browser: observed, close: () => converter.close() }, {
    log: (value?: unknown) => (lastValue = value),
    // Diagnostics are printed through the same function with a format; they are taken from the converter instead.
    error: (value?: unknown) => {
      if (diagnostics.length === 0) thrown = { value };
    },
  });
  const lineOf: LineOf = (name, line, column) => {
    const cell = compiled.get(name);
    return cell ? lineOfFrame(converter, cell, line, column) : null;
  };

  async function execute(source: string, name: string): Promise<CellResult> {
    current = name;
    diagnostics = [];
    thrown = null;
    lastValue = undefined;
    const refused = refuseMode(source, name);
    if (refused) return { ok: false, error: refused };
    let ok = false;
    try {
      ok = await executor.execute(source);
    } catch (error) {
      thrown = { value: error };
    }
    if (diagnostics.length > 0) return { ok: false, error: describeDiagnostics(diagnostics, source, name) };
    if (thrown) return { ok: false, error: describeThrown((thrown as { readonly value: unknown }).value, lineOf, name) };
    if (!ok) return { ok: false, error: { name: "Error", message: "the cell failed without an error", line: null, cell: name, traceback: ["the cell failed without an error"], hint: null } };
    return { ok: true, value: lastValue };
  }
  return { execute, describe: (value) => describeThrown(value, lineOf, null), executor, close: () => executor.close() };
}

function refuseMode(source: string, cell: string): CellError | null {
  if (getCodeMetadata(source).mode !== "browser") return null;
  const message = "a cell marked @browser is never run";
  return { name: "CellNotRun", message, line: 1, cell, traceback: [`CellNotRun: ${message}`], hint: "remove the @browser comment; figures become interactive through show()" };
}

function describeDiagnostics(diagnostics: readonly Diagnostic[], source: string, cell: string): CellError {
  const lines = source.split("\n");
  const parts = diagnostics.map((found) => (found.fileName ? `${found.fileName} ${found.start.line + 1}:${found.start.character + 1} ${found.messageText}` : `line ${found.start.line + 1}: ${found.messageText}`));
  const first = diagnostics.find((found) => !found.fileName) ?? diagnostics[0];
  const line = first.fileName ? null : Math.min(Math.max(first.start.line + 1, 1), lines.length);
  const pointer = line === null ? [] : [`    ${lines[line - 1]}`, `    ${" ".repeat(Math.max(0, first.start.character))}^`];
  return { name: "TypeScript", message: first.messageText, line, cell, traceback: [...parts.map((part) => `TypeScript: ${part}`), ...pointer], hint: null };
}

type LineOf = (name: string, line: number, column: number) => number | null;

/**
 * Turns whatever was thrown into name, message and place; anything can be thrown, also an object that fails when looked at.
 * The place is the innermost frame in the cell that ran (`ran`), else in any cell.
 */
function describeThrown(value: unknown, lineOf: LineOf, ran: string | null): CellError {
  const { name, message, stack } = lookAt(value);
  const places: string[] = [];
  let place: { readonly cell: string; readonly line: number | null } | null = null;
  for (const frame of stack.split("\n").filter((text) => /^\s+at /.test(text))) {
    const match = FRAME.exec(frame);
    if (match) {
      // The frame of the function that tslab wraps around a cell lies past the cell's last line and has none.
      const line = lineOf(match[1], Number(match[2]), Number(match[3]));
      if (place === null && (ran === null || match[1] === ran)) place = { cell: match[1], line };
      if (line !== null) places.push(`    in cell ${match[1]}, line ${line}`);
    } else if (!/node:|tslab[\\/]dist|[\\/]workbook[\\/](?:cell-engine|runner|kernel)/.test(frame)) places.push(`    ${frame.trim()}`);
  }
  const traceback = [`${name}: ${message}`, ...new Set(places)].slice(0, 20);
  return { name, message, line: place?.line ?? null, cell: place?.cell ?? ran, traceback, hint: hintFor(name, message) };
}

function lookAt(value: unknown): { name: string; message: string; stack: string } {
  try {
    if (value instanceof Error || (typeof value === "object" && value !== null && typeof (value as Error).stack === "string")) {
      const error = value as Error;
      return { name: String(error.name || "Error"), message: String(error.message), stack: String(error.stack ?? "") };
    }
    return { name: "Thrown", message: typeof value === "string" ? value : `a value that is not an Error: ${String(value)}`, stack: "" };
  } catch {
    return { name: "Thrown", message: "a value that cannot be shown", stack: "" };
  }
}

function hintFor(name: string, message: string): string | null {
  if (/Cannot find module 'overlay-lab/.test(message)) return "build the library with `npm run build`";
  if (name === "RangeError" && /call stack/i.test(message)) return "a function calls itself without end";
  if (/self is not defined/.test(message)) return "plotly works in browsers only: use the figure functions of overlay-lab and show()";
  return null;
}
