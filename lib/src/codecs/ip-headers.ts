/**
 * Internet headers as real bytes: IPv4 (RFC 791) with its checksum, UDP (RFC 768) with the pseudo-header's, the fixed IPv6 header (RFC 8200).
 * A packet carried whole inside another one (IPv4 in IPv4, RFC 2003; IPv6 in IPv4, RFC 4213) is simply its payload, told by the protocol number.
 * Decoding is strict: wrong version, length or checksum is a ParseError with its byte offset. Not done: IPv6 extension headers, jumbograms.
 */
import { ParameterError, ParseError, checkNumber } from "../errors";
import type { IpAddress } from "../ids/ip-address";
import { requireBytes } from "./bytes";
import { checkObject } from "./check-input";

/** Protocol numbers (IANA registry) used in the protocol or next-header field. */
export const PROTOCOL = Object.freeze({ icmp: 1, ipv4: 4, udp: 17, ipv6: 41, icmpv6: 58, none: 59, experiment: 253 });
/** Bytes of an IPv4 header without options. */
export const IPV4_HEADER_BYTES = 20;
/** Bytes of a UDP header. */
export const UDP_HEADER_BYTES = 8;
/** Bytes of the fixed IPv6 header. */
export const IPV6_HEADER_BYTES = 40;
/** The largest IPv4 packet. */
export const IPV4_MAX_BYTES = 65535;
/** What 2^32 bytes can add to a checksum's sum at most. */
const LARGEST_SUM = 0xffff * 2147483648;

/** The fields of an IPv4 header; version, lengths and checksum follow from the rest. */
export interface Ipv4Header {
  /** 0..255: service class and congestion bits. */
  readonly typeOfService: number;
  /** 0..65535; equal in all fragments of one packet. */
  readonly identification: number;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  /** Where this fragment's payload begins in the whole one: bytes, a multiple of 8, 0..65528. */
  readonly fragmentOffset: number;
  /** 0..255 */
  readonly timeToLive: number;
  /** What the payload is, see {@link PROTOCOL}; 0..255. */
  readonly protocol: number;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** 0..40 bytes, a multiple of 4. */
  readonly options: Uint8Array;
}

/** An IPv4 header as read, with the lengths that the bytes state. */
export interface ReadIpv4Header extends Ipv4Header {
  /** 20..60 */
  readonly headerBytes: number;
  /** Header and payload. */
  readonly totalBytes: number;
}

/**
 * The Internet checksum (RFC 1071): the ones' complement of the ones' complement sum of 16-bit words. Over bytes that hold their own right
 * checksum it is 0.
 * @param initial a sum to start from, as {@link pseudoHeaderSum} gives: a whole number >= 0
 * @throws ParameterError for what are no bytes or no such number
 */
export function internetChecksum(bytes: Uint8Array, initial = 0): number {
  requireBytes("bytes", bytes);
  // An endless sum would be folded for ever.
  let sum = checkNumber("initial", initial, { min: 0, max: Number.MAX_SAFE_INTEGER - LARGEST_SUM, integer: true });
  const even = bytes.length & ~1;
  for (let i = 0; i < even; i += 2) sum += (bytes[i] << 8) | bytes[i + 1];
  if (even !== bytes.length) sum += bytes[even] << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 65536);
  return ~sum & 0xffff;
}

/** The part of a UDP or ICMPv6 checksum that comes from the addresses, the protocol and the length (RFC 768; RFC 8200, section 8.1). */
export function pseudoHeaderSum(source: IpAddress, destination: IpAddress, protocol: number, bytes: number): number {
  checkNumber("protocol", protocol, { min: 0, max: 255, integer: true });
  checkNumber("bytes", bytes, { min: 0, max: 0xffffffff, integer: true, unit: "bytes" });
  checkAnyAddress("source", source);
  checkAnyAddress("destination", destination);
  let sum = protocol + (bytes & 0xffff) + (bytes >>> 16);
  for (const address of [source, destination]) for (let i = 0; i < address.length; i += 2) sum += (address[i] << 8) | address[i + 1];
  return sum;
}

function checkAnyAddress(name: string, address: IpAddress): void {
  if (requireBytes(name, address).length !== 4) checkAddress(name, address, 16);
}

