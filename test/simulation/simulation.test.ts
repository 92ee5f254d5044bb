import assert from "node:assert/strict";
import { test } from "node:test";
import { LimitError, ParameterError } from "overlay-lab/dist/errors";
import { Simulation, TraceBuffer, constantDelay, formatRecord, type Process, type ProcessContext, type SimulationOptions } from "overlay-lab/dist/simulation";

type Note = { readonly kind: "note"; readonly text: string };
type Hooks = Partial<{ [K in "onStart" | "onMessage" | "onTimer" | "onNumbers"]: (...args: Parameters<NonNullable<Process<Note>[K]>>) => void }>;

/** A process made of the handlers under test; keeps a log. */
class Scripted implements Process<Note> {
  constructor(
    readonly log: string[],
    private readonly hooks: Hooks,
  ) {}
  onStart(context: ProcessContext<Note>): void {
    this.hooks.onStart?.(context);
  }
  onMessage(context: ProcessContext<Note>, from: number, message: Note): void {
    this.log.push(`${context.nowUs} ${context.self}<${from} ${message.text}`);
    this.hooks.onMessage?.(context, from, message);
  }
  onTimer(context: ProcessContext<Note>, name: string, key: number): void {
    this.log.push(`${context.nowUs} ${context.self} ${name}${key === 0 ? "" : ` ${key}`}`);
    this.hooks.onTimer?.(context, name, key);
  }
  onNumbers(context: ProcessContext<Note>, from: number, kind: number, a: number, b: number, c: number): void {
    this.log.push(`${context.nowUs} ${context.self}<${from} numbers ${kind} ${a} ${b} ${c}`);
    this.hooks.onNumbers?.(context, from, kind, a, b, c);
  }
}

function world(hooks: Hooks, options: Partial<SimulationOptions<Note, Scripted>> = {}) {
  const log: string[] = [];
  const simulation = new Simulation<Note, Scripted>({ nodes: 2, seed: 1, process: () => new Scripted(log, hooks), transport: constantDelay(10), ...options });
  return { log, simulation };
}
const say = (text: string): Note => ({ kind: "note", text });

test("messages arrive after the network's delay, in the order of sending, objects and numbers alike", () => {
  const { log, simulation } = world({
    onStart: (context) => {
      if (context.self !== 0) return;
      context.send(1, say("a"), 5);
      context.sendNumbers(1, 7, 1.5, -0, 2 ** 53, 5);
      context.send(0, say("to itself"), 5);
    },
  });
  assert.deepEqual(simulation.run(), { reason: "idle", nowUs: 10, events: 5 });
  assert.deepEqual(log, ["10 1<0 a", `10 1<0 numbers 7 1.5 0 ${2 ** 53}`, "10 0<0 to itself"]);
  assert.deepEqual(simulation.counts, { events: 5, sent: 3, duplicated: 0, delivered: 3, lost: 0, dropped: 0, timers: 0, bytesSent: 15 });
});

test("timers: set moves, once leaves, cancel stops, keys tell them apart", () => {
  const { log, simulation } = world(
    {
      onStart: (context) => {
        context.setTimer("a", 10);
        context.setTimer("a", 20);
        context.setTimerOnce("b", 30);
        context.setTimerOnce("b", 5);
        context.setTimer("c", 1);
        context.cancelTimer("c");
        context.cancelTimer("never set");
        context.setTimer("d", 40, 1);
        context.setTimer("d", 41, 2);
        context.cancelTimer("d", 1);
      },
    },
    { nodes: 1 },
  );
  simulation.run();
  assert.deepEqual(log, ["20 0 a", "30 0 b", "41 0 d 2"]);
  assert.equal(simulation.pending, 0);
});

test("a timer cancelled in the microsecond in which it is due does not fire", () => {
  const { log, simulation } = world(
    {
      onStart: (context) => {
        context.setTimer("first", 10);
        context.setTimer("second", 10);
      },
      onTimer: (context) => context.cancelTimer("second"),
    },
    { nodes: 1 },
  );
  simulation.run();
  assert.deepEqual(log, ["10 0 first"]);
});

test("a handler that throws has no effect, and the error says where", () => {
  const { simulation } = world({
    onTimer: (context) => {
      context.send(1, say("never"), 1);
      throw new RangeError("broken");
    },
    onStart: (context) => context.self === 0 && context.setTimer("t", 5),
  });
  assert.throws(() => simulation.run(), (error: Error) => error instanceof RangeError && /broken \[event 3, 5 µs, node 0; seed 1, replication 0\]/.test(error.message));
  assert.equal(simulation.counts.sent, 0);
  assert.equal(simulation.run().reason, "idle");
});

