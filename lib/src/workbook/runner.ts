/**
 * Runs a notebook from top to bottom in a process of its own, without Jupyter, and fails loudly: the first cell that does not do
 * what it should ends the run, with cell, line and message. The process is killed at the limits of time and memory.
 */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkNumber } from "../errors";
import type { Figure } from "../figures/figure";
import type { StepFigure } from "../figures/step-player";
import { assembleRun } from "./assemble-run";
import { checkRules } from "./canonical-notebook";
import type { Notebook, Output } from "./notebook-file";
import type { CellJob, ChildFailure, FromChild, NotebookRun, RunProgress, ToChild } from "./notebook-run";
import { injectParameters } from "./parameters";

/** Options of {@link runNotebook}. */
export interface RunOptions {
  /** Root folder of the workbook; cells run in it and import `overlay-lab` from it. */
  readonly root: string;
  /** Path of the notebook relative to the root, for messages and records. */
  readonly path: string;
  readonly notebook: Notebook;
  /** New values of parameters, by name. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** New value of the parameter `seed`. */
  readonly seed?: number;
  readonly mode?: "quick" | "full";
  /** Limit of the whole run, default 60 s. */
  readonly timeoutSeconds?: number;
  /** Limit of the heap and of memory beyond the bare process, default 1024 MiB. */
  readonly memoryMiB?: number;
  /** Draws a figure; it runs in this process. */
  readonly renderSvg: (figure: Figure | StepFigure) => Promise<string | null>;
  readonly onProgress?: (progress: RunProgress) => void;
  /** Ends the run early; it then fails with the name "Cancelled". */
  readonly signal?: AbortSignal;
}

/** What the process needs before the first cell: Node, the compiler and the library. */
const BARE_PROCESS_MIB = 350;
const MEMORY_CHECK_MS = 200;
/** Kept of what the process wrote past the captured streams: the engine's last words. */
const MAX_LAST_WORDS = 4000;

/**
 * Runs one notebook.
 *
 * @returns the run, also when a cell failed; never rejects because of what a cell does
 * @throws NotebookError when the notebook may not be run (a cell may fail, a tag is unknown), ParameterError for a bad parameter or limit
 */
export async function runNotebook(options: RunOptions): Promise<NotebookRun> {
  const { root, path } = options;
  checkNumber("timeoutSeconds", options.timeoutSeconds ?? 60, { min: 0, exclusiveMin: true, unit: "s" });
  checkNumber("memoryMiB", options.memoryMiB ?? 1024, { min: 128, unit: "MiB" });
  checkRules(options.notebook, path);
  const values = { ...options.parameters, ...(options.seed === undefined ? {} : { seed: options.seed }) };
  const notebook = injectParameters(options.notebook, values, path);
  const cells = codeCells(notebook);
  const session = new Session(options, cells);
  const failure = await session.run();
  return assembleRun({ root, path, notebook, cells, failure, seconds: (performance.now() - session.startedAt) / 1000, outputs: session.outputs, cellSeconds: session.cellSeconds });
}

function codeCells(notebook: Notebook): CellJob[] {
  let number = 0;
  return notebook.cells.flatMap((cell, index) => (cell.cell_type === "code" ? [{ index, number: (number += 1), id: cell.id, source: cell.source }] : []));
}

/** One process and what it has reported so far. */
class Session {
  readonly outputs = new Map<number, Output[]>();
  /** Seconds of each cell that ran to its end. */
  readonly cellSeconds = new Map<number, number>();
  readonly startedAt = performance.now();
  private readonly child: ChildProcess;
  private current: number | null = null;
  private cellStartedAt = 0;
  private lastWords = "";
  private ended = false;
  private end!: (failure: ChildFailure | null) => void;

  constructor(
    private readonly options: RunOptions,
    private readonly cells: readonly CellJob[],
  ) {
    // Equal surroundings on every machine: no flags, colours, locale or time zone from outside.
    const env = { ...process.env, NO_COLOR: "1", NODE_DISABLE_COLORS: "1", LC_ALL: "C.UTF-8", LANG: "C.UTF-8", TZ: "UTC" } as NodeJS.ProcessEnv;
    for (const name of ["FORCE_COLOR", "NODE_OPTIONS", "NODE_PATH", "NODE_V8_COVERAGE", "NODE_TEST_CONTEXT", "COLUMNS"]) delete env[name];
    const execArgv = [`--max-old-space-size=${Math.ceil(options.memoryMiB ?? 1024)}`, "--no-warnings"];
    this.child = fork(join(__dirname, "runner-child.js"), [], { cwd: options.root, env, execArgv, stdio: ["ignore", "pipe", "pipe", "ipc"], serialization: "json" });
  }

