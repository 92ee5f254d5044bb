/**
 * What a node does with packets: forward by the outermost header, put packets into tunnels and take them out, fragment, reassemble, and report what does not
 * pass. A node that is in no overlay runs the same code and never looks beyond the outer header, as section 9.4 says of the routers in figure 2.
 * The rules for headers are those of encapsulation.ts (RFC 2003); error messages follow RFC 792, 1191 and 4443, and none is sent about another one.
 * Not modelled: queues and the time to transmit; path MTU that grows again. Tests: test/routing-overlays/tunnels/{forwarding,path-mtu,nesting}.test.ts
 */
import { decodeIcmpError, encodeIcmpError, type IcmpProblem } from "../../codecs/icmp";
import { PROTOCOL, decodeIpv4Header, decodeUdp, encodeUdp } from "../../codecs/ip-headers";
import { InvariantError, ParseError } from "../../errors";
import { parseIpAddress } from "../../ids/ip-address";
import type { ProcessContext } from "../../simulation/contract";
import { IPV6_MIN_MTU_BYTES, admitToTunnel, decapsulate, encapsulate, readInner, wouldLoop, type Carried } from "./encapsulation";
import { IPV4_MIN_MTU_BYTES, fragment } from "./fragmentation";
import { checkRoutingMessage, decodeRoutingMessage, encodeRoutingMessage, type RoutingMessage } from "./link-state";
import { LOCAL, arrivalKey, type DropReason, type LayerState, type LinkEnd, type NodeState, type TunnelEnd } from "./node-state";
import { ROUTING_MESSAGE, lowerTimeToLive, nestingOf, quotedDestination, readPacket, writePacket, type PacketView } from "./packet";
import { parseAttributes } from "./predicates";
import type { Delivery, Frame, TunnelObserver, TunnelOptions } from "./tunnel-options";

/** UDP port of routing messages inside an overlay of numbers. */
export const ROUTING_PORT = 698;
const LARGEST_PACKET_BYTES = 65535;
/** Keys of reassembly timers: ticket times this, plus the layer. */
const LAYER_KEYS = 1024;

type Context = ProcessContext<Frame>;

/** Handles the packets of one node. */
export class DataPlane {
  /** Called with routing messages from a neighbour of an overlay. */
  onRouting: (context: Context, layer: LayerState, arrival: TunnelEnd, message: RoutingMessage) => void = () => undefined;

  constructor(
    private readonly state: NodeState,
    private readonly options: TunnelOptions,
    private readonly observer: TunnelObserver,
  ) {}

  /** A packet arrived in a layer: in the underlay from a link, in an overlay out of a tunnel. */
  accept(context: Context, layer: LayerState, bytes: Uint8Array, arrival: TunnelEnd | null, depth: number): void {
    layer.counts.handled += 1;
    const view = this.read(context, layer, bytes, () => readPacket(bytes));
    if (view === null) return;
    if (view.family !== layer.plan.family) return this.drop(context, layer, "malformed", bytes);
    if (!layer.isActive) return this.drop(context, layer, "not-a-member", bytes);
    if (view.destination.startsWith("[")) return this.spread(context, layer, bytes, view, arrival, depth);
    const way = this.wayTo(layer, view.destination);
    if (way === LOCAL) return this.deliver(context, layer, bytes, view, arrival, depth);
    if (view.timeToLive <= 1) {
      this.report(context, layer, bytes, view, "time-exceeded", 0, depth);
      return this.drop(context, layer, "hop-limit", bytes);
    }
    this.route(context, layer, lowerTimeToLive(bytes), way, depth);
  }

  /** A packet made by this node sets out; its time to live is not lowered. */
  originate(context: Context, layer: LayerState, bytes: Uint8Array, depth = 0): void {
    layer.counts.handled += 1;
    const view = readPacket(bytes);
    if (!layer.isActive) return this.drop(context, layer, "not-a-member", bytes);
    if (view.destination.startsWith("[")) return this.spread(context, layer, bytes, view, null, depth);
    const way = this.wayTo(layer, view.destination);
    if (way === LOCAL) this.deliver(context, layer, bytes, view, null, depth);
    else this.route(context, layer, bytes, way, depth);
  }

