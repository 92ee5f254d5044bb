/**
 * What one node knows: its physical links, and for every layer it is in an address, a forwarding table and the ends of tunnels. Also the rules that must always
 * hold of it. The two halves that work on this state are data-plane.ts (packets) and overlay-routing.ts (who is there). Section 9.4.
 */
import { InvariantError } from "../../errors";
import { routeTo, shortestPathTree } from "../../network/shortest-paths";
import { RouterGraph } from "../../network/router-graph";
import type { IcmpProblem } from "../../codecs/icmp";
import { ForwardingTable } from "./forwarding-table";
import { IPV4_MIN_MTU_BYTES, Reassembler } from "./fragmentation";
import { LinkStateDatabase } from "./link-state";
import { checkPlan, type LayerPlan, type MemberPlan, type TunnelPlan, type TunnelWorldPlan } from "./plan";
import { SubscriptionTable } from "./subscriptions";

/** Why a packet was dropped. */
export type DropReason =
  /** No entry of the table holds the destination. */
  | "no-route"
  /** The time to live ran out. */
  | "hop-limit"
  /** Too large for the next link or tunnel, and not to be fragmented. */
  | "too-big"
  /** It came from an end of the tunnel that it would enter, in one address space (RFC 2003, section 3.2). */
  | "tunnel-loop"
  /** It would have more headers than `maxNesting`. */
  | "nesting-limit"
  /** Wrong version, length, checksum or family. */
  | "malformed"
  /** It came out of a tunnel that this node does not have. */
  | "unknown-tunnel"
  /** Its fragments contradict each other. */
  | "bad-fragment"
  /** Some of its fragments never came. */
  | "reassembly-timeout"
  /** Nobody here or further on wants its content. */
  | "no-subscriber"
  /** This node has not joined the overlay, or has left it. */
  | "not-a-member";

/** What a layer of a node counted. Every packet handled ends as forwarded, delivered, absorbed or dropped. */
export interface LayerCounts {
  handled: number;
  /** Given to a link, or to a tunnel's layer below. */
  forwarded: number;
  /** Ended here: for an application, for routing, an error message, or the outer packet of a tunnel. */
  delivered: number;
  /** A fragment that waits, or came twice. */
  absorbed: number;
  readonly dropped: Map<DropReason, number>;
  encapsulated: number;
  decapsulated: number;
  fragmentsMade: number;
  reassembled: number;
  errorsSent: number;
}

/** One end of a tunnel. */
export interface TunnelEnd {
  readonly plan: TunnelPlan;
  /** Node at the other end, and its address in the overlay. */
  readonly peer: number;
  readonly peerAddress: string;
  /** Addresses of the outer header. */
  readonly localAddress: string;
  readonly remoteAddress: string;
  /** Largest outer packet known to pass, from error messages; Infinity until one came. */
  pathMtuBytes: number;
  /** When the last keep-alive came, µs; -1 if none. */
  lastHeardUs: number;
  /** Whether the peer said that it hears us. */
  peerHears: boolean;
  isUp: boolean;
}

/** An error message that reached this node as the sender of a packet, or as the end of a tunnel. */
export interface ReceivedError {
  readonly timeUs: number;
  readonly problem: IcmpProblem;
  readonly mtuBytes: number;
  /** Where the dropped packet was going. */
  readonly destination: string;
  /** The tunnel whose outer packet it was, or -1. */
  readonly tunnel: number;
}

/** A node's state in one layer. */
export interface LayerState {
  readonly plan: LayerPlan;
  readonly member: MemberPlan;
  readonly tunnels: readonly TunnelEnd[];
  readonly counts: LayerCounts;
  readonly errors: ReceivedError[];
  readonly reassembler: Reassembler;
  readonly database: LinkStateDatabase;
  /** Overlays of content only. */
  readonly subscriptions: SubscriptionTable | null;
  table: ForwardingTable | null;
  isActive: boolean;
  /** Version of this node's own link-state entry. */
  sequence: number;
  /** Rounds of keep-alives so far. */
  rounds: number;
  nextIdentification: number;
}

/** A physical link of a node. */
export interface LinkEnd {
  readonly peer: number;
  readonly mtuBytes: number;
}

/** Everything that a node knows. */
export interface NodeState {
  readonly node: number;
  readonly links: readonly LinkEnd[];
  /** By number of the layer. */
  readonly layers: ReadonlyMap<number, LayerState>;
  /** By what the outer packet shows, see {@link arrivalKey}. */
  readonly tunnelByArrival: ReadonlyMap<string, TunnelEnd>;
}

/** Value of a forwarding table: the packet is for this node. */
export const LOCAL = 0;

/** Value of a forwarding table for a physical link; those of tunnels come after all links. */
export function linkWay(index: number): number {
  return 1 + index;
}

/** Value of a forwarding table for a tunnel of the layer. */
export function tunnelWay(state: NodeState, index: number): number {
  return 1 + state.links.length + index;
}

/** How a node tells by the outer packet which tunnel it came through. */
export function arrivalKey(carrier: number, source: string, encapsulation: string, discriminator: number): string {
  return `${carrier} ${source} ${encapsulation} ${discriminator}`;
}

/** The underlay's forwarding entries of every node, as a converged routing protocol leaves them: for each destination the first link. */
export class UnderlayRoutes {
  private readonly graph: RouterGraph;

  constructor(private readonly plan: TunnelWorldPlan) {
    checkPlan(plan);
    this.graph = new RouterGraph(plan.nodes.length, plan.links.map(({ a, b, delayUs, weight }) => ({ from: a, to: b, delayUs, weight })));
  }

