/** Claims about RON, each by its row of the published figures. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fitOverhead, meanDetectionSeconds, overheadBps, PUBLISHED_OVERHEAD_KBPS, ronDetection, ronOutageRecovery, ronOverhead, TRIANGLE_MS, triangleWorld } from "overlay-lab/dist/experiments/resilient-overlay-network";
import { metricIn } from "overlay-lab/dist/experiments/metric-table";
import { runExperiment } from "overlay-lab/dist/experiments/run";
import { composePath, RON_DEFAULTS, throughputScore } from "overlay-lab/dist/routing-overlays";

const SECOND = 1_000_000;

test("WE-6, RO-7: of 125 ms directly and 70 + 10 ms over the third site, RON takes the second", () => {
  const world = triangleWorld(6);
  world.run(60 * SECOND);
  const node = world.node(0);
  assert.deepEqual(node.table.pathFor(0, 0, 1, world.simulation.nowUs), [2]);
  assert.equal(node.table.costOf(0, 0, [2], 1, world.simulation.nowUs) / 2, (TRIANGLE_MS[0][2] + TRIANGLE_MS[2][1]) * 1000);
  assert.equal(node.table.costOf(0, 0, [], 1, world.simulation.nowUs) / 2, 125_000);
});

test("RO-1: 12 nodes, 64 hours, 32 outages of more than 30 minutes: all that a relay can bypass are survived, loss-optimised traffic in less than 20 s on average", () => {
  const result = runExperiment(ronOutageRecovery, { parameters: { hours: 64, outages: 32, pairsPerOutage: 4 }, replications: 1 });
  const outages = new Set(result.rows.map((row) => row.outage));
  assert.equal(outages.size, 32);
  assert.ok(result.rows.every((row) => (row.outage_minutes as number) >= 30));
  for (const row of result.rows) assert.equal(row.survived, row.relay_exists, `outage ${row.outage}`);
  assert.ok(result.rows.filter((row) => row.relay_exists === 1).length > 100, "and that is nearly all of them");
  const mean = (metric: string) => {
    const values = result.rows.map((row) => row[metric]).filter((value): value is number => value !== null);
    return values.reduce((a, b) => a + b, 0) / values.length;
  };
  assert.ok(mean("hit_recovery_seconds") < 20, String(mean("hit_recovery_seconds")));
  assert.ok(mean("hit_recovery_seconds") > 10, "detection alone takes longer than one probe interval");
});

test("RO-3: no overlay helps where a site's own line fails", () => {
  const result = runExperiment(ronOutageRecovery, { levels: { access_share: [1] }, parameters: { hours: 2, outages: 2 }, replications: 1 });
  assert.ok(result.rows.length > 0);
  for (const row of result.rows) assert.deepEqual([row.survived, row.relay_exists], [0, 0]);
});

test("RO-4: an outage is detected after 18 ± 0.5 s on average and 26 s at most; with jitter on one side only after 19 s", () => {
  const result = runExperiment(ronDetection, { levels: { losses: [4] }, replications: 4 });
  const around = { pace: "12 s ± 2 s", losses: 4 };
  assert.ok(Math.abs(metricIn(result, around, "detection_seconds").mean - 18) < 0.5);
  assert.ok(metricIn(result, around, "longest_seconds").mean < 26);
  const after = metricIn(result, { pace: "12 s + 0 to 4 s", losses: 4 }, "detection_seconds").mean;
  assert.ok(Math.abs(after - meanDetectionSeconds(12, [0, 4], 3, 4)) < 0.5 && after > 18.5);
  assert.equal(meanDetectionSeconds(12, [0, 0], 3, 4), 18);
  for (const jitter of [null, [], [4, 0], [-13, 0], [NaN, 0], [0, Infinity]]) assert.throws(() => meanDetectionSeconds(12, jitter as never, 3, 4), /jitterSeconds/, String(jitter));
  assert.throws(() => meanDetectionSeconds(NaN, [0, 0], 3, 4), /intervalSeconds/);
});

test("RO-5: 10 to 50 members send within 8 % of the published 2.2, 6.6, 13.32, 22.25 and 33 kbit/s, and the growth is quadratic", () => {
  const result = runExperiment(ronOverhead, { replications: 1 });
  for (const [members, published] of Object.entries(PUBLISHED_OVERHEAD_KBPS)) {
    const measured = metricIn(result, { members: Number(members) }, "total_kbps").mean;
    assert.ok(Math.abs(measured / published - 1) < 0.08, `${members}: ${measured}`);
    assert.ok(Math.abs(overheadBps(Number(members)) / 1000 / published - 1) < 0.08);
  }
  const fit = fitOverhead(result.rows);
  // 20 bytes an entry, every 14 s: 160 / 14 bit/s for each pair of others.
  assert.ok(Math.abs(fit.quadratic * 1000 - 160 / 14) < 0.6, String(fit.quadratic));
  assert.throws(() => fitOverhead(result.rows.slice(0, 1)), /different numbers/);
  assert.throws(() => overheadBps(0), /members/);
});

test("RO-6: the constants are the paper's", () => {
  const { probeIntervalUs, probeTimeoutUs, outageLosses, routingIntervalUs, latencyWeight, lossWindow, latencyHysteresis, lossHysteresis, throughputHysteresis, probeBytes, headerBytes, entryBytes, maxIntermediates } = RON_DEFAULTS;
  assert.deepEqual([probeIntervalUs, probeTimeoutUs, routingIntervalUs].map((us) => us / SECOND), [12, 3, 14]);
  assert.deepEqual([outageLosses, latencyWeight, lossWindow, latencyHysteresis, lossHysteresis, throughputHysteresis], [4, 0.9, 100, 0.05, 0.05, 0.5]);
  assert.deepEqual([probeBytes, headerBytes, entryBytes, maxIntermediates], [69, 60, 20, 1]);
  assert.ok(Math.abs(throughputScore(SECOND, 0.015, 0.001) - 10) < 1e-9, "√1.5 / √0.015 = 10");
});

test("RO-8: latency adds, loss is 1 - Π(1 - p)", () => {
  const { roundTripUs, loss } = composePath([{ roundTripUs: 140_000, loss: 0.02 }, { roundTripUs: 20_000, loss: 0.05 }]);
  assert.equal(roundTripUs, 160_000);
  assert.ok(Math.abs(loss - 0.069) < 1e-15);
});
