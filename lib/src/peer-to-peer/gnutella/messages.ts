/**
 * What travels between servents: the strings of a connection, descriptors, and file transfers, with their sizes in bytes. A descriptor travels as the value that
 * the codec reads and writes; its size is that of its bytes. A node's address is 10.x.y.z with its number in the last three bytes.
 */
import { encodeGnutellaFileHead, encodeGnutellaGet, encodeGnutellaGiv, GNUTELLA_CONNECT, GNUTELLA_OK, gnutellaBytes, type GnutellaDescriptor } from "../../codecs";
import { ParameterError, checkNumber } from "../../errors";

/** A message between two nodes. */
export type GnutellaMessage =
  | { readonly kind: "connect" | "ok" | "refuse" | "close" }
  | { readonly kind: GnutellaDescriptor["payload"]["kind"]; readonly descriptor: GnutellaDescriptor }
  /** A descriptor as raw bytes, as from a servent that may be broken or lie: it is read by the codec on arrival. */
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "get"; readonly fileIndex: number; readonly fileName: string }
  | { readonly kind: "giv"; readonly fileIndex: number; readonly fileName: string; readonly serventId: string }
  | { readonly kind: "file"; readonly fileIndex: number; readonly fileName: string; readonly sizeBytes: number }
  | { readonly kind: "no-file"; readonly fileIndex: number; readonly fileName: string };

/** A message that holds a descriptor. */
export type DescriptorMessage = Extract<GnutellaMessage, { readonly descriptor: GnutellaDescriptor }>;

/** Bytes of "HTTP 404 Not Found" with its empty line. */
const NOT_FOUND_BYTES = 22;
const TEN = 0x0a000000;
const NODES = 1 << 24;

/** Size of a message on its connection, bytes; 0 for a connection that is refused or closed, which is no message to TCP's user. */
export function gnutellaMessageBytes(message: GnutellaMessage): number {
  switch (message.kind) {
    case "connect":
      return GNUTELLA_CONNECT.length;
    case "ok":
      return GNUTELLA_OK.length;
    case "refuse":
    case "close":
      return 0;
    case "bytes":
      return message.bytes.length;
    case "get":
      return encodeGnutellaGet(message).length;
    case "giv":
      return encodeGnutellaGiv(message, message.serventId).length;
    case "file":
      return encodeGnutellaFileHead(message.sizeBytes).length + message.sizeBytes;
    case "no-file":
      return NOT_FOUND_BYTES;
    default:
      return gnutellaBytes(message.descriptor);
  }
}

/** A descriptor as a message. */
export function descriptorMessage(descriptor: GnutellaDescriptor): DescriptorMessage {
  return { kind: descriptor.payload.kind, descriptor };
}

/** The IPv4 address of a node, as a number. */
export function addressOfNode(node: number): number {
  return TEN + checkNumber("node", node, { min: 0, max: NODES - 1, integer: true });
}

/** The node with an address, or -1 when it is nobody's: a lying descriptor may name any. */
export function nodeOfAddress(ip: number, nodes: number): number {
  const node = ip - TEN;
  return node >= 0 && node < nodes ? node : -1;
}

/** An address in dotted form. */
export function dottedAddress(ip: number): string {
  if (!(Number.isInteger(ip) && ip >= 0 && ip <= 4294967295)) throw new ParameterError({ what: "bad IPv4 address", got: ip, expected: "a whole number from 0 to 2^32 - 1" });
  return [ip >>> 24, (ip >>> 16) & 255, (ip >>> 8) & 255, ip & 255].join(".");
}
