/** The program that `bit-exact` starts under each version of Node: prints the data hash of every experiment as JSON. */
import { EXPERIMENTS } from "../experiments/registry";
import { runExperiment } from "../experiments/run";
import type { ExperimentDefinition } from "../experiments/define";

/**
 * Runs experiments in quick mode, without any cache.
 *
 * @returns data hash by experiment id
 */
export function quickHashes(experiments: readonly ExperimentDefinition[] = EXPERIMENTS): Readonly<Record<string, string>> {
  return Object.fromEntries(experiments.map((definition) => [definition.id, runExperiment(definition, { mode: "quick" }).dataHash]));
}

if (require.main === module) process.stdout.write(`${JSON.stringify(quickHashes())}\n`);
