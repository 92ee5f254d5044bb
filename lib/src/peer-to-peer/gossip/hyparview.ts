/**
 * HyParView: two partial views. A small symmetric active view of open TCP connections carries broadcasts by flooding and notices a dead neighbour at once;
 * a larger passive view, kept fresh by shuffling, holds the replacements. So a broadcast survives the loss of most of the nodes.
 * Section: Peterson & Davie 9.4.2. Paper: Leitao, Pereira, Rodrigues, "HyParView", DSN 2007, Algorithm 1 (joining), section 4.3 (active view), 4.4 (passive view).
 *
 * TCP is modelled by what the protocol needs of it: a gossip, shuffle or probe is acknowledged, and a link without acknowledgement for `acknowledgeUs` has failed.
 * Deviations: a node left without neighbours asks its contact again; a message on a link that only one end believes in is answered with DISCONNECT.
 * The protocol has no remedy for parts that have lost every address of each other: after a long partition of the network, or with passive views of a few entries, they stay apart.
 * Not modelled: flow control, the broadcast's payload. Checked by test/peer-to-peer/gossip/hyparview.test.ts, test/scenarios/gossip.test.ts, test/paper/gossip.test.ts.
 */
import { InvariantError, checkNumber } from "../../errors";
import type { Process, ProcessContext, RandomStream } from "../../simulation";
import { checkHyParView, hyParViewMessageBytes, type HyParViewMessage, type HyParViewParameters } from "./hyparview-parameters";

/** Told of every first receipt of a broadcast. */
export type DeliveryObserver = (node: number, id: number, hops: number, nowUs: number) => void;

interface NodeState {
  readonly active: number[];
  readonly passive: number[];
  /** Broadcasts seen. */
  readonly seen: Set<number>;
  /** Who was asked to become a neighbour and has not answered; -1 for nobody. */
  asked: number;
  /** Who refused since the search for a neighbour began: each is asked once, or full nodes would be asked without end. */
  readonly refused: Set<number>;
}

/** The population: one process for all nodes. */
export class HyParView implements Process<HyParViewMessage> {
  readonly parameters: HyParViewParameters;
  /** Copies of broadcasts that arrived where they were known already. */
  redundant = 0;
  private readonly states: NodeState[];

  /**
   * @param nodes size of the population, 1..2^24
   * @param contact the node that a newcomer joins through, itself for the first
   * @param observer told of each delivery of a broadcast
   * @throws ParameterError when a parameter is out of range
   */
  constructor(readonly nodes: number, parameters: Partial<HyParViewParameters> = {}, private readonly contact: (node: number) => number = (node) => node, private readonly observer: DeliveryObserver = () => undefined) {
    checkNumber("nodes", nodes, { min: 1, max: 16_777_216, integer: true });
    this.parameters = checkHyParView(parameters);
    this.states = Array.from({ length: nodes }, freshState);
  }

  /** The open connections of a node. */
  activeOf(node: number): readonly number[] {
    return this.states[node].active;
  }

  /** The replacements that a node knows. */
  passiveOf(node: number): readonly number[] {
    return this.states[node].passive;
  }

  onStart(context: ProcessContext<HyParViewMessage>): void {
    const { self } = context;
    this.states[self] = freshState();
    const { periodUs, probePeriodUs } = this.parameters;
    context.setTimer("shuffle", 1 + context.random("phase").integer(Math.min(periodUs, 4294967295)));
    if (probePeriodUs > 0) context.setTimer("probe", 1 + context.random("phase").integer(Math.min(probePeriodUs, 4294967295)));
    this.join(context);
  }

