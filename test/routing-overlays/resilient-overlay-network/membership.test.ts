/** Joining, leaving, dying in silence and being forgotten: whole RONs in simulated time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { simulateRon } from "overlay-lab/dist/experiments/resilient-overlay-network";
import { constantDelay } from "overlay-lab/dist/simulation";

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const transport = constantDelay(20_000);
const peersOf = (world: ReturnType<typeof simulateRon>, node: number) => [...world.node(node).membership.peers];

test("nodes that know one address each find all others, and probe them", () => {
  const world = simulateRon({ nodes: 6, seed: 1, transport, bootstrap: (node) => (node === 0 ? [] : [node - 1]), startUs: (node) => node * SECOND });
  world.run(2 * MINUTE);
  for (let node = 0; node < 6; node++) {
    assert.deepEqual(peersOf(world, node), [0, 1, 2, 3, 4, 5].filter((peer) => peer !== node));
    assert.equal(world.node(node).joinState, "member");
    for (const peer of peersOf(world, node)) assert.equal(world.node(node).monitor.roundTripsUs[peer], 40_000);
  }
});

test("all start at once, each knowing the next: announcements bring them together within two refreshes", () => {
  const world = simulateRon({ nodes: 8, seed: 2, transport, bootstrap: (node) => [(node + 1) % 8] });
  world.run(11 * MINUTE);
  for (let node = 0; node < 8; node++) assert.equal(peersOf(world, node).length, 7);
});

test("a node that joins by a dead address tries the next, and gives up when none answers", () => {
  const world = simulateRon({ nodes: 4, seed: 3, transport, bootstrap: (node) => [[], [0], [3, 0], [1]][node], startUs: (node) => (node === 3 ? -1 : 0) });
  world.run(MINUTE);
  assert.deepEqual([peersOf(world, 2), world.node(2).joinState], [[0, 1], "member"]);
  const lonely = simulateRon({ nodes: 2, seed: 3, transport, bootstrap: (node) => [1 - node], startUs: (node) => (node === 0 ? 0 : -1) });
  lonely.run(12 * 5 * SECOND - 1);
  assert.equal(lonely.node(0).joinState, "joining");
  lonely.run(12 * 5 * SECOND);
  assert.equal(lonely.node(0).joinState, "gave-up");
  lonely.run(60 * MINUTE);
  assert.ok(lonely.simulation.counts.sent <= 12, "it is silent");
  lonely.simulation.restart(1);
  lonely.run(65 * MINUTE);
  assert.deepEqual([peersOf(lonely, 0), lonely.node(0).joinState], [[1], "member"], "somebody who knows it may still call");
});

test("a node that leaves is forgotten at once and is not brought back by older lists", () => {
  const world = simulateRon({ nodes: 5, seed: 4, transport });
  world.run(6 * MINUTE);
  world.simulation.invokeAt(world.simulation.nowUs, 4, (node, context) => node.leave(context));
  world.run(6 * MINUTE + SECOND);
  for (let node = 0; node < 4; node++) assert.ok(!peersOf(world, node).includes(4));
  world.run(40 * MINUTE);
  for (let node = 0; node < 4; node++) assert.deepEqual(peersOf(world, node), [0, 1, 2, 3].filter((peer) => peer !== node));
  assert.equal(world.node(4).joinState, "left");
});

test("a node that dies in silence is in outage within 26 s and forgotten after an hour, not before", () => {
  const world = simulateRon({ nodes: 4, seed: 5, transport, faults: [{ kind: "crash", node: 3, atUs: 10 * MINUTE }] });
  world.run(10 * MINUTE + 27 * SECOND);
  for (let node = 0; node < 3; node++) assert.equal(world.node(node).monitor.isDead[3], 1);
  world.run(63 * MINUTE);
  for (let node = 0; node < 3; node++) assert.ok(peersOf(world, node).includes(3), "an hour since it was last heard of is not over");
  world.run(71 * MINUTE);
  for (let node = 0; node < 3; node++) assert.ok(!peersOf(world, node).includes(3), "and nobody keeps it alive for another");
});

test("a node that restarts is used again though its numbers start anew", () => {
  const world = simulateRon({ nodes: 4, seed: 6, transport, faults: [{ kind: "crash", node: 3, atUs: 10 * MINUTE, restartUs: 12 * MINUTE }] });
  world.run(13 * MINUTE);
  for (let node = 0; node < 3; node++) assert.equal(world.node(node).monitor.isDead[3], 0);
  assert.equal(peersOf(world, 3).length, 3);
});

test("members that an outage of two hours hides from each other find each other again", () => {
  const world = simulateRon({ nodes: 4, seed: 7, transport, faults: [{ kind: "partition", groups: [[0, 1], [2, 3]], fromUs: 10 * MINUTE, untilUs: 130 * MINUTE }] });
  world.run(129 * MINUTE);
  assert.deepEqual(peersOf(world, 0), [1], "forgotten");
  world.run(136 * MINUTE);
  for (let node = 0; node < 4; node++) assert.equal(peersOf(world, node).length, 3);
});

test("one node alone, nodes out of range and addresses that lead to oneself are handled", () => {
  const alone = simulateRon({ nodes: 1, seed: 8, transport });
  alone.run(60 * MINUTE);
  assert.equal(alone.simulation.counts.sent, 0);
  assert.throws(() => simulateRon({ nodes: 2, seed: 8, transport, bootstrap: (node) => [node] }).run(1), /cannot join by itself/);
  assert.throws(() => simulateRon({ nodes: 2, seed: 8, transport, bootstrap: () => [7] }).run(1), /bootstrap\[0\]/);
  for (const nodes of [0, NaN, 2.5, 513]) assert.throws(() => simulateRon({ nodes, seed: 8, transport }), /parameter nodes/);
  assert.throws(() => simulateRon({ nodes: 3, seed: 8, transport, ronOf: [0, 1] }), /memberships/);
  for (const bad of [undefined, null, {}, 5]) assert.throws(() => simulateRon({ nodes: 3, seed: 8, transport: bad as never }), { name: "ParameterError" });
  for (const bad of [null, [null], [{}], "any", [{ name: "x", forbiddenRelays: 3 }], [{ name: "x", forbiddenLinks: [null] }], [{ name: "x", forbid: [] }]]) {
    assert.throws(() => simulateRon({ nodes: 3, seed: 8, transport, policies: bad as never }), { name: "ParameterError" }, JSON.stringify(bad));
  }
  assert.throws(() => simulateRon(null as never), { name: "ParameterError" });
  assert.throws(() => simulateRon({ nodes: 3, seed: 8, transport, bootstrap: () => null as never }).run(1), { name: "ParameterError" });
});
