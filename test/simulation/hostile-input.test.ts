/** Input as it comes from JSON, notebooks and plain JavaScript: every mistake ends in a ParameterError that names the field and its place. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { OverlayLabError, ParameterError, showValue } from "overlay-lab/dist/errors";
import {
  AliasTable, RandomStream, RecordingContext, Simulation, StepPlayer, TraceBuffer, Zipf, constantDelay, exp, explore, firstDifference, formatRecord, generalizedHarmonic, ln, normalQuantile, pow, recordSteps, samplerOf, threefry2x32, uniformDelay,
  type Distribution, type Fault, type Process, type ProcessContext, type SimulationOptions,
} from "overlay-lab/dist/simulation";

/** Each node sends to the next one each second. */
class Ring implements Process<string> {
  onStart(context: ProcessContext<string>): void {
    context.setTimer("next", 1_000_000);
  }
  onTimer(context: ProcessContext<string>): void {
    context.send((context.self + 1) % 4, "hello", 10);
    context.setTimer("next", 1_000_000);
  }
  onMessage(): void {}
}

const ring = (options: object = {}) => new Simulation<string, Ring>({ nodes: 4, seed: 1, process: () => new Ring(), transport: constantDelay(10), ...options });
const faulty = (faults: unknown) => ring({ faults });
const text = showValue;

function assertRefused(action: () => unknown, pattern: RegExp, what: string): void {
  assert.throws(action, (error: Error) => {
    assert.ok(error instanceof ParameterError, `${what}: ${error.stack}`);
    assert.match(error.message, pattern, what);
    return true;
  }, what);
}

const LAWS: readonly Distribution[] = [
  { kind: "constant", value: 5 }, { kind: "uniform", min: 1, max: 2 }, { kind: "exponential", mean: 2 }, { kind: "normal", mean: 5, standardDeviation: 1 }, { kind: "log-normal", median: 2, sigma: 1 }, { kind: "pareto", shape: 2, scale: 1 },
  { kind: "weibull", shape: 2, scale: 1 }, { kind: "empirical", values: [1, 2], weights: [3, 4] }, { kind: "quantiles", points: [[1, 0], [2, 1]] },
];
const FAULTS: readonly Fault[] = [
  { kind: "loss", probability: 0.5, fromUs: 1, untilUs: 5_000_000, from: [0, 1], to: [2] }, { kind: "delay", minUs: 1, maxUs: 2, probability: 0.5 }, { kind: "duplicate", probability: 0.5, spreadUs: 4 }, { kind: "partition", groups: [[0, 1], [2]], fromUs: 0, untilUs: 9 },
  { kind: "outage", a: 0, b: 1, oneWay: true, intervals: [[1, 2], [3, 4]] }, { kind: "crash", node: 1, atUs: 5, restartUs: 6 }, { kind: "pause", node: 1, fromUs: 5, untilUs: 6 },
  { kind: "churn", nodes: [1, 2], sessionUs: { kind: "exponential", mean: 1e6 }, downtimeUs: { kind: "constant", value: 1e6 }, fromUs: 0, untilUs: 3_000_000 }, { kind: "sessions", sessions: [{ node: 1, upUs: 5, downUs: 9 }] },
];
const HOSTILE: readonly unknown[] = [undefined, null, NaN, Infinity, -Infinity, -1, 0.5, 1e300, 2 ** 53, "1", "", "word", true, [], [[]], [null], ["1"], [NaN], [-1], {}, { kind: "loss" }, () => 1, Symbol("s"), 10n];

