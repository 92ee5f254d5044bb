/**
 * The queue of future events: a radix heap with 256-way digits, in other words a hierarchical timing wheel that is exact to the microsecond.
 *
 * Theory of operation. A time is a number of seven 8-bit digits. An event waits in the bucket (level, digit) where `level` is the highest
 * digit in which its time differs from `base`, the time of the last event taken out. Taking out: the first bucket of level 0 holds events of
 * one single time. If level 0 is empty, `base` moves to the start of the first bucket of the lowest occupied level and that bucket is dealt
 * out over the levels below. Each event moves down at most once per level, so push and pop cost a bounded number of steps however many
 * events wait; there is no width to tune, and times must never go back, which simulated time does not.
 *
 * Order among equal times. Two events of equal time are always in the same bucket, and buckets are first-in-first-out and dealt out from
 * front to back: so equal times leave in the order of scheduling without a stored sequence number.
 *
 * Memory. A bucket is a list of chunks of (time, slot) pairs, so dealing out reads memory in order; linked events, measured, cost twice as much at
 * 10^6 events. Chunks and slots are reused. An event that was called off stays until its bucket comes up; the owner marks its slot
 * dead, and when more events are dead than alive all buckets are swept, so memory follows the number of living events.
 *
 * Sources: Ahuja, Mehlhorn, Orlin, Tarjan, "Faster algorithms for the shortest path problem" (J. ACM 37, 1990) for the radix heap;
 * Varghese and Lauck, "Hashed and hierarchical timing wheels" (SOSP 1987). Compared with two heaps in test/bench/simulation.
 */
import { LimitError, ParameterError } from "../errors";
import { BucketLists } from "./bucket-lists";

const LEVELS = 7;
const DIGITS = 256;
const BUCKETS = LEVELS * DIGITS;
const WORDS = DIGITS / 32;
const TWO_32 = 4294967296;
const MAX_EVENTS = 67_108_864;
/** Sweeping does not pay below so many dead events. */
const SWEEP_AT_LEAST = 1024;

/** Events ordered by (time, order of scheduling), each known by a slot number that is reused after the event has been taken out. */
export class EventQueue {
  /** Number of waiting events that have not been called off. */
  size = 0;
  /**
   * Called with the slots (an array and a range of it) of events that are due within the next 256 µs. The first is called for all of them before the
   * second is: reads that follow from other reads then find those done.
   */
  near: readonly ((slots: Int32Array, from: number, to: number) => void)[] = [];
  private dead = 0;
  private freeSlots = new Int32Array(256);
  private freeCount = 0;
  private usedSlots = 0;
  private readonly lists = new BucketLists(BUCKETS);
  private readonly occupied = new Int32Array(LEVELS * WORDS);
  private baseLow = 0;
  private baseHigh = 0;
  private baseHighUs = 0;

  /** @param isDead whether the event in a slot has been called off; asked when the queue sweeps or looks ahead */
  constructor(private readonly isDead: (slot: number) => boolean = () => false) {}

  /** Number of slots that exist; arrays kept beside the queue need this length. */
  get capacity(): number {
    return this.freeSlots.length;
  }

  /** Bytes held by the queue's own tables. */
  get bytes(): number {
    return this.freeSlots.byteLength + this.lists.bytes;
  }

  /** Time of the last event taken out, or a little later: nothing earlier can be scheduled. */
  get baseUs(): number {
    return this.baseHighUs + (this.baseLow >>> 0);
  }

  /**
   * Schedules an event.
   * @param timeUs whole microseconds, not before the last event taken out
   * @returns the slot that names the event until {@link release} is called
   * @throws ParameterError when the time is in the past, not whole or beyond 2^53 - 1; LimitError beyond 2^26 events
   */
  push(timeUs: number): number {
    this.checkTime(timeUs);
    if (this.freeCount === 0 && this.usedSlots === this.freeSlots.length) this.growSlots();
    const slot = this.freeCount > 0 ? this.freeSlots[--this.freeCount] : this.usedSlots++;
    this.size += 1;
    this.append(timeUs, slot);
    return slot;
  }

  /** Schedules a slot again that has been taken out and not released: an event put off. */
  pushAgain(slot: number, timeUs: number): void {
    this.checkTime(timeUs);
    this.size += 1;
    this.append(timeUs, slot);
  }

  /** Tells that a waiting event has been called off: its slot is dead from now on. It is released by whoever takes it out. */
  callOff(): void {
    this.size -= 1;
    this.dead += 1;
    if (this.dead > this.size && this.dead > SWEEP_AT_LEAST) this.sweep();
  }

  /** Gives a slot back after its event has been taken out. */
  release(slot: number): void {
    this.freeSlots[this.freeCount++] = slot;
  }

  /**
   * Takes the earliest event out if it is due. Dead ones are passed over and their slots released.
   * @param limitUs the latest time that is due
   * @returns its slot, or -1 if nothing is due; its time is {@link baseUs}
   */
  popUntil(limitUs: number): number {
    while (this.size > 0) {
      const current = this.baseLow & 255;
      const digit = this.lists.heads[current] >= 0 ? current : this.firstOccupied(0, current);
      if (digit < 0) {
        if (!this.descend(limitUs)) return -1;
        continue;
      }
      const low = (this.baseLow & ~255) | digit;
      if (this.baseHighUs + (low >>> 0) > limitUs) return -1;
      this.baseLow = low;
      const slot = this.lists.takeFirst(digit);
      if (this.lists.heads[digit] < 0) this.markEmpty(digit);
      if (this.dead === 0 || !this.isDead(slot)) {
        this.size -= 1;
        return slot;
      }
      this.dead -= 1;
      this.release(slot);
    }
    return -1;
  }

