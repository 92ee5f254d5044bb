/** How RON rates paths: estimators and composition, by hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { composeLoss, composePath, isBetterBy, RonLinkMonitor, movingAverage, pathCost, ronParameters, RON_DEFAULTS, throughputScore } from "overlay-lab/dist/routing-overlays";

test("round trips add up and losses compose as 1 - (1 - a)(1 - b)", () => {
  assert.deepEqual(composePath([{ roundTripUs: 70_000, loss: 0 }, { roundTripUs: 10_000, loss: 0 }]), { roundTripUs: 80_000, loss: 0 });
  assert.equal(composeLoss(0.5, 0.5), 0.75);
  const path = composePath([{ roundTripUs: 1, loss: 0.1 }, { roundTripUs: 2, loss: 0.2 }, { roundTripUs: 3, loss: 0.3 }]);
  assert.equal(path.roundTripUs, 6);
  assert.ok(Math.abs(path.loss - (1 - 0.9 * 0.8 * 0.7)) < 1e-15);
  assert.equal(composePath([{ roundTripUs: 0, loss: 1 }, { roundTripUs: 0, loss: 0.5 }]).loss, 1, "a dead link makes a dead path");
});

test("a path of no links, a negative round trip or a loss beyond 1 is refused", () => {
  assert.throws(() => composePath([]), /links.length/);
  for (const bad of [null, undefined, "x"]) assert.throws(() => composePath(bad as never), { name: "ParameterError" }, String(bad));
  for (const bad of [0, NaN, -1]) assert.throws(() => throughputScore(bad, 0.1, 0.02), /roundTripUs/);
  for (const bad of [NaN, -0.1, 1.1]) assert.throws(() => throughputScore(1000, bad, 0.02), /loss/);
  assert.throws(() => throughputScore(1000, 0, 0), /leastLoss/);
  for (const bad of [NaN, -1, Infinity]) assert.throws(() => composePath([{ roundTripUs: bad, loss: 0 }]), /links\[0\].roundTripUs/);
  for (const bad of [NaN, -0.1, 1.1]) assert.throws(() => composePath([{ roundTripUs: 1, loss: bad }]), /links\[0\].loss/);
});

test("the throughput score is √1.5 over round trip and root of loss, with loss never taken below its floor", () => {
  assert.ok(Math.abs(throughputScore(100_000, 0.06, 0.02) - Math.sqrt(1.5) / (0.1 * Math.sqrt(0.06))) < 1e-9);
  assert.equal(throughputScore(100_000, 0, 0.02), throughputScore(100_000, 0.02, 0.02));
  assert.ok(throughputScore(50_000, 0.04, 0.02) > 1.99 * throughputScore(100_000, 0.04, 0.02));
  assert.ok(Math.abs(pathCost(2, 100_000, 0.06, 0.02) * throughputScore(100_000, 0.06, 0.02) - 1) < 1e-12, "the cost is its inverse");
});

test("the moving average keeps nine tenths of the old value and starts with the first sample", () => {
  assert.equal(movingAverage(-1, 100, 0.9), 100);
  assert.equal(movingAverage(100, 200, 0.9), 110);
});

test("a path must be better by the hysteresis, and any path beats none", () => {
  assert.equal(isBetterBy(0.05, 100, 105), true);
  assert.equal(isBetterBy(0.05, 100, 104.9), false);
  assert.equal(isBetterBy(0, 100, 100), false);
  assert.equal(isBetterBy(0.05, 0, 0), false, "no loss is not better than no loss");
  assert.equal(isBetterBy(0.05, 1e9, Infinity), true);
  assert.equal(isBetterBy(0.05, Infinity, Infinity), false);
});

test("the loss rate is that of the last 100 probes and no more", () => {
  const monitor = new RonLinkMonitor(2, RON_DEFAULTS);
  for (let i = 0; i < 100; i++) monitor.answered(1, 1000);
  for (let i = 0; i < 3; i++) assert.equal(monitor.unanswered(1), false);
  assert.equal(monitor.losses[1], 0.03);
  assert.equal(monitor.unanswered(1), true, "the fourth in a row is an outage");
  assert.equal(monitor.unanswered(1), false, "which begins once");
  assert.equal(monitor.usableRoundTripUs(1), -1);
  assert.equal(monitor.answered(1, 2000), true, "one answer ends it");
  assert.equal(monitor.usableRoundTripUs(1), 0.9 * 1000 + (1 - 0.9) * 2000);
  assert.equal(monitor.losses[1], 0.05);
  for (let i = 0; i < 99; i++) monitor.answered(1, 1000);
  assert.equal(monitor.losses[1], 0);
  monitor.checkInvariants("test");
  monitor.forget(1);
  assert.equal(monitor.usableRoundTripUs(1), -1);
  monitor.checkInvariants("test");
});

test("parameters out of range, of a wrong kind or with an unknown name are refused by name", () => {
  for (const [name, bads] of Object.entries({
    probeIntervalUs: [0, NaN, Infinity, 1.5, -12], probeTimeoutUs: [0, NaN, "3"], outageLosses: [0, 101, 2.5], latencyWeight: [-0.1, 1.1, NaN], lossWindow: [0, 1e9], leastLoss: [0, 2, NaN],
    latencyHysteresis: [-1, NaN], throughputHysteresis: [Infinity], maxIntermediates: [-1, 5, 0.5], routingIntervalUs: [0, null], probeBytes: [-1, 70_000], joinAttempts: [0], probePackets: [1, 4],
    memberLifetimeUs: [0], probeJitterLeastUs: [-12_000_000, NaN], probeJitterMostUs: [-3_000_000], routingMetric: ["fast", null],
  })) for (const bad of bads) assert.throws(() => ronParameters({ [name]: bad }), { name: "ParameterError", message: new RegExp(name) }, `${name} ${String(bad)}`);
  assert.throws(() => ronParameters({ probeInterval: 12 } as never), /unknown parameter.*probeInterval/);
  assert.throws(() => ronParameters(null as never), /bad parameters/);
});
