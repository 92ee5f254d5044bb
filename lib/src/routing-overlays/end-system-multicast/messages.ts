/**
 * The messages of Narada and their sizes. Members speak UDP (Peterson and Davie 9.4.1), so each datagram costs 28 bytes of headers, and a message longer than one takes
 * several. The papers give no formats: an address, a sequence number, a cost and a time take four bytes each, a count or flag one, as a straightforward encoding would.
 */
import type { RouteVector } from "./route-vector";

/** What can travel between members. Tables are the sender's arrays and never changed. */
export type NaradaMessage =
  /** Wish for a link: of a new member, or to mend a partition (with the list of members), or for its utility (without). */
  | { readonly kind: "join-mesh"; readonly sentUs: number; readonly table: Int32Array; readonly entries: number }
  | { readonly kind: "add-link"; readonly sentUs: number; readonly linkUs: number; readonly degree: number }
  | { readonly kind: "accept"; readonly sentUs: number; readonly degree: number; readonly table: Int32Array | null; readonly entries: number }
  /** `table` tells a new member of others whom it can ask. */
  | { readonly kind: "refuse"; readonly table: Int32Array | null; readonly entries: number }
  /** The link ends now; before that it may be retired, to be dropped when routes have found other ways, or kept when they have not. */
  | { readonly kind: "drop-link" | "retire-link" | "keep-link" }
  /** `key` is the sender's own entry in the list of members, marked as left. */
  | { readonly kind: "leave-mesh"; readonly key: number }
  | { readonly kind: "keep-alive"; readonly sentUs: number; readonly key: number }
  | { readonly kind: "keep-alive-answer"; readonly sentUs: number; readonly key: number }
  /** The list of members with their sequence numbers. */
  | { readonly kind: "refresh"; readonly table: Int32Array; readonly entries: number }
  /** Routes with paths; `degree` is the sender's number of neighbours. */
  | { readonly kind: "routing"; readonly vector: RouteVector; readonly degree: number }
  /** `forRepair` asks only whether the receiver is there; `key` is what the sender has heard of it, so that it can contradict. */
  | { readonly kind: "probe"; readonly sentUs: number; readonly key: number; readonly forRepair: boolean }
  /** `costs` are the sender's latencies to all members; null when it was asked only whether it is there. */
  | { readonly kind: "probe-answer"; readonly sentUs: number; readonly key: number; readonly degree: number; readonly costs: Int32Array | null; readonly entries: number }
  /** A packet of the application; `epoch` tells the packets of a source apart from those before its restart. */
  | { readonly kind: "data"; readonly source: number; readonly epoch: number; readonly number: number; readonly payloadBytes: number };

/** Bytes of the headers of a datagram: IPv4 20 (RFC 791), UDP 8 (RFC 768). */
export const DATAGRAM_HEADER_BYTES = 28;
/** Bytes that a datagram holds behind its headers on Ethernet. */
export const DATAGRAM_PAYLOAD_BYTES = 1472;
/** Kind of message, group, length. */
const COMMON_BYTES = 8;
/** Entry of a list of members: address, sequence number, status. */
const MEMBER_BYTES = 9;
/** Entry of a routing update without its path: address, cost, length of the path. */
const ROUTE_BYTES = 9;
/** Entry of a probe's answer: address, cost. */
const COST_BYTES = 8;
/** An address, a time, a number. */
const WORD_BYTES = 4;

/** Bytes on the wire of a message body: with the headers of as many datagrams as it takes. */
export function datagramBytes(bodyBytes: number): number {
  return bodyBytes + DATAGRAM_HEADER_BYTES * Math.max(1, Math.ceil(bodyBytes / DATAGRAM_PAYLOAD_BYTES));
}

/** Bytes of a message on the wire, all headers included. */
export function messageBytes(message: NaradaMessage): number {
  return datagramBytes(COMMON_BYTES + bodyBytes(message));
}

function bodyBytes(message: NaradaMessage): number {
  switch (message.kind) {
    case "join-mesh":
      return WORD_BYTES + MEMBER_BYTES * message.entries;
    case "accept":
      return WORD_BYTES + 1 + MEMBER_BYTES * message.entries;
    case "refuse":
    case "refresh":
      return MEMBER_BYTES * message.entries;
    case "add-link":
      return 2 * WORD_BYTES + 1;
    case "drop-link":
    case "retire-link":
    case "keep-link":
      return 0;
    case "leave-mesh":
      return WORD_BYTES + 1;
    case "keep-alive":
    case "keep-alive-answer":
      return 2 * WORD_BYTES;
    case "routing":
      return 1 + ROUTE_BYTES * message.vector.entries + WORD_BYTES * message.vector.hopCount;
    case "probe":
      return 2 * WORD_BYTES + 1;
    case "probe-answer":
      return 2 * WORD_BYTES + 1 + COST_BYTES * message.entries;
    case "data":
      return 3 * WORD_BYTES + message.payloadBytes;
  }
}
