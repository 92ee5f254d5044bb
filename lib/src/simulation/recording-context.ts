/**
 * A context for unit tests: it writes down what a process asks for and does nothing. A test calls a handler with it and compares the lists;
 * no simulator, no network, no clock but the one the test sets. Checks arguments as the simulator does.
 */
import { ParameterError, checkNumber } from "../errors";
import type { ProcessContext } from "./contract";
import { checkRecord, checkText } from "./checks";
import { checkBytes, checkKind, checkNumbers, checkTimer, checkTimerKey } from "./effects";
import { copyMessage } from "./messages";
import { RandomStream } from "./random";

/** A message that a process has asked to send. */
export interface SentMessage<M> {
  readonly to: number;
  /** A structured clone, made when it was sent, so that a later change of the original is seen as a difference. */
  readonly message: M;
  readonly bytes: number;
}

/** A message of numbers that a process has asked to send. */
export interface SentNumbers {
  readonly to: number;
  readonly kind: number;
  readonly numbers: readonly [a: number, b: number, c: number];
  readonly bytes: number;
}

/** A timer that is running. */
export interface RunningTimer {
  readonly name: string;
  readonly key: number;
  readonly expiryUs: number;
}

/** Records effects; see the fields. The constructor throws a ParameterError for options out of range. */
export class RecordingContext<M = unknown> implements ProcessContext<M> {
  readonly self: number;
  /** Set it to move the clock. */
  nowUs: number;
  sent: SentMessage<M>[] = [];
  sentNumbers: SentNumbers[] = [];
  notes: { readonly text: string; readonly value: unknown }[] = [];
  private readonly running = new Map<string, RunningTimer>();
  private readonly streams = new Map<string, RandomStream>();
  private readonly seed: number;

  /** @param options `self` the node (default 0), `seed` of its random streams (default 1), `nowUs` the time (default 0) */
  constructor(options: { readonly self?: number; readonly seed?: number; readonly nowUs?: number } = {}) {
    const { self = 0, seed = 1, nowUs = 0 } = checkRecord("options", options, ["self", "seed", "nowUs"]);
    this.self = checkNumber("self", self, { min: 0, max: 0xffffffff, integer: true });
    this.seed = checkNumber("seed", seed, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true });
    this.nowUs = checkNumber("nowUs", nowUs, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true });
  }

  /** The running timers, earliest first, equal times in the order of setting. */
  get timers(): RunningTimer[] {
    return [...this.running.values()].sort((a, b) => a.expiryUs - b.expiryUs);
  }

  /** How far each random stream has been drawn. */
  get drawn(): [name: string, draws: number][] {
    return [...this.streams].map(([name, stream]) => [name, stream.drawn]);
  }

  /** Forgets what was sent and noted; timers and streams go on. */
  clear(): void {
    this.sent = [];
    this.sentNumbers = [];
    this.notes = [];
  }

  /**
   * Moves the clock to the expiry of the earliest timer and takes it out, as the engine does before it calls `onTimer`.
   * @throws ParameterError when no timer is running
   */
  expireNext(): RunningTimer {
    const [next] = this.timers;
    if (next === undefined) throw new ParameterError({ what: "no timer is running", expected: "a timer set before" });
    this.running.delete(timerId(next.name, next.key));
    this.nowUs = Math.max(this.nowUs, next.expiryUs);
    return next;
  }

  send(to: number, message: M, bytes: number): void {
    this.checkTarget(to);
    checkBytes(bytes);
    this.sent.push({ to, message: copyMessage(message), bytes });
  }

  sendNumbers(to: number, kind: number, a: number, b: number, c: number, bytes: number): void {
    this.checkTarget(to);
    checkBytes(bytes);
    checkKind(kind);
    checkNumbers(a, b, c);
    this.sentNumbers.push({ to, kind, numbers: [a, b, c], bytes });
  }

  setTimer(name: string, delayUs: number, key = 0): void {
    checkTimer(name, delayUs, key, this.nowUs);
    const id = timerId(name, key);
    this.running.delete(id);
    this.running.set(id, { name, key, expiryUs: this.nowUs + delayUs });
  }

  setTimerOnce(name: string, delayUs: number, key = 0): void {
    checkTimer(name, delayUs, key, this.nowUs);
    if (!this.running.has(timerId(name, key))) this.setTimer(name, delayUs, key);
  }

  cancelTimer(name: string, key = 0): void {
    checkTimerKey(name, key);
    this.running.delete(timerId(name, key));
  }

  random(name: string): RandomStream {
    const known = this.streams.get(name);
    if (known !== undefined) return known;
    const stream = new RandomStream({ seed: this.seed, name, node: this.self });
    this.streams.set(name, stream);
    return stream;
  }

  note(text: string, value?: unknown): void {
    checkText("text", text);
    this.notes.push({ text, value });
  }

  private checkTarget(to: number): void {
    if (!(Number.isInteger(to) && to >= 0)) throw new ParameterError({ what: "no such node", got: to, expected: "a whole number >= 0", where: "parameter to" });
  }
}

function timerId(name: string, key: number): string {
  return `${key} ${name}`;
}
