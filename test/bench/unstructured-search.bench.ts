/** Speed of walkers over typed arrays and message by message, and of replication that adapts. */
import { simulateSearch } from "overlay-lab/dist/experiments/unstructured-search";
import { placeCopies, regularOverlay } from "overlay-lab/dist/peer-to-peer/gnutella";
import { adaptiveReplication, WalkSearcher } from "overlay-lab/dist/peer-to-peer/unstructured-search";
import { RandomStream } from "overlay-lab/dist/simulation";
import { cpuSeconds, printRows } from "./table";

const rate = (count: number, time: number) => `${(count / time / 1e6).toPrecision(3)} M/s`;
const random = new RandomStream({ seed: 1, name: "bench" });
const graph = regularOverlay(100_000, 4, random);

function walks() {
  const searcher = new WalkSearcher(graph, { walkers: 32, maxSteps: 1024, checkEvery: 4 });
  const holders = placeCopies(graph.nodes, 50, random);
  let messages = 0;
  const work = () => { for (let i = 0; i < 300; i++) messages += searcher.search({ source: (i * 1009) % graph.nodes, holders, random }).messages; };
  work();
  messages = 0;
  const time = cpuSeconds(work);
  let steps = 0;
  const bare = cpuSeconds(() => {
    // The least that a walk can be: draw, step.
    let node = 0;
    for (; steps < 1_000_000; steps++) node = graph.heads[graph.starts[node] + random.integer(4)];
  });
  return { work: "32 walkers, 10^5 nodes, 50 copies", ours: rate(messages, time), peer: rate(steps, bare), ratio: messages / time / (steps / bare), note: "Bound: one walker that only draws and steps, without checks, objects or counts." };
}

function peers() {
  const small = regularOverlay(2000, 4, random);
  const world = simulateSearch({ graph: small, objects: [], options: { search: "walk", walk: { walkers: 32, maxSteps: 100 } } }, { seed: 1 });
  for (let i = 0; i < 40; i++) world.searchAt(i * 1000, i, 1);
  const time = cpuSeconds(() => void world.simulation.run());
  const { delivered } = world.simulation.counts;
  return { work: "peers, message by message", ours: rate(delivered, time), peer: "1.10 M/s", ratio: delivered / time / 1.1e6, note: "Peer: PeerfactSim's upkeep of a Gnutella 0.6 overlay, events; other work, same kind of simulation." };
}

function adaptive() {
  const queries = 40 * 5000;
  const time = cpuSeconds(() => void adaptiveReplication({ warmUpLifetimes: 20, measuredLifetimes: 20 }, random));
  const drawn = cpuSeconds(() => { for (let i = 0; i < queries; i++) random.exponential(1); });
  return { work: "path replication, 10,000 nodes", ours: rate(queries, time), peer: rate(queries, drawn), ratio: drawn / time, note: "Bound: one exponential draw a query." };
}

printRows("Unstructured search", [walks(), peers(), adaptive()]);
