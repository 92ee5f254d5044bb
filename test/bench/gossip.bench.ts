/** Speed of Cyclon's shuffles and of rumours in cycles. */
import { Cyclon, spreadRumour, type CyclonMessage } from "overlay-lab/dist/peer-to-peer/gossip";
import { RandomStream, Simulation, constantDelay } from "overlay-lab/dist/simulation";
import { cpuSeconds, printRows } from "./table";

/** peers.md: PeerSim's Newscast, cycle-driven, exchanges a second. */
const PEERSIM_EXCHANGES = 379_000;

function cyclon(nodes: number, cycles: number) {
  const overlay = new Cyclon(nodes);
  const random = new RandomStream({ seed: 1, name: "views" });
  for (let node = 0; node < nodes; node++) {
    while (!overlay.views.isFull(node)) {
      const other = random.integer(nodes);
      if (other !== node && overlay.views.slotOf(node, other) === -1) overlay.views.add(node, other, 0);
    }
  }
  const simulation = new Simulation<CyclonMessage>({ nodes, seed: 1, process: () => overlay, transport: constantDelay(50_000) });
  const time = cpuSeconds(() => simulation.run({ untilUs: cycles * overlay.parameters.periodUs }));
  const exchanges = nodes * cycles;
  return {
    work: `Cyclon, ${nodes} nodes, ${cycles} cycles`, ours: `${time.toFixed(1)} s, ${(exchanges / time / 1e3).toFixed(0)} k exchanges/s, ${((cycles * overlay.parameters.periodUs) / 1e6 / time).toFixed(1)} simulated s/s`,
    peer: `${PEERSIM_EXCHANGES / 1e3} k exchanges/s`, ratio: exchanges / time / PEERSIM_EXCHANGES,
    note: "Peer: PeerSim Newscast, cycle-driven: views are read and written directly. Ours sends two messages with delays and sets a timer for each exchange.",
  };
}

function rumours() {
  const runs = 500;
  const time = cpuSeconds(() => {
    for (let run = 0; run < runs; run++) spreadRumour({ k: 3 }, new RandomStream({ seed: 1, name: "rumour", node: run }));
  });
  return { work: "rumour, 1000 sites, push, k = 3", ours: `${(runs / time).toFixed(0)} runs/s`, peer: "2000 runs in 10 s", ratio: runs / time / 200, note: "Bound: what a paper test of 2000 runs an arm may cost." };
}

printRows("Gossip", [cyclon(10_000, 50), cyclon(100_000, 50), rumours()]);
