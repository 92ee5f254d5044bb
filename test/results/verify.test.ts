import assert from "node:assert/strict";
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { exportContents, exportExperiment } from "overlay-lab/dist/results/export";
import { describeOutput } from "overlay-lab/dist/results/manifest";
import { verifyExport, type VerifyOptions } from "overlay-lab/dist/results/verify";
import { CODE_VERSION, freshFolder, OPTIONS, sampleResult } from "../fixtures/exports";
import { NO_WAITING } from "../fixtures/failing-file-system";
import { UNIFORM_MEAN } from "../fixtures/uniform-mean";

const VERIFY: VerifyOptions = { experiments: [UNIFORM_MEAN], codeVersion: CODE_VERSION };
const fresh = () => exportExperiment(sampleResult(), { dir: freshFolder(), ...OPTIONS }, NO_WAITING);

test("an untouched export verifies, every value compared with a second run", () => {
  const report = verifyExport(fresh(), VERIFY);
  assert.equal(report.text.split("\n").length, 1, report.text);
  assert.ok(report.ok);
  // data.csv and data.jsonl: 18 rows of 6 cells; summary.csv: 6 arms, 2 metrics, 11 cells.
  assert.equal(report.valuesCompared, 2 * 18 * 6 + 12 * 11);
  assert.equal(report.filesChecked, 13);
});

test("one flipped bit in any file is found and the file is named", () => {
  const folder = fresh();
  for (const path of exportContents(sampleResult(), OPTIONS).keys()) {
    const original = readFileSync(join(folder, path));
    const places = new Set([0, 1, original.length - 1, ...Array.from({ length: 12 }, (_, i) => Math.floor((original.length * (i + 0.5)) / 12))]);
    for (const place of places) {
      for (const bit of [1, 0x20]) {
        const changed = Buffer.from(original);
        changed[place] ^= bit;
        writeFileSync(join(folder, path), changed);
        const report = verifyExport(folder, { ...VERIFY, rerun: false });
        assert.ok(!report.ok, `${path}, byte ${place}`);
        // A hash changed within SHA256SUMS can, for the crate that only it lists, as well be a change of the crate.
        const named = report.problems.some((problem) => problem.file === path) || (path === "SHA256SUMS" && report.problems.some((problem) => /SHA256SUMS/.test(problem.message)));
        assert.ok(named, `${path}, byte ${place}: ${report.text}`);
      }
    }
    writeFileSync(join(folder, path), original);
  }
  assert.ok(verifyExport(folder, VERIFY).ok);
});

test("a changed number is reported with file, row, column, expected and got", () => {
  const folder = fresh();
  const path = join(folder, "data.csv");
  const lines = readFileSync(path, "utf8").split("\r\n");
  const cells = lines[4].split(",");
  const truth = Number(cells[3]);
  cells[3] = String(truth + Number.EPSILON * truth);
  lines[4] = cells.join(",");
  writeFileSync(path, lines.join("\r\n"));
  const report = verifyExport(folder, VERIFY);
  const found = report.problems.find((problem) => problem.row !== undefined);
  assert.deepEqual(found, { file: "data.csv", row: 4, column: "sample_mean", message: "differs from the second run", expected: truth, got: Number(cells[3]) });
  assert.match(report.text, /^NOT VERIFIED/);
  assert.ok(report.text.includes(`data.csv, row 4, column sample_mean: differs from the second run; got ${cells[3]}; expected ${truth}`));
});

test("a forged export whose hashes are all consistent is found by running again", () => {
  const honest = sampleResult();
  const rows = honest.rows.map((row, index) => (index === 5 ? { ...row, sample_mean: 0.25 } : row));
  const forged = { ...honest, rows, table: () => ({ ...honest.table(), rows }) };
  const folder = exportExperiment(forged, { dir: freshFolder(), ...OPTIONS });
  assert.ok(verifyExport(folder, { ...VERIFY, rerun: false }).ok);
  const report = verifyExport(folder, VERIFY);
  assert.deepEqual(report.problems.map(({ file, row, column, got }) => ({ file, row, column, got })), ["data.csv", "data.jsonl"].map((file) => ({ file, row: 6, column: "sample_mean", got: 0.25 })));
});

