import assert from "node:assert/strict";
import { test } from "node:test";
import { MinHeap } from "overlay-lab/dist/network/min-heap";
import { stream } from "./support";

test("items leave in order of key, then of number, however keys were set and changed", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = stream("heap", seed);
    const heap = new MinHeap(4);
    heap.reserve(60);
    const keys = new Map<number, number>();
    for (let step = 0; step < 400; step++) {
      const item = random.integer(60);
      const choice = random.integer(4);
      if (choice === 0) {
        heap.remove(item);
        keys.delete(item);
      } else if (choice === 1 && keys.size > 0) {
        const first = [...keys].sort((a, b) => a[1] - b[1] || a[0] - b[0])[0];
        assert.deepEqual([heap.min(), heap.minKey(), heap.pop()], [first[0], first[1], first[0]]);
        keys.delete(first[0]);
      } else {
        heap.set(item, random.integer(10));
        keys.set(item, heap.keyOf(item));
      }
      assert.equal(heap.size, keys.size);
      assert.equal(heap.has(item), keys.has(item));
    }
    const rest = [...keys].sort((a, b) => a[1] - b[1] || a[0] - b[0]).map(([item]) => item);
    assert.deepEqual(rest.map(() => heap.pop()), rest);
  }
});

test("a cleared heap is empty and can be filled again", () => {
  const heap = new MinHeap(3);
  heap.set(2, 5);
  heap.clear();
  assert.deepEqual([heap.size, heap.has(2)], [0, false]);
  heap.set(2, 1);
  heap.set(0, 1);
  assert.deepEqual([heap.pop(), heap.pop()], [0, 2]);
});
