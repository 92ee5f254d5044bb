/** Which path a node chooses: tables by hand, hysteresis, stale tables, policies, longer paths. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { RonLinkMonitor, RonMembership, RonPathTable, RonPolicyTable, ronParameters, type RonParameters, type RonPolicy } from "overlay-lab/dist/routing-overlays";

const SECOND = 1_000_000;
const [LATENCY, LOSS, THROUGHPUT] = [0, 1, 2];

/** Node 0 of a RON, with round trips in ms between all nodes; -1 for a dead link. */
function setUp(roundTripsMs: readonly (readonly number[])[], given: Partial<RonParameters> = {}, policies: readonly RonPolicy[] = []) {
  const nodes = roundTripsMs.length;
  const parameters = ronParameters(given);
  const monitor = new RonLinkMonitor(nodes, parameters);
  const membership = new RonMembership(0, nodes, parameters.memberLifetimeUs);
  const table = new RonPathTable(0, nodes, parameters, new RonPolicyTable(nodes, policies), monitor, membership);
  for (let peer = 1; peer < nodes; peer++) {
    membership.learn(peer, 0, 0);
    if (roundTripsMs[0][peer] >= 0) monitor.answered(peer, roundTripsMs[0][peer] * 1000);
  }
  const tell = (node: number, nowUs: number, rowMs: readonly number[] = roundTripsMs[node], losses: readonly number[] = new Array<number>(nodes).fill(0)) =>
    table.update({ kind: "link-state", node, writtenUs: nowUs, entries: nodes - 1, roundTripsUs: Float64Array.from(rowMs, (ms) => (ms < 0 ? -1 : ms * 1000)), losses: Float64Array.from(losses) }, nowUs);
  for (let peer = 1; peer < nodes; peer++) tell(peer, 1);
  table.recompute(1);
  return { table, monitor, tell };
}

test("the book's triangle: 125 ms directly, 70 + 10 ms over the third site", () => {
  const { table } = setUp([[0, 125, 70], [125, 0, 10], [70, 10, 0]]);
  assert.deepEqual(table.pathFor(0, LATENCY, 1, 1), [2]);
  assert.equal(table.costOf(0, LATENCY, [2], 1, 1), 80_000);
  assert.deepEqual(table.pathFor(0, LATENCY, 2, 1), []);
  assert.deepEqual(table.pathFor(0, LOSS, 1, 1), [], "no loss anywhere: no reason to leave the direct way");
});

test("a relay that is less than 5 % better is not worth a move, one that is 5 % better is", () => {
  const path = (directMs: number) => setUp([[0, directMs, 50], [directMs, 0, 50], [50, 50, 0]]).table.pathFor(0, LATENCY, 1, 1);
  assert.deepEqual(path(104.9), []);
  assert.deepEqual(path(105), [2]);
});

test("throughput asks for half as much again", () => {
  const path = (directMs: number) => setUp([[0, directMs, 50], [directMs, 0, 50], [50, 50, 0]]).table.pathFor(0, THROUGHPUT, 1, 1);
  assert.deepEqual(path(149), []);
  assert.deepEqual(path(150), [2]);
});

test("traffic leaves a relay as soon as the direct way is as good, without waiting for a recomputation", () => {
  const { table, monitor } = setUp([[0, 125, 70], [125, 0, 10], [70, 10, 0]], { latencyWeight: 0 });
  assert.deepEqual(table.pathFor(0, LATENCY, 1, 1), [2]);
  monitor.answered(1, 81_000);
  assert.deepEqual(table.pathFor(0, LATENCY, 1, 1), [2], "still 1 ms better: hysteresis holds only against moving");
  monitor.answered(1, 80_000);
  assert.deepEqual(table.pathFor(0, LATENCY, 1, 1), []);
  table.checkInvariants(1, "test");
});

