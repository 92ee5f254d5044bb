/** Modulo's holes, jump's arithmetic, rendezvous weights, Maglev's table, several probes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { multiProbePeak } from "overlay-lab/dist/experiments/consistent-hashing";
import { JumpHash, MaglevHash, ModuloHash, MultiProbeHash, RendezvousHash, checkPrime, jumpBucket, jumpConsistentHash, maglevPermutation, meanJumpIterations, moduloBucket, populate, uniformKeys, type ServerHash } from "overlay-lab/dist/ids";
import { RandomStream } from "overlay-lab/dist/simulation/random";

const keys = uniformKeys(60_000, new RandomStream({ seed: 11, name: "keys" }));
const countsOf = (hash: ServerHash) => {
  const counts = new Float64Array(hash.servers.length);
  for (const owner of hash.lookupAll(keys)) counts[owner] += 1;
  return counts;
};
/** Pearson's statistic over its degrees of freedom. */
const chiSquare = (counts: Float64Array, shares: readonly number[]) => counts.reduce((sum, count, i) => sum + (count - keys.length * shares[i]) ** 2 / (keys.length * shares[i]), 0);

test("the remainder of a 64-bit digest is that of big integers", () => {
  for (const buckets of [1, 2, 3, 101, 65_537, 999_983, 67_108_864]) {
    for (let i = 0; i < 300; i++) assert.equal(moduloBucket(keys.high[i], keys.low[i], buckets), Number(((BigInt(keys.high[i]) << 32n) | BigInt(keys.low[i])) % BigInt(buckets)));
  }
});

test("the book's 101 buckets: keys of buckets without a server have none, servers beyond the hundred and first get none", () => {
  const few = new ModuloHash({ buckets: 101 });
  for (let i = 1; i <= 10; i++) few.add(`n${i}`);
  const without = few.lookupAll(keys).filter((owner) => owner < 0).length / keys.length;
  assert.ok(Math.abs(without - 91 / 101) < 4 * Math.sqrt((91 / 101) * (10 / 101) / keys.length), String(without));
  const many = new ModuloHash({ buckets: 101 });
  for (let i = 1; i <= 150; i++) many.add(`n${i}`);
  const counts = countsOf(many);
  assert.deepEqual([counts.filter((count) => count > 0).length, counts.slice(101).every((count) => count === 0)], [101, true]);
  assert.equal(many.replicas("x", 200).length, 101);
});

test("jump hash in 32-bit halves equals the paper's function in big integers", () => {
  const reference = (key: bigint, buckets: number) => {
    let [k, b, j] = [key, -1, 0];
    while (j < buckets) {
      b = j;
      k = BigInt.asUintN(64, k * 2862933555777941757n + 1n);
      j = Math.floor((b + 1) * (2147483648 / (Number(k >> 33n) + 1)));
    }
    return b;
  };
  for (let i = 0; i < 3000; i++) {
    const buckets = 1 + (keys.high[i + 1] % [3, 1000, 2147483647][i % 3]);
    assert.equal(jumpBucket(keys.high[i], keys.low[i], buckets), reference((BigInt(keys.high[i]) << 32n) | BigInt(keys.low[i]), buckets));
  }
});

test("jump hash refuses keys and numbers of buckets out of range", () => {
  for (const key of [-1n, 1n << 64n, 5 as never, null as never]) assert.throws(() => jumpConsistentHash(key, 3), ParameterError);
  for (const buckets of [0, -1, 1.5, NaN, 2 ** 31]) assert.throws(() => jumpConsistentHash(1n, buckets), ParameterError);
  assert.throws(() => meanJumpIterations(uniformKeys(0, { uint32: () => 0 }), 3), ParameterError);
});

test("weighted rendezvous shares are in proportion to the weights (chi-square), and a planted bias of 5 % is seen", () => {
  const hash = new RendezvousHash();
  const weights = [1, 2, 3, 0.5, 10];
  weights.forEach((weight, i) => hash.add(`s${i}`, weight));
  const total = weights.reduce((a, b) => a + b);
  // 99.9 % of chi-square with 4 degrees of freedom: 18.47.
  assert.ok(chiSquare(countsOf(hash), weights.map((weight) => weight / total)) < 18.47);
  const biased = weights.map((weight, i) => (i === 1 ? weight * 1.05 : weight));
  const wrong = biased.reduce((a, b) => a + b);
  assert.ok(chiSquare(countsOf(hash), biased.map((weight) => weight / wrong)) > 18.47);
});

