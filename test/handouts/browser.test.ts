/** What only a browser can tell: accessibility, fonts, layout on a phone, paper, colours, and that nothing runs or is fetched. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { after, before, describe, test, type TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import type { BrowserContextOptions, Page } from "playwright-core";
import { renderHandouts, type HandoutResult } from "overlay-lab/dist/workbook/handouts";
import type { LabBrowser } from "overlay-lab/dist/workbook/browser";
import { liveScript, plotlyAsset } from "overlay-lab/dist/workbook/plotly-asset";
import { NO_BROWSER, ROOT, browserOrNull, fileOf, runOf, sampleNotebook } from "./support";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const VARIANTS = ["student", "solution", "lecture"] as const;

describe("handouts in Chromium", () => {
  let browser: LabBrowser | null = null;
  const results = new Map<string, HandoutResult>();

  before(async () => {
    browser = await browserOrNull();
    for (const variant of VARIANTS) results.set(variant, await renderHandouts(runOf(sampleNotebook(), { variant, browser, pdf: true })));
  });
  after(async () => browser?.close());

  const resultOf = (variant: string): HandoutResult => results.get(variant) as HandoutResult;

  async function open(t: TestContext, file: string, options: BrowserContextOptions = {}): Promise<Page | null> {
    if (browser === null) {
      t.skip(NO_BROWSER);
      return null;
    }
    const page = await browser.newPage(options);
    t.after(() => page.close());
    await page.goto(pathToFileURL(file).href);
    return page;
  }

  for (const variant of VARIANTS)
    for (const colorScheme of ["light", "dark"] as const)
      for (const width of variant === "student" ? [1280, 390] : [colorScheme === "light" ? 1280 : 390])
        test(`axe finds nothing on any ${variant} page, ${colorScheme}, ${width} px wide, folds closed and open`, async (t) => {
          for (const { file } of resultOf(variant).pages) {
            const page = await open(t, file, { colorScheme, viewport: { width, height: 844 }, bypassCSP: true });
            if (page === null) return;
            for (const state of ["closed", "open"]) {
              if (state === "open") await page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })");
              await page.evaluate(AXE);
              const report = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as { violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] };
              assert.deepEqual(report.violations.map(({ id, nodes }) => [id, nodes[0].html.slice(0, 200), nodes[0].failureSummary]), [], `${file}, folds ${state}`);
            }
          }
        });

  test("On a phone no page scrolls sideways, and wide parts scroll in regions that take the keyboard focus", async (t) => {
    for (const { file } of resultOf("solution").pages) {
      const page = await open(t, file, { viewport: { width: 390, height: 844 } });
      if (page === null) return;
      await page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })");
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 390, file);
      const lost = await page.evaluate("[...document.querySelectorAll('main *')].filter((e) => e.scrollWidth > e.clientWidth + 1 && ['auto', 'scroll'].includes(getComputedStyle(e).overflowX) && e.tabIndex < 0).map((e) => e.outerHTML.slice(0, 120))");
      assert.deepEqual(lost, [], file);
    }
  });

  test("A table that goes on beyond the edge shows a shade there, one that fits shows none, and paper has none", async (t) => {
    const page = await open(t, fileOf(resultOf("student"), "notebook"), { viewport: { width: 390, height: 844 } });
    if (page === null) return;
    // Two pixels at the right edge of a frame: the darkest one of the frame's own ground.
    const ground = async (cells: number, scroll: number): Promise<number> => {
      await page.evaluate(`(() => { document.getElementById("probe")?.remove(); document.querySelector("main").insertAdjacentHTML("afterbegin", '<div class="ol-table" id="probe" tabindex="0"><table style="height:60px;border:0"><tbody><tr>' + '<td style="min-width:6rem"></td>'.repeat(${cells}) + '</tr></tbody></table></div>'); document.getElementById("probe").scrollLeft = ${scroll}; })()`);
      const box = (await page.locator("#probe").boundingBox()) as { x: number; y: number; width: number };
      const shot = await page.screenshot({ clip: { x: Math.round(box.x + box.width) - 3, y: Math.round(box.y) + 20, width: 2, height: 20 } });
      return (await page.evaluate(`createImageBitmap(new Blob([Uint8Array.from(atob("${shot.toString("base64")}"), (c) => c.charCodeAt(0))])).then((image) => { const canvas = new OffscreenCanvas(2, 20); const context = canvas.getContext("2d"); context.drawImage(image, 0, 0); return context.getImageData(0, 0, 1, 1).data[0]; })`)) as number;
    };
    assert.ok((await ground(12, 0)) < 225, "shade at the edge where the table goes on");
    assert.ok((await ground(12, 5000)) > 245, "none when it is scrolled to its end");
    assert.ok((await ground(1, 0)) > 245, "none where it fits");
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.evaluate("getComputedStyle(document.getElementById('probe')).backgroundImage"), "none");
  });

  test("No letter of text, formula or glossary falls back to a face of the machine", async (t) => {
    for (const { file } of resultOf("solution").pages) {
      const page = await open(t, file);
      if (page === null) return;
      const session = await page.context().newCDPSession(page);
      await session.send("DOM.enable");
      await session.send("CSS.enable");
      const { root } = await session.send("DOM.getDocument", { depth: -1 });
      const { nodeIds } = await session.send("DOM.querySelectorAll", { nodeId: root.nodeId, selector: "h1,h2,h3,p,li,dt,dd,td,th,a,span,summary,small,button,figcaption,text,mi,mo,mn,mtext,em,strong" });
      assert.ok(nodeIds.length > 8, "the page has text");
      for (const nodeId of nodeIds) {
        const { fonts } = await session.send("CSS.getPlatformFontsForNode", { nodeId });
        const strangers = fonts.filter((font) => !font.isCustomFont);
        if (strangers.length === 0) continue;
        const { outerHTML } = await session.send("DOM.getOuterHTML", { nodeId });
        const isCode = /<code|<pre|<kbd|t-(?:key|str|num|com|typ)/.test(outerHTML);
        assert.ok(isCode, `${strangers.map((font) => font.familyName).join()} in ${outerHTML.slice(0, 160)}`);
      }
    }
  });

  test("The page keeps the colours of the system until the reader chooses, and remembers the choice", async (t) => {
    const page = await open(t, fileOf(resultOf("student"), "notebook"), { colorScheme: "dark" });
    if (page === null) return;
    const ground = (): Promise<unknown> => page.evaluate("getComputedStyle(document.body).backgroundColor");
    assert.equal(await ground(), "rgb(25, 25, 24)");
    await page.click("#theme");
    assert.equal(await ground(), "rgb(255, 254, 252)");
    await page.reload();
    assert.equal(await ground(), "rgb(255, 254, 252)");
    assert.equal(await page.textContent("#theme"), "Dark");
  });

  test("Every figure has an accessible name, a drawing with a text alternative and its data", async (t) => {
    const page = await open(t, fileOf(resultOf("student"), "notebook"));
    if (page === null) return;
    const figures = (await page.evaluate("[...document.querySelectorAll('figure')].map((f) => { const svg = f.querySelector('svg'); const name = svg.getAttribute('aria-label') || (svg.getAttribute('aria-labelledby') || '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' '); return [document.getElementById(f.getAttribute('aria-labelledby')).textContent, svg.getAttribute('role'), name.length > 20, f.querySelectorAll('details table tr').length > 2]; })")) as unknown[];
    assert.deepEqual(figures, [["P2P stays under one hour for any N", "img", true, true], ["A million peers: eleven years from a server, one hour from each other", "img", true, true]]);
  });

  test("The content policy lets the page's scripts run from the file system, and nothing else", async (t) => {
    const page = await open(t, fileOf(resultOf("student"), "notebook"));
    if (page === null) return;
    assert.equal(await page.evaluate("document.documentElement.dataset.liveScript"), "ran");
    const outcome = await page.evaluate("new Promise((done) => { const s = document.createElement('script'); s.textContent = 'window.ran = true'; document.body.append(s); const i = new Image(); i.onload = () => done('loaded'); i.onerror = () => done(window.ran ? 'ran' : 'blocked'); i.src = 'https://example.invalid/x.png'; })");
    assert.equal(outcome, "blocked");
  });

  test("A reader makes a figure live from the file system, under the content policy", async (t) => {
    const { path: plotlyScript } = await plotlyAsset(path.join(ROOT, "build/cache"));
    const result = await renderHandouts(runOf(sampleNotebook(), { assets: { plotlyScript, liveScript: liveScript() } }));
    const page = await open(t, fileOf(result, "notebook"));
    if (page === null) return;
    const failures: string[] = [];
    page.on("console", (message) => failures.push(message.text()));
    page.on("pageerror", (error) => failures.push(error.message));
    await page.locator(".ol-figure button").first().click();
    await page.locator(".ol-figure[data-live=on] .js-plotly-plot").waitFor();
    assert.deepEqual(failures, []);
  });

  test("On a lecture page the arrow keys go from section to section", async (t) => {
    const page = await open(t, fileOf(resultOf("lecture"), "notebook"), { viewport: { width: 1280, height: 800 } });
    if (page === null) return;
    const top = (): Promise<unknown> => page.evaluate("Math.round(document.querySelectorAll('main > .opening, main > section')[2].getBoundingClientRect().top) <= 40 && scrollY > 0");
    assert.equal(await top(), false);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    assert.equal(await top(), true);
  });

  test("PDFs are tagged, have outline, title, language and page numbers, fit their figures, and hold no secret", async (t) => {
    if (browser === null) return t.skip(NO_BROWSER);
    const printed = resultOf("student").pages.find((page) => page.kind === "notebook");
    const bytes = readFileSync(printed?.pdf as string).toString("latin1");
    for (const part of ["/StructTreeRoot", "/Outlines", "/Lang (en)", "/MarkInfo"]) assert.ok(bytes.includes(part), part);
    assert.doesNotMatch(bytes, /file:\/|handouts\.invalid/, "no address of the machine that printed it");
    let text: string;
    try {
      text = execFileSync("pdftotext", ["-layout", printed?.pdf as string, "-"], { encoding: "utf8" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      return t.diagnostic("pdftotext is not installed; the text of the PDF was not read");
    }
    assert.match(text, /P2P file distribution/);
    assert.match(text, /피어/);
    assert.match(text, /Client-server/);
    assert.match(text, /\n\s+1\n?\f/);
    assert.doesNotMatch(text, /SECRET/);
  });
});
