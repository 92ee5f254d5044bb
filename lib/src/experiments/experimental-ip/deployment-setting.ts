/**
 * The network of the deployment experiments: a random backbone of routers, and sites at its edge that have the new protocol from the beginning. Routers of the backbone
 * are upgraded in a random order, so a larger share always includes a smaller one. Sites are joined by the fewest tunnels with the least total path (islands.ts).
 */
import { checkChoice, checkNumber } from "../../errors";
import { RouterGraph, waxman, type LinkSpec } from "../../network";
import { islandsOf, planTunnels, type TunnelChoice } from "../../routing-overlays/experimental-ip";
import type { Parameters, RunContext } from "../define";
import { abilene } from "../overlays-and-tunnels";

/** A backbone with sites, upgraded to a share. */
export interface DeploymentNetwork {
  /** Backbone routers first, then one edge router for each site. The weight of a link is its metric, its delay the metric times `unitUs`. */
  readonly graph: RouterGraph;
  readonly backbone: number;
  /** Edge routers. */
  readonly sites: readonly number[];
  /** By router: whether it has the new protocol. */
  readonly isUpgraded: readonly boolean[];
  readonly tunnels: readonly TunnelChoice[];
  readonly islands: number;
}

/** Parameters that both experiments share. */
export const DEPLOYMENT_PARAMETERS = Object.freeze({
  /** "waxman": drawn anew in each replication; "abilene": the eleven routers of the American research backbone. */
  topology: "waxman",
  /** Routers of a drawn backbone, 2..2000. */
  routers: 30,
  /** Sites, each on an edge router of its own, 2..200. */
  sites: 8,
  /** Delay of a link of metric 1, ms. */
  unitMs: 5,
  /** Tunnels beyond the fewest, 0..1000. */
  extraTunnels: 0,
});

/**
 * Draws the network of one replication at one share.
 *
 * @param share routers of the backbone that are upgraded, per cent, 0..100
 * @param equalMetrics true: every link has metric 1; false: the metric grows with the link's length, 1..
 * @throws ParameterError for a parameter out of range
 */
export function deploymentNetwork(share: number, parameters: Parameters, random: RunContext["random"], equalMetrics: boolean): DeploymentNetwork {
  checkNumber("share", share, { min: 0, max: 100, unit: "%" });
  const sites = checkNumber("sites", parameters.sites, { min: 2, max: 200, integer: true });
  const unitUs = Math.round(checkNumber("unitMs", parameters.unitMs, { min: 0.001, max: 1000, unit: "ms" }) * 1000);
  const extra = checkNumber("extraTunnels", parameters.extraTunnels, { min: 0, max: 1000, integer: true });
  const core = backboneNamed(parameters, random);
  const count = core.nodeCount;
  const links: LinkSpec[] = [];
  for (let link = 0; link < core.linkCount; link++) {
    if (core.tails[link] >= core.heads[link]) continue;
    const metric = equalMetrics ? 1 : Math.max(1, Math.round(core.delaysUs[link] / unitUs));
    links.push({ from: core.tails[link], to: core.heads[link], delayUs: metric * unitUs, weight: metric });
  }
  const places = random("sites");
  const edges = Array.from({ length: sites }, (_, site) => count + site);
  for (const edge of edges) links.push({ from: places.integer(count), to: edge, delayUs: unitUs, weight: 1 });
  const labels = [...core.labels, ...edges.map((_, site) => `site ${site + 1}`)];
  const graph = new RouterGraph(count + sites, links, labels);
  const order = random("upgrades").shuffle(Array.from({ length: count }, (_, router) => router));
  const upgraded = new Set(order.slice(0, Math.round((share / 100) * count)));
  const isUpgraded = labels.map((_, router) => router >= count || upgraded.has(router));
  const islands = new Set([...islandsOf(graph, isUpgraded)].filter((island) => island >= 0)).size;
  return { graph, backbone: count, sites: edges, isUpgraded, tunnels: planTunnels(graph, isUpgraded, extra), islands };
}

function backboneNamed(parameters: Parameters, random: RunContext["random"]): RouterGraph {
  const topology = checkChoice("topology", parameters.topology as "waxman" | "abilene", ["waxman", "abilene"]);
  if (topology === "abilene") return abilene();
  const nodes = checkNumber("routers", parameters.routers, { min: 2, max: 2000, integer: true });
  // About five links a router whatever their number.
  const alpha = Math.min(1, 12 / nodes);
  return waxman({ nodes, alpha, beta: 0.35, diagonalUs: 20_000, repair: "join-parts", random: random("topology") }).graph;
}

/** The undirected links of a graph, each once. */
export function linksOf(graph: RouterGraph): { readonly a: number; readonly b: number; readonly delayUs: number; readonly metric: number }[] {
  return [...graph.heads.keys()].filter((link) => graph.tails[link] < graph.heads[link]).map((link) => ({ a: graph.tails[link], b: graph.heads[link], delayUs: graph.delaysUs[link], metric: graph.weights[link] }));
}
