/**
 * What a world of the 6-Bone is made of: IPv4 routers, some of which also have IPv6, the links between them, IPv6 hosts, and tunnels between IPv6 routers over
 * IPv4. An island is whatever IPv6 routers native links join; a 6to4 island is one router whose block of addresses follows from its IPv4 address. A description is
 * checked as a whole and turned into a plan. Section 9.4.1; RFC 4213 (tunnels), RFC 3056 (6to4). Nodes are numbered: the routers first, then the hosts.
 * Tests: test/routing-overlays/experimental-ip/bad-input.test.ts
 */
import { IPV4_MIN_MTU_BYTES } from "../tunnels/fragmentation";
import { IPV6_MIN_MTU_BYTES } from "../tunnels/encapsulation";
import { ParameterError, checkNumber } from "../../errors";
import { formatIpAddress, formatIpPrefix, maskAddress, parseIpAddress, parseIpPrefix, sameAddress, type IpPrefix } from "../../ids/ip-address";
import { RouterGraph } from "../../network/router-graph";
import { checkList, checkRecord } from "../../simulation/checks";
import { isGlobalIpv4, sixToFourPrefix } from "./six-to-four";

/** A router. All have IPv4. */
export interface SixRouterSpec {
  readonly name: string;
  /** Whether it has IPv6 too; false: a router of the legacy Internet. */
  readonly hasIpv6: boolean;
  /** 198.18.x.y by number if absent. */
  readonly address4?: string;
  /** Its block of IPv6 addresses, /16../64; of the 6-Bone's 3ffe::/16 (RFC 2471) by number if absent. Not for 6to4 islands. */
  readonly prefix?: string;
  /** A 6to4 island: its block is 2002:V4ADDR::/48, it needs no configured tunnel, and IPv6 leaves it in automatic ones only. */
  readonly isSixToFour?: boolean;
  /** A relay between 6to4 islands and the rest: tells the others that it leads to 2002::/16. */
  readonly isRelay?: boolean;
}

/** A physical link between two routers, in both directions. IPv6 runs over it natively when both ends have it. */
export interface SixLinkSpec {
  readonly a: number;
  readonly b: number;
  /** One-way delay, whole microseconds, 1..3.6e9. */
  readonly delayUs: number;
  /** Largest packet, bytes: 68..65535, at least 1280 where IPv6 runs natively; default 1500. */
  readonly mtuBytes?: number;
  /** What IPv4 routes minimise, > 0; the delay if absent. */
  readonly weight?: number;
  /** RIPng metric, 1..15; default 1. */
  readonly metric?: number;
}

/** An IPv6 host on a link of its own to a router with IPv6. */
export interface SixHostSpec {
  readonly name: string;
  readonly router: number;
  /** One-way delay, whole microseconds, 1..3.6e9; default 100. */
  readonly delayUs?: number;
  /** At least 1280; default 1500. */
  readonly mtuBytes?: number;
}

/** A configured tunnel (RFC 4213): its ends know each other. */
export interface SixTunnelSpec {
  readonly a: number;
  readonly b: number;
  /** RIPng metric, 1..15; default 1. */
  readonly metric?: number;
}

/** A world to build. */
export interface SixBoneWorldSpec {
  readonly routers: readonly SixRouterSpec[];
  readonly links: readonly SixLinkSpec[];
  readonly hosts?: readonly SixHostSpec[];
  readonly tunnels?: readonly SixTunnelSpec[];
}

/** An IPv6 interface of a router. */
export interface SixInterface {
  readonly kind: "link" | "tunnel" | "host";
  /** Node at the other end. */
  readonly peer: number;
  readonly metric: number;
  /** Of a link; Infinity for a tunnel, whose size follows from the IPv4 path. */
  readonly mtuBytes: number;
}

/** A checked world. */
export interface SixBonePlan {
  readonly routerCount: number;
  readonly nodeCount: number;
  readonly names: readonly string[];
  /** IPv4 addresses of routers, IPv6 addresses of all nodes as canonical text ("" where there is none). */
  readonly addresses4: readonly string[];
  readonly addresses6: readonly string[];
  /** Block of each router; `null` without IPv6. */
  readonly blocks: readonly (IpPrefix | null)[];
  readonly routers: readonly SixRouterSpec[];
  readonly graph: RouterGraph;
  /** Largest IPv4 packet by directed link number. */
  readonly mtus: Float64Array;
  /** Of each router. */
  readonly interfaces: readonly (readonly SixInterface[])[];
  readonly hosts: readonly Required<SixHostSpec>[];
  readonly tunnels: readonly Required<SixTunnelSpec>[];
  readonly relays: readonly number[];
  /** @throws ParameterError when there is no such node */
  nodeNamed(name: string): number;
}

/** Whether a router speaks IPv6 with neighbours: a 6to4 island has none. */
export function isNative(router: SixRouterSpec): boolean {
  return router.hasIpv6 && router.isSixToFour !== true;
}

/**
 * Checks a description.
 * @throws ParameterError naming the first thing that is wrong and where
 */
