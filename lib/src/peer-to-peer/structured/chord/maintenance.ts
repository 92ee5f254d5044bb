/**
 * What keeps the ring right: `create`, `join`, `stabilize`, `notify`, `fix_fingers`, `check_predecessor` and voluntary leaves (Transactions on Networking 2003, figure 6 and
 * sections IV-E and IV-F). A node whose successor list has run empty turns to its nearest finger, then to its predecessor, then joins again.
 * Beyond the papers: the audit, which asks a known node for the own successor, so that rings that a partition made become one again; it is off by default.
 */
import { drawPeriodUs, fingerCode, fingerOfCode, sendObject, targetRow, type ChordCore, type Context } from "./core";
import { NO_TICKET, type ChordLookups } from "./lookups";
import { KIND, messageBytes, type ChordMessage } from "./messages";
import { JOINING, MEMBER, OUT } from "./state";
import type { ChordStorage } from "./storage";

/** The maintenance of all nodes. */
export class ChordMaintenance {
  /** The successor asked by `stabilize` that has not answered yet, -1 for none. */
  private readonly askedSuccessor: Int32Array;
  private readonly askedPredecessor: Int32Array;
  /** Sendings after the first of these two questions. */
  private readonly resent: Uint8Array;
  /** Entry of the finger table whose turn comes next. */
  private readonly nextFinger: Int32Array;
  /** Node through which each joined. */
  private readonly through: Int32Array;
  private readonly bare: number;
  private readonly contact: number;

  constructor(private readonly core: ChordCore, private readonly lookups: () => ChordLookups, private readonly storage: ChordStorage) {
    const { nodes } = core.state;
    this.askedSuccessor = new Int32Array(nodes).fill(-1);
    this.askedPredecessor = new Int32Array(nodes).fill(-1);
    this.resent = new Uint8Array(2 * nodes);
    this.nextFinger = new Int32Array(nodes);
    this.through = new Int32Array(nodes).fill(-1);
    this.bare = messageBytes(core.idBytes, 0, 0);
    this.contact = messageBytes(core.idBytes, 0, 1);
  }

  /** `n.create()`: a ring of one. */
  create(context: Context): void {
    const { state } = this.core;
    this.reset(context.self);
    state.clear(context.self, MEMBER);
    state.setSuccessors(context.self, []);
    this.startTimers(context);
  }

  /** `n.join(n')`: asks n' for the successor of the own id, again after a while if no answer comes. */
  join(context: Context, bootstrap: number): void {
    const { self } = context;
    this.reset(self);
    this.core.state.clear(self, JOINING);
    this.through[self] = bootstrap;
    this.lookups().startThrough(context, self, bootstrap);
    context.setTimer("join", this.core.parameters.joinRetryUs);
  }

  /** A join that has brought no answer is repeated, through another node if one can be named. */
  onJoinTimer(context: Context): void {
    const { self } = context;
    if (this.core.state.membership[self] !== JOINING) return;
    const named = this.core.bootstrap?.(self, context.random("bootstrap")) ?? this.through[self];
    if (named < 0 || named === self) this.create(context);
    else this.join(context, named);
  }

  /** A lookup of maintenance has found the owner of its target. */
  resolved(context: Context, code: number, owner: number): void {
    const { state } = this.core;
    const { self } = context;
    if (code === self) {
      if (state.membership[self] === JOINING) this.joined(context, owner);
      else if (state.membership[self] === MEMBER && owner !== self && state.table.isBetween(owner, self, state.successor(self))) this.adopt(context, owner);
      return;
    }
    const { node, number } = fingerOfCode(this.core, code);
    if (node !== self || state.membership[self] !== MEMBER) return;
    const entry = self * state.fingerCount + number - state.firstFinger;
    if (state.fingers[entry] === owner && state.alternateCount === 0) return;
    state.fingers[entry] = owner;
    if (state.alternateCount > 0 && owner !== self) context.sendNumbers(owner, KIND.getState, 0, 0, 0, this.bare);
  }

  private joined(context: Context, owner: number): void {
    const { state } = this.core;
    // The ring may still point at this node's former life; it forgets it when the node does not answer.
    if (owner === context.self) return;
    state.membership[context.self] = MEMBER;
    state.setSuccessors(context.self, [owner]);
    context.cancelTimer("join");
    this.startTimers(context);
    this.stabilise(context);
  }

  /** Takes a nearer node for the successor. */
  private adopt(context: Context, nearer: number): void {
    const { state } = this.core;
    state.setSuccessors(context.self, [nearer, ...state.successorList(context.self).filter((each) => each !== context.self)]);
    this.stabilise(context);
  }

  /** Starts the periodic rounds, each at a random phase. */
  startTimers(context: Context): void {
    const { parameters } = this.core;
    const start = (name: string, periodUs: number): void => {
      if (periodUs > 0) context.setTimer(name, Math.floor(periodUs * context.random("period").uniform()));
    };
    start("stabilise", parameters.stabiliseUs);
    start("fix-fingers", parameters.fixFingersUs);
    start("check-predecessor", parameters.checkPredecessorUs);
    if (this.core.bootstrap !== undefined) start("audit", parameters.auditUs);
  }

