/**
 * What depth costs: overlays nested on each other over a real topology, and packets sent at every depth between the same pairs of nodes. A level has a part of the
 * members of the level below, linked by tunnels to random others, and routes by its own hop count, since it does not see what a tunnel crosses.
 * Everything is measured on the simulated packets: bytes on links, arrival times, and how often one packet crosses one physical link.
 */
import { checkNumber } from "../../errors";
import { addressOfMember, membersByLevel, tunnelsAmong } from "./random-overlays";
import { topologyNamed } from "./abilene";
import { simulateTunnels } from "./simulate";
import { hopsOf, type Encapsulation, type OverlaySpec, type TunnelWorldSpec } from "../../routing-overlays/tunnels";
import type { RouterGraph } from "../../network";
import { defineExperiment, type RunContext } from "../define";

const DEPTHS = [0, 1, 2, 3, 4];

/** Header bytes that a level adds: 20 directly in IPv4 (RFC 2003), 28 with UDP (RFC 768). */
export const HEADER_BYTES: Readonly<Record<Encapsulation, number>> = Object.freeze({ "ip-in-ip": 20, udp: 28 });

/** Stretch, stress and header overhead against the depth of nesting. */
export const nestedOverlays = defineExperiment({
  id: "nested-overlays",
  question: "What does each level of nesting cost in header bytes, in delay and in repeated crossings of one link?",
  section: "P&D 9.4",
  parameters: { topology: "abilene", payloadBytes: 1000, tunnelsPerMember: 3, endpoints: 5 },
  factors: [
    { name: "encapsulation", title: "Encapsulation", type: "string", levels: ["ip-in-ip", "udp"] },
    { name: "depth", title: "Depth of nesting", type: "integer", unit: "levels", levels: DEPTHS },
  ],
  seed: 94,
  replications: { quick: 10, full: 100 },
  metrics: [
    { name: "header_bytes", title: "Headers", type: "number", unit: "bytes", digits: 6, definition: "Bytes of all headers of a packet on a physical link, mean over all crossings." },
    { name: "overhead_percent", title: "Share of headers", type: "number", unit: "%", digits: 4, definition: "Header bytes in per cent of all bytes on physical links." },
    { name: "packets_per_link", title: "Frames per crossing", type: "number", digits: 4, definition: "Frames (fragments counted) per crossing of a link by a packet." },
    { name: "stretch", title: "Stretch", type: "number", digits: 4, definition: "Delay of a packet divided by the delay of the shortest path between the same two nodes, mean over the pairs." },
    { name: "largest_stretch", title: "Largest stretch", type: "number", digits: 4, definition: "The largest stretch of any pair in the run." },
    { name: "stress", title: "Stress", type: "number", digits: 4, definition: "Crossings of the physical link that one packet crosses most often, both directions together, mean over the packets." },
    { name: "physical_hops", title: "Physical hops", type: "number", digits: 4, definition: "Physical links that a packet crosses, repeated ones counted each time, mean over the packets." },
  ],
  oracle: {
    metric: "header_bytes",
    source: "RFC 791, 768 and 2003: 20 bytes and 20 or 28 more a level, while the packet fits",
    expected: (arm, parameters) => {
      const bytes = 20 + (arm.depth as number) * HEADER_BYTES[arm.encapsulation as Encapsulation];
      return bytes + (parameters.payloadBytes as number) <= 1500 ? bytes : null;
    },
    tolerance: 1e-12,
  },
  run: (arm, context) => [measure(arm.encapsulation as Encapsulation, arm.depth as number, context)],
});

