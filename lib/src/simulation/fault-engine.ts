/** Puts faults into force: link faults wrap the transport, node faults become actions of the simulation. */
import { ParameterError, checkNumber } from "../errors";
import { samplerOf } from "./distributions";
import { checkNode } from "./effects";
import type { ChurnFault, DelayFault, DuplicateFault, Fault, FaultScope, LossFault, NodeFault, OutageFault, PartitionFault, SessionsFault } from "./faults";
import type { RandomStream } from "./random";
import type { StreamTable } from "./streams";
import type { DuplicatingTransport, Transport } from "./transport";

/** What node faults need of a simulation. */
export interface FaultTarget {
  readonly nodes: number;
  at(timeUs: number, action: () => void): void;
  crash(node: number): void;
  restart(node: number): void;
  pause(node: number): void;
  resume(node: number): void;
}

interface Blocker {
  /** Who loses the message, for the trace. */
  readonly reason: string;
  readonly blocks: (from: number, to: number, nowUs: number) => boolean;
}
type Filter = (from: number, to: number, nowUs: number) => boolean;
type Extra = (from: number, to: number, nowUs: number) => number;

/**
 * A transport under link faults. The order of checks is that of the list, except that a message already lost draws nothing more.
 * @returns the transport itself if no fault acts on links
 * @throws ParameterError when a fault is malformed
 */
export function withFaults(transport: Transport, faults: readonly Fault[], nodes: number, streams: StreamTable): DuplicatingTransport {
  const blockers: Blocker[] = [];
  const delays: Extra[] = [];
  const copies: Extra[] = [];
  faults.forEach((fault, index) => {
    const reason = `fault ${index} ${fault.kind}`;
    const stream = () => streams.streamOf(reason, 0);
    if (fault.kind === "loss") blockers.push({ reason, blocks: lossOf(fault, nodes, stream()) });
    else if (fault.kind === "delay") delays.push(delayOf(fault, nodes, stream()));
    else if (fault.kind === "duplicate") copies.push(copyOf(fault, nodes, stream()));
    else if (fault.kind === "partition") blockers.push({ reason, blocks: partitionOf(fault, nodes) });
  });
  const outages = faults.filter((fault): fault is OutageFault => fault.kind === "outage");
  if (outages.length > 0) blockers.unshift({ reason: "outage", blocks: outagesOf(outages, nodes) });
  if (blockers.length + delays.length + copies.length === 0) return transport;
  return new FaultyTransport(transport, blockers, delays, copies);
}

class FaultyTransport implements DuplicatingTransport {
  private lastUs = -1;
  private lastReason = "";
  readonly duplicateUs?: DuplicatingTransport["duplicateUs"];

  constructor(
    private readonly inner: Transport,
    private readonly blockers: readonly Blocker[],
    private readonly delays: readonly Extra[],
    copies: readonly Extra[],
  ) {
    if (copies.length === 0) return;
    this.duplicateUs = (from, to, _bytes, nowUs) => {
      if (this.lastUs < 0) return -1;
      for (const copy of copies) {
        const extra = copy(from, to, nowUs);
        if (extra >= 0) return this.lastUs + extra;
      }
      return -1;
    };
  }

  delayUs(from: number, to: number, bytes: number, nowUs: number): number {
    this.lastUs = -1;
    for (const blocker of this.blockers) {
      if (!blocker.blocks(from, to, nowUs)) continue;
      this.lastReason = blocker.reason;
      return -1;
    }
    let delayUs = this.inner.delayUs(from, to, bytes, nowUs);
    if (delayUs === -1) {
      this.lastReason = this.inner.lossReason?.() ?? "network";
      return -1;
    }
    for (const delay of this.delays) delayUs += delay(from, to, nowUs);
    this.lastUs = delayUs;
    return delayUs;
  }

  lossReason(): string {
    return this.lastReason;
  }
}

function lossOf(fault: LossFault, nodes: number, random: RandomStream): Filter {
  const applies = filterOf(fault, nodes);
  const probability = checkNumber("probability", fault.probability, { min: 0, max: 1 });
  return (from, to, nowUs) => applies(from, to, nowUs) && random.uniform() < probability;
}

