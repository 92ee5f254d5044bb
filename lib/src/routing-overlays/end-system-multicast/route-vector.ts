/**
 * What a member tells its neighbours about its routes: for each member the cost and the whole path, so that a neighbour sees whether it stands on the
 * path itself (Chu et al. 2000: a distance vector with paths, which does not count to infinity). The vector is plain typed arrays, and one object
 * serves all neighbours of a round; `bytes` is what its entries take on the wire.
 */

/** Cost of a member to whom there is no route, microseconds: more than any route, and small enough that a link's cost on top stays a 32-bit number. */
export const UNREACHABLE = 1_000_000_000;

/** The routes of one member as it advertised them. Never changed after it was made. */
export interface RouteVector {
  /** Whose routes. */
  readonly owner: number;
  /** One-way latency along the mesh to each member, microseconds; {@link UNREACHABLE} where there is no route. */
  readonly costs: Int32Array;
  /** The path to member m is `hops[starts[m]] .. hops[starts[m + 1] - 1]`: first the next hop, last m itself. */
  readonly starts: Int32Array;
  readonly hops: Uint16Array;
  /** Members that are next hops, and for how many members each is one. */
  readonly nextHops: readonly number[];
  readonly nextHopCounts: readonly number[];
  /** Members with a route, the owner included. */
  readonly entries: number;
}

/** The next hop of the vector's owner to a member; -1 when there is none, or it is the owner. */
export function nextHopOf(vector: RouteVector, member: number): number {
  const start = vector.starts[member];
  return start === vector.starts[member + 1] ? -1 : vector.hops[start];
}

/** The path of the vector's owner to a member, without the owner; empty when there is none. */
export function pathOf(vector: RouteVector, member: number): number[] {
  return Array.from(vector.hops.subarray(vector.starts[member], vector.starts[member + 1]));
}

/** True when a node stands on the owner's path to a member. */
export function pathHas(vector: RouteVector, member: number, node: number): boolean {
  const { hops } = vector;
  const end = vector.starts[member + 1];
  for (let at = vector.starts[member]; at < end; at++) if (hops[at] === node) return true;
  return false;
}

/** For how many members the vector's owner uses a node as next hop: one side of {@link evaluateCost}. */
export function membersVia(vector: RouteVector, node: number): number {
  const at = vector.nextHops.indexOf(node);
  return at < 0 ? 0 : vector.nextHopCounts[at];
}

/** True when a vector says what these costs and paths say. */
export function sameRoutes(vector: RouteVector, costs: Int32Array, starts: Int32Array, hops: Uint16Array): boolean {
  return sameNumbers(vector.costs, costs) && sameNumbers(vector.starts, starts) && sameNumbers(vector.hops, hops);
}

function sameNumbers(a: Int32Array | Uint16Array, b: Int32Array | Uint16Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