test("missing, added, renamed and linked files are found", () => {
  const changes: readonly [change: (folder: string) => void, file: string][] = [
    [(folder) => rmSync(join(folder, "summary.csv")), "summary.csv"],
    [(folder) => rmSync(join(folder, "SHA256SUMS")), "SHA256SUMS"],
    [(folder) => rmSync(join(folder, "manifest.json")), "manifest.json"],
    [(folder) => rmSync(join(folder, "ro-crate-metadata.json")), "ro-crate-metadata.json"],
    [(folder) => writeFileSync(join(folder, "extra.txt"), ""), "extra.txt"],
    [(folder) => (mkdirSync(join(folder, "more")), writeFileSync(join(folder, "more", "extra.txt"), "")), "more/extra.txt"],
    [(folder) => renameSync(join(folder, "figures", "means.svg"), join(folder, "figures", "other.svg")), "figures/means.svg"],
    [(folder) => (rmSync(join(folder, "data.jsonl")), symlinkSync("data.csv", join(folder, "data.jsonl"))), "data.jsonl"],
  ];
  for (const [change, file] of changes) {
    const folder = fresh();
    change(folder);
    const report = verifyExport(folder, VERIFY);
    assert.ok(report.problems.some((problem) => problem.file === file), `${file}: ${report.text}`);
  }
});

test("descriptions that contradict each other are found although SHA256SUMS is right", () => {
  for (const path of ["manifest.json", "ro-crate-metadata.json", "datapackage.json"]) {
    const folder = fresh();
    const data = readFileSync(join(folder, "data.csv"));
    const { sha256 } = describeOutput("data.csv", data);
    const old = readFileSync(join(folder, path));
    writeFileSync(join(folder, path), old.toString().replace(sha256, "0".repeat(64)));
    const sums = readFileSync(join(folder, "SHA256SUMS"), "utf8");
    writeFileSync(join(folder, "SHA256SUMS"), sums.replace(describeOutput(path, old).sha256, describeOutput(path, readFileSync(join(folder, path))).sha256));
    const report = verifyExport(folder, { ...VERIFY, rerun: false });
    assert.ok(report.problems.some((problem) => problem.file === path && /data\.csv/.test(problem.message)), report.text);
  }
});

test("another code version and uncommitted changes are notes, not faults", () => {
  const folder = exportExperiment(sampleResult(), { dir: freshFolder(), ...OPTIONS, provenance: { ...OPTIONS.provenance, dirty: true } });
  const report = verifyExport(folder, { ...VERIFY, codeVersion: "f".repeat(64) });
  assert.ok(report.ok);
  assert.equal(report.notes.length, 2);
});

test("an export that cannot be run again, and no export at all, are reported and not thrown", () => {
  assert.match(verifyExport(fresh(), { ...VERIFY, experiments: [] }).text, /cannot be run again: unknown experiment/);
  assert.match(verifyExport(join(freshFolder(), "nothing"), VERIFY).text, /no export folder/);
});

test("hostile manifests give a report, not a crash", () => {
  for (const hostile of ["", "[]", "null", "{", '{"schema":"overlay-lab-export/9"}', '{"@graph":5,"resources":[null]}', '{"@graph":[null,{"@type":"File"}],"resources":5}', "\u0000"]) {
    for (const path of ["manifest.json", "ro-crate-metadata.json", "datapackage.json", "SHA256SUMS", "data.jsonl", "data.csv"]) {
      const folder = fresh();
      writeFileSync(join(folder, path), hostile);
      assert.ok(verifyExport(folder, VERIFY).problems.some((problem) => problem.file === path), `${path}: ${hostile}`);
    }
  }
});
