/**
 * An unstructured overlay as typed arrays: who is whose neighbour, for floods and walks over hundreds of thousands of nodes. Links have no direction, no pair is
 * linked twice, and no node is linked to itself.
 */
import type { TopologyDocument } from "../../codecs";
import { ParameterError, checkNumber } from "../../errors";

/** Nodes 0..nodes-1 with their neighbours in increasing order. Do not change the arrays. */
export class OverlayGraph {
  /** Neighbours of node v are heads[starts[v]] .. heads[starts[v + 1] - 1]. */
  readonly starts: Int32Array;
  readonly heads: Int32Array;
  /** Links given that were loops or repetitions, and were left out. */
  readonly leftOut: number;

  /**
   * @param nodes number of nodes, 1..2^24
   * @param ends the two ends of each link, one after the other; an even number of whole numbers 0..nodes-1
   * @param labels names of the nodes; their numbers if absent
   * @throws ParameterError for an end outside the graph
   */
  constructor(
    readonly nodes: number,
    ends: ArrayLike<number>,
    readonly labels?: readonly string[],
  ) {
    checkNumber("nodes", nodes, { min: 1, max: 1 << 24, integer: true });
    if (typeof ends !== "object" || ends === null || !Number.isInteger(ends.length) || ends.length % 2 !== 0) throw new ParameterError({ what: "bad links of an overlay", got: ends === null ? null : typeof ends, expected: "a list of pairs of ends, flat", where: "parameter ends" });
    for (let i = 0; i < ends.length; i++) if (!(ends[i] >= 0 && ends[i] < nodes && Math.floor(ends[i]) === ends[i])) throw new ParameterError({ what: "a link ends outside the overlay", got: ends[i], expected: `a node from 0 to ${nodes - 1}`, where: `link ${i >> 1}` });
    if (labels !== undefined && labels.length !== nodes) throw new ParameterError({ what: "number of labels does not fit", got: labels.length, expected: `${nodes}, one for each node`, where: "parameter labels" });
    const { starts, heads } = sortedNeighbours(nodes, ends);
    this.starts = starts;
    this.heads = heads;
    this.leftOut = (ends.length - heads.length) / 2;
  }

  /** Number of links. */
  get links(): number {
    return this.heads.length / 2;
  }

  degree(node: number): number {
    return this.starts[node + 1] - this.starts[node];
  }

  /** The neighbours of a node, in increasing order. */
  neighbours(node: number): Int32Array {
    return this.heads.subarray(this.starts[node], this.starts[node + 1]);
  }

  /** Name of a node. */
  label(node: number): string {
    return this.labels?.[node] ?? String(node);
  }
}

/** Counting sort by head, then by tail, which leaves each list sorted; then repetitions go. */
function sortedNeighbours(nodes: number, ends: ArrayLike<number>): { starts: Int32Array; heads: Int32Array } {
  const byHead = placesOf(nodes, ends.length, (i) => ends[i ^ 1]);
  const order = new Int32Array(ends.length);
  for (let i = 0; i < ends.length; i++) order[byHead[ends[i ^ 1]]++] = i;
  const byTail = placesOf(nodes, ends.length, (i) => ends[i]);
  const sorted = new Int32Array(ends.length);
  for (const i of order) sorted[byTail[ends[i]]++] = ends[i ^ 1];
  const starts = new Int32Array(nodes + 1);
  let kept = 0;
  let at = 0;
  for (let node = 0; node < nodes; node++) {
    let last = -1;
    for (; at < byTail[node]; at++) {
      if (sorted[at] === node || sorted[at] === last) continue;
      last = sorted[at];
      sorted[kept++] = last;
    }
    starts[node + 1] = kept;
  }
  return { starts, heads: sorted.slice(0, kept) };
}

function placesOf(nodes: number, count: number, keyOf: (i: number) => number): Int32Array {
  const places = new Int32Array(nodes + 1);
  for (let i = 0; i < count; i++) places[keyOf(i) + 1] += 1;
  for (let node = 0; node < nodes; node++) places[node + 1] += places[node];
  return places;
}

/** @throws ParameterError when something is no overlay */
export function checkOverlay(graph: OverlayGraph): OverlayGraph {
  if (!(graph instanceof OverlayGraph)) throw new ParameterError({ what: "no overlay", got: graph, expected: "an OverlayGraph", where: "parameter graph" });
  return graph;
}

/** One mark for each node of an overlay. @throws ParameterError when it is no list, or not as long as the overlay has nodes */
export function checkHolders(holders: Uint8Array, graph: OverlayGraph): Uint8Array {
  if (holders?.length !== graph.nodes || typeof holders === "string") throw new ParameterError({ what: "holders do not fit the overlay", got: holders?.length ?? holders, expected: `${graph.nodes}, one for each node`, where: "parameter holders" });
  return holders;
}

/**
 * The overlay of a topology that was read from a file (`parseEdgeList` and others): directions are left aside, since a Gnutella link carries messages both ways.
 * @throws ParameterError when it is no topology
 */
export function overlayOfTopology(document: TopologyDocument): OverlayGraph {
  if (!Array.isArray(document?.links) || !Array.isArray(document.nodes)) throw new ParameterError({ what: "no topology", got: document, expected: "what parseEdgeList and the other readers return", where: "parameter document" });
  const ends = new Int32Array(2 * document.links.length);
  document.links.forEach(({ source, target }, index) => {
    ends[2 * index] = source;
    ends[2 * index + 1] = target;
  });
  return new OverlayGraph(document.nodes.length, ends, document.nodes.map(({ label }) => label));
}

/** The part of an overlay in which some nodes lie, with new numbers in their order. @throws ParameterError when there is no member, or a node is unknown or given twice */
export function overlayPart(graph: OverlayGraph, members: ArrayLike<number>): OverlayGraph {
  checkOverlay(graph);
  checkNumber("number of members", members?.length, { min: 1, max: graph.nodes, integer: true });
  const numbers = new Int32Array(graph.nodes).fill(-1);
  for (let i = 0; i < members.length; i++) {
    checkNumber("member", members[i], { min: 0, max: graph.nodes - 1, integer: true });
    if (numbers[members[i]] >= 0) throw new ParameterError({ what: "a member is given twice", got: members[i], expected: "each node once" });
    numbers[members[i]] = i;
  }
  const ends: number[] = [];
  for (let i = 0; i < members.length; i++) for (const head of graph.neighbours(members[i])) if (numbers[head] > i) ends.push(i, numbers[head]);
  return new OverlayGraph(members.length, ends, Array.from(members, (node) => graph.label(node)));
}

/** Nodes of the largest connected part, in increasing order; the one with the lowest node on a tie. */
export function largestOverlayPart(graph: OverlayGraph): Int32Array {
  checkOverlay(graph);
  const partOf = new Int32Array(graph.nodes).fill(-1);
  const queue = new Int32Array(graph.nodes);
  let best = 0;
  let bestSize = 0;
  for (let root = 0; root < graph.nodes; root++) {
    if (partOf[root] >= 0) continue;
    let size = 1;
    queue[0] = root;
    partOf[root] = root;
    for (let at = 0; at < size; at++) {
      for (let link = graph.starts[queue[at]]; link < graph.starts[queue[at] + 1]; link++) {
        const head = graph.heads[link];
        if (partOf[head] >= 0) continue;
        partOf[head] = root;
        queue[size++] = head;
      }
    }
    if (size > bestSize) [best, bestSize] = [root, size];
  }
  return Int32Array.from(partOf.keys()).filter((node) => partOf[node] === best);
}
