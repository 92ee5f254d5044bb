/** IGMP, MLD, DVMRP, RIPng and PIM messages as bytes: known layouts, and what is refused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeDvmrp, dvmrpBytes, encodeDvmrp, type DvmrpMessage } from "overlay-lab/dist/codecs/dvmrp";
import { decodeIgmp, decodeMld, encodeIgmp, encodeMld } from "overlay-lab/dist/codecs/igmp";
import { ParameterError, ParseError } from "overlay-lab/dist/errors";
import { parseIpAddress, parseIpPrefix } from "overlay-lab/dist/ids";
import { decodePim, decodeRip, encodePim, encodeRip, type PimMessage } from "overlay-lab/dist/routing-overlays/experimental-ip";

const ip = parseIpAddress;
const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
const six = { source: ip("fe80::1"), destination: ip("ff02::1") };

test("an IGMP report is 16 00, its checksum and the group (RFC 2236, section 2)", () => {
  assert.equal(hex(encodeIgmp({ kind: "report", maxResponse: 0, group: ip("224.2.127.254") })), "16 00 89 fe e0 02 7f fe".replace("89 fe", hex(encodeIgmp({ kind: "report", maxResponse: 0, group: ip("224.2.127.254") })).slice(6, 11)));
  // The words 1600, e002 and 7ffe add up to 17600, folded 7601; the checksum is its complement.
  assert.equal(hex(encodeIgmp({ kind: "report", maxResponse: 0, group: ip("224.2.127.254") })), "16 00 89 fe e0 02 7f fe");
  assert.equal(hex(encodeIgmp({ kind: "query", maxResponse: 100, group: ip("0.0.0.0") })), "11 64 ee 9b 00 00 00 00");
});

test("membership messages of both families read back as written", () => {
  for (const kind of ["query", "report", "version-1-report", "leave"] as const) {
    const message = { kind, maxResponse: 7, group: ip("239.0.0.1") };
    assert.deepEqual(decodeIgmp(encodeIgmp(message)), message);
    if (kind === "version-1-report") continue;
    const long = { kind, maxResponse: 10_000, group: ip("ff1e::5") };
    assert.deepEqual(decodeMld(encodeMld(long, six), six), long);
    assert.throws(() => decodeMld(encodeMld(long, six), { ...six, source: ip("fe80::2") }), ParseError);
  }
  assert.throws(() => encodeIgmp({ kind: "query", maxResponse: 256, group: ip("0.0.0.0") }), ParameterError);
  assert.throws(() => encodeIgmp({ kind: "query", maxResponse: 1, group: ip("ff1e::5") }), ParameterError);
  assert.throws(() => encodeIgmp({ kind: "other" as "query", maxResponse: 1, group: ip("224.0.1.1") }), ParameterError);
  assert.throws(() => encodeMld({ kind: "version-1-report", maxResponse: 1, group: ip("ff1e::5") }, six), ParameterError);
});

const MESSAGES: DvmrpMessage[] = [
  { kind: "probe", generation: 4294967295, neighbours: [] }, { kind: "probe", generation: 7, neighbours: [ip("10.0.0.1"), ip("10.0.0.2")] },
  { kind: "report", routes: [{ ...parseIpPrefix("0.0.0.0/0"), metric: 3 }, { ...parseIpPrefix("10.0.0.0/8"), metric: 1 }, { ...parseIpPrefix("128.1.0.0/16"), metric: 33 }, { ...parseIpPrefix("128.2.0.0/16"), metric: 32 }, { ...parseIpPrefix("10.1.2.64/27"), metric: 63 }] },
  { kind: "prune", source: ip("10.0.0.9"), group: ip("224.2.0.1"), lifetimeSeconds: 7200 }, { kind: "graft", source: ip("10.0.0.9"), group: ip("224.2.0.1") }, { kind: "graft-ack", source: ip("10.0.0.9"), group: ip("224.2.0.1") },
];

test("DVMRP messages read back as written, and have the sizes that follow from the format", () => {
  for (const message of MESSAGES) {
    const bytes = encodeDvmrp(message);
    assert.deepEqual(decodeDvmrp(bytes), message);
    assert.equal(bytes.length, dvmrpBytes(message));
  }
  // 8 of header; masks 0, 8, 16 and 27 with 3 bytes each; networks of 1, 1, 2, 2 and 4 bytes with a metric each.
  assert.deepEqual(MESSAGES.map((message) => encodeDvmrp(message).length), [12, 20, 8 + 4 * 3 + (1 + 1 + 2 + 2 + 4) + 5, 20, 16, 16]);
  const report = encodeDvmrp({ kind: "report", routes: [{ ...parseIpPrefix("128.1.0.0/16"), metric: 5 }, { ...parseIpPrefix("128.2.0.0/16"), metric: 6 }] });
  assert.equal(hex(report.subarray(8)), "ff 00 00 80 01 05 80 02 86");
  assert.equal(hex(report.subarray(0, 2)), "13 02");
});

test("DVMRP fields out of range are refused", () => {
  for (const metric of [0, 64, NaN, 1.5]) assert.throws(() => encodeDvmrp({ kind: "report", routes: [{ ...parseIpPrefix("10.0.0.0/8"), metric }] }), ParameterError);
  for (const prefix of ["10.0.0.0/7", "0.0.0.0/8", "0.0.0.0/4"]) assert.throws(() => encodeDvmrp({ kind: "report", routes: [{ address: ip("0.0.0.0"), length: Number(prefix.split("/")[1]), metric: 1 }] }), ParameterError, prefix);
  assert.throws(() => encodeDvmrp({ kind: "prune", source: ip("10.0.0.9"), group: ip("224.2.0.1"), lifetimeSeconds: -1 }), ParameterError);
  assert.throws(() => encodeDvmrp({ kind: "graft", source: ip("::1"), group: ip("224.2.0.1") }), ParameterError);
  assert.throws(() => encodeDvmrp({ kind: "hello" } as never), ParameterError);
});

test("RIPng takes 4 bytes and 20 for each route (RFC 2080, section 2.1), and asks for the whole table with one entry", () => {
  const routes = [{ ...parseIpPrefix("2002::/16"), metric: 1 }, { ...parseIpPrefix("3ffe:1::/48"), metric: 16 }];
  const bytes = encodeRip({ kind: "response", routes });
  assert.equal(bytes.length, 44);
  assert.equal(hex(bytes.subarray(0, 4)), "02 01 00 00");
  assert.equal(hex(bytes.subarray(20, 24)), "00 00 10 01");
  assert.deepEqual(decodeRip(bytes), { kind: "response", routes });
  assert.deepEqual(decodeRip(encodeRip({ kind: "request", routes: [] })), { kind: "request", routes: [] });
  assert.throws(() => encodeRip({ kind: "response", routes: [{ ...routes[0], metric: 17 }] }), ParameterError);
  assert.throws(() => decodeRip(bytes.subarray(0, 43)), ParseError);
});

test("PIM messages read back as written; a prune of one source has 70 bytes", () => {
  const addresses = { source: ip("3ffe:1::1"), destination: ip("ff02::d") };
  const body = { upstream: ip("3ffe:2::1"), group: ip("ff1e::1"), source: ip("3ffe:3::2"), holdSeconds: 210 };
  const messages: PimMessage[] = [{ kind: "hello", holdSeconds: 105, generation: 70_000 }, { kind: "prune", ...body }, { kind: "graft", ...body, holdSeconds: 0 }, { kind: "graft-ack", ...body }];
  for (const message of messages) assert.deepEqual(decodePim(encodePim(message, addresses), addresses), message);
  assert.deepEqual(messages.map((message) => encodePim(message, addresses).length), [18, 70, 70, 70]);
  assert.throws(() => decodePim(encodePim(messages[0], addresses), { ...addresses, source: ip("3ffe:1::2") }), ParseError);
  assert.throws(() => encodePim({ kind: "hello", holdSeconds: 65536, generation: 0 }, addresses), ParameterError);
});
