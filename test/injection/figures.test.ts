import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { figureHtml, stepHtml } from "overlay-lab/dist/figures";
import { openFigureRenderer } from "overlay-lab/dist/workbook/figure-renderer";
import { liveScript, plotlyAsset } from "overlay-lab/dist/workbook/plotly-asset";
import { allKinds } from "../figures/samples";
import { textEverywhere } from "../figures/step-samples";
import { TEST_CACHE, openTestBrowser } from "../workbook/open-test-browser";

const HOSTILE = [
  "<script>window.broken=1</script>",
  "</script><script>window.broken=1</script>",
  "<img src=x onerror=window.broken=1>",
  '"><svg onload=window.broken=1>',
  "' onmouseover='window.broken=1",
  '<a href="javascript:window.broken=1">go</a>',
  '<a href="data:text/html,<script>1</script>">go</a>',
  "<foreignObject><body onload=window.broken=1></foreignObject>",
  "</title></desc></svg><iframe src=javascript:1>",
  "<style>*{display:none}</style>}body{color:red",
  "url(http://example.invalid/x) expression(1)",
  "\u202egnp.exe\u2066\u200b\ufeff",
  "\u001b[31mred\u0000\u0007",
  "__proto__",
  "%{customdata} $x^2$ <b>bold</b> &lt;i&gt;",
  "<!-- ]]> <![CDATA[ &#x3c;script&#x3e;",
];

test("hostile text in any label, title, caption or cell runs nothing, loads nothing and changes no structure, static or live", async (t) => {
  const browser = await openTestBrowser(t);
  if (!browser) return;
  const folder = await mkdtemp(join(tmpdir(), "overlay-lab-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const renderer = await openFigureRenderer(browser);
  const plotly = await plotlyAsset(join(TEST_CACHE, ".."));
  for (const [round, text] of HOSTILE.entries()) {
    const figures = allKinds(text);
    const blocks = await Promise.all(figures.map(async (figure) => figureHtml(figure, await renderer.renderSvg(figure)).toString()));
    blocks.push(stepHtml(textEverywhere(text)).toString());
    const live = round % 5 === 0;
    const page = await browser.newPage();
    const file = join(folder, `${round}.html`);
    await writeFile(join(folder, "live.js"), liveScript());
    await writeFile(file, `<!doctype html><meta charset="utf-8"><title>t</title>${blocks.join("")}${live ? `<script src="live.js" data-plotly="${pathToFileURL(plotly.path)}" defer></script>` : ""}`);
    await page.goto(pathToFileURL(file).href);
    if (live) {
      await page.locator("#kind-curves button").click();
      await page.locator('#kind-curves[data-live="on"]').waitFor();
      // Every text that the player writes: the chosen node's view, both steps, the seed.
      await page.locator("#hostile svg [role=button]").first().click({ force: true });
      await page.getByRole("button", { name: "Step forward" }).click();
    }
    const found = await page.evaluate(FINDINGS) as { broken: boolean; bad: string[]; figures: number; headings: string[] };
    assert.deepEqual({ broken: found.broken, bad: found.bad, figures: found.figures }, { broken: false, bad: [], figures: 7 }, text);
    assert.doesNotMatch(blocks.join(""), /[\u0000-\u0008\u001b\u200b\u202e\u2066\ufeff]/);
    await page.close();
  }
});

const FINDINGS = `(() => {
  const bad = [];
  for (const element of document.querySelectorAll("body *")) {
    for (const { name, value } of element.attributes) {
      if (/^on/i.test(name)) bad.push(name);
      if (/^(href|src|xlink:href|action|formaction)$/.test(name) && !/^(#|live\\.js$|file:)/.test(value)) bad.push(name + "=" + value);
      if (/javascript:/i.test(value) && /^(href|src)/.test(name)) bad.push(value);
    }
    if (/^(iframe|object|embed|foreignobject|base|link|meta|img)$/i.test(element.localName) && !element.closest(".ol-live")) bad.push(element.localName);
    if (element.localName === "script" && element.type !== "application/json" && !/live\\.js$|plotly\\.min\\.js$/.test(element.src)) bad.push("script");
    if (element.localName === "style" && !element.closest(".ol-live")) bad.push("style");
    if (element.localName === "a") bad.push("a");
  }
  return { broken: "broken" in window, bad, figures: document.querySelectorAll("figure").length };
})()`;