  /** `n.stabilize()`: asks the successor for its predecessor and list. */
  stabilise(context: Context): void {
    const { state } = this.core;
    const { self } = context;
    const successor = state.successor(self);
    if (successor === self) {
      // Alone: whoever has taken this node for its successor is also the one that follows it.
      if (state.predecessors[self] >= 0) this.adopt(context, state.predecessors[self]);
      return;
    }
    if (this.askedSuccessor[self] !== successor) {
      this.askedSuccessor[self] = successor;
      this.resent[2 * self] = 0;
    }
    context.sendNumbers(successor, KIND.getState, 0, 0, 0, this.bare);
    context.setTimer("silent-successor", this.core.parameters.timeoutUs);
  }

  /** `n'.get_state()`. */
  onGetState(context: Context, from: number): void {
    const { state } = this.core;
    const successors = state.successorList(context.self);
    sendObject(this.core, context, from, { kind: "state", predecessor: state.predecessors[context.self], successors }, 0, 1 + successors.length);
  }

  /** The rest of `stabilize`: takes over the successor's list, and a predecessor of it that stands in between; then notifies. */
  onState(context: Context, from: number, message: ChordMessage & { readonly kind: "state" }): void {
    const { state } = this.core;
    const { self } = context;
    if (state.alternateCount > 0) this.keepAlternates(self, from, message.successors);
    if (this.askedSuccessor[self] !== from) return;
    this.askedSuccessor[self] = -1;
    context.cancelTimer("silent-successor");
    // A nearer one may have been adopted meanwhile.
    if (state.successor(self) !== from) return;
    const { predecessor: x } = message;
    const followers = [from, ...message.successors.filter((each) => each !== from)];
    state.setSuccessors(self, x >= 0 && state.table.isBetween(x, self, from) ? [x, ...followers] : followers);
    context.sendNumbers(state.successor(self), KIND.notify, 0, 0, 0, this.contact);
    this.storage.refreshReplicas(context);
  }

  private keepAlternates(node: number, finger: number, successors: readonly number[]): void {
    const { state } = this.core;
    const first = node * state.fingerCount;
    for (let entry = first; entry < first + state.fingerCount; entry++) {
      if (state.fingers[entry] !== finger) continue;
      for (let i = 0; i < state.alternateCount; i++) state.alternates[entry * state.alternateCount + i] = successors[i] ?? -1;
    }
  }

  /** `n.notify(n')`: n' might be the predecessor; keys that are now its own move to it. */
  onNotify(context: Context, from: number): void {
    const { state } = this.core;
    const { self } = context;
    const before = state.predecessors[self];
    if (from === self || (before >= 0 && !state.table.isBetween(from, before, self))) return;
    state.predecessors[self] = from;
    this.storage.handOver(context, from);
    if (state.successor(self) === self) this.adopt(context, from);
  }

  /** `n.fix_fingers()`: looks up the next fingers that the successor does not answer. */
  fixFingers(context: Context): void {
    const { state, parameters } = this.core;
    const { self } = context;
    const successor = state.successor(self);
    for (let step = 0, asked = 0; step < state.fingerCount && asked < parameters.fingersPerRound; step++) {
      const j = this.nextFinger[self];
      this.nextFinger[self] = (j + 1) % state.fingerCount;
      const code = fingerCode(this.core, self, state.firstFinger + j);
      if (successor === self || state.table.isInHalfOpen(targetRow(this.core, code), self, successor)) state.fingers[self * state.fingerCount + j] = successor;
      else {
        this.lookups().start(context, code, NO_TICKET);
        asked += 1;
      }
    }
  }

  /** `n.check_predecessor()`. */
  checkPredecessor(context: Context): void {
    const { self } = context;
    const predecessor = this.core.state.predecessors[self];
    if (predecessor < 0 || predecessor === self) return;
    if (this.askedPredecessor[self] !== predecessor) {
      this.askedPredecessor[self] = predecessor;
      this.resent[2 * self + 1] = 0;
    }
    context.sendNumbers(predecessor, KIND.ping, 0, 0, 0, this.bare);
    context.setTimer("silent-predecessor", this.core.parameters.timeoutUs);
  }

  /** Answers a `ping`. */
  onPing(context: Context, from: number): void {
    context.sendNumbers(from, KIND.pong, 0, 0, 0, this.bare);
  }

  /** The predecessor is there. */
  onPong(context: Context, from: number): void {
    if (this.askedPredecessor[context.self] !== from) return;
    this.askedPredecessor[context.self] = -1;
    context.cancelTimer("silent-predecessor");
  }

