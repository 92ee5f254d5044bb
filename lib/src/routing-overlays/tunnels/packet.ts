/**
 * One view of the packets of all overlays. An overlay whose addresses are 32-bit or 128-bit numbers uses real IPv4 or IPv6 headers; one that routes by
 * names, URLs or content uses a header of our own (ten bytes, then the two addresses as text), since no standard one exists:
 * version and kind, next protocol, hop limit, 0, port (2 bytes), length of the source (2), length of the destination (2). The first four bits
 * tell the three apart (4, 6, 1), so one UDP port can carry any of them. Section 9.4, figure 2: the header that is called IHdr or OHdr there.
 * Tests: test/routing-overlays/tunnels/words.test.ts
 */
import { decodeText, utf8Bytes } from "../../codecs/bytes";
import { IPV4_HEADER_BYTES, IPV6_HEADER_BYTES, PROTOCOL, UDP_HEADER_BYTES, decodeIpv4, decodeIpv4Header, decodeIpv6, decodeIpv6Header, decodeUdp, encodeIpv4, encodeIpv6, get16, put16, withTimeToLive } from "../../codecs/ip-headers";
import { ParameterError, ParseError, checkChoice, checkNumber } from "../../errors";
import { checkObject } from "../../network/check-input";
import { formatIpAddress, parseIpAddress } from "../../ids/ip-address";
import { nameLabels, urlLabels } from "./label-table";
import { attributesText, parseAttributes } from "./predicates";

/** What an overlay's addresses are. */
export type AddressFamily = "ipv4" | "ipv6" | "name" | "url" | "content";

/** All families. */
export const ADDRESS_FAMILIES: readonly AddressFamily[] = Object.freeze(["ipv4", "ipv6", "name", "url", "content"]);
/**
 * A family by its name, for parameters that a reader sets.
 * @throws ParameterError for another name
 */
export function addressFamily(name: string): AddressFamily {
  const family = ADDRESS_FAMILIES.find((known) => known === name);
  if (family === undefined) throw new ParameterError({ what: "unknown family of addresses", got: name, expected: ADDRESS_FAMILIES.join(", ") });
  return family;
}

/** Bytes of our header before the two addresses. */
export const NAMED_HEADER_BYTES = 10;
/** Next protocol of our header when the payload is a packet of an overlay that is not IP (unassigned by IANA). */
export const NAMED_PACKET = 252;
/** Next protocol of routing messages between the nodes of an overlay of names (RFC 3692 sets 254 aside for experiments). */
export const ROUTING_MESSAGE = 254;

const KINDS: readonly AddressFamily[] = ["name", "url", "content"];

/** The fields that forwarding looks at, whatever the header. */
export interface PacketView {
  readonly family: AddressFamily;
  /** Addresses as canonical text; the destination of a content packet is the text of its attributes. */
  readonly source: string;
  readonly destination: string;
  readonly timeToLive: number;
  /** Protocol or next-header number. */
  readonly next: number;
  /** Of our own header only; 0 otherwise. */
  readonly port: number;
  readonly trafficClass: number;
  /** IPv4: the flag. IPv6: true, for routers never fragment. Ours: false. */
  readonly dontFragment: boolean;
  readonly isFragment: boolean;
  readonly headerBytes: number;
  readonly totalBytes: number;
  readonly payload: Uint8Array;
}

/** What a new packet says. */
export interface PacketFields {
  readonly source: string;
  readonly destination: string;
  readonly timeToLive: number;
  readonly next: number;
  readonly port?: number;
  readonly trafficClass?: number;
  readonly dontFragment?: boolean;
  readonly identification?: number;
}

/**
 * An address in its one canonical text.
 * @throws ParameterError when it is not an address of the family
 */
export function canonicalAddress(family: AddressFamily, text: string): string {
  checkChoice("family", family, ADDRESS_FAMILIES);
  switch (family) {
    case "ipv4":
    case "ipv6": {
      const address = parseIpAddress(text);
      if (address.length !== (family === "ipv4" ? 4 : 16)) throw new ParameterError({ what: "address of another width", got: text, expected: family === "ipv4" ? "32 bits" : "128 bits" });
      return formatIpAddress(address);
    }
    case "name":
      return nameLabels(text).reverse().join(".");
    case "url": {
      const [scheme, host, ...path] = urlLabels(text);
      return `${scheme}://${host}/${path.join("/")}`;
    }
    case "content":
      return nameLabels(text).reverse().join(".");
  }
}

