/** Layers of networks above each other. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { networkDrawing } from "overlay-lab/dist/figures/network-drawing";

const WORDS = { id: "layers", title: "Two layers", lookFor: "The tunnel above its path.", caption: "A test." };
const column = (name: string, type: "string" | "number" | "boolean") => ({ name, type });
const NODES = { name: "nodes", columns: [column("layer", "string"), column("node", "string"), column("x", "number"), column("y", "number")], rows: [["underlay", "A", 0, 0], ["underlay", "R", 1, 1], ["underlay", "<b>", 2, 0], ["overlay", "A", 0, 0], ["overlay", "<b>", 2, 0]].map(([layer, node, x, y]) => ({ layer, node, x, y })) };
const EDGES = { name: "edges", columns: [column("layer", "string"), column("from", "string"), column("to", "string"), column("on_path", "boolean")], rows: [["underlay", "A", "R", true], ["underlay", "R", "<b>", false], ["overlay", "A", "<b>", true]].map(([layer, from, to, on_path]) => ({ layer, from, to, on_path })) };
type Trace = { mode: string; x: (number | null)[]; y: (number | null)[]; text?: string[]; line?: { width: number; dash: string } };

test("higher layers are drawn higher, nodes of two layers are joined, and marked edges are thicker", () => {
  const figure = networkDrawing(NODES, EDGES, { ...WORDS, highlight: "on_path" });
  const traces = figure.plotly.data as unknown as Trace[];
  const marks = traces.filter(({ mode }) => mode === "markers+text");
  assert.equal(marks.length, 2);
  assert.ok(Math.min(...(marks[1].y as number[])) > Math.max(...(marks[0].y as number[])));
  const risers = traces.find(({ line }) => line?.dash === "dot");
  assert.equal(risers?.x.filter((x) => x !== null).length, 4);
  assert.deepEqual(traces.filter(({ line }) => line?.width === 3.6).map(({ x }) => x.length), [3, 3]);
  assert.match(figure.alt, /underlay, overlay/);
  assert.equal(figure.table, EDGES);
});

test("labels cannot smuggle markup into the drawing", () => {
  const figure = networkDrawing(NODES, EDGES, WORDS);
  assert.ok(!JSON.stringify(figure.plotly).includes("<b>"));
});

test("edges to nowhere, nodes twice and missing positions are refused", () => {
  const edge = { ...EDGES, rows: [{ layer: "overlay", from: "A", to: "R", on_path: false }] };
  assert.throws(() => networkDrawing(NODES, edge, WORDS), ParameterError);
  assert.throws(() => networkDrawing({ ...NODES, rows: [...NODES.rows, NODES.rows[0]] }, EDGES, WORDS), ParameterError);
  assert.throws(() => networkDrawing({ ...NODES, rows: [{ ...NODES.rows[0], x: null }] }, EDGES, WORDS), ParameterError);
  assert.throws(() => networkDrawing({ ...NODES, rows: [] }, EDGES, WORDS), ParameterError);
});
