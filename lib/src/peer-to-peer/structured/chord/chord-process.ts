/**
 * Chord on the process contract: one object for all nodes. Who joins is decided by `bootstrap`, by calls of `create` and `join` inside a visit, or by `install`, which puts
 * members into the converged state before the run. Section P&D 9.4.2, Tanenbaum 7.5; Stoica et al., SIGCOMM 2001 and Transactions on Networking 2003, figures 4 to 6.
 *
 * It deviates in this: one object answers `get_state` with predecessor and successor list, which the papers ask for one by one; a node whose list ran empty looks for any
 * other way back; a node that is asked for a key before its predecessor names the predecessor (`ownerCheck`). Not modelled: authentication of ids, values of keys (a key stands for its object), bandwidth.
 * Tests: test/peer-to-peer/structured/, test/laws/chord.test.ts, test/scenarios/chord.test.ts, test/paper/chord.test.ts.
 */
import { ParameterError, checkNumber } from "../../../errors";
import { RingOrder, type IdTable, type IdValue } from "../../../ids";
import type { RandomStream } from "../../../simulation";
import { checkRecord } from "../../../simulation/checks";
import { KeyStore } from "../key-store";
import { LookupLog } from "../lookup-log";
import { checkKey, checkMember, type StructuredProcess } from "../overlay";
import type { ChordCore, Context } from "./core";
import { ChordLookups } from "./lookups";
import { ChordMaintenance } from "./maintenance";
import { KIND, type ChordMessage } from "./messages";
import { chordParameters, type ChordParameters } from "./parameters";
import { ChordState, JOINING, MEMBER, OUT } from "./state";
import { ChordStorage } from "./storage";

/** From so many nodes on it pays to fetch a node's state ahead. */
const CACHED_NODES = 32_768;

/** What a population of Chord nodes is made of. */
export interface ChordOptions {
  /** Ids of the nodes, all distinct; keys are added behind them. It belongs to the process from now on. */
  readonly table: IdTable;
  readonly parameters?: Partial<ChordParameters>;
  /**
   * Names a node through which one that starts is to join, from whatever it knows outside Chord (a list of hosts, a rendezvous server); -1: it begins a ring.
   * Without it a node that starts waits for `create` or `join`.
   */
  readonly bootstrap?: (node: number, random: RandomStream) => number;
  /** Network distance between two nodes as measured by the first, microseconds; needed for alternates. */
  readonly proximityUs?: (from: number, to: number) => number;
  /** The program above Chord: each member looks one key up in each period, drawn from the keys entered. None if absent. */
  readonly traffic?: { readonly periodUs: number };
  /** Lookups for which room is made at once. */
  readonly lookupCapacity?: number;
}

/** All nodes of a Chord population. */
export class ChordProcess implements StructuredProcess<ChordMessage> {
  readonly overlay = "Chord";
  readonly nodes: number;
  readonly table: IdTable;
  readonly lookups: LookupLog;
  readonly parameters: ChordParameters;
  /** Keys held by each node. */
  readonly store: KeyStore;
  /** Pointers of each node. */
  readonly state: ChordState;
  private readonly core: ChordCore;
  private readonly asking: ChordLookups;
  private readonly upkeep: ChordMaintenance;
  private readonly storage: ChordStorage;
  private readonly installed: Uint8Array;
  private readonly trafficUs: number;

  /** @throws ParameterError for no nodes, two equal ids, or a parameter out of range */
  constructor(options: ChordOptions) {
    const { table, parameters = {}, bootstrap, proximityUs, traffic, lookupCapacity } = checkRecord("options", options, ["table", "parameters", "bootstrap", "proximityUs", "traffic", "lookupCapacity"]);
    this.table = table;
    this.nodes = table.length;
    // Refuses an empty population and equal ids.
    new RingOrder(table, Int32Array.from({ length: this.nodes }, (_, node) => node));
    this.parameters = chordParameters(parameters, table.space.bits);
    if (this.parameters.alternates > 0 && proximityUs === undefined) throw new ParameterError({ what: "alternates without distances", got: this.parameters.alternates, expected: "proximityUs, by which the nearest is chosen", where: "parameter alternates" });
    this.lookups = new LookupLog(lookupCapacity);
    this.store = new KeyStore(this.nodes);
    this.state = new ChordState(table, this.nodes, this.parameters);
    this.installed = new Uint8Array(this.nodes);
    this.core = {
      parameters: this.parameters, state: this.state, lookups: this.lookups, store: this.store, idBytes: Math.ceil(table.space.bits / 8),
      view: { state: this.state, routing: this.parameters.routing, proximityUs },
      bootstrap: bootstrap === undefined ? undefined : (node, random) => checkBootstrap(bootstrap(node, random), this.nodes),
    };
    this.trafficUs = traffic === undefined ? 0 : checkNumber("traffic.periodUs", traffic.periodUs, { min: 1, max: 1e12, integer: true, unit: "µs" });
    this.storage = new ChordStorage(this.core);
    this.upkeep = new ChordMaintenance(this.core, () => this.asking, this.storage);
    this.asking = new ChordLookups(this.core, {
      resolved: (context, code, owner) => this.upkeep.resolved(context, code, owner),
      silent: (context, node) => this.upkeep.silent(context, node),
      stored: (context, key) => this.storage.keep(context, key),
    });
  }

