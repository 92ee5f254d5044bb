/**
 * Shortest paths in a router graph (Dijkstra 1959), with ties broken by fewer hops, then by the lower link number into a router, so that routes
 * do not depend on the order in which anything was visited. Routes follow the links' weights; delays are added up along them.
 */
import { LimitError, ParameterError, checkNumber } from "../errors";
import { MinHeap } from "./min-heap";
import { checkObject } from "./check-input";
import { checkGraph, checkRouter, type RouterGraph } from "./router-graph";

/** Routes from one router to all others. */
export interface RouteTree {
  readonly source: number;
  /** Delay of the route to each router, microseconds; -1 where there is none. */
  readonly delaysUs: Int32Array;
  /** Last link of the route to each router; -1 for the source and where there is no route. */
  readonly lastLinks: Int32Array;
}

/** Longest delay of a route, microseconds (36 minutes): what a 32-bit number holds, since there is one for each pair of routers. */
const LONGEST_ROUTE_US = 2147483647;

/**
 * Routes from a router to all others.
 *
 * @param graph the routers
 * @param source where routes start
 * @param isDown links that are down (1), by number; none if absent
 * @throws LimitError when a route takes longer than 36 minutes
 */
export function shortestPathTree(graph: RouterGraph, source: number, isDown?: Uint8Array): RouteTree {
  const { nodeCount, starts, heads, tails, weights, delaysUs: linkDelaysUs } = checkGraph(graph);
  if (isDown !== undefined && !(isDown instanceof Uint8Array && isDown.length === graph.linkCount)) throw new ParameterError({ what: "bad value for isDown", got: isDown, expected: `a Uint8Array with one entry for each of the ${graph.linkCount} links`, where: "parameter isDown" });
  checkNumber("source", source, { min: 0, max: nodeCount - 1, integer: true });
  const costs = new Float64Array(nodeCount).fill(Infinity);
  const hops = new Int32Array(nodeCount);
  const lastLinks = new Int32Array(nodeCount).fill(-1);
  const delaysUs = new Int32Array(nodeCount).fill(-1);
  const heap = new MinHeap(nodeCount);
  costs[source] = 0;
  delaysUs[source] = 0;
  heap.set(source, 0);
  while (heap.size > 0) {
    const node = heap.pop();
    if (node !== source) {
      const delayUs = delaysUs[tails[lastLinks[node]]] + linkDelaysUs[lastLinks[node]];
      if (delayUs > LONGEST_ROUTE_US) {
        throw new LimitError({
          what: "route too long",
          got: delayUs,
          expected: `at most ${LONGEST_ROUTE_US} microseconds`,
          where: `router ${graph.labels[node]}`,
        });
      }
      delaysUs[node] = delayUs;
    }
    for (let link = starts[node]; link < starts[node + 1]; link++) {
      const head = heads[link];
      if (delaysUs[head] >= 0 || (isDown !== undefined && isDown[link] === 1)) continue;
      const cost = costs[node] + weights[link];
      if (cost > costs[head]) continue;
      if (cost === costs[head] && (hops[node] + 1 > hops[head] || (hops[node] + 1 === hops[head] && link > lastLinks[head]))) continue;
      costs[head] = cost;
      hops[head] = hops[node] + 1;
      lastLinks[head] = link;
      heap.set(head, cost);
    }
  }
  return { source, delaysUs, lastLinks };
}

/** Links of the route to a router, first to last; undefined when there is none. @throws ParameterError for an unknown router */
export function routeTo(graph: RouterGraph, tree: RouteTree, target: number): number[] | undefined {
  checkGraph(graph);
  if (!(checkObject("tree", tree, "what shortestPathTree gives").delaysUs?.length === graph.nodeCount)) throw new ParameterError({ what: "routes of another graph", got: tree.delaysUs?.length, expected: `a tree over ${graph.nodeCount} routers`, where: "parameter tree" });
  if (!(tree.delaysUs[target] >= 0)) {
    checkRouter(target, graph.nodeCount);
    return undefined;
  }
  const links: number[] = [];
  for (let node = target; node !== tree.source; node = graph.tails[tree.lastLinks[node]]) links.push(tree.lastLinks[node]);
  return links.reverse();
}

/** Bytes that remembered route trees may take by default. */
const TREE_BYTES = 256 * 1024 * 1024;

/** All routes of a graph, computed when first asked for and remembered; links may go down and come up. */
export class Routes {
  readonly graph: RouterGraph;
  private readonly trees = new Map<number, RouteTree>();
  private readonly isDown: Uint8Array;
  private readonly maxTrees: number;

  /**
   * @param graph the routers
   * @param maxTrees how many routers' routes to remember; by default as many as fit in 256 MiB
   */
  constructor(graph: RouterGraph, maxTrees = Math.max(1, Math.floor(TREE_BYTES / (8 * (graph?.nodeCount ?? 1))))) {
    this.graph = checkObject("graph", graph, "a RouterGraph");
    this.isDown = new Uint8Array(graph.linkCount);
    this.maxTrees = checkNumber("maxTrees", maxTrees, { min: 1, integer: true });
  }

  /** Routes from a router. */
  from(source: number): RouteTree {
    const known = this.trees.get(source);
    if (known !== undefined) return known;
    const tree = shortestPathTree(this.graph, source, this.isDown);
    // Forgets the tree that was computed first; which one does not change any result.
    if (this.trees.size >= this.maxTrees) this.trees.delete(this.trees.keys().next().value as number);
    this.trees.set(source, tree);
    return tree;
  }

  /** Delay of a route, microseconds; -1 when there is none. @throws ParameterError for an unknown router */
  delayUs(from: number, to: number): number {
    const us = this.from(from).delaysUs[to];
    if (us === undefined) checkRouter(to, this.graph.nodeCount);
    return us;
  }

  /**
   * Links of a route, first to last.
   * @throws ParameterError when there is no route, or no such router
   */
  links(from: number, to: number): number[] {
    const links = routeTo(this.graph, this.from(from), to);
    if (links === undefined) {
      throw new ParameterError({
        what: "no route between routers",
        got: `${this.graph.labels[from]} to ${this.graph.labels[to]}`,
        expected: "connected routers",
        where: "parameter to",
      });
    }
    return links;
  }

  /** True when a directed link is down. */
  linkIsDown(link: number): boolean {
    checkNumber("link", link, { min: 0, max: this.graph.linkCount - 1, integer: true });
    return this.isDown[link] === 1;
  }

  /** Takes a directed link down or up; routes avoid links that are down from now on. */
  setLink(link: number, up: boolean): void {
    checkNumber("link", link, { min: 0, max: this.graph.linkCount - 1, integer: true });
    if (typeof up !== "boolean") throw new ParameterError({ what: "bad state of a link", got: up, expected: "true or false", where: "parameter up" });
    const state = up ? 0 : 1;
    if (this.isDown[link] === state) return;
    this.isDown[link] = state;
    this.trees.clear();
  }

  /** Takes all directions of a given link down or up. */
  setPhysicalLink(physical: number, up: boolean): void {
    checkNumber("physical", physical, { min: 0, max: this.graph.physicalCount - 1, integer: true });
    for (let link = 0; link < this.graph.linkCount; link++) if (this.graph.physical[link] === physical) this.setLink(link, up);
  }
}
