/**
 * What a world of tunnels is made of: the physical network, the overlays above it, and alternative routing-table entries (a VPN). A description is
 * checked as a whole and turned into a plan, so that a mistake is told before anything runs. Section 9.4, introduction, figures 1 and 2.
 * An overlay stands "over" the underlay or an earlier overlay, so nesting has any depth and cannot run in a circle.
 * Tests: test/routing-overlays/tunnels/refusals.test.ts
 */
import { ParameterError, checkChoice, checkNumber } from "../../errors";
import { parseIpPrefix } from "../../ids/ip-address";
import { checkList, checkObject } from "../../network/check-input";
import { ENCAPSULATIONS, overheadBytes, type Encapsulation } from "./encapsulation";
import { IPV4_MIN_MTU_BYTES } from "./fragmentation";
import { ADDRESS_FAMILIES, canonicalAddress, type AddressFamily } from "./packet";

/** Name of the physical network. */
export const UNDERLAY = "underlay";
/** Registered for Generic UDP Encapsulation, whose simplest form is a bare packet in a datagram. */
export const DEFAULT_TUNNEL_PORT = 6080;

/** A router or host of the physical network. */
export interface UnderlayNodeSpec {
  readonly name: string;
  /** 32-bit address; 10.0.x.y by number if absent. */
  readonly address?: string;
  /** True for a node whose address only its one neighbour knows, such as a host with a private address behind a gateway. */
  readonly isPrivate?: boolean;
}

/** A physical link, in both directions. */
export interface UnderlayLinkSpec {
  readonly a: number;
  readonly b: number;
  /** One-way delay, whole microseconds >= 0. */
  readonly delayUs: number;
  /** Largest packet, bytes, >= 68; default 1500. */
  readonly mtuBytes?: number;
  /** What routes minimise, > 0, at most 1e15; the delay (at least 1) if absent. */
  readonly weight?: number;
}

/** A node that is in an overlay. */
export interface MemberSpec {
  /** Number of the physical node. */
  readonly node: number;
  /** Address in the overlay, of the overlay's family; in an overlay of content a name. */
  readonly address: string;
  /** What else it receives for: blocks of addresses, domain names, URLs. */
  readonly serves?: readonly string[];
  /** True for a node that enters the overlay only when told to (link-state routing only). */
  readonly joinsLater?: boolean;
}

/** A tunnel: to the overlay one link, to the layer below a path. */
export interface TunnelSpec {
  readonly a: number;
  readonly b: number;
  /** What routes of the overlay minimise, > 0; default 1. */
  readonly cost?: number;
  readonly encapsulation?: Encapsulation;
}

/** An overlay. */
export interface OverlaySpec {
  readonly name: string;
  /** {@link UNDERLAY} (default) or the name of an overlay that stands earlier in the list. */
  readonly over?: string;
  readonly family: AddressFamily;
  readonly members: readonly MemberSpec[];
  readonly tunnels: readonly TunnelSpec[];
  /** Default "ip-in-ip" where both layers are IP, else "udp". */
  readonly encapsulation?: Encapsulation;
  /** Port of UDP tunnels, 1..65535; default {@link DEFAULT_TUNNEL_PORT}. Overlays that share pairs of nodes need different ones. */
  readonly port?: number;
  /** "converged" (default): tables as routing would leave them, nothing detects failures. "link-state": keep-alives and link-state routing run in the overlay. */
  readonly routing?: "converged" | "link-state";
}

/** A tunnel used by the ordinary forwarding of the underlay: alternative entries in the tables of its two ends. */
export interface VpnSpec {
  readonly a: number;
  readonly b: number;
  /** Blocks that `a` sends through the tunnel. */
  readonly routesAtA: readonly string[];
  /** Blocks that `b` sends through the tunnel. */
  readonly routesAtB: readonly string[];
  readonly encapsulation?: Encapsulation;
  readonly port?: number;
}

