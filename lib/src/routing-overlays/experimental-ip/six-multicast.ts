/**
 * IPv6 multicast over the 6-Bone: MLD towards hosts (RFC 2710), and PIM dense mode between routers (RFC 3973): every packet is flooded to all neighbours but the
 * one it came from, accepted only from the way that unicast routing gives towards its source (longest match over 128 bits), and pruned where nobody wants it.
 * The state of trees is forwarding-cache.ts, the same as for the MBone; the difference is that nobody says who is downstream, so routers that flood each other stop each
 * other by prunes. Deviates: neighbours are joined two by two, so there are no asserts and no prune delay; messages carry no Router Alert header.
 * Not modelled: state refresh, sparse mode (which later versions of the M6Bone ran). Tests: test/routing-overlays/experimental-ip/six-bone.test.ts
 */
import { MLD_BYTES, decodeMld, encodeMld } from "../../codecs/igmp";
import { PROTOCOL } from "../../codecs/ip-headers";
import { ParseError } from "../../errors";
import { formatIpAddress, parseIpAddress } from "../../ids/ip-address";
import type { ProcessContext } from "../../simulation/contract";
import { lowerTimeToLive, type PacketView } from "../tunnels/packet";
import { ForwardingCache } from "./forwarding-cache";
import { MEMBERSHIP_TIMERS, Querier } from "./membership";
import { ipv6GroupScope } from "./multicast-address";
import { PROTOCOL_PIM, decodePim, encodePim, type PimMessage } from "./six-messages";
import type { RipEntry } from "./six-rip";
import type { SixRouter } from "./six-router";
import type { SixFrame } from "./six-world";

type Context = ProcessContext<SixFrame>;

/** Groups on a link: all nodes, all routers, all PIM routers. */
export const ALL_NODES = "ff02::1";
export const ALL_IPV6_ROUTERS = "ff02::2";
const ALL_PIM_ROUTERS = "ff02::d";
/** A PIM neighbour is gone after so many hello intervals (RFC 3973, section 4.8). */
const HELLO_HOLD = 3.5;

/** The multicast side of one router. */
export class SixMulticast {
  readonly cache: ForwardingCache<Context>;
  private readonly queriers: readonly (Querier<Context> | null)[];
  private readonly neighbours: { heardUs: number; generation: number; isUp: boolean }[];
  private nowUs = 0;

  constructor(
    private readonly router: SixRouter,
    private readonly incarnation: number,
  ) {
    const { interfaces, world } = router;
    this.neighbours = interfaces.map(() => ({ heardUs: -1, generation: -1, isUp: false }));
    this.queriers = interfaces.map(({ kind }, index) => (kind === "host" ? this.makeQuerier(index) : null));
    this.cache = new ForwardingCache(interfaces.length, world.options, {
      leadsToMembers: (_block, group, index) => this.queriers[index]?.hasMembers(group) ?? this.neighbours[index].isUp,
      hasNeighbour: (index) => this.neighbours[index].isUp,
      sendPrune: (context, entry, index, lifetimeUs) => this.send(context, index, "prune", entry, Math.max(1, Math.floor(lifetimeUs / 1_000_000))),
      sendGraft: (context, entry, waitUs) => {
        this.send(context, entry.upstream, "graft", entry, 0);
        context.setTimer("pim graft", waitUs, entry.id);
      },
      graftDone: (context, entry) => context.cancelTimer("pim graft", entry.id),
    });
  }

  start(context: Context): void {
    this.nowUs = context.nowUs;
    context.setTimer("pim hello", 1 + context.random("pim").integer(this.router.world.options.helloIntervalUs));
    for (const querier of this.queriers) querier?.start(context);
    this.hello(context);
  }

