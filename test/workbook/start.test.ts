/** `npm start` on workbooks made for the test: failures are told in full, what holds is kept, variants stay apart. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { OverlayLabError } from "overlay-lab/dist/errors";
import { describeStart, start, type StartOptions } from "overlay-lab/dist/workbook/start";
import { openTerminal } from "overlay-lab/dist/workbook/terminal";

const ROOT = process.cwd();
const roots: string[] = [];
after(() => roots.forEach((root) => rmSync(root, { recursive: true, force: true })));

interface Cell {
  readonly type: "code" | "markdown";
  readonly source: string;
  readonly tags?: readonly string[];
}

/** A workbook of its own with the library and packages of this one. */
function workbookOf(notebooks: Readonly<Record<string, readonly Cell[]>>): string {
  const root = mkdtempSync(join(tmpdir(), "overlay-lab-start-"));
  roots.push(root);
  for (const name of ["node_modules", "lib"]) symlinkSync(join(ROOT, name), join(root, name), "junction");
  for (const name of ["package.json", "package-lock.json"]) cpSync(join(ROOT, name), join(root, name));
  mkdirSync(join(root, "notebooks"));
  for (const [name, cells] of Object.entries(notebooks)) {
    const json = cells.map(({ type, source, tags = [] }, index) => ({
      cell_type: type,
      id: `c${index}`,
      metadata: tags.length > 0 ? { tags } : {},
      source,
      ...(type === "code" ? { execution_count: null, outputs: [] } : {}),
    }));
    const metadata = { kernelspec: { display_name: "TypeScript (Overlay Lab)", language: "typescript", name: "overlay-lab" }, overlay_lab: { section: "T 1", minutes: 1, goals: ["a"] } };
    writeFileSync(join(root, "notebooks", `${name}.ipynb`), JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells: json }));
  }
  return root;
}

const OPTIONS: StartOptions = { all: false, only: "", mode: "quick", variant: "student", pdf: false, timeoutSeconds: 60, command: "npm start", outFolder: "build" };
const QUIET = openTerminal({ quiet: true });
const TITLE: Cell = { type: "markdown", source: "# A title\n\nA question?" };
const GOOD: readonly Cell[] = [
  TITLE,
  { type: "code", source: "const seed = 1; // the seed", tags: ["parameters"] },
  { type: "code", source: 'import { claim } from "overlay-lab";\nclaim({ text: `The seed is ${seed}`, source: "test", exact: seed, tolerance: "exact", measured: seed + 0 });' },
];

test("a failing cell is told with notebook, cell, line and message, a false claim is recorded, and the good notebook is finished", async () => {
  const root = workbookOf({
    "a-good": GOOD,
    "b-throws": [TITLE, { type: "code", source: 'const a: number = 1;\nthrow new Error("boom " + a);' }],
    "c-false-claim": [TITLE, { type: "code", source: 'import { claim } from "overlay-lab";\nclaim({ text: "Two is three", source: "test", exact: 3, tolerance: "exact", measured: 2 });' }],
    "d-type-error": [TITLE, { type: "code", source: 'const n: number = "text";' }],
  });
  const result = await start(root, OPTIONS, QUIET);
  assert.deepEqual(result.rows.map((row) => row.ok), [true, false, false, false]);
  const text = describeStart(root, result, QUIET);
  assert.match(text, /b-throws\.ipynb, cell 2 \(c1\), line 2: Error\n +1 .*\n +> +2 +throw new Error\("boom " \+ a\);\n +boom 1/);
  assert.match(text, /d-type-error\.ipynb, cell 2 \(c1\), line 1: TypeScript/);
  const claims = JSON.parse(readFileSync(join(root, "build", "claims.json"), "utf8")) as { notebook: string; holds: boolean }[];
  assert.deepEqual(claims.map((claim) => [claim.notebook, claim.holds]), [["notebooks/a-good.ipynb", true], ["notebooks/c-false-claim.ipynb", false]]);
  assert.ok(existsSync(result.rows[0].handout as string));
});

test("a second run keeps what has not changed, and runs again what has", async () => {
  const root = workbookOf({ good: GOOD, other: GOOD });
  assert.deepEqual((await start(root, OPTIONS, QUIET)).rows.map((row) => row.cached), [false, false]);
  assert.deepEqual((await start(root, OPTIONS, QUIET)).rows.map((row) => row.cached), [true, true]);
  const path = join(root, "notebooks", "good.ipynb");
  writeFileSync(path, readFileSync(path, "utf8").replace("The seed is", "Our seed is"));
  assert.deepEqual((await start(root, OPTIONS, QUIET)).rows.map((row) => row.cached), [false, true]);
  assert.deepEqual((await start(root, { ...OPTIONS, seed: 9 }, QUIET)).rows.map((row) => row.cached), [false, false]);
  assert.match(readFileSync(join(root, "build", "claims.json"), "utf8"), /The seed is 9/);
  mkdirSync(join(root, "data"));
  writeFileSync(join(root, "data", "new.csv"), "a\n");
  assert.deepEqual((await start(root, OPTIONS, QUIET)).rows.map((row) => row.cached), [false, false]);
});