/** A world to build. */
export interface TunnelWorldSpec {
  readonly nodes: readonly UnderlayNodeSpec[];
  readonly links: readonly UnderlayLinkSpec[];
  readonly overlays?: readonly OverlaySpec[];
  readonly vpns?: readonly VpnSpec[];
}

/** A node's place in a layer. */
export interface MemberPlan {
  readonly node: number;
  readonly address: string;
  /** Own address first, then what it serves, as destinations in canonical text. */
  readonly prefixes: readonly string[];
  readonly joinsLater: boolean;
}

/** A tunnel with everything that its ends must know. */
export interface TunnelPlan {
  readonly id: number;
  /** Layer whose packets go through it, and layer whose packets carry them (the same for a VPN). */
  readonly layer: number;
  readonly carrier: number;
  readonly a: number;
  readonly b: number;
  readonly cost: number;
  readonly encapsulation: Encapsulation;
  readonly port: number;
  /** Bytes of the outer header from `a` to `b` (the same the other way). */
  readonly overheadBytes: number;
  /** Of a VPN: what the ends send through it. */
  readonly routes: ReadonlyMap<number, readonly string[]>;
}

/** The underlay (number 0) or an overlay. */
export interface LayerPlan {
  readonly index: number;
  readonly name: string;
  readonly family: AddressFamily;
  /** Number of the layer below, -1 for the underlay. */
  readonly below: number;
  readonly routing: "converged" | "link-state";
  readonly members: ReadonlyMap<number, MemberPlan>;
  readonly tunnels: readonly TunnelPlan[];
}

/** A checked world. */
export interface TunnelWorldPlan {
  readonly nodes: readonly Required<UnderlayNodeSpec>[];
  readonly links: readonly Required<UnderlayLinkSpec>[];
  readonly layers: readonly LayerPlan[];
}

/** Refuses what is no plan of {@link planWorld}. @returns the plan */
export function checkPlan(plan: TunnelWorldPlan): TunnelWorldPlan {
  const isList = (value: unknown): boolean => Array.isArray(value);
  if (typeof plan === "object" && plan !== null && isList(plan.nodes) && isList(plan.links) && isList(plan.layers)) return plan;
  throw new ParameterError({ what: "bad value for plan", got: plan, expected: "a plan of planWorld", where: "parameter plan" });
}

/**
 * Checks a description.
 *
 * @throws ParameterError naming the first thing that is wrong and where
 */
export function planWorld(spec: TunnelWorldSpec): TunnelWorldPlan {
  checkObject("spec", spec, "nodes, links, and overlays or vpns");
  for (const [name, list] of Object.entries({ nodes: spec.nodes, links: spec.links, overlays: spec.overlays ?? [], vpns: spec.vpns ?? [] })) {
    checkList(name, list).forEach((entry, index) => checkObject(`${name}[${index}]`, entry, "an object"));
  }
  for (const [index, { name, isPrivate }] of spec.nodes.entries()) {
    if (typeof name !== "string" || name === "") throw new ParameterError({ what: "a node without a name", got: name, expected: "a text", where: `nodes[${index}]` });
    if (isPrivate !== undefined && typeof isPrivate !== "boolean") throw new ParameterError({ what: "bad value for isPrivate", got: isPrivate, expected: "true or false", where: `nodes[${index}]` });
  }
  checkNumber("number of nodes", spec.nodes.length, { min: 1, max: 65536, integer: true });
  const nodes = spec.nodes.map((node, index) => ({ name: node.name, address: at(`nodes[${index}]`, () => canonicalAddress("ipv4", node.address ?? `10.0.${index >> 8}.${index & 255}`)), isPrivate: node.isPrivate ?? false }));
  refuseRepeats(nodes.map((node) => node.address), "address", "nodes");
  const links = spec.links.map((link, index) => checkLink(link, index, nodes.length));
  refuseRepeats(links.map(pairText), "pair of nodes", "links");
  nodes.forEach((node, index) => {
    const degree = links.filter((link) => link.a === index || link.b === index).length;
    if (node.isPrivate && degree !== 1) throw new ParameterError({ what: "a private node needs exactly one link", got: degree, expected: "1", where: `nodes[${index}]` });
  });
  const members = new Map(nodes.map((node, index) => [index, { node: index, address: node.address, prefixes: [`${node.address}/32`], joinsLater: false }]));
  const layers: LayerPlan[] = [{ index: 0, name: UNDERLAY, family: "ipv4", below: -1, routing: "converged", members, tunnels: [] }];
  checkNumber("number of overlays", spec.overlays?.length ?? 0, { max: 1000, integer: true });
  let tunnelId = 0;
  for (const overlay of spec.overlays ?? []) {
    const layer = planOverlay(overlay, layers, tunnelId, nodes.length);
    tunnelId += layer.tunnels.length;
    layers.push(layer);
  }
  const vpns = (spec.vpns ?? []).map((vpn, index) => at(`vpns[${index}]`, () => planVpn(vpn, layers[0], tunnelId + index)));
  layers[0] = { ...layers[0], tunnels: vpns };
  refuseRepeats(layers.flatMap((layer) => layer.tunnels).map((tunnel) => tunnelKey(tunnel, layers)), "tunnel between two nodes", "overlays and vpns: give one of them another port, or udp instead of ip-in-ip");
  return { nodes, links, layers };
}

