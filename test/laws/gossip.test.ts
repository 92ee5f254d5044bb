import assert from "node:assert/strict";
import { test } from "node:test";
import { Cyclon, HyParView, checkCyclonView, checkHyParViewNode, spreadRumour, type CyclonMessage, type HyParViewMessage } from "overlay-lab/dist/peer-to-peer/gossip";
import { RandomStream, Simulation, constantDelay } from "overlay-lab/dist/simulation";

test("Cyclon's views keep their rules after every event, and a population of full views keeps them full", () => {
  const nodes = 12;
  const overlay = new Cyclon(nodes, { viewSize: 4, shuffleLength: 3, periodUs: 100_000 });
  for (let node = 0; node < nodes; node++) for (let step = 1; step <= 4; step++) overlay.views.add(node, (node + step) % nodes, 0);
  const simulation = new Simulation<CyclonMessage>({ nodes, seed: 4, process: () => overlay, transport: constantDelay(1000) });
  let events = 0;
  simulation.run({
    untilUs: 3_000_000,
    until: () => {
      events += 1;
      for (let node = 0; node < nodes; node++) checkCyclonView(overlay, node);
      return false;
    },
  });
  assert.ok(events > 900);
  let entries = 0;
  for (let node = 0; node < nodes; node++) entries += overlay.views.sizeOf(node);
  assert.ok(entries >= nodes * 3, `${entries} entries of ${nodes * 4}: a swap may lose one only when both sides hold the same node`);
});

test("HyParView keeps its rules after every event of a small world in which a node dies and comes back", () => {
  const nodes = 10;
  const overlay = new HyParView(nodes, { activeSize: 3, passiveSize: 4, shuffleActive: 2, shufflePassive: 2, periodUs: 300_000, probePeriodUs: 200_000, acknowledgeUs: 50_000 }, () => 0);
  const simulation = new Simulation<HyParViewMessage>({ nodes, seed: 5, process: () => overlay, transport: constantDelay(1000), startUs: (node) => node * 10_000, faults: [{ kind: "crash", node: 3, atUs: 1_000_000, restartUs: 2_000_000 }] });
  let events = 0;
  simulation.run({
    untilUs: 3_000_000,
    until: () => {
      events += 1;
      for (let node = 0; node < nodes; node++) checkHyParViewNode(overlay, node);
      return false;
    },
  });
  assert.ok(events > 500);
});

test("the sites that know a rumour only become more, and knowing, missing and sending add up", () => {
  const random = new RandomStream({ seed: 6, name: "rumour" });
  for (const direction of ["push", "pull", "push-pull"] as const) for (const response of ["feedback", "blind"] as const) for (const stop of ["counter", "coin"] as const) {
    const run = spreadRumour({ direction, response, stop, k: 2, sites: 200 }, random);
    run.known.forEach((known, cycle) => assert.ok(cycle === 0 || known >= run.known[cycle - 1]));
    const last = run.known[run.known.length - 1];
    assert.equal(run.residue, (200 - last) / 200);
    assert.ok(run.messagesPerSite * 200 >= last - 1, "everybody but the first was told at least once");
    assert.ok(run.lastCycle < run.known.length);
  }
});
