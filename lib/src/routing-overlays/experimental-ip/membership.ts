/**
 * Membership at the edge: how a multicast router learns which groups have members on a subnet. Hosts report a group when they join and when the router asks;
 * a host that hears another one's report keeps quiet (suppression), so that one report per group and query is enough. A host that leaves says so, the router
 * asks after that group, and forgets it when nobody answers. RFC 1112, appendix I, and RFC 2236; MLD (RFC 2710) is the same for IPv6, so both use this file.
 * Groups are numbers here: an IPv4 address, or a number that stands for an IPv6 one. Deviates: one router per subnet, so there is no election of the one that asks.
 * Not modelled: switches that listen in, hosts that filter sources (IGMP version 3). Tests: test/routing-overlays/experimental-ip/membership.test.ts
 */
import type { ProcessContext } from "../../simulation/contract";
import { membershipIntervalUs, type MembershipOptions } from "./mbone-options";

/** Only what the two sides need of the context, whatever messages the process sends. */
export type MembershipContext = Pick<ProcessContext, "nowUs" | "setTimer" | "cancelTimer" | "random">;

/** Names of the timers; a process hands an expired one to the side that set it. */
export const MEMBERSHIP_TIMERS = Object.freeze({ answer: "membership answer", query: "membership query", expire: "membership expiry", lastMember: "last-member query" });

/** How a host sends. */
export interface MemberPort<C extends MembershipContext> {
  sendReport(context: C, group: number): void;
  sendLeave(context: C, group: number): void;
}

interface Joined {
  /** When the answer to a query is due, µs; -1: no answer waits. */
  dueUs: number;
  /** Whether this host was the last to report the group: only then must its leave be told (RFC 2236, section 6). */
  wasLast: boolean;
}

/** The host's side. */
export class GroupMember<C extends MembershipContext> {
  private readonly joined = new Map<number, Joined>();

  constructor(
    private readonly options: MembershipOptions,
    private readonly port: MemberPort<C>,
  ) {}

  /** Groups joined, in order of joining. */
  get groups(): number[] {
    return [...this.joined.keys()];
  }

  isMember(group: number): boolean {
    return this.joined.has(group);
  }

  /** Joins: reports at once and once more soon, in case the first is lost. No effect if joined. */
  join(context: C, group: number): void {
    if (this.joined.has(group)) return;
    const state: Joined = { dueUs: -1, wasLast: false };
    this.joined.set(group, state);
    this.report(context, group, state);
    this.answerWithin(context, group, state, this.options.unsolicitedReportUs);
  }

  /** Leaves, and says so if no other member has reported since. No effect if not joined. */
  leave(context: C, group: number): void {
    const state = this.joined.get(group);
    if (state === undefined) return;
    context.cancelTimer(MEMBERSHIP_TIMERS.answer, group);
    this.joined.delete(group);
    if (state.wasLast) this.port.sendLeave(context, group);
  }

  /** The router asks: about all groups (`group` 0) or one. The answer comes at a random moment within the time it gives. */
  heardQuery(context: C, group: number, maxResponseUs: number): void {
    for (const [joined, state] of this.joined) {
      if (group !== 0 && group !== joined) continue;
      if (state.dueUs < 0 || state.dueUs > context.nowUs + maxResponseUs) this.answerWithin(context, joined, state, maxResponseUs);
    }
  }

  /** Another host reported: no need to answer. */
  heardReport(context: C, group: number): void {
    const state = this.joined.get(group);
    if (state === undefined) return;
    state.wasLast = false;
    if (state.dueUs < 0) return;
    state.dueUs = -1;
    context.cancelTimer(MEMBERSHIP_TIMERS.answer, group);
  }

  /** The answer is due. */
  onAnswer(context: C, group: number): void {
    const state = this.joined.get(group);
    if (state !== undefined) this.report(context, group, state);
  }

