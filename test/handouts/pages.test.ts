import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { HandoutError, PAGE_LIMIT_BYTES, renderHandouts } from "overlay-lab/dist/workbook/handouts";
import { pageNames } from "overlay-lab/dist/workbook/handouts/page-names";
import { claimTexts } from "overlay-lab/dist/workbook/handouts/claim-line";
import { SAMPLE_NAME, claimsOf, display, fileOf, markdownCell, notebookWith, pageOf, runOf, sampleNotebook } from "./support";

test("A run writes index, one page per notebook, claims page and shared scripts, and tells their sizes", async () => {
  const run = runOf(sampleNotebook());
  const result = await renderHandouts(run);
  assert.deepEqual(result.pages.map((page) => path.basename(page.file)), ["index.html", `${SAMPLE_NAME}.html`, "claims.html"]);
  assert.deepEqual(readdirSync(path.join(run.outDir, "assets")).sort(), ["live.js", "plotly.min.js"]);
  for (const page of result.pages) {
    assert.equal(page.bytes, readFileSync(page.file).length);
    assert.ok(page.bytes <= PAGE_LIMIT_BYTES, `${page.file}: ${page.bytes} bytes`);
  }
  assert.deepEqual(result.warnings, []);
});

test("Two runs write the same bytes", async () => {
  const read = async (): Promise<string[]> => (await renderHandouts(runOf(sampleNotebook()))).pages.map((page) => readFileSync(page.file, "utf8"));
  assert.deepEqual(await read(), await read());
});

