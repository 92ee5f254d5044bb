/** Overlays as typed arrays, their generators, and the files that they can be read from. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseEdgeList } from "overlay-lab/dist/codecs";
import { ParameterError } from "overlay-lab/dist/errors";
import { gridOverlay, largestOverlayPart, OverlayGraph, overlayNamed, overlayOfTopology, overlayPart, powerLawOverlay, randomOverlay, regularOverlay, treeOverlay, type OverlayKind } from "overlay-lab/dist/peer-to-peer/gnutella";
import { RandomStream } from "overlay-lab/dist/simulation";

const stream = (seed: number) => new RandomStream({ seed, name: "graph" });

function checkSimple(graph: OverlayGraph): void {
  for (let node = 0; node < graph.nodes; node++) {
    const list = [...graph.neighbours(node)];
    assert.deepEqual(list, [...new Set(list)].sort((a, b) => a - b), `neighbours of ${node}`);
    for (const head of list) assert.ok(head !== node && graph.neighbours(head).includes(node), `${node} - ${head}`);
  }
}

test("links have no direction, repetitions and loops are left out and counted", () => {
  const graph = new OverlayGraph(4, [0, 1, 1, 0, 2, 2, 3, 0, 0, 1]);
  checkSimple(graph);
  assert.deepEqual([...graph.neighbours(0)], [1, 3]);
  assert.deepEqual([graph.links, graph.leftOut, graph.degree(2)], [2, 3, 0]);
});

test("ends outside the overlay, odd lists and wrong labels are refused", () => {
  for (const ends of [[0, 4], [0, -1], [0, 1.5], [0, NaN], [0]]) assert.throws(() => new OverlayGraph(4, ends), ParameterError);
  assert.throws(() => new OverlayGraph(4, null as unknown as number[]), /flat/);
  assert.throws(() => new OverlayGraph(0, []), ParameterError);
  assert.throws(() => new OverlayGraph(2, [0, 1], ["a"]), /labels/);
});

test("a regular overlay has exactly its degree at every node, also where random pairing would repeat links", () => {
  for (const [nodes, degree] of [[1000, 4], [1000, 3], [10, 8], [6, 5], [50, 20], [2, 1]] as const) {
    const graph = regularOverlay(nodes, degree, stream(nodes));
    checkSimple(graph);
    for (let node = 0; node < nodes; node++) assert.equal(graph.degree(node), degree);
  }
  assert.throws(() => regularOverlay(5, 3, stream(1)), /even product/);
  assert.throws(() => regularOverlay(4, 4, stream(1)), ParameterError);
});

test("a random overlay has exactly the links asked for", () => {
  const graph = randomOverlay(1000, 3.4, stream(2));
  checkSimple(graph);
  assert.equal(graph.links, 1700);
});

test("degrees of a power-law overlay follow the exponent, and another exponent is told apart", () => {
  const graph = powerLawOverlay({ nodes: 50_000, exponent: 2.1, maxDegree: 500, random: stream(3) });
  const share = (degree: number) => Array.from({ length: graph.nodes }, (_, node) => graph.degree(node)).filter((each) => each === degree).length / graph.nodes;
  const zeta = (exponent: number) => Array.from({ length: 500 }, (_, i) => Math.pow(i + 1, -exponent)).reduce((a, b) => a + b, 0);
  // Left-out repetitions move a few per cent of the ends.
  assert.ok(Math.abs(share(1) - 1 / zeta(2.1)) < 0.02, `${share(1)}`);
  assert.ok(Math.abs(share(1) - 1 / zeta(2.5)) > 0.05);
});

test("a grid has its links, a tree has its rings", () => {
  assert.equal(gridOverlay(100, 100).links, 2 * 100 * 99);
  checkSimple(gridOverlay(3, 4));
  assert.equal(treeOverlay(3, 7).nodes, 382);
  assert.equal(treeOverlay(4, 5).degree(0), 4);
  assert.equal(treeOverlay(1, 5).nodes, 2);
});

test("the largest part is found and cut out with its own numbers", () => {
  const graph = new OverlayGraph(7, [0, 1, 2, 3, 3, 4, 4, 2, 5, 6]);
  assert.deepEqual([...largestOverlayPart(graph)], [2, 3, 4]);
  const part = overlayPart(graph, [2, 3, 4]);
  assert.deepEqual([part.nodes, part.links, part.label(0)], [3, 3, "2"]);
  assert.throws(() => overlayPart(graph, [2, 2]), /twice/);
});

test("every kind of overlay by name is connected, and an unknown kind is refused", () => {
  for (const kind of ["regular", "random", "power-law", "grid"] as const) {
    const graph = overlayNamed(kind, { nodes: 900, degree: 4, exponent: 2.3 }, stream(5));
    assert.equal(largestOverlayPart(graph).length, graph.nodes, kind);
    assert.ok(graph.nodes > 450, kind);
  }
  assert.throws(() => overlayNamed("ring" as OverlayKind, { nodes: 9, degree: 4, exponent: 2 }, stream(1)), /regular, random, power-law, grid/);
});

test("a Gnutella snapshot in SNAP's format is read as an undirected overlay", (t) => {
  const small = overlayOfTopology(parseEdgeList("# Directed graph\n# FromNodeId\tToNodeId\n0\t1\n0\t2\n2\t0\n", { directed: true }));
  assert.deepEqual([small.nodes, small.links, small.leftOut], [3, 2, 1]);
  const folder = join("..", "shared", "data", "p2p", "gnutella");
  if (!existsSync(folder)) return t.skip("no Gnutella snapshots beside the repository");
  for (const [file, nodes, links] of [["p2p-Gnutella04.txt", 10876, 39994], ["p2p-Gnutella08.txt", 6301, 20777]] as const) {
    const graph = overlayOfTopology(parseEdgeList(readFileSync(join(folder, file), "utf8"), { directed: true, file }));
    assert.deepEqual([graph.nodes, graph.links + graph.leftOut], [nodes, links], file);
  }
});
