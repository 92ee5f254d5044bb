/** One servent at a time, in a recording context: what it answers, passes on, and refuses. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeGnutella, type GnutellaDescriptor, type GnutellaPayload } from "overlay-lab/dist/codecs";
import { ParameterError } from "overlay-lab/dist/errors";
import { addressOfNode, answerTtl, believedTtl, descriptorMessage, dottedAddress, GnutellaServent, nextHop, nodeOfAddress, type GnutellaMessage, type GnutellaOptions } from "overlay-lab/dist/peer-to-peer/gnutella";
import { SharedFolder } from "overlay-lab/dist/peer-to-peer/napster";
import { RecordingContext } from "overlay-lab/dist/simulation";

const ID = "000102030405060708090a0b0c0d0e0f";
const query = (ttl: number, hops: number, text = "train", id = ID) => descriptorMessage({ id, ttl, hops, payload: { kind: "query", minSpeedKBps: 0, text } });

/** A servent with number 0 and neighbours 1, 2, 3. */
function servent(files: readonly string[] = [], options: Partial<GnutellaOptions> = {}) {
  const context = new RecordingContext<GnutellaMessage>({ self: 0 });
  const process = new GnutellaServent(0, { folder: new SharedFolder(files.map((name) => ({ name, sizeBytes: 5000 }))), nodes: 50, links: [1, 2, 3] }, { maintains: false, ...options });
  process.onStart(context);
  const descriptors = () => context.sent.flatMap(({ to, message, bytes }) => ("descriptor" in message ? [{ to, bytes, ...message.descriptor }] : []));
  return { context, process, descriptors };
}

test("a query goes to all neighbours but the one it came from, with one taken off the TTL and added to the hops", () => {
  const { context, process, descriptors } = servent();
  process.onMessage(context, 2, query(5, 2));
  assert.deepEqual(descriptors().map(({ to, ttl, hops, id }) => [to, ttl, hops, id]), [[1, 4, 3, ID], [3, 4, 3, ID]]);
});

test("what is sent has the size of its bytes", () => {
  const { context, process } = servent(["night train.mp3"]);
  process.onMessage(context, 2, query(5, 2));
  assert.deepEqual(context.sent.map(({ message }) => message.kind), ["query-hit", "query", "query"]);
  for (const { message, bytes } of context.sent) if ("descriptor" in message) assert.equal(bytes, encodeGnutella(message.descriptor).length);
});

test("a query is answered on the link it came from, under its id, with a TTL that just reaches the one who asked", () => {
  const { context, process, descriptors } = servent(["night train.mp3", "day.mp3", "TRAIN song"]);
  process.onMessage(context, 2, query(5, 2));
  const [hit] = descriptors();
  assert.deepEqual([hit.to, hit.id, hit.ttl, hit.hops], [2, ID, 3, 0]);
  const payload = hit.payload as Extract<GnutellaPayload, { kind: "query-hit" }>;
  assert.deepEqual(payload.results, [{ fileIndex: 0, sizeBytes: 5000, text: "night train.mp3" }, { fileIndex: 2, sizeBytes: 5000, text: "TRAIN song" }]);
  assert.equal(dottedAddress(payload.ip), "10.0.0.0");
});

test("a query that comes again, on whatever link, is neither answered nor passed on", () => {
  const { context, process } = servent(["night train.mp3"]);
  process.onMessage(context, 2, query(5, 2));
  context.clear();
  process.onMessage(context, 1, query(7, 0));
  process.onMessage(context, 2, query(5, 2));
  assert.deepEqual(context.sent, []);
  assert.equal(process.state.dropped.get("duplicate"), 2);
});

