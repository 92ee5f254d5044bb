import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { losesInterest, spreadRumour, RUMOUR_POLICY_DEFAULTS, type RumourCycleParameters } from "overlay-lab/dist/peer-to-peer/gossip";
import { RandomStream } from "overlay-lab/dist/simulation";

const stream = (replication = 0) => new RandomStream({ seed: 5, name: "rumour", replication });

test("two sites: one push tells the other, and each stops at its first unnecessary push", () => {
  const run = spreadRumour({ sites: 2, k: 1 }, stream());
  assert.deepEqual(run.known, [1, 2, 2]);
  assert.equal(run.residue, 0);
  assert.equal(run.messagesPerSite, 3 / 2);
  assert.equal(run.lastCycle, 1);
  assert.equal(run.averageCycle, 0.5);
});

test("blind with a coin of k = 1: the first site pushes once, whoever hears it once more, and all end", () => {
  const run = spreadRumour({ response: "blind", stop: "coin", k: 1 }, stream());
  // Every site that knows pushes exactly once.
  assert.equal(Math.round(run.messagesPerSite * 1000), run.known[run.known.length - 1]);
});

test("the sites that know never fall, end at n (1 - residue), and the last cycle is the last with news", () => {
  for (const parameters of [{}, { direction: "pull" }, { direction: "push-pull", k: 2 }, { response: "blind", k: 4 }, { stop: "coin", k: 3 }, { connectionLimit: 1, huntLimit: 2, k: 2 }] as Partial<RumourCycleParameters>[]) {
    const { known, residue, lastCycle, averageCycle } = spreadRumour({ sites: 200, ...parameters }, stream(1));
    for (let cycle = 1; cycle < known.length; cycle++) assert.ok(known[cycle] >= known[cycle - 1]);
    assert.equal(Math.round((1 - residue) * 200), known[known.length - 1]);
    assert.equal(known[lastCycle], known[known.length - 1]);
    assert.ok(lastCycle === 0 || known[lastCycle - 1] < known[lastCycle]);
    assert.ok(averageCycle <= lastCycle);
  }
});

test("a connection limit of one makes push better in residue per message, as the paper found", () => {
  const mean = (parameters: Partial<RumourCycleParameters>) => {
    let log = 0;
    for (let run = 0; run < 40; run++) {
      const { residue, messagesPerSite } = spreadRumour({ sites: 1000, k: 2, ...parameters }, stream(run));
      log += Math.log(Math.max(residue, 1e-4)) / messagesPerSite;
    }
    return log / 40;
  };
  assert.ok(mean({ connectionLimit: 1 }) < mean({}) - 0.05, "s = e^(-m / (1 - e^-1)) against s = e^-m");
});

test("a useful contact sets the counter back only if the policy says so", () => {
  const counters = [1];
  assert.equal(losesInterest<number>({ ...RUMOUR_POLICY_DEFAULTS, k: 2 }, counters, 0, true, stream()), false);
  assert.equal(counters[0], 0);
  counters[0] = 1;
  losesInterest<number>({ ...RUMOUR_POLICY_DEFAULTS, k: 2, counterResets: false }, counters, 0, true, stream());
  assert.equal(counters[0], 1);
  assert.equal(losesInterest<number>({ ...RUMOUR_POLICY_DEFAULTS, k: 2 }, counters, 0, false, stream()), true);
});

test("parameters out of range are refused by name", () => {
  for (const wrong of [{ sites: 1 }, { k: 0 }, { k: 1.5 }, { k: NaN }, { direction: "up" }, { response: "" }, { stop: "never" }, { connectionLimit: 0 }, { huntLimit: -1 }]) {
    assert.throws(() => spreadRumour(wrong as Partial<RumourCycleParameters>, stream()), (error: Error) => error instanceof ParameterError && error.message.includes(Object.keys(wrong)[0]), JSON.stringify(wrong));
  }
});
