/**
 * Errands: what a node has asked of another and waits for. The hop of a recursive lookup waits for its acknowledgement, the origin of an iterative one for the next hops or the
 * owner. A node numbers its errands, and the number travels along, so a late answer finds nothing and does no harm.
 */
import { ERRAND_NUMBERS } from "./messages";

/** One step of a lookup that waits for a node. */
export interface Errand {
  readonly number: number;
  /** The target: a row of the table, or the code of a finger. */
  readonly code: number;
  /** What the origin knows the lookup by. */
  readonly ticket: number;
  /** Who began the lookup: the node itself where the lookup is iterative. */
  readonly origin: number;
  readonly iterative: boolean;
  hops: number;
  timeouts: number;
  /** Sendings to the node asked now, after the first. */
  resent: number;
  /** Nodes that did not answer in this lookup, as far as this node knows. */
  readonly dead: number[];
  /** Who may own the target, and who precedes it, best first; empty where that is not worked out before somebody fails to answer. */
  owners: readonly number[];
  nodes: readonly number[];
  /** Whether the node asked now is asked as the owner. */
  final: boolean;
  /** The node asked now. */
  asked: number;
  /** The node that named the candidates. */
  source: number;
  /** A node that was asked as owner and named its predecessor instead, -1 for none. */
  redirector: number;
}

/** The errands of all nodes. */
export class ErrandTable {
  private readonly byNode: (Map<number, Errand> | undefined)[] = [];
  private readonly last: Int32Array;

  /** @param nodes number of nodes */
  constructor(nodes: number) {
    this.last = new Int32Array(nodes);
  }

  /** Begins an errand of a node. */
  open(node: number, errand: Pick<Errand, "code" | "ticket" | "origin" | "iterative" | "hops" | "timeouts">): Errand {
    let own = this.byNode[node];
    if (own === undefined) {
      own = new Map();
      this.byNode[node] = own;
    }
    // Zero stands for none in a message; numbers come back after a million, when the errand of old is long settled.
    let number = this.last[node];
    do number = number + 1 === ERRAND_NUMBERS ? 1 : number + 1;
    while (own.has(number));
    this.last[node] = number;
    const opened: Errand = { number, ...errand, resent: 0, dead: [], owners: [], nodes: [], final: false, asked: -1, source: node, redirector: -1 };
    own.set(number, opened);
    return opened;
  }

  /** An errand that still waits. */
  find(node: number, number: number): Errand | undefined {
    return this.byNode[node]?.get(number);
  }

  /** Ends an errand. */
  close(node: number, number: number): void {
    this.byNode[node]?.delete(number);
  }

  /** Drops all errands of a node that begins anew. */
  clear(node: number): void {
    this.byNode[node]?.clear();
  }
}
