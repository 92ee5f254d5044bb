/** Two hundred random worlds with random faults: nothing is delivered twice, no loop outlives an update period, and the mesh is one again within the stated time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { GroupGuard, forwardingLoops, meshParts, simulateGroup, type MulticastGroup } from "overlay-lab/dist/experiments/end-system-multicast";
import type { LatencyModel } from "overlay-lab/dist/network";
import { repairBoundSeconds } from "overlay-lab/dist/routing-overlays/end-system-multicast";
import { RandomStream, type Fault } from "overlay-lab/dist/simulation";

const WORLDS = 200;
/** Set to one number to replay that world alone. */
const ONLY = process.env.OVERLAY_LAB_WORLD;
const S = 1_000_000;

interface World {
  readonly group: MulticastGroup;
  readonly lastFaultUs: number;
  readonly leaves: ReadonlyMap<number, number>;
  readonly faults: readonly Fault[];
}

function latencies(hosts: number, random: RandomStream): LatencyModel {
  const us = new Float64Array(hosts * hosts);
  for (let a = 0; a < hosts; a++) for (let b = 0; b < a; b++) us[a * hosts + b] = us[b * hosts + a] = 500 + random.integer(100_000);
  return { hosts, latencyUs: (from, to) => us[from * hosts + to] };
}

function faultsOf(hosts: number, random: RandomStream): { faults: Fault[]; lastFaultUs: number } {
  const faults: Fault[] = [];
  let lastFaultUs = 90 * S;
  const span = () => {
    const fromUs = (40 + random.integer(60)) * S;
    const untilUs = fromUs + (1 + random.integer(90)) * S;
    lastFaultUs = Math.max(lastFaultUs, untilUs);
    return { fromUs, untilUs };
  };
  const some = () => random.sample(hosts, 1 + random.integer(hosts - 1));
  const kinds: (() => Fault)[] = [
    () => ({ kind: "loss", probability: random.uniform() * 0.4, ...span() }),
    () => ({ kind: "delay", minUs: 0, maxUs: random.integer(400_000), ...span() }),
    () => ({ kind: "duplicate", probability: random.uniform(), spreadUs: random.integer(200_000), ...span() }),
    () => ({ kind: "partition", groups: [some()], ...span() }),
    () => {
      const { fromUs, untilUs } = span();
      return { kind: "crash", node: random.integer(hosts), atUs: fromUs, restartUs: untilUs };
    },
    () => {
      const { fromUs } = span();
      return { kind: "crash", node: 1 + random.integer(hosts - 1), atUs: fromUs };
    },
    () => ({ kind: "pause", node: random.integer(hosts), ...span() }),
    () => {
      const [a, b] = random.sample(hosts, 2);
      const { fromUs, untilUs } = span();
      return { kind: "outage", a, b, oneWay: random.chance(1, 2), intervals: [[fromUs, untilUs]] };
    },
    () => ({ kind: "churn", nodes: some(), sessionUs: { kind: "exponential", mean: 40 * S }, downtimeUs: { kind: "exponential", mean: 15 * S }, ...span() }),
  ];
  const count = 1 + random.integer(4);
  for (let i = 0; i < count; i++) faults.push(random.pick(kinds)());
  return { faults, lastFaultUs };
}

function worldOf(index: number): World {
  const random = new RandomStream({ seed: 9, replication: index, name: "world" });
  const hosts = 3 + random.integer(7);
  const { faults, lastFaultUs } = faultsOf(hosts, random);
  const refreshSeconds = 2 + random.integer(9);
  const routingSeconds = 3 + random.integer(8);
  const minNeighbours = random.integer(3);
  const fanOut = Math.max(1, minNeighbours) + random.integer(3);
  const group = simulateGroup({
    hosts, latency: latencies(hosts, random), seed: 9, replication: index, faults, joinWindowSeconds: 10, messages: index % 10 === 0 ? "copied" : "frozen",
    parameters: {
      refreshSeconds, minNeighbours, fanOut, maxNeighbours: fanOut + 2 + random.integer(3), staleSeconds: 2 * refreshSeconds, deadSeconds: 2 * refreshSeconds + random.integer(10), joinLinks: 1 + random.integer(3),
      keepAliveSeconds: 2 + random.integer(4), neighbourTimeoutSeconds: 15 + random.integer(15), routingSeconds, lingerSeconds: random.integer(20), answerSeconds: 1, repairSeconds: 2,
      triggeredUpdates: random.pick(["own-links", "all-changes"] as const), addShare: random.uniform() * 0.2, dropShare: random.uniform() * 0.3, probationSeconds: routingSeconds + random.integer(20),
    },
  });
  const leaves = new Map<number, number>();
  if (random.chance(1, 3)) leaves.set(1 + random.integer(hosts - 1), (40 + random.integer(40)) * S);
  for (const [member, atUs] of leaves) group.leaveAt(atUs, member);
  for (let second = 20; second < lastFaultUs / S; second++) group.publishAt(second * S, second % hosts, 100);
  return { group, lastFaultUs, leaves, faults };
}

