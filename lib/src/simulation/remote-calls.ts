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
 * Cost, measured in test/bench/simulation with 10^4 callers: about twice that of a state machine written by hand (half its messages a second, somewhat
 * more if the process has `touch` call {@link RemoteCalls.touch}); what remains is the fetching of the generator's own objects. For populations
 * beyond 10^5 nodes use plain messages or numbers. A generator cannot be copied or
 * compared: the explorer re-runs such processes from the start, and a `view` that leaves the generator's place out must not be offered to it.
 */
import { ParameterError, checkNumber } from "../errors";
import { checkFunction, checkMethods, checkRecord } from "./checks";
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
  /** Sendings after the first, 0..100 (default 2); all waits together at most 2^51 microseconds. */
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

/** What goes on with a procedure's result. */
type Done<M> = ((result: unknown, context: ProcessContext<M>) => void) | undefined;

/** Places of an {@link Ask} that has no slot: not yet yielded, yielded, and settled. */
const NEW = -1;
const YIELDED = -2;
const SETTLED = -3;

/** Up to so many slots a call is found by looking at each; a map would cost a process many times the memory of its one or two calls. */
const SEARCHED_SLOTS = 8;

/** Calls that wait besides the first one: most processes have none at most times, and pay for none. */
class MoreCalls<C extends { readonly id: number }> {
  /** Call of slot i + 1; null where a slot is free. */
  private readonly slots: (C | null)[] = [];
  /** The free slots, the next one to use last. */
  private readonly free: number[] = [];
  /** The calls by number, once there have been many at a time. */
  private byId: Map<number, C> | null = null;

  get count(): number {
    return this.slots.length - this.free.length;
  }

  /** The slot that the next call will have. */
  get nextSlot(): number {
    return this.free.length > 0 ? this.free[this.free.length - 1] : this.slots.length + 1;
  }

  add(call: C): void {
    const slot = this.free.pop() ?? this.slots.length + 1;
    this.slots[slot - 1] = call;
    if (this.byId !== null) this.byId.set(call.id, call);
    else if (slot > SEARCHED_SLOTS) this.byId = new Map(this.slots.flatMap((each) => (each === null ? [] : [[each.id, each]])));
  }

  at(slot: number): C | null {
    return this.slots[slot - 1] ?? null;
  }

  find(id: number): C | null {
    if (this.byId !== null) return this.byId.get(id) ?? null;
    return this.slots.find((call) => call !== null && call.id === id) ?? null;
  }

  remove(slot: number, call: C): void {
    this.slots[slot - 1] = null;
    this.free.push(slot);
    this.byId?.delete(call.id);
  }
}

/** The longest that all waits of a call may be together, microseconds: 71 years, so that no expiry leaves the range of the clock. */
const LONGEST_WAIT_US = 2251799813685248;

/** The calls of one process. Make one per process, and hand messages and timers to it first. */
export class RemoteCalls<Request, Reply, M = CallMessage<Request, Reply>> {
  /** The call that waits in slot 0. A slot's number is the key of its call's timer. */
  private first: Ask<Request, Reply, M> | null = null;
  private more: MoreCalls<Ask<Request, Reply, M>> | null = null;
  private readonly policy: Required<CallPolicy>;
  private lastId = 0;
  private customPolicy: CallPolicy | undefined = undefined;
  private checkedPolicy: Required<CallPolicy>;

  /**
   * @param policy default patience of every call
   * @param answer what this process replies to a request, and the reply's size; `undefined` to stay silent
   * @throws ParameterError when the policy is out of range, or its waits add up to more than 71 years
   */
  constructor(
    policy: CallPolicy,
    private readonly answer: (context: ProcessContext<M>, from: number, request: Request) => { readonly reply: Reply; readonly bytes: number } | undefined,
  ) {
    checkFunction("answer", answer);
    this.policy = checkPolicy(policy);
    this.checkedPolicy = this.policy;
  }

