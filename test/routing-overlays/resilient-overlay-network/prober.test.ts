/** When a node probes, handler by handler, with a clock that the test moves. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { RonLinkMonitor, RON_PROBE, RON_PROBE_CONFIRM, RON_PROBE_REPLY, RonProber, ronParameters, type RonParameters } from "overlay-lab/dist/routing-overlays";
import { RecordingContext } from "overlay-lab/dist/simulation";

const SECOND = 1_000_000;

function setUp(given: Partial<RonParameters> = {}) {
  const parameters = ronParameters(given);
  const monitor = new RonLinkMonitor(3, parameters);
  const changes: string[] = [];
  const prober = new RonProber(3, parameters, monitor, (context, peer, isDead) => void changes.push(`${context.nowUs / SECOND} ${peer} ${isDead ? "dead" : "alive"}`));
  const context = new RecordingContext<never>({ self: 0, nowUs: 0 });
  prober.start(context, 1);
  const expire = () => prober.onTimer(context, context.expireNext().key);
  return { monitor, changes, prober, context, expire };
}

test("a lost probe is followed at once by three more, 3 s apart, and then the path is dead; after that probes keep the usual pace", () => {
  const { context, expire, changes } = setUp({ probeJitterLeastUs: 0, probeJitterMostUs: 0 });
  expire();
  const firstUs = context.nowUs;
  const times: number[] = [];
  for (let i = 0; i < 12; i++) {
    const before = context.sentNumbers.length;
    expire();
    if (context.sentNumbers.length > before) times.push((context.nowUs - firstUs) / SECOND);
  }
  assert.deepEqual(times.slice(0, 6), [3, 6, 9, 21, 33, 45], "the series, then every 12 s");
  assert.deepEqual(changes, [`${(firstUs + 12 * SECOND) / SECOND} 1 dead`]);
});

test("an answer gives the round trip, ends the series and leaves the pace alone", () => {
  const { context, expire, prober, monitor } = setUp({ probeJitterLeastUs: 0, probeJitterMostUs: 0 });
  expire();
  const firstUs = context.nowUs;
  const [probe] = context.sentNumbers;
  assert.deepEqual([probe.kind, probe.to, probe.bytes], [RON_PROBE, 1, 69]);
  context.nowUs += 40_000;
  prober.onNumbers(context, 1, RON_PROBE_REPLY, probe.numbers[0]);
  assert.equal(monitor.roundTripsUs[1], 40_000);
  expire();
  assert.equal(context.sentNumbers.length, 1, "no probe at the timeout");
  expire();
  assert.equal(context.nowUs - firstUs, 12 * SECOND);
  assert.equal(context.sentNumbers.length, 2);
});

test("an answer that comes late, twice, to another probe or from another peer counts for nothing", () => {
  const { context, expire, prober, monitor } = setUp();
  expire();
  const number = context.sentNumbers[0].numbers[0];
  prober.onNumbers(context, 2, RON_PROBE_REPLY, number);
  prober.onNumbers(context, 1, RON_PROBE_REPLY, number + 1);
  assert.equal(monitor.roundTripsUs[1], -1);
  expire();
  prober.onNumbers(context, 1, RON_PROBE_REPLY, number);
  assert.equal(monitor.roundTripsUs[1], -1, "it was given up 3 s after it was sent");
  assert.equal(monitor.losses[1], 1);
  assert.equal(prober.counts.late, 3);
});

test("with three packets both sides learn the round trip, and the answering one puts its own probe off", () => {
  const { context, expire, prober, monitor } = setUp({ probePackets: 3, probeJitterLeastUs: 0, probeJitterMostUs: 0 });
  context.nowUs = 100;
  prober.onNumbers(context, 1, RON_PROBE, 77);
  assert.deepEqual(context.sentNumbers.map(({ kind, numbers }) => [kind, numbers[0]]), [[RON_PROBE_REPLY, 77]]);
  context.nowUs += 30_000;
  prober.onNumbers(context, 1, RON_PROBE_CONFIRM, 77);
  assert.equal(monitor.roundTripsUs[1], 30_000);
  prober.onNumbers(context, 1, RON_PROBE_CONFIRM, 77);
  assert.equal(monitor.roundTripsUs[1], 30_000, "once");
  expire();
  expire();
  assert.equal(context.nowUs, 30_100 + 12 * SECOND, "12 s after the exchange, not at the moment drawn at the start");
  const probe = context.sentNumbers[1];
  prober.onNumbers(context, 1, RON_PROBE_REPLY, probe.numbers[0]);
  assert.equal(context.sentNumbers[2].kind, RON_PROBE_CONFIRM);
});

test("an interval shorter than the timeout probes no faster than answers can be missed", () => {
  const { context, expire, changes } = setUp({ probeIntervalUs: SECOND, probeJitterLeastUs: 0, probeJitterMostUs: 0, outageLosses: 2 });
  expire();
  const firstUs = context.nowUs;
  while (changes.length === 0) expire();
  assert.equal(context.nowUs - firstUs, 6 * SECOND);
});
