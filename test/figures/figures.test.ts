import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { bars, boxes, curves, ecdfCurves, heatMap, timeline } from "overlay-lab/dist/figures";
import { log10 } from "overlay-lab/dist/figures/axes";
import type { Figure } from "overlay-lab/dist/figures/figure";
import { allKinds, distributionTable, observations, words } from "./samples";

type Trace = Record<string, unknown> & { x: number[]; y: number[] };
const traces = (figure: Figure): Trace[] => figure.plotly.data as unknown as Trace[];
const axis = (figure: Figure, name: string): { title: { text: string }; range: number[]; type: string } => figure.plotly.layout[name] as never;

test("curves put units from the columns on the axes and the values of the table in the traces", () => {
  const figure = curves(distributionTable(), { ...words("c"), x: "peers", series: [{ value: "p2p" }] });
  assert.equal(axis(figure, "xaxis").title.text, "Peers");
  assert.equal(axis(figure, "yaxis").title.text, "P2P bound (h)");
  assert.deepEqual(traces(figure)[0].y, distributionTable().rows.map((row) => row.p2p));
});

test("an interval becomes one closed outline around the curve, and a bound stays thin and dark", () => {
  const figure = curves(distributionTable(), { ...words("c"), x: "peers", yAxis: { title: "Time (h)" }, series: [{ value: "chunked", low: "low", high: "high" }, { value: "p2p", kind: "bound" }] });
  const [band, line, bound] = traces(figure);
  assert.equal(band.fill, "toself");
  assert.equal(band.x.length, 70);
  assert.ok(band.y[0] > line.y[0] && band.y[69] < line.y[0]);
  assert.deepEqual(bound.line, { color: "#333333", width: 1.2, dash: "solid" });
});

test("published points are open markers and missing values leave no zero behind", () => {
  const [trace] = traces(curves(distributionTable(), { ...words("c"), x: "peers", series: [{ value: "published", kind: "published" }] }));
  assert.equal(trace.mode, "markers");
  assert.equal(trace.y.filter((y) => y !== null).length, 7);
});

test("a published point never hides a measured one: it lies beneath and is larger, and the legend keeps the order asked for", () => {
  const data = traces(curves(distributionTable(), { ...words("c"), x: "peers", yAxis: { title: "Time (h)" }, series: [{ value: "chunked", kind: "points" }, { value: "published", kind: "published" }] }));
  const [below, above] = data as unknown as { name: string; marker: { size: number }; legendrank: number }[];
  assert.deepEqual([below.name, above.name], ["Published", "Chunked"]);
  assert.ok(below.marker.size >= above.marker.size + 4);
  assert.ok(below.legendrank > above.legendrank);
});

test("lines that end apart carry their names at their ends, and the legend is off", () => {
  const { plotly } = curves(distributionTable(), { ...words("c"), x: "peers", yAxis: { title: "Time (h)" }, series: [{ value: "client_server" }, { value: "p2p" }] });
  const texts = (plotly.layout.annotations as { text: string }[]).map(({ text }) => text.replace("<br>", " "));
  assert.deepEqual(texts.sort((a, b) => (a < b ? -1 : 1)), ["Client-server bound", "P2P bound"]);
  assert.equal(plotly.layout.showlegend, false);
});

test("a logarithmic axis holds every value between its ends, given as decimal logarithms", () => {
  const figure = curves(distributionTable(), { ...words("c"), x: "peers", series: [{ value: "p2p" }], xAxis: { log: true }, yAxis: { log: true } });
  const { range, type } = axis(figure, "yaxis");
  assert.equal(type, "log");
  assert.ok(10 ** range[0] <= 0.1 + 1e-9 && 10 ** range[1] >= 35 / 45);
});

test("on a logarithmic axis an interval that reaches zero runs through the bottom, and the axis does not stretch for it", () => {
  const table = { name: "t", columns: ["x", "y", "low", "high"].map((name) => ({ name, type: "number" as const })), rows: [{ x: 1, y: 2, low: -1, high: 5 }, { x: 2, y: 3, low: 2, high: 4 }] };
  const figure = curves(table, { ...words("c"), x: "x", series: [{ value: "y", low: "low", high: "high" }], yAxis: { log: true } });
  const [bottom] = (figure.plotly.layout.yaxis as { range: number[] }).range;
  assert.ok(bottom > -0.1 && bottom <= Math.log10(2), `axis begins at 10^${bottom}`);
  const lows = figure.plotly.data.flatMap((trace) => trace.y as number[]).filter((y) => Math.log10(y) < bottom);
  assert.ok(lows.length > 0 && lows.every((y) => y > 0), "the band ends below the axis, at a number that can be drawn");
});

test("the decimal logarithm agrees with the exact one on powers of ten and stays within 1e-8 elsewhere", () => {
  for (let power = -6; power <= 9; power++) assert.ok(Math.abs(log10(Number(`1e${power}`)) - power) < 1e-8);
  for (const value of [0.003, 1.5, 2, 35, 99999]) assert.ok(Math.abs(log10(value) - Math.log10(value)) < 1e-8, String(value));
});