test("faults with a field missing, unknown or of the wrong kind are refused with their place", () => {
  const cases: [unknown, RegExp][] = [
    [{ kind: "partition", fromUs: 0 }, /faults\[1\]\.groups/], [{ kind: "outage", a: 0, b: 1 }, /faults\[1\]\.intervals/], [{ kind: "sessions" }, /faults\[1\]\.sessions/], [{ kind: "churn" }, /faults\[1\]\.sessionUs/],
    [{ kind: "churn", sessionUs: LAWS[0] }, /faults\[1\]\.downtimeUs/], [{}, /faults\[1\]\.kind/], [null, /faults\[1\]/], ["loss", /faults\[1\]/], [{ kind: "lost", probability: 0.1 }, /did you mean loss\?.*faults\[1\]\.kind/],
    [{ kind: "loss", probabilty: 0.1 }, /unknown field probabilty.*did you mean probability\?/], [{ kind: "crash", node: 9, atUs: 1 }, /faults\[1\]\.node/], [{ kind: "loss", probability: 0.1, from: [0, 9] }, /faults\[1\]\.from\[1\]/],
    [{ kind: "partition", groups: [[0], [1, 0]] }, /faults\[1\]\.groups\[1\]\[1\]/], [{ kind: "outage", a: 0, b: 1, intervals: [[1, 2], [1, 5]] }, /faults\[1\]\.intervals\[1\]\[0\]/], [{ kind: "outage", a: 0, b: 1, intervals: [5] }, /faults\[1\]\.intervals\[0\]/],
    [{ kind: "sessions", sessions: [{ node: 1, upUs: 2, downUs: 1 }] }, /faults\[1\]\.sessions\[0\]\.downUs/], [{ kind: "sessions", sessions: [{ node: 1, up_us: 2 }] }, /unknown field up_us.*did you mean upUs\?.*faults\[1\]\.sessions\[0\]/],
    [{ kind: "churn", sessionUs: { kind: "exponental", mean: 1 }, downtimeUs: LAWS[0] }, /did you mean exponential\?.*faults\[1\]\.sessionUs\.kind/], [{ kind: "churn", sessionUs: { kind: "empirical" }, downtimeUs: LAWS[0] }, /faults\[1\]\.sessionUs\.values/],
    [{ kind: "pause", node: 0, fromUs: 5 }, /faults\[1\]\.untilUs/], [{ kind: "delay", minUs: 5, maxUs: 4 }, /faults\[1\]\.maxUs/], [{ kind: "loss", probability: 0.1, fromUs: null }, /faults\[1\]\.fromUs/],
  ];
  for (const [fault, pattern] of cases) assertRefused(() => faulty([FAULTS[0], fault]), pattern, text(fault));
  for (const faults of [null, {}, "loss", 5, { 0: FAULTS[0], length: 1 }]) assertRefused(() => faulty(faults), /faults/, text(faults));
});

test("lengths of sessions that are zero, negative or below a microsecond as a whole are refused, instead of counting as 1 µs", () => {
  const laws = [
    { kind: "constant", value: 0 }, { kind: "constant", value: -5 }, { kind: "constant", value: 0.4 }, { kind: "uniform", min: -5, max: 5 }, { kind: "uniform", min: 0, max: 0.5 }, { kind: "exponential", mean: 0.001 },
    { kind: "normal", mean: -5, standardDeviation: 1 }, { kind: "empirical", values: [5, -1] }, { kind: "empirical", values: [0, 0] }, { kind: "quantiles", points: [[-1, 0], [5, 1]] }, { kind: "log-normal", median: 0.01, sigma: 1 }, { kind: "weibull", shape: 1, scale: 0.01 },
  ];
  for (const law of laws) {
    assertRefused(() => faulty([{ kind: "churn", sessionUs: law, downtimeUs: LAWS[0] }]), /faults\[0\]\.sessionUs/, text(law));
    assertRefused(() => faulty([{ kind: "churn", sessionUs: LAWS[0], downtimeUs: law }]), /faults\[0\]\.downtimeUs/, text(law));
  }
});

/** The value with one part, at any depth, replaced by a hostile value. */
function* mutants(value: unknown): Generator<unknown> {
  for (const hostile of HOSTILE) yield hostile;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) for (const part of mutants(value[i])) yield value.map((each, j) => (j === i ? part : each));
  } else if (typeof value === "object" && value !== null) {
    for (const [name, inner] of Object.entries(value)) for (const part of mutants(inner)) yield { ...value, [name]: part };
    for (const name of Object.keys(value)) yield Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
    yield { ...value, stranger: 1 };
  }
}

