/**
 * The fingerprint of a run: 64 bits over everything that a trace would show, in order: events, what handlers asked for, messages lost and dropped.
 * Equal runs have equal fingerprints on every machine, traced or not; runs that differ in one of these differ in it but for chance (2^-64).
 * Two chained 32-bit lanes with multiply and shift; each word enters through a bijection, so one changed word always changes the state. Not a
 * cryptographic hash.
 */

/** What is folded in besides the kinds of event in the queue, which have the numbers below 16. */
export const PRINTED = { crash: 16, restart: 17, pause: 18, resume: 19, send: 20, sendNumbers: 21, lose: 22, drop: 23, setTimer: 24, cancelTimer: 25, note: 26, missedVisit: 27 } as const;

const scratch = new Float64Array(1);
const scratchWords = new Int32Array(scratch.buffer);

/** Accumulates the words of events. */
export class Fingerprint {
  private first = 0x243f6a88;
  private second = 0x85a308d3 | 0;

  /** Folds five words in: one event without payload. */
  event(timeUs: number, kind: number, node: number, peer: number, code: number): void {
    let a = this.first;
    let b = this.second;
    a = Math.imul(a ^ (timeUs | 0), 0x9e3779b1); a ^= a >>> 15; b = (Math.imul(b, 0x85ebca77) + a) | 0;
    a = Math.imul(a ^ ((timeUs / 4294967296) | 0) ^ (kind << 24), 0x9e3779b1); a ^= a >>> 15; b = (Math.imul(b, 0x85ebca77) + a) | 0;
    a = Math.imul(a ^ node, 0x9e3779b1); a ^= a >>> 15; b = (Math.imul(b, 0x85ebca77) + a) | 0;
    a = Math.imul(a ^ peer, 0x9e3779b1); a ^= a >>> 15; b = (Math.imul(b, 0x85ebca77) + a) | 0;
    a = Math.imul(a ^ code, 0x9e3779b1); a ^= a >>> 15; b = (Math.imul(b, 0x85ebca77) + a) | 0;
    this.first = a;
    this.second = b;
  }

  /** Folds something in that has a key, a whole number below 2^53 of which both halves count. */
  keyed(timeUs: number, kind: number, node: number, name: number, key: number): void {
    this.event(timeUs, kind, node, name, key | 0);
    // Shifting is enough for the keys that occur, and spares them the division.
    this.word(key === (key | 0) ? key >> 31 : Math.floor(key / 4294967296) | 0);
  }

  /** Folds one 32-bit word in. */
  word(value: number): void {
    let a = this.first;
    a = Math.imul(a ^ value, 0x9e3779b1);
    a ^= a >>> 15;
    this.first = a;
    this.second = (Math.imul(this.second, 0x85ebca77) + a) | 0;
  }

  /** Folds the 64 bits of a number in. All NaN count as one value, -0 and 0 as two. */
  number(value: number): void {
    scratch[0] = value === value ? value : NaN;
    // The halves are named by arithmetic order, which is the order on every machine that runs JavaScript engines today (little-endian).
    this.word(scratchWords[0]);
    this.word(scratchWords[1]);
  }

  /**
   * Folds three neighbours of an array of doubles in.
   * @param words the same memory as 32-bit words
   */
  numbers(values: Float64Array, words: Int32Array, first: number): void {
    for (let i = first; i < first + 3; i++) {
      if (values[i] === values[i]) {
        this.word(words[i * 2]);
        this.word(words[i * 2 + 1]);
      } else this.number(NaN);
    }
  }

  /** Folds a text in. */
  text(value: string): void {
    this.word(value.length);
    for (let i = 0; i < value.length; i++) this.word(value.charCodeAt(i));
  }

  /** An independent accumulator in the same state. */
  copy(): Fingerprint {
    const twin = new Fingerprint();
    twin.first = this.first;
    twin.second = this.second;
    return twin;
  }

  /** The fingerprint as 16 hexadecimal digits. */
  hex(): string {
    return (this.first >>> 0).toString(16).padStart(8, "0") + (this.second >>> 0).toString(16).padStart(8, "0");
  }
}