test("an outage of the direct way leaves the best relay, and of the relay's own link the direct way", () => {
  const { table, monitor, tell } = setUp([[0, 20, 50, 60], [20, 0, 50, 10], [50, 50, 0, 9], [60, 10, 9, 0]], { lossWindow: 1000 });
  assert.deepEqual(table.pathFor(0, LATENCY, 1, 1), []);
  for (let i = 0; i < 4; i++) monitor.unanswered(1);
  table.recompute(2);
  for (const metric of [LATENCY, LOSS, THROUGHPUT]) assert.deepEqual(table.pathFor(0, metric, 1, 2), [3], "60 + 10, not 50 + 50");
  tell(3, 3, [60, -1, 9, 0]);
  assert.deepEqual(table.pathFor(0, LATENCY, 1, 3), [2], "the relay's table says that it has lost the way: at once to the other");
  tell(2, 4, [50, -1, 0, 9]);
  assert.deepEqual(table.pathFor(0, LATENCY, 1, 4), [], "no way left: the direct one is as good as any");
  tell(3, 5, [60, 10, 9, 0]);
  assert.deepEqual(table.pathFor(0, LATENCY, 1, 5), [3], "a relay reaches it again: at once");
});

test("a table that is older than its lifetime, or than one that is here, is not used", () => {
  const { table, tell } = setUp([[0, 125, 70], [125, 0, 10], [70, 10, 0]]);
  assert.deepEqual(table.pathFor(0, LATENCY, 1, 56 * SECOND), [2]);
  assert.deepEqual(table.pathFor(0, LATENCY, 1, 57 * SECOND), []);
  assert.equal(tell(2, 0), false);
  assert.equal(tell(2, 58 * SECOND), true);
  table.recompute(58 * SECOND);
  assert.deepEqual(table.pathFor(0, LATENCY, 1, 58 * SECOND), [2]);
});

test("loss: the path with the least composed loss, and of equals the shorter", () => {
  const { table, monitor, tell } = setUp([[0, 10, 30, 20], [10, 0, 30, 20], [30, 30, 0, 9], [20, 20, 9, 0]]);
  monitor.unanswered(1);
  table.recompute(2);
  assert.deepEqual(table.pathFor(0, LOSS, 1, 2), [3], "both relays lose nothing: 40 ms, not 60");
  tell(3, 3, [20, 20, 9, 0], [0, 0.4, 0, 0]);
  table.recompute(3);
  assert.deepEqual(table.pathFor(0, LOSS, 1, 3), [2]);
});

test("each policy has its own table: a link or relay forbidden to one stays open to another", () => {
  const policies: RonPolicy[] = [
    { name: "not over 2", forbiddenRelays: [2] },
    { name: "not 2 to 1", forbiddenLinks: [{ from: 2, to: 1 }] },
    { name: "never direct", forbiddenLinks: [{ from: 0, to: 1 }] },
    { name: "research only", exclusiveClique: [0, 1, 3] },
    { name: "shut out", exclusiveClique: [0, 3] },
  ];
  const { table } = setUp([[0, 125, 70, 80], [125, 0, 10, 20], [70, 10, 0, 5], [80, 20, 5, 0]], {}, policies);
  assert.deepEqual([0, 1, 2, 3, 4, 5].map((policy) => table.pathFor(policy, LATENCY, 1, 1)), [[2], [3], [3], [2], [3], null]);
  assert.equal(table.costOf(1, LATENCY, [2], 1, 1), Infinity);
  table.checkInvariants(1, "test");
});

test("bad policies are refused", () => {
  assert.throws(() => new RonPolicyTable(3, [{ name: "any" }]), /bad name of a policy/);
  assert.throws(() => new RonPolicyTable(3, [{ name: "" }]), /bad name/);
  assert.throws(() => new RonPolicyTable(3, [{ name: "x" }, { name: "x" }]), /policies\[1\]/);
  assert.throws(() => new RonPolicyTable(3, [{ name: "x", forbiddenRelays: [3] }]), /policies\[0\].forbiddenRelays\[0\]/);
  assert.throws(() => new RonPolicyTable(3, [{ name: "x", forbiddenLinks: [{ from: NaN, to: 1 }] }]), /forbiddenLinks\[0\].from/);
  assert.throws(() => new RonPolicyTable(3).numberOf("y"), /unknown policy/);
});

test("with two intermediates allowed a path of three links is found, with none only the direct way", () => {
  const ms = [[0, 100, 10, 90], [100, 0, 90, 10], [10, 90, 0, 10], [90, 10, 10, 0]];
  assert.deepEqual(setUp(ms).table.pathFor(0, LATENCY, 1, 1), []);
  assert.deepEqual(setUp(ms, { maxIntermediates: 2 }).table.pathFor(0, LATENCY, 1, 1), [2, 3]);
  assert.deepEqual(setUp([[0, 125, 70], [125, 0, 10], [70, 10, 0]], { maxIntermediates: 0 }).table.pathFor(0, LATENCY, 1, 1), []);
});
