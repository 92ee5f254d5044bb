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
import { expandShorthand } from "./shorthand";

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
  const converter = createConverter({ isJS: false, isBrowser: false });
  const state: EngineState = { current: "", diagnostics: [], thrown: null, lastValue: undefined, compiled: new Map() };
  const observed = observe(converter, state);
  const executor = createExecutor(process.cwd(), { node: observed, browser: observed, close: () => converter.close() }, {
    log: (value?: unknown) => (state.lastValue = value),
    // Diagnostics are printed through the same function with a format; they are taken from the converter instead.
    error: (value?: unknown) => {
      if (state.diagnostics.length === 0) state.thrown = { value };
    },
  });
  const lineOf: LineOf = (name, line, column) => {
    const cell = state.compiled.get(name);
    return cell ? lineOfFrame(converter, cell, line, column) : null;
  };

  async function execute(source: string, name: string): Promise<CellResult> {
    Object.assign(state, { current: name, diagnostics: [], thrown: null, lastValue: undefined });
    const refused = refuseMode(source, name);
    if (refused) return { ok: false, error: refused };
    const ok = await executor.execute(source).catch((error: unknown) => {
      state.thrown = { value: error };
      return false;
    });
    if (state.diagnostics.length > 0) return { ok: false, error: describeDiagnostics(state.diagnostics, source, name) };
    if (state.thrown) return { ok: false, error: describeThrown(state.thrown.value, lineOf, name) };
    return ok ? { ok: true, value: state.lastValue } : { ok: false, error: describeThrown(new Error("the cell failed without an error"), lineOf, name) };
  }
  return { execute, describe: (value) => describeThrown(value, lineOf, null), executor, close: () => executor.close() };
}

/** What is known of the cell that runs, and of those that ran. */
interface EngineState {
  current: string;
  diagnostics: readonly Diagnostic[];
  thrown: { readonly value: unknown } | null;
  lastValue: unknown;
  readonly compiled: Map<string, CompiledCell>;
}

/** A converter that notes what it compiled, names the code, and sees every top-level await. */
function observe(converter: Converter, state: EngineState): Converter {
  return {
    ...converter,
    convert(previousDeclarations, original): ConvertResult {
      const { text: source, originalColumn } = expandShorthand(original);
      const result = converter.convert(previousDeclarations, source);
      const inOriginal = (place: Diagnostic["start"]) => ({ ...place, character: originalColumn(place.line, place.character) });
      state.diagnostics = result.diagnostics.map((found) => (found.fileName ? found : { ...found, start: inOriginal(found.start), end: inOriginal(found.end) }));
      if (!result.output) return result;
      state.compiled.set(state.current, { source, previousDeclarations, output: result.output });
      return { ...result, hasToplevelAwait: result.hasToplevelAwait || hasTopLevelAwait(source), output: `${result.output}\n//# sourceURL=overlay-lab-cell:${state.current}` };
    },
    addModule(name, content, meta) {
      return (state.diagnostics = converter.addModule(name, content, meta));
    },
  };
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
