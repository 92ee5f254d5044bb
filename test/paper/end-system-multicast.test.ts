/** Claims of Peterson and Davie 9.4.1 and of Chu, Rao, Seshan and Zhang (SIGMETRICS 2000), by their row in the table of published figures. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bookGroup, bookHostsUnderlay, packetCost, sendOneEach, type BookDelays } from "overlay-lab/dist/experiments/end-system-multicast";
import { UNREACHABLE, evaluateCost, evaluateUtility, naiveUnicastCost, pathOf, routerMulticastCost, type DeliveryCost } from "overlay-lab/dist/routing-overlays/end-system-multicast";
import { membersVia } from "overlay-lab/dist/routing-overlays/end-system-multicast/route-vector";

const MS = 1000;
const [A, B, C, D] = [0, 1, 2, 3];
const ALL = [A, B, C, D];
const stressOf = (cost: DeliveryCost) => Object.fromEntries(cost.loads.map(({ link, copies }) => [link, copies]));
const delaysOf = (cost: DeliveryCost) => Object.fromEntries(cost.delays.map(({ member, delayUs }) => ["ABCD"[member], delayUs / MS]));

/** The group of the book after its routes have settled, and one packet of A. */
function overlay(joins: string, delays: BookDelays = "peterson-davie"): DeliveryCost {
  const underlay = bookHostsUnderlay(delays);
  const group = bookGroup({ joins, delays, seed: 1 });
  group.simulation.run({ untilUs: 60e6 });
  const [packet] = sendOneEach(group, [A]);
  return packetCost(underlay, packet);
}

test("WE-4: naive unicast from A costs 130 and crosses A–R1 three times, R1–R2 twice", () => {
  const cost = naiveUnicastCost(bookHostsUnderlay(), A, ALL);
  assert.equal(cost.resourceUs, 130 * MS);
  assert.deepEqual(stressOf(cost), { "A–R1": 3, "B–R1": 1, "R1–R2": 2, "C–R2": 1, "D–R2": 1 });
  assert.deepEqual(delaysOf(cost), { B: 10, C: 60, D: 60 });
});

test("WE-4: multicast by the routers costs 70 with one copy on every link", () => {
  const cost = routerMulticastCost(bookHostsUnderlay(), A, ALL);
  assert.equal(cost.resourceUs, 70 * MS);
  assert.deepEqual(stressOf(cost), { "A–R1": 1, "B–R1": 1, "R1–R2": 1, "C–R2": 1, "D–R2": 1 });
});

test("WE-4: the tree A–B, A–C, C–D that the protocol finds costs 80, with stress 2 on A–R1 and R2–C and 1 on R1–R2", () => {
  const cost = overlay("B:A C:A D:C");
  assert.equal(cost.resourceUs, 80 * MS);
  assert.deepEqual(stressOf(cost), { "A–R1": 2, "B–R1": 1, "R1–R2": 1, "C–R2": 2, "D–R2": 1 });
  assert.deepEqual(delaysOf(cost), { B: 10, C: 60, D: 70 });
  assert.equal(cost.delays.find(({ member }) => member === D)?.penalty, 70 / 60);
});

test("WE-5: with A–D in the mesh, as the book draws it, shortest paths reach D directly and not over C", () => {
  const pictured = overlay("B:A C:A D:A+C");
  assert.deepEqual(delaysOf(pictured), { B: 10, C: 60, D: 60 });
  assert.equal(stressOf(pictured)["R1–R2"], 2);
  assert.equal(stressOf(overlay("B:A C:A D:C"))["R1–R2"], 1);
});

test("ES-2: resource usage is 57 for unicast, 30 for the routers, 32 for the overlay, whose delay from A to D is 29 instead of 27", () => {
  const underlay = bookHostsUnderlay("chu-2000");
  assert.equal(naiveUnicastCost(underlay, A, ALL).resourceUs, 57 * MS);
  assert.equal(routerMulticastCost(underlay, A, ALL).resourceUs, 30 * MS);
  const cost = overlay("B:A C:A D:C", "chu-2000");
  assert.equal(cost.resourceUs, 32 * MS);
  const toD = cost.delays.find(({ member }) => member === D);
  assert.deepEqual([toD?.delayUs, toD?.directUs], [29 * MS, 27 * MS]);
});

test("WE-12: on the mesh A–B, A–C, C–D a link A–D has utility (70 - 60) / 70 to A", () => {
  const group = bookGroup({ seed: 1 });
  group.simulation.run({ untilUs: 60e6 });
  const vectorOf = (member: number) => group.simulation.processOf(member)?.routing.vector.costs ?? [];
  const current = vectorOf(A);
  assert.deepEqual([...current], [0, 10 * MS, 60 * MS, 70 * MS]);
  assert.equal(evaluateUtility(A, [1, 1, 1, 1], current, 60 * MS, vectorOf(D)), 10 / 70);
  assert.equal(evaluateUtility(A, [1, 1, 1, 0], current, 60 * MS, vectorOf(D)), 0, "one that is no member does not count");
  assert.equal(evaluateUtility(A, [1, 1, 1, 1], [0, 10 * MS, 60 * MS, UNREACHABLE], 60 * MS, vectorOf(D)), 1, "a way where there was none");
});

test("WE-13: on that mesh the costs are A–C 2, A–B 3 and C–D 3, the same from both ends", () => {
  const group = bookGroup({ seed: 1 });
  group.simulation.run({ untilUs: 60e6 });
  const vectorOf = (member: number) => group.simulation.processOf(member)?.routing.vector ?? assert.fail();
  const cost = (i: number, j: number) => evaluateCost(membersVia(vectorOf(i), j), membersVia(vectorOf(j), i));
  assert.deepEqual([cost(A, C), cost(A, B), cost(C, D)], [2, 3, 3]);
  assert.deepEqual([cost(C, A), cost(B, A), cost(D, C)], [2, 3, 3]);
  assert.deepEqual(pathOf(vectorOf(A), D), [C, D]);
  assert.deepEqual(pathOf(vectorOf(B), D), [A, C, D]);
});

test("the protocol itself finds A–C, C–D when D has joined at B: it adds the link of high utility and drops the one that is used least", () => {
  const group = bookGroup({ seed: 3, joins: "B:A C:A D:B", parameters: { improve: true, minNeighbours: 1, fanOut: 3, addShare: 0.1, dropShare: 0.49, joinLinks: 1 } });
  group.simulation.run({ untilUs: 600e6 });
  const neighbours = ALL.map((member) => group.simulation.processOf(member)?.links.all.map(({ peer }) => peer));
  assert.ok(neighbours[C]?.includes(D), JSON.stringify(neighbours));
});
