/** 20,000 damaged packets, requests and routing messages: only a ParseError ever comes out, and what is accepted is written back the same. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeHttpRequestHead, parseHttpRequestHead } from "overlay-lab/dist/codecs/http-request";
import { decodeIcmpError, encodeIcmpError } from "overlay-lab/dist/codecs/icmp";
import { decodeIpv4, encodeIpv4, encodeUdp } from "overlay-lab/dist/codecs/ip-headers";
import { ParseError } from "overlay-lab/dist/errors";
import { parseIpAddress } from "overlay-lab/dist/ids";
import { Reassembler } from "overlay-lab/dist/routing-overlays/tunnels/fragmentation";
import { decodeRoutingMessage, encodeRoutingMessage } from "overlay-lab/dist/routing-overlays/tunnels/link-state";
import { headersOf, readPacket, writePacket } from "overlay-lab/dist/routing-overlays/tunnels/packet";
import { RandomStream } from "overlay-lab/dist/simulation/random";

const addresses = { source: parseIpAddress("10.0.0.1"), destination: parseIpAddress("10.0.0.2") };
const fields = { source: "10.0.0.1", destination: "10.0.0.2", timeToLive: 64 };
const inner = writePacket("ipv4", { ...fields, next: 253 }, Uint8Array.of(1, 2, 3, 4));
const six = writePacket("ipv6", { source: "2001:db8::1", destination: "2001:db8::2", timeToLive: 9, next: 253 }, Uint8Array.of(9, 9));
const named = writePacket("name", { source: "a.example", destination: "b.example", timeToLive: 7, next: 253 }, inner);
const content = writePacket("content", { source: "a.example", destination: '[["price",7],["topic","x"]]', timeToLive: 7, next: 253 }, Uint8Array.of(5));
const PACKETS = [
  inner, six, named, content,
  writePacket("ipv4", { ...fields, next: 4 }, inner),
  writePacket("ipv4", { ...fields, next: 41 }, six),
  writePacket("ipv4", { ...fields, next: 17 }, encodeUdp({ sourcePort: 6080, destinationPort: 6080 }, named, addresses)),
  writePacket("ipv4", { ...fields, next: 1 }, encodeIcmpError(4, "too-big", inner, 1480, addresses)),
];

function damage(bytes: Uint8Array, random: RandomStream): Uint8Array {
  const copy = [...bytes];
  for (let count = 1 + random.integer(3); count > 0; count--) {
    const at = random.integer(copy.length + 1);
    const kind = random.integer(4);
    if (kind === 0) copy[Math.min(at, copy.length - 1)] = random.integer(256);
    else if (kind === 1) copy.splice(at, 1 + random.integer(8));
    else if (kind === 2) copy.splice(at, 0, random.integer(256));
    else copy[Math.min(at, copy.length - 1)] ^= 1 << random.integer(8);
    if (copy.length === 0) copy.push(random.integer(256));
  }
  return Uint8Array.from(copy);
}

/** Runs a reader; anything but a ParseError is a defect. @returns what it read, or undefined */
function attempt<T>(reader: () => T): T | undefined {
  try {
    return reader();
  } catch (error) {
    assert.ok(error instanceof ParseError, String(error));
    return undefined;
  }
}

test("20,000 damaged packets are read or refused with a ParseError, never otherwise", () => {
  const random = new RandomStream({ seed: 7, name: "fuzz" });
  let accepted = 0;
  for (let round = 0; round < 20000; round++) {
    const bytes = damage(PACKETS[round % PACKETS.length], random);
    const view = attempt(() => readPacket(bytes));
    if (view !== undefined) {
      accepted += 1;
      const { family, source, destination, timeToLive, next, port, trafficClass } = view;
      if (family !== "ipv4" && family !== "ipv6") assert.deepEqual(writePacket(family, { source, destination, timeToLive, next, port, trafficClass }, view.payload), bytes.map((byte, at) => (at === 0 ? byte & 0x1f : byte)));
      assert.ok(headersOf(bytes).length >= 1);
    }
    attempt(() => decodeIcmpError(4, bytes, addresses));
    attempt(() => decodeRoutingMessage(bytes));
    attempt(() => new Reassembler().add(bytes));
  }
  assert.ok(accepted > 1000, `only ${accepted} were accepted`);
});

test("an IPv4 packet that is accepted is written back to the same bytes", () => {
  const random = new RandomStream({ seed: 8, name: "fuzz" });
  for (let round = 0; round < 5000; round++) {
    const bytes = random.integer(2) === 0 ? damage(inner, random) : encodeIpv4({ typeOfService: random.integer(256), identification: random.integer(65536), dontFragment: random.integer(2) === 1, moreFragments: random.integer(2) === 1, fragmentOffset: 8 * random.integer(100), timeToLive: random.integer(256), protocol: random.integer(256), ...addresses, options: new Uint8Array(4 * random.integer(11)) }, new Uint8Array(random.integer(40)));
    const read = attempt(() => decodeIpv4(bytes));
    if (read !== undefined) assert.deepEqual(encodeIpv4(read.header, read.payload), bytes);
  }
});

test("20,000 damaged routing messages and requests are read or refused with a ParseError", () => {
  const random = new RandomStream({ seed: 9, name: "fuzz" });
  const seeds = [
    encodeRoutingMessage({ kind: "keep-alive", origin: 70000, hearsYou: true }),
    encodeRoutingMessage({ kind: "link-state", entry: { origin: 3, sequence: 9, neighbours: [{ node: 4, cost: 10 }], prefixes: ["10.0.0.0/8", "a.example"] } }),
    encodeRoutingMessage({ kind: "subscribe", origin: 1, filter: '[["price","<",7]]' }),
  ];
  for (let round = 0; round < 20000; round++) {
    const bytes = damage(seeds[round % seeds.length], random);
    const message = attempt(() => decodeRoutingMessage(bytes));
    if (message !== undefined && message.kind !== "keep-alive") assert.deepEqual(encodeRoutingMessage(message), bytes);
    attempt(() => parseHttpRequestHead(damage(encodeHttpRequestHead("GET", "/a/b?c", "a.example"), random)));
  }
});
