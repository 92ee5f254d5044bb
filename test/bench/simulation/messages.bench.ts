import { Simulation, type Process, type ProcessContext, uniformDelay, RandomStream } from "overlay-lab/dist/simulation";
import { printRows, seconds } from "../table";

interface Ping { readonly kind: "ping"; readonly hops: number }
const NODES = 10_000;
class Walker implements Process<Ping> {
  seen = 0;
  onStart(context: ProcessContext<Ping>): void {
    context.setTimer("idle", 1_000_000);
    context.send(context.random("next").integer(NODES), { kind: "ping", hops: 0 }, 40);
  }
  onMessage(context: ProcessContext<Ping>, _from: number, message: Ping): void {
    this.seen += 1;
    context.setTimer("idle", 1_000_000);
    context.send(context.random("next").integer(NODES), { kind: "ping", hops: message.hops + 1 }, 40);
  }
  onTimer(context: ProcessContext<Ping>): void { context.setTimer("idle", 1_000_000); }
}
class NumberWalker extends Walker {
  override onStart(context: ProcessContext<Ping>): void {
    context.setTimer("idle", 1_000_000);
    context.sendNumbers(context.random("next").integer(NODES), 1, 0, 0, 0, 40);
  }
  onNumbers(context: ProcessContext<Ping>, _from: number, _kind: number, a: number): void {
    context.setTimer("idle", 1_000_000);
    context.sendNumbers(context.random("next").integer(NODES), 1, a + 1, 0, 0, 40);
  }
}
function rate(make: () => Process<Ping>): number {
  const simulation = new Simulation<Ping>({ nodes: NODES, seed: 1, process: make, transport: uniformDelay(20_000, 100_000, new RandomStream({ seed: 1, name: "latency" })) });
  simulation.run({ untilUs: 2_000_000 });
  const before = simulation.counts.delivered;
  const time = seconds(() => simulation.run({ untilUs: 12_000_000 }));
  return (simulation.counts.delivered - before) / time / 1e6;
}
const objects = rate(() => new Walker());
const numbers = rate(() => new NumberWalker());
printRows("Messages between 10^4 processes, latency U(20, 100) ms, one timer each, moved at every message", [
  { work: "objects", ours: `${objects.toFixed(2)} M/s`, peer: "1.00 M/s (target)", ratio: objects.toFixed(2), note: "x" },
  { work: "numbers", ours: `${numbers.toFixed(2)} M/s`, peer: "1.00 M/s (target)", ratio: numbers.toFixed(2), note: "x" },
]);