test("the memory of ids is bounded: a query that comes again after it was forgotten counts as new", () => {
  const { context, process, descriptors } = servent([], { routeEntries: 1 });
  process.onMessage(context, 2, query(5, 2));
  process.onMessage(context, 2, query(5, 2, "other", "f".repeat(32)));
  context.clear();
  process.onMessage(context, 1, query(5, 2));
  assert.equal(descriptors().length, 2);
  const aged = servent([], { routeExpiryUs: 1000 });
  aged.process.onMessage(aged.context, 2, query(5, 2));
  aged.context.clear();
  aged.context.nowUs = 999;
  aged.process.onMessage(aged.context, 2, query(5, 2));
  assert.equal(aged.descriptors().length, 0);
  aged.context.nowUs = 1000;
  aged.process.onMessage(aged.context, 2, query(5, 2));
  assert.equal(aged.descriptors().length, 2);
});

test("at TTL 1 a query is answered but goes no further", () => {
  const { context, process, descriptors } = servent(["train"]);
  process.onMessage(context, 2, query(1, 6));
  assert.deepEqual(descriptors().map(({ to, payload }) => [to, payload.kind]), [[2, "query-hit"]]);
});

test("a TTL that is too large is cut so that TTL plus hops is 7, and one that has gone too far is dropped", () => {
  const { context, process, descriptors } = servent();
  process.onMessage(context, 2, query(255, 2));
  assert.deepEqual(descriptors().map(({ ttl, hops }) => [ttl, hops]), [[4, 3], [4, 3]]);
  context.clear();
  process.onMessage(context, 2, query(3, 7, "train", "1".repeat(32)));
  process.onMessage(context, 2, query(0, 0, "train", "2".repeat(32)));
  assert.deepEqual(context.sent, []);
  assert.equal(process.state.dropped.get("too-many-hops"), 2);
});

test("the book's servent, which passes on only what it cannot answer, stops a query that it answers", () => {
  const { context, process, descriptors } = servent(["train"], { forwardAfterHit: false });
  process.onMessage(context, 2, query(5, 2));
  assert.deepEqual(descriptors().map(({ payload }) => payload.kind), ["query-hit"]);
});

test("a slow servent does not answer a query that asks for more speed, but passes it on", () => {
  const { context, process, descriptors } = servent(["train"]);
  process.onMessage(context, 2, descriptorMessage({ id: ID, ttl: 5, hops: 0, payload: { kind: "query", minSpeedKBps: 129, text: "train" } }));
  assert.deepEqual(descriptors().map(({ payload }) => payload.kind), ["query", "query"]);
});

test("an answer goes back to the neighbour that the query came from, and nowhere without one", () => {
  const { context, process, descriptors } = servent();
  process.onMessage(context, 2, query(5, 2));
  context.clear();
  const hit: GnutellaDescriptor = { id: ID, ttl: 4, hops: 1, payload: { kind: "query-hit", port: 6346, ip: addressOfNode(40), speedKBps: 1, results: [{ fileIndex: 0, sizeBytes: 1, text: "train" }], serventId: "a".repeat(32) } };
  process.onMessage(context, 3, descriptorMessage(hit));
  assert.deepEqual(descriptors().map(({ to, ttl, hops }) => [to, ttl, hops]), [[2, 3, 2]]);
  context.clear();
  process.onMessage(context, 3, descriptorMessage({ ...hit, id: "e".repeat(32) }));
  assert.deepEqual(context.sent, []);
  assert.equal(process.state.dropped.get("no-route"), 1);
  assert.deepEqual(process.state.known.list(), [40], "it learned of the holder from the answer that passed");
});

test("a query holds nothing of who asked: only its first neighbours could know, from the link", () => {
  const { context, process, descriptors } = servent();
  process.search(context, "blue train");
  const [{ payload, hops }] = descriptors();
  assert.equal(hops, 0);
  assert.deepEqual(payload, { kind: "query", minSpeedKBps: 0, text: "blue train" });
});

test("a ping is answered with a pong and passed on; a pong teaches an address and finds its way back", () => {
  const { context, process, descriptors } = servent(["a", "b"]);
  process.onMessage(context, 1, descriptorMessage({ id: ID, ttl: 2, hops: 0, payload: { kind: "ping" } }));
  assert.deepEqual(descriptors().map(({ to, payload }) => [to, payload.kind]), [[1, "pong"], [2, "ping"], [3, "ping"]]);
  assert.deepEqual(descriptors()[0].payload, { kind: "pong", port: 6346, ip: addressOfNode(0), files: 2, kilobytes: 10 });
  context.clear();
  process.onMessage(context, 3, descriptorMessage({ id: ID, ttl: 2, hops: 0, payload: { kind: "pong", port: 6346, ip: addressOfNode(33), files: 0, kilobytes: 0 } }));
  assert.deepEqual(descriptors().map(({ to }) => to), [1]);
  assert.deepEqual(process.state.known.list(), [33]);
});

