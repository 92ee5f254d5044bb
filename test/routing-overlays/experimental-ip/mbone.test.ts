/** The MBone step by step: flood, prune, graft, membership, failures of tunnels and routers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { figureThreeWorld, simulateMbone, type MboneSimulation } from "overlay-lab/dist/experiments/experimental-ip";
import type { MboneFrame, MboneWorldSpec } from "overlay-lab/dist/routing-overlays/experimental-ip";
import type { Fault } from "overlay-lab/dist/simulation";

const SECOND = 1_000_000;
const GROUP = "224.2.0.1";

/** Three multicast routers around one legacy router, with tunnels A-B, B-C and, dearer, A-C. */
function star(extra: Partial<MboneWorldSpec> = {}): MboneWorldSpec {
  return {
    routers: ["L", "A", "B", "C"].map((name, index) => ({ name, isMulticast: index > 0 })), links: [1, 2, 3].map((b) => ({ a: 0, b, delayUs: 5000 })),
    subnets: [1, 2, 3].map((router) => ({ router, hosts: [`h${"LABC"[router]}`, `g${"LABC"[router]}`] })), tunnels: [{ a: 1, b: 2 }, { a: 2, b: 3 }, { a: 1, b: 3, metric: 3 }], ...extra,
  };
}

function run(spec: MboneWorldSpec, script: (world: MboneSimulation) => void, untilS: number, faults: readonly Fault[] = [], traceRecords = 0): MboneSimulation {
  const world = simulateMbone(spec, { seed: 4, faults, traceRecords });
  script(world);
  for (let at = 10; at <= untilS; at += 10) {
    world.simulation.run({ untilUs: at * SECOND, maxEvents: 1_000_000 });
    world.checkInvariants();
  }
  return world;
}

const sendEvery = (world: MboneSimulation, from: number, to: number, step: number, host = "hA") => {
  for (let at = from; at < to; at += step) world.sendAt(at * SECOND, host, GROUP);
};
/** Seconds at which a host got packets sent in a window. */
const gotBy = (world: MboneSimulation, host: string) => world.packets.filter(({ arrivedUs }) => arrivedUs.has(world.plan.nodeNamed(host))).map(({ sentUs }) => sentUs / SECOND);
const sent = (world: MboneSimulation, kind: string) => world.trace.records().filter((record) => record.kind === "send" && record.label === kind);

test("a group without members: the first packet is flooded, then pruned, and for two hours no link carries the next ones", () => {
  const world = run(star(), (w) => [200, 210, 220, 7000, 7450].forEach((at) => w.sendAt(at * SECOND, "hA", GROUP)), 7500);
  const between = world.packets.map(({ copies }) => [...copies.keys()].filter((key) => key >= 0).length);
  assert.ok(between[0] > 0);
  assert.deepEqual(between.slice(1, 4), [0, 0, 0]);
  // 7200 s after the prunes the flood comes back once.
  assert.ok(between[4] > 0);
  assert.equal(world.deliveries.length, 0);
});

test("the tunnel's packets are unicast to legacy routers and 20 bytes longer", () => {
  const world = run(star(), (w) => {
    w.joinAt(SECOND, "hB", GROUP);
    w.sendAt(200 * SECOND, "hA", GROUP, 100);
  }, 210, [], 100_000);
  const data = sent(world, "data").filter((record) => record.node < 4).map((record) => ({ from: record.node, frame: (record as { message: MboneFrame }).message })).filter(({ frame }) => frame.unicast !== null);
  assert.deepEqual(data.filter(({ frame }) => frame.unicast?.to === 2).map(({ from, frame }) => [from, frame.bytes, frame.unicast?.timeToLive, frame.timeToLive]), [[1, 148, 64, 126], [0, 148, 63, 126]]);
});

test("a member that joins a pruned branch is grafted within a round trip, and the graft is acknowledged", () => {
  const world = run(star(), (w) => {
    sendEvery(w, 200, 240, 1);
    w.joinAt(220.5 * SECOND, "hC", GROUP);
  }, 250, [], 200_000);
  assert.deepEqual(gotBy(world, "hC"), Array.from({ length: 19 }, (_, index) => 221 + index));
  assert.ok(sent(world, "graft").length >= 1);
  assert.ok(sent(world, "graft-ack").length >= 1);
});

