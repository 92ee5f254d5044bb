import assert from "node:assert/strict";
import { test } from "node:test";
import { LimitError, ParameterError } from "overlay-lab/dist/errors";
import { barabasiAlbert, grid, randomGraph, waxman } from "overlay-lab/dist/network/generators/random-graphs";
import { transitStub } from "overlay-lab/dist/network/generators/transit-stub";
import { connectedParts, linkSpecs, type RouterGraph } from "overlay-lab/dist/network/router-graph";
import { Routes } from "overlay-lab/dist/network/shortest-paths";
import { stream } from "./support";

const isConnected = (graph: RouterGraph) => new Set(connectedParts(graph)).size === 1;
const degrees = (graph: RouterGraph) => Array.from({ length: graph.nodeCount }, (_, node) => graph.degree(node));

test("a random graph has p n (n - 1) / 2 links, within 4 standard deviations", () => {
  const { graph } = randomGraph({ nodes: 400, probability: 0.05, delayUs: 1000, repair: "refuse", random: stream("gnp") });
  const pairs = (400 * 399) / 2;
  assert.ok(Math.abs(graph.physicalCount - 0.05 * pairs) < 4 * Math.sqrt(pairs * 0.05 * 0.95), `${graph.physicalCount}`);
});

test("Waxman: the share of linked pairs at each distance follows alpha exp(-d / (beta L)), and delays are in proportion to distance", () => {
  const { graph, positions, repairLinks } = waxman({ nodes: 700, alpha: 0.5, beta: 0.2, diagonalUs: 100_000, repair: "refuse", random: stream("waxman") });
  assert.equal(repairLinks, 0);
  const distance = (a: number, b: number) => Math.hypot(positions[2 * a] - positions[2 * b], positions[2 * a + 1] - positions[2 * b + 1]) / Math.SQRT2;
  const bins = Array.from({ length: 8 }, () => ({ expected: 0, variance: 0, linked: 0 }));
  for (let a = 0; a < 700; a++) {
    for (let b = a + 1; b < 700; b++) {
      const bin = bins[Math.floor(distance(a, b) * 10)];
      if (bin === undefined) continue;
      const probability = 0.5 * Math.exp(-distance(a, b) / 0.2);
      bin.expected += probability;
      bin.variance += probability * (1 - probability);
      if (graph.linkBetween(a, b) >= 0) bin.linked += 1;
    }
  }
  bins.forEach(({ expected, variance, linked }, i) => assert.ok(Math.abs(linked - expected) < 4 * Math.sqrt(variance), `bin ${i}: ${linked} links, expected ${expected}`));
  for (const { from, to, delayUs } of linkSpecs(graph)) assert.ok(Math.abs(delayUs - distance(from, to) * 100_000) <= 1);
});

test("Barabasi-Albert: degrees follow 2 m (m + 1) / (k (k + 1) (k + 2)), and the graph is connected with m links for each new router", () => {
  const nodes = 20_000;
  const m = 3;
  const { graph } = barabasiAlbert({ nodes, linksPerNode: m, delayUs: 1000, random: stream("ba") });
  assert.equal(graph.physicalCount, 6 + (nodes - 4) * m);
  assert.ok(isConnected(graph));
  const counts = new Map<number, number>();
  for (const degree of degrees(graph)) counts.set(degree, (counts.get(degree) ?? 0) + 1);
  for (let k = m; k <= 12; k++) {
    const expected = (nodes * 2 * m * (m + 1)) / (k * (k + 1) * (k + 2));
    const found = counts.get(k) ?? 0;
    assert.ok(Math.abs(found - expected) < 4 * Math.sqrt(expected), `degree ${k}: ${found}, expected ${expected}`);
  }
  assert.ok(Math.max(...degrees(graph)) > 30 * m);
});

test("a grid has the links of its rows and columns, a torus four for each router", () => {
  const { graph } = grid(4, 6, 1000);
  assert.equal(graph.physicalCount, 4 * 5 + 3 * 6);
  assert.equal(new Routes(graph).delayUs(0, 23), 8000);
  assert.ok(degrees(grid(4, 6, 1000, true).graph).every((degree) => degree === 4));
  assert.equal(new Routes(grid(4, 6, 1000, true).graph).delayUs(0, 23), 2000);
  assert.throws(() => grid(2, 6, 1000, true), /too small to wrap/);
});

