/**
 * Keys at Chord nodes: kept by the owner, copied to its next successors, moved when a node joins or leaves (SIGCOMM 2001, section 6.2; Transactions on Networking 2003, section IV
 * and V-B, where copies are left to the program above Chord: here it is told of new successors and copies its keys to them).
 */
import { sendObject, type ChordCore, type Context } from "./core";

/** The storage of all nodes. */
export class ChordStorage {
  /** What each node last copied its keys for: predecessor and first successors, mixed. */
  private readonly copiedFor: Float64Array;

  constructor(private readonly core: ChordCore) {
    this.copiedFor = new Float64Array(core.state.nodes).fill(-1);
  }

  /** Whether a node owns a key, as far as it knows: the key lies between its predecessor and itself. */
  answersFor(node: number, key: number): boolean {
    const { state } = this.core;
    const predecessor = state.predecessors[node];
    if (predecessor < 0) return state.successor(node) === node;
    return state.table.isInHalfOpen(key, predecessor, node);
  }

  /** Keeps a key here, and copies it. */
  keep(context: Context, key: number): void {
    this.core.store.add(context.self, key);
    for (const to of this.copyHolders(context.self)) sendObject(this.core, context, to, { kind: "replicate", keys: [key] }, 1, 0);
  }

  /** Gives a new predecessor the keys that are its own now. With copies they also stay here. */
  handOver(context: Context, predecessor: number): void {
    const { state, store, parameters } = this.core;
    const { self } = context;
    if (store.countOf(self) === 0) return;
    const isTheirs = (key: number) => !state.table.isInHalfOpen(key, predecessor, self);
    const keys = store.keysOf(self, isTheirs);
    if (keys.length === 0) return;
    sendObject(this.core, context, predecessor, { kind: "hand over", keys }, keys.length, 0);
    if (parameters.replicas === 1) store.remove(self, isTheirs);
  }

  /** Takes keys from another node. */
  take(context: Context, keys: readonly number[]): void {
    for (const key of keys) this.core.store.add(context.self, key);
  }

  /** Copies the own keys when the own range or the nodes that hold copies have changed. */
  refreshReplicas(context: Context): void {
    const { state, store, parameters } = this.core;
    const { self } = context;
    if (parameters.replicas === 1 || store.countOf(self) === 0) return;
    const holders = this.copyHolders(self);
    let mark = state.predecessors[self] + 2;
    for (const holder of holders) mark = (mark * 31 + holder + 1) % 9007199254740881;
    mark += store.countOf(self);
    if (mark === this.copiedFor[self]) return;
    this.copiedFor[self] = mark;
    const keys = store.keysOf(self, (key) => this.answersFor(self, key));
    if (keys.length === 0) return;
    for (const to of holders) sendObject(this.core, context, to, { kind: "replicate", keys }, keys.length, 0);
  }

  private copyHolders(node: number): number[] {
    const { state, parameters } = this.core;
    return state.successorList(node).slice(0, parameters.replicas - 1).filter((each) => each !== node);
  }
}
