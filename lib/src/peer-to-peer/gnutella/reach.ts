/** How far a flood goes in theory: on a tree, or on a graph so large and random that no message meets a node twice. */
import { ParameterError, checkNumber } from "../../errors";

/**
 * Nodes reached by a flood from a node of a tree in which all have the same degree, the source not counted: d ((d - 1)^T - 1) / (d - 2), or 2 T on a line.
 * On any graph with this largest degree it is an upper bound. A sum of whole numbers, exact below 2^53.
 * @param degree neighbours of each node, >= 1
 * @param ttl >= 0
 * @throws ParameterError when out of range, or the number is 2^53 or more
 */
export function floodReach(degree: number, ttl: number): number {
  checkNumber("degree", degree, { min: 1, max: 1e6, integer: true });
  checkNumber("ttl", ttl, { min: 0, max: 255, integer: true, unit: "hops" });
  let ring = degree;
  let sum = 0;
  for (let hop = 1; hop <= ttl && ring > 0; hop++) {
    sum += ring;
    ring *= degree - 1;
    if (!(sum <= Number.MAX_SAFE_INTEGER)) throw new ParameterError({ what: "the flood is too large to count", got: { degree, ttl }, expected: "fewer than 2^53 nodes" });
  }
  return sum;
}

/**
 * Nodes that a flood is expected to reach on a large random regular graph, the source not counted: like a tree at first, then limited by the nodes that are left. A mean-field
 * count: each of the (d - 1) n_h messages of hop h + 1 goes to a free end of a link chosen at random; the ends already used, and both ends in one new node, are
 * taken into account. Error of order 1/N plus the spread of one draw.
 * @param nodes of the graph, > degree
 * @returns expected number of nodes first reached at each hop 1..ttl
 */
export function expectedRegularReach(nodes: number, degree: number, ttl: number): number[] {
  checkNumber("nodes", nodes, { min: 2, max: 1e9, integer: true });
  checkNumber("degree", degree, { min: 1, max: nodes - 1, integer: true });
  checkNumber("ttl", ttl, { min: 0, max: 255, integer: true, unit: "hops" });
  const rings: number[] = [];
  let untouched = nodes - 1;
  let messages = degree;
  for (let hop = 1; hop <= ttl; hop++) {
    // Free ends: those of untouched nodes, and those from which the messages of this hop start (two of them may be one link).
    const ends = untouched * degree + messages;
    if (messages <= 0 || ends <= 1) {
      rings.push(0);
      continue;
    }
    const share = messages / ends;
    let missed = 1;
    for (let end = 0; end < degree; end++) missed *= 1 - share;
    const reached = untouched * (1 - missed);
    const arriving = untouched * degree * share;
    untouched -= reached;
    rings.push(reached);
    messages = reached * degree - arriving;
  }
  return rings;
}
