/**
 * Many ids of one space in typed arrays: 32-bit words, and of each id its 53 leading bits as an exact double. Nearly every comparison is decided by those
 * leading bits with one subtraction; ids that agree in them are compared word by word, so every answer is exact.
 *
 * Ring intervals follow the Chord papers; the XOR metric Kademlia (Maymounkov & Mazières 2002); digits and common prefixes Pastry (Rowstron & Druschel 2001).
 * Tests: test/ids/id-table.test.ts against arithmetic on bigints.
 */
import { ParameterError } from "../errors";
import type { RandomStream } from "../simulation/random";
import { IdSpace, type IdValue } from "./id-space";

/** Leading bits that a double holds exactly. */
const LEAD_BITS = 53;
/** 2^0 to 2^64, exact. */
const POWERS = Float64Array.from({ length: 65 }, (_, exponent) => Number(1n << BigInt(exponent)));

/** Ids by number, from 0. Rows are added at the end and never change, except by {@link IdTable.setOffset}. */
export class IdTable {
  /** Number of ids. */
  length = 0;
  /** All words, the highest of an id first; replaced when the table grows. */
  words: Uint32Array;
  /** The leading 53 bits of each id (the whole id in narrower spaces); replaced when the table grows. */
  leads: Float64Array;
  /** Number of different leads: 2^min(bits, 53). */
  readonly leadSize: number;
  /** Bits of an id below its lead. */
  readonly lowBits: number;

  /** @param capacity ids for which room is made at once */
  constructor(readonly space: IdSpace, capacity = 16) {
    if (!(space instanceof IdSpace)) throw new ParameterError({ what: "no id space", got: space, expected: "an IdSpace", where: "parameter space" });
    this.words = new Uint32Array(Math.max(1, capacity) * space.words);
    this.leads = new Float64Array(Math.max(1, capacity));
    this.lowBits = Math.max(0, space.bits - LEAD_BITS);
    this.leadSize = Number(1n << BigInt(space.bits - this.lowBits));
  }

  /** Bytes of the table. */
  get bytes(): number {
    return this.words.byteLength + this.leads.byteLength;
  }

  /** Adds an id. @returns its number @throws ParameterError when it is no id of the space */
  push(id: IdValue): number {
    let rest = this.space.parse(id);
    const row = this.addRow();
    const width = this.space.words;
    for (let word = width - 1; word >= 0; word--) {
      this.words[row * width + word] = Number(rest & 0xffffffffn);
      rest >>= 32n;
    }
    this.setLead(row);
    return row;
  }

  /** Adds ids drawn uniformly, without bigints. @returns the number of the first */
  pushRandom(count: number, random: RandomStream): number {
    const first = this.length;
    const width = this.space.words;
    const topMask = this.space.bits % 32 === 0 ? 0xffffffff : POWERS[this.space.bits % 32] - 1;
    this.reserve(first + count);
    for (let i = 0; i < count; i++) {
      const row = this.addRow();
      for (let word = 0; word < width; word++) this.words[row * width + word] = random.uint32();
      this.words[row * width] = (this.words[row * width] & topMask) >>> 0;
      this.setLead(row);
    }
    return first;
  }

  /** The id of a row. */
  get(row: number): bigint {
    this.checkRow(row);
    let id = 0n;
    for (let word = 0; word < this.space.words; word++) id = (id << 32n) | BigInt(this.words[row * this.space.words + word]);
    return id;
  }

  /** The id of a row as hexadecimal digits. */
  hex(row: number): string {
    return this.space.format(this.get(row));
  }

  /** Makes room for so many ids. */
  reserve(capacity: number): void {
    if (capacity <= this.leads.length) return;
    const size = Math.max(capacity, 2 * this.leads.length);
    const words = new Uint32Array(size * this.space.words);
    words.set(this.words);
    this.words = words;
    const leads = new Float64Array(size);
    leads.set(this.leads);
    this.leads = leads;
  }

  /** Sets a row to the id of another one plus 2^bit, around the circle: the start of a finger. */
  setOffset(row: number, base: number, bit: number): void {
    const width = this.space.words;
    const { words } = this;
    const at = width - 1 - (bit >>> 5);
    let carry = POWERS[bit & 31];
    for (let word = width - 1; word >= 0; word--) {
      const sum = words[base * width + word] + (word <= at ? carry : 0);
      if (word <= at) carry = sum > 0xffffffff ? 1 : 0;
      words[row * width + word] = sum;
    }
    const spare = this.space.bits & 31;
    if (spare !== 0) words[row * width] &= POWERS[spare] - 1;
    this.setLead(row);
  }

  /** Whether two rows hold the same id. */
  same(a: number, b: number): boolean {
    return this.leads[a] === this.leads[b] && (this.lowBits === 0 || this.compareWords(a, b) === 0);
  }

  /** -1, 0 or 1 as the id of `a` is below, the same as, or above that of `b`. */
  compare(a: number, b: number): number {
    const difference = this.leads[a] - this.leads[b];
    return difference < 0 ? -1 : difference > 0 ? 1 : this.lowBits === 0 ? 0 : this.compareWords(a, b);
  }

