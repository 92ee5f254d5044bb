/** Slots of a look-up table shared out by Maglev, by a ring and by rendezvous hashing (Maglev, NSDI 2016, section 5.3): evenness and disruption. */
import { HashRing, MaglevHash, RendezvousHash, checkPrime, uniformKeys, type InternedKeys, type ServerHash } from "../../ids";
import { defineExperiment, type RunContext } from "../define";
import { countOf, loadsOf, peakOverMean, serverNames } from "./setting";

const FILLS = ["maglev", "ring", "rendezvous"] as const;

/** Over-provisioning and disruption against the size of the table. */
export const hashTableBalance = defineExperiment({
  id: "hash-table-balance",
  question: "How evenly is a table of M slots shared out, and how many slots change hands when servers fail?",
  section: "P&D 9.4.3",
  parameters: { servers: 100, points: 160, failures: 1 },
  factors: [
    { name: "fill", title: "Filled by", type: "string", levels: [...FILLS] },
    { name: "table_size", title: "Slots M", type: "integer", levels: [1009, 10_007, 65_537] },
  ],
  seed: 65_537,
  replications: { quick: 3, full: 20 },
  metrics: [
    { name: "over_provision_percent", title: "Over-provisioning", type: "number", unit: "%", digits: 4, definition: "Slots of the server with most over the mean, minus 1, in per cent: capacity that must be kept in reserve." },
    { name: "least_percent", title: "Least share", type: "number", unit: "%", digits: 4, definition: "Slots of the server with fewest over the mean, minus 1, in per cent (0 or below)." },
    { name: "needless_percent", title: "Slots moved needlessly", type: "number", unit: "%", digits: 4, definition: "Slots that went from one server that stayed to another when servers failed, in per cent of all slots." },
  ],
  run: (arm, context) => [measure(arm.fill as (typeof FILLS)[number], checkPrime(arm.table_size as number), context)],
});

function measure(fill: (typeof FILLS)[number], slots: number, context: RunContext): Readonly<Record<string, number>> {
  const { parameters } = context;
  const count = countOf(parameters, "servers", 2, 10_000);
  const failures = countOf(parameters, "failures", 1, count - 1);
  const names = serverNames(count);
  const seed = context.random("placement").uint32();
  const hash = fill === "maglev" ? new MaglevHash({ tableSize: slots, seed }) : fill === "ring" ? new HashRing({ points: countOf(parameters, "points", 1, 1e6), seed }) : new RendezvousHash({ seed });
  for (const name of names) hash.add(name);
  const keys = uniformKeys(slots, context.random("slots"));
  const before = slotOwners(hash, keys);
  const loads = loadsOf(before, count);
  const gone = new Set(context.random("failures").sample(count, failures));
  for (const server of gone) hash.remove(names[server]);
  const numbers = new Map(names.map((name, index) => [name, index]));
  const old = Int32Array.from(hash.servers, (name) => numbers.get(name) as number);
  const after = slotOwners(hash, keys);
  let needless = 0;
  for (let slot = 0; slot < slots; slot++) if (!gone.has(before[slot]) && old[after[slot]] !== before[slot]) needless += 1;
  return {
    over_provision_percent: 100 * (peakOverMean(loads) - 1),
    least_percent: 100 * ((loads.reduce((a, b) => Math.min(a, b)) * count) / slots - 1),
    needless_percent: (100 * needless) / slots,
  };
}

/** The owner of each slot: Maglev's own table, or each slot looked up as a key. */
function slotOwners(hash: ServerHash, slots: InternedKeys): Int32Array {
  return hash instanceof MaglevHash ? hash.table() : hash.lookupAll(slots);
}
