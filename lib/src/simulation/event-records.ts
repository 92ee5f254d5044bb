/**
 * What waiting events are about: one 64-byte record per event beside the queue's slot, so that an event costs one more cache line and no
 * object. Records are made, read and reused by the slot numbers of the {@link EventQueue}.
 *
 * Layout of a record (32-bit words, then doubles): kind, node, peer or timer name, code, incarnation, next timer in its chain, bytes, label;
 * a, b, c (a timer keeps its key in a), and the identity of the message or timer. Objects (messages, actions) stand in an ordinary array
 * that exists only once an object has been stored.
 */
import { EventQueue } from "./event-queue";

/** Kinds of event. */
export const START = 1;
export const MESSAGE = 2;
export const NUMBERS = 3;
export const TIMER = 4;
export const ACTION = 5;
export const VISIT = 6;

/** Words per record. */
export const RECORD_WORDS = 16;
/** Doubles per record. */
export const RECORD_DOUBLES = 8;
/** Positions of the words of a record. */
export const WORD = { kind: 0, node: 1, peer: 2, code: 3, incarnation: 4, timerNext: 5, bytes: 6, label: 7 } as const;
/** Positions of the doubles of a record. */
export const DOUBLE = { a: 4, b: 5, c: 6, id: 7 } as const;

/** The queue with the records of its events. */
export class EventRecords {
  readonly queue = new EventQueue();
  /** All records as 32-bit words; replaced when the table grows. */
  words: Int32Array;
  /** The same bytes as doubles. */
  doubles: Float64Array;
  private objects: unknown[] = [];

  constructor() {
    const buffer = new ArrayBuffer(this.queue.slots * RECORD_WORDS * 4);
    this.words = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
  }

  /** Bytes of the tables, and 8 per place for an object. */
  get bytes(): number {
    return this.queue.bytes + this.words.byteLength + this.objects.length * 8;
  }

  /** Schedules an event and fills the words that all kinds have. */
  add(timeUs: number, kind: number, node: number, peer: number, code: number): number {
    const slot = this.queue.push(timeUs);
    if (slot * RECORD_WORDS >= this.words.length) this.grow();
    const { words } = this;
    const word = slot * RECORD_WORDS;
    words[word] = kind;
    words[word + 1] = node;
    words[word + 2] = peer;
    words[word + 3] = code;
    return slot;
  }

  /** Keeps an object (a message, an action) with an event. */
  attach(slot: number, object: unknown): void {
    const { objects } = this;
    // Filled without holes: an array with holes would become a hash table.
    while (objects.length <= slot) objects.push(undefined);
    objects[slot] = object;
  }

  /** The object kept with an event. */
  objectOf(slot: number): unknown {
    return this.objects[slot];
  }

  /** Takes the object away from an event, so that nothing keeps it alive. */
  detach(slot: number): unknown {
    const object = this.objects[slot];
    this.objects[slot] = undefined;
    return object;
  }

  /** Like {@link detach} for an event that may have none. */
  detachIfAny(slot: number): void {
    if (slot < this.objects.length) this.objects[slot] = undefined;
  }

  private grow(): void {
    const buffer = new ArrayBuffer(this.queue.slots * RECORD_WORDS * 4);
    const words = new Int32Array(buffer);
    words.set(this.words);
    this.words = words;
    this.doubles = new Float64Array(buffer);
  }
}
