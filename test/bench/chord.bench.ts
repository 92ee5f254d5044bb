/**
 * Chord beside the programs of other groups. Peers' figures were measured on a like machine with other load on it: PeerSim 1.0.5 (Java 17), SimGrid 3.32 (its Chord example
 * with the defect mended that makes every lookup look up the wrong id), p2psim.
 */
import { IdSpace, IdTable } from "overlay-lab/dist/ids";
import { ChordProcess, ChordSnapshot, RouteReport, type ChordMessage, type ChordParameters } from "overlay-lab/dist/peer-to-peer";
import { RandomStream, Simulation, uniformDelay } from "overlay-lab/dist/simulation";
import { cpuSeconds, printRows, type BenchRow } from "./table";

const SECOND = 1_000_000;
const stream = (name: string) => new RandomStream({ seed: 1, name });
const everyNode = (count: number) => Int32Array.from({ length: count }, (_, node) => node);
const megabytes = () => process.resourceUsage().maxRSS / 1024;

/** A ring of random ids, each node looking a key up in each period, for so long. */
function world(nodes: number, periodUs: number, untilUs: number, parameters: Partial<ChordParameters>): { seconds: number; sent: number; lookups: number; hops: number } {
  let simulation: Simulation<ChordMessage> | undefined;
  let chord: ChordProcess | undefined;
  const seconds = cpuSeconds(() => {
    const table = new IdTable(new IdSpace(160), nodes + 100_001);
    table.pushRandom(nodes, stream("ids"));
    const made = new ChordProcess({ table, parameters: { recovery: "none", lookupTimeoutUs: 0, ...parameters }, traffic: { periodUs }, lookupCapacity: 1_000_000 });
    made.install(everyNode(nodes));
    made.addRandomKeys(100_000, stream("keys"));
    simulation = new Simulation<ChordMessage>({ nodes, seed: 1, process: () => made, transport: uniformDelay(20_000, 100_000, stream("latency")) });
    simulation.run({ untilUs });
    chord = made;
  });
  if (simulation === undefined || chord === undefined) throw new Error("no run");
  const { ended, hops } = chord.lookups;
  let sum = 0;
  for (let i = 0; i < ended; i++) sum += hops[i];
  return { seconds, sent: simulation.counts.sent, lookups: ended, hops: sum / ended };
}

const rows: BenchRow[] = [];
const still = { stabiliseUs: 0, fixFingersUs: 0, checkPredecessorUs: 0 };
const note = (run: ReturnType<typeof world>) => `${(run.sent / 1e6).toFixed(2)} M messages, ${(run.sent / run.seconds / 1e6).toFixed(2)} M/s, ${run.lookups} lookups of ${run.hops.toFixed(2)} hops to the predecessor; memory of this process so far ${megabytes().toFixed(0)} MB`;

const maintained = world(10_000, 10 * SECOND, 1000 * SECOND, { stabiliseUs: 20 * SECOND, fixFingersUs: 120 * SECOND, checkPredecessorUs: 120 * SECOND });
rows.push({ work: "N = 10^4 with maintenance, 1000 s", ours: `${maintained.seconds.toFixed(1)} s`, peer: "102-111 s (SimGrid)", ratio: 102 / maintained.seconds, note: `${note(maintained)}. Target: < 10 s, < 250 MB. Ids of 160 bits against 24; SimGrid's 9.0 M messages pass a fluid bandwidth model and two actors a node, which ours do not. p2psim: cut at 450 s.` });
rows.push({ work: "the same, simulated seconds per second", ours: `${(1000 / maintained.seconds).toFixed(0)} s/s`, peer: "9.8 s/s (SimGrid)", ratio: 1000 / maintained.seconds / 9.8, note: "Stabilise 20 s, a finger per 120 s, check 120 s, a lookup per node and 10 s." });

const small = world(10_000, 10 * SECOND, 1000 * SECOND, { ...still, routing: "fingers" });
rows.push({ work: "N = 10^4, ideal ring, 10^6 lookups", ours: `${small.seconds.toFixed(1)} s`, peer: "7.6 s (PeerSim)", ratio: 7.6 / small.seconds, note: `${note(small)}. Target: < 5 s, < 200 MB; PeerSim 7.85 M messages, 589-909 MB, ids of 128 bits as BigInteger. Same delays U(20, 100) ms, same rate; ours also asks the owner itself and keeps each lookup in a log.` });
const large = world(100_000, 100 * SECOND, 1000 * SECOND, { ...still, routing: "fingers" });
rows.push({ work: "N = 10^5, ideal ring, 10^6 lookups", ours: `${large.seconds.toFixed(1)} s`, peer: "41.5 s (PeerSim)", ratio: 41.5 / large.seconds, note: `${note(large)}. Target: < 12 s, < 500 MB; PeerSim 9.52 M messages, 3.2 GB, most of its time for building tables.` });

const NODES = 1_000_000;
let snapshot: ChordSnapshot | undefined;
const table = new IdTable(new IdSpace(160), NODES + 300_001);
const building = cpuSeconds(() => {
  table.pushRandom(NODES, stream("ids"));
  snapshot = new ChordSnapshot(table, everyNode(NODES));
});
const built = snapshot as ChordSnapshot | undefined;
if (built === undefined) throw new Error("no snapshot");
rows.push({ work: "snapshot of 10^6 nodes built", ours: `${building.toFixed(2)} s`, peer: "10 s (target)", ratio: 10 / building, note: `${(built.bytes / NODES).toFixed(0)} bytes a node with its 160-bit id, target 400.` });
const first = table.pushRandom(300_000, stream("keys"));
const origin = stream("origin");
const report = new RouteReport();
let hops = 0;
const asking = cpuSeconds(() => {
  for (let i = 0; i < 300_000; i++) hops += built.lookup(origin.integer(NODES), first + i, report).hops;
});
rows.push({ work: "lookups on 10^6 nodes", ours: `${(300 / asking).toFixed(0)} k/s`, peer: "300 k/s (target)", ratio: 1 / asking, note: `Each of ${(hops / 300_000).toFixed(2)} hops to the predecessor, from random nodes for random keys, node by node.` });
printRows("Chord", rows);
