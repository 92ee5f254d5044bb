/**
 * A member of a Resilient Overlay Network, as a process. It probes every other member, tells all of them what it measured, and sends each packet on the path
 * that is best by the metric that the application chose: directly, or over another member. Section 9.4.1 of Peterson and Davie, figure 5; Andersen,
 * Balakrishnan, Kaashoek and Morris, "Resilient Overlay Networks", SOSP 2001. This file joins the parts: prober.ts and link-monitor.ts measure,
 * path-table.ts chooses, membership.ts knows who is there.
 * Deviations: the source writes the path into the packet, where the original looks its next hop up at every node; lists of members carry ages.
 * Not modelled: passive measurements, flow caches, packet classifiers, encryption.
 * Tests: test/routing-overlays/resilient-overlay-network/, test/laws/, test/scenarios/ and test/paper/resilient-overlay-network.test.ts
 */
import { InvariantError, ParameterError, checkChoice, checkNumber } from "../../errors";
import { checkList } from "../../simulation/checks";
import type { Process, ProcessContext } from "../../simulation/contract";
import { LinkMonitor } from "./link-monitor";
import { Membership } from "./membership";
import { messageBytes, type AnnounceMessage, type CarriedMessage, type DataMessage, type LinkStateMessage, type RelayMessage, type RonMessage } from "./messages";
import { MOST_MEMBERS, type RonParameters } from "./parameters";
import { LATENCY, RON_METRICS, type OverlayPath, type RonMetric } from "./path-metrics";
import { PathTable } from "./path-table";
import { ANY_PATH, type PolicyTable } from "./policies";
import { PROBE_TIMER, Prober } from "./prober";

/** Is told what happens, for experiments; changes nothing. */
export interface RonObserver {
  /** An application's packet arrived; `relays` are the intermediate nodes that it came over. */
  delivered?(timeUs: number, node: number, data: DataMessage, relays: OverlayPath): void;
  /** An outage of a virtual link was detected, or its end. */
  outage?(timeUs: number, node: number, peer: number, isDead: boolean): void;
}

/** What a node starts with. */
export interface RonNodeOptions {
  /** Number of nodes, members or not, 1..512. */
  readonly nodes: number;
  /** Checked by `ronParameters`. */
  readonly parameters: RonParameters;
  readonly policies: PolicyTable;
  /** Addresses to join by, tried in turn; none for the first member. */
  readonly bootstrap?: readonly number[];
  /** Members known from the start, as from a file of settings; then there is no need to join. */
  readonly members?: readonly number[];
  readonly observer?: RonObserver;
}

/** An application's wish. */
export interface SendOptions {
  readonly destination: number;
  /** "direct" goes below the overlay: for comparison. */
  readonly metric: RonMetric | "direct";
  /** Name of a policy; "any" if absent. */
  readonly policy?: string;
  /** 0..65475; 1000 if absent. */
  readonly payloadBytes?: number;
  /** A number to know the packet by; 0 if absent. */
  readonly packet?: number;
}

/** Packets at a steady pace. */
export interface FlowOptions extends SendOptions {
  /** Time between packets, whole µs >= 1. */
  readonly intervalUs: number;
  /** No packet at or after this time, whole µs. */
  readonly untilUs: number;
}

/** Bytes sent by a node, by what they were for. */
export interface RonTraffic {
  probeBytes: number;
  linkStateBytes: number;
  memberBytes: number;
  dataBytes: number;
  /** On behalf of others, as an intermediate. */
  relayedBytes: number;
}

/** Where a node stands with its membership. */
export type JoinState = "joining" | "member" | "gave-up" | "left";

type Context = ProcessContext<RonMessage>;

