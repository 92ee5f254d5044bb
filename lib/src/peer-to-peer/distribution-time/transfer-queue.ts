/**
 * The transfers under way, ordered by the moment they end: a binary heap on typed arrays, with recycled slots, so that a run makes no
 * object per transfer. Equal times come out in the order of starting. Times are whole microseconds, held exactly in doubles.
 *
 * Internal to chunk-swarm.ts; checked by test/peer-to-peer/chunk-swarm.test.ts.
 */

/** Transfers under way. The columns hold what the run needs to end a transfer; `slot` numbers are recycled. */
export class TransferQueue {
  startUs = new Float64Array(64);
  endUs = new Float64Array(64);
  from = new Int32Array(64);
  to = new Int32Array(64);
  chunk = new Int32Array(64);
  rateBps = new Float64Array(64);
  private sequence = new Float64Array(64);
  private readonly free: number[] = [];
  private heap = new Int32Array(64);
  private used = 0;
  private started = 0;
  /** Number of transfers under way. */
  length = 0;

  /** Adds a transfer and returns its slot. */
  push(startUs: number, endUs: number, from: number, to: number, chunk: number, rateBps: number): number {
    const slot = this.free.pop() ?? this.newSlot();
    this.startUs[slot] = startUs;
    this.endUs[slot] = endUs;
    this.from[slot] = from;
    this.to[slot] = to;
    this.chunk[slot] = chunk;
    this.rateBps[slot] = rateBps;
    this.sequence[slot] = this.started++;
    let place = this.length++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.before(slot, this.heap[parent])) break;
      this.heap[place] = this.heap[parent];
      place = parent;
    }
    this.heap[place] = slot;
    return slot;
  }

  /** Removes the transfer that ends next and returns its slot, whose columns stay readable until the next push. The queue must not be empty. */
  pop(): number {
    const first = this.heap[0];
    const last = this.heap[--this.length];
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.length) break;
      if (child + 1 < this.length && this.before(this.heap[child + 1], this.heap[child])) child += 1;
      if (!this.before(this.heap[child], last)) break;
      this.heap[place] = this.heap[child];
      place = child;
    }
    this.heap[place] = last;
    this.free.push(first);
    return first;
  }

  private before(a: number, b: number): boolean {
    return this.endUs[a] < this.endUs[b] || (this.endUs[a] === this.endUs[b] && this.sequence[a] < this.sequence[b]);
  }

  private newSlot(): number {
    if (this.used === this.heap.length) this.grow();
    return this.used++;
  }

  private grow(): void {
    this.startUs = widened(this.startUs);
    this.endUs = widened(this.endUs);
    this.from = widened(this.from);
    this.to = widened(this.to);
    this.chunk = widened(this.chunk);
    this.rateBps = widened(this.rateBps);
    this.sequence = widened(this.sequence);
    this.heap = widened(this.heap);
  }
}

/** A copy of twice the length. */
export function widened<T extends Float64Array | Int32Array>(array: T): T {
  const wide = new (array.constructor as new (length: number) => T)(array.length * 2);
  wide.set(array);
  return wide;
}
