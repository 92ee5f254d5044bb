/**
 * How a member cares for the mesh (Peterson and Davie 9.4.1; Chu et al. 2000, 3.1 and 3.2): it joins, mends partitions, adds links of high utility and drops those of low cost. A link is agreed
 * on by request and answer, so both ends know of it; an end that never got the answer is told when the other's first keep-alive comes.
 */
import type { ProcessContext } from "../../simulation/contract";
import { SECOND_US } from "../../units";
import { addThreshold, dropThreshold, evaluateCost, evaluateUtility, scheduledRepair } from "./decisions";
import type { GroupObserver, LinkReason } from "./forwarding";
import { LONGEST_LINK_US, type Link, type LinkTable } from "./links";
import type { Membership } from "./membership";
import { messageBytes, type NaradaMessage } from "./messages";
import type { NaradaParameters } from "./parameters";
import { UNREACHABLE, membersVia } from "./route-vector";
import type { Routing } from "./routing";

type Context = ProcessContext<NaradaMessage>;
type Message<K extends NaradaMessage["kind"]> = Extract<NaradaMessage, { readonly kind: K }>;
/** Why a member sends a request or a probe. */
type Purpose = "join" | "repair" | "improve";

/** Joins, repairs, additions and drops of one member. */
export class MeshCare {
  /** Requests for a link that wait for an answer, by peer. */
  readonly requested = new Map<number, Purpose>();
  /** Probes that wait for an answer, by peer. */
  readonly probed = new Map<number, "repair" | "improve">();
  /** A member that leaves takes no new links. */
  isLeaving = false;

  constructor(
    private readonly self: number,
    private readonly parameters: NaradaParameters,
    private readonly contacts: readonly number[],
    private readonly links: LinkTable,
    private readonly membership: Membership,
    private readonly routing: Routing,
    private readonly observer: GroupObserver,
  ) {}

  /** Sends "join mesh" to some of the members that this one knows of; asks others later if none accepts. */
  join(context: Context): void {
    if (this.links.degree > 0 || this.isLeaving) return;
    const { joinLinks, answerSeconds, refreshSeconds } = this.parameters;
    const known = [...new Set([...this.contacts, ...this.membership.members()])].filter((node) => node !== this.self);
    if (known.length === 0) return;
    const random = context.random("join");
    for (const at of random.sample(known.length, Math.min(joinLinks, known.length))) this.request(context, known[at], "join");
    // Nobody may answer for a long time: then it asks no oftener than it would refresh.
    context.setTimer("join", (known.length > joinLinks ? answerSeconds : Math.max(answerSeconds, refreshSeconds)) * SECOND_US);
  }

  /** One look at the queue of stale members. */
  repair(context: Context): void {
    const { membership, parameters } = this;
    const queue = membership.staleQueue(context.nowUs, parameters.staleSeconds * SECOND_US);
    const random = context.random("repair");
    if (queue.length > 0) for (const member of scheduledRepair(queue, membership.size, parameters.deadSeconds, random.uniform()).probe) this.probe(context, member, "repair");
    // Both sides of a partition that lasts take each other for dead; somebody has to ask when it is over.
    const dead = membership.rememberedDead(context.nowUs, parameters.forgetSeconds * SECOND_US);
    if (dead.length > 0 && random.uniform() < dead.length / (dead.length + membership.size)) this.probe(context, dead[random.integer(dead.length)], "repair");
    if (this.links.degree === 0) context.setTimerOnce("join", 0);
  }

  /** Probes a random member that is no neighbour. */
  explore(context: Context): void {
    const others = this.membership.size - 1 - this.links.degree;
    if (others <= 0 || this.links.degree >= this.parameters.fanOut) return;
    const { isAlive } = this.membership;
    const random = context.random("probe");
    // Few nodes that ever were are not members now; an even draw among members needs few tries, and gives up for this time after many.
    for (let attempt = 0; attempt < 64; attempt++) {
      const node = random.integer(isAlive.length);
      if (isAlive[node] === 0 || node === this.self || this.links.to(node) !== undefined) continue;
      this.probe(context, node, "improve");
      return;
    }
  }

  /** Gives up the link of the lowest cost if that is below the threshold; one at a time. */
  prune(context: Context): void {
    const { links, parameters, membership, routing } = this;
    // One at a time, so that each decision sees what became of the last.
    if (links.all.some((link) => link.isRetiredHere)) return;
    let worst: Link | undefined;
    let worstCost = Infinity;
    for (const link of links.all) {
      if (link.isLeaving || link.vector === null || context.nowUs - link.sinceUs < parameters.probationSeconds * SECOND_US) continue;
      const cost = evaluateCost(membersVia(routing.vector, link.peer), membersVia(link.vector, this.self));
      if (cost < worstCost) [worst, worstCost] = [link, cost];
    }
    if (worst === undefined || worstCost >= dropThreshold(parameters, membership.size, links.degree, worst.degree)) return;
    this.send(context, worst.peer, { kind: "retire-link" });
    worst.isRetiredHere = true;
    this.makeLast(context, worst);
    context.note(`gives up the link to ${worst.peer}`, worstCost);
  }

