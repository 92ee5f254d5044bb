/** The fast flood, the closed forms of reach and success, and the table of remembered ids. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { expectedRegularReach, Flooder, floodReach, gridOverlay, HostList, OverlayGraph, placeCopies, regularOverlay, RouteTable, SELF, successProbability, treeOverlay } from "overlay-lab/dist/peer-to-peer/gnutella";
import { RandomStream } from "overlay-lab/dist/simulation";

test("on a tree the flood reaches exactly the closed form, without a duplicate", () => {
  for (const [degree, depth] of [[3, 7], [4, 5], [2, 6], [1, 3]] as const) {
    const flooder = new Flooder(treeOverlay(degree, depth));
    for (let ttl = 0; ttl <= depth; ttl++) {
      const { reached, messages, duplicates } = flooder.flood(0, ttl);
      assert.deepEqual([reached, messages, duplicates], [floodReach(degree, ttl), floodReach(degree, ttl), 0], `degree ${degree}, TTL ${ttl}`);
    }
  }
});

test("on a ring two messages are duplicates: the two sides of the flood run into each other", () => {
  const ring = (nodes: number) => new Flooder(new OverlayGraph(nodes, Array.from({ length: 2 * nodes }, (_, i) => ((i + 1) >> 1) % nodes)));
  assert.deepEqual([ring(6).flood(0, 9).messages, ring(6).flood(0, 9).duplicates], [7, 2]);
  assert.deepEqual([ring(5).flood(0, 9).messages, ring(5).flood(0, 9).duplicates], [6, 2]);
});

test("on any graph with enough TTL every link carries the query once, or twice where it is a duplicate: messages are 2 links - (nodes - 1)", () => {
  const graph = regularOverlay(500, 4, new RandomStream({ seed: 1, name: "graph" }));
  const { reached, messages } = new Flooder(graph).flood(7, 255);
  assert.equal(reached, 499);
  assert.equal(messages, 2 * graph.links - 499);
});

test("hits, the nearest holder and the links of the answers are counted", () => {
  const graph = gridOverlay(5, 5);
  const holders = new Uint8Array(25);
  holders[2] = holders[24] = 1;
  const result = new Flooder(graph).flood(0, 8, { holders });
  assert.deepEqual([result.hits, result.firstHitHop, result.answerMessages], [2, 2, 10]);
  assert.equal(new Flooder(graph).flood(2, 3, { holders }).firstHitHop, 0);
  assert.equal(new Flooder(graph).flood(0, 1, { holders }).firstHitHop, -1);
});

test("a holder that keeps the query to itself, as in the book, cuts off what lies behind it", () => {
  const graph = new OverlayGraph(4, [0, 1, 1, 2, 2, 3]);
  const holders = Uint8Array.of(0, 1, 0, 1);
  assert.equal(new Flooder(graph).flood(0, 7, { holders }).hits, 2);
  assert.deepEqual([new Flooder(graph).flood(0, 7, { holders, forwardAfterHit: false }).hits, new Flooder(graph).flood(0, 7, { holders, forwardAfterHit: false }).messages], [1, 1]);
});

test("floods over one graph do not disturb each other", () => {
  const flooder = new Flooder(gridOverlay(10, 10));
  const first = flooder.flood(3, 5);
  flooder.flood(77, 9);
  assert.deepEqual(flooder.flood(3, 5), first);
  assert.equal(flooder.wasReached(3), true);
  assert.equal(flooder.wasReached(99), false);
});

test("reach in a finite regular graph follows the mean-field count, which is the tree for small TTL", () => {
  for (const ttl of [1, 2, 3]) assert.ok(Math.abs(expectedRegularReach(1e8, 4, ttl).reduce((a, b) => a + b, 0) / floodReach(4, ttl) - 1) < 1e-4);
  const nodes = 20_000;
  const expected = expectedRegularReach(nodes, 4, 12);
  const flooder = new Flooder(regularOverlay(nodes, 4, new RandomStream({ seed: 9, name: "graph" })));
  const sums = expected.map(() => 0);
  for (let source = 0; source < 40; source++) flooder.flood(source * 101, 12).reachedAt.forEach((reached, hop) => void (sums[hop] += reached / 40));
  let [ours, theory] = [0, 0];
  expected.forEach((ring, hop) => {
    [ours, theory] = [ours + (sums[hop] ?? 0), theory + ring];
    assert.ok(Math.abs(ours - theory) < 0.02 * theory, `hop ${hop + 1}: ${ours} against ${theory}`);
  });
  assert.ok(Math.abs(theory - (nodes - 1)) < 1);
});

test("the chance to find a copy is that of drawing nodes without putting them back", () => {
  assert.equal(successProbability(11, 10, 1), 1);
  assert.equal(successProbability(11, 0, 5), 0);
  assert.ok(Math.abs(successProbability(11, 3, 2) - (1 - (7 * 6) / (10 * 9))) < 1e-15);
  assert.equal(successProbability(11, 9, 2), 1);
});

test("bad sources, TTLs, holders and sizes are refused", () => {
  const flooder = new Flooder(gridOverlay(2, 2));
  for (const source of [-1, 4, 1.5, NaN]) assert.throws(() => flooder.flood(source, 3), ParameterError);
  for (const ttl of [-1, 256, NaN, Infinity]) assert.throws(() => flooder.flood(0, ttl), ParameterError);
  assert.throws(() => flooder.flood(0, 3, { holders: new Uint8Array(3) }), /holders/);
  assert.throws(() => floodReach(0, 3), ParameterError);
  assert.throws(() => floodReach(1000, 100), /2\^53/);
  assert.throws(() => placeCopies(3, 4, new RandomStream({ seed: 1, name: "x" })), ParameterError);
});

test("the table of ids forgets by age and by number, oldest first", () => {
  const table = new RouteTable(2, 100);
  assert.equal(table.add("a", 7, 0), true);
  assert.equal(table.add("a", 8, 99), false);
  assert.equal(table.get("a", 99), 7);
  assert.equal(table.get("a", 100), undefined);
  assert.equal(table.add("a", SELF, 100), true);
  table.add("b", 1, 110);
  table.add("c", 2, 120);
  assert.deepEqual([table.get("a", 120), table.size, table.evicted], [undefined, 2, 1]);
  table.put("b", 5, 130);
  assert.deepEqual(table.list().map(({ id }) => id), ["c", "b"]);
  table.put("d", 1, 400);
  assert.deepEqual(table.list().map(({ id }) => id), ["d"]);
});

test("the list of hosts keeps those heard of last", () => {
  const hosts = new HostList(2);
  for (const [host, atUs] of [[1, 0], [2, 1], [1, 2], [3, 3]] as const) hosts.learn(host, atUs);
  assert.deepEqual(hosts.list(), [1, 3]);
  assert.deepEqual(hosts.list(10, 8), [3]);
  hosts.forget(3);
  assert.equal(hosts.size, 1);
});
