/** Searches by walkers and rings: decisions, counts, and that messages and the fast tier are the same. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { simulateSearch } from "overlay-lab/dist/experiments/unstructured-search";
import { ParameterError } from "overlay-lab/dist/errors";
import { Flooder, gridOverlay, OverlayGraph, powerLawOverlay, randomOverlay, regularOverlay } from "overlay-lab/dist/peer-to-peer/gnutella";
import {
  checkWalkOptions, chooseHighDegree, choosePastSuccess, chooseRandom, coverSteps, expandingRing, indexOnLeaving, indexOnUpdate, knowledgeOf, needsUpdate, ringTtls, WALK_DEFAULTS, WalkSearcher, type SearchOptions, type WalkOptions,
} from "overlay-lab/dist/peer-to-peer/unstructured-search";
import { RandomStream, TraceBuffer } from "overlay-lab/dist/simulation";

const stream = (seed: number) => new RandomStream({ seed, name: "walks" });
const scripted = (...draws: number[]) => ({ integer: (bound: number) => Math.min(draws.shift() ?? 0, bound - 1) });

test("a random walker goes to any neighbour but the one it came from, evenly", () => {
  const counts = new Map<number, number>();
  const random = stream(1);
  for (let i = 0; i < 9000; i++) {
    const to = chooseRandom([2, 4, 6, 8], 4, true, random);
    counts.set(to, (counts.get(to) ?? 0) + 1);
  }
  assert.deepEqual([...counts.keys()].sort(), [2, 6, 8]);
  // Standard deviation of a count is 45: five of them.
  for (const count of counts.values()) assert.ok(Math.abs(count - 3000) < 225, `${count}`);
  assert.equal(chooseRandom([4], 4, true, random), 4, "back, when there is no other way");
  assert.equal(chooseRandom([], -1, true, random), -1);
  assert.equal(chooseRandom([1, 2], 9, true, scripted(0)), 1);
  assert.equal(chooseRandom([1, 2], 1, false, scripted(0)), 1);
});

test("high degree takes the best that was not visited, the first of equals, any when all were", () => {
  const degrees = [0, 5, 7, 7];
  assert.equal(chooseHighDegree([1, 2, 3], (node) => degrees[node], () => false, scripted()), 2);
  assert.equal(chooseHighDegree([1, 2, 3], (node) => degrees[node], (node) => node === 2, scripted()), 3);
  assert.equal(chooseHighDegree([1, 2, 3], (node) => degrees[node], () => true, scripted(1)), 2);
  assert.equal(chooseHighDegree([], () => 0, () => false, scripted()), -1);
});

test("past success chooses in proportion to the indexes, and leaves excluded ones out while there are others", () => {
  const index = [10, 30, 60];
  const at = (draw: number, excluded: readonly number[] = []) => choosePastSuccess(3, (place) => index[place], (place) => excluded.includes(place), scripted(draw));
  assert.deepEqual([at(0), at(9), at(10), at(39), at(40), at(99)], [0, 0, 1, 1, 2, 2]);
  assert.deepEqual([at(0, [0]), at(29, [0]), at(30, [0])], [1, 1, 2]);
  assert.deepEqual([at(0, [0, 1, 2]), choosePastSuccess(0, () => 1, () => false, scripted())], [0, -1]);
});

test("an index moves by one step in the direction of the outcome, whichever was expected, and never below its least", () => {
  for (const expectation of ["optimistic", "pessimistic"] as const) {
    const options = checkWalkOptions({ expectation });
    const after = (success: boolean) => {
      const leaving = indexOnLeaving(30, options);
      return needsUpdate(success, options) ? indexOnUpdate(leaving, options) : leaving;
    };
    assert.deepEqual([after(true), after(false)], [40, 20]);
  }
  assert.equal(indexOnLeaving(5, checkWalkOptions({ expectation: "pessimistic" })), 1);
});

test("rings grow by their step and end with the last TTL", () => {
  assert.deepEqual(ringTtls(1, 2, 7), [1, 3, 5, 7]);
  assert.deepEqual(ringTtls(1, 2, 6), [1, 3, 5, 6]);
  assert.deepEqual(ringTtls(3, 1, 3), [3]);
  assert.throws(() => ringTtls(4, 1, 3), ParameterError);
});

test("an expanding ring costs the sum of its floods and stops where it finds or where the overlay ends", () => {
  const flooder = new Flooder(gridOverlay(1, 10));
  const holders = new Uint8Array(10);
  holders[4] = 1;
  const ring = expandingRing(flooder, 0, holders);
  assert.deepEqual([ring.found, ring.ttl, ring.messages, ring.answerMessages], [true, 5, 1 + 3 + 5, 4]);
  const nothing = expandingRing(flooder, 0, new Uint8Array(10), { step: 4 });
  assert.deepEqual([nothing.found, nothing.rings.length, nothing.messages], [false, 4, 1 + 5 + 9 + 9]);
  holders[0] = 1;
  assert.equal(expandingRing(flooder, 0, holders).messages, 0);
});

test("knowledge of neighbours spreads by its hops", () => {
  const holders = Uint8Array.of(1, 0, 0, 0, 0);
  assert.deepEqual([...knowledgeOf(gridOverlay(1, 5), holders, 0)], [1, 0, 0, 0, 0]);
  assert.deepEqual([...knowledgeOf(gridOverlay(1, 5), holders, 2)], [1, 1, 1, 0, 0]);
});

test("a walker without checks takes exactly its steps when nobody has the object, with checks two messages more at each", () => {
  const graph = regularOverlay(200, 4, stream(2));
  const holders = new Uint8Array(200);
  const run = (options: Partial<WalkOptions>) => new WalkSearcher(graph, options).search({ source: 0, holders, random: stream(3) });
  assert.deepEqual([run({ walkers: 5, maxSteps: 20, checkEvery: 0 }).messages, run({ walkers: 5, maxSteps: 20, checkEvery: 4 }).messages], [100, 100 + 5 * 4 * 2]);
  assert.equal(run({ walkers: 5, maxSteps: 20 }).firstHitStep, -1);
});

test("one walker on a regular graph takes n / copies steps as random probes do, and (d - 1) / (d - 2) times as many if it may go back", () => {
  const graph = regularOverlay(2000, 6, stream(4));
  const random = stream(5);
  const mean = (avoidsBack: boolean) => {
    const searcher = new WalkSearcher(graph, { walkers: 1, maxSteps: 1e6, checkEvery: 0, avoidsBack });
    let steps = 0;
    for (let i = 0; i < 1000; i++) {
      const holders = new Uint8Array(2000);
      for (const node of random.sample(2000, 20)) holders[node] = 1;
      steps += searcher.search({ source: random.integer(2000), holders, random }).steps / 1000;
    }
    return steps;
  };
  // 99 instead of 100, since one source in a hundred is a holder. Steps are nearly geometric, so the standard error is 3.2 %: four of them.
  for (const [avoidsBack, expected] of [[true, 99], [false, 99 * 1.25]] as const) assert.ok(Math.abs(mean(avoidsBack) / expected - 1) < 0.13, `${mean(avoidsBack)} against ${expected}`);
});

const random = stream(6);
const GRAPHS: readonly (readonly [string, OverlayGraph])[] = [["regular", regularOverlay(150, 4, random)], ["random, in parts", randomOverlay(150, 2.5, random)], ["power law", powerLawOverlay({ nodes: 150, exponent: 2.1, random })]];
const CASES: readonly (readonly [string, Partial<WalkOptions>])[] = [
  ["random walkers", { walkers: 8, maxSteps: 40 }],
  ["random walkers that may go back and want two hits", { walkers: 5, maxSteps: 30, avoidsBack: false, checkEvery: 3, wantedHits: 2 }],
  ["random walkers without checks", { walkers: 3, maxSteps: 25, checkEvery: 0 }],
  ["one-hop replication", { walkers: 4, maxSteps: 40, knowledgeHops: 1 }],
  ["high degree first", { policy: "high-degree", walkers: 1, maxSteps: 60, checkEvery: 0 }],
  ["two walkers, high degree first", { policy: "high-degree", walkers: 2, maxSteps: 60 }],
  ["past success, one walker, pessimistic", { policy: "past-success", walkers: 1, maxSteps: 12, checkEvery: 0 }],
  ["past success, one walker, optimistic", { policy: "past-success", walkers: 1, maxSteps: 12, checkEvery: 0, expectation: "optimistic" }],
];

for (const [name, walk] of CASES) {
  test(`message by message and over typed arrays the same: ${name}`, () => {
    for (const [graphName, graph] of GRAPHS) {
      const draws = stream(7);
      const holding = draws.sample(graph.nodes, 6);
      const holders = Uint8Array.from({ length: graph.nodes }, (_, node) => (holding.includes(node) ? 1 : 0));
      const trace = new TraceBuffer(200_000);
      const world = simulateSearch({ graph, objects: Array.from({ length: graph.nodes }, (_, node) => (holders[node] === 1 ? [9] : [])), options: { search: "walk", walk } }, { seed: 3, trace });
      world.simulation.run();
      const streams = new Map<number, RandomStream>();
      const drawsAt = (node: number) => streams.get(node) ?? streams.set(node, new RandomStream({ seed: 3, name: "walk", node })).get(node)!;
      const searcher = new WalkSearcher(graph, walk);
      const known = knowledgeOf(graph, holders, checkWalkOptions(walk).knowledgeHops);
      for (let i = 0; i < 12; i++) {
        const source = draws.integer(graph.nodes);
        const before = trace.records().length;
        const hitsBefore = world.hits.length;
        world.searchAt(world.simulation.nowUs + 1, source, 9);
        world.simulation.run();
        world.checkInvariants();
        const fast = searcher.search({ source, holders: known, object: 9, random: drawsAt });
        const records = trace.records().slice(before).filter((record) => record.kind === "send");
        const sent = (...kinds: string[]) => records.filter((record) => kinds.includes((record as { label: string }).label)).length;
        const where = `${graphName}, search ${i}`;
        assert.deepEqual([sent("walk"), sent("check", "verdict"), sent("hit"), sent("update")], [fast.steps, fast.checkMessages, fast.answerMessages, fast.updateMessages], where);
        assert.equal(world.hits.length > hitsBefore, fast.found, where);
        if (fast.found) assert.equal(world.hits[hitsBefore].hops, fast.firstHitStep, where);
      }
    }
  });
}

test("rings and floods of peers are those of the fast tier", () => {
  for (const [, graph] of GRAPHS) {
    const holders = new Uint8Array(graph.nodes);
    holders[77] = holders[5] = 1;
    for (const search of ["flood", "expanding-ring"] as const) {
      const trace = new TraceBuffer(50_000);
      const world = simulateSearch({ graph, objects: Array.from({ length: graph.nodes }, (_, node) => (holders[node] === 1 ? [1] : [])), options: { search, ttl: 7 } }, { seed: 1, trace });
      world.searchAt(0, 40, 1);
      world.simulation.run();
      const queries = trace.records().filter((record) => record.kind === "send" && record.label === "query").length;
      const flooder = new Flooder(graph);
      const fast = search === "flood" ? flooder.flood(40, 7, { holders }) : expandingRing(flooder, 40, holders, { last: 7 });
      // Peers whose ring reached everybody do not know it and go on to the last TTL.
      if (search === "flood" || ("found" in fast && fast.found)) assert.equal(queries, fast.messages);
      const hits = trace.records().filter((record) => record.kind === "send" && record.label === "hit").length;
      assert.equal(hits, fast.answerMessages);
    }
  }
});

test("after a success copies lie on the whole way, or at the one who asked, and neighbours hear of them", () => {
  const graph = gridOverlay(1, 6);
  const world = (options: Partial<SearchOptions>) => {
    const made = simulateSearch({ graph, objects: [[], [], [], [], [], [4]], options }, { seed: 1 });
    made.searchAt(0, 0, 4);
    made.simulation.run();
    return made;
  };
  const walk = { walkers: 1, maxSteps: 50 };
  assert.deepEqual(world({ search: "walk", walk, replication: "path" }).stored.map(({ node }) => node), [0, 4, 3, 2, 1], "the answer is faster than the way back");
  assert.deepEqual(world({ search: "walk", walk, replication: "owner" }).stored.map(({ node }) => node), [0]);
  assert.deepEqual(world({ search: "flood", replication: "path" }).stored.map(({ node }) => node), [4, 3, 2, 1, 0]);
  assert.deepEqual(world({ search: "flood" }).stored, []);
  const told = world({ search: "walk", walk: { ...walk, knowledgeHops: 1 }, replication: "owner" });
  told.searchAt(told.simulation.nowUs, 1, 4);
  told.simulation.run();
  assert.deepEqual(told.hits.slice(1).map(({ holder, hops }) => [holder, hops]), [[0, 0]]);
});

test("a walk to the hubs covers half of a power-law overlay in fewer steps than a random one", () => {
  const graph = powerLawOverlay({ nodes: 3000, exponent: 2.1, random: stream(8) });
  const hub = Array.from({ length: graph.nodes }, (_, node) => node).sort((a, b) => graph.degree(b) - graph.degree(a))[40];
  const steps = (policy: "random" | "high-degree") => coverSteps(graph, hub, { policy, share: 0.5, sightHops: 2, maxSteps: 10_000 }, stream(9));
  assert.ok(steps("high-degree") < steps("random"), `${steps("high-degree")} ${steps("random")}`);
  assert.equal(coverSteps(graph, hub, { policy: "random", share: 0, sightHops: 0, maxSteps: 5 }, stream(1)), 0);
  assert.equal(coverSteps(graph, hub, { policy: "random", share: 1, sightHops: 0, maxSteps: 5 }, stream(1)), 6);
});

test("bad options and searches are refused", () => {
  const bad: readonly Partial<WalkOptions>[] = [{ walkers: 0 }, { walkers: NaN }, { maxSteps: 0 }, { checkEvery: -1 }, { policy: "best" as "random" }, { knowledgeHops: 3 }, { initialIndex: 0 }, { expectation: "none" as "optimistic" }, { avoidsBack: null as unknown as boolean }, { walker: 3 } as Partial<WalkOptions>, null as unknown as WalkOptions];
  for (const options of bad) assert.throws(() => checkWalkOptions(options), ParameterError, JSON.stringify(options));
  const graph = gridOverlay(2, 2);
  const searcher = new WalkSearcher(graph);
  assert.throws(() => searcher.search({ source: 4, holders: new Uint8Array(4), random: stream(1) }), ParameterError);
  assert.throws(() => searcher.search({ source: 0, holders: new Uint8Array(3), random: stream(1) }), /do not fit/);
  assert.throws(() => searcher.search({ source: 0, holders: null as unknown as Uint8Array, random: stream(1) }), /do not fit/);
  const refuse = (options: object) => assert.throws(() => simulateSearch({ graph, objects: [], options }, { seed: 1 }), ParameterError, JSON.stringify(options));
  for (const options of [{ search: "dowse" }, { ttl: 0 }, { replication: "all" }, { ringWaitUs: 0 }, { walk: { walkers: -1 } }, { tll: 7 }]) refuse(options);
  assert.throws(() => simulateSearch({ graph, objects: [[-1]] }, { seed: 1 }), ParameterError);
  assert.throws(() => simulateSearch({ graph, objects: [[], [], [], [], []] }, { seed: 1 }), /do not fit/);
  assert.ok(Object.isFrozen(WALK_DEFAULTS));
});
