import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { Simulation, constantDelay, type Fault, type Process, type ProcessContext } from "overlay-lab/dist/simulation";

interface Tick { readonly kind: "tick"; readonly sentUs: number }
const SECOND = 1_000_000;

/** Every node sends one message to the next node each millisecond, and keeps what arrives and when it lived. */
class Chatter implements Process<Tick> {
  readonly arrivals: { from: number; sentUs: number; atUs: number }[] = [];
  constructor(private readonly nodes: number) {}
  onStart(context: ProcessContext<Tick>): void {
    context.setTimer("tick", 1000);
  }
  onTimer(context: ProcessContext<Tick>): void {
    context.send((context.self + 1) % this.nodes, { kind: "tick", sentUs: context.nowUs }, 10);
    context.setTimer("tick", 1000);
  }
  onMessage(context: ProcessContext<Tick>, from: number, message: Tick): void {
    this.arrivals.push({ from, sentUs: message.sentUs, atUs: context.nowUs });
  }
}

function chat(faults: readonly Fault[], untilUs = 10 * SECOND, nodes = 2, seed = 1) {
  const simulation = new Simulation<Tick, Chatter>({ nodes, seed, process: () => new Chatter(nodes), transport: constantDelay(10_000), faults });
  simulation.run({ untilUs });
  return simulation;
}
const arrivalsAt = (simulation: Simulation<Tick, Chatter>, node: number) => simulation.processOf(node)?.arrivals ?? [];

test("loss takes its share of the messages in its window and direction only", () => {
  const simulation = chat([{ kind: "loss", probability: 0.3, fromUs: 2 * SECOND, untilUs: 8 * SECOND, from: [0] }]);
  // 6000 messages at 0.3: mean 1800, standard deviation 35.5; 4.9 deviations have probability 1e-6.
  assert.ok(Math.abs(simulation.counts.lost - 1800) < 174, `${simulation.counts.lost} lost`);
  assert.equal(arrivalsAt(simulation, 1).filter(({ sentUs }) => sentUs < 2 * SECOND).length, 1999);
  assert.equal(arrivalsAt(simulation, 0).length, 9990);
});

test("delay adds a whole number between its bounds, and both bounds occur", () => {
  const extra = arrivalsAt(chat([{ kind: "delay", minUs: 3, maxUs: 6 }]), 1).map(({ sentUs, atUs }) => atUs - sentUs - 10_000);
  assert.deepEqual([...new Set(extra)].sort(), [3, 4, 5, 6]);
  const some = arrivalsAt(chat([{ kind: "delay", minUs: 5, maxUs: 5, probability: 0.5 }]), 1).filter(({ sentUs, atUs }) => atUs - sentUs > 10_000).length;
  assert.ok(Math.abs(some - 4995) < 245, `${some} delayed`);
});

test("duplication delivers copies after the original, and the counts say how many", () => {
  const simulation = chat([{ kind: "duplicate", probability: 0.1, spreadUs: 50 }]);
  const { sent, duplicated, delivered } = simulation.counts;
  assert.ok(Math.abs(duplicated - 2000) < 208, `${duplicated} copies`);
  assert.equal(delivered, sent + duplicated - simulation.pending + 2, "what is neither delivered nor pending is lost; two timers are pending");
  const gaps = arrivalsAt(simulation, 1).map(({ sentUs, atUs }) => atUs - sentUs - 10_000);
  assert.ok(gaps.every((gap) => gap >= 0 && gap <= 50));
});

test("a partition separates its groups while it lasts; what is under way arrives", () => {
  const simulation = chat([{ kind: "partition", groups: [[0, 1]], fromUs: 3 * SECOND, untilUs: 4 * SECOND }], 10 * SECOND, 3);
  const lostTo = (node: number) => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].filter((second) => arrivalsAt(simulation, node).filter(({ sentUs }) => Math.floor(sentUs / SECOND) === second).length < 900);
  assert.deepEqual([lostTo(0), lostTo(1), lostTo(2)], [[3], [], [3]]);
  assert.ok(arrivalsAt(simulation, 2).some(({ atUs }) => atUs > 3 * SECOND && atUs <= 3 * SECOND + 10_000));
});

test("a link is down in its intervals, in both directions or one", () => {
  for (const oneWay of [false, true]) {
    const intervals = [[SECOND, 2 * SECOND], [5 * SECOND, 5 * SECOND + 1], [6 * SECOND, 8 * SECOND]] as const;
    const simulation = chat([{ kind: "outage", a: 0, b: 1, oneWay, intervals }, { kind: "outage", a: 0, b: 1, oneWay, intervals: [[7 * SECOND, 9 * SECOND]] }]);
    const missing = (node: number) => 9990 - arrivalsAt(simulation, node).length;
    assert.deepEqual([missing(1), missing(0)], [4001, oneWay ? 0 : 4001]);
  }
});

