/** How many keys a node gets: figures 8 and 9 of SIGCOMM 2001; and which keys are lost when nodes fail, figure 11. */
import { ChordSnapshot, RouteReport } from "../../peer-to-peer";
import { ParameterError } from "../../errors";
import { RingOrder } from "../../ids";
import type { RandomStream } from "../../simulation";
import { keyLoadQuantile } from "../consistent-hashing/theory";
import { defineExperiment } from "../define";
import { countOf, drawnNodes, others, percentileOf, upTo } from "./setting";

/** Mean keys a node at which the percentiles are read. */
export const KEY_LEVELS: readonly number[] = Object.freeze([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);

/** Keys per node while the number of keys grows. */
export const chordKeysPerNode = defineExperiment({
  id: "chord-keys-per-node",
  question: "How many keys does the fullest node of a Chord ring get?",
  section: "P&D 9.4.2",
  // The width of the ids changes nothing here; short ones are drawn faster.
  parameters: { idBits: 62 },
  factors: [{ name: "nodes", title: "Nodes", type: "integer", levels: [10_000] }],
  seed: 8,
  replications: { quick: 8, full: 20 },
  metrics: [
    ...KEY_LEVELS.map((keys) => ({ name: `p99_at_${keys}`, title: `99th percentile at a mean of ${keys}`, type: "number" as const, unit: "keys", digits: 4, definition: `Keys that 99 % of the nodes do not exceed when there are ${keys} keys a node on average.` })),
    { name: "p1_at_100", title: "1st percentile at a mean of 100", type: "number", unit: "keys", digits: 3, definition: "Keys that 1 % of the nodes do not exceed at a mean of 100." },
    { name: "most_at_50", title: "Fullest node at a mean of 50", type: "number", unit: "keys", digits: 4, definition: "Keys of the fullest node at a mean of 50." },
  ],
  run: (arm, context) => {
    const nodes = countOf({ nodes: arm.nodes as number }, "nodes", 2, 200_000);
    const table = drawnNodes(context, nodes);
    const ring = new RingOrder(table, upTo(nodes));
    const keys = context.random("keys");
    const counts = new Int32Array(nodes);
    const row: Record<string, number> = {};
    // One set of keys that grows: each level adds its keys to those before.
    for (const [i, level] of KEY_LEVELS.entries()) {
      countKeys(ring, keys, nodes * (level - (i === 0 ? 0 : KEY_LEVELS[i - 1])), counts);
      row[`p99_at_${level}`] = percentileOf(counts, 0.99);
      if (level === 50) row.most_at_50 = percentileOf(counts, 1);
    }
    return [{ ...row, p1_at_100: percentileOf(counts, 0.01) }];
  },
});

/** Gives drawn keys to the nodes of a ring and counts them by rank. The keys lie at 2^32 places of the circle, thousands to each node. */
function countKeys(ring: RingOrder, random: RandomStream, count: number, counts: Int32Array): void {
  const step = ring.table.leadSize / 4294967296;
  for (let i = 0; i < count; i++) counts[ring.successorRankOfLead(Math.floor(random.uint32() * step))] += 1;
}

/** Percentiles of the keys of a host with virtual nodes. */
export const chordVirtualNodes = defineExperiment({
  id: "chord-virtual-nodes",
  question: "How many virtual nodes does a host need for a fair share of the keys?",
  section: "P&D 9.4.2",
  parameters: { idBits: 62, hosts: 4000, keysPerHost: 100 },
  factors: [{ name: "virtual_nodes", title: "Virtual nodes per host", type: "integer", levels: [1, 2, 5, 10, 20] }],
  seed: 9,
  replications: { quick: 3, full: 20 },
  metrics: [
    { name: "keys_p1", title: "1st percentile", type: "number", unit: "keys", digits: 4, definition: "Keys that 1 % of the hosts do not exceed." },
    { name: "keys_p99", title: "99th percentile", type: "number", unit: "keys", digits: 4, definition: "Keys that 99 % of the hosts do not exceed." },
  ],
  oracle: {
    metric: "keys_p99",
    source: "Gamma shares and random keys: negative binomial (Chord's figure 9, CH-7)",
    expected: (arm, parameters) => (parameters.keysPerHost as number) * keyLoadQuantile(arm.virtual_nodes as number, parameters.keysPerHost as number, 0.99),
    tolerance: 0.06,
  },
  run: (arm, context) => {
    const hosts = countOf(context.parameters, "hosts", 2, 100_000);
    const perHost = countOf({ perHost: arm.virtual_nodes as number }, "perHost", 1, 1000);
    if (hosts * perHost > 4_000_000) throw new ParameterError({ what: "too many virtual nodes", got: hosts * perHost, expected: "at most 4,000,000 on all hosts together", where: "experiment chord-virtual-nodes" });
    // Ids as hashes would give them, drawn instead of hashed: virtual node v of host h is row h * perHost + v.
    const table = drawnNodes(context, hosts * perHost);
    const ring = new RingOrder(table, upTo(table.length));
    const counts = new Int32Array(ring.length);
    countKeys(ring, context.random("keys"), hosts * countOf(context.parameters, "keysPerHost", 1, 10_000), counts);
    const loads = new Int32Array(hosts);
    for (let rank = 0; rank < ring.length; rank++) loads[Math.floor(ring.rows[rank] / perHost)] += counts[rank];
    return [{ keys_p1: percentileOf(loads, 0.01), keys_p99: percentileOf(loads, 0.99) }];
  },
});

/** Keys lost with their nodes, after the ring has repaired itself. */
export const chordLostKeys = defineExperiment({
  id: "chord-lost-keys",
  question: "When many nodes fail at once and the ring repairs itself, how many lookups find no key?",
  section: "P&D 9.4.2",
  parameters: { idBits: 62, nodes: 10_000, keys: 1_000_000, lookups: 10_000, replicas: 1 },
  factors: [{ name: "failed", title: "Share of the nodes that fail", type: "number", levels: [0.01, 0.025, 0.05, 0.1, 0.15, 0.2] }],
  seed: 11,
  replications: { quick: 3, full: 20 },
  metrics: [
    { name: "lost_share", title: "Failed lookups", type: "number", digits: 4, definition: "Share of the lookups that reach the owner of their key, which does not hold it, because all its holders have failed; on the ring of the survivors, repaired." },
    { name: "wrong_share", title: "Lookups astray", type: "number", digits: 4, definition: "Share of the lookups that end at a node which is not the owner." },
  ],
  oracle: { metric: "lost_share", source: "SIGCOMM 2001, section 6.5: the share of the nodes that failed (CH-8)", expected: (arm, parameters) => (parameters.replicas === 1 ? (arm.failed as number) : null), tolerance: 0.25 },
  run: (arm, context) => {
    const { parameters } = context;
    const nodes = countOf(parameters, "nodes", 2, 1_000_000);
    const table = drawnNodes(context, nodes);
    const dead = failedNodes(arm.failed as number, nodes, context.random("failures"));
    const before = new ChordSnapshot(table, upTo(nodes), { fingers: 1 });
    const after = new ChordSnapshot(table, others(nodes, dead), { successors: 20 });
    const keys = countOf(parameters, "keys", 1, 4_000_000_000);
    const gone = new Set(dead);
    const lookups = countOf(parameters, "lookups", 1, 10_000_000);
    const copies = countOf(parameters, "replicas", 1, 64);
    const [wanted, origins, ids] = [context.random("wanted"), context.random("origins"), context.random("keys")];
    const report = new RouteReport();
    // Only keys that are looked up get an id: the others change nothing.
    const rows = new Map<number, number>();
    let [lost, wrong] = [0, 0];
    for (let i = 0; i < lookups; i++) {
      const number = wanted.integer(keys);
      const key = rows.get(number) ?? table.pushRandom(1, ids);
      rows.set(number, key);
      after.lookup(after.members[origins.integer(after.length)], key, report);
      if (report.owner !== after.ownerOf(key)) wrong += 1;
      else if (before.holdersOf(key, copies).every((holder) => gone.has(holder))) lost += 1;
    }
    return [{ lost_share: lost / lookups, wrong_share: wrong / lookups }];
  },
});

/**
 * The nodes that fail: a share of them, drawn without replacement, to the nearest whole number.
 * @throws ParameterError for a share outside [0, 1), or one that leaves nobody
 */
export function failedNodes(share: number, nodes: number, random: { sample(population: number, count: number): number[] }): number[] {
  const count = Math.round(share * nodes);
  if (!(share >= 0 && share < 1) || count >= nodes) throw new ParameterError({ what: "bad share of failed nodes", got: share, expected: "a number from 0 to below 1 that leaves at least one node", where: "factor failed" });
  return random.sample(nodes, count);
}
