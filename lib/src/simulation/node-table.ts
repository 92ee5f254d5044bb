/**
 * The nodes of a simulation and the way of an event into them. A node is down, starting (its start event waits), up, or paused.
 * Timers and starts carry the incarnation of the node for which they were made: those of a crashed incarnation vanish when they come up.
 */
import { ParameterError } from "../errors";
import { checkMethods } from "./checks";
import type { Process } from "./contract";
import { EngineCore } from "./engine-core";
import { checkNode } from "./effects";
import { ACTION, DOUBLE, MESSAGE, NUMBERS, RECORD_DOUBLES, RECORD_WORDS, START, TIMER, VISIT, WORD } from "./event-records";
import { PRINTED } from "./fingerprint";
import { DOWN, PAUSED, STARTING, UP } from "./node-states";
import type { SimulationOptions, Visit } from "./options";
import type { StreamTable } from "./streams";
import { labelOf } from "./trace";
import type { DuplicatingTransport } from "./transport";

/** What a node is doing. */
export type NodeStatus = "down" | "up" | "paused";

/** Nodes, their processes, and the dispatch of events to them; {@link Simulation} adds running and the experiment's side. */
export abstract class NodeTable<M, P extends Process<M>> extends EngineCore<M, P> {
  private readonly held = new Map<number, number[]>();
  private readonly create: (node: number, incarnation: number) => P;

  constructor(options: SimulationOptions<M, P>, transport: (streams: StreamTable) => DuplicatingTransport) {
    super(options, transport);
    this.create = options.process;
    this.records.nearEvent = (slot) => this.touch(slot);
  }

  /** Reads what the event in a slot will read, so that it is at hand when the event happens. */
  private touch(slot: number): number {
    const { words } = this.records;
    const node = words[slot * RECORD_WORDS + WORD.node];
    if (node < 0) return 0;
    const kind = words[slot * RECORD_WORDS + WORD.kind];
    // A message's label is the first thing that its delivery asks for.
    const own = kind === TIMER ? this.timers.touch(slot) : kind === MESSAGE ? labelOf(this.records.objectOf(slot)).length : 0;
    const process = this.states.process(node);
    return process?.touch === undefined ? own : own ^ process.touch(node);
  }

  /** What a node is doing now. */
  statusOf(node: number): NodeStatus {
    checkNode(node, this.nodes);
    const status = this.states.status(node);
    return status === UP ? "up" : status === PAUSED ? "paused" : "down";
  }

  /** The process of a node, for looking at its state; undefined while the node is down. */
  processOf(node: number): P | undefined {
    checkNode(node, this.nodes);
    return this.states.process(node);
  }

  /** Takes a node down now: its process and timers are gone, a start that waits is called off. No effect if it is down. */
  crash(node: number): void {
    this.requireOutsideHandler(node);
    if (this.states.status(node) === DOWN) return;
    this.states.stop(node);
    this.releaseHeld(node, (slot) => {
      // What a pause held back reaches nobody now: a message is counted as dropped, like one that meets a node that is down.
      const kind = this.records.words[slot * RECORD_WORDS + WORD.kind];
      if (kind === MESSAGE || kind === NUMBERS) this.drop(slot, kind, node, "crash after a pause");
      this.discard(slot);
    });
    this.noteChange("crash", node);
  }

  /** Starts a node that is down, now, with a fresh process. No effect if it is up, paused or about to start. */
  restart(node: number): void {
    this.requireOutsideHandler(node);
    if (this.states.status(node) !== DOWN) return;
    this.scheduleStart(node, this.nowUs);
    this.noteChange("restart", node);
  }

  /** Holds back every event of a node from now on. No effect if it is not up. */
  pause(node: number): void {
    this.requireOutsideHandler(node);
    if (this.states.status(node) !== UP) return;
    this.states.setStatus(node, PAUSED);
    this.noteChange("pause", node);
  }

  /** Lets a paused node go on: what was held back happens now, in order. No effect if it is not paused. */
  resume(node: number): void {
    this.requireOutsideHandler(node);
    if (this.states.status(node) !== PAUSED) return;
    this.states.setStatus(node, UP);
    this.releaseHeld(node, (slot) => this.records.queue.pushAgain(slot, this.nowUs));
    this.noteChange("resume", node);
  }

  protected scheduleStart(node: number, timeUs: number): void {
    this.states.setStatus(node, STARTING);
    const slot = this.records.add(timeUs, START, node, -1, 0);
    this.records.words[slot * RECORD_WORDS + WORD.incarnation] = this.states.incarnation(node);
  }

  private releaseHeld(node: number, release: (slot: number) => void): void {
    const slots = this.held.get(node);
    this.held.delete(node);
    for (const slot of slots ?? []) release(slot);
  }

  private noteChange(kind: "crash" | "restart" | "pause" | "resume", node: number): void {
    this.print.event(this.nowUs, PRINTED[kind], node, this.states.incarnation(node), 0);
    this.sink?.record({ kind, event: this.counts.events, timeUs: this.nowUs, node });
  }

  private requireOutsideHandler(node: number): void {
    checkNode(node, this.nodes);
    this.requireNoHandler("a change of a node");
  }

  protected requireNoHandler(what: string): void {
    if (this.effects.active) throw new ParameterError({ what: `${what} was asked for inside a handler`, expected: "a call from outside, or from an action given to `at`" });
  }

