import assert from "node:assert/strict";
import { test } from "node:test";
import type { Table } from "overlay-lab/dist/analysis/table";
import type { Figure } from "overlay-lab/dist/figures/figure";
import { html } from "overlay-lab/dist/html";
import { dataFrame } from "overlay-lab/dist/notebook/data-frame";
import { answerKey, confirmAnswer, judgeAnswer } from "overlay-lab/dist/notebook/exercise";
import { enableLiveFigures } from "overlay-lab/dist/notebook/live-figures";
import { show } from "overlay-lab/dist/notebook/show";
import { HOSTILE, recordDisplays } from "./recording-host";

const TABLE: Table = {
  name: "Times",
  columns: [{ name: "scheme", type: "string" }, { name: "peers", type: "integer" }, { name: "hours", title: "Time", type: "number", unit: "h", digits: 3 }],
  rows: [{ scheme: "p2p", peers: 3, hours: 0.1 }, { scheme: "client, server", peers: 1, hours: 16777217 }, { scheme: "p2p", peers: 2, hours: 0.3 }],
};
const FIGURE: Figure = { id: "f", title: "Finding", lookFor: "Look", caption: "Caption", alt: "Alt", table: TABLE, plotly: { data: [], layout: { title: { text: "</script>" } } }, width: 100, height: 50 };

test("a figure is shown with the host's drawing, its caption and its data", async () => {
  const displays = recordDisplays({ renderSvg: async (figure) => `<svg viewBox="0 0 9 9"><title id="${figure.id}-title">T</title></svg>` });
  await show(FIGURE);
  const page = displays[0]["text/html"] as string;
  assert.match(page, /<svg viewBox="0 0 9 9"><title id="f-title">T<\/title><\/svg>/);
  assert.match(page, /Caption/);
  assert.match(page, /<th scope="col"[^>]*>Time \(h\)<\/th>/);
  assert.equal(page.match(/<\/script>/g)?.length, 1);
  assert.match(displays[0]["text/plain"] as string, /Finding\nAlt/);
});

test("a table is shown with caption, headings and rounded numbers, also as text", async () => {
  const displays = recordDisplays();
  await show(TABLE);
  await show(dataFrame(TABLE));
  assert.deepEqual(displays[0], displays[1]);
  assert.match(displays[0]["text/html"] as string, /<caption>Times<\/caption>/);
  assert.match(displays[0]["text/plain"] as string, /^Times\nscheme {10}peers {2}Time \(h\)\np2p/);
});

test("safe HTML is shown as it is, anything else is refused", async () => {
  const displays = recordDisplays();
  await show(html`<b>${"<i>"}</b>`);
  assert.deepEqual(displays[0], { "text/html": "<b>&lt;i&gt;</b>", "text/plain": "&lt;i&gt;" });
  for (const wrong of [null, undefined, 3, "text", [], {}, [TABLE]]) await assert.rejects(show(wrong as never), { name: "ParameterError" });
});

test("hostile names and labels stay text in tables", async () => {
  for (const text of HOSTILE) {
    const displays = recordDisplays();
    await show({ name: text, columns: [{ name: "a", title: text, unit: text, type: "string" }], rows: [{ a: text }] });
    assert.doesNotMatch(displays[0]["text/html"] as string, /<(script|img|svg)|\u202e/);
  }
});

test("a data frame keeps every bit, sorts, filters, selects and keeps units", () => {
  const frame = dataFrame(TABLE);
  assert.deepEqual(frame.shape, [3, 3]);
  assert.deepEqual(frame.sortValues("hours", { ascending: false }).column("hours"), [16777217, 0.3, 0.1]);
  assert.deepEqual(frame.head(1).toTable().rows, [TABLE.rows[0]]);
  assert.deepEqual(frame.head(10).toTable(), TABLE);
  assert.deepEqual(frame.tail(1).toTable().rows, [TABLE.rows[2]]);
  assert.deepEqual(frame.filter((row) => row.peers !== 1).column("peers"), [3, 2]);
  assert.deepEqual(frame.filter(() => false).shape, [0, 3]);
  assert.deepEqual(frame.select("hours").toTable().columns, [TABLE.columns[2]]);
  assert.deepEqual(frame.toTable(), TABLE);
});

test("a data frame groups and describes", () => {
  const grouped = dataFrame(TABLE).groupby("scheme").agg({ hours: "mean", peers: "count" }).toTable();
  assert.deepEqual(grouped.columns.map(({ name, unit, title }) => [name, unit, title]), [["scheme", undefined, undefined], ["hours_mean", "h", "Time, mean"], ["peers_count", undefined, undefined]]);
  assert.deepEqual(grouped.rows, [{ scheme: "p2p", hours_mean: 0.2, peers_count: 2 }, { scheme: "client, server", hours_mean: 16777217, peers_count: 1 }]);
  const summary = dataFrame(TABLE).describe();
  assert.deepEqual(summary.column("statistic"), ["count", "mean", "std", "min", "median", "max"]);
  assert.deepEqual(summary.column("peers"), [3, 2, 1, 1, 2, 3]);
});