test("a graft that is lost is sent again after 5 s, then 10 s, until it is acknowledged", () => {
  const faults: Fault[] = [{ kind: "loss", probability: 1, from: [2], to: [0], fromUs: 220 * SECOND, untilUs: 232 * SECOND }];
  const world = run(star(), (w) => {
    sendEvery(w, 200, 260, 1);
    w.joinAt(220.5 * SECOND, "hB", GROUP);
  }, 270, faults, 400_000);
  const tried = world.trace.records().filter((record) => (record.kind === "send" || record.kind === "lose") && record.node === 2 && record.label === "graft");
  assert.deepEqual(tried.map(({ kind, timeUs }) => `${kind} ${((timeUs / SECOND - 220.5)).toFixed(1)}`), ["lose 0.0", "lose 5.0", "send 15.0"]);
  assert.deepEqual(gotBy(world, "hB"), Array.from({ length: 24 }, (_, index) => 236 + index));
});

test("when the last member leaves, the branch stops within the last-member time and a round trip", () => {
  const world = run(star(), (w) => {
    w.joinAt(SECOND, "hB", GROUP);
    sendEvery(w, 200, 230, 1);
    w.leaveAt(210.5 * SECOND, "hB", GROUP);
  }, 240);
  const crossing = world.packets.filter(({ copies }) => copies.has(2)).map(({ sentUs }) => sentUs / SECOND);
  // Two queries a second apart, no answer: gone at 212.5.
  assert.equal(crossing[crossing.length - 1], 212);
});

test("of two members on one subnet one report per query is enough, and the group stays when only one of them leaves", () => {
  const world = run(star(), (w) => {
    for (const host of ["hB", "gB"]) w.joinAt(SECOND, host, GROUP);
    sendEvery(w, 500, 540, 1);
    w.leaveAt(510.5 * SECOND, "hB", GROUP);
  }, 550, [], 400_000);
  const queries = sent(world, "query").filter(({ node, timeUs }) => node === 2 && timeUs > 20 * SECOND && timeUs < 500 * SECOND).length / 2;
  // Every frame on the subnet goes to the router and the other host.
  const reports = sent(world, "report").filter(({ timeUs }) => timeUs > 20 * SECOND && timeUs < 500 * SECOND).length / 2;
  assert.equal(reports, queries);
  assert.equal(gotBy(world, "gB").length, 40);
  assert.equal(gotBy(world, "hB").length, 11);
});

test("a member that dies in silence is forgotten 260 s after its last report", () => {
  const world = run(star(), (w) => {
    w.joinAt(SECOND, "hB", GROUP);
    sendEvery(w, 200, 600, 5);
  }, 610, [{ kind: "crash", node: 6, atUs: 300 * SECOND }]);
  assert.equal(world.plan.names[6], "hB");
  const crossing = world.packets.filter(({ copies }) => copies.has(2)).map(({ sentUs }) => sentUs / SECOND);
  const last = crossing[crossing.length - 1];
  assert.ok(last > 300 + 100 && last < 300 + 260, String(last));
});

test("a router that crashes is noticed by silence of 35 s; its routes are held down for 120 s and then found another way", () => {
  const world = run(star(), (w) => {
    w.joinAt(SECOND, "hC", GROUP);
    sendEvery(w, 200, 700, 5);
  }, 710, [{ kind: "crash", node: 2, atUs: 300 * SECOND }]);
  const lost = world.neighbourChanges.filter(({ peer, isUp }) => peer === 2 && !isUp).map(({ timeUs }) => timeUs / SECOND - 300);
  assert.equal(lost.length, 2);
  for (const silence of lost) assert.ok(silence >= 25 && silence <= 46, String(silence));
  const got = gotBy(world, "hC");
  const gap = got.slice(1).map((at, index) => at - got[index]);
  const longest = Math.max(...gap);
  // 25 to 45 s to notice, 120 s of hold-down, and at most a report interval until the other neighbour speaks.
  assert.ok(longest >= 145 && longest <= 46 + 120 + 65, String(longest));
  assert.equal(got[got.length - 1], 695);
});

test("mrouted's way, to take another route at once, recovers without the hold-down", () => {
  const world = simulateMbone(star(), { seed: 4, faults: [{ kind: "crash", node: 2, atUs: 300 * SECOND }], options: { acceptDuringHoldDown: true } });
  world.joinAt(SECOND, "hC", GROUP);
  sendEvery(world, 200, 500, 5);
  world.simulation.run({ untilUs: 510 * SECOND });
  world.checkInvariants();
  const got = gotBy(world, "hC");
  assert.ok(Math.max(...got.slice(1).map((at, index) => at - got[index])) <= 46 + 65);
});

