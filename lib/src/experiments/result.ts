/** What a run of an experiment gives: tidy rows, their summary, and both as tables. */
import { independentValues, summarise, SUMMARY_COLUMNS } from "../analysis/summarise";
import type { Column, Row, Table } from "../analysis/table";
import { canonicalJson, sha256Text } from "./canonical-json";
import type { Arm, ExperimentDefinition, Metric, Parameters } from "./define";
import { lookLevel, plannedLooks } from "./stop-rule";

/** How thoroughly to run: few replications for a look, many for publication. */
export type RunMode = "quick" | "full";

/** One metric of one arm over its replications. */
export interface SummaryRow {
  readonly arm: Arm;
  readonly metric: string;
  readonly unit: string | null;
  /** Replications in which the metric has a value. */
  readonly n: number;
  readonly mean: number | null;
  /** Sample standard deviation over replications; `null` below two. */
  readonly sd: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly halfWidth: number | null;
  /** The closed form or published number for this arm, where the experiment names one. */
  readonly expected: number | null;
}

/** Everything that determines the rows, and the rows. */
export interface RunFacts {
  readonly definition: ExperimentDefinition;
  readonly parameters: Parameters;
  readonly seed: number;
  readonly mode: RunMode;
  /** The arms that were run, in order. */
  readonly arms: readonly Arm[];
  /** Largest number of replications per arm; a stop rule may have ended an arm earlier. */
  readonly replications: number;
  /** Arm columns, `replication`, metrics; by arm, then replication. */
  readonly rows: readonly Row[];
}

/** The result of a run; equal facts give an equal result to the bit. */
export interface ExperimentResult extends RunFacts {
  /** Coverage of each interval: 0.95, or more where a stop rule looks several times. */
  readonly level: number;
  readonly summary: readonly SummaryRow[];
  /** SHA-256 of rows and summary: the same on every machine. */
  readonly dataHash: string;
  /** How many jobs were computed now and how many came from the store; no part of the result. */
  readonly jobs: { readonly computed: number; readonly cached: number };
  /** The rows as a table. */
  table(): Table;
  /** The summary as a long table: arm columns, metric, unit, n, mean, sd, low, high, half width, expected. */
  summaryTable(): Table;
  /** The values of a metric in one arm, one per replication (for paired comparisons between arms). */
  values(arm: Arm, metric: string): readonly number[];
}

/** Columns of the rows of an experiment: its factors, `replication`, its metrics. */
export function columnsOf(definition: ExperimentDefinition): readonly Column[] {
  const factors = definition.factors.map(({ levels: _levels, ...column }) => column);
  const replication: Column = { name: "replication", type: "integer", definition: "Number of the repetition, from 0; equal numbers share their random streams in all arms." };
  return [...factors, replication, ...definition.metrics];
}

/** Columns of the summary of an experiment. */
export function summaryColumnsOf(definition: ExperimentDefinition): readonly Column[] {
  const factors = definition.factors.map(({ levels: _levels, ...column }) => column);
  return [...factors, ...SUMMARY_COLUMNS, { name: "expected", type: "number", definition: "Closed form or published value for this arm; missing where there is none." }];
}

/** Builds the result of a run from its facts. */
export function makeResult(facts: RunFacts, jobs: ExperimentResult["jobs"]): ExperimentResult {
  const { definition } = facts;
  const level = lookLevel(plannedLooks(facts.replications, definition.stopAt !== undefined).length);
  const table: Table = Object.freeze({ name: definition.id, columns: columnsOf(definition), rows: facts.rows });
  const summary = Object.freeze(summariseRun(facts, table, level));
  const summaryTable: Table = Object.freeze({ name: `${definition.id}-summary`, columns: summaryColumnsOf(definition), rows: summary.map(flatten) });
  return Object.freeze({
    ...facts,
    level,
    summary,
    jobs,
    dataHash: sha256Text(canonicalJson({ rows: facts.rows, summary })),
    table: () => table,
    summaryTable: () => summaryTable,
    values: (arm: Arm, metric: string) => valuesOf(facts, arm, metric),
  });
}

/** The values of a metric in one arm, one per replication in order. */
export function valuesOf(facts: RunFacts, arm: Arm, metric: string): readonly number[] {
  const inArm = facts.rows.filter((row) => facts.definition.factors.every(({ name }) => row[name] === arm[name]));
  return independentValues(inArm, metric, "replication");
}

function summariseRun(facts: RunFacts, table: Table, level: number): SummaryRow[] {
  const { definition, parameters } = facts;
  const metrics = definition.metrics.filter((metric) => metric.type !== "string");
  const by = definition.factors.map((factor) => factor.name);
  const long = summarise(table, { by, metrics: metrics.map((metric) => metric.name), replication: "replication", level });
  return long.rows.map((row) => {
    const arm: Arm = Object.freeze(Object.fromEntries(by.map((name) => [name, row[name]])));
    const { metric, unit, n, mean, sd, low, high, half_width: halfWidth } = row as Record<string, never>;
    return Object.freeze({ arm, metric, unit, n, mean, sd, low, high, halfWidth, expected: expectedIn(definition, metric, arm, parameters) });
  });
}

function expectedIn(definition: ExperimentDefinition, metric: Metric["name"], arm: Arm, parameters: Parameters): number | null {
  return definition.oracle?.metric === metric ? definition.oracle.expected(arm, parameters) : null;
}

function flatten({ arm, halfWidth, ...rest }: SummaryRow): Row {
  return Object.freeze({ ...arm, ...rest, half_width: halfWidth });
}