  /** The successor or the predecessor has not answered. */
  onSilence(context: Context, which: "successor" | "predecessor"): void {
    const { self } = context;
    const asked = which === "successor" ? this.askedSuccessor : this.askedPredecessor;
    const count = 2 * self + (which === "successor" ? 0 : 1);
    const node = asked[self];
    if (node < 0) return;
    if (this.resent[count] < this.core.parameters.retries) {
      this.resent[count] += 1;
      if (which === "successor") this.stabilise(context);
      else this.checkPredecessor(context);
      return;
    }
    asked[self] = -1;
    if (which === "predecessor" && this.core.state.predecessors[self] === node) this.core.state.predecessors[self] = -1;
    else if (which === "successor") this.silent(context, node);
  }

  /** A node did not answer: nothing points to it any more, and an empty successor list is filled anew. */
  silent(context: Context, dead: number): void {
    const { state } = this.core;
    const { self } = context;
    if (state.membership[self] !== MEMBER) return;
    const wasSuccessor = state.successor(self) === dead;
    state.forget(self, dead);
    if (!wasSuccessor) return;
    if (state.successorCounts[self] === 0) {
      const heir = this.nearestKnown(self);
      if (heir < 0 && this.core.bootstrap !== undefined) {
        const named = this.core.bootstrap(self, context.random("bootstrap"));
        if (named >= 0 && named !== self) {
          this.join(context, named);
          return;
        }
      }
      state.setSuccessors(self, heir < 0 ? [] : [heir]);
    }
    this.stabilise(context);
  }

  /** The nearest finger, the predecessor where there is none; -1 for nobody. */
  private nearestKnown(node: number): number {
    const { state } = this.core;
    for (let j = 0; j < state.fingerCount; j++) {
      const finger = state.fingers[node * state.fingerCount + j];
      if (finger >= 0 && finger !== node) return finger;
    }
    return state.predecessors[node];
  }

  /** Asks a known node for the successor of this one: whoever lies nearer than the own successor belongs to another ring. */
  audit(context: Context): void {
    const { self } = context;
    const named = this.core.bootstrap?.(self, context.random("bootstrap")) ?? -1;
    if (named >= 0 && named !== self) this.lookups().startThrough(context, self, named);
  }

  /** A voluntary leave: keys go to the successor, and both neighbours learn of each other. */
  leave(context: Context): void {
    const { state, store } = this.core;
    const { self } = context;
    const successor = state.successor(self);
    const predecessor = state.predecessors[self];
    if (successor !== self && successor >= 0) {
      const keys = store.keysOf(self);
      sendObject(this.core, context, successor, { kind: "leave to successor", predecessor, keys }, keys.length, 1);
      const successors = state.successorList(self);
      if (predecessor >= 0) sendObject(this.core, context, predecessor, { kind: "leave to predecessor", successors }, 0, successors.length);
    }
    store.remove(self);
    this.reset(self);
    state.clear(self, OUT);
    for (const name of ["stabilise", "fix-fingers", "check-predecessor", "audit", "join", "silent-successor", "silent-predecessor"]) context.cancelTimer(name);
  }

  /** The predecessor leaves. */
  onPredecessorLeaves(context: Context, from: number, message: ChordMessage & { readonly kind: "leave to successor" }): void {
    const { state } = this.core;
    for (const key of message.keys) this.core.store.add(context.self, key);
    if (state.predecessors[context.self] === from) state.predecessors[context.self] = message.predecessor === context.self ? -1 : message.predecessor;
    this.neighbourLeft(context, from);
  }

  /** The successor leaves. */
  onSuccessorLeaves(context: Context, from: number, message: ChordMessage & { readonly kind: "leave to predecessor" }): void {
    const { state } = this.core;
    if (state.successor(context.self) === from) state.setSuccessors(context.self, message.successors.filter((each) => each !== from));
    this.neighbourLeft(context, from);
  }

  /** Fingers that pointed at a node that has left point at the successor until they are looked up again. */
  private neighbourLeft(context: Context, left: number): void {
    const { state } = this.core;
    const { self } = context;
    if (state.successor(self) === left && state.successorCounts[self] === 1) state.setSuccessors(self, []);
    state.forget(self, left);
    if (state.successorCounts[self] === 0) state.setSuccessors(self, []);
    this.storage.refreshReplicas(context);
  }

  /** Forgets what a node was waiting for. */
  reset(node: number): void {
    this.askedSuccessor[node] = -1;
    this.askedPredecessor[node] = -1;
    this.nextFinger[node] = 0;
    this.lookups().clear(node);
  }

  /** A periodic timer has expired: does the round and sets the next. */
  round(context: Context, name: string): boolean {
    const { parameters } = this.core;
    switch (name) {
      case "stabilise":
        this.stabilise(context);
        context.setTimer(name, drawPeriodUs(this.core, context, parameters.stabiliseUs));
        return true;
      case "fix-fingers":
        this.fixFingers(context);
        context.setTimer(name, drawPeriodUs(this.core, context, parameters.fixFingersUs));
        return true;
      case "check-predecessor":
        this.checkPredecessor(context);
        context.setTimer(name, drawPeriodUs(this.core, context, parameters.checkPredecessorUs));
        return true;
      case "audit":
        this.audit(context);
        context.setTimer(name, drawPeriodUs(this.core, context, parameters.auditUs));
        return true;
      default:
        return false;
    }
  }
}
