/** Puts faults into force that {@link checkFaults} has passed: link faults wrap the transport, node faults become actions of the simulation. */
import { ParameterError } from "../errors";
import { samplerOf } from "./distributions";
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
 */
export function withFaults(transport: Transport, faults: readonly Fault[], nodes: number, streams: StreamTable): DuplicatingTransport {
  const blockers: Blocker[] = [];
  const delays: Extra[] = [];
  const copies: Extra[] = [];
  faults.forEach((fault, index) => {
    const reason = `fault ${index} ${fault.kind}`;
    const stream = () => streams.streamOf(reason, 0);
    if (fault.kind === "loss") blockers.push({ reason, blocks: lossOf(fault, stream()) });
    else if (fault.kind === "delay") delays.push(delayOf(fault, stream()));
    else if (fault.kind === "duplicate") copies.push(copyOf(fault, stream()));
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

function lossOf(fault: LossFault, random: RandomStream): Filter {
  const applies = filterOf(fault);
  const { probability } = fault;
  return (from, to, nowUs) => applies(from, to, nowUs) && random.uniform() < probability;
}

function delayOf(fault: DelayFault, random: RandomStream): Extra {
  const applies = filterOf(fault);
  const { minUs, probability = 1 } = fault;
  const width = fault.maxUs - minUs + 1;
  return (from, to, nowUs) => (applies(from, to, nowUs) && (probability === 1 || random.uniform() < probability) ? minUs + random.integer(width) : 0);
}

function copyOf(fault: DuplicateFault, random: RandomStream): Extra {
  const applies = filterOf(fault);
  const { probability, spreadUs = 0 } = fault;
  return (from, to, nowUs) => (applies(from, to, nowUs) && random.uniform() < probability ? random.integer(spreadUs + 1) : -1);
}

function partitionOf(fault: PartitionFault, nodes: number): Filter {
  const { fromUs = 0, untilUs = Infinity } = fault;
  const group = new Int32Array(nodes).fill(-1);
  fault.groups.forEach((members, index) => {
    for (const node of members) group[node] = index;
  });
  return (from, to, nowUs) => group[from] !== group[to] && nowUs >= fromUs && nowUs < untilUs;
}

/** All outages in one map from the link to its flat list of (from, until) times. */
function outagesOf(outages: readonly OutageFault[], nodes: number): Filter {
  const links = new Map<number, (readonly [number, number])[]>();
  for (const { a, b, oneWay, intervals } of outages) {
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

function filterOf(scope: FaultScope): Filter {
  const { fromUs = 0, untilUs = Infinity } = scope;
  const senders = scope.from === undefined ? null : new Set(scope.from);
  const receivers = scope.to === undefined ? null : new Set(scope.to);
  return (from, to, nowUs) => nowUs >= fromUs && nowUs < untilUs && (senders === null || senders.has(from)) && (receivers === null || receivers.has(to));
}

/**
 * Schedules the node faults of a list.
 * @throws ParameterError when sessions of one node overlap
 */
export function scheduleFaults(target: FaultTarget, faults: readonly Fault[], streams: StreamTable): void {
  faults.forEach((fault, index) => {
    if (fault.kind === "churn") scheduleChurn(target, fault, (node) => streams.streamOf(`fault ${index} churn`, node));
    else if (fault.kind === "sessions") scheduleSessions(target, fault, `faults[${index}].sessions`);
    else if (fault.kind === "crash" || fault.kind === "pause") scheduleOne(target, fault);
  });
}

function scheduleOne(target: FaultTarget, fault: Exclude<NodeFault, ChurnFault | SessionsFault>): void {
  const { node } = fault;
  if (fault.kind === "pause") {
    target.at(fault.fromUs, () => target.pause(node));
    target.at(fault.untilUs, () => target.resume(node));
    return;
  }
  target.at(fault.atUs, () => target.crash(node));
  if (fault.restartUs !== undefined) target.at(fault.restartUs, () => target.restart(node));
}

function scheduleChurn(target: FaultTarget, fault: ChurnFault, streamOf: (node: number) => RandomStream): void {
  const session = samplerOf(fault.sessionUs);
  const downtime = samplerOf(fault.downtimeUs);
  const { fromUs = 0, untilUs = Infinity } = fault;
  const chosen = fault.nodes ?? Array.from({ length: target.nodes }, (_, node) => node);
  for (const node of chosen) {
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

function scheduleSessions(target: FaultTarget, fault: SessionsFault, path: string): void {
  const sessions = joinedSessions(fault, path);
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
function joinedSessions(fault: SessionsFault, path: string): readonly Session[] {
  const inOrder = fault.sessions
    .map(({ node, upUs, downUs = Infinity }, index) => ({ node, upUs, downUs, index }))
    .sort((a, b) => a.node - b.node || a.upUs - b.upUs || a.index - b.index);
  const joined: Session[] = [];
  for (const { node, upUs, downUs, index } of inOrder) {
    const last = joined[joined.length - 1];
    if (last === undefined || last.node !== node || last.downUs < upUs) joined.push({ node, upUs, downUs });
    else if (last.downUs === upUs) last.downUs = downUs;
    else throw new ParameterError({ what: "sessions of one node overlap", got: `node ${node}, from ${upUs} µs`, expected: `a start at or after ${last.downUs} µs, where its session before ends`, where: `${path}[${index}]` });
  }
  return joined;
}
