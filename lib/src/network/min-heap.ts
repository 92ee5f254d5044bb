/**
 * A binary min-heap of whole numbers with changeable keys, on typed arrays. Equal keys leave in increasing order of the item, so
 * the order never depends on how the heap was filled. Used for shortest paths, fair sharing and completion times.
 */

/** Items are 0..capacity-1; each is in the heap at most once. */
export class MinHeap {
  /** How many items are in the heap. */
  size = 0;
  private items: Int32Array;
  private keys: Float64Array;
  /** Where an item stands in `items`, or -1. */
  private places: Int32Array;

  /** @param capacity number of different items; grow it with {@link MinHeap.reserve} */
  constructor(capacity: number) {
    this.items = new Int32Array(capacity);
    this.keys = new Float64Array(capacity);
    this.places = new Int32Array(capacity).fill(-1);
  }

  /** Makes room for items 0..capacity-1. */
  reserve(capacity: number): void {
    if (capacity <= this.places.length) return;
    const items = new Int32Array(capacity);
    items.set(this.items);
    const keys = new Float64Array(capacity);
    keys.set(this.keys);
    const places = new Int32Array(capacity).fill(-1);
    places.set(this.places);
    this.items = items;
    this.keys = keys;
    this.places = places;
  }

  /** True when the item is in the heap. */
  has(item: number): boolean {
    return this.places[item] >= 0;
  }

  /** The key of an item that is in the heap. */
  keyOf(item: number): number {
    return this.keys[item];
  }

  /** The item with the smallest key; the heap must not be empty. */
  min(): number {
    return this.items[0];
  }

  /** The smallest key; the heap must not be empty. */
  minKey(): number {
    return this.keys[this.items[0]];
  }

  /** Adds an item, or gives it another key. */
  set(item: number, key: number): void {
    const place = this.places[item];
    if (place < 0) {
      this.keys[item] = key;
      this.items[this.size] = item;
      this.places[item] = this.size;
      this.size += 1;
      this.rise(this.size - 1);
      return;
    }
    const old = this.keys[item];
    this.keys[item] = key;
    if (key < old) this.rise(place);
    else if (key > old) this.sink(place);
  }

  /** Takes out the item with the smallest key. */
  pop(): number {
    const item = this.items[0];
    this.remove(item);
    return item;
  }

  /** Takes an item out; does nothing when it is not in the heap. */
  remove(item: number): void {
    const place = this.places[item];
    if (place < 0) return;
    this.places[item] = -1;
    this.size -= 1;
    if (place === this.size) return;
    const moved = this.items[this.size];
    this.items[place] = moved;
    this.places[moved] = place;
    this.rise(place);
    this.sink(this.places[moved]);
  }

  /** Takes out everything. */
  clear(): void {
    for (let i = 0; i < this.size; i++) this.places[this.items[i]] = -1;
    this.size = 0;
  }

  private rise(from: number): void {
    const { items, keys, places } = this;
    const item = items[from];
    const key = keys[item];
    let place = from;
    while (place > 0) {
      const parentPlace = (place - 1) >> 1;
      const parent = items[parentPlace];
      if (keys[parent] < key || (keys[parent] === key && parent < item)) break;
      items[place] = parent;
      places[parent] = place;
      place = parentPlace;
    }
    items[place] = item;
    places[item] = place;
  }

  private sink(from: number): void {
    const { items, keys, places, size } = this;
    const item = items[from];
    const key = keys[item];
    let place = from;
    for (;;) {
      let childPlace = 2 * place + 1;
      if (childPlace >= size) break;
      let child = items[childPlace];
      if (childPlace + 1 < size) {
        const right = items[childPlace + 1];
        if (keys[right] < keys[child] || (keys[right] === keys[child] && right < child)) {
          child = right;
          childPlace += 1;
        }
      }
      if (key < keys[child] || (key === keys[child] && item < child)) break;
      items[place] = child;
      places[child] = place;
      place = childPlace;
    }
    items[place] = item;
    places[item] = place;
  }
}
