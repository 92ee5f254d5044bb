/**
 * When a node probes its peers. Each peer is probed every 12 s or so; a probe that is not answered within 3 s is followed at once by another, until four in a
 * row are lost: then the link is in outage, and probes go on at the usual pace until one is answered. (Andersen et al., SOSP 2001; row RO-4.)
 * Each peer has one timer, so a probe costs two timers and two messages.
 */
import type { ProcessContext } from "../../simulation/contract";
import type { RandomStream } from "../../simulation/random";
import type { LinkMonitor } from "./link-monitor";
import { PROBE, PROBE_CONFIRM, PROBE_REPLY } from "./messages";
import type { RonParameters } from "./parameters";

/** What a prober counted. */
export interface ProbeCounts {
  /** Probes sent. */
  probes: number;
  /** Replies and confirmations sent. */
  replies: number;
  /** Replies that came after the timeout, or twice. */
  late: number;
}

/** Name of the timer; its key is the peer. */
export const PROBE_TIMER = "probe";

/** The probes of one node. */
export class Prober {
  readonly counts: ProbeCounts = { probes: 0, replies: 0, late: 0 };
  /** Number of the probe that waits for its reply; 0 for none. */
  private readonly waiting: Float64Array;
  private readonly sentUs: Float64Array;
  private readonly nextUs: Float64Array;
  /** Three-packet exchange: the probe of the peer that was answered, and when. */
  private readonly answered: Float64Array;
  private readonly answeredUs: Float64Array;
  private lastNumber = 0;

  /**
   * @param monitor where results go
   * @param changed called when an outage of a link begins or ends
   */
  constructor(
    nodes: number,
    private readonly parameters: RonParameters,
    private readonly monitor: LinkMonitor,
    private readonly changed: (context: ProcessContext<never>, peer: number, isDead: boolean) => void,
  ) {
    this.waiting = new Float64Array(nodes);
    this.sentUs = new Float64Array(nodes);
    this.nextUs = new Float64Array(nodes);
    this.answered = new Float64Array(nodes);
    this.answeredUs = new Float64Array(nodes);
  }

  /** Begins to probe a peer, at a moment drawn from the first interval, so that peers are not probed all at once. */
  start(context: ProcessContext<never>, peer: number): void {
    this.waiting[peer] = 0;
    this.answered[peer] = 0;
    const delayUs = this.random(context).integer(Math.min(this.parameters.probeIntervalUs, 4294967296));
    this.nextUs[peer] = context.nowUs + delayUs;
    context.setTimer(PROBE_TIMER, delayUs, peer);
  }

  /** Probes a peer no more. */
  stop(context: ProcessContext<never>, peer: number): void {
    this.waiting[peer] = 0;
    context.cancelTimer(PROBE_TIMER, peer);
  }

  /** The peer's timer expired: a probe is due, or an answer is overdue. */
  onTimer(context: ProcessContext<never>, peer: number): void {
    const { nowUs } = context;
    if (this.waiting[peer] !== 0) {
      const leftUs = this.sentUs[peer] + this.parameters.probeTimeoutUs - nowUs;
      if (leftUs > 0) return context.setTimer(PROBE_TIMER, leftUs, peer);
      this.waiting[peer] = 0;
      const wasDead = this.monitor.isDead[peer] === 1;
      if (this.monitor.unanswered(peer)) this.changed(context, peer, true);
      else if (!wasDead) return this.probe(context, peer);
    }
    if (nowUs < this.nextUs[peer]) context.setTimer(PROBE_TIMER, this.nextUs[peer] - nowUs, peer);
    else this.probe(context, peer);
  }

  /** A message of numbers came from a member. */
  onNumbers(context: ProcessContext<never>, from: number, kind: number, number: number): void {
    const { probePackets, probeBytes } = this.parameters;
    if (kind === PROBE) {
      this.counts.replies += 1;
      context.sendNumbers(from, PROBE_REPLY, number, 0, 0, probeBytes);
      if (probePackets === 3) {
        this.answered[from] = number;
        this.answeredUs[from] = context.nowUs;
      }
    } else if (kind === PROBE_REPLY) {
      if (this.waiting[from] !== number) {
        this.counts.late += 1;
        return;
      }
      this.waiting[from] = 0;
      if (probePackets === 3) {
        this.counts.replies += 1;
        context.sendNumbers(from, PROBE_CONFIRM, number, 0, 0, probeBytes);
      }
      this.sample(context, from, context.nowUs - this.sentUs[from]);
    } else if (kind === PROBE_CONFIRM && this.answered[from] === number && number !== 0) {
      this.answered[from] = 0;
      if (this.waiting[from] === 0) this.nextUs[from] = context.nowUs + this.intervalUs(context);
      this.sample(context, from, context.nowUs - this.answeredUs[from]);
    }
  }

  private sample(context: ProcessContext<never>, peer: number, roundTripUs: number): void {
    if (this.monitor.answered(peer, roundTripUs)) this.changed(context, peer, false);
  }

  private probe(context: ProcessContext<never>, peer: number): void {
    const { nowUs } = context;
    // A number above all that this node used in a former life, so that a reply to one of those is not taken for a new one.
    this.lastNumber = Math.max(this.lastNumber + 1, nowUs);
    this.waiting[peer] = this.lastNumber;
    this.sentUs[peer] = nowUs;
    const intervalUs = this.intervalUs(context);
    this.nextUs[peer] = nowUs + intervalUs;
    this.counts.probes += 1;
    context.sendNumbers(peer, PROBE, this.lastNumber, 0, 0, this.parameters.probeBytes);
    context.setTimer(PROBE_TIMER, Math.min(intervalUs, this.parameters.probeTimeoutUs), peer);
  }

  private intervalUs(context: ProcessContext<never>): number {
    const { probeIntervalUs, probeJitterLeastUs, probeJitterMostUs } = this.parameters;
    return probeIntervalUs + probeJitterLeastUs + this.random(context).integer(probeJitterMostUs - probeJitterLeastUs + 1);
  }

  private random(context: ProcessContext<never>): RandomStream {
    return context.random("probe");
  }
}
