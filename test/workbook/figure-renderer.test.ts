import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { checkedSvg } from "overlay-lab/dist/figures/svg";
import { openFigureRenderer } from "overlay-lab/dist/workbook/figure-renderer";
import { openBrowser } from "overlay-lab/dist/workbook/browser";
import { allKinds } from "../figures/samples";
import { TEST_CACHE, openTestBrowser } from "./open-test-browser";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

test("the same figures give the same bytes in fresh pages, in any order, one by one or all at once", async (t) => {
  const browser = await openTestBrowser(t);
  if (!browser) return;
  const figures = allKinds();
  const draw = async (order: readonly number[]): Promise<ReadonlyMap<string, string>> => {
    const renderer = await openFigureRenderer(browser);
    const drawn = await Promise.all(order.map(async (i) => [figures[i].id, sha256(await renderer.renderSvg(figures[i]))] as const));
    await renderer.close();
    return new Map(drawn);
  };
  const first = await draw([0, 1, 2, 3, 4, 5]);
  for (const order of [[5, 3, 1, 0, 2, 4], [2, 2, 4, 0, 5, 1, 3]]) {
    for (const [id, hash] of await draw(order)) assert.equal(hash, first.get(id), id);
  }
});

test("every kind becomes a small drawing that passes the page's check, with name, description and no raster", async (t) => {
  const browser = await openTestBrowser(t);
  if (!browser) return;
  const renderer = await openFigureRenderer(browser);
  for (const figure of allKinds()) {
    const svg = await renderer.renderSvg(figure);
    checkedSvg(svg, figure.id);
    assert.ok(svg.length < 15_000, `${figure.id}: ${svg.length} bytes`);
    assert.match(svg, new RegExp(`<title id="${figure.id}-title">Title plain</title><desc id="${figure.id}-desc">`));
    assert.match(svg, /<text/);
    assert.ok((svg.match(/<(circle|rect|line)|M-?[\d.]/g) ?? []).length >= 4, `${figure.id}: at least four marks`);
  }
  const png = await renderer.renderPng(allKinds()[0]);
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1080, 700]);
  await assert.rejects(renderer.renderSvg({ ...allKinds()[0], plotly: { data: [], layout: {} } }), /cannot draw figure kind-curves/);
});

test("the packed browser draws the same bytes as the one of the system", async (t) => {
  const system = await openBrowser({ cacheFolder: TEST_CACHE, sources: ["system"] });
  const packed = await openBrowser({ cacheFolder: TEST_CACHE, sources: ["package"] });
  t.after(() => Promise.all([system.browser?.close(), packed.browser?.close()]));
  if (!system.browser || !packed.browser) {
    // npm carries the packed browser for 64-bit Linux, which is what continuous integration runs on.
    assert.ok(!process.env.CI, `continuous integration has both: ${JSON.stringify([...system.failed, ...packed.failed])}`);
    return t.skip("needs a browser of the system and the packed one");
  }
  const [a, b] = await Promise.all([system.browser, packed.browser].map(async (browser) => {
    const renderer = await openFigureRenderer(browser);
    return Promise.all(allKinds().map((figure) => renderer.renderSvg(figure)));
  }));
  a.forEach((svg, i) => assert.equal(svg, b[i], allKinds()[i].id));
});
