/**
 * A node of a world of tunnels, as a process: a router of the underlay, and in every overlay that it is in a forwarding node with tunnels. Section 9.4 of
 * Peterson and Davie, figures 1 and 2. The node is a thin shell around data-plane.ts and overlay-routing.ts.
 * Every message is one packet on one physical link, as real bytes; all that a router sees of a tunnel is the outer header of those.
 * Tests: test/routing-overlays/tunnels/, test/laws/tunnels.test.ts, test/paper/overlays-and-tunnels.test.ts
 */
import { PROTOCOL } from "../../codecs/ip-headers";
import { ParameterError, checkNumber } from "../../errors";
import { checkMethods } from "../../network/check-input";
import type { Process, ProcessContext } from "../../simulation/contract";
import { DataPlane } from "./data-plane";
import { UnderlayRoutes, checkInvariants, initialState, type LayerState, type NodeState } from "./node-state";
import { OverlayRouting } from "./overlay-routing";
import { canonicalAddress, writePacket } from "./packet";
import { checkPlan, type TunnelWorldPlan } from "./plan";
import { attributesText, canonicalFilter, type Attributes, type Filter } from "./predicates";
import { TUNNEL_DEFAULTS, checkTunnelOptions, type Frame, type TunnelObserver, type TunnelOptions } from "./tunnel-options";

/** A packet for an application at another node. */
export interface SendRequest {
  /** Name of the layer. */
  readonly layer: string;
  /** An address of the layer's family. */
  readonly destination: string;
  readonly payload: Uint8Array;
  /** 1..255, default 64. */
  readonly timeToLive?: number;
  /** IPv4 only, default false. */
  readonly dontFragment?: boolean;
  /** Protocol number of the payload; default 253, set aside for experiments (RFC 3692). */
  readonly next?: number;
}

/** The process of one node. */
export class TunnelNode implements Process<Frame> {
  readonly state: NodeState;
  private readonly packets: DataPlane;
  private readonly routing: OverlayRouting;

  /**
   * @param plan the whole world, checked by `planWorld`
   * @param routes of the underlay, shared by all nodes
   * @param node number of this node
   * @param options parameters that differ from {@link TUNNEL_DEFAULTS}
   * @param observer is told of deliveries, drops, errors
   */
  constructor(plan: TunnelWorldPlan, routes: UnderlayRoutes, node: number, options: Partial<TunnelOptions> = {}, observer: TunnelObserver = {}) {
    checkPlan(plan);
    checkMethods("routes", routes, ["neighbours", "delayUs", "fill"], "the UnderlayRoutes of the plan");
    checkNumber("node", node, { min: 0, max: plan.nodes.length - 1, integer: true });
    const checked = checkTunnelOptions({ ...TUNNEL_DEFAULTS, ...options });
    this.state = initialState(plan, routes, node);
    this.packets = new DataPlane(this.state, checked, observer);
    this.routing = new OverlayRouting(this.state, checked, observer, this.packets);
    this.packets.onRouting = (context, layer, arrival, message) => this.routing.receive(context, layer, arrival, message);
  }

  onStart(context: ProcessContext<Frame>): void {
    this.routing.start(context);
  }

  onMessage(context: ProcessContext<Frame>, _from: number, frame: Frame): void {
    this.packets.accept(context, this.state.layers.get(0) as LayerState, frame.packet, null, 0);
  }

  onTimer(context: ProcessContext<Frame>, name: string, key: number): void {
    if (name === "keep-alive") this.routing.round(context, this.state.layers.get(key) as LayerState);
    else if (name === "reassembly") this.packets.reassemblyTimeout(context, key);
    else throw new ParameterError({ what: "unknown timer", got: name, expected: "keep-alive or reassembly" });
  }

  /** Sends a packet. @throws ParameterError for a layer that this node is not in, or a bad address */
  send(context: ProcessContext<Frame>, request: SendRequest): void {
    const layer = this.layerOf(request.layer);
    const { family } = layer.plan;
    if (family === "content") throw new ParameterError({ what: "content has no destination", got: request.destination, expected: "publish() instead" });
    const destination = canonicalAddress(family, request.destination);
    this.emit(context, layer, destination, request);
  }