  /** Lets the event in a slot happen; says where when a handler throws. */
  protected execute(slot: number): void {
    this.nowUs = this.records.queue.baseUs;
    try {
      this.dispatch(slot);
    } catch (error) {
      const node = this.effects.active ? this.effects.self : -1;
      this.effects.active = false;
      if (error instanceof Error) error.message += ` [event ${this.counts.events}, ${this.nowUs} µs${node < 0 ? "" : `, node ${node}`}; seed ${this.streams.seed}, replication ${this.streams.replication}]`;
      throw error;
    }
  }

  private dispatch(slot: number): void {
    const { records, counts } = this;
    const word = slot * RECORD_WORDS;
    const kind = records.words[word + WORD.kind];
    const node = records.words[word + WORD.node];
    if (kind === ACTION) {
      counts.events += 1;
      const action = records.detach(slot) as () => void;
      records.queue.release(slot);
      this.print.event(this.nowUs, ACTION, -1, -1, 0);
      this.sink?.record({ kind: "action", event: counts.events, timeUs: this.nowUs, node: -1, label: action.name, value: null });
      action();
      return;
    }
    const status = this.states.status(node);
    if (status === PAUSED) {
      const held = this.held.get(node);
      if (held === undefined) this.held.set(node, [slot]);
      else held.push(slot);
      return;
    }
    if (kind === TIMER || kind === START) {
      if (records.words[word + WORD.incarnation] !== this.states.incarnation(node)) {
        this.discard(slot);
        return;
      }
      counts.events += 1;
      if (kind === TIMER) this.fire(slot, node);
      else this.begin(slot, node);
      return;
    }
    counts.events += 1;
    if (status !== UP) {
      if (kind === VISIT) this.print.event(this.nowUs, PRINTED.missedVisit, node, -1, 0);
      else this.drop(slot, kind, node, "node down");
      this.discard(slot);
      return;
    }
    if (kind === NUMBERS) this.deliverNumbers(slot, node);
    else if (kind === MESSAGE) this.deliver(slot, node);
    else this.visit(slot, node);
  }

  private drop(slot: number, kind: number, node: number, reason: string): void {
    const from = this.records.words[slot * RECORD_WORDS + WORD.peer];
    this.counts.dropped += 1;
    this.print.event(this.nowUs, PRINTED.drop, node, from, this.hashOf(reason));
    this.print.word(this.records.doubles[slot * RECORD_DOUBLES + DOUBLE.id]);
    if (this.sink !== null) this.traceArrival("drop", slot, kind, node, from, reason);
  }

  private begin(slot: number, node: number): void {
    const incarnation = this.states.incarnation(node);
    this.records.queue.release(slot);
    const process = this.create(node, incarnation);
    if (typeof process?.onStart !== "function" || typeof process.onMessage !== "function" || typeof process.onTimer !== "function") checkMethods("process", process, ["onStart", "onMessage", "onTimer"]);
    this.states.start(node, process);
    this.print.event(this.nowUs, START, node, incarnation, 0);
    if (this.sink !== null) this.sink.record({ kind: "start", event: this.counts.events, timeUs: this.nowUs, node });
    this.effects.open(node, this.nowUs);
    process.onStart(this.effects);
    this.apply();
  }

  private fire(slot: number, node: number): void {
    const { records } = this;
    const name = records.words[slot * RECORD_WORDS + WORD.peer];
    const key = records.doubles[slot * RECORD_DOUBLES + DOUBLE.a];
    this.timers.delete(slot);
    records.queue.release(slot);
    this.counts.timers += 1;
    this.print.keyed(this.nowUs, TIMER, node, this.names.hashOf(name), key);
    if (this.sink !== null) this.traceTimer("timer", node, name, key, this.nowUs);
    this.effects.open(node, this.nowUs);
    this.states.running(node).onTimer(this.effects, this.names.nameOf(name), key);
    this.apply();
  }

  private deliver(slot: number, node: number): void {
    const { records } = this;
    const from = records.words[slot * RECORD_WORDS + WORD.peer];
    this.recordDelivery(slot, MESSAGE, node, from);
    const message = records.detach(slot) as M;
    records.queue.release(slot);
    this.effects.open(node, this.nowUs);
    this.states.running(node).onMessage(this.effects, from, message);
    this.apply();
  }

  private deliverNumbers(slot: number, node: number): void {
    const { words, doubles, queue } = this.records;
    const from = words[slot * RECORD_WORDS + WORD.peer];
    const code = words[slot * RECORD_WORDS + WORD.code];
    const a = doubles[slot * RECORD_DOUBLES + DOUBLE.a];
    const b = doubles[slot * RECORD_DOUBLES + DOUBLE.b];
    const c = doubles[slot * RECORD_DOUBLES + DOUBLE.c];
    this.recordDelivery(slot, NUMBERS, node, from);
    queue.release(slot);
    const process = this.states.running(node);
    this.effects.open(node, this.nowUs);
    if (process.onNumbers === undefined) throw new ParameterError({ what: "a message of numbers came to a process without onNumbers", got: code });
    process.onNumbers(this.effects, from, code, a, b, c);
    this.apply();
  }

  private visit(slot: number, node: number): void {
    const visit = this.records.detach(slot) as Visit<M, P>;
    this.records.queue.release(slot);
    this.print.event(this.nowUs, VISIT, node, -1, 0);
    if (this.sink !== null) this.sink.record({ kind: "invoke", event: this.counts.events, timeUs: this.nowUs, node, label: visit.name, value: null });
    this.effects.open(node, this.nowUs);
    visit(this.states.running(node), this.effects);
    this.apply();
  }
}