export function planSixBone(spec: SixBoneWorldSpec): SixBonePlan {
  checkRecord("spec", spec);
  for (const name of ["routers", "links", "hosts", "tunnels"] as const) {
    if (spec[name] === undefined && !(name === "routers" || name === "links")) continue;
    checkList(`spec.${name}`, spec[name] as readonly object[], "objects").forEach((entry, index) => checkRecord(`spec.${name}[${index}]`, entry));
  }
  const { routers, hosts = [], tunnels = [] } = spec;
  const count = checkNumber("number of routers", routers.length, { min: 1, max: 65536, integer: true });
  routers.forEach((router, index) => checkRouter(router, `routers[${index}]`));
  const names = [...routers, ...hosts].map(({ name }) => name);
  refuseRepeats(names, "name");
  const addresses4 = routers.map(({ address4 }, index) => checkAddress4(address4 ?? `198.18.${index >> 8}.${index & 255}`, `routers[${index}]`));
  refuseRepeats(addresses4, "IPv4 address");
  const blocks = routers.map((router, index) => (router.hasIpv6 ? blockOf(router, addresses4[index], index) : null));
  refuseOverlap(blocks);
  const links = spec.links.map((link, index) => checkLink(link, index, routers));
  refuseRepeats(links.map(pairText), "pair of routers in links");
  const graph = new RouterGraph(count, links.map(({ a, b, delayUs, weight }) => ({ from: a, to: b, delayUs, weight })), routers.map(({ name }) => name));
  const plannedHosts = hosts.map((host, index) => checkHost(host, `hosts[${index}]`, routers));
  const plannedTunnels = tunnels.map((tunnel, index) => checkTunnel(tunnel, `tunnels[${index}]`, routers, links));
  refuseRepeats(plannedTunnels.map(pairText), "pair of routers in tunnels");
  const within = routers.map(() => 1);
  const addresses6 = [
    ...blocks.map((block) => (block === null ? "" : addressIn(block, 1))),
    ...plannedHosts.map(({ router }) => addressIn(blocks[router] as IpPrefix, (within[router] += 1))),
  ];
  return {
    routerCount: count, nodeCount: names.length, names, addresses4, addresses6, blocks, routers, graph, hosts: plannedHosts, tunnels: plannedTunnels,
    mtus: Float64Array.from(graph.physical, (link) => links[link].mtuBytes),
    interfaces: interfacesOf(routers, links, plannedHosts, plannedTunnels),
    relays: [...routers.keys()].filter((router) => routers[router].isRelay === true),
    nodeNamed(name) {
      const node = names.indexOf(name);
      return node >= 0 ? node : refuse("no node of that name", name, names.slice(0, 12).join(", "), "parameter name");
    },
  };
}

function refuse(what: string, got: unknown, expected: string, where: string): never {
  throw new ParameterError({ what, got, expected, where });
}

function checkRouter(router: SixRouterSpec, where: string): void {
  if (typeof router.hasIpv6 !== "boolean") refuse("bad value for hasIpv6", router.hasIpv6, "true or false", where);
  if (!router.hasIpv6 && (router.isSixToFour === true || router.isRelay === true || router.prefix !== undefined)) refuse("a legacy router has no IPv6", router.name, "hasIpv6: true", where);
  if (router.isSixToFour === true && router.isRelay === true) refuse("a relay stands outside the 6to4 islands", router.name, "isSixToFour or isRelay", where);
  if (router.isSixToFour === true && router.prefix !== undefined) refuse("a 6to4 island cannot choose its block", router.prefix, "none: it follows from the IPv4 address", where);
}

function checkAddress4(text: string, where: string): string {
  const address = parseIpAddress(text);
  return isGlobalIpv4(address) ? formatIpAddress(address) : refuse("not an address for a router", text, "a global unicast IPv4 address", where);
}

function blockOf(router: SixRouterSpec, address4: string, index: number): IpPrefix {
  if (router.isSixToFour === true) return sixToFourPrefix(address4);
  const block = parseIpPrefix(router.prefix ?? `3ffe:${(index + 1).toString(16)}::/48`);
  const isUsable = block.address.length === 16 && block.length >= 16 && block.length <= 64 && block.address[0] !== 0xff && !(block.address[0] === 0x20 && block.address[1] === 0x02);
  return isUsable ? block : refuse("bad block of addresses for an island", formatIpPrefix(block), "a unicast IPv6 block /16../64 outside 2002::/16", `routers[${index}]`);
}

function refuseOverlap(blocks: readonly (IpPrefix | null)[]): void {
  const known = blocks.filter((block): block is IpPrefix => block !== null).sort((x, y) => x.length - y.length);
  const seen = new Set<string>();
  const lengths = [...new Set(known.map(({ length }) => length))];
  for (const block of known) {
    for (const length of lengths) if (length <= block.length && seen.has(`${formatIpAddress(maskAddress(block.address, length))}/${length}`)) refuse("two islands share addresses", formatIpPrefix(block), "separate blocks", "routers");
    seen.add(formatIpPrefix(block));
  }
}

