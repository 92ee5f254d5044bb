/**
 * A job is one replication of one arm: the unit that is run, cached and repeated. Its id is the hash of everything its result depends on,
 * so any machine, in any order, computes the same rows under the same id.
 */
import { RandomStream } from "../simulation/random";
import type { Row } from "../analysis/table";
import { InvariantError, LimitError, OverlayLabError, ParameterError, ParseError, showValue } from "../errors";
import { canonicalJson, sha256Text } from "./canonical-json";
import { checkRows } from "./checks";
import type { Arm, ExperimentDefinition, Parameters, RunContext } from "./define";

/** One replication of one arm. */
export interface Job {
  readonly arm: Arm;
  readonly replication: number;
  readonly seed: number;
  readonly parameters: Parameters;
}

/** Where finished jobs are kept between runs; given by the caller, because the core knows no files. */
export interface JobStore {
  /** Hash of the library's code: other code, other results. */
  readonly codeVersion: string;
  /** The rows stored under an id, or `undefined` if there are none that can be trusted. */
  get(id: string): readonly Row[] | undefined;
  put(id: string, rows: readonly Row[]): void;
}

/**
 * The id of a job: SHA-256 of the canonical JSON of code version, experiment, parameters, seed, arm and replication. The text of `run` is
 * hashed too, so that an experiment edited in a notebook never meets the results of its former self.
 */
export function jobId(codeVersion: string, definition: ExperimentDefinition, job: Job): string {
  const run = sha256Text(String(definition.run));
  return sha256Text(canonicalJson({ codeVersion, experiment: definition.id, run, ...job }));
}

/**
 * Runs one job and checks what it returns.
 *
 * @returns its rows: metrics only, complete, typed, frozen, -0 written as 0
 * @throws InvariantError when a metric is missing or malformed, or `run` fails by itself; ParameterError or LimitError when `run` refuses its input.
 *   Each names experiment, arm, replication and seed.
 */
export function runJob(definition: ExperimentDefinition, job: Job): readonly Row[] {
  const where = describeJob(definition, job);
  let returned: unknown;
  try {
    returned = definition.run(job.arm, runContext(job));
  } catch (error) {
    throw atJob(error, where);
  }
  return checkRows(definition, returned, where);
}

/** The address of a job in error messages. */
export function describeJob(definition: ExperimentDefinition, job: Job): string {
  return `experiment ${definition.id}, arm ${showValue(job.arm)}, replication ${job.replication}, seed ${job.seed}`;
}

/** Streams are kept for the length of the run: asking again for the same name and node goes on where the first left off. */
function runContext(job: Job): RunContext {
  const streams = new Map<string, RandomStream>();
  return {
    replication: job.replication,
    seed: job.seed,
    parameters: job.parameters,
    random(name, node = 0) {
      const key = `${node}/${name}`;
      const stream = streams.get(key) ?? new RandomStream({ seed: job.seed, replication: job.replication, name, node });
      streams.set(key, stream);
      return stream;
    },
  };
}

function atJob(error: unknown, where: string): OverlayLabError {
  const message = error instanceof Error ? error.message : showValue(error);
  const facts = { what: message, where };
  // A malformed input stays one, or a reader's typing error would be called a defect of the library.
  if (error instanceof ParseError) {
    const place = (error.facts.where ?? "").replace(/(, )?byte \d+$/, "");
    return Object.assign(new ParseError({ ...error.facts, where: place === "" ? where : `${place}, ${where}`, offset: error.offset }), { cause: error });
  }
  const wrapped = error instanceof ParameterError ? new ParameterError(facts) : error instanceof LimitError ? new LimitError(facts) : new InvariantError(facts);
  wrapped.cause = error;
  return wrapped;
}
