/**
 * Measures of the graph that partial views form, in arrays: clustering, path lengths, in-degrees, connected parts. Used to hold an overlay against a random graph
 * (HyParView, DSN 2007, table 1; Voulgaris et al. 2005, section 5). Nodes may be left out (dead ones), with every edge to them.
 * Checked by test/peer-to-peer/gossip/overlay-graph.test.ts.
 */
import { ParameterError, checkNumber } from "../../errors";
import type { RandomStream } from "../../simulation";

/** A directed graph as lists of successors in one array. */
export interface ViewGraph {
  readonly nodes: number;
  /** Which nodes count: 1 or 0. */
  readonly present: Uint8Array;
  /** Successors of node i stand at first[i] .. first[i + 1] - 1, ascending, without repetition, loops or absent nodes. */
  readonly first: Int32Array;
  readonly successors: Int32Array;
}

/** What {@link pathLengths} found. */
export interface PathLengths {
  /** Mean over the pairs (source, reachable node), in hops; NaN if no source reaches anybody. */
  readonly mean: number;
  /** Longest shortest path met. */
  readonly longest: number;
  /** Share of the ordered pairs that are connected, 0..1. */
  readonly reachable: number;
}

/**
 * The graph of the views of a population.
 *
 * @param nodes number of nodes
 * @param neighboursOf the view of a node
 * @param isPresent whether a node counts; all if absent
 * @throws ParameterError when a view names an unknown node
 */
export function viewGraph(nodes: number, neighboursOf: (node: number) => readonly number[], isPresent: (node: number) => boolean = () => true): ViewGraph {
  checkNumber("nodes", nodes, { min: 1, max: 16_777_216, integer: true });
  const present = Uint8Array.from({ length: nodes }, (_, node) => (isPresent(node) ? 1 : 0));
  const lists = Array.from({ length: nodes }, (_, node) => {
    if (present[node] === 0) return EMPTY;
    const list = neighboursOf(node);
    for (const other of list) {
      if (!(other >= 0 && other < nodes) || !Number.isInteger(other)) throw new ParameterError({ what: "a view names an unknown node", got: other, expected: `0..${nodes - 1}`, where: `view of node ${node}` });
    }
    const sorted = Int32Array.from(list.filter((other) => other !== node && present[other] === 1)).sort();
    return sorted.filter((other, index) => index === 0 || other !== sorted[index - 1]);
  });
  return fromLists(nodes, present, lists);
}

/** The same graph with every edge in both directions. */
export function undirected(graph: ViewGraph): ViewGraph {
  const lists: number[][] = Array.from({ length: graph.nodes }, () => []);
  for (let node = 0; node < graph.nodes; node++) {
    for (let at = graph.first[node]; at < graph.first[node + 1]; at++) {
      lists[node].push(graph.successors[at]);
      lists[graph.successors[at]].push(node);
    }
  }
  return viewGraph(graph.nodes, (node) => lists[node], (node) => graph.present[node] === 1);
}

/** How many views name each node. */
export function inDegrees(graph: ViewGraph): Int32Array {
  const counts = new Int32Array(graph.nodes);
  for (const node of graph.successors) counts[node] += 1;
  return counts;
}

/**
 * The mean over all present nodes of the share of pairs of neighbours that are neighbours themselves, in the undirected graph; a node with fewer than two
 * neighbours counts as 0.
 * @returns 0..1; NaN without a node
 */
export function clusteringCoefficient(graph: ViewGraph): number {
  const { nodes, present, first, successors } = undirected(graph);
  const mark = new Int32Array(nodes).fill(-1);
  let sum = 0;
  let counted = 0;
  for (let node = 0; node < nodes; node++) {
    if (present[node] === 0) continue;
    counted += 1;
    const degree = first[node + 1] - first[node];
    if (degree < 2) continue;
    for (let at = first[node]; at < first[node + 1]; at++) mark[successors[at]] = node;
    let links = 0;
    for (let at = first[node]; at < first[node + 1]; at++) {
      const neighbour = successors[at];
      for (let next = first[neighbour]; next < first[neighbour + 1]; next++) if (mark[successors[next]] === node) links += 1;
    }
    sum += links / (degree * (degree - 1));
  }
  return sum / counted;
}

/**
 * Shortest paths in hops from some sources along the edges (give {@link undirected} for paths in both directions).
 * @param sources 1.. how many sources are drawn; all present nodes if there are not so many
 */
export function pathLengths(graph: ViewGraph, sources: number, random: RandomStream): PathLengths {
  checkNumber("sources", sources, { min: 1, integer: true });
  const { nodes, present, first, successors } = graph;
  const candidates = Int32Array.from({ length: nodes }, (_, node) => node).filter((node) => present[node] === 1);
  const chosen = random.sample(candidates.length, Math.min(sources, candidates.length)).map((index) => candidates[index]);
  const distance = new Int32Array(nodes);
  const queue = new Int32Array(nodes);
  let sum = 0;
  let reached = 0;
  let longest = 0;
  for (const source of chosen) {
    distance.fill(-1);
    distance[source] = 0;
    queue[0] = source;
    let end = 1;
    for (let begin = 0; begin < end; begin++) {
      const node = queue[begin];
      for (let at = first[node]; at < first[node + 1]; at++) {
        const next = successors[at];
        if (distance[next] !== -1) continue;
        distance[next] = distance[node] + 1;
        sum += distance[next];
        queue[end++] = next;
      }
    }
    reached += end - 1;
    if (distance[queue[end - 1]] > longest) longest = distance[queue[end - 1]];
  }
  const pairs = chosen.length * (candidates.length - 1);
  return { mean: reached === 0 ? NaN : sum / reached, longest, reachable: pairs === 0 ? 1 : reached / pairs };
}

/** Sizes of the connected parts of the undirected graph, largest first. */
export function partSizes(graph: ViewGraph): number[] {
  const { nodes, present, first, successors } = undirected(graph);
  const seen = new Uint8Array(nodes);
  const sizes: number[] = [];
  const stack: number[] = [];
  for (let start = 0; start < nodes; start++) {
    if (present[start] === 0 || seen[start] === 1) continue;
    seen[start] = 1;
    stack.push(start);
    let size = 0;
    while (stack.length > 0) {
      const node = stack.pop() as number;
      size += 1;
      for (let at = first[node]; at < first[node + 1]; at++) {
        const next = successors[at];
        if (seen[next] === 1) continue;
        seen[next] = 1;
        stack.push(next);
      }
    }
    sizes.push(size);
  }
  return sizes.sort((a, b) => b - a);
}

const EMPTY = new Int32Array(0);

function fromLists(nodes: number, present: Uint8Array, lists: readonly Int32Array[]): ViewGraph {
  const first = new Int32Array(nodes + 1);
  for (let node = 0; node < nodes; node++) first[node + 1] = first[node] + lists[node].length;
  const successors = new Int32Array(first[nodes]);
  lists.forEach((list, node) => successors.set(list, first[node]));
  return { nodes, present, first, successors };
}
