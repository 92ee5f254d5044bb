/** What the death of one node does: Napster's registry, or the servent of Gnutella that has most neighbours. */
import { checkNumber } from "../../errors";
import { randomOverlay } from "../../peer-to-peer/gnutella";
import type { Fault } from "../../simulation";
import { defineExperiment, type RunContext } from "../define";
import { linksOfOverlay, simulateGnutella } from "./simulate-gnutella";
import { NAPSTER_REGISTRY, simulateNapster } from "./simulate-napster";

const SECOND = 1_000_000;
/** When the node dies, and comes back. */
const DOWN_S = 300;
const UP_S = 900;
const END_S = 1500;

/** Success of searches while the most important node is dead. */
export const oneNodeDies = defineExperiment({
  id: "one-node-dies",
  question: "How many searches still find their file after the most important single node has died?",
  section: "P&D 9.4.2",
  parameters: { peers: 40, searchEveryS: 5 },
  factors: [
    { name: "system", title: "System", type: "string", levels: ["napster", "gnutella"] },
    { name: "minute", title: "Time", type: "integer", unit: "minutes", levels: [1, 3, 5, 9, 13, 15, 17, 19, 21] },
  ],
  seed: 944,
  replications: { quick: 3, full: 30 },
  metrics: [{ name: "success_percent", title: "Searches that found", type: "number", unit: "%", digits: 3, definition: "Searches begun in the two minutes from this one on for a file that some live peer shares and that found it; in per cent." }],
  run: ({ system, minute }, context) => [{ success_percent: (system === "napster" ? napsterSuccess : gnutellaSuccess)(checkNumber("minute", minute, { min: 1, max: 23 }), context) }],
});

interface Search {
  readonly atS: number;
  readonly asker: number;
  readonly wanted: number;
}

/** Searches of the two minutes from one on: a random peer looks for the one file of another. */
function searchesOf(minute: number, { parameters, random }: RunContext): { readonly peers: number; readonly searches: readonly Search[] } {
  const peers = checkNumber("peers", parameters.peers, { min: 3, max: 1000, integer: true });
  const everyS = checkNumber("searchEveryS", parameters.searchEveryS, { min: 1, max: 120, unit: "s" });
  const draws = random("searches", Math.floor(minute));
  const searches: Search[] = [];
  for (let atS = 60 * minute; atS < 60 * (minute + 2); atS += everyS) {
    const asker = draws.integer(peers);
    searches.push({ atS, asker, wanted: (asker + 1 + draws.integer(peers - 1)) % peers });
  }
  return { peers, searches };
}

const fileOf = (peer: number) => ({ name: `song ${peer}`, sizeBytes: 4_000_000 });

function napsterSuccess(minute: number, context: RunContext): number {
  const { peers, searches } = searchesOf(minute, context);
  const faults: Fault[] = [{ kind: "crash", node: NAPSTER_REGISTRY, atUs: DOWN_S * SECOND, restartUs: UP_S * SECOND }];
  const world = simulateNapster({ peers: Array.from({ length: peers }, (_, peer) => ({ files: [fileOf(peer)] })) }, { seed: context.seed, replication: context.replication, faults });
  for (const { atS, asker, wanted } of searches) world.searchAt(Math.round(atS * SECOND), asker + 1, `song ${wanted}`);
  world.simulation.run({ untilUs: Math.min(END_S, 60 * minute + 140) * SECOND });
  return (100 * world.searches.filter(({ outcome }) => outcome === "found").length) / searches.length;
}

function gnutellaSuccess(minute: number, context: RunContext): number {
  const { peers, searches } = searchesOf(minute, context);
  const graph = randomOverlay(peers, 4, context.random("overlay"));
  let hub = 0;
  for (let node = 1; node < peers; node++) if (graph.degree(node) > graph.degree(hub)) hub = node;
  const faults: Fault[] = [{ kind: "crash", node: hub, atUs: DOWN_S * SECOND, restartUs: UP_S * SECOND }];
  const neighbours = (node: number) => [...graph.neighbours(node)];
  const world = simulateGnutella({
    servents: Array.from({ length: peers }, (_, peer) => ({ files: [fileOf(peer)], bootstrap: [...neighbours(peer), (peer + 1) % peers] })), links: linksOfOverlay(graph), options: { maxNeighbours: 16 },
  }, { seed: context.seed, replication: context.replication, faults });
  // What the dead one shares or asks for is nobody's loss but its own; all other searches count.
  const counted = searches.filter(({ asker, wanted }) => asker !== hub && wanted !== hub);
  for (const { atS, asker, wanted } of counted) world.searchAt(Math.round(atS * SECOND), asker, `song ${wanted}`);
  world.simulation.run({ untilUs: Math.min(END_S, 60 * minute + 140) * SECOND });
  const found = new Set(world.hits.map(({ id }) => id));
  return (100 * world.searches.filter(({ id }) => found.has(id)).length) / Math.max(1, counted.length);
}