function checkAddress(name: string, address: IpAddress, bytes: number): void {
  if (requireBytes(name, address).length !== bytes) throw new ParameterError({ what: `bad ${name} address`, got: `${address.length} bytes`, expected: `${bytes} bytes` });
}

/**
 * Writes an IPv4 packet.
 *
 * @param header its fields
 * @param payload up to 65,515 bytes
 * @returns header with checksum, then payload
 * @throws ParameterError for a field out of range
 */
export function encodeIpv4(header: Ipv4Header, payload: Uint8Array): Uint8Array {
  checkObject("header", header, "the fields of an IPv4 header");
  requireBytes("options", header.options);
  requireBytes("payload", payload);
  checkNumber("typeOfService", header.typeOfService, { min: 0, max: 255, integer: true });
  checkNumber("identification", header.identification, { min: 0, max: 65535, integer: true });
  checkNumber("timeToLive", header.timeToLive, { min: 0, max: 255, integer: true });
  checkNumber("protocol", header.protocol, { min: 0, max: 255, integer: true });
  checkNumber("fragmentOffset / 8", header.fragmentOffset / 8, { min: 0, max: 8191, integer: true });
  checkNumber("options.length / 4", header.options.length / 4, { min: 0, max: 10, integer: true });
  checkAddress("source", header.source, 4);
  checkAddress("destination", header.destination, 4);
  const headerBytes = IPV4_HEADER_BYTES + header.options.length;
  const total = checkNumber("total length", headerBytes + payload.length, { max: IPV4_MAX_BYTES, unit: "bytes" });
  const bytes = new Uint8Array(total);
  const flags = (header.dontFragment ? 0x40 : 0) | (header.moreFragments ? 0x20 : 0);
  bytes[0] = 0x40 | (headerBytes >> 2);
  bytes[1] = header.typeOfService;
  put16(bytes, 2, total);
  put16(bytes, 4, header.identification);
  put16(bytes, 6, (flags << 8) | (header.fragmentOffset >> 3));
  bytes[8] = header.timeToLive;
  bytes[9] = header.protocol;
  bytes.set(header.source, 12);
  bytes.set(header.destination, 16);
  bytes.set(header.options, IPV4_HEADER_BYTES);
  put16(bytes, 10, internetChecksum(bytes.subarray(0, headerBytes)));
  bytes.set(payload, headerBytes);
  return bytes;
}

/**
 * Reads the header at the start of some bytes, which may hold only the beginning of the packet (as an ICMP message does).
 *
 * @throws ParseError when it is not an IPv4 header with a right checksum
 */
export function decodeIpv4Header(bytes: Uint8Array): ReadIpv4Header {
  requireBytes("bytes", bytes);
  if (bytes.length < IPV4_HEADER_BYTES) throw new ParseError({ what: "IPv4 header is cut short", got: `${bytes.length} bytes`, expected: "at least 20 bytes", offset: bytes.length });
  const version = bytes[0] >> 4;
  if (version !== 4) throw new ParseError({ what: "bad version of an IPv4 header", got: version, expected: "4", offset: 0 });
  const headerBytes = (bytes[0] & 15) * 4;
  if (headerBytes < IPV4_HEADER_BYTES || headerBytes > bytes.length) throw new ParseError({ what: "bad length of an IPv4 header", got: `${headerBytes} bytes`, expected: `20..60 bytes, within the ${bytes.length} given`, offset: 0 });
  const totalBytes = get16(bytes, 2);
  if (totalBytes < headerBytes) throw new ParseError({ what: "total length is less than the header's", got: totalBytes, expected: `at least ${headerBytes} bytes`, offset: 2 });
  if ((bytes[6] & 0x80) !== 0) throw new ParseError({ what: "the reserved flag is set", got: 1, expected: "0", offset: 6 });
  if (internetChecksum(bytes.subarray(0, headerBytes)) !== 0) throw new ParseError({ what: "wrong checksum of an IPv4 header", got: get16(bytes, 10), expected: "the ones' complement sum of the header", offset: 10 });
  return {
    typeOfService: bytes[1],
    identification: get16(bytes, 4),
    dontFragment: (bytes[6] & 0x40) !== 0,
    moreFragments: (bytes[6] & 0x20) !== 0,
    fragmentOffset: (get16(bytes, 6) & 0x1fff) * 8,
    timeToLive: bytes[8],
    protocol: bytes[9],
    source: bytes.slice(12, 16),
    destination: bytes.slice(16, 20),
    options: bytes.slice(IPV4_HEADER_BYTES, headerBytes),
    headerBytes,
    totalBytes,
  };
}

