/** What the papers on searching without structure state: each row of the figures by name, as far as it can be measured without their traces. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Flooder, overlayNamed, placeCopies, type OverlayKind } from "overlay-lab/dist/peer-to-peer/gnutella";
import {
  adaptiveReplication, allocationShares, closedFormSearchSize, drawContributions, expectedSearchSize, expandingRing, FILES_SHARED, QUERIES_ANSWERED, squareRootGain, topShare, WalkSearcher, zipfGain, zipfRates, type AdaptiveReplicationOptions,
} from "overlay-lab/dist/peer-to-peer/unstructured-search";
import { RandomStream } from "overlay-lab/dist/simulation";

const stream = (seed: number) => new RandomStream({ seed, name: "paper" });

/** Success and messages per query of flooding and of walkers with the same success, on one overlay. */
function compare(kind: OverlayKind, nodes: number) {
  const random = stream(1);
  const graph = overlayNamed(kind, { nodes, degree: 4, exponent: 2.3 }, random);
  const flooder = new Flooder(graph);
  const searcher = new WalkSearcher(graph, { walkers: 32, maxSteps: 1024, checkEvery: 4 });
  const totals = { walk: 0, ring: 0, flood: 0, walkFound: 0, floodFound: 0 };
  const queries = 60;
  for (let query = 0; query < queries; query++) {
    const holders = placeCopies(graph.nodes, Math.round(graph.nodes / 100), random);
    const source = random.integer(graph.nodes);
    const walk = searcher.search({ source, holders, random });
    // The smallest TTL that finds nearly always is what a fixed TTL would have to be; here 8, beyond the diameter but on the grid.
    const flood = flooder.flood(source, 8, { holders });
    totals.walk += walk.messages / queries;
    totals.walkFound += walk.found ? 1 / queries : 0;
    totals.flood += flood.messages / queries;
    totals.floodFound += flood.hits > 0 || holders[source] === 1 ? 1 / queries : 0;
    totals.ring += expandingRing(flooder, source, holders).messages / queries;
  }
  return totals;
}

test("UN-1: walkers find as often as floods with one to two orders of magnitude fewer messages; the random graph is the best topology for both", () => {
  const random = compare("random", 9836);
  assert.ok(random.walkFound > 0.97 && random.floodFound > 0.97);
  const factor = random.flood / random.walk;
  assert.ok(factor > 10 && factor < 200, `${factor}`);
  assert.ok(random.ring < random.flood, "the ring stands between them");
  const others = (["power-law", "grid"] as const).map((kind) => compare(kind, 9830));
  for (const other of others) assert.ok(other.walk > random.walk * 0.9, `${other.walk} against ${random.walk}`);
});

test("UN-5: uniform and proportional have the expected search size m / ρ, the square root has (Σ √q)² / ρ, to 1e-9", () => {
  for (const [objects, exponent, capacity] of [[2, 0.5, 1], [100, 0.8, 0.01], [10_000, 1.2, 5], [1000, 2.4, 0.3]] as const) {
    const rates = zipfRates(objects, exponent);
    const measured = (allocation: "uniform" | "proportional" | "square-root") => expectedSearchSize(rates, allocationShares(rates, allocation), capacity);
    const roots = rates.reduce((sum, rate) => sum + Math.sqrt(rate), 0);
    assert.ok(Math.abs(measured("uniform") / (objects / capacity) - 1) < 1e-9);
    assert.ok(Math.abs(measured("proportional") / (objects / capacity) - 1) < 1e-9);
    assert.ok(Math.abs(measured("square-root") / ((roots * roots) / capacity) - 1) < 1e-9);
  }
  // The theorem does not hold for any rates in any proportion: a power between the two is better than both.
  const rates = zipfRates(100, 1);
  assert.ok(expectedSearchSize(rates, rates.map((rate) => Math.pow(rate, 0.75)), 1) < 100 * 0.95);
});

test("UN-6: the gain of the square root is constant for w < 1, grows with ln m at 1, with a power of m between 1 and 2, with m above 2; at most 2 for two objects", () => {
  for (const exponent of [0, 0.5, 1, 1.5, 3]) assert.ok(Math.abs(zipfGain(5000, exponent) / squareRootGain(zipfRates(5000, exponent)) - 1) < 1e-9);
  // w < 1: (1 - w/2)^2 / (1 - w) in the limit.
  assert.ok(Math.abs(zipfGain(1e9, 0.5) / (0.75 * 0.75 / 0.5) - 1) < 1e-3, `${zipfGain(1e9, 0.5)}`);
  // w = 1: ln m / 4 asymptotically, so a thousandfold m adds ln(1000) / 4.
  assert.ok(Math.abs(zipfGain(1e12, 1) - zipfGain(1e9, 1) - Math.log(1000) / 4) < 0.001);
  // 1 < w < 2: m^(w - 1).
  assert.ok(Math.abs(Math.log(zipfGain(1e12, 1.5) / zipfGain(1e10, 1.5)) / Math.log(100) - 0.5) < 0.01);
  // w > 2: m, times ζ(w) / ζ(w/2)^2.
  assert.ok(Math.abs(zipfGain(1e9, 4) / zipfGain(1e8, 4) - 10) < 1e-6);
  let most = 0;
  for (let i = 1; i < 1000; i++) most = Math.max(most, squareRootGain([i, 1000 - i]));
  assert.ok(most <= 2 && Math.abs(squareRootGain([1, 1]) - 1) < 1e-12 && most > 1.85, `${most}`);
  assert.ok(squareRootGain([1, 1e-9]) > 1.99 && squareRootGain([1, 1e-9]) < 2);
});

