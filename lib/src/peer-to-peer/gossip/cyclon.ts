/**
 * Cyclon: every node keeps a small partial view of the others and, once a period, swaps a few entries with the oldest of them. The graph that the
 * views form looks like a random graph, mends itself when nodes die, and needs no list of all members.
 * Section: Peterson & Davie 9.4.2 (unstructured overlays); Tanenbaum & van Steen 2.2. Paper: Voulgaris, Gavidia, van Steen, "CYCLON: inexpensive membership
 * management for unstructured P2P overlays", JNSM 13(2), 2005: enhanced shuffling (section 3.2, steps 1 to 7) and joining by random walks (section 3.3).
 *
 * Deviations: a node that waits for an answer when its next period begins gives that shuffle up. A walk that meets a dead node is lost, as a datagram would be.
 * Swaps lost with their messages cost links; with views of a few entries only, a part may split off, and the protocol has no remedy for that.
 * Not modelled: leaving politely (the paper has none: a node just stops). Checked by test/peer-to-peer/gossip/cyclon.test.ts, test/laws/gossip.test.ts,
 * test/scenarios/gossip.test.ts, test/paper/gossip.test.ts.
 */
import { InvariantError, ParameterError, checkNumber } from "../../errors";
import type { Process, ProcessContext } from "../../simulation";
import { SECOND_US } from "../../units";
import { ViewTable } from "./view-table";

/** Parameters of Cyclon. */
export interface CyclonParameters {
  /** c: entries of a view, 1..1000 (default 20, Voulgaris et al. section 5; the comparison of HyParView uses 35). */
  readonly viewSize: number;
  /** l: entries swapped, 1..c (default 8; 14 there). */
  readonly shuffleLength: number;
  /** Delta T: time between two shuffles of a node, > 0 (default 10 s; the paper counts in cycles). */
  readonly periodUs: number;
  /** Steps of a joining walk, >= 0 (default 5, "the average path length"). */
  readonly walkLength: number;
  /** Whether a node swaps with its oldest neighbour (default true; false: with a random one, the basic shuffling of section 3.1). */
  readonly oldestFirst: boolean;
}

/** Defaults of {@link CyclonParameters}. */
export const CYCLON_DEFAULTS: CyclonParameters = Object.freeze({ viewSize: 20, shuffleLength: 8, periodUs: 10 * SECOND_US, walkLength: 5, oldestFirst: true });

/** Bytes of UDP and IPv4 headers, a type, and of one entry (address, port, age). */
export const CYCLON_HEADER_BYTES = 20 + 8 + 4;
/** Bytes of one view entry: 4 of address, 2 of port, 2 of age. */
export const CYCLON_ENTRY_BYTES = 8;

/** Messages of Cyclon. Entries are flat: node, age, node, age, ... */
export type CyclonMessage =
  | { readonly kind: "shuffle"; readonly entries: readonly number[] }
  | { readonly kind: "shuffle-reply"; readonly entries: readonly number[] }
  /** From a newcomer to the node it knows. */
  | { readonly kind: "join" }
  /** A walk that carries the newcomer; `ttl` steps are left. */
  | { readonly kind: "walk"; readonly joiner: number; readonly ttl: number }
  /** Where a walk ended: the entry that the newcomer displaced, none if there was room. */
  | { readonly kind: "welcome"; readonly entries: readonly number[] };

/** Size of a message on the wire. */
export function cyclonMessageBytes(message: CyclonMessage): number {
  if (message.kind === "join") return CYCLON_HEADER_BYTES;
  if (message.kind === "walk") return CYCLON_HEADER_BYTES + CYCLON_ENTRY_BYTES;
  return CYCLON_HEADER_BYTES + (message.entries.length / 2) * CYCLON_ENTRY_BYTES;
}

