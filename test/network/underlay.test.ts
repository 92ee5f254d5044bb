import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { FlowScheduler } from "overlay-lab/dist/network/flows/flow-scheduler";
import { waxman } from "overlay-lab/dist/network/generators/random-graphs";
import { equalHosts } from "overlay-lab/dist/network/hosts";
import { RouterGraph } from "overlay-lab/dist/network/router-graph";
import { linkStress, pathStretch, routerMulticastStress, treeStretch } from "overlay-lab/dist/network/stress-stretch";
import { Underlay } from "overlay-lab/dist/network/underlay";
import { stream } from "./support";

/** The figure of the end-system multicast paper's introduction: A and B on R1, C and D on R2, R1-R2 is long. */
function example(accessUs = 1000): Underlay {
  const graph = new RouterGraph(2, [{ from: 0, to: 1, delayUs: 25_000, capacityBps: 1e7 }], ["R1", "R2"]);
  return new Underlay({ graph, hosts: { ...equalHosts(4, 1e6, 2e6), placeOf: Int32Array.from([0, 0, 1, 1]) }, accessUs });
}

test("latency is access, route, access; hosts on one router meet there", () => {
  const underlay = example();
  assert.deepEqual([underlay.latencyUs(0, 1), underlay.latencyUs(0, 2), underlay.latencyUs(2, 2)], [2000, 27_000, 0]);
  assert.deepEqual(underlay.path(0, 2).map((link) => underlay.linkName(link)), ["host 0 > R1", "R1 > R2", "R2 > host 2"]);
  assert.deepEqual(underlay.path(1, 1), []);
});

test("naive unicast puts three copies on the sender's access link and two on the long link; an overlay tree one; routers one", () => {
  const underlay = example();
  const named = (rows: readonly { link: number; copies: number }[]) => Object.fromEntries(rows.map(({ link, copies }) => [underlay.linkName(link), copies]));
  assert.deepEqual(named(linkStress(underlay, [[0, 1], [0, 2], [0, 3]])), { "R1 > R2": 2, "host 0 > R1": 3, "R1 > host 1": 1, "R2 > host 2": 1, "R2 > host 3": 1 });
  assert.deepEqual(named(linkStress(underlay, [[0, 1], [0, 2], [2, 3]])), { "R1 > R2": 1, "host 0 > R1": 2, "host 2 > R2": 1, "R1 > host 1": 1, "R2 > host 2": 1, "R2 > host 3": 1 });
  assert.deepEqual(named(routerMulticastStress(underlay, 0, [1, 2, 3])), { "R1 > R2": 1, "host 0 > R1": 1, "R1 > host 1": 1, "R2 > host 2": 1, "R2 > host 3": 1 });
});

test("stretch of a tree and of a way over overlay nodes, by hand", () => {
  const underlay = example();
  const rows = treeStretch(underlay, 0, new Map([[3, 2], [2, 0], [1, 0]]));
  assert.deepEqual(rows.map(({ host, overlayUs, directUs, stretch }) => [host, overlayUs, directUs, stretch]), [[3, 29_000, 27_000, 29 / 27], [2, 27_000, 27_000, 1], [1, 2000, 2000, 1]]);
  assert.equal(pathStretch(underlay, [0, 2, 1]).stretch, 27);
  assert.throws(() => treeStretch(underlay, 0, new Map([[1, 2], [2, 1]])), /not a tree/);
  assert.throws(() => treeStretch(underlay, 0, new Map([[1, 3]])), /not a tree/);
  assert.throws(() => pathStretch(example(0), [0, 2, 1]), /no stretch without a direct delay/);
});

test("ES-3: on a Waxman graph naive unicast to 127 members loads the source's access link with exactly 127 copies, routers none with more than 1", () => {
  const { graph } = waxman({ nodes: 256, alpha: 0.2, beta: 0.15, diagonalUs: 50_000, repair: "join-parts", random: stream("waxman") });
  const underlay = new Underlay({ graph, hosts: { ...equalHosts(128, 1e6, 1e6), placeOf: Int32Array.from({ length: 128 }, (_, host) => 2 * host) } });
  const members = Array.from({ length: 127 }, (_, i) => i + 1);
  const naive = linkStress(underlay, members.map((member) => [0, member] as const));
  assert.equal(naive.find(({ link }) => link === underlay.uplink(0))?.copies, 127);
  assert.equal(naive.reduce((most, { copies }) => Math.max(most, copies), 0), 127);
  const routers = routerMulticastStress(underlay, 0, members);
  assert.ok(routers.every(({ copies }) => copies === 1));
  // Both count every link of the union of routes, the naive one more than once.
  assert.deepEqual(routers.map(({ link }) => link), naive.map(({ link }) => link));
});

test("link stress adds up to the hops of all ways", () => {
  const { graph } = waxman({ nodes: 60, alpha: 0.4, beta: 0.3, diagonalUs: 50_000, repair: "join-parts", random: stream("waxman") });
  const underlay = new Underlay({ graph, hosts: { ...equalHosts(60, 1e6, 1e6), placeOf: Int32Array.from({ length: 60 }, (_, host) => host) } });
  const random = stream("hops");
  const hops = Array.from({ length: 500 }, () => [random.integer(60), random.integer(60)] as const);
  const copies = linkStress(underlay, hops).reduce((sum, row) => sum + row.copies, 0);
  assert.equal(copies, hops.reduce((sum, [from, to]) => sum + underlay.path(from, to).length, 0));
});

test("flows over the underlay share the links that can be a bottleneck", () => {
  const underlay = example();
  const flows = new FlowScheduler(underlay.flowCapacitiesBps());
  const across = flows.start({ path: underlay.flowPath(0, 2), bytes: 1e6 });
  assert.equal(flows.rateBps(across), 1e6);
  const unlimited = new Underlay({ graph: new RouterGraph(2, [{ from: 0, to: 1, delayUs: 1 }]), hosts: { ...equalHosts(2, 1e6, 1e6), placeOf: Int32Array.from([0, 1]) } });
  assert.deepEqual(unlimited.flowPath(0, 1), [unlimited.uplink(0), unlimited.downlink(1)]);
});

test("without a route, latency and path say which routers cannot reach each other", () => {
  const graph = new RouterGraph(2, [{ from: 0, to: 1, delayUs: 1, directed: true }], ["X", "Y"]);
  const underlay = new Underlay({ graph, hosts: { ...equalHosts(2, 1, 1), placeOf: Int32Array.from([0, 1]) } });
  assert.equal(underlay.latencyUs(0, 1), 1);
  assert.deepEqual([underlay.isReachable(0, 1), underlay.isReachable(1, 0)], [true, false]);
  assert.throws(() => underlay.latencyUs(1, 0), /no route between routers; got "Y to X"/);
  assert.throws(() => new Underlay({ graph, hosts: { ...equalHosts(1, 1, 1), placeOf: Int32Array.from([2]) } }), ParameterError);
});
