/** The message-by-message protocol and the fast flood are the same: same nodes reached, same number of messages, hop by hop. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bookFigure6, linksOfOverlay, simulateGnutella } from "overlay-lab/dist/experiments/napster-and-gnutella";
import { Flooder, gridOverlay, OverlayGraph, powerLawOverlay, randomOverlay, regularOverlay } from "overlay-lab/dist/peer-to-peer/gnutella";
import { RandomStream, TraceBuffer } from "overlay-lab/dist/simulation";

const random = new RandomStream({ seed: 4, name: "graphs" });
const GRAPHS: readonly (readonly [string, OverlayGraph])[] = [
  ["figure 6", bookFigure6()],
  ["grid", gridOverlay(7, 9)],
  ["regular", regularOverlay(120, 4, random)],
  ["random, in several parts", randomOverlay(150, 2.2, random)],
  ["power law", powerLawOverlay({ nodes: 200, exponent: 2.1, random })],
];

for (const [name, graph] of GRAPHS) {
  for (const forwardAfterHit of [true, false]) {
    test(`${name}: servents and fast flood agree${forwardAfterHit ? "" : " when a holder does not pass the query on"}`, () => {
      const holders = new Uint8Array(graph.nodes);
      for (let i = 0; i < 5; i++) holders[random.integer(graph.nodes)] = 1;
      for (const ttl of [1, 2, 3, 5, 7]) {
        const source = random.integer(graph.nodes);
        const trace = new TraceBuffer(100_000);
        const world = simulateGnutella({
          servents: Array.from({ length: graph.nodes }, (_, node) => ({ files: holders[node] === 1 ? [{ name: "blue train", sizeBytes: 1000 }] : [] })),
          links: linksOfOverlay(graph), options: { maintains: false, forwardAfterHit },
        }, { seed: 1, trace });
        world.searchAt(1000, source, "train", ttl);
        world.simulation.run();
        const flooder = new Flooder(graph);
        const fast = flooder.flood(source, ttl, { holders, forwardAfterHit });
        const got = (kind: string) => trace.records().filter((record) => record.kind === "deliver" && record.label === kind);
        const nodes = new Set(got("query").map((record) => record.node));
        for (let node = 0; node < graph.nodes; node++) if (node !== source) assert.equal(nodes.has(node), flooder.wasReached(node), `node ${node}, TTL ${ttl}`);
        assert.equal(got("query").length, fast.messages, `messages at TTL ${ttl}`);
        fast.messagesAt.forEach((sent, hop) => assert.equal(got("query").filter((record) => record.timeUs === 1000 + 50_000 * (hop + 1)).length, sent, `hop ${hop + 1}`));
        assert.equal(world.hits.length, fast.hits);
        assert.equal(got("query-hit").length, fast.answerMessages);
      }
    });
  }
}