  /** Sends a routing message to the neighbour at the other end of a tunnel; it lives for one hop. */
  sendRouting(context: Context, layer: LayerState, tunnel: TunnelEnd, message: RoutingMessage): void {
    const { family } = layer.plan;
    const isIp = family === "ipv4" || family === "ipv6";
    const payload = encodeRoutingMessage(message);
    const [source, destination] = [layer.member.address, tunnel.peerAddress];
    const body = isIp ? encodeUdp({ sourcePort: ROUTING_PORT, destinationPort: ROUTING_PORT }, payload, { source: parseIpAddress(source), destination: parseIpAddress(destination) }) : payload;
    const packet = writePacket(family, { source, destination, timeToLive: 1, next: isIp ? PROTOCOL.udp : ROUTING_MESSAGE, identification: this.identification(layer) }, body);
    layer.counts.handled += 1;
    this.enterTunnel(context, layer, packet, tunnel, 0);
  }

  /** A number that tells this node's packets in a layer apart. */
  identification(layer: LayerState): number {
    layer.nextIdentification = (layer.nextIdentification + 1) & 0xffff;
    return layer.nextIdentification;
  }

  /** The time for putting a packet together is over. */
  reassemblyTimeout(context: Context, key: number): void {
    const layer = this.state.layers.get(key % LAYER_KEYS) as LayerState;
    const first = layer.reassembler.expire(Math.floor(key / LAYER_KEYS));
    if (first === undefined) return;
    // The fragments were counted when they came; the packet that they would have made is counted here.
    layer.counts.handled += 1;
    this.drop(context, layer, "reassembly-timeout", first ?? new Uint8Array(0));
  }

  private wayTo(layer: LayerState, destination: string): number {
    if (destination === layer.member.address) return LOCAL;
    return layer.table === null ? -1 : layer.table.lookup(destination);
  }

  private tunnelAt(layer: LayerState, way: number): TunnelEnd {
    return layer.tunnels[way - 1 - this.state.links.length];
  }

  private route(context: Context, layer: LayerState, bytes: Uint8Array, way: number, depth: number): void {
    if (way < 0) {
      this.report(context, layer, bytes, readPacket(bytes), "host-unreachable", 0, depth);
      return this.drop(context, layer, "no-route", bytes);
    }
    if (way <= this.state.links.length) this.transmit(context, layer, bytes, this.state.links[way - 1], depth);
    else this.enterTunnel(context, layer, bytes, this.tunnelAt(layer, way), depth);
  }

  private transmit(context: Context, layer: LayerState, bytes: Uint8Array, link: LinkEnd, depth: number): void {
    if (bytes.length > link.mtuBytes) {
      const view = readPacket(bytes);
      if (view.dontFragment) {
        this.report(context, layer, bytes, view, "too-big", link.mtuBytes, depth);
        return this.drop(context, layer, "too-big", bytes);
      }
    }
    layer.counts.forwarded += 1;
    const pieces = fragment(bytes, link.mtuBytes);
    if (pieces.length > 1) layer.counts.fragmentsMade += pieces.length;
    for (const packet of pieces) context.send(link.peer, { kind: "frame", packet }, packet.length);
  }

  private enterTunnel(context: Context, layer: LayerState, bytes: Uint8Array, tunnel: TunnelEnd, depth: number): void {
    const view = readPacket(bytes);
    const { layer: inner, carrier, overheadBytes } = tunnel.plan;
    if (inner === carrier && wouldLoop(view, tunnel.localAddress, tunnel.remoteAddress)) return this.drop(context, layer, "tunnel-loop", bytes);
    if (depth >= this.options.maxNesting || nestingOf(bytes) > this.options.maxNesting) return this.drop(context, layer, "nesting-limit", bytes);
    const below = this.state.layers.get(carrier) as LayerState;
    const mtuBytes = this.tunnelMtu(tunnel, 0);
    const admission = admitToTunnel(view, mtuBytes);
    if (admission.action === "refuse") {
      this.report(context, layer, bytes, view, "too-big", admission.mtuBytes, depth);
      return this.drop(context, layer, "too-big", bytes);
    }
    if (bytes.length + overheadBytes > LARGEST_PACKET_BYTES) return this.drop(context, layer, "too-big", bytes);
    layer.counts.forwarded += 1;
    const mustCut = below.plan.family === "ipv6" && view.family === "ipv4" && !view.dontFragment;
    for (const piece of mustCut ? fragment(bytes, Math.max(IPV4_MIN_MTU_BYTES, mtuBytes)) : [bytes]) {
      layer.counts.encapsulated += 1;
      const outer = encapsulate(readPacket(piece), piece, {
        family: below.plan.family, source: tunnel.localAddress, destination: tunnel.remoteAddress, encapsulation: tunnel.plan.encapsulation, port: tunnel.plan.port,
        timeToLive: this.options.tunnelTimeToLive, dontFragment: admission.dontFragment, identification: this.identification(below),
      });
      this.originate(context, below, outer, depth + 1);
    }
  }

