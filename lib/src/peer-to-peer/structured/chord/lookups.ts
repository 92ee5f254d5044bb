/**
 * Lookups message by message: `find_successor` in its recursive and its iterative form, with acknowledgements, timeouts and the next best node (Transactions on Networking 2003,
 * sections IV-D and IV-E). A lookup for a key ends with a question to the owner itself; those of maintenance end where the owner is known.
 * Tests: test/peer-to-peer/structured/chord-process.test.ts.
 */
import { LOOKUP_OUTCOME } from "../lookup-log";
import { targetRow, sendObject, type ChordCore, type Context } from "./core";
import { closestPrecedingNode, knowsOwner, nextHops, ownerInList, type NextHops } from "./decisions";
import { ErrandTable, type Errand } from "./errands";
import { KIND, errandOf, messageBytes, oneHopOn, packRoute, packTicket, routeHops, routeNode, routeTimeouts, ticketOf, type ChordMessage } from "./messages";
import { MEMBER } from "./state";

/** What lookups tell to the rest of the node. */
export interface LookupListener {
  /** A lookup of maintenance has its answer: the owner of a target. */
  resolved(context: Context, code: number, owner: number): void;
  /** A node did not answer. */
  silent(context: Context, node: number): void;
  /** A key is to be kept here. */
  stored(context: Context, key: number): void;
}

/** Ticket of lookups that are not in the log. */
export const NO_TICKET = -1;

/** The lookups of all nodes. */
export class ChordLookups {
  private readonly errands: ErrandTable;
  private readonly attempts = new Map<number, number>();
  private readonly bytes: { readonly find: number; readonly answer: number; readonly bare: number };

  constructor(private readonly core: ChordCore, private readonly listener: LookupListener) {
    this.errands = new ErrandTable(core.state.nodes);
    const { idBytes } = core;
    // A question names the target and where to answer; an answer names the target and the owner.
    this.bytes = { find: messageBytes(idBytes, 1, 1), answer: messageBytes(idBytes, 1, 1), bare: messageBytes(idBytes, 0, 0) };
  }

  /** Forgets what a node was waiting for. */
  clear(node: number): void {
    this.errands.clear(node);
  }

  /** Starts a lookup of a key that is in the log. */
  startLogged(context: Context, row: number, put: boolean): void {
    const { parameters, lookups } = this.core;
    if (parameters.lookupTimeoutUs > 0) context.setTimer("lookup", parameters.lookupTimeoutUs, 2 * row + (put ? 1 : 0));
    this.start(context, lookups.keys[row], 2 * row + (put ? 1 : 0));
  }

  /** The patience of an origin is at an end: another attempt, or the lookup has failed. */
  onLookupTimer(context: Context, ticket: number): void {
    const { lookups, parameters } = this.core;
    const row = Math.floor(ticket / 2);
    if (lookups.outcomes[row] !== LOOKUP_OUTCOME.pending) return;
    const attempt = this.attempts.get(row) ?? 0;
    if (attempt < parameters.lookupRetries) {
      this.attempts.set(row, attempt + 1);
      this.startLogged(context, row, ticket % 2 === 1);
    } else this.end(row, context.nowUs, LOOKUP_OUTCOME.failed, -1, 0, 0, 0);
  }

  /** Starts a lookup here. @param code a row, or the code of a finger @param ticket {@link NO_TICKET} for maintenance */
  start(context: Context, code: number, ticket: number): void {
    const { self } = context;
    if (this.core.parameters.style === "recursive") {
      this.forward(context, code, packRoute(self, 0, 0), ticket);
      return;
    }
    const errand = this.errands.open(self, { code, ticket, origin: self, iterative: true, hops: 0, timeouts: 0 });
    this.consider(errand, nextHops(this.core.view, self, targetRow(this.core, code)));
    this.askNext(context, errand);
  }

  /** Starts a lookup through another node: how a newcomer finds its successor. */
  startThrough(context: Context, code: number, through: number): void {
    const { self } = context;
    if (this.core.parameters.style === "recursive") {
      context.sendNumbers(through, KIND.find, code, packRoute(self, 0, 0), packTicket(NO_TICKET, 0), this.bytes.find);
      return;
    }
    const errand = this.errands.open(self, { code, ticket: NO_TICKET, origin: self, iterative: true, hops: 0, timeouts: 0 });
    errand.nodes = [through];
    this.askNext(context, errand);
  }