function checkLink(link: SixLinkSpec, index: number, routers: readonly SixRouterSpec[]): Required<Omit<SixLinkSpec, "weight">> & Pick<SixLinkSpec, "weight"> {
  const where = `links[${index}]`;
  for (const end of [link.a, link.b]) checkNumber(`${where} end`, end, { min: 0, max: routers.length - 1, integer: true });
  checkNumber(`${where}.delayUs`, link.delayUs, { min: 1, max: 3.6e9, integer: true, unit: "µs" });
  const least = isNative(routers[link.a]) && isNative(routers[link.b]) ? IPV6_MIN_MTU_BYTES : IPV4_MIN_MTU_BYTES;
  const mtuBytes = checkNumber(`${where}.mtuBytes`, link.mtuBytes ?? 1500, { min: least, max: 65535, integer: true, unit: "bytes" });
  return { ...link, mtuBytes, metric: checkNumber(`${where}.metric`, link.metric ?? 1, { min: 1, max: 15, integer: true }) };
}

function checkHost(host: SixHostSpec, where: string, routers: readonly SixRouterSpec[]): Required<SixHostSpec> {
  checkNumber(`${where}.router`, host.router, { min: 0, max: routers.length - 1, integer: true });
  if (!routers[host.router].hasIpv6) refuse("an IPv6 host at a legacy router", host.name, "a router with IPv6", where);
  const delayUs = checkNumber(`${where}.delayUs`, host.delayUs ?? 100, { min: 1, max: 3.6e9, integer: true, unit: "µs" });
  return { name: host.name, router: host.router, delayUs, mtuBytes: checkNumber(`${where}.mtuBytes`, host.mtuBytes ?? 1500, { min: IPV6_MIN_MTU_BYTES, max: 65535, integer: true, unit: "bytes" }) };
}

function checkTunnel(tunnel: SixTunnelSpec, where: string, routers: readonly SixRouterSpec[], links: readonly SixLinkSpec[]): Required<SixTunnelSpec> {
  for (const end of [tunnel.a, tunnel.b]) {
    checkNumber(`${where} end`, end, { min: 0, max: routers.length - 1, integer: true });
    if (!isNative(routers[end])) refuse("a configured tunnel ends at a router that routes no IPv6", routers[end].name, "a router with IPv6 that is no 6to4 island", where);
  }
  if (tunnel.a === tunnel.b) refuse("tunnel from a router to itself", tunnel.a, "two different routers", where);
  if (links.some((link) => pairText(link) === pairText(tunnel))) refuse("a tunnel beside a native link", pairText(tunnel), "two routers that IPv6 does not join already", where);
  return { a: tunnel.a, b: tunnel.b, metric: checkNumber(`${where}.metric`, tunnel.metric ?? 1, { min: 1, max: 15, integer: true }) };
}

function addressIn(block: IpPrefix, last: number): string {
  const address = block.address.slice();
  [address[14], address[15]] = [last >> 8, last & 255];
  // Never the block's first address, which means any router there.
  return sameAddress(address, block.address) ? refuse("a block too small for its hosts", formatIpPrefix(block), "room for all", "hosts") : formatIpAddress(address);
}

/** Interfaces in a fixed order: links by neighbour, tunnels and hosts as listed. */
function interfacesOf(routers: readonly SixRouterSpec[], links: readonly Required<Omit<SixLinkSpec, "weight">>[], hosts: readonly Required<SixHostSpec>[], tunnels: readonly Required<SixTunnelSpec>[]): SixInterface[][] {
  const found: SixInterface[][] = routers.map(() => []);
  for (const { a, b, metric, mtuBytes } of links) {
    if (!isNative(routers[a]) || !isNative(routers[b])) continue;
    found[a].push({ kind: "link", peer: b, metric, mtuBytes });
    found[b].push({ kind: "link", peer: a, metric, mtuBytes });
  }
  for (const each of found) each.sort((x, y) => x.peer - y.peer);
  for (const { a, b, metric } of tunnels) {
    found[a].push({ kind: "tunnel", peer: b, metric, mtuBytes: Infinity });
    found[b].push({ kind: "tunnel", peer: a, metric, mtuBytes: Infinity });
  }
  hosts.forEach(({ router, mtuBytes }, index) => found[router].push({ kind: "host", peer: routers.length + index, metric: 1, mtuBytes }));
  return found;
}

function pairText({ a, b }: { readonly a: number; readonly b: number }): string {
  return `${Math.min(a, b)} - ${Math.max(a, b)}`;
}

function refuseRepeats(values: readonly string[], what: string): void {
  const seen = new Set<string>();
  for (const value of values) {
    if (typeof value !== "string" || value === "") refuse(`bad ${what}`, value, "a text that is not empty", "the world's description");
    if (seen.has(value)) refuse(`the same ${what} twice`, value, "different ones", "the world's description");
    seen.add(value);
  }
}
