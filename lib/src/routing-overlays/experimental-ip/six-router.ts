/**
 * A router of the 6-Bone's world as a process: IPv4 forwarding as everywhere (six-ipv4.ts), and where it has IPv6 also forwarding by the longest matching block of 128-bit
 * addresses, over native links, configured tunnels (RFC 4213) and automatic ones (6to4, RFC 3056). Routes come from RIPng (RFC 2080). Section 9.4.1.
 * Every message is one packet on one physical link, as real bytes; rules for headers and sizes are those of ../tunnels. Multicast is in six-multicast.ts.
 * Deviates: routers name themselves with addresses of their blocks where RIPng, MLD and PIM would use link-local ones; no neighbour discovery: a router knows its hosts.
 * Not modelled: fragments of IPv6, ISATAP, Teredo, tunnel brokers. Tests: test/routing-overlays/experimental-ip/six-bone.test.ts, test/laws/experimental-ip.test.ts
 */
import { decodeIcmpError, encodeIcmpError, type IcmpProblem } from "../../codecs/icmp";
import { isMld } from "../../codecs/igmp";
import { PROTOCOL, UDP_HEADER_BYTES, decodeUdp, encodeUdp } from "../../codecs/ip-headers";
import { InvariantError, ParameterError, ParseError } from "../../errors";
import { PrefixTable, formatIpPrefix, parseIpAddress, type IpPrefix } from "../../ids";
import type { Process, ProcessContext } from "../../simulation/contract";
import { IPV6_MIN_MTU_BYTES } from "../tunnels/encapsulation";
import { lowerTimeToLive, readPacket, writePacket, type PacketView } from "../tunnels/packet";
import { SixIpv4 } from "./six-ipv4";
import { PROTOCOL_PIM, RIP_HEADER_BYTES, RIP_PORT, RIP_ROUTE_BYTES, decodeRip, encodeRip } from "./six-messages";
import { SixMulticast } from "./six-multicast";
import type { SixInterface } from "./six-plan";
import { RipTable, type RipEntry } from "./six-rip";
import { RELAY_ANYCAST, SIX_TO_FOUR_PREFIX, embeddedIpv4 } from "./six-to-four";
import type { SixBoneWorld, SixDrop, SixFrame } from "./six-world";

type Context = ProcessContext<SixFrame>;

/** Group of all RIPng routers on a link. */
const ALL_RIP_ROUTERS = "ff02::9";
/** Where a block leads that the router holds itself. */
const LOCAL = 0;

/** What a router counted. Every packet handled ends as forwarded, delivered, absorbed or dropped. */
export interface SixCounts {
  handled: number;
  forwarded: number;
  delivered: number;
  absorbed: number;
  readonly dropped: Map<SixDrop, number>;
}

/** The process of one router. */
export class SixRouter implements Process<SixFrame> {
  readonly interfaces: readonly SixInterface[];
  readonly table = new PrefixTable(128);
  readonly rip: RipTable;
  readonly multicast: SixMulticast;
  readonly counts: SixCounts = { handled: 0, forwarded: 0, delivered: 0, absorbed: 0, dropped: new Map() };
  readonly ipv4 = new SixIpv4(this);
  private readonly byPeer = new Map<number, number>();
  private rerouted: RipEntry[] = [];

  constructor(
    readonly world: SixBoneWorld,
    readonly node: number,
    incarnation: number,
  ) {
    const { plan, options } = world;
    this.interfaces = plan.interfaces[node];
    this.interfaces.forEach(({ peer }, index) => this.byPeer.set(peer, index));
    this.rip = new RipTable(options, (entry) => this.rerouted.push(entry));
    this.multicast = new SixMulticast(this, incarnation);
    const block = plan.blocks[node];
    if (block === null) return;
    this.rip.own(block);
    this.table.set(block, LOCAL);
    this.interfaces.forEach(({ kind, peer }, index) => {
      if (kind === "host") this.table.set({ address: parseIpAddress(plan.addresses6[peer]), length: 128 }, this.wayOf(index));
    });
    if (plan.routers[node].isRelay === true) {
      this.rip.own(SIX_TO_FOUR_PREFIX);
      this.table.set(SIX_TO_FOUR_PREFIX, this.automatic);
    } else if (plan.routers[node].isSixToFour === true) {
      this.table.set(SIX_TO_FOUR_PREFIX, this.automatic);
      if (plan.relays.length > 0) this.table.set({ address: new Uint8Array(16), length: 0 }, this.automatic);
    }
  }

