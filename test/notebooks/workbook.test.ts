/** The workbook as a reader gets it: every notebook run, its claims, its committed form, its pages in a browser, its exports. */
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import type { ClaimRecord } from "overlay-lab/dist/notebook/claim-record";
import { verifyExport } from "overlay-lab/dist/results/verify";
import { findNotebooks } from "overlay-lab/dist/workbook/find-notebooks";
import { hasTag } from "overlay-lab/dist/workbook/notebook-cell";
import { serializeNotebook, type Notebook } from "overlay-lab/dist/workbook/notebook-file";
import { canonicalNotebook } from "overlay-lab/dist/workbook/canonical-notebook";
import { start, type StartResult } from "overlay-lab/dist/workbook/start";
import { openTerminal } from "overlay-lab/dist/workbook/terminal";
import { openTestBrowser } from "../workbook/open-test-browser";

const ROOT = process.cwd();
const NOTEBOOKS = findNotebooks(ROOT);
const OUT = join("build", "test-run");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const LONGEST_CELL = 15;

describe("the workbook", () => {
  let result: StartResult;
  let claims: readonly ClaimRecord[];

  before(async () => {
    const options = { all: false, only: "", mode: "quick", variant: "student", pdf: false, timeoutSeconds: 300, command: "npm start", outFolder: OUT } as const;
    result = await start(ROOT, options, openTerminal({ quiet: true }));
    claims = JSON.parse(readFileSync(result.claimsFile, "utf8")) as ClaimRecord[];
  });

  test("every notebook runs to its end", () => {
    assert.deepEqual(result.rows.map((row) => [row.notebook, row.failure]), NOTEBOOKS.map((source) => [source.path, null]));
  });

  test("every claim holds and names notebook, source, value and tolerance", () => {
    for (const { path } of NOTEBOOKS) assert.ok(claims.some((claim) => claim.notebook === path), `${path} claims nothing`);
    for (const claim of claims) {
      assert.equal(claim.holds, true, claim.text);
      assert.match(claim.reference, /^([A-Z]{2}-[A-Z]?\d+[a-z]?)?$/, claim.text);
      for (const field of ["notebook", "text", "source", "published", "tolerance", "measured"] as const) assert.notEqual(claim[field] ?? "", "", `${claim.text}: ${field}`);
    }
  });

  test("what is committed is the canonical form of what the run gives", (t) => {
    if (result.browser === null) {
      assert.ok(!process.env.CI, "continuous integration draws the figures, so that nothing is passed over");
      return t.skip("no browser draws the figures here");
    }
    for (const { path } of NOTEBOOKS) {
      const executed = readFileSync(join(ROOT, OUT, path), "utf8");
      assert.equal(readFileSync(join(ROOT, path), "utf8") === executed, true, `${path} is not what the run gives: npm run accept`);
    }
  });

  test("each page is small, free of axe violations in light and dark, fits a phone and fetches nothing", async (t) => {
    const browser = await openTestBrowser(t);
    if (!browser) return;
    for (const row of result.rows) {
      assert.ok(statSync(row.handout as string).size <= 300_000, `${row.handout}: ${statSync(row.handout as string).size} bytes`);
      for (const [colorScheme, width] of [["light", 1280], ["dark", 390]] as const) {
        const page: Page = await browser.newPage({ colorScheme, viewport: { width, height: 844 }, bypassCSP: true });
        const asked: string[] = [];
        page.on("request", (request) => void asked.push(request.url()));
        await page.goto(pathToFileURL(row.handout as string).href);
        await page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })");
        assert.ok(((await page.evaluate("document.documentElement.scrollWidth")) as number) <= width, `${row.notebook} at ${width} px`);
        await page.evaluate(AXE);
        const report = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as { violations: { id: string; nodes: { html: string }[] }[] };
        assert.deepEqual(report.violations.map(({ id, nodes }) => [id, nodes[0].html]), []);
        assert.deepEqual(asked.filter((url) => !/^(file|data):/.test(url)), []);
        assert.equal(await page.evaluate("[...document.querySelectorAll('figure')].every((figure) => figure.querySelector('svg[role=img] title, svg[aria-label]') && figure.querySelector('table'))"), true, "each figure has a text alternative and its data");
        await page.close();
      }
    }
  });

  test("every export verifies", () => {
    assert.ok(result.exports.length > 0);
    for (const folder of result.exports) {
      const report = verifyExport(folder);
      assert.equal(report.ok, true, report.text);
      assert.ok(report.valuesCompared > 0, folder);
    }
  });

});

/** What a student may expect of every notebook, whoever wrote it. */
for (const { path, notebook } of NOTEBOOKS) {
  test(`${path} has parameters with a seed, a figure, an exercise with a hidden solution, a glossary and goals`, () => {
    const tagged = (tag: Parameters<typeof hasTag>[1]) => notebook.cells.filter((cell) => hasTag(cell, tag));
    assert.match(tagged("parameters").map((cell) => cell.source).join(""), /\bseed\b/);
    for (const tag of ["figure", "exercise", "check", "solution", "glossary"] as const) assert.ok(tagged(tag).length > 0, tag);
    assert.ok(tagged("glossary")[0].source.includes("한국어"));
    const key = tagged("check").map((cell) => cell.source).join("").match(/key: "([0-9a-f]{32})"/)?.[1] ?? "";
    assert.match(key, /[1-9a-f]/, "a key that answerKey gave");
    assert.ok(tagged("solution").some((cell) => cell.source.includes("confirmAnswer(") && cell.source.includes(key)), "the solution is held to the key");
    const page = notebook.metadata.overlay_lab as { section?: string; minutes?: number; goals?: string[] };
    assert.ok(page.section && (page.minutes ?? 0) > 0 && (page.goals ?? []).length >= 2);
  });

  test(`${path} is prose and short cells: at most ${LONGEST_CELL} lines of code, 30 to 60 per cent text`, () => {
    for (const cell of notebook.cells) if (cell.cell_type === "code") assert.ok(cell.source.split("\n").length <= LONGEST_CELL, cell.id);
    const share = notebook.cells.filter((cell) => cell.cell_type === "markdown").length / notebook.cells.length;
    assert.ok(share >= 0.3 && share <= 0.6, `${Math.round(share * 100)} % of the cells are text`);
  });

  test(`${path} is stored in canonical form`, () => {
    const stored: Notebook = notebook;
    assert.equal(serializeNotebook(canonicalNotebook(stored, { root: ROOT, path })), readFileSync(join(ROOT, path), "utf8"));
  });
}
