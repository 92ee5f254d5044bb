/** Puts together what one run gave: the executed notebook in canonical form, claims, records and the failure with its cell. */
import type { ClaimRecord } from "../notebook/claim-record";
import { CLAIM_MIME, EXPERIMENT_MIME } from "../notebook/host";
import { canonicalNotebook, pathCleaner } from "./canonical-notebook";
import type { Notebook, NotebookCell, Output } from "./notebook-file";
import type { CellJob, CellRun, ChildFailure, ExperimentRecord, NotebookRun, RunFailure } from "./notebook-run";

/** What the runner has gathered. */
export interface RunParts {
  readonly root: string;
  readonly path: string;
  /** The notebook as it ran, with injected parameters. */
  readonly notebook: Notebook;
  readonly cells: readonly CellJob[];
  readonly failure: ChildFailure | null;
  readonly seconds: number;
  /** Outputs by cell index; a cell that did not start has no entry. */
  readonly outputs: ReadonlyMap<number, readonly Output[]>;
  /** Seconds by cell index; a cell that did not end well has no entry. */
  readonly cellSeconds: ReadonlyMap<number, number>;
}

/** The result of a run. A cell without an end, and an output that may not be stored, are failures too. */
export function assembleRun(parts: RunParts): NotebookRun {
  const { root, path, cells, outputs, cellSeconds } = parts;
  const { notebook, failure } = store(executedNotebook(parts), parts, parts.failure ?? notRun(parts));
  const runs = cells.map(({ index, id }): CellRun => ({ cellIndex: index, cellId: id, state: failure?.index === index ? "failed" : cellSeconds.has(index) ? "ran" : "not run", seconds: cellSeconds.get(index) ?? 0 }));
  const records = <T>(mime: string): T[] => cells.flatMap(({ index }) => (outputs.get(index) ?? []).flatMap((output) => (output.output_type === "display_data" && mime in output.data ? [output.data[mime] as T] : [])));
  const claims = records<ClaimRecord>(CLAIM_MIME).map((claim) => ({ ...claim, notebook: path }));
  const experiments = records<ExperimentRecord>(EXPERIMENT_MIME);
  return { path, ok: failure === null, seconds: parts.seconds, cells: runs, claims, experiments, executed: notebook, failure: failure && describeFailure(failure, parts, pathCleaner(root)) };
}

function notRun({ cells, cellSeconds }: RunParts): ChildFailure | null {
  const missing = cells.find(({ index }) => !cellSeconds.has(index));
  return missing ? failureAt(missing.index, "CellNotRun", "the cell did not run") : null;
}

function failureAt(index: number, name: string, message: string): ChildFailure {
  return { index, name, message, line: null, hint: null, traceback: [`${name}: ${message}`] };
}

function executedNotebook({ notebook, cells, outputs }: RunParts): Notebook {
  const numbers = new Map(cells.map(({ index, number }) => [index, number]));
  const executed = notebook.cells.map((cell, index): NotebookCell => {
    if (cell.cell_type !== "code") return cell;
    const own = outputs.get(index);
    return { ...cell, execution_count: own ? numbers.get(index) ?? null : null, outputs: (own ?? []).map(withoutRecords) };
  });
  return { ...notebook, cells: executed };
}

/** Whole result sets travel to the exports, not into the notebook file. */
function withoutRecords(output: Output): Output {
  if (output.output_type !== "display_data" || !(EXPERIMENT_MIME in output.data)) return output;
  return { ...output, data: Object.fromEntries(Object.entries(output.data).filter(([mime]) => mime !== EXPERIMENT_MIME)) };
}

/** The canonical form; where an output may not be stored (a script), the cell's outputs are left out and the run fails there. */
function store(executed: Notebook, { root, path }: RunParts, failure: ChildFailure | null): { notebook: Notebook; failure: ChildFailure | null } {
  let found = failure;
  const cells = executed.cells.map((cell, index): NotebookCell => {
    try {
      canonicalNotebook({ ...executed, cells: [cell] }, { root, path });
      return cell;
    } catch (error) {
      found ??= failureAt(index, "NotebookError", (error as Error).message);
      return { ...cell, outputs: [] };
    }
  });
  return { notebook: canonicalNotebook({ ...executed, cells }, { root, path }), failure: found };
}

function describeFailure(failure: ChildFailure, { notebook, cells }: RunParts, clean: (text: string) => string): RunFailure {
  const { index, ...rest } = failure;
  const cell = notebook.cells[index];
  const cellNumber = cells.find((job) => job.index === index)?.number ?? 0;
  return { ...rest, message: clean(rest.message), traceback: rest.traceback.map(clean), cellIndex: index, cellNumber, cellId: cell?.id ?? "", source: cell?.source ?? "" };
}
