import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { clusteringCoefficient, inDegrees, viewGraph, partSizes, pathLengths, undirected } from "overlay-lab/dist/peer-to-peer/gossip";
import { RandomStream } from "overlay-lab/dist/simulation";

const stream = () => new RandomStream({ seed: 1, name: "graph" });

test("a triangle with a tail: clustering 7/12, distances counted by hand", () => {
  // 0-1-2 is a triangle, 3 hangs on 2; edges are given in one direction only.
  const graph = viewGraph(4, (node) => [[1, 2], [2], [3], []][node]);
  assert.ok(Math.abs(clusteringCoefficient(graph) - (1 + 1 + 1 / 3 + 0) / 4) < 1e-15);
  const paths = pathLengths(undirected(graph), 4, stream());
  assert.deepEqual(paths, { mean: (3 * 2 + 1 * 2 + 2 * 4) / 12, longest: 2, reachable: 1 });
  assert.deepEqual([...inDegrees(graph)], [0, 1, 2, 1]);
});

test("directed paths are one way only", () => {
  const chain = viewGraph(3, (node) => (node < 2 ? [node + 1] : []));
  assert.deepEqual(pathLengths(chain, 3, stream()), { mean: 4 / 3, longest: 2, reachable: 0.5 });
});

test("absent nodes, loops and repetitions count nothing; parts are sorted by size", () => {
  const graph = viewGraph(7, (node) => [[0, 1, 1, 6], [0], [3], [2], [], [6], [5]][node], (node) => node !== 6);
  assert.equal(graph.successors.length, 4);
  assert.deepEqual(partSizes(graph), [2, 2, 1, 1]);
  assert.ok(Number.isNaN(pathLengths(viewGraph(2, () => []), 2, stream()).mean));
});

test("a random graph of degree 10 has clustering 10/n and the distances of a random graph", () => {
  const nodes = 2000;
  const random = stream();
  const graph = viewGraph(nodes, () => random.sample(nodes, 5));
  assert.ok(Math.abs(clusteringCoefficient(graph) * nodes / 10 - 1) < 0.15);
  assert.ok(Math.abs(pathLengths(undirected(graph), 200, random).mean - Math.log(nodes) / Math.log(10)) < 0.5);
});

test("a view that names a stranger is refused with its node", () => {
  for (const wrong of [-1, 3, 0.5, NaN]) assert.throws(() => viewGraph(3, (node) => (node === 1 ? [wrong] : [])), (error: Error) => error instanceof ParameterError && /view of node 1/.test(error.message));
});
