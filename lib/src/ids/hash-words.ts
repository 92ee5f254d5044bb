/**
 * Mixing of 32-bit words: turns numbers that are alike (0, 1, 2, ... or the digests of similar names) into words that look independent.
 * The step is the finaliser of MurmurHash3 (A. Appleton, public domain), a bijection on 32 bits: no two inputs share an output.
 * Tests: test/ids/consistent-hashing/hash-bytes.test.ts (bijection on samples, every input bit turns about half of the output bits).
 */

/**
 * The 32-bit finaliser of MurmurHash3.
 * @param word a whole number; its low 32 bits count
 * @returns a signed 32-bit word
 */
export function finalMix(word: number): number {
  let x = word | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/**
 * A word that depends on all 128 bits of two 64-bit digests. For a fixed second digest it is a bijection in each word of the first.
 * @returns an unsigned 32-bit word
 */
export function mixDigests(aHigh: number, aLow: number, bHigh: number, bLow: number): number {
  return finalMix((finalMix(aLow + bLow) ^ aHigh) + bHigh) >>> 0;
}
