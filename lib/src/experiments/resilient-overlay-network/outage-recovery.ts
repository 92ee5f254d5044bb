/** How long outages of Internet paths last, with and without RON: the experiment behind the book's "32 outages, less than 20 seconds on average". */
import { ecdf } from "../../analysis/ecdf";
import type { Table } from "../../analysis/table";
import { MINUTE, SECOND_US } from "../../units";
import { defineExperiment, type Metric, type RunContext } from "../define";
import type { ExperimentResult } from "../result";
import { outageRun, type OutageRunOptions, type PairOutage } from "./outage-run";

const METRICS: readonly Metric[] = [
  { name: "outage", title: "Outage", type: "integer", definition: "Number of the outage within its run, from 1." },
  { name: "outage_minutes", title: "Length", type: "number", unit: "min", digits: 3, definition: "How long the link was down." },
  { name: "relay_exists", title: "Relay exists", type: "number", digits: 3, definition: "1 where some member had working ways to both ends as the outage began, else 0." },
  { name: "was_hit", title: "Hit", type: "number", digits: 3, definition: "1 where the RON sent the pair's loss-optimised traffic over the failed link as it failed, 0 where it was on another path already." },
  { name: "survived", title: "Survived", type: "number", digits: 3, definition: "1 where packets of all three metrics arrived over the RON within 150 s of the beginning of the outage, else 0." },
  { name: "recovery_seconds", title: "Recovery, loss-optimised", type: "number", unit: "s", digits: 3, definition: "Time from the beginning of the outage to the sending of the first loss-optimised packet that arrived over the RON; empty where none did within 150 s." },
  { name: "hit_recovery_seconds", title: "Recovery where hit", type: "number", unit: "s", digits: 3, definition: "The same, only for pairs whose loss-optimised traffic was on the failed link." },
  { name: "latency_recovery_seconds", title: "Recovery, latency-optimised", type: "number", unit: "s", digits: 3, definition: "The same for latency-optimised packets." },
  { name: "throughput_recovery_seconds", title: "Recovery, throughput-optimised", type: "number", unit: "s", digits: 3, definition: "The same for throughput-optimised packets." },
  { name: "detection_seconds", title: "Detection", type: "number", unit: "s", digits: 3, definition: "Time from the beginning of the outage until the source had lost enough probes of the direct path in a row; empty for never." },
  { name: "internet_minutes", title: "Internet's own recovery", type: "number", unit: "min", digits: 3, definition: "Time from the beginning of the outage until the Internet's own route worked again: by its routing, or by the repair." },
];

/** One row for each pair of sites that an outage hits. */
export const ronOutageRecovery = defineExperiment({
  id: "ron-outage-recovery",
  question: "When a link of the Internet fails for half an hour or more, after how many seconds do packets flow again over the RON?",
  section: "P&D 9.4.1",
  parameters: {
    nodes: 12, providers: 5, hours: 2, outages: 1, leastOutageMinutes: 30, meanMoreMinutes: 15, noticedShare: 0, meanConvergenceMinutes: 3, congestionsPerHour: 4,
    pairsPerOutage: 8, packetsPerSecond: 2, probeIntervalSeconds: 12, probeTimeoutSeconds: 3, outageLosses: 4, routingIntervalSeconds: 14, maxIntermediates: 1,
  },
  factors: [{ name: "access_share", title: "Share of outages at access lines", type: "number", levels: [0] }],
  seed: 2001,
  // Thirty-two runs of 2 hours with an outage each, every one on another Internet, are the 64 hours and 32 outages of the paper.
  replications: { quick: 4, full: 32 },
  metrics: METRICS,
  run: (arm, context) => outageRun(outageOptions(arm.access_share as number, context), context.seed, context.replication, (name) => context.random(name)).pairs.map(outageRow),
});

