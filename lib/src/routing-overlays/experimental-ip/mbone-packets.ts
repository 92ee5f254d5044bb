/**
 * What travels in an MBone world: multicast data, membership messages, DVMRP messages, each alone or within a unicast header. In memory a packet is an object; its
 * size on the wire and, for readers, its bytes follow from the formats in codecs/igmp.ts, codecs/dvmrp.ts and codecs/ip-headers.ts. A test holds the sizes to the bytes.
 * Data in a tunnel is IP within IP (protocol 4, RFC 2003): 20 bytes more. DVMRP's own messages go to the end of a tunnel as plain unicast, as mrouted sent them.
 */
import { IGMP_BYTES, PROTOCOL_IGMP, ROUTER_ALERT, encodeIgmp } from "../../codecs/igmp";
import { DVMRP_HEADER_BYTES, encodeDvmrp, networkBytes, type DvmrpRoute } from "../../codecs/dvmrp";
import { IPV4_HEADER_BYTES, PROTOCOL, UDP_HEADER_BYTES, encodeIpv4, encodeUdp, put16 } from "../../codecs/ip-headers";
import { ALL_DVMRP_ROUTERS, ALL_ROUTERS, ALL_SYSTEMS, ipv4Bytes } from "./multicast-address";
import type { MbonePlan } from "./mbone-plan";

/** A datagram for a group. */
export interface MulticastData {
  readonly kind: "data";
  /** Address of the sending host. */
  readonly source: number;
  readonly group: number;
  /** Number of the packet at its source, from 0; the IP identification is its lowest 16 bits. */
  readonly sequence: number;
  /** Bytes of the application's payload. */
  readonly payloadBytes: number;
}

/** What a packet carries. Groups and sources are IPv4 addresses as numbers. */
export type MboneMessage =
  | MulticastData
  | { readonly kind: "query"; /** 0: all groups. */ readonly group: number; readonly maxResponseUs: number }
  | { readonly kind: "report"; readonly group: number }
  | { readonly kind: "leave"; readonly group: number }
  | { readonly kind: "probe"; readonly generation: number; /** Routers heard, by node number. */ readonly heard: readonly number[] }
  | { readonly kind: "route-report"; /** Numbers of subnets, rising, and their metrics. */ readonly networks: Uint32Array; readonly metrics: Uint8Array; readonly isFlash: boolean }
  | { readonly kind: "prune"; readonly source: number; readonly group: number; readonly lifetimeSeconds: number }
  | { readonly kind: "graft"; readonly source: number; readonly group: number }
  | { readonly kind: "graft-ack"; readonly source: number; readonly group: number };

/** A unicast header: of a tunnel around data, or of a message for one router. Ends are node numbers. */
export interface UnicastHeader {
  readonly from: number;
  readonly to: number;
  readonly timeToLive: number;
}

/** One packet on one link or subnet. */
export interface MboneFrame {
  /** That of the message; shown in traces. */
  readonly kind: MboneMessage["kind"];
  readonly message: MboneMessage;
  /** Of the packet itself, the inner one within a tunnel. */
  readonly timeToLive: number;
  readonly unicast: UnicastHeader | null;
  /** Size on the wire with all IP headers. */
  readonly bytes: number;
}

/** Puts a message into a frame. @param messageBytes its size without IP headers */
export function frameOf(message: MboneMessage, messageBytes: number, timeToLive: number, unicast: UnicastHeader | null): MboneFrame {
  const { kind } = message;
  const isMembership = kind === "query" || kind === "report" || kind === "leave";
  const headers = IPV4_HEADER_BYTES + (isMembership ? ROUTER_ALERT.length : 0) + (kind === "data" && unicast !== null ? IPV4_HEADER_BYTES : 0);
  return { kind, message, timeToLive, unicast, bytes: messageBytes + headers };
}

/** Size of a message without its IP header; of a route report see {@link ReportSizes}. */
export function messageBytes(message: Exclude<MboneMessage, { kind: "route-report" }>): number {
  switch (message.kind) {
    case "data":
      return UDP_HEADER_BYTES + message.payloadBytes;
    case "probe":
      return DVMRP_HEADER_BYTES + 4 + 4 * message.heard.length;
    case "prune":
      return DVMRP_HEADER_BYTES + 12;
    case "graft":
    case "graft-ack":
      return DVMRP_HEADER_BYTES + 8;
    default:
      return IGMP_BYTES;
  }
}

