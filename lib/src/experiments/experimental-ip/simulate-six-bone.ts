/** A 6-Bone world in the simulator, with its packets followed. */
import { InvariantError, ParameterError, checkNumber } from "../../errors";
import { planSixBone, sixBoneTransport, SixBoneWorld, SixHost, SixRouter, type SixBoneOptions, type SixBonePlan, type SixBoneWorldSpec, type SixDelivery, type SixDrop, type SixFrame } from "../../routing-overlays/experimental-ip";
import { Simulation, TraceBuffer, type Fault } from "../../simulation";

/** How to run a world. */
export interface SixBoneSimulationOptions {
  readonly seed: number;
  /** Default 0. */
  readonly replication?: number;
  readonly options?: Partial<SixBoneOptions>;
  readonly faults?: readonly Fault[];
  /** Records of the trace to keep; 0 (default): no trace. */
  readonly traceRecords?: number;
}

/** One packet on one link. */
export interface SixCrossing {
  readonly timeUs: number;
  readonly from: number;
  readonly to: number;
  readonly kind: string;
  readonly packet: Uint8Array;
}

/** A running world. */
export interface SixBoneSimulation {
  readonly plan: SixBonePlan;
  readonly world: SixBoneWorld;
  readonly simulation: Simulation<SixFrame, SixRouter | SixHost>;
  /** Packets for applications, in order. */
  readonly deliveries: readonly SixDelivery[];
  readonly drops: ReadonlyMap<SixDrop, number>;
  /** Packets of applications ("data") on links, in order. */
  readonly crossings: readonly SixCrossing[];
  readonly bytesByKind: ReadonlyMap<string, number>;
  readonly trace: TraceBuffer;
  joinAt(timeUs: number, host: number | string, group: string): void;
  leaveAt(timeUs: number, host: number | string, group: string): void;
  /** Lets a host send; `payload` is a number of bytes, at most 65495, or the bytes. Payloads of one sender should differ. */
  sendAt(timeUs: number, host: number | string, destination: string, payload: number | Uint8Array, hopLimit?: number): void;
  unicastNoticesAt(timeUs: number, a: number, b: number, isUp: boolean): void;
  router(node: number): SixRouter;
  host(node: number | string): SixHost;
  /** @throws InvariantError when a rule of some router is broken, or a member got a packet of a group twice, or one passed a router twice */
  checkInvariants(): void;
}

/**
 * Builds a world. Nothing has happened in it yet.
 * @throws ParameterError when the description or an option is wrong
 */
export function simulateSixBone(spec: SixBoneWorldSpec, options: SixBoneSimulationOptions): SixBoneSimulation {
  const plan = planSixBone(spec);
  const deliveries: SixDelivery[] = [];
  const drops = new Map<SixDrop, number>();
  const crossings: SixCrossing[] = [];
  const bytesByKind = new Map<string, number>();
  const repeats = new RepeatWatch(plan);
  let now = () => 0;
  const world = new SixBoneWorld(plan, options.options, {
    transmitted: (from, to, { kind, packet }) => {
      bytesByKind.set(kind, (bytesByKind.get(kind) ?? 0) + packet.length);
      if (kind === "data") crossings.push({ timeUs: now(), from, to, kind, packet });
    },
    delivered: (delivery) => {
      deliveries.push(delivery);
      if (delivery.destination.startsWith("ff")) repeats.saw("member", delivery.node, `${delivery.source} ${delivery.payload.join(".")}`);
    },
    dropped: (_node, reason) => void drops.set(reason, (drops.get(reason) ?? 0) + 1),
    accepted: (router, packet) => repeats.saw("router", router, `${packet.subarray(8, 24).join(".")} ${packet.subarray(40).join(".")}`),
  });
  const trace = new TraceBuffer(Math.max(1, options.traceRecords ?? 0));
  const simulation = new Simulation<SixFrame, SixRouter | SixHost>({
    nodes: plan.nodeCount, seed: options.seed, replication: options.replication ?? 0, transport: sixBoneTransport(plan), faults: options.faults, trace: options.traceRecords ? trace : undefined,
    process: (node, incarnation) => (node < plan.routerCount ? new SixRouter(world, node, incarnation) : new SixHost(world, node)),
  });
  now = () => simulation.nowUs;
  const numberOf = (host: number | string): number => {
    const node = typeof host === "string" ? plan.nodeNamed(host) : host;
    if (!(Number.isInteger(node) && node >= plan.routerCount && node < plan.nodeCount)) throw new ParameterError({ what: "not a host", got: host, expected: "name or number of an IPv6 host" });
    return node;
  };
  const visit = (timeUs: number, host: number | string, act: (process: SixHost, context: Parameters<Parameters<typeof simulation.invokeAt>[2]>[1]) => void) =>
    simulation.invokeAt(timeUs, numberOf(host), (process, context) => act(process as SixHost, context));
  return {
    plan, world, simulation, deliveries, drops, crossings, bytesByKind, trace,
    joinAt: (timeUs, host, group) => visit(timeUs, host, (process, context) => process.join(context, group)),
    leaveAt: (timeUs, host, group) => visit(timeUs, host, (process, context) => process.leave(context, group)),
    sendAt: (timeUs, host, destination, payload, hopLimit) => visit(timeUs, host, (process, context) => process.send(context, destination, payloadOf(payload), hopLimit)),
    unicastNoticesAt: (timeUs, a, b, isUp) => simulation.at(timeUs, () => world.unicast.setLink(a, b, isUp)),
    router(node) {
      const process = simulation.processOf(node);
      if (process instanceof SixRouter) return process;
      throw new ParameterError({ what: "no router runs there", got: node, expected: "one that is up" });
    },
    host(host) {
      const process = simulation.processOf(numberOf(host));
      if (process instanceof SixHost) return process;
      throw new ParameterError({ what: "no host runs there", got: host, expected: "one that is up" });
    },
    checkInvariants() {
      for (let node = 0; node < plan.routerCount; node++) {
        const process = simulation.processOf(node);
        if (process instanceof SixRouter) process.checkInvariants();
      }
      repeats.check();
    },
  };
}

/** The bytes to send: as given, or as many zeros. */
function payloadOf(payload: number | Uint8Array): Uint8Array {
  if (payload instanceof Uint8Array) return payload;
  return new Uint8Array(checkNumber("payload", payload, { min: 0, max: 65_495, integer: true, unit: "bytes" }));
}

/** Notices a packet of a group that comes to the same place twice. */
class RepeatWatch {
  private readonly seen = new Set<string>();
  private broken: string | null = null;

  constructor(private readonly plan: SixBonePlan) {}

  saw(what: string, node: number, packet: string): void {
    const key = `${what} ${node} ${packet}`;
    if (this.seen.has(key)) this.broken ??= `${what} ${this.plan.names[node]} got a packet twice`;
    this.seen.add(key);
  }

  check(): void {
    if (this.broken !== null) throw new InvariantError({ what: this.broken });
  }
}
