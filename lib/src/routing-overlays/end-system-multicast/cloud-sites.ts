/**
 * The simpler way that Peterson and Davie 9.4.1 name: virtual machines at well-known sites form a static multicast tree, and each host attaches to the nearest site. Sites know their neighbours
 * on the tree from the start; hosts probe all sites, attach to the one with the shortest round trip, and look for another when it falls silent. The tree is a minimum spanning tree of
 * latencies, our choice, since the book leaves it open. Not modelled: a tree that mends itself when a site fails; the hosts of a failed site move, the tree stays broken till the site is back.
 * Tests: test/routing-overlays/end-system-multicast/cloud-sites.test.ts
 */
import { ParameterError, checkNumber } from "../../errors";
import type { Process, ProcessContext } from "../../simulation/contract";
import { SECOND_US } from "../../units";
import { datagramBytes } from "./messages";

/** What travels between hosts and sites. */
export type CloudMessage =
  | { readonly kind: "probe" | "probe-answer" | "keep-alive" | "keep-alive-answer"; readonly sentUs: number }
  | { readonly kind: "attach" | "attached" | "detach" }
  | { readonly kind: "data"; readonly source: number; readonly number: number; readonly payloadBytes: number };

/** The sites and their tree, and the times of hosts. */
export interface CloudPlan {
  /** Nodes that are sites, at least one. */
  readonly sites: readonly number[];
  /** Links of the tree, as pairs of nodes; see {@link spanningTree}. */
  readonly tree: readonly (readonly [number, number])[];
  /** Period of keep-alives, 0.1..3600 seconds; default 10. */
  readonly keepAliveSeconds?: number;
  /** Silence after which a host looks for another site, and a site forgets a host, more than the period, seconds; default 30. */
  readonly timeoutSeconds?: number;
  /** How long answers to probes are awaited, 0.01..60 seconds; default 3. */
  readonly answerSeconds?: number;
}

/** Is told of packets; any part may be absent. */
export interface CloudObserver {
  delivered?(host: number, source: number, number: number, nowUs: number): void;
  forwarded?(from: number, to: number, source: number, number: number, nowUs: number): void;
}

/**
 * A minimum spanning tree by latency (Prim), the lower numbers on a tie.
 * @param sites nodes, each once
 * @returns links in the order in which they were chosen
 * @throws ParameterError for no site, or a site twice
 */
export function spanningTree(sites: readonly number[], latencyUs: (from: number, to: number) => number): [number, number][] {
  if (sites.length === 0 || new Set(sites).size !== sites.length) throw new ParameterError({ what: "no tree over these sites", got: sites, expected: "at least one site, each once", where: "parameter sites" });
  const inside = [sites[0]];
  const outside = sites.slice(1);
  const tree: [number, number][] = [];
  while (outside.length > 0) {
    let best: [number, number, number] = [inside[0], outside[0], Infinity];
    for (const from of inside) for (const to of outside) if (latencyUs(from, to) < best[2]) best = [from, to, latencyUs(from, to)];
    tree.push([best[0], best[1]]);
    inside.push(best[1]);
    outside.splice(outside.indexOf(best[1]), 1);
  }
  return tree;
}

/** The site with the shortest round trip, the lowest number on a tie; -1 when none answered. */
export function nearestSite(roundTripsUs: ReadonlyMap<number, number>): number {
  let best = -1;
  for (const [site, us] of roundTripsUs) {
    const known = best < 0 ? Infinity : (roundTripsUs.get(best) as number);
    if (us < known || (us === known && site < best)) best = site;
  }
  return best;
}

/** Bytes on the wire: kind, group, length; a time; source and number of a packet. */
export function cloudMessageBytes(message: CloudMessage): number {
  return datagramBytes(8 + (message.kind === "data" ? 8 + message.payloadBytes : "sentUs" in message ? 4 : 0));
}

/** A site or a host. */
export class CloudNode implements Process<CloudMessage> {
  /** The host's site; -1 while it has none. */
  site = -1;
  /** Hosts attached to this site, with the time when each was last heard. */
  readonly attached = new Map<number, number>();
  private readonly isSite: boolean;
  private readonly neighbours: readonly number[];
  private readonly roundTripsUs = new Map<number, number>();
  private readonly times: { readonly keepAliveUs: number; readonly timeoutUs: number; readonly answerUs: number };
  private heardUs = 0;
  private next = 0;

