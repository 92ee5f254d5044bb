/** Costs of a delivery: what is refused, and links that hosts share. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { RouterGraph, Underlay, equalHosts } from "overlay-lab/dist/network";
import { naiveUnicastCost, overlayCost, routerMulticastCost } from "overlay-lab/dist/routing-overlays/end-system-multicast";

const world = (accessUs: number, places: readonly number[], links = [{ from: 0, to: 1, delayUs: 100 }]) =>
  new Underlay({ graph: new RouterGraph(3, links), hosts: { ...equalHosts(places.length, 1e6, 1e6), placeOf: Int32Array.from(places) }, accessUs });

test("copies on access links count, named by host, and both directions together", () => {
  const underlay = world(10, [0, 1, 1]);
  const cost = overlayCost(underlay, 0, [[0, 1], [1, 2]], new Map([[1, 120], [2, 140]]));
  assert.deepEqual(cost.loads, [{ link: "0–1", delayUs: 100, copies: 1 }, { link: "host 0–0", delayUs: 10, copies: 1 }, { link: "host 1–1", delayUs: 10, copies: 2 }, { link: "host 2–1", delayUs: 10, copies: 1 }]);
  assert.equal(cost.resourceUs, 140);
  assert.deepEqual(cost.delays.map(({ penalty }) => penalty), [1, 140 / 120]);
  assert.equal(routerMulticastCost(underlay, 0, [0, 1, 2]).resourceUs, 130);
});

test("a group of the source alone costs nothing", () => {
  assert.deepEqual(naiveUnicastCost(world(10, [0, 1]), 0, [0]), { loads: [], delays: [], worstStress: 0, resourceUs: 0 });
});

test("a group without members, a member twice, a stranger, and members without a way are refused", () => {
  const underlay = world(10, [0, 1, 2]);
  for (const cost of [naiveUnicastCost, routerMulticastCost]) {
    for (const members of [[], [1, 1], [7], [-1], [NaN], null as unknown as number[]]) assert.throws(() => cost(underlay, 0, members), ParameterError, JSON.stringify(members));
    assert.throws(() => cost(underlay, 0, [2]), ParameterError, "router 2 is on its own");
    assert.throws(() => cost(world(0, [0, 0]), 0, [1]), /delay > 0/);
  }
});
