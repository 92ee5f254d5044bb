/**
 * What it costs the network to bring one packet to a group, in the measures of Chu et al. 2000, section 4: stress of each physical link, relative delay penalty of each member, and resource usage. A scheme
 * is given by the copies that hosts send to hosts, whoever decided on them; naive unicast and multicast by the routers (DVMRP) stand here for comparison.
 * Stress counts both directions of a link together, as the worked example of Peterson and Davie's figure 3 does. Tests: test/routing-overlays/end-system-multicast/delivery-cost.test.ts
 */
import { ParameterError, checkNumber } from "../../errors";
import type { OverlayHop, Underlay } from "../../network";

/** A physical link with copies of a packet. */
export interface LinkLoad {
  /** Its name, for readers. */
  readonly link: string;
  readonly delayUs: number;
  /** Copies that crossed it, in both directions together. */
  readonly copies: number;
}

/** One member's delay. */
export interface MemberDelay {
  readonly member: number;
  readonly delayUs: number;
  /** Delay of the direct way. */
  readonly directUs: number;
  /** Relative delay penalty: `delayUs` / `directUs`. */
  readonly penalty: number;
}

/** What one packet cost. */
export interface DeliveryCost {
  /** Links with at least one copy. */
  readonly loads: readonly LinkLoad[];
  readonly delays: readonly MemberDelay[];
  /** Largest number of copies on one link. */
  readonly worstStress: number;
  /** Sum over links of delay times copies, microseconds. */
  readonly resourceUs: number;
}

/** Counts copies on the physical links of an underlay. */
class LinkCounter {
  private readonly copies: Int32Array;
  private readonly accessUs: number;

  constructor(private readonly underlay: Underlay) {
    this.copies = new Int32Array(underlay.graph.physicalCount + underlay.hosts);
    this.accessUs = underlay.hosts < 2 ? 0 : accessDelayUs(underlay);
  }

  /** Adds one copy on the way from host to host. */
  add(from: number, to: number): void {
    for (const link of this.underlay.path(from, to)) this.copies[this.physical(link)] += 1;
  }

  /** Puts one copy on the way from host to host, whatever is there already. */
  set(from: number, to: number): void {
    for (const link of this.underlay.path(from, to)) this.copies[this.physical(link)] = 1;
  }

  cost(delays: readonly MemberDelay[]): DeliveryCost {
    const { graph } = this.underlay;
    const linkOf = new Int32Array(graph.physicalCount).fill(-1);
    for (let link = graph.linkCount - 1; link >= 0; link--) linkOf[graph.physical[link]] = link;
    const loads: LinkLoad[] = [];
    this.copies.forEach((copies, physical) => {
      // A host without an access link of its own stands on its router.
      if (copies === 0 || (physical >= graph.physicalCount && this.accessUs === 0)) return;
      if (physical < graph.physicalCount) {
        const link = linkOf[physical];
        loads.push({ link: `${graph.labels[graph.tails[link]]}–${graph.labels[graph.heads[link]]}`, delayUs: graph.delaysUs[link], copies });
      } else {
        const host = physical - graph.physicalCount;
        loads.push({ link: `host ${host}–${graph.labels[this.underlay.router(host)]}`, delayUs: this.accessUs, copies });
      }
    });
    return {
      loads,
      delays,
      worstStress: loads.reduce((most, load) => Math.max(most, load.copies), 0),
      resourceUs: loads.reduce((sum, load) => sum + load.delayUs * load.copies, 0),
    };
  }

  private physical(link: number): number {
    const { graph, hosts } = this.underlay;
    return link < graph.linkCount ? graph.physical[link] : graph.physicalCount + ((link - graph.linkCount) % hosts);
  }
}

function accessDelayUs(underlay: Underlay): number {
  for (let host = 1; host < underlay.hosts; host++) {
    if (underlay.isReachable(0, host)) return (underlay.latencyUs(0, host) - underlay.routes.delayUs(underlay.router(0), underlay.router(host))) / 2;
  }
  return 0;
}

/** The delay of a member with its penalty. @throws ParameterError when the direct way takes no time at all */
export function memberDelay(underlay: Underlay, source: number, member: number, delayUs: number): MemberDelay {
  const directUs = underlay.latencyUs(source, member);
  if (directUs === 0) throw new ParameterError({ what: "no penalty without a direct delay", got: `hosts ${source} and ${member} at delay 0`, expected: "a delay > 0, such as that of access links", where: "parameter underlay" });
  return { member, delayUs, directUs, penalty: delayUs / directUs };
}

/**
 * The cost of a packet that hosts passed on.
 *
 * @param underlay the network
 * @param source the first sender
 * @param copies what host sent to what host
 * @param delaysUs when each member got it, microseconds after it was sent
 * @throws ParameterError when a copy has no way through the network
 */
export function overlayCost(underlay: Underlay, source: number, copies: readonly OverlayHop[], delaysUs: ReadonlyMap<number, number>): DeliveryCost {
  const counter = new LinkCounter(underlay);
  for (const [from, to] of copies) counter.add(from, to);
  return counter.cost([...delaysUs].map(([member, delayUs]) => memberDelay(underlay, source, member, delayUs)));
}

/** Naive unicast: the source sends to every member itself. */
export function naiveUnicastCost(underlay: Underlay, source: number, members: readonly number[]): DeliveryCost {
  checkGroup(underlay, source, members);
  const others = members.filter((member) => member !== source);
  return overlayCost(underlay, source, others.map((member) => [source, member]), new Map(others.map((member) => [member, underlay.latencyUs(source, member)])));
}

/** Multicast by the routers along shortest paths, as DVMRP would: one copy on each link of the tree. */
export function routerMulticastCost(underlay: Underlay, source: number, members: readonly number[]): DeliveryCost {
  checkGroup(underlay, source, members);
  const counter = new LinkCounter(underlay);
  const others = members.filter((member) => member !== source);
  for (const member of others) counter.set(source, member);
  return counter.cost(others.map((member) => memberDelay(underlay, source, member, underlay.latencyUs(source, member))));
}

function checkGroup(underlay: Underlay, source: number, members: readonly number[]): void {
  if (!Array.isArray(members) || members.length === 0) throw new ParameterError({ what: "a group without members", got: members, expected: "at least one member", where: "parameter members" });
  if (new Set(members).size !== members.length) throw new ParameterError({ what: "a member listed twice", got: members, expected: "each member once", where: "parameter members" });
  for (const host of [source, ...members]) checkNumber("member", host, { min: 0, max: underlay.hosts - 1, integer: true });
}