  /** Like `compare`, of the bits below the lead only. */
  compareLow(a: number, b: number): number {
    if (this.lowBits === 0) return 0;
    const width = this.space.words;
    // The words that hold low bits, the first of them without the bits of the lead.
    const first = width - Math.ceil(this.lowBits / 32);
    const spare = this.lowBits & 31;
    const mask = spare === 0 ? 0xffffffff : POWERS[spare] - 1;
    for (let word = first; word < width; word++) {
      const x = (this.words[a * width + word] & (word === first ? mask : 0xffffffff)) >>> 0;
      const y = (this.words[b * width + word] & (word === first ? mask : 0xffffffff)) >>> 0;
      if (x !== y) return x < y ? -1 : 1;
    }
    return 0;
  }

  /** Whether x lies strictly between a and b, clockwise; all but a does when a and b are the same. */
  isBetween(x: number, a: number, b: number): boolean {
    const { leads, leadSize } = this;
    let toX = leads[x] - leads[a];
    let toB = leads[b] - leads[a];
    if (toX !== 0 && toB !== 0 && toX !== toB) {
      if (toX < 0) toX += leadSize;
      if (toB < 0) toB += leadSize;
      return toX < toB;
    }
    // Going clockwise from a, x comes before b: three comparisons tell, in any of their rotations.
    const [ax, xb, ab] = [this.compare(a, x), this.compare(x, b), this.compare(a, b)];
    if (ab === 0) return ax !== 0;
    return ab < 0 ? ax < 0 && xb < 0 : ax !== 0 && xb !== 0 && (ax < 0 || xb < 0);
  }

  /** Whether x lies in (a, b], the whole circle when a and b are the same. */
  isInHalfOpen(x: number, a: number, b: number): boolean {
    return this.isBetween(x, a, b) || this.same(x, b);
  }

  /** An upper bound, too high by one at most where leads differ, of the number of bits of the clockwise distance from a to b. */
  distanceBits(a: number, b: number): number {
    let distance = this.leads[b] - this.leads[a];
    if (distance === 0) return this.space.bits;
    if (distance < 0) distance += this.leadSize;
    const high = Math.floor(distance / 4294967296);
    return this.lowBits + (high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(distance >>> 0));
  }

  /** Negative, 0 or positive as `a` is nearer to the target than `b` in the XOR metric, as near (only when they are the same), or farther. */
  compareXor(target: number, a: number, b: number): number {
    const width = this.space.words;
    const { words } = this;
    for (let word = 0; word < width; word++) {
      const toA = (words[target * width + word] ^ words[a * width + word]) >>> 0;
      const toB = (words[target * width + word] ^ words[b * width + word]) >>> 0;
      if (toA !== toB) return toA - toB;
    }
    return 0;
  }

  /** How many leading bits two ids have in common, 0..bits: bits - 1 - this is the number of the highest bit of their XOR distance. */
  commonBits(a: number, b: number): number {
    const { bits, words: width } = this.space;
    const unused = width * 32 - bits;
    for (let word = 0; word < width; word++) {
      const different = this.words[a * width + word] ^ this.words[b * width + word];
      if (different !== 0) return 32 * word + Math.clz32(different) - unused;
    }
    return bits;
  }

  /**
   * A digit of an id in base 2^b, the highest first.
   * @param position 0..bits/b - 1
   * @param b bits of a digit, 1..16; must divide the width of the ids
   */
  digit(row: number, position: number, b: number): number {
    const { bits, words: width } = this.space;
    if (bits % b !== 0) throw new ParameterError({ what: "ids have no whole number of digits", got: b, expected: `a divisor of ${bits}`, where: "parameter b" });
    const shift = bits - (position + 1) * b;
    const word = row * width + width - 1 - (shift >>> 5);
    const inWord = shift & 31;
    const low = this.words[word] >>> inWord;
    const high = inWord + b > 32 ? this.words[word - 1] << (32 - inWord) : 0;
    return (low | high) & ((1 << b) - 1);
  }

  private addRow(): number {
    const row = this.length;
    if (row === this.leads.length) this.reserve(row + 1);
    this.length = row + 1;
    return row;
  }

  private setLead(row: number): void {
    const { bits, words: width } = this.space;
    const first = row * width;
    const { words } = this;
    if (width === 1) this.leads[row] = words[first];
    else if (bits <= LEAD_BITS) this.leads[row] = words[first] * 4294967296 + words[first + 1];
    else {
      // The top word holds 1..32 bits; 53 bits from there reach into the second word, or the third when the top word is short.
      const top = bits - 32 * (width - 1);
      const second = LEAD_BITS - top;
      this.leads[row] = second <= 32
        ? words[first] * POWERS[second] + (second === 32 ? words[first + 1] : words[first + 1] >>> (32 - second))
        : words[first] * POWERS[second] + words[first + 1] * POWERS[second - 32] + (words[first + 2] >>> (64 - second));
    }
  }

  private compareWords(a: number, b: number): number {
    const width = this.space.words;
    for (let word = 0; word < width; word++) {
      const [x, y] = [this.words[a * width + word], this.words[b * width + word]];
      if (x !== y) return x < y ? -1 : 1;
    }
    return 0;
  }

  private checkRow(row: number): void {
    if (!(Number.isInteger(row) && row >= 0 && row < this.length)) throw new ParameterError({ what: "no such id", got: row, expected: `a number from 0 to ${this.length - 1}`, where: "parameter row" });
  }
}
