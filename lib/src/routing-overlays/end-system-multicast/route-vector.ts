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
  /**
   * The path to member m stands in `hops` from `places[m]` on: its length, then the hops, first the next hop, last m itself; place 0 means no path. Successive vectors of one owner share
   * `hops`, where only new paths are written, behind the old ones.
   */
  readonly places: Int32Array;
  readonly hops: Uint16Array;
  /** Hops of all paths together. */
  readonly hopCount: number;
  /** Members that are next hops, and for how many members each is one. */
  readonly nextHops: readonly number[];
  readonly nextHopCounts: readonly number[];
  /** Members with a route, the owner included. */
  readonly entries: number;
  /**
   * Whoever holds the owner's previous vector need only look at the members that have changed since. The number counts the vectors of one run of the owner, which is told by the identity
   * of `series`. That spares the simulator work, and no bytes on the wire: the protocol sends whole vectors.
   */
  readonly series: object;
  readonly number: number;
  readonly changed: Uint16Array;
}

/** True when the second vector is the one that its owner made right after the first. */
export function follows(first: RouteVector, second: RouteVector): boolean {
  return first.series === second.series && second.number === first.number + 1;
}

/** The next hop of the vector's owner to a member; -1 when there is none, or it is the owner. */
export function nextHopOf(vector: RouteVector, member: number): number {
  const place = vector.places[member];
  return place === 0 ? -1 : vector.hops[place + 1];
}

/** The path of the vector's owner to a member, without the owner; empty when there is none. */
export function pathOf(vector: RouteVector, member: number): number[] {
  const place = vector.places[member];
  return Array.from(vector.hops.subarray(place + 1, place + 1 + vector.hops[place]));
}

/** True when a node stands on the owner's path to a member. */
export function pathHas(vector: RouteVector, member: number, node: number): boolean {
  const { hops } = vector;
  const place = vector.places[member];
  const last = place + hops[place];
  for (let at = place + 1; at <= last; at++) if (hops[at] === node) return true;
  return false;
}

/** For how many members the vector's owner uses a node as next hop: one side of {@link evaluateCost}. */
export function membersVia(vector: RouteVector, node: number): number {
  const at = vector.nextHops.indexOf(node);
  return at < 0 ? 0 : vector.nextHopCounts[at];
}
