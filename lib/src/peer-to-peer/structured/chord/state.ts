/**
 * The state of all Chord nodes in arrays by node: predecessor, successor list, finger table, alternates; with the writing of the converged state, and the check that names
 * the first rule broken. A successor list never holds its own node, unless the node is alone: then it is its own successor.
 * Tests: test/peer-to-peer/structured/chord-state.test.ts, test/laws/chord.test.ts.
 */
import { RingOrder, type IdTable } from "../../../ids";
import { checkMembers } from "../overlay";
import { fingerOffsets } from "./finger-offsets";
import type { ChordParameters } from "./parameters";

/** Being in or out of the ring. */
export const OUT = 0;
export const JOINING = 1;
export const MEMBER = 2;

/** Who knows whom. Nodes are rows of the table; -1 stands for nobody. */
export class ChordState {
  readonly membership: Uint8Array;
  readonly predecessors: Int32Array;
  /** Entries of each node's list, nearest first. */
  readonly successors: Int32Array;
  readonly successorCounts: Uint8Array;
  /** Entry j of a node is finger number `firstFinger + j`, whose start lies 2^(firstFinger + j - 1) behind the node. */
  readonly fingers: Int32Array;
  /** Alternates of each entry, -1 where there are fewer. */
  readonly alternates: Int32Array;
  /** Number (from 1) of the lowest finger kept. */
  readonly firstFinger: number;
  /** Length of the successor list. */
  readonly r: number;
  /** Fingers kept. */
  readonly fingerCount: number;
  /** Alternates kept of each. */
  readonly alternateCount: number;
  /** Row of the table for the start of a finger. */
  readonly scratch: number;

  /**
   * @param table ids of the nodes; a further row is added for the state's own use
   * @param nodes number of nodes
   */
  constructor(readonly table: IdTable, readonly nodes: number, parameters: ChordParameters) {
    this.r = parameters.successors;
    this.fingerCount = parameters.fingers;
    this.alternateCount = parameters.alternates;
    this.firstFinger = table.space.bits - this.fingerCount + 1;
    this.membership = new Uint8Array(nodes);
    this.predecessors = new Int32Array(nodes).fill(-1);
    this.successors = new Int32Array(nodes * this.r).fill(-1);
    this.successorCounts = new Uint8Array(nodes);
    this.fingers = new Int32Array(nodes * this.fingerCount).fill(-1);
    this.alternates = new Int32Array(nodes * this.fingerCount * this.alternateCount).fill(-1);
    this.scratch = table.push(0);
  }

  /** The successor of a node. */
  successor(node: number): number {
    return this.successors[node * this.r];
  }

  /** The successor list of a node, copied. */
  successorList(node: number): number[] {
    const first = node * this.r;
    const list: number[] = [];
    for (let i = 0; i < this.successorCounts[node]; i++) list.push(this.successors[first + i]);
    return list;
  }

  /** Writes a successor list: at most r entries, up to the node itself (where the ring is shorter than the list). An empty list is the node alone. */
  setSuccessors(node: number, list: readonly number[]): void {
    const first = node * this.r;
    let count = 0;
    for (let i = 0; i < list.length && count < this.r; i++) {
      if (list[i] === node) break;
      // A list under repair may name a node twice.
      if (count > 0 && this.successors[first + count - 1] === list[i]) continue;
      this.successors[first + count++] = list[i];
    }
    if (count === 0) this.successors[first + count++] = node;
    this.successorCounts[node] = count;
  }

  /** Empties what a node knows. */
  clear(node: number, membership: number): void {
    this.membership[node] = membership;
    this.predecessors[node] = -1;
    this.successorCounts[node] = 0;
    this.fingers.fill(-1, node * this.fingerCount, (node + 1) * this.fingerCount);
    this.alternates.fill(-1, node * this.fingerCount * this.alternateCount, (node + 1) * this.fingerCount * this.alternateCount);
  }

