/** A world with everything in it, for tests of determinism: objects, numbers, timers, every fault, remarks. */
import { RandomStream, Simulation, uniformDelay, type Process, type ProcessContext } from "overlay-lab/dist/simulation";

export interface Rumour { readonly kind: "rumour"; readonly hops: number; readonly weight: number }

class Gossip implements Process<Rumour> {
  heard = 0;
  sum = 0;
  onStart(context: ProcessContext<Rumour>): void {
    context.setTimer("tell", 1 + Math.round(context.random("think").exponential(50_000)));
  }
  onTimer(context: ProcessContext<Rumour>, name: string): void {
    const random = context.random("think");
    context.send(random.integer(20), { kind: "rumour", hops: 0, weight: random.logNormal(0, 1) }, 30);
    context.sendNumbers(random.integer(20), 3, random.normal(), random.pareto(1.5, 1), random.weibull(0.7, 2), 24);
    context.setTimer(name, 1 + Math.round(random.exponential(50_000)));
  }
  onMessage(context: ProcessContext<Rumour>, _from: number, message: Rumour): void {
    this.heard += 1;
    context.note("heard", message.weight);
    if (message.hops < 3) context.send(context.random("next").integer(20), { kind: "rumour", hops: message.hops + 1, weight: message.weight / 2 }, 30);
  }
  onNumbers(_context: ProcessContext<Rumour>, _from: number, _kind: number, a: number, b: number, c: number): void {
    this.sum += a * b + c;
  }
  view(): unknown {
    return { heard: this.heard, sum: this.sum };
  }
}

/** @param biased plants a difference: from 1 s on, one node's latency is a microsecond longer */
export function sampleWorld(seed: number, biased = false): Simulation<Rumour> {
  const inner = uniformDelay(5_000, 80_000, new RandomStream({ seed, name: "latency" }));
  const transport = { delayUs: (from: number, to: number, bytes: number, nowUs: number) => inner.delayUs(from, to, bytes, nowUs) + (biased && from === 7 && nowUs >= 1_000_000 ? 1 : 0) };
  return new Simulation<Rumour>({
    nodes: 20, seed, transport, process: () => new Gossip(), fingerprint: "payloads",
    faults: [
      { kind: "loss", probability: 0.05 }, { kind: "duplicate", probability: 0.05, spreadUs: 1000 }, { kind: "delay", minUs: 0, maxUs: 50_000, probability: 0.1 },
      { kind: "partition", groups: [[1, 2, 3]], fromUs: 500_000, untilUs: 900_000 }, { kind: "pause", node: 4, fromUs: 300_000, untilUs: 700_000 },
      { kind: "churn", nodes: [5, 6, 7, 8], sessionUs: { kind: "weibull", shape: 0.6, scale: 400_000 }, downtimeUs: { kind: "exponential", mean: 200_000 } },
    ],
  });
}

if (require.main === module) {
  const simulation = sampleWorld(11);
  simulation.run({ untilUs: 3_000_000 });
  process.stdout.write(simulation.fingerprint());
}
