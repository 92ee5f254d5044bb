/**
 * What waiting events are about: one 64-byte record per event beside the queue's slot, so that an event costs one more cache line and no
 * object. Records are made, read and reused by the slot numbers of the {@link EventQueue}.
 *
 * Layout of a record (six 32-bit words, then doubles): kind, node, peer or timer name, code, incarnation (of a message: bytes), next timer in its chain;
 * a, b, c (a timer keeps its key in a and its expiry in b), and the identity of the message. Objects (messages, actions) stand in an ordinary array
 * that exists only once an object has been stored.
 */
import { EventQueue } from "./event-queue";

/** Kinds of event. DEAD: called off. */
export const DEAD = 0;
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
/**
 * Unused bytes before the first record. Allocators of C libraries put large blocks 16 bytes past a page, and with these 48 a record lies on one
 * cache line. Elsewhere it may lie on two, with all that the engine reads in the usual case on one of them.
 */
const HEAD_BYTES = 48;
/** Positions of the words of a record. */
export const WORD = { kind: 0, node: 1, peer: 2, code: 3, incarnation: 4, timerNext: 5, bytes: 4 } as const;
/** Positions of the doubles of a record. */
export const DOUBLE = { a: 3, b: 4, c: 5, id: 6 } as const;

/** The queue with the records of its events. */
export class EventRecords {
  readonly queue = new EventQueue((slot) => this.words[slot * RECORD_WORDS] === DEAD);
  /** All records as 32-bit words; replaced when the table grows. */
  words: Int32Array;
  /** The same bytes as doubles. */
  doubles: Float64Array;
  private objects: unknown[] = [];

  /** Reads what the event in a slot, due soon, will read besides its record. */
  nearEvent: ((slot: number) => number) | null = null;
  /** Keeps the reads of {@link bringNear} from being optimised away. */
  touched = 0;

  constructor() {
    const buffer = recordBuffer(this.queue.capacity);
    this.words = new Int32Array(buffer, HEAD_BYTES);
    this.doubles = new Float64Array(buffer, HEAD_BYTES);
    this.queue.near = [(slots, from, to) => this.bringNear(slots, from, to), (slots, from, to) => this.bringOthersNear(slots, from, to)];
  }

  /** Reads the records of events that are due soon: independent reads, so that the memory system fetches them together. */
  private bringNear(slots: Int32Array, from: number, to: number): void {
    const { words } = this;
    let mixed = 0;
    for (let i = from; i < to; i++) mixed ^= words[slots[i] * RECORD_WORDS];
    this.touched = mixed;
  }

  /** Reads what else those events will read: where that is, their records say. */
  private bringOthersNear(slots: Int32Array, from: number, to: number): void {
    if (this.nearEvent === null) return;
    let mixed = 0;
    for (let i = from; i < to; i++) mixed ^= this.nearEvent(slots[i]);
    this.touched = mixed;
  }

  /** Calls an event off. Its slot stays taken until the queue comes across it. */
  callOff(slot: number): void {
    this.words[slot * RECORD_WORDS] = DEAD;
    this.queue.callOff();
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
    const buffer = recordBuffer(this.queue.capacity);
    const words = new Int32Array(buffer, HEAD_BYTES);
    words.set(this.words);
    this.words = words;
    this.doubles = new Float64Array(buffer, HEAD_BYTES);
  }
}

function recordBuffer(records: number): ArrayBuffer {
  return new ArrayBuffer(HEAD_BYTES + records * RECORD_WORDS * 4);
}
