/**
 * The search for the best single relay, for all three metrics at once: the inner loop of RON. Tables of peers are read one after the other, each from end to
 * end, since that is how they lie in memory.
 */
import type { LinkMonitor } from "./link-monitor";
import type { LinkStateMessage } from "./messages";
import { LATENCY, LOSS, RON_METRICS, THROUGHPUT } from "./path-metrics";
import type { PolicyTable } from "./policies";

/** Results for every destination, by metric * nodes + destination. */
export class RelaySearch {
  /** Best relay; -1 for none. */
  readonly relays: Int32Array;
  /** Round trip over it, µs, and loss of that path. */
  readonly roundTripsUs: Float64Array;
  readonly losses: Float64Array;
  /** Square of the throughput cost without its constants: it has the same order. */
  private readonly squares: Float64Array;

  constructor(private readonly self: number, private readonly nodes: number, private readonly leastLoss: number, private readonly policies: PolicyTable, private readonly monitor: LinkMonitor) {
    this.relays = new Int32Array(RON_METRICS.length * nodes);
    this.roundTripsUs = new Float64Array(RON_METRICS.length * nodes);
    this.losses = new Float64Array(RON_METRICS.length * nodes);
    this.squares = new Float64Array(nodes);
  }

  /** Forgets the results for destinations from `first` to before `end`. */
  begin(first: number, end: number): void {
    for (let metric = 0; metric < RON_METRICS.length; metric++) {
      this.relays.fill(-1, metric * this.nodes + first, metric * this.nodes + end);
      this.roundTripsUs.fill(Infinity, metric * this.nodes + first, metric * this.nodes + end);
    }
    this.losses.fill(Infinity, LOSS * this.nodes + first, LOSS * this.nodes + end);
    this.squares.fill(Infinity, first, end);
  }

  /**
   * Offers a relay with its table. A tie goes to the shorter round trip, then to the relay that was offered first.
   * @param policy its number
   */
  offer(policy: number, row: LinkStateMessage, first: number, end: number): void {
    const { node: relay, roundTripsUs: onward, losses: onwardLosses } = row;
    const { monitor, nodes, leastLoss, squares, self, policies } = this;
    const legUs = monitor.usableRoundTripUs(relay);
    if (legUs < 0 || (policy !== 0 && !(policies.allowsRelay(policy, relay) && policies.allowsLink(policy, self, relay)))) return;
    const legLoss = monitor.losses[relay];
    for (let destination = first; destination < end; destination++) {
      const onUs = onward[destination];
      if (onUs < 0 || destination === self || (policy !== 0 && !policies.allowsLink(policy, relay, destination))) continue;
      const us = legUs + onUs;
      const loss = legLoss + onwardLosses[destination] - legLoss * onwardLosses[destination];
      if (us < this.roundTripsUs[destination]) this.keep(LATENCY, destination, relay, us, loss);
      const best = this.losses[LOSS * nodes + destination];
      if (loss < best || (loss === best && us < this.roundTripsUs[LOSS * nodes + destination])) this.keep(LOSS, destination, relay, us, loss);
      const square = us * us * (loss > leastLoss ? loss : leastLoss);
      if (square < squares[destination]) {
        squares[destination] = square;
        this.keep(THROUGHPUT, destination, relay, us, loss);
      }
    }
  }

  private keep(metric: number, destination: number, relay: number, us: number, loss: number): void {
    const at = metric * this.nodes + destination;
    this.relays[at] = relay;
    this.roundTripsUs[at] = us;
    this.losses[at] = loss;
  }
}
