/**
 * Items kept in ascending order of a count that only ever grows by one: the peers by how many chunks they have been promised. Raising a
 * count costs a swap, so the neediest peer is found without a search.
 *
 * Internal to chunk-swarm.ts; checked by test/peer-to-peer/chunk-swarm.test.ts.
 */
import type { RandomStream } from "../../simulation/random";

/** Items 0 .. size - 1, all with count 0 at first, equal counts in random order. */
export class CountOrder {
  /** The items in ascending order of count. */
  readonly items: Int32Array;
  readonly count: Int32Array;
  private readonly place: Int32Array;
  /** Where each count begins in `items`; entry `count` may be stale when no item has it. */
  private readonly begin: Int32Array;

  constructor(size: number, highestCount: number, random: RandomStream) {
    this.items = random.shuffle(Int32Array.from({ length: size }, (_, item) => item));
    this.place = new Int32Array(size);
    for (let place = 0; place < size; place++) this.place[this.items[place]] = place;
    this.count = new Int32Array(size);
    this.begin = new Int32Array(highestCount + 2).fill(size);
    this.begin[0] = 0;
  }

  /** Raises the count of an item by one. */
  raise(item: number): void {
    const count = this.count[item];
    // The last item with this count changes places with the raised one, then the next count begins one place earlier.
    const last = this.begin[count + 1] - 1;
    const other = this.items[last];
    const place = this.place[item];
    this.items[place] = other;
    this.place[other] = place;
    this.items[last] = item;
    this.place[item] = last;
    this.begin[count + 1] = last;
    this.count[item] = count + 1;
  }

  /** One past the last place of the items whose count equals that of the item at `place`. */
  endOfTies(place: number): number {
    return this.begin[this.count[this.items[place]] + 1];
  }
}
