/**
 * The network as the engine sees it: latency, then what can go wrong and what makes a message wait. A message first queues at its sender's uplink, is then
 * lost or not, crosses the network, and queues at the receiver's downlink. It is lost as well when the sender or the path is down as it is sent, or there is
 * no route, or the receiver is down as it would arrive. Routes do not react to outages given here: this is the gap until routing has converged, which resilient overlays bridge.
 */
import { ParameterError, checkNumber } from "../errors";
import type { Transport } from "../simulation/transport";
import { AccessQueues } from "./access-queues";
import { checkMethods, checkObject } from "./check-input";
import type { Hosts } from "./hosts";
import type { LatencyModel } from "./latency-model";
import type { LossModel } from "./loss";
import type { OutageSchedule } from "./outages";

/** Parts of a {@link NetworkTransport}; whatever is absent does not happen. */
export interface NetworkTransportOptions {
  readonly latency: LatencyModel;
  readonly loss?: LossModel;
  readonly outages?: OutageSchedule;
  /** Links of the way between two hosts; needed when outages name links (an `Underlay` has it). */
  readonly pathOf?: (from: number, to: number) => readonly number[];
  /** Access rates, for queueing at both ends. */
  readonly hosts?: Hosts;
  /** Bytes that may wait at an uplink; a message that finds more is lost. No limit if absent. */
  readonly maxBacklogBytes?: number;
  /** Bytes of headers added to every message on the access links, whole, 0..2^31 - 1; 0 if absent. */
  readonly headerBytes?: number;
}

/** Most bytes of headers: as much as a message may have. */
const LARGEST_HEADER_BYTES = 2147483647;

/** Counts of what became of messages. */
export interface TransportCounts {
  sent: number;
  /** Something was down or there was no route; {@link NetworkTransport.lossReason} tells which. */
  lostToOutage: number;
  lostToFullQueue: number;
  lostAtRandom: number;
}

/**
 * Why a {@link NetworkTransport} loses a message, as traces and fingerprints show it: the sender, the way or a link on it is down as it is sent, the receiver is
 * down as it would arrive, the underlay has no route, the uplink's queue is full, or the loss model takes it.
 */
export type NetworkLossReason = "sender down" | "receiver down" | "path down" | "link down" | "no route" | "uplink queue full" | "random loss";

/** A {@link Transport} put together from models. */
export class NetworkTransport implements Transport {
  readonly counts: TransportCounts = { sent: 0, lostToOutage: 0, lostToFullQueue: 0, lostAtRandom: 0 };
  private readonly queues: AccessQueues | undefined;
  private readonly headerBytes: number;
  private lastReason: NetworkLossReason = "random loss";

  /** @throws ParameterError when outages name links but the way of messages is not known, or hosts and latencies do not fit */
  constructor(private readonly options: NetworkTransportOptions) {
    const { hosts, latency, outages, pathOf } = checkObject("options", options, "at least a latency model");
    checkMethods("latency", latency, ["latencyUs"], "a latency model");
    if (options.loss !== undefined) checkMethods("loss", options.loss, ["isLost"], "a loss model");
    if (outages !== undefined) checkMethods("outages", outages, ["hostIsDown", "pathIsDown", "linkIsDown"], "an OutageSchedule");
    if (pathOf !== undefined && typeof pathOf !== "function") throw new ParameterError({ what: "bad value for pathOf", got: pathOf, expected: "a function that gives the links between two hosts", where: "parameter pathOf" });
    if (outages?.hasLinks === true && pathOf === undefined) {
      throw new ParameterError({
        what: "outages of links without routes",
        got: undefined,
        expected: "pathOf, as of an Underlay",
        where: "parameter pathOf",
      });
    }
    if (hosts !== undefined && hosts.count > latency.hosts) {
      throw new ParameterError({
        what: "more hosts than the latency model has",
        got: hosts.count,
        expected: `at most ${latency.hosts}`,
        where: "parameter hosts",
      });
    }
    this.queues = hosts === undefined ? undefined : new AccessQueues(hosts, options.maxBacklogBytes);
    this.headerBytes = checkNumber("headerBytes", options.headerBytes === undefined ? 0 : options.headerBytes, { min: 0, max: LARGEST_HEADER_BYTES, integer: true, unit: "bytes" });
  }

  delayUs(from: number, to: number, bytes: number, nowUs: number): number {
    const { latency, loss, outages } = this.options;
    this.counts.sent += 1;
    // Drawn for every message, so that outages and queues do not shift the draws of later ones.
    const lost = loss !== undefined && loss.isLost(from, to);
    const cut = this.cutBy(from, to, nowUs);
    if (cut !== null) return this.loseToOutage(cut);
    if (!(bytes >= 0)) checkNumber("bytes", bytes, { min: 0, unit: "bytes" });
    const wireBytes = bytes + this.headerBytes;
    const queued = from === to ? undefined : this.queues;
    const leftUs = queued === undefined ? nowUs : queued.leaveUs(from, wireBytes, nowUs);
    if (leftUs < 0) {
      this.counts.lostToFullQueue += 1;
      this.lastReason = "uplink queue full";
      return -1;
    }
    if (lost) {
      this.counts.lostAtRandom += 1;
      this.lastReason = "random loss";
      return -1;
    }
    const thereUs = leftUs + latency.latencyUs(from, to);
    if (outages !== undefined && outages.hostIsDown(to, thereUs)) return this.loseToOutage("receiver down");
    const inUs = queued === undefined ? thereUs : queued.arriveUs(to, wireBytes, thereUs, nowUs);
    const delayUs = Math.ceil(inUs - nowUs);
    if (!(delayUs >= 0 && delayUs <= Number.MAX_SAFE_INTEGER)) throw new ParameterError({ what: "a delay that is no time", got: delayUs, expected: "nowUs and bytes that are numbers >= 0, a latency model that gives such, and access rates at which a message takes less than 2^53 µs", where: `message from ${from} to ${to}` });
    return delayUs;
  }

  /** Why the message was lost for which `delayUs` gave -1 last. */
  lossReason(): NetworkLossReason {
    return this.lastReason;
  }

  private loseToOutage(reason: NetworkLossReason): -1 {
    this.counts.lostToOutage += 1;
    this.lastReason = reason;
    return -1;
  }

  /** What keeps a message from leaving for its receiver now, or null. */
  private cutBy(from: number, to: number, nowUs: number): NetworkLossReason | null {
    const { latency, outages } = this.options;
    if (latency.isReachable !== undefined && !latency.isReachable(from, to)) return "no route";
    if (outages === undefined) return null;
    if (outages.hostIsDown(from, nowUs)) return "sender down";
    if (outages.pathIsDown(from, to, nowUs)) return "path down";
    if (!outages.hasLinks) return null;
    return (this.options.pathOf?.(from, to) ?? []).some((link) => outages.linkIsDown(link, nowUs)) ? "link down" : null;
  }
}
