/** Flooding against its successors on the topologies of Lv et al. (ICS 2002): messages per query at the same success. */
import { checkNumber } from "../../errors";
import { expandingRing, knowledgeOf, WalkSearcher, type WalkOptions } from "../../peer-to-peer/unstructured-search";
import { Flooder, overlayNamed, placeCopies, type OverlayKind } from "../../peer-to-peer/gnutella";
import { defineExperiment, type RunContext } from "../define";

const METHODS = ["flooding", "expanding ring", "1 walker", "32 walkers", "32 walkers, one-hop replication", "high degree first"] as const;
type Method = (typeof METHODS)[number];

/** What each way to search costs, and how often it succeeds. */
export const searchMethods = defineExperiment({
  id: "search-methods",
  question: "How many messages does a search take, by flooding, rings, walkers and degree, on three shapes of overlay?",
  section: "P&D 9.4.2",
  parameters: { nodes: 9836, meanDegree: 4, exponent: 2.3, maxDegree: 100, copiesPercent: 1, floodTtl: 8, maxSteps: 1024, checkEvery: 4, ringStep: 2, queries: 25 },
  factors: [
    { name: "overlay", title: "Overlay", type: "string", levels: ["random", "power-law", "grid"] },
    { name: "method", title: "Method", type: "string", levels: [...METHODS] },
  ],
  seed: 2002,
  replications: { quick: 5, full: 40 },
  metrics: [
    { name: "messages", title: "Messages per query", type: "number", digits: 4, definition: "All messages of a search except answers to a flood: queries, checks and their answers, hits of walkers; mean over the queries." },
    { name: "success_percent", title: "Success", type: "number", unit: "%", digits: 3, definition: "Searches that found a copy, in per cent." },
    { name: "hops", title: "Hops to the first hit", type: "number", digits: 3, definition: "Hops or steps to the first copy found, mean over the successful searches; for a ring, its last TTL. 0 if none succeeded." },
  ],
  run: ({ overlay, method }, context) => [measure(overlay as OverlayKind, method as Method, context)],
});

interface Found {
  readonly messages: number;
  /** -1 when nothing was found. */
  readonly hops: number;
}

function measure(kind: OverlayKind, method: Method, { parameters, random }: RunContext): Readonly<Record<string, number>> {
  const { nodes, meanDegree, exponent, maxDegree, copiesPercent, floodTtl, ringStep } = parameters as Readonly<Record<string, number>>;
  const graph = overlayNamed(kind, { nodes, degree: meanDegree, exponent, maxDegree }, random(`overlay ${kind}`));
  const queries = checkNumber("queries", parameters.queries, { min: 1, max: 1e6, integer: true });
  const copies = Math.max(1, Math.round((checkNumber("copiesPercent", copiesPercent, { min: 0, max: 100, unit: "%" }) / 100) * graph.nodes));
  const flooder = new Flooder(graph);
  const walk = new WalkSearcher(graph, walkOptions(method, parameters as Readonly<Record<string, number>>));
  const search = (source: number, holders: Uint8Array): Found => {
    if (method === "flooding") {
      const flood = flooder.flood(source, floodTtl, { holders });
      return { messages: flood.messages, hops: flood.firstHitHop };
    }
    if (method === "expanding ring") {
      const ring = expandingRing(flooder, source, holders, { step: ringStep });
      return { messages: ring.messages, hops: ring.ttl };
    }
    const result = walk.search({ source, holders: knowledgeOf(graph, holders, walk.options.knowledgeHops), random: random(`walk ${method}`) });
    return { messages: result.messages, hops: result.firstHitStep };
  };
  const sums = { messages: 0, found: 0, hops: 0 };
  const [sources, places] = [random("sources"), random("copies")];
  for (let query = 0; query < queries; query++) {
    const { messages, hops } = search(sources.integer(graph.nodes), placeCopies(graph.nodes, copies, places));
    sums.messages += messages;
    if (hops >= 0) [sums.found, sums.hops] = [sums.found + 1, sums.hops + hops];
  }
  return { messages: sums.messages / queries, success_percent: (100 * sums.found) / queries, hops: sums.found === 0 ? 0 : sums.hops / sums.found };
}

function walkOptions(method: Method, { maxSteps, checkEvery }: Readonly<Record<string, number>>): Partial<WalkOptions> {
  switch (method) {
    case "1 walker":
      return { walkers: 1, maxSteps: 32 * maxSteps, checkEvery: 0 };
    case "32 walkers, one-hop replication":
      return { walkers: 32, maxSteps, checkEvery, knowledgeHops: 1 };
    case "high degree first":
      return { policy: "high-degree", walkers: 1, maxSteps: 32 * maxSteps, checkEvery: 0 };
    default:
      return { walkers: 32, maxSteps, checkEvery };
  }
}
