import assert from "node:assert/strict";
import { test } from "node:test";
import type { Row } from "overlay-lab/dist/analysis/table";
import { defineExperiment, type ExperimentDefinition } from "overlay-lab/dist/experiments/define";
import { jobId, runJob, type JobStore } from "overlay-lab/dist/experiments/job";
import { runExperiment } from "overlay-lab/dist/experiments/run";
import { InvariantError, LimitError, ParameterError, ParseError } from "overlay-lab/dist/errors";
import { RandomStream } from "overlay-lab/dist/simulation/random";
import { UNIFORM_MEAN } from "../fixtures/uniform-mean";

/** A store in memory that counts its answers. */
class MemoryStore implements JobStore {
  readonly codeVersion = "c0de";
  readonly entries = new Map<string, readonly Row[]>();
  get(id: string): readonly Row[] | undefined {
    return this.entries.get(id);
  }
  put(id: string, rows: readonly Row[]): void {
    this.entries.set(id, JSON.parse(JSON.stringify(rows)) as Row[]);
  }
}

const JOB = { arm: { draws: 1, kind: "plain" }, replication: 0, seed: 7, parameters: { shift: 0 } };

test("rows are tidy: arm, replication, metrics, by arm and then replication", () => {
  const result = runExperiment(UNIFORM_MEAN, { replications: 3 });
  assert.equal(result.rows.length, 6 * 3);
  assert.deepEqual(Object.keys(result.rows[0]), ["draws", "kind", "replication", "sample_mean", "above_half", "note"]);
  assert.deepEqual(result.rows.map((row) => row.replication).slice(0, 6), [0, 1, 2, 0, 1, 2]);
  assert.deepEqual(result.table().columns.map((column) => column.name), Object.keys(result.rows[0]));
});

test("the mean of uniform draws is one half within its interval, which narrows with the number of draws", () => {
  const { summary } = runExperiment(UNIFORM_MEAN, { replications: 400 });
  const means = summary.filter((row) => row.metric === "sample_mean" && row.arm.kind === "plain");
  for (const row of means) {
    // Standard error of a mean of 400 means of n draws, from the closed form.
    const standardError = Math.sqrt(1 / (12 * (row.arm.draws as number) * 400));
    assert.ok(Math.abs((row.mean as number) - 0.5) < 4 * standardError, JSON.stringify(row));
    assert.ok(Math.abs((row.halfWidth as number) / (1.966 * standardError) - 1) < 0.15);
    assert.equal(row.expected, 0.5);
  }
  assert.equal(means.length, 3);
});

test("arms share their random streams: mirrored draws average to one half with the plain ones, replication by replication", () => {
  const result = runExperiment(UNIFORM_MEAN, { replications: 5 });
  const plain = result.values({ draws: 10, kind: "plain" }, "sample_mean");
  const mirrored = result.values({ draws: 10, kind: "=mirrored" }, "sample_mean");
  plain.forEach((value, index) => assert.ok(Math.abs(value + mirrored[index] - 1) < 1e-12));
  const first = new RandomStream({ seed: 7, replication: 0, name: "draws", node: 0 }).uniform();
  assert.equal(result.values({ draws: 1, kind: "plain" }, "sample_mean")[0], first);
});

test("a stream asked for twice in a run goes on instead of repeating itself", () => {
  const twice = defineExperiment({ ...UNIFORM_MEAN, id: "twice", factors: [], run: ({}, { random }) => [{ sample_mean: random("a").uniform() - random("a").uniform(), above_half: true, note: null }] });
  assert.ok(runExperiment(twice).rows.every((row) => row.sample_mean !== 0));
});

