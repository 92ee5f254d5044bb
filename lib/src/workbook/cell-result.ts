/** What the runner and the kernel do alike after a cell's own code has ended. */
import { inspect } from "node:util";
import { SafeHtml } from "../html";
import type { CellError } from "./cell-engine";

/** Two turns of the event loop: every rejection that has already happened has been reported by then. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** An error without a place in a cell. */
export function simpleError(name: string, message: string, hint: string | null): CellError {
  return { name, message, line: null, cell: null, traceback: [`${name}: ${message}`], hint };
}

/** The error of a cell whose last expression is a promise: what it would do is lost. `null` for any other value. */
export function missingAwait(value: unknown): CellError | null {
  return value instanceof Promise ? simpleError("MissingAwait", "the cell ends in a promise that nobody awaits", "write `await` before the last expression") : null;
}

/**
 * The last expression's value as an `execute_result`, the form in which every front end and converter knows it (tslab itself prints
 * it to the output stream, where it cannot be told from printed text). Text stays as it is, safe HTML is also given as HTML.
 */
export function resultData(value: unknown): Record<string, string> {
  if (value instanceof SafeHtml) return { "text/html": value.toString(), "text/plain": "[HTML]" };
  return { "text/plain": typeof value === "string" ? value : inspect(value, { breakLength: 100, depth: 4 }) };
}

/** The error of a rejected promise that nobody handles, or of a throw outside the cell's own code. */
export function lateError(kind: "UnhandledRejection" | "LateError", error: CellError): CellError {
  const hint = kind === "UnhandledRejection" ? "a promise was rejected and nobody handled it; is an `await` missing?" : "thrown after the cell's own code had ended (a timer or an event handler)";
  const message = `${error.name}: ${error.message}`;
  return { ...error, name: kind, message, traceback: [`${kind}: ${message}`, ...error.traceback.slice(1)], hint: error.hint ?? hint };
}

/** What `process.exit` does in a cell: it throws, so that neither a notebook nor a kernel ends in silence. */
export function exitError(code: unknown): Error {
  return Object.assign(new Error(`process.exit(${code === undefined ? "" : String(code)}) was called`), { name: "ProcessExit" });
}
