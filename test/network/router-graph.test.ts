import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseRocketfuel } from "overlay-lab/dist/codecs/edge-list";
import { parseGraphml } from "overlay-lab/dist/codecs/graphml";
import { ParameterError } from "overlay-lab/dist/errors";
import { graphOfDocument } from "overlay-lab/dist/network/document-graph";
import { connectedParts, largestPart, RouterGraph } from "overlay-lab/dist/network/router-graph";
import { Routes, routeTo, shortestPathTree } from "overlay-lab/dist/network/shortest-paths";
import { needs, sharedFolder, sharedText, stream } from "./support";

const link = (from: number, to: number, delayUs = 1000, more: object = {}) => ({ from, to, delayUs, ...more });

test("links go both ways unless directed, and share their physical number", () => {
  const graph = new RouterGraph(3, [link(2, 0), link(0, 1, 5, { directed: true })]);
  assert.deepEqual([graph.linkCount, graph.physicalCount, [...graph.tails], [...graph.heads], [...graph.physical]], [3, 2, [0, 0, 2], [1, 2, 0], [1, 0, 0]]);
  assert.deepEqual([graph.linkBetween(0, 1), graph.linkBetween(1, 0), graph.degree(0)], [0, -1, 2]);
});

test("bad links are refused by number", () => {
  for (const bad of [link(0, 2), link(1, 1), link(0, 1, -1), link(0, 1, Number.NaN), link(0, 1, 0.5), link(0, 1, 1, { weight: 0 }), link(0, 1, 1, { capacityBps: -1 })]) {
    assert.throws(() => new RouterGraph(2, [bad]), ParameterError, JSON.stringify(bad));
  }
});

test("parts are what can reach each other, along the direction of links", () => {
  const ring = [link(0, 1, 1, { directed: true }), link(1, 2, 1, { directed: true }), link(2, 0, 1, { directed: true })];
  assert.deepEqual([...connectedParts(new RouterGraph(5, [...ring, link(2, 3, 1, { directed: true })]))], [0, 0, 0, 1, 2]);
  assert.deepEqual(largestPart(new RouterGraph(6, [link(0, 1), link(2, 3), link(3, 4)])), [2, 3, 4]);
  const path = Array.from({ length: 100_000 }, (_, i) => link(i, i + 1));
  assert.equal(new Set(connectedParts(new RouterGraph(100_001, path))).size, 1);
});

test("shortest paths agree with Bellman and Ford's relaxation on 100 random graphs", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = stream("graphs", seed);
    const nodes = 2 + random.integer(12);
    const links = Array.from({ length: random.integer(40) }, () => {
      const from = random.integer(nodes);
      return link(from, (from + 1 + random.integer(nodes - 1)) % nodes, random.integer(5), { weight: 1 + random.integer(4), directed: random.integer(2) === 0 });
    });
    const graph = new RouterGraph(nodes, links);
    const cost = new Array<number>(nodes).fill(Infinity);
    cost[0] = 0;
    for (let round = 0; round < nodes; round++) for (let l = 0; l < graph.linkCount; l++) cost[graph.heads[l]] = Math.min(cost[graph.heads[l]], cost[graph.tails[l]] + graph.weights[l]);
    const tree = shortestPathTree(graph, 0);
    for (let node = 0; node < nodes; node++) {
      const route = routeTo(graph, tree, node);
      assert.equal(route === undefined, cost[node] === Infinity);
      if (route === undefined) continue;
      assert.equal(route.reduce((sum, l) => sum + graph.weights[l], 0), cost[node]);
      assert.equal(route.reduce((sum, l) => sum + graph.delaysUs[l], 0), tree.delaysUs[node]);
      route.forEach((l, hop) => assert.equal(graph.tails[l], hop === 0 ? 0 : graph.heads[route[hop - 1]]));
    }
  }
});

test("ties go to fewer hops, then to the lower link, in whatever order links are given", () => {
  const links = [link(0, 1, 1, { weight: 1 }), link(1, 3, 1, { weight: 1 }), link(0, 2, 1, { weight: 1 }), link(2, 3, 1, { weight: 1 }), link(0, 3, 9, { weight: 2 }), link(3, 4, 1)];
  const route = (given: typeof links) => {
    const graph = new RouterGraph(5, given);
    return new Routes(graph).links(0, 4).map((l) => graph.heads[l]);
  };
  assert.deepEqual(route(links), [3, 4]);
  assert.deepEqual(route([...links].reverse()), [3, 4]);
  const square = links.filter(({ to, from }) => !(from === 0 && to === 3));
  assert.deepEqual(route(square), [1, 3, 4]);
  assert.deepEqual(route([...square].reverse()), [1, 3, 4]);
});

test("routes avoid links that are down and come back with them; without a route an error says so", () => {
  const graph = new RouterGraph(3, [link(0, 1, 1), link(1, 2, 1), link(0, 2, 10)], ["a", "b", "c"]);
  const routes = new Routes(graph, 1);
  assert.deepEqual([routes.delayUs(0, 2), routes.delayUs(2, 0)], [2, 2]);
  routes.setLink(graph.linkBetween(0, 1), false);
  assert.deepEqual([routes.delayUs(0, 2), routes.delayUs(2, 0)], [10, 2]);
  routes.setPhysicalLink(2, false);
  assert.equal(routes.delayUs(0, 2), -1);
  assert.throws(() => routes.links(0, 2), /no route between routers; got "a to c"/);
  routes.setPhysicalLink(0, true);
  assert.deepEqual([routes.delayUs(0, 2), routes.delayUs(2, 0)], [2, 2]);
});

