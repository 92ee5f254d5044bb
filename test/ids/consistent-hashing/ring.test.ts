/** The ring against a search from end to end; shares; weights; the book's "closest". */
import assert from "node:assert/strict";
import { test } from "node:test";
import { HashRing, RING_SIZE, arcShares, clockwise, orderPoints, ringPosition, successorPoint, uniformKeys } from "overlay-lab/dist/ids";
import { RandomStream } from "overlay-lab/dist/simulation/random";

const random = (name: string) => new RandomStream({ seed: 5, name });
const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);

test("the successor is the one that a search from end to end finds: random, clustered, equal and extreme positions", () => {
  const draw = random("positions");
  const position = () => draw.uint32() * 2097152 + (draw.uint32() >>> 11);
  for (let world = 0; world < 200; world++) {
    const count = 1 + draw.integer(40);
    const near = position();
    const positions = Float64Array.from({ length: count }, () => [position(), Math.min(RING_SIZE - 1, near + draw.integer(20)), draw.integer(3), RING_SIZE - 1 - draw.integer(3)][draw.integer(4)]);
    const ring = orderPoints(positions, Int32Array.from(positions, (_, i) => i));
    const sorted = [...positions].sort((a, b) => a - b);
    assert.deepEqual([...ring.positions], sorted, `world ${world}`);
    assert.deepEqual(ring.positions, ring.positions.map((_, i) => positions[ring.owners[i]]), `world ${world}`);
    for (const asked of [...sorted, 0, RING_SIZE - 1, near, position(), position()]) {
      const expected = sorted.findIndex((candidate) => candidate >= asked);
      assert.equal(successorPoint(ring, asked), expected < 0 ? 0 : expected, `world ${world}, position ${asked}`);
    }
  }
});

test("positions are exact: the largest digest stands on the last position, distances go around", () => {
  assert.equal(ringPosition(0xffffffff, 0xffffffff), RING_SIZE - 1);
  assert.equal(ringPosition(0, 2047), 0);
  assert.equal(clockwise(RING_SIZE - 1, 0), 1);
  assert.equal(clockwise(0, RING_SIZE - 1), RING_SIZE - 1);
});

test("shares add up to one, and are what many keys measure, under both rules", () => {
  const keys = uniformKeys(100_000, random("keys"));
  for (const rule of ["successor", "closest"] as const) {
    const ring = new HashRing({ points: 3, rule });
    for (const name of ["a", "b", "c", "d", "e"]) ring.add(name);
    const shares = ring.shares();
    assert.ok(Math.abs(sum(shares) - 1) < 1e-12);
    const counts = new Float64Array(5);
    for (const owner of ring.lookupAll(keys)) counts[owner] += 1;
    // Four standard deviations of a binomial count.
    shares.forEach((share, i) => assert.ok(Math.abs(counts[i] / keys.length - share) < 4 * Math.sqrt((share * (1 - share)) / keys.length), `${rule} ${i}`));
  }
  assert.deepEqual([...arcShares(orderPoints(new Float64Array([7]), new Int32Array([0])), 2)], [1, 0]);
});

test("closest: each key has the server whose point is nearest in either direction, and replicas come by distance", () => {
  const ring = new HashRing({ points: 1, rule: "closest" });
  const names = Array.from({ length: 9 }, (_, i) => `s${i}`);
  for (const name of names) ring.add(name);
  const { positions, owners } = ring.layout();
  const keys = uniformKeys(2000, random("closest"));
  for (let i = 0; i < keys.length; i++) {
    const at = ringPosition(keys.high[i], keys.low[i]);
    const distance = (point: number) => Math.min(clockwise(at, positions[point]), clockwise(positions[point], at));
    const order = [...positions.keys()].sort((a, b) => distance(a) - distance(b)).map((point) => owners[point]);
    assert.equal(ring.lookupInterned(keys, i), order[0]);
  }
  const order = ring.replicas("some key", 9);
  assert.equal(new Set(order).size, 9);
});

test("a server of weight 3 lays three times the points and gets three times the share, within the spread that 160 points leave", () => {
  const ring = new HashRing();
  ring.add("heavy", 3);
  for (let i = 0; i < 7; i++) ring.add(`light-${i}`);
  assert.equal(ring.layout().owners.length, 160 * 10);
  // Share 0.3 of 10 units; deviation of a sum of 480 of 1600 Dirichlet arcs: sqrt(0.3 * 0.7 / 1601) = 0.0115.
  assert.ok(Math.abs(ring.shares()[ring.servers.indexOf("heavy")] - 0.3) < 4 * 0.0115);
});
