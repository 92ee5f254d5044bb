/** Worlds of the MBone and the 6-Bone as tables for drawings and for readers. */
import type { Row, Table } from "../../analysis/table";
import { decodeIpv4, decodeIpv6 } from "../../codecs/ip-headers";
import { ParameterError } from "../../errors";
import { formatIpAddress } from "../../ids/ip-address";
import { embeddedIpv4, ipv4Text, planTunnels, type MboneFrame, type MboneWorldSpec } from "../../routing-overlays/experimental-ip";
import { headersOf } from "../../routing-overlays/tunnels";
import { ABILENE_ROUTERS, abilene } from "../overlays-and-tunnels";
import { linksOf } from "./deployment-setting";
import type { MboneSimulation, MbonePacketRecord } from "./simulate-mbone";
import type { SixBoneSimulation } from "./simulate-six-bone";

/** Name of the lowest plane of the drawings. */
const PHYSICAL = "all routers";

/** A plane of a drawing above the physical network: the multicast routers, and if a packet is given what it crossed. */
export interface MbonePlane {
  readonly name: string;
  readonly packet?: MbonePacketRecord;
}

const TUNNELS: readonly MbonePlane[] = Object.freeze([{ name: "multicast routers" }]);

/**
 * The Abilene backbone with multicast at some of its routers, tunnels between their islands, and a host at each of them.
 * @param multicast names of routers, separated by commas
 * @throws ParameterError for a name that is no router of Abilene, or fewer than two of them
 */
export function abileneMbone(multicast: string): MboneWorldSpec {
  const graph = abilene();
  const names = [...new Set(String(multicast).split(",").map((name) => name.trim()))];
  const unknown = names.find((name) => !graph.labels.includes(name));
  if (unknown !== undefined || names.length < 2) throw new ParameterError({ what: "bad list of multicast routers", got: unknown ?? multicast, expected: `at least two of ${graph.labels.join(", ")}`, where: "parameter multicast" });
  const isMulticast = graph.labels.map((name) => names.includes(name));
  return {
    routers: graph.labels.map((name, router) => ({ name, isMulticast: isMulticast[router] })),
    links: linksOf(graph).map(({ a, b, delayUs }) => ({ a, b, delayUs })),
    subnets: [...graph.labels.keys()].filter((router) => isMulticast[router]).map((router) => ({ router, hosts: [`host in ${graph.labels[router]}`] })),
    tunnels: planTunnels(graph, isMulticast).map(({ a, b }) => ({ a, b })),
  };
}

/**
 * Routers of an Abilene world in planes, with longitude and latitude: all of them in the lowest, those with multicast in each plane above. Columns layer, node, x, y.
 * @param planes default: one
 */
export function mboneNodesTable(world: MboneSimulation, planes: readonly MbonePlane[] = TUNNELS): Table {
  const { plan } = world;
  const row = (layer: string, router: number): Row => {
    const place = ABILENE_ROUTERS.find(({ name }) => name === plan.names[router]);
    return { layer, node: plan.names[router], x: place?.longitude ?? router, y: place?.latitude ?? 0 };
  };
  const routers = Array.from({ length: plan.routerCount }, (_, router) => router);
  return {
    name: "mbone-routers", columns: [{ name: "layer", type: "string" }, { name: "node", type: "string" }, { name: "x", type: "number" }, { name: "y", type: "number" }],
    rows: [...routers.map((router) => row(PHYSICAL, router)), ...planes.flatMap(({ name }) => routers.filter((router) => plan.isMulticast[router]).map((router) => row(name, router)))],
  };
}

/**
 * Links below, native links and tunnels above, and how many copies of a packet each carried. Columns layer, from, to, kind, copies, crossed. Without a packet the tunnels
 * stand out in a plane, with one what it crossed; in the lowest plane what the last one crossed.
 * @param planes as for {@link mboneNodesTable}
 */
export function mboneEdgesTable(world: MboneSimulation, planes: readonly MbonePlane[] = TUNNELS): Table {
  const { plan } = world;
  const edge = (layer: string, kind: string, a: number, b: number, counts: ReadonlyMap<number, number> | undefined): Row => {
    const copies = counts?.get(Math.min(a, b) * plan.nodeCount + Math.max(a, b)) ?? 0;
    return { layer, from: plan.names[a], to: plan.names[b], kind, copies, crossed: counts === undefined ? kind === "tunnel" : copies > 0 };
  };
  const links = linksOf(plan.graph);
  const native = links.filter(({ a, b }) => plan.isMulticast[a] && plan.isMulticast[b]);
  return {
    name: "mbone-edges",
    columns: [
      { name: "layer", type: "string" }, { name: "from", type: "string" }, { name: "to", type: "string" }, { name: "kind", type: "string" }, { name: "copies", type: "integer", definition: "Copies of the packet, both directions together." },
      { name: "crossed", type: "boolean", definition: "Whether the edge stands out in the drawing." },
    ],
    rows: [
      ...links.map(({ a, b }) => edge(PHYSICAL, "link", a, b, planes[planes.length - 1]?.packet?.copies)),
      ...planes.flatMap(({ name, packet }) => [...native.map(({ a, b }) => edge(name, "native link", a, b, packet?.hops)), ...plan.tunnels.map(({ a, b }) => edge(name, "tunnel", a, b, packet?.hops))]),
    ],
  };
}

