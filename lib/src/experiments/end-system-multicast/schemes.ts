/** One packet to the same group over the same network under four schemes: naive unicast, multicast by the routers, Narada's mesh, and a static tree of cloud sites. */
import type { Table } from "../../analysis/table";
import { ParameterError } from "../../errors";
import { NetworkTransport, type OverlayHop, type Underlay } from "../../network";
import { CloudNode, naiveUnicastCost, overlayCost, routerMulticastCost, spanningTree, type CloudMessage, type DeliveryCost } from "../../routing-overlays/end-system-multicast";
import { Simulation } from "../../simulation";
import { SECOND_US } from "../../units";
import { packetCost, sendOneEach } from "./delivered-cost";
import type { Group } from "./group-world";
import type { MulticastWorld } from "./waxman-world";

/** The schemes, by the words used in tables. */
export const SCHEMES = Object.freeze(["unicast", "routers", "narada", "sites"] as const);
/** A scheme. */
export type Scheme = (typeof SCHEMES)[number];

/** What packets cost under each scheme, one packet for each source. */
export type SchemeCosts = Readonly<Record<Scheme, readonly DeliveryCost[]>>;

/**
 * Sends a packet from each source under each scheme.
 *
 * @param world the network, with at least one site
 * @param group the Narada group on it, its mesh settled
 * @param sources members that send
 * @throws ParameterError when there is no site or source
 */
export function compareSchemes(world: MulticastWorld, group: Group, sources: readonly number[]): SchemeCosts {
  if (sources.length === 0) throw new ParameterError({ what: "nobody sends", got: sources, expected: "at least one source", where: "parameter sources" });
  const { underlay } = world;
  const members = group.members();
  return {
    unicast: sources.map((source) => naiveUnicastCost(underlay, source, members)),
    routers: sources.map((source) => routerMulticastCost(underlay, source, members)),
    narada: sendOneEach(group, sources).map((packet) => packetCost(underlay, packet)),
    sites: siteCosts(underlay, members, world.sites, sources, group.simulation.seed),
  };
}

/** Lets the members attach to their sites and sends a packet from each source over the tree. */
export function siteCosts(underlay: Underlay, members: readonly number[], sites: readonly number[], sources: readonly number[], seed: number): DeliveryCost[] {
  const copies: OverlayHop[][] = sources.map(() => []);
  const delays: Map<number, number>[] = sources.map(() => new Map());
  const sentUs: number[] = [];
  const indexOf = new Map(sources.map((source, index) => [source, index]));
  const isMember = new Set(members);
  const plan = { sites, tree: spanningTree(sites, (from, to) => underlay.latencyUs(from, to)) };
  const simulation: Simulation<CloudMessage, CloudNode> = new Simulation<CloudMessage, CloudNode>({
    nodes: underlay.hosts,
    seed,
    transport: new NetworkTransport({ latency: underlay }),
    startUs: (host) => (isMember.has(host) || sites.includes(host) ? 0 : -1),
    process: (host) => new CloudNode(host, plan, {
      forwarded: (from, to, source) => void copies[indexOf.get(source) as number].push([from, to]),
      delivered: (member, source, _number, nowUs) => void delays[indexOf.get(source) as number].set(member, nowUs - sentUs[indexOf.get(source) as number]),
    }),
  });
  simulation.run({ untilUs: 9 * SECOND_US });
  sources.forEach((source, index) => {
    sentUs[index] = simulation.nowUs + index;
    simulation.invokeAt(sentUs[index], source, (process, context) => void process.publish(context, 1000));
  });
  simulation.run({ untilUs: 19 * SECOND_US });
  return sources.map((source, index) => overlayCost(underlay, source, copies[index], delays[index]));
}

/** How the schemes are called in tables and figures. */
export const SCHEME_TITLES: Readonly<Record<Scheme, string>> = Object.freeze({ unicast: "naive unicast", routers: "multicast by routers", narada: "Narada", sites: "cloud sites" });

/** Values kept of each distribution, at equal steps of rank: enough that the last per cents, which are what matters, are drawn as they are. */
const RANKS = 100;

/**
 * Distributions of stress over the links that carry a packet, and of the delay penalty over the members: observed values at equal steps of rank,
 * each standing for one part in 100.
 *
 * @param name begins the names of the two tables
 */
export function schemeDistributions(costs: SchemeCosts, name: string): { readonly stress: Table; readonly penalty: Table } {
  const tableOf = (what: string, title: string, definition: string, valuesOf: (cost: DeliveryCost) => number[]): Table => ({
    name: `${name}-${what}`,
    columns: [{ name: "scheme", title: "Scheme", type: "string" }, { name: what, title, type: "number", digits: 4, definition }],
    rows: SCHEMES.flatMap((scheme) => {
      const values = costs[scheme].flatMap(valuesOf).sort((a, b) => a - b);
      if (values.length === 0) return [];
      return Array.from({ length: RANKS }, (_, index) => ({ scheme: SCHEME_TITLES[scheme], [what]: values[Math.ceil(((index + 1) * values.length) / RANKS) - 1] }));
    }),
  });
  return {
    stress: tableOf("stress", "Copies of a packet on a link", "Values at equal steps of rank over the physical links that carry the packet at all, both directions together.", ({ loads }) => loads.map(({ copies }) => copies)),
    penalty: tableOf("penalty", "Relative delay penalty", "Values at equal steps of rank over pairs of source and member.", ({ delays }) => delays.map(({ penalty }) => penalty)),
  };
}
