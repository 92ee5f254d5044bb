/** The routing table of one router, route by route. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { InvariantError } from "overlay-lab/dist/errors";
import { DvmrpRoutes, ROUTE_CHANGE } from "overlay-lab/dist/routing-overlays/experimental-ip/dvmrp-routes";
import { MBONE_DEFAULTS, type MboneInterface } from "overlay-lab/dist/routing-overlays/experimental-ip";

const SECOND = 1_000_000;
const link = (peer: number, metric = 1): MboneInterface => ({ kind: "link", peer, subnet: -1, metric, threshold: 1 });
const [NONE, DEPENDENTS, MOVED] = [ROUTE_CHANGE.none, ROUTE_CHANGE.dependents, ROUTE_CHANGE.metric | ROUTE_CHANGE.upstream];

/** Interface 0 leads to a neighbour with address 20, interface 1 to 10, 2 to 30 with metric 5; interface 3 is subnet 0. Networks 0..2. */
function table(change: Partial<typeof MBONE_DEFAULTS> = {}): DvmrpRoutes {
  return new DvmrpRoutes(3, [link(7), link(8), link(9, 5), { kind: "subnet", peer: -1, subnet: 0, metric: 1, threshold: 1 }], (index) => [20, 10, 30, 0][index], { ...MBONE_DEFAULTS, ...change });
}

test("the smallest sum of reported and own metric wins, and of equal ones the lower address", () => {
  const routes = table();
  assert.equal(routes.processRoute(2, 1, 3, 0), MOVED);
  assert.equal(routes.metrics[1], 8);
  assert.equal(routes.processRoute(0, 1, 3, 0), MOVED);
  assert.equal(routes.processRoute(1, 1, 3, 0), MOVED);
  assert.equal(routes.processRoute(0, 1, 3, 0), NONE);
  assert.equal(routes.reversePath(1), 1);
  assert.equal(routes.processRoute(0, 0, 1, 0), NONE);
  assert.equal(routes.reversePath(0), 3);
  routes.checkInvariants("here");
});

test("a reported metric of 33 to 63 marks a dependent neighbour, a plain one takes the mark away", () => {
  const routes = table();
  assert.equal(routes.processRoute(0, 0, 33, 0), DEPENDENTS);
  assert.equal(routes.dependents[0][0], 1);
  assert.equal(routes.processRoute(0, 0, 34, 0), NONE);
  assert.equal(routes.processRoute(0, 0, 2, 0), DEPENDENTS);
  assert.equal(routes.dependents[0][0], 0);
  // Nobody depends on a router that has no way itself.
  assert.equal(routes.processRoute(0, 2, 33, 0), NONE);
  assert.equal(routes.dependents[0][2], 0);
});

test("a router tells its own way plus infinity, a lost route 32, and nothing of one that it never knew", () => {
  const routes = table();
  routes.processRoute(1, 1, 4, 0);
  assert.deepEqual([0, 1, 2].map((index) => routes.reportedMetric(1, index)), [5, 37, 5]);
  assert.deepEqual([0, 1].map((index) => routes.reportedMetric(2, index)), [0, 0]);
  routes.neighbourLost(1, 0, () => undefined);
  assert.deepEqual([0, 1].map((index) => routes.reportedMetric(1, index)), [32, 32]);
});

test("a lost route is held down for 120 s: only its old way, not worse than before, may bring it back", () => {
  const routes = table();
  routes.processRoute(1, 1, 4, 0);
  assert.equal(routes.processRoute(1, 1, 32, 10 * SECOND), MOVED);
  assert.equal(routes.reversePath(1), -1);
  assert.equal(routes.processRoute(0, 1, 2, 20 * SECOND), NONE);
  assert.equal(routes.processRoute(1, 1, 5, 20 * SECOND), NONE);
  assert.equal(routes.processRoute(1, 1, 4, 30 * SECOND), MOVED);
  routes.processRoute(1, 1, 32, 40 * SECOND);
  assert.equal(routes.processRoute(0, 1, 9, 159 * SECOND), NONE);
  assert.equal(routes.processRoute(0, 1, 9, 160 * SECOND), MOVED);
  const eager = table({ acceptDuringHoldDown: true });
  eager.processRoute(1, 1, 4, 0);
  eager.processRoute(1, 1, 32, 10);
  assert.equal(eager.processRoute(0, 1, 9, 20), MOVED);
});

test("a route not heard of for 140 s is lost, and forgotten after the hold-down", () => {
  const routes = table();
  routes.processRoute(1, 1, 4, 0);
  const told: number[] = [];
  routes.age(139 * SECOND, (network) => told.push(network));
  assert.equal(told.length, 0);
  routes.age(140 * SECOND, (network) => told.push(network));
  assert.deepEqual([told, routes.reportedMetric(1, 0)], [[1], 32]);
  routes.age(260 * SECOND, (network) => told.push(network));
  assert.deepEqual([told, routes.reportedMetric(1, 0)], [[1], 0]);
});

test("metrics end at 31, and a neighbour that depends on us is no way for us", () => {
  const routes = table();
  assert.equal(routes.processRoute(0, 1, 31, 0), NONE);
  assert.equal(routes.processRoute(0, 1, 30, 0), MOVED);
  assert.equal(routes.metrics[1], 31);
  assert.equal(routes.processRoute(0, 1, 63, 0), MOVED);
  assert.equal(routes.reversePath(1), -1);
});

test("the rules of a table are checked", () => {
  const routes = table();
  routes.processRoute(0, 1, 3, 0);
  routes.dependents[0][1] = 1;
  assert.throws(() => routes.checkInvariants("here"), (error) => error instanceof InvariantError && /depend on each other/.test(error.message));
  routes.dependents[0][1] = 0;
  routes.upstream[1] = -1;
  assert.throws(() => routes.checkInvariants("here"), /without a way/);
});