function runWorld(index: number): number {
  const { group, lastFaultUs, faults } = worldOf(index);
  // A loop over a link that is down carries nothing; elsewhere the rule holds from the first second on.
  const lossUntilUs = faults.some(({ kind }) => kind === "loss" || kind === "partition" || kind === "outage") ? lastFaultUs : 0;
  const guard = new GroupGuard(group, { lastFaultUs, lossUntilUs });
  guard.runUntil(lastFaultUs + (repairBoundSeconds(group.parameters) + 5) * S);
  assert.equal(meshParts(group).length, 1, "one mesh");
  // Routes follow the mesh within some more updates; then every member hears every other.
  guard.runUntil(group.simulation.nowUs + (4 * group.parameters.routingSeconds + 3 * group.parameters.refreshSeconds + 20) * S);
  const members = group.members();
  const before = group.packets.records.length;
  const ROUNDS = 3;
  for (let round = 0; round < ROUNDS; round++) {
    for (const member of members) group.publishAt(group.simulation.nowUs, member, 100);
    guard.runUntil(group.simulation.nowUs + 7 * S);
  }
  // A packet is lost when it meets a neighbour that has just changed its parent; two in a row may not be.
  const heard = new Map<string, number>();
  for (const { source, delaysUs } of group.packets.records.slice(before)) {
    for (const member of members) if (delaysUs[member] >= 0) heard.set(`${source} > ${member}`, (heard.get(`${source} > ${member}`) ?? 0) + 1);
  }
  const missing = members.flatMap((source) => members.filter((member) => member !== source).map((member) => `${source} > ${member}`)).filter((pair) => (heard.get(pair) ?? 0) < ROUNDS - 1);
  assert.deepEqual(missing, [], "pairs that lost more than one packet of three");
  return guard.longestLoopSeconds;
}

test(`${WORLDS} random worlds keep the rules`, () => {
  const indices = ONLY === undefined ? Array.from({ length: WORLDS }, (_, index) => index) : [Number(ONLY)];
  for (const index of indices) {
    try {
      runWorld(index);
    } catch (error) {
      const { faults, group } = worldOf(index);
      throw new Error(`world ${index} (replay: OVERLAY_LAB_WORLD=${index} node --test build/test/scenarios/end-system-multicast.test.js): ${(error as Error).message}\n${JSON.stringify(faults)}\n${JSON.stringify(group.parameters)}`, { cause: error });
    }
  }
});

test("the worlds are what they are meant to be: every kind of fault occurs in at least twenty, and a run repeats itself", () => {
  const worlds = Array.from({ length: WORLDS }, (_, index) => worldOf(index));
  for (const kind of ["loss", "delay", "duplicate", "partition", "crash", "pause", "outage", "churn"]) {
    assert.ok(worlds.filter(({ faults }) => faults.some((fault) => fault.kind === kind)).length >= 20, kind);
  }
  assert.ok(worlds.filter(({ leaves }) => leaves.size > 0).length >= 20, "leave");
  const prints = [0, 1].map(() => {
    const { group } = worldOf(7);
    group.simulation.run({ untilUs: 150 * S });
    return group.simulation.fingerprint();
  });
  assert.equal(prints[0], prints[1]);
});

test("the guard sees a loop, a mesh in parts and a packet that comes twice", () => {
  const { group } = worldOf(1);
  group.simulation.run({ untilUs: 39 * S });
  assert.deepEqual(forwardingLoops(group), []);
  const [a, b, target] = group.members();
  // Two members that each take the other for the next hop to a third.
  for (const [member, next] of [[a, b], [b, a]]) {
    const routing = group.simulation.processOf(member)?.routing ?? assert.fail();
    const places = routing.vector.places.slice().fill(0);
    places[target] = 1;
    (routing as { vector: object }).vector = { ...routing.vector, places, hops: Uint16Array.of(0, 1, next) };
  }
  assert.deepEqual(forwardingLoops(group).map(({ destination, members }) => [destination, members]), [[target, [a, b]]]);
  for (const { peer } of [...(group.simulation.processOf(a)?.links.all ?? [])]) group.simulation.processOf(a)?.links.remove(peer);
  assert.ok(meshParts(group).some((part) => part.length === 1 && part[0] === a));
  assert.throws(() => new GroupGuard(group, { lastFaultUs: -1e9 }).look(), /connected in time|fit/);
  const packet = { kind: "data", source: a, epoch: 1, number: 0, payloadBytes: 1 } as const;
  group.packets.published(packet, group.simulation.nowUs, [a, b]);
  group.packets.delivered(b, packet, group.simulation.nowUs + 1);
  assert.throws(() => group.packets.delivered(b, packet, group.simulation.nowUs + 2), /delivered twice/);
});
