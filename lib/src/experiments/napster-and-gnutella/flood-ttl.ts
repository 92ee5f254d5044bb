/** How far a flood goes, what it costs and how often it finds something, against the TTL, on overlays of one size and different shape. */
import { ParameterError, checkNumber } from "../../errors";
import { expectedRegularReach, Flooder, overlayNamed, overlayOfTopology, overlayPart, largestOverlayPart, placeCopies, successProbability, type OverlayGraph, type OverlayKind } from "../../peer-to-peer/gnutella";
import { parseEdgeList } from "../../codecs";
import type { RandomStream } from "../../simulation";
import { defineExperiment, type RunContext } from "../define";

/** Reach, traffic and success of flooding. */
export const gnutellaFloodTtl = defineExperiment({
  id: "gnutella-flood-ttl",
  question: "How many nodes does a query reach, with how many messages, and how often does it find a rare file, for each TTL?",
  section: "P&D 9.4.2",
  parameters: { nodes: 2000, degree: 4, exponent: 2.3, copies: 4, queries: 40, overlayFile: "" },
  factors: [
    { name: "overlay", title: "Overlay", type: "string", levels: ["regular", "random", "power-law", "file"] },
    { name: "ttl", title: "TTL", type: "integer", unit: "hops", levels: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
  ],
  arms: (parameters, levels) => levels.overlay.filter((overlay) => overlay !== "file" || parameters.overlayFile !== "").flatMap((overlay) => levels.ttl.map((ttl) => ({ overlay, ttl }))),
  seed: 942,
  replications: { quick: 8, full: 50 },
  metrics: [
    { name: "nodes", title: "Nodes", type: "integer", definition: "Nodes of the overlay's largest part, on which all floods run." },
    { name: "reached", title: "Reached", type: "number", unit: "nodes", digits: 5, definition: "Nodes that a query reaches, its source not counted, mean over the queries." },
    { name: "reached_percent", title: "Reached", type: "number", unit: "%", digits: 4, definition: "The same in per cent of all other nodes." },
    { name: "messages", title: "Messages", type: "number", digits: 5, definition: "QUERY messages sent per query." },
    { name: "duplicate_percent", title: "Duplicates", type: "number", unit: "%", digits: 4, definition: "Messages that reach a node which has the query already, in per cent of all; 0 if nothing was sent." },
    { name: "success_percent", title: "Success", type: "number", unit: "%", digits: 4, definition: "Queries that reach one of the copies, which lie on random nodes; in per cent." },
    { name: "expected_success_percent", title: "Expected success", type: "number", unit: "%", digits: 4, definition: "Chance that the nodes which each query reached hold one of so many copies at random, mean over the queries; in per cent." },
  ],
  oracle: {
    metric: "reached",
    source: "Mean-field count of a flood on a random regular graph; d ((d-1)^T - 1) / (d-2) while the tree does not close",
    expected: (arm, parameters) => (arm.overlay === "regular" ? expectedRegularReach(parameters.nodes as number, parameters.degree as number, arm.ttl as number).reduce((a, b) => a + b, 0) : null),
    tolerance: 0.04,
  },
  run: (arm, context) => [measure(overlayOf(arm.overlay as string, context), arm.ttl as number, context)],
});

function overlayOf(kind: string, { parameters, random }: RunContext): OverlayGraph {
  if (kind === "file") return overlayFromText(parameters.overlayFile as string);
  return overlayNamed(kind as OverlayKind, { nodes: parameters.nodes as number, degree: parameters.degree as number, exponent: parameters.exponent as number }, random(`overlay ${kind}`));
}

/**
 * The largest part of an overlay in SNAP's edge-list format, such as the Gnutella snapshots of 2002.
 * @param text of the file
 * @throws ParseError when it is no edge list
 */
export function overlayFromText(text: string): OverlayGraph {
  if (text === "") throw new ParameterError({ what: "no overlay file", got: text, expected: "the text of an edge list", where: "parameter overlayFile" });
  const whole = overlayOfTopology(parseEdgeList(text, { directed: true, file: "overlay file" }));
  return overlayPart(whole, largestOverlayPart(whole));
}

function measure(graph: OverlayGraph, ttl: number, { parameters, random }: RunContext): Readonly<Record<string, number>> {
  checkNumber("ttl", ttl, { min: 1, max: 255, integer: true, unit: "hops" });
  const queries = checkNumber("queries", parameters.queries, { min: 1, max: 1e6, integer: true });
  const copies = checkNumber("copies", parameters.copies, { min: 1, max: graph.nodes - 1, integer: true });
  const [sources, places] = [random("sources"), random("copies")];
  const flooder = new Flooder(graph);
  const sums = { reached: 0, messages: 0, duplicates: 0, found: 0, expected: 0 };
  for (let query = 0; query < queries; query++) {
    const source = sources.integer(graph.nodes);
    const result = flooder.flood(source, ttl, { holders: copiesElsewhere(graph.nodes, copies, source, places) });
    sums.reached += result.reached;
    sums.messages += result.messages;
    sums.duplicates += result.duplicates;
    sums.found += result.hits > 0 ? 1 : 0;
    sums.expected += successProbability(graph.nodes, result.reached, copies);
  }
  return {
    nodes: graph.nodes,
    reached: sums.reached / queries,
    reached_percent: (100 * sums.reached) / queries / Math.max(1, graph.nodes - 1),
    messages: sums.messages / queries,
    duplicate_percent: sums.messages === 0 ? 0 : (100 * sums.duplicates) / sums.messages,
    success_percent: (100 * sums.found) / queries,
    expected_success_percent: (100 * sums.expected) / queries,
  };
}

/** Copies on nodes other than the one that asks. */
function copiesElsewhere(nodes: number, copies: number, source: number, random: RandomStream): Uint8Array {
  const others = placeCopies(nodes - 1, copies, random);
  const holders = new Uint8Array(nodes);
  holders.set(others.subarray(0, source));
  holders.set(others.subarray(source), source + 1);
  return holders;
}
