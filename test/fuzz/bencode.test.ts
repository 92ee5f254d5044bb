import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { runTarget } from "./guard";

test("20,000 damaged inputs give a value that is written back unchanged, or a ParseError that says where and what was expected", async () => {
  const report = await runTarget(join(__dirname, "bencode-target.js"));
  assert.equal(report.inputs, 20_000);
  // Guards against a run that tests nothing: a good share is read, and the refusals are of many kinds.
  assert.ok(report.accepted > 500 && report.accepted < 15_000, `${report.accepted} accepted`);
  assert.ok(report.kindsOfRefusal.length > 20, report.kindsOfRefusal.join("\n"));
});
