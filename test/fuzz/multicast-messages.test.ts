/** 20,000 damaged messages for each reader: only a ParseError ever comes out, and what is accepted is written back the same. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeDvmrp, encodeDvmrp } from "overlay-lab/dist/codecs/dvmrp";
import { decodeIgmp, decodeMld, encodeIgmp, encodeMld } from "overlay-lab/dist/codecs/igmp";
import { internetChecksum, pseudoHeaderSum, put16 } from "overlay-lab/dist/codecs/ip-headers";
import { ParseError } from "overlay-lab/dist/errors";
import { parseIpAddress, parseIpPrefix } from "overlay-lab/dist/ids";
import { decodePim, decodeRip, encodePim, encodeRip } from "overlay-lab/dist/routing-overlays/experimental-ip";
import { RandomStream } from "overlay-lab/dist/simulation";

const ip = parseIpAddress;
const six = { source: ip("3ffe:1::1"), destination: ip("ff02::d") };
const triple = { source: ip("10.0.0.9"), group: ip("224.2.0.1") };
const body = { upstream: ip("3ffe:2::1"), group: ip("ff1e::1"), source: ip("3ffe:3::2"), holdSeconds: 210 };

function damage(bytes: Uint8Array, random: RandomStream): Uint8Array {
  const copy = [...bytes];
  for (let count = 1 + random.integer(3); count > 0; count--) {
    const at = random.integer(copy.length + 1);
    const kind = random.integer(4);
    if (kind === 0) copy[Math.min(at, copy.length - 1)] = random.integer(256);
    else if (kind === 1) copy.splice(at, 1 + random.integer(8));
    else if (kind === 2) copy.splice(at, 0, ...Array.from({ length: 1 + random.integer(4) }, () => random.integer(256)));
    else copy[Math.min(at, copy.length - 1)] ^= 1 << random.integer(8);
    if (copy.length === 0) copy.push(random.integer(256));
  }
  return Uint8Array.from(copy);
}

/** Makes the checksum right, so that damage reaches what stands behind it. */
function mend(bytes: Uint8Array, protocol: number): Uint8Array {
  if (bytes.length < 4) return bytes;
  put16(bytes, 2, 0);
  put16(bytes, 2, internetChecksum(bytes, protocol < 0 ? 0 : pseudoHeaderSum(six.source, six.destination, protocol, bytes.length)));
  return bytes;
}

interface Reader {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  /** Protocol of the checksum, -1 for one without pseudo-header, -2 for none. */
  readonly protocol: number;
  /** Reads and writes back. */
  readonly again: (bytes: Uint8Array) => Uint8Array;
  /** Least number of damaged messages that must have been accepted, so that the second half is not vacuous. */
  readonly least: number;
}

const READERS: readonly Reader[] = [
  { name: "IGMP", protocol: -1, least: 500, seeds: (["query", "report", "leave", "version-1-report"] as const).map((kind) => encodeIgmp({ kind, maxResponse: 5, group: ip("224.2.0.1") })), again: (bytes) => encodeIgmp(decodeIgmp(bytes)) },
  { name: "MLD", protocol: 58, least: 500, seeds: (["query", "report", "leave"] as const).map((kind) => encodeMld({ kind, maxResponse: 5, group: ip("ff1e::1") }, six)), again: (bytes) => encodeMld(decodeMld(bytes, six), six) },
  {
    name: "DVMRP", protocol: -1, least: 1000, again: (bytes) => encodeDvmrp(decodeDvmrp(bytes)),
    seeds: [
      encodeDvmrp({ kind: "probe", generation: 9, neighbours: [ip("10.0.0.1"), ip("10.0.0.2")] }), encodeDvmrp({ kind: "prune", ...triple, lifetimeSeconds: 7200 }), encodeDvmrp({ kind: "graft", ...triple }),
      encodeDvmrp({ kind: "report", routes: ["0.0.0.0/0", "10.0.0.0/8", "11.0.0.0/8", "128.1.0.0/16", "192.0.2.64/27"].map((text, index) => ({ ...parseIpPrefix(text), metric: 1 + 7 * index })) }),
    ],
  },
  { name: "RIPng", protocol: -2, least: 400, seeds: [encodeRip({ kind: "request", routes: [] }), encodeRip({ kind: "response", routes: ["2002::/16", "3ffe:1::/48"].map((text) => ({ ...parseIpPrefix(text), metric: 3 })) })], again: (bytes) => encodeRip(decodeRip(bytes)) },
  { name: "PIM", protocol: 103, least: 500, seeds: [encodePim({ kind: "hello", holdSeconds: 105, generation: 3 }, six), encodePim({ kind: "prune", ...body }, six), encodePim({ kind: "graft", ...body }, six)], again: (bytes) => encodePim(decodePim(bytes, six), six) },
];

for (const { name, seeds, protocol, again, least } of READERS) {
  test(`20,000 damaged ${name} messages are read and written back the same, or refused with a ParseError`, () => {
    const random = new RandomStream({ seed: 11, name });
    let accepted = 0;
    for (let round = 0; round < 20_000; round++) {
      const damaged = damage(seeds[round % seeds.length], random);
      const bytes = protocol === -2 || random.integer(4) === 0 ? damaged : mend(damaged, protocol);
      let back: Uint8Array;
      try {
        back = again(bytes);
      } catch (error) {
        assert.ok(error instanceof ParseError, String(error));
        continue;
      }
      accepted += 1;
      assert.deepEqual(back, bytes);
    }
    assert.ok(accepted >= least, `only ${accepted} were accepted`);
  });
}
