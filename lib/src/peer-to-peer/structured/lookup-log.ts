/**
 * What became of lookups, one row each in typed arrays: a million of them take 34 megabytes. A row is written by the node at which the lookup began.
 *
 * Two conventions of counting hops stand side by side, since the Chord papers use both: `hops` counts forwarding hops up to the node that knows the owner (SIGCOMM 2001),
 * and `hops + lastHops` counts the step to the owner as well (Transactions on Networking 2003).
 */

/** Outcomes of a lookup. */
export const LOOKUP_OUTCOME = Object.freeze({
  /** No answer yet. */ pending: 0,
  /** The owner answered, and holds the key. */ found: 1,
  /** The owner answered; it does not hold the key. */ missing: 2,
  /** Nobody could be asked any more, or the origin ran out of patience. */ failed: 3,
} as const);

/** Lookups by number, from 0. The columns are replaced when the log grows. */
export class LookupLog {
  /** Number of lookups begun. */
  length = 0;
  /** How many have an answer or have failed. */
  ended = 0;
  keys = new Int32Array(0);
  origins = new Int32Array(0);
  /** Node that answered as owner, -1 while there is none. */
  owners = new Int32Array(0);
  /** Forwarding hops up to the node that knew the owner. */
  hops = new Uint16Array(0);
  /** 1 when a further hop led to the owner. */
  lastHops = new Uint8Array(0);
  /** Contacts with nodes that did not answer, in the attempt that ended. */
  timeouts = new Uint16Array(0);
  /** One of {@link LOOKUP_OUTCOME}. */
  outcomes = new Uint8Array(0);
  startUs = new Float64Array(0);
  endUs = new Float64Array(0);
  /** Is told the row of each lookup as it ends, for experiments. */
  onEnd: ((row: number) => void) | null = null;

  /** @param capacity lookups for which room is made at once */
  constructor(capacity = 64) {
    this.resize(Math.max(1, capacity));
  }

  /** Enters a lookup. @returns its row */
  begin(origin: number, key: number, nowUs: number): number {
    const row = this.length;
    if (row === this.keys.length) this.resize(2 * row);
    this.length = row + 1;
    this.keys[row] = key;
    this.origins[row] = origin;
    this.owners[row] = -1;
    this.startUs[row] = nowUs;
    return row;
  }

  /** Writes down how a lookup ended; only the first ending counts. */
  end(row: number, nowUs: number, outcome: number, owner: number, hops: number, lastHop: number, timeouts: number): void {
    if (this.outcomes[row] !== LOOKUP_OUTCOME.pending) return;
    this.ended += 1;
    this.outcomes[row] = outcome;
    this.owners[row] = owner;
    this.hops[row] = hops;
    this.lastHops[row] = lastHop;
    this.timeouts[row] = timeouts;
    this.endUs[row] = nowUs;
    if (this.onEnd !== null) this.onEnd(row);
  }

  private resize(capacity: number): void {
    const grown = <T extends Int32Array | Uint16Array | Uint8Array | Float64Array>(old: T): T => {
      const made = new (old.constructor as new (length: number) => T)(capacity);
      made.set(old);
      return made;
    };
    this.keys = grown(this.keys);
    this.origins = grown(this.origins);
    this.owners = grown(this.owners);
    this.hops = grown(this.hops);
    this.lastHops = grown(this.lastHops);
    this.timeouts = grown(this.timeouts);
    this.outcomes = grown(this.outcomes);
    this.startUs = grown(this.startUs);
    this.endUs = grown(this.endUs);
  }
}
