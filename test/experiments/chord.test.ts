/** The small rings that are drawn, the closed forms, and the inputs of the experiments with Chord. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { chordChurn, chordFailures, chordLatency, chordLostKeys, expectedHops, expectedPath, expectedTimeouts, fingersOnRing, ownerOnRing, recordLookup, smallRing } from "overlay-lab/dist/experiments";
import { runExperiment } from "overlay-lab/dist/experiments/run";

const PAPER = [1, 8, 14, 21, 32, 38, 42, 48, 51, 56];

test("a recorded lookup goes from the node that asks to the owner, also when these are one node", () => {
  for (const key of [0, 1, 2, 7, 8, 9, 54, 56, 63]) {
    const ring = smallRing(6, PAPER);
    const { path } = recordLookup(ring, 8, key);
    assert.equal(path[0], 8);
    assert.equal(path[path.length - 1], ownerOnRing(ring, key), `key ${key}: ${path.join(", ")}`);
  }
  // Node 8 owns key 8, but only its predecessor knows that.
  assert.deepEqual(recordLookup(smallRing(6, PAPER), 8, 8).path, [8, 42, 1, 8]);
  assert.deepEqual(recordLookup(smallRing(6, [5]), 5, 3).path, [5]);
});

test("small rings refuse ids, nodes and keys that do not exist", () => {
  const ring = smallRing(6, PAPER);
  for (const wrong of [[1, 1], [64], [-1], [1.5], [NaN], null]) assert.throws(() => smallRing(6, wrong as number[]), ParameterError, JSON.stringify(wrong));
  for (const key of [64, -1, NaN]) assert.throws(() => ownerOnRing(ring, key), ParameterError);
  assert.throws(() => fingersOnRing(ring, 9), /one of 1, 8, 14/);
  assert.throws(() => recordLookup(ring, 9, 54), ParameterError);
});

test("the closed forms give the printed predictions", () => {
  assert.equal(expectedHops(4096), 6);
  assert.ok(Math.abs(expectedPath(1000, 20) - 3.82) < 0.005);
  const printed: readonly (readonly [failed: number, path: number, timeouts: number])[] = [[0.1, 4.03, 0.45], [0.2, 4.22, 1.06], [0.3, 4.44, 1.9], [0.4, 4.69, 3.13]];
  for (const [failed, path, timeouts] of printed) assert.ok(Math.abs(expectedTimeouts(path, failed) - timeouts) < 0.006, `${failed}`);
});

test("the number of keys stored costs nothing and changes only chance: a share p of the nodes takes a share p of the lookups with it", () => {
  for (const keys of [20_000, 4_000_000_000]) {
    const { rows } = runExperiment(chordLostKeys, { mode: "quick", seed: 5, parameters: { nodes: 1000, keys, lookups: 4000 }, levels: { failed: [0.2] } }).table();
    for (const row of rows) assert.ok(Math.abs((row.lost_share as number) - 0.2) < 0.05, `${keys} keys: ${row.lost_share}`);
  }
});

test("parameters out of range are refused by name", () => {
  const cases = [
    [chordLostKeys, { keys: 0 }, /keys/], [chordLatency, { places: 0 }, /places/], [chordLatency, { network: "moon" }, /network/], [chordFailures, { successors: 0 }, /successors/],
    [chordChurn, { departure: "vanish" }, /departure/], [chordChurn, { jitter: 2 }, /jitter/],
  ] as const;
  for (const [definition, parameters, name] of cases) assert.throws(() => runExperiment(definition, { mode: "quick", seed: 1, parameters }), (error: Error) => error instanceof ParameterError && name.test(error.message), JSON.stringify(parameters));
});
