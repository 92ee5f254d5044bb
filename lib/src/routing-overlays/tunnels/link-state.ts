/**
 * Routing inside an overlay: every node tells all others which neighbours it hears, and each computes shortest paths from that (link-state routing, as in
 * OSPF, RFC 2328, reduced to point-to-point links). A neighbour counts as reachable while its keep-alives arrive and say that ours arrive too. Pure state and
 * decisions; tunnel-node.ts sends the messages. Section 9.4.1: "tunnel through the Internet routers, and act as routers in the overlay".
 * Deviates from OSPF: no areas, no designated routers, no acknowledgement of flooded messages (a database is sent whole when a neighbour appears, and each
 * node repeats its own entry every `refreshRounds` keep-alives), no ageing. Tests: test/routing-overlays/tunnels/failures.test.ts
 */
import { decodeText, utf8Bytes } from "../../codecs/bytes";
import { ParameterError, ParseError } from "../../errors";
import type { AddressFamily } from "./packet";
import { checkPrefix } from "./plan";
import { filterText, parseFilter } from "./predicates";

/** What one node says about itself. */
export interface LinkStateEntry {
  /** Number of the node that says it. */
  readonly origin: number;
  /** Rises with every new version. */
  readonly sequence: number;
  /** Neighbours that it hears, with the cost of the way there, by rising number. */
  readonly neighbours: readonly { readonly node: number; readonly cost: number }[];
  /** Destinations that it receives for. */
  readonly prefixes: readonly string[];
}

/** A message between neighbours of an overlay. */
export type RoutingMessage =
  | { readonly kind: "keep-alive"; readonly origin: number; /** Whether the sender hears the receiver. */ readonly hearsYou: boolean }
  | { readonly kind: "link-state"; readonly entry: LinkStateEntry }
  | { readonly kind: "subscribe" | "unsubscribe"; readonly origin: number; readonly filter: string };

/** All entries that a node knows. */
export class LinkStateDatabase {
  private readonly entries = new Map<number, LinkStateEntry>();

  /** Takes an entry if it is newer than the one known. @returns whether it was */
  install(entry: LinkStateEntry): boolean {
    const known = this.entries.get(entry.origin);
    if (known !== undefined && known.sequence >= entry.sequence) return false;
    this.entries.set(entry.origin, entry);
    return true;
  }

  /** The entry of a node, if known. */
  of(origin: number): LinkStateEntry | undefined {
    return this.entries.get(origin);
  }

  /** All entries by rising number of their origin. */
  all(): LinkStateEntry[] {
    return [...this.entries.keys()].sort((a, b) => a - b).map((origin) => this.entries.get(origin) as LinkStateEntry);
  }
}

/** A way to a node. */
export interface OverlayRoute {
  readonly node: number;
  readonly cost: number;
  /** The neighbour that it begins with; the node itself for itself. */
  readonly firstHop: number;
}

/**
 * Shortest ways from a node to all that it reaches (Dijkstra 1959). A link counts only if both of its ends name it. Ties go to fewer hops, then to the lower
 * numbers.
 *
 * @returns the ways by rising cost, then number
 */
export function shortestRoutes(database: LinkStateDatabase, self: number): OverlayRoute[] {
  const best = new Map<number, { cost: number; hops: number; firstHop: number }>([[self, { cost: 0, hops: 0, firstHop: self }]]);
  const settled: OverlayRoute[] = [];
  const open = new Set([self]);
  while (open.size > 0) {
    const node = [...open].reduce((a, b) => (isBefore(best, b, a) ? b : a));
    open.delete(node);
    const here = best.get(node) as { cost: number; hops: number; firstHop: number };
    settled.push({ node, cost: here.cost, firstHop: here.firstHop });
    for (const { node: next, cost } of database.of(node)?.neighbours ?? []) {
      const back = database.of(next)?.neighbours.some((other) => other.node === node) ?? false;
      if (!back || settled.some((route) => route.node === next)) continue;
      const found = { cost: here.cost + cost, hops: here.hops + 1, firstHop: node === self ? next : here.firstHop };
      const known = best.get(next);
      if (known !== undefined && !isShorter(found, known)) continue;
      best.set(next, found);
      open.add(next);
    }
  }
  return settled;
}

function isShorter(a: { cost: number; hops: number; firstHop: number }, b: { cost: number; hops: number; firstHop: number }): boolean {
  return a.cost !== b.cost ? a.cost < b.cost : a.hops !== b.hops ? a.hops < b.hops : a.firstHop < b.firstHop;
}

