/** Islands and the tunnels between them, against a search over all sets of pairs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { islandsOf, planTunnels } from "overlay-lab/dist/routing-overlays/experimental-ip";
import { RouterGraph, Routes, connectedParts } from "overlay-lab/dist/network";
import { RandomStream } from "overlay-lab/dist/simulation";

function drawn(random: RandomStream, nodes: number): RouterGraph {
  const links = Array.from({ length: nodes + random.integer(nodes) }, () => [random.integer(nodes), random.integer(nodes)]).filter(([a, b]) => a !== b);
  return new RouterGraph(nodes, links.map(([from, to]) => ({ from, to, delayUs: 1, weight: 1 + random.integer(9) })));
}

/** Total weight of the unicast path between two routers, Infinity for none. */
function weightOf(graph: RouterGraph, routes: Routes, from: number, to: number): number {
  if (routes.delayUs(from, to) < 0) return Infinity;
  return routes.links(from, to).reduce((sum, link) => sum + graph.weights[link], 0);
}

test("islands are the connected parts of the upgraded routers", () => {
  const graph = new RouterGraph(6, [[0, 1], [1, 2], [2, 3], [4, 5]].map(([from, to]) => ({ from, to, delayUs: 1 })));
  assert.deepEqual([...islandsOf(graph, [true, true, false, true, true, true])], [0, 0, -1, 1, 2, 2]);
});

test("on 300 random networks the tunnels are as few and as light in total as Prim's search over all pairs finds", () => {
  let withTunnels = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const random = new RandomStream({ seed, name: "islands" });
    const graph = drawn(random, 3 + random.integer(8));
    const upgraded = Array.from({ length: graph.nodeCount }, () => random.chance(1, 2));
    const tunnels = planTunnels(graph, upgraded);
    const islands = islandsOf(graph, upgraded);
    const parts = connectedParts(graph);
    const count = new Set([...islands].filter((island) => island >= 0)).size;
    const reachable = new Set([...islands.keys()].filter((router) => islands[router] >= 0).map((router) => parts[router])).size;
    assert.equal(tunnels.length, count - reachable, `seed ${seed}`);
    withTunnels += tunnels.length > 0 ? 1 : 0;
    // Prim over islands, with the lightest path between any two of their routers.
    const routes = new Routes(graph);
    const between = (a: number, b: number) => Math.min(...[...islands.keys()].filter((x) => islands[x] === a).flatMap((x) => [...islands.keys()].filter((y) => islands[y] === b).map((y) => weightOf(graph, routes, x, y))));
    const left = new Set(Array.from({ length: count }, (_, island) => island));
    let total = 0;
    while (left.size > 0) {
      const inside = [left.values().next().value as number];
      left.delete(inside[0]);
      for (;;) {
        const choices = inside.flatMap((a) => [...left].map((b) => ({ b, weight: between(a, b) }))).filter(({ weight }) => weight < Infinity).sort((x, y) => x.weight - y.weight);
        if (choices.length === 0) break;
        total += choices[0].weight;
        inside.push(choices[0].b);
        left.delete(choices[0].b);
      }
    }
    assert.equal(tunnels.reduce((sum, { weight }) => sum + weight, 0), total, `seed ${seed}`);
    for (const { a, b, weight } of tunnels) assert.equal(weightOf(graph, routes, a, b), weight, `seed ${seed}`);
  }
  assert.ok(withTunnels > 100);
});

test("extra tunnels are further ones between different islands", () => {
  const graph = new RouterGraph(6, [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [5, 0]].map(([from, to]) => ({ from, to, delayUs: 1 })));
  const upgraded = [true, false, true, false, true, false];
  assert.equal(planTunnels(graph, upgraded).length, 2);
  const three = planTunnels(graph, upgraded, 5);
  assert.equal(three.length, 3);
  assert.equal(new Set(three.map(({ a, b }) => `${a} ${b}`)).size, 3);
});
