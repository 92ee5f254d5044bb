/** Fragmentation and reassembly by RFC 791. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeIpv4, encodeIpv4, type Ipv4Header } from "overlay-lab/dist/codecs/ip-headers";
import { ParameterError } from "overlay-lab/dist/errors";
import { parseIpAddress } from "overlay-lab/dist/ids";
import { Reassembler, fragment } from "overlay-lab/dist/routing-overlays/tunnels/fragmentation";
import { RandomStream } from "overlay-lab/dist/simulation/random";

const HEADER: Ipv4Header = {
  typeOfService: 7, identification: 99, dontFragment: false, moreFragments: false, fragmentOffset: 0, timeToLive: 64, protocol: 253,
  source: parseIpAddress("10.0.0.1"), destination: parseIpAddress("10.0.0.2"), options: new Uint8Array(0),
};
const payload = (bytes: number) => Uint8Array.from({ length: bytes }, (_, index) => (index * 31 + (index >> 8)) & 255);

test("a packet of 1,520 bytes becomes 1,500 and 40 on a link of 1,500", () => {
  const pieces = fragment(encodeIpv4(HEADER, payload(1500)), 1500);
  assert.deepEqual(pieces.map((piece) => piece.length), [1500, 40]);
  assert.deepEqual(pieces.map((piece) => [decodeIpv4(piece).header.fragmentOffset, decodeIpv4(piece).header.moreFragments]), [[0, true], [1480, false]]);
});

test("every fragment but the last carries a multiple of eight bytes", () => {
  const pieces = fragment(encodeIpv4(HEADER, payload(3000)), 577);
  assert.ok(pieces.every((piece) => piece.length <= 577));
  for (const piece of pieces.slice(0, -1)) assert.equal((piece.length - 20) % 8, 0);
});

test("fragments in any order, cut again on narrower links and with copies, give back the packet", () => {
  const random = new RandomStream({ seed: 3, name: "fragments" });
  for (let round = 0; round < 300; round++) {
    const packet = encodeIpv4(HEADER, payload(1 + random.integer(5000)));
    const wide = fragment(packet, 68 + random.integer(1500));
    const narrow = wide.flatMap((piece) => fragment(piece, 68 + random.integer(600)));
    const sent = random.shuffle([...narrow, ...narrow.slice(0, random.integer(narrow.length))]);
    const reassembler = new Reassembler();
    const whole = sent.map((piece) => reassembler.add(piece)).find((result) => result.state === "whole");
    if (narrow.length === 1) continue;
    assert.ok(whole?.state === "whole");
    assert.deepEqual(whole.packet, packet);
  }
});

test("fragments of different packets do not mix", () => {
  const reassembler = new Reassembler();
  const [a, b] = [1, 2].map((identification) => fragment(encodeIpv4({ ...HEADER, identification }, payload(2000)), 1500));
  assert.deepEqual([a[0], b[1]].map((piece) => reassembler.add(piece).state), ["waiting", "waiting"]);
  assert.equal(reassembler.waiting, 2);
  assert.equal(reassembler.add(a[1]).state, "whole");
  assert.equal(reassembler.waiting, 1);
});

test("fragments that overlap, or end at two places, discard the packet", () => {
  const piece = (fragmentOffset: number, bytes: number, moreFragments: boolean) => encodeIpv4({ ...HEADER, fragmentOffset, moreFragments }, payload(bytes));
  for (const second of [piece(8, 16, true), piece(16, 16, true), piece(8, 8, false)]) {
    const reassembler = new Reassembler();
    reassembler.add(piece(0, 24, true));
    assert.equal(reassembler.add(second).state, "refused");
    assert.equal(reassembler.waiting, 0);
  }
  const ends = new Reassembler();
  ends.add(piece(48, 8, false));
  assert.equal(ends.add(piece(64, 8, false)).state, "refused");
  assert.equal(new Reassembler().add(piece(0, 7, true)).state, "refused");
});

test("only options with the copy bit stand in later fragments", () => {
  // Router alert (copied, 4 bytes), then record route (not copied, 8 bytes with padding).
  const options = Uint8Array.of(0x94, 4, 0, 0, 7, 7, 4, 0, 0, 0, 0, 0);
  const pieces = fragment(encodeIpv4({ ...HEADER, options }, payload(200)), 100);
  assert.deepEqual(pieces.map((piece) => decodeIpv4(piece).header.options.length), [12, 4, 4]);
});

test("a packet that must not be cut is refused, and what waits can be given up", () => {
  assert.throws(() => fragment(encodeIpv4({ ...HEADER, dontFragment: true }, payload(1500)), 1500), ParameterError);
  assert.throws(() => fragment(encodeIpv4(HEADER, payload(10)), 67), ParameterError);
  const reassembler = new Reassembler();
  const [first, last] = fragment(encodeIpv4(HEADER, payload(2000)), 1500);
  const waiting = reassembler.add(first);
  assert.deepEqual(reassembler.expire(waiting.ticket), first);
  assert.equal(reassembler.expire(waiting.ticket), undefined);
  assert.equal(reassembler.expire(reassembler.add(last).ticket), null);
});
