/**
 * Partial views of a whole population in two arrays: for each node up to c pairs of (node, age), in no order. Made for populations of 10^5 and more, where
 * an object per entry would cost more than the protocol. Used by {@link Cyclon}. Checked by test/peer-to-peer/gossip/cyclon.test.ts.
 */
import { ParameterError, checkNumber } from "../../errors";
import type { RandomStream } from "../../simulation";

/** The views of all nodes. Slots of a node are 0..size-1; removing moves the last entry into the gap. */
export class ViewTable {
  private readonly neighbours: Int32Array;
  private readonly ages: Int32Array;
  private readonly sizes: Int32Array;
  private readonly order: Int32Array;

  /**
   * @param nodes population, 1..2^24
   * @param capacity c, 1..1000
   * @throws ParameterError when out of range
   */
  constructor(readonly nodes: number, readonly capacity: number) {
    checkNumber("nodes", nodes, { min: 1, max: 16_777_216, integer: true });
    checkNumber("capacity", capacity, { min: 1, max: 1000, integer: true });
    this.neighbours = new Int32Array(nodes * capacity);
    this.ages = new Int32Array(nodes * capacity);
    this.sizes = new Int32Array(nodes);
    this.order = new Int32Array(capacity);
  }

  /** Entries of a node's view. */
  sizeOf(node: number): number {
    return this.sizes[node];
  }

  /** Whether the view has no room. */
  isFull(node: number): boolean {
    return this.sizes[node] === this.capacity;
  }

  /** The neighbour in a slot. */
  nodeAt(node: number, slot: number): number {
    return this.neighbours[node * this.capacity + slot];
  }

  /** The age of the entry in a slot. */
  ageAt(node: number, slot: number): number {
    return this.ages[node * this.capacity + slot];
  }

  /** The slot that holds a neighbour, or -1. */
  slotOf(node: number, neighbour: number): number {
    const first = node * this.capacity;
    const end = first + this.sizes[node];
    for (let at = first; at < end; at++) if (this.neighbours[at] === neighbour) return at - first;
    return -1;
  }

  /** The slot of the oldest entry, the first among equals; -1 in an empty view. */
  oldestSlot(node: number): number {
    const first = node * this.capacity;
    const end = first + this.sizes[node];
    let best = -1;
    let age = -1;
    for (let at = first; at < end; at++) {
      if (this.ages[at] > age) {
        age = this.ages[at];
        best = at - first;
      }
    }
    return best;
  }

  /** Adds 1 to every age of a view. */
  growOlder(node: number): void {
    const first = node * this.capacity;
    const end = first + this.sizes[node];
    for (let at = first; at < end; at++) this.ages[at] += 1;
  }

  /** Appends an entry. @throws ParameterError when the view is full */
  add(node: number, neighbour: number, age: number): void {
    const size = this.sizes[node];
    if (size === this.capacity) throw new ParameterError({ what: "a full view takes no entry", got: neighbour, expected: `fewer than ${this.capacity} entries`, where: `view of node ${node}` });
    this.neighbours[node * this.capacity + size] = neighbour;
    this.ages[node * this.capacity + size] = age;
    this.sizes[node] = size + 1;
  }

  /** Overwrites a slot. */
  replaceAt(node: number, slot: number, neighbour: number, age: number): void {
    this.neighbours[node * this.capacity + slot] = neighbour;
    this.ages[node * this.capacity + slot] = age;
  }

  /** Removes a slot; the last entry takes its place. */
  removeAt(node: number, slot: number): void {
    const last = this.sizes[node] - 1;
    const first = node * this.capacity;
    this.neighbours[first + slot] = this.neighbours[first + last];
    this.ages[first + slot] = this.ages[first + last];
    this.sizes[node] = last;
  }

  /** Empties a view. */
  clear(node: number): void {
    this.sizes[node] = 0;
  }

  /**
   * Up to `count` distinct entries, drawn without replacement, flat: node, age, node, age, ...
   * @param head a node that stands before them with age 0, for a sender that sends itself too; -1 for none
   */
  sample(node: number, count: number, random: RandomStream, head = -1): number[] {
    const size = this.sizes[node];
    const taken = Math.min(count, size);
    const { order, neighbours, ages } = this;
    const first = node * this.capacity;
    for (let i = 0; i < size; i++) order[i] = first + i;
    const entries: number[] = head === -1 ? [] : [head, 0];
    for (let i = 0; i < taken; i++) {
      const j = i + random.integer(size - i);
      const at = order[j];
      order[j] = order[i];
      entries.push(neighbours[at], ages[at]);
    }
    return entries;
  }

  /** A view as pairs, in the order of its slots. */
  entriesOf(node: number): [neighbour: number, age: number][] {
    return Array.from({ length: this.sizes[node] }, (_, slot) => [this.nodeAt(node, slot), this.ageAt(node, slot)]);
  }
}
