import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ParameterError } from "overlay-lab/dist/errors";
import { EventQueue } from "overlay-lab/dist/simulation/event-queue";

/** What a queue must be: a list that is sorted by (time, order of scheduling). */
class ListQueue {
  private items: { timeUs: number; order: number; id: number }[] = [];
  private order = 0;
  push(timeUs: number, id: number): void {
    this.items.push({ timeUs, order: this.order++, id });
  }
  remove(id: number): void {
    this.items = this.items.filter((item) => item.id !== id);
  }
  get ids(): number[] {
    return this.items.map((item) => item.id);
  }
  get next(): number {
    return Math.min(Infinity, ...this.items.map((item) => item.timeUs));
  }
  pop(limitUs: number): { timeUs: number; id: number } | null {
    const [first] = [...this.items].sort((a, b) => a.timeUs - b.timeUs || a.order - b.order);
    if (first === undefined || first.timeUs > limitUs) return null;
    this.remove(first.id);
    return first;
  }
}

/** Delays at every scale of the wheel, and equal ones. */
const delay = fc.oneof(fc.constant(0), fc.constant(5), fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 2 ** 31 }), fc.maxSafeNat().map((n) => Math.floor(n / 2 ** 12)));
const command = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("push" as const), delay }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("pop" as const), delay: fc.oneof(delay, fc.constant(Infinity)) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("call off" as const), delay: fc.nat() }) },
);

test("the queue behaves as a sorted list: no event early, equal times in order of scheduling, called-off events never", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 150 }), (commands) => {
      const idOfSlot = new Map<number, number>();
      const slotOfId = new Map<number, number>();
      const dead = new Set<number>();
      const queue = new EventQueue((slot) => dead.has(slot));
      const model = new ListQueue();
      let nowUs = 0;
      let nextId = 0;
      for (const step of commands) {
        if (step.kind === "push") {
          if (nowUs + step.delay > Number.MAX_SAFE_INTEGER) continue;
          const slot = queue.push(nowUs + step.delay);
          dead.delete(slot);
          idOfSlot.set(slot, nextId);
          slotOfId.set(nextId, slot);
          model.push(nowUs + step.delay, nextId++);
        } else if (step.kind === "pop") {
          const limitUs = nowUs + step.delay;
          const slot = queue.popUntil(limitUs);
          const expected = model.pop(limitUs);
          assert.equal(slot < 0, expected === null);
          if (expected !== null) {
            assert.equal(idOfSlot.get(slot), expected.id);
            assert.equal(queue.baseUs, expected.timeUs);
            nowUs = expected.timeUs;
            queue.release(slot);
          }
        } else if (model.ids.length > 0) {
          const id = model.ids[step.delay % model.ids.length];
          model.remove(id);
          dead.add(slotOfId.get(id) as number);
          queue.callOff();
        }
        assert.equal(queue.size, model.ids.length);
        assert.equal(queue.nextTimeUs(), model.next);
      }
    }),
    { seed: 20251, numRuns: 400 },
  );
});

test("sweeping thousands of called-off events keeps the order and gives their memory back", () => {
  const dead = new Set<number>();
  const queue = new EventQueue((slot) => dead.has(slot));
  const kept: number[] = [];
  for (let round = 0; round < 20_000; round++) {
    const timeUs = 1_000_000 + ((round * 7919) % 500_000);
    const slot = queue.push(timeUs);
    dead.delete(slot);
    if (round % 10 === 0) kept.push(timeUs);
    else {
      dead.add(slot);
      queue.callOff();
    }
  }
  assert.equal(queue.size, 2000);
  assert.ok(queue.capacity <= 8192, `slots for ${queue.capacity} events while at most 2000 lived`);
  const times: number[] = [];
  for (let slot = queue.popUntil(Infinity); slot >= 0; slot = queue.popUntil(Infinity)) {
    times.push(queue.baseUs);
    queue.release(slot);
  }
  assert.deepEqual(times, kept.sort((a, b) => a - b));
});

test("the queue holds events up to 2^53 - 1 and refuses the past, fractions and NaN", () => {
  const queue = new EventQueue();
  for (const timeUs of [Number.MAX_SAFE_INTEGER, 2 ** 32, 2 ** 32 - 1, 2 ** 40, 1]) queue.push(timeUs);
  const times: number[] = [];
  while (queue.popUntil(Infinity) >= 0) times.push(queue.baseUs);
  assert.deepEqual(times, [1, 2 ** 32 - 1, 2 ** 32, 2 ** 40, Number.MAX_SAFE_INTEGER]);
  for (const bad of [0, 0.5, NaN, Infinity, -1]) assert.throws(() => queue.push(bad), ParameterError);
});
