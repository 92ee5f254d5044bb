/** Byte hashing against published vectors, and the mixing of words. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { HASH_FUNCTIONS, digestOf, finalMix, fnv1a64, keyBytes, mixDigests, murmur3x86128 } from "overlay-lab/dist/ids";
import { RandomStream } from "overlay-lab/dist/simulation/random";

const hex = (high: number, low: number) => high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");
const text = (value: string) => new TextEncoder().encode(value);

test("MurmurHash3_x86_128 has SMHasher's verification word 0xB3ECE62A: digests of 256 keys of 0 to 255 bytes, hashed once more", () => {
  const all = new Uint8Array(256 * 16);
  const view = new DataView(all.buffer);
  for (let length = 0; length < 256; length++) {
    murmur3x86128(Uint8Array.from({ length }, (_, i) => i), 256 - length).forEach((word, i) => view.setUint32(16 * length + 4 * i, word, true));
  }
  assert.equal(murmur3x86128(all, 0)[0], 0xb3ece62a);
});

test("FNV-1a of 64 bits: the vectors of the specification", () => {
  const published: readonly (readonly [string, string])[] = [["", "cbf29ce484222325"], ["a", "af63dc4c8601ec8c"], ["foobar", "85944171f73967e8"]];
  for (const [key, digest] of published) {
    const { high, low } = fnv1a64(text(key));
    assert.equal(hex(high, low), digest, key);
  }
});

test("SHA-1 and MD5 digests are the leading 64 bits of RFC 3174's and RFC 1321's vectors for abc", () => {
  const [sha1, md5] = (["sha1", "md5"] as const).map((hash) => digestOf("abc", hash));
  assert.equal(hex(sha1.high, sha1.low), "a9993e364706816a");
  assert.equal(hex(md5.high, md5.low), "900150983cd24fb0");
});

test("a text and its UTF-8 bytes are one key, the empty key has a digest, and a slice of a larger buffer hashes as its copy", () => {
  const bytes = text("key 열쇠");
  const inside = new Uint8Array([9, ...bytes, 9]).subarray(1, 1 + bytes.length);
  for (const hash of HASH_FUNCTIONS) {
    assert.deepEqual(digestOf("key 열쇠", hash), digestOf(bytes, hash));
    assert.deepEqual(digestOf(inside, hash), digestOf(bytes, hash));
    assert.notDeepEqual(digestOf("", hash), digestOf("\u0000", hash));
  }
});

test("what is no key, and an unknown function, are refused by name", () => {
  for (const bad of [null, undefined, 7, NaN, [1, 2], {}, new Uint16Array(2)]) assert.throws(() => keyBytes(bad as never), ParameterError);
  assert.throws(() => digestOf("a", "crc32" as never), /murmur3, fnv1a, sha1, md5/);
});

test("the final mix is the published bijection: no two of 2^18 words collide, and each input bit turns half of the output bits", () => {
  const seen = new Set<number>();
  for (let i = 0; i < 262_144; i++) seen.add(finalMix(Math.imul(i, 0x9e3779b1)));
  assert.equal(seen.size, 262_144);
  const random = new RandomStream({ seed: 1, name: "words" });
  const words = Array.from({ length: 4000 }, () => [random.uint32(), random.uint32(), random.uint32(), random.uint32()] as const);
  const ones = (x: number) => { let count = 0; for (let rest = x >>> 0; rest !== 0; rest &= rest - 1) count += 1; return count; };
  for (let word = 0; word < 4; word++) {
    for (let bit = 0; bit < 32; bit += 1) {
      const turned = words.reduce((sum, each) => {
        const other = each.map((value, i) => (i === word ? (value ^ (1 << bit)) >>> 0 : value)) as [number, number, number, number];
        return sum + ones(mixDigests(...each) ^ mixDigests(...other));
      }, 0) / words.length;
      // 16 expected; the mean of 4000 has a deviation of sqrt(8 / 4000) = 0.045 if output bits are independent; 0.5 allows for the finaliser's known bias.
      assert.ok(Math.abs(turned - 16) < 0.5, `word ${word}, bit ${bit}: ${turned}`);
    }
  }
});
