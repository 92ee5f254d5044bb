/**
 * The IPv4 half of a router in the 6-Bone's world: forwarding as in any legacy router, and the two ends of tunnels that carry IPv6 (protocol 41): configured ones
 * (RFC 4213) and automatic ones (RFC 3056, with the checks of RFC 3964). What comes out of a tunnel goes to the IPv6 half, six-router.ts.
 * Tests: test/routing-overlays/experimental-ip/six-bone.test.ts
 */
import { decodeIcmpError, encodeIcmpError, type IcmpProblem } from "../../codecs/icmp";
import { IPV4_HEADER_BYTES, PROTOCOL } from "../../codecs/ip-headers";
import { ParseError } from "../../errors";
import { parseIpAddress } from "../../ids";
import type { ProcessContext } from "../../simulation/contract";
import { IPV6_MIN_MTU_BYTES, admitToTunnel, encapsulate } from "../tunnels/encapsulation";
import { IPV4_MIN_MTU_BYTES, Reassembler, fragment } from "../tunnels/fragmentation";
import { lowerTimeToLive, quotedDestination, readPacket, writePacket, type PacketView } from "../tunnels/packet";
import type { SixRouter } from "./six-router";
import { embeddedIpv4, isCredible } from "./six-to-four";
import type { SixDrop, SixFrame } from "./six-world";

type Context = ProcessContext<SixFrame>;

/** The IPv4 half of one router. */
export class SixIpv4 {
  /** Largest outer packet known to reach the router with an IPv4 address. */
  readonly pathMtuBytes = new Map<string, number>();
  private readonly reassembler = new Reassembler();
  private identification = 0;

  constructor(private readonly router: SixRouter) {}

  /** A packet arrived over a physical link. */
  accept(context: Context, bytes: Uint8Array, kind: string): void {
    this.router.counts.handled += 1;
    const view = this.router.read(bytes);
    if (view === null) return;
    if (this.router.world.routerAt(this.router.node, view.destination) === this.router.node) return this.deliver(context, bytes, view, kind);
    if (view.timeToLive <= 1) return this.report(context, bytes, view, "time-exceeded", 0, "hop-limit");
    this.forward(context, lowerTimeToLive(bytes), view, kind);
  }

  /** One hop nearer to its destination, in as many pieces as the link needs. */
  forward(context: Context, bytes: Uint8Array, view: PacketView, kind: string): void {
    const { plan, unicast } = this.router.world;
    const target = this.router.world.routerAt(this.router.node, view.destination);
    const next = target < 0 ? -1 : unicast.nextHop(this.router.node, target);
    if (next < 0) return this.report(context, bytes, view, "host-unreachable", 0, "no-route");
    const mtuBytes = plan.mtus[plan.graph.linkBetween(this.router.node, next)];
    if (bytes.length > mtuBytes && view.dontFragment) return this.report(context, bytes, view, "too-big", mtuBytes, "too-big");
    this.router.counts.forwarded += 1;
    for (const packet of fragment(bytes, mtuBytes)) this.router.world.send(context, this.router.node, next, { kind, packet });
  }

  private deliver(context: Context, bytes: Uint8Array, view: PacketView, kind: string): void {
    if (!view.isFragment) return this.consume(context, view, bytes, kind);
    const result = this.reassembler.add(bytes);
    if (result.state === "waiting") {
      this.router.counts.absorbed += 1;
      if (result.isNew) context.setTimer("reassembly", this.router.world.options.reassemblyUs, result.ticket);
      return;
    }
    context.cancelTimer("reassembly", result.ticket);
    if (result.state === "refused") return this.router.drop("bad-fragment", bytes);
    this.consume(context, readPacket(result.packet), result.packet, kind);
  }

  /** The time for putting a packet together is over. */
  reassemblyTimeout(ticket: number): void {
    const first = this.reassembler.expire(ticket);
    if (first === undefined) return;
    this.router.counts.handled += 1;
    this.router.drop("reassembly-timeout", first ?? new Uint8Array(0));
  }

  private consume(context: Context, view: PacketView, bytes: Uint8Array, kind: string): void {
    if (view.next === PROTOCOL.icmp) return this.takeError(view, bytes);
    if (view.next !== PROTOCOL.ipv6) return this.router.drop("unknown-tunnel", bytes);
    const inner = view.payload.slice();
    const innerView = this.router.read(inner);
    if (innerView === null) return;
    const index = this.router.interfaceTo(this.router.world.routerAt(this.router.node, view.source));
    if (index >= 0 && this.router.interfaces[index].kind === "tunnel") {
      this.router.counts.delivered += 1;
      return this.router.accept6(context, inner, index, kind);
    }
    this.leaveAutomatic(context, view, innerView, inner, kind);
  }

