/** Chord in 200 random worlds of loss, delay, copies, partitions, outages, crashes, pauses, churn and leaves: a minute after the last fault the ring is right and every lookup finds the owner. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { chordSubject } from "../laws/chord-subject";
import { drawFaultWorld, runFaultWorld } from "../laws/structured-laws";

const WORLDS = 200;
const SUBJECTS = [
  chordSubject({ routing: "fingers and successors", style: "recursive", successors: 6 }),
  chordSubject({ routing: "fingers and successors", style: "iterative", successors: 4 }),
  chordSubject({ routing: "fingers", style: "recursive", successors: 3 }),
];

test(`${WORLDS} random fault worlds end in a right ring within 30 rounds of stabilisation`, () => {
  const met = new Map<string, number>();
  let lookups = 0;
  for (let world = 1; world <= WORLDS; world++) {
    const outcome = runFaultWorld(SUBJECTS[world % SUBJECTS.length], world);
    lookups += outcome.lookups;
    for (const { kind } of drawFaultWorld(world).faults) met.set(kind, (met.get(kind) ?? 0) + 1);
  }
  assert.equal(met.size, 8);
  for (const [kind, count] of met) assert.ok(count >= 30, `${kind} was met only ${count} times`);
  assert.ok(lookups > 3000, `only ${lookups} lookups`);
});

test("a ring that has had no time to repair itself is caught, with a replay on one line", () => {
  let failure: Error | null = null;
  for (let world = 1; world <= 40 && failure === null; world++) {
    try {
      runFaultWorld(SUBJECTS[0], world, 1);
    } catch (error) {
      failure = error as Error;
    }
  }
  assert.match(failure?.message ?? "", /replay: Chord .* fault world \d+, \{"nodes":.*\}/);
  assert.equal(failure?.message.split("\n")[0].includes("replay"), true);
});
