/**
 * Running timers by (node, name, key): a chained hash table whose chains run through the event records, so that a timer costs four bytes
 * beside its event. For one name and key the hash is a permutation of the nodes: a million nodes with one timer each have chains of one.
 */
import { DOUBLE, RECORD_DOUBLES, RECORD_WORDS, WORD, type EventRecords } from "./event-records";

/** Finds the event slot of a running timer. */
export class TimerTable {
  private heads = new Int32Array(256).fill(-1);
  /** Bits of a place, less the four that belong to neighbouring keys. */
  private turn = 4;
  private count = 0;

  constructor(private readonly records: EventRecords) {}

  /** Bytes of the table. */
  get bytes(): number {
    return this.heads.byteLength;
  }

  /** The slot of a timer, or -1. */
  find(node: number, name: number, key: number): number {
    const { words, doubles } = this.records;
    let slot = this.heads[this.place(node, name, key)];
    while (slot >= 0) {
      const word = slot * RECORD_WORDS;
      if (words[word + WORD.node] === node && words[word + WORD.peer] === name && doubles[slot * RECORD_DOUBLES + DOUBLE.a] === key) return slot;
      slot = words[word + WORD.timerNext];
    }
    return -1;
  }

  /** Enters the timer whose record is in a slot. */
  insert(slot: number): void {
    if (this.count === this.heads.length) this.grow();
    this.count += 1;
    this.link(slot);
  }

  /** Takes the timer in a slot out. */
  delete(slot: number): void {
    const { words } = this.records;
    const head = this.placeOf(slot);
    const next = words[slot * RECORD_WORDS + WORD.timerNext];
    this.count -= 1;
    if (this.heads[head] === slot) {
      this.heads[head] = next;
      return;
    }
    let before = this.heads[head];
    while (words[before * RECORD_WORDS + WORD.timerNext] !== slot) before = words[before * RECORD_WORDS + WORD.timerNext];
    words[before * RECORD_WORDS + WORD.timerNext] = next;
  }

  /** Reads the head of a timer's chain: the table's part of fetching an event ahead. */
  touch(slot: number): number {
    return this.heads[this.placeOf(slot)];
  }

  private link(slot: number): void {
    const head = this.placeOf(slot);
    this.records.words[slot * RECORD_WORDS + WORD.timerNext] = this.heads[head];
    this.heads[head] = slot;
  }

  private placeOf(slot: number): number {
    const word = slot * RECORD_WORDS;
    const { words, doubles } = this.records;
    return this.place(words[word + WORD.node], words[word + WORD.peer], doubles[slot * RECORD_DOUBLES + DOUBLE.a]);
  }

  /**
   * Neighbouring keys of one node lie side by side: a timer set again with its key counted up or down, as rounds and requests are, meets the
   * cache line of the one before.
   */
  private place(node: number, name: number, key: number): number {
    const mixed = Math.imul((Math.imul(name, 0x9e3779b1) ^ ((key | 0) >> 4)) | 0, 0x85ebca6b);
    return ((node << 4) ^ (node >>> this.turn) ^ mixed ^ (mixed >>> 15) ^ (key & 15)) & (this.heads.length - 1);
  }

  private grow(): void {
    const old = this.heads;
    this.heads = new Int32Array(old.length * 2).fill(-1);
    this.turn += 1;
    const { words } = this.records;
    for (let head = 0; head < old.length; head++) {
      let slot = old[head];
      while (slot >= 0) {
        const next = words[slot * RECORD_WORDS + WORD.timerNext];
        this.link(slot);
        slot = next;
      }
    }
  }
}