test("a router that comes back is known by its generation, gets all routes at once and carries packets again", () => {
  const world = run(star({ tunnels: [{ a: 1, b: 2 }, { a: 2, b: 3 }] }), (w) => {
    w.joinAt(SECOND, "hC", GROUP);
    sendEvery(w, 200, 500, 5);
  }, 510, [{ kind: "crash", node: 2, atUs: 300 * SECOND, restartUs: 305 * SECOND }]);
  const got = gotBy(world, "hC");
  // Back before anybody noticed the silence: the routes through it were never lost, and nobody was held down.
  assert.ok(got.filter((at) => at > 300)[0] <= 325, got.join(" "));
  assert.equal(got[got.length - 1], 495);
});

test("an outage on the tunnel's path is bridged when unicast routing finds a way around, without DVMRP noticing", () => {
  const spec: MboneWorldSpec = {
    routers: ["A", "L1", "L2", "B"].map((name, index) => ({ name, isMulticast: index % 3 === 0 })), links: [{ a: 0, b: 1, delayUs: 1000 }, { a: 1, b: 3, delayUs: 1000 }, { a: 0, b: 2, delayUs: 5000 }, { a: 2, b: 3, delayUs: 5000 }],
    subnets: [{ router: 0, hosts: ["hA"] }, { router: 3, hosts: ["hB"] }], tunnels: [{ a: 0, b: 3 }],
  };
  const world = run(spec, (w) => {
    w.joinAt(SECOND, "hB", GROUP);
    sendEvery(w, 200, 300, 1);
    w.unicastNoticesAt(230 * SECOND, 1, 3, false);
  }, 310, [{ kind: "outage", a: 1, b: 3, intervals: [[220 * SECOND, 10_000 * SECOND]] }]);
  const missing = Array.from({ length: 100 }, (_, index) => 200 + index).filter((at) => !gotBy(world, "hB").includes(at));
  assert.deepEqual(missing, Array.from({ length: 10 }, (_, index) => 220 + index));
  assert.equal(world.neighbourChanges.filter(({ isUp }) => !isUp).length, 0);
});

test("parts without any path stay apart: the tunnel never comes up, and nothing hangs", () => {
  const world = run({ routers: ["A", "B"].map((name) => ({ name, isMulticast: true })), links: [], subnets: [{ router: 0, hosts: ["hA"] }, { router: 1, hosts: ["hB"] }], tunnels: [{ a: 0, b: 1 }] }, (w) => {
    w.joinAt(SECOND, "hB", GROUP);
    w.sendAt(200 * SECOND, "hA", GROUP);
  }, 210);
  assert.equal(world.deliveries.length, 0);
  assert.equal(world.neighbourChanges.length, 0);
  assert.ok((world.drops.get("unreachable") ?? 0) > 0);
});

test("a route of 32 or more is none: a chain of 31 routers is reached, the next one is not", () => {
  const routers = 33;
  const world = run({
    routers: Array.from({ length: routers }, (_, index) => ({ name: `r${index}`, isMulticast: true })), links: Array.from({ length: routers - 1 }, (_, a) => ({ a, b: a + 1, delayUs: 1000 })),
    subnets: Array.from({ length: routers }, (_, router) => ({ router, hosts: [`h${router}`] })),
  }, (w) => {
    for (let router = 1; router < routers; router++) w.joinAt(SECOND, `h${router}`, GROUP);
    w.sendAt(600 * SECOND, "h0", GROUP, 10, 255);
  }, 610);
  // The subnet itself counts 1, each link 1 more: metric 31 at the router 30 links away.
  assert.deepEqual([...world.packets[0].arrivedUs.keys()].map((host) => Number(world.plan.names[host].slice(1))).sort((a, b) => a - b), Array.from({ length: 30 }, (_, index) => index + 1));
});

test("hosts of one subnet hear each other without any router, and a legacy router forwards no group", () => {
  const world = run({ routers: [{ name: "L", isMulticast: false }], links: [], subnets: [{ router: 0, hosts: ["x", "y"] }, { router: 0, hosts: ["z"] }] }, (w) => {
    for (const host of ["y", "z"]) w.joinAt(SECOND, host, GROUP);
    w.sendAt(10 * SECOND, "x", GROUP, 10, 1);
  }, 20);
  assert.deepEqual([...world.packets[0].arrivedUs.keys()].map((host) => world.plan.names[host]), ["y"]);
});

test("figure 3 of the book: hosts B, C and D get a packet of A after 10, 60 and 60 ms", () => {
  const world = run(figureThreeWorld(), (w) => {
    for (const host of ["B", "C", "D"]) w.joinAt(SECOND, host, GROUP);
    w.sendAt(100 * SECOND, "A", GROUP);
  }, 110);
  assert.deepEqual([...world.packets[0].arrivedUs].map(([host, us]) => [world.plan.names[host], us]), [["B", 10_000], ["C", 60_000], ["D", 60_000]]);
});
