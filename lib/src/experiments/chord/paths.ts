/** How many hops a lookup takes on a converged ring: figures 10(a) and 10(b) of SIGCOMM 2001, in both conventions of counting. */
import { ChordSnapshot, RouteReport, type RoutingState } from "../../peer-to-peer";
import { checkChoice } from "../../errors";
import { defineExperiment, type RunContext } from "../define";
import { countOf, drawnNodes, meanOf, percentileOf, upTo } from "./setting";
import { expectedHops } from "./theory";

const ROUTES = { idBits: 160, lookups: 4000, successors: 8, routing: "fingers" } as const;

/** Small rings differ from one another, so the lookups are shared out over so many rings that they have some 4000 nodes together, at most 32. */
const NODES_OF_ALL_RINGS = 4096;
const MOST_RINGS = 32;

/** Hops to the predecessor and hops to the owner of random lookups from random nodes. */
function walk(context: RunContext, nodes: number): { readonly hops: Float64Array; readonly toOwner: Float64Array; readonly fingers: number } {
  const { parameters } = context;
  const routing = checkChoice("routing", parameters.routing as RoutingState, ["fingers", "fingers and successors"]);
  const successors = countOf(parameters, "successors", 1, 64);
  const rings = Math.max(1, Math.min(MOST_RINGS, Math.floor(NODES_OF_ALL_RINGS / nodes)));
  const each = Math.ceil(countOf(parameters, "lookups", 1, 10_000_000) / rings);
  const report = new RouteReport();
  const hops = new Float64Array(rings * each);
  const toOwner = new Float64Array(rings * each);
  const fingers: number[] = [];
  const origins = context.random("origins");
  for (let ring = 0; ring < rings; ring++) {
    const table = drawnNodes(context, nodes);
    const snapshot = new ChordSnapshot(table, upTo(nodes), { routing, successors });
    const key = table.pushRandom(each, context.random("keys"));
    for (let i = 0; i < each; i++) {
      snapshot.lookup(origins.integer(nodes), key + i, report);
      hops[ring * each + i] = report.hops;
      toOwner[ring * each + i] = report.hops + report.lastHop;
    }
    for (let node = 0; node < Math.min(nodes, 100); node++) fingers.push(snapshot.fingersOf(node));
  }
  return { hops, toOwner, fingers: meanOf(fingers) };
}

/** Path length against the number of nodes. */
export const chordPathLength = defineExperiment({
  id: "chord-path-length",
  question: "How does the number of hops of a Chord lookup grow with the number of nodes?",
  section: "P&D 9.4.2",
  parameters: ROUTES,
  factors: [{ name: "log2_nodes", title: "log2 of the nodes", type: "integer", levels: [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14] }],
  seed: 2001,
  replications: { quick: 4, full: 30 },
  metrics: [
    { name: "hops", title: "Path length", type: "number", unit: "hops", digits: 4, definition: "Forwarding hops until the predecessor of the key is reached, the step to the owner not counted (SIGCOMM 2001); mean over the lookups." },
    { name: "hops_to_owner", title: "Path to the owner", type: "number", unit: "hops", digits: 4, definition: "The same with the step to the owner (TON 2003); mean over the lookups." },
    { name: "hops_p1", title: "1st percentile", type: "number", unit: "hops", digits: 3, definition: "Hops to the predecessor that 1 % of the lookups do not exceed." },
    { name: "hops_p99", title: "99th percentile", type: "number", unit: "hops", digits: 3, definition: "Hops to the predecessor that 99 % of the lookups do not exceed." },
    { name: "fingers", title: "Different fingers", type: "number", digits: 4, definition: "Different nodes in a finger table, mean over the nodes (at most 100 of a ring)." },
  ],
  oracle: {
    metric: "hops",
    source: "SIGCOMM 2001, section 6.4: half of log2 N (CH-4)",
    expected: (arm) => ((arm.log2_nodes as number) >= 8 ? expectedHops(Number(1n << BigInt(arm.log2_nodes as number))) : null),
    tolerance: 0.05,
  },
  run: (arm, context) => {
    const exponent = countOf({ log2_nodes: arm.log2_nodes as number }, "log2_nodes", 0, 22);
    const { hops, toOwner, fingers } = walk(context, Number(1n << BigInt(exponent)));
    return [{ hops: meanOf(hops), hops_to_owner: meanOf(toOwner), hops_p1: percentileOf(hops, 0.01), hops_p99: percentileOf(hops, 0.99), fingers }];
  },
});

/** Numbers of hops whose share is a metric. */
const LONGEST = 15;

/** The distribution of the path length for 2^12 nodes. */
export const chordPathDistribution = defineExperiment({
  id: "chord-path-distribution",
  question: "How are the path lengths of Chord lookups distributed?",
  section: "P&D 9.4.2",
  parameters: { ...ROUTES, lookups: 10_000 },
  factors: [{ name: "nodes", title: "Nodes", type: "integer", levels: [4096] }],
  seed: 2001,
  replications: { quick: 4, full: 30 },
  metrics: Array.from({ length: LONGEST + 1 }, (_, count) => ({
    name: `share_${count}`, title: `${count} hops`, type: "number" as const, digits: 4, definition: `Share of the lookups with ${count}${count === LONGEST ? " or more" : ""} forwarding hops until the predecessor of the key is reached (SIGCOMM 2001).`,
  })),
  run: (arm, context) => {
    const { hops } = walk(context, countOf({ nodes: arm.nodes as number }, "nodes", 1, 4_194_304));
    const shares = new Float64Array(LONGEST + 1);
    for (const count of hops) shares[Math.min(LONGEST, count)] += 1 / hops.length;
    return [Object.fromEntries(Array.from(shares, (share, count) => [`share_${count}`, share]))];
  },
});
