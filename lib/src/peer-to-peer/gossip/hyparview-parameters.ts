/**
 * Parameters and messages of HyParView, with their sizes. Source: Leitao, Pereira, Rodrigues, "HyParView: a membership protocol for reliable gossip-based
 * broadcast", DSN 2007, sections 4 and 5.1. Used by {@link HyParView}.
 */
import { checkNumber } from "../../errors";
import { SECOND_US } from "../../units";

/** Parameters of HyParView. */
export interface HyParViewParameters {
  /** Entries of the active view: open connections, 1..1000 (default 5: fanout 4 and one more). */
  readonly activeSize: number;
  /** Entries of the passive view, 0..10000 (default 30). */
  readonly passiveSize: number;
  /** ARWL: steps of the walk that carries a newcomer, >= 0 (default 6). */
  readonly activeWalkLength: number;
  /** PRWL: the walk's remaining steps at which the newcomer enters a passive view, 0..ARWL (default 3). */
  readonly passiveWalkLength: number;
  /** k_a: entries of the active view in a shuffle, 0..activeSize (default 3). */
  readonly shuffleActive: number;
  /** k_p: entries of the passive view in a shuffle, 0..passiveSize (default 4). */
  readonly shufflePassive: number;
  /** Time between two shuffles of a node, > 0 (default 10 s; the paper counts in cycles). */
  readonly periodUs: number;
  /** How long a connection may stay without acknowledgement before TCP gives it up, > 0 (default 1 s; not in the paper). */
  readonly acknowledgeUs: number;
  /** Time between two probes of all open connections, so that idle links are watched too; 0 for none: then only broadcasts and shuffles test links (default 1 s; not in the paper, which leaves it to TCP). */
  readonly probePeriodUs: number;
}

/** Defaults: the published configuration for 10,000 nodes. */
export const HYPARVIEW_DEFAULTS: HyParViewParameters = Object.freeze({
  activeSize: 5, passiveSize: 30, activeWalkLength: 6, passiveWalkLength: 3, shuffleActive: 3, shufflePassive: 4, periodUs: 10 * SECOND_US, acknowledgeUs: SECOND_US, probePeriodUs: SECOND_US,
});

/** Checks and completes parameters. @throws ParameterError naming the first that is out of range */
export function checkHyParView(parameters: Partial<HyParViewParameters> = {}): HyParViewParameters {
  const full = { ...HYPARVIEW_DEFAULTS, ...parameters };
  checkNumber("activeSize", full.activeSize, { min: 1, max: 1000, integer: true });
  checkNumber("passiveSize", full.passiveSize, { min: 0, max: 10_000, integer: true });
  checkNumber("activeWalkLength", full.activeWalkLength, { min: 0, max: 1000, integer: true });
  checkNumber("passiveWalkLength", full.passiveWalkLength, { min: 0, max: full.activeWalkLength, integer: true });
  checkNumber("shuffleActive", full.shuffleActive, { min: 0, max: full.activeSize, integer: true });
  checkNumber("shufflePassive", full.shufflePassive, { min: 0, max: full.passiveSize, integer: true });
  checkNumber("periodUs", full.periodUs, { min: 1, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" });
  checkNumber("acknowledgeUs", full.acknowledgeUs, { min: 1, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" });
  checkNumber("probePeriodUs", full.probePeriodUs, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" });
  return full;
}

/** Messages of HyParView (Algorithm 1 of the paper), and what TCP adds. */
export type HyParViewMessage =
  | { readonly kind: "join" }
  | { readonly kind: "forward-join"; readonly joiner: number; readonly ttl: number }
  /** Asks for a place in the active view; `high` cannot be refused. */
  | { readonly kind: "neighbour"; readonly high: boolean }
  | { readonly kind: "neighbour-reply"; readonly accepted: boolean }
  | { readonly kind: "disconnect" }
  | { readonly kind: "shuffle"; readonly origin: number; readonly ttl: number; readonly entries: readonly number[] }
  /** `sent` are the entries that the shuffle carried: the first to give way at its origin. */
  | { readonly kind: "shuffle-reply"; readonly entries: readonly number[]; readonly sent: readonly number[] }
  /** A broadcast under way: `hops` links from its source. */
  | { readonly kind: "gossip"; readonly id: number; readonly hops: number }
  /** A probe of an idle connection, and the acknowledgement of a gossip, a shuffle or a probe. */
  | { readonly kind: "probe" }
  | { readonly kind: "acknowledge" };

/** Bytes of IPv4 and TCP headers and a message type. */
export const HYPARVIEW_HEADER_BYTES = 20 + 20 + 4;
/** Bytes of an address with port. */
export const HYPARVIEW_ENTRY_BYTES = 6;

/** Size of a message on the wire; a gossip counts its headers and identifier, without the payload. */
export function hyParViewMessageBytes(message: HyParViewMessage): number {
  switch (message.kind) {
    case "forward-join": return HYPARVIEW_HEADER_BYTES + HYPARVIEW_ENTRY_BYTES;
    case "shuffle": return HYPARVIEW_HEADER_BYTES + (1 + message.entries.length) * HYPARVIEW_ENTRY_BYTES;
    // The origin remembers what it sent; `sent` spares the simulation that memory and costs nothing on the wire.
    case "shuffle-reply": return HYPARVIEW_HEADER_BYTES + message.entries.length * HYPARVIEW_ENTRY_BYTES;
    case "gossip": return HYPARVIEW_HEADER_BYTES + 8;
    case "acknowledge": return 20 + 20;
    default: return HYPARVIEW_HEADER_BYTES;
  }
}
