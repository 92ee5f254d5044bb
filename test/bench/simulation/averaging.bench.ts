/** Push-pull averaging at scale: 10^5 nodes, or with `--full` the 10^6 of the target; run by itself, a number sets the nodes. */
import { RandomStream, Simulation, uniformDelay } from "overlay-lab/dist/simulation";
import { cpuSeconds, printRows } from "../table";
import { Averaging } from "./averaging";

const ROUNDS = 30;
const MIB = 1024 * 1024;

function averaging(nodes: number): { seconds: number; wall: number; events: number; delivered: number; variance: number } {
  const population = new Averaging(nodes, ROUNDS, 1_000_000, new RandomStream({ seed: 1, name: "peer" }));
  const simulation = new Simulation<never>({ nodes, seed: 1, process: () => population, transport: uniformDelay(20_000, 100_000, new RandomStream({ seed: 1, name: "latency" })) });
  const start = process.hrtime.bigint();
  const seconds = cpuSeconds(() => simulation.run());
  const mean = population.values.reduce((sum, value) => sum + value, 0) / nodes;
  const variance = population.values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / nodes;
  return { seconds, wall: Number(process.hrtime.bigint() - start) / 1e9, events: simulation.counts.events, delivered: simulation.counts.delivered, variance };
}

const [, , size = "100000"] = process.argv;
const nodes = size === "--full" ? 1_000_000 : Number(size);
const run = averaging(nodes);
const peakMib = process.resourceUsage().maxRSS / 1024;
if (run.delivered !== 2 * ROUNDS * nodes) throw new Error(`${run.delivered} messages delivered`);
const share = nodes / 1e6;
const target = nodes === 1e6 ? "target" : "target at 10^6, scaled; npm run bench -- averaging --full runs it";
printRows(`Push-pull averaging, ${nodes} nodes, ${ROUNDS} rounds of 1 s, latency U(20, 100) ms`, [
  { work: "processor time", ours: `${run.seconds.toFixed(1)} s (${run.wall.toFixed(1)} s on the clock)`, peer: `${(45 * share).toFixed(1)} s (${target})`, ratio: (45 * share) / run.seconds, note: `${run.events} events, ${(run.events / run.seconds / 1e6).toFixed(2)} M/s; the variance of the values fell from ${((nodes * nodes - 1) / 12).toExponential(2)} to ${run.variance.toExponential(2)}` },
  { work: "processor time", ours: `${run.seconds.toFixed(1)} s`, peer: "> 250 s at 10^6, cut; 6.8-7.9 s at 10^5 (PeerSim event-driven)", ratio: (nodes >= 1e6 ? 250 : 6.8 * nodes / 1e5) / run.seconds, note: "same rounds, messages and latencies; both draw peers from one stream; PeerSim keeps an object per event; measured on a like machine on another day" },
  { work: "peak memory", ours: `${peakMib.toFixed(0)} MiB`, peer: `${(800 * share).toFixed(0)} MB (target${nodes === 1e6 ? "" : " at 10^6, scaled"}); 714 MB (PeerSim at 10^6)`, ratio: (800 * share) / ((peakMib * MIB) / 1e6), note: "resident set of the whole process" },
]);
