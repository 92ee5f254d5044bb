/** What end system multicast costs the network, against the group's size: stress, delay penalty and resource usage of four schemes on Waxman graphs (Chu et al. 2000, section 4). */
import { quantile } from "../../analysis/quantile";
import { checkNumber } from "../../errors";
import type { DeliveryCost } from "../../routing-overlays/end-system-multicast";
import { SECOND_US } from "../../units";
import { defineExperiment, type RunContext } from "../define";
import { simulateGroup, type Group } from "./group-world";
import { SCHEMES, SCHEME_TITLES, compareSchemes } from "./schemes";
import { waxmanWorld, type MulticastWorld } from "./waxman-world";

/** Parameters of a settled group. */
export interface SettledOptions {
  readonly members: number;
  readonly routers: number;
  readonly sites: number;
  readonly settleMinutes: number;
  readonly maxNeighbours: number;
}

/** A Narada group on a Waxman graph, not yet run. All members join within the first minute. */
export function groupOnWaxman(options: Omit<SettledOptions, "settleMinutes">, context: Pick<RunContext, "seed" | "replication" | "random">): { readonly world: MulticastWorld; readonly group: Group } {
  const world = waxmanWorld({ members: options.members, routers: options.routers, sites: options.sites, random: (name) => context.random(name) });
  const group = simulateGroup({ hosts: options.members, latency: world.underlay, seed: context.seed, replication: context.replication, parameters: { maxNeighbours: options.maxNeighbours } });
  return { world, group };
}

/** Stress, penalty and usage of four schemes. */
export const multicastSchemes = defineExperiment({
  id: "end-system-multicast-schemes",
  question: "What do four ways of reaching a group cost: how many copies on one link, how much delay, how much of the network?",
  section: "P&D 9.4.1",
  parameters: { routers: 512, sites: 8, settleMinutes: 6, maxNeighbours: 12, sources: 8 },
  factors: [{ name: "members", title: "Members", type: "integer", levels: [16, 128] }],
  seed: 2000,
  replications: { quick: 4, full: 30 },
  metrics: [
    ...SCHEMES.map((scheme) => ({ name: `${scheme}_stress`, title: SCHEME_TITLES[scheme], type: "number" as const, unit: "copies", digits: 4, definition: `Copies of one packet on the physical link that carries most, both directions together, mean over the sources: ${SCHEME_TITLES[scheme]}.` })),
    ...SCHEMES.map((scheme) => ({ name: `${scheme}_usage`, title: SCHEME_TITLES[scheme], type: "number" as const, digits: 4, definition: `Sum over links of delay times copies, divided by that of multicast by routers, mean over the sources: ${SCHEME_TITLES[scheme]}.` })),
    ...(["narada", "sites"] as const).map((scheme) => ({ name: `${scheme}_below_4`, title: SCHEME_TITLES[scheme], type: "number" as const, unit: "%", digits: 4, definition: `Share of pairs of source and member whose delay is less than 4 times that of the direct way: ${SCHEME_TITLES[scheme]}.` })),
    ...(["narada", "sites"] as const).map((scheme) => ({ name: `${scheme}_p90`, title: SCHEME_TITLES[scheme], type: "number" as const, digits: 4, definition: `The relative delay penalty that 90 % of the pairs stay below: ${SCHEME_TITLES[scheme]}.` })),
    { name: "narada_largest_stress", title: "Narada, worst source", type: "number", unit: "copies", digits: 4, definition: "As Narada's stress, of the source for which it is largest." },
    { name: "control_bytes", title: "Control traffic", type: "number", unit: "bytes/s", digits: 4, definition: "Bytes that a Narada member sends a second while the group forms and settles, headers included, mean over members and time." },
  ],
  oracle: { metric: "unicast_stress", source: "the source's access link carries a copy for each other member", expected: (arm) => (arm.members as number) - 1, tolerance: 1e-12 },
  run: (arm, context) => [measure({ ...(context.parameters as unknown as SettledOptions), members: arm.members as number }, context)],
});

function measure(options: SettledOptions, context: RunContext): Readonly<Record<string, number>> {
  checkNumber("members", options.members, { min: 2, max: 5000, integer: true, unit: "members: one alone costs nothing" });
  // All members have joined after a minute; sooner there may be nobody to be reached.
  checkNumber("settleMinutes", options.settleMinutes, { min: 1, max: 600, unit: "minutes" });
  checkNumber("sites", options.sites, { min: 1, max: 1000, integer: true });
  const wanted = checkNumber("sources", context.parameters.sources, { min: 1, max: 5000, integer: true });
  const { world, group } = groupOnWaxman(options, context);
  group.simulation.run({ untilUs: Math.round(options.settleMinutes * 60 * SECOND_US) });
  const controlBytes = group.simulation.counts.bytesSent / options.members / Math.max(1, options.settleMinutes * 60);
  const sources = context.random("sources").sample(options.members, Math.min(options.members, wanted));
  const costs = compareSchemes(world, group, sources);
  const row: Record<string, number> = { control_bytes: controlBytes, narada_largest_stress: costs.narada.reduce((most, { worstStress }) => Math.max(most, worstStress), 0) };
  for (const scheme of SCHEMES) {
    row[`${scheme}_stress`] = mean(costs[scheme].map(({ worstStress }) => worstStress));
    row[`${scheme}_usage`] = mean(costs[scheme].map(({ resourceUs }, index) => resourceUs / costs.routers[index].resourceUs));
  }
  for (const scheme of ["narada", "sites"] as const) {
    const penalties = penaltiesOf(costs[scheme]);
    row[`${scheme}_below_4`] = (100 * penalties.filter((penalty) => penalty < 4).length) / penalties.length;
    row[`${scheme}_p90`] = quantile(penalties, 0.9);
  }
  return row;
}

/** Penalties of all pairs of source and member. */
export function penaltiesOf(costs: readonly DeliveryCost[]): number[] {
  return costs.flatMap(({ delays }) => delays.map(({ penalty }) => penalty));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
