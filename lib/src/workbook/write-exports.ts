/** Exports every experiment that the notebooks ran, with the figures drawn from it and the claims made of it. */
import { join } from "node:path";
import { experimentById } from "../experiments/registry";
import { runExperiment } from "../experiments/run";
import { InvariantError } from "../errors";
import type { ClaimRecord } from "../notebook/claim-record";
import type { ExperimentRun } from "../notebook/experiment";
import { exportExperiment } from "../results/export";
import { codeVersion, gatherProvenance } from "../results/provenance";
import { ResultStore } from "../results/store";
import type { BatchRun } from "./run-notebooks";

/**
 * Writes the exports; the finished jobs come from the store that the notebooks filled.
 *
 * @param root root folder of the workbook
 * @param folder folder of all exports
 * @param runs finished runs of notebooks
 * @param command the command that reproduces the results
 * @returns the folders written, one per experiment
 * @throws InvariantError when an experiment does not give the rows that the notebook showed
 */
export function writeExports(root: string, folder: string, runs: readonly BatchRun[], command: string): readonly string[] {
  const store = new ResultStore(join(root, "build", "cache", "results"), codeVersion());
  const written = new Map<string, string>();
  for (const { run, figures } of runs) {
    const records = run.experiments as unknown as readonly ExperimentRun[];
    for (const record of lastOfEach(records)) {
      const { inputs = [], ...choice } = record.options;
      const result = runExperiment(experimentById(record.experiment), { ...choice, seed: record.seed, mode: record.mode, store });
      if (result.dataHash !== record.dataHash) {
        throw new InvariantError({ what: "an experiment did not repeat", got: result.dataHash, expected: record.dataHash, where: `${run.path}, experiment ${record.experiment}` });
      }
      const own = figures.filter((figure) => ownerOf(figure.table, records) === record.experiment);
      const claims: readonly ClaimRecord[] = run.claims;
      written.set(record.experiment, exportExperiment(result, { dir: folder, figures: own, provenance: gatherProvenance(root, command, inputs), claims }));
    }
  }
  return [...written.values()];
}

/** A cell may run an experiment again with other options: the last run is the one exported under its name. */
function lastOfEach(records: readonly ExperimentRun[]): readonly ExperimentRun[] {
  return [...new Map(records.map((record) => [record.experiment, record])).values()];
}

/** A figure belongs to the experiment whose id is the longest beginning of the name of its table. */
function ownerOf(table: string, records: readonly ExperimentRun[]): string | undefined {
  return records
    .map((record) => record.experiment)
    .filter((id) => table === id || table.startsWith(`${id}-`))
    .sort((a, b) => b.length - a.length)[0];
}
