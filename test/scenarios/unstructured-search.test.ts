/** 200 random worlds of searching peers with random faults: no rule is broken, no walker lives for ever, and when the faults are over what is held is found. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { simulateSearch } from "overlay-lab/dist/experiments/unstructured-search";
import { InvariantError } from "overlay-lab/dist/errors";
import { overlayNamed } from "overlay-lab/dist/peer-to-peer/gnutella";
import { WALK_POLICIES, type SearchOptions } from "overlay-lab/dist/peer-to-peer/unstructured-search";
import { RandomStream, uniformDelay, type Fault } from "overlay-lab/dist/simulation";

const SECOND = 1_000_000;
const WORLDS = 200;
const HEALED_US = 100 * SECOND;

function drawWorld(seed: number): { readonly nodes: number; readonly options: Partial<SearchOptions>; readonly faults: readonly Fault[] } {
  const random = new RandomStream({ seed, name: "search-world" });
  const nodes = 8 + random.integer(20);
  const untilUs = HEALED_US;
  const candidates: (() => Fault)[] = [
    () => ({ kind: "loss", probability: (1 + random.integer(40)) / 100, untilUs }),
    () => ({ kind: "duplicate", probability: 0.2, spreadUs: 3 * SECOND, untilUs }),
    () => ({ kind: "delay", minUs: 0, maxUs: 5 * SECOND, probability: 0.2, untilUs }),
    () => ({ kind: "crash", node: random.integer(6), atUs: 20 * SECOND, restartUs: 60 * SECOND }),
    () => ({ kind: "pause", node: random.integer(6), fromUs: 10 * SECOND, untilUs: 50 * SECOND }),
    () => ({ kind: "partition", groups: [[0, 1, 2]], fromUs: 30 * SECOND, untilUs: 70 * SECOND }),
  ];
  const options: Partial<SearchOptions> = {
    search: (["walk", "walk", "flood", "expanding-ring"] as const)[random.integer(4)], ttl: 12, replication: (["none", "owner", "path"] as const)[random.integer(3)], checkTimeoutUs: 4 * SECOND,
    walk: { policy: WALK_POLICIES[random.integer(3)], walkers: 1 + random.integer(6), maxSteps: 10 + random.integer(60), checkEvery: random.integer(5), knowledgeHops: random.integer(2), expectation: random.integer(2) === 0 ? "optimistic" : "pessimistic" },
  };
  return { nodes, options, faults: candidates.filter(() => random.chance(1, 2)).map((make) => make()) };
}

function runWorld(seed: number, lookUs = 400 * SECOND): { found: number; stored: number } {
  const { nodes, options, faults } = drawWorld(seed);
  const replay = `replay: seed ${seed}, world ${JSON.stringify({ nodes, options, faults })}`;
  const random = new RandomStream({ seed, name: "search-load" });
  const graph = overlayNamed("random", { nodes, degree: 4, exponent: 2 }, random);
  const holding = random.sample(graph.nodes, 2);
  const world = simulateSearch({ graph, objects: Array.from({ length: graph.nodes }, (_, node) => (holding.includes(node) ? [7] : [])), options }, { seed, faults, transport: uniformDelay(10_000, 100_000, random) });
  for (let at = 0; at < 20; at++) world.searchAt(at * 5 * SECOND, random.integer(graph.nodes), at % 4 === 3 ? 99 : 7);
  const demand = (isTrue: boolean, what: string) => {
    if (!isTrue) throw new InvariantError({ what, where: replay });
  };
  for (let at = 10; at * SECOND <= HEALED_US; at += 10) {
    world.simulation.run({ untilUs: at * SECOND, maxEvents: 200_000 });
    world.checkInvariants();
  }
  world.simulation.run({ untilUs: lookUs, maxEvents: 500_000 });
  demand(world.simulation.pending === 0, "a walker or timer lives on long after all searches");
  demand(world.hits.every(({ holder }) => holding.includes(holder) || world.stored.some(({ node }) => node === holder)), "an answer names a node that has nothing");
  const before = world.hits.length;
  world.searchAt(lookUs, holding[0], 7);
  const [near] = graph.neighbours(holding[0]);
  if (options.search !== "walk") world.searchAt(lookUs, near, 7);
  world.simulation.run({ untilUs: lookUs + 60 * SECOND });
  demand(world.hits.length > before + (options.search === "walk" ? 0 : 1), "what a node or its neighbour holds is not found after the faults");
  return { found: world.hits.length, stored: world.stored.length };
}

test(`${WORLDS} random worlds with random faults break no rule and come to rest`, () => {
  let [found, stored] = [0, 0];
  for (let seed = 0; seed < WORLDS; seed++) {
    const counts = runWorld(seed);
    found += counts.found;
    stored += counts.stored;
  }
  assert.ok(found > 2000 && stored > 300, `${found} hits, ${stored} copies`);
});

test("a look while walkers are still on their way is reported with a replay on one line", () => {
  assert.throws(() => {
    for (let seed = 0; seed < 60; seed++) runWorld(seed, HEALED_US);
  }, /replay: seed \d+, world \{"nodes".*\}/);
});
