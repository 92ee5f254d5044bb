import assert from "node:assert/strict";
import { test } from "node:test";
import { defineExperiment } from "overlay-lab/dist/experiments/define";
import { runExperiment } from "overlay-lab/dist/experiments/run";
import { lookLevel, narrowEnough, plannedLooks } from "overlay-lab/dist/experiments/stop-rule";
import { checkRegistry, experimentById } from "overlay-lab/dist/experiments/registry";
import { InvariantError, ParameterError } from "overlay-lab/dist/errors";
import { RandomStream } from "overlay-lab/dist/simulation/random";

const NOISE = defineExperiment({
  id: "noise",
  question: "How many replications does a noise level need?",
  section: "test",
  parameters: {},
  factors: [{ name: "spread", type: "number", levels: [0, 0.1, 1] }],
  seed: 1,
  replications: { quick: 5, full: 160 },
  metrics: [{ name: "x", type: "number", definition: "One plus uniform noise." }],
  stopAt: { metric: "x", relativeHalfWidth: 0.02 },
  run: (arm, { random }) => [{ x: 1 + (arm.spread as number) * (random("noise").uniform() - 0.5) }],
});

test("looks are at 10, 20, 40, 80 and the most; without a stop rule only at the end", () => {
  assert.deepEqual(plannedLooks(160, true), [10, 20, 40, 80, 160]);
  assert.deepEqual(plannedLooks(30, true), [10, 20, 30]);
  assert.deepEqual(plannedLooks(5, true), [5]);
  assert.deepEqual(plannedLooks(160, false), [160]);
  assert.equal(lookLevel(1), 0.95);
  assert.equal(lookLevel(5), 0.99);
});

test("each arm stops at the first look at which it is known well enough", () => {
  const result = runExperiment(NOISE, { mode: "full" });
  const counts = result.summary.map((row) => row.n);
  // Half-widths from the closed form sd = spread / sqrt(12): 2 % needs 0, 10-20 and more than 160 replications.
  assert.equal(counts[0], 10);
  assert.ok([20, 40].includes(counts[1]), String(counts));
  assert.equal(counts[2], 160);
  assert.ok((result.summary[1].halfWidth as number) <= 0.02 * (result.summary[1].mean as number));
  assert.equal(result.level, 0.99);
});

test("the stop rule gives the same rows in any order of jobs", () => {
  const schedule = (count: number) => Array.from({ length: count }, (_, index) => count - 1 - index);
  assert.equal(runExperiment(NOISE, { mode: "full", schedule }).dataHash, runExperiment(NOISE, { mode: "full" }).dataHash);
});

test("a rule or oracle on an unknown metric is refused", () => {
  assert.throws(() => runExperiment({ ...NOISE, stopAt: { metric: "y", relativeHalfWidth: 0.1 } }), ParameterError);
  assert.throws(() => runExperiment({ ...NOISE, stopAt: { metric: "x", relativeHalfWidth: 0 } }), ParameterError);
});

/** Of 2,000 sequential experiments on uniform(0, 1) values, how many stop with an interval that holds 1/2. */
function holding(level: number): number {
  let held = 0;
  for (let replication = 0; replication < 2000; replication++) {
    const stream = new RandomStream({ seed: 5, replication, name: "sequential" });
    const values: number[] = [];
    for (const look of plannedLooks(160, true)) {
      while (values.length < look) values.push(stream.uniform());
      if (narrowEnough(values, 0.25, level)) break;
    }
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    if (Math.abs(mean - 0.5) <= halfWidth(values, mean, level)) held += 1;
  }
  return held;
}

function halfWidth(values: readonly number[], mean: number, level: number): number {
  // The smallest relative half-width that counts as narrow is the half-width itself.
  let [low, high] = [0, 10];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (narrowEnough(values, middle, level)) high = middle;
    else low = middle;
  }
  return high * mean;
}

// Binomial(2000, 0.95): mean 1900, standard deviation 9.7.
test("intervals at the stopping look hold in at least 95 % of trials; plain 95 % intervals at every look do not", () => {
  assert.ok(holding(lookLevel(5)) >= 1900 - 3 * 9.7, String(holding(lookLevel(5))));
  assert.ok(holding(0.95) < 1900 - 3 * 9.7, String(holding(0.95)));
});

test("the registry refuses two experiments of one id and suggests the id that was meant", () => {
  assert.throws(() => checkRegistry([NOISE, NOISE]), InvariantError);
  assert.equal(experimentById("noise", [NOISE]), NOISE);
  assert.throws(() => experimentById("niose", [NOISE]), /did you mean noise/);
});
