import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import {
  ConstantLatency, CoordinateLatency, GeographicLatency, NetworkTransport, RouterGraph, bestRelay, connectedParts, drawHosts, equalHosts, graphOfDocument, largestPart, linkStress, pathStretch, routeTo,
  routerMulticastStress, shortestPathTree, subgraph, treeStretch, triangleReport,
} from "overlay-lab/dist/network";
import { parseGml } from "overlay-lab/dist/codecs";
import { stream } from "./support";

/** What callers give whom no type checker protects. */
const NOTHINGS: readonly unknown[] = [undefined, null, 0, Number.NaN, "words", true, {}, [], [null], new Float64Array([Number.NaN])];
const graph = new RouterGraph(2, [{ from: 0, to: 1, delayUs: 500 }]);

test("functions over graphs, models and underlays refuse what is none, with the parameter's name, and never with a raw TypeError", () => {
  const calls: Readonly<Record<string, (value: never) => unknown>> = {
    connectedParts, largestPart, triangleReport,
    shortestPathTree: (value) => shortestPathTree(value, 0),
    routeTo: (value) => routeTo(graph, value, 1),
    subgraph: (value) => subgraph(graph, value),
    bestRelay: (value) => bestRelay(value, 0, 1),
    linkStress: (value) => linkStress(value, []),
    routerMulticastStress: (value) => routerMulticastStress(value, 0, []),
    treeStretch: (value) => treeStretch(value, 0, new Map()),
    pathStretch: (value) => pathStretch(value, [0]),
    CoordinateLatency: (value) => new CoordinateLatency(value),
    GeographicLatency: (value) => new GeographicLatency(value, [0]),
    drawHosts: (value) => drawHosts(1, [value], stream("hosts")),
    "transport latency": (value) => new NetworkTransport({ latency: value }),
  };
  for (const [name, call] of Object.entries(calls)) {
    for (const value of NOTHINGS) assert.throws(() => call(value as never), ParameterError, `${name}(${String(value)})`);
  }
  for (const value of [null, 5, [0, 0], new Uint8Array(3)]) assert.throws(() => shortestPathTree(graph, 0, value as never), /isDown/);
});

test("queue limits and headers of a transport are numbers, not what can be taken for one", () => {
  const options = { latency: new ConstantLatency(5), hosts: equalHosts(2, 1e6, 1e6) };
  for (const value of [null, "5", [], Number.NaN, -1]) assert.throws(() => new NetworkTransport({ ...options, maxBacklogBytes: value as number }), /queue limit/);
  for (const value of [null, "5", 1.5, 1e300, -1]) assert.throws(() => new NetworkTransport({ ...options, headerBytes: value as number }), /headerBytes/);
  for (const [name, value] of [["loss", {}], ["outages", {}], ["pathOf", 5]] as const) assert.throws(() => new NetworkTransport({ ...options, [name]: value }), new RegExp(`parameter ${name}`));
  const slow = new NetworkTransport({ latency: new ConstantLatency(5), hosts: equalHosts(2, 1e-9, 1e-9) });
  assert.throws(() => slow.delayUs(0, 1, 1500, 0), /2\^53/);
});

test("a link without a delay names the attributes in which one may have stood", () => {
  const text = 'graph [ node [ id 0 ] node [ id 1 ] edge [ source 0 target 1 latency "10 ms" ] ]';
  const made = (document: ReturnType<typeof parseGml>) => graphOfDocument(document, { delay: { kind: "file" }, weight: "delay", disconnected: "refuse" });
  assert.throws(() => made(parseGml(text)), /link without a delay.*latency.*option delay/);
  assert.equal(made(parseGml(text, { delay: { attribute: "latency" } })).graph.delaysUs[0], 10_000);
});