test("the result does not depend on the order of jobs, nor on a store, full or empty", () => {
  const plain = runExperiment(UNIFORM_MEAN);
  const shuffle = (seed: number) => (count: number) => new RandomStream({ seed, name: "order" }).shuffle(Array.from({ length: count }, (_, index) => index));
  const store = new MemoryStore();
  const runs = [
    runExperiment(UNIFORM_MEAN, { schedule: shuffle(1) }),
    runExperiment(UNIFORM_MEAN, { store, schedule: shuffle(2), arms: [{ draws: 10, kind: "plain" }] }),
    runExperiment(UNIFORM_MEAN, { store, schedule: shuffle(3) }),
    runExperiment(UNIFORM_MEAN, { store }),
  ];
  assert.deepEqual(runs.map((run) => run.jobs), [{ computed: 120, cached: 0 }, { computed: 20, cached: 0 }, { computed: 100, cached: 20 }, { computed: 0, cached: 120 }]);
  for (const run of [runs[0], runs[2], runs[3]]) {
    assert.equal(run.dataHash, plain.dataHash);
    assert.equal(JSON.stringify(run.rows), JSON.stringify(plain.rows));
  }
});

test("more replications keep the earlier ones, and another seed changes them", () => {
  const few = runExperiment(UNIFORM_MEAN, { replications: 4, arms: [{ draws: 1, kind: "plain" }] });
  const more = runExperiment(UNIFORM_MEAN, { replications: 9, arms: [{ draws: 1, kind: "plain" }] });
  assert.deepEqual(more.rows.slice(0, 4), few.rows);
  assert.notEqual(runExperiment(UNIFORM_MEAN, { seed: 8 }).dataHash, runExperiment(UNIFORM_MEAN).dataHash);
});

test("the id of a job changes with everything the result depends on, and not with the order of members", () => {
  const ids = [
    jobId("a", UNIFORM_MEAN, JOB),
    jobId("b", UNIFORM_MEAN, JOB),
    jobId("a", UNIFORM_MEAN, { ...JOB, seed: 8 }),
    jobId("a", UNIFORM_MEAN, { ...JOB, replication: 1 }),
    jobId("a", UNIFORM_MEAN, { ...JOB, arm: { draws: 10, kind: "plain" } }),
    jobId("a", UNIFORM_MEAN, { ...JOB, parameters: { shift: 1 } }),
    jobId("a", { ...UNIFORM_MEAN, id: "other" }, JOB),
    jobId("a", { ...UNIFORM_MEAN, run: () => [] }, JOB),
  ];
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(jobId("a", UNIFORM_MEAN, { parameters: { shift: 0 }, seed: 7, replication: 0, arm: { kind: "plain", draws: 1 } }), ids[0]);
});

test("unknown names are refused with the one that was meant, wrong types with the right one", () => {
  const refuses = (options: Parameters<typeof runExperiment>[1], pattern: RegExp) => assert.throws(() => runExperiment(UNIFORM_MEAN, options), (error) => error instanceof ParameterError && pattern.test(error.message), String(pattern));
  refuses({ parameters: { shfit: 1 } }, /"shfit".*did you mean shift/);
  refuses({ parameters: { shift: "1" } }, /shift.*"1".*a number/);
  refuses({ parameters: { shift: NaN } }, /shift/);
  refuses({ parameters: JSON.parse('{"__proto__": 1}') as Record<string, number> }, /unknown parameter/);
  refuses({ levels: { kinds: ["plain"] } }, /did you mean kind/);
  refuses({ levels: { kind: ["plian"] } }, /did you mean plain/);
  refuses({ levels: { draws: [1.5] } }, /bad level of draws.*1\.5/);
  refuses({ levels: { draws: ["10"] } }, /bad level of draws/);
  refuses({ levels: { draws: [] } }, /no arm/);
  refuses({ arms: [{ draws: 1, kind: "odd" }] }, /unknown arm/);
  refuses({ seed: -1 }, /seed/);
  refuses({ seed: 0.5 }, /seed/);
  refuses({ replications: 0 }, /replications/);
  refuses({ mode: "slow" as "quick" }, /quick or full/);
  refuses({ schedule: (count) => Array.from({ length: count }, () => 0) }, /permutation/);
});

