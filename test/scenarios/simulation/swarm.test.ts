import assert from "node:assert/strict";
import { test } from "node:test";
import { InvariantError } from "overlay-lab/dist/errors";
import { RandomStream, Simulation, uniformDelay, type Fault } from "overlay-lab/dist/simulation";
import { ReliableCounter, brokenRule, emptyDisks, type CounterMessage } from "./reliable-counter";

const WORLDS = 200;
const SECOND = 1_000_000;
const HEALED_US = 20 * SECOND;

/** A random world: a few nodes, a random subset of the faults, all of them over at HEALED_US. */
function drawWorld(seed: number): { nodes: number; target: number; faults: Fault[] } {
  const random = new RandomStream({ seed, name: "world" });
  const nodes = 2 + random.integer(6);
  const time = () => random.integer(HEALED_US);
  const window = () => ({ fromUs: 0, untilUs: HEALED_US });
  const candidates: (() => Fault)[] = [
    () => ({ kind: "loss", probability: random.uniform() * 0.6, ...window() }),
    () => ({ kind: "delay", minUs: 0, maxUs: random.integer(2 * SECOND), probability: random.uniform(), ...window() }),
    () => ({ kind: "duplicate", probability: random.uniform(), spreadUs: random.integer(SECOND), ...window() }),
    () => ({ kind: "partition", groups: [random.sample(nodes, 1 + random.integer(nodes))], fromUs: time(), untilUs: HEALED_US }),
    () => ({ kind: "outage", a: 0, b: 1, oneWay: random.chance(1, 2), intervals: [[SECOND, 3 * SECOND], [5 * SECOND, HEALED_US]] }),
    () => ({ kind: "crash", node: random.integer(nodes), atUs: time(), restartUs: HEALED_US }),
    () => ({ kind: "pause", node: random.integer(nodes), fromUs: time(), untilUs: HEALED_US }),
    () => ({ kind: "churn", sessionUs: { kind: "weibull", shape: 0.5, scale: 2 * SECOND }, downtimeUs: { kind: "exponential", mean: SECOND }, untilUs: HEALED_US }),
  ];
  return { nodes, target: 1 + random.integer(15), faults: candidates.filter(() => random.chance(1, 2)).map((make) => make()) };
}

/** Runs a world, looking at the invariant after every event; after the faults are over the counters must reach their target. */
function runWorld(seed: number, forgetful = false): Simulation<CounterMessage> {
  const { nodes, target, faults } = drawWorld(seed);
  const disks = emptyDisks(nodes);
  const replay = `replay: seed ${seed}, world ${JSON.stringify({ nodes, target, faults })}`;
  const simulation = new Simulation<CounterMessage>({
    nodes, seed, faults, messages: "frozen",
    process: (node) => new ReliableCounter(nodes, target, disks[node], forgetful),
    transport: uniformDelay(1000, 100_000, new RandomStream({ seed, name: "latency" })),
  });
  const check = () => {
    const rule = brokenRule(disks, target);
    if (rule !== null) throw new InvariantError({ what: rule, where: `event ${simulation.counts.events}; ${replay}` });
    return false;
  };
  simulation.run({ untilUs: HEALED_US, until: check, maxEvents: 200_000 });
  simulation.run({ untilUs: HEALED_US + 60 * SECOND, until: check, maxEvents: 200_000 });
  for (let from = 0; from < nodes; from++) for (let to = 0; to < nodes; to++) if (from !== to) assert.equal(disks[to].counted[from], target, `not converged; ${replay}`);
  return simulation;
}

test(`${WORLDS} random worlds with random faults break no rule and converge once the faults are over`, () => {
  const met = new Map<string, number>();
  for (let seed = 1; seed <= WORLDS; seed++) {
    runWorld(seed);
    for (const { kind } of drawWorld(seed).faults) met.set(kind, (met.get(kind) ?? 0) + 1);
  }
  assert.equal(met.size, 8);
  for (const [kind, count] of met) assert.ok(count >= 20, `${kind} was met only ${count} times`);
});

test("the swarm catches a planted defect and prints a replay on one line", () => {
  let failure: Error | null = null;
  for (let seed = 1; seed <= 20 && failure === null; seed++) {
    try {
      runWorld(seed, true);
    } catch (error) {
      failure = error as Error;
    }
  }
  assert.ok(failure instanceof InvariantError);
  assert.match(failure.message, /replay: seed \d+, world \{"nodes".*\}/);
  assert.equal(failure.message.split("\n").length, 1);
});