/** The family of a packet, told by its first bits. @throws ParseError for none of them */
export function familyOf(bytes: Uint8Array): AddressFamily {
  if (!(bytes instanceof Uint8Array)) throw new ParameterError({ what: "a packet is no bytes", got: bytes, expected: "a Uint8Array" });
  const first = bytes.length === 0 ? -1 : bytes[0];
  if (first >> 4 === 4) return "ipv4";
  if (first >> 4 === 6) return "ipv6";
  const kind = KINDS[(first & 15) - 1];
  if (first >> 4 !== 1 || kind === undefined) throw new ParseError({ what: "not a packet of a known overlay", got: first, expected: "first byte 0x4., 0x6., 0x11, 0x12 or 0x13", offset: 0 });
  return kind;
}

/** Reads a packet of any family. @throws ParseError when it is malformed */
export function readPacket(bytes: Uint8Array): PacketView {
  const family = familyOf(bytes);
  if (family === "ipv4") {
    const { header, payload } = decodeIpv4(bytes);
    return {
      family, payload, port: 0, next: header.protocol, timeToLive: header.timeToLive, trafficClass: header.typeOfService, dontFragment: header.dontFragment,
      isFragment: header.moreFragments || header.fragmentOffset > 0, source: formatIpAddress(header.source), destination: formatIpAddress(header.destination), headerBytes: header.headerBytes, totalBytes: bytes.length,
    };
  }
  if (family === "ipv6") {
    const { header, payload } = decodeIpv6(bytes);
    return {
      family, payload, port: 0, next: header.nextHeader, timeToLive: header.hopLimit, trafficClass: header.trafficClass, dontFragment: true,
      isFragment: false, source: formatIpAddress(header.source), destination: formatIpAddress(header.destination), headerBytes: IPV6_HEADER_BYTES, totalBytes: bytes.length,
    };
  }
  return readNamed(family, bytes);
}

function readNamed(family: AddressFamily, bytes: Uint8Array): PacketView {
  const sourceEnd = NAMED_HEADER_BYTES + (bytes.length < NAMED_HEADER_BYTES ? 0 : get16(bytes, 6));
  const headerBytes = sourceEnd + (bytes.length < NAMED_HEADER_BYTES ? 0 : get16(bytes, 8));
  if (headerBytes > bytes.length) throw new ParseError({ what: "header with names is cut short", got: `${bytes.length} bytes`, expected: `at least ${headerBytes} bytes`, offset: bytes.length });
  if (bytes[3] !== 0) throw new ParseError({ what: "the reserved byte is set", got: bytes[3], expected: "0", offset: 3 });
  const text = (from: number, to: number, read: (text: string) => string): string => {
    const { text: found, isUtf8 } = decodeText(bytes.subarray(from, to));
    try {
      if (isUtf8 && read(found) === found) return found;
    } catch {
      // Said below, with the place.
    }
    throw new ParseError({ what: `bad ${family} address in a header`, got: found, expected: "an address in its canonical form", offset: from });
  };
  const address = (found: string) => canonicalAddress(family, found);
  const source = text(NAMED_HEADER_BYTES, sourceEnd, address);
  const destination = text(sourceEnd, headerBytes, family === "content" ? (found) => (found.startsWith("[") ? attributesText(parseAttributes(found)) : address(found)) : address);
  return {
    family, source, destination, next: bytes[1], timeToLive: bytes[2], port: get16(bytes, 4), trafficClass: 0, dontFragment: false,
    isFragment: false, headerBytes, totalBytes: bytes.length, payload: bytes.subarray(headerBytes),
  };
}

/** Writes a packet. Addresses must be canonical. @throws ParameterError for a field out of range */
export function writePacket(family: AddressFamily, fields: PacketFields, payload: Uint8Array): Uint8Array {
  checkChoice("family", family, ADDRESS_FAMILIES);
  const { timeToLive, next, trafficClass = 0 } = checkObject("fields", fields, "the fields of a header");
  if (family === "ipv4") {
    const addresses = { source: parseIpAddress(fields.source), destination: parseIpAddress(fields.destination) };
    const { dontFragment = false, identification = 0 } = fields;
    return encodeIpv4({ ...addresses, typeOfService: trafficClass, identification, dontFragment, moreFragments: false, fragmentOffset: 0, timeToLive, protocol: next, options: new Uint8Array(0) }, payload);
  }
  if (family === "ipv6") {
    const addresses = { source: parseIpAddress(fields.source), destination: parseIpAddress(fields.destination) };
    return encodeIpv6({ ...addresses, trafficClass, flowLabel: 0, nextHeader: next, hopLimit: timeToLive }, payload);
  }
  const source = utf8Bytes(fields.source);
  const destination = utf8Bytes(fields.destination);
  checkNumber("length of a name", Math.max(source.length, destination.length), { max: 65535, unit: "bytes" });
  const bytes = new Uint8Array(NAMED_HEADER_BYTES + source.length + destination.length + payload.length);
  bytes[0] = 0x10 | (KINDS.indexOf(family) + 1);
  bytes[1] = checkNumber("next", next, { min: 0, max: 255, integer: true });
  bytes[2] = checkNumber("timeToLive", timeToLive, { min: 0, max: 255, integer: true });
  put16(bytes, 4, checkNumber("port", fields.port ?? 0, { min: 0, max: 65535, integer: true }));
  put16(bytes, 6, source.length);
  put16(bytes, 8, destination.length);
  bytes.set(source, NAMED_HEADER_BYTES);
  bytes.set(destination, NAMED_HEADER_BYTES + source.length);
  bytes.set(payload, NAMED_HEADER_BYTES + source.length + destination.length);
  return bytes;
}

