import { RandomStream, Simulation, uniformDelay } from "overlay-lab/dist/simulation";
import { seconds } from "../table";
import { Averaging } from "./averaging";

const ROUNDS = 30;
const nodes = Number(process.argv[2] ?? 1_000_000);
const population = new Averaging(nodes, ROUNDS, 1_000_000, new RandomStream({ seed: 1, name: "peer" }));
const simulation = new Simulation<never>({ nodes, seed: 1, process: () => population, transport: uniformDelay(20_000, 100_000, new RandomStream({ seed: 1, name: "latency" })) });
const time = seconds(() => simulation.run());
const { events, delivered } = simulation.counts;
console.log(nodes, time.toFixed(1), "s", (events / time / 1e6).toFixed(2), "M ev/s", delivered, (process.resourceUsage().maxRSS / 1024).toFixed(0), "MiB", simulation.memoryBytes / nodes, simulation.fingerprint());