function delayOf(fault: DelayFault, nodes: number, random: RandomStream): Extra {
  const applies = filterOf(fault, nodes);
  const minUs = checkTime("minUs", fault.minUs);
  const width = checkNumber("maxUs", fault.maxUs, { min: minUs, max: minUs + 4294967295, integer: true, unit: "µs" }) - minUs + 1;
  const probability = checkNumber("probability", fault.probability ?? 1, { min: 0, max: 1 });
  return (from, to, nowUs) => (applies(from, to, nowUs) && (probability === 1 || random.uniform() < probability) ? minUs + random.integer(width) : 0);
}

function copyOf(fault: DuplicateFault, nodes: number, random: RandomStream): Extra {
  const applies = filterOf(fault, nodes);
  const probability = checkNumber("probability", fault.probability, { min: 0, max: 1 });
  const width = checkNumber("spreadUs", fault.spreadUs ?? 0, { min: 0, max: 4294967295, integer: true, unit: "µs" }) + 1;
  return (from, to, nowUs) => (applies(from, to, nowUs) && random.uniform() < probability ? random.integer(width) : -1);
}

function partitionOf(fault: PartitionFault, nodes: number): Filter {
  const [fromUs, untilUs] = windowOf(fault);
  const group = new Int32Array(nodes).fill(-1);
  fault.groups.forEach((members, index) => {
    for (const node of members) {
      checkNode(node, nodes);
      if (group[node] >= 0) throw new ParameterError({ what: "a node is in two groups of a partition", got: node, expected: "groups without common nodes", where: "field groups" });
      group[node] = index;
    }
  });
  return (from, to, nowUs) => group[from] !== group[to] && nowUs >= fromUs && nowUs < untilUs;
}

