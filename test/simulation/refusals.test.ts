/** What callers without a type checker may give (JSON, notebooks): refused with a clear error, or done as documented; never wrong in silence. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { MatrixLatency } from "overlay-lab/dist/network";
import { parseLatencyMatrix } from "overlay-lab/dist/codecs";
import { Simulation, constantDelay, firstDifference, type Fault, type Process, type ProcessContext } from "overlay-lab/dist/simulation";

/** Sends one message a millisecond to node 1. */
class Sender implements Process<string> {
  onStart(context: ProcessContext<string>): void {
    if (context.self === 0) context.setTimer("next", 1000);
  }
  onTimer(context: ProcessContext<string>): void {
    context.send(1, "hello", 10);
    context.setTimer("next", 1000);
  }
  onMessage(): void {}
}

const world = (faults: readonly Fault[] = []) => new Simulation<string, Sender>({ nodes: 2, seed: 1, process: () => new Sender(), transport: constantDelay(10), faults });

test("sessions that touch go on, in any order of the list; sessions that overlap are refused with their place", () => {
  const simulation = world([{ kind: "sessions", sessions: [{ node: 0, upUs: 1000, downUs: 2000 }, { node: 0, upUs: 0, downUs: 1000 }] }]);
  const states = [500, 1500, 2500].map((untilUs) => {
    simulation.run({ untilUs });
    return simulation.statusOf(0);
  });
  assert.deepEqual(states, ["up", "up", "down"]);
  assert.throws(() => world([{ kind: "sessions", sessions: [{ node: 0, upUs: 0, downUs: 100 }, { node: 0, upUs: 50, downUs: 200 }] }]), (error) => error instanceof ParameterError && /overlap.*sessions\[1\]/.test(error.message));
});

test("a limit that is not a number is refused instead of switching the limit off", () => {
  for (const options of [{ maxEvents: NaN }, { maxTimeUs: NaN }, { maxMemoryBytes: NaN }, { maxEvents: -1 }, { maxEvents: 2.5 }]) {
    assert.throws(() => world().run({ untilUs: 5000, ...options }), ParameterError, JSON.stringify(options));
  }
  assert.throws(() => firstDifference(() => world(), () => world(), { maxEvents: NaN }), ParameterError);
});

test("messages that a pause held back are counted as dropped when the node crashes", () => {
  const simulation = world();
  simulation.run({ untilUs: 500 });
  simulation.pause(1);
  simulation.run({ untilUs: 5500 });
  const { sent, delivered } = simulation.counts;
  assert.deepEqual([sent, delivered, simulation.counts.dropped], [5, 0, 0]);
  simulation.crash(1);
  assert.equal(simulation.counts.dropped, 5);
});

test("unknown words for a policy are refused, naming those that would do", () => {
  const table = parseLatencyMatrix("0,10,\n10,0,20\n,20,0\n", { unit: "ms", kind: "round-trip" });
  assert.throws(() => new MatrixLatency(table, "bogus" as "refuse"), /refuse, drop-hosts, shortest-path/);
  assert.throws(() => new MatrixLatency(table, undefined as never), ParameterError);
  assert.throws(() => new Simulation<string, Sender>({ nodes: 1, seed: 1, process: () => new Sender(), transport: constantDelay(1), messages: "bogus" as "copied" }), /by-reference, frozen, copied/);
});
