/**
 * The error messages by which the Internet layer reports a packet that it dropped: ICMP for IPv4 (RFC 792, with the next-hop MTU of RFC 1191)
 * and ICMPv6 (RFC 4443). Each quotes the beginning of the packet it is about. Echo and the other queries are not here.
 */
import { ParameterError, ParseError, checkChoice, checkNumber } from "../errors";
import { requireBytes } from "./bytes";
import { checkObject } from "./check-input";
import type { AddressPair } from "./ip-headers";
import { PROTOCOL, get16, internetChecksum, pseudoHeaderSum, put16 } from "./ip-headers";

/** Bytes of an ICMP header. */
export const ICMP_HEADER_BYTES = 8;
/** How much of the dropped packet's payload an ICMP error quotes (RFC 792). */
export const ICMP_QUOTED_BYTES = 8;
/** An ICMPv6 error fills at most the smallest IPv6 MTU. */
const ICMPV6_MAX_QUOTE = 1280 - 40 - ICMP_HEADER_BYTES;

/** What happened to a packet. "too-big": larger than the next link takes and not to be fragmented. */
export type IcmpProblem = "too-big" | "time-exceeded" | "host-unreachable";

/** An error message. */
export interface IcmpError {
  readonly problem: IcmpProblem;
  /** With "too-big": the size that the next link takes, bytes; else 0. */
  readonly mtuBytes: number;
  /** The beginning of the packet that was dropped. */
  readonly quoted: Uint8Array;
}

const PROBLEMS: readonly IcmpProblem[] = ["too-big", "time-exceeded", "host-unreachable"];
const TYPES: Readonly<Record<4 | 6, Readonly<Record<IcmpProblem, readonly [type: number, code: number]>>>> = {
  4: { "too-big": [3, 4], "time-exceeded": [11, 0], "host-unreachable": [3, 1] },
  6: { "too-big": [2, 0], "time-exceeded": [3, 0], "host-unreachable": [1, 0] },
};

/**
 * Writes an error message about a packet.
 *
 * @param version 4 or 6, that of the packet
 * @param problem what happened
 * @param packet the dropped packet, of which header and eight bytes (IPv4) or as much as fits (IPv6) are quoted
 * @param mtuBytes with "too-big": 0..65535
 * @param addresses of the message's own IP header; its checksum covers them over IPv6
 */
export function encodeIcmpError(version: 4 | 6, problem: IcmpProblem, packet: Uint8Array, mtuBytes: number, addresses: AddressPair): Uint8Array {
  checkVersion(version);
  checkChoice("problem", problem, PROBLEMS);
  requireBytes("packet", packet);
  checkNumber("mtuBytes", mtuBytes, { min: 0, max: 65535, integer: true, unit: "bytes" });
  const quoted = packet.subarray(0, version === 4 ? (packet[0] & 15) * 4 + ICMP_QUOTED_BYTES : ICMPV6_MAX_QUOTE);
  const bytes = new Uint8Array(ICMP_HEADER_BYTES + quoted.length);
  [bytes[0], bytes[1]] = TYPES[version][problem];
  put16(bytes, 6, problem === "too-big" ? mtuBytes : 0);
  bytes.set(quoted, ICMP_HEADER_BYTES);
  put16(bytes, 2, internetChecksum(bytes, initialSum(version, bytes.length, addresses)));
  return bytes;
}

/**
 * Reads an error message.
 *
 * @throws ParseError for a wrong checksum, a message that is cut short, or a kind that is not one of {@link IcmpProblem}
 */
export function decodeIcmpError(version: 4 | 6, bytes: Uint8Array, addresses: AddressPair): IcmpError {
  checkVersion(version);
  requireBytes("bytes", bytes);
  if (bytes.length < ICMP_HEADER_BYTES) throw new ParseError({ what: "ICMP message is cut short", got: `${bytes.length} bytes`, expected: "at least 8 bytes", offset: bytes.length });
  if (internetChecksum(bytes, initialSum(version, bytes.length, addresses)) !== 0) throw new ParseError({ what: "wrong ICMP checksum", got: get16(bytes, 2), expected: "the sum over the message", offset: 2 });
  const problem = PROBLEMS.find((name) => TYPES[version][name][0] === bytes[0] && TYPES[version][name][1] === bytes[1]);
  if (problem === undefined) throw new ParseError({ what: "ICMP message of another kind", got: `type ${bytes[0]} code ${bytes[1]}`, expected: "packet too big, time exceeded or host unreachable", offset: 0 });
  return { problem, mtuBytes: problem === "too-big" ? get16(bytes, 6) : 0, quoted: bytes.subarray(ICMP_HEADER_BYTES) };
}

function checkVersion(version: 4 | 6): void {
  if (version !== 4 && version !== 6) throw new ParameterError({ what: "bad version of IP", got: version, expected: "4 or 6", where: "parameter version" });
}

function initialSum(version: 4 | 6, bytes: number, addresses: AddressPair): number {
  checkObject("addresses", addresses, "source and destination");
  return version === 4 ? 0 : pseudoHeaderSum(addresses.source, addresses.destination, PROTOCOL.icmpv6, bytes);
}