test("--only takes a glob, and one that matches nothing is an error that names the notebooks", async () => {
  const root = workbookOf({ good: GOOD, other: GOOD });
  assert.deepEqual((await start(root, { ...OPTIONS, only: "g*" }, QUIET)).rows.map((row) => row.notebook), ["notebooks/good.ipynb"]);
  assert.deepEqual((await start(root, { ...OPTIONS, only: "o*" }, QUIET)).rows.map((row) => [row.notebook, row.cached]), [["notebooks/good.ipynb", true], ["notebooks/other.ipynb", false]]);
  const claims = () => JSON.parse(readFileSync(join(root, "build", "claims.json"), "utf8")) as { notebook: string }[];
  assert.deepEqual(claims().map((claim) => claim.notebook), ["notebooks/good.ipynb", "notebooks/other.ipynb"]);
  assert.match(readFileSync(join(root, "build", "handouts", "index.html"), "utf8"), /href="good\.html"[^]*href="other\.html"/);
  rmSync(join(root, "notebooks", "other.ipynb"));
  await start(root, OPTIONS, QUIET);
  assert.equal(existsSync(join(root, "build", "handouts", "other.html")), false, "the page of a notebook that is gone");
  await assert.rejects(start(root, { ...OPTIONS, only: "nothing" }, QUIET), (error) => error instanceof OverlayLabError && /nothing.*notebooks\/good\.ipynb/.test(error.message));
});

test("an interrupted run writes nothing in the place of what was there", async () => {
  const root = workbookOf({ good: GOOD });
  await start(root, OPTIONS, QUIET);
  const before = readFileSync(join(root, "build", "claims.json"), "utf8");
  const interruption = new AbortController();
  const path = join(root, "notebooks", "good.ipynb");
  writeFileSync(path, readFileSync(path, "utf8").replace("The seed is", "Our seed is"));
  setTimeout(() => interruption.abort(), 1500);
  await assert.rejects(start(root, { ...OPTIONS, signal: interruption.signal }, QUIET), (error) => error instanceof Error && error.name === "AbortError");
  assert.equal(readFileSync(join(root, "build", "claims.json"), "utf8"), before);
});

test("solutions go to a folder of their own, and nothing of them to the student's", async () => {
  const root = workbookOf({ good: [...GOOD, { type: "code", source: 'console.log("secret-" + (40 + 2));', tags: ["solution"] }] });
  await start(root, OPTIONS, QUIET);
  await start(root, { ...OPTIONS, variant: "solution" }, QUIET);
  const page = (folder: string) => readFileSync(join(root, "build", folder, "good.html"), "utf8");
  assert.match(page("handouts-solution"), /secret-42/);
  assert.doesNotMatch(page("handouts"), /secret/);
});

const command = (...args: readonly string[]) => spawnSync(process.execPath, [join(ROOT, "lib", "bin", "overlay-lab.cjs"), ...args], { encoding: "utf8", cwd: ROOT, env: { ...process.env, NODE_OPTIONS: "" } });

test("a wrong command line ends with exit code 2 and says what was expected", () => {
  for (const [args, pattern] of [
    [["start", "--seed", "x"], /whole number/],
    [["start", "--variant", "teacher"], /student, solution, lecture/],
    [["strat"], /unknown command/],
    [["notebook", "nowhere.ipynb"], /no such notebook/],
    [["notebook", "notebooks/K2.5-p2p-file-distribution/p2p-file-distribution.ipynb", "-p", "peeers=3"], /peeers.*peers/],
    [["notebook", "notebooks/K2.5-p2p-file-distribution/p2p-file-distribution.ipynb", "-p", "peers=many"], /peers.*many.*number/],
  ] as const) {
    const { status, stderr } = command(...args);
    assert.equal(status, 2, `${args.join(" ")}: ${stderr}`);
    assert.match(stderr, pattern);
  }
});

test("doctor answers as JSON, with a fix for whatever is missing", () => {
  const { status, stdout } = command("doctor", "--json");
  assert.equal(status, 0);
  const findings = JSON.parse(stdout) as { name: string; ok: boolean; fix: string }[];
  for (const name of ["Node", "packages", "library", "browser", "Jupyter", "git"]) assert.ok(findings.some((finding) => finding.name === name), name);
  for (const finding of findings) assert.ok(finding.ok || finding.fix !== "", finding.name);
});

test("the pre-step says nothing and does nothing when nothing changed", () => {
  assert.equal(command("build").stderr, "");
});
