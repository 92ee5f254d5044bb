/**
 * What an MBone world is made of: routers, some with multicast and some without (legacy), the links between them, subnets with hosts at its edge, and tunnels between
 * multicast routers across legacy ones. A description is checked as a whole and turned into a plan, so that a mistake is told before anything runs.
 * Section 9.4.1. Nodes are numbered: the routers first, then the hosts, subnet by subnet. Deviates: links between routers join two of them and a subnet has one router.
 * Tests: test/routing-overlays/experimental-ip/bad-input.test.ts
 */
import { isReportable } from "../../codecs/dvmrp";
import { ParameterError, checkNumber } from "../../errors";
import { PrefixTable, formatIpPrefix, parseIpAddress, parseIpPrefix, type IpPrefix } from "../../ids";
import { RouterGraph } from "../../network/router-graph";
import { checkList, checkRecord } from "../../simulation/checks";
import { ipv4Bytes, ipv4Number, ipv4Text, isClassD } from "./multicast-address";

/** A router. */
export interface MboneRouterSpec {
  readonly name: string;
  /** Whether it routes multicast (a native router, or a workstation with mrouted); false: a legacy router that forwards unicast only. */
  readonly isMulticast: boolean;
  /** Unicast address; 198.18.x.y by number if absent. */
  readonly address?: string;
}

/** A physical link between two routers, in both directions. Native multicast runs over it when both ends have it. */
export interface MboneLinkSpec {
  readonly a: number;
  readonly b: number;
  /** One-way delay, whole microseconds, 1..3.6e9. */
  readonly delayUs: number;
  /** What unicast routes minimise, > 0; the delay if absent. */
  readonly weight?: number;
  /** DVMRP metric, 1..31; default 1. */
  readonly metric?: number;
  /** Time-to-live threshold, 1..255; default 1. */
  readonly threshold?: number;
}

/** A subnet with hosts at a router. A frame on it reaches all of them. */
export interface MboneSubnetSpec {
  readonly router: number;
  /** Names of the hosts; their addresses are the third and following of the block. */
  readonly hosts: readonly string[];
  /** Block of addresses, /8../30; 10.x.y.0/24 by number if absent. */
  readonly prefix?: string;
  /** One-way delay, whole microseconds, 1..3.6e9; default 100. */
  readonly delayUs?: number;
  /** DVMRP metric, 1..31; default 1. */
  readonly metric?: number;
  /** Time-to-live threshold, 1..255; default 1. */
  readonly threshold?: number;
}

/** A tunnel between two multicast routers: to them one link, below it the unicast path. */
export interface MboneTunnelSpec {
  readonly a: number;
  readonly b: number;
  /** DVMRP metric, 1..31; default 1. */
  readonly metric?: number;
  /** Time-to-live threshold, 1..255; default 1. */
  readonly threshold?: number;
}

/** A world to build. */
export interface MboneWorldSpec {
  readonly routers: readonly MboneRouterSpec[];
  readonly links: readonly MboneLinkSpec[];
  readonly subnets: readonly MboneSubnetSpec[];
  readonly tunnels?: readonly MboneTunnelSpec[];
}

/** An interface of a multicast router. */
export interface MboneInterface {
  readonly kind: "link" | "tunnel" | "subnet";
  /** The router at the other end; -1 for a subnet. */
  readonly peer: number;
  /** Number of the subnet; -1 otherwise. */
  readonly subnet: number;
  readonly metric: number;
  readonly threshold: number;
}

/** A subnet with its addresses. */
export interface MboneSubnetPlan {
  readonly router: number;
  readonly prefix: IpPrefix;
  /** Numbers of the hosts' nodes. */
  readonly hosts: readonly number[];
  readonly delayUs: number;
}

/** A checked world. */
export interface MbonePlan {
  readonly routerCount: number;
  readonly nodeCount: number;
  readonly names: readonly string[];
  /** Of each node, as a number; a router's own, unicast address. */
  readonly addresses: readonly number[];
  readonly isMulticast: readonly boolean[];
  /** The routers' links; link number of a pair by `linkBetween`. */
  readonly graph: RouterGraph;
  readonly subnets: readonly MboneSubnetPlan[];
  /** Of each router: its interfaces; none at a legacy router. */
  readonly interfaces: readonly (readonly MboneInterface[])[];
  /** Of each router: its neighbours over physical links. */
  readonly neighbours: readonly (readonly number[])[];
  readonly tunnels: readonly Required<MboneTunnelSpec>[];
  /** Subnet of each host, by its node number; -1 for routers. */
  readonly subnetOf: Int32Array;
  /** The subnet that holds an address, -1 if none: the networks that DVMRP routes. */
  networkOf(address: number): number;
  /** @throws ParameterError when there is no such node */
  nodeNamed(name: string): number;
}