  /** A link is used only where there is no other way, until its time is over. */
  makeLast(context: Context, link: Link): void {
    link.isLeaving = true;
    this.routing.linkChanged(link);
    // Who does not decide waits longer: the decision may have been lost.
    const decides = link.isRetiredHere || this.membership.isAlive[link.peer] === 0;
    context.setTimer("unlink", this.parameters.lingerSeconds * SECOND_US * (decides ? 1 : 2), link.peer);
    this.routesChanged(context);
  }

  /** The time of a link is over: it ends, unless it was given up here and there is no way without it. */
  unlink(context: Context, peer: number): void {
    const link = this.links.to(peer);
    if (link === undefined) return;
    if (!link.isRetiredHere) return this.membership.isAlive[peer] === 1 ? this.keep(context, peer) : this.cut(context, peer, "leave");
    const isNeeded = membersVia(this.routing.vector, peer) > 0 || (link.vector !== null && membersVia(link.vector, this.self) > 0);
    if (isNeeded && this.parameters.lingerSeconds > 0) {
      this.send(context, peer, { kind: "keep-link" });
      return this.keep(context, peer);
    }
    this.send(context, peer, { kind: "drop-link" });
    this.cut(context, peer, "drop");
  }

  /** A link that was to be given up is kept. */
  keep(context: Context, peer: number): void {
    const link = this.links.to(peer);
    if (link === undefined) return;
    link.isLeaving = false;
    link.isRetiredHere = false;
    this.routing.linkChanged(link);
    context.cancelTimer("unlink", peer);
    this.routesChanged(context);
  }

  /** Looks for neighbours that have been silent for too long, and asks whether they are there at all. */
  checkNeighbours(context: Context): void {
    const limitUs = context.nowUs - this.parameters.neighbourTimeoutSeconds * SECOND_US;
    for (const link of this.links.all.filter(({ heardUs }) => heardUs <= limitUs)) {
      this.cut(context, link.peer, "silent");
      this.probe(context, link.peer, "repair");
    }
  }

  /** Takes a request for a link. */
  receiveRequest(context: Context, from: number, message: Message<"join-mesh"> | Message<"add-link">): void {
    const wish = message.kind === "add-link" ? "improve" : "join";
    const limit = wish === "improve" ? this.parameters.fanOut : this.parameters.maxNeighbours;
    const known = this.links.to(from);
    const { table, entries } = this.list(wish === "join");
    if (this.isLeaving || (known === undefined && this.links.degree >= limit)) {
      this.send(context, from, { kind: "refuse", table, entries });
      return;
    }
    // A member that asks for a link which is there has started anew, and knows nothing of before.
    if (known !== undefined && wish === "join") this.cut(context, from, "join");
    const link = this.links.to(from) ?? this.connect(context, from, wish);
    this.send(context, from, { kind: "accept", sentUs: message.sentUs, degree: this.links.degree, table, entries });
    if (message.kind === "add-link") {
      link.latencyUs = message.linkUs;
      this.routing.linkChanged(link);
      link.degree = message.degree + 1;
    } else this.ping(context, from);
  }

  /** Takes the answer that makes a link. */
  receiveAccept(context: Context, from: number, message: Message<"accept">): void {
    const purpose = this.requested.get(from) ?? "join";
    this.settle(context, from);
    let link = this.links.to(from);
    if (link === undefined) {
      if (this.isLeaving || this.links.degree >= this.parameters.maxNeighbours) {
        this.send(context, from, { kind: "drop-link" });
        return;
      }
      link = this.connect(context, from, purpose);
    }
    link.degree = message.degree;
    this.measure(link, context.nowUs - message.sentUs);
  }

  /** Takes a refusal: a new member without a neighbour asks others at once. */
  receiveRefuse(context: Context, from: number): void {
    const purpose = this.requested.get(from);
    this.settle(context, from);
    if (purpose === "join" && this.requested.size === 0 && this.links.degree === 0) context.setTimer("join", 0);
  }

  /** A request was not answered. */
  requestTimedOut(peer: number): void {
    this.requested.delete(peer);
  }

