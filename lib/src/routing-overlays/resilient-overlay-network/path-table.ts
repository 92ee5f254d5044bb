/**
 * RON's routing table: the newest table of links of every peer, and from them, for each policy, metric and destination, the path that is best. With one
 * intermediate node relay-search.ts looks at every relay; longer paths are searched for in longer-paths.ts. Traffic moves to a better path only if it is better by
 * the hysteresis, but leaves one that has become worse than the direct way at once. (Andersen et al., SOSP 2001.)
 */
import { InvariantError } from "../../errors";
import type { LinkMonitor } from "./link-monitor";
import { searchLongerPaths } from "./longer-paths";
import type { Membership } from "./membership";
import type { LinkStateMessage } from "./messages";
import type { RonParameters } from "./parameters";
import { DIRECT, RON_METRICS, composeLoss, isBetterBy, pathCost, type OverlayPath } from "./path-metrics";
import type { PolicyTable } from "./policies";
import { RelaySearch } from "./relay-search";

const METRICS = RON_METRICS.length;

/** The table of one node. */
export class PathTable {
  /** How often traffic moved to another path, for each metric. */
  readonly moves = new Int32Array(METRICS);
  private readonly rows: (LinkStateMessage | null)[];
  private readonly receivedUs: Float64Array;
  /** By (policy * metrics + metric) * nodes + destination. */
  private readonly paths: OverlayPath[];
  private readonly single: readonly OverlayPath[];
  private readonly hysteresis: readonly number[];
  private readonly search: RelaySearch;
  /** Quality of the path looked at last. */
  private roundTripUs = 0;
  private loss = 0;

  constructor(
    readonly self: number,
    readonly nodes: number,
    readonly parameters: RonParameters,
    readonly policies: PolicyTable,
    readonly monitor: LinkMonitor,
    readonly membership: Membership,
  ) {
    this.rows = new Array<LinkStateMessage | null>(nodes).fill(null);
    this.receivedUs = new Float64Array(nodes);
    this.paths = new Array<OverlayPath>(policies.names.length * METRICS * nodes).fill(DIRECT);
    this.single = Array.from({ length: nodes }, (_, node) => [node]);
    this.search = new RelaySearch(self, nodes, parameters.leastLoss, policies, monitor);
    this.hysteresis = [parameters.latencyHysteresis, parameters.lossHysteresis, parameters.throughputHysteresis];
  }

  /** The newest table of a peer; null for none, or one that is too old to be used. */
  rowOf(peer: number, nowUs: number): LinkStateMessage | null {
    const row = this.rows[peer];
    return row === null || nowUs - this.receivedUs[peer] > this.parameters.tableLifetimeUs ? null : row;
  }

  /**
   * A peer's table came. Paths that it shows to be broken, and destinations that were cut off and that the peer reaches, are looked at again now; all
   * else waits for the next {@link PathTable.recompute}.
   * @returns false when a newer one was here already
   */
  update(row: LinkStateMessage, nowUs: number): boolean {
    const { node } = row;
    const known = this.rows[node];
    if (known !== null && known.writtenUs >= row.writtenUs) return false;
    this.rows[node] = row;
    this.receivedUs[node] = nowUs;
    const { monitor, membership } = this;
    const isRelay = monitor.usableRoundTripUs(node) >= 0;
    for (const peer of membership.peers) {
      const reaches = row.roundTripsUs[peer] >= 0;
      // Most tables change nothing that matters at once: the peer reaches what it reached, and our own link works.
      if (reaches && (monitor.isDead[peer] === 0 || !isRelay)) continue;
      if (reaches ? this.isCutOff(peer, nowUs) : this.passes(node, peer)) this.choose(peer, peer + 1, nowUs);
    }
    return true;
  }

  /** Forgets the table of a node that is a member no longer. */
  forget(node: number): void {
    this.rows[node] = null;
    for (let index = 0; index < this.paths.length; index++) if (index % this.nodes === node || this.paths[index].includes(node)) this.paths[index] = DIRECT;
  }

  /** Chooses anew for all destinations, all metrics and policies. */
  recompute(nowUs: number): void {
    this.choose(0, this.nodes, nowUs);
  }

  /** The path chosen last, whatever has become of it since: for views. */
  chosen(policy: number, metric: number, destination: number): OverlayPath {
    return this.paths[(policy * METRICS + metric) * this.nodes + destination];
  }

  /**
   * The path that a packet takes now: the one chosen, unless the direct way has become as good meanwhile.
   * @param policy, metric their numbers
   * @returns intermediate nodes, or null when the policy leaves no way
   */
  pathFor(policy: number, metric: number, destination: number, nowUs: number): OverlayPath | null {
    const path = this.paths[(policy * METRICS + metric) * this.nodes + destination];
    if (path !== DIRECT && this.costOf(policy, metric, path, destination, nowUs) < this.costOf(policy, metric, DIRECT, destination, nowUs)) return path;
    return this.policies.allowsLink(policy, this.self, destination) ? DIRECT : null;
  }

  /** Cost of a path by a metric, as this node knows it; Infinity when a link of it is down, not measured, or forbidden. */
  costOf(policy: number, metric: number, path: OverlayPath, destination: number, nowUs: number): number {
    return this.measure(policy, path, destination, nowUs) ? pathCost(metric, this.roundTripUs, this.loss, this.parameters.leastLoss) : Infinity;
  }