/** The process of one node. */
export class RonNode implements Process<RonMessage> {
  readonly monitor: LinkMonitor;
  readonly membership: Membership;
  readonly table: PathTable;
  readonly prober: Prober;
  readonly traffic: Omit<RonTraffic, "probeBytes"> = { linkStateBytes: 0, memberBytes: 0, dataBytes: 0, relayedBytes: 0 };
  joinState: JoinState = "joining";
  private attempts = 0;
  private readonly flows: FlowOptions[] = [];
  private readonly parameters: RonParameters;

  /** @throws ParameterError for a node out of range, or one that is to join by itself */
  constructor(readonly node: number, private readonly options: RonNodeOptions) {
    const { nodes, parameters, policies, bootstrap = [], members = [] } = options;
    checkNumber("nodes", nodes, { min: 1, max: MOST_MEMBERS, integer: true });
    checkNumber("node", node, { min: 0, max: nodes - 1, integer: true });
    for (const [name, list] of [["bootstrap", bootstrap], ["members", members]] as const) checkList(name, list, "nodes").forEach((peer, index) => checkNumber(`${name}[${index}]`, peer, { min: 0, max: nodes - 1, integer: true }));
    if (bootstrap.includes(node)) throw new ParameterError({ what: "a node cannot join by itself", got: bootstrap, expected: "the numbers of other nodes", where: "parameter bootstrap" });
    this.parameters = parameters;
    this.monitor = new LinkMonitor(nodes, parameters);
    this.membership = new Membership(node, nodes, parameters.memberLifetimeUs);
    this.table = new PathTable(node, nodes, parameters, policies, this.monitor, this.membership);
    this.prober = new Prober(nodes, parameters, this.monitor, (context, peer, isDead) => {
      options.observer?.outage?.(context.nowUs, node, peer, isDead);
      this.table.recompute(context.nowUs);
    });
  }

  onStart(context: Context): void {
    const { routingIntervalUs, refreshIntervalUs } = this.parameters;
    // Nodes that start together must not speak together ever after.
    context.setTimer("routing", context.random("routing").integer(Math.min(routingIntervalUs, 4294967296)));
    context.setTimer("refresh", context.random("refresh").integer(Math.min(refreshIntervalUs, 4294967296)));
    for (const peer of this.options.members ?? []) this.learn(context, peer, context.nowUs);
    const isKnown = this.membership.peers.length > 0 || (this.options.bootstrap ?? []).length === 0;
    if (isKnown) this.joinState = "member";
    else this.tryToJoin(context);
  }

  onTimer(context: Context, name: string, key: number): void {
    if (this.joinState === "left") return;
    if (name === PROBE_TIMER) this.prober.onTimer(context, key);
    else if (name === "routing") this.routingRound(context);
    else if (name === "flow") this.flowRound(context, key);
    else if (name === "refresh") {
      context.setTimer("refresh", this.parameters.refreshIntervalUs);
      if (this.joinState === "member") this.announce(context);
    } else if (name === "join") this.tryToJoin(context);
    else throw new ParameterError({ what: "unknown timer", got: name, expected: "probe, routing, refresh, join or flow" });
  }

  onNumbers(context: Context, from: number, kind: number, number: number): void {
    // A probe is answered whoever sends it: the sender may be a member that this node has not heard of yet.
    if (this.joinState !== "left") this.prober.onNumbers(context, from, kind, number);
  }

  onMessage(context: Context, from: number, message: RonMessage): void {
    if (this.joinState === "left") return;
    switch (message.kind) {
      case "relay":
        return this.relay(context, message);
      case "join": {
        this.learn(context, from, context.nowUs);
        const list = this.membership.announcement(context.nowUs);
        this.traffic.memberBytes += messageBytes(list, this.parameters);
        return context.send(from, list, messageBytes(list, this.parameters));
      }
      case "leave":
        if (this.membership.left(from, context.nowUs)) this.forget(context, from);
        return;
      default:
        return this.accept(context, from, message, []);
    }
  }

