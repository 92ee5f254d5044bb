import { EventQueue } from "overlay-lab/dist/simulation/event-queue";
import { RandomStream } from "overlay-lab/dist/simulation/random";
import { ObjectHeap, QuaternaryHeap, type PeerQueue } from "./queue-peers";

class Wheel implements PeerQueue {
  private readonly queue = new EventQueue();
  push(timeUs: number): void { this.queue.push(timeUs); }
  pop(): number { const s = this.queue.popUntil(Infinity); const t = this.queue.timeOf(s); this.queue.release(s); return t; }
}
function hold(queue: PeerQueue, pending: number, steps: number, inc: Float64Array): number {
  for (let i = 0; i < pending; i++) queue.push(inc[i & 65535]);
  const mask = 65535;
  for (let i = 0; i < steps / 4; i++) queue.push(queue.pop() + inc[i & mask]);
  const start = process.hrtime.bigint();
  for (let i = 0; i < steps; i++) queue.push(queue.pop() + inc[i & mask]);
  return steps / Number(process.hrtime.bigint() - start) * 1e3;
}
const r = new RandomStream({ seed: 1, name: "hold" });
const dists: Record<string, () => number> = {
  exponential: () => Math.floor(-Math.log(1 - r.uniform()) * 100000),
  uniform: () => 20000 + r.integer(80001),
  bimodal: () => r.integer(10) === 0 ? r.integer(30000000) : r.integer(10000),
  seconds: () => Math.floor(-Math.log(1 - r.uniform()) * 100000000),
};
for (const pending of [1000, 100000, 1000000]) for (const [name, f] of Object.entries(dists)) {
  const inc = new Float64Array(65536).map(f);
  const res = [new Wheel(), new QuaternaryHeap(), new ObjectHeap()].map((q) => hold(q, pending, 2000000, inc).toFixed(2));
  console.log(pending, name, res.join("  "));
}
