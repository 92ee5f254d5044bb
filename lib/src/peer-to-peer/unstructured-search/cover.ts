/**
 * How many steps one walker needs until it has seen a share of an overlay, when each node knows who lies within some hops: the measure of Adamic, Lukose, Puniyani and Huberman, "Search in
 * power-law networks" (2001), who found N^0.24 steps for going to the node of highest degree and N^0.37 for a random walk on graphs of exponent 2.1.
 */
import { checkChoice, checkNumber } from "../../errors";
import type { RandomStream } from "../../simulation";
import { checkOverlay, type OverlayGraph } from "../gnutella";
import { chooseHighDegree, chooseRandom } from "./policies";

/** Parameters of {@link coverSteps}. */
export interface CoverOptions {
  readonly policy: "random" | "high-degree";
  /** Share of the nodes to be seen, 0..1; 0.5 in the paper. */
  readonly share: number;
  /** What a walker sees from a node: its neighbours (1), and theirs (2, as in the paper). */
  readonly sightHops: number;
  /** Steps after which it gives up, >= 1. */
  readonly maxSteps: number;
}

/**
 * Steps until the share is seen.
 * @returns steps, or `maxSteps` + 1 when it gave up
 * @throws ParameterError when an option is out of range
 */
export function coverSteps(graph: OverlayGraph, source: number, options: CoverOptions, random: RandomStream): number {
  checkOverlay(graph);
  checkChoice("policy", options?.policy, ["random", "high-degree"]);
  checkNumber("source", source, { min: 0, max: graph.nodes - 1, integer: true });
  checkNumber("share", options.share, { min: 0, max: 1 });
  checkNumber("sightHops", options.sightHops, { min: 0, max: 2, integer: true, unit: "hops" });
  checkNumber("maxSteps", options.maxSteps, { min: 1, max: 1e9, integer: true });
  const seen = new Uint8Array(graph.nodes);
  const been = new Uint8Array(graph.nodes);
  // How far a node has been looked around already: the second time nothing new is to be seen.
  const looked = new Uint8Array(graph.nodes);
  const wanted = options.share * graph.nodes;
  let count = 0;
  const see = (node: number, hops: number) => {
    if (seen[node] === 0) [seen[node], count] = [1, count + 1];
    if (hops === 0 || looked[node] >= hops) return;
    looked[node] = hops;
    for (let link = graph.starts[node]; link < graph.starts[node + 1]; link++) see(graph.heads[link], hops - 1);
  };
  let [at, previous] = [source, -1];
  been[at] = 1;
  see(at, options.sightHops);
  for (let step = 0; ; step++) {
    if (count >= wanted) return step;
    if (step >= options.maxSteps) return options.maxSteps + 1;
    const neighbours = graph.neighbours(at);
    const to = options.policy === "random" ? chooseRandom(neighbours, previous, true, random) : chooseHighDegree(neighbours, (node) => graph.degree(node), (node) => been[node] === 1, random);
    if (to < 0) return options.maxSteps + 1;
    [previous, at] = [at, to];
    been[at] = 1;
    see(at, options.sightHops);
  }
}