  /** This router's IPv6 address. */
  get address6(): string {
    return this.world.plan.addresses6[this.node];
  }

  onStart(context: Context): void {
    if (this.world.plan.blocks[this.node] === null) return;
    const { updateIntervalUs } = this.world.options;
    context.setTimer("rip", 1 + context.random("rip").integer(updateIntervalUs));
    this.eachNeighbour((index) => this.sendRip(context, index, encodeRip({ kind: "request", routes: [] })));
    this.multicast.start(context);
  }

  onMessage(context: Context, from: number, frame: SixFrame): void {
    const { packet } = frame;
    if (packet.length > 0 && packet[0] >> 4 === 4) this.ipv4.accept(context, packet, frame.kind);
    else this.accept6(context, packet, this.interfaceTo(from), frame.kind);
    this.followRoutes(context);
  }

  onTimer(context: Context, name: string, key: number): void {
    if (name === "rip") this.onUpdate(context);
    else if (name === "triggered") this.sendUpdates(context, true);
    else if (name === "reassembly") this.ipv4.reassemblyTimeout(key);
    else if (!this.multicast.onTimer(context, name, key)) throw new ParameterError({ what: "unknown timer", got: name, expected: "one that this router sets" });
    this.followRoutes(context);
  }

  view(): unknown {
    const { names } = this.world.plan;
    return { address: this.address6, routes: this.rip.routes.map(({ text, metric, way }) => ({ block: text, metric, way: way < 0 ? "own" : names[this.interfaces[way].peer] })), ...this.multicast.view() };
  }

  /** @throws InvariantError naming the first rule broken */
  checkInvariants(): void {
    const where = `router ${this.world.plan.names[this.node]}`;
    const { handled, forwarded, delivered, absorbed, dropped } = this.counts;
    const ended = forwarded + delivered + absorbed + [...dropped.values()].reduce((sum, count) => sum + count, 0);
    if (ended !== handled) throw new InvariantError({ what: "a packet has no end, or two", got: ended, expected: `${handled} handled`, where });
    this.rip.checkInvariants(where);
    this.table.checkInvariants();
    for (const entry of this.rip.routes) {
      if (entry.way >= 0 && this.table.get(entry) !== (entry.garbageUs > 0 ? -1 : this.wayOf(entry.way))) throw new InvariantError({ what: "the forwarding table is not what routing says", got: entry.text, where });
    }
    this.multicast.checkInvariants(where);
  }

  /** The interface towards an address, -1 for none, and the number of the block that says so, 0 for none: the reverse path of multicast. */
  reversePath(address: Uint8Array): { readonly block: number; readonly index: number } {
    const match = this.table.match(address);
    if (match === null) return { block: 0, index: -1 };
    const index = match.value - 1;
    return { block: this.blockNumber(match), index: index < this.interfaces.length ? index : -1 };
  }

  /** Number of a block in the world's book. */
  blockNumber(block: IpPrefix): number {
    return this.world.book.numberOf(formatIpPrefix(block));
  }

  /** Sends a message of a routing protocol to the neighbour on an interface: for one hop. */
  sendLocal(context: Context, index: number, destination: string, next: number, payload: Uint8Array, kind: string): void {
    const hopLimit = next === PROTOCOL.udp ? 255 : 1;
    this.counts.handled += 1;
    this.transmit6(context, index, writePacket("ipv6", { source: this.address6, destination, timeToLive: hopLimit, next }, payload), kind);
  }

  /** Sends a whole IPv6 packet out on an interface; what is too large is reported to its sender. */
  transmit6(context: Context, index: number, bytes: Uint8Array, kind: string): void {
    const { kind: medium, peer, mtuBytes } = this.interfaces[index];
    if (medium === "tunnel") return this.ipv4.enterTunnel(context, bytes, this.world.plan.addresses4[peer], kind);
    if (bytes.length > mtuBytes) return this.report(context, bytes, "too-big", mtuBytes, "too-big");
    this.counts.forwarded += 1;
    this.world.send(context, this.node, peer, { kind, packet: bytes });
  }