test("whatever stands in a fault or a distribution, it is refused with its place, or it runs", () => {
  const counts = { refused: 0, ran: 0 };
  const attempt = (action: () => void, where: RegExp, what: unknown) => {
    try {
      action();
      counts.ran += 1;
    } catch (error) {
      assert.ok(error instanceof ParameterError && where.test(error.message), `${text(what)}: ${error}`);
      counts.refused += 1;
    }
  };
  for (const fault of FAULTS) for (const mutant of mutants(fault)) attempt(() => void faulty([mutant]).run({ untilUs: 4_000_000 }), /faults\[0\]/, mutant);
  for (const law of LAWS) {
    for (const mutant of mutants(law)) {
      attempt(() => {
        const sampler = samplerOf(mutant as Distribution, "law");
        const random = new RandomStream({ seed: 1, name: "law" });
        for (let i = 0; i < 20; i++) assert.ok(!Number.isNaN(sampler(random)), text(mutant));
      }, /\blaw\b/, mutant);
    }
  }
  assert.ok(counts.refused > 1000 && counts.ran > 50, JSON.stringify(counts));
});

test("samplers, streams and tables refuse parameters that are not what they should be", () => {
  const random = new RandomStream({ seed: 1, name: "x" }) as unknown as Record<string, (...values: unknown[]) => unknown>;
  const good: Record<string, readonly unknown[]> = { exponential: [1], normal: [0, 1], logNormal: [0, 1], pareto: [1, 1], weibull: [1, 1], integer: [5], chance: [1, 2], sample: [5, 2], shuffle: [[1]] };
  for (const [name, values] of Object.entries(good)) {
    assert.doesNotThrow(() => random[name](...values), name);
    values.forEach((_, i) => {
      for (const bad of [NaN, Infinity, -Infinity, null, "1", {}, 1n, Symbol("s")]) assertRefused(() => random[name](...values.map((value, j) => (j === i ? bad : value))), /bad|no such/, `${name}, parameter ${i}: ${text(bad)}`);
    });
  }
  for (const [name, ...values] of [["exponential", 0], ["exponential", -1], ["normal", 0, -1], ["logNormal", 0, -1], ["pareto", 0, 1], ["weibull", 1, -1], ["chance", 5], ["chance", 3, 2], ["chance", 0.5, 2], ["chance", -1, 2], ["sample", 2, 3], ["pick", []], ["pick", null], ["pick", 5], ["pick", {}]] as const) {
    assertRefused(() => random[name](...values), /bad/, `${name} ${values}`);
  }
  for (const key of [{ seed: 1 }, null, undefined, { name: "x" }, { seed: NaN, name: "x" }, { seed: 1, name: 5 }, { seed: 1, name: "x", node: -1 }]) assertRefused(() => new RandomStream(key as never), /seed|name|node|address/, text(key));
  for (const law of [null, undefined, "constant", { kind: "uniform", min: 5, max: 4 }, { kind: "uniform", min: -1e308, max: 1e308 }]) assertRefused(() => samplerOf(law as never), /distribution/, text(law));
  for (const weights of [null, "12", {}, [], ["1", "2"], [0, 0], [NaN], [-1, 2]]) assertRefused(() => new AliasTable(weights as never), /weights/, text(weights));
  for (const p of [0, 1, -1, NaN, 2]) assertRefused(() => normalQuantile(p), /p\b/, `quantile of ${p}`);
  for (const [items, exponent] of [[0, 1], [NaN, 1], [5, -1], [5, NaN], [1.5, 1]]) assertRefused(() => new Zipf(items, exponent), /items|exponent/, `${items} ${exponent}`);
  for (const bad of [NaN, null, undefined, "1", 1n, {}] as never[]) for (const action of [() => ln(bad), () => exp(bad), () => pow(bad, 1), () => pow(1, bad)]) assertRefused(action, /parameter [xy]/, `${action} ${text(bad)}`);
  assertRefused(() => generalizedHarmonic(NaN, 1), /n\b/, "harmonic");
  assertRefused(() => threefry2x32([1, 2], null as never, new Uint32Array(2)), /Threefry/, "threefry");
  assertRefused(() => uniformDelay(1, 2, null as never), /random/, "uniform delay without a stream");
});

