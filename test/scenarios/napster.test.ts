/** 200 random worlds of Napster with random faults, the registry's death among them: no rule is broken, and when the faults are over all is registered and found. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { NAPSTER_REGISTRY, simulateNapster } from "overlay-lab/dist/experiments/napster-and-gnutella";
import { InvariantError } from "overlay-lab/dist/errors";
import { RandomStream, uniformDelay, type Fault } from "overlay-lab/dist/simulation";

const SECOND = 1_000_000;
const WORLDS = 200;
const HEALED_US = 300 * SECOND;

function drawWorld(seed: number): { readonly peers: number; readonly faults: readonly Fault[] } {
  const random = new RandomStream({ seed, name: "napster-world" });
  const peers = 2 + random.integer(8);
  const peer = () => 1 + random.integer(peers);
  const untilUs = HEALED_US;
  const candidates: (() => Fault)[] = [
    () => ({ kind: "loss", probability: (1 + random.integer(40)) / 100, untilUs }),
    () => ({ kind: "duplicate", probability: 0.3, spreadUs: 5 * SECOND, untilUs }),
    () => ({ kind: "delay", minUs: 0, maxUs: 8 * SECOND, probability: 0.2, untilUs }),
    () => ({ kind: "crash", node: NAPSTER_REGISTRY, atUs: (30 + random.integer(60)) * SECOND, restartUs: (100 + random.integer(190)) * SECOND }),
    () => ({ kind: "crash", node: peer(), atUs: (20 + random.integer(60)) * SECOND, restartUs: (90 + random.integer(190)) * SECOND }),
    () => ({ kind: "pause", node: peer(), fromUs: 40 * SECOND, untilUs: (60 + random.integer(200)) * SECOND }),
    () => ({ kind: "partition", groups: [[NAPSTER_REGISTRY]], fromUs: 50 * SECOND, untilUs: 200 * SECOND }),
  ];
  return { peers, faults: candidates.filter(() => random.chance(1, 2)).map((make) => make()) };
}

function runWorld(seed: number, endUs: number): Set<string> {
  const { peers, faults } = drawWorld(seed);
  const replay = `replay: seed ${seed}, world ${JSON.stringify({ peers, faults })}`;
  const world = simulateNapster({
    peers: Array.from({ length: peers }, (_, peer) => ({ files: [{ name: `song ${peer + 1}`, sizeBytes: 1000 }, { name: "hit parade", sizeBytes: 10 }] })),
    peer: { retryMaxUs: 40 * SECOND, heartbeatUs: 20 * SECOND, answerTimeoutUs: 5 * SECOND, downloadTimeoutUs: 10 * SECOND }, registry: { expiryUs: 90 * SECOND },
  }, { seed, faults, transport: uniformDelay(10_000, 100_000, new RandomStream({ seed, name: "delay" })) });
  const random = new RandomStream({ seed, name: "napster-load" });
  for (let at = 5; at < 300; at += 12) {
    const [peer, other] = [1 + random.integer(peers), 1 + random.integer(peers)];
    world.searchAt(at * SECOND, peer, `song ${other}`);
    world.downloadAt(at * SECOND, peer, `song ${other}`, [other, 1 + random.integer(peers)]);
  }
  const demand = (isTrue: boolean, what: string) => {
    if (!isTrue) throw new InvariantError({ what, where: replay });
  };
  for (let at = 10; at * SECOND <= endUs; at += 10) {
    world.simulation.run({ untilUs: at * SECOND, maxEvents: 100_000 });
    try {
      world.checkInvariants();
    } catch (error) {
      demand(false, (error as Error).message);
    }
  }
  const registry = world.registry();
  demand(registry !== null && registry.index.peers.length === peers, "a peer is not registered after the faults");
  for (let peer = 1; peer <= peers; peer++) world.searchAt(endUs + peer * SECOND, 1 + (peer % peers), `song ${peer}`);
  world.simulation.run({ untilUs: endUs + (peers + 5) * SECOND });
  for (let peer = 1; peer <= peers; peer++) {
    const search = world.searches.find(({ timeUs, text }) => timeUs > endUs && text === `song ${peer}`);
    demand(search?.results.some(({ holder }) => holder === peer) === true, `a file of peer ${peer} is not found after the faults`);
  }
  return new Set(world.searches.map(({ outcome }) => outcome));
}

test(`${WORLDS} random worlds with random faults break no rule, and every file is found when the faults are over`, () => {
  const outcomes = new Map<string, number>();
  for (let seed = 0; seed < WORLDS; seed++) for (const outcome of runWorld(seed, HEALED_US + 130 * SECOND)) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  for (const outcome of ["found", "no-answer", "not-registered"]) assert.ok((outcomes.get(outcome) ?? 0) >= 40, `${outcome}: ${outcomes.get(outcome)}`);
});

test("looking too early, while the faults are on, fails with a replay on one line", () => {
  assert.throws(() => {
    for (let seed = 0; seed < 50; seed++) runWorld(seed, 100 * SECOND);
  }, /replay: seed \d+, world \{"peers".*\}/);
});
