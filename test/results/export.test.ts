import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readCsv } from "overlay-lab/dist/codecs/csv";
import { exportContents, exportExperiment } from "overlay-lab/dist/results/export";
import { markdownText } from "overlay-lab/dist/results/read-me";
import { StorageError } from "overlay-lab/dist/errors";
import { freshFolder, OPTIONS, PROVENANCE, sampleResult } from "../fixtures/exports";

type Json = Record<string, any>;
const json = (contents: ReadonlyMap<string, string>, path: string) => JSON.parse(contents.get(path) as string) as Json;
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const PATHS = ["LICENSE.txt", "README.md", "SHA256SUMS", "claims.json", "data.csv", "data.jsonl", "datapackage.json", "figures/live-only.json", "figures/means.json", "figures/means.svg", "manifest.json", "ro-crate-metadata.json", "summary.csv"];

test("an export is a folder named like the experiment with exactly its files, and its hashes pass sha256sum where that exists", (t) => {
  const folder = exportExperiment(sampleResult(), { dir: freshFolder(), ...OPTIONS });
  const found = readdirSync(folder, { recursive: true }).map(String).filter((path) => statSync(join(folder, path)).isFile()).sort((a, b) => (a < b ? -1 : 1));
  assert.deepEqual(found, PATHS);
  assert.ok(folder.endsWith("uniform-mean"));
  try {
    execFileSync("sha256sum", ["--version"], { stdio: "ignore" });
  } catch {
    return t.diagnostic("no sha256sum here: SHA256SUMS was not checked with it");
  }
  assert.match(execFileSync("sha256sum", ["-c", "SHA256SUMS"], { cwd: folder, encoding: "utf8" }), /manifest\.json: OK/);
});

test("the same result gives the same bytes, however it was computed", () => {
  const schedule = (count: number) => Array.from({ length: count }, (_, index) => count - 1 - index);
  const [first, second] = [sampleResult(), sampleResult({ schedule })].map((result) => exportContents(result, OPTIONS));
  assert.deepEqual([...second], [...first]);
});

test("another machine changes only the files that name it", () => {
  const here = exportContents(sampleResult(), OPTIONS);
  const there = exportContents(sampleResult(), { ...OPTIONS, provenance: { ...PROVENANCE, commit: null, dirty: null, date: null, versions: { node: "24.0.0" }, command: "other" } });
  const differing = [...here].filter(([path, content]) => there.get(path) !== content).map(([path]) => path);
  assert.deepEqual(differing.sort((a, b) => (a < b ? -1 : 1)), ["README.md", "SHA256SUMS", "manifest.json", "ro-crate-metadata.json"]);
});

test("CSV and JSON Lines hold the rows to the bit, with quotes, line breaks, Hangul and formulas", () => {
  const result = sampleResult({ parameters: { label: '=쉼표, "따옴표"\nnew line' } });
  const contents = exportContents(result, OPTIONS);
  const table = result.table();
  assert.deepEqual(readCsv(contents.get("data.csv") as string, { name: "data.csv", columns: table.columns }).rows, table.rows);
  const lines = (contents.get("data.jsonl") as string).trimEnd().split("\n").map((line) => JSON.parse(line) as object);
  assert.deepEqual(lines, table.rows.map((row) => ({ ...row })));
  assert.ok(table.rows.some((row) => row.note !== null));
});

test("datapackage.json describes every column of every table with unit and definition, and hashes that are true", () => {
  const contents = exportContents(sampleResult(), OPTIONS);
  const pack = json(contents, "datapackage.json");
  assert.match(pack.name, /^[a-z0-9-]+$/);
  assert.deepEqual(pack.resources.map((resource: Json) => resource.path), ["data.csv", "data.jsonl", "summary.csv"]);
  for (const resource of pack.resources as Json[]) {
    const content = contents.get(resource.path) as string;
    assert.equal(resource.hash, `sha256:${sha256(content)}`);
    assert.equal(resource.bytes, Buffer.byteLength(content));
    assert.equal(resource.type, "table");
    const names = resource.schema.fields.map((field: Json) => field.name);
    if (resource.format === "csv") assert.equal(names.join(","), content.slice(0, content.indexOf("\r\n")));
    for (const field of resource.schema.fields as Json[]) {
      assert.ok(["number", "integer", "string", "boolean"].includes(field.type));
      assert.ok(field.description.length > 5, field.name);
    }
  }
  const metric = pack.resources[0].schema.fields.find((field: Json) => field.name === "sample_mean");
  assert.equal(metric.unit, "s");
  assert.match(metric.description, /Mean of the draws plus the shift\. Unit: s\./);
});

