/**
 * Circular identifier spaces of 1 to 512 bits: what an id is, how it is read and written, and how names become ids. An id at the edge of the library is a
 * bigint, a hexadecimal text or a small whole number; inside it is a row of 32-bit words in an {@link IdTable}, since bigints are far too slow on a hot path.
 *
 * Sources: Chord (SHA-1, 160 bits), Pastry (128 bits), Kademlia (160 bits); small spaces (3 and 6 bits) are those of the Chord papers' examples.
 * Tests: test/ids/id-space.test.ts.
 */
import { sha1 } from "@noble/hashes/legacy";
import { ParameterError, checkNumber } from "../errors";
import type { RandomStream } from "../simulation/random";
import { keyBytes, type HashKey } from "./hash-bytes";

/** An id as a user writes it: a bigint, a whole number below 2^53, or hexadecimal digits of exactly the width of the space. */
export type IdValue = bigint | number | string;

/** Most bits of a space. */
export const MAX_ID_BITS = 512;

/** The ids 0..2^bits - 1, arranged on a circle. */
export class IdSpace {
  /** Number of ids, 2^bits. */
  readonly size: bigint;
  /** 32-bit words of an id, the highest first. */
  readonly words: number;
  /** Hexadecimal digits of an id. */
  readonly hexDigits: number;

  /**
   * @param bits width of an id, 1..512: 160 in Chord and Kademlia, 128 in Pastry
   * @throws ParameterError when it is out of range
   */
  constructor(readonly bits: number) {
    checkNumber("bits", bits, { min: 1, max: MAX_ID_BITS, integer: true, unit: "bits" });
    this.size = 1n << BigInt(bits);
    this.words = Math.ceil(bits / 32);
    this.hexDigits = Math.ceil(bits / 4);
  }

  /**
   * Reads an id.
   * @param value hexadecimal text must have all its digits, so that a key of another width is noticed
   * @param where name of the parameter, for the error
   * @throws ParameterError when it is no id of this space
   */
  parse(value: IdValue, where = "id"): bigint {
    const refuse = (): never => {
      throw new ParameterError({ what: "not an id of this space", got: value, expected: `a whole number from 0 to 2^${this.bits} - 1, or exactly ${this.hexDigits} hexadecimal digits`, where: `parameter ${where}` });
    };
    let id: bigint;
    if (typeof value === "bigint") id = value;
    else if (typeof value === "number") id = Number.isSafeInteger(value) ? BigInt(value) : refuse();
    else id = typeof value === "string" && value.length === this.hexDigits && /^[0-9a-fA-F]+$/.test(value) ? BigInt(`0x${value}`) : refuse();
    return id >= 0n && id < this.size ? id : refuse();
  }

  /** An id as hexadecimal digits, all of them. @throws ParameterError when it is no id of this space */
  format(id: IdValue): string {
    return this.parse(id).toString(16).padStart(this.hexDigits, "0");
  }

  /**
   * The id of a name: the leading bits of its SHA-1 digest, as Chord hashes addresses and keys. Spaces of more than 160 bits are refused, since SHA-1 gives no more.
   * @param name bytes, or text that stands for its UTF-8 bytes
   */
  hash(name: HashKey): bigint {
    if (this.bits > 160) throw new ParameterError({ what: "SHA-1 gives too few bits", got: this.bits, expected: "a space of at most 160 bits", where: "parameter bits" });
    let id = 0n;
    for (const byte of sha1(keyBytes(name))) id = (id << 8n) | BigInt(byte);
    return id >> BigInt(160 - this.bits);
  }

  /** An id drawn uniformly. */
  draw(random: RandomStream): bigint {
    let id = 0n;
    for (let word = 0; word < this.words; word++) id = (id << 32n) | BigInt(random.uint32());
    return id & (this.size - 1n);
  }

  /** Clockwise distance from one id to another. */
  clockwise(from: bigint, to: bigint): bigint {
    return to >= from ? to - from : this.size - from + to;
  }

  /** Whether `x` lies strictly between `a` and `b` going clockwise; all but `a` does when both are the same. */
  isBetween(x: bigint, a: bigint, b: bigint): boolean {
    if (a === b) return x !== a;
    const distance = this.clockwise(a, x);
    return distance > 0n && distance < this.clockwise(a, b);
  }

  /** Whether `x` lies in (a, b], the whole circle when both are the same: the keys of node b whose predecessor is a. */
  isInHalfOpen(x: bigint, a: bigint, b: bigint): boolean {
    return x === b || this.isBetween(x, a, b);
  }
}
