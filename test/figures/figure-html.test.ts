import assert from "node:assert/strict";
import { test } from "node:test";
import { InvariantError } from "overlay-lab/dist/errors";
import { FIGURE_CSS, curves, figureHtml, tableHtml } from "overlay-lab/dist/figures";
import { checkedSvg, serializeSvg } from "overlay-lab/dist/figures/svg";
import { colourPairs } from "overlay-lab/dist/figures/theme";
import { distributionTable, words } from "./samples";

const figure = curves(distributionTable(), { ...words("f"), x: "peers", series: [{ value: "p2p" }] });

test("a figure without a drawing says so in one line and keeps its table and its data", () => {
  const text = figureHtml(figure, null).toString();
  assert.match(text, /appears when live plots are on/);
  assert.equal(text.match(/<tr>/g)?.length, 36);
  const json = /<script type="application\/json" class="ol-plotly">(.*?)<\/script>/.exec(text)?.[1] ?? "";
  const found = JSON.parse(json) as { data: { x: number[]; y: number[] }[] };
  const [{ x, y }] = figure.plotly.data as { x: number[]; y: number[] }[];
  assert.deepEqual(found, { data: [{ ...figure.plotly.data[0], y: y.map((value) => Number(value.toPrecision(7))) }], layout: figure.plotly.layout, alt: figure.alt });
  assert.ok(found.data[0].y.some((value, i) => value !== y[i]), "none of the samples has more than seven digits");
  assert.deepEqual(found.data[0].x, x);
});

test("a long table is cut and says how many rows there are", () => {
  const rows = Array.from({ length: 500 }, (_, n) => ({ n }));
  const text = tableHtml({ name: "long", columns: [{ name: "n", type: "integer" }], rows }, { allRowsIn: "data.csv" }).toString();
  assert.equal(text.match(/<tr>/g)?.length, 61);
  assert.match(text, /The first 60 of 500 rows; data\.csv holds all 500\./);
});

test("numbers show the digits of their column, headings their units, and missing values a dash", () => {
  const text = tableHtml({ name: "t", columns: [{ name: "who", type: "string" }, { name: "x", title: "Time", type: "number", unit: "h", digits: 3 }], rows: [{ who: "a", x: 2 / 3 }, { who: "b", x: null }] }).toString();
  assert.match(text, /<th scope="col"[^>]*>Time \(h\)<\/th>/);
  assert.match(text, /<th scope="row">a<\/th><td[^>]*>0\.667<\/td>/);
  assert.match(text, /–<\/td>/);
});

test("whole numbers from 10,000 on are grouped in a table for readers, and nothing else is", () => {
  const rows = [9999, 10000, -1234567, null].map((n) => ({ n, x: n === null ? 0.123456 : n + 0.5, id: "123456" }));
  const text = tableHtml({ name: "t", columns: [{ name: "id", type: "string" }, { name: "n", type: "integer" }, { name: "x", type: "number", digits: 10 }], rows }).toString();
  const cells = [...text.matchAll(/<td[^>]*>([^<]*)<\/td>/g)].map(([, cell]) => cell);
  assert.deepEqual(cells, ["9999", "9999.5", "10,000", "10,000.5", "-1,234,567", "-1,234,566.5", "–", "0.123456"]);
  assert.ok(text.includes("123456</th>"));
});

test("only SVG from the list passes into a page", () => {
  const start = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">';
  assert.equal(checkedSvg(`${start}<g><path d="M0,0L1,1"/></g></svg>`, "f").toString(), `${start}<g><path d="M0,0L1,1"/></g></svg>`);
  const refused = ["<script>1</script>", '<path onclick="a"/>', '<image href="x"/>', "<foreignObject/>", '<path d="url(x)"/>', "<g>", "</g>", '<path fill="url(#other-c0)"/>', '<g id="other-c0"/>', '<path style="x"/>', "<!-- -->", '<path fill="url(//x)"/>'];
  for (const part of refused) assert.throws(() => checkedSvg(`${start}${part}</svg>`, "f"), InvariantError, part);
  for (const text of ["", "text", `<g/>`, `${start}</svg><svg/>`, `${start}</svg>text`]) assert.throws(() => checkedSvg(text, "f"), InvariantError, text);
});

test("the serializer leaves out what is not on the list", () => {
  const text = serializeSvg({ tag: "svg", attributes: [["onload", "x"], ["viewBox", "0 0 1 1"]], children: [{ tag: "script", attributes: [], children: ["alert(1)"] }, { tag: "text", attributes: [["x", "1"], ["href", "javascript:1"]], children: ["<b>"] }] });
  assert.equal(text, '<svg viewBox="0 0 1 1"><text x="1">&lt;b&gt;</text></svg>');
});

test("every colour of the theme has its dark counterpart in the style sheet", () => {
  for (const { light, dark } of colourPairs()) assert.ok(FIGURE_CSS.includes(`[fill="${light}"]{fill:${dark}}`), light);
});