  /** Runs all cells; answers with the failure, or `null` when every cell ran. */
  async run(): Promise<ChildFailure | null> {
    const { options, child } = this;
    const killOnExit = (): void => void child.kill("SIGKILL");
    process.once("exit", killOnExit);
    const timeoutSeconds = options.timeoutSeconds ?? 60;
    const timer = setTimeout(() => this.stop("TimeLimit", `the notebook ran longer than ${timeoutSeconds} s`, "make the quick run smaller, or raise the limit"), timeoutSeconds * 1000);
    const memoryTimer = setInterval(() => this.checkMemory(), MEMORY_CHECK_MS);
    const cancel = (): void => this.stop("Cancelled", "the run was cancelled", null);
    options.signal?.addEventListener("abort", cancel);
    try {
      return await new Promise<ChildFailure | null>((resolve) => {
        this.end = resolve;
        this.listen();
        if (options.signal?.aborted) cancel();
      });
    } finally {
      this.ended = true;
      clearTimeout(timer);
      clearInterval(memoryTimer);
      options.signal?.removeEventListener("abort", cancel);
      process.removeListener("exit", killOnExit);
      child.kill("SIGKILL");
    }
  }

  private listen(): void {
    const { child, options } = this;
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (this.lastWords = (this.lastWords + chunk.toString("utf8")).slice(-MAX_LAST_WORDS)));
    child.on("message", (message: FromChild) => this.receive(message));
    child.on("error", (error) => this.end(this.failureHere("ProcessError", `the process that runs the cells failed: ${error.message}`, null)));
    // "close" comes after all output has been read, so the last words are complete.
    child.on("close", (code, signal) => this.died(code, signal));
    options.onProgress?.({ kind: "started" });
    this.tell({ type: "run", root: options.root, mode: options.mode ?? "quick", cells: this.cells });
  }

  private tell(message: ToChild): void {
    // A process that has just died cannot be told anything; its end is reported by "close".
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  private receive(message: FromChild): void {
    if (this.ended) return;
    switch (message.type) {
      case "cell-start": {
        this.current = message.index;
        this.cellStartedAt = performance.now();
        this.outputs.set(message.index, []);
        const cell = this.cells.find(({ index }) => index === message.index);
        if (cell) this.options.onProgress?.({ kind: "cell", cellNumber: cell.number, cellCount: this.cells.length, cellId: cell.id });
        return;
      }
      case "output":
        this.outputs.get(message.index)?.push(message.output);
        return;
      case "cell-end":
        this.cellSeconds.set(message.index, (performance.now() - this.cellStartedAt) / 1000);
        return;
      case "svg-request":
        this.options.renderSvg(message.figure).then(
          (svg) => this.tell({ type: "svg", request: message.request, svg, error: null }),
          (error: unknown) => this.tell({ type: "svg", request: message.request, svg: null, error: `the figure ${message.figure.id} could not be drawn: ${error instanceof Error ? error.message : String(error)}` }),
        );
        return;
      case "failed":
        this.end(message.failure);
        return;
      case "done":
        this.end(null);
    }
  }

  private stop(name: string, message: string, hint: string | null): void {
    const failure = this.failureHere(name, message, hint);
    this.outputs.get(failure.index)?.push({ output_type: "error", ename: name, evalue: message, traceback: [`${name}: ${message}`] });
    this.end(failure);
    this.child.kill("SIGKILL");
  }

  private failureHere(name: string, message: string, hint: string | null): ChildFailure {
    return { index: this.current ?? this.cells[0]?.index ?? 0, name, message, line: null, hint, traceback: [`${name}: ${message}`] };
  }

  /** Typed arrays and buffers live outside the heap that V8 limits, so the whole process is watched where the system tells its size. */
  private checkMemory(): void {
    const usedMiB = residentMiB(this.child.pid);
    const limitMiB = this.options.memoryMiB ?? 1024;
    if (usedMiB !== null && usedMiB > limitMiB + BARE_PROCESS_MIB) this.outOfMemory();
  }

  private outOfMemory(): void {
    this.stop("MemoryLimit", `the notebook used more than ${this.options.memoryMiB ?? 1024} MiB of memory`, "keep summaries instead of whole runs, or raise the limit");
  }

  private died(code: number | null, signal: string | null): void {
    if (this.ended) return;
    if (/heap out of memory|Allocation failed|invalid array length Allocation/i.test(this.lastWords)) {
      this.outOfMemory();
      return;
    }
    const how = signal ? `signal ${signal}` : `exit code ${code}`;
    const words = this.lastWords === "" ? "" : `: ${this.lastWords.trim().split("\n").slice(0, 8).join(" | ")}`;
    this.stop("ProcessDied", `the process that runs the cells ended by ${how}${words}`, null);
  }
}

function residentMiB(pid: number | undefined): number | null {
  if (pid === undefined || process.platform !== "linux") return null;
  try {
    const kibibytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) / 1024;
  } catch {
    // The process has just ended; "close" will say how.
    return null;
  }
}
