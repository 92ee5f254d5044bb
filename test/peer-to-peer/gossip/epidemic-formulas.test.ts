import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { antiEntropyStep, broadcastReach, pushTime, residueOfTraffic, rumourResidue } from "overlay-lab/dist/peer-to-peer/gossip";

test("the residue of rumour mongering is the root of s = e^(-(k+1)(1-s)) below 1, for small and large k", () => {
  for (const k of [0.05, 0.5, 1, 2, 3, 4, 10, 40]) {
    const s = rumourResidue(k);
    assert.ok(s > 0 && s < 1 - 1e-6, `k ${k}: ${s}`);
    assert.ok(Math.abs(s - Math.exp(-(k + 1) * (1 - s))) < 1e-12 * Math.max(1, s), `k ${k}`);
  }
});

test("a step of anti-entropy squares the share by pull and takes about 1/e of it by push", () => {
  assert.equal(antiEntropyStep("pull", 0.25, 1000), 0.0625);
  assert.ok(Math.abs(antiEntropyStep("push", 1e-9, 1_000_000) / 1e-9 - Math.exp(-1)) < 1e-5);
  assert.ok(antiEntropyStep("push-pull", 0.5, 1000) < Math.min(antiEntropyStep("push", 0.5, 1000), antiEntropyStep("pull", 0.5, 1000)));
  for (const direction of ["push", "pull", "push-pull"] as const) assert.equal(antiEntropyStep(direction, 0, 10), 0);
});

test("the reach of a broadcast is the root of z = 1 - e^(-f z), and nothing below a fanout of 1", () => {
  for (const fanout of [1.5, 2, 4, 6]) {
    const z = broadcastReach(fanout);
    assert.ok(z > 0.1 && Math.abs(z - (1 - Math.exp(-fanout * z))) < 1e-12, `${fanout}`);
  }
  assert.equal(broadcastReach(1), 0);
  assert.equal(broadcastReach(0.4), 0);
  assert.ok(Math.abs(residueOfTraffic(1.74) - Math.exp(-1.74)) < 1e-15);
  assert.ok(Math.abs(pushTime(1000) - (Math.log2(1000) + Math.log(1000))) < 1e-12);
});

test("values out of range are refused", () => {
  for (const wrong of [() => rumourResidue(0), () => rumourResidue(NaN), () => antiEntropyStep("pull", 1.5, 10), () => antiEntropyStep("pull", 0.5, 1), () => antiEntropyStep("sideways" as "pull", 0.5, 10), () => broadcastReach(-1), () => residueOfTraffic(-1), () => pushTime(0)]) assert.throws(wrong, ParameterError);
});
