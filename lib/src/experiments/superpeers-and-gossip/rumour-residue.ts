/** How many sites a rumour never reaches, against k: the three tables of Demers et al. (PODC 1987, section 1.4) run again, with the closed forms beside them. */
import { ParameterError } from "../../errors";
import { rumourResidue, spreadRumour, type RumourPolicy } from "../../peer-to-peer/gossip";
import { defineExperiment } from "../define";

/** The variants of the published tables 1, 2 and 3. */
export const RUMOUR_TABLES: Readonly<Record<string, Pick<RumourPolicy, "direction" | "response" | "stop">>> = Object.freeze({
  "push, feedback, counter": { direction: "push", response: "feedback", stop: "counter" },
  "push, blind, coin": { direction: "push", response: "blind", stop: "coin" },
  "pull, feedback, counter": { direction: "pull", response: "feedback", stop: "counter" },
} as const);

/** Rows of a published table, from k = 1. `null`: the scan at hand could not be read. */
export interface PublishedRumours {
  readonly residue: readonly (number | null)[];
  readonly traffic: readonly number[];
  readonly lastCycle: readonly number[];
}

/** The published values, n = 1000. */
export const PUBLISHED_RUMOURS: Readonly<Record<string, PublishedRumours>> = Object.freeze({
  "push, feedback, counter": { residue: [0.18, 0.037, 0.011, 0.0036, 0.0012], traffic: [1.7, 3.3, 4.5, 5.6, 6.7], lastCycle: [16.8, 16.9, 17.4, 17.5, 17.7] },
  "push, blind, coin": { residue: [0.96, 0.2, 0.06, 0.021, 0.008], traffic: [0.04, 1.6, 2.8, 3.9, 4.9], lastCycle: [38, 33, 32, 32, 32] },
  "pull, feedback, counter": { residue: [0.031, 0.00058, 0.000004], traffic: [2.7, 4.5, 6.1], lastCycle: [17.6, 15.4, 14] },
});

/** Residue, traffic and last cycle of a rumour against k. */
export const rumourResidueAgainstK = defineExperiment({
  id: "rumour-residue",
  question: "How many sites does a rumour miss when its tellers lose interest after k contacts, and what does it cost?",
  section: "P&D 9.4.2",
  parameters: { sites: 1000, runs: 30 },
  factors: [
    { name: "variant", title: "Variant", type: "string", levels: Object.keys(RUMOUR_TABLES) },
    { name: "k", title: "k", type: "integer", levels: [1, 2, 3, 4, 5] },
  ],
  seed: 1987,
  replications: { quick: 5, full: 70 },
  metrics: [
    { name: "residue", title: "Residue", type: "number", digits: 4, definition: "Share of the sites that never hear the rumour, mean over the runs of a replication." },
    { name: "traffic", title: "Messages per site", type: "number", digits: 4, definition: "Times that the rumour is sent, over the number of sites." },
    { name: "last_cycle", title: "Last cycle", type: "number", unit: "cycles", digits: 4, definition: "Cycle in which the last site hears it, mean over the runs." },
  ],
  oracle: {
    metric: "residue",
    source: "Demers et al., PODC 1987, section 1.4: s = exp(-(k + 1)(1 - s)), for blind rumours with a coin",
    expected: (arm) => (arm.variant === "push, blind, coin" && (arm.k as number) > 1 ? rumourResidue((arm.k as number) - 1) : null),
    tolerance: 0.5,
  },
  run: (arm, context) => {
    const variant = RUMOUR_TABLES[arm.variant as string];
    if (variant === undefined) throw new ParameterError({ what: "unknown variant", got: arm.variant, expected: Object.keys(RUMOUR_TABLES).join("; "), where: "factor variant" });
    const runs = context.parameters.runs as number;
    const sums = { residue: 0, traffic: 0, last_cycle: 0 };
    const random = context.random("rumour");
    for (let run = 0; run < runs; run++) {
      const result = spreadRumour({ ...variant, k: arm.k as number, sites: context.parameters.sites as number }, random);
      sums.residue += result.residue / runs;
      sums.traffic += result.messagesPerSite / runs;
      sums.last_cycle += result.lastCycle / runs;
    }
    return [sums];
  },
});