  /** Sends a packet to whoever wants it. @throws ParameterError for a layer of another kind, or bad attributes */
  publish(context: ProcessContext<Frame>, layerName: string, attributes: Attributes, payload: Uint8Array): void {
    this.subscriptionsOf(layerName);
    this.emit(context, this.layerOf(layerName), attributesText(attributes), { payload });
  }

  /** Asks for all content that a filter accepts. */
  subscribe(context: ProcessContext<Frame>, layerName: string, filter: Filter): void {
    this.routing.tell(context, this.layerOf(layerName), this.subscriptionsOf(layerName).subscribe("local", canonicalFilter(filter)));
  }

  /** Asks no longer. */
  unsubscribe(context: ProcessContext<Frame>, layerName: string, filter: Filter): void {
    this.routing.tell(context, this.layerOf(layerName), this.subscriptionsOf(layerName).unsubscribe("local", canonicalFilter(filter)));
  }

  /** Enters an overlay with link-state routing. */
  join(context: ProcessContext<Frame>, layerName: string): void {
    const layer = this.dynamicLayer(layerName);
    if (layer.isActive) throw new ParameterError({ what: "a node joins an overlay that it is in", got: layerName, expected: "one that it is not in" });
    this.routing.join(context, layer);
  }

  /** Leaves an overlay with link-state routing; the node goes on as a router of the underlay. */
  leave(context: ProcessContext<Frame>, layerName: string): void {
    const layer = this.dynamicLayer(layerName);
    if (!layer.isActive) throw new ParameterError({ what: "a node leaves an overlay that it is not in", got: layerName, expected: "one that it is in" });
    this.routing.leave(context, layer);
  }

  /** The size of the largest packet of a layer that passes the tunnel to a neighbour whole, as far as this node knows, bytes. */
  tunnelMtuBytes(layerName: string, peer: number): number {
    const tunnel = this.layerOf(layerName).tunnels.find((end) => end.peer === peer);
    if (tunnel === undefined) throw new ParameterError({ what: "no tunnel to that node", got: peer, expected: `a neighbour in ${layerName}` });
    return this.packets.tunnelMtu(tunnel, 0);
  }

  /** The node's state in a layer. @throws ParameterError when it is not in it */
  layerOf(name: string): LayerState {
    const layer = [...this.state.layers.values()].find(({ plan }) => plan.name === name);
    if (layer === undefined) throw new ParameterError({ what: "a node is not in that layer", got: name, expected: [...this.state.layers.values()].map(({ plan }) => plan.name).join(", "), where: `node ${this.state.node}` });
    return layer;
  }

  /** @throws InvariantError naming the first rule broken */
  checkInvariants(): void {
    checkInvariants(this.state);
  }

  view(): unknown {
    return {
      node: this.state.node,
      layers: [...this.state.layers.values()].map(({ plan, member, tunnels, isActive, counts }) => ({
        name: plan.name, address: member.address, isActive, tunnels: tunnels.map(({ peer, isUp }) => ({ peer, isUp })), forwarded: counts.forwarded, delivered: counts.delivered, dropped: [...counts.dropped],
      })),
    };
  }

  private emit(context: ProcessContext<Frame>, layer: LayerState, destination: string, request: Pick<SendRequest, "payload" | "timeToLive" | "dontFragment" | "next">): void {
    const { payload, timeToLive = 64, dontFragment = false, next = PROTOCOL.experiment } = request;
    checkNumber("timeToLive", timeToLive, { min: 1, max: 255, integer: true, unit: "hops" });
    this.packets.originate(context, layer, writePacket(layer.plan.family, { source: layer.member.address, destination, timeToLive, next, dontFragment, identification: this.packets.identification(layer) }, payload));
  }

  private subscriptionsOf(layerName: string): NonNullable<LayerState["subscriptions"]> {
    const { subscriptions } = this.layerOf(layerName);
    if (subscriptions === null) throw new ParameterError({ what: "not an overlay of content", got: layerName, expected: 'family: "content"' });
    return subscriptions;
  }

  private dynamicLayer(layerName: string): LayerState {
    const layer = this.layerOf(layerName);
    if (layer.plan.routing !== "link-state") throw new ParameterError({ what: "nobody would notice", got: layer.plan.routing, expected: 'an overlay with routing: "link-state"', where: layerName });
    return layer;
  }
}
