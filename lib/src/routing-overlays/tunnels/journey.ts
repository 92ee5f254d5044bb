/**
 * What a packet looked like on every physical link that it crossed: the trace of a run as a table with one row a hop, outer and inner header side by side.
 * The headers are read from the bytes in the trace, not remembered from when they were written. Section 9.4, figure 2.
 */
import { decodeIpv4Header } from "../../codecs/ip-headers";
import { checkList, checkObject } from "../../network/check-input";
import type { TraceRecord } from "../../simulation/trace";
import { headersOf, type HeaderView } from "./packet";
import { checkPlan, type TunnelWorldPlan } from "./plan";
import type { Frame } from "./tunnel-options";

/** A packet on a physical link. */
export interface Hop {
  /** When it set out, and when it arrived, µs. */
  readonly sentUs: number;
  readonly arrivalUs: number;
  readonly from: number;
  readonly to: number;
  /** All headers that can be read, outermost first. */
  readonly headers: readonly HeaderView[];
  readonly bytes: number;
  /** Whether it is one fragment of a larger packet. */
  readonly isFragment: boolean;
  /** The packet itself. */
  readonly packet: Uint8Array;
}

/** The hops in a trace, in the order of sending. Frames that the network lost are in it, with arrival at -1. */
export function hopsOf(records: readonly TraceRecord[]): Hop[] {
  return [...checkList("records", records, "the records of a trace")].flatMap((record): Hop[] => {
    checkObject("record", record, "a record of a trace");
    if ((record.kind !== "send" && record.kind !== "lose") || record.label !== "frame") return [];
    const { packet } = record.message as Frame;
    const outer = decodeIpv4Header(packet);
    const isFragment = outer.moreFragments || outer.fragmentOffset > 0;
    return [{ sentUs: record.timeUs, arrivalUs: record.arrivalUs, from: record.node, to: record.peer, headers: headersOf(packet), bytes: packet.length, isFragment, packet }];
  });
}

/** A row of {@link journeyRows}, for tables. */
export type JourneyRow = Readonly<Record<string, string | number | null>>;

/** The columns of {@link journeyRows}. */
export const JOURNEY_COLUMNS = Object.freeze([
  { name: "time_ms", title: "time", type: "number", unit: "ms", definition: "When the packet was put on the link." },
  { name: "link", title: "link", type: "string", definition: "Node that sends, and node that receives." },
  { name: "outer", title: "outer header", type: "string", definition: "Source and destination in the outermost header." },
  { name: "outer_ttl", title: "TTL", type: "integer", definition: "Time to live in the outermost header." },
  { name: "inner", title: "inner header", type: "string", definition: "Source and destination in the innermost header; none for a packet with one header, or a later fragment." },
  { name: "inner_ttl", title: "TTL", type: "integer", definition: "Time to live in the innermost header." },
  { name: "bytes", title: "packet", type: "integer", unit: "B", definition: "Bytes of the packet." },
] as const);

/**
 * The hops as rows: outermost and innermost header; the inner columns are empty for a packet without one. The spaces around an arrow do not break, except behind
 * one between addresses, so that a narrow table breaks there and nowhere else.
 */
export function journeyRows(hops: readonly Hop[], plan: TunnelWorldPlan): JourneyRow[] {
  checkPlan(plan);
  return checkList("hops", hops, "what hopsOf gives").map((hop) => {
    checkList("hop.headers", checkObject("hop", hop, "a hop as hopsOf gives it").headers, "the headers of a packet");
    const network = hop.headers.filter(({ protocol }) => protocol !== "UDP");
    const outer = network[0];
    const inner = network.length > 1 ? network[network.length - 1] : null;
    return {
      time_ms: hop.sentUs / 1000,
      link: `${plan.nodes[hop.from].name}\u00a0→\u00a0${plan.nodes[hop.to].name}`,
      outer: `${outer.source}\u00a0→ ${outer.destination}`,
      outer_ttl: outer.timeToLive,
      inner: inner === null ? null : `${inner.source}\u00a0→ ${inner.destination}`,
      inner_ttl: inner?.timeToLive ?? null,
      bytes: hop.bytes,
    };
  });
}