test("Without a browser the pages are written, no PDF is, and the result says so", async () => {
  const result = await renderHandouts(runOf(sampleNotebook(), { pdf: true }));
  assert.equal(result.pdf, "no browser");
  assert.ok(result.pages.every((page) => existsSync(page.file) && page.pdf === null));
  assert.doesNotMatch(readFileSync(fileOf(result, "notebook"), "utf8"), /\.pdf"/);
});

test("No address outside the page is fetched: external text appears only as links", async () => {
  const page = await pageOf(sampleNotebook());
  const withoutLinks = page.replace(/<a href="https:\/\/[^"]*" rel="noreferrer">/g, "").replace(/xmlns="[^"]*"/g, "");
  assert.doesNotMatch(withoutLinks, /(?:src|href|url\()\s*=?\s*["'(]?(?:https?:)?\/\//i);
  assert.match(page, /<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;;/);
});

test("The page opens with section, title, question, minutes and goals, and ends with exercise, glossary and provenance", async () => {
  const page = await pageOf(sampleNotebook());
  const order = ["Kurose &amp; Ross 2.5", "<h1>P2P file distribution", "How long does it take", "25 minutes", "say which of three capacities", 'id="two-ways-to-spread-a-file"', 'id="exercise"', 'id="glossary"', '<footer id="provenance"', "npm start -- --only K2.5-p2p-file-distribution --seed 1", "a45c57a01234"];
  const places = order.map((text) => page.indexOf(text, page.indexOf('<main id="content">')));
  assert.ok(places.every((place, index) => place > 0 && (index === 0 || place > places[index - 1])), JSON.stringify(places));
});

test("Code stands behind a click except parameters and the exercise", async () => {
  const page = await pageOf(sampleNotebook());
  assert.equal(page.match(/<details class="code">/g)?.length, 6);
  assert.equal(page.match(/<div class="open-code">/g)?.length, 2);
  assert.doesNotMatch(page, /<details[^>]*\sopen/);
});

test("In a lecture all code is folded away, and the claims stand open", async () => {
  const page = await pageOf(sampleNotebook(), { variant: "lecture" });
  assert.doesNotMatch(page, /<div class="open-code">|<details[^>]*\sopen/);
  assert.match(page, /<summary>Parameters <span/);
  const claims = (text: string) => text.match(/class="claim"/g)?.length;
  assert.ok(claims(page) !== undefined && claims(page) === claims(await pageOf(sampleNotebook())));
});

const SECRETS = ["SECRET-SOLUTION-TEXT", "SECRET-SOLUTION-CODE", "SECRET-SOLUTION-OUTPUT", "SECRET-SOLUTION-CLAIM", "SECRET-GRADER-CODE", "secretSolutionCode"];

for (const variant of ["student", "lecture"] as const) {
  test(`The ${variant} variant holds nothing of solutions and graders in any file`, async () => {
    const run = runOf(sampleNotebook(), { variant });
    const result = await renderHandouts(run);
    for (const page of result.pages) {
      const text = readFileSync(page.file, "utf8");
      for (const secret of SECRETS) assert.ok(!text.includes(secret), `${secret} in ${page.file}`);
    }
    assert.match(readFileSync(fileOf(result, "index"), "utf8"), /All 4 claims/);
  });
}

test("The solution variant shows solutions, graders and their claims, and says what it is", async () => {
  const result = await renderHandouts(runOf(sampleNotebook(), { variant: "solution" }));
  const page = readFileSync(fileOf(result, "notebook"), "utf8");
  const plain = page.replace(/<[^>]+>/g, "");
  for (const secret of SECRETS) assert.ok(plain.includes(secret), secret);
  assert.match(page, /with solutions/);
  assert.match(readFileSync(fileOf(result, "claims"), "utf8"), /All 5 claims hold/);
});

test("A failing claim is counted and marked", async () => {
  const notebook = sampleNotebook();
  const claims = claimsOf(notebook, runOf(notebook).notebooks[0].path);
  for (const cell of notebook.cells) for (const output of cell.outputs ?? []) {
    const claim = (output.data as Record<string, { holds: boolean; reference: string }> | undefined)?.["application/vnd.overlay-lab.claim+json"];
    if (claim?.reference === "DT-2") claim.holds = false;
  }
  const result = await renderHandouts(runOf(notebook, { claims: claims.map((claim) => ({ ...claim, holds: claim.reference !== "DT-2" })) }));
  assert.match(readFileSync(fileOf(result, "claims"), "utf8"), /3 of 4 claims hold\..*aria-label="Does not hold"/s);
  assert.match(readFileSync(fileOf(result, "notebook"), "utf8"), /aria-label="Does not hold"/);
});

test("A claim shows its numbers with unit, interval and a difference in its own measure", () => {
  const claim = { notebook: "", reference: "", text: "t", source: "", basis: "published", published: 12345.678, tolerance: 0.05, toleranceKind: "relative", measured: 1.5e-9, interval: [-1.5, 2] as const, unit: "h", difference: 0.0123, holds: true } as const;
  const texts = claimTexts(claim);
  assert.deepEqual([texts.published, texts.measured, texts.interval, texts.difference, texts.tolerance].map(String), ["12346 h", "1.5 × 10<sup>−9</sup> h", "[−1.5, 2]", "1.23 %", "± 5 %"]);
  assert.equal(String(claimTexts({ ...claim, toleranceKind: "absolute" }).tolerance), "± 0.05 h");
  assert.equal(String(claimTexts({ ...claim, published: [1, 2.5] }).published), "1, 2.5 h");
});

test("Page names are flat, readable and never collide", () => {
  assert.deepEqual(pageNames(["notebooks/K2.5-p2p/p2p.ipynb", "notebooks/K2.5-p2p/churn.ipynb", "notebooks/index.ipynb", "a/../../K2.5-p2p.ipynb", "notebooks/한글 이름/시작.ipynb"]), ["K2.5-p2p", "K2.5-p2p-churn", "index-2", "a-K2.5-p2p", "한글-이름-시작"]);
});

test("Sections stand in the order of their numbers", async () => {
  const notebooks = ["9.4.10", "9.4.2", "K&R 2.5"].map((section, index) => {
    const executed = notebookWith(markdownCell("Text."));
    executed.metadata = { overlay_lab: { section, minutes: 5, goals: ["read"] } };
    return { path: `notebooks/n${index}.ipynb`, executed, claims: [], seconds: 0 };
  });
  const result = await renderHandouts({ ...runOf(sampleNotebook()), notebooks, claims: [] });
  assert.deepEqual(result.pages.slice(1, -1).map((page) => page.notebook), ["notebooks/n1.ipynb", "notebooks/n0.ipynb", "notebooks/n2.ipynb"]);
});

test("A notebook without title, facts or a glossary table is refused with its place, and nothing is written", async () => {
  const untitled = notebookWith(markdownCell("Text."));
  untitled.cells[0].source = "No title here";
  const factless = notebookWith(markdownCell("Text."));
  factless.metadata = {};
  const goalless = notebookWith();
  goalless.metadata = { overlay_lab: { section: "K&R 2.5", minutes: 5, goals: [] } };
  for (const [notebook, message] of [[untitled, /no title.*cell 1/s], [factless, /overlay_lab/], [goalless, /bad goals/], [notebookWith(markdownCell("no table", "glossary")), /cannot read the glossary.*cell 2/s]] as const) {
    const run = runOf(notebook);
    await assert.rejects(renderHandouts(run), (error: unknown) => error instanceof HandoutError && message.test(error.message));
    assert.ok(!existsSync(path.join(run.outDir, "index.html")));
  }
});

test("A page over the limit is written and reported", async () => {
  const result = await renderHandouts(runOf(notebookWith(display({ "text/plain": "0123456789\n".repeat(40_000) }))));
  assert.match(result.warnings.join(), /K2\.5-p2p-file-distribution\.html is \d+ kB; a page should stay within 300 kB/);
});