test("UN-7: on Zipf rates like those of Gnutella's queries the square root searches 30 to 50 % of what uniform does", () => {
  for (const exponent of [0.9, 1, 1.1]) {
    const rates = zipfRates(10_000, exponent);
    const share = closedFormSearchSize(rates, "square-root", 1) / closedFormSearchSize(rates, "uniform", 1);
    assert.ok(share > 0.2 && share < 0.6, `w = ${exponent}: ${share}`);
  }
  const share = 1 / squareRootGain(zipfRates(10_000, 1));
  assert.ok(share >= 0.3 && share <= 0.5, `${share}`);
});

test("UN-8: with 10,000 nodes path replication and sibling memory come to the square root for k = 1 and 5, and path replication oscillates more when copies come with a delay", () => {
  const mean = (options: Partial<AdaptiveReplicationOptions>) => {
    const runs = [1, 2].map((seed) => adaptiveReplication({ initialCopies: 100, warmUpLifetimes: 6, measuredLifetimes: 6, ...options }, stream(20 + seed)));
    return { slope: runs.reduce((sum, { slope }) => sum + slope / 2, 0), variation: runs.reduce((sum, { variation }) => sum + variation / 2, 0) };
  };
  for (const copiesFound of [1, 5]) {
    const [path, memory] = (["path", "sibling-memory"] as const).map((rule) => mean({ copiesFound, rule, delayQueries: 1500 }));
    for (const { slope } of [path, memory, mean({ copiesFound })]) assert.ok(Math.abs(slope - 0.5) <= 0.05, `k = ${copiesFound}: ${slope}`);
    assert.ok(path.variation > memory.variation, `k = ${copiesFound}: ${path.variation} against ${memory.variation}`);
  }
});

test("UN-10: files and answers are as uneven as Adar and Huberman counted, within 2 points; an even spread is told apart", () => {
  const files = drawContributions(FILES_SHARED, stream(30));
  const rows = [[0.01, 0.37], [0.2, 0.98]] as const;
  for (const [top, share] of rows) assert.ok(Math.abs(topShare(files, top) - share) <= 0.02, `top ${top}: ${topShare(files, top)}`);
  assert.ok(Math.abs(files.filter((each) => each === 0).length / files.length - 0.66) < 0.005);
  const answers = drawContributions(QUERIES_ANSWERED, stream(31));
  assert.ok(Math.abs(topShare(answers, 0.01) - 0.47) <= 0.02, `${topShare(answers, 0.01)}`);
  assert.ok(Math.abs(answers.filter((each) => each === 0).length / answers.length - 0.63) < 0.005);
  assert.ok(Math.abs(topShare(drawContributions({ ...FILES_SHARED, sigma: 1.2 }, stream(30)), 0.01) - 0.37) > 0.05);
});

test("UN-19: with six walkers and a hundred objects APS is well more successful than random walkers for the same messages", () => {
  const random = stream(40);
  const graph = overlayNamed("random", { nodes: 2000, degree: 6, exponent: 2.2 }, random);
  const holders = Array.from({ length: 100 }, () => placeCopies(graph.nodes, 4, random));
  // A few hundred nodes ask again and again, as the paper's requesters do: there is a past to learn from.
  const askers = random.sample(graph.nodes, 200);
  const rates = zipfRates(100, 0.8);
  const draw = () => {
    let u = random.uniform();
    for (let object = 0; object < 100; object++) if ((u -= rates[object]) < 0) return object;
    return 99;
  };
  const requests = Array.from({ length: 12_000 }, () => ({ source: random.pick(askers), object: draw() }));
  const run = (policy: "past-success" | "random") => {
    const searcher = new WalkSearcher(graph, { policy, walkers: 6, maxSteps: 6, checkEvery: 0, initialIndex: 30, indexStep: 10 });
    let [found, messages] = [0, 0];
    requests.forEach(({ source, object }, i) => {
      const result = searcher.search({ source, object, holders: holders[object], random });
      if (i < 6000) return;
      found += result.found ? 1 / 6000 : 0;
      messages += result.messages / 6000;
    });
    return { found, messages };
  };
  const [aps, walks] = [run("past-success"), run("random")];
  assert.ok(aps.found > 2 * walks.found, `${aps.found} against ${walks.found}`);
  assert.ok(aps.messages < 1.2 * walks.messages, `${aps.messages} against ${walks.messages}`);
});
