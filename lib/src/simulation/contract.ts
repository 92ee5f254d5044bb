/**
 * The process contract: what a mechanism implements and everything it may do. A mechanism sees only this file of the engine, so the same
 * code runs in a unit test with a recording context, in the simulator, under the explorer, in a browser, and could run on real sockets.
 *
 * Handlers are atomic: what a handler asks of its context (messages, timers, notes) takes effect after it has returned, in the order asked,
 * and not at all if it throws. There is no waiting inside a handler; {@link RemoteCalls} gives sequential reading where a paper has remote calls.
 * Not modelled: the time that a handler's computation takes (it runs in zero simulated time).
 */
import type { RandomStream } from "./random";

/** A node's behaviour. One object per node, or one object for all nodes that keeps its state in arrays indexed by `context.self`. */
export interface Process<M = unknown> {
  /** Called once when the node starts, and again on a fresh process after a restart. */
  onStart(context: ProcessContext<M>): void;
  /** Called when a message arrives. The message is the sender's object: read it, never change it. */
  onMessage(context: ProcessContext<M>, from: number, message: M): void;
  /** Called when a timer expires. `key` is the number given when it was set, 0 if none was given. */
  onTimer(context: ProcessContext<M>, name: string, key: number): void;
  /** Called when a message of numbers arrives (see {@link ProcessContext.sendNumbers}). */
  onNumbers?(context: ProcessContext<M>, from: number, kind: number, a: number, b: number, c: number): void;
  /** The node's state as plain data, for traces, drawings and the explorer. Must not change anything. */
  view?(node: number): unknown;
  /**
   * For populations with their state in large arrays: reads what a handler of this node will read, and returns any number made of it. Called for
   * many nodes in a row shortly before their events, so that the memory system fetches their state together. Must not change anything.
   */
  touch?(node: number): number;
}

/** What a process may do. Valid only during the handler it was given to; a stored context refuses to act between handlers. */
export interface ProcessContext<M = unknown> {
  /** This node's number, from 0. */
  readonly self: number;
  /** Simulated time, whole microseconds. */
  readonly nowUs: number;
  /**
   * Sends a message; it arrives after the network's delay, or never.
   * @param to a node number; a node may send to itself
   * @param message plain data, owned by the network from now on: neither side may change it
   * @param bytes size on the wire, a whole number 0..2^31 - 1
   * @throws ParameterError for a node or size out of range
   */
  send(to: number, message: M, bytes: number): void;
  /**
   * Sends up to three numbers without making an object: for populations of millions. Arrives in `onNumbers`.
   * @param kind which message it is, a whole number 0..2^31 - 1
   */
  sendNumbers(to: number, kind: number, a: number, b: number, c: number, bytes: number): void;
  /**
   * Sets a timer of this node, or moves it if one of that name and key is running.
   * @param name what it is for
   * @param delayUs whole microseconds, >= 0
   * @param key tells timers of one name apart: a request or piece number; 0 if absent
   */
  setTimer(name: string, delayUs: number, key?: number): void;
  /** Like {@link setTimer}, but leaves a timer that is running as it is. */
  setTimerOnce(name: string, delayUs: number, key?: number): void;
  /** Stops a timer. It will not fire, even if it was due in this same microsecond. No effect if none is running. */
  cancelTimer(name: string, key?: number): void;
  /** This node's stream of random draws for a purpose. The same object on every call; a restart does not rewind it. */
  random(name: string): RandomStream;
  /** Leaves a remark in the trace. When tracing is off only the hash of its text is taken, for the fingerprint: some ten nanoseconds. */
  note(text: string, value?: unknown): void;
}
