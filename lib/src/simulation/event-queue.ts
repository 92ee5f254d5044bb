/**
 * The queue of future events: a radix heap with 256-way digits, in other words a hierarchical timing wheel that is exact to the microsecond.
 *
 * Theory of operation. A time is a number of seven 8-bit digits. An event waits in the bucket (level, digit) where `level` is the highest
 * digit in which its time differs from `base`, the time of the last event taken out. Taking out: the first bucket of level 0 holds events of
 * one single time. If level 0 is empty, `base` moves to the start of the first bucket of the lowest occupied level and that bucket is dealt
 * out over the levels below. Each event moves down at most once per level, so push and pop cost a bounded number of steps however many
 * events wait; there is no width to tune, and times must never go back, which simulated time does not.
 *
 * Order among equal times. Two events of equal time are always in the same bucket, and buckets are first-in-first-out lists that are dealt
 * out from front to back: so equal times leave in the order of scheduling without a stored sequence number.
 *
 * Memory. One 16-byte record per event (next, previous, time) in one buffer, so an event is one cache line; free records form a list.
 * Buckets are ring lists whose heads are the first records of the same buffer, hence removal needs no search.
 *
 * Sources: Ahuja, Mehlhorn, Orlin, Tarjan, "Faster algorithms for the shortest path problem" (J. ACM 37, 1990) for the radix heap;
 * Varghese and Lauck, "Hashed and hierarchical timing wheels" (SOSP 1987). Compared with a 4-ary heap and a calendar in test/bench/simulation.
 */
import { LimitError, ParameterError } from "../errors";

const LEVELS = 7;
const DIGITS = 256;
const HEADS = LEVELS * DIGITS;
const WORDS = DIGITS / 32;
const TWO_32 = 4294967296;
const MAX_EVENTS = 2 ** 26;

/** Events ordered by (time, order of scheduling), each known by a slot number that is reused after the event has been taken out. */
export class EventQueue {
  /** Number of waiting events. */
  size = 0;
  private links: Int32Array;
  private times: Float64Array;
  private capacity: number;
  private used = 0;
  private freeHead = -1;
  private readonly occupied = new Int32Array(LEVELS * WORDS);
  private baseLow = 0;
  private baseHigh = 0;
  private baseHighUs = 0;

  /** @param capacity number of events to make room for at first; it grows by itself */
  constructor(capacity = 256) {
    this.capacity = capacity;
    const buffer = new ArrayBuffer((HEADS + capacity) * 16);
    this.links = new Int32Array(buffer);
    this.times = new Float64Array(buffer);
    for (let head = 0; head < HEADS; head++) this.links[head * 4] = this.links[head * 4 + 1] = head;
  }

  /** Number of slots that exist; arrays kept beside the queue need this length. */
  get slots(): number {
    return this.capacity;
  }

  /** Bytes held by the queue's own tables. */
  get bytes(): number {
    return this.links.byteLength;
  }

  /**
   * Schedules an event.
   * @param timeUs whole microseconds, not before the last event taken out
   * @returns the slot that names the event until it leaves the queue and {@link release} is called
   * @throws ParameterError when the time is in the past, not whole or beyond 2^53 - 1; LimitError beyond 2^26 events
   */
  push(timeUs: number): number {
    let record = this.freeHead;
    if (record >= 0) {
      this.freeHead = this.links[record * 4];
    } else {
      if (this.used === this.capacity) this.grow();
      record = HEADS + this.used;
      this.used += 1;
    }
    this.place(record, timeUs);
    return record - HEADS;
  }

  /** Schedules a slot again that has been taken out and not released: an event put off. */
  pushAgain(slot: number, timeUs: number): void {
    this.place(slot + HEADS, timeUs);
  }

  /** Takes a waiting event out before its time. Its slot must then be released. */
  remove(slot: number): void {
    const { links } = this;
    const record = (slot + HEADS) * 4;
    const next = links[record];
    const previous = links[record + 1];
    links[previous * 4] = next;
    links[next * 4 + 1] = previous;
    this.size -= 1;
  }

  /** Gives a slot back after its event has been taken out or removed. */
  release(slot: number): void {
    const record = slot + HEADS;
    this.links[record * 4] = this.freeHead;
    this.freeHead = record;
  }

  /** Time of the event in a slot. */
  timeOf(slot: number): number {
    return this.times[(slot + HEADS) * 2 + 1];
  }

  /**
   * Takes the earliest event out if it is due.
   * @param limitUs the latest time that is due
   * @returns its slot, or -1 if nothing is due
   */
  popUntil(limitUs: number): number {
    if (this.size === 0) return -1;
    const { links } = this;
    for (;;) {
      const digit = this.firstOccupied(0, this.baseLow & 255);
      if (digit >= 0) {
        const low = (this.baseLow & ~255) | digit;
        if (this.baseHighUs + (low >>> 0) > limitUs) return -1;
        this.baseLow = low;
        const record = links[digit * 4];
        const next = links[record * 4];
        links[digit * 4] = next;
        links[next * 4 + 1] = digit;
        if (next === digit) this.occupied[digit >>> 5] &= ~(1 << (digit & 31));
        this.size -= 1;
        return record - HEADS;
      }
      if (!this.descend(limitUs)) return -1;
    }
  }

