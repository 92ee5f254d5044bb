/**
 * The simulator's context: it writes down what a handler asks for, in order, in arrays that are reused; the simulation applies the list
 * after the handler has returned. One context serves all nodes, so a process costs no context of its own.
 */
import { ParameterError } from "../errors";
import { checkText } from "./checks";
import type { ProcessContext } from "./contract";
import { hashText, type NameTable } from "./names";
import type { RandomStream } from "./random";

/** Kinds of effect. */
export const SEND = 1;
export const SEND_NUMBERS = 2;
export const SET_TIMER = 3;
export const SET_TIMER_ONCE = 4;
export const CANCEL_TIMER = 5;
export const NOTE = 6;

/** The largest size of one message. */
export const MAX_MESSAGE_BYTES = 2147483647;

/** Refuses what cannot be the number of a node; `where` is how the caller would write it. */
export function checkNode(node: number, nodes: number, where = "parameter node"): void {
  if (typeof node !== "number" || !(node >= 0 && node < nodes) || Math.floor(node) !== node) {
    throw new ParameterError({ what: "no such node", got: node, expected: `a whole number from 0 to ${nodes - 1}`, where });
  }
}

/** Refuses what cannot be the size of a message. */
export function checkBytes(bytes: number): void {
  if (typeof bytes !== "number" || !(bytes >= 0 && bytes <= MAX_MESSAGE_BYTES) || Math.floor(bytes) !== bytes) {
    throw new ParameterError({ what: "bad size of a message", got: bytes, expected: `whole bytes from 0 to ${MAX_MESSAGE_BYTES}`, where: "parameter bytes" });
  }
}

/** Refuses what cannot be the name, the delay or the key of a timer. */
export function checkTimer(name: string, delayUs: number, key: number, nowUs: number): void {
  checkTimerKey(name, key);
  if (typeof delayUs !== "number" || !(delayUs >= 0 && nowUs + delayUs <= Number.MAX_SAFE_INTEGER) || Math.floor(delayUs) !== delayUs) {
    throw new ParameterError({ what: `bad delay of timer ${name}`, got: delayUs, expected: "whole microseconds >= 0, with an expiry below 2^53", where: "parameter delayUs" });
  }
}

/** Refuses what cannot be the name or the key of a timer. */
export function checkTimerKey(name: string, key: number): void {
  if (typeof name !== "string") throw new ParameterError({ what: "bad name of a timer", got: name, expected: "a text", where: "parameter name" });
  if (!Number.isSafeInteger(key)) throw new ParameterError({ what: `bad key of timer ${name}`, got: key, expected: "a whole number", where: "parameter key" });
}

/** Refuses what cannot be the kind of a message of numbers. */
export function checkKind(kind: number): void {
  if (typeof kind !== "number" || (kind | 0) !== kind || kind < 0) throw new ParameterError({ what: "bad kind of a message of numbers", got: kind, expected: "a whole number from 0 to 2^31 - 1", where: "parameter kind" });
}

/** Refuses what cannot be in a message of numbers. */
export function checkNumbers(a: number, b: number, c: number): void {
  if (typeof a === "number" && typeof b === "number" && typeof c === "number") return;
  throw new ParameterError({ what: "bad message of numbers", got: [a, b, c], expected: "three numbers", where: "parameters a, b, c" });
}

/** Collects the effects of one handler at a time. */
export class EffectList<M> implements ProcessContext<M> {
  self = -1;
  nowUs = 0;
  /** Whether a handler is running. */
  active = false;
  /** Whether notes are kept with their text and value. */
  keepNotes = false;
  count = 0;
  readonly kinds: number[] = [];
  /** Node to send to, or number of the timer's name. */
  readonly targets: number[] = [];
  /** Kind of a message of numbers, hash of a note's text. */
  readonly codes: number[] = [];
  /** Bytes of a message, delay of a timer. */
  readonly sizes: number[] = [];
  readonly objects: unknown[] = [];
  readonly numbers = { a: [] as number[], b: [] as number[], c: [] as number[] };

  constructor(
    private readonly nodes: number,
    private readonly names: NameTable,
    private readonly streamOf: (name: string, node: number) => RandomStream,
  ) {}

  /** Opens the list for a handler of a node. */
  open(node: number, nowUs: number): void {
    this.self = node;
    this.nowUs = nowUs;
    this.active = true;
    this.count = 0;
  }

  send(to: number, message: M, bytes: number): void {
    checkNode(to, this.nodes, "parameter to");
    checkBytes(bytes);
    const at = this.next(SEND, to, bytes);
    this.objects[at] = message;
  }

  sendNumbers(to: number, kind: number, a: number, b: number, c: number, bytes: number): void {
    checkNode(to, this.nodes, "parameter to");
    checkBytes(bytes);
    checkKind(kind);
    checkNumbers(a, b, c);
    const at = this.next(SEND_NUMBERS, to, bytes);
    this.codes[at] = kind;
    this.numbers.a[at] = a;
    this.numbers.b[at] = b;
    this.numbers.c[at] = c;
  }

  setTimer(name: string, delayUs: number, key = 0): void {
    checkTimer(name, delayUs, key, this.nowUs);
    this.numbers.a[this.next(SET_TIMER, this.names.idOf(name), delayUs)] = key;
  }

  setTimerOnce(name: string, delayUs: number, key = 0): void {
    checkTimer(name, delayUs, key, this.nowUs);
    this.numbers.a[this.next(SET_TIMER_ONCE, this.names.idOf(name), delayUs)] = key;
  }

  cancelTimer(name: string, key = 0): void {
    checkTimerKey(name, key);
    this.numbers.a[this.next(CANCEL_TIMER, this.names.idOf(name), 0)] = key;
  }

  random(name: string): RandomStream {
    this.requireHandler();
    return this.streamOf(name, this.self);
  }

  note(text: string, value?: unknown): void {
    checkText("text", text);
    const at = this.next(NOTE, 0, 0);
    this.codes[at] = hashText(text);
    if (this.keepNotes) this.objects[at] = { text, value };
  }

  private next(kind: number, target: number, size: number): number {
    this.requireHandler();
    const at = this.count;
    this.count = at + 1;
    if (at === this.kinds.length) {
      this.codes.push(0);
      this.objects.push(undefined);
      this.numbers.a.push(0);
      this.numbers.b.push(0.5);
      this.numbers.c.push(0.5);
    }
    this.kinds[at] = kind;
    this.targets[at] = target;
    this.sizes[at] = size;
    return at;
  }

  private requireHandler(): void {
    if (!this.active) throw new ParameterError({ what: "a context was used outside its handler", expected: "calls only while onStart, onMessage, onTimer, onNumbers or an invoked method runs" });
  }
}
