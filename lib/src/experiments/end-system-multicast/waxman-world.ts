/** The network of the paper's simulations: members on routers of a Waxman graph (Chu et al. 2000, section 4: 1,024 routers and 3,145 links), and sites of a cloud beside them. */
import { ParameterError, checkNumber } from "../../errors";
import { Underlay, equalHosts, waxman } from "../../network";
import type { RandomStream } from "../../simulation";

/** Parameters of {@link waxmanWorld}. */
export interface WaxmanWorldOptions {
  /** Hosts that can be members, 1..5000. */
  readonly members: number;
  /** Routers, 2..5000; default 1024. */
  readonly routers?: number;
  /** Mean number of links for each router, 0.5..50; default 3145 / 1024. */
  readonly linksPerRouter?: number;
  /** Delay of a link as long as the diagonal of the square, ms, 0.1..1000; default 40. */
  readonly diagonalMs?: number;
  /** Delay of a host's access link, ms, 0..1000; default 0.5. */
  readonly accessMs?: number;
  /** Sites of the cloud, 0..1000, no more than there are routers with members; default 0. */
  readonly sites?: number;
  /** The stream of a purpose. */
  readonly random: (name: string) => RandomStream;
}

/** A network with members and sites. */
export interface MulticastWorld {
  readonly underlay: Underlay;
  /** Hosts 0 .. members - 1. */
  readonly members: readonly number[];
  /** The hosts after the members. */
  readonly sites: readonly number[];
}

/** How slowly links get rarer with length; and the share of pairs that are then linked at alpha = 1, the mean of exp(-d / (beta L)) over two random points of the square. */
const BETA = 0.1;
const LINKED_SHARE = 0.0845;

/**
 * Draws a network, and puts members on random routers and sites where many members are near.
 * @throws ParameterError when a value is out of range
 */
export function waxmanWorld(options: WaxmanWorldOptions): MulticastWorld {
  if (typeof options.random !== "function") throw new ParameterError({ what: "no random streams", got: options.random, expected: "a function from a name to a RandomStream", where: "parameter random" });
  const members = checkNumber("members", options.members, { min: 1, max: 5000, integer: true });
  const routers = checkNumber("routers", options.routers ?? 1024, { min: 2, max: 5000, integer: true });
  const linksPerRouter = checkNumber("linksPerRouter", options.linksPerRouter ?? 3145 / 1024, { min: 0.5, max: 50 });
  const diagonalMs = checkNumber("diagonalMs", options.diagonalMs ?? 40, { min: 0.1, max: 1000, unit: "ms" });
  const accessMs = checkNumber("accessMs", options.accessMs ?? 0.5, { min: 0, max: 1000, unit: "ms" });
  const sites = checkNumber("sites", options.sites ?? 0, { min: 0, max: 1000, integer: true });
  const alpha = Math.min(1, (2 * linksPerRouter) / (LINKED_SHARE * Math.max(1, routers - 1)));
  const { graph } = waxman({ nodes: routers, alpha, beta: BETA, diagonalUs: 1000 * diagonalMs, repair: "join-parts", random: options.random("topology") });
  const place = options.random("members");
  const memberPlaces = Array.from({ length: members }, () => place.integer(routers));
  const bare = new Underlay({ graph, hosts: { ...equalHosts(routers, 1e9, 1e9), placeOf: Int32Array.from({ length: routers }, (_, router) => router) } });
  const placed = sitePlaces(bare, memberPlaces, sites);
  const hosts = members + placed.length;
  const underlay = new Underlay({ graph, routes: bare.routes, hosts: { ...equalHosts(hosts, 1e9, 1e9), placeOf: Int32Array.from([...memberPlaces, ...placed]) }, accessUs: Math.round(1000 * accessMs) });
  const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
  return { underlay, members: range(0, members), sites: range(members, placed.length) };
}

/**
 * Places for sites among the routers where members are: one after the other, each where the sum of the members' distances to their nearest site becomes smallest, the lowest router on a tie
 * (the greedy algorithm for k medians). A provider builds where its customers are.
 *
 * @param underlay one host on each router
 * @param members the router of each member
 * @param count 0 .. number of different routers of members; more are cut down to that
 * @throws ParameterError for a count that is negative or not whole, or a member at no router
 */
export function sitePlaces(underlay: Underlay, members: readonly number[], count: number): number[] {
  checkNumber("count", count, { min: 0, integer: true, unit: "sites" });
  const candidates = [...new Set(members)].sort((a, b) => a - b);
  const nearestUs = members.map(() => Infinity);
  const chosen: number[] = [];
  const distanceUs = (site: number, member: number) => (underlay.isReachable(site, member) ? underlay.latencyUs(site, member) : Infinity);
  while (chosen.length < Math.min(count, candidates.length)) {
    let best = -1;
    let bestUs = Infinity;
    for (const candidate of candidates) {
      if (chosen.includes(candidate)) continue;
      const sumUs = members.reduce((sum, member, index) => sum + Math.min(nearestUs[index], distanceUs(candidate, member)), 0);
      if (best < 0 || sumUs < bestUs) [best, bestUs] = [candidate, sumUs];
    }
    chosen.push(best);
    members.forEach((member, index) => (nearestUs[index] = Math.min(nearestUs[index], distanceUs(best, member))));
  }
  return chosen;
}
