/**
 * Membership messages between hosts and their multicast router: IGMP version 2 for IPv4 (RFC 2236) and its translation for IPv6, MLD (RFC 2710).
 * Both are strict: wrong length, type or checksum is a ParseError with its offset. Not done: versions 3 and 2 with lists of sources (RFC 3376, 3810).
 * Tests: test/codecs/multicast-messages.test.ts, test/fuzz/multicast-messages.test.ts
 */
import { ParameterError, ParseError, checkChoice, checkNumber } from "../errors";
import type { IpAddress } from "../ids/ip-address";
import { PROTOCOL, get16, internetChecksum, pseudoHeaderSum, put16, type AddressPair } from "./ip-headers";

/** Bytes of an IGMP message (RFC 2236, section 2). */
export const IGMP_BYTES = 8;
/** Bytes of an MLD message (RFC 2710, section 3). */
export const MLD_BYTES = 24;
/** Protocol number of IGMP, and of DVMRP within it. */
export const PROTOCOL_IGMP = 2;
/** The Router Alert option (RFC 2113) that stands in the IP header of IGMP version 2 messages. */
export const ROUTER_ALERT: Uint8Array = Uint8Array.of(0x94, 0x04, 0, 0);

/** What a membership message says: who is there, I am there, or I leave ("done" in MLD). */
export type MembershipKind = "query" | "report" | "version-1-report" | "leave";

/** A membership message. */
export interface MembershipMessage {
  readonly kind: MembershipKind;
  /** Longest time until an answer, tenths of a second (IGMP, 0..255) or milliseconds (MLD, 0..65535); 0 except in queries. */
  readonly maxResponse: number;
  /** 4 or 16 bytes; all 0 in a general query. */
  readonly group: IpAddress;
}

const KINDS: readonly MembershipKind[] = ["query", "report", "version-1-report", "leave"];
const IGMP_TYPES: Readonly<Record<MembershipKind, number>> = { query: 0x11, report: 0x16, "version-1-report": 0x12, leave: 0x17 };
const MLD_TYPES: Readonly<Record<MembershipKind, number>> = { query: 130, report: 131, "version-1-report": -1, leave: 132 };

/** Writes an IGMP message. @throws ParameterError for a field out of range or a group that is not 4 bytes */
export function encodeIgmp(message: MembershipMessage): Uint8Array {
  checkChoice("kind", message.kind, KINDS);
  checkWidth(message.group, 4);
  const bytes = new Uint8Array(IGMP_BYTES);
  bytes[0] = IGMP_TYPES[message.kind];
  bytes[1] = checkNumber("maxResponse", message.maxResponse, { min: 0, max: 255, integer: true, unit: "tenths of a second" });
  bytes.set(message.group, 4);
  put16(bytes, 2, internetChecksum(bytes));
  return bytes;
}

/** Reads an IGMP message. @throws ParseError when it is malformed or of another type */
export function decodeIgmp(bytes: Uint8Array): MembershipMessage {
  if (bytes.length !== IGMP_BYTES) throw new ParseError({ what: "bad length of an IGMP message", got: `${bytes.length} bytes`, expected: `${IGMP_BYTES} bytes`, offset: Math.min(bytes.length, IGMP_BYTES) });
  if (internetChecksum(bytes) !== 0) throw new ParseError({ what: "wrong IGMP checksum", got: get16(bytes, 2), expected: "the sum over the message", offset: 2 });
  const kind = KINDS.find((name) => IGMP_TYPES[name] === bytes[0]);
  if (kind === undefined) throw new ParseError({ what: "IGMP message of another type", got: bytes[0], expected: "0x11, 0x12, 0x16 or 0x17", offset: 0 });
  return { kind, maxResponse: bytes[1], group: bytes.slice(4) };
}

/**
 * Writes an MLD message.
 * @param addresses of its IPv6 header, which the checksum covers
 * @throws ParameterError for a field out of range, a group that is not 16 bytes, or a kind that MLD does not have
 */
export function encodeMld(message: MembershipMessage, addresses: AddressPair): Uint8Array {
  checkChoice("kind", message.kind, ["query", "report", "leave"]);
  checkWidth(message.group, 16);
  const bytes = new Uint8Array(MLD_BYTES);
  bytes[0] = MLD_TYPES[message.kind];
  put16(bytes, 4, checkNumber("maxResponse", message.maxResponse, { min: 0, max: 65535, integer: true, unit: "ms" }));
  bytes.set(message.group, 8);
  put16(bytes, 2, internetChecksum(bytes, pseudoHeaderSum(addresses.source, addresses.destination, PROTOCOL.icmpv6, bytes.length)));
  return bytes;
}

/** Reads an MLD message. @throws ParseError when it is malformed or of another type */
export function decodeMld(bytes: Uint8Array, addresses: AddressPair): MembershipMessage {
  if (bytes.length !== MLD_BYTES) throw new ParseError({ what: "bad length of an MLD message", got: `${bytes.length} bytes`, expected: `${MLD_BYTES} bytes`, offset: Math.min(bytes.length, MLD_BYTES) });
  if (internetChecksum(bytes, pseudoHeaderSum(addresses.source, addresses.destination, PROTOCOL.icmpv6, bytes.length)) !== 0) throw new ParseError({ what: "wrong MLD checksum", got: get16(bytes, 2), expected: "the sum over pseudo-header and message", offset: 2 });
  const kind = KINDS.find((name) => MLD_TYPES[name] === bytes[0]);
  if (kind === undefined || bytes[1] !== 0) throw new ParseError({ what: "MLD message of another type", got: `${bytes[0]} code ${bytes[1]}`, expected: "130, 131 or 132 with code 0", offset: 0 });
  if (get16(bytes, 6) !== 0) throw new ParseError({ what: "the reserved field is set", got: get16(bytes, 6), expected: "0", offset: 6 });
  return { kind, maxResponse: get16(bytes, 4), group: bytes.slice(8) };
}

/** Whether a payload of ICMPv6 is meant for MLD, by its type. */
export function isMld(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes[0] >= 130 && bytes[0] <= 132;
}

function checkWidth(group: IpAddress, bytes: number): void {
  if (!(group instanceof Uint8Array) || group.length !== bytes) throw new ParameterError({ what: "bad group of a membership message", got: group, expected: `${bytes} bytes` });
}
