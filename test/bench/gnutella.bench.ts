/** Speed of floods, message by message and over typed arrays, and of the codec. */
import { decodeGnutella, encodeGnutella } from "overlay-lab/dist/codecs";
import { linksOfOverlay, simulateGnutella } from "overlay-lab/dist/experiments/napster-and-gnutella";
import { Flooder, placeCopies, regularOverlay, type OverlayGraph } from "overlay-lab/dist/peer-to-peer/gnutella";
import { RandomStream } from "overlay-lab/dist/simulation";
import { cpuSeconds, printRows } from "./table";

const rate = (count: number, time: number) => `${(count / time / 1e6).toPrecision(3)} M/s`;
const random = new RandomStream({ seed: 1, name: "bench" });

/** The flood as a first program would have it: sets and lists of neighbours. */
function plainFlood(neighbours: readonly (readonly number[])[], source: number, ttl: number): number {
  let messages = 0;
  const from = new Map<number, number>([[source, -1]]);
  let frontier = [source];
  for (let hop = 1; hop <= ttl; hop++) {
    const next: number[] = [];
    for (const node of frontier) {
      for (const head of neighbours[node]) {
        if (head === from.get(node)) continue;
        messages += 1;
        if (from.has(head)) continue;
        from.set(head, node);
        next.push(head);
      }
    }
    frontier = next;
  }
  return messages;
}

function fastFlood(graph: OverlayGraph, ttl: number, note: string) {
  const flooder = new Flooder(graph);
  const holders = placeCopies(graph.nodes, 100, random);
  const lists = Array.from({ length: graph.nodes }, (_, node) => [...graph.neighbours(node)]);
  let messages = 0;
  const flood = () => {
    for (let i = 0; i < 60; i++) messages += flooder.flood((i * 1009) % graph.nodes, ttl, { holders }).messages;
  };
  flood();
  messages = 0;
  const ours = cpuSeconds(flood);
  let plain = 0;
  const peer = cpuSeconds(() => {
    for (let i = 0; i < 12; i++) plain += plainFlood(lists, (i * 1009) % graph.nodes, ttl);
  });
  return { work: `flood, ${graph.nodes} nodes, degree 4, TTL ${ttl}`, ours: rate(messages, ours), peer: rate(plain, peer), ratio: messages / ours / (plain / peer), note };
}

function byMessages(nodes: number, ttl: number) {
  const graph = regularOverlay(nodes, 4, random);
  const world = simulateGnutella({ servents: Array.from({ length: nodes }, () => ({})), links: linksOfOverlay(graph), options: { maintains: false } }, { seed: 1 });
  for (let i = 0; i < 20; i++) world.searchAt(i * 10_000_000, (i * 1009) % nodes, "train", ttl);
  const ours = cpuSeconds(() => void world.simulation.run());
  const { delivered, events } = world.simulation.counts;
  const perSecond = events / ours;
  return { work: `servents, ${nodes} nodes, TTL ${ttl}`, ours: `${rate(delivered, ours)} messages`, peer: "1.10 M/s events", ratio: perSecond / 1.1e6, note: `${(200 / ours).toFixed(0)} simulated s/s. Peer: PeerfactSim's upkeep of a Gnutella 0.6 overlay of 1000 nodes, its best; ours is queries of 0.4, with the id table of each servent.` };
}

function codec() {
  const hit = { id: "ab".repeat(16), ttl: 3, hops: 4, payload: { kind: "query-hit", port: 6346, ip: 0x0a000001, speedKBps: 128, serventId: "cd".repeat(16), results: [{ fileIndex: 7, sizeBytes: 4_000_000, text: "blue train.mp3" }] } } as const;
  const bytes = encodeGnutella(hit);
  const count = 200_000;
  const read = cpuSeconds(() => { for (let i = 0; i < count; i++) decodeGnutella(bytes); });
  const json = JSON.stringify(hit);
  const peer = cpuSeconds(() => { for (let i = 0; i < count; i++) JSON.parse(json); });
  return { work: "reading a query hit", ours: rate(count, read), peer: rate(count, peer), ratio: peer / read, note: "Peer: JSON.parse of the same value, which checks nothing of the format." };
}

const large = regularOverlay(100_000, 4, random);
printRows("Gnutella", [
  fastFlood(large, 7, "Target 5 M messages/s. Peer: the same flood with a Map and lists, equal counts."),
  fastFlood(large, 12, "The whole overlay is reached: most messages are duplicates, and memory is touched at random."),
  byMessages(2000, 7), codec(),
]);