  onMessage(context: ProcessContext<HyParViewMessage>, from: number, message: HyParViewMessage): void {
    // Whatever arrives shows that the link works.
    context.cancelTimer("acknowledge", from);
    switch (message.kind) {
      case "join": return this.onJoin(context, from);
      case "forward-join": return this.onForwardJoin(context, from, message.joiner, message.ttl);
      case "neighbour": return this.onNeighbour(context, from, message.high);
      case "neighbour-reply": return this.onNeighbourReply(context, from, message.accepted);
      case "disconnect": return this.onDisconnect(context, from);
      case "shuffle": return this.onShuffle(context, from, message);
      case "shuffle-reply": return this.integrate(context, message.entries, message.sent);
      case "gossip": return this.onGossip(context, from, message.id, message.hops);
      case "probe": return this.acknowledge(context, from);
      case "acknowledge": return;
    }
  }

  onTimer(context: ProcessContext<HyParViewMessage>, name: string, key: number): void {
    if (name === "shuffle") this.onPeriod(context);
    else if (name === "probe") {
      context.setTimer("probe", this.parameters.probePeriodUs);
      this.testLinks(context);
    }
    else this.onFailure(context, key);
  }

  view(node: number): unknown {
    const { active, passive } = this.states[node];
    return { active: [...active], passive: [...passive] };
  }

  /** Starts a broadcast at this node: deliver it and send it over every open connection. */
  broadcast(context: ProcessContext<HyParViewMessage>, id: number): void {
    this.onGossip(context, context.self, id, 0);
  }

  /** Tests every open connection now: a dead neighbour is noticed after `acknowledgeUs`, as by the operating system of a node whose peer's process has died. */
  testLinks(context: ProcessContext<HyParViewMessage>): void {
    for (const neighbour of this.states[context.self].active) this.sendWatched(context, neighbour, { kind: "probe" });
  }

  private join(context: ProcessContext<HyParViewMessage>): void {
    const contact = this.contact(context.self);
    if (contact !== context.self) this.send(context, contact, { kind: "join" });
  }

  /** Algorithm 1, "upon receive JOIN". */
  private onJoin(context: ProcessContext<HyParViewMessage>, joiner: number): void {
    const { active } = this.states[context.self];
    this.addActive(context, joiner);
    this.send(context, joiner, { kind: "neighbour", high: true });
    for (const neighbour of active) if (neighbour !== joiner) this.send(context, neighbour, { kind: "forward-join", joiner, ttl: this.parameters.activeWalkLength });
  }

  /** Algorithm 1, "upon receive FORWARDJOIN". */
  private onForwardJoin(context: ProcessContext<HyParViewMessage>, from: number, joiner: number, ttl: number): void {
    const { self } = context;
    const { active } = this.states[self];
    if (joiner === self) return;
    if (ttl === 0 || active.length <= 1) {
      if (active.includes(joiner)) return;
      this.addActive(context, joiner);
      return this.send(context, joiner, { kind: "neighbour", high: true });
    }
    if (ttl === this.parameters.passiveWalkLength) this.addPassive(context, joiner, []);
    const next = randomOther(active, from, joiner, context.random("walk"));
    if (next === -1) return this.onForwardJoin(context, from, joiner, 0);
    this.send(context, next, { kind: "forward-join", joiner, ttl: ttl - 1 });
  }

  /** Section 4.3: a request of high priority is always accepted, another only into a free place. */
  private onNeighbour(context: ProcessContext<HyParViewMessage>, from: number, high: boolean): void {
    const { active } = this.states[context.self];
    const accepted = high || active.includes(from) || active.length < this.parameters.activeSize;
    if (accepted) this.addActive(context, from);
    this.send(context, from, { kind: "neighbour-reply", accepted });
  }

  private onNeighbourReply(context: ProcessContext<HyParViewMessage>, from: number, accepted: boolean): void {
    const state = this.states[context.self];
    const wasAsked = state.asked === from;
    if (wasAsked) {
      state.asked = -1;
      context.cancelTimer("ask", from);
    }
    if (accepted) {
      if (!state.active.includes(from)) {
        if (wasAsked || state.active.length < this.parameters.activeSize) this.addActive(context, from);
        else this.send(context, from, { kind: "disconnect" });
      }
      return;
    }
    // A full node stays a good replacement for later; the next one is tried.
    state.refused.add(from);
    if (wasAsked) this.fillActive(context);
  }