  /** Takes a node that did not answer out of all that another one knows. The successor list may become empty. */
  forget(node: number, dead: number): void {
    if (this.predecessors[node] === dead) this.predecessors[node] = -1;
    const first = node * this.r;
    let kept = 0;
    for (let i = 0; i < this.successorCounts[node]; i++) {
      const entry = this.successors[first + i];
      if (entry !== dead) this.successors[first + kept++] = entry;
    }
    this.successorCounts[node] = kept;
    const from = node * this.fingerCount;
    for (let entry = from; entry < from + this.fingerCount; entry++) if (this.fingers[entry] === dead) this.fingers[entry] = -1;
    const alternatesFrom = from * this.alternateCount;
    for (let entry = alternatesFrom; entry < alternatesFrom + this.fingerCount * this.alternateCount; entry++) if (this.alternates[entry] === dead) this.alternates[entry] = -1;
  }

  /** Puts members into the state in which stabilisation ends. */
  install(members: ArrayLike<number>): void {
    const ring = new RingOrder(this.table, checkMembers(members, this.nodes));
    const { rows, length } = ring;
    for (let rank = 0; rank < length; rank++) {
      const node = rows[rank];
      this.clear(node, MEMBER);
      this.predecessors[node] = length === 1 ? -1 : rows[rank === 0 ? length - 1 : rank - 1];
      const count = Math.min(this.r, length - 1);
      for (let i = 0; i < count; i++) this.successors[node * this.r + i] = rows[(rank + 1 + i) % length];
      if (count === 0) this.successors[node * this.r] = node;
      this.successorCounts[node] = Math.max(1, count);
    }
    const offsets = new Int32Array(length);
    for (let j = 0; j < this.fingerCount; j++) {
      fingerOffsets(ring, this.firstFinger + j, this.scratch, offsets);
      for (let rank = 0; rank < length; rank++) {
        const entry = rows[rank] * this.fingerCount + j;
        const target = (rank + offsets[rank]) % length;
        this.fingers[entry] = rows[target];
        for (let a = 0; a < Math.min(this.alternateCount, length - 1); a++) this.alternates[entry * this.alternateCount + a] = rows[(target + 1 + a) % length];
      }
    }
  }

  /**
   * The first rule of a right ring that is broken among the nodes that are up: every one of them a member, with the next one as successor, the one before as
   * predecessor, a successor list of the nodes that follow, and no finger but the successor of its start.
   * @returns a sentence, or `null` when the ring is right
   */
  firstFault(up: ArrayLike<number>, checkFingers: boolean): string | null {
    const ring = new RingOrder(this.table, checkMembers(up, this.nodes));
    const { rows, length } = ring;
    for (let rank = 0; rank < length; rank++) {
      const node = rows[rank];
      if (this.membership[node] !== MEMBER) return `node ${node} is not in the ring`;
      const before = length === 1 ? node : rows[(rank + length - 1) % length];
      if (this.predecessors[node] !== before && !(length === 1 && this.predecessors[node] === -1)) return `node ${node} has predecessor ${this.predecessors[node]}, not ${before}`;
      const expected = Array.from({ length: Math.max(1, Math.min(this.r, length - 1)) }, (_, i) => rows[(rank + 1 + i) % length]);
      const list = this.successorList(node);
      if (list.length !== expected.length || list.some((entry, i) => entry !== expected[i])) return `node ${node} has successors ${list.join(", ")}, not ${expected.join(", ")}`;
    }
    return checkFingers ? this.firstFingerFault(ring) : null;
  }

  private firstFingerFault(ring: RingOrder): string | null {
    const { rows } = ring;
    const offsets = new Int32Array(rows.length);
    for (let j = 0; j < this.fingerCount; j++) {
      fingerOffsets(ring, this.firstFinger + j, this.scratch, offsets);
      for (let rank = 0; rank < rows.length; rank++) {
        const expected = rows[(rank + offsets[rank]) % rows.length];
        const finger = this.fingers[rows[rank] * this.fingerCount + j];
        if (finger !== expected) return `finger ${this.firstFinger + j} of node ${rows[rank]} is ${finger}, not ${expected}`;
      }
    }
    return null;
  }
}
