/** Published numbers of consistent hashing: jump hash, Maglev, Karger's ring, bounded loads, rendezvous (rows HS-1 to HS-10, WE-15 of the figures). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gammaShareQuantile, harmonicNumber, hashBoundedMoves, hashLargestArc, hashLoadPercentiles, hashRingError, hashTableBalance, hashWhatMoves, jumpBucketSizes } from "overlay-lab/dist/experiments/consistent-hashing";
import { metricIn } from "overlay-lab/dist/experiments/metric-table";
import { runExperiment } from "overlay-lab/dist/experiments/run";
import { MaglevHash, RendezvousHash, internKeys, jumpConsistentHash, maglevPermutation, meanJumpIterations, populate, uniformKeys } from "overlay-lab/dist/ids";
import { RandomStream } from "overlay-lab/dist/simulation/random";

const near = (measured: number, expected: number, tolerance: number, what: string) => assert.ok(Math.abs(measured - expected) <= tolerance * expected, `${what}: ${measured}, expected ${expected}`);

test("HS-3: the ten vectors of the jump hash", () => {
  const vectors: readonly (readonly [bigint, number, number])[] = [
    [1n, 1, 0], [0n, 1, 0], [42n, 57, 43], [0xdead10ccn, 666, 361], [256n, 1024, 520], [10863919174838991n, 11, 6], [2016238256797177309n, 11, 3], [1673758223894951030n, 11, 5], [1n, 128, 55], [129n, 128, 120],
  ];
  assert.deepEqual(vectors.map(([key, buckets]) => jumpConsistentHash(key, buckets).bucket), vectors.map(([, , bucket]) => bucket));
});

test("HS-2: fewer than ln n + 1 iterations on average (in fact H_n); buckets differ by about 10^-6, from the 31-bit draw, not by the published 10^-8", () => {
  const keys = uniformKeys(100_000, new RandomStream({ seed: 2014, name: "keys" }));
  const mean = meanJumpIterations(keys, 1000);
  // The number of jumps has variance below H_n, so the mean of 10^5 has a deviation below 0.009.
  assert.ok(Math.abs(mean - harmonicNumber(1000)) < 0.036, String(mean));
  assert.ok(mean < Math.log(1000) + 1);
  const sizes = jumpBucketSizes(1000);
  near(sizes.reduce((a, b) => a + b) / 1000, 1, 1e-12, "mean size");
  // Bucket 0 keeps a key when the first draw h of 2^31 has 2^31 / (h + 1) >= 1000.
  near(sizes[0], (1000 * 2147483) / 2147483648, 1e-15, "bucket 0");
  const error = Math.sqrt(sizes.reduce((sum, size) => sum + (size - 1) ** 2, 0) / 1000);
  assert.ok(error > 7.64e-9 && error < 1e-6, String(error));
});

test("HS-7: the Maglev paper's table of seven slots, with its permutations, before and after backend 1 is removed", () => {
  const steps = [{ offset: 3, skip: 4 }, { offset: 0, skip: 2 }, { offset: 3, skip: 1 }];
  assert.deepEqual(steps.map((step) => [...maglevPermutation(step, 7)].join()), ["3,0,4,1,5,2,6", "0,2,4,6,1,3,5", "3,4,5,6,0,1,2"]);
  assert.deepEqual([...populate(steps, 7)], [1, 0, 1, 0, 2, 2, 0]);
  assert.deepEqual([...populate([steps[0], steps[2]], 7)].map((backend) => [0, 2][backend]), [0, 0, 0, 0, 2, 2, 2]);
});

test("HS-6: above 100 slots a backend the shares are within 1 % of the mean; the default table has 65,537 slots", () => {
  assert.equal(new MaglevHash().tableSize, 65_537);
  const result = runExperiment(hashTableBalance, { mode: "quick", replications: 2, levels: { fill: ["maglev"], table_size: [10_007, 65_537] } });
  for (const slots of [10_007, 65_537]) {
    assert.ok(metricIn(result, { fill: "maglev", table_size: slots }, "over_provision_percent").mean <= 1, String(slots));
    assert.ok(metricIn(result, { fill: "maglev", table_size: slots }, "least_percent").mean >= -1, String(slots));
  }
});

test("HS-1: standard error and 99 % interval of 1000 servers with 1, 10, 100, 1000 points", () => {
  const result = runExperiment(hashRingError, { mode: "quick" });
  const published = [[1, 0.997906, 0.005, 5.25], [10, 0.315181, 0.37, 1.98], [100, 0.0996996, 0.76, 1.28], [1000, 0.0315723, 0.92, 1.09]];
  for (const [points, error, low, high] of published) {
    near(metricIn(result, { points }, "standard_error").mean, error, 0.02, `standard error of ${points}`);
    // The paper prints two or three digits; 0.005 is half of a thousandth off at most by rounding.
    assert.ok(Math.abs(metricIn(result, { points }, "low_share").mean - low) < 0.015, `low end of ${points}`);
    near(metricIn(result, { points }, "high_share").mean, high, 0.03, `high end of ${points}`);
  }
});

test("HS-4: the largest arc of n random points is H_n times the mean", () => {
  const result = runExperiment(hashLargestArc, { mode: "quick" });
  for (const [servers, published] of [[10, 2.929], [100, 5.187], [1000, 7.485], [10_000, 9.788]]) near(metricIn(result, { servers }, "largest_arc").mean, published, 0.02, `n = ${servers}`);
});

test("HS-10: percentiles of the shares are those of Gamma with as many points; the deviation is 1 / sqrt(points)", () => {
  const result = runExperiment(hashLoadPercentiles, { mode: "quick", levels: { points: [1, 5, 20] } });
  for (const points of [1, 5, 20]) {
    near(metricIn(result, { points }, "share_p99").mean, gammaShareQuantile(points, 0.99), 0.03, `99th of ${points}`);
    near(metricIn(result, { points }, "share_deviation").mean, 1 / Math.sqrt(points), 0.03, `deviation of ${points}`);
  }
  // The Gamma percentiles themselves, as tabulated.
  for (const [points, low, high] of [[1, 0.01, 4.605], [2, 0.074, 3.319], [5, 0.256, 2.321], [10, 0.413, 1.878], [20, 0.554, 1.592]]) {
    assert.ok(Math.abs(gammaShareQuantile(points, 0.01) - low) < 6e-4 && Math.abs(gammaShareQuantile(points, 0.99) - high) < 6e-4, String(points));
  }
});

test("HS-8: with bounded loads no server is over ceil((1 + e) m / n); shifts per added key stay below 2 / e^2 for e <= 1 and vanish as e grows", () => {
  const result = runExperiment(hashBoundedMoves, { mode: "quick", levels: { epsilon: [0.2, 0.5, 1, 4] } });
  const shifts = (epsilon: number, metric = "moves_per_key") => metricIn(result, { epsilon }, metric).mean;
  for (const epsilon of [0.2, 0.5, 1]) {
    assert.equal(shifts(epsilon, "over_capacity"), 0);
    assert.ok(shifts(epsilon) < 2 / epsilon ** 2, String(epsilon));
    assert.ok(shifts(epsilon, "moves_per_orphan") < 2 / epsilon ** 2, String(epsilon));
  }
  assert.ok(shifts(0.2) > shifts(1) && shifts(4) < 0.3);
});

test("HS-9: when one of S servers fails, 1 / S of the keys move under rendezvous hashing, evenly to the others (3 sigma); on a ring of one point one server takes them all", () => {
  const servers = Array.from({ length: 10 }, (_, i) => `http://cache${i}.example/`);
  const keys = internKeys(Array.from({ length: 90_000 }, (_, i) => `http://example.org/object/${i}`));
  const hash = new RendezvousHash();
  for (const server of servers) hash.add(server);
  const before = hash.lookupAll(keys).map((owner) => owner);
  hash.remove(servers[4]);
  const heirs = new Map<number, number>();
  let moved = 0;
  hash.lookupAll(keys).forEach((owner, i) => {
    if (before[i] !== 4) return assert.equal(owner, before[i] > 4 ? before[i] - 1 : before[i]);
    moved += 1;
    heirs.set(owner, (heirs.get(owner) ?? 0) + 1);
  });
  assert.ok(Math.abs(moved - 9000) < 3 * Math.sqrt(90_000 * 0.1 * 0.9), String(moved));
  for (const [heir, count] of heirs) assert.ok(Math.abs(count - moved / 9) < 3 * Math.sqrt((moved * 8) / 81), `${heir}: ${count}`);
  const ring = runExperiment(hashWhatMoves, { mode: "quick", parameters: { points: 1 }, levels: { scheme: ["ring"], change: ["last leaves"] } });
  assert.equal(metricIn(ring, { scheme: "ring", change: "last leaves" }, "heir_percent").mean, 100);
});

test("WE-15: SelectServer of CARP walks the servers by falling score; `replicas` is that order, without threshold its first", () => {
  const hash = new RendezvousHash();
  for (const server of ["a", "b", "c", "d", "e"]) hash.add(server);
  const selectServer = (url: string, load: Readonly<Record<string, number>>, threshold: number) => {
    const order = hash.replicas(url, 5);
    return order.find((server) => load[server] < threshold) ?? order[0];
  };
  for (let i = 0; i < 50; i++) {
    const url = `u${i}`;
    const [first, second] = hash.replicas(url, 2);
    assert.equal(selectServer(url, {}, Infinity), first);
    assert.equal(selectServer(url, { a: 1, b: 1, c: 1, d: 1, e: 1, [first]: 9 }, 5), second);
    assert.equal(selectServer(url, { a: 9, b: 9, c: 9, d: 9, e: 9 }, 5), first);
    hash.remove(first);
    assert.equal(hash.lookup(url), second, "the second is first when the first has gone");
    hash.add(first);
  }
});

test("P&D 9.4.2: modulo n nearly all keys move when a server joins: all but 1 / (n + 1)", () => {
  const result = runExperiment(hashWhatMoves, { mode: "quick", levels: { scheme: ["modulo", "ring"], change: ["join"] } });
  near(metricIn(result, { scheme: "modulo", change: "join" }, "moved_percent").mean, 100 * (20 / 21), 0.01, "modulo");
  assert.equal(metricIn(result, { scheme: "ring", change: "join" }, "needless_percent").mean, 0);
});
