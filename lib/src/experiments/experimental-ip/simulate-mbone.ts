/** An MBone world in the simulator: the place where the processes of `routing-overlays/experimental-ip` meet the engine, and where packets are followed. */
import { InvariantError, ParameterError } from "../../errors";
import {
  LegacyRouter, MboneHost, MboneWorld, MulticastRouter, mboneTransport, planMbone, type MboneDrop, type MboneFrame, type MboneOptions, type MbonePlan, type MboneWorldSpec, type MulticastData,
} from "../../routing-overlays/experimental-ip";
import { Simulation, TraceBuffer, type Fault } from "../../simulation";

/** How to run a world. */
export interface MboneSimulationOptions {
  readonly seed: number;
  /** Default 0. */
  readonly replication?: number;
  readonly options?: Partial<MboneOptions>;
  readonly faults?: readonly Fault[];
  /** Records of the trace to keep; 0 (default): no trace. */
  readonly traceRecords?: number;
  /** Whether each packet is followed over links, routers and members (default true). */
  readonly followPackets?: boolean;
}

/** What became of one packet. */
export interface MbonePacketRecord {
  readonly source: number;
  readonly sequence: number;
  readonly sentUs: number;
  /** Copies by physical link, both directions together; the key is the lower router times the number of nodes plus the higher one, or -1 - subnet. */
  readonly copies: Map<number, number>;
  /** Copies by native link or tunnel, by the same kind of key: what the multicast routers see. */
  readonly hops: Map<number, number>;
  /** Time of arrival at each member, µs after sending; the first one if there were two. */
  readonly arrivedUs: Map<number, number>;
  readonly routers: Set<number>;
  /** Bytes on links between routers. */
  bytes: number;
}

/** A running world. */
export interface MboneSimulation {
  readonly plan: MbonePlan;
  readonly world: MboneWorld;
  readonly simulation: Simulation<MboneFrame, MulticastRouter | MboneHost | LegacyRouter>;
  /** By order of sending. Empty when packets are not followed. */
  readonly packets: readonly MbonePacketRecord[];
  /** Deliveries to members in order, and the time to live that was left. */
  readonly deliveries: readonly { readonly timeUs: number; readonly host: number; readonly sequence: number; readonly source: number; readonly timeToLive: number }[];
  readonly drops: ReadonlyMap<MboneDrop, number>;
  /** Routers that found or lost each other, in order. */
  readonly neighbourChanges: readonly { readonly timeUs: number; readonly router: number; readonly peer: number; readonly isUp: boolean }[];
  readonly trace: TraceBuffer;
  /** Bytes put on links between routers by kind of message. */
  readonly bytesByKind: ReadonlyMap<string, number>;
  /** Lets a host join, leave or send at a time. The host is its name or number. @throws ParameterError for anything that is no host */
  joinAt(timeUs: number, host: number | string, group: string): void;
  leaveAt(timeUs: number, host: number | string, group: string): void;
  sendAt(timeUs: number, host: number | string, group: string, payloadBytes?: number, timeToLive?: number): void;
  /** Tells unicast routing of a link that went down or came up: how late, is for the experiment to say. */
  unicastNoticesAt(timeUs: number, a: number, b: number, isUp: boolean): void;
  router(node: number): MulticastRouter;
  host(node: number): MboneHost;
  /** @throws InvariantError when a rule of some router is broken, a member got a packet twice, or a packet passed a router twice */
  checkInvariants(): void;
}

/** Numbers of packets that a host may use up before it starts anew. */
const SEQUENCES_PER_LIFE = 100_000;

/**
 * Builds a world. Nothing has happened in it yet.
 * @throws ParameterError when the description or an option is wrong
 */
