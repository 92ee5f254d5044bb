/**
 * Routes of one member on the mesh: a distance vector with paths over the neighbours' last updates (Chu et al. 2000; the distance vector protocol that Peterson and Davie 9.4.1 run DVMRP on).
 * The routes in force are those last advertised: they are computed and sent together, so that a neighbour that still counts on an old route is served until it has heard of the new one.
 * The table is a pure function of the neighbours' vectors and the links' costs; nothing is computed when none of them has changed.
 */
import { InvariantError } from "../../errors";
import { linkCostUs, type LinkTable } from "./links";
import type { Membership } from "./membership";
import { UNREACHABLE, nextHopOf, pathHas, sameVector, type RouteVector } from "./route-vector";

/** The routes of a member. */
export class Routing {
  /** What was last advertised, and is in force. */
  vector: RouteVector;
  /** Something that routes depend on has changed since they were computed. */
  isStale = true;
  private readonly costs: Int32Array;
  /** Index of the link to each member's next hop, -1 for none. */
  private readonly links: Int8Array;

  constructor(
    private readonly self: number,
    private readonly table: LinkTable,
    private readonly membership: Membership,
  ) {
    const hosts = membership.keys.length;
    this.costs = new Int32Array(hosts);
    this.links = new Int8Array(hosts);
    this.vector = this.install();
  }

  /**
   * Computes the routes from what is known now and puts them in force.
   * @returns the vector to advertise; the same object as before when nothing has changed
   */
  install(): RouteVector {
    if (!this.isStale) return this.vector;
    this.isStale = false;
    this.choose();
    const built = this.build();
    if (this.vector === undefined || !sameVector(this.vector, built)) this.vector = built;
    return this.vector;
  }

  /** For each member the neighbour with the least cost whose path does not come back here; the lowest number on a tie. */
  private choose(): void {
    const { costs, links, self } = this;
    const { isAlive } = this.membership;
    costs.fill(UNREACHABLE);
    links.fill(-1);
    costs[self] = 0;
    this.table.all.forEach((link, index) => {
      const linkUs = linkCostUs(link);
      if (linkUs === UNREACHABLE) return;
      const { vector, peer } = link;
      if (linkUs < costs[peer] && isAlive[peer] === 1) {
        costs[peer] = linkUs;
        links[peer] = index;
      }
      if (vector === null) return;
      const theirs = vector.costs;
      for (let member = 0; member < costs.length; member++) {
        const cost = linkUs + theirs[member];
        if (cost >= costs[member] || isAlive[member] === 0 || pathHas(vector, member, self)) continue;
        costs[member] = cost;
        links[member] = index;
      }
    });
  }

  private build(): RouteVector {
    const { costs, links, self } = this;
    const neighbours = this.table.all;
    const starts = new Int32Array(costs.length + 1);
    const counts = new Array<number>(neighbours.length).fill(0);
    let length = 0;
    let entries = 0;
    for (let member = 0; member < costs.length; member++) {
      starts[member] = length;
      if (costs[member] === UNREACHABLE) continue;
      entries += 1;
      const index = links[member];
      if (index < 0) continue;
      const { vector, peer } = neighbours[index];
      counts[index] += 1;
      length += 1 + (peer === member ? 0 : (vector as RouteVector).starts[member + 1] - (vector as RouteVector).starts[member]);
    }
    starts[costs.length] = length;
    const hops = new Uint16Array(length);
    for (let member = 0; member < costs.length; member++) {
      const index = links[member];
      if (index < 0) continue;
      const { vector, peer } = neighbours[index];
      let at = starts[member];
      hops[at++] = peer;
      if (peer === member) continue;
      const theirs = vector as RouteVector;
      for (let from = theirs.starts[member]; at < starts[member + 1]; from++, at++) hops[at] = theirs.hops[from];
    }
    const used = neighbours.map((link, index) => ({ peer: link.peer, count: counts[index] })).filter(({ count }) => count > 0);
    return { owner: self, costs: costs.slice(), starts, hops, nextHops: used.map(({ peer }) => peer), nextHopCounts: used.map(({ count }) => count), entries };
  }

  /** The neighbour over which this member reaches a source, and from whom it therefore takes the source's packets; -1 for none. */
  parentFor(source: number): number {
    return nextHopOf(this.vector, source);
  }

  /** Appends to a list the neighbours that reach a source over this member, and so take its packets from here: DVMRP's children. */
  childrenFor(source: number, into: number[]): void {
    for (const { peer, vector } of this.table.all) {
      if (vector !== null && nextHopOf(vector, source) === this.self) into.push(peer);
    }
  }

  /** @throws InvariantError when a path in force leads through this member */
  checkInvariants(): void {
    const { vector, self } = this;
    for (let member = 0; member < vector.costs.length; member++) {
      if (member !== self && pathHas(vector, member, self)) throw new InvariantError({ what: "a path leads through its own start", got: { member }, where: `routes of member ${self}` });
      const hasPath = vector.starts[member] !== vector.starts[member + 1];
      if (hasPath !== (member !== self && vector.costs[member] !== UNREACHABLE)) throw new InvariantError({ what: "cost and path do not fit", got: { member, cost: vector.costs[member] }, where: `routes of member ${self}` });
    }
  }
}