  /** A question of a recursive lookup has come to this node. */
  onFind(context: Context, from: number, code: number, route: number, packed: number): void {
    this.acknowledge(context, from, packed);
    this.forward(context, code, route, ticketOf(packed));
  }

  /** This node is asked as the owner of a key. */
  onOwnerAsked(context: Context, kind: number, from: number, code: number, route: number, packed: number): void {
    const origin = routeNode(route);
    const errand = errandOf(packed);
    // The answer to an origin that waits for it serves as acknowledgement.
    if (origin !== from) this.acknowledge(context, from, packed);
    if ((kind === KIND.fetch || kind === KIND.store) && this.redirects(context, code)) {
      this.redirect(context, kind, from, code, route, packed);
      return;
    }
    const there = this.serve(context, kind, code);
    context.sendNumbers(origin, there ? KIND.found : KIND.missing, code, packRoute(context.self, routeHops(route), routeTimeouts(route)), packTicket(ticketOf(packed), 1 + 2 * (origin === from ? errand : 0)), this.bytes.answer);
  }

  /** Whether the key lies before the predecessor, which then is nearer to owning it. */
  private redirects(context: Context, code: number): boolean {
    const { parameters, state } = this.core;
    const predecessor = state.predecessors[context.self];
    return parameters.ownerCheck === "redirect" && predecessor >= 0 && !state.table.isInHalfOpen(code, predecessor, context.self);
  }

  /** Names the predecessor to an origin that asks itself, or passes the question on to it. If it does not answer, this node does. */
  private redirect(context: Context, kind: number, from: number, code: number, route: number, packed: number): void {
    const { self } = context;
    const predecessor = this.core.state.predecessors[self];
    const errand = errandOf(packed);
    if (errand > 0 && routeNode(route) === from && this.core.parameters.style === "iterative") sendObject(this.core, context, from, { kind: "next", errand, owners: [predecessor, self], nodes: [] }, 0, 2);
    else if (this.core.parameters.recovery === "none" || routeHops(route) >= this.core.parameters.maxHops) context.sendNumbers(predecessor, kind, code, oneHopOn(route), packTicket(ticketOf(packed), 0), this.bytes.find);
    else {
      if (routeNode(route) === from) this.acknowledge(context, from, packed);
      const hop = this.openHop(context, code, oneHopOn(route), ticketOf(packed));
      this.consider(hop, { owners: [predecessor, self], nodes: [] });
      hop.redirector = self;
      this.askNext(context, hop);
    }
  }

  /** An answer has come to the origin of a lookup. */
  onAnswer(context: Context, kind: number, code: number, route: number, packed: number): void {
    const extra = errandOf(packed);
    const errand = extra > 1 ? this.errands.find(context.self, Math.floor(extra / 2)) : undefined;
    if (errand !== undefined) this.settle(context, errand);
    this.finish(context, kind, code, routeNode(route), ticketOf(packed), routeHops(route), extra % 2, errand === undefined ? routeTimeouts(route) : errand.timeouts);
  }

  /** The next node has taken a recursive lookup over. */
  onAcknowledge(context: Context, from: number, number: number): void {
    const errand = this.errands.find(context.self, number);
    if (errand !== undefined && errand.asked === from && !errand.iterative) this.settle(context, errand);
  }

  /** The origin of an iterative lookup asks for the next hops. */
  onAsk(context: Context, from: number, code: number, number: number): void {
    const { owners, nodes } = nextHops(this.core.view, context.self, targetRow(this.core, code));
    sendObject(this.core, context, from, { kind: "next", errand: number, owners, nodes }, 0, owners.length + nodes.length);
  }