  /** Numbers of the nodes next to a node, in rising order: its links. */
  neighbours(node: number): number[] {
    return [...this.graph.heads.subarray(this.graph.starts[node], this.graph.starts[node + 1])];
  }

  /** Delay of the shortest path, µs; -1 when there is none. */
  delayUs(from: number, to: number): number {
    return shortestPathTree(this.graph, from).delaysUs[to];
  }

  /** Fills the table of a node. */
  fill(table: ForwardingTable, node: number): void {
    const { graph, plan } = this;
    const tree = shortestPathTree(graph, node);
    if (plan.nodes[node].isPrivate) table.set("0.0.0.0/0", linkWay(0));
    plan.nodes.forEach(({ address, isPrivate }, target) => {
      const path = routeTo(graph, tree, target);
      if (path === undefined || (isPrivate && path.length > 1)) return;
      table.set(`${address}/32`, path.length === 0 ? LOCAL : linkWay(path[0] - graph.starts[node]));
    });
  }
}

/** The state of a node before anything happened. */
export function initialState(plan: TunnelWorldPlan, routes: UnderlayRoutes, node: number): NodeState {
  const links = routes.neighbours(node).map((peer) => {
    const { mtuBytes } = plan.links.find(({ a, b }) => (a === node && b === peer) || (b === node && a === peer)) as { mtuBytes: number };
    return { peer, mtuBytes };
  });
  const layers = new Map<number, LayerState>();
  for (const layer of plan.layers) {
    const member = layer.members.get(node);
    if (member !== undefined) layers.set(layer.index, initialLayer(plan, layer, member));
  }
  const tunnelByArrival = new Map<string, TunnelEnd>();
  for (const { tunnels } of layers.values()) {
    for (const tunnel of tunnels) {
      const { carrier, encapsulation, port, layer } = tunnel.plan;
      const discriminator = encapsulation === "udp" ? port : plan.layers[layer].family === "ipv6" ? 6 : 4;
      tunnelByArrival.set(arrivalKey(carrier, tunnel.remoteAddress, encapsulation, discriminator), tunnel);
    }
  }
  const state: NodeState = { node, links, layers, tunnelByArrival };
  fillUnderlayTable(state, routes);
  return state;
}

function fillUnderlayTable(state: NodeState, routes: UnderlayRoutes): void {
  const underlay = state.layers.get(0) as LayerState;
  const table = underlay.table as ForwardingTable;
  routes.fill(table, state.node);
  underlay.tunnels.forEach((tunnel, index) => {
    for (const prefix of tunnel.plan.routes.get(state.node) ?? []) table.set(prefix, tunnelWay(state, index));
  });
}

function initialLayer(plan: TunnelWorldPlan, layer: LayerPlan, member: MemberPlan): LayerState {
  const tunnels = layer.tunnels.filter(({ a, b }) => a === member.node || b === member.node).map((tunnel): TunnelEnd => {
    const peer = tunnel.a === member.node ? tunnel.b : tunnel.a;
    const carrier = plan.layers[tunnel.carrier].members;
    const addressOf = (members: ReadonlyMap<number, MemberPlan>, node: number) => (members.get(node) as MemberPlan).address;
    return {
      plan: tunnel, peer, peerAddress: addressOf(layer.members, peer), localAddress: addressOf(carrier, member.node), remoteAddress: addressOf(carrier, peer),
      pathMtuBytes: Infinity, lastHeardUs: -1, peerHears: false, isUp: layer.routing === "converged",
    };
  });
  return {
    plan: layer, member, tunnels, errors: [], reassembler: new Reassembler(), database: new LinkStateDatabase(),
    counts: { handled: 0, forwarded: 0, delivered: 0, absorbed: 0, dropped: new Map(), encapsulated: 0, decapsulated: 0, fragmentsMade: 0, reassembled: 0, errorsSent: 0 },
    subscriptions: layer.family === "content" ? new SubscriptionTable() : null,
    table: layer.family === "content" ? null : new ForwardingTable(layer.family),
    isActive: !member.joinsLater, sequence: 0, rounds: 0, nextIdentification: 0,
  };
}

/**
 * Rules of a node at any moment between two events.
 * @throws InvariantError naming the first one broken
 */
export function checkInvariants(state: NodeState): void {
  for (const layer of state.layers.values()) {
    const where = `node ${state.node}, ${layer.plan.name}`;
    const { handled, forwarded, delivered, absorbed, dropped } = layer.counts;
    const ended = forwarded + delivered + absorbed + [...dropped.values()].reduce((sum, count) => sum + count, 0);
    if (ended !== handled) throw new InvariantError({ what: "a packet has no end, or two", got: ended, expected: `${handled} handled`, where });
    for (const tunnel of layer.tunnels) {
      if (tunnel.pathMtuBytes < IPV4_MIN_MTU_BYTES) throw new InvariantError({ what: "a tunnel's path takes less than every link must", got: tunnel.pathMtuBytes, where });
      if (tunnel.isUp && layer.plan.routing === "link-state" && tunnel.lastHeardUs < 0) throw new InvariantError({ what: "a tunnel is up though nothing was ever heard through it", got: tunnel.peer, where });
      if (!state.layers.has(tunnel.plan.carrier)) throw new InvariantError({ what: "a tunnel has no layer to carry it", got: tunnel.plan.carrier, where });
    }
    layer.subscriptions?.checkInvariants();
    const { table, isActive, member } = layer;
    if (table !== null && isActive && table.size > 0 && table.lookup(member.address) !== LOCAL) throw new InvariantError({ what: "a node does not know its own address", got: member.address, where });
  }
}
