/** Path replication and sibling memory: do they come to the square root by themselves, and how much do they swing? */
import { adaptiveReplication, type AdaptiveReplicationOptions } from "../../peer-to-peer/unstructured-search";
import { defineExperiment } from "../define";

/** Slope and swing of replication that follows the searches. */
export const adaptiveCopies = defineExperiment({
  id: "adaptive-copies",
  question: "Does making copies in proportion to the length of each search lead to the square root, and how steady is it?",
  section: "P&D 9.4.2",
  parameters: { nodes: 10_000, objects: 50, exponent: 1, lifetimeQueries: 5000, copiesPerProbe: 0.01, delayQueries: 2000, memoryWeight: 0.4, initialCopies: 100, warmUpLifetimes: 6, measuredLifetimes: 6 },
  factors: [
    { name: "rule", title: "Rule", type: "string", levels: ["path", "sibling-memory"] },
    { name: "copies_found", title: "Copies that a search looks for", type: "integer", levels: [1, 5] },
  ],
  seed: 2004,
  replications: { quick: 5, full: 40 },
  metrics: [
    { name: "slope", title: "Slope", type: "number", digits: 4, definition: "Slope of ln copies against ln query rate over the objects; 0.5 is the square root." },
    { name: "variation", title: "Swing", type: "number", digits: 4, definition: "Standard deviation over mean of an object's copies in time, mean over the objects." },
    { name: "search_size", title: "Search size", type: "number", unit: "probes", digits: 4, definition: "Probes of a search for each copy that it finds, mean over the queries." },
  ],
  oracle: { metric: "slope", source: "Cohen and Shenker, SIGCOMM 2002: the square root", expected: () => 0.5, tolerance: 0.1 },
  run: ({ rule, copies_found }, { parameters, random }) => {
    const options = { ...parameters, rule, copiesFound: copies_found } as Partial<AdaptiveReplicationOptions>;
    const { slope, variation, searchSize } = adaptiveReplication(options, random("queries"));
    return [{ slope, variation, search_size: searchSize }];
  },
});
