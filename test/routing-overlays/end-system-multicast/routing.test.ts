import assert from "node:assert/strict";
import { test } from "node:test";
import { simulateGroup } from "overlay-lab/dist/experiments/end-system-multicast";
import { linkCostUs } from "overlay-lab/dist/routing-overlays/end-system-multicast/links";
import type { NaradaMember } from "overlay-lab/dist/routing-overlays/end-system-multicast/narada-member";
import { UNREACHABLE, pathOf } from "overlay-lab/dist/routing-overlays/end-system-multicast/route-vector";
import { RandomStream } from "overlay-lab/dist/simulation";

const S = 1_000_000;

/** Costs and paths of a member by looking at every neighbour's whole vector: what the routes in force must be when no news waits. */
function routesFromScratch({ self, links, membership }: NaradaMember): { cost: number; path: number[] }[] {
  return Array.from(membership.isAlive, (isAlive, target) => {
    if (target === self) return { cost: 0, path: [] };
    const ways = links.all.flatMap((link) => {
      if (linkCostUs(link) === UNREACHABLE) return [];
      if (link.peer === target) return [{ cost: linkCostUs(link), path: [target] }];
      if (link.vector === null || link.vector.costs[target] === UNREACHABLE) return [];
      return [{ cost: linkCostUs(link) + link.vector.costs[target], path: [link.peer, ...pathOf(link.vector, target)] }];
    });
    return ways.filter(({ path }) => !path.includes(self)).reduce((best, way) => (isAlive === 1 && way.cost < best.cost ? way : best), { cost: UNREACHABLE, path: [] as number[] });
  });
}

test("routes that are mended where news came are those computed from scratch, through joins, leaves, crashes, losses and cuts", () => {
  let compared = 0;
  let news = 0;
  for (let seed = 1; seed <= 6; seed++) {
    const hosts = 12 + seed * 4;
    const random = new RandomStream({ seed, name: "places" });
    const places = Array.from({ length: hosts }, () => [random.integer(60_000), random.integer(60_000)]);
    const latency = { hosts, latencyUs: (a: number, b: number) => 1000 + Math.abs(places[a][0] - places[b][0]) + Math.abs(places[a][1] - places[b][1]) };
    const group = simulateGroup({
      hosts, latency, seed,
      faults: [
        { kind: "churn", nodes: Array.from({ length: hosts - 4 }, (_, node) => node + 4), sessionUs: { kind: "exponential", mean: 120 * S }, downtimeUs: { kind: "exponential", mean: 20 * S }, fromUs: 30 * S, untilUs: 300 * S },
        { kind: "loss", probability: 0.05, fromUs: 60 * S, untilUs: 240 * S },
        { kind: "partition", groups: [[0, 1, 5, 6, 7]], fromUs: 150 * S, untilUs: 230 * S },
      ],
    });
    for (let second = 10; second <= 360; second += 5) {
      group.simulation.run({ untilUs: second * S });
      for (const node of group.members()) {
        const member = group.simulation.processOf(node) ?? assert.fail();
        const { vector } = member.routing;
        if (member.routing.hasNews) {
          news += 1;
          continue;
        }
        const expected = routesFromScratch(member);
        const where = `world ${seed}, second ${second}, member ${node}`;
        assert.deepEqual(Array.from(vector.costs), expected.map(({ cost }) => cost), where);
        expected.forEach(({ path }, target) => assert.deepEqual(pathOf(vector, target), path, `${where}, to ${target}`));
        assert.equal(vector.hopCount, expected.reduce((sum, { path }) => sum + path.length, 0), where);
        assert.equal(vector.entries, 1 + expected.filter(({ path }) => path.length > 0).length, where);
        compared += 1;
      }
    }
  }
  assert.ok(compared > 1500 && news > 1500, `${compared} compared, ${news} with news that waits`);
});
