import assert from "node:assert/strict";
import { test } from "node:test";
import { meanInterval, pairedInterval } from "overlay-lab/dist/analysis";
import { ParameterError } from "overlay-lab/dist/errors";
import { RandomStream } from "overlay-lab/dist/simulation/random";

/** Nearly normal: the sum of twelve uniform draws less six (variance 1). */
function bell(stream: RandomStream): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += stream.uniform();
  return sum;
}

/** How many of 4,000 intervals over 8 values hold the true mean 10. */
function holding(interval: (values: readonly number[]) => { low: number | null; high: number | null }): number {
  let held = 0;
  for (let trial = 0; trial < 4000; trial++) {
    const stream = new RandomStream({ seed: 20, replication: trial, name: "coverage" });
    const { low, high } = interval(Array.from({ length: 8 }, () => 10 + 3 * bell(stream)));
    if ((low as number) <= 10 && 10 <= (high as number)) held += 1;
  }
  return held;
}

// Binomial(4000, 0.95) has mean 3800 and standard deviation 13.8; five of them miss once in two million fair tests.
const fairCoverage = (held: number) => Math.abs(held - 3800) <= 5 * 13.8;

test("a 95 % interval holds the true mean in 95 % of trials", () => {
  const held = holding((values) => meanInterval(values));
  assert.ok(fairCoverage(held), `${held} of 4000`);
});

test("the coverage test rejects an interval made with the normal factor, and one around a biased mean", () => {
  const normal = holding((values) => {
    const { mean, sd, n } = meanInterval(values);
    const half = (1.959963985 * (sd as number)) / Math.sqrt(n);
    return { low: mean - half, high: mean + half };
  });
  assert.ok(!fairCoverage(normal), `${normal} of 4000`);
  const biased = holding((values) => meanInterval(values.map((value) => value + 1)));
  assert.ok(!fairCoverage(biased), `${biased} of 4000`);
});

test("mean, spread and interval of a worked example", () => {
  const found = meanInterval([2, 4, 4, 4, 5, 5, 7, 9]);
  assert.equal(found.mean, 5);
  assert.ok(Math.abs((found.sd as number) - 2.138089935299395) < 1e-14);
  // t(0.975, 7) = 2.364624252
  assert.ok(Math.abs((found.halfWidth as number) - (2.364624252 * 2.138089935299395) / Math.sqrt(8)) < 1e-9);
});

test("one replication has a mean but no interval", () => {
  assert.deepEqual(meanInterval([3]), { n: 1, mean: 3, sd: null, halfWidth: null, low: null, high: null, level: 0.95 });
});

test("pairing under common random numbers cancels what the arms share", () => {
  const shared = Array.from({ length: 20 }, (_, replication) => bell(new RandomStream({ seed: 3, replication, name: "shared" })));
  const first = shared.map((value) => value + 2);
  const difference = pairedInterval(first, shared);
  assert.ok(Math.abs(difference.mean - 2) < 1e-12);
  assert.ok((difference.halfWidth as number) < 1e-12 && (meanInterval(first).halfWidth as number) > 0.1);
});

test("no values, values that are not finite, and arms of unequal length are refused", () => {
  assert.throws(() => meanInterval([]), ParameterError);
  assert.throws(() => meanInterval([1, NaN]), /values\[1\]/);
  assert.throws(() => meanInterval([1e308, -1e308]), ParameterError);
  assert.throws(() => pairedInterval([1, 2], [1]), ParameterError);
});
