/** Whole worlds of Gnutella: joining through one address, learning, failing, healing, and fetching files, with and without a firewall. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { linksOfOverlay, simulateGnutella, type GnutellaSimulation, type GnutellaWorldSpec, type ServentSpec } from "overlay-lab/dist/experiments/napster-and-gnutella";
import { decodeGnutella, encodeGnutella } from "overlay-lab/dist/codecs";
import { ParameterError } from "overlay-lab/dist/errors";
import { gridOverlay, OverlayGraph, largestOverlayPart } from "overlay-lab/dist/peer-to-peer/gnutella";
import { TraceBuffer } from "overlay-lab/dist/simulation";

const SECOND = 1_000_000;
const FILE = { name: "blue train.mp3", sizeBytes: 4_000_000 };
const servents = (count: number, make: (node: number) => ServentSpec = () => ({})) => Array.from({ length: count }, (_, node) => make(node));
const size = (world: GnutellaSimulation, count: number) => largestOverlayPart(new OverlayGraph(count, world.links().flat())).length;

test("thirty servents that know only a host cache find each other and form one overlay within the limits of their tables", () => {
  const world = simulateGnutella({ servents: servents(30, () => ({ bootstrap: [30] })), hostCaches: [{}] }, { seed: 1, startUs: (node) => (node === 30 ? 0 : node * SECOND) });
  for (let at = 10; at <= 300; at += 10) {
    world.simulation.run({ untilUs: at * SECOND });
    world.checkInvariants();
  }
  assert.equal(size(world, 30), 30);
  const degrees = Array.from({ length: 30 }, (_, node) => world.servent(node)?.state.neighbours.size ?? 0);
  assert.ok(degrees.every((degree) => degree >= 3 && degree <= 8), degrees.join());
});

test("servents that know one ordinary servent join as well, each through those before it", () => {
  const world = simulateGnutella({ servents: servents(20, (node) => ({ bootstrap: node === 0 ? [] : [node - 1] })) }, { seed: 2, startUs: (node) => node * SECOND });
  world.simulation.run({ untilUs: 300 * SECOND });
  assert.equal(size(world, 20), 20);
  assert.ok(world.links().length > 25, "more links than the chain that it began as");
});

test("a servent whose only address is dead keeps trying without harm, and joins when that node comes", () => {
  const world = simulateGnutella({ servents: servents(2, (node) => ({ bootstrap: node === 0 ? [1] : [] })) }, { seed: 3, startUs: (node) => (node === 0 ? 0 : 100 * SECOND) });
  world.simulation.run({ untilUs: 99 * SECOND });
  assert.equal(world.servent(0)?.state.neighbours.size, 0);
  world.simulation.run({ untilUs: 200 * SECOND });
  assert.deepEqual(world.links(), [[0, 1]]);
});

test("an unknown bootstrap node, links of nobody, and bad files are refused before anything runs", () => {
  const refuse = (spec: GnutellaWorldSpec, message: RegExp) => assert.throws(() => simulateGnutella(spec, { seed: 1 }), (error: unknown) => error instanceof ParameterError && message.test(error.message));
  for (const node of [7, -1, 1.5, NaN, "0" as unknown as number]) refuse({ servents: servents(3, () => ({ bootstrap: [node] })) }, /unknown bootstrap node.*expected a node from 0 to 2.*servents\[0\]/);
  refuse({ servents: [] }, /no servents/);
  refuse(null as unknown as GnutellaWorldSpec, /no servents/);
  refuse({ servents: servents(3), links: [[0, 3]] }, /links\[0\]/);
  refuse({ servents: servents(3), links: [[1, 1]] }, /linked to itself/);
  refuse({ servents: [{ files: [{ name: "", sizeBytes: 1 }] }] }, /bad name of a shared file/);
  refuse({ servents: [{ files: [{ name: "a", sizeBytes: NaN }] }] }, /sizeBytes/);
  refuse({ servents: [{ files: "a" as unknown as [] }] }, /no list of files/);
  refuse({ servents: [{ speedKBps: -1 }] }, /speedKBps/);
  refuse({ servents: servents(1), hostCaches: [{ pongs: 0 }] }, /pongs/);
  refuse({ servents: servents(1), options: { ttl: 300 } }, /ttl/);
  const world = simulateGnutella({ servents: servents(2), hostCaches: [{}] }, { seed: 1 });
  assert.throws(() => world.searchAt(0, 2, "x"), /a servent/);
  assert.throws(() => world.servent(5), ParameterError);
});

test("an object that nobody holds costs a full flood and brings no answer", () => {
  const graph = gridOverlay(4, 4);
  const world = simulateGnutella({ servents: servents(16), links: linksOfOverlay(graph), options: { maintains: false } }, { seed: 1 });
  world.searchAt(0, 5, "nobody has this");
  world.simulation.run();
  assert.deepEqual(world.hits, []);
  assert.equal(world.forwards.reduce((sum, { copies }) => sum + copies, 0), 2 * 24 - 15);
});

test("a file is found, fetched directly from its holder, and shared from then on", () => {
  const graph = gridOverlay(1, 5);
  const world = simulateGnutella({ servents: servents(5, (node) => ({ files: node === 4 ? [FILE] : [] })), links: linksOfOverlay(graph), options: { maintains: false } }, { seed: 1 });
  world.searchAt(0, 0, "train");
  world.simulation.run();
  assert.deepEqual(world.hits.map(({ holder, hops, fileName }) => [holder, hops, fileName]), [[4, 4, FILE.name]]);
  world.downloadAt(SECOND, 0, world.hits[0]);
  world.searchAt(2 * SECOND, 1, "train");
  world.simulation.run();
  assert.deepEqual(world.downloads.map(({ from, pushed }) => [from, pushed]), [[4, false]]);
  assert.deepEqual(world.hits.slice(1).map(({ holder, hops }) => [holder, hops]), [[0, 1], [4, 3]]);
});

test("a holder behind a firewall is reached by a PUSH along the way of its answer, and calls back", () => {
  const graph = gridOverlay(1, 4);
  const trace = new TraceBuffer(1000);
  const world = simulateGnutella({ servents: servents(4, (node) => ({ files: node === 3 ? [FILE] : [], isFirewalled: node === 3 })), links: linksOfOverlay(graph), options: { maintains: false, downloadTimeoutUs: SECOND } }, { seed: 1, trace });
  world.searchAt(0, 0, "train");
  world.simulation.run();
  world.downloadAt(SECOND, 0, world.hits[0]);
  world.simulation.run();
  assert.deepEqual(world.downloads.map(({ from, pushed }) => [from, pushed]), [[3, true]]);
  const way = trace.records().flatMap((record) => (record.kind === "deliver" && ["push", "giv", "get", "file"].includes(record.label) ? [`${record.label} ${record.peer}>${record.node}`] : []));
  assert.deepEqual(way, ["get 0>3", "push 0>1", "push 1>2", "push 2>3", "giv 3>0", "get 0>3", "file 3>0"]);
});

test("a download from a dead holder fails after both waits, one of a file that is gone at once", () => {
  const links = linksOfOverlay(gridOverlay(1, 3));
  const world = simulateGnutella({ servents: servents(3, (node) => ({ files: node === 2 ? [FILE] : [] })), links, options: { maintains: false, downloadTimeoutUs: SECOND } }, { seed: 1, faults: [{ kind: "crash", node: 2, atUs: SECOND }] });
  world.searchAt(0, 0, "train");
  world.simulation.run({ untilUs: 2 * SECOND });
  world.downloadAt(2 * SECOND, 0, world.hits[0]);
  world.downloadAt(10 * SECOND, 0, { ...world.hits[0], holder: 1, serventId: "0".repeat(32) });
  world.simulation.run();
  assert.deepEqual(world.failedDownloads.map(({ timeUs, reason }) => [timeUs, reason]), [[4 * SECOND, "no-answer"], [10 * SECOND + 100_000, "no-such-file"]]);
});

test("silent neighbours are dropped, new ones found, and the overlay stays one when a quarter of it dies", () => {
  const count = 24;
  const dead = [0, 5, 9, 13, 17, 21];
  const world = simulateGnutella({ servents: servents(count, () => ({ bootstrap: [count] })), hostCaches: [{}] }, { seed: 4, startUs: (node) => (node === count ? 0 : node * SECOND), faults: dead.map((node) => ({ kind: "crash", node, atUs: 300 * SECOND })) });
  world.simulation.run({ untilUs: 700 * SECOND });
  world.checkInvariants();
  assert.equal(size(world, count), count - dead.length);
  for (let node = 0; node < count; node++) for (const peer of world.servent(node)?.state.neighbours.keys() ?? []) assert.ok(!dead.includes(peer), `${node} still counts ${peer}`);
});

test("every descriptor of a lively world survives the codec, and its stated size is that of its bytes", () => {
  const trace = new TraceBuffer(100_000);
  const world = simulateGnutella({ servents: servents(12, (node) => ({ bootstrap: [12], files: node % 3 === 0 ? [FILE, { name: `song ${node}`, sizeBytes: node }] : [], isFirewalled: node === 3 })), hostCaches: [{}], options: { downloadTimeoutUs: 5 * SECOND } }, { seed: 5, trace, startUs: (node) => (node === 12 ? 0 : node * SECOND) });
  for (let at = 60; at < 120; at += 7) world.searchAt(at * SECOND, at % 12, "blue train");
  world.simulation.run({ untilUs: 100 * SECOND });
  world.downloadAt(101 * SECOND, 5, world.hits.find(({ holder, node }) => holder === 3 && node === 5) ?? world.hits[0]);
  world.simulation.run({ untilUs: 200 * SECOND });
  const kinds = new Set<string>();
  for (const record of trace.records()) {
    if (record.kind !== "send") continue;
    const { descriptor } = record.message as { descriptor?: Parameters<typeof encodeGnutella>[0] };
    if (descriptor === undefined) continue;
    kinds.add(descriptor.payload.kind);
    const bytes = encodeGnutella(descriptor);
    assert.deepEqual(decodeGnutella(bytes), descriptor);
    assert.equal(record.bytes, bytes.length);
  }
  for (const kind of ["ping", "pong", "query", "query-hit"]) assert.ok(kinds.has(kind), kind);
});
