/** A sample protocol for tests: every node counts to a target at every other node by numbered, acknowledged, repeated messages, each counted once. */
import { type Process, type ProcessContext } from "overlay-lab/dist/simulation";

export type CounterMessage = { readonly kind: "add"; readonly number: number } | { readonly kind: "done"; readonly number: number };

const RETRY_US = 200_000;

/** What survives a crash, as on a disk: one per node, kept outside the process. */
export interface CounterDisk {
  /** How many of this node's additions each other node has acknowledged. */
  readonly acknowledged: number[];
  /** How many additions from each other node have been counted here. */
  readonly counted: number[];
}

/** `forgetful` plants a defect: repeated additions are counted again. */
export class ReliableCounter implements Process<CounterMessage> {
  constructor(
    private readonly nodes: number,
    private readonly target: number,
    private readonly disk: CounterDisk,
    private readonly forgetful = false,
  ) {}

  onStart(context: ProcessContext<CounterMessage>): void {
    for (let peer = 0; peer < this.nodes; peer++) if (peer !== context.self) this.sendNext(context, peer);
  }

  onMessage(context: ProcessContext<CounterMessage>, from: number, message: CounterMessage): void {
    if (message.kind === "add") {
      if (message.number === this.disk.counted[from] + 1 || this.forgetful) this.disk.counted[from] += 1;
      if (message.number <= this.disk.counted[from]) context.send(from, { kind: "done", number: message.number }, 12);
    } else if (message.number === this.disk.acknowledged[from] + 1) {
      this.disk.acknowledged[from] += 1;
      this.sendNext(context, from);
    }
  }

  onTimer(context: ProcessContext<CounterMessage>, _name: string, peer: number): void {
    this.sendNext(context, peer);
  }

  view(): CounterDisk {
    return this.disk;
  }

  private sendNext(context: ProcessContext<CounterMessage>, peer: number): void {
    if (this.disk.acknowledged[peer] >= this.target) {
      context.cancelTimer("retry", peer);
      return;
    }
    context.send(peer, { kind: "add", number: this.disk.acknowledged[peer] + 1 }, 12);
    context.setTimer("retry", RETRY_US, peer);
  }
}

/** Empty disks for a world. */
export function emptyDisks(nodes: number): CounterDisk[] {
  return Array.from({ length: nodes }, () => ({ acknowledged: new Array<number>(nodes).fill(0), counted: new Array<number>(nodes).fill(0) }));
}

/** The first rule broken: nobody has counted more than was sent, nor has less counted than was acknowledged. */
export function brokenRule(disks: readonly CounterDisk[], target: number): string | null {
  for (let from = 0; from < disks.length; from++) {
    for (let to = 0; to < disks.length; to++) {
      const { [to]: acknowledged } = disks[from].acknowledged;
      const { [from]: counted } = disks[to].counted;
      if (counted > acknowledged + 1) return `node ${to} counted ${counted} additions from ${from}, which knows of ${acknowledged}`;
      if (counted < acknowledged) return `node ${from} believes ${acknowledged} additions at ${to}, which counted ${counted}`;
      if (counted > target) return `node ${to} counted ${counted} additions from ${from}, more than ${target}`;
    }
  }
  return null;
}
