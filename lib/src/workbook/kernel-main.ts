/** Starts the Jupyter kernel in this process: working folder, host, streams, and guards against what would end it in silence. */
import * as jupyter from "tslab/dist/jupyter";
import type { Figure } from "../figures/figure";
import type { StepFigure } from "../figures/step-player";
import { installHost } from "../notebook/host";
import { createCellEngine } from "./cell-engine";
import type { CellEngine } from "./cell-engine";
import { exitError, lateError } from "./cell-result";
import { KernelServer } from "./kernel";

/** Options of {@link startKernel}. */
export interface KernelOptions {
  /** Connection file that Jupyter wrote. */
  readonly connectionFile: string;
  /** Root folder of the workbook; the kernel works there, wherever the notebook lies. */
  readonly root: string;
  /** Draws a figure; first called for the first figure, so that a browser may be started lazily. Without it figures have no drawing. */
  readonly renderSvg?: (figure: Figure | StepFigure) => Promise<string | null>;
}

const PARENT_CHECK_MS = 2000;

/**
 * Serves a Jupyter front end until it asks for shutdown or disappears.
 *
 * @returns when the sockets are bound
 */
export async function startKernel(options: KernelOptions): Promise<void> {
  process.chdir(options.root);
  const engine = createCellEngine();
  const server = new KernelServer(engine, options.connectionFile);
  guardProcess(engine, server);
  installHost({
    kind: "jupyter",
    mode: "quick",
    root: options.root,
    display: (bundle) => server.display({ data: bundle }),
    renderSvg: options.renderSvg ?? (async () => null),
  });
  // tslab's own display functions write here.
  (jupyter as { lastWriteDisplayData: unknown }).lastWriteDisplayData = server.display.bind(server);
  captureStreams(server);
  await server.init();
}

function captureStreams(server: KernelServer): void {
  for (const name of ["stdout", "stderr"] as const) {
    const decoder = new TextDecoder();
    process[name].write = ((chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
      server.stream(name, typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }));
      const callback = typeof encoding === "function" ? encoding : done;
      if (typeof callback === "function") process.nextTick(callback as () => void);
      return true;
    }) as typeof process.stdout.write;
  }
}

function guardProcess(engine: CellEngine, server: KernelServer): void {
  const exitProcess = process.exit.bind(process);
  process.exit = ((code?: unknown): never => {
    throw exitError(code);
  }) as typeof process.exit;
  process.on("unhandledRejection", (reason) => server.report(lateError("UnhandledRejection", engine.describe(reason))));
  process.on("uncaughtException", (thrown) => server.report(lateError("LateError", engine.describe(thrown))));
  process.on("SIGINT", () => engine.executor.interrupt());
  // A front end that was killed cannot ask for shutdown.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && exitProcess(0), PARENT_CHECK_MS).unref();
  const close = server.close.bind(server);
  server.close = () => {
    close();
    // Timers of cells must not keep a kernel alive that has been asked to end; the delay lets the last answers leave.
    setTimeout(() => exitProcess(0), 100);
  };
}
