/**
 * A member of an end system multicast group: Narada as Peterson and Davie 9.4.1 describe it, after Chu, Rao, Seshan and Zhang, "A case for end system multicast", SIGMETRICS 2000. Members keep a mesh among
 * themselves, each knows all others by refresh messages with sequence numbers, routes run over the mesh by a distance vector with paths, and packets follow the reverse paths. Only hosts take part.
 * Differs from the paper: a member that answers a repair probe gets a link only if no route leads to it (the paper adds one always); members taken for dead are asked now and then until they are forgotten, so that
 * a partition of the network that outlasts `deadSeconds` heals; a link is given up in two steps, with the transient cost that the paper has for leaving members, and kept when no other way is found; the list of
 * members and the routes travel in messages of their own. Not modelled: congestion control, bandwidth of members, security.
 * Tests: test/routing-overlays/end-system-multicast/, test/laws/end-system-multicast.test.ts, test/scenarios/end-system-multicast.test.ts, test/paper/end-system-multicast.test.ts
 */
import { ParameterError, checkNumber } from "../../errors";
import type { Process, ProcessContext } from "../../simulation/contract";
import { SECOND_US } from "../../units";
import { Forwarding, type DataMessage, type GroupObserver } from "./forwarding";
import { LinkTable, linkCostUs } from "./links";
import { Membership, sequenceOf } from "./membership";
import { MeshCare } from "./mesh-care";
import { messageBytes, type NaradaMessage } from "./messages";
import { naradaParameters, type NaradaParameters } from "./parameters";
import { UNREACHABLE, pathOf } from "./route-vector";
import { Routing } from "./routing";

type Context = ProcessContext<NaradaMessage>;

/** What a member is made of. */
export interface MemberOptions {
  /** Number of hosts that could be members, 1..65535. */
  readonly hosts: number;
  /** Hosts that this one knows to be in the group before it joins, dead or alive; none for the first member. */
  readonly contacts: readonly number[];
  /** Values that differ from {@link NARADA_DEFAULTS}, or what {@link naradaParameters} gave. */
  readonly parameters?: Partial<NaradaParameters>;
  readonly observer?: GroupObserver;
}

/** Largest number of bytes of one packet of the application. */
const LARGEST_PAYLOAD = 65_000;

/** The process of one member. */
export class NaradaMember implements Process<NaradaMessage> {
  readonly membership: Membership;
  readonly links: LinkTable;
  readonly routing: Routing;
  readonly care: MeshCare;
  readonly forwarding: Forwarding;
  readonly parameters: NaradaParameters;
  /** A member is in the group until it leaves; while it leaves it still forwards. */
  phase: "member" | "leaving" | "gone" = "member";

  /**
   * @param self number of this host
   * @param nowUs time of the start, for sequence numbers that outlive a crash
   * @throws ParameterError when an option is out of range or a contact is no host
   */
  constructor(
    readonly self: number,
    nowUs: number,
    options: MemberOptions,
  ) {
    const hosts = checkNumber("hosts", options.hosts, { min: 1, max: 65535, integer: true });
    checkNumber("self", self, { min: 0, max: hosts - 1, integer: true });
    if (!Array.isArray(options.contacts)) throw new ParameterError({ what: "contacts are no list", got: options.contacts, expected: "a list of hosts, empty for the first member", where: "parameter contacts" });
    options.contacts.forEach((contact, index) => checkNumber(`contacts[${index}]`, contact, { min: 0, max: hosts - 1, integer: true }));
    // What naradaParameters gave is frozen and need not be checked once more for each of a thousand members.
    this.parameters = options.parameters !== undefined && Object.isFrozen(options.parameters) ? (options.parameters as NaradaParameters) : naradaParameters(options.parameters);
    const observer = options.observer ?? {};
    this.membership = new Membership(hosts, self, nowUs);
    this.links = new LinkTable(self);
    this.routing = new Routing(self, this.links, this.membership);
    this.care = new MeshCare(self, this.parameters, options.contacts, this.links, this.membership, this.routing, observer);
    this.forwarding = new Forwarding(self, sequenceOf(this.membership.ownKey), this.routing, observer);
  }

