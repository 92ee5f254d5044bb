/** A RON in simulated time: every probe and reply is a message through the engine. The only RON program found runs in real time. */
import { providerInternet, simulateRon, type RonWorld } from "overlay-lab/dist/experiments/resilient-overlay-network";
import { SlowInternet, SlowInternetTransport, type LinkTrouble } from "overlay-lab/dist/network/slow-routing";
import { RandomStream } from "overlay-lab/dist/simulation";
import { cpuSeconds, printRows, type BenchRow } from "./table";

const HOUR_US = 3_600_000_000;

function world(nodes: number, hours: number, outages: number): RonWorld {
  const network = providerInternet({ sites: nodes, providers: 5, random: new RandomStream({ seed: 1, name: "internet" }) });
  const core = network.kinds.flatMap((kind, link) => (kind === "access" ? [] : [link]));
  const troubles = Array.from({ length: outages }, (_, index): LinkTrouble => {
    const fromUs = Math.floor(((index + 0.3) * hours * HOUR_US) / outages);
    return { link: core[(index * 7) % core.length], fromUs, untilUs: fromUs + 300_000_000, loss: 1, noticedAfterUs: 180_000_000 };
  });
  const internet = new SlowInternet({ graph: network.graph, hosts: nodes, linkLoss: network.linkLoss, jitterUs: 1000, troubles });
  return simulateRon({ nodes, seed: 1, transport: new SlowInternetTransport(internet, new RandomStream({ seed: 1, name: "packets" })) });
}

function measure(nodes: number, hours: number, outages: number, targetSeconds: number): BenchRow {
  const ron = world(nodes, hours, outages);
  const seconds = cpuSeconds(() => ron.run(hours * HOUR_US));
  const { counts } = ron.simulation;
  const probes = Array.from({ length: nodes }, (_, node) => ron.node(node).prober.counts.probes).reduce((a, b) => a + b, 0);
  const speed = (hours * 3600) / seconds;
  return {
    work: `${nodes} nodes, ${hours} h, ${outages} outages`,
    ours: `${seconds.toFixed(1)} s: ${speed.toFixed(0)} simulated s/s, ${(counts.sent / seconds / 1e6).toFixed(2)} M messages/s`,
    peer: `1 simulated s/s (SRON, loopback); target ${targetSeconds} s`,
    ratio: speed,
    note: `${(probes / 1e6).toFixed(2)} M probes, ${(counts.sent / 1e6).toFixed(2)} M messages, ${(counts.events / 1e6).toFixed(2)} M events; paths of three metrics chosen anew every 14 s at every node. SRON sends over real sockets, which this does not`,
  };
}

printRows("Resilient Overlay Network", [measure(12, 64, 32, 10), measure(50, 1, 12, 5), measure(50, 6, 12, 20)]);
