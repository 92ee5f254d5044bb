/** The mesh and the routes of a running group as an outside eye sees them: parts of the mesh, forwarding loops, and the rules that must hold at every moment. */
import { InvariantError } from "../../errors";
import { meshNextHop, repairBoundSeconds } from "../../routing-overlays/end-system-multicast";
import { SECOND_US } from "../../units";
import { upMembers, type Group } from "./group-world";

/** Mesh links between members that are up, where both ends agree; each once, lower number first. */
export function meshLinks(group: Group): [number, number][] {
  const { simulation } = group;
  const links: [number, number][] = [];
  const up = new Set(group.members());
  for (const member of up) {
    for (const { peer } of simulation.processOf(member)?.links.all ?? []) {
      if (member < peer && up.has(peer) && simulation.processOf(peer)?.links.to(member) !== undefined) links.push([member, peer]);
    }
  }
  return links;
}

/** Members that are up, by the part of the mesh that they are in; one list when the mesh is connected. */
export function meshParts(group: Group): number[][] {
  const root = new Map(group.members().map((member) => [member, member]));
  const find = (member: number): number => {
    let at = member;
    for (let up = root.get(at) as number; up !== at; up = root.get(at) as number) {
      root.set(at, root.get(up) as number);
      at = up;
    }
    return at;
  };
  for (const [a, b] of meshLinks(group)) root.set(find(a), find(b));
  const parts = new Map<number, number[]>();
  for (const member of root.keys()) parts.set(find(member), [...(parts.get(find(member)) ?? []), member]);
  return [...parts.values()];
}

/** A circle of members, each the next hop of the one before it on its way to a destination. */
export interface ForwardingLoop {
  readonly destination: number;
  /** From the lowest number on. */
  readonly members: readonly number[];
}

/** Forwarding loops among members that are up, of the routes in force now. */
export function forwardingLoops(group: Group): ForwardingLoop[] {
  const { simulation } = group;
  const members = group.members();
  const next = new Int32Array(simulation.nodes);
  const mark = new Int32Array(simulation.nodes);
  const loops: ForwardingLoop[] = [];
  for (const destination of members) {
    next.fill(-1);
    mark.fill(0);
    for (const member of members) {
      const process = simulation.processOf(member);
      if (process !== undefined && member !== destination) next[member] = meshNextHop(process.routing.vector, destination);
    }
    members.forEach((start, index) => {
      let at = start;
      for (; at >= 0 && mark[at] === 0; at = next[at]) mark[at] = index + 1;
      if (at >= 0 && mark[at] === index + 1) {
        const circle: number[] = [at];
        for (let on = next[at]; on !== at; on = next[on]) circle.push(on);
        const first = circle.indexOf(Math.min(...circle));
        loops.push({ destination, members: [...circle.slice(first), ...circle.slice(0, first)] });
      }
    });
  }
  return loops;
}

/** Watches a group while it runs. */
export class GroupGuard {
  /** Longest time that one loop was seen to last, seconds. */
  longestLoopSeconds = 0;
  private readonly since = new Map<string, number>();

  /**
   * @param group not yet run
   * @param options `lastFaultUs` after which nothing goes wrong any more; `lossUntilUs` until when messages are lost, and with them the updates that would end a loop, default 0;
   *   `loopSlackSeconds` how long messages may take on top of an update period, default 2
   */
  constructor(
    private readonly group: Group,
    private readonly options: { readonly lastFaultUs: number; readonly lossUntilUs?: number; readonly loopSlackSeconds?: number },
  ) {}

  /** Looks once a second of simulated time while it runs the group up to a time. @throws InvariantError naming the first rule that is broken */
  runUntil(untilUs: number): void {
    const { simulation } = this.group;
    while (simulation.nowUs < untilUs) {
      simulation.run({ untilUs: Math.min(untilUs, simulation.nowUs + SECOND_US) });
      this.look();
    }
  }

  /** Checks every rule now. */
  look(): void {
    const { group } = this;
    const nowUs = group.simulation.nowUs;
    for (const member of upMembers(group.simulation)) group.simulation.processOf(member)?.checkInvariants();
    this.lookForLoops(nowUs);
    const dueUs = this.options.lastFaultUs + repairBoundSeconds(group.parameters) * SECOND_US;
    if (nowUs >= dueUs) {
      const parts = meshParts(group);
      if (parts.length > 1) throw new InvariantError({ what: "the mesh is not connected in time after the last fault", got: parts, expected: `one part at ${nowUs} µs, last fault at ${this.options.lastFaultUs} µs` });
    }
  }

  private lookForLoops(nowUs: number): void {
    const loops = forwardingLoops(this.group);
    const names = new Set(loops.map(({ destination, members }) => `to ${destination}: ${members.join(" > ")}`));
    for (const name of [...this.since.keys()]) if (!names.has(name)) this.since.delete(name);
    const limit = this.group.parameters.routingSeconds + (this.options.loopSlackSeconds ?? 2);
    for (const name of names) {
      const sinceUs = Math.max(this.since.get(name) ?? nowUs, this.options.lossUntilUs ?? 0);
      this.since.set(name, sinceUs);
      const seconds = (nowUs - sinceUs) / SECOND_US;
      this.longestLoopSeconds = Math.max(this.longestLoopSeconds, seconds);
      if (seconds > limit) throw new InvariantError({ what: "a forwarding loop outlives an update period", got: name, expected: `at most ${limit} s`, where: `${nowUs} µs` });
    }
  }
}
