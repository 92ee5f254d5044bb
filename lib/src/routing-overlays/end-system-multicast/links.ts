/** The mesh links of one member: who is at the other end, how far it is, when it was last heard, and what it said of its routes. */
import { InvariantError } from "../../errors";
import { UNREACHABLE, type RouteVector } from "./route-vector";

/**
 * Added to the cost of a link whose other end is leaving, or that is being given up: more than any path, less than no path, so that routes go round the leaver where they can and through it where they
 * cannot (the transient forward of Chu et al. 2000). Microseconds.
 */
export const TRANSIENT_FORWARD_US = 250_000_000;
/** Longest latency that a link is given, microseconds. */
export const LONGEST_LINK_US = 100_000_000;

/** One link as its owner sees it. */
export interface Link {
  readonly peer: number;
  readonly sinceUs: number;
  /** One-way latency, half the mean round-trip time; {@link UNREACHABLE} until it is measured. */
  latencyUs: number;
  heardUs: number;
  /** The peer's last routing update; null before the first. */
  vector: RouteVector | null;
  /** What the peer was last told; null before the first time. */
  told: RouteVector | null;
  /** Neighbours of the peer, as it last said. */
  degree: number;
  /** The other end leaves the group, or one of the ends gives the link up. */
  isLeaving: boolean;
  /** This end gives the link up, and will decide. */
  isRetiredHere: boolean;
}

/** Cost of a link for routes. */
export function linkCostUs(link: Link): number {
  return link.latencyUs === UNREACHABLE ? UNREACHABLE : link.latencyUs + (link.isLeaving ? TRANSIENT_FORWARD_US : 0);
}

/** The links of a member, by the number of the peer. */
export class LinkTable {
  /** In order of the peer's number, so that nothing depends on who came first. */
  readonly all: Link[] = [];

  constructor(private readonly self: number) {}

  /** Number of links. */
  get degree(): number {
    return this.all.length;
  }

  /** The link to a peer. */
  to(peer: number): Link | undefined {
    for (const link of this.all) if (link.peer === peer) return link;
    return undefined;
  }

  /** Adds a link that is not there yet. */
  add(peer: number, nowUs: number): Link {
    const link: Link = { peer, sinceUs: nowUs, latencyUs: UNREACHABLE, heardUs: nowUs, vector: null, told: null, degree: 1, isLeaving: false, isRetiredHere: false };
    const at = this.all.findIndex((other) => other.peer > peer);
    this.all.splice(at < 0 ? this.all.length : at, 0, link);
    return link;
  }

  /** @returns false when there was no such link */
  remove(peer: number): boolean {
    const at = this.all.findIndex((link) => link.peer === peer);
    if (at >= 0) this.all.splice(at, 1);
    return at >= 0;
  }

  /** @throws InvariantError when a member is its own neighbour, links are out of order, or more than allowed */
  checkInvariants(most: number): void {
    const { all, self } = this;
    const fault = all.some((link) => link.peer === self) ? "a member is its own neighbour" : all.some((link, at) => at > 0 && link.peer <= all[at - 1].peer) ? "links out of order" : all.length > most ? "more neighbours than allowed" : null;
    if (fault !== null) throw new InvariantError({ what: fault, got: all.map((link) => link.peer), expected: `at most ${most} others, ascending`, where: `links of member ${self}` });
  }
}
