/**
 * The part of the simulator that turns a handler's effects into future events: clock, queue, timers, counts, fingerprint and trace. It knows
 * nothing of processes. Effects are applied in the order in which the handler asked for them, so the network draws its random numbers in
 * an order that the run alone decides.
 */
import { LimitError, ParameterError, checkChoice, checkNumber } from "../errors";
import { checkMethods } from "./checks";
import { CANCEL_TIMER, EffectList, NOTE, SEND, SEND_NUMBERS, SET_TIMER_ONCE } from "./effects";
import { DOUBLE, EventRecords, MESSAGE, NUMBERS, RECORD_DOUBLES, RECORD_WORDS, TIMER, WORD } from "./event-records";
import { Fingerprint, PRINTED } from "./fingerprint";
import { canonicalText, copyMessage, freezeDeep } from "./messages";
import { NameTable } from "./names";
import { NodeStates } from "./node-states";
import { checkSimulationOptions, type SimulationCounts, type SimulationOptions } from "./options";
import { StreamTable } from "./streams";
import { TimerTable } from "./timer-table";
import { labelOf, type TraceSink } from "./trace";
import type { DuplicatingTransport } from "./transport";

/** Bytes of a random stream with its place in a table, as measured. */
const STREAM_BYTES = 128;

/** Clock, queue and effects; {@link Simulation} adds the nodes. */
export abstract class EngineCore<M, P> {
  /** Simulated time, whole microseconds. */
  nowUs = 0;
  /** Number of nodes. */
  readonly nodes: number;
  /** Counts since the beginning. */
  readonly counts: SimulationCounts = { events: 0, sent: 0, duplicated: 0, delivered: 0, lost: 0, dropped: 0, timers: 0, bytesSent: 0 };
  protected readonly records = new EventRecords();
  protected readonly timers = new TimerTable(this.records);
  protected readonly names = new NameTable();
  protected readonly streams: StreamTable;
  protected readonly effects: EffectList<M>;
  protected readonly print = new Fingerprint();
  protected readonly states: NodeStates<P>;
  protected sink: TraceSink | null = null;
  private readonly transport: DuplicatingTransport;
  private readonly passage: "by-reference" | "frozen" | "copied";
  private readonly payloads: boolean;

