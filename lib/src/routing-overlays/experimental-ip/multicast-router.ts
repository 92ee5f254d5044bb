/**
 * A multicast router of the MBone as a process: IGMP towards its subnets, DVMRP towards its neighbours over native links and tunnels, and the forwarding of
 * packets: reverse-path check, then a copy to each subnet with members and each neighbour downstream that has not pruned. Section 9.4.1; RFC 1075 and
 * draft-ietf-idmr-dvmrp-v3 (called "draft" here), IP within IP for tunnels (RFC 2003). It forwards unicast as legacy routers do, since tunnels pass through it too.
 * Deviates: see mbone-plan.ts (point-to-point links, one router per subnet) and `repeatMemory`; a route report is sent whole once a minute, not spread over it.
 * Not modelled: authentication, rate limits of tunnels, fragments. Tests: test/routing-overlays/experimental-ip/, test/laws/experimental-ip.test.ts
 */
import { ParameterError } from "../../errors";
import type { Process, ProcessContext } from "../../simulation/contract";
import { DvmrpRoutes, ROUTE_CHANGE } from "./dvmrp-routes";
import { ForwardingCache, type CacheEntry, type CacheRules } from "./forwarding-cache";
import { isRoutableGroup, passesThreshold } from "./multicast-address";
import type { MboneInterface } from "./mbone-plan";
import { frameOf, messageBytes, type MboneFrame, type MboneMessage, type MulticastData, type UnicastHeader } from "./mbone-packets";
import { MEMBERSHIP_TIMERS, Querier } from "./membership";
import { forwardUnicast, type MboneWorld } from "./mbone-world";

type Context = ProcessContext<MboneFrame>;
type Control = Exclude<MboneMessage, { kind: "data" | "route-report" }>;

/** What a router knows of the neighbour on an interface. */
export interface Neighbour {
  /** When its last probe came, µs; -1 before the first. */
  heardUs: number;
  generation: number;
  /** Both hear each other. */
  isUp: boolean;
}

/** The process of one multicast router. */
export class MulticastRouter implements Process<MboneFrame> {
  readonly interfaces: readonly MboneInterface[];
  readonly routes: DvmrpRoutes;
  readonly neighbours: readonly Neighbour[];
  readonly queriers: readonly (Querier<Context> | null)[];
  readonly cache: ForwardingCache<Context>;
  private readonly byPeer = new Map<number, number>();
  private lastFlashUs = -Infinity;
  private nowUs = 0;

  /**
   * @param world shared by all nodes
   * @param node number of this router
   * @param incarnation how often it has started before: part of the generation by which neighbours notice a restart
   */
  constructor(
    private readonly world: MboneWorld,
    readonly node: number,
    private readonly incarnation: number,
  ) {
    const { plan, options } = world;
    this.interfaces = plan.interfaces[node];
    this.interfaces.forEach(({ peer }, index) => {
      if (peer >= 0) this.byPeer.set(peer, index);
    });
    this.routes = new DvmrpRoutes(plan.subnets.length, this.interfaces, (index) => (index < 0 || this.interfaces[index].peer < 0 ? 0 : plan.addresses[this.interfaces[index].peer]), options);
    this.neighbours = this.interfaces.map(() => ({ heardUs: -1, generation: -1, isUp: false }));
    this.queriers = this.interfaces.map(({ kind }, index) => (kind === "subnet" ? this.makeQuerier(index) : null));
    this.cache = new ForwardingCache(this.interfaces.length, options, this.cacheRules());
  }

  onStart(context: Context): void {
    const { options } = this.world;
    this.nowUs = context.nowUs;
    const random = context.random("dvmrp");
    // Routers that start together do not speak together for ever.
    context.setTimer("probe", 1 + random.integer(options.probeIntervalUs));
    context.setTimer("report", 1 + random.integer(options.reportIntervalUs));
    for (const querier of this.queriers) querier?.start(context);
  }

  onMessage(context: Context, from: number, frame: MboneFrame): void {
    this.nowUs = context.nowUs;
    const { unicast, message } = frame;
    if (unicast !== null && unicast.to !== this.node) return forwardUnicast(this.world, context, this.node, frame);
    const index = unicast === null ? this.arrival(from) : this.tunnelFrom(unicast.from);
    if (index < 0) return this.world.dropped(this.node, unicast === null ? "unknown-link" : "unknown-tunnel", frame);
    if (message.kind === "data") this.forward(context, index, message, frame);
    else if (this.interfaces[index].kind === "subnet") this.takeMembership(context, index, message);
    else this.takeControl(context, index, message);
  }

