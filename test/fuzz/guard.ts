/**
 * Runs a parser test in a worker thread and watches it: an input that keeps the parser busy for longer than anybody would wait is a
 * hang, and the test then fails with the number of that input instead of never ending.
 */
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { ParseError } from "overlay-lab/dist/errors";

/** What a target found; plain values, so that they can leave the worker. */
export interface FuzzReport {
  readonly inputs: number;
  readonly accepted: number;
  /** The different kinds of error seen. */
  readonly kindsOfRefusal: readonly string[];
}

/** A module whose `run` tries all inputs, calls `onInput` before each, and throws at the first that breaks a rule. */
export interface FuzzTarget {
  run(onInput: (index: number) => void): FuzzReport;
}

/**
 * @param file path of a compiled module that is a {@link FuzzTarget}
 * @param patienceMs how long one input may take before it counts as a hang; far more than any should need
 * @returns its report
 * @throws what the target throws, or an error that names the input on which it hung
 */
export function runTarget(file: string, patienceMs = 20_000): Promise<FuzzReport> {
  const progress = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(join(__dirname, "guard-worker.js"), { workerData: { file, progress } });
  return new Promise((resolve, reject) => {
    let last = -1;
    const watch = setInterval(() => {
      const now = Atomics.load(progress, 0);
      if (now === last) finish(() => reject(new Error(`input ${now} is not done after ${patienceMs / 1000} s`)));
      last = now;
    }, patienceMs);
    const finish = (settle: () => void) => {
      clearInterval(watch);
      void worker.terminate();
      settle();
    };
    worker.once("message", (report: FuzzReport) => finish(() => resolve(report)));
    worker.once("error", (error) => finish(() => reject(error)));
    worker.once("exit", (code) => finish(() => reject(new Error(`the worker ended with code ${code} and no report`))));
  });
}

/** What kind of refusal an error is: what failed and what was expected, without the numbers and values of the case. */
export function kindOfRefusal(error: ParseError): string {
  return `${error.facts.what.replace(/".*/s, "")}; ${error.facts.expected ?? ""}`.replace(/\d+/g, "#");
}
