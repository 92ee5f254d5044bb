/**
 * Jump consistent hash (Lamping & Veach 2014, arXiv:1406.2294): a key's bucket as the number of buckets grows jumps forward ever more rarely; the function leaps from jump to jump, with a
 * linear congruential generator seeded by the key. No memory, and perfectly even shares; but buckets have numbers, not names:
 * only the last can leave without moving other keys.
 *
 * Servers take the buckets in the order of the set (shorter names first, then by bytes), so servers named 1..n behave as in the paper. A server whose name sorts
 * into the middle shifts the numbers of those after it. No weights.
 * Deviates: the 64-bit arithmetic is done in 32-bit halves; the result is bit-equal to the paper's (HS-3).
 * Tests: test/ids/consistent-hashing/weights-and-tables.test.ts, test/paper/consistent-hashing.test.ts (HS-2, HS-3).
 */
import { ParameterError, checkNumber } from "../../errors";
import { mixDigests } from "../hash-words";
import { checkInterned, type InternedKeys } from "./interned-keys";
import { ServerSet, type HashOptions } from "./server-set";

/** 2862933555777941757, the multiplier of the generator, in halves. */
const MULTIPLIER_HIGH = 0x27bb2ee6;
const MULTIPLIER_LOW = 0x87b0b0fd;
const LOW_16 = MULTIPLIER_LOW & 0xffff;
const HIGH_16 = MULTIPLIER_LOW >>> 16;

/** Iterations of the last call of {@link jumpBucket}: a word of the module, so that a call makes no object. */
let iterations = 0;

/**
 * The bucket of a key.
 *
 * @param high leading 32 bits of the key, unsigned
 * @param low trailing 32 bits
 * @param buckets 1..2^31 - 1 (not checked: hot path)
 * @returns 0..buckets - 1
 */
export function jumpBucket(high: number, low: number, buckets: number): number {
  let bucket = 0;
  let next = 0;
  iterations = 0;
  while (next < buckets) {
    iterations += 1;
    bucket = next;
    // key = key * multiplier + 1 mod 2^64. The partial products of 16 and 32 bits stay below 2^53.
    const small = low * LOW_16 + 1;
    const large = low * HIGH_16 + Math.floor(small / 65536);
    high = (Math.imul(high, MULTIPLIER_LOW) + Math.imul(low, MULTIPLIER_HIGH) + Math.floor(large / 65536)) >>> 0;
    low = ((large << 16) | (small & 0xffff)) >>> 0;
    next = Math.floor((bucket + 1) * (2147483648 / ((high >>> 1) + 1)));
  }
  return bucket;
}

/**
 * The paper's function with its own signature.
 *
 * @param key 0..2^64 - 1
 * @param buckets 1..2^31 - 1
 * @returns the bucket, and how often the loop ran (on average less than ln buckets + 1)
 * @throws ParameterError for a key or a number of buckets out of range
 */
export function jumpConsistentHash(key: bigint, buckets: number): { readonly bucket: number; readonly iterations: number } {
  if (typeof key !== "bigint" || key < 0n || key >= 1n << 64n) throw new ParameterError({ what: "bad key for the jump hash", got: key, expected: "a bigint from 0 to 2^64 - 1", where: "parameter key" });
  checkNumber("buckets", buckets, { min: 1, max: 2147483647, integer: true });
  const bucket = jumpBucket(Number(key >> 32n), Number(key & 0xffffffffn), buckets);
  return { bucket, iterations };
}

/**
 * How often the loop of the jump hash runs, on average over keys.
 *
 * @param keys at least one
 * @param buckets 1..2^31 - 1
 * @throws ParameterError without keys, or for a number of buckets out of range
 */
export function meanJumpIterations(keys: InternedKeys, buckets: number): number {
  checkNumber("buckets", buckets, { min: 1, max: 2147483647, integer: true });
  checkNumber("number of keys", checkInterned(keys).length, { min: 1 });
  let total = 0;
  for (let i = 0; i < keys.length; i++) {
    jumpBucket(keys.high[i], keys.low[i], buckets);
    total += iterations;
  }
  return total / keys.length;
}

/** Servers as the buckets of a jump hash. */
export class JumpHash extends ServerSet {
  readonly scheme = "jump";

  /** @throws ParameterError for a bad option */
  constructor(options: HashOptions = {}) {
    super(options, false);
  }

  /** Nothing is precomputed. */
  protected build(): void {}

  protected ownerOf(high: number, low: number): number {
    const { length } = this.members;
    return length === 0 ? -1 : jumpBucket((high ^ this.seed) >>> 0, low, length);
  }

  /** Further servers come from further keys, mixed from this one; a server already chosen is passed over. */
  protected ownersOf(high: number, low: number, count: number): number[] {
    const chosen = new Set([this.ownerOf(high, low)]);
    const { length } = this.members;
    for (let attempt = 1; chosen.size < count && attempt < 64 * count; attempt++) {
      chosen.add(this.ownerOf(mixDigests(high, low, attempt, 0), mixDigests(low, high, attempt, 1)));
    }
    // Draws until the last few servers are hit would be many: those left follow in order.
    for (let server = 0; chosen.size < count; server = (server + 1) % length) chosen.add(server);
    return [...chosen];
  }
}
