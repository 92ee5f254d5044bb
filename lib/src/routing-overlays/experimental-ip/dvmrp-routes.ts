/**
 * DVMRP's routing table of one router: for every subnet a metric and the interface towards it, learned from neighbours' reports. The route towards a source is
 * used backwards: packets from it are accepted on that interface only. A router tells its upstream neighbour "I depend on you for this source" by reporting the
 * metric plus infinity (poison reverse); those marks are the branches of the multicast tree. RFC 1075 and draft-ietf-idmr-dvmrp-v3, section 3.4.
 * Typed arrays by network; marks by interface and network. Not modelled: aggregation of routes, several routers on one subnet.
 * Tests: test/routing-overlays/experimental-ip/dvmrp-routes.test.ts
 */
import { DVMRP_INFINITY } from "../../codecs/dvmrp";
import { InvariantError } from "../../errors";
import type { DvmrpOptions } from "./mbone-options";
import type { MboneInterface } from "./mbone-plan";

/** No interface. */
export const NO_INTERFACE = -1;

/** What a reported route changed: nothing that matters, who depends on us, or the way to the source (metric or interface). */
export const ROUTE_CHANGE = Object.freeze({ none: 0, dependents: 1, metric: 2, upstream: 4 });

/** The table. */
export class DvmrpRoutes {
  /** 1..31, or 32 while unreachable or unknown. */
  readonly metrics: Uint8Array;
  /** Interface towards the network; {@link NO_INTERFACE} while unknown. Kept during hold-down, though not used for packets then. */
  readonly upstream: Int16Array;
  /** Per neighbour's interface: 1 where the neighbour depends on us for the network. */
  readonly dependents: readonly Uint8Array[];
  /** 1 where the next report of changes must tell of it. */
  readonly changed: Uint8Array;
  private readonly direct: Uint8Array;
  private readonly expiryUs: Float64Array;
  /** End of hold-down, µs; 0 if not held down. */
  private readonly heldUntilUs: Float64Array;
  private readonly lastMetrics: Uint8Array;

  /**
   * @param networks how many there are
   * @param interfaces of this router
   * @param addressOf address of the neighbour on an interface, for ties
   */
  constructor(
    readonly networks: number,
    private readonly interfaces: readonly MboneInterface[],
    private readonly addressOf: (index: number) => number,
    private readonly options: DvmrpOptions,
  ) {
    this.metrics = new Uint8Array(networks).fill(DVMRP_INFINITY);
    this.lastMetrics = new Uint8Array(networks).fill(DVMRP_INFINITY);
    this.upstream = new Int16Array(networks).fill(NO_INTERFACE);
    this.changed = new Uint8Array(networks);
    this.direct = new Uint8Array(networks);
    this.expiryUs = new Float64Array(networks);
    this.heldUntilUs = new Float64Array(networks);
    this.dependents = interfaces.map(({ kind }) => new Uint8Array(kind === "subnet" ? 0 : networks));
    interfaces.forEach(({ kind, subnet, metric }, index) => {
      if (kind !== "subnet") return;
      this.direct[subnet] = 1;
      this.metrics[subnet] = metric;
      this.upstream[subnet] = index;
      this.changed[subnet] = 1;
    });
  }

  /** The interface on which packets from a network are accepted; {@link NO_INTERFACE} if there is no route. */
  reversePath(network: number): number {
    return this.metrics[network] < DVMRP_INFINITY ? this.upstream[network] : NO_INTERFACE;
  }

