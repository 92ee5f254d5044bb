import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { StorageError } from "overlay-lab/dist/errors";
import { insideOf, safeName, writeFileAtomic } from "overlay-lab/dist/results/atomic";
import { exportContents, exportExperiment } from "overlay-lab/dist/results/export";
import { recoverFolder } from "overlay-lab/dist/results/folder-swap";
import { withLock } from "overlay-lab/dist/results/lock";
import { verifyExport } from "overlay-lab/dist/results/verify";
import { CODE_VERSION, freshFolder, OPTIONS, sampleResult } from "../fixtures/exports";
import { failingFileSystem, NO_WAITING, recordingFileSystem, SHORT_WRITES, Stopped } from "../fixtures/failing-file-system";
import { UNIFORM_MEAN } from "../fixtures/uniform-mean";

const RESULTS = { old: sampleResult({ seed: 7 }), new: sampleResult({ seed: 8 }) };
const CONTENTS = { old: exportContents(RESULTS.old, OPTIONS), new: exportContents(RESULTS.new, OPTIONS) };

/** "old" or "new" when the folder is exactly that export, "absent", or else what is in it. */
function state(folder: string): string {
  if (!existsSync(folder)) return "absent";
  const found = new Map<string, string>();
  for (const path of readdirSync(folder, { recursive: true }).map(String)) {
    if (statSync(join(folder, path)).isFile()) found.set(path.split("\\").join("/"), readFileSync(join(folder, path), "utf8"));
  }
  for (const name of ["old", "new"] as const) {
    if (found.size === CONTENTS[name].size && [...CONTENTS[name]].every(([path, text]) => found.get(path) === text)) return name;
  }
  return `a mixture of ${[...found.keys()].join(", ")}`;
}

/** Exports "new" over `first` with a fault at operation k, for every k until the export gets through; answers the states found. */
function atEveryOperation(first: "old" | "absent", fault: "stop" | "ENOSPC" | "EIO" | "EACCES", check: (folder: string, dir: string, error: unknown) => void): number {
  for (let at = 1; ; at++) {
    const dir = freshFolder();
    if (first === "old") exportExperiment(RESULTS.old, { dir, ...OPTIONS }, NO_WAITING);
    const { files, count } = failingFileSystem(at, fault);
    let failure: unknown;
    try {
      exportExperiment(RESULTS.new, { dir, ...OPTIONS }, files);
    } catch (error) {
      failure = error;
    }
    if (count() < at) return at - 1;
    check(join(dir, "uniform-mean"), dir, failure);
    rmSync(dir, { recursive: true });
  }
}

test("a process that stops at any operation of an export leaves the old export or the new one, and nothing else after recovery", () => {
  const outcomes: string[] = [];
  const operations = atEveryOperation("old", "stop", (folder, dir, error) => {
    assert.ok(error instanceof Stopped);
    recoverFolder(folder, NO_WAITING);
    outcomes.push(state(folder));
    assert.deepEqual(readdirSync(dir), ["uniform-mean"]);
  });
  assert.ok(operations > 60, `${operations} operations`);
  // Old ones first, then only new ones: the change happens at one moment.
  const turn = outcomes.indexOf("new");
  assert.ok(turn > 0 && outcomes.slice(0, turn).every((each) => each === "old") && outcomes.slice(turn).every((each) => each === "new"), String(outcomes));
});

test("a process that stops during the first export of an experiment leaves nothing or all of it", () => {
  const outcomes = new Set<string>();
  atEveryOperation("absent", "stop", (folder) => {
    recoverFolder(folder, NO_WAITING);
    outcomes.add(state(folder));
  });
  assert.deepEqual([...outcomes].sort(), ["absent", "new"]);
});

for (const code of ["ENOSPC", "EIO", "EACCES"] as const) {
  test(`${code} at any operation of an export is a StorageError, and the old export or the new one stays whole`, () => {
    const outcomes = new Set<string>();
    atEveryOperation("old", code, (folder, dir, error) => {
      assert.ok(error === undefined || (error instanceof StorageError && error.message.includes(code)), String(error));
      recoverFolder(folder, NO_WAITING);
      outcomes.add(state(folder));
      // The next export clears away whatever the failed one left.
      exportExperiment(RESULTS.new, { dir, ...OPTIONS }, NO_WAITING);
      assert.equal(state(folder), "new");
      assert.deepEqual(readdirSync(dir), ["uniform-mean"]);
    });
    assert.deepEqual([...outcomes].sort(), ["new", "old"]);
  });
}

