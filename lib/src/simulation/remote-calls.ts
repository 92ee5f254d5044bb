/**
 * Remote calls that read sequentially. Papers write `n'.find_successor(id)`; a process written with handlers would cut such a procedure into a
 * state machine. Here it is a generator function: `yield*` hands a request to this helper, the generator sleeps, and when the reply (or the last
 * timeout) comes, the helper resumes it inside that handler. Nothing is asynchronous: a generator moves only within `onMessage` and
 * `onTimer`, in the order of the events, so runs stay deterministic and handlers atomic.
 *
 * Semantics: at least once. A request is sent up to 1 + `retries` times under one number; the first reply to that number wins and later
 * ones are ignored; so a handler of requests must bear repetition. Numbers rise with simulated time, so a reply to a node's former life is not taken
 * for one of its present. After the last timeout `yield*` gives `undefined`: the caller decides what a dead neighbour means.
 *
 * Cost, measured in test/bench/simulation with 10^4 callers: about three times that of a state machine written by hand (some 2 µs a message against
 * 0.7), mostly for the memory of its tables; for populations beyond 10^5 nodes use plain messages or numbers. A generator cannot be copied or
 * compared: the explorer re-runs such processes from the start, and a `view` that leaves the generator's place out must not be offered to it.
 */
import { ParameterError, checkNumber } from "../errors";
import type { ProcessContext } from "./contract";

/** Bytes that an envelope adds: kind and number. */
const ENVELOPE_BYTES = 9;
const TIMER = "remote-call";

/** What travels: a numbered request, and the reply under its number. Make it part of the process's own union of messages. */
export type CallMessage<Request, Reply> =
  | { readonly kind: "call"; readonly id: number; readonly request: Request }
  | { readonly kind: "reply"; readonly id: number; readonly reply: Reply };

/** How patient a call is. */
export interface CallPolicy {
  /** Wait for the first reply, whole microseconds > 0. */
  readonly timeoutUs: number;
  /** Sendings after the first, 0..100 (default 2). */
  readonly retries?: number;
  /** Each further wait is this many times the one before, a whole number 1..10 (default 2). */
  readonly backoff?: number;
}

/** What a procedure yields; made by {@link RemoteCalls.ask} only. */
export interface PendingCall<Request> {
  readonly to: number;
  readonly request: Request;
  readonly bytes: number;
  readonly policy: Required<CallPolicy>;
}

/** A procedure with remote calls in it: a generator function's result. */
export type Procedure<Request, Reply, Result> = Generator<PendingCall<Request>, Result, Reply | undefined>;

interface Waiting<Request, Reply> {
  readonly call: PendingCall<Request>;
  readonly resume: (reply: Reply | undefined) => void;
  attempt: number;
  waitUs: number;
}

/** The calls of one process. Make one per process, and hand messages and timers to it first. */
export class RemoteCalls<Request, Reply, M = CallMessage<Request, Reply>> {
  private readonly waiting = new Map<number, Waiting<Request, Reply>>();
  private readonly policy: Required<CallPolicy>;
  private lastId = 0;
  private context: ProcessContext<M> | null = null;

  /**
   * @param policy default patience of every call
   * @param answer what this process replies to a request, and the reply's size; `undefined` to stay silent
   * @throws ParameterError when the policy is out of range
   */
  constructor(
    policy: CallPolicy,
    private readonly answer: (context: ProcessContext<M>, from: number, request: Request) => { readonly reply: Reply; readonly bytes: number } | undefined,
  ) {
    this.policy = checkPolicy(policy);
  }

  /** Number of calls that wait for a reply. */
  get outstanding(): number {
    return this.waiting.size;
  }

  /**
   * One remote call, to be used as `const reply = yield* calls.ask(to, request, bytes)`.
   * @param bytes size of the request; the envelope is added
   * @param policy patience that differs from the default
   * @returns the reply, or `undefined` when none came in time
   */
  *ask(to: number, request: Request, bytes: number, policy?: CallPolicy): Procedure<Request, Reply, Reply | undefined> {
    return yield { to, request, bytes, policy: policy === undefined ? this.policy : checkPolicy(policy) };
  }