test("bad arguments of a context are refused, and a context kept after its handler refuses to act", () => {
  let kept: ProcessContext<Note> | null = null;
  const refused: string[] = [];
  const { simulation } = world({
    onStart: (context) => {
      kept = context;
      const attempts: Record<string, () => void> = {
        node: () => context.send(2, say("x"), 1), negative: () => context.send(-1, say("x"), 1), fraction: () => context.send(0.5, say("x"), 1), bytes: () => context.send(0, say("x"), -1), nan: () => context.send(0, say("x"), NaN),
        huge: () => context.send(0, say("x"), 2 ** 31), kind: () => context.sendNumbers(0, -1, 0, 0, 0, 0), delay: () => context.setTimer("t", -1), half: () => context.setTimer("t", 0.5), key: () => context.setTimer("t", 1, 0.5),
      };
      for (const [name, attempt] of Object.entries(attempts)) assert.throws(attempt, ParameterError, name);
      refused.push(...Object.keys(attempts));
    },
  });
  simulation.run();
  assert.equal(refused.length, 20);
  const late = kept as unknown as ProcessContext<Note>;
  assert.throws(() => late.send(0, say("x"), 1), ParameterError);
  assert.throws(() => late.random("x"), ParameterError);
});

test("a crash loses process and timers; messages in flight reach the next process; a restart is fresh", () => {
  const incarnations: number[] = [];
  const log: string[] = [];
  const simulation = new Simulation<Note, Scripted>({
    nodes: 2, seed: 1, transport: constantDelay(100),
    process: (node, incarnation) => {
      if (node === 1) incarnations.push(incarnation);
      return new Scripted(log, { onStart: (context) => context.self === 1 && context.setTimer("life", 50) });
    },
  });
  simulation.invokeAt(10, 0, (_, context) => context.send(1, say("early"), 1));
  simulation.invokeAt(60, 0, (_, context) => context.send(1, say("late"), 1));
  simulation.at(20, () => simulation.crash(1));
  simulation.at(120, () => {
    assert.equal(simulation.statusOf(1), "down");
    assert.equal(simulation.processOf(1), undefined);
    simulation.restart(1);
  });
  simulation.run();
  assert.deepEqual(log, ["160 1<0 late", "170 1 life"]);
  assert.equal(simulation.counts.dropped, 1);
  assert.deepEqual(incarnations, [0, 1]);
});

test("a pause holds events back in order; resume delivers them at once; a crash while paused loses them", () => {
  for (const crash of [false, true]) {
    const { log, simulation } = world({ onStart: (context) => context.self === 1 && context.setTimer("tick", 15) });
    simulation.invokeAt(1, 0, (_, context) => context.send(1, say("held"), 1));
    simulation.at(5, () => simulation.pause(1));
    if (crash) simulation.at(20, () => simulation.crash(1));
    simulation.at(30, () => simulation.resume(1));
    simulation.at(40, () => simulation.restart(1));
    simulation.run();
    assert.deepEqual(log, crash ? ["55 1 tick"] : ["30 1<0 held", "30 1 tick"]);
  }
});

test("nodes start when told, or never by themselves", () => {
  const started: string[] = [];
  const { simulation } = world({ onStart: (context) => void started.push(`${context.nowUs} ${context.self}`) }, { nodes: 3, startUs: (node) => [5, 0, -1][node] });
  simulation.run();
  assert.deepEqual(started, ["0 1", "5 0"]);
  assert.equal(simulation.statusOf(2), "down");
});

test("a run stops at its time, its condition, or when nothing is left, and goes on when asked again", () => {
  const { log, simulation } = world({ onStart: (context) => context.setTimer("tick", 10), onTimer: (context) => context.setTimer("tick", 10) }, { nodes: 1 });
  assert.deepEqual(simulation.run({ untilUs: 35 }), { reason: "time", nowUs: 35, events: 4 });
  assert.deepEqual(simulation.run({ untilUs: 35 }), { reason: "time", nowUs: 35, events: 0 });
  assert.deepEqual(simulation.run({ until: () => log.length === 5 }), { reason: "condition", nowUs: 50, events: 2 });
  assert.equal(simulation.nextEventUs, 60);
  assert.throws(() => simulation.run({ untilUs: 40 }), ParameterError);
  simulation.invokeAt(55, 0, () => log.push("between"));
  simulation.run({ untilUs: 60 });
  assert.deepEqual(log.slice(5), ["between", "60 0 tick"]);
});

test("limits of events, time and memory are LimitErrors, and the simulation stays usable", () => {
  const endless = () => world({ onStart: (context) => context.setTimer("tick", 10), onTimer: (context) => context.setTimer("tick", 10) }, { nodes: 1 }).simulation;
  const simulation = endless();
  assert.throws(() => simulation.run({ maxEvents: 100 }), (error: Error) => error instanceof LimitError && /100/.test(error.message));
  assert.equal(simulation.counts.events, 100);
  assert.throws(() => simulation.run({ maxTimeUs: 5000 }), LimitError);
  assert.throws(() => simulation.run({ maxMemoryBytes: 1000 }), LimitError);
  assert.throws(() => simulation.run({ maxMemoryBytes: 1000, memoryBytes: () => 2000 }), LimitError);
  simulation.invokeAt(simulation.nowUs + 1, 0, () => undefined);
  const before = simulation.counts.events;
  assert.equal(simulation.run({ maxEvents: 10, until: () => simulation.counts.events === before + 5 }).reason, "condition");
  assert.equal(endless().run({ untilUs: 100, maxEvents: 1000, maxTimeUs: 100, maxMemoryBytes: 1e9 }).events, 11);
});

