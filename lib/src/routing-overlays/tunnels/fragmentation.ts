/**
 * Fragmentation and reassembly of IPv4 packets (RFC 791, section 3.2): a packet larger than the next link is cut at multiples of eight bytes, each piece with a
 * header of its own, and put together only at its destination, which for a tunnel's outer packet is the end of the tunnel.
 * Overlapping fragments discard the whole packet (RFC 5722 demands it for IPv6; no honest sender makes them).
 * Not modelled: a limit on memory other than the time limit. Tests: test/routing-overlays/tunnels/fragmentation.test.ts
 */
import { IPV4_MAX_BYTES, decodeIpv4, encodeIpv4 } from "../../codecs/ip-headers";
import { ParameterError, checkNumber } from "../../errors";
import { formatIpAddress } from "../../ids/ip-address";

/** The smallest size that every IPv4 link must take whole. */
export const IPV4_MIN_MTU_BYTES = 68;

/**
 * Cuts a packet into fragments that fit, or returns it as it is when it fits.
 *
 * @param packet an IPv4 packet without the don't-fragment flag, or one that fits; may be a fragment itself
 * @param mtuBytes the largest packet that the link takes, at least 68
 * @throws ParameterError when it must not be cut
 */
export function fragment(packet: Uint8Array, mtuBytes: number): Uint8Array[] {
  checkNumber("mtuBytes", mtuBytes, { min: IPV4_MIN_MTU_BYTES, integer: true, unit: "bytes" });
  if (!(packet instanceof Uint8Array)) throw new ParameterError({ what: "a packet is no bytes", got: packet, expected: "a Uint8Array" });
  if (packet.length <= mtuBytes) return [packet];
  const { header, payload } = decodeIpv4(packet);
  if (header.dontFragment) throw new ParameterError({ what: "a packet with the don't-fragment flag is too large", got: packet.length, expected: `at most ${mtuBytes} bytes` });
  const pieces: Uint8Array[] = [];
  let options = header.options;
  for (let at = 0; at < payload.length; ) {
    const room = mtuBytes - 20 - options.length;
    const size = payload.length - at <= room ? payload.length - at : room & ~7;
    const moreFragments = header.moreFragments || at + size < payload.length;
    pieces.push(encodeIpv4({ ...header, options, moreFragments, fragmentOffset: header.fragmentOffset + at }, payload.subarray(at, at + size)));
    options = copiedOptions(header.options);
    at += size;
  }
  return pieces;
}

/** Of an option list those that later fragments repeat (their first bit is set), filled up to four bytes. */
function copiedOptions(options: Uint8Array): Uint8Array {
  const kept: number[] = [];
  for (let at = 0; at < options.length && options[at] !== 0; ) {
    const length = options[at] === 1 ? 1 : Math.max(2, options[at + 1] ?? 2);
    if ((options[at] & 0x80) !== 0) kept.push(...options.subarray(at, at + length));
    at += length;
  }
  while (kept.length % 4 !== 0) kept.push(0);
  return Uint8Array.from(kept);
}

interface Pending {
  /** Number that the time limit is set under. */
  readonly ticket: number;
  readonly pieces: { readonly from: number; readonly to: number; readonly bytes: Uint8Array }[];
  first: Uint8Array | null;
  /** Bytes of the whole payload; -1 until the last fragment is here. */
  totalBytes: number;
}

/** What came of a fragment: a whole packet, a wait under a ticket, or nothing because it contradicts the others. */
export type Reassembly = { readonly state: "whole"; readonly packet: Uint8Array; readonly ticket: number } | { readonly state: "waiting"; readonly ticket: number; readonly isNew: boolean } | { readonly state: "refused"; readonly ticket: number };

/** Puts packets together at one node. */
export class Reassembler {
  private readonly pending = new Map<string, Pending>();
  private tickets = 0;

  /** Number of packets that wait for fragments. */
  get waiting(): number {
    return this.pending.size;
  }

  /** Takes a fragment. @throws ParseError when it is no IPv4 packet */
  add(packet: Uint8Array): Reassembly {
    const { header, payload } = decodeIpv4(packet);
    const key = [formatIpAddress(header.source), formatIpAddress(header.destination), header.protocol, header.identification].join(" ");
    const known = this.pending.get(key);
    const entry: Pending = known ?? { ticket: (this.tickets += 1), pieces: [], first: null, totalBytes: -1 };
    this.pending.set(key, entry);
    const from = header.fragmentOffset;
    const to = from + payload.length;
    if (entry.pieces.some((piece) => piece.from === from && piece.to === to)) return { state: "waiting", ticket: entry.ticket, isNew: false };
    if (!header.moreFragments) {
      if (entry.totalBytes >= 0) return this.refuse(key, entry);
      entry.totalBytes = to;
    } else if (payload.length % 8 !== 0 || payload.length === 0) return this.refuse(key, entry);
    const contradicts = entry.pieces.some((piece) => from < piece.to && piece.from < to) || (entry.totalBytes >= 0 && [...entry.pieces, { to }].some((piece) => piece.to > entry.totalBytes));
    if (contradicts) return this.refuse(key, entry);
    entry.pieces.push({ from, to, bytes: payload });
    if (from === 0) entry.first = packet;
    const held = entry.pieces.reduce((sum, piece) => sum + piece.to - piece.from, 0);
    if (held !== entry.totalBytes || entry.first === null) return { state: "waiting", ticket: entry.ticket, isNew: known === undefined };
    this.pending.delete(key);
    const first = decodeIpv4(entry.first).header;
    if (first.headerBytes + entry.totalBytes > IPV4_MAX_BYTES) return { state: "refused", ticket: entry.ticket };
    const whole = new Uint8Array(entry.totalBytes);
    for (const piece of entry.pieces) whole.set(piece.bytes, piece.from);
    return { state: "whole", ticket: entry.ticket, packet: encodeIpv4({ ...first, moreFragments: false, fragmentOffset: 0 }, whole) };
  }

  /** The time limit of a ticket is over. @returns the first fragment of the packet given up, `null` if it never came, `undefined` if nothing waits */
  expire(ticket: number): Uint8Array | null | undefined {
    for (const [key, entry] of this.pending) {
      if (entry.ticket !== ticket) continue;
      this.pending.delete(key);
      return entry.first;
    }
    return undefined;
  }

  private refuse(key: string, entry: Pending): Reassembly {
    this.pending.delete(key);
    return { state: "refused", ticket: entry.ticket };
  }
}
