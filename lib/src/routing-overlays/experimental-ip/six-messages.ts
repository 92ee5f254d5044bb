/**
 * Routing messages of the 6-Bone as bytes: RIPng (RFC 2080: 4 bytes, then 20 for each route) and PIM for dense mode (RFC 3973, formats of RFC 4601, section 4.9):
 * hello, and the join/prune, graft and graft-ack that name one source and group. Strict: anything else is a ParseError with its offset.
 * Not done: next-hop entries of RIPng, joins, asserts and state refresh of PIM. Tests: test/codecs/multicast-messages.test.ts, test/fuzz/multicast-messages.test.ts
 */
import { get16, internetChecksum, pseudoHeaderSum, put16, type AddressPair } from "../../codecs/ip-headers";
import { ParameterError, ParseError, checkNumber } from "../../errors";
import { maskAddress, sameAddress, type IpAddress, type IpPrefix } from "../../ids/ip-address";

/** UDP port of RIPng. */
export const RIP_PORT = 521;
/** Metric of RIPng that means unreachable. */
export const RIP_INFINITY = 16;
/** Bytes of a RIPng header and of each route. */
export const RIP_HEADER_BYTES = 4;
export const RIP_ROUTE_BYTES = 20;
/** Next-header number of PIM. */
export const PROTOCOL_PIM = 103;
/** Bytes of a PIM message that names one source and group, and of a hello with hold time and generation. */
export const PIM_PRUNE_BYTES = 70;
export const PIM_HELLO_BYTES = 18;

/** A route with its metric, 1..16. */
export interface RipRoute extends IpPrefix {
  readonly metric: number;
}

/** A RIPng message. A request without routes asks for the whole table (written as the RFC's single entry ::/0 with metric 16). */
export interface RipMessage {
  readonly kind: "request" | "response";
  readonly routes: readonly RipRoute[];
}

/** Writes a RIPng message. @throws ParameterError for a field out of range */
export function encodeRip(message: RipMessage): Uint8Array {
  const routes = message.kind === "request" ? [{ address: new Uint8Array(16), length: 0, metric: RIP_INFINITY }] : message.routes;
  const bytes = new Uint8Array(RIP_HEADER_BYTES + RIP_ROUTE_BYTES * routes.length);
  bytes.set([message.kind === "request" ? 1 : 2, 1]);
  routes.forEach(({ address, length, metric }, index) => {
    const at = RIP_HEADER_BYTES + RIP_ROUTE_BYTES * index;
    if (address.length !== 16) throw new ParameterError({ what: "bad prefix of a route", got: address, expected: "16 bytes" });
    bytes.set(address, at);
    bytes[at + 18] = checkNumber("length", length, { min: 0, max: 128, integer: true, unit: "bits" });
    bytes[at + 19] = checkNumber("metric", metric, { min: 1, max: RIP_INFINITY, integer: true });
  });
  return bytes;
}

/** Reads a RIPng message. @throws ParseError when it is malformed, or a request for single routes */
export function decodeRip(bytes: Uint8Array): RipMessage {
  const count = (bytes.length - RIP_HEADER_BYTES) / RIP_ROUTE_BYTES;
  if (!(Number.isInteger(count) && count >= 0)) throw new ParseError({ what: "bad length of a RIPng message", got: `${bytes.length} bytes`, expected: "4 bytes and 20 for each route", offset: bytes.length });
  if ((bytes[0] !== 1 && bytes[0] !== 2) || bytes[1] !== 1 || get16(bytes, 2) !== 0) throw new ParseError({ what: "bad RIPng header", got: [...bytes.subarray(0, 4)], expected: "command 1 or 2, version 1, 0, 0", offset: 0 });
  const routes = Array.from({ length: count }, (_, index): RipRoute => {
    const at = RIP_HEADER_BYTES + RIP_ROUTE_BYTES * index;
    const [address, length, metric] = [bytes.slice(at, at + 16), bytes[at + 18], bytes[at + 19]];
    if (length > 128 || !sameAddress(address, maskAddress(address, length))) throw new ParseError({ what: "bad prefix in a RIPng message", got: length, expected: "0..128 bits and zeros beyond them", offset: at });
    if (metric < 1 || metric > RIP_INFINITY || get16(bytes, at + 16) !== 0) throw new ParseError({ what: "bad metric or tag in a RIPng message", got: metric, expected: "1..16, tag 0", offset: at + 16 });
    return { address, length, metric };
  });
  if (bytes[0] === 2) return { kind: "response", routes };
  if (routes.length !== 1 || routes[0].length !== 0 || routes[0].metric !== RIP_INFINITY) throw new ParseError({ what: "request for single routes", got: routes.length, expected: "one entry ::/0 with metric 16", offset: RIP_HEADER_BYTES });
  return { kind: "request", routes: [] };
}