/** How many bytes routes take in reports, and in which order they stand: by netmask, then by address. */
export class ReportSizes {
  /** Networks in the order of reports. */
  readonly order: Uint32Array;
  private readonly entryBytes: Uint8Array;
  private readonly lengths: Uint8Array;

  constructor(plan: Pick<MbonePlan, "subnets">) {
    const { subnets } = plan;
    this.lengths = Uint8Array.from(subnets, ({ prefix }) => prefix.length);
    this.entryBytes = this.lengths.map((length) => networkBytes(length) + 1);
    this.order = Uint32Array.from(subnets.keys()).sort((a, b) => this.lengths[a] - this.lengths[b] || a - b);
  }

  /** Bytes that a route adds after another one, -1 for the first: a new netmask takes three more. */
  added(network: number, before: number): number {
    return this.entryBytes[network] + (before < 0 || this.lengths[before] !== this.lengths[network] ? 3 : 0);
  }
}

/** The bytes of a frame, as a reader of the wire sees them. */
export function frameBytes(plan: MbonePlan, frame: MboneFrame, sender: number): Uint8Array {
  const { message, unicast, timeToLive } = frame;
  const end = (node: number) => ipv4Bytes(plan.addresses[node]);
  if (message.kind === "data") {
    const pair = { source: ipv4Bytes(message.source), destination: ipv4Bytes(message.group) };
    const payload = new Uint8Array(message.payloadBytes);
    if (payload.length >= 2) put16(payload, 0, message.sequence & 0xffff);
    const inner = packet(pair, PROTOCOL.udp, timeToLive, encodeUdp({ sourcePort: 9875, destinationPort: 9875 }, payload, pair), message.sequence & 0xffff);
    return unicast === null ? inner : packet({ source: end(unicast.from), destination: end(unicast.to) }, PROTOCOL.ipv4, unicast.timeToLive, inner);
  }
  if (message.kind === "query" || message.kind === "report" || message.kind === "leave") {
    const destination = message.kind === "leave" ? ALL_ROUTERS : message.group === 0 ? ALL_SYSTEMS : message.group;
    const tenths = message.kind === "query" ? Math.round(message.maxResponseUs / 100_000) : 0;
    const body = encodeIgmp({ kind: message.kind, maxResponse: tenths, group: ipv4Bytes(message.group) });
    return packet({ source: end(sender), destination: ipv4Bytes(destination) }, PROTOCOL_IGMP, timeToLive, body, 0, ROUTER_ALERT);
  }
  const body = dvmrpOf(plan, message);
  const pair = unicast === null ? { source: end(sender), destination: ipv4Bytes(ALL_DVMRP_ROUTERS) } : { source: end(unicast.from), destination: end(unicast.to) };
  return packet(pair, PROTOCOL_IGMP, unicast?.timeToLive ?? timeToLive, body);
}

function packet(pair: { readonly source: Uint8Array; readonly destination: Uint8Array }, protocol: number, timeToLive: number, body: Uint8Array, identification = 0, options = new Uint8Array(0)): Uint8Array {
  return encodeIpv4({ ...pair, protocol, timeToLive, typeOfService: 0, identification, dontFragment: false, moreFragments: false, fragmentOffset: 0, options }, body);
}

function dvmrpOf(plan: MbonePlan, message: Exclude<MboneMessage, { kind: "data" | "query" | "report" | "leave" }>): Uint8Array {
  switch (message.kind) {
    case "probe":
      return encodeDvmrp({ kind: "probe", generation: message.generation, neighbours: message.heard.map((node) => ipv4Bytes(plan.addresses[node])) });
    case "route-report":
      return encodeDvmrp({ kind: "report", routes: Array.from(message.networks, (network, index): DvmrpRoute => ({ ...plan.subnets[network].prefix, metric: message.metrics[index] })) });
    case "prune":
      return encodeDvmrp({ kind: "prune", source: ipv4Bytes(message.source), group: ipv4Bytes(message.group), lifetimeSeconds: message.lifetimeSeconds });
    default:
      return encodeDvmrp({ kind: message.kind, source: ipv4Bytes(message.source), group: ipv4Bytes(message.group) });
  }
}