  /** Time of the earliest event, Infinity if none waits. Changes nothing; takes as long as the earliest bucket is full. */
  nextTimeUs(): number {
    if (this.size === 0) return Infinity;
    for (let level = 0; level < LEVELS; level++) {
      for (let digit = this.firstOccupied(level, this.digitOfBase(level)); digit >= 0; digit = this.firstOccupied(level, digit + 1)) {
        let earliest = Infinity;
        const bucket = level * DIGITS + digit;
        this.lists.forEach(bucket, bucket === (this.baseLow & 255), (timeUs, slot) => {
          if (!this.isDead(slot)) earliest = Math.min(earliest, timeUs);
        });
        if (earliest < Infinity) return earliest;
      }
    }
    return Infinity;
  }

  /** Deals the first occupied bucket above level 0 out over the levels below it; false if it starts after the limit. */
  private descend(limitUs: number): boolean {
    for (let level = 1; level < LEVELS; level++) {
      const digit = this.firstOccupied(level, this.digitOfBase(level));
      if (digit < 0) continue;
      const shift = (level & 3) * 8;
      const word = level < 4 ? this.baseLow : this.baseHigh;
      const moved = (word & ~(shift === 24 ? -1 : (1 << (shift + 8)) - 1)) | (digit << shift);
      const low = level < 4 ? moved : 0;
      const high = level < 4 ? this.baseHigh : moved;
      if (high * TWO_32 + (low >>> 0) > limitUs) return false;
      this.baseLow = low;
      this.baseHigh = high;
      this.baseHighUs = high * TWO_32;
      this.dealOut(level, level * DIGITS + digit);
      return true;
    }
    return false;
  }

  private dealOut(level: number, bucket: number): void {
    this.markEmpty(bucket);
    const { lists } = this;
    if (level === 1) for (const look of this.near) lists.forEachRange(bucket, (from, to) => look(lists.slots, from, to));
    lists.drain(bucket, (from, to) => {
      // Appending may replace the arrays by longer ones; what is read has been copied over by then.
      for (let i = from; i < to; i++) this.append(lists.times[i], lists.slots[i]);
    });
  }

  private markEmpty(bucket: number): void {
    this.occupied[bucket >>> 5] &= ~(1 << (bucket & 31));
  }

  private digitOfBase(level: number): number {
    return ((level < 4 ? this.baseLow : this.baseHigh) >>> ((level & 3) * 8)) & 255;
  }

  /** First occupied bucket of a level from a digit on, or -1. */
  private firstOccupied(level: number, from: number): number {
    const first = level * WORDS;
    if (from === DIGITS) return -1;
    let word = from >>> 5;
    let bits = this.occupied[first + word] & (-1 << (from & 31));
    while (bits === 0) {
      word += 1;
      if (word === WORDS) return -1;
      bits = this.occupied[first + word];
    }
    return word * 32 + 31 - Math.clz32(bits & -bits);
  }

  /** Puts an event at the end of the bucket that its time calls for. */
  private append(timeUs: number, slot: number): void {
    const past = timeUs - this.baseHighUs;
    let bucket: number;
    if (past < TWO_32) {
      const low = past | 0;
      const level = (31 - Math.clz32((low ^ this.baseLow) | 1)) >>> 3;
      bucket = level * DIGITS + ((low >>> (level * 8)) & 255);
    } else {
      const high = Math.floor(timeUs / TWO_32);
      const level = (31 - Math.clz32(high ^ this.baseHigh)) >>> 3;
      bucket = (level + 4) * DIGITS + ((high >>> (level * 8)) & 255);
    }
    this.occupied[bucket >>> 5] |= 1 << (bucket & 31);
    this.lists.append(bucket, timeUs, slot);
  }

  /** Drops every dead event. Afterwards the buckets are as if the dead had never been scheduled. */
  private sweep(): void {
    const keeps = (slot: number) => {
      if (!this.isDead(slot)) return true;
      this.release(slot);
      return false;
    };
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      this.lists.filter(bucket, bucket === (this.baseLow & 255), keeps);
      if (this.lists.heads[bucket] < 0) this.markEmpty(bucket);
    }
    this.dead = 0;
  }

  private checkTime(timeUs: number): void {
    if (!(timeUs >= this.baseUs && timeUs <= Number.MAX_SAFE_INTEGER) || Math.floor(timeUs) !== timeUs) {
      throw new ParameterError({ what: "bad time of an event", got: timeUs, expected: `whole microseconds from ${this.baseUs} to 2^53 - 1`, where: "parameter timeUs" });
    }
  }

  private growSlots(): void {
    if (this.freeSlots.length >= MAX_EVENTS) {
      throw new LimitError({ what: "too many waiting events", got: this.freeSlots.length, expected: `at most ${MAX_EVENTS}` });
    }
    this.freeSlots = new Int32Array(this.freeSlots.length * 2);
  }
}