  /** Number of calls that wait for a reply. */
  get outstanding(): number {
    return (this.first === null ? 0 : 1) + (this.more === null ? 0 : this.more.count);
  }

  /**
   * One remote call, to be used as `const reply = yield* calls.ask(to, request, bytes)`.
   * @param bytes size of the request; the envelope is added
   * @param policy patience that differs from the default
   * @returns the reply, or `undefined` when none came in time
   * @throws ParameterError when the policy is out of range
   */
  ask(to: number, request: Request, bytes: number, policy?: CallPolicy): Procedure<Request, Reply, Reply | undefined> {
    return new Ask<Request, Reply, M>(to, request, bytes, policy === undefined ? this.policy : this.custom(policy));
  }

  /**
   * Starts a procedure within a handler. Several may run at once; start as many as a paper calls "in parallel".
   * @param done called with its result, in the handler in which it ends (with that handler's context)
   * @throws ParameterError when the procedure is no generator, or yields anything but a call
   */
  start<Result>(context: ProcessContext<M>, procedure: Procedure<Request, Reply, Result>, done?: (result: Result, context: ProcessContext<M>) => void): void {
    checkMethods("procedure", procedure, ["next"]);
    if (done !== undefined) checkFunction("done", done);
    this.advance(context, procedure, done as Done<M>, undefined);
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
    const call = this.find(id);
    if (call !== null && call.to === from) this.settle(context, call, reply, true);
    return true;
  }

  /** Offers a timer; true if it was one of these calls'. */
  onTimer(context: ProcessContext<M>, name: string, key: number): boolean {
    if (name !== TIMER) return false;
    const call = this.at(key);
    if (call === null) return true;
    if (call.attempt < call.policy.retries) {
      call.attempt += 1;
      this.transmit(context, call);
    } else this.settle(context, call, undefined, false);
    return true;
  }

  /**
   * Reads what the next reply will read. A process in a large population calls it from its own `touch`, see {@link Process.touch}.
   * @returns a number without meaning
   */
  touch(): number {
    const { first } = this;
    return first === null ? 0 : first.to + (first.done ? 1 : 0) + (first.procedure?.next === undefined ? 0 : 1);
  }

  /** Lets a procedure go on to its next call or its end. */
  private advance(context: ProcessContext<M>, procedure: Procedure<Request, Reply, unknown>, done: Done<M>, reply: Reply | undefined): void {
    const step = procedure.next(reply);
    if (step.done === true) done?.(step.value, context);
    else if (step.value instanceof Ask && step.value.slot === YIELDED) this.begin(context, step.value as Ask<Request, Reply, M>, procedure, done);
    else throw new ParameterError({ what: "a procedure yields something that is not a new call", got: step.value, expected: "yield* with what ask() has just made", where: "RemoteCalls" });
  }

  private begin(context: ProcessContext<M>, call: Ask<Request, Reply, M>, procedure: Procedure<Request, Reply, unknown>, done: Done<M>): void {
    call.id = Math.max(this.lastId + 1, context.nowUs);
    call.procedure = procedure;
    call.finished = done;
    this.lastId = call.id;
    if (this.first === null) {
      call.slot = 0;
      this.first = call;
    } else {
      this.more ??= new MoreCalls();
      call.slot = this.more.nextSlot;
      this.more.add(call);
    }
    this.transmit(context, call);
  }

  private transmit(context: ProcessContext<M>, call: Ask<Request, Reply, M>): void {
    const { timeoutUs, backoff } = call.policy;
    let waitUs = timeoutUs;
    for (let i = 0; i < call.attempt; i++) waitUs *= backoff;
    context.send(call.to, { kind: "call", id: call.id, request: call.request } as unknown as M, call.bytes + ENVELOPE_BYTES);
    context.setTimer(TIMER, waitUs, call.slot);
  }

  /** The call with a number, if it waits. */
  private find(id: number): Ask<Request, Reply, M> | null {
    const { first, more } = this;
    if (first !== null && first.id === id) return first;
    return more === null ? null : more.find(id);
  }

