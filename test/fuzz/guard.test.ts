import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { runTarget } from "./guard";

test("an input that never ends is reported by its number", async () => {
  await assert.rejects(runTarget(join(__dirname, "hanging-target.js"), 2000), /^Error: input 3 is not done after 2 s$/);
});

test("a target that throws fails with what it threw, and one that is missing with its path", async () => {
  await assert.rejects(runTarget(join(__dirname, "throwing-target.js")), /rule broken at input 1/);
  await assert.rejects(runTarget(join(__dirname, "no-such-target.js")), /no-such-target/);
});