test("an address that is nobody's, or its own, teaches a servent nothing", () => {
  const { context, process } = servent();
  for (const ip of [addressOfNode(0), addressOfNode(50), 0, 0xffffffff]) process.onMessage(context, 3, descriptorMessage({ id: ID, ttl: 1, hops: 0, payload: { kind: "pong", port: 1, ip, files: 0, kilobytes: 0 } }));
  assert.equal(process.state.known.size, 0);
  assert.equal(nodeOfAddress(0x0a000031, 50), 49);
});

test("bytes that are a descriptor are handled as one; cut or lying ones end the connection", () => {
  const { context, process, descriptors } = servent();
  const bytes = encodeGnutella(query(5, 2).descriptor);
  process.onMessage(context, 2, { kind: "bytes", bytes });
  assert.equal(descriptors().length, 2);
  context.clear();
  process.onMessage(context, 2, { kind: "bytes", bytes: bytes.subarray(0, 30) });
  assert.deepEqual(context.sent, [{ to: 2, message: { kind: "close" }, bytes: 0 }]);
  assert.equal(process.state.dropped.get("malformed"), 1);
  assert.equal(process.state.neighbours.has(2), false);
});

test("a descriptor from somebody who is no neighbour is not handled, and its sender is told", () => {
  const { context, process } = servent();
  process.onMessage(context, 9, query(5, 2));
  assert.deepEqual(context.sent, [{ to: 9, message: { kind: "close" }, bytes: 0 }]);
});

test("the rules of TTL and hops", () => {
  assert.deepEqual(nextHop({ ttl: 2, hops: 5 }), { ttl: 1, hops: 6 });
  assert.equal(nextHop({ ttl: 1, hops: 6 }), null);
  assert.equal(nextHop({ ttl: 9, hops: 255 }), null);
  assert.equal(answerTtl({ hops: 0 }), 1);
  assert.equal(believedTtl({ ttl: 7, hops: 0 }, 7), 7);
  assert.equal(believedTtl({ ttl: 7, hops: 3 }, 7), 4);
  assert.equal(believedTtl({ ttl: 1, hops: 7 }, 7), null);
});

test("bad options, queries and TTLs are refused with a readable error", () => {
  const bad: readonly Partial<GnutellaOptions>[] = [{ ttl: 0 }, { ttl: 256 }, { ttl: NaN }, { ttl: 9 }, { maxNeighbours: 0 }, { wantedNeighbours: 9 }, { routeEntries: 0 }, { routeExpiryUs: Infinity }, { deadUs: 1 }, { maxResults: 256 }, { forwardAfterHit: 1 as unknown as boolean }, { tll: 7 } as Partial<GnutellaOptions>];
  for (const options of bad) assert.throws(() => servent([], options), ParameterError, JSON.stringify(options));
  const { context, process } = servent();
  for (const text of ["", "  ...", undefined, null, 7]) assert.throws(() => process.search(context, text as string), /query without words/);
  for (const ttl of [0, 8, 1.5, NaN]) assert.throws(() => process.search(context, "train", ttl), ParameterError);
  assert.throws(() => process.onTimer(context, "tea", 0), /unknown timer/);
  assert.throws(() => process.download(context, { holder: 0, serventId: ID, fileIndex: 0, fileName: "x" }), /from itself/);
  assert.throws(() => process.download(context, { holder: 99, serventId: ID, fileIndex: 0, fileName: "x" }), /holder/);
  assert.throws(() => addressOfNode(1 << 24), ParameterError);
  assert.throws(() => dottedAddress(-1), ParameterError);
});