  /** @throws ParameterError when the plan has no site, the tree leads elsewhere, or a time is out of range */
  constructor(
    readonly self: number,
    private readonly plan: CloudPlan,
    private readonly observer: CloudObserver = {},
  ) {
    if (!Array.isArray(plan.sites) || plan.sites.length === 0) throw new ParameterError({ what: "a cloud without sites", got: plan.sites, expected: "at least one site", where: "parameter sites" });
    for (const end of plan.tree.flat()) if (!plan.sites.includes(end)) throw new ParameterError({ what: "the tree names a node that is no site", got: end, expected: plan.sites.join(", "), where: "parameter tree" });
    const keepAlive = checkNumber("keepAliveSeconds", plan.keepAliveSeconds ?? 10, { min: 0.1, max: 3600, unit: "seconds" });
    const timeout = checkNumber("timeoutSeconds", plan.timeoutSeconds ?? 30, { min: keepAlive, exclusiveMin: true, max: 7200, unit: "seconds" });
    const answer = checkNumber("answerSeconds", plan.answerSeconds ?? 3, { min: 0.01, max: 60, unit: "seconds" });
    this.times = { keepAliveUs: keepAlive * SECOND_US, timeoutUs: timeout * SECOND_US, answerUs: answer * SECOND_US };
    this.isSite = plan.sites.includes(self);
    this.neighbours = plan.tree.flatMap(([a, b]) => (a === self ? [b] : b === self ? [a] : []));
  }

  onStart(context: ProcessContext<CloudMessage>): void {
    if (!this.isSite) this.search(context);
    context.setTimer("keep-alive", this.times.keepAliveUs);
  }

  onMessage(context: ProcessContext<CloudMessage>, from: number, message: CloudMessage): void {
    if (this.attached.has(from)) this.attached.set(from, context.nowUs);
    if (from === this.site) this.heardUs = context.nowUs;
    switch (message.kind) {
      case "probe":
        return this.send(context, from, { kind: "probe-answer", sentUs: message.sentUs });
      case "keep-alive":
        // A site that has been down does not know its hosts; they learn it from its silence.
        if (this.attached.has(from)) this.send(context, from, { kind: "keep-alive-answer", sentUs: message.sentUs });
        return;
      case "probe-answer":
        this.roundTripsUs.set(from, context.nowUs - message.sentUs);
        return;
      case "attach":
        this.attached.set(from, context.nowUs);
        return this.send(context, from, { kind: "attached" });
      case "attached":
        this.site = from;
        this.heardUs = context.nowUs;
        return;
      case "detach":
        this.attached.delete(from);
        return;
      case "data":
        return this.accept(context, from, message);
      case "keep-alive-answer":
        return;
    }
  }

  onTimer(context: ProcessContext<CloudMessage>, name: string): void {
    if (name === "choose") return this.choose(context);
    context.setTimer("keep-alive", this.times.keepAliveUs);
    const limitUs = context.nowUs - this.times.timeoutUs;
    for (const [host, heardUs] of [...this.attached]) if (heardUs <= limitUs) this.attached.delete(host);
    if (this.site < 0) return;
    if (this.heardUs <= limitUs) {
      this.site = -1;
      this.search(context);
    } else this.send(context, this.site, { kind: "keep-alive", sentUs: context.nowUs });
  }

  /** A host sends a packet to the group. @returns its number, or -1 when the host has no site now */
  publish(context: ProcessContext<CloudMessage>, payloadBytes: number): number {
    checkNumber("payloadBytes", payloadBytes, { min: 0, max: 65000, integer: true, unit: "bytes" });
    if (this.site < 0) return -1;
    const number = this.next++;
    this.pass(context, this.site, { kind: "data", source: this.self, number, payloadBytes });
    return number;
  }

  /** A host leaves its site. */
  leave(context: ProcessContext<CloudMessage>): void {
    if (this.site >= 0) this.send(context, this.site, { kind: "detach" });
    this.site = -1;
    context.cancelTimer("choose");
    context.cancelTimer("keep-alive");
  }

  view(): unknown {
    return { site: this.site, attached: [...this.attached.keys()], neighbours: this.neighbours };
  }

  private search(context: ProcessContext<CloudMessage>): void {
    this.roundTripsUs.clear();
    for (const site of this.plan.sites) this.send(context, site, { kind: "probe", sentUs: context.nowUs });
    context.setTimer("choose", this.times.answerUs);
  }

  private choose(context: ProcessContext<CloudMessage>): void {
    if (this.site >= 0) return;
    const site = nearestSite(this.roundTripsUs);
    if (site < 0) return this.search(context);
    this.send(context, site, { kind: "attach" });
    // Asked again if neither the site's word nor any other site comes.
    this.roundTripsUs.delete(site);
    context.setTimer("choose", this.times.answerUs);
  }

  private accept(context: ProcessContext<CloudMessage>, from: number, packet: Extract<CloudMessage, { readonly kind: "data" }>): void {
    if (!this.isSite) {
      if (from === this.site) this.observer.delivered?.(this.self, packet.source, packet.number, context.nowUs);
      return;
    }
    if (!this.attached.has(from) && !this.neighbours.includes(from)) return;
    for (const site of this.neighbours) if (site !== from) this.pass(context, site, packet);
    for (const host of this.attached.keys()) if (host !== from) this.pass(context, host, packet);
  }

  private pass(context: ProcessContext<CloudMessage>, to: number, packet: CloudMessage & { readonly kind: "data" }): void {
    this.observer.forwarded?.(this.self, to, packet.source, packet.number, context.nowUs);
    this.send(context, to, packet);
  }

  private send(context: ProcessContext<CloudMessage>, to: number, message: CloudMessage): void {
    context.send(to, message, cloudMessageBytes(message));
  }
}