test("options of simulations, runs, recordings, comparisons and explorations are checked, misspelt ones named", () => {
  const options: [Record<string, unknown>, RegExp][] = [
    [{ transprot: 1 }, /unknown field transprot.*did you mean transport\?/], [{ process: null }, /process/], [{ transport: undefined }, /transport/], [{ transport: {} }, /delayUs/], [{ trace: {} }, /record/], [{ startUs: 5 }, /startUs/], [{ nodes: "4" }, /nodes/], [{ seed: NaN }, /seed/],
  ];
  for (const [option, pattern] of options) assertRefused(() => ring(option), pattern, text(option));
  for (const none of [null, undefined, 5]) assertRefused(() => new Simulation(none as unknown as SimulationOptions<string>), /options/, text(none));
  assertRefused(() => ring({ process: () => ({ onStart: () => undefined }) }).run(), /onTimer/, "half a process");
  assertRefused(() => ring({ process: () => undefined }).run(), /process/, "no process");
  for (const [option, pattern] of [[{ untlUs: 5 }, /did you mean untilUs\?/], [{ until: 5 }, /until/], [null, /options/], [{ untilUs: NaN }, /untilUs/], [{ maxMemoryBytes: 5, memoryBytes: 5 }, /memoryBytes/]] as const) assertRefused(() => ring().run(option as never), pattern, text(option));
  assertRefused(() => ring().run({ maxMemoryBytes: 5, memoryBytes: () => NaN, maxEvents: 10_000 }), /memory/, "memory NaN");
  const calls: [(simulation: Simulation<string, Ring>) => void, RegExp][] = [
    [(each) => each.at(5, undefined as never), /action/], [(each) => each.at(NaN, () => undefined), /timeUs/], [(each) => each.invokeAt(5, 0, null as never), /visit/], [(each) => each.invokeAt(5, 1.5, () => undefined), /node/], [(each) => each.random(5 as never), /name/],
    [(each) => each.random("x", -1), /node/], [(each) => (each.trace = {} as never), /trace/], [(each) => each.crash(NaN), /node/], [(each) => each.statusOf("1" as never), /node/],
  ];
  for (const [call, pattern] of calls) assertRefused(() => call(ring()), pattern, call.toString());
  for (const [option, pattern] of [[{ maxSteps: NaN }, /maxSteps/], [{ maxSteps: 0 }, /maxSteps/], [{ untilUs: NaN }, /untilUs/], [{ until: true }, /until/], [{ maxStep: 5 }, /did you mean maxSteps\?/]] as const) assertRefused(() => recordSteps(ring(), option as never), pattern, text(option));
  const run = ring();
  run.run({ untilUs: 5 });
  assertRefused(() => recordSteps(run, {}), /has run before/, "recording of a simulation that has run");
  for (const data of [null, {}, { nodes: 2 }, { nodes: 2, steps: [{}] }, { nodes: 2, steps: [null] }]) assertRefused(() => new StepPlayer(data as never), /data/, text(data));
  assertRefused(() => firstDifference(run as never, () => ring()), /first/, "a simulation instead of its maker");
  assertRefused(() => firstDifference(() => run, () => run), /itself/, "the same simulation");
  const world = { nodes: 2, process: () => new Ring(), invariant: () => null };
  for (const [option, pattern] of [[{ nodes: 1.5 }, /nodes/], [{ invariant: undefined }, /invariant/], [{ losses: NaN }, /losses/], [{ maxWork: NaN }, /maxWork/], [{ timers: "never" }, /timers/], [{ visits: [{ node: 5, visit: () => undefined }] }, /visits\[0\]\.node/], [{ invariant: () => true }, /invariant/], [{ goals: 1 }, /did you mean goal\?/]] as const) {
    assertRefused(() => explore({ ...world, ...option } as never), pattern, text(option));
  }
  for (const capacity of [0, NaN, 1.5]) assertRefused(() => new TraceBuffer(capacity), /capacity/, `${capacity}`);
  for (const option of [null, { self: -1 }, { nowUs: NaN }, { seed: "1" }, { node: 1 }]) assertRefused(() => new RecordingContext(option as never), /options|self|nowUs|seed|node/, text(option));
});