function checkLink(link: UnderlayLinkSpec, index: number, nodes: number): Required<UnderlayLinkSpec> {
  const where = `links[${index}]`;
  for (const end of [link.a, link.b]) checkNumber(`${where} end`, end, { min: 0, max: nodes - 1, integer: true });
  if (link.a === link.b) throw new ParameterError({ what: "link from a node to itself", got: link.a, expected: "two different nodes", where });
  const delayUs = checkNumber(`${where}.delayUs`, link.delayUs, { min: 0, max: 3.6e9, integer: true, unit: "µs" });
  const mtuBytes = checkNumber(`${where}.mtuBytes`, link.mtuBytes ?? 1500, { min: IPV4_MIN_MTU_BYTES, max: 65535, integer: true, unit: "bytes" });
  const weight = checkNumber(`${where}.weight`, link.weight ?? Math.max(1, delayUs), { min: 0, exclusiveMin: true, max: 1e15 });
  return { a: link.a, b: link.b, delayUs, mtuBytes, weight };
}

function planOverlay(overlay: OverlaySpec, layers: readonly LayerPlan[], firstId: number, nodes: number): LayerPlan {
  const where = `overlay ${overlay.name}`;
  const { family, routing = "converged" } = overlay;
  if (!ADDRESS_FAMILIES.includes(family)) throw new ParameterError({ what: "unknown family of addresses", got: family, expected: ADDRESS_FAMILIES.join(", "), where });
  at(where, () => checkChoice("routing", routing, ["converged", "link-state"]));
  if (layers.some((layer) => layer.name === overlay.name)) throw new ParameterError({ what: "two layers of one name", got: overlay.name, expected: "different names", where });
  const below = layers.find((layer) => layer.name === (overlay.over ?? UNDERLAY));
  if (below === undefined) throw new ParameterError({ what: "unknown layer below", got: overlay.over, expected: `one of ${layers.map((layer) => layer.name).join(", ")}; an overlay stands after the one that carries it`, where });
  if (below.family === "content") throw new ParameterError({ what: "an overlay of content cannot carry another one", got: below.name, expected: "a layer whose packets have a destination", where });
  if (overlay.port !== undefined) checkNumber(`port of ${where}`, overlay.port, { min: 1, max: 65535, integer: true });
  if (typeof overlay.name !== "string" || overlay.name === "") throw new ParameterError({ what: "an overlay without a name", got: overlay.name, expected: "a text", where: `overlays[${layers.length - 1}]` });
  for (const [name, list] of Object.entries({ members: overlay.members, tunnels: overlay.tunnels })) {
    checkList(`${name} of ${where}`, list).forEach((entry, index) => checkObject(`${name}[${index}] of ${where}`, entry, "an object"));
  }
  const members = new Map<number, MemberPlan>();
  for (const member of overlay.members) {
    checkNumber(`${where} member`, member.node, { min: 0, max: nodes - 1, integer: true });
    if (members.has(member.node)) throw new ParameterError({ what: "a node is twice in an overlay", got: member.node, expected: "one place", where });
    if (!below.members.has(member.node)) throw new ParameterError({ what: "a member has no address in the layer below", got: member.node, expected: `a member of ${below.name}`, where });
    if (member.joinsLater === true && routing !== "link-state") throw new ParameterError({ what: "a member can join later only where routing notices it", got: routing, expected: 'routing: "link-state"', where });
    members.set(member.node, at(where, () => planMember(family, member)));
  }
  refuseRepeats([...members.values()].map((member) => member.address), "address", where);
  const tunnels = overlay.tunnels.map((tunnel, index) => at(`${where}, tunnels[${index}]`, () => planTunnel(overlay, tunnel, firstId + index, layers.length, below, members)));
  refuseRepeats(tunnels.map(pairText), "pair of nodes", `${where}, tunnels`);
  if (family === "content") refuseCycles(members, tunnels, where);
  return { index: layers.length, name: overlay.name, family, below: below.index, routing, members, tunnels };
}

