/** 200 random fault worlds of a RON: no rule is ever broken, and when the faults have ended every member reaches every other, directly. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { simulateRon } from "overlay-lab/dist/experiments/resilient-overlay-network";
import type { RonMetric } from "overlay-lab/dist/routing-overlays";
import { RandomStream, uniformDelay, type Fault } from "overlay-lab/dist/simulation";

const SECOND = 1_000_000;
const FAULTS_END_US = 120 * SECOND;
const WORLDS = 200;

/** Faults drawn for a world of some nodes; all end by {@link FAULTS_END_US}. */
function drawFaults(random: RandomStream, nodes: number): Fault[] {
  const faults: Fault[] = [];
  const untilUs = FAULTS_END_US;
  const some = () => random.integer(nodes);
  if (random.integer(2) === 0) faults.push({ kind: "loss", probability: random.integer(5) / 10, untilUs });
  if (random.integer(3) === 0) faults.push({ kind: "duplicate", probability: 0.1, spreadUs: 100_000, untilUs });
  if (random.integer(3) === 0) faults.push({ kind: "delay", minUs: 0, maxUs: 4 * SECOND, probability: 0.2, untilUs });
  for (let i = random.integer(4); i > 0; i--) {
    const fromUs = random.integer(90) * SECOND;
    const [a, b] = random.sample(nodes, 2);
    faults.push({ kind: "outage", a, b, oneWay: random.integer(2) === 0, intervals: [[fromUs, fromUs + random.integer(30) * SECOND + 1]] });
  }
  if (random.integer(3) === 0) faults.push({ kind: "partition", groups: [random.sample(nodes, Math.floor(nodes / 2))], fromUs: 40 * SECOND, untilUs: 80 * SECOND });
  const victim = some();
  if (random.integer(3) === 0) faults.push({ kind: "crash", node: victim, atUs: random.integer(60) * SECOND, restartUs: (61 + random.integer(50)) * SECOND });
  else if (random.integer(3) === 0) faults.push({ kind: "pause", node: victim, fromUs: 30 * SECOND, untilUs: (31 + random.integer(60)) * SECOND });
  return faults;
}

function runWorld(seed: number): void {
  const random = new RandomStream({ seed, name: "world" });
  const nodes = 3 + random.integer(5);
  const faults = drawFaults(random, nodes);
  const joins = random.integer(2) === 0;
  const arrived = new Set<number>();
  const world = simulateRon({
    nodes, seed, faults, checkEveryUs: 2 * SECOND, transport: uniformDelay(1000, 80_000, new RandomStream({ seed, name: "delay" })),
    parameters: { maxIntermediates: random.integer(4), probePackets: 2 + random.integer(2), routingMetric: random.pick(["direct", "loss", "latency", "throughput"] as const), refreshIntervalUs: 30 * SECOND, lossWindow: 1 + random.integer(100) },
    policies: [{ name: "not 0", forbiddenRelays: [0] }],
    // Joining goes round in a ring: with losses some give up, and are called by those who know them.
    bootstrap: joins ? (node) => [(node + 1) % nodes, (node + 2) % nodes].filter((peer) => peer !== node) : undefined,
    observer: { delivered: (_timeUs, _node, data) => void arrived.add(data.packet) },
  });
  const sendAll = (atUs: number, first: number) => {
    let packet = first;
    for (let from = 0; from < nodes; from++) for (let to = 0; to < nodes; to++) {
      const wish = { destination: to, metric: random.pick<RonMetric>(["latency", "loss", "throughput"]), policy: random.pick(["any", "not 0"]), packet, payloadBytes: random.integer(1400) };
      world.simulation.invokeAt(atUs, from, (node, context) => void node.send(context, wish));
      packet += 1;
    }
    return packet;
  };
  for (let at = 10; at < 120; at += 10) sendAll(at * SECOND, 1_000_000);
  // After the last fault: a round of announcements, a probe of every path, and two rounds of tables.
  const calmUs = FAULTS_END_US + 100 * SECOND;
  const end = sendAll(calmUs, 0);
  world.run(calmUs + 2 * SECOND);
  for (let node = 0; node < nodes; node++) {
    assert.equal(world.node(node).membership.peers.length, nodes - 1, `node ${node} knows ${world.node(node).membership.peers.join()}`);
    for (const peer of world.node(node).membership.peers) assert.equal(world.node(node).monitor.isDead[peer], 0, `node ${node} takes ${peer} for dead`);
  }
  for (let packet = 0; packet < end; packet++) assert.ok(arrived.has(packet), `packet ${packet} is lost in a calm network`);
}

test(`${WORLDS} random fault worlds: rules hold throughout, and after the last fault all paths work again`, () => {
  for (let seed = 0; seed < WORLDS; seed++) {
    try {
      runWorld(seed);
    } catch (error) {
      throw new Error(`replay: runWorld(${seed}) in test/scenarios/resilient-overlay-network.test.ts`, { cause: error });
    }
  }
});
