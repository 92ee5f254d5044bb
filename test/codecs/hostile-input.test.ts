import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BencodeDictionary, PROTOCOL, createTorrent, decodeBencode, decodeIcmpError, decodeIpv4, decodeIpv4Header, decodeIpv6, decodeIpv6Header, decodeText, decodeUdp, describeTorrent, encodeIcmpError,
  encodeIpv4, encodeIpv6, encodeUdp, findBadPieces, hashPieces, hexOf, internetChecksum, lastPieceBytes, parseEdgeList, parseGml, parseGraphml, parseLatencyJson, parseLatencyMatrix, parseLatencyPairs,
  parseRocketfuel, parseSndlib, pseudoHeaderSum, readCsv, utf8Bytes, withTimeToLive, writeCsv,
} from "overlay-lab/dist/codecs";
import { OverlayLabError, ParameterError } from "overlay-lab/dist/errors";

const NOTHINGS: readonly unknown[] = [undefined, null, 0, Number.NaN, "words", true, {}, [], [null]];
const addresses = { source: Uint8Array.of(10, 0, 0, 1), destination: Uint8Array.of(10, 0, 0, 2) };

test("readers and writers of bytes refuse what are none, with the parameter's name, and never with a raw TypeError", () => {
  const calls: Readonly<Record<string, (value: never) => unknown>> = {
    decodeIpv4, decodeIpv4Header, decodeIpv6, decodeIpv6Header, decodeText, hexOf, internetChecksum, describeTorrent, lastPieceBytes, createTorrent, writeCsv,
    decodeUdp: (value) => decodeUdp(value, addresses),
    "addresses of decodeUdp": (value) => decodeUdp(new Uint8Array(8), value),
    decodeIcmpError: (value) => decodeIcmpError(4, value, addresses),
    "version of an ICMP message": (value) => decodeIcmpError(value, new Uint8Array(8), addresses),
    encodeIcmpError: (value) => encodeIcmpError(4, "time-exceeded", value, 0, addresses),
    "problem of an ICMP message": (value) => encodeIcmpError(4, value, new Uint8Array(28), 0, addresses),
    encodeIpv4: (value) => encodeIpv4(value, new Uint8Array(0)),
    encodeIpv6: (value) => encodeIpv6(value, new Uint8Array(0)),
    encodeUdp: (value) => encodeUdp({ sourcePort: 1, destinationPort: 1 }, value, addresses),
    pseudoHeaderSum: (value) => pseudoHeaderSum(value, addresses.destination, PROTOCOL.udp, 8),
    withTimeToLive: (value) => withTimeToLive(value, 3),
    hashPieces: (value) => hashPieces([value], 16),
    findBadPieces: (value) => findBadPieces(value, []),
  };
  for (const [name, call] of Object.entries(calls)) for (const value of NOTHINGS) assert.throws(() => call(value as never), ParameterError, `${name}(${String(value)})`);
  for (const value of [null, 5, "pairs", [1], [null]]) assert.throws(() => new BencodeDictionary(value as never), ParameterError, String(value));
  for (const value of [undefined, null, 5, {}]) {
    assert.throws(() => utf8Bytes(value as never), ParameterError);
    assert.throws(() => readCsv(value as never, { name: "x", columns: [] }), ParameterError);
  }
  for (const value of [undefined, null, {}, { name: "x", columns: 5 }, { name: "x", columns: [null] }]) assert.throws(() => readCsv("a\r\n1\r\n", value as never), ParameterError);
  assert.throws(() => decodeBencode(Uint8Array.of(0x69, 0x31, 0x65), null as never), ParameterError);
});

test("a checksum refuses a start that would be folded for ever", () => {
  for (const initial of [Infinity, Number.NaN, -1, 1e300, 0.5]) assert.throws(() => internetChecksum(Uint8Array.of(1, 2), initial), /initial/);
  assert.equal(internetChecksum(Uint8Array.of(1, 2), 0xffff), 0xfefd);
  assert.throws(() => withTimeToLive(Uint8Array.of(0x45), 3), OverlayLabError);
});

test("readers of topologies and latencies refuse an option that they do not know, with the nearest that they do", () => {
  const latency = { unit: "ms", kind: "round-trip" } as const;
  const calls: Readonly<Record<string, (more: object) => unknown>> = {
    parseGml: (more) => parseGml("graph [ node [ id 0 ] ]", more),
    parseGraphml: (more) => parseGraphml('<graphml><graph edgedefault="undirected"><node id="0"/></graph></graphml>', more),
    parseSndlib: (more) => parseSndlib("", more),
    parseEdgeList: (more) => parseEdgeList("1 2\n", { directed: true, ...more }),
    parseRocketfuel: (more) => parseRocketfuel({ latencies: "a b 1\n", ...more }),
    parseLatencyMatrix: (more) => parseLatencyMatrix("0 10\n10 0\n", { ...latency, ...more }),
    parseLatencyPairs: (more) => parseLatencyPairs("a,b,10\n", { ...latency, columns: { source: 0, target: 1, value: 2 }, ...more }),
    parseLatencyJson: (more) => parseLatencyJson("{}", { ...latency, ...more }),
    readCsv: (more) => readCsv("a\r\n", { name: "x", columns: [], ...more }),
  };
  for (const [name, call] of Object.entries(calls)) assert.throws(() => call({ delayUnit: "ms" }), /unknown option delayUnit/, name);
  assert.throws(() => parseLatencyMatrix("0 10\n10 0\n", { ...latency, lables: "none" } as never), /did you mean labels\?/);
});
