/**
 * Runs an experiment: arms times replications, each an independent job. The result depends on definition, parameters, seed, arms and
 * replications only: not on the order in which jobs run, nor on which of them come from a store.
 */
import { independentValues } from "../analysis/summarise";
import type { Row } from "../analysis/table";
import { ParameterError, checkNumber } from "../errors";
import { checkParameters, checkRows, chooseArms, type ArmChoice } from "./checks";
import type { Arm, ExperimentDefinition, Parameters } from "./define";
import { describeJob, jobId, runJob, type Job, type JobStore } from "./job";
import { makeResult, type ExperimentResult, type RunMode } from "./result";
import { lookLevel, narrowEnough, plannedLooks } from "./stop-rule";

/** How far a run is. */
export interface RunProgress {
  readonly experiment: string;
  /** Jobs finished, computed or from the store. */
  readonly done: number;
  /** Jobs planned so far; a stop rule may need fewer. */
  readonly planned: number;
  readonly cached: number;
}

/** How to run an experiment. */
export interface RunOptions extends ArmChoice {
  /** A whole number 0..2^53-1; the experiment's own by default. */
  readonly seed?: number;
  /** "quick" by default. */
  readonly mode?: RunMode;
  /** Values put over the experiment's defaults. */
  readonly parameters?: Parameters;
  /** Replications per arm, 1..100,000; those of the mode by default. With a stop rule, the most. */
  readonly replications?: number;
  /** Keeps finished jobs between runs. */
  readonly store?: JobStore;
  /** Called after every job. */
  readonly onProgress?: (progress: RunProgress) => void;
  /** The order in which to run the jobs of a stage, as a permutation of 0..count-1. The result does not depend on it. */
  readonly schedule?: (count: number) => readonly number[];
}

/**
 * Runs an experiment and summarises it.
 *
 * @param definition made by `defineExperiment`
 * @param options seed, mode, parameters, arms or levels, replications, store, progress
 * @throws ParameterError for an unknown parameter, factor, level or arm (with the nearest known name), or a value out of range
 * @throws InvariantError when a run returns something else than its metrics, naming arm, replication and metric
 */
export function runExperiment(definition: ExperimentDefinition, options: RunOptions = {}): ExperimentResult {
  const mode = options.mode ?? "quick";
  if (mode !== "quick" && mode !== "full") throw new ParameterError({ what: "unknown mode", got: mode, expected: "quick or full", where: `experiment ${definition.id}` });
  const seed = checkNumber("seed", options.seed ?? definition.seed, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true });
  const replications = checkNumber("replications", options.replications ?? definition.replications[mode], { min: 1, max: 100_000, integer: true });
  const parameters = checkParameters(definition, options.parameters);
  checkReferences(definition);
  const arms = chooseArms(definition, parameters, options);
  const runner = new Runner(definition, parameters, seed, options);
  const byArm = runner.runArms(arms, replications);
  const rows = Object.freeze(byArm.flatMap((runs, index) => runs.flatMap((run, replication) => run.map((row) => Object.freeze({ ...arms[index], replication, ...row })))));
  return makeResult({ definition, parameters, seed, mode, arms, replications, rows }, { computed: runner.computed, cached: runner.cached });
}

/** The metrics that the stop rule and the oracle speak of must exist and be numbers. */
function checkReferences(definition: ExperimentDefinition): void {
  for (const [role, name] of [["stop rule", definition.stopAt?.metric], ["oracle", definition.oracle?.metric]] as const) {
    if (name === undefined) continue;
    const metric = definition.metrics.find((candidate) => candidate.name === name);
    if (metric === undefined || metric.type === "string") {
      const numeric = definition.metrics.filter((each) => each.type !== "string").map((each) => each.name);
      throw new ParameterError({ what: `${role} on an unknown metric`, got: name, expected: `one of ${numeric.join(", ")}`, where: `experiment ${definition.id}` });
    }
  }
  if (definition.stopAt) checkNumber("relativeHalfWidth", definition.stopAt.relativeHalfWidth, { min: 0, exclusiveMin: true, max: 10 });
}

class Runner {
  computed = 0;
  cached = 0;
  private planned = 0;

  constructor(
    private readonly definition: ExperimentDefinition,
    private readonly parameters: Parameters,
    private readonly seed: number,
    private readonly options: RunOptions,
  ) {}

  /** Runs all arms look by look; an arm that is known well enough drops out. Answers rows by arm and replication. */
  runArms(arms: readonly Arm[], most: number): readonly (readonly Row[])[][] {
    const results: (readonly Row[])[][] = arms.map(() => []);
    const looks = plannedLooks(most, this.definition.stopAt !== undefined);
    let open = arms.map((_, index) => index);
    let from = 0;
    for (const look of looks) {
      this.runStage(arms, open, from, look, results);
      open = open.filter((index) => !this.mayStop(results[index], lookLevel(looks.length)));
      from = look;
    }
    return results;
  }

  private runStage(arms: readonly Arm[], open: readonly number[], from: number, to: number, results: (readonly Row[])[][]): void {
    const jobs = open.flatMap((index) => Array.from({ length: to - from }, (_, step) => ({ index, job: this.job(arms[index], from + step) })));
    this.planned += jobs.length;
    for (const place of this.order(jobs.length)) {
      const { index, job } = jobs[place];
      results[index][job.replication] = this.rowsOf(job);
      this.options.onProgress?.({ experiment: this.definition.id, done: this.computed + this.cached, planned: this.planned, cached: this.cached });
    }
  }

  private job(arm: Arm, replication: number): Job {
    return { arm, replication, seed: this.seed, parameters: this.parameters };
  }

  private order(count: number): readonly number[] {
    const natural = Array.from({ length: count }, (_, place) => place);
    const order = this.options.schedule?.(count) ?? natural;
    const complete = order.length === count && [...order].sort((a, b) => a - b).every((place, index) => place === index);
    if (!complete) throw new ParameterError({ what: "schedule is no permutation", got: order, expected: `each of 0..${count - 1} once`, where: "parameter schedule" });
    return order;
  }

  private rowsOf(job: Job): readonly Row[] {
    const { store } = this.options;
    if (store === undefined) {
      this.computed += 1;
      return runJob(this.definition, job);
    }
    const id = jobId(store.codeVersion, this.definition, job);
    const stored = store.get(id);
    if (stored !== undefined) {
      this.cached += 1;
      return checkRows(this.definition, stored, `stored result of ${describeJob(this.definition, job)}`);
    }
    const rows = runJob(this.definition, job);
    store.put(id, rows);
    this.computed += 1;
    return rows;
  }

  private mayStop(runs: readonly (readonly Row[])[], level: number): boolean {
    const { stopAt } = this.definition;
    if (stopAt === undefined) return false;
    const values = independentValues(runs.flatMap((rows, replication) => rows.map((row) => ({ ...row, replication }))), stopAt.metric, "replication");
    return narrowEnough(values, stopAt.relativeHalfWidth, level);
  }
}
