/** Claims of Peterson and Davie 9.4.1 and of Chu, Rao, Seshan and Zhang (SIGMETRICS 2000), by their row in the table of published figures. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseGraphml } from "overlay-lab/dist/codecs";
import { bookGroup, bookHostsUnderlay, compareSchemes, groupOnWaxman, packetCost, sendOneEach, simulateGroup, type BookDelays } from "overlay-lab/dist/experiments/end-system-multicast";
import { Underlay, equalHosts, graphOfDocument } from "overlay-lab/dist/network";
import { UNREACHABLE_US, evaluateCost, evaluateUtility, naiveUnicastCost, meshPath, routerMulticastCost, type DeliveryCost } from "overlay-lab/dist/routing-overlays/end-system-multicast";
import { membersVia } from "overlay-lab/dist/routing-overlays/end-system-multicast/route-vector";
import { RandomStream } from "overlay-lab/dist/simulation";
import { needs, sharedText } from "../network/support";

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
  assert.equal(evaluateUtility(A, [1, 1, 1, 1], [0, 10 * MS, 60 * MS, UNREACHABLE_US], 60 * MS, vectorOf(D)), 1, "a way where there was none");
  for (const bad of [NaN, -1, Infinity]) assert.throws(() => evaluateUtility(A, [1, 1, 1, 1], current, bad, vectorOf(D)), /linkUs/);
  for (const bad of [[1, 1], null]) assert.throws(() => evaluateUtility(A, bad as never, current, 1, vectorOf(D)), /lengths/);
  for (const bad of [NaN, -1, null]) assert.throws(() => evaluateCost(bad as never, 1), /viaPeer/);
});

test("WE-13: on that mesh the costs are A–C 2, A–B 3 and C–D 3, the same from both ends", () => {
  const group = bookGroup({ seed: 1 });
  group.simulation.run({ untilUs: 60e6 });
  const vectorOf = (member: number) => group.simulation.processOf(member)?.routing.vector ?? assert.fail();
  const cost = (i: number, j: number) => evaluateCost(membersVia(vectorOf(i), j), membersVia(vectorOf(j), i));
  assert.deepEqual([cost(A, C), cost(A, B), cost(C, D)], [2, 3, 3]);
  assert.deepEqual([cost(C, A), cost(B, A), cost(D, C)], [2, 3, 3]);
  assert.deepEqual(meshPath(vectorOf(A), D), [C, D]);
  assert.deepEqual(meshPath(vectorOf(B), D), [A, C, D]);
});

test("the protocol itself finds A–C, C–D when D has joined at B: it adds the link of high utility and drops the one that is used least", () => {
  const group = bookGroup({ seed: 3, joins: "B:A C:A D:B", parameters: { improve: true, minNeighbours: 1, fanOut: 3, addShare: 0.1, dropShare: 0.49, joinLinks: 1 } });
  group.simulation.run({ untilUs: 600e6 });
  const neighbours = ALL.map((member) => group.simulation.processOf(member)?.links.all.map(({ peer }) => peer));
  assert.ok(neighbours[C]?.includes(D), JSON.stringify(neighbours));
});

/** Groups of 128 on Waxman graphs of 1,024 routers and about 3,145 links, ten minutes after the first join. */
const NARADA_128 = [1, 2, 3].map((replication) => {
  const random = (name: string, node = 0) => new RandomStream({ seed: 2000, replication, name, node });
  const { world, group } = groupOnWaxman({ members: 128, routers: 1024, sites: 1, maxNeighbours: 12 }, { seed: 2000, replication, random });
  group.simulation.run({ untilUs: 600e6 });
  const sources = random("sources").sample(128, 32);
  return { world, group, costs: compareSchemes(world, group, sources) };
});
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test("ES-4: the graphs have the paper's size", () => {
  for (const { world } of NARADA_128) {
    assert.equal(world.underlay.graph.nodeCount, 1024);
    assert.ok(Math.abs(world.underlay.graph.physicalCount - 3145) < 0.06 * 3145, String(world.underlay.graph.physicalCount));
  }
});

test("ES-3: of 128 members naive unicast puts 127 copies on the source's access link, the routers 1 on any link, Narada 6 to 14", () => {
  for (const { costs } of NARADA_128) {
    assert.deepEqual(new Set(costs.unicast.map(({ worstStress }) => worstStress)), new Set([127]));
    assert.deepEqual(new Set(costs.routers.map(({ worstStress }) => worstStress)), new Set([1]));
    assert.ok(costs.narada.every(({ delays }) => delays.length === 127), "every member got every packet");
    const stress = costs.narada.map(({ worstStress }) => worstStress);
    assert.ok(Math.min(...stress) >= 5 && Math.max(...stress) <= 14, String(stress));
    assert.ok(mean(stress) >= 6 && mean(stress) <= 14, String(mean(stress)));
  }
});

test("ES-5: about 90 % of the pairs have a relative delay penalty below 4 (85 to 95 %), and the large penalties belong to pairs near each other", () => {
  const delays = NARADA_128.flatMap(({ costs }) => costs.narada.flatMap((cost) => cost.delays));
  const below = delays.filter(({ penalty }) => penalty < 4).length / delays.length;
  assert.ok(below > 0.85 && below < 0.95, String(below));
  const directOf = (far: boolean) => mean(delays.filter(({ penalty }) => penalty >= 4 === far).map(({ directUs }) => directUs));
  assert.ok(directOf(true) < directOf(false) / 2, `${directOf(true)} and ${directOf(false)} µs`);
});

test("ES-6: Narada uses the network less than naive unicast and more than the routers", () => {
  const usage = (scheme: "narada" | "unicast") => mean(NARADA_128.flatMap(({ costs }) => costs[scheme].map(({ resourceUs }, index) => resourceUs / costs.routers[index].resourceUs)));
  assert.ok(usage("narada") > 1 && usage("narada") < usage("unicast"), `${usage("narada")} and ${usage("unicast")}`);
});

for (const file of ["Geant2012.graphml", "Uunet.graphml", "Deltacom.graphml"]) {
  const path = `topology/zoo-dev/${file}`;
  test(`on the real network of ${file} Narada's worst stress is far below that of unicast, and most pairs keep their delay below 4 times the direct one`, needs(path), () => {
    const document = parseGraphml(sharedText(path), { file });
    const { graph } = graphOfDocument(document, { delay: { kind: "positions", missing: "drop-nodes" }, weight: "delay", disconnected: "largest-part" });
    const place = new RandomStream({ seed: 7, name: "members" });
    const count = 48;
    const underlay = new Underlay({ graph, hosts: { ...equalHosts(count, 1e9, 1e9), placeOf: Int32Array.from({ length: count }, () => place.integer(graph.nodeCount)) }, accessUs: 500 });
    const group = simulateGroup({ hosts: count, latency: underlay, seed: 7 });
    group.simulation.run({ untilUs: 600e6 });
    const members = group.members();
    const costs = sendOneEach(group, members).map((packet) => packetCost(underlay, packet));
    const unicast = members.map((source) => naiveUnicastCost(underlay, source, members).worstStress);
    assert.equal(Math.min(...unicast), count - 1);
    assert.ok(mean(costs.map(({ worstStress }) => worstStress)) < (count - 1) / 4);
    const penalties = costs.flatMap((cost) => cost.delays.map(({ penalty }) => penalty));
    assert.equal(penalties.length, count * (count - 1));
    assert.ok(penalties.filter((penalty) => penalty < 4).length / penalties.length > 0.9);
  });
}