  /**
   * Starts a procedure within a handler. Several may run at once; start as many as a paper calls "in parallel".
   * @param done called with its result, in the handler in which it ends (with that handler's context)
   */
  start<Result>(context: ProcessContext<M>, procedure: Procedure<Request, Reply, Result>, done?: (result: Result, context: ProcessContext<M>) => void): void {
    const advance = (reply: Reply | undefined) => {
      const step = procedure.next(reply);
      if (step.done === true) done?.(step.value, this.current());
      else this.send(step.value, advance);
    };
    this.within(context, () => advance(undefined));
  }

  /** Offers a message; true if it was a call or a reply and has been dealt with. */
  onMessage(context: ProcessContext<M>, from: number, message: M | CallMessage<Request, Reply>): boolean {
    const { kind } = message as CallMessage<Request, Reply>;
    if (kind === "call") {
      const { id, request } = message as CallMessage<Request, Reply> & { kind: "call" };
      const answer = this.answer(context, from, request);
      if (answer !== undefined) context.send(from, { kind: "reply", id, reply: answer.reply } as unknown as M, answer.bytes + ENVELOPE_BYTES);
      return true;
    }
    if (kind !== "reply") return false;
    const { id, reply } = message as CallMessage<Request, Reply> & { kind: "reply" };
    const entry = this.waiting.get(id);
    if (entry === undefined || entry.call.to !== from) return true;
    this.waiting.delete(id);
    context.cancelTimer(TIMER, id);
    this.within(context, () => entry.resume(reply));
    return true;
  }

  /** Offers a timer; true if it was one of these calls'. */
  onTimer(context: ProcessContext<M>, name: string, key: number): boolean {
    if (name !== TIMER) return false;
    const entry = this.waiting.get(key);
    if (entry === undefined) return true;
    if (entry.attempt < entry.call.policy.retries) {
      entry.attempt += 1;
      entry.waitUs *= entry.call.policy.backoff;
      this.transmit(context, key, entry);
      return true;
    }
    this.waiting.delete(key);
    this.within(context, () => entry.resume(undefined));
    return true;
  }

  private send(call: PendingCall<Request>, resume: (reply: Reply | undefined) => void): void {
    const context = this.current();
    const id = Math.max(this.lastId + 1, context.nowUs);
    this.lastId = id;
    const entry = { call, resume, attempt: 0, waitUs: call.policy.timeoutUs };
    this.waiting.set(id, entry);
    this.transmit(context, id, entry);
  }

  private transmit(context: ProcessContext<M>, id: number, entry: Waiting<Request, Reply>): void {
    context.send(entry.call.to, { kind: "call", id, request: entry.call.request } as unknown as M, entry.call.bytes + ENVELOPE_BYTES);
    context.setTimer(TIMER, entry.waitUs, id);
  }

  private current(): ProcessContext<M> {
    if (this.context === null) throw new ParameterError({ what: "a procedure moved outside a handler", expected: "procedures that are moved by RemoteCalls only" });
    return this.context;
  }

  /** Makes the handler's context the current one while a procedure moves; nested starts keep it. */
  private within(context: ProcessContext<M>, move: () => void): void {
    const outer = this.context;
    this.context = context;
    try {
      move();
    } finally {
      this.context = outer;
    }
  }
}

function checkPolicy(policy: CallPolicy): Required<CallPolicy> {
  return {
    timeoutUs: checkNumber("timeoutUs", policy.timeoutUs, { min: 1, max: 1e12, integer: true, unit: "µs" }),
    retries: checkNumber("retries", policy.retries ?? 2, { min: 0, max: 100, integer: true }),
    backoff: checkNumber("backoff", policy.backoff ?? 2, { min: 1, max: 10, integer: true }),
  };
}
