import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { StorageError } from "overlay-lab/dist/errors";
import { codeVersion, gatherProvenance } from "overlay-lab/dist/results/provenance";
import { freshFolder } from "../fixtures/exports";

const git = (folder: string, ...args: string[]) => execFileSync("git", ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false", ...args], { encoding: "utf8" }).trim();

function hasGit(): boolean {
  try {
    execFileSync("git", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

test("outside a clone commit, dirty flag and date are null, and nothing fails", () => {
  const found = gatherProvenance(freshFolder(), "npm start");
  assert.deepEqual([found.commit, found.dirty, found.lockfileSha256], [null, null, null]);
  assert.equal(found.versions.node, process.versions.node);
  assert.match(found.codeVersion, /^[0-9a-f]{64}$/);
});

test("in a clone the commit, its day and uncommitted changes are found; a clone around the folder does not count", { skip: hasGit() ? false : "git is not installed" }, () => {
  const folder = freshFolder();
  git(folder, "init", "-q");
  writeFileSync(join(folder, "a.txt"), "a");
  git(folder, "add", "-A");
  execFileSync("git", ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false", "commit", "-qm", "first"], { env: { ...process.env, GIT_COMMITTER_DATE: "2026-03-04T23:30:00+00:00" } });
  const clean = gatherProvenance(folder, "npm start");
  assert.equal(clean.commit, git(folder, "rev-parse", "HEAD"));
  assert.deepEqual([clean.dirty, clean.date], [false, "2026-03-04"]);
  writeFileSync(join(folder, "a.txt"), "b");
  assert.equal(gatherProvenance(folder, "npm start").dirty, true);
  mkdirSync(join(folder, "inner"));
  assert.equal(gatherProvenance(join(folder, "inner"), "npm start").commit, null);
});

test("inputs are listed once, sorted, with hash and size; a file elsewhere keeps only its name; a missing one is an error", () => {
  const folder = freshFolder();
  const elsewhere = join(freshFolder(), "my.torrent");
  writeFileSync(elsewhere, "xyz");
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "data", "b.csv"), "bb");
  writeFileSync(join(folder, "..a.csv"), "a");
  const { inputs } = gatherProvenance(folder, "npm start", ["data/b.csv", elsewhere, "data/b.csv", "..a.csv"]);
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  assert.deepEqual(new Set(inputs.map((input) => `${input.path} ${input.bytes} ${input.sha256}`)), new Set([`data/b.csv 2 ${sha256("bb")}`, `my.torrent 3 ${sha256("xyz")}`, `..a.csv 1 ${sha256("a")}`]));
  assert.throws(() => gatherProvenance(folder, "npm start", ["data/none.csv"]), StorageError);
});

test("the code version is the build's record, or changes with any script, its name and nothing else", () => {
  const folder = freshFolder();
  mkdirSync(join(folder, "sub"));
  writeFileSync(join(folder, "a.js"), "1");
  writeFileSync(join(folder, "sub", "b.js"), "2");
  const first = codeVersion(folder);
  writeFileSync(join(folder, "a.js.map"), "map");
  assert.equal(codeVersion(folder), first);
  writeFileSync(join(folder, "sub", "b.js"), "3");
  const second = codeVersion(folder);
  assert.notEqual(second, first);
  writeFileSync(join(folder, "build-info.json"), "{ damaged");
  assert.equal(codeVersion(folder), second);
  writeFileSync(join(folder, "build-info.json"), JSON.stringify({ codeVersion: "a".repeat(64) }));
  assert.equal(codeVersion(folder), "a".repeat(64));
});
