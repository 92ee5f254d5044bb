import assert from "node:assert/strict";
import { test } from "node:test";
import { checkTable, ecdf, ecdfTable, giniCoefficient, jainIndex, quantile, quantileInterval, summarise, type Table } from "overlay-lab/dist/analysis";
import { InvariantError, ParameterError } from "overlay-lab/dist/errors";
import { RandomStream } from "overlay-lab/dist/simulation/random";

const TABLE: Table = {
  name: "t",
  columns: [{ name: "arm", type: "string" }, { name: "replication", type: "integer" }, { name: "x", type: "number", unit: "s" }, { name: "ok", type: "boolean" }],
  rows: [
    { arm: "b", replication: 0, x: 1, ok: true },
    { arm: "b", replication: 0, x: 3, ok: false },
    { arm: "b", replication: 1, x: 4, ok: true },
    { arm: "a", replication: 0, x: null, ok: null },
  ],
};

test("a summary averages within a replication first and keeps groups in order of appearance", () => {
  const summary = summarise(TABLE, { by: ["arm"], metrics: ["x", "ok"], replication: "replication" });
  assert.deepEqual(summary.rows.map(({ arm, metric, unit, n, mean }) => ({ arm, metric, unit, n, mean })), [
    { arm: "b", metric: "x", unit: "s", n: 2, mean: 3 },
    { arm: "b", metric: "ok", unit: null, n: 2, mean: 0.75 },
    { arm: "a", metric: "x", unit: "s", n: 0, mean: null },
    { arm: "a", metric: "ok", unit: null, n: 0, mean: null },
  ]);
  assert.ok(Math.abs((summary.rows[0].sd as number) - Math.SQRT2) < 1e-15);
  assert.equal(checkTable(summary), summary);
});

test("text cannot be summarised and an unknown column is named", () => {
  assert.throws(() => summarise(TABLE, { by: [], metrics: ["arm"] }), InvariantError);
  assert.throws(() => summarise(TABLE, { by: ["amr"], metrics: ["x"] }), /amr/);
});

test("a table with a missing cell, a stranger, a wrong type, NaN or half a surrogate pair is refused with its place", () => {
  const columns = TABLE.columns.slice(0, 3);
  const bad = (row: object) => () => checkTable({ name: "t", columns, rows: [{ arm: "a", replication: 0, x: 1 }, row as Table["rows"][number]] });
  assert.throws(bad({ arm: "a", replication: 0 }), /column x.*row 2/);
  assert.throws(bad({ arm: "a", replication: 0, x: 1, y: 2 }), /"y".*row 2/);
  assert.throws(bad({ arm: 5, replication: 0, x: 1 }), /column arm/);
  assert.throws(bad({ arm: "a", replication: 0.5, x: 1 }), /whole number/);
  assert.throws(bad({ arm: "a", replication: 0, x: NaN }), /finite/);
  assert.throws(bad({ arm: "\ud800", replication: 0, x: 1 }), /surrogate/);
  assert.throws(() => checkTable({ name: "t", columns: [columns[0], columns[0]], rows: [] }), /twice/);
});

test("quantiles interpolate as type 7 does", () => {
  assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
  assert.equal(quantile([1, 2, 3, 4, 5], 0.9), 4.6);
  assert.throws(() => quantile([1], 1.5), ParameterError);
});

test("the median's interval over 100 values is ranks 40 and 61, and six values are the fewest that have one", () => {
  assert.deepEqual(quantileInterval(Array.from({ length: 100 }, (_, i) => 100 - i), 0.5), [40, 61]);
  assert.equal(quantileInterval([1, 2, 3, 4, 5], 0.5), null);
  assert.deepEqual(quantileInterval([1, 2, 3, 4, 5, 6], 0.5), [1, 6]);
});

test("the interval of the 90 % quantile holds it in at least 95 % of trials, one of half the level does not", () => {
  const held = (level: number) => {
    let count = 0;
    for (let replication = 0; replication < 2000; replication++) {
      const stream = new RandomStream({ seed: 11, replication, name: "order" });
      const [low, high] = quantileInterval(Array.from({ length: 60 }, () => stream.uniform()), 0.9, level) as [number, number];
      if (low <= 0.9 && 0.9 <= high) count += 1;
    }
    return count;
  };
  // Binomial(2000, 0.95): mean 1900, standard deviation 9.7.
  assert.ok(held(0.95) >= 1900 - 5 * 9.7);
  assert.ok(held(0.5) < 1900 - 5 * 9.7);
});

test("an empirical distribution function steps once per distinct value and ends at 1", () => {
  assert.deepEqual(ecdf([3, 1, 3, 2]), [{ x: 1, share: 0.25 }, { x: 2, share: 0.5 }, { x: 3, share: 1 }]);
  assert.deepEqual(ecdfTable(TABLE, "x").rows.map((row) => row.x), [1, 3, 4]);
});

test("Jain's index and the Gini coefficient at their ends, and on the worked example 1, 2, 3, 4", () => {
  assert.equal(jainIndex([5, 5, 5, 5]), 1);
  assert.equal(jainIndex([0, 0, 0, 9]), 0.25);
  assert.ok(Math.abs(jainIndex([1, 2, 3, 4]) - 100 / 120) < 1e-15);
  assert.equal(giniCoefficient([5, 5, 5]), 0);
  assert.equal(giniCoefficient([0, 0, 0, 9]), 0.75);
  assert.ok(Math.abs(giniCoefficient([4, 2, 3, 1]) - 0.25) < 1e-15);
  assert.ok(Math.abs(jainIndex([1e200, 1e200]) - 1) < 1e-15);
  for (const index of [jainIndex, giniCoefficient]) for (const bad of [[], [0, 0], [1, -1], [1, Infinity]]) assert.throws(() => index(bad), ParameterError);
});
