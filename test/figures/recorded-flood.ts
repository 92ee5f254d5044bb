/** A small recorded run with all that a step player shows: messages under way, one lost at a node that is down, views that change. */
import { Simulation, constantDelay, recordSteps, type Process, type ProcessContext, type StepData } from "overlay-lab/dist/simulation";

type Query = { readonly kind: "query"; readonly hops: number };
export const FLOOD_NODES = ["A", "B", "C", "D", "E", "F"] as const;
export const FLOOD_LINKS: readonly (readonly [number, number])[] = [[0, 1], [0, 2], [1, 3], [2, 3], [2, 4], [3, 5], [4, 5]];

class Flood implements Process<Query> {
  private seen = 0;
  private first: number | null = null;

  onStart(context: ProcessContext<Query>): void {
    if (context.self === 0) this.pass(context, 0, -1);
  }
  onMessage(context: ProcessContext<Query>, from: number, message: Query): void {
    this.seen += 1;
    if (this.seen === 1) this.pass(context, message.hops, from);
  }
  onTimer(): void {}
  view(): object {
    return { copies: this.seen, hops: this.first };
  }
  private pass(context: ProcessContext<Query>, hops: number, from: number): void {
    this.first = hops;
    const peers = FLOOD_LINKS.flatMap(([a, b]) => (a === context.self ? [b] : b === context.self ? [a] : []));
    for (const peer of peers) if (peer !== from) context.send(peer, { kind: "query", hops: hops + 1 }, 20);
  }
}

/** The run; E is down from 15 ms on. */
export function recordedFlood(): StepData {
  const simulation = new Simulation<Query, Flood>({ nodes: FLOOD_NODES.length, seed: 5, process: () => new Flood(), transport: constantDelay(10_000), faults: [{ kind: "crash", node: 4, atUs: 15_000 }] });
  return recordSteps(simulation, {});
}
