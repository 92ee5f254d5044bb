import assert from "node:assert/strict";
import { test } from "node:test";
import { RandomStream, threefry2x32 } from "overlay-lab/dist/simulation/random";
import { ParameterError } from "overlay-lab/dist/errors";

/** Known-answer vectors of Threefry2x32-20 from the authors' distribution (Random123, kat_vectors). */
const VECTORS: readonly [key: [number, number], counter: [number, number], out: [number, number]][] = [
  [[0, 0], [0, 0], [0x6b200159, 0x99ba4efe]],
  [[0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], [0x1cb996fc, 0xbb002be7]],
  [[0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3], [0xc4923a9c, 0x483df7a0]],
];

test("threefry2x32 gives the three published vectors", () => {
  const out = new Uint32Array(2);
  for (const [key, counter, expected] of VECTORS) {
    threefry2x32(key, counter, out);
    assert.deepEqual([...out], expected);
  }
});

test("the unrolled stream equals the cipher in counter mode", () => {
  const key: [number, number] = [0x13198a2e, 0x03707344];
  const stream = new RandomStream({ seed: 7, name: "x" });
  const inner = stream as unknown as { k0: number; k1: number; k2: number };
  [inner.k0, inner.k1, inner.k2] = [key[0] | 0, key[1] | 0, 0x1bd11bda ^ key[0] ^ key[1]];
  const out = new Uint32Array(2);
  for (let block = 0; block < 1000; block++) {
    threefry2x32(key, [block, 0], out);
    assert.equal(stream.uint32(), out[0]);
    assert.equal(stream.uint32(), out[1]);
  }
});

test("a stream depends on every part of its address and on nothing else", () => {
  const first = (key: ConstructorParameters<typeof RandomStream>[0]) => new RandomStream(key).uint32();
  const base = { seed: 1, replication: 2, name: "arrivals", node: 3 };
  const variants = [base, { ...base, seed: 2 }, { ...base, replication: 3 }, { ...base, name: "arrival" }, { ...base, node: 4 }, { ...base, seed: 1 + 2 ** 32 }];
  assert.equal(new Set(variants.map(first)).size, variants.length);
  assert.equal(first(base), first({ ...base }));
});

test("integer draws have no modulo bias and refuse a bad bound", () => {
  const stream = new RandomStream({ seed: 5, name: "bias" });
  // With bound 3 * 2^30 a modulo draw would hit the lower third with probability 1/2 instead of 1/3.
  let lower = 0;
  const draws = 20_000;
  for (let i = 0; i < draws; i++) if (stream.integer(3 * 2 ** 30) < 2 ** 30) lower += 1;
  assert.ok(Math.abs(lower / draws - 1 / 3) < 0.02, `share ${lower / draws}`);
  for (const bound of [0, -1, 1.5, NaN, 2 ** 32 + 1]) assert.throws(() => stream.integer(bound), ParameterError);
});
