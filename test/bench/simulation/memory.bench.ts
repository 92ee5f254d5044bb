/** Memory of idle processes: 10^6 nodes that have started, each with a timer far away, served by one shared process. */
import { Simulation, constantDelay, type Process } from "overlay-lab/dist/simulation";
import { printRows } from "../table";

const NODES = 1_000_000;

const held = () => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};
const before = held();
const residentBefore = process.memoryUsage().rss;
const idle: Process = { onStart: (context) => context.setTimer("far", 1_000_000_000), onMessage: () => undefined, onTimer: () => undefined };
const simulation = new Simulation({ nodes: NODES, seed: 1, process: () => idle, transport: constantDelay(1) });
simulation.run({ untilUs: 1 });
const perNode = (held() - before) / NODES;
const resident = (process.memoryUsage().rss - residentBefore) / NODES;
printRows(`Memory of ${NODES} idle processes`, [
  { work: "idle process with a timer", ours: `${perNode.toFixed(0)} B a node`, peer: "250 B (target)", ratio: 250 / perNode, note: `heap and array buffers; resident set ${resident.toFixed(0)} B; the engine itself counts ${(simulation.memoryBytes / NODES).toFixed(0)} B` },
  { work: "idle process with a timer", ours: `${perNode.toFixed(0)} B a node`, peer: "450 B (PeerSim, cycle-driven averaging)", ratio: 450 / perNode, note: "PeerSim's figure includes the mechanism's state (one double) and has no event queue; ours has a queue and a timer per node" },
]);
