/**
 * The rules for putting a packet into another one and taking it out: IP within IP (RFC 2003), IPv6 within IPv4 (RFC 4213), and either, or a packet with
 * names, within UDP. Pure functions over bytes; the node that applies them is tunnel-node.ts. Section 9.4, figure 2.
 * Deviates: a UDP tunnel follows the rules of RFC 2003 for the time to live and the don't-fragment flag, for which UDP itself has none. An IPv4 packet that may
 * be fragmented but is too large for a tunnel over IPv6 is cut before it enters, not after (RFC 2473 would use IPv6's fragment header).
 * An ICMP error from within a tunnel changes what its end knows of it, and the sender is told when it sends the next packet that is too large: the soft state of RFC 2003, sections 4 and 5.1.
 * Not modelled: congestion bits beyond copying the whole service byte, IP options. Tests: test/routing-overlays/tunnels/encapsulation.test.ts
 */
import { IPV4_HEADER_BYTES, IPV6_HEADER_BYTES, PROTOCOL, UDP_HEADER_BYTES, decodeUdp, encodeUdp } from "../../codecs/ip-headers";
import { checkChoice, checkNumber } from "../../errors";
import { parseIpAddress } from "../../ids/ip-address";
import { checkObject } from "../../network/check-input";
import { ADDRESS_FAMILIES, NAMED_HEADER_BYTES, NAMED_PACKET, readPacket, writePacket, type AddressFamily, type PacketView } from "./packet";

/** How a packet is put into another: directly, or in a UDP datagram (20 or 28 bytes over IPv4). */
export type Encapsulation = "ip-in-ip" | "udp";

/** All ways of {@link Encapsulation}. */
export const ENCAPSULATIONS: readonly Encapsulation[] = ["ip-in-ip", "udp"];

/** The smallest size that every IPv6 link must take whole (RFC 8200, section 5). */
export const IPV6_MIN_MTU_BYTES = 1280;

/** What an outer header is made of. */
export interface OuterFields {
  readonly family: AddressFamily;
  readonly source: string;
  readonly destination: string;
  readonly encapsulation: Encapsulation;
  /** UDP port, or port of a header with names; tells the overlays on one pair of nodes apart. */
  readonly port: number;
  readonly timeToLive: number;
  readonly dontFragment: boolean;
  readonly identification: number;
}

/** Refuses what {@link readPacket} cannot have given. */
function checkPacket(name: string, packet: PacketView): void {
  checkChoice(`${name}.family`, checkObject(name, packet, "a packet as readPacket gives it").family, ADDRESS_FAMILIES);
}

/** Bytes that an outer header adds. */
export function overheadBytes(outer: Pick<OuterFields, "family" | "source" | "destination" | "encapsulation">): number {
  const { family, source, destination, encapsulation } = checkObject("outer", outer, "family, source, destination and encapsulation");
  checkChoice("family", family, ADDRESS_FAMILIES);
  checkChoice("encapsulation", encapsulation, ENCAPSULATIONS);
  if (family !== "ipv4" && family !== "ipv6") return NAMED_HEADER_BYTES + source.length + destination.length;
  return (family === "ipv4" ? IPV4_HEADER_BYTES : IPV6_HEADER_BYTES) + (encapsulation === "udp" ? UDP_HEADER_BYTES : 0);
}

/** The protocol number that says what kind of packet is inside. */
export function protocolOf(inner: AddressFamily): number {
  return inner === "ipv4" ? PROTOCOL.ipv4 : inner === "ipv6" ? PROTOCOL.ipv6 : NAMED_PACKET;
}

/**
 * Whether a packet may enter a tunnel, and whether its outer packet may be fragmented.
 *
 * IPv4 (RFC 2003): the don't-fragment flag is copied to the outer header (section 3.1), so a packet with it must fit, and one that does not is reported as too big
 * (section 5.1); one without it always may enter. IPv6 (RFC 4213, section 3.2.2): a tunnel of up to 1280 bytes takes 1280 by fragmenting, a larger one must take the
 * packet whole.
 *
 * @param inner the packet
 * @param tunnelMtuBytes the largest inner packet that passes the tunnel in one piece
 * @returns `refuse` with the size to report to the sender, or `carry` with the outer flag
 */