  private onDisconnect(context: ProcessContext<HyParViewMessage>, from: number): void {
    const state = this.states[context.self];
    if (!remove(state.active, from)) return;
    context.cancelTimer("acknowledge", from);
    this.addPassive(context, from, []);
    // It has just refused, in effect.
    state.refused.add(from);
    this.fillActive(context);
  }

  /** A connection that does not answer: forget the node and put a replacement in its place. */
  private onFailure(context: ProcessContext<HyParViewMessage>, peer: number): void {
    const state = this.states[context.self];
    remove(state.passive, peer);
    const wasActive = remove(state.active, peer);
    const wasAsked = state.asked === peer;
    if (wasAsked) state.asked = -1;
    if (wasActive) state.refused.clear();
    if (wasActive || wasAsked) this.fillActive(context);
  }

  /** Section 4.3: asks one random node of the passive view for a connection, with high priority if this node has none left. */
  private fillActive(context: ProcessContext<HyParViewMessage>): void {
    const state = this.states[context.self];
    if (state.asked !== -1 || state.active.length >= this.parameters.activeSize) return;
    const candidates = state.passive.filter((node) => !state.refused.has(node));
    if (candidates.length === 0) return;
    const candidate = context.random("promote").pick(candidates);
    state.asked = candidate;
    this.send(context, candidate, { kind: "neighbour", high: state.active.length === 0 });
    context.setTimer("ask", this.parameters.acknowledgeUs, candidate);
  }

  /** Section 4.4: once a period a part of both views walks through the overlay and is swapped with where it ends. */
  private onPeriod(context: ProcessContext<HyParViewMessage>): void {
    const { self } = context;
    const { active, passive, refused } = this.states[self];
    const { parameters } = this;
    context.setTimer("shuffle", parameters.periodUs);
    refused.clear();
    this.fillActive(context);
    if (active.length === 0 && passive.length === 0) return this.join(context);
    if (active.length === 0) return;
    const random = context.random("shuffle");
    const entries = [...chosen(active, parameters.shuffleActive, random), ...chosen(passive, parameters.shufflePassive, random)];
    this.sendWatched(context, random.pick(active), { kind: "shuffle", origin: self, ttl: parameters.activeWalkLength, entries });
  }

  private onShuffle(context: ProcessContext<HyParViewMessage>, from: number, message: Extract<HyParViewMessage, { kind: "shuffle" }>): void {
    this.acknowledge(context, from);
    const { active, passive } = this.states[context.self];
    const { origin, entries } = message;
    const ttl = message.ttl - 1;
    if (ttl > 0 && active.length > 1) {
      const next = randomOther(active, from, origin, context.random("walk"));
      if (next !== -1) return this.sendWatched(context, next, { kind: "shuffle", origin, ttl, entries });
    }
    if (origin === context.self) return;
    const answer = chosen(passive, entries.length + 1, context.random("answer"));
    this.send(context, origin, { kind: "shuffle-reply", entries: answer, sent: entries });
    this.integrate(context, [origin, ...entries], answer);
  }

  /** Puts received nodes into the passive view; entries that were sent to the other side give way first. */
  private integrate(context: ProcessContext<HyParViewMessage>, entries: readonly number[], sent: readonly number[]): void {
    const givable = [...sent];
    for (const node of entries) this.addPassive(context, node, givable);
    this.fillActive(context);
  }

  private onGossip(context: ProcessContext<HyParViewMessage>, from: number, id: number, hops: number): void {
    const { self } = context;
    const { active, seen } = this.states[self];
    if (from !== self) {
      this.acknowledge(context, from);
      if (!active.includes(from)) this.send(context, from, { kind: "disconnect" });
    }
    if (seen.has(id)) {
      this.redundant += 1;
      return;
    }
    seen.add(id);
    this.observer(self, id, hops, context.nowUs);
    for (const neighbour of active) if (neighbour !== from) this.sendWatched(context, neighbour, { kind: "gossip", id, hops: hops + 1 });
  }