/**
 * What multicast routers and hosts said to each other, in order: one row per message where it was sent, not per hop. Columns time_s, from, to, message, about, bytes.
 * @param kinds of messages, such as "prune" and "graft"
 * @param window first and last second
 */
export function mboneLogTable(world: MboneSimulation, kinds: readonly string[], window: readonly [fromS: number, untilS: number]): Table {
  const { plan, trace } = world;
  const rows: Row[] = [];
  const seen = new Set<string>();
  for (const record of trace.records()) {
    if ((record.kind !== "send" && record.kind !== "lose") || !kinds.includes(record.label) || record.timeUs < window[0] * 1e6 || record.timeUs > window[1] * 1e6) continue;
    const { message, unicast, bytes } = record.message as MboneFrame;
    if (unicast !== null && unicast.from !== record.node) continue;
    const to = unicast !== null ? plan.names[unicast.to] : plan.subnetOf[record.node] >= 0 || plan.subnetOf[record.peer] >= 0 ? "subnet" : plan.names[record.peer];
    const key = `${record.event} ${record.label} ${to}`;
    if (seen.has(key)) continue;
    seen.add(key);
    rows.push({ time_s: record.timeUs / 1e6, from: plan.names[record.node], to, message: record.label, about: "group" in message ? ipv4Text(message.group) : "", bytes });
  }
  return {
    name: "mbone-log", rows,
    columns: [
      { name: "time_s", title: "Time", type: "number", unit: "s", digits: 7 }, { name: "from", title: "From", type: "string" }, { name: "to", title: "To", type: "string" }, { name: "message", title: "Message", type: "string" },
      { name: "about", title: "Group", type: "string" }, { name: "bytes", title: "Size", type: "integer", unit: "bytes" },
    ],
  };
}

/** Where the packets of applications went in a 6-Bone world, link by link, with both headers. Columns link, bytes, outer, outer_ttl, inner, hop_limit. */
export function sixJourneyTable(world: SixBoneSimulation): Table {
  const { names } = world.plan;
  const rows = world.crossings.map(({ from, to, packet }): Row => {
    const headers = headersOf(packet);
    const outer = headers.length > 1 ? headers[0] : null;
    const inner = headers[headers.length - 1];
    return { link: `${names[from]} → ${names[to]}`, bytes: packet.length, outer: outer === null ? null : `${outer.source} → ${outer.destination}`, outer_ttl: outer?.timeToLive ?? null, inner: `${inner.source} → ${inner.destination}`, hop_limit: inner.timeToLive };
  });
  return {
    name: "six-bone-journey", rows,
    columns: [
      { name: "link", title: "Link", type: "string" }, { name: "bytes", title: "Size", type: "integer", unit: "bytes" }, { name: "outer", title: "Outer header (IPv4)", type: "string" }, { name: "outer_ttl", title: "Outer TTL", type: "integer" },
      { name: "inner", title: "Inner header (IPv6)", type: "string" }, { name: "hop_limit", title: "Hop limit", type: "integer" },
    ],
  };
}

/**
 * The fields of an IPv6 packet within IPv4, byte by byte. Columns offset, field, bytes, meaning.
 * @throws ParseError when it is no such packet
 */
export function sixInFourTable(packet: Uint8Array): Table {
  const { header, payload } = decodeIpv4(packet);
  const inner = decodeIpv6(payload).header;
  const rows: Row[] = [];
  const field = (offset: number, length: number, name: string, meaning: string) =>
    rows.push({ offset, field: name, bytes: Array.from(packet.subarray(offset, offset + length), (byte) => byte.toString(16).padStart(2, "0")).join(" "), meaning });
  const island = (address: Uint8Array) => {
    const four = embeddedIpv4(address);
    return four === null ? formatIpAddress(address) : `${formatIpAddress(address)}: bytes 3 to 6 are ${four}`;
  };
  field(0, 2, "IPv4: version, header length, service", "4, 20 bytes, 0");
  field(2, 2, "IPv4: total length", `${header.totalBytes} bytes`);
  field(4, 4, "IPv4: identification, fragment", header.dontFragment ? "not to be cut" : "may be cut");
  field(8, 1, "IPv4: time to live", `${header.timeToLive} routers`);
  field(9, 1, "IPv4: protocol", `${header.protocol}: an IPv6 packet follows`);
  field(10, 2, "IPv4: checksum", "over these 20 bytes");
  field(12, 4, "IPv4: source", formatIpAddress(header.source));
  field(16, 4, "IPv4: destination", formatIpAddress(header.destination));
  field(20, 4, "IPv6: version, class, flow", "6, 0, 0");
  field(24, 2, "IPv6: payload length", `${payload.length - 40} bytes`);
  field(26, 1, "IPv6: next header", String(inner.nextHeader));
  field(27, 1, "IPv6: hop limit", `${inner.hopLimit} routers`);
  field(28, 16, "IPv6: source", island(inner.source));
  field(44, 16, "IPv6: destination", island(inner.destination));
  return {
    name: "six-in-four", rows,
    columns: [{ name: "offset", title: "Offset", type: "integer", unit: "bytes" }, { name: "field", title: "Field", type: "string" }, { name: "bytes", title: "Bytes", type: "string" }, { name: "meaning", title: "Meaning", type: "string" }],
  };
}