test("crash and pause faults act at their times", () => {
  const simulation = chat([{ kind: "crash", node: 0, atUs: 2 * SECOND, restartUs: 3 * SECOND }, { kind: "pause", node: 1, fromUs: 5 * SECOND, untilUs: 6 * SECOND }]);
  assert.equal(arrivalsAt(simulation, 0)[0].atUs > 3 * SECOND, true);
  const during = arrivalsAt(simulation, 1).filter(({ atUs }) => atUs >= 5 * SECOND && atUs < 6 * SECOND);
  assert.equal(during.length, 0);
  assert.ok(arrivalsAt(simulation, 1).filter(({ atUs }) => atUs === 6 * SECOND).length > 900);
});

test("churn: the share of time up is session / (session + downtime), and the end brings every node back", () => {
  const nodes = 200;
  for (const sessionUs of [{ kind: "exponential", mean: 3 * SECOND }, { kind: "weibull", shape: 0.5, scale: 1.5 * SECOND }] as const) {
    const simulation = new Simulation<Tick, Chatter>({
      nodes, seed: 3, transport: constantDelay(1), process: () => ({ arrivals: [], onStart: () => undefined, onMessage: () => undefined, onTimer: () => undefined }) as unknown as Chatter,
      faults: [{ kind: "churn", sessionUs, downtimeUs: { kind: "exponential", mean: SECOND }, untilUs: 400 * SECOND }],
    });
    let up = 0;
    let looks = 0;
    for (let timeUs = 100 * SECOND; timeUs < 400 * SECOND; timeUs += 10 * SECOND) {
      simulation.run({ untilUs: timeUs });
      for (let node = 0; node < nodes; node++) if (simulation.statusOf(node) === "up") up += 1;
      looks += nodes;
    }
    // Weibull(0.5, s) has mean 2 s: both laws have mean 3 s. The looks are correlated; 0.03 is about five standard errors of 200 nodes x 300 s / 8 s.
    assert.ok(Math.abs(up / looks - 0.75) < 0.03, `${sessionUs.kind}: up ${up / looks}`);
    simulation.run({ untilUs: 401 * SECOND });
    for (let node = 0; node < nodes; node++) assert.equal(simulation.statusOf(node), "up");
  }
});

test("sessions from a trace are replayed to the microsecond", () => {
  const lives: string[] = [];
  const simulation = new Simulation({
    nodes: 2, seed: 1, transport: constantDelay(1),
    process: () => ({ onStart: (context) => void lives.push(`${context.self} up ${context.nowUs}`), onMessage: () => undefined, onTimer: () => undefined }),
    faults: [{ kind: "sessions", sessions: [{ node: 1, upUs: 5, downUs: 9 }, { node: 1, upUs: 12 }] }],
  });
  simulation.at(8, () => assert.equal(simulation.statusOf(1), "up"));
  simulation.at(10, () => assert.equal(simulation.statusOf(1), "down"));
  simulation.run();
  assert.deepEqual(lives, ["0 up 0", "1 up 5", "1 up 12"]);
});

test("each fault draws from its own stream: adding one at the end leaves the draws of the others alone", () => {
  const loss: Fault = { kind: "loss", probability: 0.2 };
  const sent = (simulation: Simulation<Tick, Chatter>) => new Set(arrivalsAt(simulation, 1).map(({ sentUs }) => sentUs).filter((sentUs) => sentUs < 9 * SECOND));
  const alone = sent(chat([loss]));
  const both = sent(chat([loss, { kind: "delay", minUs: 0, maxUs: 9 }]));
  assert.deepEqual(both, alone);
});

test("malformed faults are refused", () => {
  const bad = [
    { kind: "nonsense" }, { kind: "loss", probability: 1.5 }, { kind: "loss", probability: NaN }, { kind: "loss", probability: 0.1, from: [9] }, { kind: "loss", probability: 0.1, fromUs: 5, untilUs: 4 }, { kind: "delay", minUs: 5, maxUs: 4 },
    { kind: "partition", groups: [[0], [0]], fromUs: 0 }, { kind: "outage", a: 0, b: 1, intervals: [[5, 4]] }, { kind: "outage", a: 0, b: 1, intervals: [[5, 6], [1, 2]] }, { kind: "crash", node: 7, atUs: 1 }, { kind: "crash", node: 0, atUs: 5, restartUs: 4 },
    { kind: "pause", node: 0, fromUs: 2, untilUs: 1 }, { kind: "churn", sessionUs: { kind: "exponential", mean: 0 }, downtimeUs: { kind: "constant", value: 1 } }, { kind: "sessions", sessions: [{ node: 0, upUs: 5, downUs: 4 }] },
  ];
  for (const fault of bad) assert.throws(() => chat([fault as unknown as Fault], SECOND), ParameterError, JSON.stringify(fault));
});