  /** The next hops have come to the origin of an iterative lookup. */
  onNext(context: Context, from: number, message: ChordMessage & { readonly kind: "next" }): void {
    const errand = this.errands.find(context.self, message.errand);
    if (errand === undefined || errand.asked !== from || !errand.iterative) return;
    context.cancelTimer("errand", errand.number);
    // A newcomer's way begins at the node that it knows, which is no hop on the ring.
    if (!this.isWayIn(context, errand)) errand.hops += 1;
    this.consider(errand, message);
    // Who was asked as the owner and answers like this names its predecessor instead.
    if (errand.final) errand.redirector = from;
    errand.source = from;
    if (errand.hops > this.core.parameters.maxHops) this.giveUp(context, errand);
    else this.askNext(context, errand);
  }

  /** A node asked has not answered in time. */
  onErrandTimer(context: Context, number: number): void {
    const errand = this.errands.find(context.self, number);
    if (errand === undefined) return;
    const { parameters, view } = this.core;
    if (errand.resent < parameters.retries) {
      errand.resent += 1;
      this.transmit(context, errand);
      return;
    }
    errand.timeouts += 1;
    errand.dead.push(errand.asked);
    if (parameters.afterTimeout === "forget") this.listener.silent(context, errand.asked);
    if (parameters.recovery === "none") {
      this.giveUp(context, errand);
      return;
    }
    // What this node knows may have changed meanwhile.
    if (!errand.iterative && errand.redirector < 0) this.consider(errand, nextHops(view, context.self, targetRow(this.core, errand.code)));
    this.askNext(context, errand);
  }

  /** Decides at this node how a recursive lookup goes on. */
  private forward(context: Context, code: number, route: number, ticket: number): void {
    const { self } = context;
    const { parameters, view } = this.core;
    const target = targetRow(this.core, code);
    if (knowsOwner(view, self, target)) {
      this.deliver(context, code, route, ticket, ownerInList(view, self, target));
      return;
    }
    const next = closestPrecedingNode(view, self, target);
    if (next === self || routeHops(route) >= parameters.maxHops) this.answer(context, KIND.failed, code, route, ticket, 0, 0);
    else if (parameters.recovery === "none") context.sendNumbers(next, KIND.find, code, oneHopOn(route), packTicket(ticket, 0), this.bytes.find);
    else this.send(context, this.openHop(context, code, route, ticket), next, false);
  }

  /** The owner is known here: the way's last hop, or the answer. */
  private deliver(context: Context, code: number, route: number, ticket: number, owner: number): void {
    const { parameters } = this.core;
    if (ticket === NO_TICKET) this.answer(context, KIND.found, code, route, ticket, owner, 0);
    else if (owner === context.self) this.answer(context, this.serve(context, ownerKind(ticket), code) ? KIND.found : KIND.missing, code, route, ticket, owner, 0);
    else if (parameters.recovery === "none") context.sendNumbers(owner, ownerKind(ticket), code, route, packTicket(ticket, 0), this.bytes.find);
    else this.send(context, this.openHop(context, code, route, ticket), owner, true);
  }

  private openHop(context: Context, code: number, route: number, ticket: number): Errand {
    return this.errands.open(context.self, { code, ticket, origin: routeNode(route), iterative: false, hops: routeHops(route), timeouts: routeTimeouts(route) });
  }

  private send(context: Context, errand: Errand, to: number, final: boolean): void {
    errand.asked = to;
    errand.final = final;
    errand.resent = 0;
    this.transmit(context, errand);
  }

  private transmit(context: Context, errand: Errand): void {
    const { code, ticket, origin, hops, timeouts, number, asked } = errand;
    const { bytes } = this;
    if (errand.final) context.sendNumbers(asked, asked === errand.redirector ? insisting(ticket) : ownerKind(ticket), code, packRoute(origin, hops, timeouts), packTicket(ticket, number), bytes.find);
    else if (errand.iterative) context.sendNumbers(asked, KIND.ask, code, 0, number, bytes.find);
    else context.sendNumbers(asked, KIND.find, code, packRoute(origin, hops + 1, timeouts), packTicket(ticket, number), bytes.find);
    context.setTimer("errand", this.core.parameters.timeoutUs, number);
  }

  private consider(errand: Errand, { owners, nodes }: NextHops): void {
    errand.owners = owners;
    errand.nodes = nodes;
  }

