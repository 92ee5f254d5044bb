import assert from "node:assert/strict";
import { test } from "node:test";
import { InvariantError, ParameterError } from "overlay-lab/dist/errors";
import { checkFluidSchedule, fluidPeerRates, fluidProgress, fluidSchedule, type FileDistribution, type FluidSchedule } from "overlay-lab/dist/peer-to-peer";

const A: FileDistribution = { fileBits: 1000, serverUploadBps: 10, peerUploadBps: [20, 5, 15], peerDownloadBps: [10, 12, 30] };
const B: FileDistribution = { fileBits: 1000, serverUploadBps: 40, peerUploadBps: [2, 6, 0], peerDownloadBps: [30, 40, 50] };
const C: FileDistribution = { ...B, peerDownloadBps: [30, 4, 50] };

test("the three cases have the rates of the proof", () => {
  const a = fluidSchedule(A);
  assert.equal(a.case, "A: server-limited");
  assert.deepEqual([...a.substreamBps, a.directBps, a.rateBps], [5, 1.25, 3.75, 0, 10]);
  const b = fluidSchedule(B);
  assert.equal(b.case, "B: aggregate-limited");
  assert.deepEqual([...b.substreamBps, b.directBps, b.rateBps], [1, 3, 0, 12, 16]);
  const c = fluidSchedule(C);
  assert.equal(c.case, "C: download-limited");
  assert.deepEqual([...c.substreamBps, c.directBps, c.rateBps, c.seconds], [0.25, 0.75, 0, 3, 4, 250]);
  for (const schedule of [a, b, c]) checkFluidSchedule(schedule);
});

test("a single peer is served directly at the slower of the two lines", () => {
  for (const [server, download, rate] of [[10, 4, 4], [4, 10, 4]]) {
    const schedule = fluidSchedule({ fileBits: 100, serverUploadBps: server, peerUploadBps: [9], peerDownloadBps: [download] });
    assert.deepEqual([schedule.rateBps, schedule.directBps, schedule.substreamBps[0]], [rate, rate, 0]);
    checkFluidSchedule(schedule);
  }
});

test("the checker names the rule that a planted defect breaks", () => {
  const good = fluidSchedule(B);
  const substream = (peer: number, bps: number) => Float64Array.from(good.substreamBps, (old, index) => (index === peer ? bps : old));
  const defects: [Partial<FluidSchedule>, RegExp][] = [
    [{ directBps: 13 }, /the server sends more/],
    [{ directBps: 11 }, /does not arrive completely/],
    [{ directBps: -1 }, /substream 0 has a negative rate/],
    [{ directBps: NaN }, /./],
    [{ substreamBps: substream(2, 0.5), directBps: 11.5 }, /peer 2 sends more/],
    [{ substreamBps: substream(0, -1) }, /substream of peer 0 has a negative rate/],
    [{ substreamBps: good.substreamBps.slice(1) }, /not for these peers/],
    [{ seconds: good.seconds * 0.99 }, /does not arrive completely/],
    [{ seconds: good.seconds * 1.01 }, /not the peer-to-peer bound/],
    [{ distribution: { ...B, peerDownloadBps: [15, 40, 50] } }, /peer 0 receives more/],
  ];
  for (const [change, message] of defects) {
    assert.throws(() => checkFluidSchedule({ ...good, ...change }), (error: Error) => error instanceof InvariantError && message.test(error.message), String(message));
  }
});

/**
 * An independent integration in small steps with every copy written out: in each step the server sends, and a peer forwards only what
 * it received in the step before. Returns the time at which every peer holds every substream's share.
 */
function integrate(schedule: FluidSchedule, steps: number): number {
  const { distribution, substreamBps, directBps, rateBps } = schedule;
  const peers = substreamBps.length;
  const dt = schedule.seconds / steps;
  const got = Array.from({ length: peers }, () => new Float64Array(peers + 1));
  const share = [...substreamBps, directBps].map((bps) => (bps / rateBps) * distribution.fileBits);
  for (let step = 1; step <= 2 * steps; step++) {
    const before = got.map((row) => row.slice());
    for (let taker = 0; taker < peers; taker++) {
      got[taker][peers] = Math.min(share[peers], got[taker][peers] + directBps * dt);
      for (let owner = 0; owner < peers; owner++) {
        const source = owner === taker ? share[owner] : before[owner][owner];
        got[taker][owner] = Math.min(source, got[taker][owner] + substreamBps[owner] * dt);
      }
    }
    if (got.every((row) => row.every((bits, stream) => bits >= share[stream] * (1 - 1e-9)))) return step * dt;
  }
  return Infinity;
}

test("forwarding in small steps finishes one step after the bound", () => {
  for (const distribution of [A, B, C]) {
    const schedule = fluidSchedule(distribution);
    for (const steps of [10, 1000]) {
      const finished = integrate(schedule, steps) / schedule.seconds;
      assert.ok(finished >= 1 - 1e-9 && finished <= 1 + 1.001 / steps, `${schedule.case}: ${finished} with ${steps} steps`);
    }
  }
});

test("the rates of each peer add up to the common rate", () => {
  for (const rates of fluidPeerRates(fluidSchedule(A))) assert.equal(rates.ownSubstreamBps + rates.directBps + rates.fromPeersBps, 10);
  assert.deepEqual(fluidPeerRates(fluidSchedule(B), [1]), [{ peer: 1, ownSubstreamBps: 3, directBps: 12, fromPeersBps: 1, copiesBps: 6, uploadBps: 6, downloadBps: 40 }]);
});

test("a million different peers are scheduled and checked without a matrix", () => {
  const peers = 1_000_000;
  const distribution: FileDistribution = {
    fileBits: 8e9,
    serverUploadBps: 1e9,
    peerUploadBps: Float64Array.from({ length: peers }, (_, peer) => 1e5 + (peer % 997) * 1e4),
    peerDownloadBps: Float64Array.from({ length: peers }, (_, peer) => 1e8 + peer),
  };
  const check = checkFluidSchedule(fluidSchedule(distribution));
  assert.ok(Math.abs(check.relativeGap) <= 1e-12);
  assert.ok(Math.abs(check.peerUploadUse - 1) < 1e-9);
});

test("a malformed distribution is refused before anything is built", () => {
  assert.throws(() => fluidSchedule({ ...A, serverUploadBps: -1 }), ParameterError);
});

test("the file builds up at a peer from nothing to every bit", () => {
  const rows = fluidProgress(fluidSchedule(A), 1, 4);
  assert.deepEqual(rows.map((row) => row.totalBits), [0, 250, 500, 750, 1000]);
  assert.deepEqual(rows[2], { seconds: 50, ownSubstreamBits: 62.5, directBits: 0, fromPeersBits: 437.5, totalBits: 500 });
  assert.throws(() => fluidProgress(fluidSchedule(A), 3, 4), ParameterError);
  assert.throws(() => fluidProgress(fluidSchedule(A), 0, 0), ParameterError);
});
