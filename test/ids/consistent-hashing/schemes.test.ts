/** What all schemes promise, whatever they compute: names, weights, replicas, bad input. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LimitError, ParameterError } from "overlay-lab/dist/errors";
import { gammaShareQuantile, harmonicNumber, hashBoundedMoves, hashLargestArc, hashLoadPercentiles, hashRingError, hashTableBalance, hashWhatMoves, leastMovedPercent, multiProbePeak } from "overlay-lab/dist/experiments/consistent-hashing";
import type { ExperimentDefinition } from "overlay-lab/dist/experiments/define";
import { runExperiment } from "overlay-lab/dist/experiments/run";
import { HASH_SCHEMES, HashRing, MaglevHash, boundedCapacities, internKeys, populate, serverHash, uniformKeys } from "overlay-lab/dist/ids";
import { RandomStream } from "overlay-lab/dist/simulation/random";

const names = (count: number) => Array.from({ length: count }, (_, i) => `cache-${i + 1}`);
const texts = Array.from({ length: 300 }, (_, i) => `http://example.org/${i}`);
const OPTIONS = { tableSize: 251 };

for (const scheme of HASH_SCHEMES) {
  describe(scheme, () => {
    test("without servers every key has none; with one server every key has that", () => {
      const hash = serverHash(scheme, OPTIONS);
      const keys = internKeys(["", "a"]);
      assert.deepEqual([hash.lookup("a"), hash.replicas("a", 3), hash.lookupMany(["a", ""]), [...hash.lookupAll(keys)], hash.servers], [null, [], [null, null], [-1, -1], []]);
      hash.add("only");
      assert.deepEqual([hash.lookup("a"), hash.lookup(""), hash.replicas("a", 3), [...hash.lookupAll(keys)]], ["only", "only", ["only"], [0, 0]]);
      hash.remove("only");
      assert.equal(hash.lookup("a"), null);
    });

    test("a text, its bytes and its interned form have one server; replicas are distinct, begin with it, and are a prefix of the longer list", () => {
      const hash = serverHash(scheme, OPTIONS, names(12));
      const keys = internKeys(texts);
      const all = hash.lookupAll(keys);
      texts.forEach((key, i) => {
        const server = hash.lookup(key) as string;
        assert.equal(hash.servers[all[i]], server);
        assert.equal(hash.lookup(new TextEncoder().encode(key)), server);
        assert.equal(hash.lookupInterned(keys, i), all[i]);
        const order = hash.replicas(key, 100);
        assert.equal(order[0], server);
        assert.equal(new Set(order).size, 12);
        assert.deepEqual(hash.replicas(key, 3), order.slice(0, 3));
      });
    });

    test("servers stand in the order of length, then bytes, and are found and weighed by name", () => {
      const hash = serverHash(scheme, OPTIONS, ["cache-10", "b", "cache-2", "ä", "a"]);
      assert.deepEqual(hash.servers, ["a", "b", "ä", "cache-2", "cache-10"]);
      assert.deepEqual([hash.has("cache-2"), hash.has("cache-3"), hash.has(""), hash.has(null as never), hash.weightOf("b")], [true, false, false, false, 1]);
    });

    test("bad names, duplicates, strangers, weights and keys are refused and change nothing", () => {
      const hash = serverHash(scheme, OPTIONS, ["a", "b"]);
      for (const bad of ["", "a", "\ud800", null, undefined, 7, {}]) assert.throws(() => hash.add(bad as never), ParameterError, String(bad));
      for (const weight of [NaN, -1, 0, Infinity, 1e-9, 1e7, "2", null]) assert.throws(() => hash.add("c", weight as never), ParameterError, String(weight));
      for (const stranger of ["c", "", null, NaN]) assert.throws(() => hash.remove(stranger as never), ParameterError);
      assert.throws(() => hash.weightOf("c"), /no such server.*a, b/);
      for (const key of [null, undefined, 3, {}]) assert.throws(() => hash.lookup(key as never), ParameterError);
      for (const count of [0, -1, 1.5, NaN, Infinity, "2"]) assert.throws(() => hash.replicas("x", count as never), ParameterError);
      assert.throws(() => hash.lookupMany("abc" as never), ParameterError);
      assert.throws(() => hash.lookupAll(internKeys(["x", "y"]), new Int32Array(1)), ParameterError);
      for (const keys of [null, undefined, ["x"], { length: 1 }]) assert.throws(() => hash.lookupAll(keys as never), ParameterError);
      assert.deepEqual(hash.servers, ["a", "b"]);
    });

    test("another seed places anew, and options that are wrong words or numbers are refused", () => {
      const keys = uniformKeys(2000, new RandomStream({ seed: 3, name: "keys" }));
      const [one, other] = [0, 1].map((seed) => serverHash(scheme, { ...OPTIONS, seed }, names(10)).lookupAll(keys));
      const same = one.filter((owner, i) => owner === other[i]).length / keys.length;
      if (scheme === "modulo") assert.equal(same, 1);
      else assert.ok(same < 0.4, String(same));
      for (const options of [{ seed: -1 }, { seed: NaN }, { hash: "crc" }, null]) assert.throws(() => serverHash(scheme, options as never), ParameterError);
    });
  });
}

test("an unknown scheme is refused with the names of all", () => assert.throws(() => serverHash("karger" as never), /modulo, ring, rendezvous/));

test("experiments refuse levels and parameters outside their range before they compute", () => {
  const run = (definition: ExperimentDefinition, options: object) => () => runExperiment(definition, { mode: "quick", replications: 1, ...options });
  const bad = [
    run(hashWhatMoves, { parameters: { servers: 1 } }), run(hashWhatMoves, { parameters: { hash: "crc" } }), run(hashWhatMoves, { parameters: { tableSize: 100 } }),
    run(hashRingError, { levels: { points: [0] } }), run(hashLargestArc, { levels: { servers: [0] } }), run(hashLargestArc, { levels: { servers: [1e9] } }),
    run(hashLoadPercentiles, { levels: { points: [10_000_000] } }), run(hashBoundedMoves, { levels: { epsilon: [-1] } }), run(hashBoundedMoves, { parameters: { capacities: "floor" } }),
    run(hashTableBalance, { levels: { table_size: [8] } }), run(hashTableBalance, { parameters: { failures: 100 } }),
    () => gammaShareQuantile(0, 0.5), () => gammaShareQuantile(3, 1), () => harmonicNumber(0), () => multiProbePeak(1), () => leastMovedPercent("join", NaN), () => boundedCapacities(NaN, [1], 0), () => boundedCapacities(5, [1, -1], 0),
    () => populate(null as never, 7), () => serverHash("ring", {}, null as never),
  ];
  for (const attempt of bad) assert.throws(attempt, ParameterError, String(attempt));
});

test("each option is checked where it is used", () => {
  const bad: readonly (readonly [string, object])[] = [["ring", { points: 0 }], ["ring", { points: 1.5 }], ["ring", { rule: "nearest" }], ["modulo", { buckets: 0 }], ["modulo", { buckets: NaN }], ["multi-probe", { probes: 0 }], ["maglev", { tableSize: 65_536 }], ["maglev", { tableSize: 1 }], ["maglev", { tableSize: NaN }], ["bounded loads", { epsilon: -0.1 }], ["bounded loads", { epsilon: NaN }], ["bounded loads", { capacities: "floor" }]];
  for (const [scheme, options] of bad) assert.throws(() => serverHash(scheme as "ring", options as never), ParameterError, `${scheme} ${JSON.stringify(options)}`);
});

test("limits: a ring of too many points, a Maglev table with more servers than slots", () => {
  const ring = new HashRing({ points: 1000 });
  ring.add("light");
  assert.throws(() => ring.add("heavy", 100_000), LimitError);
  assert.deepEqual(ring.servers, ["light"]);
  const table = new MaglevHash({ tableSize: 3 });
  for (const name of ["a", "b", "c"]) table.add(name);
  assert.throws(() => table.add("d"), LimitError);
});

test("interning refuses what is no list of keys; uniform keys need a whole number", () => {
  for (const bad of [null, "abc", 3]) assert.throws(() => internKeys(bad as never), ParameterError);
  assert.throws(() => internKeys(["a", 3 as never]), ParameterError);
  for (const bad of [-1, 1.5, NaN, 1e9]) assert.throws(() => uniformKeys(bad, { uint32: () => 0 }), ParameterError);
  assert.equal(internKeys([]).length, 0);
});
