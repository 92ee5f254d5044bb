/** Internet headers as bytes, against published examples and against themselves. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeIcmpError, encodeIcmpError } from "overlay-lab/dist/codecs/icmp";
import { decodeIpv4, decodeIpv6, decodeUdp, encodeIpv4, encodeIpv6, encodeUdp, internetChecksum, withTimeToLive, type Ipv4Header } from "overlay-lab/dist/codecs/ip-headers";
import { ParameterError, ParseError } from "overlay-lab/dist/errors";
import { parseIpAddress } from "overlay-lab/dist/ids";

const bytesOf = (hex: string) => Uint8Array.from(hex.replace(/\s/g, "").match(/../g) ?? [], (pair) => parseInt(pair, 16));
const HEADER: Ipv4Header = {
  typeOfService: 0, identification: 0x1c46, dontFragment: true, moreFragments: false, fragmentOffset: 0, timeToLive: 64, protocol: 6,
  source: parseIpAddress("172.16.10.99"), destination: parseIpAddress("172.16.10.12"), options: new Uint8Array(0),
};

test("the checksum of the example in RFC 1071 is its published sum", () => {
  assert.equal(internetChecksum(bytesOf("0001 f203 f4f5 f6f7")), ~0xddf2 & 0xffff);
  assert.equal(internetChecksum(bytesOf("0001 f203 f4f5 f6")), ~(0xddf2 - 0xf7) & 0xffff);
  assert.equal(internetChecksum(new Uint8Array(65535).fill(255)), 0x00ff);
});

test("a header known from textbooks is written byte for byte", () => {
  const packet = encodeIpv4(HEADER, new Uint8Array(40));
  assert.deepEqual(packet.subarray(0, 20), bytesOf("4500 003c 1c46 4000 4006 b1e6 ac10 0a63 ac10 0a0c"));
  const udp = bytesOf("4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7");
  assert.equal(internetChecksum(udp), 0);
});

test("an IPv4 packet is read back with every field", () => {
  const header = { ...HEADER, typeOfService: 0xb8, moreFragments: true, dontFragment: false, fragmentOffset: 1480, options: bytesOf("94040000") };
  const read = decodeIpv4(encodeIpv4(header, bytesOf("0102030405060708")));
  assert.deepEqual({ ...read.header }, { ...header, headerBytes: 24, totalBytes: 32 });
  assert.deepEqual([...read.payload], [1, 2, 3, 4, 5, 6, 7, 8]);
});

test("lowering the time to live keeps the checksum right and the packet otherwise the same", () => {
  const packet = encodeIpv4(HEADER, bytesOf("aabb"));
  const lowered = withTimeToLive(packet, 63);
  assert.equal(decodeIpv4(lowered).header.timeToLive, 63);
  assert.deepEqual(withTimeToLive(lowered, 64), packet);
});

test("an IPv6 header is forty bytes in the order of RFC 8200", () => {
  const header = { trafficClass: 0xb8, flowLabel: 0xabcde, nextHeader: 17, hopLimit: 64, source: parseIpAddress("2001:db8::1"), destination: parseIpAddress("2001:db8::2") };
  const packet = encodeIpv6(header, bytesOf("ff"));
  assert.deepEqual(packet, bytesOf("6b8abcde 0001 11 40 20010db8000000000000000000000001 20010db8000000000000000000000002 ff"));
  assert.deepEqual({ ...decodeIpv6(packet).header }, { ...header, payloadBytes: 1 });
});

test("a UDP datagram carries the checksum over its pseudo-header, in both families", () => {
  for (const [source, destination] of [["192.0.2.1", "192.0.2.2"], ["2001:db8::1", "2001:db8::2"]]) {
    const addresses = { source: parseIpAddress(source), destination: parseIpAddress(destination) };
    const datagram = encodeUdp({ sourcePort: 6080, destinationPort: 53 }, bytesOf("010203"), addresses);
    assert.equal(datagram.length, 11);
    const read = decodeUdp(datagram, addresses);
    assert.deepEqual([read.sourcePort, read.destinationPort, ...read.payload], [6080, 53, 1, 2, 3]);
    assert.throws(() => decodeUdp(datagram, { ...addresses, source: addresses.destination, destination: parseIpAddress(source.includes(":") ? "::1" : "1.2.3.4") }), ParseError);
  }
});

test("a UDP checksum that comes out as 0 is sent as all ones, and 0 means none over IPv4 only", () => {
  const addresses = { source: parseIpAddress("0.0.0.0"), destination: parseIpAddress("0.0.0.0") };
  // 17 + 8 + 2 (pseudo-header, then length again) + payload must sum to 0xffff: 17 + 10 + 10 = 37.
  const payload = Uint8Array.of((0xffff - 37) >> 8, (0xffff - 37) & 255);
  const datagram = encodeUdp({ sourcePort: 0, destinationPort: 0 }, payload, addresses);
  assert.deepEqual([datagram[6], datagram[7]], [255, 255]);
  assert.equal(decodeUdp(datagram, addresses).payload.length, 2);
  const none = datagram.slice();
  none[6] = none[7] = 0;
  assert.equal(decodeUdp(none, addresses).payload.length, 2);
  assert.throws(() => decodeUdp(none, { source: parseIpAddress("::1"), destination: parseIpAddress("::2") }), ParseError);
});

test("an ICMP error quotes header and eight bytes, and is read back", () => {
  const packet = encodeIpv4(HEADER, new Uint8Array(1000).fill(7));
  const addresses = { source: HEADER.destination, destination: HEADER.source };
  const bytes = encodeIcmpError(4, "too-big", packet, 1480, addresses);
  assert.equal(bytes.length, 8 + 20 + 8);
  assert.deepEqual([...bytes.subarray(0, 2), bytes[6], bytes[7]], [3, 4, 1480 >> 8, 1480 & 255]);
  const read = decodeIcmpError(4, bytes, addresses);
  assert.deepEqual([read.problem, read.mtuBytes], ["too-big", 1480]);
  assert.deepEqual(read.quoted, packet.subarray(0, 28));
  const six = { source: parseIpAddress("::1"), destination: parseIpAddress("::2") };
  const large = encodeIcmpError(6, "time-exceeded", encodeIpv6({ trafficClass: 0, flowLabel: 0, nextHeader: 59, hopLimit: 1, ...six }, new Uint8Array(3000)), 0, six);
  assert.equal(large.length, 1280 - 40);
  assert.equal(decodeIcmpError(6, large, six).problem, "time-exceeded");
});

test("damage to any single bit of an IPv4 header is noticed", () => {
  const packet = encodeIpv4({ ...HEADER, options: bytesOf("94040000") }, bytesOf("0102"));
  for (let bit = 0; bit < 24 * 8; bit++) {
    const damaged = packet.slice();
    damaged[bit >> 3] ^= 128 >> (bit & 7);
    assert.throws(() => decodeIpv4(damaged), ParseError, `bit ${bit}`);
  }
});

test("errors name the byte and what was expected", () => {
  const packet = encodeIpv4(HEADER, bytesOf("0102"));
  assert.throws(() => decodeIpv4(packet.subarray(0, 19)), (error: ParseError) => error instanceof ParseError && error.offset === 19);
  assert.throws(() => decodeIpv4(packet.subarray(0, 21)), (error: ParseError) => error.offset === 2 && /total length/.test(error.message));
  assert.throws(() => encodeIpv4({ ...HEADER, timeToLive: 256 }, new Uint8Array(0)), ParameterError);
  assert.throws(() => encodeIpv4({ ...HEADER, fragmentOffset: 4 }, new Uint8Array(0)), ParameterError);
  assert.throws(() => encodeIpv4({ ...HEADER, source: parseIpAddress("::1") }, new Uint8Array(0)), ParameterError);
  assert.throws(() => encodeIpv4(HEADER, new Uint8Array(65516)), ParameterError);
  assert.throws(() => encodeIpv6({ trafficClass: 0, flowLabel: 1 << 20, nextHeader: 0, hopLimit: 0, source: parseIpAddress("::"), destination: parseIpAddress("::") }, new Uint8Array(0)), ParameterError);
});
