/**
 * Descriptors of Gnutella 0.4 as bytes: a header of 23 bytes (descriptor id 16, payload type 1, TTL 1, hops 1, payload length 4, little-endian), then
 * the payload. Source: the Gnutella Protocol Specification v0.4, document revision 1.2, sections "Descriptor Header" and following. All numbers are
 * little-endian except IP addresses, which stand in network order. Bye (0x02) and the query routing of 0.6 (0x30) are not descriptors of 0.4 and are refused.
 * Reading is strict: a payload that is longer or shorter than its own fields say is a ParseError with its offset. What is accepted is written back byte for byte.
 */
import { bytesToHex, hexToBytes } from "@noble/hashes/utils";
import { ParameterError, ParseError, checkNumber } from "../errors";
import { checkBytes } from "./bytes";
import { PAYLOAD_TYPE, payloadBytes, readPayload, writePayload, type GnutellaPayload } from "./gnutella-payloads";
import { ParseLimitError } from "./parse-limit";

/** Bytes of a descriptor's header. */
export const GNUTELLA_HEADER_BYTES = 23;
/** The port that Gnutella listens on by default. */
export const GNUTELLA_PORT = 6346;
/** Bytes of a descriptor id and of a servent id. */
export const GNUTELLA_ID_BYTES = 16;
/** The largest payload that is read unless a caller asks for another limit, bytes (ours; the specification only warns of large ones). */
export const GNUTELLA_MAX_PAYLOAD_BYTES = 65536;

/** A message between two servents. */
export interface GnutellaDescriptor {
  /** 32 lower-case hexadecimal digits: 16 bytes that stay the same on the whole way, and in answers. */
  readonly id: string;
  /** How many more times it may be passed on, 0..255. */
  readonly ttl: number;
  /** How many times it has been passed on, 0..255. */
  readonly hops: number;
  readonly payload: GnutellaPayload;
}

/** How strictly to read. */
export interface GnutellaReadOptions {
  /** Largest payload that is read, bytes, 0..2^31 - 1; default 65,536. */
  readonly maxPayloadBytes?: number;
  /**
   * Bytes after the text of a query, between the two zeros that end a file name, or before the servent id of a query hit: "refuse" (default; 0.4 has none there) or
   * "keep" them in `extension`, for captures of later servents.
   */
  readonly extensions?: "refuse" | "keep";
}

/** The fields of a header. */
export interface GnutellaHeader {
  readonly id: string;
  /** As the byte says; see {@link PAYLOAD_TYPE} for the known ones. */
  readonly type: number;
  readonly ttl: number;
  readonly hops: number;
  readonly payloadBytes: number;
}

/** Bytes of a descriptor, header included. @throws ParameterError for a payload that cannot be written */
export function gnutellaBytes(descriptor: GnutellaDescriptor): number {
  return GNUTELLA_HEADER_BYTES + payloadBytes(descriptor.payload);
}

/**
 * Writes a descriptor.
 * @throws ParameterError for an id that is not 16 bytes, or a field out of range
 */
export function encodeGnutella(descriptor: GnutellaDescriptor): Uint8Array {
  if (typeof descriptor !== "object" || descriptor === null) throw new ParameterError({ what: "no descriptor to write", got: descriptor, expected: "an object with id, ttl, hops, payload", where: "parameter descriptor" });
  const length = payloadBytes(descriptor.payload);
  const bytes = new Uint8Array(GNUTELLA_HEADER_BYTES + length);
  bytes.set(idBytes("id", descriptor.id));
  bytes[16] = PAYLOAD_TYPE[descriptor.payload.kind];
  bytes[17] = checkNumber("ttl", descriptor.ttl, { min: 0, max: 255, integer: true });
  bytes[18] = checkNumber("hops", descriptor.hops, { min: 0, max: 255, integer: true });
  new DataView(bytes.buffer).setUint32(19, length, true);
  writePayload(descriptor.payload, bytes, GNUTELLA_HEADER_BYTES);
  return bytes;
}