  /** The interface to a node, -1 if there is none. */
  interfaceTo(peer: number): number {
    return this.byPeer.get(peer) ?? -1;
  }

  /** Counts a packet that goes no further. */
  drop(reason: SixDrop, bytes: Uint8Array): void {
    this.counts.dropped.set(reason, (this.counts.dropped.get(reason) ?? 0) + 1);
    this.world.observer.dropped?.(this.node, reason, bytes);
  }

  private get automatic(): number {
    return 1 + this.interfaces.length;
  }

  private wayOf(index: number): number {
    return 1 + index;
  }

  private eachNeighbour(act: (index: number) => void): void {
    this.interfaces.forEach(({ kind }, index) => {
      if (kind !== "host") act(index);
    });
  }

  /** An IPv6 packet arrived over an interface, or (-1) out of an automatic tunnel. */
  accept6(context: Context, bytes: Uint8Array, arrival: number, kind: string): void {
    this.counts.handled += 1;
    const view = this.read(bytes);
    if (view === null) return;
    if (view.family !== "ipv6") return this.drop("malformed", bytes);
    if (this.world.plan.blocks[this.node] === null) return this.drop("no-ipv6", bytes);
    if (view.destination.startsWith("ff")) return this.acceptGroup(context, bytes, view, arrival, kind);
    if (view.destination === this.address6) return this.consume6(context, bytes, view);
    if (view.timeToLive <= 1) return this.report(context, bytes, "time-exceeded", 0, "hop-limit");
    this.forward6(context, lowerTimeToLive(bytes), view, kind);
  }

  private forward6(context: Context, bytes: Uint8Array, view: PacketView, kind: string): void {
    const destination = parseIpAddress(view.destination);
    const way = this.table.lookup(destination);
    if (way <= LOCAL) return this.report(context, bytes, "host-unreachable", 0, "no-route");
    if (way !== this.automatic) return this.transmit6(context, way - 1, bytes, kind);
    const end = destination[0] === 0x20 && destination[1] === 0x02 ? embeddedIpv4(destination) : RELAY_ANYCAST;
    if (end === null) return this.report(context, bytes, "host-unreachable", 0, "bad-6to4");
    this.ipv4.enterTunnel(context, bytes, end, kind);
  }

  private acceptGroup(context: Context, bytes: Uint8Array, view: PacketView, arrival: number, kind: string): void {
    if (arrival < 0) return this.drop("scope", bytes);
    const isUdp = view.next === PROTOCOL.udp;
    if (isUdp && view.destination === ALL_RIP_ROUTERS) return this.takeRip(context, bytes, view, arrival);
    if (view.next === PROTOCOL_PIM || (view.next === PROTOCOL.icmpv6 && isMld(view.payload))) return this.multicast.takeControl(context, bytes, view, arrival);
    this.multicast.forward(context, bytes, view, arrival, kind);
  }

  private consume6(context: Context, bytes: Uint8Array, view: PacketView): void {
    if (view.next === PROTOCOL.icmpv6) return this.takeError6(view, bytes);
    this.counts.delivered += 1;
    const { source, destination, timeToLive, payload } = view;
    this.world.observer.delivered?.({ timeUs: context.nowUs, node: this.node, source, destination, hopLimit: timeToLive, payload });
  }

  private takeError6(view: PacketView, bytes: Uint8Array): void {
    try {
      const { problem, mtuBytes } = decodeIcmpError(6, view.payload, { source: parseIpAddress(view.source), destination: parseIpAddress(view.destination) });
      this.counts.delivered += 1;
      this.world.observer.error?.(this.node, problem, mtuBytes);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.drop("malformed", bytes);
    }
  }