/** The world of one replication: the same network, members and tunnels for every arm. */
export function nestedWorld(encapsulation: Encapsulation, depth: number, context: Pick<RunContext, "parameters" | "random">): { readonly spec: TunnelWorldSpec; readonly endpoints: readonly number[] } {
  checkNumber("depth", depth, { min: 0, max: DEPTHS[DEPTHS.length - 1], integer: true, unit: "levels" });
  const { topology, tunnelsPerMember, endpoints: endpointCount } = context.parameters;
  const graph = topologyNamed(topology as string, context.random("topology"));
  const levels = membersByLevel(graph.nodeCount, DEPTHS.length - 1, endpointCount as number, context.random("members"));
  const overlays = levels.slice(0, depth).map((members, index): OverlaySpec => ({
    name: `level ${index + 1}`,
    over: index === 0 ? "underlay" : `level ${index}`,
    family: "ipv4",
    encapsulation,
    port: 6080 + index,
    members: members.map((node) => ({ node, address: addressOfMember(index + 1, node) })),
    tunnels: tunnelsAmong(members, tunnelsPerMember as number, context.random("tunnels", index)),
  }));
  return { spec: { ...underlayOf(graph), overlays }, endpoints: levels[levels.length - 1] };
}

/** The nodes and links of a router graph as the underlay of a world. */
export function underlayOf(graph: RouterGraph): Pick<TunnelWorldSpec, "nodes" | "links"> {
  const links = Array.from({ length: graph.linkCount }, (_, link) => link)
    .filter((link) => graph.tails[link] < graph.heads[link])
    .map((link) => ({ a: graph.tails[link], b: graph.heads[link], delayUs: graph.delaysUs[link] }));
  return { nodes: graph.labels.map((name) => ({ name })), links };
}

function measure(encapsulation: Encapsulation, depth: number, context: RunContext): Readonly<Record<string, number>> {
  const { spec, endpoints } = nestedWorld(encapsulation, depth, context);
  const payload = new Uint8Array(context.parameters.payloadBytes as number);
  const world = simulateTunnels(spec, { seed: context.seed, replication: context.replication, traceRecords: 1_000_000 });
  const { simulation } = world;
  const pairs = endpoints.flatMap((from) => endpoints.filter((to) => to !== from).map((to) => ({ from, to })));
  // One packet at a time: the next sets out when the last has arrived, so that everything on a link belongs to it.
  const startsUs: number[] = [];
  for (const { from, to } of pairs) {
    const { address } = world.plan.layers[depth].members.get(to) as { address: string };
    simulation.run({ untilUs: simulation.nowUs + 1 });
    startsUs.push(simulation.nowUs);
    world.sendAt(simulation.nowUs, from, { layer: depth === 0 ? "underlay" : `level ${depth}`, destination: address, payload });
    simulation.run({ maxEvents: 1_000_000 });
  }
  world.checkInvariants();
  const stretches = world.deliveries.map(({ timeUs }, index) => (timeUs - startsUs[index]) / world.routes.delayUs(pairs[index].from, pairs[index].to));
  const hops = hopsOf(world.trace.records());
  const crossings = startsUs.map((startUs, index) => crossingsOf(hops.filter(({ sentUs }) => sentUs >= startUs && sentUs < (startsUs[index + 1] ?? Infinity))));
  const bytes = sum(hops.map((hop) => hop.bytes));
  const total = sum(crossings.map((counts) => sum([...counts.values()])));
  const headers = bytes - total * payload.length;
  return {
    header_bytes: headers / total,
    overhead_percent: (100 * headers) / bytes,
    packets_per_link: hops.length / total,
    stretch: sum(stretches) / pairs.length,
    largest_stretch: stretches.reduce((a, b) => Math.max(a, b)),
    stress: sum(crossings.map((counts) => [...counts.values()].reduce((a, b) => Math.max(a, b)))) / pairs.length,
    physical_hops: total / pairs.length,
  };
}

/** How often a packet crossed each link; its fragments, which follow each other at once, are one crossing. */
function crossingsOf(hops: readonly { readonly from: number; readonly to: number; readonly sentUs: number }[]): Map<string, number> {
  const moments = new Set(hops.map(({ from, to, sentUs }) => `${Math.min(from, to)} ${Math.max(from, to)} ${from < to} ${sentUs}`));
  const counts = new Map<string, number>();
  for (const moment of moments) {
    const link = moment.split(" ").slice(0, 2).join(" ");
    counts.set(link, (counts.get(link) ?? 0) + 1);
  }
  return counts;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
