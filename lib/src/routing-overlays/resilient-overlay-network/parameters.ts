/**
 * Parameters of a Resilient Overlay Network. Defaults are those of Andersen, Balakrishnan, Kaashoek and Morris, "Resilient Overlay Networks", SOSP 2001,
 * as far as they are known (rows RO-4 to RO-6 of the published figures); what is ours says so.
 */
import { ParameterError, checkChoice, checkNumber } from "../../errors";
import { SECOND_US } from "../../units";
import { RON_METRICS, type RonMetric } from "./path-metrics";

/** Parameters of every node. */
export interface RonParameters {
  /** Time between probes of one peer, whole µs, 1e3..1e12; 12 s in the paper. */
  readonly probeIntervalUs: number;
  /**
   * Least and greatest random addition to that interval, whole µs. Ours: -2 s and +2 s, so that the mean stays 12 s and the width is a third of the
   * interval. With 0 and 4 s the mean interval is 14 s and an outage is found a second later.
   */
  readonly probeJitterLeastUs: number;
  readonly probeJitterMostUs: number;
  /** Wait for the reply to a probe, whole µs; 3 s. A reply that comes later counts as lost. */
  readonly probeTimeoutUs: number;
  /** Probes lost in a row that make an outage, 1..100; 4. After a loss the next probe follows at once, until so many are lost. */
  readonly outageLosses: number;
  /** 2: probe and reply. 3: the prober confirms the reply, so that the other side learns the round trip too and puts its own next probe off. */
  readonly probePackets: number;
  /** Weight of the old value in the moving average of latency, 0..1; 0.9. */
  readonly latencyWeight: number;
  /** Probes that the loss rate is taken over, 1..10000; 100. */
  readonly lossWindow: number;
  /** Loss rate that the throughput score assumes at least, 0 < p <= 1, since the formula knows no bound for 0; 0.02. */
  readonly leastLoss: number;
  /** Share by which another path must be better before traffic moves to it, 0..10: latency and loss 0.05, throughput 0.5. */
  readonly latencyHysteresis: number;
  readonly lossHysteresis: number;
  readonly throughputHysteresis: number;
  /** Time between two tables that a node sends to each peer, whole µs; 14 s. */
  readonly routingIntervalUs: number;
  /**
   * How the overlay carries its own tables and lists of members: by a metric, or "direct" (ours): on the direct way, and while that is in outage on the path with
   * the least loss.
   */
  readonly routingMetric: RonMetric | "direct";
  /** Age at which a peer's table is used no more, whole µs; four routing intervals (ours). */
  readonly tableLifetimeUs: number;
  /** Most intermediate nodes of a path, 0..4; 1. */
  readonly maxIntermediates: number;
  /** Size of a probe or its reply, bytes; 69: the header and nine bytes. */
  readonly probeBytes: number;
  /** IP, UDP and overlay headers of every other packet, bytes; 60. */
  readonly headerBytes: number;
  /** Bytes for each peer in a table; 20. */
  readonly entryBytes: number;
  /** Bytes for each member in an announcement (ours: 4 of address, 4 of age). */
  readonly memberEntryBytes: number;
  /** Time between two announcements of a member, whole µs; 5 min. */
  readonly refreshIntervalUs: number;
  /** Silence after which a member is forgotten, whole µs; 1 h. */
  readonly memberLifetimeUs: number;
  /** Wait between two attempts to join, whole µs; 5 s (ours). */
  readonly joinRetryUs: number;
  /** Attempts to join before a node gives up, 1..1000; 12 (ours). */
  readonly joinAttempts: number;
}

