/** The published figures of Chord: SIGCOMM 2001 (CH-1 to CH-8) and Transactions on Networking 2003 (CH-10, CH-11, WE-2). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { keyLoadQuantile } from "overlay-lab/dist/experiments/consistent-hashing/theory";
import { IdSpace, IdTable } from "overlay-lab/dist/ids";
import { ChordProcess, ChordSnapshot, LOOKUP_OUTCOME, RouteReport, virtualNodes, type ChordMessage } from "overlay-lab/dist/peer-to-peer";
import { RandomStream, Simulation, constantDelay } from "overlay-lab/dist/simulation";

const everyNode = (count: number): number[] => Array.from({ length: count }, (_, node) => node);
const still = { stabiliseUs: 0, fixFingersUs: 0, checkPredecessorUs: 0 } as const;

function ringOf(bits: number, ids: readonly number[]): IdTable {
  const table = new IdTable(new IdSpace(bits));
  ids.forEach((id) => table.push(id));
  return table;
}

test("WE-1, SIGCOMM 2001 figure 2: nodes 0, 1, 3 of 3 bits own keys 6, 1 and 2", () => {
  const ids = [0, 1, 3];
  const table = ringOf(3, ids);
  const snapshot = new ChordSnapshot(table, everyNode(3));
  assert.deepEqual([1, 2, 6].map((key) => ids[snapshot.ownerOf(table.push(key))]), [1, 3, 0]);
});

test("WE-2, TON 2003 figures 2 to 5: owners, fingers of node 8, and the way of lookup(54)", () => {
  const ids = [1, 8, 14, 21, 32, 38, 42, 48, 51, 56];
  const table = ringOf(6, ids);
  const process = new ChordProcess({ table, parameters: { ...still, successors: 1, routing: "fingers" } });
  process.install(everyNode(10));
  const view = process.view(1) as { fingers: string[] };
  assert.deepEqual(view.fingers.map((hex) => parseInt(hex, 16)), [14, 14, 14, 21, 32, 42]);
  const keys = [10, 24, 30, 38, 54].map((key) => process.addKey(key));
  const snapshot = new ChordSnapshot(process.table, everyNode(10), { routing: "fingers", successors: 1 });
  assert.deepEqual(keys.map((key) => ids[snapshot.ownerOf(key)]), [14, 32, 32, 38, 56]);
  const report = snapshot.lookup(1, keys[4], new RouteReport(true));
  assert.deepEqual(report.path.map((node) => ids[node]), [8, 42, 51, 56]);
  assert.deepEqual([report.hops, report.lastHop], [2, 1]);
});

/** Hops to the predecessor over one ring of N nodes, SIGCOMM's convention; a planted bias leaves each node only so many of its fingers. */
function hopsOf(nodes: number, lookups: number, seed: number, fingers = 64): number[] {
  const table = new IdTable(new IdSpace(160));
  table.pushRandom(nodes, new RandomStream({ seed, name: "ids" }));
  const snapshot = new ChordSnapshot(table, everyNode(nodes), { routing: "fingers", fingers });
  const key = table.pushRandom(lookups, new RandomStream({ seed, name: "keys" }));
  const origin = new RandomStream({ seed, name: "origins" });
  const report = new RouteReport();
  return Array.from({ length: lookups }, (_, i) => snapshot.lookup(origin.integer(nodes), key + i, report).hops);
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

test("CH-1, CH-4: the mean path length is that of figure 10(a) within 1 %, and half of log2 N within 0.2", () => {
  const published = new Map([[8, 3.881], [10, 4.889], [12, 5.85], [14, 6.869]]);
  for (const [k, expected] of published) {
    const nodes = 2 ** k;
    const means = [1, 2, 3, 4, 5, 6].map((seed) => mean(hopsOf(nodes, 6000, seed)));
    const ours = mean(means);
    assert.ok(Math.abs(ours / expected - 1) < 0.01, `N = 2^${k}: ${ours} against ${expected}`);
    assert.ok(Math.abs(ours - k / 2) <= 0.2, `N = 2^${k}: ${ours} against ${k / 2}`);
  }
  // A ring whose nodes lack their farthest fingers' company would not pass.
  const crippled = mean(hopsOf(4096, 3000, 1, 8));
  assert.ok(crippled > 5.85 * 1.2, `with 8 fingers: ${crippled}`);
});

test("CH-2, CH-3: percentiles within a hop and the PDF of figure 10(b) within an L1 distance of 0.04", () => {
  const hops = [1, 2, 3, 4].flatMap((seed) => hopsOf(4096, 12_000, seed)).sort((a, b) => a - b);
  assert.ok(Math.abs(hops[Math.floor(0.01 * hops.length)] - 2) <= 1);
  assert.ok(Math.abs(hops[Math.floor(0.99 * hops.length)] - 10) <= 1);
  const published = [0, 0.0033, 0.018, 0.0571, 0.1288, 0.2124, 0.2254, 0.1938, 0.1094, 0.0412, 0.0092, 0.0012, 0.0002];
  const distance = (shift: number) => published.reduce((sum, share, i) => sum + Math.abs(share - hops.filter((h) => h + shift === i).length / hops.length), 0);
  assert.ok(distance(0) < 0.04, `L1 distance ${distance(0)}`);
  // Counting the step to the owner, as in 2003, is another distribution.
  assert.ok(distance(1) > 0.3);
});

test("CH-5 to CH-7: keys per node, without and with virtual nodes", () => {
  const share = (perHost: number, keys: number): { low: number; high: number; most: number } => {
    const { table, hostOf } = virtualNodes(new IdSpace(160), 10_000, perHost);
    const snapshot = new ChordSnapshot(table, everyNode(table.length), { fingers: 1 });
    const first = table.pushRandom(keys, new RandomStream({ seed: 1, name: "keys" }));
    const counts = new Int32Array(10_000);
    for (let i = 0; i < keys; i++) counts[hostOf[snapshot.ownerOf(first + i)]] += 1;
    const sorted = Array.from(counts).sort((a, b) => a - b);
    return { low: sorted[100], high: sorted[9900], most: sorted[9999] };
  };
  const single = share(1, 500_000);
  assert.ok(Math.abs(single.high / 227.9 - 1) < 0.04, `99th percentile ${single.high} against 227.9`);
  assert.ok(single.low <= 1);
  assert.ok(Math.abs(single.most / 457 - 1) < 0.2, `fullest node ${single.most} against 457`);
  // Figure 9 is drawn for a mean of 100 keys. For r = 5 it prints 220 where theory (negative binomial) and this run have 234, so theory is the measure here.
  for (const [perHost, published] of [[5, null], [10, 186]] as const) {
    const ours = share(perHost, 1_000_000);
    const theory = 100 * keyLoadQuantile(perHost, 100, 0.99);
    assert.ok(Math.abs(ours.high / theory - 1) < 0.03, `${perHost} virtual nodes: ${ours.high} against ${theory}`);
    if (published !== null) assert.ok(Math.abs(ours.high / published - 1) < 0.04, `${perHost} virtual nodes: ${ours.high} against ${published}`);
  }
});

test("CH-8: after a fraction of the nodes has failed at once and the ring has repaired itself, lookups fail for lost keys only", () => {
  for (const p of [0.05, 0.2]) {
    const nodes = 2000;
    const random = new RandomStream({ seed: 3, name: "world" });
    const table = new IdTable(new IdSpace(160));
    table.pushRandom(nodes, random);
    const process = new ChordProcess({ table, parameters: { successors: 12, stabiliseUs: 30_000_000, checkPredecessorUs: 30_000_000, fixFingersUs: 30_000_000, fingersPerRound: 2 } });
    process.install(everyNode(nodes));
    const first = process.addRandomKeys(20_000, random);
    process.placeKeys(Int32Array.from({ length: 20_000 }, (_, i) => first + i));
    const simulation = new Simulation<ChordMessage>({ nodes, seed: 1, process: () => process, transport: constantDelay(50_000) });
    const dead = random.sample(nodes, Math.round(p * nodes));
    simulation.at(1, () => dead.forEach((node) => simulation.crash(node)));
    const isDead = new Set(dead);
    const up = everyNode(nodes).filter((node) => !isDead.has(node));
    // A last entry of a list travels one node further in each round.
    simulation.run({ untilUs: 600_000_000 });
    assert.equal(process.firstFault(up), null);
    const lookups = 4000;
    for (let i = 0; i < lookups; i++) simulation.invokeAt(600_000_000 + i * 1000, random.pick(up), (_process, context) => void process.lookup(context, first + random.integer(20_000)));
    simulation.run({ untilUs: 630_000_000 });
    const { outcomes } = process.lookups;
    const count = (outcome: number) => outcomes.subarray(0, lookups).filter((each) => each === outcome).length;
    assert.equal(count(LOOKUP_OUTCOME.found) + count(LOOKUP_OUTCOME.missing), lookups, "every lookup ends at the owner");
    // The share of the circle that p of 2000 nodes hold has a deviation of sqrt(p (1 - p) 2 / 2000); the lookups add theirs.
    const deviation = Math.sqrt(p * (1 - p) * (2 / nodes + 1 / lookups));
    assert.ok(Math.abs(count(LOOKUP_OUTCOME.missing) / lookups - p) < 3.5 * deviation, `p = ${p}: ${count(LOOKUP_OUTCOME.missing) / lookups}`);
  }
});

test("CH-10: table II, path length, timeouts and no failed lookup, TON's convention", () => {
  const rows = [[0, 3.84, 0], [0.1, 4.03, 0.6], [0.2, 4.22, 1.17], [0.3, 4.44, 2.02], [0.4, 4.69, 3.23], [0.5, 5.09, 5.1]];
  for (const [p, path, waited] of rows) {
    let [hops, timeouts, count] = [0, 0, 0];
    for (let seed = 1; seed <= 6; seed++) {
      const table = new IdTable(new IdSpace(160));
      table.pushRandom(1000, new RandomStream({ seed, name: "ids" }));
      const snapshot = new ChordSnapshot(table, everyNode(1000), { successors: 20 });
      const dead = new RandomStream({ seed, name: "dead" }).sample(1000, Math.round(p * 1000));
      snapshot.fail(dead);
      const up = everyNode(1000).filter((node) => !dead.includes(node));
      const key = table.pushRandom(4000, new RandomStream({ seed, name: "keys" }));
      const origin = new RandomStream({ seed, name: "origins" });
      const report = new RouteReport();
      for (let i = 0; i < 4000; i++) {
        snapshot.lookup(origin.pick(up), key + i, report);
        assert.equal(report.owner, snapshot.survivingOwnerOf(key + i), "no lookup fails, and none ends at a wrong node");
        hops += report.hops + report.lastHop;
        timeouts += report.timeouts;
        count += 1;
      }
    }
    assert.ok(Math.abs(hops / count / path - 1) <= (p === 0.5 ? 0.06 : 0.04), `p = ${p}: path ${hops / count} against ${path}`);
    if (p >= 0.2) assert.ok(Math.abs(timeouts / count / waited - 1) <= 0.12, `p = ${p}: timeouts ${timeouts / count} against ${waited}`);
  }
});
