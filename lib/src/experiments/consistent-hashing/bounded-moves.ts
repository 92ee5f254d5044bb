/** What a bound on the load costs: keys that shift besides those that must, against epsilon (Mirrokni, Thorup & Zadimoghaddam). */
import { BoundedLoadRing, CAPACITY_RULES, uniformKeys, type InternedKeys } from "../../ids";
import { checkChoice, checkNumber } from "../../errors";
import { defineExperiment, type RunContext } from "../define";
import { countOf, serverNames } from "./setting";

/** Further moves per key added, and per key of a server that leaves. */
export const hashBoundedMoves = defineExperiment({
  id: "hash-bounded-moves",
  question: "How many keys shift for each key that comes, when no server may be fuller than 1 + epsilon times the mean?",
  section: "P&D 9.4.3",
  parameters: { servers: 200, keys: 4000, changes: 4, points: 1, capacities: "spread" },
  factors: [{ name: "epsilon", title: "Balance parameter epsilon", type: "number", levels: [0.1, 0.2, 0.3, 0.5, 1, 2, 4] }],
  seed: 2016,
  replications: { quick: 8, full: 60 },
  metrics: [
    { name: "moves_per_key", title: "Shifts per key", type: "number", unit: "keys", digits: 4, definition: "Other keys that change their server when one key is added, mean over the changes." },
    { name: "moves_per_orphan", title: "Shifts per key of a leaver", type: "number", unit: "keys", digits: 4, definition: "Keys of other servers that change their server when one server leaves, over the mean number of keys of a server, mean over the changes." },
    { name: "peak_load", title: "Fullest server", type: "number", unit: "x mean", digits: 4, definition: "Keys of the fullest server over the mean." },
    { name: "over_capacity", title: "Servers over capacity", type: "integer", definition: "Servers that hold more than (1 + epsilon) times the mean, rounded up." },
  ],
  oracle: { metric: "over_capacity", source: "The definition of bounded loads (HS-8)", expected: () => 0, tolerance: 1e-12 },
  run: (arm, context) => [measure(arm.epsilon as number, context)],
});

function measure(epsilon: number, context: RunContext): Readonly<Record<string, number>> {
  const { parameters } = context;
  checkNumber("epsilon", epsilon, { min: 0, max: 1e6 });
  const servers = countOf(parameters, "servers", 2, 10_000);
  const count = countOf(parameters, "keys", 1, 1e6);
  const changes = countOf(parameters, "changes", 1, 1000);
  const capacities = checkChoice("capacities", parameters.capacities as "ceiling", CAPACITY_RULES);
  const ring = new BoundedLoadRing({ epsilon, points: countOf(parameters, "points", 1, 10_000), capacities, seed: context.random("placement").uint32() });
  for (const name of serverNames(servers)) ring.add(name);
  const keys = uniformKeys(count + changes, context.random("keys"));
  ring.placeAll(part(keys, 0, count));
  let shifted = 0;
  let owners = ring.lookupAll(part(keys, 0, count));
  const start = ring.loads().reduce((a, b) => Math.max(a, b));
  for (let change = 0; change < changes; change++) {
    ring.placeAll(part(keys, count + change, count + change + 1));
    const next = ring.lookupAll(part(keys, 0, count + change + 1));
    shifted += differences(owners, next);
    owners = next;
  }
  const limit = Math.ceil((((1 + epsilon) * keys.length) / servers) * (1 - 1e-12));
  const over = ring.loads().filter((load) => load > limit).length;
  const leaving = context.random("leavers");
  let further = 0;
  for (let change = 0; change < changes; change++) further += shiftsOfLeave(ring, leaving.integer(servers), keys, owners);
  return {
    moves_per_key: shifted / changes,
    moves_per_orphan: (further * servers) / (changes * keys.length),
    peak_load: (start * servers) / count,
    over_capacity: over,
  };
}

/** Keys of other servers that shift when a server leaves; afterwards it is back, and so are they. */
function shiftsOfLeave(ring: BoundedLoadRing, leaver: number, keys: InternedKeys, owners: Int32Array): number {
  const name = ring.servers[leaver];
  ring.remove(name);
  // Numbers after the leaver's fall by one.
  const after = ring.lookupAll(keys).map((owner) => (owner >= leaver ? owner + 1 : owner));
  ring.add(name);
  return differences(owners, after) - owners.filter((owner) => owner === leaver).length;
}

/** Keys from one index up to another. */
function part(keys: InternedKeys, from: number, to: number): InternedKeys {
  return { length: to - from, high: keys.high.subarray(from, to), low: keys.low.subarray(from, to) };
}

/** Entries of the shorter array that differ. */
function differences(a: Int32Array, b: Int32Array): number {
  let count = 0;
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) count += 1;
  return count;
}
