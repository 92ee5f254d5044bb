/** How the number of steps grows with the overlay when a walker goes to hubs first, or anywhere: the measure of Adamic et al. (2001). */
import { checkNumber } from "../../errors";
import { largestOverlayPart, overlayPart, powerLawOverlay } from "../../peer-to-peer/gnutella";
import { coverSteps, type CoverOptions } from "../../peer-to-peer/unstructured-search";
import { pow } from "../../simulation";
import { defineExperiment } from "../define";

/** Steps to see half of a power-law overlay. */
export const hubsFirst = defineExperiment({
  id: "hubs-first",
  question: "How many steps does one walker need to see half of a power-law overlay, and how does that grow with its size?",
  section: "P&D 9.4.2",
  parameters: { exponent: 2.1, sightHops: 2, share: 0.5, walks: 6 },
  factors: [
    { name: "policy", title: "Next node", type: "string", levels: ["random", "high-degree"] },
    { name: "nodes", title: "Nodes", type: "integer", levels: [1000, 4000, 16_000] },
  ],
  seed: 2001,
  replications: { quick: 16, full: 30 },
  metrics: [{ name: "steps", title: "Steps to see half", type: "number", digits: 4, definition: "Steps until the walker has seen the share of all nodes, where it sees whoever lies within some hops; mean over walks from random nodes." }],
  run: ({ policy, nodes }, { parameters, random }) => {
    const { exponent, sightHops, share } = parameters as Readonly<Record<string, number>>;
    // Degrees are cut at N^(1/exponent), the largest that so many draws give in the mean, as in the paper.
    const count = checkNumber("nodes", nodes, { min: 10, max: 1e6, integer: true });
    const whole = powerLawOverlay({ nodes: count, exponent, maxDegree: Math.max(2, Math.floor(pow(count, 1 / exponent))), random: random("overlay", count) });
    const graph = overlayPart(whole, largestOverlayPart(whole));
    const [sources, draws] = [random("sources", count), random(`steps ${String(policy)}`, count)];
    const walks = checkNumber("walks", parameters.walks, { min: 1, max: 1e6, integer: true });
    let sum = 0;
    for (let walk = 0; walk < walks; walk++) sum += coverSteps(graph, sources.integer(graph.nodes), { policy: policy as CoverOptions["policy"], share, sightHops, maxSteps: 1e6 }, draws);
    return [{ steps: sum / walks }];
  },
});
