/**
 * Who is there, and how to reach them: keep-alives through every tunnel of an overlay, link-state entries flooded to all members, and tables computed from
 * them; in an overlay of content, subscriptions passed on instead. A node that dies falls silent, its neighbours say so after `deadUs`, and
 * packets go around it if there is a way. Section 9.4.1; the decisions are in link-state.ts and subscriptions.ts.
 * Not modelled: loss of a flooded entry is repaired only by the next repetition. Tests: test/routing-overlays/tunnels/{failures,content}.test.ts
 */
import type { ProcessContext } from "../../simulation/contract";
import type { DataPlane } from "./data-plane";
import { ForwardingTable } from "./forwarding-table";
import { shortestRoutes, type LinkStateEntry, type RoutingMessage } from "./link-state";
import { LOCAL, tunnelWay, type LayerState, type NodeState, type TunnelEnd } from "./node-state";
import { filterText, parseFilter } from "./predicates";
import type { SubscriptionUpdate } from "./subscriptions";
import type { Frame, TunnelObserver, TunnelOptions } from "./tunnel-options";

type Context = ProcessContext<Frame>;

/** The routing of one node in all its overlays. */
export class OverlayRouting {
  constructor(
    private readonly state: NodeState,
    private readonly options: TunnelOptions,
    private readonly observer: TunnelObserver,
    private readonly packets: DataPlane,
  ) {}

  /** Begins in every overlay that the node is in from the start. */
  start(context: Context): void {
    for (const layer of this.state.layers.values()) if (layer.plan.index > 0 && layer.isActive) this.join(context, layer);
  }

  /** Enters an overlay. */
  join(context: Context, layer: LayerState): void {
    layer.isActive = true;
    if (layer.plan.routing === "converged") return this.converge(layer);
    context.setTimer("keep-alive", context.random(`keep-alive ${layer.plan.name}`).integer(this.options.keepAliveUs), layer.plan.index);
    this.announce(context, layer);
  }

  /** Leaves an overlay, and says so to the neighbours. */
  leave(context: Context, layer: LayerState): void {
    const neighbours = layer.tunnels.filter((tunnel) => tunnel.isUp);
    for (const tunnel of neighbours) this.setUp(context, layer, tunnel, false);
    layer.sequence += 1;
    const entry: LinkStateEntry = { origin: this.state.node, sequence: layer.sequence, neighbours: [], prefixes: [] };
    for (const tunnel of neighbours) {
      this.packets.sendRouting(context, layer, tunnel, { kind: "link-state", entry });
      this.packets.sendRouting(context, layer, tunnel, { kind: "keep-alive", origin: this.state.node, hearsYou: false });
    }
    for (const tunnel of layer.tunnels) tunnel.lastHeardUs = -1;
    context.cancelTimer("keep-alive", layer.plan.index);
    layer.isActive = false;
  }

  /** One round of keep-alives. */
  round(context: Context, layer: LayerState): void {
    layer.rounds += 1;
    for (const tunnel of layer.tunnels) this.packets.sendRouting(context, layer, tunnel, { kind: "keep-alive", origin: this.state.node, hearsYou: this.hears(context, tunnel) });
    const changed = layer.tunnels.filter((tunnel) => this.refresh(context, layer, tunnel)).length > 0;
    if (changed || layer.rounds % this.options.refreshRounds === 0) this.announce(context, layer);
    context.setTimer("keep-alive", this.options.keepAliveUs, layer.plan.index);
  }

  /** A message from a neighbour. */
  receive(context: Context, layer: LayerState, from: TunnelEnd, message: RoutingMessage): void {
    from.lastHeardUs = context.nowUs;
    // Only a neighbour that hears this node sends it anything else than keep-alives; what it says first must not be lost.
    from.peerHears = message.kind === "keep-alive" ? message.hearsYou : true;
    if (layer.plan.routing === "link-state" && this.refresh(context, layer, from)) this.announce(context, layer);
    if (message.kind === "link-state") this.receiveEntry(context, layer, from, message.entry);
    else if (message.kind !== "keep-alive" && layer.subscriptions !== null) {
      const filter = parseFilter(message.filter);
      this.tell(context, layer, message.kind === "subscribe" ? layer.subscriptions.subscribe(from.peer, filter) : layer.subscriptions.unsubscribe(from.peer, filter));
    }
  }

  /** Passes on what neighbours must be told about subscriptions. */
  tell(context: Context, layer: LayerState, updates: readonly SubscriptionUpdate[]): void {
    for (const { neighbour, subscribe, unsubscribe } of updates) {
      const tunnel = layer.tunnels.find(({ peer }) => peer === neighbour) as TunnelEnd;
      for (const filter of subscribe) this.packets.sendRouting(context, layer, tunnel, { kind: "subscribe", origin: this.state.node, filter: filterText(filter) });
      for (const filter of unsubscribe) this.packets.sendRouting(context, layer, tunnel, { kind: "unsubscribe", origin: this.state.node, filter: filterText(filter) });
    }
  }