  /** The largest inner packet that passes a tunnel whole, as far as this node knows: its own way out, and error messages that came back. */
  tunnelMtu(tunnel: TunnelEnd, depth: number): number {
    const below = this.state.layers.get(tunnel.plan.carrier) as LayerState;
    const { family } = below.plan;
    const whole = LARGEST_PACKET_BYTES - tunnel.plan.overheadBytes;
    // A header with names has no flag against fragmentation, so the layer that carries it may always cut.
    if (depth > this.options.maxNesting || (family !== "ipv4" && family !== "ipv6")) return whole;
    const way = this.wayTo(below, tunnel.remoteAddress);
    const links = this.state.links.length;
    const local = way <= LOCAL ? LARGEST_PACKET_BYTES : way <= links ? this.state.links[way - 1].mtuBytes : this.tunnelMtu(this.tunnelAt(below, way), depth + 1);
    const splits = family === "ipv6" ? Math.max(IPV6_MIN_MTU_BYTES, local) : local;
    return Math.min(whole, Math.min(tunnel.pathMtuBytes, splits) - tunnel.plan.overheadBytes);
  }

  private deliver(context: Context, layer: LayerState, bytes: Uint8Array, view: PacketView, arrival: TunnelEnd | null, depth: number): void {
    if (!view.isFragment) return this.consume(context, layer, bytes, view, arrival, depth);
    const result = layer.reassembler.add(bytes);
    const key = result.ticket * LAYER_KEYS + layer.plan.index;
    if (result.state === "waiting") {
      layer.counts.absorbed += 1;
      if (result.isNew) context.setTimer("reassembly", this.options.reassemblyUs, key);
      return;
    }
    context.cancelTimer("reassembly", key);
    if (result.state === "refused") return this.drop(context, layer, "bad-fragment", bytes);
    layer.counts.reassembled += 1;
    this.consume(context, layer, result.packet, readPacket(result.packet), arrival, depth);
  }

  /** A whole packet has reached its destination: an error message, the outer packet of a tunnel, a routing message, or one for an application. */
  private consume(context: Context, layer: LayerState, bytes: Uint8Array, view: PacketView, arrival: TunnelEnd | null, depth: number): void {
    if (isErrorMessage(view)) return this.takeError(context, layer, bytes, view);
    const carried = this.read(context, layer, bytes, () => decapsulate(view) ?? "none");
    if (carried === null) return;
    if (carried !== "none") {
      const tunnel = this.tunnelOf(layer, view, carried);
      if (tunnel !== undefined) return this.leaveTunnel(context, layer, bytes, carried, tunnel, depth);
      if (carried.encapsulation === "ip-in-ip" || view.next !== PROTOCOL.udp) return this.drop(context, layer, "unknown-tunnel", bytes);
    }
    const isRouting = view.next === ROUTING_MESSAGE || (carried !== "none" && carried.port === ROUTING_PORT);
    if (isRouting && arrival !== null) return this.takeRouting(context, layer, bytes, view, arrival);
    layer.counts.delivered += 1;
    this.hand(context, layer, view);
  }

  private tunnelOf(layer: LayerState, view: PacketView, { encapsulation, port }: Carried): TunnelEnd | undefined {
    const discriminator = encapsulation === "udp" ? port : view.next === PROTOCOL.ipv6 ? 6 : 4;
    return this.state.tunnelByArrival.get(arrivalKey(layer.plan.index, view.source, encapsulation, discriminator));
  }

  private leaveTunnel(context: Context, layer: LayerState, bytes: Uint8Array, { inner }: Carried, tunnel: TunnelEnd, depth: number): void {
    const above = this.state.layers.get(tunnel.plan.layer) as LayerState;
    const view = this.read(context, layer, bytes, () => readInner(inner) ?? "expired");
    if (view === null) return;
    if (view === "expired") return this.drop(context, layer, "hop-limit", bytes);
    layer.counts.delivered += 1;
    above.counts.decapsulated += 1;
    // One header less: the guard counts what this node adds.
    this.accept(context, above, inner.slice(), tunnel, Math.max(0, depth - 1));
  }

  private takeRouting(context: Context, layer: LayerState, bytes: Uint8Array, view: PacketView, arrival: TunnelEnd): void {
    const isIp = view.family === "ipv4" || view.family === "ipv6";
    const body = () => (isIp ? decodeUdp(view.payload, { source: parseIpAddress(view.source), destination: parseIpAddress(view.destination) }).payload : view.payload);
    const message = this.read(context, layer, bytes, () => checkRoutingMessage(layer.plan.family, decodeRoutingMessage(body())));
    if (message === null) return;
    layer.counts.delivered += 1;
    this.onRouting(context, layer, arrival, message);
  }

