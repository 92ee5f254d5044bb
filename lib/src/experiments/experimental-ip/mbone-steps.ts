/** A run of an MBone world as plain data for a step player: routers and links in their places, and for each moment what was sent and why it matters. */
import type { MboneFrame, MboneMessage } from "../../routing-overlays/experimental-ip";
import { ABILENE_ROUTERS } from "../overlays-and-tunnels";
import { linksOf } from "./deployment-setting";
import type { MboneSimulation } from "./simulate-mbone";

/** What {@link mboneSteps} gives: the nodes, links and steps of a step player. */
export interface MboneSteps {
  readonly nodes: readonly { readonly id: string; readonly x: number; readonly y: number; readonly shape: "circle" | "square" }[];
  readonly links: readonly { readonly id: string; readonly from: string; readonly to: string; readonly kind: "physical" | "native" | "tunnel"; readonly bend: number }[];
  readonly steps: readonly {
    readonly time: string;
    readonly text: string;
    readonly nodes: Readonly<Record<string, { readonly tone: string | null }>>;
    readonly links: Readonly<Record<string, { readonly tone: string | null }>>;
    readonly messages: readonly { readonly from: string; readonly to: string; readonly label: string; readonly via: string; readonly tone?: string }[];
  }[];
}

/** Drawn higher than wide: the eastern cities lie close together. */
const NORTH_STRETCH = 2;

interface Sending {
  readonly timeUs: number;
  readonly event: number;
  readonly from: number;
  readonly to: number;
  readonly frame: MboneFrame;
}

const SHOWN: readonly MboneMessage["kind"][] = ["data", "prune", "graft", "graft-ack", "report", "leave"];

/**
 * The steps of a traced run on Abilene. Multicast routers are circles, legacy ones squares; a router or link takes the tone "reached" while the latest
 * packet has been there, a link or tunnel "pruned" from a prune until a graft.
 *
 * @param world one that was simulated with a trace
 * @param window first and last second to show
 */
export function mboneSteps(world: MboneSimulation, window: readonly [fromS: number, untilS: number]): MboneSteps {
  const { plan } = world;
  const nodes = Array.from({ length: plan.routerCount }, (_, router) => {
    const place = ABILENE_ROUTERS.find(({ name }) => name === plan.names[router]);
    return { id: plan.names[router], x: place?.longitude ?? router, y: (place?.latitude ?? 0) * NORTH_STRETCH, shape: plan.isMulticast[router] ? ("circle" as const) : ("square" as const) };
  });
  const physical = linksOf(plan.graph).map(({ a, b }) => ({
    id: linkId(world, a, b), from: plan.names[a], to: plan.names[b], kind: plan.isMulticast[a] && plan.isMulticast[b] ? ("native" as const) : ("physical" as const), bend: 0,
  }));
  const tunnels = plan.tunnels.map(({ a, b }) => ({ id: tunnelId(world, a, b), from: plan.names[a], to: plan.names[b], kind: "tunnel" as const, bend: 0.3 }));
  return { nodes, links: [...physical, ...tunnels], steps: new StepWriter(world, [...physical, ...tunnels].map(({ id }) => id)).write(sendings(world, window)) };
}

function sendings(world: MboneSimulation, [fromS, untilS]: readonly [number, number]): Sending[][] {
  const groups = new Map<string, Sending[]>();
  for (const record of world.trace.records()) {
    if (record.kind !== "send" || !SHOWN.includes(record.label as MboneMessage["kind"]) || record.timeUs < fromS * 1e6 || record.timeUs > untilS * 1e6) continue;
    const key = `${record.event} ${record.label}`;
    const group = groups.get(key) ?? [];
    group.push({ timeUs: record.timeUs, event: record.event, from: record.node, to: record.peer, frame: record.message as MboneFrame });
    groups.set(key, group);
  }
  return [...groups.values()];
}

function linkId(world: MboneSimulation, a: number, b: number): string {
  return `${world.plan.names[Math.min(a, b)]}-${world.plan.names[Math.max(a, b)]}`;
}

function tunnelId(world: MboneSimulation, a: number, b: number): string {
  return `tunnel ${linkId(world, a, b)}`;
}

