/// <reference path="../../lib/src/analysis/packages.d.ts" />
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { jStat } from "jstat";
import { studentCoverage, studentFactor } from "overlay-lab/dist/analysis/student-t";
import { ParameterError } from "overlay-lab/dist/errors";

/** Two-sided 95 % and 99 % factors to ten digits, as R's qt gives them (the first six digits stand in every printed table). */
const PUBLISHED: readonly [df: number, t95: number, t99: number][] = [
  [1, 12.70620473617471, 63.65674116287158],
  [2, 4.302652729749464, 9.924843200918294],
  [3, 3.182446305283709, 5.840909309733357],
  [4, 2.776445105197799, 4.604094871349994],
  [5, 2.570581835636314, 4.032142983555228],
  [10, 2.228138851986274, 3.169272672616872],
  [30, 2.042272456301238, 2.749995653567231],
];

const near = (got: number, expected: number, relative: number) => assert.ok(Math.abs(got / expected - 1) <= relative, `${got} is not within ${relative} of ${expected}`);

test("the factor of an interval equals the published quantiles to 1e-9", () => {
  for (const [df, t95, t99] of PUBLISHED) {
    near(studentFactor(0.95, df), t95, 1e-9);
    near(studentFactor(0.99, df), t99, 1e-9);
  }
});

test("the coverage equals the numerical integral of the density, for odd and even degrees of freedom", () => {
  for (const df of [1, 2, 3, 4, 7, 20, 101, 1000]) {
    const t = studentFactor(0.95, df);
    const steps = 20_000;
    const h = t / steps;
    let simpson = 0;
    for (let i = 0; i <= steps; i++) simpson += (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2) * studentCoverage(i * h, df).density;
    assert.ok(Math.abs((2 * simpson * h) / 3 - 0.95) < 1e-9, `df ${df}: ${(2 * simpson * h) / 3}`);
    assert.ok(Math.abs(studentCoverage(t, df).coverage - 0.95) < 1e-9);
  }
});

test("the density is that of Student: 1/pi at the peak for one degree of freedom, 1/sqrt(8) for two", () => {
  near(studentCoverage(0, 1).density, 1 / Math.PI, 1e-15);
  near(studentCoverage(0, 2).density, 1 / Math.sqrt(8), 1e-15);
});

test("the factor falls towards the normal quantile and agrees with jstat to its seven digits", () => {
  let last = Infinity;
  for (let df = 1; df <= 1000; df++) {
    const t = studentFactor(0.95, df);
    assert.ok(t < last && t > 1.959963984540054);
    near(t, jStat.studentt.inv(0.975, df), 1e-7);
    last = t;
  }
  near(studentFactor(0.95, 1_000_000), 1.9599663568, 1e-9);
});

test("a thousand factors have the digest recorded on Node 20, 22 and 24", () => {
  const hash = createHash("sha256");
  for (let df = 1; df <= 1000; df++) for (const level of [0.9, 0.95, 0.99]) hash.update(`${studentFactor(level, df)}\n`);
  assert.equal(hash.digest("hex"), "ffd0dbdadbdd39d2caf07c97045778d1809644854b6ed0ddda9644be865235d4");
});

test("levels and degrees of freedom outside their range are refused", () => {
  for (const [level, df] of [[0.95, 0], [0.95, 1.5], [1, 5], [0.3, 5], [NaN, 5]] as const) assert.throws(() => studentFactor(level, df), ParameterError);
});