test("Abilene: New York to Los Angeles goes by Washington, Atlanta and Houston, as adding up the distances by hand shows", needs("topology/zoo-dev"), () => {
  const document = parseGraphml(sharedText("topology/zoo-dev/Abilene.graphml"), { file: "Abilene.graphml" });
  const { graph } = graphOfDocument(document, { delay: { kind: "positions", missing: "refuse" }, weight: "delay", disconnected: "refuse" });
  const at = (name: string) => graph.labels.indexOf(name);
  const routes = new Routes(graph);
  const stops = (from: string, to: string) => routes.links(at(from), at(to)).map((l) => graph.labels[graph.heads[l]]);
  assert.deepEqual(stops("New York", "Los Angeles"), ["Washington DC", "Atlanta", "Houston", "Los Angeles"]);
  assert.deepEqual(stops("Seattle", "Atlanta"), ["Denver", "Kansas City", "Indianapolis", "Atlanta"]);
  // By hand (great circles in km): New York - Washington 329, - Atlanta 872, - Houston 1128, - Los Angeles 2207: 4536 km at 2/3 c are 22.69 ms;
  // by Chicago, Indianapolis, Kansas City and Houston it would be 5387 km.
  const us = routes.delayUs(at("New York"), at("Los Angeles"));
  assert.ok(Math.abs(us - 22_690) < 30, `${us} us`);
});

test("Rocketfuel: routes follow the weights while delays are the file's", needs("topology/rocketfuel"), () => {
  const document = parseRocketfuel({ latencies: sharedText("topology/rocketfuel/1755/latencies.intra"), weights: sharedText("topology/rocketfuel/1755/weights.intra") });
  const byWeight = new Routes(graphOfDocument(document, { delay: { kind: "file" }, weight: "file", disconnected: "refuse" }).graph);
  const byDelay = new Routes(graphOfDocument(document, { delay: { kind: "file" }, weight: "delay", disconnected: "refuse" }).graph);
  let longer = 0;
  for (let a = 0; a < 87; a++) {
    for (let b = 0; b < 87; b++) {
      assert.ok(byWeight.delayUs(a, b) >= byDelay.delayUs(a, b));
      if (byWeight.delayUs(a, b) > byDelay.delayUs(a, b)) longer += 1;
    }
  }
  assert.ok(longer > 0);
});

test("what a document lacks is refused with file and line, or left out where the caller chose that", () => {
  const text = `<graphml><key id="a" for="node" attr.name="Latitude"/><key id="o" for="node" attr.name="Longitude"/>
    <graph edgedefault="undirected"><node id="x"><data key="a">0</data><data key="o">0</data></node>
    <node id="y"><data key="a">0</data><data key="o">9</data></node>
    <node id="z"/><node id="w"><data key="a">1</data><data key="o">1</data></node>
    <edge source="x" target="y"/><edge source="y" target="z"/><edge source="x" target="x"/></graph></graphml>`;
  const document = parseGraphml(text, { file: "n.graphml" });
  const base = { weight: "delay", disconnected: "largest-part" } as const;
  assert.throws(() => graphOfDocument(document, { ...base, delay: { kind: "positions", missing: "refuse" } }), /1 of 4, the first is z.*n\.graphml, line 4/);
  const placed = graphOfDocument(document, { ...base, delay: { kind: "positions", missing: "drop-nodes" } });
  assert.deepEqual([placed.graph.labels, placed.nodes, placed.withoutPosition, placed.outsideLargestPart, placed.loops], [["x", "y"], [0, 1], ["z"], ["w"], 1]);
  assert.throws(() => graphOfDocument(document, { ...base, disconnected: "refuse", delay: { kind: "constant", delayUs: 5 } }), /not all routers reach each other; got "largest part 3 of 4 routers"/);
  assert.throws(() => graphOfDocument(document, { ...base, delay: { kind: "file" } }), /link without a delay; got "x - y".*n\.graphml, line 5/);
  assert.throws(() => graphOfDocument(document, { ...base, weight: "file", delay: { kind: "constant", delayUs: 5 } }), /link without a weight/);
});

test("every Topology Zoo file becomes a graph, or is refused because it is not connected; its largest part always loads", needs("topology/zoo-dev"), () => {
  const folder = sharedFolder("topology/zoo-dev") as string;
  const index = new Map(sharedText("topology/zoo-index.csv").trim().split("\n").slice(1).map((line) => [line.split(",")[0], line.split(",")]));
  for (const name of readdirSync(folder)) {
    const document = parseGraphml(readFileSync(join(folder, name), "utf8"), { file: name });
    const options = { delay: { kind: "constant", delayUs: 1000 }, weight: "hops" } as const;
    const [, nodes, , , , firstPart] = index.get(name.replace(".graphml", "")) as string[];
    if (nodes === firstPart) assert.equal(graphOfDocument(document, { ...options, disconnected: "refuse" }).graph.nodeCount, Number(nodes), name);
    else assert.throws(() => graphOfDocument(document, { ...options, disconnected: "refuse" }), /not all routers reach each other/, name);
    assert.ok(graphOfDocument(document, { ...options, disconnected: "largest-part" }).graph.nodeCount >= Number(firstPart) || Number(firstPart) === 1, name);
  }
});