  onStart(context: Context): void {
    const { refreshSeconds, routingSeconds, keepAliveSeconds, repairSeconds, probeSeconds, dropSeconds, improve } = this.parameters;
    const phase = context.random("phase");
    // Members that start together must not act together.
    const begin = (name: string, seconds: number) => context.setTimer(name, Math.floor(phase.uniform() * seconds * SECOND_US));
    begin("refresh", refreshSeconds);
    begin("routing", routingSeconds);
    begin("keep-alive", keepAliveSeconds);
    begin("repair", repairSeconds);
    if (improve) {
      begin("explore", probeSeconds);
      begin("prune", dropSeconds);
    }
    this.care.join(context);
  }

  /**
   * Sends a packet of this member's application to the group.
   *
   * @param payloadBytes 0..65000
   * @returns the packet, to be recognised when it is delivered
   * @throws ParameterError when the member has left
   */
  publish(context: Context, payloadBytes: number): DataMessage {
    checkNumber("payloadBytes", payloadBytes, { min: 0, max: LARGEST_PAYLOAD, integer: true, unit: "bytes" });
    if (this.phase !== "member") throw new ParameterError({ what: "a member that has left cannot send to the group", got: this.phase, expected: "a member" });
    return this.forwarding.publish(context, payloadBytes);
  }

  /** Leaves the group: says so to the neighbours, goes on forwarding for a while, then falls silent. No effect the second time. */
  leave(context: Context): void {
    if (this.phase !== "member") return;
    this.phase = "leaving";
    this.care.isLeaving = true;
    const key = this.membership.leave();
    for (const { peer } of this.links.all) this.send(context, peer, { kind: "leave-mesh", key });
    for (const name of ["repair", "explore", "prune", "join", "refresh"]) context.cancelTimer(name);
    context.setTimer("gone", this.parameters.lingerSeconds * SECOND_US);
  }

  onMessage(context: Context, from: number, message: NaradaMessage): void {
    if (this.phase === "gone") return;
    const link = this.links.to(from);
    if (link !== undefined) link.heardUs = context.nowUs;
    switch (message.kind) {
      case "data":
        return this.forwarding.accept(context, from, message);
      case "routing":
        if (link === undefined) return;
        link.degree = message.degree;
        if (link.vector === message.vector) return;
        this.routing.hear(link, message.vector);
        // The routes in force are those that neighbours have heard of, so they change no sooner than they are sent.
        if (this.parameters.triggeredUpdates === "all-changes") context.setTimerOnce("update", this.parameters.triggerSeconds * SECOND_US);
        return;
      case "refresh":
        return this.hearList(context, message.table);
      case "keep-alive":
        this.hear(context, from, message.key);
        if (link === undefined) {
          // It thinks that there is a link. If its acceptance of one may still be under way, there will be.
          if (!this.care.requested.has(from)) this.send(context, from, { kind: "drop-link" });
          return;
        }
        return this.send(context, from, { kind: "keep-alive-answer", sentUs: message.sentUs, key: this.membership.ownKey });
      case "keep-alive-answer":
        this.hear(context, from, message.key);
        if (link === undefined) return;
        if (link.latencyUs === UNREACHABLE) this.care.routesChanged(context);
        return this.care.measure(link, context.nowUs - message.sentUs);
      case "join-mesh":
        this.hearList(context, message.table);
        return this.care.receiveRequest(context, from, message);
      case "add-link":
        return this.care.receiveRequest(context, from, message);
      case "accept":
        if (message.table !== null) this.hearList(context, message.table);
        return this.care.receiveAccept(context, from, message);
      case "refuse":
        if (message.table !== null) this.hearList(context, message.table);
        return this.care.receiveRefuse(context, from);
      case "drop-link":
        return this.care.cut(context, from, "drop");
      case "retire-link":
        if (link !== undefined) this.care.makeLast(context, link);
        return;
      case "keep-link":
        return this.care.keep(context, from);
      case "leave-mesh":
        return this.neighbourLeaves(context, from, message.key);
      case "probe":
        return this.answerProbe(context, from, message);
      case "probe-answer":
        this.hear(context, from, message.key);
        return this.care.receiveProbeAnswer(context, from, message);
    }
  }