/** Turns groups of sendings into steps, and remembers which packet is the latest. */
class StepWriter {
  private sequence = -1;
  private readonly reached = new Set<string>();
  private readonly pruned = new Set<string>();

  constructor(
    private readonly world: MboneSimulation,
    private readonly links: readonly string[],
  ) {}

  write(groups: readonly Sending[][]): MboneSteps["steps"][number][] {
    return groups.map((group) => {
      const [{ timeUs, frame, from }] = group;
      const isNew = frame.message.kind === "data" && frame.message.sequence !== this.sequence;
      const nodes: Record<string, { tone: string | null }> = {};
      const links: Record<string, { tone: string | null }> = {};
      if (isNew && frame.message.kind === "data") {
        this.sequence = frame.message.sequence;
        this.reached.clear();
        for (const { name } of this.routers()) nodes[name] = { tone: null };
        for (const id of this.links) links[id] = { tone: this.pruned.has(id) ? "pruned" : null };
      }
      for (const sending of group) this.mark(sending, nodes, links);
      const between = group.filter(({ from: sender, to }) => sender < this.world.plan.routerCount && to < this.world.plan.routerCount);
      const messages = between.map(({ from: sender, to, frame: { kind, unicast } }) => ({ from: this.name(sender), to: this.name(to), label: kind === "data" && unicast !== null ? "data in tunnel" : kind, via: linkId(this.world, sender, to), tone: kind === "prune" ? "pruned" : "reached" }));
      return { time: `${(timeUs / 1e6).toFixed(3)} s`, text: this.sentence(group, from), nodes, links, messages };
    });
  }

  private routers(): { readonly name: string }[] {
    return this.world.plan.names.slice(0, this.world.plan.routerCount).map((name) => ({ name }));
  }

  private name(node: number): string {
    return this.world.plan.names[node];
  }

  private mark({ from, to, frame }: Sending, nodes: Record<string, { tone: string | null }>, links: Record<string, { tone: string | null }>): void {
    const { routerCount } = this.world.plan;
    const { kind, unicast } = frame;
    const ends = unicast === null ? [linkId(this.world, from, to)] : [tunnelId(this.world, unicast.from, unicast.to)];
    if (kind === "data") {
      if (from < routerCount) nodes[this.name(from)] = { tone: "reached" };
      if (from < routerCount && to < routerCount) for (const id of new Set([linkId(this.world, from, to), ...ends])) links[id] = { tone: "reached" };
    }
    if (from >= routerCount || to >= routerCount) return;
    if (kind === "prune") for (const id of ends) {
      this.pruned.add(id);
      links[id] = { tone: "pruned" };
    }
    if (kind === "graft") for (const id of ends) {
      this.pruned.delete(id);
      links[id] = { tone: null };
    }
  }

  private sentence(group: readonly Sending[], from: number): string {
    const { plan } = this.world;
    const [{ frame }] = group;
    const { kind, unicast } = frame;
    const targets = group.filter(({ to }) => to < plan.routerCount).map(({ to, frame: { unicast: header } }) => (header === null ? this.name(to) : header.from === from ? `${this.name(header.to)} (tunnel, over ${this.name(to)})` : this.name(to)));
    const hosts = group.filter(({ to }) => to >= plan.routerCount).map(({ to }) => this.name(to));
    const list = [...targets, ...hosts].join(", ");
    if (unicast !== null && unicast.from !== from) return `${this.name(from)}, which reads only the outer header, passes the ${kind === "data" ? "packet" : kind} on to ${list}`;
    if (kind === "data") return `${this.name(from)} sends packet ${this.sequence + 1} to ${list}`;
    const end = this.name(unicast?.to ?? group[0].to);
    if (kind === "prune") return `${this.name(from)} prunes itself from ${end}: nobody beyond it wants the group`;
    if (kind === "graft") return `${this.name(from)} asks ${end} to graft it to the tree again`;
    if (kind === "graft-ack") return `${this.name(from)} acknowledges the graft to ${end}`;
    return kind === "report" ? `${this.name(from)} reports that it is a member` : `${this.name(from)} leaves the group`;
  }
}