/** Checks and completes parameters. @throws ParameterError naming the first that is out of range */
export function checkCyclon(parameters: Partial<CyclonParameters> = {}): CyclonParameters {
  const full = { ...CYCLON_DEFAULTS, ...parameters };
  checkNumber("viewSize", full.viewSize, { min: 1, max: 1000, integer: true });
  checkNumber("shuffleLength", full.shuffleLength, { min: 1, max: full.viewSize, integer: true });
  checkNumber("periodUs", full.periodUs, { min: 1, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" });
  checkNumber("walkLength", full.walkLength, { min: 0, max: 1000, integer: true });
  if (typeof full.oldestFirst !== "boolean") throw new ParameterError({ what: "bad value for oldestFirst", got: full.oldestFirst, expected: "true or false", where: "parameter oldestFirst" });
  return full;
}

/** The population: one process for all nodes, with the views in arrays. */
export class Cyclon implements Process<CyclonMessage> {
  readonly parameters: CyclonParameters;
  readonly views: ViewTable;
  /** What each node sent in the shuffle that it waits on, flat: node, age, ...; empty when it waits on none. */
  private readonly sent: (readonly number[])[];
  private readonly partner: Int32Array;

  /**
   * @param nodes size of the population, as in the simulation
   * @param introducer the node that a newcomer knows, itself for the first node; a start without it leaves the view as `views` was filled
   * @throws ParameterError when a parameter is out of range
   */
  constructor(readonly nodes: number, parameters: Partial<CyclonParameters> = {}, private readonly introducer: (node: number) => number = (node) => node) {
    this.parameters = checkCyclon(parameters);
    this.views = new ViewTable(nodes, this.parameters.viewSize);
    this.sent = Array.from({ length: nodes }, () => NOTHING);
    this.partner = new Int32Array(nodes).fill(-1);
  }

  onStart(context: ProcessContext<CyclonMessage>): void {
    const { self } = context;
    this.giveUpShuffle(self);
    context.setTimer("shuffle", context.random("phase").integer(Math.min(this.parameters.periodUs, 4294967295)));
    const introducer = this.introducer(self);
    if (introducer !== self) {
      this.views.clear(self);
      this.send(context, introducer, { kind: "join" });
    }
  }

  onMessage(context: ProcessContext<CyclonMessage>, from: number, message: CyclonMessage): void {
    switch (message.kind) {
      case "shuffle": return this.onShuffle(context, from, message.entries);
      case "shuffle-reply": return this.onReply(context, from, message.entries);
      case "join": return this.startWalks(context, from);
      case "walk": return this.onWalk(context, message.joiner, message.ttl);
      case "welcome": return this.merge(context.self, message.entries, NOTHING);
    }
  }

  /** Steps 1 to 4: grow older, choose the partner, send a part of the view with ourselves in it. */
  onTimer(context: ProcessContext<CyclonMessage>): void {
    const { self } = context;
    const { views, parameters } = this;
    context.setTimer("shuffle", parameters.periodUs);
    this.giveUpShuffle(self);
    if (views.sizeOf(self) === 0) {
      // Alone: every walk was lost or every neighbour died. The only way back is the way in.
      const introducer = this.introducer(self);
      if (introducer !== self) this.send(context, introducer, { kind: "join" });
      return;
    }
    views.growOlder(self);
    const random = context.random("shuffle");
    const slot = parameters.oldestFirst ? views.oldestSlot(self) : random.integer(views.sizeOf(self));
    const partner = views.nodeAt(self, slot);
    // The partner leaves the view at once: if it does not answer, it was dead and stays out.
    views.removeAt(self, slot);
    const entries = views.sample(self, parameters.shuffleLength - 1, random, self);
    this.sent[self] = entries;
    this.partner[self] = partner;
    this.send(context, partner, { kind: "shuffle", entries });
  }

  view(node: number): unknown {
    return { view: this.views.entriesOf(node), waitsFor: this.partner[node] === -1 ? null : this.partner[node] };
  }

  touch(node: number): number {
    return this.views.sizeOf(node);
  }

  private onShuffle(context: ProcessContext<CyclonMessage>, from: number, entries: readonly number[]): void {
    const { self } = context;
    const answer = this.views.sample(self, this.parameters.shuffleLength, context.random("answer"));
    this.send(context, from, { kind: "shuffle-reply", entries: answer });
    this.merge(self, entries, answer);
  }

  private onReply(context: ProcessContext<CyclonMessage>, from: number, entries: readonly number[]): void {
    const { self } = context;
    // An answer to a shuffle that was given up: its entries are good, but nothing sent with it may be displaced any more.
    const current = this.partner[self] === from;
    this.merge(self, entries, current ? this.sent[self] : NOTHING);
    if (current) this.giveUpShuffle(self);
  }

  /** Steps 5 to 7: new entries fill empty slots first, then the places of what was sent away (flat as well; ourselves in it is in no slot). */
  private merge(self: number, entries: readonly number[], sentAway: readonly number[]): void {
    const { views } = this;
    let next = 0;
    for (let index = 0; index < entries.length; index += 2) {
      const node = entries[index];
      if (node === self || views.slotOf(self, node) !== -1) continue;
      if (!views.isFull(self)) {
        views.add(self, node, entries[index + 1]);
        continue;
      }
      let slot = -1;
      for (; slot === -1 && next < sentAway.length; next += 2) slot = views.slotOf(self, sentAway[next]);
      if (slot === -1) return;
      views.replaceAt(self, slot, node, entries[index + 1]);
    }
  }

  /** The introducer of section 3.3 starts c walks, so that the newcomer gets c entries and appears in c views. */
  private startWalks(context: ProcessContext<CyclonMessage>, joiner: number): void {
    const { viewSize, walkLength } = this.parameters;
    for (let walk = 0; walk < viewSize; walk++) this.onWalk(context, joiner, walkLength);
  }

  private onWalk(context: ProcessContext<CyclonMessage>, joiner: number, ttl: number): void {
    const { self } = context;
    const { views } = this;
    const size = views.sizeOf(self);
    const random = context.random("walk");
    if (ttl > 0 && size > 0) {
      const next = views.nodeAt(self, random.integer(size));
      if (next !== joiner) return this.send(context, next, { kind: "walk", joiner, ttl: ttl - 1 });
      if (size > 1) return this.send(context, this.otherThan(self, joiner, random.integer(size - 1)), { kind: "walk", joiner, ttl: ttl - 1 });
    }
    if (self === joiner || views.slotOf(self, joiner) !== -1) return;
    if (!views.isFull(self)) {
      views.add(self, joiner, 0);
      // With room left nothing is displaced; the newcomer gets the host itself, or the first nodes would never know each other.
      return this.send(context, joiner, { kind: "welcome", entries: [self, 0] });
    }
    const slot = random.integer(size);
    const displaced = [views.nodeAt(self, slot), views.ageAt(self, slot)];
    views.replaceAt(self, slot, joiner, 0);
    this.send(context, joiner, { kind: "welcome", entries: displaced });
  }

  /** The `index`-th neighbour that is not `excluded`, which is in the view. */
  private otherThan(self: number, excluded: number, index: number): number {
    const skip = this.views.slotOf(self, excluded);
    return this.views.nodeAt(self, index >= skip ? index + 1 : index);
  }

  private giveUpShuffle(self: number): void {
    this.partner[self] = -1;
    this.sent[self] = NOTHING;
  }

  private send(context: ProcessContext<CyclonMessage>, to: number, message: CyclonMessage): void {
    context.send(to, message, cyclonMessageBytes(message));
  }
}

const NOTHING: readonly number[] = Object.freeze([]);

/**
 * Checks one node's view: at most c entries, none twice, none itself, all in range, ages not negative.
 * @throws InvariantError naming the first rule broken
 */
export function checkCyclonView(cyclon: Cyclon, node: number): void {
  const { views, nodes } = cyclon;
  const seen = new Set<number>();
  const refuse = (what: string, got: unknown, expected: string): never => {
    throw new InvariantError({ what, got, expected, where: `view of node ${node}` });
  };
  if (views.sizeOf(node) > cyclon.parameters.viewSize) refuse("a view is too large", views.sizeOf(node), `at most ${cyclon.parameters.viewSize}`);
  for (const [neighbour, age] of views.entriesOf(node)) {
    if (neighbour === node) refuse("a node has itself in its view", neighbour, "another node");
    if (!(neighbour >= 0 && neighbour < nodes)) refuse("a view names an unknown node", neighbour, `0..${nodes - 1}`);
    if (seen.has(neighbour)) refuse("a view names a node twice", neighbour, "distinct nodes");
    if (age < 0) refuse("a negative age", age, ">= 0");
    seen.add(neighbour);
  }
}