test("transit-stub: the 5,050 routers of the Scribe paper's kind of topology, connected, with stubs behind their transit router", () => {
  const { graph, transitRouters, domainOf, attachedTo } = transitStub({ transitDomains: 10, transitNodes: 5, stubsPerTransitNode: 10, stubNodes: 10, random: stream("ts") });
  assert.deepEqual([graph.nodeCount, transitRouters, attachedTo.length, domainOf[5049]], [5050, 50, 500, 509]);
  assert.ok(isConnected(graph));
  const specs = linkSpecs(graph);
  const kind = (node: number) => (node < transitRouters ? "transit" : "stub");
  for (const { from, to, delayUs } of specs) {
    const kinds = [kind(from), kind(to)].sort((a, b) => (a < b ? -1 : 1)).join();
    if (kinds === "stub,stub") assert.deepEqual([domainOf[from], delayUs], [domainOf[to], 1000]);
    else assert.equal(delayUs, kinds === "stub,transit" ? 10_000 : 100_000);
    if (kinds === "stub,transit") assert.equal(attachedTo[domainOf[Math.max(from, to)] - 10], Math.min(from, to));
  }
  assert.equal(specs.filter(({ from, to }) => kind(from) !== kind(to)).length, 500);
  // Between stubs of different transit routers, a route leaves by one's transit router and enters by the other's.
  const routes = new Routes(graph);
  const passed = routes.links(transitRouters, 5049).map((link) => graph.heads[link]);
  assert.deepEqual([passed.includes(attachedTo[0]), passed.includes(attachedTo[499])], [true, true]);
  assert.ok(routes.delayUs(transitRouters, 5049) >= 120_000);
});

test("transit-stub: extra links are added as many as asked for, between different domains", () => {
  const base = { transitDomains: 2, transitNodes: 3, stubsPerTransitNode: 2, stubNodes: 4 } as const;
  const plain = transitStub({ ...base, random: stream("ts") });
  const extra = transitStub({ ...base, extraTransitStub: 5, extraStubStub: 7, random: stream("ts") });
  assert.equal(extra.graph.physicalCount - plain.graph.physicalCount, 12);
  const between = linkSpecs(extra.graph).filter(({ from, to }) => from >= 6 && to >= 6 && extra.domainOf[from] !== extra.domainOf[to]);
  assert.equal(between.length, 7);
  assert.throws(() => transitStub({ ...base, stubsPerTransitNode: 0, extraStubStub: 1, random: stream("ts") }), /no routers for extra links/);
  assert.throws(() => transitStub({ ...base, extraStubStub: 100_000, random: stream("ts") }), LimitError);
});

test("a graph that comes out in parts is refused, or joined and the added links counted", () => {
  const options = { nodes: 50, probability: 0.01, delayUs: 1000 } as const;
  assert.throws(() => randomGraph({ ...options, repair: "refuse", random: stream("sparse") }), /not connected; got "\d+ parts"/);
  const { graph, repairLinks } = randomGraph({ ...options, repair: "join-parts", random: stream("sparse") });
  assert.ok(isConnected(graph));
  assert.ok(repairLinks > 10);
  assert.equal(graph.physicalCount >= 49, true);
});

test("the same stream gives the same topology, another one another", () => {
  const make = (seed: number) => linkSpecs(waxman({ nodes: 100, alpha: 0.4, beta: 0.2, diagonalUs: 1e5, repair: "join-parts", random: stream("same", seed) }).graph);
  assert.deepEqual(make(1), make(1));
  assert.notDeepEqual(make(1), make(2));
});

test("parameters out of range are refused", () => {
  const random = stream("bad");
  assert.throws(() => randomGraph({ nodes: 10, probability: 1.2, delayUs: 1, repair: "refuse", random }), ParameterError);
  assert.throws(() => randomGraph({ nodes: 100_000, probability: 0.1, delayUs: 1, repair: "refuse", random }), LimitError);
  assert.throws(() => waxman({ nodes: 10, alpha: 0.5, beta: 0, diagonalUs: 1, repair: "refuse", random }), /beta/);
  assert.throws(() => barabasiAlbert({ nodes: 3, linksPerNode: 3, delayUs: 1, random }), /nodes/);
  assert.throws(() => transitStub({ transitDomains: 0, transitNodes: 1, stubsPerTransitNode: 1, stubNodes: 1, random }), /transitDomains/);
  assert.throws(() => transitStub({ transitDomains: 100, transitNodes: 100, stubsPerTransitNode: 100, stubNodes: 100, random }), LimitError);
});
