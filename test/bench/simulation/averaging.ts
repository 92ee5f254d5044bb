/** Push-pull averaging (Jelasity, Montresor, Babaoglu, "Gossip-based aggregation in large dynamic networks", ACM TOCS 23, 2005): a shared process with its state in arrays. */
import type { Process, ProcessContext, RandomStream } from "overlay-lab/dist/simulation";

const PUSH = 1;
const PULL = 2;
const MESSAGE_BYTES = 36;

/** Each round a node sends its value to a random node, which answers with its own; both then hold the mean. */
export class Averaging implements Process<never> {
  readonly values: Float64Array;

  constructor(
    readonly nodes: number,
    private readonly rounds: number,
    private readonly roundUs: number,
    /** One stream for the whole population, as PeerSim has. */
    private readonly random: RandomStream,
  ) {
    this.values = Float64Array.from({ length: nodes }, (_, node) => node);
  }

  onStart(context: ProcessContext<never>): void {
    context.setTimer("round", this.random.integer(this.roundUs), this.rounds);
  }

  onMessage(): void {
    throw new Error("averaging has messages of numbers only");
  }

  touch(node: number): number {
    return this.values[node];
  }

  /** The timer's key is the number of rounds left. */
  onTimer(context: ProcessContext<never>, _name: string, roundsLeft: number): void {
    const node = context.self;
    let peer = this.random.integer(this.nodes - 1);
    if (peer >= node) peer += 1;
    context.sendNumbers(peer, PUSH, this.values[node], 0, 0, MESSAGE_BYTES);
    if (roundsLeft > 1) context.setTimer("round", this.roundUs, roundsLeft - 1);
  }

  onNumbers(context: ProcessContext<never>, from: number, kind: number, value: number): void {
    const node = context.self;
    if (kind === PUSH) context.sendNumbers(from, PULL, this.values[node], 0, 0, MESSAGE_BYTES);
    this.values[node] = (this.values[node] + value) / 2;
  }
}