/**
 * Reads a whole IPv4 packet.
 *
 * @returns its header, and its payload as a view of the same bytes
 * @throws ParseError when the bytes are not exactly one packet
 */
export function decodeIpv4(bytes: Uint8Array): { readonly header: ReadIpv4Header; readonly payload: Uint8Array } {
  const header = decodeIpv4Header(bytes);
  if (header.totalBytes !== bytes.length) throw new ParseError({ what: "total length is not that of the packet", got: header.totalBytes, expected: `${bytes.length} bytes`, offset: 2 });
  if (header.fragmentOffset + bytes.length - header.headerBytes > IPV4_MAX_BYTES) throw new ParseError({ what: "fragment lies beyond the largest packet", got: header.fragmentOffset, expected: "an end within 65,535 bytes", offset: 6 });
  return { header, payload: bytes.subarray(header.headerBytes) };
}

/** The same IPv4 packet with another time to live, 0..255, and a right checksum. @throws ParseError when it is shorter than a header */
export function withTimeToLive(packet: Uint8Array, timeToLive: number): Uint8Array {
  if (requireBytes("packet", packet).length < IPV4_HEADER_BYTES) throw new ParseError({ what: "IPv4 header is cut short", got: `${packet.length} bytes`, expected: "at least 20 bytes", offset: packet.length });
  const bytes = packet.slice();
  bytes[8] = checkNumber("timeToLive", timeToLive, { min: 0, max: 255, integer: true });
  put16(bytes, 10, 0);
  put16(bytes, 10, internetChecksum(bytes.subarray(0, (bytes[0] & 15) * 4)));
  return bytes;
}

/** The fields of the fixed IPv6 header; the payload length follows. */
export interface Ipv6Header {
  /** 0..255 */
  readonly trafficClass: number;
  /** 0..2^20 - 1 */
  readonly flowLabel: number;
  /** What the payload is, see {@link PROTOCOL}. */
  readonly nextHeader: number;
  /** 0..255 */
  readonly hopLimit: number;
  readonly source: IpAddress;
  readonly destination: IpAddress;
}

/**
 * Writes an IPv6 packet.
 *
 * @param payload up to 65,535 bytes
 * @throws ParameterError for a field out of range
 */
export function encodeIpv6(header: Ipv6Header, payload: Uint8Array): Uint8Array {
  checkObject("header", header, "the fields of an IPv6 header");
  requireBytes("payload", payload);
  checkNumber("trafficClass", header.trafficClass, { min: 0, max: 255, integer: true });
  checkNumber("flowLabel", header.flowLabel, { min: 0, max: 0xfffff, integer: true });
  checkNumber("nextHeader", header.nextHeader, { min: 0, max: 255, integer: true });
  checkNumber("hopLimit", header.hopLimit, { min: 0, max: 255, integer: true });
  checkNumber("payload length", payload.length, { max: 65535, unit: "bytes" });
  checkAddress("source", header.source, 16);
  checkAddress("destination", header.destination, 16);
  const bytes = new Uint8Array(IPV6_HEADER_BYTES + payload.length);
  bytes[0] = 0x60 | (header.trafficClass >> 4);
  bytes[1] = ((header.trafficClass & 15) << 4) | (header.flowLabel >> 16);
  put16(bytes, 2, header.flowLabel & 0xffff);
  put16(bytes, 4, payload.length);
  bytes[6] = header.nextHeader;
  bytes[7] = header.hopLimit;
  bytes.set(header.source, 8);
  bytes.set(header.destination, 24);
  bytes.set(payload, IPV6_HEADER_BYTES);
  return bytes;
}

/** Reads the fixed IPv6 header at the start of some bytes. @throws ParseError when it is not one */
export function decodeIpv6Header(bytes: Uint8Array): Ipv6Header & { readonly payloadBytes: number } {
  requireBytes("bytes", bytes);
  if (bytes.length < IPV6_HEADER_BYTES) throw new ParseError({ what: "IPv6 header is cut short", got: `${bytes.length} bytes`, expected: "at least 40 bytes", offset: bytes.length });
  if (bytes[0] >> 4 !== 6) throw new ParseError({ what: "bad version of an IPv6 header", got: bytes[0] >> 4, expected: "6", offset: 0 });
  return {
    trafficClass: ((bytes[0] & 15) << 4) | (bytes[1] >> 4),
    flowLabel: ((bytes[1] & 15) << 16) | get16(bytes, 2),
    nextHeader: bytes[6],
    hopLimit: bytes[7],
    source: bytes.slice(8, 24),
    destination: bytes.slice(24, 40),
    payloadBytes: get16(bytes, 4),
  };
}