  onTimer(context: Context, name: string, key: number): void {
    const { parameters, care } = this;
    const again = (seconds: number) => context.setTimer(name, seconds * SECOND_US);
    switch (name) {
      case "refresh":
        again(parameters.refreshSeconds);
        this.membership.refresh();
        return this.sendList(context);
      case "forward":
        return this.sendList(context);
      case "routing":
        again(parameters.routingSeconds);
        return this.advertise(context, false);
      case "update":
        return this.advertise(context, true);
      case "keep-alive":
        again(parameters.keepAliveSeconds);
        care.checkNeighbours(context);
        for (const { peer } of this.links.all) care.ping(context, peer);
        return;
      case "repair":
        again(parameters.repairSeconds);
        return care.repair(context);
      case "explore":
        again(parameters.probeSeconds);
        return care.explore(context);
      case "prune":
        again(parameters.dropSeconds);
        return care.prune(context);
      case "join":
        return care.join(context);
      case "request":
        return care.requestTimedOut(key);
      case "probe":
        if (care.probeTimedOut(context, key)) this.membersChanged(context);
        return;
      case "unlink":
        return care.unlink(context, key);
      case "gone":
        return this.fallSilent(context);
      default:
        throw new ParameterError({ what: "unknown timer", got: name, expected: "a timer of this process" });
    }
  }

  /** Names the first rule that this member's state breaks. @throws InvariantError */
  checkInvariants(): void {
    this.membership.checkInvariants();
    this.links.checkInvariants(this.parameters.maxNeighbours);
    this.routing.checkInvariants();
  }

  /** Neighbours, members and routes as plain data. */
  view(): unknown {
    const { vector } = this.routing;
    return {
      phase: this.phase,
      neighbours: this.links.all.map((link) => ({ member: link.peer, latencyMs: linkCostUs(link) === UNREACHABLE ? null : linkCostUs(link) / 1000 })),
      members: this.membership.members(),
      routes: this.membership.members().filter((member) => vector.costs[member] !== UNREACHABLE && member !== this.self).map((member) => ({ member, latencyMs: vector.costs[member] / 1000, path: pathOf(vector, member) })),
    };
  }

  private neighbourLeaves(context: Context, from: number, key: number): void {
    this.hear(context, from, key);
    const link = this.links.to(from);
    if (link === undefined) return;
    link.isRetiredHere = false;
    this.care.makeLast(context, link);
  }

  private answerProbe(context: Context, from: number, message: Extract<NaradaMessage, { readonly kind: "probe" }>): void {
    this.hear(context, this.self, message.key);
    const { vector } = this.routing;
    const costs = message.forRepair ? null : vector.costs;
    this.send(context, from, { kind: "probe-answer", sentUs: message.sentUs, key: this.membership.ownKey, degree: this.links.degree, costs, entries: costs === null ? 0 : vector.entries });
  }

  private hear(context: Context, member: number, key: number): void {
    if (this.membership.hear(member, key, context.nowUs)) this.membersChanged(context);
  }

  private hearList(context: Context, table: Int32Array): void {
    if (this.membership.merge(table, context.nowUs)) this.membersChanged(context);
  }

  private membersChanged(context: Context): void {
    this.routing.membersChanged();
    context.setTimerOnce("forward", this.parameters.forwardSeconds * SECOND_US);
  }

  private sendList(context: Context): void {
    if (this.links.degree === 0) return;
    const { table, entries } = this.care.list();
    this.toAll(context, { kind: "refresh", table: table as Int32Array, entries });
  }

  /** Puts the routes as they are now in force and sends them: to all neighbours, or to those who have not heard them. */
  private advertise(context: Context, onlyNews: boolean): void {
    const vector = this.routing.install();
    const message: NaradaMessage = { kind: "routing", vector, degree: this.links.degree };
    const bytes = messageBytes(message);
    for (const link of this.links.all) {
      if (onlyNews && link.told === vector) continue;
      link.told = vector;
      context.send(link.peer, message, bytes);
    }
  }

  private toAll(context: Context, message: NaradaMessage): void {
    const bytes = messageBytes(message);
    for (const { peer } of this.links.all) context.send(peer, message, bytes);
  }

  private fallSilent(context: Context): void {
    this.phase = "gone";
    for (const name of ["routing", "update", "keep-alive", "forward"]) context.cancelTimer(name);
    for (const link of [...this.links.all]) {
      context.cancelTimer("unlink", link.peer);
      this.routing.linkGoes(link);
      this.links.remove(link.peer);
    }
    this.routing.install();
  }

  private send(context: Context, to: number, message: NaradaMessage): void {
    context.send(to, message, messageBytes(message));
  }
}