/**
 * Checks a description.
 * @throws ParameterError naming the first thing that is wrong and where
 */
export function planMbone(spec: MboneWorldSpec): MbonePlan {
  checkRecord("spec", spec);
  for (const name of ["routers", "links", "subnets", "tunnels"] as const) {
    if (spec[name] === undefined && !(name !== "tunnels")) continue;
    checkList(`spec.${name}`, spec[name] as readonly object[], "objects").forEach((entry, index) => checkRecord(`spec.${name}[${index}]`, entry));
  }
  const { routers, subnets } = spec;
  const count = checkNumber("number of routers", routers.length, { min: 1, max: 65536, integer: true });
  routers.forEach(({ isMulticast }, index) => {
    if (typeof isMulticast !== "boolean") throw new ParameterError({ what: "bad value for isMulticast", got: isMulticast, expected: "true or false", where: `routers[${index}]` });
  });
  const graph = graphOf(spec);
  const table = new PrefixTable(32);
  const hostNames = subnets.flatMap(({ hosts }, index) => (Array.isArray(hosts) ? hosts : refuse("a subnet without a list of hosts", hosts, "names, or none", `subnets[${index}]`)));
  const names = [...routers.map(({ name }) => name), ...hostNames];
  refuseRepeats(names, "name");
  const addresses = routers.map(({ address }, index) => routerAddress(address, index));
  const plans = subnets.map((subnet, index) => planSubnet(subnet, index, table, addresses, count));
  refuseRepeats(addresses.map(ipv4Text), "address");
  refuseOverlap(plans);
  const tunnels = planTunnels(spec, graph);
  const subnetOf = new Int32Array(names.length).fill(-1);
  plans.forEach(({ hosts }, index) => hosts.forEach((host) => (subnetOf[host] = index)));
  const known = new Map<number, number>();
  const neighbours = routers.map((_, router) => [...graph.heads.subarray(graph.starts[router], graph.starts[router + 1])]);
  return {
    routerCount: count, nodeCount: names.length, names, addresses, isMulticast: routers.map(({ isMulticast }) => isMulticast), graph, subnets: plans, tunnels, subnetOf, neighbours,
    interfaces: interfacesOf(spec, tunnels),
    networkOf(address) {
      let found = known.get(address);
      if (found === undefined) known.set(address, (found = table.lookup(ipv4Bytes(address))));
      return found;
    },
    nodeNamed(name) {
      const node = names.indexOf(name);
      return node >= 0 ? node : refuse("no node of that name", name, names.slice(0, 12).join(", "), "parameter name");
    },
  };
}

function refuse(what: string, got: unknown, expected: string, where: string): never {
  throw new ParameterError({ what, got, expected, where });
}

function graphOf({ routers, links }: MboneWorldSpec): RouterGraph {
  const pairs = links.map((link, index) => {
    checkInterface(link, `links[${index}]`);
    checkNumber(`links[${index}].delayUs`, link.delayUs, { min: 1, max: 3.6e9, integer: true, unit: "µs" });
    return pairText(link);
  });
  refuseRepeats(pairs, "pair of routers in links");
  return new RouterGraph(routers.length, links.map(({ a, b, delayUs, weight }) => ({ from: a, to: b, delayUs, weight })), routers.map(({ name }) => name));
}

function checkInterface({ metric, threshold }: { readonly metric?: number; readonly threshold?: number }, where: string): { metric: number; threshold: number } {
  return {
    metric: checkNumber(`${where}.metric`, metric ?? 1, { min: 1, max: 31, integer: true }),
    threshold: checkNumber(`${where}.threshold`, threshold ?? 1, { min: 1, max: 255, integer: true, unit: "hops" }),
  };
}

function routerAddress(text: string | undefined, index: number): number {
  if (text === undefined) return 0xc6120000 + index;
  const number = ipv4Number(parseIpAddress(text));
  return isClassD(number) ? refuse("a router's address is a group", text, "a unicast address", `routers[${index}]`) : number;
}