  private receiveEntry(context: Context, layer: LayerState, from: TunnelEnd, entry: LinkStateEntry): void {
    if (entry.origin === this.state.node) {
      // Our own entry comes back around every circle. Only one from before a restart must be answered with something newer.
      const own = layer.database.of(entry.origin);
      if (entry.sequence < layer.sequence || (own !== undefined && sameEntry(entry, own))) return;
      layer.sequence = entry.sequence;
      return this.announce(context, layer);
    }
    if (layer.database.install(entry)) {
      this.flood(context, layer, entry, from);
      return this.rebuild(layer);
    }
    const known = layer.database.of(entry.origin);
    if (known !== undefined && known.sequence > entry.sequence) this.packets.sendRouting(context, layer, from, { kind: "link-state", entry: known });
  }

  private hears(context: Context, tunnel: TunnelEnd): boolean {
    return tunnel.lastHeardUs >= 0 && context.nowUs - tunnel.lastHeardUs <= this.options.deadUs;
  }

  /** Looks again whether a neighbour is up. @returns whether that changed */
  private refresh(context: Context, layer: LayerState, tunnel: TunnelEnd): boolean {
    const isUp = this.hears(context, tunnel) && tunnel.peerHears;
    if (isUp === tunnel.isUp) return false;
    this.setUp(context, layer, tunnel, isUp);
    return true;
  }

  private setUp(context: Context, layer: LayerState, tunnel: TunnelEnd, isUp: boolean): void {
    tunnel.isUp = isUp;
    this.observer.neighbour?.(context.nowUs, this.state.node, layer.plan.name, tunnel.peer, isUp);
    if (layer.subscriptions !== null) this.tell(context, layer, isUp ? layer.subscriptions.connect(tunnel.peer) : layer.subscriptions.disconnect(tunnel.peer));
    else if (isUp) for (const entry of layer.database.all()) this.packets.sendRouting(context, layer, tunnel, { kind: "link-state", entry });
  }

  /** Says anew who this node's neighbours are. */
  private announce(context: Context, layer: LayerState): void {
    if (layer.subscriptions !== null) return;
    layer.sequence += 1;
    const neighbours = layer.tunnels.filter(({ isUp }) => isUp).map(({ peer, plan }) => ({ node: peer, cost: plan.cost })).sort((a, b) => a.node - b.node);
    const entry = { origin: this.state.node, sequence: layer.sequence, neighbours, prefixes: layer.member.prefixes };
    layer.database.install(entry);
    this.flood(context, layer, entry, null);
    this.rebuild(layer);
  }

  private flood(context: Context, layer: LayerState, entry: LinkStateEntry, from: TunnelEnd | null): void {
    for (const tunnel of layer.tunnels) if (tunnel.isUp && tunnel !== from) this.packets.sendRouting(context, layer, tunnel, { kind: "link-state", entry });
  }

  /** Tables as routing would leave them if every member were up and had told everything. */
  private converge(layer: LayerState): void {
    if (layer.subscriptions !== null) {
      for (const tunnel of layer.tunnels) layer.subscriptions.connect(tunnel.peer);
      return;
    }
    for (const { node, prefixes } of layer.plan.members.values()) {
      const neighbours = layer.plan.tunnels.filter(({ a, b }) => a === node || b === node).map(({ a, b, cost }) => ({ node: a === node ? b : a, cost })).sort((x, y) => x.node - y.node);
      layer.database.install({ origin: node, sequence: 1, neighbours, prefixes });
    }
    this.rebuild(layer);
  }

  /** Computes the table; of several nodes that serve one destination the nearest gets it. */
  private rebuild(layer: LayerState): void {
    const table = new ForwardingTable(layer.plan.family);
    const taken = new Set<string>();
    for (const { node, firstHop } of shortestRoutes(layer.database, this.state.node)) {
      const way = node === this.state.node ? LOCAL : tunnelWay(this.state, layer.tunnels.findIndex(({ peer }) => peer === firstHop));
      for (const prefix of layer.database.of(node)?.prefixes ?? []) {
        if (taken.has(prefix)) continue;
        taken.add(prefix);
        table.set(prefix, way);
      }
    }
    layer.table = table;
  }
}

function sameEntry(a: LinkStateEntry, b: LinkStateEntry): boolean {
  const text = ({ sequence, neighbours, prefixes }: LinkStateEntry) => JSON.stringify([sequence, neighbours.map(({ node, cost }) => [node, cost]), prefixes]);
  return text(a) === text(b);
}
