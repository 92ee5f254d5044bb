/** Published numbers of section 9.4.1 and the RFCs: rows WE-4, ES-1 and ES-2 of the figures file, and the constants of the protocols. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DVMRP_INFINITY, IGMP_BYTES, MLD_BYTES } from "overlay-lab/dist/codecs";
import { figureThreeWorld, multicastCostUs, simulateMbone } from "overlay-lab/dist/experiments/experimental-ip";
import { MBONE_DEFAULTS, RIP_INFINITY, RIP_PORT, RIP_ROUTE_BYTES, SIX_BONE_DEFAULTS, membershipIntervalUs } from "overlay-lab/dist/routing-overlays/experimental-ip";

const SECOND = 1_000_000;

function figureThree(delaysMs?: readonly [number, number, number, number, number]) {
  const world = simulateMbone(figureThreeWorld({ delaysMs }), { seed: 1 });
  for (const host of ["B", "C", "D"]) world.joinAt(SECOND, host, "224.2.0.1");
  world.sendAt(100 * SECOND, "A", "224.2.0.1");
  world.simulation.run({ untilUs: 101 * SECOND });
  world.checkInvariants();
  return { world, packet: world.packets[0] };
}

test("WE-4: IP multicast on the book's figure 3 costs 70 and puts one copy on every link", () => {
  const { world, packet } = figureThree();
  assert.equal(multicastCostUs(world.plan, packet.copies), 70_000);
  assert.deepEqual([...packet.copies.values()], [1, 1, 1, 1, 1]);
});

test("ES-2: on the original figure of Chu et al. DVMRP uses 30, and D hears A after 27", () => {
  const { world, packet } = figureThree([1, 2, 1, 1, 25]);
  assert.equal(multicastCostUs(world.plan, packet.copies), 30_000);
  assert.equal(packet.arrivedUs.get(world.plan.nodeNamed("D")), 27_000);
});

test("the protocols' constants are those of RFC 2236, RFC 1075 with its third version, RFC 2080 and RFC 3973", () => {
  const { queryIntervalUs, queryResponseUs, robustness, reportIntervalUs, pruneLifetimeUs, probeIntervalUs, neighbourTimeoutUs, routeExpiryUs, holdDownUs, flashIntervalUs } = MBONE_DEFAULTS;
  assert.deepEqual([queryIntervalUs, queryResponseUs, membershipIntervalUs(MBONE_DEFAULTS)].map((us) => us / SECOND), [125, 10, 260]);
  assert.deepEqual([reportIntervalUs, flashIntervalUs, probeIntervalUs, neighbourTimeoutUs, routeExpiryUs, holdDownUs, pruneLifetimeUs].map((us) => us / SECOND), [60, 5, 10, 35, 140, 120, 7200]);
  assert.deepEqual([robustness, DVMRP_INFINITY, IGMP_BYTES, MLD_BYTES, RIP_INFINITY, RIP_PORT, RIP_ROUTE_BYTES], [2, 32, 8, 24, 16, 521, 20]);
  assert.deepEqual([SIX_BONE_DEFAULTS.updateIntervalUs, SIX_BONE_DEFAULTS.routeTimeoutUs, SIX_BONE_DEFAULTS.garbageUs, SIX_BONE_DEFAULTS.pruneLifetimeUs].map((us) => us / SECOND), [30, 180, 120, 210]);
});
