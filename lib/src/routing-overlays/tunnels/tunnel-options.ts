/** Parameters of the nodes of a world of tunnels, and what they tell to whoever watches. */
import { checkNumber } from "../../errors";
import type { DropReason, ReceivedError } from "./node-state";

/** What travels over a physical link: one packet of the underlay. Its size on the wire is the packet's. */
export interface Frame {
  readonly kind: "frame";
  readonly packet: Uint8Array;
}

/** Parameters of every node. */
export interface TunnelOptions {
  /** Time to live of outer headers, 1..255; 64 is what RFC 1340 recommends for new packets. */
  readonly tunnelTimeToLive: number;
  /** Most headers that a node puts around each other, 1..64: the guard against tunnels that lead into themselves. */
  readonly maxNesting: number;
  /** How long fragments wait for the others, whole µs; RFC 1122 asks for 60 to 120 s. */
  readonly reassemblyUs: number;
  /** Time between keep-alives, whole µs. */
  readonly keepAliveUs: number;
  /** Silence after which a neighbour is taken for dead, whole µs; 4 intervals, as in OSPF (RFC 2328, appendix C.3). */
  readonly deadUs: number;
  /** After so many rounds of keep-alives a node repeats its link-state entry. */
  readonly refreshRounds: number;
}

/** Defaults of {@link TunnelOptions}. */
export const TUNNEL_DEFAULTS: TunnelOptions = Object.freeze({ tunnelTimeToLive: 64, maxNesting: 16, reassemblyUs: 60_000_000, keepAliveUs: 1_000_000, deadUs: 4_000_000, refreshRounds: 10 });

/** @throws ParameterError when an option is out of range */
export function checkTunnelOptions(options: TunnelOptions): TunnelOptions {
  checkNumber("tunnelTimeToLive", options.tunnelTimeToLive, { min: 1, max: 255, integer: true, unit: "hops" });
  checkNumber("maxNesting", options.maxNesting, { min: 1, max: 64, integer: true, unit: "headers" });
  checkNumber("reassemblyUs", options.reassemblyUs, { min: 1, integer: true, unit: "µs" });
  checkNumber("keepAliveUs", options.keepAliveUs, { min: 1, max: 4294967295, integer: true, unit: "µs" });
  checkNumber("deadUs", options.deadUs, { min: options.keepAliveUs, integer: true, unit: "µs, at least one keep-alive interval" });
  checkNumber("refreshRounds", options.refreshRounds, { min: 1, integer: true, unit: "rounds" });
  return options;
}

/** A packet that reached an application. */
export interface Delivery {
  readonly timeUs: number;
  readonly node: number;
  readonly layer: string;
  readonly source: string;
  readonly destination: string;
  /** What was left of it. */
  readonly timeToLive: number;
  /** Protocol number. */
  readonly next: number;
  readonly payload: Uint8Array;
}

/** Is told what happens, for experiments; changes nothing. */
export interface TunnelObserver {
  delivered?(delivery: Delivery): void;
  dropped?(node: number, layer: string, reason: DropReason, packet: Uint8Array): void;
  error?(node: number, layer: string, error: ReceivedError): void;
  /** A neighbour of an overlay appeared or vanished. */
  neighbour?(timeUs: number, node: number, layer: string, peer: number, isUp: boolean): void;
}
