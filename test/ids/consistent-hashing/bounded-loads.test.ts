/** Bounded loads: capacities, order of arrival, keys that are not placed, and a search from end to end. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { BoundedLoadRing, HashRing, boundedCapacities, uniformKeys } from "overlay-lab/dist/ids";
import { RandomStream } from "overlay-lab/dist/simulation/random";

const keys = uniformKeys(1000, new RandomStream({ seed: 8, name: "keys" }));
const ringOf = (options: ConstructorParameters<typeof BoundedLoadRing>[0], servers = 10) => {
  const ring = new BoundedLoadRing(options);
  for (let i = 0; i < servers; i++) ring.add(`s${i}`);
  return ring;
};

test("capacities: the share rounded up, exact where a decimal epsilon gives a whole number; spread adds up to the total", () => {
  assert.deepEqual([...boundedCapacities(1000, Array(10).fill(1), 0.1)], Array(10).fill(110));
  assert.deepEqual([...boundedCapacities(1001, Array(10).fill(1), 0.1)], Array(10).fill(111));
  assert.deepEqual([...boundedCapacities(7, Array(3).fill(1), 0)], [3, 3, 3]);
  assert.deepEqual([...boundedCapacities(7, Array(3).fill(1), 0, "spread")], [3, 2, 2]);
  assert.deepEqual([...boundedCapacities(10, Array(4).fill(1), 0.25, "spread")], [4, 3, 3, 3]);
  assert.deepEqual([...boundedCapacities(8, [1, 3], 0)], [2, 6]);
  assert.deepEqual([...boundedCapacities(0, [1, 1], 0.5)], [0, 0]);
});

test("no load passes the capacity at any epsilon, even 0, and no key passes a server with room", () => {
  for (const epsilon of [0, 0.01, 0.1, 0.25, 1, 10, 1e6]) {
    for (const capacities of ["ceiling", "spread"] as const) {
      const ring = ringOf({ epsilon, capacities, points: 3 });
      ring.placeAll(keys);
      ring.checkInvariants();
      assert.equal(ring.loads().reduce((a, b) => a + b), 1000);
      const limit = Math.ceil((1 + epsilon) * 100 - 1e-9);
      assert.ok(ring.loads().every((load) => load <= limit), `${epsilon} ${capacities}`);
    }
  }
});

test("a large epsilon leaves the plain ring: the same server for every key", () => {
  const ring = ringOf({ epsilon: 1000, points: 5 });
  const plain = new HashRing({ points: 5 });
  for (let i = 0; i < 10; i++) plain.add(`s${i}`);
  ring.placeAll(keys);
  assert.deepEqual(ring.lookupAll(keys), plain.lookupAll(keys));
});

test("keys end up at the same servers whatever their order of arrival, and after others came and went", () => {
  const [one, other] = [ringOf({ epsilon: 0.1 }), ringOf({ epsilon: 0.1 })];
  one.placeAll(keys);
  const backwards = { length: 1000, high: keys.high.slice().reverse(), low: keys.low.slice().reverse() };
  const guests = uniformKeys(300, new RandomStream({ seed: 9, name: "guests" }));
  other.placeAll(guests);
  other.lookup("look in between");
  other.placeAll(backwards);
  assert.equal(other.withdrawAll(guests), 300);
  assert.deepEqual(one.lookupAll(keys), other.lookupAll(keys));
});

test("a key counts once, is withdrawn once, and is looked up without being placed", () => {
  const ring = ringOf({ epsilon: 0 }, 2);
  assert.deepEqual([ring.place("a"), ring.place("a"), ring.place(new TextEncoder().encode("a")), ring.keyCount], [true, false, false, 1]);
  const next = ring.lookup("b");
  assert.notEqual(next, ring.lookup("a"), "with epsilon 0 and two keys for two servers, the second key goes to the other server");
  assert.equal(ring.keyCount, 1);
  assert.deepEqual([ring.withdraw("b"), ring.withdraw("a"), ring.keyCount, [...ring.loads()]], [false, true, 0, [0, 0]]);
  const empty = new BoundedLoadRing();
  empty.place("x");
  assert.deepEqual([empty.lookup("x"), empty.lookup("y")], [null, null]);
  empty.checkInvariants();
  empty.add("s");
  assert.equal(empty.lookup("x"), "s");
});

test("weights scale the room; the rule spread refuses them", () => {
  const ring = new BoundedLoadRing({ epsilon: 0 });
  ring.add("small");
  ring.add("large", 4);
  ring.placeAll(keys);
  assert.deepEqual(ring.servers.map((name, i) => [name, ring.loads()[i]]), [["large", 800], ["small", 200]]);
  assert.throws(() => new BoundedLoadRing({ capacities: "spread" }).add("a", 2), ParameterError);
});

test("an invariant check sees a planted fault", () => {
  const ring = ringOf({ epsilon: 0.1 });
  ring.placeAll(keys);
  ring.checkInvariants();
  const inside = ring as unknown as { placed: { owner: number }[] };
  const key = inside.placed[500];
  key.owner = (key.owner + 1) % 10;
  assert.throws(() => ring.checkInvariants(), /more keys than it may|is wrong|sent past/);
});
