/**
 * Where tunnels are needed: multicast routers that native links join form islands, and islands must be joined by tunnels across legacy routers. The fewest
 * tunnels that do it are one less than there are islands; the ones chosen have the least total weight of unicast paths (a minimum spanning tree of the islands,
 * found with one search from all multicast routers at once, as Mehlhorn 1988). Section 9.4.1: until no legacy router is left, and with it no tunnel.
 * Tests: test/routing-overlays/experimental-ip/islands.test.ts
 */
import { ParameterError, checkNumber } from "../../errors";
import { MinHeap } from "../../network/min-heap";
import type { RouterGraph } from "../../network/router-graph";

/** Islands of upgraded routers: for each router the number of its island, by lowest router; -1 for legacy ones. */
export function islandsOf(graph: RouterGraph, isUpgraded: readonly boolean[]): Int32Array {
  if (isUpgraded.length !== graph.nodeCount) throw new ParameterError({ what: "number of routers does not fit", got: isUpgraded.length, expected: `${graph.nodeCount}, one for each router`, where: "parameter isUpgraded" });
  const island = new Int32Array(graph.nodeCount).fill(-1);
  let count = 0;
  for (let root = 0; root < graph.nodeCount; root++) {
    if (!isUpgraded[root] || island[root] >= 0) continue;
    island[root] = count;
    for (const stack = [root]; stack.length > 0; ) {
      const node = stack.pop() as number;
      for (let link = graph.starts[node]; link < graph.starts[node + 1]; link++) {
        const head = graph.heads[link];
        if (!isUpgraded[head] || island[head] >= 0) continue;
        island[head] = count;
        stack.push(head);
      }
    }
    count += 1;
  }
  return island;
}

/** A pair of upgraded routers that a tunnel would join, and the weight of the unicast path between them. */
export interface TunnelChoice {
  readonly a: number;
  readonly b: number;
  readonly weight: number;
}

/**
 * The tunnels to dig.
 *
 * @param graph the physical network
 * @param isUpgraded which routers have the new protocol
 * @param extra how many more than needed, for redundancy; the shortest ones between neighbouring cells that are left (fewer if there are not as many)
 * @returns tunnels in order of weight; islands that no unicast path joins stay apart
 */
export function planTunnels(graph: RouterGraph, isUpgraded: readonly boolean[], extra = 0): TunnelChoice[] {
  checkNumber("extra", extra, { min: 0, integer: true, unit: "tunnels" });
  const islands = islandsOf(graph, isUpgraded);
  const candidates = betweenCells(graph, isUpgraded).filter(({ a, b }) => islands[a] !== islands[b]);
  const group = Int32Array.from(islands);
  const chosen: TunnelChoice[] = [];
  const spare: TunnelChoice[] = [];
  for (const choice of candidates) {
    const [from, to] = [group[choice.a], group[choice.b]];
    if (from === to) {
      spare.push(choice);
      continue;
    }
    for (let node = 0; node < group.length; node++) if (group[node] === from) group[node] = to;
    chosen.push(choice);
  }
  return [...chosen, ...spare.slice(0, extra)];
}

/** For each pair of cells that touch, the shortest way between their centres, lightest first. A cell holds the routers that are nearest to one upgraded router. */
function betweenCells(graph: RouterGraph, isUpgraded: readonly boolean[]): TunnelChoice[] {
  const distance = new Float64Array(graph.nodeCount).fill(Infinity);
  const centre = new Int32Array(graph.nodeCount).fill(-1);
  const heap = new MinHeap(graph.nodeCount);
  isUpgraded.forEach((upgraded, node) => {
    if (!upgraded) return;
    distance[node] = 0;
    centre[node] = node;
    heap.set(node, 0);
  });
  while (heap.size > 0) {
    const node = heap.pop();
    for (let link = graph.starts[node]; link < graph.starts[node + 1]; link++) {
      const head = graph.heads[link];
      const reached = distance[node] + graph.weights[link];
      if (reached > distance[head] || (reached === distance[head] && centre[node] >= centre[head])) continue;
      distance[head] = reached;
      centre[head] = centre[node];
      if (!isUpgraded[head]) heap.set(head, reached);
    }
  }
  const best = new Map<number, TunnelChoice>();
  for (let link = 0; link < graph.linkCount; link++) {
    const [tail, head] = [graph.tails[link], graph.heads[link]];
    const [a, b] = [Math.min(centre[tail], centre[head]), Math.max(centre[tail], centre[head])];
    if (a < 0 || a === b) continue;
    const weight = distance[tail] + graph.weights[link] + distance[head];
    const key = a * graph.nodeCount + b;
    if (weight < (best.get(key)?.weight ?? Infinity)) best.set(key, { a, b, weight });
  }
  return [...best.values()].sort((x, y) => x.weight - y.weight || x.a - y.a || x.b - y.b);
}