/** A PIM message. Times are whole seconds 0..65535. */
export type PimMessage =
  | { readonly kind: "hello"; readonly holdSeconds: number; readonly generation: number }
  | { readonly kind: "prune" | "graft" | "graft-ack"; readonly upstream: IpAddress; readonly group: IpAddress; readonly source: IpAddress; readonly holdSeconds: number };

const PIM_TYPES: Readonly<Record<PimMessage["kind"], number>> = { hello: 0, prune: 3, graft: 6, "graft-ack": 7 };
/** Address family number of IPv6 in PIM. */
const FAMILY_IPV6 = 2;

/** Writes a PIM message. @param addresses of its IPv6 header, which the checksum covers; @throws ParameterError for a field out of range */
export function encodePim(message: PimMessage, addresses: AddressPair): Uint8Array {
  const bytes = new Uint8Array(message.kind === "hello" ? PIM_HELLO_BYTES : PIM_PRUNE_BYTES);
  bytes[0] = 0x20 | PIM_TYPES[message.kind];
  checkNumber("holdSeconds", message.holdSeconds, { min: 0, max: 65535, integer: true, unit: "s" });
  if (message.kind === "hello") {
    bytes.set([0, 1, 0, 2], 4);
    put16(bytes, 8, message.holdSeconds);
    bytes.set([0, 20, 0, 4], 10);
    checkNumber("generation", message.generation, { min: 0, max: 4294967295, integer: true });
    put16(bytes, 14, Math.floor(message.generation / 65536));
    put16(bytes, 16, message.generation % 65536);
  } else {
    for (const address of [message.upstream, message.group, message.source]) if (address.length !== 16) throw new ParameterError({ what: "bad address in a PIM message", got: address, expected: "16 bytes" });
    bytes[4] = FAMILY_IPV6;
    bytes.set(message.upstream, 6);
    bytes[23] = 1;
    put16(bytes, 24, message.holdSeconds);
    bytes.set([FAMILY_IPV6, 0, 0, 128], 26);
    bytes.set(message.group, 30);
    // A graft lists its source as joined, a prune as pruned (RFC 3973, section 4.7.6).
    put16(bytes, message.kind === "prune" ? 48 : 46, 1);
    bytes.set([FAMILY_IPV6, 0, 0, 128], 50);
    bytes.set(message.source, 54);
  }
  put16(bytes, 2, internetChecksum(bytes, pseudoHeaderSum(addresses.source, addresses.destination, PROTOCOL_PIM, bytes.length)));
  return bytes;
}

/** Reads a PIM message. @throws ParseError when it is malformed or of another kind */
export function decodePim(bytes: Uint8Array, addresses: AddressPair): PimMessage {
  if (bytes.length < 4) throw new ParseError({ what: "PIM message is cut short", got: `${bytes.length} bytes`, expected: "at least 4 bytes", offset: bytes.length });
  if (internetChecksum(bytes, pseudoHeaderSum(addresses.source, addresses.destination, PROTOCOL_PIM, bytes.length)) !== 0) throw new ParseError({ what: "wrong PIM checksum", got: get16(bytes, 2), expected: "the sum over pseudo-header and message", offset: 2 });
  const kind = (Object.keys(PIM_TYPES) as PimMessage["kind"][]).find((name) => bytes[0] === (0x20 | PIM_TYPES[name]));
  if (kind === undefined || bytes[1] !== 0) throw new ParseError({ what: "PIM message of another kind", got: bytes[0], expected: "version 2 with type 0, 3, 6 or 7", offset: 0 });
  const length = kind === "hello" ? PIM_HELLO_BYTES : PIM_PRUNE_BYTES;
  if (bytes.length !== length) throw new ParseError({ what: `bad length of a PIM ${kind}`, got: `${bytes.length} bytes`, expected: `${length} bytes`, offset: bytes.length });
  // Reading is writing turned round: what the fields do not explain must be as it would be written.
  const message: PimMessage = kind === "hello"
    ? { kind, holdSeconds: get16(bytes, 8), generation: get16(bytes, 14) * 65536 + get16(bytes, 16) }
    : { kind, upstream: bytes.slice(6, 22), holdSeconds: get16(bytes, 24), group: bytes.slice(30, 46), source: bytes.slice(54, 70) };
  const expected = encodePim(message, addresses);
  const at = expected.findIndex((byte, index) => byte !== bytes[index]);
  if (at >= 0) throw new ParseError({ what: `PIM ${kind} with other fields than dense mode needs`, got: bytes[at], expected: String(expected[at]), offset: at });
  return message;
}