  /** The call in a slot. */
  private at(slot: number): Ask<Request, Reply, M> | null {
    if (slot === 0) return this.first;
    return this.more === null ? null : this.more.at(slot);
  }

  /**
   * Ends a call and lets its procedure go on. The slot just freed is the next to be used, so a procedure that goes on to its next call moves the
   * timer that is running; only without one is it stopped.
   */
  private settle(context: ProcessContext<M>, call: Ask<Request, Reply, M>, reply: Reply | undefined, running: boolean): void {
    const { slot, procedure, finished } = call;
    if (slot === 0) this.first = null;
    else this.more?.remove(slot, call);
    call.slot = SETTLED;
    call.procedure = null;
    this.advance(context, procedure as Procedure<Request, Reply, unknown>, finished, reply);
    if (running && this.at(slot) === null) context.cancelTimer(TIMER, slot);
  }

  /** The policy checked; that of the last call again if it is the same object. */
  private custom(policy: CallPolicy): Required<CallPolicy> {
    if (policy !== this.customPolicy) {
      this.checkedPolicy = checkPolicy(policy);
      this.customPolicy = policy;
    }
    return this.checkedPolicy;
  }
}

/**
 * One call as the shortest of procedures: it yields itself and returns the reply. It is its own iterator, its own results, and the entry of the
 * call while it waits: for 10^4 processes what a call costs is mostly the fetching of its objects, so it is one object.
 */
class Ask<Request, Reply, M> implements PendingCall<Request> {
  /** Where it waits, or {@link NEW}, {@link YIELDED}, {@link SETTLED}. */
  slot = NEW;
  /** Its number on the wire. */
  id = 0;
  attempt = 0;
  procedure: Procedure<Request, Reply, unknown> | null = null;
  finished: Done<M> = undefined;
  /** The fields of an iterator's result. */
  done = false;
  value: unknown = this;

  constructor(
    readonly to: number,
    readonly request: Request,
    readonly bytes: number,
    readonly policy: Required<CallPolicy>,
  ) {}

  next(reply?: Reply): IteratorResult<PendingCall<Request>, Reply | undefined> {
    if (this.slot === NEW) this.slot = YIELDED;
    else {
      if (this.slot >= 0) throw new ParameterError({ what: "a call was used twice", got: `call of node ${this.to}`, expected: "a new call from ask() for each yield*", where: "RemoteCalls" });
      this.value = this.done ? undefined : reply;
      this.done = true;
    }
    return this as IteratorResult<PendingCall<Request>, Reply | undefined>;
  }

  return(value: Reply | undefined): IteratorResult<PendingCall<Request>, Reply | undefined> {
    this.done = true;
    return { done: true, value };
  }

  throw(error: unknown): never {
    this.done = true;
    throw error;
  }

  [Symbol.iterator](): this {
    return this;
  }
}

function checkPolicy(policy: CallPolicy): Required<CallPolicy> {
  const { timeoutUs, retries = 2, backoff = 2 } = checkRecord("policy", policy, ["timeoutUs", "retries", "backoff"]);
  checkNumber("timeoutUs", timeoutUs, { min: 1, max: 1e12, integer: true, unit: "µs" });
  checkNumber("retries", retries, { min: 0, max: 100, integer: true });
  checkNumber("backoff", backoff, { min: 1, max: 10, integer: true });
  let waitUs = timeoutUs;
  let totalUs = timeoutUs;
  for (let i = 0; i < retries; i++) {
    waitUs *= backoff;
    totalUs += waitUs;
  }
  if (!(totalUs <= LONGEST_WAIT_US)) throw new ParameterError({ what: "the waits of a call add up to too much", got: `${totalUs} µs in all`, expected: `at most ${LONGEST_WAIT_US} µs: fewer retries or less backoff`, where: "parameter policy" });
  return { timeoutUs, retries, backoff };
}