  /** Time of the earliest event, Infinity if none waits. Changes nothing; takes as long as the earliest bucket is full. */
  nextTimeUs(): number {
    if (this.size === 0) return Infinity;
    for (let level = 0; level < LEVELS; level++) {
      const word = level < 4 ? this.baseLow : this.baseHigh;
      const digit = this.firstOccupied(level, (word >>> ((level & 3) * 8)) & 255);
      if (digit < 0) continue;
      const head = level * DIGITS + digit;
      let earliest = Infinity;
      for (let record = this.links[head * 4]; record !== head; record = this.links[record * 4]) {
        earliest = Math.min(earliest, this.times[record * 2 + 1]);
      }
      return earliest;
    }
    return Infinity;
  }

  /** Deals the first occupied bucket above level 0 out over the levels below it; false if it starts after the limit. */
  private descend(limitUs: number): boolean {
    for (let level = 1; level < LEVELS; level++) {
      const shift = (level & 3) * 8;
      const word = level < 4 ? this.baseLow : this.baseHigh;
      const digit = this.firstOccupied(level, (word >>> shift) & 255);
      if (digit < 0) continue;
      const moved = (word & ~(shift === 24 ? -1 : (1 << (shift + 8)) - 1)) | (digit << shift);
      const low = level < 4 ? moved : 0;
      const high = level < 4 ? this.baseHigh : moved;
      if (high * TWO_32 + (low >>> 0) > limitUs) return false;
      this.baseLow = low;
      this.baseHigh = high;
      this.baseHighUs = high * TWO_32;
      this.dealOut(level * DIGITS + digit);
      this.occupied[level * WORDS + (digit >>> 5)] &= ~(1 << (digit & 31));
      return true;
    }
    return false;
  }

  private dealOut(head: number): void {
    const { links } = this;
    let record = links[head * 4];
    links[head * 4] = links[head * 4 + 1] = head;
    while (record !== head) {
      const next = links[record * 4];
      this.link(record, this.times[record * 2 + 1]);
      record = next;
    }
  }

  /** First occupied bucket of a level from a digit on, or -1. Removal leaves marks behind; they are cleared here. */
  private firstOccupied(level: number, from: number): number {
    const { occupied, links } = this;
    const first = level * WORDS;
    let word = from >>> 5;
    let bits = occupied[first + word] & (-1 << (from & 31));
    for (;;) {
      while (bits !== 0) {
        const bit = 31 - Math.clz32(bits & -bits);
        const digit = word * 32 + bit;
        const head = level * DIGITS + digit;
        if (links[head * 4] !== head) return digit;
        bits &= bits - 1;
        occupied[first + word] &= ~(1 << bit);
      }
      word += 1;
      if (word === WORDS) return -1;
      bits = occupied[first + word];
    }
  }

  private place(record: number, timeUs: number): void {
    const base = this.baseHighUs + (this.baseLow >>> 0);
    if (!(timeUs >= base && timeUs <= Number.MAX_SAFE_INTEGER) || Math.floor(timeUs) !== timeUs) {
      throw new ParameterError({ what: "bad time of an event", got: timeUs, expected: `whole microseconds from ${base} to 2^53 - 1`, where: "parameter timeUs" });
    }
    this.times[record * 2 + 1] = timeUs;
    this.size += 1;
    this.link(record, timeUs);
  }

  /** Appends a record to the bucket that its time calls for. */
  private link(record: number, timeUs: number): void {
    const { links } = this;
    const past = timeUs - this.baseHighUs;
    let head: number;
    if (past < TWO_32) {
      const low = past | 0;
      const level = (31 - Math.clz32((low ^ this.baseLow) | 1)) >>> 3;
      head = level * DIGITS + ((low >>> (level * 8)) & 255);
    } else {
      const high = Math.floor(timeUs / TWO_32);
      const level = (31 - Math.clz32(high ^ this.baseHigh)) >>> 3;
      head = (level + 4) * DIGITS + ((high >>> (level * 8)) & 255);
    }
    this.occupied[head >>> 5] |= 1 << (head & 31);
    const tail = links[head * 4 + 1];
    links[tail * 4] = record;
    links[record * 4] = head;
    links[record * 4 + 1] = tail;
    links[head * 4 + 1] = record;
  }

  private grow(): void {
    if (this.capacity >= MAX_EVENTS) {
      throw new LimitError({ what: "too many waiting events", got: this.capacity, expected: `at most ${MAX_EVENTS}` });
    }
    this.capacity *= 2;
    const buffer = new ArrayBuffer((HEADS + this.capacity) * 16);
    const links = new Int32Array(buffer);
    links.set(this.links);
    this.links = links;
    this.times = new Float64Array(buffer);
  }
}
