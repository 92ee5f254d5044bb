/** What running a notebook gives, and the messages between the runner and the process that runs the cells. */
import type { Figure } from "../figures/figure";
import type { StepFigure } from "../figures/step-player";
import type { ClaimRecord } from "../notebook/claim-record";
import type { Notebook, Output } from "./notebook-file";

/** The record of an experiment's run as the cell displayed it; its fields belong to the experiments. */
export type ExperimentRecord = Readonly<Record<string, unknown>>;

/** The first failure of a notebook; later cells have not run. */
export interface RunFailure {
  /** Position among all cells, from 0. */
  readonly cellIndex: number;
  /** Number among the code cells, from 1, as `In [n]` shows it; 0 when the notebook did not start. */
  readonly cellNumber: number;
  readonly cellId: string;
  /** The source of the failing cell. */
  readonly source: string;
  /** Line of the cell, from 1; `null` when unknown. */
  readonly line: number | null;
  /** Kind of failure: the error's name, "TypeScript", "UnhandledRejection", "TimeLimit", "MemoryLimit", "ProcessExit", ... */
  readonly name: string;
  readonly message: string;
  readonly hint: string | null;
  readonly traceback: readonly string[];
}

/** State of a cell after the run. */
export interface CellRun {
  readonly cellIndex: number;
  readonly cellId: string;
  readonly state: "ran" | "failed" | "not run";
  readonly seconds: number;
}

/** A run notebook. */
export interface NotebookRun {
  /** Path of the notebook relative to the root, with `/`. */
  readonly path: string;
  readonly ok: boolean;
  readonly seconds: number;
  /** The code cells in order. */
  readonly cells: readonly CellRun[];
  readonly claims: readonly ClaimRecord[];
  readonly experiments: readonly ExperimentRecord[];
  /** Canonical, with outputs; after a failure up to and including the failing cell. */
  readonly executed: Notebook;
  readonly failure: RunFailure | null;
}

/** What the runner reports while it works. */
export type RunProgress = { readonly kind: "started" } | { readonly kind: "cell"; readonly cellNumber: number; readonly cellCount: number; readonly cellId: string };

/** A code cell as sent to the process that runs it. */
export interface CellJob {
  readonly index: number;
  readonly number: number;
  readonly id: string;
  readonly source: string;
}

/** A failure as the process reports it. */
export interface ChildFailure {
  readonly index: number;
  readonly name: string;
  readonly message: string;
  readonly line: number | null;
  readonly hint: string | null;
  readonly traceback: readonly string[];
}

/** Runner to process. */
export type ToChild =
  | { readonly type: "run"; readonly root: string; readonly mode: "quick" | "full"; readonly cells: readonly CellJob[] }
  | { readonly type: "svg"; readonly request: number; readonly svg: string | null; readonly error: string | null };

/** Process to runner. */
export type FromChild =
  | { readonly type: "cell-start"; readonly index: number }
  | { readonly type: "output"; readonly index: number; readonly output: Output }
  | { readonly type: "cell-end"; readonly index: number }
  | { readonly type: "svg-request"; readonly request: number; readonly figure: Figure | StepFigure }
  | { readonly type: "failed"; readonly failure: ChildFailure }
  | { readonly type: "done" };
