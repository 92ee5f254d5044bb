import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCoordinates } from "overlay-lab/dist/codecs/coordinate-file";
import { parseLatencyJson } from "overlay-lab/dist/codecs/latency-json";
import { parseLatencyMatrix } from "overlay-lab/dist/codecs/latency-matrix";
import { ParameterError } from "overlay-lab/dist/errors";
import { AsymmetricLatency } from "overlay-lab/dist/network/asymmetric-latency";
import { CoordinateLatency } from "overlay-lab/dist/network/coordinate-latency";
import { ConstantLatency } from "overlay-lab/dist/network/latency-model";
import { MatrixLatency } from "overlay-lab/dist/network/matrix-latency";
import { bestRelay, triangleReport } from "overlay-lab/dist/network/triangle";
import { needs, sharedText, stream } from "./support";

const MS = { unit: "ms", kind: "round-trip" } as const;

test("constant latency holds between hosts and not from a host to itself", () => {
  const model = new ConstantLatency(25_000);
  assert.deepEqual([model.latencyUs(0, 1), model.latencyUs(9, 9)], [25_000, 0]);
  assert.throws(() => new ConstantLatency(-1), ParameterError);
  assert.throws(() => new ConstantLatency(0.5), ParameterError);
});

test("a round trip is split so that both directions add up to it; one-way values are taken as they are", () => {
  const text = "0 0.501 30\n0.501 0 7\n30 9 0\n";
  const model = new MatrixLatency(parseLatencyMatrix(text, MS), "refuse");
  assert.deepEqual([model.latencyUs(0, 1), model.latencyUs(1, 0), model.latencyUs(1, 2), model.latencyUs(2, 1), model.latencyUs(0, 0)], [251, 250, 3500, 4500, 0]);
  const oneWay = new MatrixLatency(parseLatencyMatrix(text, { unit: "ms", kind: "one-way" }), "refuse");
  assert.deepEqual([oneWay.latencyUs(0, 1), oneWay.latencyUs(2, 1)], [501, 9000]);
  assert.throws(() => model.latencyUs(0, 3), /no such host; got 3/);
  assert.throws(() => model.latencyUs(5, 0), /no such host; got 5/);
});

test("gaps: refused, or the worst hosts left out, or the shortest way taken; each as chosen", () => {
  // Host c lacks three values; a and b lack only theirs to c.
  const table = parseLatencyMatrix(",a,b,c,d\na,0,10,-1,30\nb,10,0,-1,5\nc,8,NaN,0,40\nd,30,5,,0\n", MS);
  assert.throws(() => new MatrixLatency(table, "refuse"), /latencies missing; got "4 of 12 ordered pairs"/);
  const dropped = new MatrixLatency(table, "drop-hosts");
  assert.deepEqual([dropped.names, dropped.dropped, dropped.filled], [["a", "b", "d"], ["c"], 0]);
  assert.equal(dropped.latencyUs(1, 2), 2500);
  assert.throws(() => new MatrixLatency(table, "shortest-path"), /no way around it; got "a to c"/);
  const connected = parseLatencyMatrix("0 10 -1\n10 0 5\n0 6 0\n", MS);
  const filled = new MatrixLatency(connected, "shortest-path");
  assert.deepEqual([filled.filled, filled.latencyUs(0, 2), filled.latencyUs(2, 0), filled.latencyUs(0, 1)], [2, 7500, 8000, 5000]);
});

test("shares of pairs with a faster relay are those published with the data: PlanetLab 79.4 %, AWS 26.5 %", needs("latency"), () => {
  const planetlab = triangleReport(new MatrixLatency(parseLatencyMatrix(sharedText("latency/planetlab490/PlanetLabData_1"), MS), "refuse"));
  assert.equal((100 * planetlab.share).toFixed(1), "79.4");
  assert.equal((100 * planetlab.shareSavingFifth).toFixed(1), "15.6");
  const aws = triangleReport(new MatrixLatency(parseLatencyJson(sharedText("latency/aws33/aws-p50.json"), MS), "refuse"));
  assert.equal((100 * aws.share).toFixed(1), "26.5");
  assert.equal((100 * aws.shareSavingFifth).toFixed(1), "0.4");
});

test("a messy real matrix works under every policy", needs("latency/seattle99"), () => {
  const table = parseLatencyMatrix(sharedText("latency/seattle99/SeattleData_1"), { ...MS, unit: "s" });
  const dropped = new MatrixLatency(table, "drop-hosts");
  const filled = new MatrixLatency(table, "shortest-path");
  assert.equal(dropped.hosts + dropped.dropped.length, 99);
  assert.equal(filled.filled, table.report.missing);
  for (const model of [dropped, filled]) {
    for (let a = 0; a < model.hosts; a++) for (let b = 0; b < model.hosts; b++) assert.ok(a === b ? model.latencyUs(a, b) === 0 : model.latencyUs(a, b) >= 5000);
  }
});

test("coordinates: distance plus both heights, symmetric, and never a faster relay", () => {
  const model = new CoordinateLatency(parseCoordinates("a 0 0 h 1\nb 30 40 h 2.5\nc 3 4 h 0\n"));
  assert.deepEqual([model.latencyUs(0, 1), model.latencyUs(1, 0), model.latencyUs(0, 2)], [26_750, 26_750, 3000]);
  assert.equal(triangleReport(model).violated, 0);
});

test("real King coordinates embed without violations, as any coordinates must", needs("latency/king-meridian-coords"), () => {
  const all = parseCoordinates(sharedText("latency/king-meridian-coords/median_p2psim.syscoord"));
  const some = { ...all, hosts: all.hosts.slice(0, 300) };
  assert.equal(triangleReport(new CoordinateLatency(some)).violated, 0);
});

test("asymmetry moves latency between directions and keeps every round trip", () => {
  const base = new MatrixLatency(parseLatencyMatrix(Array.from({ length: 40 }, (_, a) => Array.from({ length: 40 }, (_, b) => (a === b ? 0 : 10 + ((a * b) % 17))).join(" ")).join("\n"), MS), "refuse");
  const model = new AsymmetricLatency(base, { share: 0.5, maxSkew: 0.6, random: stream("skew") });
  let skewed = 0;
  for (let a = 0; a < 40; a++) {
    for (let b = a + 1; b < 40; b++) {
      assert.equal(model.latencyUs(a, b) + model.latencyUs(b, a), base.latencyUs(a, b) + base.latencyUs(b, a));
      assert.ok(model.latencyUs(a, b) > 0.39 * base.latencyUs(a, b));
      if (model.latencyUs(a, b) !== base.latencyUs(a, b)) skewed += 1;
      assert.equal(model.latencyUs(a, b), model.latencyUs(a, b));
    }
  }
  // 780 pairs, each skewed with probability 1/2: within 4 standard deviations of 390.
  assert.ok(Math.abs(skewed - 390) < 4 * Math.sqrt(780 / 4), `${skewed} pairs skewed`);
});

test("the best relay is the one with the shortest round trip, the lowest number on a tie", () => {
  const model = new MatrixLatency(parseLatencyMatrix("0 100 20 20\n100 0 30 30\n20 30 0 1\n20 30 1 0\n", MS), "refuse");
  assert.deepEqual(bestRelay(model, 0, 1), { relay: 2, roundTripUs: 50_000 });
  assert.deepEqual(triangleReport(model), { pairs: 6, violated: 1, share: 1 / 6, shareSavingFifth: 1 / 6 });
});
