/** An end system multicast group in the simulator: where the members of `routing-overlays/end-system-multicast` meet the engine and a network. */
import { ParameterError, checkNumber } from "../../errors";
import { NetworkTransport, type LatencyModel, type LossModel, type OutageSchedule } from "../../network";
import { NaradaMember, naradaParameters, type MulticastPacket, type GroupObserver, type MeshLinkReason, type NaradaMessage, type NaradaParameters } from "../../routing-overlays/end-system-multicast";
import { RandomStream, Simulation, TraceBuffer, type Fault } from "../../simulation";
import { SECOND_US } from "../../units";
import { PacketLog } from "./packet-log";

/** A group to simulate. */
export interface GroupSpec {
  /** Number of hosts, 1..65535; each can be a member. */
  readonly hosts: number;
  /** Latency between hosts; an `Underlay` is one. */
  readonly latency: LatencyModel;
  readonly loss?: LossModel;
  readonly outages?: OutageSchedule;
  readonly seed: number;
  /** Default 0. */
  readonly replication?: number;
  /** Values that differ from the protocol's defaults. */
  readonly parameters?: Partial<NaradaParameters>;
  /** Members join at random within this time, the first at its beginning, seconds 0..86400; default 60. */
  readonly joinWindowSeconds?: number;
  /** When each host joins, microseconds, -1 for never by itself; instead of a window. */
  readonly startUs?: (host: number) => number;
  /** Whom a host knows before it joins; default: `contactCount` hosts drawn from those that start before it, or from all when it comes back. */
  readonly contacts?: (host: number, incarnation: number) => readonly number[];
  /** Default 8. */
  readonly contactCount?: number;
  readonly faults?: readonly Fault[];
  /** Records of the trace to keep; 0 (default): no trace. */
  readonly traceRecords?: number;
  /** How messages pass, see `Simulation`; default by reference. */
  readonly messages?: "by-reference" | "frozen" | "copied";
}

/** A change of one end of a mesh link. */
export interface LinkEvent {
  readonly timeUs: number;
  readonly member: number;
  readonly peer: number;
  readonly isUp: boolean;
  readonly reason: MeshLinkReason;
}

/** A running group. */
export interface Group {
  readonly simulation: Simulation<NaradaMessage, NaradaMember>;
  readonly parameters: NaradaParameters;
  /** What became of the packets of the application. */
  readonly packets: PacketLog;
  readonly linkEvents: readonly LinkEvent[];
  /** Empty (capacity 1) when no trace was asked for. */
  readonly trace: TraceBuffer;
  /** When each host first starts, microseconds; -1 for never by itself. */
  readonly startsUs: Float64Array;
  /** Lets a member send a packet at a time; nothing happens if it is down or has left by then. */
  publishAt(timeUs: number, member: number, payloadBytes: number): void;
  /** Lets a member leave in order at a time. */
  leaveAt(timeUs: number, member: number): void;
  /** Members that are up and have not left, by number. */
  members(): number[];
}

/**
 * Builds a group. Nothing has happened in it yet.
 *
 * @throws ParameterError when there is no host, a contact or start is out of range, or an option is wrong
 */
export function simulateGroup(spec: GroupSpec): Group {
  const hosts = checkNumber("hosts", spec.hosts, { min: 1, max: 65535, integer: true, unit: "hosts: a group needs a member" });
  if (typeof spec.latency?.latencyUs !== "function") throw new ParameterError({ what: "no latencies between hosts", got: spec.latency, expected: "a latency model, such as an Underlay", where: "parameter latency" });
  if (spec.latency.hosts < hosts) throw new ParameterError({ what: "more hosts than the network has", got: hosts, expected: `at most ${spec.latency.hosts}`, where: "parameter hosts" });
  const parameters = naradaParameters(spec.parameters);
  const streamOf = (name: string, node = 0) => new RandomStream({ seed: spec.seed, replication: spec.replication ?? 0, name, node });
  const startsUs = startTimes(spec, hosts, streamOf("group join"));
  const contacts = spec.contacts ?? drawnContacts(startsUs, checkNumber("contactCount", spec.contactCount ?? 8, { min: 1, max: 1000, integer: true }), streamOf);
  const packets = new PacketLog(hosts);
  const linkEvents: LinkEvent[] = [];
  const observer: GroupObserver = {
    delivered: (member, packet, nowUs) => packets.delivered(member, packet, nowUs),
    forwarded: (from, to, packet) => packets.forwarded(from, to, packet),
    linkChanged: (member, peer, isUp, reason, timeUs) => void linkEvents.push({ timeUs, member, peer, isUp, reason }),
  };
  const trace = new TraceBuffer(Math.max(1, spec.traceRecords ?? 0));
  const simulation: Simulation<NaradaMessage, NaradaMember> = new Simulation<NaradaMessage, NaradaMember>({
    nodes: hosts,
    seed: spec.seed,
    replication: spec.replication ?? 0,
    process: (host, incarnation) => {
      packets.started(host, simulation.nowUs);
      return new NaradaMember(host, simulation.nowUs, { hosts, contacts: contacts(host, incarnation), parameters, observer });
    },
    transport: new NetworkTransport({ latency: spec.latency, loss: spec.loss, outages: spec.outages }),
    faults: spec.faults,
    startUs: (host) => startsUs[host],
    trace: spec.traceRecords ? trace : undefined,
    messages: spec.messages,
  });
  return {
    simulation, parameters, packets, linkEvents, trace, startsUs,
    publishAt: (timeUs, member, payloadBytes) => simulation.invokeAt(timeUs, member, (process, context) => {
      if (process.phase !== "member") return;
      const packet: MulticastPacket = process.publish(context, payloadBytes);
      packets.published(packet, context.nowUs, upMembers(simulation));
    }),
    leaveAt: (timeUs, member) => simulation.invokeAt(timeUs, member, (process, context) => process.leave(context)),
    members: () => upMembers(simulation),
  };
}

/** Members that are up and have not left, by number. */
export function upMembers(simulation: Simulation<NaradaMessage, NaradaMember>): number[] {
  const members: number[] = [];
  for (let host = 0; host < simulation.nodes; host++) {
    if (simulation.statusOf(host) === "up" && simulation.processOf(host)?.phase === "member") members.push(host);
  }
  return members;
}

function startTimes(spec: GroupSpec, hosts: number, random: RandomStream): Float64Array {
  const windowSeconds = checkNumber("joinWindowSeconds", spec.joinWindowSeconds ?? 60, { min: 0, max: 86400, unit: "seconds" });
  return Float64Array.from({ length: hosts }, (_, host) => {
    const drawnUs = Math.floor(random.uniform() * windowSeconds * SECOND_US);
    if (spec.startUs === undefined) return host === 0 ? 0 : drawnUs;
    return checkNumber(`startUs(${host})`, spec.startUs(host), { min: -1, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs, or -1" });
  });
}

function drawnContacts(startsUs: Float64Array, count: number, streamOf: (name: string, node: number) => RandomStream): (host: number, incarnation: number) => number[] {
  return (host, incarnation) => {
    const earlier: number[] = [];
    startsUs.forEach((startUs, other) => {
      if (other !== host && startUs >= 0 && (incarnation > 0 || startUs < startsUs[host] || (startUs === startsUs[host] && other < host))) earlier.push(other);
    });
    const random = streamOf(`contacts ${incarnation}`, host);
    return random.sample(earlier.length, Math.min(count, earlier.length)).map((at) => earlier[at]);
  };
}