test("levels choose arms in the order of the experiment", () => {
  const { arms } = runExperiment(UNIFORM_MEAN, { levels: { draws: [100, 1] }, replications: 1 });
  assert.deepEqual(arms.map((arm) => arm.draws), [1, 1, 100, 100]);
  assert.deepEqual(runExperiment(UNIFORM_MEAN, { levels: { kind: ["plain"], draws: [7, 3, 7] }, replications: 1 }).arms, [{ draws: 3, kind: "plain" }, { draws: 7, kind: "plain" }]);
});

test("a run that returns garbage is an error that names arm, replication and metric", () => {
  const good = { sample_mean: 1, above_half: true, note: null };
  const garbage: readonly [returned: unknown, pattern: RegExp][] = [
    [undefined, /no rows/],
    [[], /no rows/],
    [[null], /bad row/],
    [[{ ...good, sample_mean: NaN }], /sample_mean.*NaN.*finite/],
    [[{ ...good, sample_mean: Infinity }], /sample_mean/],
    [[{ ...good, sample_mean: "1" }], /sample_mean.*"1"/],
    [[{ above_half: true, note: null }], /sample_mean.*undefined/],
    [[{ ...good, note: "" }], /note.*not empty/],
    [[{ ...good, above_hafl: 1 }], /above_hafl.*did you mean above_half/],
    [[good, { ...good, above_half: 1 }], /row 2/],
  ];
  for (const [returned, pattern] of garbage) {
    const broken = { ...UNIFORM_MEAN, run: () => returned } as ExperimentDefinition;
    assert.throws(() => runJob(broken, JOB), (error) => error instanceof InvariantError && pattern.test(error.message) && /uniform-mean.*"draws":1.*replication 0, seed 7/.test(error.message), String(pattern));
  }
});

test("an error inside a run keeps its kind and cause and gains the address of the job", () => {
  for (const cause of [new ParameterError({ what: "peers below 1" }), new LimitError({ what: "too many events" }), new TypeError("x is undefined")] as Error[]) {
    const failing = { ...UNIFORM_MEAN, run: () => { throw cause; } } as ExperimentDefinition;
    const kind = cause instanceof TypeError ? InvariantError : cause.constructor;
    assert.throws(() => runJob(failing, JOB), (error) => error instanceof Error && error.constructor === kind && error.cause === cause && error.message.startsWith(cause.message) && /replication 0/.test(error.message));
  }
});

test("a malformed input file inside a run stays a ParseError, with its place in the file", () => {
  const cause = new ParseError({ what: "cannot read an edge", where: "overlay file, line 3", offset: 9 });
  const failing = { ...UNIFORM_MEAN, run: () => { throw cause; } } as ExperimentDefinition;
  assert.throws(() => runJob(failing, JOB), (error) => error instanceof ParseError && error.offset === 9 && error.cause === cause && /^cannot read an edge .*line 3, .*replication 0, seed 7.*, byte 9\)$/.test(error.message));
});

test("minus zero becomes zero, because no file keeps its sign", () => {
  const zero = { ...UNIFORM_MEAN, run: () => [{ sample_mean: -0, above_half: null, note: null }] } as ExperimentDefinition;
  assert.ok(Object.is(runJob(zero, JOB)[0].sample_mean, 0));
});

test("a stored result that no longer fits the metrics is refused, not used", () => {
  const store = new MemoryStore();
  runExperiment(UNIFORM_MEAN, { store, replications: 1 });
  for (const id of store.entries.keys()) store.entries.set(id, [{ sample_mean: 1 }]);
  assert.throws(() => runExperiment(UNIFORM_MEAN, { store, replications: 1 }), /stored result of experiment uniform-mean/);
});

test("the result is frozen and holds what was asked", () => {
  const result = runExperiment(UNIFORM_MEAN, { parameters: { shift: 2 }, seed: 3, mode: "full", replications: 2 });
  assert.deepEqual({ ...result.parameters }, { ...UNIFORM_MEAN.parameters, shift: 2 });
  assert.equal(result.summary[0].expected, 2.5);
  assert.throws(() => Object.assign(result.rows[0], { draws: 5 }), TypeError);
  assert.throws(() => Object.assign(result, { seed: 5 }), TypeError);
});
