/**
 * The network under an overlay: routers, and hosts that hang on them by an access link. It knows the route of every packet, so one can count
 * how many copies of a packet each link carries (stress), how much longer an overlay's way is than the direct one (stretch), and which links a
 * bulk transfer shares. Links are numbered: the routers' directed links first, then each host's uplink, then each host's downlink.
 */
import { ParameterError, checkNumber } from "../errors";
import { checkHostRates, type Hosts } from "./hosts";
import { checkList, checkObject } from "./check-input";
import { checkHost, type LatencyModel } from "./latency-model";
import type { RouterGraph } from "./router-graph";
import { Routes } from "./shortest-paths";

/** Parts of an {@link Underlay}. */
export interface UnderlayOptions {
  readonly graph: RouterGraph;
  /** Hosts; `placeOf` says on which router each hangs. */
  readonly hosts: Hosts & { readonly placeOf: Int32Array };
  /** One-way delay of an access link, whole microseconds >= 0; 0 if absent. */
  readonly accessUs?: number;
  /** Routes to use; made from the graph if absent. */
  readonly routes?: Routes;
}

/** Hosts on routers, with routes and delays between them. */
export class Underlay implements LatencyModel {
  readonly graph: RouterGraph;
  readonly routes: Routes;
  readonly hosts: number;
  /** Number of links: those of routers, an uplink and a downlink for each host. */
  readonly linkCount: number;
  /** Capacity of each link, bit/s; Infinity for one that is never a bottleneck. */
  readonly capacitiesBps: Float64Array;
  private readonly routerOf: Int32Array;
  private readonly accessUs: number;

  /** @throws ParameterError when a host hangs on no router, or a value is out of range */
  constructor(options: UnderlayOptions) {
    const { graph, hosts } = checkObject("options", options, "graph and hosts");
    checkObject("graph", graph, "a RouterGraph");
    checkHostRates(hosts);
    checkList("hosts.placeOf", hosts.placeOf, "the router of each host");
    this.graph = graph;
    this.routes = options.routes ?? new Routes(graph);
    this.hosts = hosts.count;
    this.routerOf = hosts.placeOf;
    if (hosts.placeOf.length !== hosts.count) {
      throw new ParameterError({
        what: "number of places does not fit",
        got: hosts.placeOf.length,
        expected: `${hosts.count}, one for each host`,
        where: "parameter hosts.placeOf",
      });
    }
    hosts.placeOf.forEach((router, host) => checkNumber(`hosts.placeOf[${host}]`, router, { min: 0, max: graph.nodeCount - 1, integer: true }));
    this.accessUs = checkNumber("accessUs", options.accessUs ?? 0, { min: 0, max: 1e9, integer: true, unit: "microseconds" });
    this.linkCount = graph.linkCount + 2 * hosts.count;
    this.capacitiesBps = new Float64Array(this.linkCount);
    this.capacitiesBps.set(graph.capacitiesBps);
    this.capacitiesBps.set(hosts.upBps, graph.linkCount);
    this.capacitiesBps.set(hosts.downBps, graph.linkCount + hosts.count);
  }

  /** The router a host hangs on. */
  router(host: number): number {
    checkHost(host, this.hosts);
    return this.routerOf[host];
  }

  /** Number of a host's uplink. */
  uplink(host: number): number {
    checkHost(host, this.hosts);
    return this.graph.linkCount + host;
  }

  /** Number of a host's downlink. */
  downlink(host: number): number {
    checkHost(host, this.hosts);
    return this.graph.linkCount + this.hosts + host;
  }

  /**
   * One-way delay without queueing: access, route, access.
   * @throws ParameterError when there is no route
   */
  latencyUs(from: number, to: number): number {
    const [source, target] = [this.router(from), this.router(to)];
    if (from === to) return 0;
    const us = this.routes.delayUs(source, target);
    if (us < 0) this.routes.links(this.routerOf[from], this.routerOf[to]);
    return us + 2 * this.accessUs;
  }

  /** True when a packet can get from one host to another now. */
  isReachable(from: number, to: number): boolean {
    const [source, target] = [this.router(from), this.router(to)];
    return from === to || this.routes.delayUs(source, target) >= 0;
  }

  /**
   * Links of a packet's way from host to host, first to last; none from a host to itself.
   * @throws ParameterError when there is no route
   */
  path(from: number, to: number): number[] {
    const [source, target] = [this.router(from), this.router(to)];
    return from === to ? [] : [this.uplink(from), ...this.routes.links(source, target), this.downlink(to)];
  }

  /** Links of the way that can be a bottleneck, for a `FlowScheduler` over {@link Underlay.flowCapacitiesBps}. */
  flowPath(from: number, to: number): number[] {
    return this.path(from, to).filter((link) => this.capacitiesBps[link] !== Infinity);
  }

  /** Capacities by link number, with 0 for links that are never a bottleneck and so in no {@link Underlay.flowPath}. */
  flowCapacitiesBps(): Float64Array {
    return this.capacitiesBps.map((capacity) => (capacity === Infinity ? 0 : capacity));
  }

  /** A link's ends, for readers: router labels, or "host h". */
  linkName(link: number): string {
    checkNumber("link", link, { min: 0, max: this.linkCount - 1, integer: true });
    const { graph } = this;
    if (link < graph.linkCount) return `${graph.labels[graph.tails[link]]} > ${graph.labels[graph.heads[link]]}`;
    const host = (link - graph.linkCount) % this.hosts;
    const router = graph.labels[this.routerOf[host]];
    return link < graph.linkCount + this.hosts ? `host ${host} > ${router}` : `${router} > host ${host}`;
  }
}