  /**
   * Takes one route of a neighbour's report.
   * @param index interface that it came in by
   * @param reported metric as reported, 1..63
   * @returns flags of {@link ROUTE_CHANGE}
   */
  processRoute(index: number, network: number, reported: number, nowUs: number): number {
    const marks = this.dependents[index];
    const isUpstream = this.upstream[network] === index;
    if (reported > DVMRP_INFINITY) {
      // The neighbour depends on us; if we took it for our way, it is none any more.
      const lost = isUpstream && this.metrics[network] < DVMRP_INFINITY ? this.lose(network, nowUs) : ROUTE_CHANGE.none;
      if (marks[network] === 1 || this.metrics[network] >= DVMRP_INFINITY) return lost;
      marks[network] = 1;
      return lost | ROUTE_CHANGE.dependents;
    }
    let change: number = ROUTE_CHANGE.none;
    if (marks[network] === 1) {
      marks[network] = 0;
      change = ROUTE_CHANGE.dependents;
    }
    if (this.direct[network] === 1) return change;
    const metric = reported + this.interfaces[index].metric;
    if (metric >= DVMRP_INFINITY) return isUpstream && this.metrics[network] < DVMRP_INFINITY ? change | this.lose(network, nowUs) : change;
    if (this.heldUntilUs[network] > nowUs && !this.options.acceptDuringHoldDown && !(isUpstream && metric <= this.lastMetrics[network])) return change;
    if (isUpstream && this.metrics[network] < DVMRP_INFINITY) {
      this.expiryUs[network] = nowUs + this.options.routeExpiryUs;
      if (metric === this.metrics[network]) return change;
      this.metrics[network] = metric;
      this.changed[network] = 1;
      return change | ROUTE_CHANGE.metric;
    }
    const current = this.metrics[network];
    if (metric > current || (metric === current && this.addressOf(index) > this.addressOf(this.upstream[network]))) return change;
    this.metrics[network] = metric;
    this.upstream[network] = index;
    this.expiryUs[network] = nowUs + this.options.routeExpiryUs;
    this.heldUntilUs[network] = 0;
    this.changed[network] = 1;
    return change | ROUTE_CHANGE.metric | ROUTE_CHANGE.upstream;
  }

  /** A neighbour is gone: its routes are lost and nothing depends on us there. Calls `told` for each network concerned. */
  neighbourLost(index: number, nowUs: number, told: (network: number, change: number) => void): void {
    const marks = this.dependents[index];
    for (let network = 0; network < this.networks; network++) {
      let change: number = marks[network] === 1 ? ROUTE_CHANGE.dependents : ROUTE_CHANGE.none;
      marks[network] = 0;
      if (this.upstream[network] === index && this.metrics[network] < DVMRP_INFINITY) change |= this.lose(network, nowUs);
      if (change !== ROUTE_CHANGE.none) told(network, change);
    }
  }

  /** A neighbour has started anew: it depends on nobody yet. */
  forgetDependents(index: number): void {
    this.dependents[index].fill(0);
  }

  /** Loses what was not heard of for too long, and forgets what was held down long enough. */
  age(nowUs: number, told: (network: number, change: number) => void): void {
    const { metrics, direct, expiryUs, heldUntilUs, upstream } = this;
    for (let network = 0; network < this.networks; network++) {
      if (direct[network] === 1 || upstream[network] === NO_INTERFACE) continue;
      if (metrics[network] < DVMRP_INFINITY) {
        if (expiryUs[network] <= nowUs) told(network, this.lose(network, nowUs));
      } else if (heldUntilUs[network] <= nowUs) {
        upstream[network] = NO_INTERFACE;
        heldUntilUs[network] = 0;
      }
    }
  }

  /** The metric to report of a network on an interface: with poison reverse towards its way, 32 in hold-down; 0: say nothing. */
  reportedMetric(network: number, index: number): number {
    const up = this.upstream[network];
    if (up === NO_INTERFACE) return 0;
    const metric = this.metrics[network];
    return up === index && metric < DVMRP_INFINITY ? metric + DVMRP_INFINITY : metric;
  }

  /** @throws InvariantError naming the first rule broken */
  checkInvariants(where: string): void {
    for (let network = 0; network < this.networks; network++) {
      const [metric, up] = [this.metrics[network], this.upstream[network]];
      if (metric < 1 || metric > DVMRP_INFINITY) throw new InvariantError({ what: "a metric is out of range", got: metric, where });
      if (metric < DVMRP_INFINITY && up === NO_INTERFACE) throw new InvariantError({ what: "a route without a way", got: network, where });
      if (metric < DVMRP_INFINITY && this.heldUntilUs[network] > 0) throw new InvariantError({ what: "a route in use is held down", got: network, where });
      if (metric < DVMRP_INFINITY && this.direct[network] === 0 && this.dependents[up][network] === 1) throw new InvariantError({ what: "two routers depend on each other for one source", got: network, where });
    }
  }

  private lose(network: number, nowUs: number): number {
    this.lastMetrics[network] = this.metrics[network];
    this.metrics[network] = DVMRP_INFINITY;
    this.heldUntilUs[network] = nowUs + this.options.holdDownUs;
    this.changed[network] = 1;
    return ROUTE_CHANGE.metric | ROUTE_CHANGE.upstream;
  }
}