test("an empirical distribution rises from 0 to 1 in steps of the share of observations", () => {
  const figure = ecdfCurves(observations(), { ...words("e"), series: [{ value: "latency", by: "overlay" }] });
  assert.equal(traces(figure).length, 3);
  for (const { y, line } of traces(figure)) {
    assert.equal((line as { shape: string }).shape, "hv");
    assert.equal(y[0], 0);
    assert.equal(y[y.length - 1], 1);
    assert.ok(y.every((share, i) => i === 0 || share > y[i - 1]));
  }
});

test("bars carry error bars measured from the value, and refuse two rows for one bar", () => {
  const [, , figure] = allKinds();
  const { array, arrayminus } = traces(figure)[0].error_y as { array: number[]; arrayminus: number[] };
  assert.ok(Math.abs(array[0] - 0.2) < 1e-12 && Math.abs(arrayminus[0] - 0.1) < 1e-12);
  assert.throws(() => bars(observations(), { ...words("b"), category: "overlay", series: [{ value: "latency" }] }), /two rows for one bar/);
});

test("a heat map keeps the order of appearance and leaves pairs without a row empty", () => {
  const table = { name: "h", columns: [{ name: "a", type: "string" }, { name: "b", type: "string" }, { name: "v", type: "number" }], rows: [{ a: "y", b: "q", v: 1 }, { a: "x", b: "p", v: 2 }] } as const;
  const [{ x, z }] = traces(heatMap(table, { ...words("h"), x: "a", y: "b", value: "v" }));
  assert.deepEqual(x, ["y", "x"]);
  assert.deepEqual(z, [[1, null], [null, 2]]);
});

test("a box holds Tukey's five numbers and puts a far value outside the whiskers", () => {
  const rows = [1, 2, 3, 4, 5, 6, 7, 8, 9, 50].map((v) => ({ g: "only", v }));
  const figure = boxes({ name: "t", columns: [{ name: "g", type: "string" }, { name: "v", type: "number" }], rows }, { ...words("x"), value: "v", by: "g" });
  assert.deepEqual(figure.table.rows, [{ group: "only", low: 1, q1: 3.25, median: 5.5, q3: 7.75, high: 9, outliers: 1, count: 10 }]);
  assert.deepEqual(traces(figure)[1].y, [50]);
});

test("a timeline draws intervals as bars of their length and rows without an end as events", () => {
  const figure = allKinds()[5];
  const bar = traces(figure).find((trace) => trace.name === "download");
  assert.deepEqual([bar?.base, bar?.x], [[5], [16]]);
  assert.deepEqual(traces(figure).find((trace) => trace.name === "leaves")?.x, [30]);
});

test("bad input is refused with the column or table named", () => {
  const table = distributionTable();
  const refused: readonly [RegExp, () => unknown][] = [
    [/unknown column/, () => curves(table, { ...words("c"), x: "nodes", series: [{ value: "p2p" }] })],
    [/unknown column/, () => curves(table, { ...words("c"), x: "peers", series: [{ value: "__proto__" }] })],
    [/empty table/, () => curves({ ...table, rows: [] }, { ...words("c"), x: "peers", series: [{ value: "p2p" }] })],
    [/cannot be drawn; got NaN/, () => curves({ ...table, rows: [{ peers: 1, p2p: NaN }] }, { ...words("c"), x: "peers", series: [{ value: "p2p" }] })],
    [/logarithmic axis; got 0/, () => curves({ ...table, rows: [{ peers: 0, p2p: 1 }] }, { ...words("c"), x: "peers", series: [{ value: "p2p" }], xAxis: { log: true } })],
    [/different units/, () => curves(table, { ...words("c"), x: "peers", series: [{ value: "p2p" }, { value: "peers" }] })],
    [/needs a title/, () => curves(table, { ...words("c"), x: "peers", series: [{ value: "p2p" }, { value: "chunked" }] })],
    [/interval with one end/, () => curves(table, { ...words("c"), x: "peers", series: [{ value: "p2p", low: "low" }] })],
    [/bad figure id/, () => curves(table, { ...words("A b"), x: "peers", series: [{ value: "p2p" }] })],
    [/end before its start/, () => timeline({ name: "t", columns: [{ name: "l", type: "string" }, { name: "s", type: "number" }, { name: "e", type: "number" }], rows: [{ l: "a", s: 2, e: 1 }] }, { ...words("t"), lane: "l", start: "s", end: "e" })],
  ];
  for (const [message, draw] of refused) {
    assert.throws(draw, (error: unknown) => error instanceof ParameterError && message.test(error.message), String(message));
  }
});

test("figures are plain JSON, equal when drawn twice, and describe themselves", () => {
  const again = allKinds();
  allKinds().forEach((figure, i) => {
    assert.deepEqual(JSON.parse(JSON.stringify(figure.plotly)), figure.plotly);
    assert.equal(JSON.stringify(figure), JSON.stringify(again[i]));
    assert.ok(figure.alt.length > 40, figure.alt);
  });
});
