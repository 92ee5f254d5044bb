/**
 * What a node measures of its own virtual links: for each peer a moving average of the round trip, the loss over the last probes, and whether the link is
 * in outage. Plain numbers in typed arrays; when to probe is the business of prober.ts. (Andersen et al., SOSP 2001; rows RO-4 and RO-6.)
 * Not modelled: passive measurements, which the original also takes from an application's own traffic.
 */
import { InvariantError } from "../../errors";
import type { RonParameters } from "./parameters";
import { movingAverage } from "./path-metrics";

/** Measurements of the links from one node to all its peers. */
export class LinkMonitor {
  /** Average round trip to each peer, µs; -1 before the first sample. */
  readonly roundTripsUs: Float64Array;
  /** Loss rate over the last probes, 0..1; 0 before the first. */
  readonly losses: Float64Array;
  /** 1 while a link is in outage. */
  readonly isDead: Uint8Array;
  /** Probes lost since the last one that was answered. */
  readonly lostInRow: Int32Array;
  /** Probes in the window so far, and how many of them were lost. */
  private readonly counted: Int32Array;
  private readonly lost: Int32Array;
  /** The window of each peer: 1 for a lost probe. */
  private readonly window: Uint8Array;
  private readonly next: Int32Array;

  constructor(nodes: number, private readonly parameters: RonParameters) {
    this.roundTripsUs = new Float64Array(nodes).fill(-1);
    this.losses = new Float64Array(nodes);
    this.isDead = new Uint8Array(nodes);
    this.lostInRow = new Int32Array(nodes);
    this.counted = new Int32Array(nodes);
    this.lost = new Int32Array(nodes);
    this.window = new Uint8Array(nodes * parameters.lossWindow);
    this.next = new Int32Array(nodes);
  }

  /** Round trip to a peer, µs; -1 while the link cannot be used: in outage, or not measured yet. */
  usableRoundTripUs(peer: number): number {
    return this.isDead[peer] === 1 ? -1 : this.roundTripsUs[peer];
  }

  /** A probe was answered. @returns true when this ends an outage */
  answered(peer: number, roundTripUs: number): boolean {
    this.roundTripsUs[peer] = movingAverage(this.roundTripsUs[peer], roundTripUs, this.parameters.latencyWeight);
    this.count(peer, 0);
    this.lostInRow[peer] = 0;
    const ended = this.isDead[peer] === 1;
    this.isDead[peer] = 0;
    return ended;
  }

  /** A probe was not answered in time. @returns true when this begins an outage */
  unanswered(peer: number): boolean {
    this.count(peer, 1);
    this.lostInRow[peer] += 1;
    const begins = this.isDead[peer] === 0 && this.lostInRow[peer] >= this.parameters.outageLosses;
    if (begins) this.isDead[peer] = 1;
    return begins;
  }

  /** Forgets all about a peer that is a member no longer. */
  forget(peer: number): void {
    this.roundTripsUs[peer] = -1;
    for (const counts of [this.losses, this.isDead, this.lostInRow, this.counted, this.lost, this.next]) counts[peer] = 0;
    this.window.fill(0, peer * this.parameters.lossWindow, (peer + 1) * this.parameters.lossWindow);
  }

  /** @throws InvariantError naming the first rule broken */
  checkInvariants(where: string): void {
    const { lossWindow, outageLosses } = this.parameters;
    for (let peer = 0; peer < this.losses.length; peer++) {
      let lost = 0;
      for (let i = 0; i < lossWindow; i++) lost += this.window[peer * lossWindow + i];
      if (lost !== this.lost[peer]) throw new InvariantError({ what: "the count of lost probes is not that of the window", got: this.lost[peer], expected: String(lost), where: `${where}, peer ${peer}` });
      if (!(this.losses[peer] >= 0 && this.losses[peer] <= 1)) throw new InvariantError({ what: "a loss rate outside 0..1", got: this.losses[peer], where: `${where}, peer ${peer}` });
      if (this.isDead[peer] === 1 && this.lostInRow[peer] < outageLosses) throw new InvariantError({ what: "an outage without losses in a row", got: this.lostInRow[peer], expected: `at least ${outageLosses}`, where: `${where}, peer ${peer}` });
    }
  }

  private count(peer: number, lost: 0 | 1): void {
    const { lossWindow } = this.parameters;
    const at = peer * lossWindow + this.next[peer];
    this.lost[peer] += lost - this.window[at];
    this.window[at] = lost;
    this.next[peer] = this.next[peer] + 1 === lossWindow ? 0 : this.next[peer] + 1;
    if (this.counted[peer] < lossWindow) this.counted[peer] += 1;
    this.losses[peer] = this.lost[peer] / this.counted[peer];
  }
}
