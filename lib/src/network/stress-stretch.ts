/**
 * What an overlay costs its underlay, as in the chapter's section on end-system multicast: link stress (how many copies of one packet a link carries) and
 * stretch, also called relative delay penalty (delay over the overlay by delay of the direct way); Chu, Rao and Zhang, "A case for end system
 * multicast", SIGMETRICS 2000, section 4.
 */
import { ParameterError } from "../errors";
import { checkList, checkMethods } from "./check-input";
import type { Underlay } from "./underlay";

/** A packet sent from one overlay node to another. */
export type OverlayHop = readonly [from: number, to: number];

/** Copies on one link; links without a copy are left out. */
export interface LinkStress {
  /** Underlay link number. */
  readonly link: number;
  readonly copies: number;
}

/**
 * Counts the copies of a packet on each directed link when it is sent over these overlay hops.
 * @returns links in order of their number
 */
export function linkStress(underlay: Underlay, hops: Iterable<OverlayHop>): LinkStress[] {
  const copies = new Uint32Array(checkUnderlay(underlay).linkCount);
  for (const [from, to] of checkHops(hops)) for (const link of underlay.path(from, to)) copies[link] += 1;
  return nonZero(copies);
}

function checkUnderlay(underlay: Underlay): Underlay {
  return checkMethods("underlay", underlay, ["router", "latencyUs", "path"], "an Underlay");
}

function isIterable<T>(value: Iterable<T>): boolean {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

/** The hops as a list. */
function checkHops(hops: Iterable<OverlayHop>): readonly OverlayHop[] {
  const list = isIterable(hops) ? [...hops] : undefined;
  if (list === undefined || !list.every((hop) => Array.isArray(hop) && hop.length === 2)) throw new ParameterError({ what: "bad value for hops", got: hops, expected: "pairs of hosts", where: "parameter hops" });
  return list;
}

/** As {@link linkStress}, for multicast by the routers along shortest paths from the source: one copy on each link of the union. */
export function routerMulticastStress(underlay: Underlay, source: number, members: Iterable<number>): LinkStress[] {
  const copies = new Uint32Array(checkUnderlay(underlay).linkCount);
  if (!isIterable(members)) throw new ParameterError({ what: "bad value for members", got: members, expected: "hosts", where: "parameter members" });
  for (const member of members as Iterable<number>) for (const link of underlay.path(source, member)) copies[link] = 1;
  return nonZero(copies);
}

function nonZero(copies: Uint32Array): LinkStress[] {
  const rows: LinkStress[] = [];
  copies.forEach((count, link) => {
    if (count > 0) rows.push({ link, copies: count });
  });
  return rows;
}

/** Overlay and direct delay of one member of a tree. */
export interface Stretch {
  readonly host: number;
  readonly overlayUs: number;
  readonly directUs: number;
  /** overlayUs / directUs; 1 for the source itself. */
  readonly stretch: number;
}

/**
 * Stretch of every member of an overlay tree.
 *
 * @param underlay the network underneath
 * @param source the tree's root
 * @param parents each member's parent on the tree
 * @returns one row for each member, in the order of `parents`
 * @throws ParameterError when the parents are no tree with this root, or a direct delay is 0
 */
export function treeStretch(underlay: Underlay, source: number, parents: ReadonlyMap<number, number>): Stretch[] {
  checkUnderlay(underlay);
  if (!(parents instanceof Map)) throw new ParameterError({ what: "bad value for parents", got: parents, expected: "a Map from each member to its parent", where: "parameter parents" });
  // Also where nobody asks for a way: the source must be a host, and have no parent.
  underlay.router(source);
  if (parents.has(source)) throw new ParameterError({ what: "not a tree", got: `the source ${source} has a parent`, expected: "members other than the source", where: "parameter parents" });
  const overlayUs = new Map([[source, 0]]);
  const rows: Stretch[] = [];
  for (const host of parents.keys()) {
    const chain: number[] = [];
    for (let at = host; !overlayUs.has(at); at = parents.get(at) as number) {
      if (!parents.has(at) || chain.length > parents.size) {
        throw new ParameterError({
          what: "not a tree",
          got: `member ${host}`,
          expected: `a way along parents to the source ${source}`,
          where: "parameter parents",
        });
      }
      chain.push(at);
    }
    for (const member of chain.reverse()) {
      const parent = parents.get(member) as number;
      overlayUs.set(member, (overlayUs.get(parent) as number) + underlay.latencyUs(parent, member));
    }
    rows.push(stretchOf(underlay, source, host, overlayUs.get(host) as number));
  }
  return rows;
}

/** Stretch of one way over overlay nodes, source first. */
export function pathStretch(underlay: Underlay, hosts: readonly number[]): Stretch {
  checkUnderlay(underlay);
  if (checkList("hosts", hosts, "a way of at least one host").length < 1) throw new ParameterError({ what: "no way given", got: hosts, expected: "at least the source", where: "parameter hosts" });
  let us = 0;
  for (let i = 1; i < hosts.length; i++) us += underlay.latencyUs(hosts[i - 1], hosts[i]);
  return stretchOf(underlay, hosts[0], hosts[hosts.length - 1], us);
}

function stretchOf(underlay: Underlay, source: number, host: number, overlayUs: number): Stretch {
  const directUs = underlay.latencyUs(source, host);
  if (directUs === 0 && overlayUs > 0) {
    throw new ParameterError({
      what: "no stretch without a direct delay",
      got: `hosts ${source} and ${host} at delay 0`,
      expected: "a delay > 0, such as that of access links",
      where: "parameter underlay",
    });
  }
  return { host, overlayUs, directUs, stretch: directUs === 0 ? 1 : overlayUs / directUs };
}
