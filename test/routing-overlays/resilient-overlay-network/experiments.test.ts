/** The experiments on RON: what they refuse, and what must hold of their rows whatever the parameters. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { latencyGainTable, outageTimeline, qualityRun, ronDetection, ronMany, ronOutageRecovery, ronOverhead, ronPathQuality } from "overlay-lab/dist/experiments/resilient-overlay-network";
import type { ExperimentDefinition } from "overlay-lab/dist/experiments/define";
import { runExperiment } from "overlay-lab/dist/experiments/run";
import { RouterGraph } from "overlay-lab/dist/network";
import { SlowInternet } from "overlay-lab/dist/network/slow-routing";
import { LoadedInternetTransport } from "overlay-lab/dist/network/slow-routing-load";
import { RandomStream } from "overlay-lab/dist/simulation";

const quick = (definition: ExperimentDefinition, parameters: Record<string, number | string>, levels = {}) => runExperiment(definition, { parameters, levels, replications: 1 });

test("parameters out of range are refused by name, in every experiment", () => {
  for (const [name, bad] of [["nodes", 2], ["nodes", 65], ["hours", 0], ["outages", 0], ["outages", 3], ["outages", 1.5], ["leastOutageMinutes", 0], ["leastOutageMinutes", 110], ["meanMoreMinutes", -1], ["noticedShare", 2], ["pairsPerOutage", 0], ["packetsPerSecond", 0], ["providers", 0], ["probeIntervalSeconds", 0], ["outageLosses", 0], ["maxIntermediates", 9], ["congestionsPerHour", -1]] as const) {
    assert.throws(() => quick(ronOutageRecovery, { [name]: bad }), { name: "ParameterError" }, `${name} ${bad}`);
  }
  assert.throws(() => quick(ronOutageRecovery, {}, { access_share: [1.5] }), /accessShare/);
  assert.throws(() => quick(ronDetection, { nodes: 1 }), /nodes/);
  assert.throws(() => quick(ronDetection, { lossPercent: 101 }), /lossPercent/);
  assert.throws(() => quick(ronOverhead, {}, { members: [1] }), /members/);
  assert.throws(() => quick(ronPathQuality, { sites: 2 }), /sites/);
  for (const [name, bad] of [["sites", 2], ["flowsPerRon", 0], ["metric", "speed"], ["peeringKbps", 0], ["minutes", 0], ["hysteresisPercent", -1], ["flowKbps", 0], ["bufferKilobytes", 0], ["packetBytes", 0]] as const) {
    assert.throws(() => quick(ronMany, { [name]: bad }), { name: "ParameterError" }, `${name} ${bad}`);
  }
  assert.throws(() => quick(ronMany, {}, { rons: [0] }), /rons/);
  for (const bad of [{ nodes: 2 }, { nodes: NaN }, { convergenceMinutes: 0 }, { packetsPerSecond: 0 }]) assert.throws(() => outageTimeline({ seed: 1, nodes: 12, convergenceMinutes: 2, packetsPerSecond: 5, ...bad }), { name: "ParameterError" });
});

test("the smallest settings give rows without gaps where numbers are promised", () => {
  const rows = quick(ronOutageRecovery, { nodes: 3, providers: 2, hours: 1, outages: 1, leastOutageMinutes: 5, meanMoreMinutes: 0 }).rows;
  for (const row of rows) assert.ok(Number.isFinite(row.outage_minutes) && (row.survived === 1) === (row.recovery_seconds !== null && row.latency_recovery_seconds !== null && row.throughput_recovery_seconds !== null));
  const many = quick(ronMany, { sites: 3, providers: 1, flowsPerRon: 1 }, { rons: [1] }).rows[0];
  assert.equal(many.busiest_percent, 0, "with one provider there is no peering");
});

test("an outage that the Internet's routing notices ends when it has converged, for RON's users much sooner", () => {
  const rows = quick(ronOutageRecovery, { noticedShare: 1, meanConvergenceMinutes: 3 }).rows;
  const mended = rows.filter((row) => (row.internet_minutes as number) < (row.outage_minutes as number));
  assert.ok(mended.length > 0);
  for (const seed of [1, 2, 3]) {
    const outage = outageTimeline({ seed, nodes: 12, convergenceMinutes: 2, packetsPerSecond: 4 });
    assert.equal(outage.internetSeconds, 120);
    assert.ok(outage.recoverySeconds < 60 && outage.recoverySeconds > 3, String(outage.recoverySeconds));
    const at = (seconds: number) => outage.loss.rows.find((row) => row.seconds === seconds);
    assert.deepEqual([at(2)?.with_ron, at(2)?.without, at(100)?.without], [100, 100, 100]);
    assert.ok((at(100)?.with_ron as number) < 50 && (at(140)?.without as number) < 50 && (at(-10)?.without as number) < 50);
  }
});

test("the map of gains has a cell for every way, is empty on the diagonal, and on a calm network never shows a loss", () => {
  const context = { parameters: { ...ronPathQuality.parameters, minutes: 3, congestionsPerHour: 0 }, seed: 5, replication: 0, random: (name: string, node = 0) => new RandomStream({ seed: 5, name, node }) };
  const run = qualityRun(5, context);
  const { rows } = latencyGainTable(run);
  assert.equal(rows.length, 144);
  for (const row of rows) if (row.from === row.to) assert.deepEqual([row.direct_ms, row.gain_ms], [null, null]);
  assert.ok(rows.every((row) => row.gain_ms === null || (row.gain_ms as number) > 0), "on a calm network no measured gain is a true loss");
  assert.equal(run.metrics.worse_percent, 0);
});

test("a link with a rate makes what comes too fast wait, and loses what finds its queue full", () => {
  const graph = new RouterGraph(2, [{ from: 0, to: 1, delayUs: 1000, capacityBps: 8000 }]);
  const transport = new LoadedInternetTransport(new SlowInternet({ graph, hosts: 2 }), new RandomStream({ seed: 1, name: "t" }), [0, 1], 3000);
  const waits = [0, 0, 0, 0].map(() => transport.delayUs(0, 1, 1000, 0));
  assert.deepEqual(waits, [1000, 1_001_000, 2_001_000, -1], "a second for each thousand bytes before it; three fit");
  assert.equal(transport.lostToFullQueue, 1);
  assert.equal(transport.delayUs(1, 0, 1000, 0), 1000, "the other direction is another link");
  assert.equal(transport.delayUs(0, 1, 1000, 2_500_000), 501_000, "the queue drains");
  assert.equal(transport.carriedBits[graph.linkBetween(0, 1)], 32_000);
  for (const bad of [0, NaN, Infinity, -1]) assert.throws(() => new LoadedInternetTransport(new SlowInternet({ graph, hosts: 2 }), new RandomStream({ seed: 1, name: "t" }), [0, 1], bad), /bufferBytes/);
  assert.throws(() => new LoadedInternetTransport(new SlowInternet({ graph, hosts: 2 }), new RandomStream({ seed: 1, name: "t" }), [0, 2], 1000), /hostOf/);
});