export function simulateMbone(spec: MboneWorldSpec, options: MboneSimulationOptions): MboneSimulation {
  const plan = planMbone(spec);
  const follower = new Follower(plan, options.followPackets ?? true);
  const world = new MboneWorld(plan, options.options, follower);
  const trace = new TraceBuffer(Math.max(1, options.traceRecords ?? 0));
  const simulation = new Simulation<MboneFrame, MulticastRouter | MboneHost | LegacyRouter>({
    nodes: plan.nodeCount, seed: options.seed, replication: options.replication ?? 0, transport: mboneTransport(plan), faults: options.faults, trace: options.traceRecords ? trace : undefined,
    process: (node, incarnation) => {
      if (node >= plan.routerCount) return new MboneHost(world, node, incarnation * SEQUENCES_PER_LIFE);
      return plan.isMulticast[node] ? new MulticastRouter(world, node, incarnation) : new LegacyRouter(world, node);
    },
  });
  follower.clock = () => simulation.nowUs;
  const hostNumber = (host: number | string): number => {
    const node = typeof host === "string" ? plan.nodeNamed(host) : host;
    if (!(Number.isInteger(node) && node >= plan.routerCount && node < plan.nodeCount)) throw new ParameterError({ what: "not a host", got: host, expected: "name or number of a host on a subnet" });
    return node;
  };
  const visit = (timeUs: number, host: number | string, act: (process: MboneHost, context: Parameters<Parameters<typeof simulation.invokeAt>[2]>[1]) => void) =>
    simulation.invokeAt(timeUs, hostNumber(host), (process, context) => act(process as MboneHost, context));
  const processOf = (node: number) => simulation.processOf(node);
  return {
    plan, world, simulation, trace, packets: follower.packets, deliveries: follower.deliveries, drops: follower.drops, neighbourChanges: follower.neighbourChanges, bytesByKind: follower.bytesByKind,
    joinAt: (timeUs, host, group) => visit(timeUs, host, (process, context) => process.join(context, group)),
    leaveAt: (timeUs, host, group) => visit(timeUs, host, (process, context) => process.leave(context, group)),
    sendAt: (timeUs, host, group, payloadBytes = 1000, timeToLive = 127) => visit(timeUs, host, (process, context) => void process.send(context, group, payloadBytes, timeToLive)),
    unicastNoticesAt: (timeUs, a, b, isUp) => simulation.at(timeUs, () => world.unicast.setLink(a, b, isUp)),
    router(node) {
      const process = processOf(node);
      if (process instanceof MulticastRouter) return process;
      throw new ParameterError({ what: "no multicast router runs there", got: node, expected: "one that is up" });
    },
    host(node) {
      const process = processOf(node);
      if (process instanceof MboneHost) return process;
      throw new ParameterError({ what: "no host runs there", got: node, expected: "one that is up" });
    },
    checkInvariants() {
      for (let node = 0; node < plan.routerCount; node++) {
        const process = processOf(node);
        if (process instanceof MulticastRouter) process.checkInvariants();
      }
      follower.check();
    },
  };
}

/** Writes down what happens to packets. */
class Follower {
  readonly packets: MbonePacketRecord[] = [];
  readonly deliveries: { timeUs: number; host: number; sequence: number; source: number; timeToLive: number }[] = [];
  readonly drops = new Map<MboneDrop, number>();
  readonly neighbourChanges: { timeUs: number; router: number; peer: number; isUp: boolean }[] = [];
  readonly bytesByKind = new Map<string, number>();
  clock: () => number = () => 0;
  private readonly byKey = new Map<number, MbonePacketRecord>();
  private broken: string | null = null;

  constructor(
    private readonly plan: MbonePlan,
    private readonly isFollowing: boolean,
  ) {}

  transmitted(from: number, to: number, subnet: number, frame: MboneFrame): void {
    if (to >= 0) this.bytesByKind.set(frame.kind, (this.bytesByKind.get(frame.kind) ?? 0) + frame.bytes);
    if (!this.isFollowing || frame.message.kind !== "data") return;
    const record = this.recordOf(frame.message);
    const key = to < 0 ? -1 - subnet : Math.min(from, to) * this.plan.nodeCount + Math.max(from, to);
    record.copies.set(key, (record.copies.get(key) ?? 0) + 1);
    if (to < 0) return;
    record.bytes += frame.bytes;
    const { unicast } = frame;
    if (unicast !== null && unicast.from !== from) return;
    const peer = unicast?.to ?? to;
    const hop = Math.min(from, peer) * this.plan.nodeCount + Math.max(from, peer);
    record.hops.set(hop, (record.hops.get(hop) ?? 0) + 1);
  }

  delivered(host: number, data: MulticastData, timeToLive: number, nowUs: number): void {
    if (!this.isFollowing) return;
    this.deliveries.push({ timeUs: nowUs, host, sequence: data.sequence, source: data.source, timeToLive });
    const record = this.recordOf(data);
    if (record.arrivedUs.has(host)) this.broken ??= `member ${this.plan.names[host]} got packet ${data.sequence} twice`;
    else record.arrivedUs.set(host, nowUs - record.sentUs);
  }

  accepted(router: number, data: MulticastData): void {
    if (!this.isFollowing) return;
    const record = this.recordOf(data);
    if (record.routers.has(router)) this.broken ??= `packet ${data.sequence} passed router ${this.plan.names[router]} twice`;
    record.routers.add(router);
  }

  dropped(_node: number, reason: MboneDrop): void {
    this.drops.set(reason, (this.drops.get(reason) ?? 0) + 1);
  }

  neighbour(router: number, peer: number, isUp: boolean): void {
    this.neighbourChanges.push({ timeUs: this.clock(), router, peer, isUp });
  }

  check(): void {
    if (this.broken !== null) throw new InvariantError({ what: this.broken });
  }

  private recordOf(data: MulticastData): MbonePacketRecord {
    const key = data.source * 1048576 + data.sequence;
    let record = this.byKey.get(key);
    if (record === undefined) {
      record = { source: data.source, sequence: data.sequence, sentUs: this.clock(), copies: new Map(), hops: new Map(), arrivedUs: new Map(), routers: new Set(), bytes: 0 };
      this.byKey.set(key, record);
      this.packets.push(record);
    }
    return record;
  }
}
