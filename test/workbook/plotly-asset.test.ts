import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { FIGURE_CSS, figureHtml } from "overlay-lab/dist/figures";
import { PLOTLY_LIMIT_BYTES, liveScript, plotlyAsset } from "overlay-lab/dist/workbook/plotly-asset";
import { openFigureRenderer } from "overlay-lab/dist/workbook/figure-renderer";
import { allKinds } from "../figures/samples";
import { TEST_CACHE, openTestBrowser } from "./open-test-browser";

const CACHE = join(TEST_CACHE, "..");

test("the shared script is minified once and stays within its limit", async () => {
  const first = await plotlyAsset(CACHE);
  const { mtimeMs } = await stat(first.path);
  assert.ok(first.bytes > 1_000_000 && first.bytes <= PLOTLY_LIMIT_BYTES);
  assert.deepEqual(await plotlyAsset(CACHE), first);
  assert.equal((await stat(first.path)).mtimeMs, mtimeMs);
});

/** Opens a page from the file system with one drawn and one undrawn figure. */
async function openPage(t: TestContext, options: { readonly plotly: boolean; readonly before?: string; readonly drawn?: boolean }): Promise<Page | null> {
  const browser = await openTestBrowser(t);
  if (!browser) return null;
  const folder = await mkdtemp(join(tmpdir(), "overlay-lab-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const [figure] = allKinds();
  const renderer = await openFigureRenderer(browser);
  const svg = options.drawn === false ? null : await renderer.renderSvg(figure);
  if (options.plotly) await copyFile((await plotlyAsset(CACHE)).path, join(folder, "plotly.min.js"));
  await writeFile(join(folder, "live.js"), liveScript());
  await writeFile(join(folder, "page.html"), `<!doctype html><html data-theme="dark"><meta charset="utf-8"><title>t</title><style>${FIGURE_CSS}</style>${options.before ?? ""}${figureHtml(figure, svg)}<script src="live.js" data-plotly="plotly.min.js" defer></script>`);
  const page = await browser.newPage({ viewport: { width: 680, height: 900 } });
  await page.goto(pathToFileURL(join(folder, "page.html")).href);
  return page;
}

test("a figure goes live and back by keyboard, in a page from the file system, beside an AMD loader and in dark colours", async (t) => {
  const page = await openPage(t, { plotly: true, before: "<script>window.define = () => { window.swallowed = 1; }; window.define.amd = {};</script>" });
  if (!page) return;
  assert.equal(await page.locator('script[src$="plotly.min.js"]').count(), 0);
  await page.getByRole("button", { name: "Explore" }).focus();
  await page.keyboard.press("Enter");
  await page.locator(".ol-live .main-svg").first().waitFor();
  await page.locator('.ol-figure[data-live="on"]').waitFor();
  assert.equal(await page.locator(".ol-drawing").isVisible(), false);
  assert.equal(await page.evaluate("window.swallowed"), undefined);
  assert.equal(await page.evaluate("getComputedStyle(document.querySelector('.ol-live .xtitle')).fill"), "rgb(228, 226, 221)");
  assert.equal(await page.locator(".modebar-btn:visible").count(), 0);
  await page.getByRole("button", { name: "Static" }).press("Space");
  assert.equal(await page.locator(".ol-drawing").isVisible(), true);
  assert.equal(await page.locator(".ol-live").count(), 0);
});

test("where the shared script is missing the drawing stays and the page says why", async (t) => {
  const page = await openPage(t, { plotly: false });
  if (!page) return;
  await page.getByRole("button", { name: "Explore" }).click();
  await page.getByText("could not be loaded").waitFor();
  assert.equal(await page.locator(".ol-drawing svg").isVisible(), true);
});

test("a figure that was never drawn goes live by itself", async (t) => {
  const page = await openPage(t, { plotly: true, drawn: false });
  if (!page) return;
  await page.locator('.ol-figure[data-live="on"] .ol-live .main-svg').first().waitFor();
  assert.equal(await page.locator(".ol-no-drawing").isVisible(), false);
});