test("a data frame refuses what danfojs would get wrong", () => {
  const gaps = dataFrame({ ...TABLE, rows: [...TABLE.rows, { scheme: "p2p", peers: 4, hours: null }] });
  assert.throws(() => gaps.groupby("scheme").agg({ hours: "mean" }), /missing values.*dropMissing/);
  assert.throws(() => gaps.sortValues("hours"), /missing values/);
  assert.throws(() => gaps.describe(), /missing values/);
  assert.equal(gaps.dropMissing("hours").shape[0], 3);
  assert.throws(() => dataFrame(TABLE).groupby("scheme").agg({ scheme: "mean" }), /holds no numbers/);
  assert.throws(() => dataFrame(TABLE).groupby("schema").agg({}), /unknown column.*"schema"/);
  assert.throws(() => dataFrame(TABLE).head(-1), { name: "ParameterError" });
  assert.throws(() => dataFrame({ ...TABLE, columns: [] }), /without columns/);
});

test("the solution's own answer must fit the key", () => {
  const key = answerKey({ id: "s", answer: 6.17, tolerance: 0.01 });
  recordDisplays();
  confirmAnswer({ id: "s", answer: 6.17, key, tolerance: 0.01 });
  assert.throws(() => confirmAnswer({ id: "s", answer: 7, key, tolerance: 0.01 }), /the solution does not fit its own key/);
  assert.throws(() => confirmAnswer({ id: "s", answer: undefined, key, tolerance: 0.01 }), /does not fit/);
});

test("an answer is right within its tolerance, wrong with the hint, or not given, and never fails the cell", () => {
  const key = answerKey({ id: "k25-1", answer: 7.32, tolerance: 0.01 });
  assert.match(key, /^[0-9a-f]{32}$/);
  const displays = recordDisplays();
  const check = (answer: unknown) => judgeAnswer({ id: "k25-1", answer, key, tolerance: 0.01, hint: "mind the <units>" });
  for (const answer of [7.32, 7.325, 7.315, 7.33]) assert.equal(check(answer), "right", String(answer));
  for (const answer of [7.36, -7.32, 0, Infinity, "7.32", true, {}, []]) assert.equal(check(answer), "wrong", String(answer));
  for (const answer of [undefined, null, NaN, ""]) assert.equal(check(answer), "unanswered");
  assert.match(displays[4]["text/html"] as string, /Hint: mind the &lt;units&gt;/);
  assert.match(displays[displays.length - 1]["text/plain"] as string, /Not answered yet/);
});

test("texts, truth values and whole numbers are checked exactly, in normal form", () => {
  recordDisplays();
  const key = answerKey({ id: "t", answer: "Upload of  the Peers", tolerance: "exact" });
  assert.equal(judgeAnswer({ id: "t", answer: " upload of the peers ", key, tolerance: "exact" }), "right");
  assert.equal(judgeAnswer({ id: "t", answer: "download", key, tolerance: "exact" }), "wrong");
  const count = answerKey({ id: "n", answer: 0, tolerance: "exact" });
  assert.equal(judgeAnswer({ id: "n", answer: -0, key: count, tolerance: "exact" }), "right");
  assert.equal(judgeAnswer({ id: "n", answer: "0", key: count, tolerance: "exact" }), "wrong");
  assert.equal(judgeAnswer({ id: "n", answer: false, key: count, tolerance: "exact" }), "wrong");
});

test("keys differ between exercises and do not show the answer", () => {
  assert.notEqual(answerKey({ id: "a", answer: 1, tolerance: 1 }), answerKey({ id: "b", answer: 1, tolerance: 1 }));
  assert.notEqual(answerKey({ id: "a", answer: 1, tolerance: 1 }), answerKey({ id: "a", answer: 1, tolerance: "exact" }));
  assert.throws(() => answerKey({ id: "a", answer: NaN, tolerance: 1 }), /not an answer/);
  assert.throws(() => answerKey({ id: "a", answer: "x", tolerance: 1 }), /not an answer/);
  assert.throws(() => answerKey({ id: "", answer: 1, tolerance: 1 }), /without id/);
  assert.throws(() => judgeAnswer({ id: "a", answer: 1, key: "1", tolerance: 1 }), /malformed answer key/);
  assert.throws(() => judgeAnswer({ id: "a", answer: 1, key: "0".repeat(32), tolerance: 0 }), /bad tolerance/);
});

test("the loader stores no script outside Jupyter and loads only from the Jupyter server in it", () => {
  const stored = recordDisplays();
  enableLiveFigures();
  assert.deepEqual(Object.keys(stored[0]), ["text/plain"]);
  const live = recordDisplays({ kind: "jupyter" });
  enableLiveFigures();
  const page = live[0]["text/html"] as string;
  assert.doesNotMatch(page, /https?:|undefined\/|\[object/);
  assert.match(page, /files\/build\/handouts\/assets\//);
  const script = /<script>([\s\S]*)<\/script>/.exec(page)?.[1] ?? "";
  assert.doesNotThrow(() => new Function(script));
});
