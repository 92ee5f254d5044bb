/**
 * Digests of byte strings: 64 bits of MurmurHash3 (default), FNV-1a, SHA-1 or MD5. Consistent hashing only asks that digests of different names look
 * independent and uniform; SHA-1 and MD5 (from the library that the torrent codec uses) are there for papers and programs that name them, FNV-1a
 * because it is weak on names that differ only at their end, which a reader should see once.
 *
 * Sources: MurmurHash3_x86_128 by A. Appleton (public domain; SMHasher's verification word 0xB3ECE62A); FNV-1a by Fowler, Noll and Vo
 * (draft-eastlake-fnv, 64-bit); RFC 3174 (SHA-1); RFC 1321 (MD5). Not modelled: keyed hashes against an adversary who chooses the keys.
 * Tests: test/ids/consistent-hashing/hash-bytes.test.ts.
 */
import { md5, sha1 } from "@noble/hashes/legacy";
import { utf8ToBytes } from "@noble/hashes/utils";
import { ParameterError, checkChoice } from "../errors";
import { finalMix } from "./hash-words";

/** A key: bytes, or text that stands for its UTF-8 bytes. The empty string is a key like any other. */
export type HashKey = Uint8Array | string;

/** The hash functions on offer. */
export const HASH_FUNCTIONS = ["murmur3", "fnv1a", "sha1", "md5"] as const;

/** One of {@link HASH_FUNCTIONS}. */
export type HashFunction = (typeof HASH_FUNCTIONS)[number];

/** A 64-bit digest as two unsigned 32-bit words. */
export interface Digest {
  readonly high: number;
  readonly low: number;
}

/**
 * The bytes of a key. A lone surrogate in a text becomes U+FFFD, as everywhere where text becomes UTF-8.
 * @throws ParameterError when it is neither bytes nor text
 */
export function keyBytes(key: HashKey): Uint8Array {
  if (typeof key === "string") return utf8ToBytes(key);
  if (key instanceof Uint8Array) return key;
  throw new ParameterError({ what: "not a key", got: key, expected: "bytes (Uint8Array) or a text", where: "parameter key" });
}

/**
 * The 64-bit digest of a key.
 *
 * @param key bytes or text
 * @param hash function; for SHA-1 and MD5 the first eight bytes, for MurmurHash3 the first two words, big-endian order
 * @throws ParameterError for something that is no key, or an unknown function
 */
export function digestOf(key: HashKey, hash: HashFunction = "murmur3"): Digest {
  const bytes = keyBytes(key);
  switch (checkChoice("hash", hash, HASH_FUNCTIONS)) {
    case "murmur3": {
      const [high, low] = murmur3x86128(bytes, 0);
      return { high, low };
    }
    case "fnv1a":
      return fnv1a64(bytes);
    case "sha1":
      return firstWords(sha1(bytes));
    case "md5":
      return firstWords(md5(bytes));
  }
}

function firstWords(digest: Uint8Array): Digest {
  const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
  return { high: view.getUint32(0), low: view.getUint32(4) };
}

/**
 * FNV-1a with 64 bits: for each byte, XOR and multiply by 2^40 + 0x1b3.
 * @returns the digest; the empty string has the offset basis cbf29ce484222325
 */
export function fnv1a64(bytes: Uint8Array): Digest {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (let i = 0; i < bytes.length; i++) {
    low = (low ^ bytes[i]) >>> 0;
    // (high, low) * (2^40 + 0x1b3) mod 2^64; both products stay below 2^53.
    const product = low * 0x1b3;
    const carry = Math.floor(product / 4294967296);
    high = (Math.imul(high, 0x1b3) + carry + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  return { high, low };
}

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

/**
 * MurmurHash3_x86_128: 128 bits in four words, from 32-bit arithmetic only.
 *
 * @param seed its low 32 bits count
 * @returns the words h1..h4, unsigned
 */
export function murmur3x86128(bytes: Uint8Array, seed: number): readonly [number, number, number, number] {
  let h1 = seed | 0;
  let h2 = h1;
  let h3 = h1;
  let h4 = h1;
  const end = bytes.length & ~15;
  for (let i = 0; i < end; i += 16) {
    h1 ^= scramble(word(bytes, i), C1, 15, C2);
    h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= scramble(word(bytes, i + 4), C2, 16, C3);
    h2 = (Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= scramble(word(bytes, i + 8), C3, 17, C4);
    h3 = (Math.imul((rotate(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= scramble(word(bytes, i + 12), C4, 18, C1);
    h4 = (Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
  // Words beyond the end are zero and change nothing.
  h4 ^= scramble(tail(bytes, end + 12), C4, 18, C1);
  h3 ^= scramble(tail(bytes, end + 8), C3, 17, C4);
  h2 ^= scramble(tail(bytes, end + 4), C2, 16, C3);
  h1 ^= scramble(tail(bytes, end), C1, 15, C2);
  h1 ^= bytes.length;
  h2 ^= bytes.length;
  h3 ^= bytes.length;
  h4 ^= bytes.length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = finalMix(h1);
  h2 = finalMix(h2);
  h3 = finalMix(h3);
  h4 = finalMix(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  return [h1 >>> 0, (h2 + h1) >>> 0, (h3 + h1) >>> 0, (h4 + h1) >>> 0];
}

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

function scramble(k: number, before: number, by: number, after: number): number {
  return Math.imul(rotate(Math.imul(k, before), by), after);
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

function tail(bytes: Uint8Array, at: number): number {
  let k = 0;
  for (let i = Math.min(at + 4, bytes.length) - 1; i >= at; i--) k = (k << 8) | bytes[i];
  return k;
}
