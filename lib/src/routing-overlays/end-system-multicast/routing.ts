/**
 * Routes of one member on the mesh: a distance vector with paths over the neighbours' last updates (Chu et al. 2000; the distance vector protocol that Peterson and Davie 9.4.1 run DVMRP on).
 * The routes in force are those last advertised: they are computed and sent together, so that a neighbour that still counts on an old route is served until it has heard of the new one.
 * The table is a pure function of the neighbours' vectors and the links' costs; nothing is computed when none of them has changed.
 */
import { InvariantError } from "../../errors";
import { linkCostUs, type LinkTable } from "./links";
import type { Membership } from "./membership";
import { UNREACHABLE, nextHopOf, pathHas, sameRoutes, type RouteVector } from "./route-vector";

/** Of a neighbour that has not told its routes; nothing is read from them. */
const NO_STARTS = new Int32Array(0);
const NO_HOPS = new Uint16Array(0);

/** The routes of a member. */
export class Routing {
  /** What was last advertised, and is in force. */
  vector: RouteVector;
  /** Something that routes depend on has changed since they were computed. */
  isStale = true;
  private readonly costs: Int32Array;
  /** Index of the link to each member's next hop, -1 for none. */
  private readonly links: Int8Array;
  /** Where a vector is put together. */
  private scratch: Uint16Array;
  private readonly scratchStarts: Int32Array;

  constructor(
    private readonly self: number,
    private readonly table: LinkTable,
    private readonly membership: Membership,
  ) {
    const hosts = membership.keys.length;
    this.costs = new Int32Array(hosts);
    this.links = new Int8Array(hosts);
    this.scratch = new Uint16Array(hosts);
    this.scratchStarts = new Int32Array(hosts + 1);
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
    this.vector = this.build();
    return this.vector;
  }

  /** For each member the neighbour with the least cost, the lowest number on a tie; whether its path comes back here is seen when the path is copied. */
  private choose(): void {
    const { costs, links, self } = this;
    const { isAlive } = this.membership;
    const neighbours = this.table.all;
    costs.fill(UNREACHABLE);
    links.fill(-1);
    costs[self] = 0;
    for (let index = 0; index < neighbours.length; index++) {
      const linkUs = linkCostUs(neighbours[index]);
      if (linkUs === UNREACHABLE) continue;
      const { vector, peer } = neighbours[index];
      if (linkUs < costs[peer]) {
        costs[peer] = linkUs;
        links[peer] = index;
      }
      if (vector === null) continue;
      const theirs = vector.costs;
      for (let member = 0; member < costs.length; member++) {
        const cost = (linkUs + theirs[member]) | 0;
        if (cost < costs[member]) {
          costs[member] = cost;
          links[member] = index;
        }
      }
    }
    for (let member = 0; member < costs.length; member++) {
      if (isAlive[member] !== 0 || links[member] < 0) continue;
      costs[member] = UNREACHABLE;
      links[member] = -1;
    }
  }

  /** The next best neighbour for a member when the best one's path leads through here. Rare: only while routes change. */
  private chooseAgain(member: number): void {
    const { costs, links, self } = this;
    costs[member] = UNREACHABLE;
    links[member] = -1;
    this.table.all.forEach((link, index) => {
      const linkUs = linkCostUs(link);
      if (linkUs === UNREACHABLE || (link.peer !== member && (link.vector === null || pathHas(link.vector, member, self)))) return;
      const cost = link.peer === member ? linkUs : linkUs + (link.vector as RouteVector).costs[member];
      if (cost >= costs[member]) return;
      costs[member] = cost;
      links[member] = index;
    });
  }

  /** Puts the paths of the chosen routes together. @returns the vector in force when it says the same */
  private build(): RouteVector {
    const { costs, links, self } = this;
    const neighbours = this.table.all;
    const peers = neighbours.map((link) => link.peer);
    // The parts of the neighbours' vectors side by side: this loop runs once for each member at each update of each member.
    const theirStarts = neighbours.map((link) => (link.vector === null ? NO_STARTS : link.vector.starts));
    const theirHops = neighbours.map((link) => (link.vector === null ? NO_HOPS : link.vector.hops));
    const counts = new Array<number>(neighbours.length).fill(0);
    const { scratchStarts: starts } = this;
    let { scratch } = this;
    let length = 0;
    let entries = 1;
    for (let member = 0; member < costs.length; member++) {
      starts[member] = length;
      let index = links[member];
      while (index >= 0) {
        const peer = peers[index];
        const last = peer === member ? 0 : theirStarts[index][member + 1];
        let from = peer === member ? 0 : theirStarts[index][member];
        if (length + 1 + last - from > scratch.length) scratch = this.enlarge(length + 1 + last - from);
        let end = length;
        scratch[end++] = peer;
        const hops = theirHops[index];
        while (from < last) {
          const hop = hops[from];
          if (hop === self) break;
          scratch[end++] = hop;
          from += 1;
        }
        if (from === last) {
          length = end;
          counts[index] += 1;
          entries += 1;
          break;
        }
        this.chooseAgain(member);
        index = links[member];
      }
    }
    starts[costs.length] = length;
    // Most often nothing has changed, and then nothing is copied.
    const hops = scratch.subarray(0, length);
    if (this.vector !== undefined && sameRoutes(this.vector, costs, starts, hops)) return this.vector;
    const used = neighbours.map((link, index) => ({ peer: link.peer, count: counts[index] })).filter(({ count }) => count > 0);
    return { owner: self, costs: costs.slice(), starts: starts.slice(), hops: hops.slice(), nextHops: used.map(({ peer }) => peer), nextHopCounts: used.map(({ count }) => count), entries };
  }

  private enlarge(length: number): Uint16Array {
    const larger = new Uint16Array(2 * length);
    larger.set(this.scratch);
    this.scratch = larger;
    return larger;
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
