import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { LOAD_COSTS, MatchModel, completeSuperpeers, evaluateLoad, powerLawSuperpeers, superpeersFromLinks, type LoadParameters, type UserClass } from "overlay-lab/dist/peer-to-peer/superpeers";
import { networkLoad } from "overlay-lab/dist/experiments";
import { RandomStream } from "overlay-lab/dist/simulation";

const random = () => new RandomStream({ seed: 1, name: "users" });
const quiet = { joinRate: 0, updateRate: 0 };

test("a path of three single users, worked by hand: messages, path length and bytes", () => {
  const graph = superpeersFromLinks(3, [[0, 1], [1, 2]]);
  const silent = { ...quiet, clusterSize: 1, queryRate: 1, meanMatch: 0 };
  const load = evaluateLoad(graph, silent, random());
  // From either end two messages, from the middle two: each is 94 bytes, out and in.
  assert.equal(load.queryMessages, 2);
  assert.ok(Math.abs(load.aggregate.outBps - 6 * 94 * 8) < 1e-9);
  assert.equal(load.aggregate.inBps, load.aggregate.outBps);
  assert.deepEqual([load.reachUsers, load.results, load.pathLength], [3, 0, 0]);
  assert.equal(evaluateLoad(graph, { ...silent, ttl: 1 }, random()).queryMessages, 4 / 3);
});

test("everybody answers: answers come back hop by hop, and what is sent is received", () => {
  const graph = superpeersFromLinks(3, [[0, 1], [1, 2]]);
  const load = evaluateLoad(graph, { ...quiet, clusterSize: 1, queryRate: 1, meanMatch: 0.5, matchRatio: 1e6, userClasses: [{ share: 1, files: 60 }] }, random());
  assert.ok(Math.abs(load.results - 90) < 1e-9);
  // Own answers at 0 hops; the ends hear from 1 and 2 hops, the middle twice from 1.
  assert.ok(Math.abs(load.pathLength - (1 + 2 + 1 + 2 + 1 + 1) / 9) < 1e-6);
  const answers = 8 * (80 + 28 + 30 * 76);
  assert.ok(Math.abs(load.aggregate.outBps / 8 - (6 * 94 + answers)) < 1e-3, String(load.aggregate.outBps / 8));
  assert.ok(Math.abs(load.aggregate.inBps - load.aggregate.outBps) < 1e-6);
});

test("the match model gives the closed form for r = 1, and never more answers than results", () => {
  const model = new MatchModel(0.005, 1);
  for (const files of [1, 10, 100, 1000]) {
    const top = 0.01;
    let power = 1;
    for (let i = 0; i <= files; i++) power *= 1 - top;
    assert.ok(Math.abs(model.answers(files) - (1 - (1 - power) / (top * (files + 1)))) < 1e-3, `${files} files`);
    assert.ok(model.answers(files) <= model.results(files) + 1e-12);
  }
  assert.equal(model.answers(0), 0);
});

test("redundancy k costs k uploads and halves a superpeer's questions", () => {
  const graph = completeSuperpeers(10);
  const base: Partial<LoadParameters> = { clusterSize: 20, ttl: 1, queryRate: 0, updateRate: 0 };
  const uploads = (redundancy: number) => evaluateLoad(graph, { ...base, redundancy }, random()).aggregate.inBps;
  // 19 clients upload once; 18 upload twice, and two partners to each other.
  assert.ok(Math.abs(uploads(2) / uploads(1) - 38 / 19) < 1e-9);
  const questions = (redundancy: number) => evaluateLoad(graph, { ...base, ...quiet, queryRate: 0.01, redundancy }, random()).superpeer.outBps;
  assert.ok(Math.abs(questions(2) / questions(1) - 0.5) < 0.03);
});

test("power-law graphs are connected, simple, and have the mean degree asked for", () => {
  for (const [count, degree, exponent] of [[500, 3.1, 0.8], [500, 3.1, 0.35], [200, 20, 0.3], [50, 10, 0], [1000, 3.1, 0], [1000, 2.5, 0.01]]) {
    const graph = powerLawSuperpeers(count, degree, exponent, new RandomStream({ seed: 2, name: "graph" }));
    assert.ok(Math.abs(graph.neighbours.length / count / degree - 1) < 0.08, `${graph.neighbours.length / count} for ${degree}`);
    for (let node = 0; node < count; node++) {
      const list = [...graph.neighbours.subarray(graph.first[node], graph.first[node + 1])];
      assert.ok(!list.includes(node) && new Set(list).size === list.length);
    }
    assert.equal(evaluateLoad(graph, { clusterSize: 1, ttl: 255, sources: 1 }, random()).reachUsers, count);
  }
});

test("what is out of range is refused by name", () => {
  const graph = completeSuperpeers(3);
  const wrong: Partial<LoadParameters>[] = [
    { clusterSize: 0 }, { redundancy: 11 }, { ttl: -1 }, { queryRate: NaN }, { joinRate: -1 }, { updateRate: Infinity }, { meanMatch: 0.6 }, { matchRatio: 0 }, { sources: 0 }, { userClasses: [] },
    { userClasses: [{ share: 0.5, files: 1 }] }, { userClasses: [null as unknown as UserClass] }, { costs: { queryBytes: 1 } as unknown as typeof LOAD_COSTS },
    { costs: { ...LOAD_COSTS, sendQuery: [1] as unknown as [number, number] } }, { costs: { ...LOAD_COSTS, sendJoin: 1 as unknown as [number, number] } }, { costs: [] as unknown as typeof LOAD_COSTS }, { costs: { ...LOAD_COSTS, multiplex: NaN } }, { costs: null as unknown as typeof LOAD_COSTS },
  ];
  for (const parameters of wrong) assert.throws(() => evaluateLoad(graph, parameters, random()), ParameterError, JSON.stringify(parameters));
  assert.throws(() => completeSuperpeers(0), ParameterError);
  for (const users of [0, 5, NaN, 10.5]) assert.throws(() => networkLoad({ seed: 1, users }), /users/);
  assert.throws(() => networkLoad({ seed: 1, load: { clusterSize: 0 } }), /clusterSize/);
  assert.throws(() => powerLawSuperpeers(10, 10, 0.5, random()), /outDegree/);
  assert.throws(() => powerLawSuperpeers(10, 3, NaN, random()), /exponent/);
  assert.throws(() => superpeersFromLinks(2, [[0, 2]]), ParameterError);
  assert.throws(() => superpeersFromLinks(2, [[1, 1]]), ParameterError);
  for (const pairs of [null, [null], [[0]], [[0, 1, 1]], "01"]) assert.throws(() => superpeersFromLinks(2, pairs as unknown as [number, number][]), ParameterError, JSON.stringify(pairs));
});
