/**
 * The process that runs the cells of one notebook. It reports each output at once, so that nothing is lost when it is killed, and
 * stops at the first failure. A failure is also: a rejected promise that nobody handles, a throw from a timer, a promise nobody
 * awaits, `process.exit()`, a claim that does not hold even if its error was caught, and work still running after the last cell.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import * as jupyter from "tslab/dist/jupyter";
import type { ClaimRecord } from "../notebook/claim-record";
import { CLAIM_MIME, installHost } from "../notebook/host";
import type { DisplayBundle } from "../notebook/host";
import { createCellEngine } from "./cell-engine";
import type { CellEngine, CellError } from "./cell-engine";
import { exitError, lateError, missingAwait, resultData, settle, simpleError } from "./cell-result";
import type { MimeData, Output } from "./notebook-file";
import type { CellJob, FromChild, ToChild } from "./notebook-run";

/** More text than this in one cell is a runaway loop, not a result. */
const MAX_TEXT_PER_CELL = 1_000_000;
/** Time for work left behind by the last cell (timers, open handles) to end. */
const LEFTOVER_MS = 2000;

const exitProcess = process.exit.bind(process);
const cellOfWork = new AsyncLocalStorage<number>();
const drawings = new Map<number, { resolve: (svg: string | null) => void; reject: (error: Error) => void }>();
/** Failures that arose outside the normal course of a cell, first one first. */
const strays: { readonly error: CellError; readonly index: number }[] = [];
/** A cell's name in stack traces is its number; this leads from there to its place in the notebook. */
const indexOfName = new Map<string, number>();
let engine: CellEngine;
let currentIndex = -1;
let textInCell = 0;
let nextRequest = 1;

function send(message: FromChild): void {
  process.send?.(message);
}

function emit(output: Output, index = cellOfWork.getStore() ?? Math.max(currentIndex, 0)): void {
  send({ type: "output", index, output });
}

function stray(error: CellError): void {
  strays.push({ error, index: indexOfName.get(error.cell ?? "") ?? Math.max(currentIndex, 0) });
}

function captureStreams(): void {
  for (const name of ["stdout", "stderr"] as const) {
    const decoder = new TextDecoder();
    process[name].write = ((chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
      const text = typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
      const callback = typeof encoding === "function" ? encoding : done;
      if (textInCell <= MAX_TEXT_PER_CELL && text !== "") emit({ output_type: "stream", name, text });
      textInCell += text.length;
      if (typeof callback === "function") process.nextTick(callback as () => void);
      return true;
    }) as typeof process.stdout.write;
  }
}

function display(bundle: DisplayBundle): void {
  const claim = bundle[CLAIM_MIME] as ClaimRecord | undefined;
  if (claim && claim.holds !== true) stray(simpleError("ClaimError", `the claim does not hold: ${claim.text}`, "the error of a claim must not be caught"));
  emit({ output_type: "display_data", data: bundle as MimeData, metadata: {} });
}

function guardProcess(): void {
  process.exit = ((code?: number): never => {
    const error = exitError(code);
    stray({ ...engine.describe(error), hint: "a notebook ends with its last cell; throw an error to stop it" });
    throw error;
  }) as typeof process.exit;
  process.on("unhandledRejection", (reason) => stray(lateError("UnhandledRejection", engine.describe(reason))));
  process.on("uncaughtException", (thrown) => stray(lateError("LateError", engine.describe(thrown))));
  process.on("disconnect", () => exitProcess(1));
}

/** A cell that draws from `Math.random` gives other outputs each time. Libraries may use it for what no output shows. */
function guardRandomness(): void {
  const random = Math.random;
  Math.random = () => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 2;
    const caller = new Error().stack ?? "";
    Error.stackTraceLimit = limit;
    if (!caller.includes("overlay-lab-cell:")) return random();
    throw Object.assign(new Error("Math.random() gives other numbers in every run: draw from a RandomStream with a seed"), { name: "NotReproducible" });
  };
}

function install(root: string, mode: "quick" | "full"): void {
  installHost({
    kind: "runner",
    mode,
    root,
    display,
    renderSvg: (figure) =>
      new Promise((resolve, reject) => {
        drawings.set(nextRequest, { resolve, reject });
        send({ type: "svg-request", request: nextRequest, figure });
        nextRequest += 1;
      }),
  });
  // tslab's own display functions write here.
  (jupyter as { lastWriteDisplayData: unknown }).lastWriteDisplayData = ({ data }: { data: MimeData }): void => emit({ output_type: "display_data", data, metadata: {} });
}

async function runCell(job: CellJob): Promise<CellError | null> {
  textInCell = 0;
  const result = await cellOfWork.run(job.index, () => engine.execute(job.source, String(job.number)));
  await settle();
  if (!result.ok) return result.error;
  if (strays.length > 0) return null;
  const forgotten = missingAwait(result.value);
  if (forgotten) return forgotten;
  if (drawings.size > 0) return simpleError("MissingAwait", "a figure was still being drawn when the cell ended", "write `await show(...)`");
  if (textInCell > MAX_TEXT_PER_CELL) return simpleError("OutputLimit", `the cell printed more than ${MAX_TEXT_PER_CELL} characters`, "print a summary, or show a table");
  if (result.value !== undefined) emit({ output_type: "execute_result", data: resultData(result.value), metadata: {}, execution_count: job.number }, job.index);
  return null;
}

function fail(index: number, error: CellError): void {
  const { name, message, line, hint, traceback } = error;
  emit({ output_type: "error", ename: name, evalue: message, traceback }, index);
  send({ type: "failed", failure: { index, name, message, line, hint, traceback } });
}

async function runAll(cells: readonly CellJob[]): Promise<boolean> {
  for (const job of cells) {
    currentIndex = job.index;
    send({ type: "cell-start", index: job.index });
    const error = await runCell(job);
    if (error) {
      fail(job.index, error);
      return false;
    }
    if (failStray()) return false;
    send({ type: "cell-end", index: job.index });
  }
  return true;
}

function failStray(): boolean {
  if (strays.length === 0) return false;
  fail(strays[0].index, strays[0].error);
  return true;
}

/** Waits until nothing is left to run: a timer may still throw, and a notebook that leaves work behind cannot promise its outputs. */
async function drain(): Promise<boolean> {
  engine.close();
  process.channel?.unref();
  const idle = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), LEFTOVER_MS).unref();
    process.once("beforeExit", () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
  if (failStray()) return false;
  if (idle) return true;
  const left = [...new Set(process.getActiveResourcesInfo())].filter((name) => !/^(Pipe|PipeWrap|TTYWrap)$/.test(name)).join(", ");
  fail(currentIndex, simpleError("LeftoverWork", `work was still running ${LEFTOVER_MS / 1000} s after the last cell (${left})`, "await it, or stop the timer in the cell that started it"));
  return false;
}

async function main(job: Extract<ToChild, { type: "run" }>): Promise<void> {
  process.chdir(job.root);
  for (const cell of job.cells) indexOfName.set(String(cell.number), cell.index);
  engine = createCellEngine();
  guardProcess();
  guardRandomness();
  captureStreams();
  install(job.root, job.mode);
  if ((await runAll(job.cells)) && (await drain())) send({ type: "done" });
  // The parent ends this process once it has read everything.
  setTimeout(() => undefined, 60_000);
}

process.on("message", (message: ToChild) => {
  if (message.type === "run") {
    void main(message);
    return;
  }
  const drawing = drawings.get(message.request);
  drawings.delete(message.request);
  if (message.error === null) drawing?.resolve(message.svg);
  else drawing?.reject(new Error(message.error));
});