test("a process killed for good at many operations, and at each one of the swap, leaves the old export or the new one; its lock does not stay", () => {
  const outcomes = new Set<string>();
  for (let at = 1; ; at += at < 61 ? 20 : 1) {
    const dir = freshFolder();
    exportExperiment(RESULTS.old, { dir, ...OPTIONS }, NO_WAITING);
    const child = spawnSync(process.execPath, [join(__dirname, "..", "fixtures", "killed-export.js"), dir, String(at)], { encoding: "utf8" });
    if (child.status === 0) break;
    assert.equal(child.signal, "SIGKILL", child.stderr);
    const report = verifyExport(join(dir, "uniform-mean"), { experiments: [UNIFORM_MEAN], codeVersion: CODE_VERSION }, NO_WAITING);
    assert.ok(report.ok, report.text);
    outcomes.add(state(join(dir, "uniform-mean")));
    assert.ok(readdirSync(dir).every((name) => !name.includes("partial") && !name.includes("next") && !name.includes("previous")));
    exportExperiment(RESULTS.new, { dir, ...OPTIONS }, NO_WAITING);
    assert.equal(state(join(dir, "uniform-mean")), "new");
  }
  assert.deepEqual([...outcomes].sort(), ["new", "old"]);
});

test("a file is the old or the new one after a stop at any operation, and a failed write leaves no temporary file", () => {
  for (const fault of ["stop", "ENOSPC", "EIO"] as const) {
    const outcomes = new Set<string>();
    for (let at = 1; ; at++) {
      const dir = freshFolder();
      const path = join(dir, "file.json");
      writeFileAtomic(path, "old content");
      const { files, count } = failingFileSystem(at, fault);
      let failed = false;
      try {
        writeFileAtomic(path, "new, longer content", files);
      } catch (error) {
        failed = true;
        assert.ok(fault === "stop" ? error instanceof Stopped : error instanceof StorageError);
      }
      if (count() < at) break;
      assert.ok(failed);
      outcomes.add(readFileSync(path, "utf8"));
      if (fault !== "stop") assert.deepEqual(readdirSync(dir), ["file.json"]);
    }
    assert.deepEqual([...outcomes].sort(), ["new, longer content", "old content"]);
  }
});

test("a file is on the disk before it gets its name, and the name before the write counts as done", () => {
  const { files, operations } = recordingFileSystem();
  writeFileAtomic(join(freshFolder(), "file.json"), "content", files);
  const folder = process.platform === "win32" ? [] : ["open", "sync", "close"];
  assert.deepEqual(operations, ["makeFolder", "open", "write", "sync", "close", "rename", ...folder]);
});

test("every file of an export is on the disk before the first rename", () => {
  const { files, operations } = recordingFileSystem();
  exportExperiment(RESULTS.new, { dir: freshFolder(), ...OPTIONS }, files);
  const before = operations.slice(0, operations.indexOf("rename"));
  const syncs = before.filter((name) => name === "sync").length;
  assert.ok(syncs >= CONTENTS.new.size, `${syncs} syncs`);
});

test("a disk that takes three bytes at a time gets all of them", () => {
  const path = join(freshFolder(), "a", "b", "file.txt");
  writeFileAtomic(path, "한글 and more than three bytes", SHORT_WRITES);
  assert.equal(readFileSync(path, "utf8"), "한글 and more than three bytes");
});

test("no name leads out of its folder", () => {
  for (const name of ["..", ".", "", "a/../../b", "/etc/passwd", "a\\b", "a\u0000", "c:x", "nul.txt", "a.", "한", "a b"]) assert.throws(() => insideOf("/base", name), StorageError, name);
  assert.equal(insideOf("/base", "figures/a.svg"), join("/base", "figures", "a.svg"));
  assert.equal(safeName("x1.tar.gz"), "x1.tar.gz");
});

test("a lock of a live process is respected and named, one of a dead process is taken over", () => {
  const path = join(freshFolder(), ".lock");
  writeFileSync(path, `${process.pid} ${hostname()}\n`);
  assert.throws(() => withLock(path, () => 1, 100), (error) => error instanceof StorageError && error.message.includes(String(process.pid)));
  writeFileSync(path, `${process.pid} another-machine\n`);
  assert.throws(() => withLock(path, () => 1, 100), StorageError);
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  writeFileSync(path, `${dead} ${hostname()}\n`);
  assert.equal(withLock(path, () => 5, 1000), 5);
  assert.ok(!existsSync(path));
});

test("a lock is released when the work fails", () => {
  const path = join(freshFolder(), ".lock");
  assert.throws(() => withLock(path, () => { throw new TypeError("work"); }), TypeError);
  assert.equal(withLock(path, () => 6, 100), 6);
});