test("equal weights other than 1 choose as weight 1 does, and a heavier weight only draws keys to itself", () => {
  const [plain, equal, heavier] = [1, 7, 1].map((weight) => {
    const hash = new RendezvousHash();
    for (let i = 0; i < 8; i++) hash.add(`s${i}`, weight);
    return hash;
  });
  assert.deepEqual(plain.lookupAll(keys), equal.lookupAll(keys));
  heavier.remove("s3");
  heavier.add("s3", 1.5);
  const [before, after] = [plain.lookupAll(keys), heavier.lookupAll(keys)];
  after.forEach((owner, i) => assert.ok(owner === before[i] || owner === 3));
  assert.ok(after.some((owner, i) => owner !== before[i]));
});

test("Maglev: every permutation visits every slot once; shares are within a slot; weights hold to a slot; look-ups read the table", () => {
  for (const [offset, skip] of [[0, 1], [6, 6], [3, 4]]) assert.deepEqual([...maglevPermutation({ offset, skip }, 7)].sort((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6]);
  const hash = new MaglevHash({ tableSize: 1009 });
  [1, 1, 2, 4].forEach((weight, i) => hash.add(`s${i}`, weight));
  const counts = [0, 0, 0, 0];
  for (const owner of hash.table()) counts[owner] += 1;
  [1, 1, 2, 4].forEach((weight, i) => assert.ok(Math.abs(counts[i] - (1009 * weight) / 8) <= 2, String(counts)));
  const table = hash.table();
  for (let i = 0; i < 200; i++) assert.equal(hash.lookupInterned(keys, i), table[moduloBucket(keys.high[i], keys.low[i], 1009)]);
});

test("Maglev refuses tables that are no prime (naming a divisor), steps out of range, and too many backends", () => {
  for (const size of [0, 1, 4, 65_536, 65_535, -7, 7.5, NaN, Infinity]) assert.throws(() => checkPrime(size), ParameterError, String(size));
  assert.throws(() => checkPrime(91), /91 = 7 x 13/);
  assert.deepEqual([2, 3, 65_537, 655_373].map(checkPrime), [2, 3, 65_537, 655_373]);
  for (const step of [{ offset: 7, skip: 1 }, { offset: -1, skip: 1 }, { offset: 0, skip: 0 }, { offset: 0, skip: 7 }, { offset: NaN, skip: 1 }]) assert.throws(() => populate([step], 7), ParameterError);
  assert.throws(() => populate(Array(8).fill({ offset: 0, skip: 1 }), 7), ParameterError);
  for (const weights of [[1], [1, NaN], [1, -1], [1, 0]]) assert.throws(() => populate([{ offset: 0, skip: 1 }, { offset: 1, skip: 1 }], 7, weights), ParameterError);
  assert.deepEqual([...populate([], 7)], Array(7).fill(-1));
  assert.deepEqual([...populate([{ offset: 1, skip: 1 }, { offset: 1, skip: 1 }], 2)], [1, 0]);
});

test("several probes: one probe is the plain ring of one point; with 21 the fullest of 1000 servers stays near 21/20 of the mean", () => {
  const hash = new MultiProbeHash({ probes: 21 });
  for (let i = 0; i < 1000; i++) hash.add(`s${i}`);
  const many = uniformKeys(1_000_000, new RandomStream({ seed: 2, name: "probes" }));
  const counts = new Float64Array(1000);
  for (const owner of hash.lookupAll(many)) counts[owner] += 1;
  // 1000 keys a server: the largest of 1000 binomial counts adds at most about 4.2 deviations of 3.2 %; the ring's own mean gap adds 3.2 %.
  const peak = counts.reduce((a, b) => Math.max(a, b)) / 1000;
  assert.ok(peak > 1.03 && peak < multiProbePeak(21) + 0.134 + 0.032, String(peak));
});

test("a jump hash of named servers is the jump hash of their numbers", () => {
  const hash = new JumpHash();
  for (let i = 1; i <= 120; i++) hash.add(`node-${i}`);
  for (let i = 0; i < 500; i++) assert.equal(hash.lookupInterned(keys, i), jumpBucket(keys.high[i], keys.low[i], 120));
  assert.equal(hash.servers[119], "node-120");
});
