/**
 * What the nodes of an MBone world share: the plan, the unicast routes below the tunnels, and whoever counts packets. Unicast routing itself is not simulated: its
 * tables are those of shortest paths, and change when the experiment says that routing has noticed an outage ({@link UnicastRoutes.setLink}).
 */
import { Routes } from "../../network/shortest-paths";
import type { ProcessContext } from "../../simulation/contract";
import type { Transport } from "../../simulation/transport";
import { mboneOptions, type MboneOptions } from "./mbone-options";
import { ReportSizes, type MboneFrame, type MulticastData } from "./mbone-packets";
import type { MbonePlan } from "./mbone-plan";

/** Why a packet went no further. */
export type MboneDrop =
  /** It came in on another interface than the one towards its source. */
  | "reverse-path"
  /** The router knows no way to its source. */
  | "no-route"
  /** A repeat of a packet seen lately. */
  | "repeat"
  /** Its time to live does not exceed the threshold of an interface that leads to members. */
  | "threshold"
  /** Its destination is no group that routers forward. */
  | "not-a-group"
  /** Multicast that reached a legacy router, or came over a link that is none of multicast. */
  | "unknown-link"
  /** It came out of a tunnel that this router does not have. */
  | "unknown-tunnel"
  /** No unicast route to the end of the tunnel. */
  | "unreachable"
  /** The time to live of the unicast header ran out. */
  | "hop-limit";

/** Is told what happens, for experiments; changes nothing. */
export interface MboneObserver {
  /** A packet was put on a link between routers, or once on a subnet (`to` -1, `subnet` its number). */
  transmitted?(from: number, to: number, subnet: number, frame: MboneFrame): void;
  /** A member got a packet. */
  delivered?(host: number, data: MulticastData, timeToLive: number, nowUs: number): void;
  /** A router took a packet for forwarding. */
  accepted?(router: number, data: MulticastData): void;
  dropped?(node: number, reason: MboneDrop, frame: MboneFrame): void;
  /** Two routers find each other over a link or tunnel, or lose each other. */
  neighbour?(router: number, peer: number, isUp: boolean): void;
  /** A subnet's first member, or its last one gone, as the router sees it. */
  members?(router: number, subnet: number, group: number, hasMembers: boolean): void;
}

/** Next hops of unicast, as converged routing leaves them. */
export class UnicastRoutes {
  private readonly routes: Routes;

  constructor(plan: Pick<MbonePlan, "graph">) {
    this.routes = new Routes(plan.graph);
  }

  /** The router after `at` on the way to `to`; -1 when there is none. Routes are looked at from their end, so all routers on a way agree. */
  nextHop(at: number, to: number): number {
    const link = this.routes.from(to).lastLinks[at];
    return link < 0 ? -1 : this.routes.graph.tails[link];
  }

  /** Delay of the way, µs; -1 when there is none. */
  delayUs(from: number, to: number): number {
    return this.routes.from(to).delaysUs[from];
  }

  /** Routers of the way, both ends included; empty when there is none. */
  path(from: number, to: number): number[] {
    const path = [from];
    for (let at = from; at !== to; path.push(at)) {
      at = this.nextHop(at, to);
      if (at < 0) return [];
    }
    return path;
  }

  /** Tells routing that a link is down, or up again. */
  setLink(a: number, b: number, isUp: boolean): void {
    const { graph } = this.routes;
    const link = graph.linkBetween(a, b);
    if (link >= 0) this.routes.setPhysicalLink(graph.physical[link], isUp);
  }
}

/** Shared by all nodes of a world. */
export class MboneWorld {
  readonly options: MboneOptions;
  readonly unicast: UnicastRoutes;
  readonly sizes: ReportSizes;

  /** @throws ParameterError for a bad option */
  constructor(
    readonly plan: MbonePlan,
    options: Partial<MboneOptions> = {},
    private readonly observer: MboneObserver = {},
  ) {
    this.options = mboneOptions(options);
    this.unicast = new UnicastRoutes(plan);
    this.sizes = new ReportSizes(plan);
  }

  /** Puts a frame on the link to a router. */
  send(context: ProcessContext<MboneFrame>, from: number, to: number, frame: MboneFrame): void {
    this.observer.transmitted?.(from, to, -1, frame);
    context.send(to, frame, frame.bytes);
  }

  /** Puts a frame on a subnet: everybody there but the sender gets it. */
  sendToSubnet(context: ProcessContext<MboneFrame>, from: number, subnet: number, frame: MboneFrame): void {
    this.observer.transmitted?.(from, -1, subnet, frame);
    const { router, hosts } = this.plan.subnets[subnet];
    if (router !== from) context.send(router, frame, frame.bytes);
    for (const host of hosts) if (host !== from) context.send(host, frame, frame.bytes);
  }

  delivered(host: number, data: MulticastData, timeToLive: number, nowUs: number): void {
    this.observer.delivered?.(host, data, timeToLive, nowUs);
  }

  accepted(router: number, data: MulticastData): void {
    this.observer.accepted?.(router, data);
  }

  dropped(node: number, reason: MboneDrop, frame: MboneFrame): void {
    this.observer.dropped?.(node, reason, frame);
  }

  neighbourChanged(router: number, peer: number, isUp: boolean): void {
    this.observer.neighbour?.(router, peer, isUp);
  }

  membersChanged(router: number, subnet: number, group: number, hasMembers: boolean): void {
    this.observer.members?.(router, subnet, group, hasMembers);
  }
}

/** What every router does with a packet for another one: one hop nearer, by the outer header alone. */
export function forwardUnicast(world: MboneWorld, context: ProcessContext<MboneFrame>, node: number, frame: MboneFrame): void {
  const { unicast } = frame;
  if (unicast === null) return world.dropped(node, "unknown-link", frame);
  const isOwn = unicast.from === node;
  if (!isOwn && unicast.timeToLive <= 1) return world.dropped(node, "hop-limit", frame);
  const next = world.unicast.nextHop(node, unicast.to);
  if (next < 0) return world.dropped(node, "unreachable", frame);
  world.send(context, node, next, isOwn ? frame : { ...frame, unicast: { ...unicast, timeToLive: unicast.timeToLive - 1 } });
}

/** The links and subnets of a world as the engine's transport: each hop takes the delay of its link. Not modelled: queues and the time to transmit. */
export function mboneTransport(plan: MbonePlan): Transport {
  const { graph, subnets, subnetOf, nodeCount } = plan;
  const delays = new Map<number, number>();
  for (let link = 0; link < graph.linkCount; link++) delays.set(graph.tails[link] * nodeCount + graph.heads[link], graph.delaysUs[link]);
  return {
    delayUs(from, to) {
      const subnet = subnetOf[from] >= 0 ? subnetOf[from] : subnetOf[to];
      return subnet >= 0 ? subnets[subnet].delayUs : (delays.get(from * nodeCount + to) as number);
    },
  };
}