  addKey(id: IdValue): number {
    return this.table.push(id);
  }

  /** Enters keys drawn uniformly. @returns the row of the first; the others follow */
  addRandomKeys(count: number, random: RandomStream): number {
    return this.table.pushRandom(count, random);
  }

  install(members: ArrayLike<number>): void {
    this.state.install(members);
    this.installed.fill(0);
    for (let i = 0; i < members.length; i++) this.installed[members[i]] = 1;
  }

  /** Gives keys to their owners and the copies to the next successors, before the run. @param keys rows of keys, each once @throws ParameterError before `install` */
  placeKeys(keys: ArrayLike<number>): void {
    const members = Int32Array.from(this.installed.keys()).filter((node) => this.installed[node] === 1);
    const ring = new RingOrder(this.table, members);
    const copies = Math.min(this.parameters.replicas, ring.length);
    for (let i = 0; i < keys.length; i++) {
      const rank = ring.successorRank(checkKey(this.table, this.nodes + 1, keys[i]));
      for (let copy = 0; copy < copies; copy++) this.store.addNew(ring.rows[(rank + copy) % ring.length], keys[i]);
    }
  }

  isMember(node: number): boolean {
    return this.state.membership[checkMember("node", node, this.nodes)] === MEMBER;
  }

  answersFor(node: number, key: number): boolean {
    checkKey(this.table, this.nodes + 1, key);
    return this.isMember(node) && this.storage.answersFor(node, key);
  }

  replicaSet(node: number, key: number, copies: number): number[] {
    checkKey(this.table, this.nodes + 1, key);
    checkNumber("copies", copies, { min: 1, integer: true });
    if (!this.isMember(node)) return [];
    const { table } = this;
    // The owner's copies follow it; its predecessor comes last on the ring, after nodes that it does not know.
    if (this.storage.answersFor(node, key)) return [...new Set([node, ...this.state.successorList(node)])].slice(0, copies);
    const known = new Set([node, this.state.predecessors[node], ...this.state.successorList(node)].filter((other) => other >= 0));
    // Clockwise from the key, its owner first.
    const inOrder = [...known].sort((a, b) => (table.same(a, key) || (!table.same(b, key) && table.isBetween(a, key, b)) ? -1 : 1));
    return inOrder.slice(0, copies);
  }

  firstFault(up: ArrayLike<number>): string | null {
    return this.state.firstFault(up, false);
  }

  /** Like `firstFault`, and every finger is the successor of its start. */
  firstFingerFault(up: ArrayLike<number>): string | null {
    return this.state.firstFault(up, true);
  }

  create(context: Context): void {
    this.upkeep.create(context);
  }

  join(context: Context, bootstrap: number): void {
    checkMember("bootstrap", bootstrap, this.nodes);
    if (bootstrap === context.self) throw new ParameterError({ what: "a node joins through itself", got: bootstrap, expected: "another node, or create for the first", where: "parameter bootstrap" });
    this.upkeep.join(context, bootstrap);
  }

  leave(context: Context): void {
    if (this.state.membership[context.self] !== OUT) this.upkeep.leave(context);
  }

  lookup(context: Context, key: number): number {
    return this.begin(context, key, false);
  }

  put(context: Context, key: number): number {
    return this.begin(context, key, true);
  }

  private begin(context: Context, key: number, put: boolean): number {
    checkKey(this.table, this.nodes + 1, key);
    const row = this.lookups.begin(context.self, key, context.nowUs);
    // A node outside the ring knows nobody to ask: its lookup fails at once.
    if (this.state.membership[context.self] !== MEMBER) this.lookups.end(row, context.nowUs, 3, -1, 0, 0, 0);
    else this.asking.startLogged(context, row, put);
    return row;
  }