/** Defaults of {@link RonParameters}. */
export const RON_DEFAULTS: RonParameters = Object.freeze({
  probeIntervalUs: 12 * SECOND_US,
  probeJitterLeastUs: -2 * SECOND_US,
  probeJitterMostUs: 2 * SECOND_US,
  probeTimeoutUs: 3 * SECOND_US,
  outageLosses: 4,
  probePackets: 2,
  latencyWeight: 0.9,
  lossWindow: 100,
  leastLoss: 0.02,
  latencyHysteresis: 0.05,
  lossHysteresis: 0.05,
  throughputHysteresis: 0.5,
  routingIntervalUs: 14 * SECOND_US,
  routingMetric: "direct",
  tableLifetimeUs: 56 * SECOND_US,
  maxIntermediates: 1,
  probeBytes: 69,
  headerBytes: 60,
  entryBytes: 20,
  memberEntryBytes: 8,
  refreshIntervalUs: 300 * SECOND_US,
  memberLifetimeUs: 3600 * SECOND_US,
  joinRetryUs: 5 * SECOND_US,
  joinAttempts: 12,
});

/** Most members of one RON: every node keeps a table of all pairs. The paper speaks of a few dozen. */
export const MOST_MEMBERS = 512;

/** Longest time that a parameter may name, µs: 11 days. */
const LONGEST_US = 1e12;

/**
 * The defaults with other values put over them.
 * @throws ParameterError for an unknown name or a value out of range
 */
export function ronParameters(given: Partial<RonParameters> = {}): RonParameters {
  if (typeof given !== "object" || given === null) throw new ParameterError({ what: "bad parameters", got: given, expected: "an object", where: "parameters of a RON" });
  const unknown = Object.keys(given).find((name) => !Object.prototype.hasOwnProperty.call(RON_DEFAULTS, name));
  if (unknown !== undefined) throw new ParameterError({ what: "unknown parameter", got: unknown, expected: Object.keys(RON_DEFAULTS).join(", "), where: "parameters of a RON" });
  const all: RonParameters = { ...RON_DEFAULTS, ...given };
  for (const name of ["probeTimeoutUs", "routingIntervalUs", "tableLifetimeUs", "refreshIntervalUs", "memberLifetimeUs", "joinRetryUs"] as const) {
    checkNumber(name, all[name], { min: 1, max: LONGEST_US, integer: true, unit: "µs" });
  }
  checkNumber("probeIntervalUs", all.probeIntervalUs, { min: 1000, max: LONGEST_US, integer: true, unit: "µs" });
  checkNumber("probeJitterLeastUs", all.probeJitterLeastUs, { min: 1 - all.probeIntervalUs, max: 4e9, integer: true, unit: "µs" });
  checkNumber("probeJitterMostUs", all.probeJitterMostUs, { min: all.probeJitterLeastUs, max: Math.min(LONGEST_US, all.probeJitterLeastUs + 4294967295), integer: true, unit: "µs" });
  checkNumber("outageLosses", all.outageLosses, { min: 1, max: 100, integer: true, unit: "probes" });
  checkNumber("probePackets", all.probePackets, { min: 2, max: 3, integer: true, unit: "packets" });
  checkNumber("latencyWeight", all.latencyWeight, { min: 0, max: 1 });
  checkNumber("lossWindow", all.lossWindow, { min: 1, max: 10_000, integer: true, unit: "probes" });
  checkNumber("leastLoss", all.leastLoss, { min: 0, exclusiveMin: true, max: 1 });
  for (const name of ["latencyHysteresis", "lossHysteresis", "throughputHysteresis"] as const) checkNumber(name, all[name], { min: 0, max: 10 });
  checkChoice("routingMetric", all.routingMetric, [...RON_METRICS, "direct"] as const);
  checkNumber("maxIntermediates", all.maxIntermediates, { min: 0, max: 4, integer: true, unit: "nodes" });
  for (const name of ["probeBytes", "headerBytes", "entryBytes", "memberEntryBytes"] as const) checkNumber(name, all[name], { min: 0, max: 65_535, integer: true, unit: "bytes" });
  checkNumber("joinAttempts", all.joinAttempts, { min: 1, max: 1000, integer: true });
  return Object.freeze(all);
}