test("a context refuses what it cannot do, in the simulator and in a unit test alike, and the handler then has no effect", () => {
  const attempts: Record<string, (context: ProcessContext<unknown>) => void> = {
    "no node": (context) => context.send(undefined as never, "x", 1), "half a node": (context) => context.send(0.5, "x", 1), "a node as text": (context) => context.send("1" as never, "x", 1), "no size": (context) => context.send(1, "x", undefined as never),
    "a timer without name": (context) => context.setTimer(undefined as never, 5), "a number as name": (context) => context.setTimer(5 as never, 5), "a symbol as name": (context) => context.setTimer(Symbol("t") as never, 5), "a cancelled number": (context) => context.cancelTimer(5 as never),
    "an endless delay": (context) => context.setTimer("t", Infinity), "no delay": (context) => context.setTimer("t", undefined as never), "a delay NaN": (context) => context.setTimerOnce("t", NaN), "an expiry past 2^53": (context) => context.setTimer("t", Number.MAX_SAFE_INTEGER),
    "a text as key": (context) => context.setTimer("t", 5, "k" as never), "a note without text": (context) => context.note(undefined as never), "a stream without name": (context) => void context.random(undefined as never),
    "a text among numbers": (context) => context.sendNumbers(1, 1, "5" as never, 0, 0, 1), "a missing number": (context) => (context.sendNumbers as (...values: number[]) => void)(1, 1, 2, 3), "a kind as text": (context) => context.sendNumbers(1, "1" as never, 0, 0, 0, 1),
  };
  for (const [what, attempt] of Object.entries(attempts)) {
    let refused: unknown = null;
    const simulation = ring();
    simulation.invokeAt(7, 0, (_, context) => {
      try {
        attempt(context as ProcessContext<unknown>);
      } catch (error) {
        refused = error;
      }
    });
    simulation.run({ untilUs: 10 });
    assert.ok(refused instanceof ParameterError, `${what}: ${refused}`);
    assert.equal(simulation.counts.sent, 0);
    assertRefused(() => attempt(new RecordingContext<unknown>({ nowUs: 7 })), /./, what);
  }
  assert.ok(new ParameterError({ what: "x" }) instanceof OverlayLabError);
  for (const transport of [{ delayUs: () => 0.5 }, { delayUs: () => "5" }, { delayUs: () => Infinity }, { delayUs: () => -2 }, { delayUs: () => undefined }, { delayUs: () => 1, duplicateUs: () => NaN }]) {
    assertRefused(() => ring({ transport }).run({ untilUs: 2_000_000 }), /delay|time/, text(transport));
  }
});

test("a transport's answers are numbers and its reasons texts: null is no delay of 0, and NaN no reason", () => {
  const sending = (transport: object) => () => ring({ transport }).run({ untilUs: 2_000_000 });
  for (const delay of [null, undefined, "5", Number.NaN, -2, 0.5, Infinity, {}]) assertRefused(sending({ delayUs: () => delay }), /delay|time/, `delay ${text(delay)}`);
  for (const again of [null, undefined, "5", Number.NaN, -2, 0.5]) assertRefused(sending({ delayUs: () => 5, duplicateUs: () => again }), /delay|time/, `copy ${text(again)}`);
  for (const reason of [5, Number.NaN, {}, true]) assertRefused(sending({ delayUs: () => -1, lossReason: () => reason }), /reason of a loss/, `reason ${text(reason)}`);
  for (const record of [undefined, null, 5, "lose"]) assertRefused(() => formatRecord(record as never), /record/, `record ${text(record)}`);
});