  private takeError(context: Context, layer: LayerState, bytes: Uint8Array, view: PacketView): void {
    const addresses = { source: parseIpAddress(view.source), destination: parseIpAddress(view.destination) };
    const error = this.read(context, layer, bytes, () => decodeIcmpError(view.family === "ipv4" ? 4 : 6, view.payload, addresses));
    if (error === null) return;
    const { problem, mtuBytes } = error;
    const destination = quotedDestination(error.quoted) ?? "";
    const ends = [...this.state.layers.values()].flatMap((above) => above.tunnels).filter((tunnel) => tunnel.plan.carrier === layer.plan.index && tunnel.remoteAddress === destination);
    if (problem === "too-big") for (const end of ends) end.pathMtuBytes = Math.min(end.pathMtuBytes, Math.max(IPV4_MIN_MTU_BYTES, mtuBytes));
    layer.counts.delivered += 1;
    layer.errors.push({ timeUs: context.nowUs, problem, mtuBytes, destination, tunnel: ends.length > 0 ? ends[0].plan.id : -1 });
    this.observer.error?.(this.state.node, layer.plan.name, layer.errors[layer.errors.length - 1]);
  }

  /** Content has no destination: it goes wherever a filter accepts it. */
  private spread(context: Context, layer: LayerState, bytes: Uint8Array, view: PacketView, arrival: TunnelEnd | null, depth: number): void {
    const { subscriptions } = layer;
    if (subscriptions === null) throw new InvariantError({ what: "content in an overlay of another kind", got: layer.plan.name });
    const sides = subscriptions.sidesFor(parseAttributes(view.destination), arrival === null ? "local" : arrival.peer);
    const isLocal = sides.includes("local");
    const onward = sides.filter((side): side is number => side !== "local");
    if (isLocal) this.hand(context, layer, view);
    if (onward.length > 0 && arrival !== null && view.timeToLive <= 1) return this.drop(context, layer, "hop-limit", bytes);
    if (onward.length === 0) {
      if (!isLocal) return this.drop(context, layer, "no-subscriber", bytes);
      layer.counts.delivered += 1;
      return;
    }
    const copy = arrival === null ? bytes : lowerTimeToLive(bytes);
    // Every copy beyond the first is one more packet to account for.
    layer.counts.handled += onward.length - 1;
    for (const peer of onward) this.enterTunnel(context, layer, copy, layer.tunnels.find((tunnel) => tunnel.peer === peer) as TunnelEnd, depth);
  }

  private hand(context: Context, layer: LayerState, view: PacketView): void {
    const { source, destination, timeToLive, next, payload } = view;
    const delivery: Delivery = { timeUs: context.nowUs, node: this.state.node, layer: layer.plan.name, source, destination, timeToLive, next, payload };
    context.note("delivered", delivery);
    this.observer.delivered?.(delivery);
  }

  private report(context: Context, layer: LayerState, bytes: Uint8Array, view: PacketView, problem: IcmpProblem, mtuBytes: number, depth: number): void {
    const { family } = view;
    if ((family !== "ipv4" && family !== "ipv6") || isErrorMessage(view)) return;
    if (family === "ipv4" && decodeIpv4Header(bytes).fragmentOffset > 0) return;
    layer.counts.errorsSent += 1;
    const [source, destination] = [layer.member.address, view.source];
    const addresses = { source: parseIpAddress(source), destination: parseIpAddress(destination) };
    const body = encodeIcmpError(family === "ipv4" ? 4 : 6, problem, bytes, mtuBytes, addresses);
    const next = family === "ipv4" ? PROTOCOL.icmp : PROTOCOL.icmpv6;
    this.originate(context, layer, writePacket(family, { source, destination, timeToLive: this.options.tunnelTimeToLive, next, identification: this.identification(layer) }, body), depth);
  }

  private drop(context: Context, layer: LayerState, reason: DropReason, bytes: Uint8Array): void {
    layer.counts.dropped.set(reason, (layer.counts.dropped.get(reason) ?? 0) + 1);
    context.note(`dropped: ${reason}`, layer.plan.name);
    this.observer.dropped?.(this.state.node, layer.plan.name, reason, bytes);
  }

  /** Runs a reader of received bytes; what is malformed is dropped and counted. */
  private read<T>(context: Context, layer: LayerState, bytes: Uint8Array, reader: () => T): T | null {
    try {
      return reader();
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.drop(context, layer, "malformed", bytes);
      return null;
    }
  }
}

function isErrorMessage(view: PacketView): boolean {
  return (view.family === "ipv4" && view.next === PROTOCOL.icmp) || (view.family === "ipv6" && view.next === PROTOCOL.icmpv6);
}
