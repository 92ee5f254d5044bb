/**
 * Graphs of routers with directed links in compressed sparse rows. An undirected link is two directed ones that share a `physical` number,
 * so that both directions have their own queue and stress, and can be looked at together.
 */
import { ParameterError, checkNumber } from "../errors";
import { checkList, checkObject } from "./check-input";
import { LONGEST_LATENCY_US } from "./latency-model";

/** A link to build a graph from. */
export interface LinkSpec {
  readonly from: number;
  readonly to: number;
  /** One-way propagation delay, whole microseconds, 0..3.6e9. */
  readonly delayUs: number;
  /** Routing weight, > 0, at most 1e15; the delay (at least 1) if absent. */
  readonly weight?: number;
  /** Rate, bit/s, > 0; Infinity (never a bottleneck) if absent. */
  readonly capacityBps?: number;
  /** True for one direction only. */
  readonly directed?: boolean;
}

/** Routers 0..nodeCount-1 and directed links 0..linkCount-1, sorted by tail, then head. Do not change the arrays. */
export class RouterGraph {
  readonly nodeCount: number;
  /** Number of directed links. */
  readonly linkCount: number;
  /** Number of links as given, where an undirected one counts once. */
  readonly physicalCount: number;
  /** Links from router r are starts[r] .. starts[r + 1] - 1. */
  readonly starts: Int32Array;
  readonly tails: Int32Array;
  readonly heads: Int32Array;
  /** Which given link a directed one belongs to. */
  readonly physical: Int32Array;
  readonly delaysUs: Float64Array;
  readonly weights: Float64Array;
  readonly capacitiesBps: Float64Array;
  /** Names of routers, from a file; their numbers otherwise. */
  readonly labels: readonly string[];

  /**
   * @param nodeCount number of routers, 1..2^24
   * @param links in any order; parallel links are kept, loops refused
   * @param labels one for each router
   * @throws ParameterError for an end outside the graph, a loop, or a value out of range
   */
  constructor(nodeCount: number, links: readonly LinkSpec[], labels?: readonly string[]) {
    checkList("links", links);
    this.nodeCount = checkNumber("nodeCount", nodeCount, { min: 1, max: 1 << 24, integer: true });
    if (labels !== undefined && labels.length !== nodeCount) {
      throw new ParameterError({
        what: "number of labels does not fit",
        got: labels.length,
        expected: `${nodeCount}, one for each router`,
        where: "parameter labels",
      });
    }
    this.labels = labels ?? Array.from({ length: nodeCount }, (_, node) => String(node));
    this.physicalCount = links.length;
    links.forEach((link, index) => checkLink(link, index, nodeCount));
    const order = sortedDirections(links);
    this.linkCount = order.length;
    this.starts = new Int32Array(nodeCount + 1);
    this.tails = new Int32Array(order.length);
    this.heads = new Int32Array(order.length);
    this.physical = new Int32Array(order.length);
    this.delaysUs = new Float64Array(order.length);
    this.weights = new Float64Array(order.length);
    this.capacitiesBps = new Float64Array(order.length);
    order.forEach(({ tail, head, index }, place) => {
      const link = links[index];
      this.starts[tail + 1] += 1;
      this.tails[place] = tail;
      this.heads[place] = head;
      this.physical[place] = index;
      this.delaysUs[place] = link.delayUs;
      this.weights[place] = link.weight ?? Math.max(1, link.delayUs);
      this.capacitiesBps[place] = link.capacityBps ?? Infinity;
    });
    for (let node = 0; node < nodeCount; node++) this.starts[node + 1] += this.starts[node];
  }

  /** The first link from one router to another, or -1. @throws ParameterError for an unknown router */
  linkBetween(from: number, to: number): number {
    checkRouter(from, this.nodeCount);
    checkRouter(to, this.nodeCount);
    for (let link = this.starts[from]; link < this.starts[from + 1]; link++) if (this.heads[link] === to) return link;
    return -1;
  }

  /** Number of links that leave a router. @throws ParameterError for an unknown router */
  degree(node: number): number {
    checkRouter(node, this.nodeCount);
    return this.starts[node + 1] - this.starts[node];
  }
}

/** Refuses what is no graph of routers. @returns the graph */
export function checkGraph(graph: RouterGraph): RouterGraph {
  if (graph instanceof RouterGraph) return graph;
  throw new ParameterError({ what: "bad value for graph", got: graph, expected: "a RouterGraph", where: "parameter graph" });
}

/** Refuses a router number outside a graph. */
export function checkRouter(router: number, routers: number): void {
  if (Number.isInteger(router) && router >= 0 && router < routers) return;
  throw new ParameterError({ what: "no such router", got: router, expected: `a whole number from 0 to ${routers - 1}`, where: "parameter router" });
}

/** Largest routing weight: sums over paths stay finite. */
const LARGEST_WEIGHT = 1e15;