  /** Drops a packet and tells its sender (ICMPv6, RFC 4443), unless it was an error itself, or went to a group and was not too big. */
  report(context: Context, bytes: Uint8Array, problem: IcmpProblem, mtuBytes: number, reason: SixDrop): void {
    this.drop(reason, bytes);
    const view = readPacket(bytes);
    if (view.next === PROTOCOL.icmpv6 || view.source === this.address6 || (view.destination.startsWith("ff") && problem !== "too-big")) return;
    const pair = { source: this.address6, destination: view.source };
    const body = encodeIcmpError(6, problem, bytes, mtuBytes, { source: parseIpAddress(pair.source), destination: parseIpAddress(pair.destination) });
    const packet = writePacket("ipv6", { ...pair, timeToLive: 64, next: PROTOCOL.icmpv6 }, body);
    this.counts.handled += 1;
    this.forward6(context, packet, readPacket(packet), "icmp");
  }

  private takeRip(context: Context, bytes: Uint8Array, view: PacketView, arrival: number): void {
    let message;
    try {
      const datagram = decodeUdp(view.payload, { source: parseIpAddress(view.source), destination: parseIpAddress(view.destination) });
      // A hop limit of 255 shows that no router has passed it on (RFC 2080, 2.4.2).
      if (datagram.destinationPort !== RIP_PORT || view.timeToLive !== 255) return this.drop("malformed", bytes);
      message = decodeRip(datagram.payload);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      return this.drop("malformed", bytes);
    }
    this.counts.delivered += 1;
    if (this.interfaces[arrival].kind === "host") return;
    if (message.kind === "request") return this.sendUpdate(context, arrival, false);
    let any = false;
    for (const route of message.routes) if (this.rip.take(arrival, route, this.interfaces[arrival].metric, context.nowUs)) any = true;
    if (any) this.trigger(context);
  }

  private trigger(context: Context): void {
    const { triggeredMinUs, triggeredMaxUs } = this.world.options;
    context.setTimerOnce("triggered", triggeredMinUs + context.random("rip").integer(triggeredMaxUs - triggeredMinUs + 1));
  }

  private onUpdate(context: Context): void {
    const { updateIntervalUs, updateJitterUs } = this.world.options;
    context.setTimer("rip", updateIntervalUs - updateJitterUs + context.random("rip").integer(2 * updateJitterUs + 1));
    this.rip.age(context.nowUs);
    this.sendUpdates(context, false);
  }

  private sendUpdates(context: Context, onlyChanged: boolean): void {
    context.cancelTimer("triggered");
    this.eachNeighbour((index) => this.sendUpdate(context, index, onlyChanged));
    this.rip.told();
  }

  /** In as many packets as the smallest IPv6 link takes whole. */
  private sendUpdate(context: Context, index: number, onlyChanged: boolean): void {
    const routes = this.rip.routesFor(index, onlyChanged);
    const room = Math.floor((IPV6_MIN_MTU_BYTES - 40 - UDP_HEADER_BYTES - RIP_HEADER_BYTES) / RIP_ROUTE_BYTES);
    for (let at = 0; at < routes.length; at += room) this.sendRip(context, index, encodeRip({ kind: "response", routes: routes.slice(at, at + room) }));
  }

  private sendRip(context: Context, index: number, payload: Uint8Array): void {
    const pair = { source: parseIpAddress(this.address6), destination: parseIpAddress(ALL_RIP_ROUTERS) };
    this.sendLocal(context, index, ALL_RIP_ROUTERS, PROTOCOL.udp, encodeUdp({ sourcePort: RIP_PORT, destinationPort: RIP_PORT }, payload, pair), "ripng");
  }

  /** The forwarding table and the multicast trees follow what RIPng has found. */
  private followRoutes(context: Context): void {
    if (this.rerouted.length === 0) return;
    const changed = this.rerouted;
    this.rerouted = [];
    for (const entry of changed) {
      if (entry.garbageUs > 0) this.table.delete(entry);
      else this.table.set(entry, this.wayOf(entry.way));
    }
    for (const entry of changed) this.multicast.rerouted(context, entry);
  }

  /** Reads a packet; one that is malformed is dropped and counted. */
  read(bytes: Uint8Array): PacketView | null {
    try {
      return readPacket(bytes);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.drop("malformed", bytes);
      return null;
    }
  }
}