test("frozen messages cannot be changed after sending; copied ones are clones and must be plain data", () => {
  const message = { kind: "note" as const, text: "x", inner: { list: [1] }, bytes: new Uint8Array(2) };
  const start: Hooks = { onStart: (context) => context.self === 0 && context.send(1, message, 1) };
  const frozen = world({ ...start, onMessage: (_, __, got) => ((got as typeof message).inner.list.push(2), undefined) }, { messages: "frozen" });
  assert.throws(() => frozen.simulation.run(), TypeError);
  const seen: Note[] = [];
  const copied = world({ ...start, onMessage: (_, __, got) => void seen.push(got) }, { messages: "copied" });
  copied.simulation.run();
  assert.notEqual(seen[0], message);
  assert.deepEqual(seen[0], message);
  const unfit = world({ onStart: (context) => context.send(1, { kind: "note", text: "f", f: () => 0 } as Note, 1) }, { messages: "copied" });
  assert.throws(() => unfit.simulation.run(), ParameterError);
});

test("each node has its own stream per name, kept over restarts and independent of other draws", () => {
  const draws: number[] = [];
  const { simulation } = world({ onStart: (context) => void draws.push(context.random("a").uint32(), context.random("a").uint32()) });
  simulation.at(5, () => simulation.crash(0));
  simulation.at(6, () => simulation.restart(0));
  simulation.run();
  assert.equal(new Set(draws).size, 6);
  const other: number[] = [];
  world({ onStart: (context) => void (context.random("b").uint32(), other.push(context.random("a").uint32(), context.random("a").uint32())) }).simulation.run();
  assert.deepEqual(other, draws.slice(0, 4));
});

test("the fingerprint is the same for equal runs and differs for any changed event, payload or draw", () => {
  const print = (text: string, options: Partial<SimulationOptions<Note, Scripted>> = {}, bytes = 5) => {
    const { simulation } = world({ onStart: (context) => context.self === 0 && context.send(1, say(text), bytes) }, options);
    simulation.run();
    return simulation.fingerprint();
  };
  assert.equal(print("a"), print("a"));
  assert.equal(print("a"), print("b"), "payload texts are outside the quick fingerprint");
  assert.notEqual(print("a", { fingerprint: "payloads" }), print("b", { fingerprint: "payloads" }));
  assert.notEqual(print("a"), print("a", { transport: constantDelay(11) }));
  assert.notEqual(print("a"), print("a", {}, 6));
  const numbers = (value: number) => {
    const { simulation } = world({ onStart: (context) => context.self === 0 && context.sendNumbers(1, 1, value, 0, 0, 1) });
    simulation.run();
    return simulation.fingerprint();
  };
  assert.notEqual(numbers(0.1), numbers(0.1 + 2 ** -56));
  const drawn = (count: number) => {
    const { simulation } = world({ onStart: (context) => context.random("x").sample(10, count) });
    simulation.run();
    return simulation.fingerprint();
  };
  assert.notEqual(drawn(1), drawn(2));
});

test("a trace tells what happened; its buffer keeps the latest records", () => {
  const trace = new TraceBuffer(100);
  const { simulation } = world(
    {
      onStart: (context) => {
        if (context.self !== 0) return;
        context.note("hello", 1);
        context.send(1, say("x"), 3);
        context.setTimer("t", 5);
      },
    },
    { trace },
  );
  simulation.at(20, () => simulation.crash(1));
  simulation.run();
  assert.deepEqual(trace.records().map(formatRecord), [
    "#1 0 µs node 0 start", "#1 0 µs node 0 note hello", "#1 0 µs node 0 send note to 1", "#1 0 µs node 0 set-timer t", "#2 0 µs node 1 start",
    "#3 5 µs node 0 timer t", "#4 10 µs node 1 deliver note from 0", "#5 20 µs node -1 action ", "#5 20 µs node 1 crash",
  ].map((line) => line));
  const small = new TraceBuffer(2);
  for (const record of trace.records()) small.record(record);
  assert.deepEqual(small.records(), trace.records().slice(-2));
  assert.equal(small.overwritten, 7);
});

test("options and calls out of range are refused", () => {
  for (const options of [{ nodes: 0 }, { nodes: 1.5 }, { seed: -1 }, { replication: -1 }, { startUs: () => -2 }] as Partial<SimulationOptions<Note, Scripted>>[]) assert.throws(() => world({}, options), ParameterError);
  const { simulation } = world({ onStart: () => simulation.crash(0) });
  assert.throws(() => simulation.run(), /inside a handler/);
  assert.throws(() => simulation.at(-1, () => undefined), ParameterError);
  assert.throws(() => simulation.invokeAt(1, 9, () => undefined), ParameterError);
  const bad = world({ onStart: (context) => context.send(1, say("x"), 1) }, { transport: { delayUs: () => NaN } });
  assert.throws(() => bad.simulation.run(), /bad delay from the transport/);
});
