/** Runs an experiment from a notebook cell: replications for the mode of the run, finished jobs kept between runs, one line of output. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ExperimentDefinition, Parameters } from "../experiments/define";
import type { ArmChoice } from "../experiments/checks";
import type { ExperimentResult, RunMode } from "../experiments/result";
import { runExperiment } from "../experiments/run";
import { html } from "../html";
import { codeVersion } from "../results/provenance";
import { ResultStore } from "../results/store";
import { EXPERIMENT_MIME, currentHost } from "./host";

/** What a cell may choose; the number of replications follows from the mode unless given. */
export interface NotebookExperimentOptions extends ArmChoice {
  readonly seed?: number;
  readonly parameters?: Parameters;
  readonly replications?: number;
  /** Files that the parameters were read from, relative to the workbook's root: they are named and hashed in the export. */
  readonly inputs?: readonly string[];
}

/** What the runner needs to export the result: the result follows from it to the bit. */
export interface ExperimentRun {
  readonly experiment: string;
  readonly seed: number;
  readonly mode: RunMode;
  readonly options: NotebookExperimentOptions;
  readonly dataHash: string;
}

/**
 * Runs an experiment and notes it for the export.
 *
 * @param definition made by `defineExperiment`
 * @param options seed, parameters, levels or arms, replications, input files
 * @returns rows, summary with 95 % intervals, and both as tables
 * @throws ParameterError for an unknown parameter or level, or a value out of range
 */
export function experiment(definition: ExperimentDefinition, options: NotebookExperimentOptions = {}): ExperimentResult {
  const host = currentHost();
  const cache = join(host.root, "build", "cache");
  const { inputs: _inputs, ...choice } = options;
  const store = existsSync(cache) ? new ResultStore(join(cache, "results"), codeVersion()) : undefined;
  const result = runExperiment(definition, { ...choice, mode: host.mode, store });
  const record: ExperimentRun = { experiment: definition.id, seed: result.seed, mode: result.mode, options, dataHash: result.dataHash };
  const runs = new Set(result.rows.map((row) => JSON.stringify([...definition.factors.map((factor) => row[factor.name]), row.replication]))).size;
  const text = `${definition.question} ${result.arms.length} arms, ${runs} runs, seed ${result.seed}; exported as ${definition.id}.`;
  host.display({ "text/html": String(html`<p class="ol-experiment">${text}</p>`), "text/plain": text, [EXPERIMENT_MIME]: record });
  return result;
}