/**
 * Reads the header at some place.
 * @param at where it begins; default 0
 * @throws ParseError when fewer than 23 bytes follow
 */
export function decodeGnutellaHeader(bytes: Uint8Array, at = 0): GnutellaHeader {
  const all = checkBytes("bytes", bytes);
  checkNumber("at", at, { min: 0, integer: true });
  if (all.length - at < GNUTELLA_HEADER_BYTES) throw new ParseError({ what: "Gnutella header is cut short", got: `${Math.max(0, all.length - at)} bytes`, expected: "23 bytes", offset: all.length });
  const length = new DataView(all.buffer, all.byteOffset + at).getUint32(19, true);
  return { id: bytesToHex(all.subarray(at, at + GNUTELLA_ID_BYTES)), type: all[at + 16], ttl: all[at + 17], hops: all[at + 18], payloadBytes: length };
}

/**
 * Reads exactly one descriptor.
 * @param bytes header and payload, nothing more
 * @throws ParseError when bytes are missing or left over, the payload's type is not one of 0.4, or its fields do not fill it; ParseLimitError when it is too long
 */
export function decodeGnutella(bytes: Uint8Array, options: GnutellaReadOptions = {}): GnutellaDescriptor {
  const all = checkBytes("bytes", bytes);
  const header = decodeGnutellaHeader(all);
  checkPayloadLength(header.payloadBytes, maxPayloadBytesOf(options), 19);
  const end = GNUTELLA_HEADER_BYTES + header.payloadBytes;
  if (all.length !== end) {
    throw new ParseError({ what: all.length < end ? "Gnutella descriptor is cut short" : "bytes after a Gnutella descriptor", got: `${all.length} bytes`, expected: `${end} bytes, as its length says`, offset: Math.min(all.length, end) });
  }
  return descriptorAt(all, 0, header, options);
}

/** The descriptor of a header that has been read, whose payload is there. The stream reader uses it. */
export function descriptorAt(bytes: Uint8Array, at: number, header: GnutellaHeader, options: GnutellaReadOptions, base = 0): GnutellaDescriptor {
  const from = at + GNUTELLA_HEADER_BYTES;
  const payload = readPayload(header.type, bytes.subarray(from, from + header.payloadBytes), base + from, keepsExtensions(options));
  return { id: header.id, ttl: header.ttl, hops: header.hops, payload };
}

/** @throws ParseLimitError when a payload is longer than the reader takes */
export function checkPayloadLength(length: number, maxPayloadBytes: number, offset: number): void {
  if (length > maxPayloadBytes) throw new ParseLimitError({ what: "Gnutella payload is too long", got: length, offset, limit: "input bytes", limitValue: maxPayloadBytes });
}

/** The limit that a caller asked for. @throws ParameterError when it is out of range */
export function maxPayloadBytesOf(options: GnutellaReadOptions): number {
  return checkNumber("maxPayloadBytes", options.maxPayloadBytes ?? GNUTELLA_MAX_PAYLOAD_BYTES, { min: 0, max: 2147483647, integer: true, unit: "bytes" });
}

function keepsExtensions(options: GnutellaReadOptions): boolean {
  const { extensions = "refuse" } = options;
  if (extensions !== "refuse" && extensions !== "keep") throw new ParameterError({ what: "bad value for extensions", got: extensions, expected: "refuse or keep", where: "parameter extensions" });
  return extensions === "keep";
}

/** The 16 bytes of an id. @throws ParameterError when it is not 32 lower-case hexadecimal digits */
export function idBytes(name: string, id: string): Uint8Array {
  if (typeof id !== "string" || !/^[0-9a-f]{32}$/.test(id)) throw new ParameterError({ what: `bad ${name}`, got: id, expected: "32 lower-case hexadecimal digits", where: `parameter ${name}` });
  return hexToBytes(id);
}
