import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { test } from "node:test";
import { firstDifference, recordSteps, StepPlayer, Simulation, constantDelay } from "overlay-lab/dist/simulation";
import { sampleWorld } from "./sample-world";

const fingerprint = (seed: number) => {
  const simulation = sampleWorld(seed);
  simulation.run({ untilUs: 3_000_000 });
  return simulation.fingerprint();
};
/** Recorded once; a change means that a released world would run differently. */
const GOLDEN = "bfbe7fb063006978";

test("a world with every kind of fault runs the same twice in one process, in pieces, and step by step", () => {
  const whole = fingerprint(11);
  assert.equal(fingerprint(11), whole);
  assert.notEqual(fingerprint(12), whole);
  const pieces = sampleWorld(11);
  for (let timeUs = 100_000; timeUs <= 3_000_000; timeUs += 100_000) pieces.run({ untilUs: timeUs });
  assert.equal(pieces.fingerprint(), whole);
  const steps = sampleWorld(11);
  while (steps.nextEventUs <= 3_000_000) steps.step();
  assert.equal(steps.fingerprint(), whole);
  assert.equal(whole, GOLDEN);
});

test("the same world in fresh processes, in other time zones and languages, has the same fingerprint", () => {
  const script = path.join(__dirname, "sample-world.js");
  for (const environment of [{ TZ: "Asia/Seoul", LANG: "ko_KR.UTF-8", LC_ALL: "ko_KR.UTF-8" }, { TZ: "America/St_Johns", LANG: "tr_TR.UTF-8" }, { TZ: "UTC", LANG: "C" }]) {
    assert.equal(execFileSync(process.execPath, [script], { env: { ...process.env, ...environment }, encoding: "utf8" }), GOLDEN);
  }
});

test("tracing, memory checks and conditions do not change a run", () => {
  const simulation = sampleWorld(11);
  let records = 0;
  simulation.trace = { record: () => void (records += 1) };
  simulation.run({ untilUs: 3_000_000, until: () => false, maxMemoryBytes: 1e9, maxEvents: 1e6 });
  assert.equal(simulation.fingerprint(), GOLDEN);
  assert.ok(records > simulation.counts.events);
});

test("the first difference of two runs is found: the first message with the planted delay", () => {
  assert.equal(firstDifference(() => sampleWorld(11), () => sampleWorld(11), { maxEvents: 2000 }), null);
  const difference = firstDifference(() => sampleWorld(11), () => sampleWorld(11, true));
  assert.ok(difference !== null && difference.first?.kind === "send" && difference.second?.kind === "send");
  assert.equal(difference.first.node, 7);
  assert.equal(difference.second.arrivalUs - difference.first.arrivalUs, 1);
  assert.ok(difference.first.timeUs >= 1_000_000);
  assert.equal(difference.before.length, 5);
  assert.match(difference.text, /first {2}#\d+ \d+ µs node 7 send/);
  const longer = firstDifference(() => timerWorld(3), () => timerWorld(4));
  assert.equal(longer?.event, 4);
});

function timerWorld(ticks: number): Simulation {
  const hooks = { onStart: () => undefined, onMessage: () => undefined, onTimer: () => undefined };
  const simulation = new Simulation({ nodes: 1, seed: 1, transport: constantDelay(1), process: () => hooks });
  for (let i = 1; i < ticks; i++) simulation.invokeAt(i, 0, () => undefined);
  return simulation;
}

test("recorded steps play forward and back to the same states, and show what the simulation shows", () => {
  const simulation = sampleWorld(11);
  const data = recordSteps(simulation, { untilUs: 800_000 });
  assert.equal(simulation.trace, null);
  const player = new StepPlayer(JSON.parse(JSON.stringify(data)));
  const state = () => JSON.stringify([player.views, player.status, player.underWay, player.nowUs]);
  const forward: string[] = [state()];
  while (player.forward() !== null) forward.push(state());
  assert.equal(forward.length, data.steps.length + 1);
  assert.ok(new Set(forward).size > data.steps.length / 2);
  for (let node = 0; node < 20; node++) {
    assert.equal(player.status[node], simulation.statusOf(node));
    assert.deepEqual(player.views[node], simulation.processOf(node)?.view?.(node) ?? null);
  }
  for (let position = forward.length - 1; position >= 0; position--) {
    assert.equal(state(), forward[position]);
    player.back();
  }
  for (const position of [17, 3, data.steps.length, 0, 100]) {
    player.seek(position);
    assert.equal(state(), forward[position]);
  }
  assert.throws(() => player.seek(-1), /no such step/);
  assert.throws(() => recordSteps(sampleWorld(11), { maxSteps: 10 }), /limit of steps/);
});