  private acknowledge(context: ProcessContext<HyParViewMessage>, from: number): void {
    this.send(context, from, { kind: "acknowledge" });
    // A probe over a link that this end does not hold open: the other end must learn it.
    if (!this.states[context.self].active.includes(from)) this.send(context, from, { kind: "disconnect" });
  }

  /** Algorithm 1, "addNodeActiveView": a full view drops a random neighbour, which is told and becomes passive. */
  private addActive(context: ProcessContext<HyParViewMessage>, node: number): void {
    const state = this.states[context.self];
    if (node === context.self || state.active.includes(node)) return;
    remove(state.passive, node);
    if (state.active.length >= this.parameters.activeSize) {
      const dropped = context.random("drop").pick(state.active);
      remove(state.active, dropped);
      context.cancelTimer("acknowledge", dropped);
      this.send(context, dropped, { kind: "disconnect" });
      this.addPassive(context, dropped, []);
    }
    state.active.push(node);
  }

  /** Algorithm 1, "addNodePassiveView". `givable`: nodes that leave first, taken from the front. */
  private addPassive(context: ProcessContext<HyParViewMessage>, node: number, givable: number[]): void {
    const state = this.states[context.self];
    const { passiveSize } = this.parameters;
    if (passiveSize === 0 || node === context.self || state.active.includes(node) || state.passive.includes(node)) return;
    if (state.passive.length >= passiveSize) {
      let gone = false;
      while (!gone && givable.length > 0) gone = remove(state.passive, givable.shift() as number);
      if (!gone) remove(state.passive, context.random("drop").pick(state.passive));
    }
    state.passive.push(node);
  }

  private sendWatched(context: ProcessContext<HyParViewMessage>, to: number, message: HyParViewMessage): void {
    this.send(context, to, message);
    context.setTimerOnce("acknowledge", this.parameters.acknowledgeUs, to);
  }

  private send(context: ProcessContext<HyParViewMessage>, to: number, message: HyParViewMessage): void {
    context.send(to, message, hyParViewMessageBytes(message));
  }
}

function freshState(): NodeState {
  return { active: [], passive: [], seen: new Set(), asked: -1, refused: new Set() };
}

/** Removes a value from a list without keeping its order. @returns whether it was there */
function remove(list: number[], value: number): boolean {
  const at = list.indexOf(value);
  if (at === -1) return false;
  list[at] = list[list.length - 1];
  list.pop();
  return true;
}

/** A random entry that is neither of two, or -1 if there is none. */
function randomOther(list: readonly number[], first: number, second: number, random: RandomStream): number {
  const candidates = list.filter((node) => node !== first && node !== second);
  return candidates.length === 0 ? -1 : random.pick(candidates);
}

function chosen(list: readonly number[], count: number, random: RandomStream): number[] {
  return random.sample(list.length, Math.min(count, list.length)).map((index) => list[index]);
}

/**
 * Checks one node's views: sizes, no node twice, not itself, nobody in both.
 * @throws InvariantError naming the first rule broken
 */
export function checkHyParViewNode(overlay: HyParView, node: number): void {
  const active = overlay.activeOf(node);
  const passive = overlay.passiveOf(node);
  const refuse = (what: string, got: unknown, expected: string): never => {
    throw new InvariantError({ what, got, expected, where: `views of node ${node}` });
  };
  if (active.length > overlay.parameters.activeSize) refuse("the active view is too large", active.length, `at most ${overlay.parameters.activeSize}`);
  if (passive.length > overlay.parameters.passiveSize) refuse("the passive view is too large", passive.length, `at most ${overlay.parameters.passiveSize}`);
  const all = [...active, ...passive];
  if (all.includes(node)) refuse("a node knows itself", node, "other nodes");
  if (new Set(all).size !== all.length) refuse("a node stands twice in the views", all, "distinct nodes, nobody in both views");
}
