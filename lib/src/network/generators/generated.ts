/** What all topology generators share: their result, and the repair of graphs that came out in several parts. */
import { LimitError, ParameterError, checkChoice, checkNumber } from "../../errors";
import type { RandomStream } from "../../simulation";
import { LONGEST_LATENCY_US } from "../latency-model";
import { connectedParts, RouterGraph, type LinkSpec } from "../router-graph";

/** Most pairs of routers a generator looks at one by one. */
const MAX_PAIRS = 200_000_000;

/** What to do with a random graph in several parts: refuse it, or add a link between random routers of two parts until one remains. */
export type Repair = "refuse" | "join-parts";

/** A generated topology. */
export interface GeneratedTopology {
  readonly graph: RouterGraph;
  /** Links that were added to connect parts; they are the last of the given links. */
  readonly repairLinks: number;
}

/** A link being generated, without its delay. */
export type Pair = readonly [number, number];

/**
 * Makes a list of links connected.
 * @returns the links that had to be added
 * @throws ParameterError when parts are refused
 */
export function connectingPairs(nodes: number, pairs: readonly Pair[], repair: Repair, random: RandomStream): Pair[] {
  checkChoice("repair", repair, ["refuse", "join-parts"]);
  const parts = connectedParts(new RouterGraph(nodes, pairs.map(([from, to]) => ({ from, to, delayUs: 1 }))));
  const members: number[][] = [];
  parts.forEach((part, node) => (members[part] ??= []).push(node));
  if (members.length > 1 && repair === "refuse") {
    throw new ParameterError({
      what: "the random graph is not connected",
      got: `${members.length} parts`,
      expected: 'one part; other parameters, another seed, or repair: "join-parts"',
      where: "parameter repair",
    });
  }
  const added: Pair[] = [];
  const joined = members[0];
  for (const part of members.slice(1)) {
    added.push([joined[random.integer(joined.length)], part[random.integer(part.length)]]);
    joined.push(...part);
  }
  return added;
}

/** Refuses sizes whose pairs cannot be looked at one by one. */
export function checkPairCount(nodes: number): void {
  if ((nodes * (nodes - 1)) / 2 > MAX_PAIRS) {
    throw new LimitError({
      what: "too many pairs of routers",
      got: nodes,
      expected: "at most 20000 routers",
      where: "parameter nodes",
    });
  }
}

/** Refuses what is no link delay, also where it happens that no link needs it. */
export function checkDelay(name: string, delayUs: number): number {
  return checkNumber(name, delayUs, { min: 0, max: LONGEST_LATENCY_US, integer: true, unit: "microseconds" });
}

/** Builds the result of a generator. */
export function generated(nodes: number, pairs: readonly Pair[], repairPairs: readonly Pair[], delayOf: (from: number, to: number) => number): GeneratedTopology {
  const links: LinkSpec[] = [...pairs, ...repairPairs].map(([from, to]) => ({ from, to, delayUs: delayOf(from, to) }));
  return { graph: new RouterGraph(nodes, links), repairLinks: repairPairs.length };
}