function checkLink(link: LinkSpec, index: number, nodeCount: number): void {
  const where = `links[${index}]`;
  checkObject(where, link, "a link");
  if (link.directed !== undefined && typeof link.directed !== "boolean") throw new ParameterError({ what: "bad link direction", got: link.directed, expected: "true or false", where });
  for (const end of [link.from, link.to]) checkNumber(`${where} end`, end, { min: 0, max: nodeCount - 1, integer: true });
  if (link.from === link.to) {
    throw new ParameterError({
      what: "link from a router to itself",
      got: link.from,
      expected: "two different routers", where,
    });
  }
  checkNumber(`${where}.delayUs`, link.delayUs, { min: 0, max: LONGEST_LATENCY_US, integer: true, unit: "microseconds" });
  if (link.weight !== undefined) checkNumber(`${where}.weight`, link.weight, { min: 0, exclusiveMin: true, max: LARGEST_WEIGHT });
  if (link.capacityBps !== undefined && link.capacityBps !== Infinity) checkNumber(`${where}.capacityBps`, link.capacityBps, { min: 0, exclusiveMin: true, unit: "bit/s" });
}

function sortedDirections(links: readonly LinkSpec[]): { tail: number; head: number; index: number }[] {
  const directions: { tail: number; head: number; index: number }[] = [];
  links.forEach((link, index) => {
    directions.push({ tail: link.from, head: link.to, index });
    if (link.directed !== true) directions.push({ tail: link.to, head: link.from, index });
  });
  return directions.sort((a, b) => a.tail - b.tail || a.head - b.head || a.index - b.index);
}

/**
 * Parts within which every router reaches every other: strongly connected components (for undirected links, the usual ones). Kosaraju's
 * two passes, without recursion.
 *
 * @returns for each router the number of its part; parts are numbered by their lowest router
 * @throws ParameterError for what is no RouterGraph
 */
export function connectedParts(graph: RouterGraph): Int32Array {
  const { nodeCount, linkCount, starts, heads, tails } = checkGraph(graph);
  const finished = new Int32Array(nodeCount);
  const seen = new Uint8Array(nodeCount);
  const next = starts.slice(0, nodeCount);
  let finishedCount = 0;
  for (let root = 0; root < nodeCount; root++) {
    if (seen[root] === 1) continue;
    const stack = [root];
    seen[root] = 1;
    while (stack.length > 0) {
      const node = stack[stack.length - 1];
      if (next[node] === starts[node + 1]) {
        finished[finishedCount] = node;
        finishedCount += 1;
        stack.pop();
        continue;
      }
      const head = heads[next[node]];
      next[node] += 1;
      if (seen[head] === 1) continue;
      seen[head] = 1;
      stack.push(head);
    }
  }
  const backward = Int32Array.from({ length: linkCount }, (_, link) => link).sort((a, b) => heads[a] - heads[b] || a - b);
  const backwardStarts = new Int32Array(nodeCount + 1);
  for (const head of heads) backwardStarts[head + 1] += 1;
  for (let node = 0; node < nodeCount; node++) backwardStarts[node + 1] += backwardStarts[node];
  const roots = new Int32Array(nodeCount).fill(-1);
  for (let i = nodeCount - 1; i >= 0; i--) {
    const root = finished[i];
    if (roots[root] >= 0) continue;
    roots[root] = root;
    for (const stack = [root]; stack.length > 0; ) {
      const node = stack.pop() as number;
      for (let at = backwardStarts[node]; at < backwardStarts[node + 1]; at++) {
        const tail = tails[backward[at]];
        if (roots[tail] >= 0) continue;
        roots[tail] = root;
        stack.push(tail);
      }
    }
  }
  return numberedByFirst(roots);
}

function numberedByFirst(roots: Int32Array): Int32Array {
  const numbers = new Map<number, number>();
  return roots.map((root) => {
    const known = numbers.get(root);
    if (known !== undefined) return known;
    numbers.set(root, numbers.size);
    return numbers.size - 1;
  });
}

/** Routers of the largest part, in increasing order; the one with the lowest router on a tie. */
export function largestPart(graph: RouterGraph): number[] {
  const parts = connectedParts(graph);
  const sizes: number[] = [];
  for (const part of parts) sizes[part] = (sizes[part] ?? 0) + 1;
  const largest = sizes.indexOf(sizes.reduce((most, size) => Math.max(most, size), 0));
  return [...parts.keys()].filter((node) => parts[node] === largest);
}

/** The links of a graph as they could be given to build it again. */
export function linkSpecs(graph: RouterGraph): LinkSpec[] {
  const specs: (LinkSpec | undefined)[] = new Array(graph.physicalCount).fill(undefined);
  for (let link = 0; link < graph.linkCount; link++) {
    const index = graph.physical[link];
    const known = specs[index];
    specs[index] =
      known === undefined
        ? { from: graph.tails[link], to: graph.heads[link], delayUs: graph.delaysUs[link], weight: graph.weights[link], capacityBps: graph.capacitiesBps[link], directed: true }
        : { ...known, directed: false };
  }
  return specs.filter((spec): spec is LinkSpec => spec !== undefined);
}