  /** @returns whether the timer was one of multicast */
  onTimer(context: Context, name: string, key: number): boolean {
    this.nowUs = context.nowUs;
    const { index, group } = Querier.ofKey(key);
    if (name === "pim hello") this.onHelloTimer(context);
    else if (name === "pim graft") this.cache.onGraftTimer(context, key);
    else if (name === MEMBERSHIP_TIMERS.query) this.queriers[index]?.onQuery(context);
    else if (name === MEMBERSHIP_TIMERS.expire) this.queriers[index]?.onExpire(context, group);
    else if (name === MEMBERSHIP_TIMERS.lastMember) this.queriers[index]?.onLastMember(context, group);
    else return false;
    return true;
  }

  /** A packet for a group. */
  forward(context: Context, bytes: Uint8Array, view: PacketView, arrival: number, kind: string): void {
    const { router, cache } = this;
    const { book, observer } = router.world;
    this.nowUs = context.nowUs;
    const scope = ipv6GroupScope(parseIpAddress(view.destination));
    if (scope === null || scope === "interface" || scope === "link") return router.drop("scope", bytes);
    const path = router.reversePath(parseIpAddress(view.source));
    if (path.index < 0) return router.drop("no-route", bytes);
    const packet = { network: path.block, group: book.numberOf(view.destination), source: book.numberOf(view.source), sequence: digestOf(view.payload) };
    if (path.index !== arrival) {
      if (this.neighbours[arrival].isUp) cache.refuse(context, packet, path.index, arrival);
      return router.drop("reverse-path", bytes);
    }
    const entry = cache.arrived(context, packet, path.index);
    if (entry === null) return router.drop("repeat", bytes);
    observer.accepted?.(router.node, bytes);
    const onward = router.interfaces.flatMap((_, index) => (cache.isForwarding(entry, index, context.nowUs) ? [index] : []));
    if (onward.length === 0) {
      router.counts.absorbed += 1;
      return;
    }
    if (view.timeToLive <= 1) return router.drop("hop-limit", bytes);
    router.counts.handled += onward.length - 1;
    const copy = lowerTimeToLive(bytes);
    for (const index of onward) router.transmit6(context, index, copy, kind);
  }

  /** A message of MLD or PIM. */
  takeControl(context: Context, bytes: Uint8Array, view: PacketView, arrival: number): void {
    this.nowUs = context.nowUs;
    const addresses = { source: parseIpAddress(view.source), destination: parseIpAddress(view.destination) };
    try {
      if (view.next === PROTOCOL_PIM) this.takePim(context, decodePim(view.payload, addresses), arrival);
      else {
        const { kind, group } = decodeMld(view.payload, addresses);
        const number = this.router.world.book.numberOf(formatIpAddress(group));
        if (kind === "report") this.queriers[arrival]?.heardReport(context, number);
        else if (kind === "leave") this.queriers[arrival]?.heardLeave(context, number);
      }
      this.router.counts.delivered += 1;
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.router.drop("malformed", bytes);
    }
  }

  /** Unicast routing has another way to a block, or none. */
  rerouted(context: Context, entry: RipEntry): void {
    this.cache.rerouted(context, this.router.blockNumber(entry), entry.garbageUs > 0 ? -1 : entry.way);
  }

  view(): { readonly trees: unknown } {
    const { interfaces, world } = this.router;
    const name = (index: number) => (index < 0 ? "none" : world.plan.names[interfaces[index].peer]);
    return { trees: this.cache.entries.map((entry) => ({ source: world.book.textOf(entry.source), group: world.book.textOf(entry.group), from: name(entry.upstream), to: interfaces.flatMap((_, index) => (this.cache.isForwarding(entry, index, this.nowUs) ? [name(index)] : [])) })) };
  }

  /** @throws InvariantError naming the first rule broken */
  checkInvariants(where: string): void {
    this.cache.checkInvariants(where);
  }

