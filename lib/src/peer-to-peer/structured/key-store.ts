/**
 * The keys that each node holds, as chains in typed arrays: eight bytes a key, so that 10^4 nodes can hold 10^6 keys. A chain has no order; a node holds a key once.
 */

/** Keys by node. */
export class KeyStore {
  /** Keys held by all nodes together, copies included. */
  size = 0;
  private readonly heads: Int32Array;
  private readonly counts: Int32Array;
  private keys = new Int32Array(64);
  private next = new Int32Array(64);
  private free = -1;
  private used = 0;

  /** @param nodes number of nodes */
  constructor(nodes: number) {
    this.heads = new Int32Array(nodes).fill(-1);
    this.counts = new Int32Array(nodes);
  }

  /** Number of keys that a node holds. */
  countOf(node: number): number {
    return this.counts[node];
  }

  /** Whether a node holds a key. */
  has(node: number, key: number): boolean {
    for (let entry = this.heads[node]; entry >= 0; entry = this.next[entry]) if (this.keys[entry] === key) return true;
    return false;
  }

  /** Gives a node a key; no effect if it has it. */
  add(node: number, key: number): void {
    if (!this.has(node, key)) this.addNew(node, key);
  }

  /** Gives a node a key that it is known not to have. */
  addNew(node: number, key: number): void {
    let entry = this.free;
    if (entry >= 0) this.free = this.next[entry];
    else {
      entry = this.used++;
      if (entry === this.keys.length) this.grow();
    }
    this.keys[entry] = key;
    this.next[entry] = this.heads[node];
    this.heads[node] = entry;
    this.counts[node] += 1;
    this.size += 1;
  }

  /** The keys of a node for which a test holds, all if there is none. */
  keysOf(node: number, test?: (key: number) => boolean): number[] {
    const found: number[] = [];
    for (let entry = this.heads[node]; entry >= 0; entry = this.next[entry]) if (test === undefined || test(this.keys[entry])) found.push(this.keys[entry]);
    return found;
  }

  /** Takes from a node the keys for which a test holds, all if there is none. */
  remove(node: number, test?: (key: number) => boolean): void {
    let before = -1;
    for (let entry = this.heads[node]; entry >= 0; ) {
      const following = this.next[entry];
      if (test !== undefined && !test(this.keys[entry])) before = entry;
      else {
        if (before < 0) this.heads[node] = following;
        else this.next[before] = following;
        this.next[entry] = this.free;
        this.free = entry;
        this.counts[node] -= 1;
        this.size -= 1;
      }
      entry = following;
    }
  }

  private grow(): void {
    const keys = new Int32Array(2 * this.keys.length);
    keys.set(this.keys);
    this.keys = keys;
    const next = new Int32Array(2 * this.next.length);
    next.set(this.next);
    this.next = next;
  }
}
