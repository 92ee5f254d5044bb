/** Laws of end system multicast: of the decisions for any input, and of routes and trees on any mesh that has settled. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { meshLinks, packetCost, sendOneEach, simulateGroup, waxmanWorld, forwardingLoops } from "overlay-lab/dist/experiments/end-system-multicast";
import { MemberList, NARADA_DEFAULTS, UNREACHABLE_US, addThreshold, dropThreshold, evaluateCost, evaluateUtility, naradaParameters, naiveUnicastCost, meshPath, routerMulticastCost, scheduledRepair } from "overlay-lab/dist/routing-overlays/end-system-multicast";
import { keyOf } from "overlay-lab/dist/routing-overlays/end-system-multicast/membership";
import { RandomStream } from "overlay-lab/dist/simulation";

const RUNS = { seed: 941, numRuns: 200 };
const latency = fc.oneof(fc.integer({ min: 1, max: 1_000_000 }), fc.constant(UNREACHABLE_US));

test("utility lies between 0 and the number of other members, is 0 for a link that brings nobody nearer, and never falls when the link gets shorter", () => {
  fc.assert(fc.property(fc.array(fc.tuple(latency, latency, fc.boolean()), { minLength: 2, maxLength: 12 }), fc.integer({ min: 1, max: 500_000 }), (members, linkUs) => {
    const [current, fromPeer] = [0, 1].map((at) => members.map((each) => each[at] as number));
    const isMember = members.map((each) => (each[2] ? 1 : 0));
    const utility = (us: number) => evaluateUtility(0, isMember, current, us, fromPeer);
    assert.ok(utility(linkUs) >= 0 && utility(linkUs) <= isMember.slice(1).reduce<number>((sum, one) => sum + one, 0));
    assert.ok(utility(Math.ceil(linkUs / 2)) >= utility(linkUs));
    assert.equal(evaluateUtility(0, isMember, fromPeer.map((us) => Math.min(us, 1_000_000)), linkUs, fromPeer), 0);
  }), RUNS);
});

test("cost is the same from both ends and not below either's use", () => {
  fc.assert(fc.property(fc.nat(1000), fc.nat(1000), (a, b) => {
    assert.equal(evaluateCost(a, b), evaluateCost(b, a));
    assert.ok(evaluateCost(a, b) >= Math.max(a, b));
  }), RUNS);
});

test("thresholds grow with the group, are the same from both ends, and leave a link alone that an end cannot spare", () => {
  const degree = fc.integer({ min: 1, max: 12 });
  fc.assert(fc.property(fc.integer({ min: 2, max: 2000 }), degree, degree, (size, own, peer) => {
    for (const threshold of [addThreshold, dropThreshold]) {
      assert.equal(threshold(NARADA_DEFAULTS, size, own, peer), threshold(NARADA_DEFAULTS, size, peer, own));
      assert.ok(threshold(NARADA_DEFAULTS, 2 * size, own, peer) >= threshold(NARADA_DEFAULTS, size, own, peer));
    }
    if (Math.min(own, peer) <= 3) assert.equal(dropThreshold(NARADA_DEFAULTS, size, own, peer), 0);
    if (Math.max(own, peer) >= 6) assert.equal(addThreshold(NARADA_DEFAULTS, size, own, peer), Infinity);
    // A link that is all that joins two parts has a cost of at least half the group, so it is never dropped.
    assert.ok(dropThreshold(NARADA_DEFAULTS, size, own, peer) <= size / 2);
  }), RUNS);
});

test("a repair plan probes those that are surely stale, and at most one more, the oldest", () => {
  fc.assert(fc.property(fc.array(fc.nat(100), { maxLength: 20 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (ages, draw) => {
    const queue = ages.map((silentSeconds, member) => ({ member, silentSeconds })).sort((a, b) => b.silentSeconds - a.silentSeconds);
    const { probe } = scheduledRepair(queue, 40, 60, draw);
    const certain = queue.filter(({ silentSeconds }) => silentSeconds >= 60).length;
    assert.ok(probe.length === certain || probe.length === certain + 1);
    assert.deepEqual(probe, queue.slice(0, probe.length).map(({ member }) => member));
    if (draw >= (queue.length - certain) / 40) assert.equal(probe.length, certain);
  }), RUNS);
});

test("lists of members come to the same whatever the order and however often news arrives", () => {
  const news = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 })), { maxLength: 12 });
  fc.assert(fc.property(news, news, (first, second) => {
    // All members are known from the start: the end of an unknown one is rightly no news.
    const start = () => {
      const list = new MemberList(6, 0, 0);
      for (let member = 1; member < 6; member++) list.hear(member, keyOf(1, 1), 0);
      return list;
    };
    const tableOf = (items: readonly (readonly [number, number])[]) => {
      const list = start();
      for (const [member, sequence] of items) list.hear(member, keyOf(sequence, 1 + ((member + sequence) % 3)), 0);
      return list.keys.slice();
    };
    const merged = (...tables: Int32Array[]) => {
      const list = start();
      for (const table of tables) list.merge(table, 1);
      list.checkInvariants();
      return list;
    };
    const [a, b] = [tableOf(first), tableOf(second)];
    assert.deepEqual(merged(a, b).keys, merged(b, a).keys);
    assert.deepEqual(merged(a, b, a, b).keys, merged(a, b).keys);
    assert.equal(merged(a, b).size, merged(b, a).size);
  }), RUNS);
});

/** A group of 24 on a small network, long after the last join; the mesh is what the joins made it. */
function settled(seed: number) {
  const world = waxmanWorld({ members: 24, routers: 40, random: (name) => new RandomStream({ seed, name }) });
  const group = simulateGroup({ hosts: 24, latency: world.underlay, seed, parameters: { joinLinks: 1 + (seed % 3), improve: false } });
  group.simulation.run({ untilUs: 300e6 });
  return { ...world, group };
}

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`on a settled mesh routes are the shortest paths of the mesh, and a packet crosses each tree link once (world ${seed})`, () => {
    const { underlay, members, group } = settled(seed);
    const links = meshLinks(group).map(([a, b]) => ({ a, b, ...(group.simulation.processOf(a)?.links.to(b) ?? assert.fail()) }));
    const costs = members.map((a) => members.map((b) => (a === b ? 0 : Infinity)));
    for (const { a, b, latencyUs } of links) {
      assert.equal(latencyUs, underlay.latencyUs(a, b), "measured from round trips");
      costs[a][b] = costs[b][a] = latencyUs;
    }
    for (const k of members) for (const a of members) for (const b of members) costs[a][b] = Math.min(costs[a][b], costs[a][k] + costs[k][b]);
    for (const a of members) {
      const { vector } = group.simulation.processOf(a)?.routing ?? assert.fail();
      assert.deepEqual([...vector.costs], costs[a]);
      for (const b of members) {
        let us = 0;
        [a, ...meshPath(vector, b)].forEach((hop, index, path) => (us += index === 0 ? 0 : costs[path[index - 1]][hop]));
        assert.equal(us, costs[a][b], "the path adds up to the cost");
      }
    }
    assert.deepEqual(forwardingLoops(group), []);
    for (const packet of sendOneEach(group, members)) {
      assert.equal(packet.copies.length, 23);
      const cost = packetCost(underlay, packet);
      assert.deepEqual(cost.delays.map(({ member, delayUs }) => delayUs - costs[packet.source][member]), new Array(23).fill(0));
      const [unicast, routers] = [naiveUnicastCost(underlay, packet.source, members), routerMulticastCost(underlay, packet.source, members)];
      assert.equal(unicast.worstStress, 23);
      assert.ok(cost.delays.every(({ penalty }) => penalty >= 1) && routers.worstStress === 1 && routers.resourceUs <= unicast.resourceUs);
    }
  });
}

test("how messages pass makes no difference: by reference, frozen, or copied as a network would", () => {
  const prints = (["by-reference", "frozen", "copied"] as const).map((messages) => {
    const world = waxmanWorld({ members: 10, routers: 20, random: (name) => new RandomStream({ seed: 5, name }) });
    const group = simulateGroup({ hosts: 10, latency: world.underlay, seed: 5, messages, parameters: naradaParameters({ minNeighbours: 2, fanOut: 3 }), faults: [{ kind: "crash", node: 4, atUs: 90e6, restartUs: 150e6 }] });
    for (let second = 30; second < 290; second += 5) group.publishAt(second * 1e6, second % 10, 100);
    group.simulation.run({ untilUs: 300e6 });
    return group.simulation.fingerprint();
  });
  assert.equal(new Set(prints).size, 1);
});
