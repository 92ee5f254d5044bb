/**
 * DVMRP messages as real bytes, in the form of version 3 that the MBone ran (draft-ietf-idmr-dvmrp-v3; version 1 is RFC 1075): probe, route report, prune,
 * graft and graft acknowledgement, inside IGMP type 0x13. A report packs routes by netmask: three bytes of mask (the first byte is always 255), then for each
 * network its significant bytes and one byte of metric, whose top bit ends the list. Strict: anything else is a ParseError.
 * Not done: the diagnostic messages (ask neighbours), the optional netmask of prunes. Tests: test/codecs/multicast-messages.test.ts, test/fuzz/multicast-messages.test.ts
 */
import { ParameterError, ParseError, checkNumber } from "../errors";
import type { IpAddress, IpPrefix } from "../ids/ip-address";
import { get16, internetChecksum, put16 } from "./ip-headers";

/** Bytes of the header common to all messages. */
export const DVMRP_HEADER_BYTES = 8;
/** Metric that means unreachable; a reported metric above it means "I depend on you", by that much more than infinity (draft, section 3.4). */
export const DVMRP_INFINITY = 32;

/** A route in a report: metric 1..31 reachable, 32 unreachable, 33..63 poison reverse. */
export interface DvmrpRoute extends IpPrefix {
  readonly metric: number;
}

/** A DVMRP message. Addresses have 4 bytes. */
export type DvmrpMessage =
  | { readonly kind: "probe"; readonly generation: number; readonly neighbours: readonly IpAddress[] }
  | { readonly kind: "report"; readonly routes: readonly DvmrpRoute[] }
  | { readonly kind: "prune"; readonly source: IpAddress; readonly group: IpAddress; readonly lifetimeSeconds: number }
  | { readonly kind: "graft"; readonly source: IpAddress; readonly group: IpAddress }
  | { readonly kind: "graft-ack"; readonly source: IpAddress; readonly group: IpAddress };

const CODES: Readonly<Record<DvmrpMessage["kind"], number>> = { probe: 1, report: 2, prune: 7, graft: 8, "graft-ack": 9 };
const KINDS = Object.keys(CODES) as readonly DvmrpMessage["kind"][];
const IGMP_TYPE_DVMRP = 0x13;
const MAJOR_VERSION = 3;
const MINOR_VERSION = 255;
const LAST = 0x80;

/** Bytes of a network's address that a report carries: those that its mask covers, at least one. */
export function networkBytes(prefixLength: number): number {
  return Math.max(1, Math.ceil(prefixLength / 8));
}

/** Whether a prefix can stand in a report: the mask's first byte must be 255, except for the default route. */
export function isReportable(prefixLength: number): boolean {
  return prefixLength === 0 || (prefixLength >= 8 && prefixLength <= 32);
}

/** Size of a message without its IP header, bytes. */
export function dvmrpBytes(message: DvmrpMessage): number {
  switch (message.kind) {
    case "probe":
      return DVMRP_HEADER_BYTES + 4 + 4 * message.neighbours.length;
    case "report":
      return message.routes.reduce((sum, { length }, index) => sum + networkBytes(length) + 1 + (index === 0 || message.routes[index - 1].length !== length ? 3 : 0), DVMRP_HEADER_BYTES);
    case "prune":
      return DVMRP_HEADER_BYTES + 12;
    default:
      return DVMRP_HEADER_BYTES + 8;
  }
}

/** Writes a message. Routes of one netmask should stand together. @throws ParameterError for a field out of range */
export function encodeDvmrp(message: DvmrpMessage): Uint8Array {
  const code = CODES[message.kind];
  if (code === undefined) throw new ParameterError({ what: "unknown DVMRP message", got: message.kind, expected: KINDS.join(", ") });
  const bytes = new Uint8Array(dvmrpBytes(message));
  bytes.set([IGMP_TYPE_DVMRP, code, 0, 0, 0, 0, MINOR_VERSION, MAJOR_VERSION]);
  if (message.kind === "probe") {
    put32(bytes, 8, checkNumber("generation", message.generation, { min: 0, max: 4294967295, integer: true }));
    message.neighbours.forEach((address, index) => bytes.set(checkAddress(address), 12 + 4 * index));
  } else if (message.kind === "report") writeRoutes(bytes, message.routes);
  else {
    bytes.set(checkAddress(message.source), 8);
    bytes.set(checkAddress(message.group), 12);
    if (message.kind === "prune") put32(bytes, 16, checkNumber("lifetimeSeconds", message.lifetimeSeconds, { min: 0, max: 4294967295, integer: true, unit: "s" }));
  }
  put16(bytes, 2, internetChecksum(bytes));
  return bytes;
}

function writeRoutes(bytes: Uint8Array, routes: readonly DvmrpRoute[]): void {
  let at = DVMRP_HEADER_BYTES;
  routes.forEach(({ address, length, metric }, index) => {
    checkAddress(address);
    // Network 0 with an 8-bit mask would read as the default route.
    if (!isReportable(length) || (length === 8 && address[0] === 0)) throw new ParameterError({ what: "a report cannot carry this netmask", got: length, expected: "0 or 8..32 bits" });
    checkNumber("metric", metric, { min: 1, max: 2 * DVMRP_INFINITY - 1, integer: true });
    if (index === 0 || routes[index - 1].length !== length) {
      for (let byte = 1; byte < 4; byte++) bytes[at++] = 0xff << (8 - Math.min(8, Math.max(0, length - 8 * byte)));
    }
    const count = networkBytes(length);
    for (let byte = 0; byte < count; byte++) bytes[at++] = address[byte];
    const isLast = index + 1 === routes.length || routes[index + 1].length !== length;
    bytes[at++] = metric | (isLast ? LAST : 0);
  });
}