  /** Takes the answer of a probed member: mends a partition, or weighs a link. */
  receiveProbeAnswer(context: Context, from: number, message: Message<"probe-answer">): void {
    const purpose = this.probed.get(from);
    this.probed.delete(from);
    context.cancelTimer("probe", from);
    if (purpose === undefined || this.isLeaving || this.links.to(from) !== undefined || this.requested.has(from)) return;
    if (purpose === "repair") {
      // It is there, but no route leads to it: the mesh is in parts.
      const alone = this.routing.vector.costs[from] === UNREACHABLE && this.links.degree < this.parameters.maxNeighbours;
      if (alone) this.request(context, from, "repair");
    } else if (message.costs !== null) this.weigh(context, from, message, message.costs);
  }

  /** A probed member did not answer: if its silence was the reason for the probe, it is dead. @returns true when that is news */
  probeTimedOut(context: Context, peer: number): boolean {
    const purpose = this.probed.get(peer);
    this.probed.delete(peer);
    return purpose === "repair" && this.membership.declareDead(peer, context.nowUs);
  }

  /** Ends a link on this side. */
  cut(context: Context, peer: number, reason: LinkReason): void {
    const link = this.links.to(peer);
    if (link === undefined) return;
    this.routing.linkGoes(link);
    this.links.remove(peer);
    context.cancelTimer("unlink", peer);
    this.observer.linkChanged?.(this.self, peer, false, reason, context.nowUs);
    context.note(`link to ${peer} ends: ${reason}`);
    this.routesChanged(context);
    if (this.links.degree === 0) context.setTimerOnce("join", 0);
  }

  /** A new round-trip time of a link. */
  measure(link: Link, roundTripUs: number): void {
    const sampleUs = roundTripUs / 2;
    const known = link.latencyUs;
    link.latencyUs = boundedLatency(known === UNREACHABLE ? sampleUs : known + this.parameters.roundTripWeight * (sampleUs - known));
    if (link.latencyUs !== known) this.routing.linkChanged(link);
  }

  /** Routes are to be computed and advertised soon. */
  routesChanged(context: Context): void {
    context.setTimerOnce("update", this.parameters.triggerSeconds * SECOND_US);
  }

  /** Asks a neighbour for a sign of life, and for the round-trip time. */
  ping(context: Context, peer: number): void {
    this.send(context, peer, { kind: "keep-alive", sentUs: context.nowUs, key: this.membership.ownKey });
  }

  /** The list of members as it goes into a message, or none. */
  list(wanted = true): { readonly table: Int32Array | null; readonly entries: number } {
    return wanted ? { table: this.membership.keys.slice(), entries: this.membership.entries } : { table: null, entries: 0 };
  }

  private weigh(context: Context, from: number, message: Message<"probe-answer">, costs: Int32Array): void {
    const linkUs = boundedLatency((context.nowUs - message.sentUs) / 2);
    const utility = evaluateUtility(this.self, this.membership.isAlive, this.routing.vector.costs, linkUs, costs);
    if (utility <= addThreshold(this.parameters, this.membership.size, this.links.degree, message.degree)) return;
    context.note(`utility of a link to ${from}`, utility);
    this.request(context, from, "improve", linkUs);
  }

  private request(context: Context, peer: number, purpose: Purpose, linkUs = 0): void {
    if (this.requested.has(peer) || this.links.to(peer) !== undefined) return;
    this.requested.set(peer, purpose);
    context.setTimer("request", this.parameters.answerSeconds * SECOND_US, peer);
    const sentUs = context.nowUs;
    if (purpose === "improve") this.send(context, peer, { kind: "add-link", sentUs, linkUs, degree: this.links.degree });
    else this.send(context, peer, { kind: "join-mesh", sentUs, table: this.membership.keys.slice(), entries: this.membership.entries });
  }

  private probe(context: Context, peer: number, purpose: "repair" | "improve"): void {
    if (this.probed.has(peer)) {
      if (purpose === "repair") this.probed.set(peer, purpose);
      return;
    }
    this.probed.set(peer, purpose);
    context.setTimer("probe", this.parameters.answerSeconds * SECOND_US, peer);
    this.send(context, peer, { kind: "probe", sentUs: context.nowUs, key: this.membership.keys[peer], forRepair: purpose === "repair" });
  }

  private connect(context: Context, peer: number, reason: LinkReason): Link {
    const link = this.links.add(peer, context.nowUs);
    this.routing.linkAdded(link);
    this.observer.linkChanged?.(this.self, peer, true, reason, context.nowUs);
    context.note(`link to ${peer}: ${reason}`);
    this.routesChanged(context);
    return link;
  }

  private settle(context: Context, peer: number): void {
    this.requested.delete(peer);
    context.cancelTimer("request", peer);
  }

  private send(context: Context, peer: number, message: NaradaMessage): void {
    context.send(peer, message, messageBytes(message));
  }
}

/** Latency of a link as routes use it: whole microseconds, never 0, so that a longer path always costs more. */
function boundedLatency(us: number): number {
  return Math.max(1, Math.min(LONGEST_LINK_US, Math.round(us)));
}
