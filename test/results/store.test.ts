import assert from "node:assert/strict";
import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { StorageError } from "overlay-lab/dist/errors";
import { runExperiment } from "overlay-lab/dist/experiments/run";
import { NODE_FILE_SYSTEM, type FileSystem } from "overlay-lab/dist/results/file-system";
import { ResultStore } from "overlay-lab/dist/results/store";
import { CODE_VERSION, freshFolder } from "../fixtures/exports";
import { UNIFORM_MEAN } from "../fixtures/uniform-mean";

const ID = "ab".repeat(32);
const OTHER = "cd".repeat(32);
const ROWS = [{ x: 0.1 + 0.2, label: "한글\n", ok: true, none: null }];
const entry = (folder: string, id = ID) => join(folder, id.slice(0, 2), `${id}.json`);

test("rows come back to the bit, under their id only", () => {
  const folder = freshFolder();
  new ResultStore(folder, CODE_VERSION).put(ID, ROWS);
  const store = new ResultStore(folder, CODE_VERSION);
  assert.deepEqual(store.get(ID), ROWS);
  assert.equal(store.get(OTHER), undefined);
  assert.deepEqual(store.notes, []);
  assert.throws(() => store.get("../../etc"), StorageError);
});

test("an entry that is changed in any byte, cut off, empty or filed under a wrong id is noted and not used", () => {
  const folder = freshFolder();
  const store = new ResultStore(folder, CODE_VERSION);
  store.put(ID, ROWS);
  const original = readFileSync(entry(folder));
  for (let place = 0; place < original.length; place++) {
    const changed = Buffer.from(original);
    changed[place] ^= 1;
    writeFileSync(entry(folder), changed);
    assert.equal(store.get(ID), undefined, `byte ${place}`);
  }
  for (let length = 0; length < original.length; length += 7) {
    writeFileSync(entry(folder), original);
    truncateSync(entry(folder), length);
    assert.equal(store.get(ID), undefined, `${length} bytes`);
  }
  store.put(OTHER, ROWS);
  writeFileSync(entry(folder, OTHER), original);
  assert.equal(store.get(OTHER), undefined);
  assert.match(store.notes[store.notes.length - 1], /not used.*computed again.*another job/);
  assert.equal(store.notes.length, original.length + Math.ceil(original.length / 7) + 1);
  store.put(ID, ROWS);
  assert.deepEqual(store.get(ID), ROWS);
});

test("a run over a damaged store gives the same result, says so, and mends the store", () => {
  const folder = freshFolder();
  const plain = runExperiment(UNIFORM_MEAN, { replications: 4 });
  runExperiment(UNIFORM_MEAN, { replications: 4, store: new ResultStore(folder, CODE_VERSION) });
  const shard = readdirSync(folder)[0];
  const broken = readdirSync(join(folder, shard));
  for (const name of broken) writeFileSync(join(folder, shard, name), "{}");
  const store = new ResultStore(folder, CODE_VERSION);
  const again = runExperiment(UNIFORM_MEAN, { replications: 4, store });
  assert.equal(again.dataHash, plain.dataHash);
  assert.deepEqual(again.jobs, { computed: broken.length, cached: 24 - broken.length });
  assert.equal(store.notes.length, broken.length);
  assert.deepEqual(runExperiment(UNIFORM_MEAN, { replications: 4, store: new ResultStore(folder, CODE_VERSION) }).jobs, { computed: 0, cached: 24 });
});

test("other code never meets the results of this one", () => {
  const folder = freshFolder();
  runExperiment(UNIFORM_MEAN, { replications: 1, store: new ResultStore(folder, CODE_VERSION) });
  assert.equal(runExperiment(UNIFORM_MEAN, { replications: 1, store: new ResultStore(folder, "f".repeat(64)) }).jobs.cached, 0);
});

test("a full disk costs the entry, not the run, and leaves no temporary file", () => {
  const folder = freshFolder();
  const full: FileSystem = { ...NODE_FILE_SYSTEM, write: () => { throw Object.assign(new Error("ENOSPC: no space"), { code: "ENOSPC" }); } };
  const store = new ResultStore(folder, CODE_VERSION, full);
  const result = runExperiment(UNIFORM_MEAN, { replications: 1, store });
  assert.equal(result.dataHash, runExperiment(UNIFORM_MEAN, { replications: 1 }).dataHash);
  assert.equal(store.notes.length, 6);
  assert.match(store.notes[0], /not stored.*ENOSPC/);
  assert.equal(readdirSync(folder, { recursive: true }).map(String).filter((path) => path.includes("tmp")).length, 0);
});
