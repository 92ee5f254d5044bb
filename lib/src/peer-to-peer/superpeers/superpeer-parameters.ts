/**
 * Parameters and messages of the two-tier overlay, with their sizes. Used by {@link SuperpeerNode}.
 * Sources: Liang, Kumar, Ross, "The FastTrack overlay: a measurement study", Computer Networks 50(6), 2006 (KaZaA's tiers, index upload, caches of superpeers);
 * Yang, Garcia-Molina, "Designing a super-peer network", ICDE 2003 (clusters, k-redundant virtual superpeers, sizes of messages).
 */
import { checkNumber } from "../../errors";
import { HOUR, SECOND_US } from "../../units";

/** Parameters of a two-tier overlay. */
export interface SuperpeerParameters {
  /** Leaves of a cluster beyond which a superpeer takes in no newcomer, 0..100000; 0: every node is a superpeer, a flat overlay (default 9: cluster size 10, Yang & Garcia-Molina table 1). Partners that are asked in the same moment may together take in more. */
  readonly maxLeaves: number;
  /** k: superpeers that share a cluster, each with the whole index, 1..16 (default 1). */
  readonly redundancy: number;
  /** Neighbour clusters that a cluster looks for, 0..1000 (default 3: out-degree 3.1 there). */
  readonly neighbours: number;
  /** Neighbour clusters beyond which it refuses more, `neighbours`..100000 (default 12). */
  readonly maxNeighbours: number;
  /** Links that a query may cross, 0..255 (default 7). */
  readonly ttl: number;
  /** Least capacity of a superpeer, in the unit of the nodes' capacities, >= 0 (default 0). */
  readonly minCapacity: number;
  /** Least time since its start of a superpeer, >= 0 (default 0). */
  readonly minUptimeUs: number;
  /** Time after which more of it counts for nothing in the election, > 0 (default 1 h). */
  readonly fullUptimeUs: number;
  /** Time between two heartbeats, > 0 (default 10 s). */
  readonly heartbeatUs: number;
  /** Silence after which a node counts as dead, > `heartbeatUs` (default 25 s: two heartbeats lost). */
  readonly silentUs: number;
  /** How long a request waits for its answer, > 0 (default 2 s). */
  readonly answerUs: number;
  /** Pause after every known superpeer refused or was silent, > 0 (default 5 s). */
  readonly retryUs: number;
  /** Rounds in which nobody asked is or knows a superpeer, after which an eligible node founds a cluster of its own, >= 1 (default 3). */
  readonly lonelyRounds: number;
  /** Full clusters that a newcomer asks before it asks one to split, 0..1000 (default 5). */
  readonly joinTries: number;
  /** Superpeers that a node remembers, 1..10000 (default 50; 200 in FastTrack). */
  readonly cacheSize: number;
  /** How long the way back of a query is remembered, > 0 (default 60 s). */
  readonly routeUs: number;
}

/** Defaults of {@link SuperpeerParameters}. */
export const SUPERPEER_DEFAULTS: SuperpeerParameters = Object.freeze({
  maxLeaves: 9, redundancy: 1, neighbours: 3, maxNeighbours: 12, ttl: 7, minCapacity: 0, minUptimeUs: 0, fullUptimeUs: HOUR * SECOND_US, heartbeatUs: 10 * SECOND_US,
  silentUs: 25 * SECOND_US, answerUs: 2 * SECOND_US, retryUs: 5 * SECOND_US, lonelyRounds: 3, joinTries: 5, cacheSize: 50, routeUs: 60 * SECOND_US,
});

