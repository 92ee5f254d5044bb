/** The laws of structured overlays, for the variants of Chord; and what Chord alone promises. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { IdSpace, IdTable } from "overlay-lab/dist/ids";
import { ChordProcess, ChordSnapshot, LOOKUP_OUTCOME, RouteReport, type ChordMessage } from "overlay-lab/dist/peer-to-peer";
import { RandomStream, Simulation, constantDelay, uniformDelay } from "overlay-lab/dist/simulation";
import { chordSubject } from "./chord-subject";
import { checkArcs, checkOwnership, checkSameRoutes, checkSingleAnswer } from "./structured-laws";

const VARIANTS = [
  chordSubject({ routing: "fingers", style: "recursive", successors: 1, recovery: "none" }),
  chordSubject({ routing: "fingers and successors", style: "recursive", successors: 4, recovery: "none" }),
  chordSubject({ routing: "fingers and successors", style: "recursive", successors: 3, recovery: "next best" }),
  chordSubject({ routing: "fingers and successors", style: "iterative", successors: 2 }),
  chordSubject({ routing: "fingers", style: "iterative", successors: 3, fingers: 2 }),
];

for (const subject of VARIANTS) {
  test(`${subject.name}: every key has one owner, which a lookup from any node finds`, () => {
    checkOwnership(subject, 60);
    checkSingleAnswer(subject, 60);
  });
  test(`${subject.name}: joins and leaves move only the affected arc`, () => checkArcs(subject, 60));
  test(`${subject.name}: messages and snapshot take the same ways`, () => checkSameRoutes(subject, 25));
}

test("with failed nodes and no repair, messages and snapshot agree on hops, timeouts and owner", () => {
  let timeouts = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const random = new RandomStream({ seed, name: "world" });
    const routing = seed % 2 === 0 ? "fingers" : "fingers and successors";
    const parameters = { routing, style: "iterative", successors: 6, afterTimeout: "keep", ownerCheck: "none", stabiliseUs: 0, fixFingersUs: 0, checkPredecessorUs: 0, lookupTimeoutUs: 0 } as const;
    const nodes = 60;
    const table = new IdTable(new IdSpace(160));
    table.pushRandom(nodes, random);
    const process = new ChordProcess({ table, parameters });
    const all = Array.from({ length: nodes }, (_, node) => node);
    process.install(all);
    const firstKey = process.addRandomKeys(80, random);
    const dead = random.sample(nodes, 20);
    const up = all.filter((node) => !dead.includes(node));
    const simulation = new Simulation<ChordMessage>({ nodes, seed, process: () => process, transport: uniformDelay(1000, 50_000, random) });
    simulation.at(1, () => dead.forEach((node) => simulation.crash(node)));
    const asked = Array.from({ length: 80 }, (_, i) => ({ from: random.pick(up), key: firstKey + i }));
    for (const { from, key } of asked) simulation.invokeAt(2, from, (_process, context) => void process.lookup(context, key));
    simulation.run({ maxEvents: 200_000 });
    const snapshot = new ChordSnapshot(process.table, all, { routing, style: "iterative", successors: 6 });
    snapshot.fail(dead);
    const report = new RouteReport();
    asked.forEach(({ from, key }, i) => {
      snapshot.lookup(from, key, report);
      const { owners, hops, lastHops, timeouts: waited } = process.lookups;
      if (report.owner < 0) assert.equal(process.lookups.outcomes[i], LOOKUP_OUTCOME.failed, `world ${seed}, lookup ${i}`);
      else assert.deepEqual([owners[i], hops[i], lastHops[i], waited[i]], [report.owner, report.hops, report.lastHop, report.timeouts], `world ${seed}, lookup ${i}`);
      timeouts += report.timeouts;
    });
  }
  assert.ok(timeouts > 500, `only ${timeouts} timeouts`);
});

test("latencies of the two tiers agree in both styles, with and without alternates by proximity", () => {
  const random = new RandomStream({ seed: 4, name: "plane" });
  const nodes = 120;
  const place = Float64Array.from({ length: 2 * nodes }, () => random.uniform() * 100_000);
  const latencyUs = (a: number, b: number) => (a === b ? 0 : 1000 + Math.round(Math.abs(place[2 * a] - place[2 * b]) + Math.abs(place[2 * a + 1] - place[2 * b + 1])));
  const mean = new Map<string, number>();
  for (const style of ["recursive", "iterative"] as const) for (const alternates of [0, 6]) {
    const table = new IdTable(new IdSpace(160));
    table.pushRandom(nodes, new RandomStream({ seed: 4, name: "ids" }));
    const process = new ChordProcess({ table, proximityUs: latencyUs, parameters: { style, alternates, recovery: "none", routing: "fingers", stabiliseUs: 0, fixFingersUs: 0, checkPredecessorUs: 0 } });
    const all = Array.from({ length: nodes }, (_, node) => node);
    process.install(all);
    const firstKey = process.addRandomKeys(300, new RandomStream({ seed: 4, name: "keys" }));
    const simulation = new Simulation<ChordMessage>({ nodes, seed: 1, process: () => process, transport: { delayUs: latencyUs } });
    for (let i = 0; i < 300; i++) simulation.invokeAt(0, i % nodes, (_process, context) => void process.lookup(context, firstKey + i));
    simulation.run({ maxEvents: 100_000 });
    const snapshot = new ChordSnapshot(process.table, all, { style, alternates, latencyUs, routing: "fingers" });
    const report = new RouteReport();
    let sum = 0;
    for (let i = 0; i < 300; i++) {
      snapshot.lookup(i % nodes, firstKey + i, report);
      const { startUs, endUs, owners, hops } = process.lookups;
      assert.deepEqual([owners[i], hops[i], endUs[i] - startUs[i]], [report.owner, report.hops, report.latencyUs], `${style}, ${alternates} alternates, lookup ${i}`);
      sum += report.latencyUs;
    }
    mean.set(`${style} ${alternates}`, sum / 300);
  }
  const [slow, near] = [mean.get("recursive 0") as number, mean.get("recursive 6") as number];
  assert.ok(near < 0.9 * slow, `alternates: ${near} µs against ${slow} µs`);
});

test("a ring that nodes join one after the other becomes the converged ring, fingers and all, and keys move to their owners", () => {
  const random = new RandomStream({ seed: 2, name: "ids" });
  const table = new IdTable(new IdSpace(32));
  table.pushRandom(24, random);
  const process = new ChordProcess({
    table, bootstrap: (node) => node - 1,
    parameters: { fingers: 32, fingersPerRound: 32, stabiliseUs: 1_000_000, fixFingersUs: 1_000_000, checkPredecessorUs: 1_000_000 },
  });
  const keys = Array.from({ length: 200 }, () => process.addKey(random.uint32()));
  const simulation = new Simulation<ChordMessage>({ nodes: 24, seed: 5, process: () => process, startUs: (node) => node * 2_000_000, transport: constantDelay(20_000) });
  // All keys are stored while the ring has one node; later nodes get theirs by hand-over.
  for (const key of keys) simulation.invokeAt(1, 0, (_process, context) => void process.put(context, key));
  simulation.run({ untilUs: 120_000_000, maxEvents: 1_000_000 });
  assert.equal(process.firstFingerFault(Array.from({ length: 24 }, (_, node) => node)), null);
  const snapshot = new ChordSnapshot(process.table, Array.from({ length: 24 }, (_, node) => node));
  for (const key of keys) for (let node = 0; node < 24; node++) assert.equal(process.store.has(node, key), node === snapshot.ownerOf(key), `key ${key} at node ${node}`);
  assert.equal(process.store.size, 200);
  // A node leaves in good order: its keys are with its successor at once.
  simulation.invokeAt(121_000_000, 7, (_process, context) => process.leave(context));
  simulation.run({ untilUs: 121_030_000 });
  const others = Array.from({ length: 24 }, (_, node) => node).filter((node) => node !== 7);
  const smaller = new ChordSnapshot(process.table, others);
  for (const key of keys) for (const node of others) assert.equal(process.store.has(node, key), node === smaller.ownerOf(key), `after the leave: key ${key} at node ${node}`);
  simulation.run({ untilUs: 160_000_000, maxEvents: 1_000_000 });
  assert.equal(process.firstFault(others), null);
});