function planMember(family: AddressFamily, member: MemberSpec): MemberPlan {
  const address = canonicalAddress(family, member.address);
  const serves = checkList("serves", member.serves ?? [], "a list of destinations");
  if (member.joinsLater !== undefined && typeof member.joinsLater !== "boolean") throw new ParameterError({ what: "bad value for joinsLater", got: member.joinsLater, expected: "true or false" });
  if (family === "content" && serves.length > 0) throw new ParameterError({ what: "an overlay of content has no prefixes", got: serves[0], expected: "subscriptions instead" });
  for (const prefix of serves) checkPrefix(family, prefix);
  const own = family === "ipv4" ? `${address}/32` : family === "ipv6" ? `${address}/128` : address;
  return { node: member.node, address, prefixes: [own, ...serves], joinsLater: member.joinsLater ?? false };
}

/** Refuses what is not a block, name or URL of the family. */
export function checkPrefix(family: AddressFamily, prefix: string): void {
  if (family !== "ipv4" && family !== "ipv6") {
    canonicalAddress(family, prefix);
    return;
  }
  if (parseIpPrefix(prefix).address.length !== (family === "ipv4" ? 4 : 16)) throw new ParameterError({ what: "block of another width", got: prefix, expected: family });
}

function planTunnel(overlay: OverlaySpec, tunnel: TunnelSpec, id: number, layer: number, below: LayerPlan, members: ReadonlyMap<number, MemberPlan>): TunnelPlan {
  for (const end of [tunnel.a, tunnel.b]) if (!members.has(end)) throw new ParameterError({ what: "a tunnel ends at a node that is not in the overlay", got: end, expected: `a member of ${overlay.name}` });
  if (tunnel.a === tunnel.b) throw new ParameterError({ what: "tunnel from a node to itself", got: tunnel.a, expected: "two different members" });
  const isIp = (family: AddressFamily) => family === "ipv4" || family === "ipv6";
  const direct = isIp(overlay.family) && isIp(below.family);
  const encapsulation = checkChoice("encapsulation", tunnel.encapsulation ?? overlay.encapsulation ?? (direct ? "ip-in-ip" : "udp"), ENCAPSULATIONS);
  if (encapsulation === "ip-in-ip" && !direct) throw new ParameterError({ what: "only IP can be carried directly in IP", got: `${overlay.family} over ${below.family}`, expected: 'encapsulation: "udp"' });
  const cost = checkNumber("cost", tunnel.cost ?? 1, { min: 1, max: 4294967295, integer: true });
  const port = encapsulation === "udp" ? checkNumber("port", overlay.port ?? DEFAULT_TUNNEL_PORT, { min: 1, max: 65535, integer: true }) : 0;
  const [source, destination] = [tunnel.a, tunnel.b].map((end) => (below.members.get(end) as MemberPlan).address);
  return { id, layer, carrier: below.index, a: tunnel.a, b: tunnel.b, cost, encapsulation, port, overheadBytes: overheadBytes({ family: below.family, source, destination, encapsulation }), routes: new Map() };
}