function isBefore(best: ReadonlyMap<number, { cost: number }>, a: number, b: number): boolean {
  const [costA, costB] = [a, b].map((node) => (best.get(node) as { cost: number }).cost);
  return costA < costB || (costA === costB && a < b);
}

const CODES = ["keep-alive", "link-state", "subscribe", "unsubscribe"] as const;

/** A routing message as bytes: kind (1), origin (4), then by kind a flag, or sequence (4), counts (2 each), neighbours (8 each) and texts. */
export function encodeRoutingMessage(message: RoutingMessage): Uint8Array {
  const origin = message.kind === "link-state" ? message.entry.origin : message.origin;
  const head = [CODES.indexOf(message.kind), ...bytes32(origin)];
  if (message.kind === "keep-alive") return Uint8Array.from([...head, message.hearsYou ? 1 : 0]);
  if (message.kind !== "link-state") return Uint8Array.from([...head, ...bytesOfText(message.filter)]);
  const { sequence, neighbours, prefixes } = message.entry;
  const counts = [...bytes16(neighbours.length), ...bytes16(prefixes.length)];
  return Uint8Array.from([...head, ...bytes32(sequence), ...counts, ...neighbours.flatMap(({ node, cost }) => [...bytes32(node), ...bytes32(cost)]), ...prefixes.flatMap(bytesOfText)]);
}

/** Reads a routing message. @throws ParseError when it is malformed */
export function decodeRoutingMessage(bytes: Uint8Array): RoutingMessage {
  let at = 0;
  const take = (count: number): Uint8Array => {
    if (at + count > bytes.length) throw new ParseError({ what: "routing message is cut short", got: `${bytes.length} bytes`, expected: `at least ${at + count} bytes`, offset: bytes.length });
    at += count;
    return bytes.subarray(at - count, at);
  };
  const number = (count: number): number => take(count).reduce((value, byte) => value * 256 + byte, 0);
  const text = (): string => {
    const start = at;
    const read = decodeText(take(number(2)));
    if (!read.isUtf8) throw new ParseError({ what: "text in a routing message is not UTF-8", offset: start });
    return read.text;
  };
  const code = number(1);
  const kind = CODES[code];
  if (kind === undefined) throw new ParseError({ what: "unknown routing message", got: code, expected: "0, 1, 2 or 3", offset: 0 });
  const origin = number(4);
  const message = ((): RoutingMessage => {
    if (kind === "keep-alive") return { kind, origin, hearsYou: number(1) === 1 };
    if (kind !== "link-state") return { kind, origin, filter: text() };
    const sequence = number(4);
    const [neighbourCount, prefixCount] = [number(2), number(2)];
    const neighbours = Array.from({ length: neighbourCount }, () => ({ node: number(4), cost: number(4) }));
    return { kind, entry: { origin, sequence, neighbours, prefixes: Array.from({ length: prefixCount }, text) } };
  })();
  if (at !== bytes.length) throw new ParseError({ what: "bytes after the end of a routing message", got: `${bytes.length - at} bytes`, expected: "none", offset: at });
  return message;
}

/**
 * Checks that what a neighbour says makes sense in an overlay, so that nothing from the network can break a table.
 * @throws ParseError when a destination is not one of the family, a cost is 0, or a filter is not in its canonical form
 */
export function checkRoutingMessage(family: AddressFamily, message: RoutingMessage): RoutingMessage {
  try {
    if (message.kind === "link-state") {
      for (const prefix of message.entry.prefixes) checkPrefix(family, prefix);
      const free = message.entry.neighbours.find(({ cost }) => cost < 1);
      if (free !== undefined) throw new ParameterError({ what: "a way without cost", got: free.node, expected: "a cost >= 1" });
    } else if (message.kind !== "keep-alive" && filterText(parseFilter(message.filter)) !== message.filter) {
      throw new ParameterError({ what: "a filter in another than its canonical form", got: message.filter, expected: "constraints in order" });
    }
  } catch (error) {
    if (error instanceof ParameterError) throw new ParseError({ ...error.facts, offset: 0 });
    throw error;
  }
  return message;
}

function bytes16(value: number): number[] {
  return [value >> 8, value & 255];
}

function bytes32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

function bytesOfText(text: string): number[] {
  const bytes = utf8Bytes(text);
  return [...bytes16(bytes.length), ...bytes];
}