function planSubnet(subnet: MboneSubnetSpec, index: number, table: PrefixTable, addresses: number[], routers: number): MboneSubnetPlan {
  const where = `subnets[${index}]`;
  checkNumber(`${where}.router`, subnet.router, { min: 0, max: routers - 1, integer: true });
  checkInterface(subnet, where);
  const delayUs = checkNumber(`${where}.delayUs`, subnet.delayUs ?? 100, { min: 1, max: 3.6e9, integer: true, unit: "µs" });
  const prefix = parseIpPrefix(subnet.prefix ?? `10.${index >> 8}.${index & 255}.0/24`);
  const first = prefix.address.length === 4 ? ipv4Number(prefix.address) : -1;
  if (first < 0 || isClassD(first) || !isReportable(prefix.length) || prefix.length < 8 || prefix.length > 30) refuse("bad block of addresses for a subnet", formatIpPrefix(prefix), "a unicast block /8../30 of IPv4", where);
  const room = 4294967296 / pow2(prefix.length) - 3;
  if (subnet.hosts.length > room) refuse("more hosts than the subnet has addresses", subnet.hosts.length, `at most ${room}`, where);
  if (table.set(prefix, index) >= 0) refuse("two subnets share addresses", formatIpPrefix(prefix), "separate blocks", where);
  const hosts = subnet.hosts.map((_, host) => {
    addresses.push(first + 2 + host);
    return addresses.length - 1;
  });
  return { router: subnet.router, prefix, hosts, delayUs };
}

function refuseOverlap(subnets: readonly MboneSubnetPlan[]): void {
  const sorted = subnets.map(({ prefix }) => prefix).sort((x, y) => ipv4Number(x.address) - ipv4Number(y.address) || x.length - y.length);
  sorted.slice(1).forEach((prefix, index) => {
    const before = sorted[index];
    if (ipv4Number(prefix.address) < ipv4Number(before.address) + 4294967296 / pow2(before.length)) refuse("two subnets share addresses", formatIpPrefix(prefix), `nothing within ${formatIpPrefix(before)}`, "subnets");
  });
}

function pow2(exponent: number): number {
  let power = 1;
  for (let i = 0; i < exponent; i++) power *= 2;
  return power;
}

function planTunnels({ routers, links, tunnels = [] }: MboneWorldSpec, graph: RouterGraph): Required<MboneTunnelSpec>[] {
  refuseRepeats(tunnels.map(pairText), "pair of routers in tunnels");
  const native = new Set(links.filter(({ a, b }) => routers[a].isMulticast && routers[b].isMulticast).map(pairText));
  return tunnels.map((tunnel, index) => {
    const where = `tunnels[${index}]`;
    for (const end of [tunnel.a, tunnel.b]) {
      checkNumber(`${where} end`, end, { min: 0, max: graph.nodeCount - 1, integer: true });
      if (!routers[end].isMulticast) refuse("a tunnel ends at a legacy router", routers[end].name, "a multicast router", where);
    }
    if (tunnel.a === tunnel.b) refuse("tunnel from a router to itself", tunnel.a, "two different routers", where);
    if (native.has(pairText(tunnel))) refuse("a tunnel beside a native link", pairText(tunnel), "two routers that multicast does not join already", where);
    return { a: tunnel.a, b: tunnel.b, ...checkInterface(tunnel, where) };
  });
}

/** Interfaces in a fixed order: links by neighbour, tunnels as listed, subnets as listed. */
function interfacesOf(spec: MboneWorldSpec, tunnels: readonly Required<MboneTunnelSpec>[]): MboneInterface[][] {
  const found: MboneInterface[][] = spec.routers.map(() => []);
  const add = (router: number, kind: MboneInterface["kind"], peer: number, subnet: number, of: { readonly metric?: number; readonly threshold?: number }) => {
    if (spec.routers[router].isMulticast) found[router].push({ kind, peer, subnet, metric: of.metric ?? 1, threshold: of.threshold ?? 1 });
  };
  for (const link of spec.links) {
    if (!spec.routers[link.a].isMulticast || !spec.routers[link.b].isMulticast) continue;
    add(link.a, "link", link.b, -1, link);
    add(link.b, "link", link.a, -1, link);
  }
  for (const each of found) each.sort((x, y) => x.peer - y.peer);
  for (const tunnel of tunnels) {
    add(tunnel.a, "tunnel", tunnel.b, -1, tunnel);
    add(tunnel.b, "tunnel", tunnel.a, -1, tunnel);
  }
  spec.subnets.forEach((subnet, index) => add(subnet.router, "subnet", -1, index, subnet));
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