  /**
   * Sends an application's packet.
   * @returns the intermediate nodes of its path, or null when the policy leaves no way to the destination
   * @throws ParameterError for an unknown metric, policy or node, or a size out of range
   */
  send(context: Context, options: SendOptions): OverlayPath | null {
    const { destination, metric, policy = ANY_PATH, payloadBytes = 1000, packet = 0 } = options;
    checkChoice("metric", metric, [...RON_METRICS, "direct"] as const);
    checkNumber("destination", destination, { min: 0, max: this.options.nodes - 1, integer: true });
    checkNumber("payloadBytes", payloadBytes, { min: 0, max: 65_535 - this.parameters.headerBytes, integer: true, unit: "bytes" });
    const policyNumber = this.options.policies.numberOf(policy);
    const data: DataMessage = { kind: "data", source: this.node, destination, metric, policy, packet, sentUs: context.nowUs, payloadBytes };
    const path = metric === "direct" || !this.membership.has(destination) ? [] : this.table.pathFor(policyNumber, RON_METRICS.indexOf(metric), destination, context.nowUs);
    if (path !== null) this.traffic.dataBytes += this.emit(context, destination, path, data);
    return path;
  }

  /** Begins to send packets at a steady pace. @throws ParameterError as {@link RonNode.send}, or for a pace out of range */
  startFlow(context: Context, flow: FlowOptions): void {
    checkNumber("intervalUs", flow.intervalUs, { min: 1, max: 1e12, integer: true, unit: "µs" });
    checkNumber("untilUs", flow.untilUs, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" });
    this.flows.push(flow);
    this.flowRound(context, this.flows.length - 1);
  }

  /** Leaves: tells all others, and is silent from then on. */
  leave(context: Context): void {
    for (const peer of this.membership.peers) {
      this.traffic.memberBytes += this.parameters.headerBytes;
      context.send(peer, { kind: "leave" }, this.parameters.headerBytes);
      this.prober.stop(context, peer);
    }
    this.joinState = "left";
  }

  /** Bytes sent so far, by purpose. */
  trafficCounts(): RonTraffic {
    return { probeBytes: (this.prober.counts.probes + this.prober.counts.replies) * this.parameters.probeBytes, ...this.traffic };
  }

  /** @throws InvariantError naming the first rule broken */
  checkInvariants(nowUs: number): void {
    const where = `node ${this.node} at ${nowUs} µs`;
    this.monitor.checkInvariants(where);
    this.membership.checkInvariants(nowUs, where);
    this.table.checkInvariants(nowUs, where);
  }

  view(): unknown {
    const { monitor, membership } = this;
    return {
      node: this.node, state: this.joinState,
      links: membership.peers.map((peer) => ({ peer, roundTripUs: Math.round(monitor.roundTripsUs[peer]), loss: monitor.losses[peer], lostInRow: monitor.lostInRow[peer], isDead: monitor.isDead[peer] === 1, latencyPath: this.table.chosen(0, LATENCY, peer) })),
    };
  }

  private tryToJoin(context: Context): void {
    const { bootstrap = [] } = this.options;
    if (this.joinState !== "joining") return;
    if (this.attempts === this.parameters.joinAttempts) {
      this.joinState = "gave-up";
      return context.note("gave up joining", { attempts: this.attempts });
    }
    this.askToJoin(context, bootstrap[this.attempts % bootstrap.length]);
    this.attempts += 1;
    context.setTimer("join", this.parameters.joinRetryUs);
  }

  private askToJoin(context: Context, address: number): void {
    this.traffic.memberBytes += this.parameters.headerBytes;
    context.send(address, { kind: "join" }, this.parameters.headerBytes);
  }

  private learn(context: Context, peer: number, heardUs: number): void {
    if (this.membership.learn(peer, heardUs, context.nowUs)) this.prober.start(context, peer);
  }

  private forget(context: Context, peer: number): void {
    this.prober.stop(context, peer);
    this.monitor.forget(peer);
    this.table.forget(peer);
  }

  /** Tells all members who is one; and knocks again at known addresses whose nodes were forgotten, so that an outage of hours parts nobody for ever. */
  private announce(context: Context): void {
    const { membership, options } = this;
    const list = membership.announcement(context.nowUs);
    for (const peer of membership.peers) this.traffic.memberBytes += this.emitControl(context, peer, list);
    for (const address of [...(options.bootstrap ?? []), ...(options.members ?? [])]) if (!membership.has(address) && !membership.hasLeft(address)) this.askToJoin(context, address);
  }

  /** Forgets who is gone, chooses all paths anew, and sends the own table to every peer through the overlay. */
  private routingRound(context: Context): void {
    const { nowUs } = context;
    context.setTimer("routing", this.parameters.routingIntervalUs);
    for (const peer of this.membership.expire(nowUs)) this.forget(context, peer);
    this.table.recompute(nowUs);
    const { peers } = this.membership;
    if (peers.length === 0) return;
    const roundTripsUs = this.monitor.roundTripsUs.slice();
    for (const peer of peers) if (this.monitor.isDead[peer] === 1) roundTripsUs[peer] = -1;
    const row: LinkStateMessage = { kind: "link-state", node: this.node, writtenUs: nowUs, entries: peers.length, roundTripsUs, losses: this.monitor.losses.slice() };
    for (const peer of peers) this.traffic.linkStateBytes += this.emitControl(context, peer, row);
  }

  private emitControl(context: Context, peer: number, message: CarriedMessage): number {
    const { routingMetric } = this.parameters;
    if (routingMetric === "direct" && this.monitor.isDead[peer] === 0) return this.emit(context, peer, [], message);
    const path = this.table.pathFor(0, RON_METRICS.indexOf(routingMetric === "direct" ? "loss" : routingMetric), peer, context.nowUs);
    return this.emit(context, peer, path ?? [], message);
  }

  /** Sends a message on a path. @returns its size */
  private emit(context: Context, destination: number, path: OverlayPath, carried: CarriedMessage): number {
    const message: RonMessage = path.length === 0 ? carried : { kind: "relay", source: this.node, route: [...path, destination], hop: 0, carried };
    const bytes = messageBytes(message, this.parameters);
    context.send(path.length === 0 ? destination : path[0], message, bytes);
    return bytes;
  }

  private relay(context: Context, message: RelayMessage): void {
    const { route, hop, source, carried } = message;
    if (route[hop] !== this.node || hop >= route.length) throw new InvariantError({ what: "a packet is off its route", got: route, expected: `node ${this.node} at place ${hop}`, where: `from ${source}` });
    if (hop === route.length - 1) return this.accept(context, source, carried, route.slice(0, -1));
    const onward: RelayMessage = { ...message, hop: hop + 1 };
    const bytes = messageBytes(onward, this.parameters);
    this.traffic.relayedBytes += bytes;
    context.send(route[hop + 1], onward, bytes);
  }

  private accept(context: Context, from: number, message: CarriedMessage, relays: OverlayPath): void {
    if (message.kind === "link-state") {
      if (this.membership.has(from)) this.table.update(message, context.nowUs);
    } else if (message.kind === "announce") this.acceptList(context, from, message);
    else this.options.observer?.delivered?.(context.nowUs, this.node, message, relays);
  }

  private acceptList(context: Context, from: number, message: AnnounceMessage): void {
    const isFirst = this.joinState === "joining" || this.joinState === "gave-up";
    this.learn(context, from, context.nowUs);
    message.members.forEach((member, index) => this.learn(context, member, context.nowUs - message.agesUs[index]));
    if (!isFirst) return;
    this.joinState = "member";
    context.cancelTimer("join");
    this.announce(context);
  }

  private flowRound(context: Context, index: number): void {
    const flow = this.flows[index];
    if (context.nowUs >= flow.untilUs) return;
    this.send(context, flow);
    context.setTimer("flow", flow.intervalUs, index);
  }
}
