/**
 * Messages of Chord. Those of a lookup, of which there are millions, are messages of three numbers; only answers that carry lists are objects. The papers
 * leave sizes open; here a message has a head of 20 bytes (kind, request number, hop and time-out counts), and each contact in it an id, an IPv4 address and a port.
 */

/** Kinds of messages of numbers, with what a, b and c are. */
export const KIND = Object.freeze({
  /** Find the successor of a target: a target code, b origin with hops and timeouts, c ticket with errand. */ find: 1,
  /** To the owner: do you hold this key? As `find`. */ fetch: 2,
  /** To the owner: keep this key. As `find`. */ store: 3,
  /** The owner is known (maintenance) or answers: a target code, b node with hops and timeouts, c ticket and last hop. */ found: 4,
  /** As `found`, from an owner that does not hold the key. */ missing: 5,
  /** Nobody left to ask: as `found`, without a node. */ failed: 6,
  /** A hop of a recursive lookup has arrived: a errand of the sender. */ acknowledge: 7,
  /** Which nodes would you ask next? a target code, c errand of the origin. */ ask: 8,
  /** Who is your predecessor, and your successor list? */ getState: 9,
  /** I might be your predecessor. */ notify: 10,
  /** Are you there? */ ping: 11,
  /** I am. */ pong: 12,
  /** As `fetch`, after the node that was named instead has not answered. */ fetchAnyway: 13,
  /** As `store`, in the same case. */ storeAnyway: 14,
} as const);

/** Answers and notices that carry lists. */
export type ChordMessage =
  /** Predecessor (-1: none) and successor list of a node. */
  | { readonly kind: "state"; readonly predecessor: number; readonly successors: readonly number[] }
  /** Who to ask next, best first: the first of the owners that is up owns the key; the nodes precede it. */
  | { readonly kind: "next"; readonly errand: number; readonly owners: readonly number[]; readonly nodes: readonly number[] }
  /** Keys that now belong to the receiver. */
  | { readonly kind: "hand over"; readonly keys: readonly number[] }
  /** Copies of keys that belong to the sender. */
  | { readonly kind: "replicate"; readonly keys: readonly number[] }
  /** The sender leaves, and was the receiver's predecessor: its keys and its own predecessor. */
  | { readonly kind: "leave to successor"; readonly predecessor: number; readonly keys: readonly number[] }
  /** The sender leaves, and was the receiver's successor: its successor list. */
  | { readonly kind: "leave to predecessor"; readonly successors: readonly number[] };

/** Bytes of every message. */
export const HEAD_BYTES = 20;
/** Bytes of an address with port. */
export const ADDRESS_BYTES = 6;

/** Size of a message with so many ids and contacts. @param idBytes bytes of an id */
export function messageBytes(idBytes: number, ids: number, contacts: number): number {
  return HEAD_BYTES + ids * idBytes + contacts * (idBytes + ADDRESS_BYTES);
}

const HOPS = 16777216;
const TIMEOUTS = HOPS * 65536;
const ERRANDS = 4294967296;
/** Errands of a node are numbered modulo this. */
export const ERRAND_NUMBERS = 1048576;

/** A node (24 bits), hops (16) and timeouts (13, the largest kept) in one exact number. */
export function packRoute(node: number, hops: number, timeouts: number): number {
  return node + hops * HOPS + Math.min(timeouts, 8191) * TIMEOUTS;
}

/** The route one hop further on. */
export function oneHopOn(route: number): number {
  return route + HOPS;
}

/** The node of {@link packRoute}. */
export function routeNode(route: number): number {
  return route - Math.floor(route / HOPS) * HOPS;
}

/** The hops of {@link packRoute}. */
export function routeHops(route: number): number {
  const rest = Math.floor(route / HOPS);
  return rest - Math.floor(rest / 65536) * 65536;
}

/** The timeouts of {@link packRoute}. */
export function routeTimeouts(route: number): number {
  return Math.floor(route / TIMEOUTS);
}

/** A ticket (-1 to 2^32 - 2: what the origin knows a lookup by) and an errand (0 for none, below 2^20) in one exact number. */
export function packTicket(ticket: number, errand: number): number {
  return ticket + 1 + errand * ERRANDS;
}

/** The ticket of {@link packTicket}. */
export function ticketOf(packed: number): number {
  return packed < ERRANDS ? packed - 1 : packed - Math.floor(packed / ERRANDS) * ERRANDS - 1;
}

/** The errand of {@link packTicket}. */
export function errandOf(packed: number): number {
  return packed < ERRANDS ? 0 : Math.floor(packed / ERRANDS);
}