  private takePim(context: Context, message: PimMessage, arrival: number): void {
    const neighbour = this.neighbours[arrival];
    if (this.queriers[arrival] !== null) return;
    if (message.kind === "hello") {
      const isNew = !neighbour.isUp || neighbour.generation !== message.generation;
      Object.assign(neighbour, { heardUs: context.nowUs, generation: message.generation, isUp: true });
      if (!isNew) return;
      this.sendHello(context, arrival);
      this.cache.neighbourReset(context, arrival);
      return;
    }
    if (!neighbour.isUp) return;
    const { book } = this.router.world;
    const path = this.router.reversePath(message.source);
    const group = book.numberOf(formatIpAddress(message.group));
    const entry = this.cache.find(path.block, group);
    if (message.kind === "graft") this.sendMessage(context, arrival, { ...message, kind: "graft-ack" });
    if (entry === undefined) return;
    if (message.kind === "prune") this.cache.pruned(context, entry, arrival, message.holdSeconds * 1_000_000);
    else if (message.kind === "graft") this.cache.grafted(context, entry, arrival);
    else this.cache.acknowledged(context, entry, arrival);
  }

  private onHelloTimer(context: Context): void {
    const { helloIntervalUs } = this.router.world.options;
    context.setTimer("pim hello", helloIntervalUs);
    this.neighbours.forEach((neighbour, index) => {
      if (!neighbour.isUp || neighbour.heardUs + HELLO_HOLD * helloIntervalUs > context.nowUs) return;
      neighbour.isUp = false;
      this.cache.neighbourReset(context, index);
    });
    this.cache.clean(context.nowUs);
    this.hello(context);
  }

  private hello(context: Context): void {
    this.router.interfaces.forEach(({ kind }, index) => {
      if (kind !== "host") this.sendHello(context, index);
    });
  }

  private sendHello(context: Context, index: number): void {
    this.sendMessage(context, index, { kind: "hello", holdSeconds: Math.min(65535, Math.ceil((HELLO_HOLD * this.router.world.options.helloIntervalUs) / 1_000_000)), generation: this.incarnation });
  }

  private send(context: Context, index: number, kind: "prune" | "graft", entry: { readonly source: number; readonly group: number }, holdSeconds: number): void {
    const { plan, book } = this.router.world;
    const upstream = parseIpAddress(plan.addresses6[this.router.interfaces[index].peer]);
    this.sendMessage(context, index, { kind, upstream, source: parseIpAddress(book.textOf(entry.source)), group: parseIpAddress(book.textOf(entry.group)), holdSeconds: Math.min(65535, holdSeconds) });
  }

  private sendMessage(context: Context, index: number, message: PimMessage): void {
    const addresses = { source: parseIpAddress(this.router.address6), destination: parseIpAddress(ALL_PIM_ROUTERS) };
    this.router.sendLocal(context, index, ALL_PIM_ROUTERS, PROTOCOL_PIM, encodePim(message, addresses), "pim");
  }

  private makeQuerier(index: number): Querier<Context> {
    return new Querier(index, this.router.world.options, {
      sendQuery: (context, group, maxResponseUs) => {
        const text = group === 0 ? "::" : this.router.world.book.textOf(group);
        const destination = group === 0 ? ALL_NODES : text;
        const message = { kind: "query" as const, maxResponse: Math.min(65535, Math.round(maxResponseUs / 1000)), group: parseIpAddress(text) };
        this.router.sendLocal(context, index, destination, PROTOCOL.icmpv6, encodeMld(message, { source: parseIpAddress(this.router.address6), destination: parseIpAddress(destination) }), "mld");
      },
      changed: (context, group) => this.cache.reconsiderAll(context, { group }),
    });
  }
}

/** Size of an MLD message within its IPv6 packet, bytes. */
export const MLD_PACKET_BYTES = 40 + MLD_BYTES;

/** A number made of a payload, by which repeats are known: IPv6 has no identification, so routers that look for repeats compare digests (RFC 6621, section 6.2.2). */
function digestOf(payload: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of payload) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % 1048576;
}
