/** Other designs of an event queue, built for comparison: a binary heap of objects, and a 4-ary heap on typed arrays. Same order, same interface. */

/** What the hold model asks of a queue. */
export interface PeerQueue {
  push(timeUs: number): void;
  /** Takes out the earliest event and returns its time. */
  pop(): number;
}

interface HeapItem {
  readonly timeUs: number;
  readonly sequence: number;
}

/** The usual event queue of a simulator in a garbage-collected language: a binary heap of event objects. */
export class ObjectHeap implements PeerQueue {
  private readonly items: HeapItem[] = [];
  private sequence = 0;

  push(timeUs: number): void {
    const item = { timeUs, sequence: this.sequence++ };
    const { items } = this;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(item, items[parent])) break;
      items[at] = items[parent];
      at = parent;
    }
    items[at] = item;
  }

  pop(): number {
    const { items } = this;
    const top = items[0];
    const last = items.pop() as HeapItem;
    const length = items.length;
    if (length > 0) {
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= length) break;
        if (child + 1 < length && before(items[child + 1], items[child])) child += 1;
        if (!before(items[child], last)) break;
        items[at] = items[child];
        at = child;
      }
      items[at] = last;
    }
    return top.timeUs;
  }
}

function before(a: HeapItem, b: HeapItem): boolean {
  return a.timeUs < b.timeUs || (a.timeUs === b.timeUs && a.sequence < b.sequence);
}

/** A 4-ary heap in parallel typed arrays (time, sequence), the layout of PeerSim's heap with a wider node. */
export class QuaternaryHeap implements PeerQueue {
  private times = new Float64Array(256);
  private sequences = new Float64Array(256);
  private size = 0;
  private sequence = 0;

  push(timeUs: number): void {
    if (this.size === this.times.length) {
      const times = new Float64Array(this.size * 2);
      const sequences = new Float64Array(this.size * 2);
      times.set(this.times);
      sequences.set(this.sequences);
      this.times = times;
      this.sequences = sequences;
    }
    const { times, sequences } = this;
    const sequence = this.sequence++;
    let at = this.size++;
    // A new event has the highest sequence, so it rises past strictly later times only.
    while (at > 0) {
      const parent = (at - 1) >> 2;
      if (times[parent] <= timeUs) break;
      times[at] = times[parent];
      sequences[at] = sequences[parent];
      at = parent;
    }
    times[at] = timeUs;
    sequences[at] = sequence;
  }

  pop(): number {
    const { times, sequences } = this;
    const top = times[0];
    const size = --this.size;
    const time = times[size];
    const sequence = sequences[size];
    let at = 0;
    for (;;) {
      const first = 4 * at + 1;
      if (first >= size) break;
      const end = first + 4 < size ? first + 4 : size;
      let child = first;
      for (let i = first + 1; i < end; i++) {
        if (times[i] < times[child] || (times[i] === times[child] && sequences[i] < sequences[child])) child = i;
      }
      if (times[child] > time || (times[child] === time && sequences[child] > sequence)) break;
      times[at] = times[child];
      sequences[at] = sequences[child];
      at = child;
    }
    times[at] = time;
    sequences[at] = sequence;
    return top;
  }
}