/** All outages in one map from the link to its flat list of (from, until) times. */
function outagesOf(outages: readonly OutageFault[], nodes: number): Filter {
  const links = new Map<number, (readonly [number, number])[]>();
  for (const { a, b, oneWay, intervals } of outages) {
    checkNode(a, nodes);
    checkNode(b, nodes);
    let endUs = 0;
    for (const [fromUs, untilUs] of intervals) {
      checkNumber("fromUs", fromUs, { min: endUs, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs, intervals in order" });
      endUs = checkNumber("untilUs", untilUs, { min: fromUs, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" });
    }
    for (const link of oneWay === true || a === b ? [a * nodes + b] : [a * nodes + b, b * nodes + a]) {
      links.set(link, [...(links.get(link) ?? []), ...intervals]);
    }
  }
  // Time never goes back, so each link keeps its place in its intervals.
  const schedules = new Map([...links].map(([link, intervals]) => [link, { intervals: merged(intervals), next: 0 }]));
  return (from, to, nowUs) => {
    const schedule = schedules.get(from * nodes + to);
    if (schedule === undefined) return false;
    const { intervals } = schedule;
    while (schedule.next < intervals.length && intervals[schedule.next][1] <= nowUs) schedule.next += 1;
    return schedule.next < intervals.length && intervals[schedule.next][0] <= nowUs;
  };
}

/** The same times as intervals in order, without overlaps. */
function merged(intervals: readonly (readonly [number, number])[]): [number, number][] {
  const result: [number, number][] = [];
  for (const [fromUs, untilUs] of [...intervals].sort((a, b) => a[0] - b[0])) {
    const last = result[result.length - 1];
    if (last !== undefined && fromUs <= last[1]) last[1] = Math.max(last[1], untilUs);
    else result.push([fromUs, untilUs]);
  }
  return result;
}

function filterOf(scope: FaultScope, nodes: number): Filter {
  const [fromUs, untilUs] = windowOf(scope);
  const chosen = (members: readonly number[] | undefined) => {
    members?.forEach((node) => checkNode(node, nodes));
    return members === undefined ? null : new Set(members);
  };
  const senders = chosen(scope.from);
  const receivers = chosen(scope.to);
  return (from, to, nowUs) => nowUs >= fromUs && nowUs < untilUs && (senders === null || senders.has(from)) && (receivers === null || receivers.has(to));
}

function windowOf(scope: { readonly fromUs?: number; readonly untilUs?: number }): [number, number] {
  const fromUs = checkTime("fromUs", scope.fromUs ?? 0);
  return [fromUs, scope.untilUs === undefined ? Infinity : checkNumber("untilUs", scope.untilUs, { min: fromUs, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" })];
}

function checkTime(name: string, timeUs: number): number {
  return checkNumber(name, timeUs, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" });
}

/**
 * Schedules the node faults of a list.
 * @throws ParameterError when a fault is malformed or of an unknown kind
 */
export function scheduleFaults(target: FaultTarget, faults: readonly Fault[], streams: StreamTable): void {
  faults.forEach((fault, index) => {
    switch (fault.kind) {
      case "loss":
      case "delay":
      case "duplicate":
      case "partition":
      case "outage":
        return;
      case "churn":
        return scheduleChurn(target, fault, (node) => streams.streamOf(`fault ${index} churn`, node));
      case "sessions":
        return scheduleSessions(target, fault);
      case "crash":
      case "pause":
        return scheduleOne(target, fault);
      default:
        throw new ParameterError({ what: "unknown fault", got: (fault as { kind: unknown }).kind, expected: "loss, delay, duplicate, partition, outage, crash, pause, churn or sessions", where: `faults[${index}]` });
    }
  });
}

function scheduleOne(target: FaultTarget, fault: Exclude<NodeFault, ChurnFault | SessionsFault>): void {
  const { node } = fault;
  checkNode(node, target.nodes);
  if (fault.kind === "pause") {
    const [fromUs, untilUs] = windowOf(fault);
    target.at(fromUs, () => target.pause(node));
    target.at(untilUs, () => target.resume(node));
    return;
  }
  target.at(checkTime("atUs", fault.atUs), () => target.crash(node));
  if (fault.restartUs !== undefined) {
    target.at(checkNumber("restartUs", fault.restartUs, { min: fault.atUs, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" }), () => target.restart(node));
  }
}

function scheduleChurn(target: FaultTarget, fault: ChurnFault, streamOf: (node: number) => RandomStream): void {
  const session = samplerOf(fault.sessionUs);
  const downtime = samplerOf(fault.downtimeUs);
  const [fromUs, untilUs] = windowOf(fault);
  const chosen = fault.nodes ?? Array.from({ length: target.nodes }, (_, node) => node);
  if (new Set(chosen).size !== chosen.length) throw new ParameterError({ what: "a node listed twice for churn", got: chosen, expected: "each node once", where: "parameter nodes" });
  for (const node of chosen) {
    checkNode(node, target.nodes);
    const random = streamOf(node);
    const later = (nowUs: number, draw: number) => Math.min(nowUs + Math.max(1, Math.round(draw)), Number.MAX_SAFE_INTEGER);
    const goDown = (nowUs: number) => {
      target.crash(node);
      const upUs = Math.min(later(nowUs, downtime(random)), untilUs);
      target.at(upUs, () => comeUp(upUs));
    };
    const comeUp = (nowUs: number) => {
      target.restart(node);
      live(nowUs);
    };
    const live = (nowUs: number) => {
      const downUs = later(nowUs, session(random));
      if (downUs < untilUs && downUs < Number.MAX_SAFE_INTEGER) target.at(downUs, () => goDown(downUs));
    };
    live(fromUs);
  }
}

function scheduleSessions(target: FaultTarget, fault: SessionsFault): void {
  const sessions = joinedSessions(fault, target.nodes);
  for (const { node } of sessions) target.crash(node);
  for (const { node, upUs, downUs } of sessions) {
    target.at(upUs, () => target.restart(node));
    if (downUs < Infinity) target.at(downUs, () => target.crash(node));
  }
}

interface Session {
  readonly node: number;
  readonly upUs: number;
  downUs: number;
}

/** The sessions by node and time; one that begins when the last ends goes on from it, and one that begins before that is refused. */
function joinedSessions(fault: SessionsFault, nodes: number): readonly Session[] {
  const inOrder = fault.sessions
    .map(({ node, upUs, downUs }, index) => {
      checkNode(node, nodes);
      checkTime("upUs", upUs);
      if (downUs !== undefined) checkNumber("downUs", downUs, { min: upUs, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" });
      return { node, upUs, downUs: downUs ?? Infinity, index };
    })
    .sort((a, b) => a.node - b.node || a.upUs - b.upUs || a.index - b.index);
  const joined: Session[] = [];
  for (const { node, upUs, downUs, index } of inOrder) {
    const last = joined[joined.length - 1];
    if (last === undefined || last.node !== node || last.downUs < upUs) joined.push({ node, upUs, downUs });
    else if (last.downUs === upUs) last.downUs = downUs;
    else throw new ParameterError({ what: "sessions of one node overlap", got: `node ${node}, from ${upUs} µs`, expected: `a start at or after ${last.downUs} µs, where its session before ends`, where: `sessions[${index}]` });
  }
  return joined;
}
