/** Laws of searching an unstructured overlay, whatever the policy. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Flooder, overlayNamed, placeCopies } from "overlay-lab/dist/peer-to-peer/gnutella";
import { allocationShares, closedFormSearchSize, expandingRing, squareRootGain, WALK_POLICIES, WalkSearcher, zipfRates, type WalkOptions } from "overlay-lab/dist/peer-to-peer/unstructured-search";
import { RandomStream } from "overlay-lab/dist/simulation";

test("in 150 random searches a walker's way is a path of the overlay that ends at a holder, and messages add up", () => {
  const random = new RandomStream({ seed: 1, name: "law" });
  for (let round = 0; round < 150; round++) {
    const graph = overlayNamed((["random", "power-law", "grid"] as const)[round % 3], { nodes: 60 + random.integer(100), degree: 3, exponent: 2.2 }, random);
    const holders = placeCopies(graph.nodes, random.integer(6), random);
    const options: Partial<WalkOptions> = { policy: WALK_POLICIES[random.integer(3)], walkers: 1 + random.integer(9), maxSteps: 1 + random.integer(80), checkEvery: random.integer(6), wantedHits: 1 + random.integer(3), expectation: random.integer(2) === 0 ? "optimistic" : "pessimistic", avoidsBack: random.integer(2) === 0 };
    const searcher = new WalkSearcher(graph, options);
    for (let search = 0; search < 5; search++) {
      const source = random.integer(graph.nodes);
      const result = searcher.search({ source, holders, random });
      const where = `round ${round}: ${JSON.stringify(options)}`;
      assert.equal(result.messages, result.steps + result.checkMessages + result.answerMessages + result.updateMessages, where);
      assert.ok(result.steps <= (options.walkers ?? 0) * (options.maxSteps ?? 0), where);
      assert.ok(result.visited <= Math.min(result.steps, graph.nodes - 1), where);
      assert.equal(result.found, result.firstHitStep >= 0, where);
      if (!result.found) continue;
      assert.equal(result.path.length, result.firstHitStep + 1, where);
      assert.equal(result.path[0], source, where);
      assert.equal(holders[result.path[result.path.length - 1]], 1, where);
      for (let i = 1; i < result.path.length; i++) assert.ok(graph.neighbours(result.path[i - 1]).includes(result.path[i]), where);
      // Nobody on the way but its end has the object, or the walker would have stopped there.
      if (options.policy !== "past-success") for (const node of result.path.slice(0, -1)) assert.equal(holders[node], 0, where);
    }
  }
});

test("an expanding ring finds exactly what a flood of its last TTL finds, at the nearest holder's distance or up to a step beyond", () => {
  const random = new RandomStream({ seed: 2, name: "law" });
  for (let round = 0; round < 100; round++) {
    const graph = overlayNamed("random", { nodes: 100, degree: 3, exponent: 2 }, random);
    const holders = placeCopies(graph.nodes, random.integer(4), random);
    const [source, step, last] = [random.integer(graph.nodes), 1 + random.integer(3), 4 + random.integer(8)];
    const flooder = new Flooder(graph);
    const ring = expandingRing(flooder, source, holders, { start: 1, step, last });
    const flood = flooder.flood(source, last, { holders });
    assert.equal(ring.found, flood.hits > 0 || holders[source] === 1);
    if (ring.found && holders[source] === 0) assert.ok(ring.ttl >= flood.firstHitHop && ring.ttl < flood.firstHitHop + step);
  }
});

test("the square root gains nothing for equal rates, always something else, and never more than the number of objects", () => {
  const random = new RandomStream({ seed: 3, name: "law" });
  assert.ok(Math.abs(squareRootGain([1, 1, 1]) - 1) < 1e-12);
  for (let round = 0; round < 300; round++) {
    const rates = Float64Array.from({ length: 2 + random.integer(50) }, () => random.exponential(1) + 1e-9);
    const gain = squareRootGain(rates);
    assert.ok(gain > 1 && gain <= rates.length * (1 + 1e-12));
    assert.ok(Math.abs(allocationShares(rates, "square-root").reduce((a, b) => a + b, 0) - 1) < 1e-12);
  }
  assert.ok(closedFormSearchSize(zipfRates(1000, 1), "square-root", 2) * 2 < 1000);
});
