/** Every registered experiment gives the same bytes twice in one process, and in a fresh one in another time zone and locale (bit-exact compares versions of Node). */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { EXPERIMENTS } from "overlay-lab/dist/experiments/registry";
import { runExperiment } from "overlay-lab/dist/experiments/run";

const REPLICATIONS = 1;
const hashes = (): Readonly<Record<string, string>> =>
  Object.fromEntries(EXPERIMENTS.map((definition) => [definition.id, runExperiment(definition, { mode: "quick", replications: REPLICATIONS }).dataHash]));

/** This file under another environment prints its hashes instead of testing. */
const PRINT = "OVERLAY_LAB_PRINT_HASHES";
if (process.env[PRINT]) {
  process.stdout.write(JSON.stringify(hashes()));
  process.exit(0);
}

const elsewhere = (environment: Readonly<Record<string, string>>): unknown => {
  const { NODE_TEST_CONTEXT: _context, ...rest } = process.env;
  return JSON.parse(execFileSync(process.execPath, [__filename], { encoding: "utf8", env: { ...rest, ...environment, [PRINT]: "1", NODE_OPTIONS: "" } }));
};

test("each experiment repeats itself in this process, and in a fresh one under Korean settings", () => {
  const first = hashes();
  assert.equal(Object.keys(first).length, EXPERIMENTS.length);
  assert.deepEqual(hashes(), first, "twice in one process");
  assert.deepEqual(elsewhere({ TZ: "Asia/Seoul", LANG: "ko_KR.UTF-8", LC_ALL: "ko_KR.UTF-8" }), first, "a fresh process in Seoul");
});
