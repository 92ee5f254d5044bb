/**
 * An experiment is a frozen value: the question, the factors and their levels, the metrics with unit and definition, and a pure
 * function from (arm, replication) to tidy rows. How it is repeated, cached, summarised and exported is the business of others.
 */
import type { Cell, Column, Row } from "../analysis/table";
import type { RandomStream } from "../simulation/random";
import { ParameterError } from "../errors";

/** A value that a user may set: one number, text or truth value. */
export type ParameterValue = number | string | boolean;

/** The parameters of an experiment or of one run of it. */
export type Parameters = Readonly<Record<string, ParameterValue | readonly number[]>>;

/** What is varied: a column of the result with its levels. */
export interface Factor extends Column {
  readonly levels: readonly Cell[];
}

/** What is measured: a column of the result. */
export interface Metric extends Column {
  /** One sentence that says exactly what is counted or timed. */
  readonly definition: string;
}

/** One cell of the design: a level for every factor, by column name. */
export type Arm = Row;

/** Levels by the name of their factor. */
export type Levels = Readonly<Record<string, readonly Cell[]>>;

/** The closed form or published number that a metric is held against. */
export interface Oracle {
  readonly metric: string;
  /** Where the number comes from: paper and figure, or row of the figures file. */
  readonly source: string;
  /** Expected value in an arm, or `null` where nothing is published. */
  readonly expected: (arm: Arm, parameters: Parameters) => number | null;
  /** Accepted relative difference. */
  readonly tolerance: number;
}

/** What `run` of an experiment may use. Equal (seed, replication, name, node) give equal draws in every arm: common random numbers. */
export interface RunContext {
  readonly replication: number;
  readonly seed: number;
  readonly parameters: Parameters;
  random(name: string, node?: number): RandomStream;
}

/** The definition of an experiment; see the fields. */
export interface ExperimentDefinition {
  /** Unique, lower-case letters, digits and dashes; names the export's folder. */
  readonly id: string;
  /** What it answers, as a question. */
  readonly question: string;
  /** The section of the textbook: "K&R 2.5". */
  readonly section: string;
  /** Defaults of the parameters that all arms share, units in the names. */
  readonly parameters: Parameters;
  readonly factors: readonly Factor[];
  /** The arms made from the levels of each factor (the experiment's own, or those that a user asks for), if they are not every combination. */
  readonly arms?: (parameters: Parameters, levels: Levels) => readonly Arm[];
  /** Default seed. */
  readonly seed: number;
  readonly replications: { readonly quick: number; readonly full: number };
  readonly metrics: readonly Metric[];
  readonly oracle?: Oracle;
  /** Stop repeating an arm when the 95 % half-width of this metric falls below this share of its mean (checked at 10, 20, 40, ... replications). */
  readonly stopAt?: { readonly metric: string; readonly relativeHalfWidth: number };
  /** Pure: the same arm, replication and seed give the same rows. Each row holds the metrics; the runner adds the arm and the replication. */
  readonly run: (arm: Arm, context: RunContext) => readonly Row[];
}

const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const COLUMN = /^[a-z][a-z0-9_]*$/;

/**
 * Checks and freezes an experiment.
 *
 * @throws ParameterError when an id, column name, definition or count is missing or malformed
 */
export function defineExperiment(definition: ExperimentDefinition): ExperimentDefinition {
  const refuse = (what: string, got: unknown, expected: string): never => {
    throw new ParameterError({ what, got, expected, where: `experiment ${definition.id}` });
  };
  if (!ID.test(definition.id)) refuse("bad experiment id", definition.id, "lower-case words joined by dashes");
  if (definition.metrics.length === 0) refuse("experiment without metrics", definition.metrics, "at least one metric");
  const names = new Set<string>(["replication"]);
  for (const column of [...definition.factors, ...definition.metrics]) {
    if (!COLUMN.test(column.name)) refuse("bad column name", column.name, "lower-case letters, digits and underscores");
    if (names.has(column.name)) refuse("column named twice", column.name, "distinct names, none of them 'replication'");
    names.add(column.name);
  }
  for (const metric of definition.metrics) if (!metric.definition) refuse("metric without definition", metric.name, "one sentence");
  for (const mode of ["quick", "full"] as const) {
    const count = definition.replications[mode];
    if (!Number.isInteger(count) || count < 1) refuse(`bad number of ${mode} replications`, count, "a whole number >= 1");
  }
  return deepFreeze({ ...definition });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}

/**
 * The arms of an experiment: its own list, or every combination of the levels, last factor fastest.
 *
 * @param levels levels to use instead of the experiment's own, by factor
 */
export function armsOf(definition: ExperimentDefinition, parameters: Parameters, levels: Levels = {}): readonly Arm[] {
  const all: Levels = Object.fromEntries(definition.factors.map((factor) => [factor.name, levels[factor.name] ?? factor.levels]));
  if (definition.arms) return definition.arms(parameters, all);
  let arms: Arm[] = [{}];
  for (const factor of definition.factors) {
    arms = arms.flatMap((arm) => all[factor.name].map((level) => ({ ...arm, [factor.name]: level })));
  }
  return arms;
}
