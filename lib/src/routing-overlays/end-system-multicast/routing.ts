/**
 * Routes of one member on the mesh: a distance vector with paths over the neighbours' last updates (Chu et al. 2000; the distance vector protocol that Peterson and Davie 9.4.1 run DVMRP on).
 * The routes in force are those last advertised: they are computed and sent together, so that a neighbour that still counts on an old route is served until it has heard of the new one.
 * The table is a pure function of the neighbours' vectors and the links' costs. Most news concerns a few members of a thousand, so only the routes to members that a neighbour's news names are
 * chosen anew; those to all others are copied as they are.
 */
import { InvariantError } from "../../errors";
import { linkCostUs, type Link, type LinkTable } from "./links";
import type { Membership } from "./membership";
import { UNREACHABLE, follows, nextHopOf, pathHas, type RouteVector } from "./route-vector";

/** Room for hops of new paths, in average paths of all members. */
const SPARE_PATHS = 8;

/** The routes of a member. */
export class Routing {
  /** What was last advertised, and is in force. */
  vector: RouteVector;
  /** Something that routes depend on has changed since they were computed. */
  private isStale = false;
  /** 1 for members whose route may have changed. */
  private readonly dirty: Uint8Array;
  private readonly costs: Int32Array;
  /** Index of the link to each member's next hop, -1 for none. */
  private readonly links: Int8Array;
  /** The paths of the chosen routes: see {@link RouteVector}. */
  private readonly places: Int32Array;
  private hops: Uint16Array;
  /** Place 0 holds the length of no path. */
  private used = 1;
  private hopCount = 0;
  private readonly changed: Uint16Array;
  private readonly series = Object.freeze({});

  constructor(
    private readonly self: number,
    private readonly table: LinkTable,
    private readonly membership: Membership,
  ) {
    const hosts = membership.keys.length;
    this.dirty = new Uint8Array(hosts);
    this.costs = new Int32Array(hosts).fill(UNREACHABLE);
    this.costs[self] = 0;
    this.links = new Int8Array(hosts).fill(-1);
    this.places = new Int32Array(hosts);
    this.hops = new Uint16Array(1 + SPARE_PATHS * hosts);
    this.changed = new Uint16Array(hosts);
    this.vector = this.vectorOf(0);
  }

  /** Whether something has changed that the routes in force do not heed yet. */
  get hasNews(): boolean {
    return this.isStale;
  }

  /** To be called when a link has come into the table; nothing is known of its other end yet. */
  linkAdded(link: Link): void {
    const { links } = this;
    const index = this.table.all.indexOf(link);
    for (let member = 0; member < links.length; member++) if (links[member] >= index) links[member] += 1;
    this.linkChanged(link);
  }

  /** To be called before a link goes. */
  linkGoes(link: Link): void {
    this.isStale = true;
    const { dirty, links } = this;
    const index = this.table.all.indexOf(link);
    for (let member = 0; member < links.length; member++) {
      if (links[member] < index) continue;
      if (links[member] === index) {
        links[member] = -1;
        dirty[member] = 1;
      } else links[member] -= 1;
    }
  }

  /** The cost of a link has changed. */
  linkChanged(link: Link): void {
    this.isStale = true;
    this.dirty[link.peer] = 1;
    this.weighAnew(link, null);
  }

  /** Somebody counts as a member who did not, or the other way round; the list of members knows who. */
  membersChanged(): void {
    this.isStale = true;
  }

  /** A neighbour tells its routes. */
  hear(link: Link, vector: RouteVector): void {
    const { vector: before } = link;
    link.vector = vector;
    this.isStale = true;
    this.weighAnew(link, before !== null && follows(before, vector) ? vector.changed : null);
  }

  /** Marks members whose route depends on a link: it was chosen, or is as good as what was. @param members those to look at, `null` for all */
  private weighAnew(link: Link, members: Uint16Array | null): void {
    const { dirty, costs, links } = this;
    const theirs = link.vector?.costs ?? null;
    const index = this.table.all.indexOf(link);
    const linkUs = linkCostUs(link);
    const count = members === null ? costs.length : members.length;
    for (let i = 0; i < count; i++) {
      const member = members === null ? i : members[i];
      if (links[member] === index || (theirs !== null && linkUs + theirs[member] <= costs[member])) dirty[member] = 1;
    }
  }

  /**
   * Computes the routes from what is known now and puts them in force.
   * @returns the vector to advertise; the same object as before when nothing has changed
   */
  install(): RouteVector {
    if (!this.isStale) return this.vector;
    this.isStale = false;
    const { dirty } = this;
    for (const member of this.membership.takeChanged()) dirty[member] = 1;
    for (let member = 0; member < dirty.length; member++) if (dirty[member] === 1) this.choose(member, false);
    this.vector = this.build();
    dirty.fill(0);
    return this.vector;
  }