  /** Turns to the best candidate that has not failed to answer: an owner, or a node that precedes the target. */
  private askNext(context: Context, errand: Errand): void {
    const isUnasked = (node: number) => !errand.dead.includes(node);
    const owner = errand.owners.find(isUnasked);
    const next = owner ?? errand.nodes.find(isUnasked);
    if (next === undefined) this.giveUp(context, errand);
    else if (owner !== undefined && (errand.ticket === NO_TICKET || owner === context.self)) {
      this.settle(context, errand);
      const lastHop = owner === errand.source ? 0 : 1;
      const kind = errand.ticket === NO_TICKET || this.serve(context, ownerKind(errand.ticket), errand.code) ? KIND.found : KIND.missing;
      this.answer(context, kind, errand.code, packRoute(errand.origin, errand.hops, errand.timeouts), errand.ticket, owner, lastHop);
    } else this.send(context, errand, next, owner !== undefined);
  }

  private giveUp(context: Context, errand: Errand): void {
    this.settle(context, errand);
    this.answer(context, KIND.failed, errand.code, packRoute(errand.origin, errand.hops, errand.timeouts), errand.ticket, 0, 0);
  }

  private settle(context: Context, errand: Errand): void {
    context.cancelTimer("errand", errand.number);
    this.errands.close(context.self, errand.number);
  }

  private acknowledge(context: Context, from: number, packed: number): void {
    const errand = errandOf(packed);
    if (errand > 0) context.sendNumbers(from, KIND.acknowledge, errand, 0, 0, this.bytes.bare);
  }

  /** Answers the origin of a lookup, which may be this node. */
  private answer(context: Context, kind: number, code: number, route: number, ticket: number, owner: number, lastHop: number): void {
    const origin = routeNode(route);
    if (origin === context.self) this.finish(context, kind, code, owner, ticket, routeHops(route), lastHop, routeTimeouts(route));
    else context.sendNumbers(origin, kind, code, packRoute(owner, routeHops(route), routeTimeouts(route)), packTicket(ticket, lastHop), this.bytes.answer);
  }

  private finish(context: Context, kind: number, code: number, owner: number, ticket: number, hops: number, lastHop: number, timeouts: number): void {
    if (ticket === NO_TICKET) {
      if (kind === KIND.found) this.listener.resolved(context, code, owner);
      return;
    }
    const { lookups, parameters } = this.core;
    const row = Math.floor(ticket / 2);
    if (kind === KIND.failed && (this.attempts.get(row) ?? 0) < parameters.lookupRetries) {
      // The same question at once would meet the same silence.
      if (lookups.outcomes[row] === LOOKUP_OUTCOME.pending) context.setTimer("lookup", parameters.timeoutUs, ticket);
      return;
    }
    if (parameters.lookupTimeoutUs > 0 || parameters.lookupRetries > 0) context.cancelTimer("lookup", ticket);
    const outcome = kind === KIND.found ? LOOKUP_OUTCOME.found : kind === KIND.missing ? LOOKUP_OUTCOME.missing : LOOKUP_OUTCOME.failed;
    this.end(row, context.nowUs, outcome, outcome === LOOKUP_OUTCOME.failed ? -1 : owner, hops, lastHop, timeouts);
  }

  private end(row: number, nowUs: number, outcome: number, owner: number, hops: number, lastHop: number, timeouts: number): void {
    this.attempts.delete(row);
    this.core.lookups.end(row, nowUs, outcome, owner, hops, lastHop, timeouts);
  }

  private serve(context: Context, kind: number, key: number): boolean {
    if (kind !== KIND.store && kind !== KIND.storeAnyway) return this.core.store.has(context.self, key);
    this.listener.stored(context, key);
    return true;
  }

  private isWayIn(context: Context, errand: Errand): boolean {
    return errand.code === context.self && this.core.state.membership[context.self] !== MEMBER;
  }
}

/** What the owner is asked: tickets of lookups that store a key are odd. */
function ownerKind(ticket: number): number {
  return ticket % 2 === 1 ? KIND.store : KIND.fetch;
}

/** The same when it has named another node that does not answer. */
function insisting(ticket: number): number {
  return ticket % 2 === 1 ? KIND.storeAnyway : KIND.fetchAnyway;
}