  onTimer(context: Context, name: string, key: number): void {
    this.nowUs = context.nowUs;
    if (name === "probe") return this.onProbeTimer(context);
    if (name === "report") return this.onReportTimer(context);
    if (name === "flash") return this.sendReports(context, true);
    if (name === "graft") return this.cache.onGraftTimer(context, key);
    const { index, group } = Querier.ofKey(key);
    const querier = this.queriers[index];
    if (name === MEMBERSHIP_TIMERS.query) querier?.onQuery(context);
    else if (name === MEMBERSHIP_TIMERS.expire) querier?.onExpire(context, group);
    else if (name === MEMBERSHIP_TIMERS.lastMember) querier?.onLastMember(context, group);
    else throw new ParameterError({ what: "unknown timer", got: name, expected: "one that this router sets" });
  }

  view(): unknown {
    const { plan } = this.world;
    const name = (index: number) => (index < 0 ? "none" : this.interfaces[index].peer >= 0 ? plan.names[this.interfaces[index].peer] : `subnet ${this.interfaces[index].subnet}`);
    return {
      neighbours: this.interfaces.flatMap((_, index) => (this.neighbours[index].isUp ? [name(index)] : [])),
      routes: [...this.routes.metrics.keys()].map((network) => ({ network, metric: this.routes.metrics[network], way: name(this.routes.reversePath(network)) })),
      cache: this.cache.entries.map((entry) => ({ network: entry.network, from: name(entry.upstream), to: this.interfaces.flatMap((_, index) => (this.cache.isForwarding(entry, index, this.nowUs) ? [name(index)] : [])) })),
    };
  }

  /** @throws InvariantError naming the first rule broken */
  checkInvariants(): void {
    const where = `router ${this.world.plan.names[this.node]}`;
    this.routes.checkInvariants(where);
    this.cache.checkInvariants(where);
  }

  private arrival(from: number): number {
    const subnet = this.world.plan.subnetOf[from];
    if (subnet < 0) return this.byPeer.has(from) && this.interfaces[this.byPeer.get(from) as number].kind === "link" ? (this.byPeer.get(from) as number) : -1;
    return this.interfaces.findIndex((each) => each.subnet === subnet);
  }

  private tunnelFrom(peer: number): number {
    const index = this.byPeer.get(peer) ?? -1;
    return index >= 0 && this.interfaces[index].kind === "tunnel" ? index : -1;
  }

  /** The whole of multicast forwarding. */
  private forward(context: Context, arrival: number, data: MulticastData, frame: MboneFrame): void {
    const { world, routes, cache, interfaces } = this;
    if (!isRoutableGroup(data.group)) return world.dropped(this.node, "not-a-group", frame);
    const network = world.plan.networkOf(data.source);
    const upstream = network < 0 ? -1 : routes.reversePath(network);
    if (upstream < 0) return world.dropped(this.node, "no-route", frame);
    if (upstream !== arrival) return world.dropped(this.node, "reverse-path", frame);
    const entry = cache.arrived(context, { network, group: data.group, source: data.source, sequence: data.sequence }, upstream);
    if (entry === null) return world.dropped(this.node, "repeat", frame);
    world.accepted(this.node, data);
    for (let index = 0; index < interfaces.length; index++) {
      if (!cache.isForwarding(entry, index, context.nowUs)) continue;
      if (!passesThreshold(frame.timeToLive, interfaces[index].threshold)) world.dropped(this.node, "threshold", frame);
      else this.transmit(context, index, data, messageBytes(data), frame.timeToLive - 1);
    }
  }

  private takeMembership(context: Context, index: number, message: Exclude<MboneMessage, MulticastData>): void {
    const querier = this.queriers[index] as Querier<Context>;
    if (message.kind === "report" && isRoutableGroup(message.group)) querier.heardReport(context, message.group);
    else if (message.kind === "leave") querier.heardLeave(context, message.group);
  }