  private answerWithin(context: C, group: number, state: Joined, maxUs: number): void {
    const delayUs = 1 + context.random("membership").integer(maxUs);
    state.dueUs = context.nowUs + delayUs;
    context.setTimer(MEMBERSHIP_TIMERS.answer, delayUs, group);
  }

  private report(context: C, group: number, state: Joined): void {
    state.dueUs = -1;
    state.wasLast = true;
    this.port.sendReport(context, group);
  }
}

/** How a router asks, and what it does when a group gets its first member or loses its last. */
export interface QuerierPort<C extends MembershipContext> {
  sendQuery(context: C, group: number, maxResponseUs: number): void;
  changed(context: C, group: number, hasMembers: boolean): void;
}

/** Room for a group's number within the key of a timer. */
const GROUP_KEYS = 4294967296;

/** The router's side on one subnet. */
export class Querier<C extends MembershipContext> {
  /** By group: how many more queries follow a leave, 0 if none was heard. */
  private readonly members = new Map<number, number>();
  private startQueriesLeft: number;

  /** @param index of the subnet among those of the router: part of the timers' keys */
  constructor(
    private readonly index: number,
    private readonly options: MembershipOptions,
    private readonly port: QuerierPort<C>,
  ) {
    this.startQueriesLeft = options.robustness;
  }

  /** Which router's subnet and which group a timer's key means. */
  static ofKey(key: number): { readonly index: number; readonly group: number } {
    return { index: Math.floor(key / GROUP_KEYS), group: key % GROUP_KEYS };
  }

  /** Groups with members, in the order in which they appeared. */
  get groups(): number[] {
    return [...this.members.keys()];
  }

  hasMembers(group: number): boolean {
    return this.members.has(group);
  }

  /** The first queries follow each other faster (RFC 2236, 8.6): one at once, the next after a quarter of the interval. */
  start(context: C): void {
    this.onQuery(context);
  }

  /** A general query is due. */
  onQuery(context: C): void {
    this.port.sendQuery(context, 0, this.options.queryResponseUs);
    this.startQueriesLeft = Math.max(0, this.startQueriesLeft - 1);
    const intervalUs = this.startQueriesLeft > 0 ? Math.max(1, Math.floor(this.options.queryIntervalUs / 4)) : this.options.queryIntervalUs;
    context.setTimer(MEMBERSHIP_TIMERS.query, intervalUs, this.index * GROUP_KEYS);
  }

  /** A host is a member. */
  heardReport(context: C, group: number): void {
    const isNew = !this.members.has(group);
    this.members.set(group, 0);
    context.cancelTimer(MEMBERSHIP_TIMERS.lastMember, this.key(group));
    context.setTimer(MEMBERSHIP_TIMERS.expire, membershipIntervalUs(this.options), this.key(group));
    if (isNew) this.port.changed(context, group, true);
  }

  /** A host left: are there others? The group goes unless somebody answers one of `robustness` queries. */
  heardLeave(context: C, group: number): void {
    if (this.members.get(group) !== 0) return;
    const { robustness, lastMemberQueryUs } = this.options;
    this.members.set(group, robustness);
    context.setTimer(MEMBERSHIP_TIMERS.expire, robustness * lastMemberQueryUs, this.key(group));
    this.onLastMember(context, group);
  }

  /** A query after a leave is due. */
  onLastMember(context: C, group: number): void {
    const left = this.members.get(group) ?? 0;
    if (left === 0) return;
    this.port.sendQuery(context, group, this.options.lastMemberQueryUs);
    if (left > 1) {
      this.members.set(group, left - 1);
      context.setTimer(MEMBERSHIP_TIMERS.lastMember, this.options.lastMemberQueryUs, this.key(group));
    }
  }

  /** Nobody answered. */
  onExpire(context: C, group: number): void {
    context.cancelTimer(MEMBERSHIP_TIMERS.lastMember, this.key(group));
    if (this.members.delete(group)) this.port.changed(context, group, false);
  }

  private key(group: number): number {
    return this.index * GROUP_KEYS + group;
  }
}