function planVpn(vpn: VpnSpec, underlay: LayerPlan, id: number): TunnelPlan {
  const encapsulation = checkChoice("encapsulation", vpn.encapsulation ?? "ip-in-ip", ENCAPSULATIONS);
  const [source, destination] = [vpn.a, vpn.b].map((end) => {
    const member = underlay.members.get(end);
    if (member === undefined) throw new ParameterError({ what: "no such node", got: end, expected: `a whole number from 0 to ${underlay.members.size - 1}` });
    return member.address;
  });
  if (vpn.a === vpn.b) throw new ParameterError({ what: "tunnel from a node to itself", got: vpn.a, expected: "two different nodes" });
  for (const prefix of [...checkList("routesAtA", vpn.routesAtA, "a list of blocks"), ...checkList("routesAtB", vpn.routesAtB, "a list of blocks")]) checkPrefix("ipv4", prefix);
  const port = encapsulation === "udp" ? checkNumber("port", vpn.port ?? DEFAULT_TUNNEL_PORT, { min: 1, max: 65535, integer: true }) : 0;
  return { id, layer: 0, carrier: 0, a: vpn.a, b: vpn.b, cost: 1, encapsulation, port, overheadBytes: overheadBytes({ family: "ipv4", source, destination, encapsulation }), routes: new Map([[vpn.a, vpn.routesAtA], [vpn.b, vpn.routesAtB]]) };
}

/** What a node sees of a tunnel's packets when they come out: two tunnels must differ in it. Directly in IP the kind of inner packet tells them apart too. */
function tunnelKey(tunnel: TunnelPlan, layers: readonly LayerPlan[]): string {
  const inner = tunnel.encapsulation === "udp" ? "" : (tunnel.layer === 0 ? "ipv4" : layers[tunnel.layer].family);
  return [layers[tunnel.carrier].name, Math.min(tunnel.a, tunnel.b), Math.max(tunnel.a, tunnel.b), tunnel.encapsulation, tunnel.port, inner].join(" ");
}

function pairText({ a, b }: { readonly a: number; readonly b: number }): string {
  return `${Math.min(a, b)} - ${Math.max(a, b)}`;
}

function refuseCycles(members: ReadonlyMap<number, MemberPlan>, tunnels: readonly TunnelPlan[], where: string): void {
  const group = new Map([...members.keys()].map((node) => [node, node]));
  const root = (node: number): number => {
    let at = node;
    while (group.get(at) !== at) at = group.get(at) as number;
    return at;
  };
  for (const { a, b } of tunnels) {
    if (root(a) === root(b)) throw new ParameterError({ what: "the tunnels of an overlay of content run in a circle", got: `${a} - ${b}`, expected: "a tree, in which a packet arrives once", where });
    group.set(root(a), root(b));
  }
}

function refuseRepeats(values: readonly string[], what: string, where: string): void {
  const seen = new Set<string>();
  for (const value of values) {
    if (seen.has(value)) throw new ParameterError({ what: `the same ${what} twice`, got: value, expected: "different ones", where });
    seen.add(value);
  }
}

/** Adds a place to the errors of a check. */
function at<T>(where: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof ParameterError && error.facts.where === undefined) throw new ParameterError({ ...error.facts, where });
    throw error;
  }
}