/** Reads a whole IPv6 packet. @throws ParseError when the bytes are not exactly one packet */
export function decodeIpv6(bytes: Uint8Array): { readonly header: Ipv6Header; readonly payload: Uint8Array } {
  const header = decodeIpv6Header(bytes);
  if (header.payloadBytes !== bytes.length - IPV6_HEADER_BYTES) throw new ParseError({ what: "payload length is not that of the packet", got: header.payloadBytes, expected: `${bytes.length - IPV6_HEADER_BYTES} bytes`, offset: 4 });
  return { header, payload: bytes.subarray(IPV6_HEADER_BYTES) };
}

/** The two addresses that a UDP checksum covers. */
export interface AddressPair {
  readonly source: IpAddress;
  readonly destination: IpAddress;
}

/**
 * Writes a UDP datagram with its checksum.
 *
 * @param ports 0..65535 each
 * @param payload up to 65,527 bytes
 * @param addresses of the IP header that will carry it
 */
export function encodeUdp(ports: { readonly sourcePort: number; readonly destinationPort: number }, payload: Uint8Array, addresses: AddressPair): Uint8Array {
  checkObject("ports", ports, "sourcePort and destinationPort");
  requireBytes("payload", payload);
  checkObject("addresses", addresses, "source and destination");
  const bytes = new Uint8Array(checkNumber("UDP length", UDP_HEADER_BYTES + payload.length, { max: 65535, unit: "bytes" }));
  put16(bytes, 0, checkNumber("sourcePort", ports.sourcePort, { min: 0, max: 65535, integer: true }));
  put16(bytes, 2, checkNumber("destinationPort", ports.destinationPort, { min: 0, max: 65535, integer: true }));
  put16(bytes, 4, bytes.length);
  bytes.set(payload, UDP_HEADER_BYTES);
  const checksum = internetChecksum(bytes, pseudoHeaderSum(addresses.source, addresses.destination, PROTOCOL.udp, bytes.length));
  // A sum of 0 is sent as all ones: 0 in the field means that there is none.
  put16(bytes, 6, checksum === 0 ? 0xffff : checksum);
  return bytes;
}

/** Reads a UDP datagram. @throws ParseError for a wrong length or checksum, or one left out over IPv6 */
export function decodeUdp(bytes: Uint8Array, addresses: AddressPair): { readonly sourcePort: number; readonly destinationPort: number; readonly payload: Uint8Array } {
  requireBytes("bytes", bytes);
  checkObject("addresses", addresses, "source and destination");
  checkAnyAddress("source", addresses.source);
  if (bytes.length < UDP_HEADER_BYTES) throw new ParseError({ what: "UDP header is cut short", got: `${bytes.length} bytes`, expected: "at least 8 bytes", offset: bytes.length });
  if (get16(bytes, 4) !== bytes.length) throw new ParseError({ what: "UDP length is not that of the datagram", got: get16(bytes, 4), expected: `${bytes.length} bytes`, offset: 4 });
  const stated = get16(bytes, 6);
  if (stated === 0 && addresses.source.length === 16) throw new ParseError({ what: "UDP without checksum over IPv6", got: 0, expected: "a checksum", offset: 6 });
  if (stated !== 0 && internetChecksum(bytes, pseudoHeaderSum(addresses.source, addresses.destination, PROTOCOL.udp, bytes.length)) !== 0) {
    throw new ParseError({ what: "wrong UDP checksum", got: stated, expected: "the sum over pseudo-header and datagram", offset: 6 });
  }
  return { sourcePort: get16(bytes, 0), destinationPort: get16(bytes, 2), payload: bytes.subarray(UDP_HEADER_BYTES) };
}

/** Reads 16 bits, most significant byte first. */
export function get16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

/** Writes 16 bits, most significant byte first. */
export function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value & 255;
}
