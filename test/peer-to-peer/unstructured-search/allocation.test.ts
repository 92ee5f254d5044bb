/** How many copies each object should have: the theory, whole numbers of copies, and replication that finds the square root by itself. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { regularOverlay } from "overlay-lab/dist/peer-to-peer/gnutella";
import {
  ADAPTIVE_REPLICATION_DEFAULTS, adaptiveReplication, ALLOCATIONS, allocationShares, closedFormSearchSize, drawContributions, expectedSearchSize, FILES_SHARED, logLogSlope, normalizedRates, replicationWorld, topShare, utilizationRates, wholeCopies, zipfRates,
  type AdaptiveReplicationOptions, type Allocation, type ReplicationWorldOptions,
} from "overlay-lab/dist/peer-to-peer/unstructured-search";
import { ln, RandomStream } from "overlay-lab/dist/simulation";

const stream = (seed: number) => new RandomStream({ seed, name: "allocation" });

test("the sum over objects is the closed form, for random rates", () => {
  const random = stream(1);
  for (let round = 0; round < 50; round++) {
    const rates = Float64Array.from({ length: 1 + random.integer(200) }, () => random.uniform() + 1e-6);
    const capacity = 0.01 + random.uniform();
    for (const allocation of ALLOCATIONS) {
      const [sum, closed] = [expectedSearchSize(rates, allocationShares(rates, allocation), capacity), closedFormSearchSize(rates, allocation, capacity)];
      assert.ok(Math.abs(sum / closed - 1) < 1e-12, `${allocation}: ${sum}, ${closed}`);
    }
  }
});

test("no allocation is better than the square root: shares moved at random never search less", () => {
  const random = stream(2);
  const rates = zipfRates(40, 1.2);
  const best = allocationShares(rates, "square-root");
  const least = expectedSearchSize(rates, best, 1);
  for (let round = 0; round < 200; round++) {
    const other = best.map((share) => share * (1 + (random.uniform() - 0.5) * 0.2));
    assert.ok(expectedSearchSize(rates, other, 1) >= least * (1 - 1e-12));
  }
});

test("copies are used alike under proportional, and in the ratio of the roots under square root", () => {
  const rates = [0.64, 0.36];
  const close = (a: Float64Array, b: readonly number[]) => a.forEach((each, i) => assert.ok(Math.abs(each - b[i]) < 1e-12, `${[...a]}`));
  close(utilizationRates(rates, allocationShares(rates, "proportional")), [1, 1]);
  close(utilizationRates(rates, allocationShares(rates, "uniform")), [1.28, 0.72]);
  close(utilizationRates(rates, allocationShares(rates, "square-root")), [0.8 * 1.4, 0.6 * 1.4]);
});

test("whole copies add up to the total, keep their bounds and stay within one of the shares where no bound is met", () => {
  const shares = allocationShares(zipfRates(100, 1), "proportional");
  for (const [total, least, most] of [[1000, 1, 1000], [1000, 1, 50], [100, 1, 100], [5000, 3, 50]] as const) {
    const copies = wholeCopies(shares, total, least, most);
    assert.equal(copies.reduce((a, b) => a + b, 0), total);
    assert.ok(copies.every((each) => each >= least && each <= most), `${least}..${most}`);
    for (let i = 1; i < 100; i++) assert.ok(copies[i] <= copies[i - 1] + 1);
  }
  const free = wholeCopies(shares, 100_000, 1, 100_000);
  shares.forEach((share, i) => assert.ok(Math.abs(free[i] - share * 100_000) <= 1));
});

test("slopes of power laws are found, and points without spread refused", () => {
  assert.ok(Math.abs(logLogSlope([1, 2, 4], [3, 3 * Math.SQRT2, 6], ln) - 0.5) < 1e-12);
  assert.throws(() => logLogSlope([1, 1], [1, 2], ln), ParameterError);
  assert.throws(() => logLogSlope([1, 2], [0, 1], ln), ParameterError);
});

test("copies that live a fixed time and are made in proportion to the search size find the square root; made in equal number they do not", () => {
  const path = adaptiveReplication({ measuredLifetimes: 10 }, stream(3));
  assert.ok(Math.abs(path.slope - 0.5) < 0.05, `${path.slope}`);
  // The planted fault: one copy for each success however long the search took, at the one who asked.
  const graph = regularOverlay(400, 4, stream(4));
  const rates = zipfRates(20, 1);
  const slope = (replication: ReplicationWorldOptions["replication"]) => replicationWorld(graph, rates, { replication, room: 2, warmUp: 12_000, measured: 8000, walk: { walkers: 4, maxSteps: 400 } }, stream(5)).slope;
  const [owner, along] = [slope("owner"), slope("path")];
  assert.ok(owner > 0.65, `owner ${owner}`);
  assert.ok(along < 0.6 && along > 0.3, `path ${along}`);
});

test("with as many copies as nodes for every object each search takes one probe and nothing more is made", () => {
  const { copies, searchSize } = adaptiveReplication({ nodes: 10, objects: 3, copiesPerProbe: 100, lifetimeQueries: 1000, warmUpLifetimes: 2, measuredLifetimes: 2 }, stream(6));
  assert.ok(searchSize < 1.1 && copies.every((each) => each > 9), `${searchSize} ${[...copies]}`);
});

test("every deletion keeps nodes within their room, and without replication only origins stay", () => {
  const graph = regularOverlay(100, 4, stream(7));
  for (const deletion of ["random", "least-recently-used", "oldest"] as const) {
    for (const replication of ["owner", "path", "random"] as const) {
      const { copies, success } = replicationWorld(graph, zipfRates(30, 0.8), { replication, deletion, room: 2, warmUp: 500, measured: 500, walk: { walkers: 8, maxSteps: 200 } }, stream(8));
      const sum = copies.reduce((a, b) => a + b, 0);
      assert.ok(sum <= 100 * 2 + 30 + 1e-6 && sum > 100, `${deletion} ${replication}: ${sum}`);
      assert.ok(success > 0.95);
    }
  }
  assert.deepEqual([...new Set(replicationWorld(graph, zipfRates(30, 0.8), { replication: "none", warmUp: 10, measured: 100 }, stream(9)).copies)], [1]);
});

test("contributions give exactly the share of peers that give nothing, and the top's share rises with the spread", () => {
  const amounts = drawContributions({ ...FILES_SHARED, peers: 1000, nothingShare: 0.66 }, stream(10));
  assert.equal(amounts.filter((amount) => amount === 0).length, 660);
  assert.equal(topShare(amounts, 1), 1);
  assert.equal(topShare(amounts, 0), 0);
  assert.ok(Math.abs(topShare([1, 1, 1, 1], 0.25) - 0.25) < 1e-15);
  assert.ok(topShare(drawContributions({ ...FILES_SHARED, peers: 1000, sigma: 3 }, stream(10)), 0.01) > topShare(amounts, 0.01));
});

test("bad rates, shares, totals, words and options are refused", () => {
  for (const rates of [[], [0], [-1, 2], [NaN], [Infinity], null, [null]]) assert.throws(() => normalizedRates(rates as number[]), ParameterError, JSON.stringify(rates));
  for (const exponent of [-1, NaN, 21]) assert.throws(() => zipfRates(10, exponent), ParameterError);
  assert.throws(() => zipfRates(0, 1), ParameterError);
  assert.throws(() => allocationShares([1], "cube-root" as Allocation), /uniform, proportional, square-root/);
  assert.throws(() => closedFormSearchSize([1], "cube-root" as Allocation, 1), ParameterError);
  assert.throws(() => expectedSearchSize([1, 2], [1], 1), /do not fit/);
  assert.throws(() => expectedSearchSize([1], [1], 0), ParameterError);
  assert.throws(() => wholeCopies([1, 1], 1, 1, 5), ParameterError);
  assert.throws(() => wholeCopies([1, 1], 11, 1, 5), ParameterError);
  const bad: readonly Partial<AdaptiveReplicationOptions>[] = [{ nodes: 1 }, { rule: "x" as "path" }, { copiesFound: 0 }, { copiesPerProbe: NaN }, { memoryWeight: 2 }, { lifetime: 5 } as Partial<AdaptiveReplicationOptions>];
  for (const options of bad) assert.throws(() => adaptiveReplication(options, stream(1)), ParameterError, JSON.stringify(options));
  const graph = regularOverlay(10, 4, stream(1));
  for (const options of [{ room: 0 }, { deletion: "lru" }, { replication: "all" }, { measured: 0 }, { walk: { policy: "high-degree" } }, { rooms: 1 }]) assert.throws(() => replicationWorld(graph, [1], options as Partial<ReplicationWorldOptions>, stream(1)), ParameterError, JSON.stringify(options));
  assert.throws(() => topShare([0, 0], 0.5), /nobody gives/);
  assert.throws(() => topShare([1], 2), ParameterError);
  assert.ok(Object.isFrozen(ADAPTIVE_REPLICATION_DEFAULTS));
});