  /** A packet of an automatic tunnel: only what 6to4 can have sent here is taken (RFC 3964). */
  private leaveAutomatic(context: Context, outer: PacketView, innerView: PacketView, inner: Uint8Array, kind: string): void {
    const { isSixToFour, isRelay } = this.router.world.plan.routers[this.router.node];
    if (isSixToFour !== true && isRelay !== true) return this.router.drop("unknown-tunnel", inner);
    const source = parseIpAddress(innerView.source);
    const destination = parseIpAddress(innerView.destination);
    if (innerView.family !== "ipv6" || !isCredible(source, outer.source)) return this.router.drop("not-credible", inner);
    const isFromIsland = embeddedIpv4(source) !== null;
    const isForIsland = embeddedIpv4(destination) !== null;
    const isMine = isSixToFour === true ? embeddedIpv4(destination) === this.router.world.plan.addresses4[this.router.node] : isFromIsland && !isForIsland;
    if (!isMine) return this.router.drop("unknown-tunnel", inner);
    this.router.counts.delivered += 1;
    this.router.accept6(context, inner, -1, kind);
  }

  private takeError(view: PacketView, bytes: Uint8Array): void {
    const addresses = { source: parseIpAddress(view.source), destination: parseIpAddress(view.destination) };
    let error;
    try {
      error = decodeIcmpError(4, view.payload, addresses);
    } catch (problem) {
      if (!(problem instanceof ParseError)) throw problem;
      return this.router.drop("malformed", bytes);
    }
    this.router.counts.delivered += 1;
    const end = quotedDestination(error.quoted);
    if (error.problem === "too-big" && end !== null) this.pathMtuBytes.set(end, Math.max(IPV4_MIN_MTU_BYTES, Math.min(this.pathMtuBytes.get(end) ?? Infinity, error.mtuBytes)));
  }

  private report(context: Context, bytes: Uint8Array, view: PacketView, problem: IcmpProblem, mtuBytes: number, reason: SixDrop): void {
    this.router.drop(reason, bytes);
    // None about an error message, nor about a later fragment (RFC 1122).
    if (view.next === PROTOCOL.icmp || (view.isFragment && (((bytes[6] & 0x1f) << 8) | bytes[7]) !== 0)) return;
    const pair = { source: this.router.world.plan.addresses4[this.router.node], destination: view.source };
    if (this.router.world.routerAt(this.router.node, view.source) === this.router.node) return;
    const body = encodeIcmpError(4, problem, bytes, mtuBytes, { source: parseIpAddress(pair.source), destination: parseIpAddress(pair.destination) });
    const packet = writePacket("ipv4", { ...pair, timeToLive: this.router.world.options.tunnelTimeToLive, next: PROTOCOL.icmp, identification: this.nextIdentification() }, body);
    this.router.counts.handled += 1;
    this.forward(context, packet, readPacket(packet), "icmp");
  }

  /** Puts an IPv6 packet into a tunnel to the router with an IPv4 address. */
  enterTunnel(context: Context, bytes: Uint8Array, end: string, kind: string): void {
    const { plan, options } = this.router.world;
    const view = readPacket(bytes);
    const admission = admitToTunnel(view, this.tunnelMtuBytes(end));
    if (admission.action === "refuse") return this.router.report(context, bytes, "too-big", admission.mtuBytes, "too-big");
    this.router.counts.forwarded += 1;
    const outer = encapsulate(view, bytes, {
      family: "ipv4", source: plan.addresses4[this.router.node], destination: end, encapsulation: "ip-in-ip", port: 0, timeToLive: options.tunnelTimeToLive, dontFragment: admission.dontFragment, identification: this.nextIdentification(),
    });
    this.router.counts.handled += 1;
    this.forward(context, outer, readPacket(outer), kind);
  }

  /** The largest IPv6 packet that reaches the end of a tunnel in one piece, as far as this router knows (RFC 4213, 3.2.2). */
  tunnelMtuBytes(end: string): number {
    const { plan, unicast } = this.router.world;
    const target = this.router.world.routerAt(this.router.node, end);
    const next = target < 0 ? -1 : unicast.nextHop(this.router.node, target);
    const firstBytes = next < 0 ? 65535 : plan.mtus[plan.graph.linkBetween(this.router.node, next)];
    return Math.max(IPV6_MIN_MTU_BYTES, Math.min(firstBytes, this.pathMtuBytes.get(end) ?? Infinity) - IPV4_HEADER_BYTES);
  }

  private nextIdentification(): number {
    this.identification = (this.identification + 1) & 0xffff;
    return this.identification;
  }
}
