/** Gnutella 0.4 as bytes: the specification's layout byte for byte, strict reading, streams in pieces, and the strings around a transfer. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeGnutella, decodeGnutellaGet, decodeGnutellaGiv, decodeGnutellaHeader, encodeGnutella, encodeGnutellaFileHead, encodeGnutellaGet, encodeGnutellaGiv, GNUTELLA_CONNECT, GNUTELLA_OK, GnutellaStream, gnutellaBytes, type GnutellaDescriptor,
} from "overlay-lab/dist/codecs";
import { ParameterError, ParseError } from "overlay-lab/dist/errors";
import { RandomStream } from "overlay-lab/dist/simulation";

const ID = "000102030405060708090a0b0c0d0e0f";
const SERVENT = "f0e0d0c0b0a090807060504030201000";
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text.replace(/\s/g, ""), "hex"));
const LOCAL = 0x0a000001;

const SAMPLES: readonly GnutellaDescriptor[] = [
  { id: ID, ttl: 7, hops: 0, payload: { kind: "ping" } },
  { id: ID, ttl: 3, hops: 4, payload: { kind: "pong", port: 6346, ip: LOCAL, files: 300, kilobytes: 70000 } },
  { id: ID, ttl: 7, hops: 0, payload: { kind: "query", minSpeedKBps: 258, text: "blue train" } },
  { id: ID, ttl: 1, hops: 2, payload: { kind: "query-hit", port: 6346, ip: LOCAL, speedKBps: 128, results: [{ fileIndex: 5, sizeBytes: 66051, text: "blue train.mp3" }, { fileIndex: 9, sizeBytes: 1, text: "한국어 train" }], serventId: SERVENT } },
  { id: ID, ttl: 2, hops: 0, payload: { kind: "push", serventId: SERVENT, fileIndex: 66051, ip: LOCAL, port: 6346 } },
];

test("a ping is 23 bytes: id, type 0, TTL, hops, and a length of 0 in little-endian order", () => {
  assert.equal(hex(encodeGnutella(SAMPLES[0])), `${ID}00070000000000`);
});

test("a pong is 23 + 14 bytes, numbers little-endian but the address in network order", () => {
  assert.equal(hex(encodeGnutella(SAMPLES[1])), `${ID}0103040e000000` + "ca18" + "0a000001" + "2c010000" + "70110100");
});

test("a query is 2 bytes of speed, the text and a zero", () => {
  assert.equal(hex(encodeGnutella(SAMPLES[2])), `${ID}8007000d000000` + "0201" + Buffer.from("blue train").toString("hex") + "00");
});

test("a query hit ends each file name with two zeros and itself with the servent id", () => {
  const [, , , hit] = SAMPLES;
  const bytes = encodeGnutella({ ...hit, payload: { kind: "query-hit", port: 6346, ip: LOCAL, speedKBps: 128, results: [{ fileIndex: 5, sizeBytes: 66051, text: "a" }], serventId: SERVENT } });
  assert.equal(hex(bytes), `${ID}81010226000000` + "01" + "ca18" + "0a000001" + "80000000" + "05000000" + "03020100" + "610000" + SERVENT);
});

test("a push is 26 bytes: servent id, file index, address, port", () => {
  assert.equal(hex(encodeGnutella(SAMPLES[4])), `${ID}4002001a000000` + SERVENT + "03020100" + "0a000001" + "ca18");
});

test("every descriptor is read back as it was written, and its size is known without writing", () => {
  for (const sample of SAMPLES) {
    const bytes = encodeGnutella(sample);
    assert.deepEqual(decodeGnutella(bytes), sample);
    assert.equal(gnutellaBytes(sample), bytes.length);
  }
});

test("text that is not UTF-8 is kept byte for byte", () => {
  const bytes = bytesOf(`${ID} 80 07 00 06000000 0000 e9ff41 00`);
  const descriptor = decodeGnutella(bytes);
  assert.deepEqual(descriptor.payload, { kind: "query", minSpeedKBps: 0, text: "éÿA", latin1: true });
  assert.deepEqual(encodeGnutella(descriptor), bytes);
});

test("a header that is cut, lies about its length or names a type of a later version is refused with its offset", () => {
  const refused = (bytes: Uint8Array, message: RegExp, offset: number) => assert.throws(() => decodeGnutella(bytes), (error: unknown) => error instanceof ParseError && message.test(error.message) && error.offset === offset);
  refused(bytesOf(ID), /header is cut short/, 16);
  refused(new Uint8Array(0), /header is cut short/, 0);
  refused(bytesOf(`${ID} 00 07 00 01000000`), /cut short/, 23);
  refused(bytesOf(`${ID} 00 07 00 00000000 aa`), /bytes after/, 23);
  refused(bytesOf(`${ID} 00 07 00 01000000 aa`), /ping is longer than its fields/, 23);
  refused(bytesOf(`${ID} 01 07 00 0d000000 ${"00".repeat(13)}`), /pong is cut short/, 36);
  refused(bytesOf(`${ID} 01 07 00 0f000000 ${"00".repeat(15)}`), /pong is longer/, 37);
  refused(bytesOf(`${ID} 40 07 00 19000000 ${"00".repeat(25)}`), /push is cut short/, 48);
  for (const type of ["02", "30", "ff"]) refused(bytesOf(`${ID} ${type} 07 00 00000000`), /unknown payload type/, 16);
  refused(bytesOf(`${ID} 00 07 00 ffffffff`), /too long.*at most 65536/, 19);
});

test("a query without its zero, and a query hit that promises more results than it holds, are refused", () => {
  assert.throws(() => decodeGnutella(bytesOf(`${ID} 80 07 00 04000000 0000 4142`)), /text without an end/);
  assert.throws(() => decodeGnutella(bytesOf(`${ID} 80 07 00 01000000 00`)), /cut short/);
  const hit = encodeGnutella(SAMPLES[3]);
  const lying = hit.slice();
  lying[23] = 3;
  assert.throws(() => decodeGnutella(lying), ParseError);
  lying[23] = 1;
  assert.throws(() => decodeGnutella(lying), /bytes before its servent id/);
  lying[23] = 0;
  assert.throws(() => decodeGnutella(lying), ParseError);
});

test("bytes that 0.4 does not know are kept on request and written back", () => {
  const bytes = bytesOf(`${ID} 80 07 00 07000000 0000 41 00 010203`);
  assert.throws(() => decodeGnutella(bytes), /after its text that 0.4 does not know/);
  const kept = decodeGnutella(bytes, { extensions: "keep" });
  assert.deepEqual(kept.payload, { kind: "query", minSpeedKBps: 0, text: "A", extension: Uint8Array.of(1, 2, 3) });
  assert.deepEqual(encodeGnutella(kept), bytes);
  const hit: GnutellaDescriptor = { id: ID, ttl: 1, hops: 0, payload: { kind: "query-hit", port: 1, ip: 2, speedKBps: 3, results: [{ fileIndex: 1, sizeBytes: 2, text: "x", extension: Uint8Array.of(7) }], serventId: SERVENT, extension: Uint8Array.of(0, 9) } };
  assert.deepEqual(decodeGnutella(encodeGnutella(hit), { extensions: "keep" }), hit);
});

test("what cannot be written is refused with the field's name", () => {
  const refuse = (change: object, message: RegExp) => assert.throws(() => encodeGnutella({ ...SAMPLES[0], ...change } as GnutellaDescriptor), (error: unknown) => error instanceof ParameterError && message.test(error.message));
  refuse({ id: "12" }, /bad id/);
  refuse({ id: ID.toUpperCase() }, /bad id/);
  for (const ttl of [-1, 256, 1.5, NaN, Infinity, null, "7"]) refuse({ ttl }, /ttl/);
  refuse({ hops: 300 }, /hops/);
  refuse({ payload: undefined }, /unknown kind of descriptor/);
  refuse({ payload: { kind: "bye" } }, /unknown kind of descriptor; got "bye"/);
  refuse({ payload: { ...SAMPLES[1].payload, port: 65536 } }, /port/);
  refuse({ payload: { kind: "query", minSpeedKBps: 0, text: "a\0b" } }, /bad text/);
  refuse({ payload: { kind: "query", minSpeedKBps: 0, text: "한", latin1: true } }, /not Latin-1/);
  refuse({ payload: { ...SAMPLES[3].payload, results: Array.from({ length: 256 }, () => ({ fileIndex: 0, sizeBytes: 0, text: "x" })) } }, /number of results/);
  assert.throws(() => encodeGnutella(null as unknown as GnutellaDescriptor), /no descriptor to write/);
  assert.throws(() => decodeGnutella("x" as unknown as Uint8Array), /bytes \(Uint8Array\)/);
  assert.throws(() => decodeGnutella(encodeGnutella(SAMPLES[0]), { maxPayloadBytes: NaN }), /maxPayloadBytes/);
  assert.throws(() => decodeGnutella(encodeGnutella(SAMPLES[2]), { extensions: "maybe" as "keep" }), /refuse or keep/);
});

test("a header can be read alone", () => {
  assert.deepEqual(decodeGnutellaHeader(encodeGnutella(SAMPLES[3])), { id: ID, type: 0x81, ttl: 1, hops: 2, payloadBytes: gnutellaBytes(SAMPLES[3]) - 23 });
});

const ascii = (text: string) => Uint8Array.from(Buffer.from(text, "latin1"));
const joined = (parts: readonly Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));

test("a stream gives the same descriptors however its bytes are cut into pieces", () => {
  const whole = joined([ascii(GNUTELLA_CONNECT), ...SAMPLES.map(encodeGnutella)]);
  const random = new RandomStream({ seed: 3, name: "pieces" });
  for (let round = 0; round < 50; round++) {
    const stream = new GnutellaStream({ expect: "connect" });
    const found: GnutellaDescriptor[] = [];
    for (let at = 0; at < whole.length; ) {
      const size = random.integer(round === 0 ? 1 : 60) + (round === 0 ? 1 : 0);
      found.push(...stream.push(whole.subarray(at, at + size)));
      at += size;
    }
    stream.finish();
    assert.deepEqual(found, SAMPLES);
    assert.equal(stream.bytesRead, whole.length);
  }
});

test("a stream refuses another greeting at its first wrong byte, and says nothing more after an error", () => {
  const stream = new GnutellaStream({ expect: "ok" });
  assert.deepEqual(stream.push(ascii(GNUTELLA_OK.slice(0, 5))), []);
  assert.equal(stream.isOpen, false);
  assert.throws(() => stream.push(ascii("xx")), (error: unknown) => error instanceof ParseError && error.offset === 5);
  assert.throws(() => stream.push(encodeGnutella(SAMPLES[0])), /not the string that opens/);
  assert.throws(() => stream.finish(), /not the string that opens/);
});

test("a stream notices a length beyond its limit from the header alone, with the offset from its beginning", () => {
  const stream = new GnutellaStream({ maxPayloadBytes: 100 });
  stream.push(encodeGnutella(SAMPLES[0]));
  assert.throws(() => stream.push(bytesOf(`${ID} 80 07 00 65000000`)), (error: unknown) => error instanceof ParseError && /at most 100/.test(error.message) && error.offset === 23 + 19);
});

test("a stream that ends inside a descriptor or before its greeting is reported", () => {
  const stream = new GnutellaStream();
  stream.push(encodeGnutella(SAMPLES[1]).subarray(0, 30));
  assert.throws(() => stream.finish(), /ended too early/);
  assert.throws(() => new GnutellaStream({ expect: "connect" }).finish(), /ended too early/);
});

test("descriptors of later versions are passed over by their length on request", () => {
  const bytes = joined([bytesOf(`${ID} 30 01 00 03000000 010203`), encodeGnutella(SAMPLES[0])]);
  assert.throws(() => new GnutellaStream().push(bytes), /unknown payload type/);
  const stream = new GnutellaStream({ unknownTypes: "skip" });
  assert.deepEqual(stream.push(bytes), [SAMPLES[0]]);
  assert.equal(stream.skipped, 1);
});

test("wrong words for a stream are refused", () => {
  assert.throws(() => new GnutellaStream({ expect: "hello" as "ok" }), /connect, ok or descriptors/);
  assert.throws(() => new GnutellaStream({ unknownTypes: "drop" as "skip" }), /refuse or skip/);
});

test("requests for files and GIV are written and read back", () => {
  const file = { fileIndex: 2468, fileName: "Foobar.mp3" };
  assert.equal(Buffer.from(encodeGnutellaGet(file)).toString(), "GET /get/2468/Foobar.mp3/ HTTP/1.0\r\nConnection: Keep-Alive\r\nRange: bytes=0-\r\n\r\n");
  assert.deepEqual(decodeGnutellaGet(encodeGnutellaGet(file, 4932)), { ...file, fromByte: 4932 });
  assert.deepEqual(decodeGnutellaGiv(encodeGnutellaGiv(file, SERVENT)), { ...file, serventId: SERVENT });
  assert.match(Buffer.from(encodeGnutellaFileHead(4356789)).toString(), /^HTTP 200 OK\r\n.*\r\nContent-length: 4356789\r\n\r\n$/s);
  for (const bad of ["GET /get/1/a/b/ HTTP/1.0\r\n\r\n", "GET /get/x/a/ HTTP/1.0\r\n\r\n", "GET /get/4294967296/a/ HTTP/1.0\r\n\r\n", "POST /", ""]) assert.throws(() => decodeGnutellaGet(ascii(bad)), ParseError);
  for (const bad of ["GIV 1:12/a\n\n", `GIV 1:${SERVENT}/a`, ""]) assert.throws(() => decodeGnutellaGiv(ascii(bad)), ParseError);
  for (const fileName of ["", "a/b", "a\r\nb"]) assert.throws(() => encodeGnutellaGet({ fileIndex: 1, fileName }), /bad file name/);
});