  private takeControl(context: Context, index: number, message: Exclude<MboneMessage, MulticastData>): void {
    if (message.kind === "probe") return this.takeProbe(context, index, message);
    if (!this.neighbours[index].isUp) return;
    if (message.kind === "route-report") return this.takeReport(context, index, message.networks, message.metrics);
    if (message.kind !== "prune" && message.kind !== "graft" && message.kind !== "graft-ack") return;
    const network = this.world.plan.networkOf(message.source);
    const entry = network < 0 ? undefined : this.cache.find(network, message.group);
    if (message.kind === "graft") this.sendControl(context, index, { kind: "graft-ack", source: message.source, group: message.group });
    if (entry === undefined) return;
    if (message.kind === "graft") this.cache.grafted(context, entry, index);
    else if (message.kind === "graft-ack") this.cache.acknowledged(context, entry, index);
    else if (this.routes.dependents[index][network] === 1) this.cache.pruned(context, entry, index, message.lifetimeSeconds * 1_000_000);
  }

  private takeProbe(context: Context, index: number, message: MboneMessage & { kind: "probe" }): void {
    const neighbour = this.neighbours[index];
    const hasRestarted = neighbour.isUp && neighbour.generation !== message.generation;
    const hearsMe = message.heard.includes(this.node);
    neighbour.heardUs = context.nowUs;
    neighbour.generation = message.generation;
    if (hasRestarted) {
      // It has lost what we told it and what it pruned, but the way through it may go on (draft, section 3.2.3).
      neighbour.isUp = false;
      this.routes.forgetDependents(index);
      this.cache.neighbourReset(context, index);
    }
    if (hearsMe && !neighbour.isUp) {
      neighbour.isUp = true;
      this.world.neighbourChanged(this.node, this.interfaces[index].peer, true);
      this.sendProbe(context, index);
      this.sendReport(context, index, false);
      this.cache.neighbourReset(context, index);
    } else if (!hearsMe) {
      if (neighbour.isUp) this.neighbourDown(context, index);
      // A new neighbour is answered at once, so that both sides need not wait for the next round.
      this.sendProbe(context, index);
    }
  }

  private neighbourDown(context: Context, index: number): void {
    this.neighbours[index].isUp = false;
    this.world.neighbourChanged(this.node, this.interfaces[index].peer, false);
    this.routes.neighbourLost(index, context.nowUs, (network, change) => this.routeChanged(context, index, network, change));
    this.cache.neighbourReset(context, index);
  }

  private takeReport(context: Context, index: number, networks: Uint32Array, metrics: Uint8Array): void {
    const { routes } = this;
    const { nowUs } = context;
    for (let i = 0; i < networks.length; i++) {
      const change = routes.processRoute(index, networks[i], metrics[i], nowUs);
      if (change !== ROUTE_CHANGE.none) this.routeChanged(context, index, networks[i], change);
    }
  }

  private routeChanged(context: Context, index: number, network: number, change: number): void {
    if ((change & ROUTE_CHANGE.metric) !== 0) this.scheduleFlash(context);
    if (!this.cache.hasNetwork(network)) return;
    if ((change & ROUTE_CHANGE.dependents) !== 0) this.cache.forgetPrunes(network, index);
    if ((change & ROUTE_CHANGE.upstream) !== 0) this.cache.rerouted(context, network, this.routes.reversePath(network));
    if ((change & ROUTE_CHANGE.dependents) !== 0) this.cache.reconsiderAll(context, { network });
  }

  private scheduleFlash(context: Context): void {
    context.setTimerOnce("flash", Math.max(0, this.lastFlashUs + this.world.options.flashIntervalUs - context.nowUs));
  }

  private onProbeTimer(context: Context): void {
    const { options } = this.world;
    context.setTimer("probe", options.probeIntervalUs);
    this.neighbours.forEach(({ isUp, heardUs }, index) => {
      if (isUp && heardUs + options.neighbourTimeoutUs <= context.nowUs) this.neighbourDown(context, index);
    });
    this.routes.age(context.nowUs, (network, change) => this.routeChanged(context, -1, network, change));
    this.interfaces.forEach(({ kind }, index) => {
      if (kind !== "subnet") this.sendProbe(context, index);
    });
  }

