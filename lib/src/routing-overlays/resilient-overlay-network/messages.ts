/**
 * What members of a RON send to each other, with sizes in bytes. Probes are messages of numbers; all else is one of the union. Whatever the overlay
 * itself carries (tables, announcements, an application's packets) travels bare on the direct way and inside a {@link RelayMessage} over other members.
 */
import type { RonParameters } from "./parameters";
import type { RonMetric } from "./path-metrics";

/** Kinds of messages of numbers: a = number of the probe; in a reply of the three-packet exchange, b = 1. */
export const PROBE = 1;
export const PROBE_REPLY = 2;
export const PROBE_CONFIRM = 3;

/** A node's view of its own links, by number of the peer. */
export interface LinkStateMessage {
  readonly kind: "link-state";
  /** Whose links. */
  readonly node: number;
  /** When it was written, µs: the greater, the newer, also after a restart. */
  readonly writtenUs: number;
  /** Members that the table has entries for, for its size. */
  readonly entries: number;
  /** Round trip to each peer, µs; -1 for no member, no measurement yet, or an outage. */
  readonly roundTripsUs: Float64Array;
  /** Loss rate to each peer, 0..1. */
  readonly losses: Float64Array;
}

/** The members that a node knows, and how long ago each was last heard to be one. */
export interface AnnounceMessage {
  readonly kind: "announce";
  readonly members: readonly number[];
  /** µs, one for each member; the sender's own is 0. */
  readonly agesUs: readonly number[];
}

/** Asks a member for its list, and to be put on it. */
export interface JoinMessage {
  readonly kind: "join";
}

/** The sender is a member no longer. */
export interface LeaveMessage {
  readonly kind: "leave";
}

/** An application's packet. */
export interface DataMessage {
  readonly kind: "data";
  readonly source: number;
  readonly destination: number;
  /** Metric that the application chose, or "direct" for the plain way below the overlay. */
  readonly metric: RonMetric | "direct";
  /** Name of the policy that its path obeys. */
  readonly policy: string;
  /** Number that the application gave it. */
  readonly packet: number;
  readonly sentUs: number;
  /** Payload, bytes. */
  readonly payloadBytes: number;
}

/** What the overlay carries for somebody. */
export type CarriedMessage = LinkStateMessage | AnnounceMessage | DataMessage;

/** A message on a path over other members, which its source has written into it: so no loop can form. */
export interface RelayMessage {
  readonly kind: "relay";
  readonly source: number;
  /** Intermediate nodes, then the destination. */
  readonly route: readonly number[];
  /** Place in the route of the node that the message is being sent to. */
  readonly hop: number;
  readonly carried: CarriedMessage;
}

/** Every message that is an object. */
export type RonMessage = CarriedMessage | JoinMessage | LeaveMessage | RelayMessage;

/** Bytes of a hop in the route beyond the first intermediate, whose address the header holds anyway: an IPv4 address. */
const ROUTE_ENTRY_BYTES = 4;

/** Size of a message on the wire. */
export function messageBytes(message: RonMessage, parameters: RonParameters): number {
  const { headerBytes, entryBytes, memberEntryBytes } = parameters;
  switch (message.kind) {
    case "link-state":
      return headerBytes + entryBytes * message.entries;
    case "announce":
      return headerBytes + memberEntryBytes * message.members.length;
    case "join":
    case "leave":
      return headerBytes;
    case "data":
      return headerBytes + message.payloadBytes;
    case "relay":
      return messageBytes(message.carried, parameters) + ROUTE_ENTRY_BYTES * (message.route.length - 2);
  }
}
