/** The step player on a handout page in Chromium, through the sanitiser and under the page's content policy. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test, type TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import type { BrowserContextOptions, Page } from "playwright-core";
import { stepHtml, stepPlayer } from "overlay-lab/dist/figures";
import { renderHandouts } from "overlay-lab/dist/workbook/handouts";
import type { LabBrowser } from "overlay-lab/dist/workbook/browser";
import { liveScript } from "overlay-lab/dist/workbook/plotly-asset";
import { StepPlayer } from "overlay-lab/dist/simulation";
import { NO_BROWSER, browserOrNull, display, fileOf, notebookWith, runOf } from "../handouts/support";
import { FLOOD_NODES, recordedFlood } from "./recorded-flood";
import { floodSpec } from "./step-samples";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const data = recordedFlood();
const LAST = data.steps.length;

describe("the step player in Chromium", () => {
  let browser: LabBrowser | null = null;
  let file = "";
  before(async () => {
    browser = await browserOrNull();
    const notebook = notebookWith(display({ "text/html": stepHtml(stepPlayer(floodSpec(data))).toString() }));
    file = fileOf(await renderHandouts(runOf(notebook, { assets: { plotlyScript: null, liveScript: liveScript() } })), "notebook");
  });
  after(async () => browser?.close());

  async function open(t: TestContext, options: BrowserContextOptions = {}): Promise<Page | null> {
    if (browser === null) {
      t.skip(NO_BROWSER);
      return null;
    }
    const page = await browser.newPage(options);
    t.after(() => page.close());
    page.setDefaultTimeout(5000);
    page.on("pageerror", (error) => assert.fail(error));
    await page.goto(pathToFileURL(file).href);
    await page.locator(".ol-playing svg").first().waitFor();
    return page;
  }
  const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
  const line = (page: Page) => page.locator(".ol-step-line").textContent();
  const picture = (page: Page) => page.locator(".ol-playing .ol-drawing").innerHTML();
  const stepOf = async (page: Page) => Number(/^Step (\d+) of/.exec((await line(page)) ?? "")?.[1]);

  test("forward to the end and back to the start shows the same pictures, and at the start the one it began with", async (t) => {
    const page = await open(t);
    if (page === null) return;
    const forward = [await picture(page)];
    for (let step = 1; step <= LAST; step++) {
      await press(page, "Step forward");
      forward.push(await picture(page));
      assert.equal(await stepOf(page), step);
    }
    assert.ok(new Set(forward).size > LAST / 2, "the pictures differ");
    for (let step = LAST; step >= 0; step--) {
      assert.equal(await picture(page), forward[step], `step ${step}`);
      if (step > 0) await press(page, "Step back");
    }
    assert.equal(await page.getByRole("button", { name: "Step back", exact: true }).getAttribute("aria-disabled"), "true");
    await press(page, "Last step");
    assert.equal(await picture(page), forward[LAST]);
    await press(page, "First step");
    assert.equal(await picture(page), forward[0]);
    await page.locator("input[type=range]").fill("4");
    assert.equal(await picture(page), forward[4]);
  });

  test("nothing moves until play is pressed; playing ends at the last step, and a second press stops it", async (t) => {
    const page = await open(t, { reducedMotion: "reduce", bypassCSP: true });
    if (page === null) return;
    const before = await picture(page);
    await page.waitForTimeout(400);
    assert.equal(await picture(page), before);
    await page.getByLabel("Speed").selectOption("fast");
    await press(page, "Play");
    await page.waitForFunction("/^Step [1-9]/.test(document.querySelector('.ol-step-line').textContent)");
    await press(page, "Pause");
    const stopped = await stepOf(page);
    await page.waitForTimeout(500);
    assert.equal(await stepOf(page), stopped);
    await press(page, "Play");
    await page.waitForFunction(`document.querySelector('.ol-step-line').textContent.startsWith('Step ${LAST} of')`);
    assert.equal(await page.getByRole("button", { name: "Play", exact: true }).count(), 1, "it stopped by itself");
  });

  test("while playing with motion allowed, messages stand between their places of two steps", async (t) => {
    const page = await open(t, { bypassCSP: true });
    if (page === null) return;
    await page.locator("input[type=range]").fill("1");
    const still = await picture(page);
    await press(page, "Play");
    await page.waitForFunction(`document.querySelector('.ol-playing .ol-drawing').innerHTML !== ${JSON.stringify(still)} && document.querySelector('.ol-step-line').textContent.startsWith('Step 1 ')`);
    await press(page, "Pause");
    assert.ok((await stepOf(page)) >= 1);
  });

  test("keys go forward, back, home and end, play and pause, and move the focus from node to node", async (t) => {
    const page = await open(t);
    if (page === null) return;
    await page.getByRole("button", { name: "Step forward", exact: true }).focus();
    const after: number[] = [];
    for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "Home", "ArrowLeft"]) {
      await page.keyboard.press(key);
      after.push(await stepOf(page));
    }
    assert.deepEqual(after, [1, 2, 1, LAST, LAST, 0, 0]);
    await page.locator("input[type=range]").focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await stepOf(page), 1, "the seek bar does not move twice");
    await page.keyboard.press(" ");
    assert.equal(await page.getByRole("button", { name: "Pause", exact: true }).count(), 1);
    await page.keyboard.press(" ");
    assert.equal(await page.getByRole("button", { name: "Play", exact: true }).count(), 1);
    await page.keyboard.press("Home");
    await page.locator(".ol-playing svg [role=button][tabindex='0']").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    assert.match((await page.locator(".ol-node-state").textContent()) ?? "", /^C/);
    await page.keyboard.press("ArrowRight");
    assert.equal(await stepOf(page), 1);
    assert.match((await page.evaluate("document.activeElement.getAttribute('aria-label')")) as string, /^C/, "the focus stays on the node");
    await page.keyboard.press("Escape");
    assert.match((await page.locator(".ol-node-state").textContent()) ?? "", /^Choose a node/);
  });

  test("the chosen node shows its state before and after each step, as the engine's step player has it", async (t) => {
    const page = await open(t);
    if (page === null) return;
    const engine = new StepPlayer(data);
    const copies = (node: number) => (engine.views[node] as { copies: number } | null)?.copies ?? "–";
    for (const node of [3, 5]) {
      await page.locator(".ol-playing svg [role=button]").nth(node).click({ force: true });
      await page.locator("input[type=range]").fill("0");
      engine.seek(0);
      for (let step = 1; step <= LAST; step++) {
        const before = copies(node);
        engine.forward();
        await press(page, "Step forward");
        const row = await page.locator(".ol-node-state tr", { has: page.getByRole("rowheader", { name: "copies" }) }).locator("td").allTextContents();
        if (row.length > 0) assert.deepEqual(row, [String(before), String(copies(node))], `${FLOOD_NODES[node]}, step ${step}`);
        else assert.equal(copies(node), "–");
      }
    }
  });

  for (const [colorScheme, width] of [["light", 1280], ["dark", 1280], ["light", 390], ["dark", 390]] as const) {
    test(`axe finds nothing, playing or still, ${colorScheme}, ${width} px wide, and the page does not scroll sideways`, async (t) => {
      const page = await open(t, { colorScheme, viewport: { width, height: 844 }, bypassCSP: true });
      if (page === null) return;
      await page.locator("input[type=range]").fill("5");
      await page.locator(".ol-playing svg [role=button]").nth(2).click({ force: true });
      await page.evaluate(AXE);
      for (const state of ["playing", "still"]) {
        if (state === "still") await press(page, "Still pictures");
        const report = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as { violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] };
        assert.deepEqual(report.violations.map(({ id, nodes }) => [id, nodes[0].html.slice(0, 200), nodes[0].failureSummary]), [], state);
        assert.ok(((await page.evaluate("document.documentElement.scrollWidth")) as number) <= width);
      }
    });
  }

  test("paper gets the still pictures, whatever the screen shows", async (t) => {
    const page = await open(t);
    if (page === null) return;
    await page.emulateMedia({ media: "print" });
    assert.deepEqual(await page.evaluate("[document.querySelector('.ol-playing').checkVisibility(), document.querySelector('.ol-player-foot').checkVisibility(), [...document.querySelectorAll('.ol-still svg')].every((svg) => svg.checkVisibility())]"), [false, false, true]);
  });
});