  private sendProbe(context: Context, index: number): void {
    const { heardUs } = this.neighbours[index];
    const isHeard = heardUs >= 0 && heardUs + this.world.options.neighbourTimeoutUs > context.nowUs;
    this.sendControl(context, index, { kind: "probe", generation: this.incarnation, heard: isHeard ? [this.interfaces[index].peer] : [] });
  }

  private onReportTimer(context: Context): void {
    context.setTimer("report", this.world.options.reportIntervalUs);
    this.cache.clean(context.nowUs);
    this.sendReports(context, false);
  }

  private sendReports(context: Context, isFlash: boolean): void {
    this.lastFlashUs = context.nowUs;
    context.cancelTimer("flash");
    this.neighbours.forEach(({ isUp }, index) => {
      if (isUp) this.sendReport(context, index, isFlash);
    });
    this.routes.changed.fill(0);
  }

  /** All routes, or those that changed, in as many packets as they need. */
  private sendReport(context: Context, index: number, onlyChanged: boolean): void {
    const { sizes, options } = this.world;
    const { routes } = this;
    const networks = new Uint32Array(sizes.order.length);
    const metrics = new Uint8Array(sizes.order.length);
    const room = options.reportMtuBytes - 28;
    let first = 0;
    let count = 0;
    let bytes = 8;
    const flush = () => {
      if (count > first) this.transmit(context, index, { kind: "route-report", networks: networks.subarray(first, count), metrics: metrics.subarray(first, count), isFlash: onlyChanged }, bytes, 1);
      first = count;
      bytes = 8;
    };
    for (let place = 0; place < sizes.order.length; place++) {
      const network = sizes.order[place];
      if (onlyChanged && routes.changed[network] === 0) continue;
      const metric = routes.reportedMetric(network, index);
      if (metric === 0) continue;
      if (bytes - 8 + sizes.added(network, count > first ? networks[count - 1] : -1) > room) flush();
      bytes += sizes.added(network, count > first ? networks[count - 1] : -1);
      networks[count] = network;
      metrics[count] = metric;
      count += 1;
    }
    flush();
  }

  private sendControl(context: Context, index: number, message: Control): void {
    this.transmit(context, index, message, messageBytes(message), 1);
  }

  /** Sends on an interface: to the next router, into a tunnel, or to all hosts of a subnet. */
  private transmit(context: Context, index: number, message: MboneMessage, bytes: number, timeToLive: number): void {
    const { kind, peer, subnet } = this.interfaces[index];
    if (kind === "tunnel") {
      const unicast: UnicastHeader = { from: this.node, to: peer, timeToLive: this.world.options.tunnelTimeToLive };
      return forwardUnicast(this.world, context, this.node, frameOf(message, bytes, timeToLive, unicast));
    }
    const frame = frameOf(message, bytes, timeToLive, null);
    if (kind === "link") return this.world.send(context, this.node, peer, frame);
    this.world.sendToSubnet(context, this.node, subnet, frame);
  }

  private makeQuerier(index: number): Querier<Context> {
    return new Querier(index, this.world.options, {
      sendQuery: (context, group, maxResponseUs) => this.sendControl(context, index, { kind: "query", group, maxResponseUs }),
      changed: (context, group, hasMembers) => {
        this.world.membersChanged(this.node, this.interfaces[index].subnet, group, hasMembers);
        this.cache.reconsiderAll(context, { group });
      },
    });
  }

  private cacheRules(): CacheRules<Context> {
    return {
      leadsToMembers: (network, group, index) => {
        const querier = this.queriers[index];
        return querier !== null ? querier.hasMembers(group) : this.neighbours[index].isUp && this.routes.dependents[index][network] === 1;
      },
      hasNeighbour: (index) => this.neighbours[index].isUp,
      sendPrune: (context, entry, index, lifetimeUs) => this.sendControl(context, index, { kind: "prune", source: entry.source, group: entry.group, lifetimeSeconds: Math.max(1, Math.floor(lifetimeUs / 1_000_000)) }),
      sendGraft: (context, entry, waitUs) => {
        this.sendControl(context, entry.upstream, { kind: "graft", source: entry.source, group: entry.group });
        context.setTimer("graft", waitUs, entry.id);
      },
      graftDone: (context, entry: CacheEntry) => context.cancelTimer("graft", entry.id),
    };
  }
}