/** The settings of an outage run from an experiment's parameters. */
export function outageOptions(accessShare: number, { parameters }: Pick<RunContext, "parameters">): OutageRunOptions {
  const number = (name: string) => parameters[name] as number;
  return {
    nodes: number("nodes"), providers: number("providers"), hours: number("hours"), outages: number("outages"), leastOutageMinutes: number("leastOutageMinutes"), meanMoreMinutes: number("meanMoreMinutes"),
    accessShare, noticedShare: number("noticedShare"), meanConvergenceMinutes: number("meanConvergenceMinutes"), congestionsPerHour: number("congestionsPerHour"),
    pairsPerOutage: number("pairsPerOutage"), packetsPerSecond: number("packetsPerSecond"),
    ron: {
      probeIntervalUs: Math.round(number("probeIntervalSeconds") * SECOND_US),
      probeJitterLeastUs: -Math.round((number("probeIntervalSeconds") * SECOND_US) / 6),
      probeJitterMostUs: Math.round((number("probeIntervalSeconds") * SECOND_US) / 6),
      probeTimeoutUs: Math.round(number("probeTimeoutSeconds") * SECOND_US),
      routingIntervalUs: Math.round(number("routingIntervalSeconds") * SECOND_US),
      tableLifetimeUs: Math.round(number("routingIntervalSeconds") * SECOND_US) * 4,
      outageLosses: number("outageLosses"), maxIntermediates: number("maxIntermediates"),
    },
  };
}

function outageRow(pair: PairOutage) {
  const seconds = (us: number) => (us < 0 ? null : us / SECOND_US);
  const [latency, loss, throughput] = pair.recoveryUs;
  return {
    outage: pair.outage + 1,
    outage_minutes: (pair.endUs - pair.startUs) / SECOND_US / MINUTE,
    relay_exists: pair.relayExists ? 1 : 0,
    was_hit: pair.wasHit[1] ? 1 : 0,
    survived: pair.recoveryUs.every((us) => us >= 0) ? 1 : 0,
    recovery_seconds: seconds(loss),
    hit_recovery_seconds: pair.wasHit[1] ? seconds(loss) : null,
    latency_recovery_seconds: seconds(latency),
    throughput_recovery_seconds: seconds(throughput),
    detection_seconds: seconds(pair.detectionUs),
    internet_minutes: pair.internetUs / SECOND_US / MINUTE,
  };
}

/**
 * How recovery times are distributed: a step curve for each metric over the pairs that had to recover, one for the Internet alone, and the published mean as a
 * vertical line.
 *
 * @param result of {@link ronOutageRecovery}
 */
export function recoveryTable(result: ExperimentResult): Table {
  const curve = (series: string, values: readonly (number | null)[]) => {
    const known = values.filter((value): value is number => value !== null && value > 0);
    if (known.length === 0) return [];
    const steps = ecdf(known);
    const waiting = values.filter((value) => value !== 0).length;
    return [{ series, seconds: steps[0].x, share: 0 }, ...steps.map(({ x, share }) => ({ series, seconds: x, share: (share * known.length) / waiting }))];
  };
  const column = (name: string, rows = result.rows) => rows.map((row) => row[name] as number | null);
  return {
    name: "ron-outage-recovery-ecdf",
    columns: [
      { name: "series", title: "Path", type: "string" },
      { name: "seconds", title: "Time until packets arrive again", type: "number", unit: "s", digits: 3 },
      { name: "share", title: "Share of outages", type: "number", digits: 3, definition: "Pairs of sites in outages that recover within this time, of those that had to recover." },
    ],
    rows: [
      ...curve("RON, least loss", column("hit_recovery_seconds", result.rows.filter((row) => row.was_hit === 1))),
      ...curve("RON, least latency", column("latency_recovery_seconds")),
      ...curve("no RON", column("internet_minutes").map((minutes) => (minutes === null ? null : minutes * MINUTE))),
      { series: "published mean, 20 s", seconds: 20, share: 0 },
      { series: "published mean, 20 s", seconds: 20, share: 1 },
    ],
  };
}
