/** What the fingerprint covers: all that a trace would show, traced or not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Simulation, constantDelay, type Process, type ProcessContext, type SimulationOptions, type TraceSink } from "overlay-lab/dist/simulation";

interface Note { readonly kind: string; readonly text: string }
type Context = ProcessContext<Note>;
type Options = Partial<SimulationOptions<Note>> & { readonly prepare?: (simulation: Simulation<Note>) => void; readonly untilUs?: number };

/** Node 0 does something when it starts, node 1 does nothing. */
function print(act: (context: Context) => void, { prepare, untilUs = 1000, ...options }: Options = {}): string {
  const process: Process<Note> = { onStart: (context) => context.self === 0 && act(context), onMessage: () => undefined, onNumbers: () => undefined, onTimer: () => undefined };
  const simulation = new Simulation<Note>({ nodes: 2, seed: 1, transport: constantDelay(10), process: () => process, ...options });
  prepare?.(simulation);
  simulation.run({ untilUs });
  return simulation.fingerprint();
}
const message = (kind: string, text = "") => ({ kind, text });
const nothing = () => undefined;
const lossy = (reason?: string) => ({ transport: { delayUs: () => -1, ...(reason === undefined ? {} : { lossReason: () => reason }) } });
const crashed: Options = { prepare: (simulation) => simulation.at(0, () => simulation.crash(1)) };
const send = (bytes = 5, kind = "a") => (context: Context) => context.send(1, message(kind), bytes);
const numbers = (a: number, kind = 1) => (context: Context) => context.sendNumbers(1, kind, a, 0, 0, 5);

/** Runs that a trace tells apart, each pair in one respect. */
const PAIRS: readonly [what: string, one: string, other: string][] = [
  ["a message under way at the end", print(nothing, { untilUs: 5 }), print(send(), { untilUs: 5 })],
  ["the kind of a message under way", print(send(5, "a"), { untilUs: 5 }), print(send(5, "b"), { untilUs: 5 })],
  ["the size of a message", print(send(5)), print(send(6))],
  ["the numbers of a message under way", print(numbers(0.1), { untilUs: 5 }), print(numbers(0.1 + 2 ** -56), { untilUs: 5 })],
  ["a lost message", print(nothing, lossy()), print(send(), lossy())],
  ["the size of a lost message", print(send(5), lossy()), print(send(6), lossy())],
  ["the kind of a lost message", print(send(5, "a"), lossy()), print(send(5, "b"), lossy())],
  ["the receiver of a lost message", print(send(), lossy()), print((context) => context.send(0, message("a"), 5), lossy())],
  ["the numbers of a lost message", print(numbers(1), lossy()), print(numbers(2), lossy())],
  ["the kind of a lost message of numbers", print(numbers(1, 1), lossy()), print(numbers(1, 2), lossy())],
  ["the reason of a loss", print(send(), lossy("rain")), print(send(), lossy("snow"))],
  ["which fault lost a message", print(send(), { faults: [{ kind: "loss", probability: 1 }] }), print(send(), { faults: [{ kind: "partition", groups: [[0], [1]], fromUs: 0 }] })],
  ["a message to a node that is down", print(nothing, crashed), print(send(), crashed)],
  ["a message that a crash takes after a pause", print(nothing, pausedAndCrashed(nothing)), print(send(), pausedAndCrashed(nothing))],
  ["a timer that is still running", print(nothing), print((context) => context.setTimer("t", 5000))],
  ["the expiry of a timer that is still running", print((context) => context.setTimer("t", 5000)), print((context) => context.setTimer("t", 5001))],
  ["a timer that was set and stopped", print(nothing), print((context) => (context.setTimer("t", 5), context.cancelTimer("t")))],
  ["the lower half of a timer's key", print((context) => context.setTimer("t", 5, 1)), print((context) => context.setTimer("t", 5, 2))],
  ["the upper half of a timer's key", print((context) => context.setTimer("t", 5, 1)), print((context) => context.setTimer("t", 5, 1 + 2 ** 32))],
  ["the sign of a timer's key", print((context) => context.setTimer("t", 5, -1)), print((context) => context.setTimer("t", 5, 2 ** 32 - 1))],
  ["the text of a note", print((context) => context.note("a")), print((context) => context.note("b"))],
  ["an action", print(nothing), print(nothing, { prepare: (simulation) => simulation.at(7, nothing) })],
  ["the time of an action", print(nothing, { prepare: (simulation) => simulation.at(7, nothing) }), print(nothing, { prepare: (simulation) => simulation.at(8, nothing) })],
  ["a call into a node that is down", print(nothing, crashed), print(nothing, { prepare: (simulation) => (crashed.prepare?.(simulation), simulation.invokeAt(7, 1, nothing)) })],
];

function pausedAndCrashed(action: () => void): Options {
  return { prepare: (simulation) => (simulation.at(5, () => (simulation.pause(1), action())), simulation.at(20, () => simulation.crash(1))) };
}

test("two runs that differ in anything that a trace shows have different fingerprints", () => {
  for (const [what, one, other] of PAIRS) assert.notEqual(one, other, what);
});

test("with payloads, the fingerprint tells texts of messages and values of notes apart, lost ones too", () => {
  const options = { fingerprint: "payloads" as const };
  const text = (value: string) => (context: Context) => context.send(1, message("a", value), 5);
  assert.equal(print(text("x")), print(text("y")), "outside the quick fingerprint");
  for (const more of [{}, { untilUs: 5 }, lossy()]) assert.notEqual(print(text("x"), { ...options, ...more }), print(text("y"), { ...options, ...more }));
  assert.notEqual(print((context) => context.note("n", 1), options), print((context) => context.note("n", 2), options));
});

test("a trace does not change a fingerprint, and says why a message was lost or dropped", () => {
  const reasons: (string | undefined)[] = [];
  const trace: TraceSink = { record: (record) => void ((record.kind === "lose" || record.kind === "drop") && reasons.push(record.reason)) };
  const cases: [(context: Context) => void, Options][] = [
    [send(), lossy()], [send(), lossy("rain")], [send(), { faults: [{ kind: "crash", node: 1, atUs: 0 }, { kind: "loss", probability: 1 }] }], [send(), crashed], [send(), pausedAndCrashed(nothing)],
    [send(), { faults: [{ kind: "outage", a: 0, b: 1, intervals: [[0, 9]] }] }], [(context) => context.note("n", 1), {}], [send(), { ...lossy("rain"), faults: [{ kind: "delay", minUs: 1, maxUs: 1 }] }],
  ];
  for (const [act, options] of cases) assert.equal(print(act, { ...options, trace }), print(act, options));
  assert.deepEqual(reasons, ["network", "rain", "fault 1 loss", "node down", "crash after a pause", "outage", "rain"]);
});
