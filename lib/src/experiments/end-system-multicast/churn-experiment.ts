/** How well a group is served while members fail and come back: delivery ratio, time to repair, and what the control messages cost, at two rates of failure. */
import { quantile } from "../../analysis/quantile";
import { ParameterError, checkNumber } from "../../errors";
import { SECOND_US } from "../../units";
import { defineExperiment, type RunContext } from "../define";
import { deliveryRatio, serviceGaps } from "./delivery";
import { simulateGroup, type Group } from "./group-world";
import { waxmanWorld } from "./waxman-world";

/** Mean minutes that a member stays, and that it is away. */
export const FAILURE_RATES: Readonly<Record<string, { readonly upMinutes: number; readonly downMinutes: number }>> = Object.freeze({
  low: Object.freeze({ upMinutes: 60, downMinutes: 10 }),
  high: Object.freeze({ upMinutes: 5, downMinutes: 2 }),
});

/** A group under churn, not yet run. */
export interface ChurnOptions {
  readonly members: number;
  readonly routers: number;
  /** Minutes that the group has to form before members fail. */
  readonly settleMinutes: number;
  /** Minutes with failures. */
  readonly churnMinutes: number;
  /** Silence after which a neighbour is given up, and a member is dead, seconds. */
  readonly deadSeconds: number;
  /** What triggers a routing update. */
  readonly triggeredUpdates: string;
}

/** Packets of the source while members fail, a second apart. */
const PAYLOAD_BYTES = 1000;

/**
 * A group in which every member but the source fails without a word and comes back, in turn; the source sends a packet a second.
 *
 * @param rate "low" or "high", see {@link FAILURE_RATES}
 * @throws ParameterError for an unknown rate or values out of range
 */
export function groupUnderChurn(options: ChurnOptions, rate: string, context: Pick<RunContext, "seed" | "replication" | "random">): Group {
  const minutes = FAILURE_RATES[rate];
  if (!Object.hasOwn(FAILURE_RATES, rate)) throw new ParameterError({ what: "unknown rate of failures", got: rate, expected: Object.keys(FAILURE_RATES).join(", "), where: "parameter rate" });
  const members = checkNumber("members", options.members, { min: 2, max: 2000, integer: true });
  const fromUs = Math.round(60 * SECOND_US * checkNumber("settleMinutes", options.settleMinutes, { min: 0, max: 600, unit: "minutes" }));
  const untilUs = fromUs + Math.round(60 * SECOND_US * checkNumber("churnMinutes", options.churnMinutes, { min: 0.1, max: 6000, unit: "minutes" }));
  const { underlay } = waxmanWorld({ members, routers: options.routers, random: (name) => context.random(name) });
  const { deadSeconds } = options;
  const group = simulateGroup({
    hosts: members, latency: underlay, seed: context.seed, replication: context.replication,
    parameters: {
      neighbourTimeoutSeconds: deadSeconds, deadSeconds: Math.max(deadSeconds, 30), staleSeconds: Math.max(30, Math.min(50, deadSeconds)), triggeredUpdates: options.triggeredUpdates as "own-links" | "all-changes",
    },
    faults: [{
      kind: "churn", nodes: Array.from({ length: members - 1 }, (_, index) => index + 1), fromUs, untilUs,
      sessionUs: { kind: "exponential", mean: minutes.upMinutes * 60 * SECOND_US }, downtimeUs: { kind: "exponential", mean: minutes.downMinutes * 60 * SECOND_US },
    }],
  });
  for (let timeUs = fromUs; timeUs < untilUs; timeUs += SECOND_US) group.publishAt(timeUs, 0, PAYLOAD_BYTES);
  return group;
}

/** Delivery and repair at two rates of failure. */
export const multicastChurn = defineExperiment({
  id: "end-system-multicast-churn",
  question: "Members fail without a word and come back: how many packets arrive, and how long does a member wait until the tree is whole again?",
  section: "P&D 9.4.1",
  parameters: { members: 48, routers: 128, settleMinutes: 3, churnMinutes: 8, deadSeconds: 60, triggeredUpdates: "own-links" },
  factors: [{ name: "failures", title: "Rate of failures", type: "string", levels: ["low", "high"] }],
  seed: 2004,
  replications: { quick: 4, full: 20 },
  metrics: [
    { name: "delivery_percent", title: "Delivery ratio", type: "number", unit: "%", digits: 4, definition: "Packets received in per cent of those sent, each counted for the hosts that were members when it was sent, newcomers included." },
    { name: "repair_median", title: "Repair, median", type: "number", unit: "s", digits: 4, definition: "Median time from the first packet that a served member missed to the next one that it got; missing when there was no such gap." },
    { name: "repair_p90", title: "Repair, 90 %", type: "number", unit: "s", digits: 4, definition: "As the median, the time that 90 % of the gaps stay below; missing when there was no such gap." },
    { name: "join_median", title: "Joining, median", type: "number", unit: "s", digits: 4, definition: "Median time from the first packet sent after a member had come to the first one that it got; missing when nobody came." },
    { name: "gaps", title: "Gaps per member and hour", type: "number", digits: 4, definition: "Times that a served member missed packets and got them again, per member and hour." },
    { name: "control_bytes", title: "Control traffic", type: "number", unit: "bytes/s", digits: 4, definition: "Bytes of control messages that hosts sent, per host and second of the time with failures, headers included." },
  ],
  run: (arm, context) => [measure(arm.failures as string, context)],
});

function measure(rate: string, context: RunContext): Readonly<Record<string, number | null>> {
  const options = context.parameters as unknown as ChurnOptions;
  const group = groupUnderChurn(options, rate, context);
  const { simulation, packets } = group;
  const settledUs = Math.round(options.settleMinutes * 60 * SECOND_US);
  simulation.run({ untilUs: settledUs });
  const before = simulation.counts.bytesSent - packets.copyBytes;
  const seconds = options.churnMinutes * 60;
  simulation.run({ untilUs: settledUs + Math.round(seconds * SECOND_US) });
  const gaps = serviceGaps(packets.records);
  const secondsOf = (kind: "join" | "repair") => gaps.filter((gap) => gap.kind === kind).map((gap) => gap.seconds);
  const repairs = secondsOf("repair");
  const joins = secondsOf("join");
  return {
    delivery_percent: 100 * deliveryRatio(packets.records),
    repair_median: repairs.length === 0 ? null : quantile(repairs, 0.5),
    repair_p90: repairs.length === 0 ? null : quantile(repairs, 0.9),
    join_median: joins.length === 0 ? null : quantile(joins, 0.5),
    gaps: repairs.length / options.members / (seconds / 3600),
    control_bytes: (simulation.counts.bytesSent - packets.copyBytes - before) / options.members / seconds,
  };
}
