/**
 * The same question for IPv6: how the tunnels, the detours and the outer headers go away while IPv4 routers become routers with both. Every site sends one packet to every
 * other, and one site sends to a group of all. Routes are RIPng's, which counts a tunnel as one hop however long it is. Section 9.4.1.
 */
import { checkNumber } from "../../errors";
import type { SixBoneWorldSpec } from "../../routing-overlays/experimental-ip";
import { defineExperiment, type RunContext } from "../define";
import { DEPLOYMENT_PARAMETERS, deploymentNetwork, linksOf, type DeploymentNetwork } from "./deployment-setting";
import { simulateSixBone, type SixBoneSimulation, type SixCrossing } from "./simulate-six-bone";

const SECOND = 1_000_000;
const GROUP = "ff1e::941";
/** Triggered updates have told everybody by then. */
const FIRST_PACKET_US = 120 * SECOND;
/** Hops that a packet of either kind takes at most. */
const HOP_LIMIT = 64;

/** Stretch, headers, stress and tunnels against the share of routers with IPv6. */
export const sixBoneDeployment = defineExperiment({
  id: "six-bone-deployment",
  question: "How do tunnels, detours and outer headers of IPv6 fall while IPv4 routers become routers with both?",
  section: "P&D 9.4.1",
  parameters: { ...DEPLOYMENT_PARAMETERS, routers: 16, sites: 5, payloadBytes: 1000 },
  factors: [{ name: "share", title: "Routers with IPv6", type: "integer", unit: "%", levels: [0, 25, 50, 75, 100] }],
  seed: 946,
  replications: { quick: 5, full: 100 },
  metrics: [
    { name: "tunnels", title: "Tunnels", type: "number", digits: 4, definition: "Configured tunnels that join all islands, one fewer than there are islands, and the extra ones asked for." },
    { name: "stretch", title: "Stretch", type: "number", digits: 4, definition: "Delay of an IPv6 packet between two sites divided by the delay of the IPv4 path, mean over all ordered pairs." },
    { name: "outer_header_percent", title: "Outer headers", type: "number", unit: "%", digits: 4, definition: "Share of the bytes on links between routers that are outer headers, over the packets between sites." },
    { name: "tunneled_percent", title: "Crossings in a tunnel", type: "number", unit: "%", digits: 4, definition: "Link crossings of packets between sites that were made within IPv4." },
    { name: "worst_stress", title: "Worst link stress", type: "number", digits: 4, definition: "Copies of one packet for the group on the link between two routers that carries most, both directions together, when the tree is pruned." },
    { name: "reached_percent", title: "Pairs reached", type: "number", unit: "%", digits: 4, definition: "Ordered pairs of sites between which a packet arrived; fewer than all where a route has 16 or more." },
  ],
  oracle: { metric: "stretch", source: "definition: with IPv6 at every router RIPng's fewest hops are the shortest paths, since all links are equal", expected: (arm) => (arm.share === 100 ? 1 : null), tolerance: 1e-12 },
  run: (arm, context) => [measure(arm.share as number, context)],
});

/** The 6-Bone of one replication at one share: one host at each site. */
export function sixBoneOf(network: DeploymentNetwork): SixBoneWorldSpec {
  return {
    routers: network.graph.labels.map((name, router) => ({ name, hasIpv6: network.isUpgraded[router] })),
    links: linksOf(network.graph).map(({ a, b, delayUs }) => ({ a, b, delayUs })),
    hosts: network.sites.map((router, site) => ({ name: `host ${site + 1}`, router })),
    tunnels: network.tunnels.map(({ a, b }) => ({ a, b })),
  };
}

function measure(share: number, context: RunContext): Readonly<Record<string, number>> {
  const network = deploymentNetwork(share, context.parameters, context.random, true);
  const payloadBytes = checkNumber("payloadBytes", context.parameters.payloadBytes, { min: 4, max: 1240, integer: true, unit: "bytes" });
  const world = simulateSixBone(sixBoneOf(network), { seed: context.seed, replication: context.replication });
  const payload = (mark: number) => Uint8Array.from({ length: payloadBytes }, (_, index) => (index === 0 ? mark >> 8 : index === 1 ? mark & 255 : 0));
  const sites = network.sites.length;
  const pairs = Array.from({ length: sites * sites }, (_, index) => ({ from: Math.floor(index / sites), to: index % sites })).filter(({ from, to }) => from !== to);
  pairs.forEach(({ from, to }, index) => world.sendAt(FIRST_PACKET_US, `host ${from + 1}`, world.plan.addresses6[world.plan.nodeNamed(`host ${to + 1}`)], payload(index), HOP_LIMIT));
  for (let site = 2; site <= sites; site++) world.joinAt(SECOND, `host ${site}`, GROUP);
  // Two floods, so that neighbours without a tree between them have told each other to stop; the third packet is the one that counts.
  const groupUs = [10, 15, 20].map((seconds) => FIRST_PACKET_US + seconds * SECOND);
  groupUs.forEach((at, index) => world.sendAt(at, "host 1", GROUP, payload(60_000 + index), HOP_LIMIT));
  world.simulation.run({ untilUs: groupUs[2] + 5 * SECOND, maxEvents: 50_000_000 });
  world.checkInvariants();
  return summary(world, network, pairs, groupUs[2]);
}

function summary(world: SixBoneSimulation, network: DeploymentNetwork, pairs: readonly { readonly from: number; readonly to: number }[], groupUs: number): Readonly<Record<string, number>> {
  const { plan } = world;
  const isBetween = ({ from, to }: SixCrossing) => from < plan.routerCount && to < plan.routerCount;
  const unicast = world.crossings.filter((crossing) => isBetween(crossing) && crossing.timeUs < FIRST_PACKET_US + 10 * SECOND);
  const tunneled = unicast.filter(({ packet }) => packet[0] >> 4 === 4);
  const bytes = unicast.reduce((total, { packet }) => total + packet.length, 0);
  const arrivals = world.deliveries.filter(({ destination }) => !destination.startsWith("ff"));
  const stretches = arrivals.map(({ timeUs, payload }) => {
    const { from, to } = pairs[payload[0] * 256 + payload[1]];
    return (timeUs - FIRST_PACKET_US) / (200 + world.world.unicast.delayUs(network.sites[from], network.sites[to]));
  });
  const copies = new Map<number, number>();
  for (const { from, to } of world.crossings.filter((crossing) => isBetween(crossing) && crossing.timeUs >= groupUs)) {
    const key = Math.min(from, to) * plan.nodeCount + Math.max(from, to);
    copies.set(key, (copies.get(key) ?? 0) + 1);
  }
  return {
    tunnels: network.tunnels.length,
    stretch: stretches.reduce((total, value) => total + value, 0) / Math.max(1, stretches.length),
    outer_header_percent: (100 * 20 * tunneled.length) / Math.max(1, bytes),
    tunneled_percent: (100 * tunneled.length) / Math.max(1, unicast.length),
    worst_stress: [...copies.values()].reduce((most, count) => Math.max(most, count), 0),
    reached_percent: (100 * arrivals.length) / pairs.length,
  };
}