test("the manifest holds what is needed to run again, no date of the run, and true hashes of every output", () => {
  const result = sampleResult({ parameters: { shift: 1 }, seed: 9 });
  const contents = exportContents(result, OPTIONS);
  const manifest = json(contents, "manifest.json");
  assert.deepEqual([manifest.experiment, manifest.seed, manifest.mode, manifest.replications], ["uniform-mean", 9, "quick", 3]);
  assert.equal(manifest.parameters.shift, 1);
  assert.deepEqual(manifest.arms, result.arms.map((arm) => ({ ...arm })));
  assert.equal(manifest.dataHash, result.dataHash);
  assert.deepEqual([manifest.commit, manifest.dirty, manifest.codeVersion], [PROVENANCE.commit, false, PROVENANCE.codeVersion]);
  assert.deepEqual(manifest.inputs, PROVENANCE.inputs);
  const listed = manifest.outputs.map((output: Json) => output.path);
  assert.deepEqual([...listed, "SHA256SUMS", "manifest.json", "ro-crate-metadata.json"].sort(), PATHS);
  for (const output of manifest.outputs as Json[]) assert.equal(output.sha256, sha256(contents.get(output.path) as string));
});

test("the RO-Crate is one connected graph: root, action with instrument, inputs and results, every file with its hash", () => {
  const contents = exportContents(sampleResult(), OPTIONS);
  const crate = json(contents, "ro-crate-metadata.json");
  const entities = new Map((crate["@graph"] as Json[]).map((entity) => [entity["@id"] as string, entity]));
  assert.equal(entities.size, crate["@graph"].length, "ids are distinct");
  assert.deepEqual(entities.get("ro-crate-metadata.json")?.about, { "@id": "./" });
  const root = entities.get("./") as Json;
  assert.equal(root.datePublished, "2026-01-02");
  for (const key of ["name", "description", "license"]) assert.ok(root[key], key);
  const action = entities.get("#run") as Json;
  assert.equal(action["@type"], "CreateAction");
  const known = ["http://schema.org/CompletedActionStatus", "https://w3id.org/ro/crate/1.2"];
  JSON.stringify(crate["@graph"], (key, value: unknown) => {
    if (key === "@id" && !known.includes(value as string)) assert.ok(entities.has(value as string), `${String(value)} is described`);
    return value;
  });
  for (const { "@id": id } of root.hasPart as Json[]) assert.equal(entities.get(id)?.sha256, sha256(contents.get(id) as string));
  assert.ok((root.hasPart as Json[]).some((part) => part["@id"] === "manifest.json"));
});

test("the README cannot be broken or dressed up by hostile text", () => {
  assert.equal(markdownText("<b>|a\n[x](y)`"), "&lt;b&gt;\\|a \\[x\\](y)\\`");
  const page = exportContents(sampleResult({ parameters: { label: "x` | <script>\n# top" } }), OPTIONS).get("README.md") as string;
  assert.ok(!/^# top/m.test(page));
  assert.match(page, /`` "x` \\\| <script>\\n# top" ``/);
});

test("a figure id that leads out of the folder or is used twice is refused, and nothing is written", () => {
  const dir = freshFolder();
  for (const id of ["../out", "a/b", ".hidden", "", "con", "x".repeat(200), "a\u0000b"]) {
    assert.throws(() => exportExperiment(sampleResult(), { dir, ...OPTIONS, figures: [{ id, svg: null, json: {} }] }), StorageError, id);
  }
  const twice = { id: "a", svg: null, json: {} };
  assert.throws(() => exportExperiment(sampleResult(), { dir, ...OPTIONS, figures: [twice, twice] }), /two figures/);
  assert.deepEqual(readdirSync(dir), []);
});
