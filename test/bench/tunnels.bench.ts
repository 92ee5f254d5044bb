/** Speed of look-ups and of packets through tunnels, beside a plain alternative in the same run. */
import { internetChecksum } from "overlay-lab/dist/codecs/ip-headers";
import { bookFigureWorld, simulateTunnels } from "overlay-lab/dist/experiments/overlays-and-tunnels";
import { PrefixTable, maskAddress, type IpAddress } from "overlay-lab/dist/ids";
import { Simulation, constantDelay } from "overlay-lab/dist/simulation";
import { RandomStream } from "overlay-lab/dist/simulation/random";
import { cpuSeconds, printRows } from "./table";

const rate = (count: number, time: number) => `${(count / time / 1e6).toPrecision(3)} M/s`;

/** Longest match by asking one hash table for each length, longest first: the usual alternative to a trie. */
class TablePerLength {
  private readonly tables = Array.from({ length: 33 }, () => new Map<number, number>());
  set(address: IpAddress, length: number, value: number): void {
    this.tables[length].set(numberOf(maskAddress(address, length)), value);
  }
  lookup(address: IpAddress): number {
    const number = numberOf(address);
    for (let length = 32; length >= 0; length--) {
      const found = this.tables[length].get(length === 0 ? 0 : (number & (-1 << (32 - length))) >>> 0);
      if (found !== undefined) return found;
    }
    return -1;
  }
}

function numberOf(address: IpAddress): number {
  return ((address[0] << 24) | (address[1] << 16) | (address[2] << 8) | address[3]) >>> 0;
}

function lookups() {
  const random = new RandomStream({ seed: 1, name: "bench" });
  const trie = new PrefixTable(32);
  const tables = new TablePerLength();
  const address = () => Uint8Array.from({ length: 4 }, () => random.integer(256));
  for (let entry = 0; entry < 100_000; entry++) {
    const length = 8 + random.integer(17);
    const block = maskAddress(address(), length);
    trie.set({ address: block, length }, entry);
    tables.set(block, length, entry);
  }
  const asked = Array.from({ length: 100_000 }, address);
  const run = (lookup: (address: IpAddress) => number) => {
    let sum = 0;
    return { time: cpuSeconds(() => { for (let round = 0; round < 10; round++) for (const one of asked) sum += lookup(one); }), sum };
  };
  run((one) => trie.lookup(one));
  const [ours, peer] = [run((one) => trie.lookup(one)), run((one) => tables.lookup(one))];
  if (ours.sum !== peer.sum) throw new Error("trie and tables disagree");
  return { work: "longest match, 10^5 blocks", ours: rate(1e6, ours.time), peer: rate(1e6, peer.time), ratio: peer.time / ours.time, note: "Peer: one hash table per length, longest first. Same entries and addresses, equal answers." };
}

function frames() {
  const world = simulateTunnels(bookFigureWorld(), { seed: 1 });
  const packets = 5000;
  for (let i = 0; i < packets; i++) world.sendAt(i, 0, { layer: "overlay", destination: "192.168.0.3", payload: new Uint8Array(1000) });
  const ours = cpuSeconds(() => world.simulation.run());
  const hops = world.simulation.counts.delivered;
  const bare = new Simulation<Uint8Array>({
    nodes: 7, seed: 1, transport: constantDelay(5000),
    process: () => ({
      onStart: () => undefined,
      onMessage: (context, _from, packet) => {
        // The least that a router must do: check the header's sum twice and pass on a copy.
        internetChecksum(packet.subarray(0, 20));
        internetChecksum(packet.subarray(0, 20));
        if (context.self < 6) context.send(context.self + 1, packet.slice(), packet.length);
      },
      onTimer: () => undefined,
    }),
  });
  for (let i = 0; i < packets; i++) bare.invokeAt(i, 0, (_process, context) => context.send(1, new Uint8Array(1040), 1040));
  const peer = cpuSeconds(() => bare.run());
  return { work: "packets of figure 2, per hop", ours: rate(hops, ours), peer: rate(bare.counts.delivered, peer), ratio: peer / ours, note: "Peer: the bare engine with two checksums and a copy a hop, no look-up, no headers read: a bound, not the same work." };
}

printRows("Tunnels", [lookups(), frames()]);