/** The packet with one hop less to live. Must have at least one. */
export function lowerTimeToLive(bytes: Uint8Array): Uint8Array {
  if (familyOf(bytes) === "ipv4") return withTimeToLive(bytes, bytes[8] - 1);
  const copy = bytes.slice();
  copy[familyOf(bytes) === "ipv6" ? 7 : 2] -= 1;
  return copy;
}

/** One header of a packet, for tables and drawings. */
export interface HeaderView {
  readonly protocol: "IPv4" | "IPv6" | "UDP" | "name" | "url" | "content";
  /** Addresses; ports in a UDP header. */
  readonly source: string;
  readonly destination: string;
  /** -1 in a UDP header. */
  readonly timeToLive: number;
  readonly bytes: number;
}

const PROTOCOL_NAMES = { ipv4: "IPv4", ipv6: "IPv6", name: "name", url: "url", content: "content" } as const;

/**
 * All headers of a packet from the outermost in: what the nodes at the ends of tunnels could read, and routers never do. A UDP payload is taken
 * for a packet when it reads as one. Inside a fragment that is not the first, and inside a quoted packet, nothing more is read.
 *
 * @throws ParseError when the outermost header is malformed
 */
export function headersOf(packet: Uint8Array): HeaderView[] {
  const found: HeaderView[] = [];
  let inner: Uint8Array | null = packet;
  while (inner !== null) {
    const view: PacketView = readPacket(inner);
    found.push({ protocol: PROTOCOL_NAMES[view.family], source: view.source, destination: view.destination, timeToLive: view.timeToLive, bytes: view.headerBytes });
    inner = view.isFragment ? null : innerPacket(view, found);
  }
  return found;
}

function innerPacket(view: PacketView, found: HeaderView[]): Uint8Array | null {
  let { payload } = view;
  const isIp = view.family === "ipv4" || view.family === "ipv6";
  const isUdp = isIp && view.next === PROTOCOL.udp;
  if (!isUdp && view.next !== PROTOCOL.ipv4 && view.next !== PROTOCOL.ipv6 && !(view.next === NAMED_PACKET && !isIp)) return null;
  try {
    if (isUdp) {
      const datagram = decodeUdp(payload, { source: parseIpAddress(view.source), destination: parseIpAddress(view.destination) });
      found.push({ protocol: "UDP", source: String(datagram.sourcePort), destination: String(datagram.destinationPort), timeToLive: -1, bytes: UDP_HEADER_BYTES });
      payload = datagram.payload;
    }
    readPacket(payload);
    return payload;
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

/**
 * Number of network headers (UDP not counted) that seem to stand inside each other in a packet. A quick count for the guard against endless nesting:
 * nothing is checked, and a UDP payload counts if its first bits look like a packet's.
 */
export function nestingOf(packet: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < packet.length; ) {
    const version = packet[at] >> 4;
    if (version !== 4 && version !== 6 && version !== 1) break;
    count += 1;
    const isFragment = version === 4 && (get16(packet, at + 6) & 0x3fff) !== 0;
    const next = version === 4 ? packet[at + 9] : version === 6 ? packet[at + 6] : packet[at + 1];
    const header = version === 4 ? Math.max(IPV4_HEADER_BYTES, (packet[at] & 15) * 4) : version === 6 ? IPV6_HEADER_BYTES : NAMED_HEADER_BYTES + get16(packet, at + 6) + get16(packet, at + 8);
    if (isFragment) break;
    if (version !== 1 && next === PROTOCOL.udp) at += header + UDP_HEADER_BYTES;
    else if (next === PROTOCOL.ipv4 || next === PROTOCOL.ipv6 || (version === 1 && next === NAMED_PACKET)) at += header;
    else break;
  }
  return count;
}

/** The family and destination of a packet of which only the beginning is known, as an ICMP message quotes it; `null` when it is no IP header. */
export function quotedDestination(quoted: Uint8Array): string | null {
  try {
    if (quoted.length >= IPV4_HEADER_BYTES && quoted[0] >> 4 === 4) return formatIpAddress(decodeIpv4Header(quoted).destination);
    return formatIpAddress(decodeIpv6Header(quoted).destination);
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}