  onStart(context: Context): void {
    const { self } = context;
    if (this.trafficUs > 0) context.setTimer("traffic", Math.floor(this.trafficUs * context.random("traffic").uniform()));
    if (this.installed[self] === 1) {
      this.installed[self] = 0;
      this.upkeep.startTimers(context);
      return;
    }
    this.upkeep.reset(self);
    this.store.remove(self);
    this.state.clear(self, OUT);
    const named = this.core.bootstrap?.(self, context.random("bootstrap"));
    if (named === undefined) return;
    if (named < 0 || named === self) this.upkeep.create(context);
    else this.upkeep.join(context, named);
  }

  onTimer(context: Context, name: string, key: number): void {
    if (name === "traffic") this.lookupAny(context);
    else if (name === "errand") this.asking.onErrandTimer(context, key);
    else if (name === "lookup") this.asking.onLookupTimer(context, key);
    else if (name === "join") this.upkeep.onJoinTimer(context);
    else if (name === "silent-successor") this.upkeep.onSilence(context, "successor");
    else if (name === "silent-predecessor") this.upkeep.onSilence(context, "predecessor");
    else this.upkeep.round(context, name);
  }

  /** A lookup of the program above; a node outside the ring asks for nothing. */
  private lookupAny(context: Context): void {
    const keys = this.table.length - this.nodes - 1;
    if (keys > 0 && this.state.membership[context.self] === MEMBER) this.begin(context, this.nodes + 1 + context.random("traffic").integer(keys), false);
    context.setTimer("traffic", this.trafficUs);
  }

  onNumbers(context: Context, from: number, kind: number, a: number, b: number, c: number): void {
    const membership = this.state.membership[context.self];
    // Answers also reach a node that is joining; questions only a member. What comes for one that has left finds nobody.
    if (kind === KIND.found || kind === KIND.missing || kind === KIND.failed) {
      if (membership !== OUT) this.asking.onAnswer(context, kind, a, b, c);
      return;
    }
    if (membership !== MEMBER) return;
    if (kind === KIND.find) this.asking.onFind(context, from, a, b, c);
    else if (kind === KIND.fetch || kind === KIND.store || kind === KIND.fetchAnyway || kind === KIND.storeAnyway) this.asking.onOwnerAsked(context, kind, from, a, b, c);
    else if (kind === KIND.acknowledge) this.asking.onAcknowledge(context, from, a);
    else if (kind === KIND.ask) this.asking.onAsk(context, from, a, c);
    else if (kind === KIND.getState) this.upkeep.onGetState(context, from);
    else if (kind === KIND.notify) this.upkeep.onNotify(context, from);
    else if (kind === KIND.ping) this.upkeep.onPing(context, from);
    else if (kind === KIND.pong) this.upkeep.onPong(context, from);
  }

  onMessage(context: Context, from: number, message: ChordMessage): void {
    const membership = this.state.membership[context.self];
    if (message.kind === "next") {
      if (membership !== OUT) this.asking.onNext(context, from, message);
      return;
    }
    if (membership !== MEMBER) return;
    if (message.kind === "state") this.upkeep.onState(context, from, message);
    else if (message.kind === "leave to successor") this.upkeep.onPredecessorLeaves(context, from, message);
    else if (message.kind === "leave to predecessor") this.upkeep.onSuccessorLeaves(context, from, message);
    else this.storage.take(context, message.keys);
  }

  /** Pointers and keys of a node, with ids as digits, for drawings. */
  view(node: number): unknown {
    const { state } = this;
    const name = (other: number) => (other < 0 ? "none" : state.table.hex(other));
    return {
      id: name(node),
      ring: state.membership[node] === MEMBER ? "in" : state.membership[node] === JOINING ? "joining" : "out",
      predecessor: name(state.predecessors[node]),
      successors: state.successorList(node).map(name),
      fingers: Array.from(state.fingers.subarray(node * state.fingerCount, (node + 1) * state.fingerCount), name),
      keys: this.store.keysOf(node).map((key) => state.table.hex(key)),
    };
  }

  /** Reads what a lookup at this node will read first. */
  touch(node: number): number {
    const { state } = this;
    // The state of fewer nodes stays in the cache by itself.
    if (this.nodes < CACHED_NODES) return 0;
    return state.fingers[(node + 1) * state.fingerCount - 1] ^ state.successors[node * state.r] ^ state.table.leads[node];
  }
}

function checkBootstrap(named: number, nodes: number): number {
  if (Number.isInteger(named) && named >= -1 && named < nodes) return named;
  throw new ParameterError({ what: "no such node to join through", got: named, expected: `a whole number from 0 to ${nodes - 1}, or -1 to begin a ring`, where: "bootstrap" });
}