  /** @throws InvariantError naming the first rule broken */
  checkInvariants(nowUs: number, where: string): void {
    const { policies, membership, self } = this;
    for (let policy = 0; policy < policies.names.length; policy++) {
      for (let metric = 0; metric < METRICS; metric++) {
        for (const peer of membership.peers) {
          const path = this.pathFor(policy, metric, peer, nowUs);
          if (path === null || path.length === 0) continue;
          const at = `${where}, ${policies.names[policy]}, ${RON_METRICS[metric]}, to ${peer}`;
          const direct = this.costOf(policy, metric, DIRECT, peer, nowUs);
          const cost = this.costOf(policy, metric, path, peer, nowUs);
          if (!(cost < direct)) throw new InvariantError({ what: "a path that is no better than the direct one", got: cost, expected: `less than ${direct}`, where: at });
          if (new Set([self, ...path, peer]).size !== path.length + 2) throw new InvariantError({ what: "a path with a loop", got: path, where: at });
          if (path.length > this.parameters.maxIntermediates) throw new InvariantError({ what: "a path with too many intermediates", got: path, expected: `at most ${this.parameters.maxIntermediates}`, where: at });
        }
      }
    }
  }

  /** Chooses anew for the destinations from `first` to before `end`. */
  private choose(first: number, end: number, nowUs: number): void {
    const { policies, parameters, search, membership } = this;
    if (parameters.maxIntermediates === 0) return;
    for (let policy = 0; policy < policies.names.length; policy++) {
      if (parameters.maxIntermediates > 1) this.chooseLonger(policy, first, end, nowUs);
      else {
        search.begin(first, end);
        for (const relay of membership.peers) {
          const row = this.rowOf(relay, nowUs);
          if (row !== null) search.offer(policy, row, first, end);
        }
        for (const peer of membership.peers) if (peer >= first && peer < end) this.settleRelays(policy, peer, nowUs);
      }
    }
  }

  private chooseLonger(policy: number, first: number, end: number, nowUs: number): void {
    for (const peer of this.membership.peers) {
      if (peer < first || peer >= end) continue;
      for (let metric = 0; metric < METRICS; metric++) {
        const found = searchLongerPaths(this, policy, metric, peer, nowUs);
        this.settle(policy, metric, peer, found.path, found.cost, nowUs);
      }
    }
  }

  /** Settles for a destination what the search for relays has found. */
  private settleRelays(policy: number, destination: number, nowUs: number): void {
    const { search, parameters, monitor } = this;
    const directUs = this.policies.allowsLink(policy, this.self, destination) ? monitor.usableRoundTripUs(destination) : -1;
    for (let metric = 0; metric < METRICS; metric++) {
      const at = metric * this.nodes + destination;
      const relay = search.relays[at];
      const cost = relay < 0 ? Infinity : pathCost(metric, search.roundTripsUs[at], search.losses[at], parameters.leastLoss);
      // Most often the direct way is in use and no relay is much better: then nothing changes.
      if (directUs >= 0 && this.paths[(policy * METRICS + metric) * this.nodes + destination] === DIRECT) {
        if (!isBetterBy(this.hysteresis[metric], cost, pathCost(metric, directUs, monitor.losses[destination], parameters.leastLoss))) continue;
      }
      this.settle(policy, metric, destination, relay < 0 ? DIRECT : this.single[relay], cost, nowUs);
    }
  }

  /** Sets round trip and loss to those of a path. @returns false when it cannot be used */
  private measure(policy: number, path: OverlayPath, destination: number, nowUs: number): boolean {
    const { monitor, policies } = this;
    let from = this.self;
    this.roundTripUs = 0;
    this.loss = 0;
    for (let hop = 0; hop <= path.length; hop++) {
      const to = hop === path.length ? destination : path[hop];
      const row = hop === 0 ? null : this.rowOf(from, nowUs);
      if (hop > 0 && row === null) return false;
      const legUs = row === null ? monitor.usableRoundTripUs(to) : row.roundTripsUs[to];
      if (legUs < 0 || !policies.allowsLink(policy, from, to) || (hop < path.length && !policies.allowsRelay(policy, to))) return false;
      this.roundTripUs += legUs;
      this.loss = composeLoss(this.loss, row === null ? monitor.losses[to] : row.losses[to]);
      from = to;
    }
    return true;
  }

  /** Keeps the present path or moves to the one found. */
  private settle(policy: number, metric: number, destination: number, found: OverlayPath, foundCost: number, nowUs: number): void {
    const index = (policy * METRICS + metric) * this.nodes + destination;
    const present = this.paths[index];
    const directCost = this.costOf(policy, metric, DIRECT, destination, nowUs);
    const presentCost = present === DIRECT ? directCost : this.costOf(policy, metric, present, destination, nowUs);
    const keep = presentCost < directCost ? present : DIRECT;
    const next = found !== DIRECT && isBetterBy(this.hysteresis[metric], foundCost, Math.min(presentCost, directCost)) ? found : keep;
    if (next === present) return;
    this.paths[index] = next;
    this.moves[metric] += 1;
  }

  /** True when some path to a destination over a node is in use. */
  private passes(node: number, destination: number): boolean {
    for (let index = destination; index < this.paths.length; index += this.nodes) if (this.paths[index].includes(node)) return true;
    return false;
  }

  /** True when some metric has no path to a destination that works. */
  private isCutOff(destination: number, nowUs: number): boolean {
    for (let index = destination; index < this.paths.length; index += this.nodes) {
      const policy = Math.floor(index / (METRICS * this.nodes));
      if (!this.measure(policy, this.paths[index], destination, nowUs)) return true;
    }
    return false;
  }
}