  constructor(options: Omit<SimulationOptions<M>, "process">, transport: (streams: StreamTable) => DuplicatingTransport) {
    checkSimulationOptions(options);
    this.nodes = checkNumber("nodes", options.nodes, { min: 1, max: 16777216, integer: true });
    checkNumber("seed", options.seed, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true });
    this.streams = new StreamTable(options.seed, checkNumber("replication", options.replication ?? 0, { min: 0, max: 0xffffffff, integer: true }));
    this.effects = new EffectList<M>(this.nodes, this.names, (name, node) => this.streams.streamOf(name, node));
    this.states = new NodeStates<P>(this.nodes);
    this.passage = checkChoice("messages", options.messages ?? "by-reference", ["by-reference", "frozen", "copied"]);
    this.payloads = checkChoice("fingerprint", options.fingerprint ?? "events", ["events", "payloads"]) === "payloads";
    this.transport = transport(this.streams);
    this.trace = options.trace ?? null;
  }

  /** The seed of the run. */
  get seed(): number {
    return this.streams.seed;
  }

  /** Which repetition this run is. */
  get replication(): number {
    return this.streams.replication;
  }

  /** Who receives the trace; null (the default) for nobody. May be changed between events. */
  get trace(): TraceSink | null {
    return this.sink;
  }

  set trace(sink: TraceSink | null) {
    if (sink !== null) checkMethods("trace", sink, ["record"]);
    this.sink = sink;
    this.effects.keepNotes = sink !== null || this.payloads;
  }

  /** Number of events that wait. */
  get pending(): number {
    return this.records.queue.size;
  }

  /** Time of the next event, Infinity if none waits. */
  get nextEventUs(): number {
    return this.records.queue.nextTimeUs();
  }

  /** Bytes of the engine's own tables: events, timers, nodes, random streams. Not the processes' state, nor message objects. */
  get memoryBytes(): number {
    return this.records.bytes + this.timers.bytes + this.states.bytes + this.streams.count * STREAM_BYTES;
  }

  /** The fingerprint of the run so far, 16 hexadecimal digits: all that a trace would show, in order, and how far each random stream has been drawn. */
  fingerprint(): string {
    const print = this.print.copy();
    this.streams.forEachPosition((position) => print.number(position));
    return print.hex();
  }

  /** Applies the effects of the handler that has just returned. */
  protected apply(): void {
    const { effects } = this;
    effects.active = false;
    const node = effects.self;
    for (let i = 0; i < effects.count; i++) {
      const kind = effects.kinds[i];
      if (kind === SEND || kind === SEND_NUMBERS) this.send(kind === SEND ? MESSAGE : NUMBERS, node, i);
      else if (kind === NOTE) this.note(node, i);
      else if (kind === CANCEL_TIMER) this.cancelTimer(node, effects.targets[i], effects.numbers.a[i]);
      else this.setTimer(node, effects.targets[i], effects.numbers.a[i], effects.sizes[i], kind === SET_TIMER_ONCE);
    }
  }

  private send(kind: number, node: number, effect: number): void {
    const { effects, counts, transport } = this;
    const to = effects.targets[effect];
    const bytes = effects.sizes[effect];
    counts.sent += 1;
    counts.bytesSent += bytes;
    let message: unknown = undefined;
    if (kind === MESSAGE) {
      message = effects.objects[effect];
      effects.objects[effect] = undefined;
      if (this.passage === "frozen") freezeDeep(message);
      else if (this.passage === "copied") message = copyMessage(message);
    }
    const delayUs = transport.delayUs(node, to, bytes, this.nowUs);
    // The type is asked for as well: null would count as 0.
    if (typeof delayUs === "number" && delayUs >= 0) this.dispatchCopy(kind, node, effect, message, delayUs);
    else if (delayUs === -1) {
      this.lose(kind, node, effect, message);
    } else throw new ParameterError({ what: "bad delay from the transport", got: delayUs, expected: "whole microseconds >= 0, or -1 for a lost message" });
    if (transport.duplicateUs !== undefined) {
      const againUs = transport.duplicateUs(node, to, bytes, this.nowUs);
      if (typeof againUs === "number" && againUs >= 0) {
        counts.duplicated += 1;
        this.dispatchCopy(kind, node, effect, message, againUs);
      } else if (againUs !== -1) throw new ParameterError({ what: "bad delay of a copy from the transport", got: againUs, expected: "whole microseconds >= 0, or -1 for none" });
    }
  }

  private lose(kind: number, node: number, effect: number, message: unknown): void {
    const { effects, print } = this;
    const { a, b, c } = effects.numbers;
    const to = effects.targets[effect];
    const bytes = effects.sizes[effect];
    const reason = this.transport.lossReason?.() ?? "network";
    if (typeof reason !== "string") throw new ParameterError({ what: "bad reason of a loss from the transport", got: reason, expected: "a text" });
    this.counts.lost += 1;
    print.event(this.nowUs, PRINTED.lose, to, bytes, kind === NUMBERS ? effects.codes[effect] : this.labelHash(message));
    print.word(this.hashOf(reason));
    if (kind === NUMBERS) for (const value of [a[effect], b[effect], c[effect]]) print.number(value);
    else if (this.payloads) print.text(canonicalText(message));
    if (this.sink !== null) this.traceMessage("lose", node, to, kind, effects.codes[effect], kind === NUMBERS ? [a[effect], b[effect], c[effect]] : message, bytes, 0, -1, reason);
  }

  private dispatchCopy(kind: number, node: number, effect: number, message: unknown, delayUs: number): void {
    const { effects, records, counts } = this;
    const to = effects.targets[effect];
    const arrivalUs = this.nowUs + delayUs;
    const slot = records.add(arrivalUs, kind, to, node, kind === NUMBERS ? effects.codes[effect] : 0);
    const first = slot * RECORD_DOUBLES;
    const bytes = effects.sizes[effect];
    records.words[slot * RECORD_WORDS + WORD.bytes] = bytes;
    const id = counts.sent + counts.duplicated;
    records.doubles[first + DOUBLE.id] = id;
    if (kind === NUMBERS) {
      records.doubles[first + DOUBLE.a] = effects.numbers.a[effect];
      records.doubles[first + DOUBLE.b] = effects.numbers.b[effect];
      records.doubles[first + DOUBLE.c] = effects.numbers.c[effect];
      this.print.event(arrivalUs, PRINTED.sendNumbers, to, bytes, effects.codes[effect]);
      this.print.numbers(records.doubles, records.words, first + DOUBLE.a);
    } else {
      records.attach(slot, message);
      this.print.event(arrivalUs, PRINTED.send, to, bytes, this.labelHash(message));
      if (this.payloads) this.print.text(canonicalText(message));
    }
    if (this.sink !== null) this.traceMessage("send", node, to, kind, effects.codes[effect], this.payloadOf(slot, kind), bytes, id, arrivalUs);
  }

  private setTimer(node: number, name: number, key: number, delayUs: number, once: boolean): void {
    const { records, timers } = this;
    const expiryUs = this.nowUs + delayUs;
    const running = timers.find(node, name, key);
    if (running >= 0) {
      if (once && records.words[running * RECORD_WORDS + WORD.incarnation] === this.states.incarnation(node)) return;
      timers.delete(running);
      records.callOff(running);
    }
    const slot = records.add(expiryUs, TIMER, node, name, 0);
    records.words[slot * RECORD_WORDS + WORD.incarnation] = this.states.incarnation(node);
    records.doubles[slot * RECORD_DOUBLES + DOUBLE.a] = key;
    records.doubles[slot * RECORD_DOUBLES + DOUBLE.b] = expiryUs;
    timers.insert(slot);
    this.print.keyed(expiryUs, PRINTED.setTimer, node, this.names.hashOf(name), key);
    if (this.sink !== null) this.traceTimer("set-timer", node, name, key, expiryUs);
  }

  private cancelTimer(node: number, name: number, key: number): void {
    const slot = this.timers.find(node, name, key);
    if (slot < 0) return;
    const expiryUs = this.records.doubles[slot * RECORD_DOUBLES + DOUBLE.b];
    this.timers.delete(slot);
    this.records.callOff(slot);
    this.print.keyed(expiryUs, PRINTED.cancelTimer, node, this.names.hashOf(name), key);
    if (this.sink !== null) this.traceTimer("cancel-timer", node, name, key, expiryUs);
  }

  /** Frees the slot of an event that will not happen. */
  protected discard(slot: number): void {
    const kind = this.records.words[slot * RECORD_WORDS + WORD.kind];
    if (kind === TIMER) this.timers.delete(slot);
    else if (kind !== NUMBERS) this.records.detachIfAny(slot);
    this.records.queue.release(slot);
  }

  /** Counts and fingerprints a message that reaches a running process. */
  protected recordDelivery(slot: number, kind: number, node: number, from: number): void {
    this.counts.delivered += 1;
    const { words, doubles } = this.records;
    if (kind === NUMBERS) this.print.event(this.nowUs, kind, node, from, words[slot * RECORD_WORDS + WORD.code]);
    else {
      const message = this.records.objectOf(slot);
      this.print.event(this.nowUs, kind, node, from, this.labelHash(message));
      if (this.payloads) this.print.text(canonicalText(message));
    }
    // Which of the messages on their way it is; what it weighs and carries was folded in when it was sent.
    this.print.word(doubles[slot * RECORD_DOUBLES + DOUBLE.id]);
    if (this.sink !== null) this.traceArrival("deliver", slot, kind, node, from);
  }

  /** The hash of a text that occurs often. */
  protected hashOf(text: string): number {
    return this.names.hashOf(this.names.idOf(text));
  }

  private labelHash(message: unknown): number {
    return this.hashOf(labelOf(message));
  }

  protected traceArrival(kind: "deliver" | "drop", slot: number, eventKind: number, node: number, from: number, reason?: string): void {
    const { words, doubles } = this.records;
    const word = slot * RECORD_WORDS;
    this.traceMessage(kind, node, from, eventKind, words[word + WORD.code], this.payloadOf(slot, eventKind), words[word + WORD.bytes], doubles[slot * RECORD_DOUBLES + DOUBLE.id], this.nowUs, reason);
  }

  protected traceTimer(kind: "set-timer" | "cancel-timer" | "timer", node: number, name: number, key: number, expiryUs: number): void {
    this.sink?.record({ kind, event: this.counts.events, timeUs: this.nowUs, node, label: this.names.nameOf(name), key, expiryUs });
  }

  private note(node: number, effect: number): void {
    this.print.event(this.nowUs, PRINTED.note, node, this.effects.codes[effect], 0);
    if (!this.effects.keepNotes) return;
    const note = this.effects.objects[effect] as { text: string; value: unknown };
    this.effects.objects[effect] = undefined;
    if (this.payloads) this.print.text(canonicalText(note));
    this.sink?.record({ kind: "note", event: this.counts.events, timeUs: this.nowUs, node, label: note.text, value: note.value });
  }

  private payloadOf(slot: number, kind: number): unknown {
    if (kind === MESSAGE) return this.records.objectOf(slot);
    const first = slot * RECORD_DOUBLES;
    const { doubles } = this.records;
    return [doubles[first + DOUBLE.a], doubles[first + DOUBLE.b], doubles[first + DOUBLE.c]];
  }

  private traceMessage(kind: "send" | "lose" | "deliver" | "drop", node: number, peer: number, eventKind: number, code: number, message: unknown, bytes: number, id: number, arrivalUs: number, reason?: string): void {
    const label = eventKind === NUMBERS ? `numbers ${code}` : labelOf(message);
    this.sink?.record({ kind, event: this.counts.events, timeUs: this.nowUs, node, peer, label, message, bytes, id, arrivalUs, ...(reason === undefined ? {} : { reason }) });
  }

  protected checkMemory(maxBytes: number, measure: (() => number) | undefined): void {
    const bytes = measure === undefined ? this.memoryBytes : measure();
    if (!(bytes >= 0)) throw new ParameterError({ what: "bad measure of memory", got: bytes, expected: "a number of bytes >= 0", where: "option memoryBytes" });
    if (bytes > maxBytes) {
      throw new LimitError({ what: "the run reached its limit of memory", got: bytes, expected: `at most ${maxBytes} bytes`, where: `simulated time ${this.nowUs} µs, ${this.pending} events waiting` });
    }
  }
}
