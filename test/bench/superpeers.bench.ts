/** Speed of questions in a two-tier overlay, and of the load model. */
import { question, settle, superpeerWorld } from "overlay-lab/dist/experiments/superpeers-and-gossip";
import { evaluateLoad, powerLawSuperpeers } from "overlay-lab/dist/peer-to-peer/superpeers";
import { RandomStream } from "overlay-lab/dist/simulation";
import { cpuSeconds, printRows } from "./table";

function questions() {
  const world = settle(superpeerWorld({ nodes: 2000, seed: 1, parameters: { ttl: 20 } }));
  const before = world.counts.delivered;
  const beganUs = world.nowUs;
  const time = cpuSeconds(() => {
    for (let index = 0; index < 100; index++) question(world, (index * 17) % 2000, (index * 31) % 2000);
  });
  const rate = (world.counts.delivered - before) / time;
  return { work: "questions among 2000 nodes, heartbeats included", ours: `${(rate / 1e3).toFixed(0)} k messages/s, ${((world.nowUs - beganUs) / 1e6 / time).toFixed(0)} simulated s/s`, peer: "950 k messages/s", ratio: rate / 950_000, note: "Peer: peers.md, PeerSim's event-driven averaging: one number a message, no index, no timers." };
}

function loads() {
  const graph = powerLawSuperpeers(1000, 20, 0.35, new RandomStream({ seed: 1, name: "graph" }));
  const time = cpuSeconds(() => evaluateLoad(graph, {}, new RandomStream({ seed: 1, name: "users" })));
  const edges = 1000 * graph.neighbours.length;
  return { work: "load model, 1000 clusters, out-degree 20", ours: `${(edges / time / 1e6).toFixed(1)} M links/s`, peer: "100 M links/s", ratio: edges / time / 1e8, note: "Bound: a bare breadth-first search over the same links at about 10 ns a link." };
}

printRows("Superpeers", [questions(), loads()]);
