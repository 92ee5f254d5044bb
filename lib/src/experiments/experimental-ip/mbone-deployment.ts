/**
 * "With the hope that one day there will be no more legacy routers": what multicast costs while they become fewer. One source, members at all other sites; everything
 * is measured on packets of the running protocols, once while they are flooded and once when the tree is pruned. Section 9.4.1.
 */
import { ParameterError } from "../../errors";
import type { MboneWorldSpec } from "../../routing-overlays/experimental-ip";
import { defineExperiment, type RunContext } from "../define";
import { DEPLOYMENT_PARAMETERS, deploymentNetwork, linksOf, type DeploymentNetwork } from "./deployment-setting";
import { multicastCostUs } from "./figure-three";
import { simulateMbone, type MboneSimulation, type MbonePacketRecord } from "./simulate-mbone";

/** Shares of upgraded routers, per cent. */
export const DEPLOYMENT_SHARES: readonly number[] = Object.freeze([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
const SECOND = 1_000_000;
const GROUP = "224.2.127.254";
/** Routes are known everywhere well before; packets follow each other after the prunes have come back. */
const FIRST_PACKET_US = 180 * SECOND;
const SECOND_PACKET_US = 190 * SECOND;
/** Largest metric that an interface of DVMRP can have. */
const LARGEST_METRIC = 31;

/** Stress, stretch, cost and tunnels against the share of native multicast routers. */
export const mboneDeployment = defineExperiment({
  id: "mbone-deployment",
  question: "How do link stress, stretch and the number of tunnels fall while legacy routers become multicast routers?",
  section: "P&D 9.4.1",
  parameters: { ...DEPLOYMENT_PARAMETERS, payloadBytes: 1000 },
  factors: [{ name: "share", title: "Native multicast routers", type: "integer", unit: "%", levels: [...DEPLOYMENT_SHARES] }],
  seed: 941,
  replications: { quick: 8, full: 100 },
  metrics: [
    { name: "tunnels", title: "Tunnels", type: "number", digits: 4, definition: "Tunnels that join all islands of multicast routers, one fewer than there are islands, and the extra ones asked for." },
    { name: "worst_stress", title: "Worst link stress", type: "number", digits: 4, definition: "Copies of one packet on the link between two routers that carries most of them, both directions together, when the tree is pruned." },
    { name: "mean_stress", title: "Mean link stress", type: "number", digits: 4, definition: "Copies of one packet per link between two routers that carries any, when the tree is pruned." },
    { name: "stretch", title: "Stretch", type: "number", digits: 4, definition: "Delay from the source to a member divided by the delay of the unicast path between the same hosts, mean over the members." },
    { name: "cost_ratio", title: "Cost against native", type: "number", digits: 4, definition: "Sum over links of delay times copies of one packet, divided by the same sum for native multicast on the tree of shortest reverse paths." },
    { name: "outer_header_percent", title: "Outer headers", type: "number", unit: "%", digits: 4, definition: "Share of the bytes on links between routers that are outer headers of tunnels." },
    { name: "flood_crossings", title: "Crossings of the first packet", type: "number", digits: 5, definition: "Link crossings of the first packet, which is flooded to every router that depends on the source." },
    { name: "reached_percent", title: "Members reached", type: "number", unit: "%", digits: 4, definition: "Members that got the packet; fewer than all where a route has 32 or more." },
    { name: "stress_formula", title: "Worst stress by formula", type: "number", digits: 4, definition: "Closed form at the two ends: without native routers the most tunnel paths over one link, with all of them 1. None between." },
  ],
  oracle: {
    metric: "stretch",
    source: "definition: with native routers only, DVMRP's reverse paths are the unicast paths",
    expected: (arm) => (arm.share === 100 ? 1 : null),
    tolerance: 1e-12,
  },
  run: (arm, context) => [measure(arm.share as number, context)],
});

/** The MBone of one replication at one share: every multicast router and every tunnel of the network, one host at each site. */
export function mboneOf(network: DeploymentNetwork): MboneWorldSpec {
  return {
    routers: network.graph.labels.map((name, router) => ({ name, isMulticast: network.isUpgraded[router] })),
    links: linksOf(network.graph).map(({ a, b, delayUs, metric }) => ({ a, b, delayUs, metric: Math.min(LARGEST_METRIC, metric), weight: metric })),
    subnets: network.sites.map((router, site) => ({ router, hosts: [`host ${site + 1}`], delayUs: 100 })),
    tunnels: network.tunnels.map(({ a, b, weight }) => ({ a, b, metric: Math.min(LARGEST_METRIC, weight) })),
  };
}

/** A deployment world that has run: its first packet was flooded, its second one follows the pruned tree. */
export function runDeployment(network: DeploymentNetwork, seed: number, replication: number, payloadBytes: number): { readonly world: MboneSimulation; readonly first: MbonePacketRecord; readonly second: MbonePacketRecord } {
  const world = simulateMbone(mboneOf(network), { seed, replication });
  network.sites.slice(1).forEach((_, site) => world.joinAt(SECOND, `host ${site + 2}`, GROUP));
  for (const at of [FIRST_PACKET_US, SECOND_PACKET_US]) world.sendAt(at, "host 1", GROUP, payloadBytes, 255);
  world.simulation.run({ untilUs: SECOND_PACKET_US + 5 * SECOND, maxEvents: 50_000_000 });
  world.checkInvariants();
  const [first, second] = world.packets;
  return { world, first, second };
}

function measure(share: number, context: RunContext): Readonly<Record<string, number | null>> {
  const network = deploymentNetwork(share, context.parameters, context.random, false);
  const payloadBytes = context.parameters.payloadBytes;
  if (typeof payloadBytes !== "number") throw new ParameterError({ what: "bad value for payloadBytes", got: payloadBytes, expected: "a number of bytes" });
  const { world, first, second } = runDeployment(network, context.seed, context.replication, payloadBytes);
  const between = [...second.copies].filter(([key]) => key >= 0);
  const stretches = [...second.arrivedUs].map(([host, us]) => us / directUs(world, network, host));
  const frame = payloadBytes + 28;
  const crossings = sum(between.map(([, copies]) => copies));
  const nativeUs = multicastCostUs(world.plan, nativeCopies(world, network));
  return {
    tunnels: network.tunnels.length,
    worst_stress: between.reduce((most, [, copies]) => Math.max(most, copies), 0),
    mean_stress: crossings / Math.max(1, between.length),
    stretch: sum(stretches) / Math.max(1, stretches.length),
    cost_ratio: multicastCostUs(world.plan, new Map(between)) / nativeUs,
    outer_header_percent: second.bytes === 0 ? 0 : (100 * (second.bytes - frame * crossings)) / second.bytes,
    flood_crossings: sum([...first.copies].filter(([key]) => key >= 0).map(([, copies]) => copies)),
    reached_percent: (100 * second.arrivedUs.size) / (network.sites.length - 1),
    stress_formula: stressFormula(share, world, network),
  };
}

/** Delay of the unicast way between the hosts: two subnets of 100 µs and the path between their routers. */
function directUs(world: MboneSimulation, network: DeploymentNetwork, host: number): number {
  return 200 + world.world.unicast.delayUs(network.sites[0], world.plan.subnets[world.plan.subnetOf[host]].router);
}

/** One copy on each link of the tree of shortest reverse paths from the source to the members, made from the whole graph: of equal ways the lowest router's, as DVMRP decides. */
function nativeCopies(world: MboneSimulation, network: DeploymentNetwork): Map<number, number> {
  const { graph, sites } = network;
  const fromSourceUs = (router: number) => world.world.unicast.delayUs(router, sites[0]);
  const copies = new Map<number, number>();
  for (const site of sites.slice(1)) {
    for (let at = site; at !== sites[0]; ) {
      let parent = -1;
      for (let link = graph.starts[at]; link < graph.starts[at + 1] && parent < 0; link++) {
        if (fromSourceUs(graph.heads[link]) + graph.delaysUs[link] === fromSourceUs(at)) parent = graph.heads[link];
      }
      copies.set(Math.min(at, parent) * world.plan.nodeCount + Math.max(at, parent), 1);
      at = parent;
    }
  }
  return copies;
}

/** Without native routers all sites hang on one tree of tunnels, and a link carries a copy for each tunnel whose path it is on. */
function stressFormula(share: number, world: MboneSimulation, network: DeploymentNetwork): number | null {
  if (share === 100) return 1;
  if (share !== 0 || network.tunnels.length !== network.sites.length - 1) return null;
  const copies = new Map<number, number>();
  const reached = new Set([network.sites[0]]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const { a, b } of network.tunnels) {
      if (reached.has(a) === reached.has(b)) continue;
      const [from, to] = reached.has(a) ? [a, b] : [b, a];
      const path = world.world.unicast.path(from, to);
      path.slice(1).forEach((router, index) => {
        const key = Math.min(router, path[index]) * world.plan.nodeCount + Math.max(router, path[index]);
        copies.set(key, (copies.get(key) ?? 0) + 1);
      });
      reached.add(to);
      grew = true;
    }
  }
  return [...copies.values()].reduce((most, count) => Math.max(most, count), 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