/** Checks and completes parameters. @throws ParameterError naming the first that is out of range */
export function checkSuperpeers(parameters: Partial<SuperpeerParameters> = {}): SuperpeerParameters {
  const full = { ...SUPERPEER_DEFAULTS, ...parameters };
  const whole = (name: keyof SuperpeerParameters, min: number, max: number) => checkNumber(name, full[name], { min, max, integer: true });
  const time = (name: keyof SuperpeerParameters, min = 1) => checkNumber(name, full[name], { min, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" });
  whole("maxLeaves", 0, 100_000);
  whole("redundancy", 1, 16);
  whole("neighbours", 0, 1000);
  whole("maxNeighbours", full.neighbours, 100_000);
  whole("ttl", 0, 255);
  checkNumber("minCapacity", full.minCapacity, { min: 0 });
  time("minUptimeUs", 0);
  time("fullUptimeUs");
  time("heartbeatUs");
  time("silentUs", full.heartbeatUs + 1);
  time("answerUs");
  time("retryUs");
  whole("lonelyRounds", 1, 1_000_000);
  whole("joinTries", 0, 1000);
  whole("cacheSize", 1, 10_000);
  time("routeUs");
  return full;
}

/** A cluster as others see it: its number, drawn when it was founded, and the superpeers that share it. */
export interface ClusterLink {
  readonly cluster: number;
  readonly nodes: readonly number[];
}

/** Messages of the two-tier overlay. */
export type SuperpeerMessage =
  /** Index upload. `cluster` -1: may I join you; else: I am a member of your cluster already. `insist`: the others that I asked are full too. */
  | { readonly kind: "join"; readonly capacity: number; readonly uptimeUs: number; readonly files: readonly number[]; readonly cluster: number; readonly insist: boolean }
  | { readonly kind: "welcome"; readonly link: ClusterLink; readonly others: readonly number[] }
  /** `full`: a superpeer without room says so; else a leaf, which names its superpeers. */
  | { readonly kind: "refuse"; readonly others: readonly number[]; readonly full: boolean }
  /** Elected: found a cluster of your own, linked to these. */
  | { readonly kind: "found"; readonly links: readonly ClusterLink[] }
  /** Elected: become one of the superpeers of your cluster. */
  | { readonly kind: "promote"; readonly link: ClusterLink; readonly links: readonly ClusterLink[] }
  | { readonly kind: "update"; readonly file: number; readonly present: boolean }
  /** What a superpeer itself offers, to a partner; it asks for the partner's own if it is not an answer. */
  | { readonly kind: "share"; readonly files: readonly number[]; readonly answer: boolean }
  /**
   * Heartbeat of a leaf; of a superpeer, to partners with the links of the cluster, to neighbours with what it knows of theirs; the answer to both, which tells a leaf of other
   * superpeers. `digest` is that of the sender's own files: whoever indexed something else asks again.
   */
  | { readonly kind: "alive"; readonly digest: number }
  | { readonly kind: "ping"; readonly link: ClusterLink; readonly links: readonly ClusterLink[]; readonly digest: number }
  | { readonly kind: "pong"; readonly link: ClusterLink; readonly others: readonly number[] }
  /** Answer to a heartbeat of somebody who is not known (any more). */
  | { readonly kind: "unknown" }
  /** To a leaf: an upload or update was lost, send your files again. */
  | { readonly kind: "resend" }
  | { readonly kind: "link"; readonly link: ClusterLink }
  | { readonly kind: "linked"; readonly link: ClusterLink }
  | { readonly kind: "unlink"; readonly cluster: number }
  | { readonly kind: "bye" }
  /** A question of a leaf to its superpeer; the same question among superpeers; what was found, on the way back. */
  | { readonly kind: "ask"; readonly id: number; readonly file: number }
  | { readonly kind: "query"; readonly id: number; readonly file: number; readonly ttl: number }
  | { readonly kind: "hit"; readonly id: number; readonly owners: readonly number[] };

/** Bytes of a Gnutella header (22 as that paper counts) and of Ethernet, IP and TCP headers (58). */
export const SUPERPEER_HEADER_BYTES = 80;
/** Bytes of the entry of one file in an index upload. */
export const FILE_METADATA_BYTES = 72;
/** Bytes of one result. */
export const RESULT_BYTES = 76;
/** Bytes of an address of somebody who holds a result. */
export const RESULT_ADDRESS_BYTES = 28;
/** Bytes of a query's text (12) and flags (2). */
export const QUERY_TEXT_BYTES = 14;
const ADDRESS_BYTES = 6;
const CLUSTER_BYTES = 4;
const DIGEST_BYTES = 4;

const linkBytes = (link: ClusterLink): number => CLUSTER_BYTES + link.nodes.length * ADDRESS_BYTES;
const linksBytes = (links: readonly ClusterLink[]): number => links.reduce((sum, link) => sum + linkBytes(link), 0);

/** Size of a message on the wire, with the sizes of Yang & Garcia-Molina, table 2 (from memory); addresses of nodes take 6 bytes. */
export function superpeerMessageBytes(message: SuperpeerMessage): number {
  switch (message.kind) {
    case "join":
    case "share": return SUPERPEER_HEADER_BYTES + message.files.length * FILE_METADATA_BYTES;
    case "pong":
    case "welcome": return SUPERPEER_HEADER_BYTES + linkBytes(message.link) + message.others.length * ADDRESS_BYTES;
    case "refuse": return SUPERPEER_HEADER_BYTES + message.others.length * ADDRESS_BYTES;
    case "found": return SUPERPEER_HEADER_BYTES + linksBytes(message.links);
    case "promote": return SUPERPEER_HEADER_BYTES + linkBytes(message.link) + linksBytes(message.links);
    case "alive": return SUPERPEER_HEADER_BYTES + DIGEST_BYTES;
    case "ping": return SUPERPEER_HEADER_BYTES + DIGEST_BYTES + linkBytes(message.link) + linksBytes(message.links);
    case "update": return SUPERPEER_HEADER_BYTES + FILE_METADATA_BYTES;
    case "link":
    case "linked": return SUPERPEER_HEADER_BYTES + linkBytes(message.link);
    case "unlink": return SUPERPEER_HEADER_BYTES + CLUSTER_BYTES;
    case "ask":
    case "query": return SUPERPEER_HEADER_BYTES + QUERY_TEXT_BYTES;
    case "hit": return SUPERPEER_HEADER_BYTES + message.owners.length * (RESULT_BYTES + RESULT_ADDRESS_BYTES);
    default: return SUPERPEER_HEADER_BYTES;
  }
}
