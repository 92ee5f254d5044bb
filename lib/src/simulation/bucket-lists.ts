/**
 * First-in-first-out lists of (time, slot) pairs in chunks of one shared pool: the buckets of the {@link EventQueue}. Reading a bucket front to back
 * reads memory in order, and appending touches only its last chunk. Chunks are reused; the pool doubles when it is full.
 */

/** Pairs per chunk. */
export const CHUNK = 16;

/** A fixed number of lists. Only one of them at a time, the current one, is being taken from. */
export class BucketLists {
  times = new Float64Array(64 * CHUNK);
  slots = new Int32Array(64 * CHUNK);
  /** First chunk of each list, -1 for an empty list. */
  readonly heads: Int32Array;
  private readonly tails: Int32Array;
  private readonly fills: Int32Array;
  private nextChunk = new Int32Array(64);
  private freeChunk = -1;
  private usedChunks = 0;
  /** How many pairs of the current list's first chunk have been taken. */
  private cursor = 0;

  constructor(private readonly count: number) {
    this.heads = new Int32Array(count).fill(-1);
    this.tails = new Int32Array(count);
    this.fills = new Int32Array(count);
  }

  /** Bytes of all tables. */
  get bytes(): number {
    return this.times.byteLength + this.slots.byteLength + this.nextChunk.byteLength + this.count * 12;
  }

  /** Adds a pair at the end of a list. */
  append(bucket: number, timeUs: number, slot: number): void {
    let chunk = this.tails[bucket];
    let fill = this.fills[bucket];
    if (this.heads[bucket] < 0) {
      chunk = this.takeChunk();
      fill = 0;
      this.heads[bucket] = this.tails[bucket] = chunk;
    } else if (fill === CHUNK) {
      const fresh = this.takeChunk();
      this.nextChunk[chunk] = fresh;
      chunk = this.tails[bucket] = fresh;
      fill = 0;
    }
    this.times[chunk * CHUNK + fill] = timeUs;
    this.slots[chunk * CHUNK + fill] = slot;
    this.fills[bucket] = fill + 1;
  }

  /** Takes the first slot of the current list. The list stays the current one until it is empty. */
  takeFirst(bucket: number): number {
    const chunk = this.heads[bucket];
    const slot = this.slots[chunk * CHUNK + this.cursor];
    this.cursor += 1;
    if (chunk === this.tails[bucket]) {
      if (this.cursor === this.fills[bucket]) {
        this.heads[bucket] = -1;
        this.releaseChunk(chunk);
        this.cursor = 0;
      }
    } else if (this.cursor === CHUNK) {
      this.heads[bucket] = this.nextChunk[chunk];
      this.releaseChunk(chunk);
      this.cursor = 0;
    }
    return slot;
  }

  /** Empties a list and hands its chunks over one by one, as ranges of `times` and `slots` that hold until the callee returns. */
  drain(bucket: number, use: (from: number, to: number) => void): void {
    let chunk = this.heads[bucket];
    const tail = this.tails[bucket];
    const fill = this.fills[bucket];
    this.heads[bucket] = -1;
    for (;;) {
      const first = chunk * CHUNK;
      use(first, first + (chunk === tail ? fill : CHUNK));
      const next = this.nextChunk[chunk];
      this.releaseChunk(chunk);
      if (chunk === tail) return;
      chunk = next;
    }
  }

  /** Shows the chunks of a list that is not empty and not the current one, as ranges of `times` and `slots`. */
  forEachRange(bucket: number, use: (from: number, to: number) => void): void {
    const tail = this.tails[bucket];
    for (let chunk = this.heads[bucket]; chunk !== tail; chunk = this.nextChunk[chunk]) use(chunk * CHUNK, (chunk + 1) * CHUNK);
    use(tail * CHUNK, tail * CHUNK + this.fills[bucket]);
  }

  /** Shows every pair of a list, in order. */
  forEach(bucket: number, current: boolean, use: (timeUs: number, slot: number) => void): void {
    let chunk = this.heads[bucket];
    if (chunk < 0) return;
    let i = chunk * CHUNK + (current ? this.cursor : 0);
    for (;;) {
      const last = chunk === this.tails[bucket];
      const end = chunk * CHUNK + (last ? this.fills[bucket] : CHUNK);
      for (; i < end; i++) use(this.times[i], this.slots[i]);
      if (last) return;
      chunk = this.nextChunk[chunk];
      i = chunk * CHUNK;
    }
  }

  /** Drops the pairs whose slot is refused; the others keep their order. Emptied chunks go back to the pool. */
  filter(bucket: number, current: boolean, keeps: (slot: number) => boolean): void {
    if (this.heads[bucket] < 0) return;
    const start = current ? this.cursor : 0;
    let last = this.heads[bucket];
    let fill = start;
    this.forEach(bucket, current, (timeUs, slot) => {
      if (!keeps(slot)) return;
      if (fill === CHUNK) {
        last = this.nextChunk[last];
        fill = 0;
      }
      this.times[last * CHUNK + fill] = timeUs;
      this.slots[last * CHUNK + fill] = slot;
      fill += 1;
    });
    const empty = last === this.heads[bucket] && fill === start;
    const oldTail = this.tails[bucket];
    for (let chunk = last; chunk !== oldTail; ) {
      chunk = this.nextChunk[last];
      this.nextChunk[last] = this.nextChunk[chunk];
      this.releaseChunk(chunk);
    }
    this.tails[bucket] = last;
    this.fills[bucket] = fill;
    if (!empty) return;
    this.heads[bucket] = -1;
    this.releaseChunk(last);
    if (current) this.cursor = 0;
  }

  private takeChunk(): number {
    const chunk = this.freeChunk;
    if (chunk >= 0) {
      this.freeChunk = this.nextChunk[chunk];
      return chunk;
    }
    if (this.usedChunks === this.nextChunk.length) this.grow();
    return this.usedChunks++;
  }

  private releaseChunk(chunk: number): void {
    this.nextChunk[chunk] = this.freeChunk;
    this.freeChunk = chunk;
  }

  private grow(): void {
    const grown = this.nextChunk.length * 2;
    const times = new Float64Array(grown * CHUNK);
    times.set(this.times);
    this.times = times;
    const slots = new Int32Array(grown * CHUNK);
    slots.set(this.slots);
    this.slots = slots;
    const nextChunk = new Int32Array(grown);
    nextChunk.set(this.nextChunk);
    this.nextChunk = nextChunk;
  }
}