/** Reads a message. @throws ParseError when it is malformed or of another type */
export function decodeDvmrp(bytes: Uint8Array): DvmrpMessage {
  if (bytes.length < DVMRP_HEADER_BYTES) throw new ParseError({ what: "DVMRP message is cut short", got: `${bytes.length} bytes`, expected: "at least 8 bytes", offset: bytes.length });
  if (internetChecksum(bytes) !== 0) throw new ParseError({ what: "wrong DVMRP checksum", got: get16(bytes, 2), expected: "the sum over the message", offset: 2 });
  if (bytes[0] !== IGMP_TYPE_DVMRP) throw new ParseError({ what: "not a DVMRP message", got: bytes[0], expected: "IGMP type 0x13", offset: 0 });
  if (bytes[7] !== MAJOR_VERSION || bytes[6] !== MINOR_VERSION || get16(bytes, 4) !== 0) throw new ParseError({ what: "another version of DVMRP", got: `${bytes[7]}.${bytes[6]}`, expected: `${MAJOR_VERSION}.${MINOR_VERSION}`, offset: 4 });
  const kind = KINDS.find((name) => CODES[name] === bytes[1]);
  if (kind === undefined) throw new ParseError({ what: "DVMRP message of another kind", got: bytes[1], expected: Object.values(CODES).join(", "), offset: 1 });
  if (kind === "report") return { kind, routes: readRoutes(bytes) };
  const fits = kind === "probe" ? bytes.length >= 12 && bytes.length % 4 === 0 : bytes.length === (kind === "prune" ? 20 : 16);
  if (!fits) throw new ParseError({ what: `bad length of a DVMRP ${kind}`, got: `${bytes.length} bytes`, expected: kind === "probe" ? "12 bytes and 4 for each neighbour" : kind === "prune" ? "20 bytes" : "16 bytes", offset: bytes.length });
  if (kind === "probe") return { kind, generation: get32(bytes, 8), neighbours: Array.from({ length: bytes.length / 4 - 3 }, (_, index) => bytes.slice(12 + 4 * index, 16 + 4 * index)) };
  const pair = { source: bytes.slice(8, 12), group: bytes.slice(12, 16) };
  return kind === "prune" ? { kind, ...pair, lifetimeSeconds: get32(bytes, 16) } : { kind, ...pair };
}

function readRoutes(bytes: Uint8Array): DvmrpRoute[] {
  const routes: DvmrpRoute[] = [];
  let before = -1;
  for (let at = DVMRP_HEADER_BYTES; at < bytes.length; ) {
    const length = maskLength(bytes, at);
    // Two lists of one mask would be read back as one, so they are not what a sender writes.
    if (length === before) throw new ParseError({ what: "two lists with one netmask", got: length, expected: "one list", offset: at });
    before = length;
    at += 3;
    const count = networkBytes(length);
    for (let isLast = false; !isLast; ) {
      if (at + count + 1 > bytes.length) throw new ParseError({ what: "route report is cut short", got: `${bytes.length} bytes`, expected: `at least ${at + count + 1} bytes`, offset: bytes.length });
      const address = new Uint8Array(4);
      address.set(bytes.subarray(at, at + count));
      const used = length - 8 * (count - 1);
      if (used < 8 && (address[count - 1] & (0xff >> used)) !== 0) throw new ParseError({ what: "bits are set beyond the netmask", got: address[count - 1], expected: `zeros after ${length} bits`, offset: at + count - 1 });
      const metric = bytes[at + count] & ~LAST;
      if (metric < 1 || metric >= 2 * DVMRP_INFINITY) throw new ParseError({ what: "bad metric in a report", got: metric, expected: "1..63", offset: at + count });
      routes.push({ address, length, metric });
      isLast = (bytes[at + count] & LAST) !== 0;
      at += count + 1;
    }
  }
  return routes;
}

/** Length of the mask whose last three bytes stand here; three zero bytes are the default route's when network 0 follows, else 255.0.0.0. */
function maskLength(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) throw new ParseError({ what: "route report is cut short", got: `${bytes.length} bytes`, expected: `at least ${at + 4} bytes`, offset: bytes.length });
  const bits = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
  if (bits === 0) return bytes[at + 3] === 0 ? 0 : 8;
  let length = 0;
  while (length < 24 && (bits & (0x800000 >> length)) !== 0) length += 1;
  if ((bits & (0xffffff >> length)) !== 0) throw new ParseError({ what: "netmask with holes", got: bits, expected: "ones, then zeros", offset: at });
  return 8 + length;
}

function checkAddress(address: IpAddress): IpAddress {
  if (!(address instanceof Uint8Array) || address.length !== 4) throw new ParameterError({ what: "bad address in a DVMRP message", got: address, expected: "4 bytes" });
  return address;
}

function put32(bytes: Uint8Array, at: number, value: number): void {
  put16(bytes, at, Math.floor(value / 65536));
  put16(bytes, at + 2, value % 65536);
}

function get32(bytes: Uint8Array, at: number): number {
  return get16(bytes, at) * 65536 + get16(bytes, at + 2);
}