  /**
   * For a member the neighbour with the least cost, the lowest number on a tie.
   * @param heedPaths whether neighbours whose path leads through here are left out: needed when the best one's does, which is rare
   */
  private choose(member: number, heedPaths: boolean): void {
    const { costs, links, self } = this;
    const neighbours = this.table.all;
    costs[member] = member === self ? 0 : UNREACHABLE;
    links[member] = -1;
    if (this.membership.isAlive[member] === 0) return;
    for (let index = 0; index < neighbours.length; index++) {
      const link = neighbours[index];
      const linkUs = linkCostUs(link);
      if (linkUs === UNREACHABLE || (link.peer !== member && (link.vector === null || (heedPaths && pathHas(link.vector, member, self))))) continue;
      const cost = link.peer === member ? linkUs : linkUs + (link.vector as RouteVector).costs[member];
      if (cost >= costs[member]) continue;
      costs[member] = cost;
      links[member] = index;
    }
  }

  /** Puts the paths of the chosen routes together. @returns the vector in force when it says the same */
  private build(): RouteVector {
    const { costs, links, dirty, self, changed } = this;
    const neighbours = this.table.all;
    const before = this.vector.costs;
    let changes = 0;
    for (let member = 0; member < costs.length; member++) {
      if (dirty[member] === 0) continue;
      // A path that leads back here is no path: the next best is tried.
      for (let index = links[member]; index >= 0 && neighbours[index].peer !== member && pathHas(neighbours[index].vector as RouteVector, member, self); index = links[member]) this.choose(member, true);
      const isNewPath = this.takePath(member, links[member]);
      if (isNewPath || costs[member] !== before[member]) changed[changes++] = member;
    }
    return changes === 0 ? this.vector : this.vectorOf(changes);
  }

  /** Notes the path over a neighbour (by index, -1 for none). @returns whether it is another than before */
  private takePath(member: number, index: number): boolean {
    const { places } = this;
    let { hops } = this;
    const old = places[member];
    if (index < 0) {
      this.hopCount -= hops[old];
      places[member] = 0;
      return old > 0;
    }
    const { peer, vector } = this.table.all[index];
    const isPeer = peer === member || vector === null;
    const from = isPeer ? 0 : vector.places[member] - 1;
    const theirs = isPeer ? hops : vector.hops;
    const length = isPeer ? 1 : 1 + theirs[from + 1];
    let at = 1;
    if (hops[old] === length && hops[old + 1] === peer) for (at = 2; at <= length && hops[old + at] === theirs[from + at]; ) at += 1;
    if (at > length) return false;
    this.hopCount += length - hops[old];
    places[member] = 0;
    if (this.used + 1 + length > hops.length) hops = this.makeRoom(1 + length);
    const place = this.used;
    hops[place] = length;
    hops[place + 1] = peer;
    for (at = 2; at <= length; at++) hops[place + at] = theirs[from + at];
    places[member] = place;
    this.used = place + 1 + length;
    return true;
  }

  /** Moves the paths that are in use to a new place; vectors that were sent keep the old one. */
  private makeRoom(more: number): Uint16Array {
    const { places } = this;
    const hops = new Uint16Array((1 + SPARE_PATHS) * places.length + 2 * (this.hopCount + more));
    let used = 1;
    for (let member = 0; member < places.length; member++) {
      const place = places[member];
      if (place === 0) continue;
      places[member] = used;
      const last = place + this.hops[place];
      for (let at = place; at <= last; at++) hops[used++] = this.hops[at];
    }
    this.hops = hops;
    this.used = used;
    return hops;
  }

  /** A copy of what is chosen, with the first so many of the changed members. */
  private vectorOf(changes: number): RouteVector {
    const { links, self, series, hops, hopCount } = this;
    const counts = new Int32Array(this.table.degree);
    let entries = 1;
    for (let member = 0; member < links.length; member++) {
      if (links[member] < 0) continue;
      counts[links[member]] += 1;
      entries += 1;
    }
    const nextHops: number[] = [];
    const nextHopCounts: number[] = [];
    this.table.all.forEach(({ peer }, index) => {
      if (counts[index] === 0) return;
      nextHops.push(peer);
      nextHopCounts.push(counts[index]);
    });
    const number = (this.vector?.number ?? 0) + 1;
    return { owner: self, costs: this.costs.slice(), places: this.places.slice(), hops, hopCount, nextHops, nextHopCounts, entries, series, number, changed: this.changed.slice(0, changes) };
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
      const hasPath = vector.places[member] > 0;
      if (hasPath !== (member !== self && vector.costs[member] !== UNREACHABLE)) throw new InvariantError({ what: "cost and path do not fit", got: { member, cost: vector.costs[member] }, where: `routes of member ${self}` });
    }
  }
}
