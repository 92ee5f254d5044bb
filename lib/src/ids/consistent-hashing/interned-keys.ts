/**
 * Keys hashed once and kept as numbers: the fast path. A look-up by an interned key touches no bytes and makes no object.
 * Tests: test/ids/consistent-hashing/schemes.test.ts.
 */
import { ParameterError } from "../../errors";
import { digestOf, type HashFunction, type HashKey } from "../hash-bytes";

/** A list of keys as 64-bit digests. Key `i` has the words `high[i]` and `low[i]`. */
export interface InternedKeys {
  readonly length: number;
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

/**
 * Hashes keys.
 *
 * @param keys bytes or texts; a key given twice stands twice
 * @param hash the function that the schemes they are looked up in use
 * @throws ParameterError naming the first entry that is no key
 */
export function internKeys(keys: readonly HashKey[], hash: HashFunction = "murmur3"): InternedKeys {
  if (!Array.isArray(keys)) throw new ParameterError({ what: "no list of keys", got: keys, expected: "an array of bytes or texts", where: "parameter keys" });
  const high = new Uint32Array(keys.length);
  const low = new Uint32Array(keys.length);
  for (let i = 0; i < keys.length; i++) {
    const digest = digestOf(keys[i] as HashKey, hash);
    high[i] = digest.high;
    low[i] = digest.low;
  }
  return { length: keys.length, high, low };
}

/** What {@link uniformKeys} draws from; a `RandomStream` is one. */
export interface WordSource {
  /** The next word, uniform on 0..2^32 - 1. */
  uint32(): number;
}

/**
 * Keys drawn uniformly, as an ideal hash function would give them.
 *
 * @param count 0..10^8
 * @throws ParameterError for a bad count or source
 */
export function uniformKeys(count: number, source: WordSource): InternedKeys {
  if (!Number.isInteger(count) || count < 0 || count > 1e8) throw new ParameterError({ what: "bad number of keys", got: count, expected: "a whole number from 0 to 10^8", where: "parameter count" });
  if (typeof source?.uint32 !== "function") throw new ParameterError({ what: "nothing to draw from", got: source, expected: "a RandomStream, or another source of 32-bit words", where: "parameter source" });
  const high = new Uint32Array(count);
  const low = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    high[i] = source.uint32();
    low[i] = source.uint32();
  }
  return { length: count, high, low };
}

/** @throws ParameterError for something that {@link internKeys} and {@link uniformKeys} did not give */
export function checkInterned(keys: InternedKeys): InternedKeys {
  if (!(keys?.high instanceof Uint32Array) || !(keys.low instanceof Uint32Array)) throw new ParameterError({ what: "no interned keys", got: keys, expected: "what internKeys gave", where: "parameter keys" });
  return keys;
}
