import assert from "node:assert/strict";
import { test } from "node:test";
import { RandomStream } from "overlay-lab/dist/simulation/random";
import { raw } from "../codecs/fixtures";
import { MUTATIONS, mutate, type MutationPlan } from "./mutate";

const plan: MutationPlan = { seeds: [raw("d3:cowi12345ee"), raw("l4:spame")], tokens: [raw("TOKEN")], maxBytes: 40 };

test("the same seed gives the same damaged inputs, another seed others, and none is too long", () => {
  const series = (seed: number) => {
    const random = new RandomStream({ seed, name: "mutate" });
    return Array.from({ length: 500 }, () => Buffer.from(mutate(plan, random)).toString("hex"));
  };
  assert.deepEqual(series(1), series(1));
  assert.notDeepEqual(series(1), series(2));
  assert.ok(new Set(series(1)).size > 250);
  assert.ok(series(1).every((hex) => hex.length <= 80));
});

test("each kind of damage changes inputs, leaves its seed alone and copes with an empty one", () => {
  const random = new RandomStream({ seed: 3, name: "kinds" });
  for (const [name, change] of Object.entries(MUTATIONS)) {
    const before = plan.seeds.map((seed) => seed.slice());
    let changed = 0;
    for (let i = 0; i < 50; i++) if (Buffer.compare(change(plan.seeds[0], random, plan), plan.seeds[0]) !== 0) changed += 1;
    assert.ok(changed > 10, `${name} changed ${changed} of 50`);
    assert.deepEqual(plan.seeds, before, name);
    assert.ok(change(new Uint8Array(0), random, plan) instanceof Uint8Array);
  }
});