export function admitToTunnel(inner: PacketView, tunnelMtuBytes: number): { readonly action: "carry"; readonly dontFragment: boolean } | { readonly action: "refuse"; readonly mtuBytes: number } {
  checkPacket("inner", inner);
  checkNumber("tunnelMtuBytes", tunnelMtuBytes, { min: 1, integer: true, unit: "bytes" });
  if (!inner.dontFragment) return { action: "carry", dontFragment: false };
  const canSplit = inner.family === "ipv6" && tunnelMtuBytes <= IPV6_MIN_MTU_BYTES;
  const limit = canSplit ? IPV6_MIN_MTU_BYTES : tunnelMtuBytes;
  return inner.totalBytes > limit ? { action: "refuse", mtuBytes: limit } : { action: "carry", dontFragment: !canSplit };
}

/** Whether the rule against loops forbids a tunnel within one address space: a packet that comes from either end of it (RFC 2003, section 3.2). */
export function wouldLoop(inner: PacketView, tunnelSource: string, tunnelDestination: string): boolean {
  checkPacket("inner", inner);
  return inner.source === tunnelSource || inner.source === tunnelDestination;
}

/** Puts a packet into another one. The inner packet is not changed: its time to live was lowered by forwarding, if it was forwarded (RFC 2003, section 3.1). */
export function encapsulate(inner: PacketView, innerBytes: Uint8Array, outer: OuterFields): Uint8Array {
  checkPacket("inner", inner);
  const { family, source, destination, timeToLive, dontFragment, identification, port } = checkObject("outer", outer, "the fields of an outer header");
  checkChoice("encapsulation", outer.encapsulation, ENCAPSULATIONS);
  const isIp = family === "ipv4" || family === "ipv6";
  const fields = { source, destination, timeToLive, dontFragment, identification, trafficClass: inner.trafficClass, port: isIp ? 0 : port };
  if (!isIp || outer.encapsulation === "ip-in-ip") return writePacket(family, { ...fields, next: protocolOf(inner.family) }, innerBytes);
  const addresses = { source: parseIpAddress(source), destination: parseIpAddress(destination) };
  return writePacket(family, { ...fields, next: PROTOCOL.udp }, encodeUdp({ sourcePort: port, destinationPort: port }, innerBytes, addresses));
}

/** What a packet that reached its destination carries, if it is a packet itself: which kind of tunnel it came through, and the bytes inside. */
export interface Carried {
  readonly encapsulation: Encapsulation;
  /** UDP port or port of the header with names; 0 directly within IP. */
  readonly port: number;
  readonly inner: Uint8Array;
}

/**
 * Takes the outer header off.
 *
 * @returns `null` when the payload is not that of a tunnel; over UDP that is for the caller to decide by the port
 * @throws ParseError for a malformed UDP header
 */
export function decapsulate(outer: PacketView): Carried | null {
  checkPacket("outer", outer);
  const isIp = outer.family === "ipv4" || outer.family === "ipv6";
  if (isIp && outer.next === PROTOCOL.udp) {
    const datagram = decodeUdp(outer.payload, { source: parseIpAddress(outer.source), destination: parseIpAddress(outer.destination) });
    return { encapsulation: "udp", port: datagram.destinationPort, inner: datagram.payload };
  }
  if (outer.next !== PROTOCOL.ipv4 && outer.next !== PROTOCOL.ipv6 && !(outer.next === NAMED_PACKET && !isIp)) return null;
  return { encapsulation: isIp ? "ip-in-ip" : "udp", port: isIp ? 0 : outer.port, inner: outer.payload };
}

/** Reads the inner packet after decapsulation; one whose time to live is 0 must be discarded (RFC 2003, section 3.1), told as `null`. */
export function readInner(inner: Uint8Array): PacketView | null {
  const view = readPacket(inner);
  return view.timeToLive === 0 ? null : view;
}
