/** The experiments of the two notebooks: their closed forms hold, what they draw is what happened, and bad values are refused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bookFigure6, BOOK_FIGURE_6_NAMES, floodSteps, gnutellaFloodTtl, linksOfOverlay, napsterRegistryLoad, oneNodeDies, overlayFromText, simulateGnutella } from "overlay-lab/dist/experiments/napster-and-gnutella";
import { adaptiveCopies, copiesAndSearchSize, hubsFirst, pastSuccess, searchMethods } from "overlay-lab/dist/experiments/unstructured-search";
import { metricIn, runExperiment } from "overlay-lab/dist/experiments";
import { ParameterError, ParseError } from "overlay-lab/dist/errors";
import { TraceBuffer } from "overlay-lab/dist/simulation";

test("the pictures of a flood show each arrival once, the answer on its way back, and end where it began", () => {
  const trace = new TraceBuffer(1000);
  const world = simulateGnutella({ servents: BOOK_FIGURE_6_NAMES.map((_, node) => ({ files: node === 5 ? [{ name: "train", sizeBytes: 1 }] : [] })), links: linksOfOverlay(bookFigure6()), options: { maintains: false } }, { seed: 1, trace });
  world.searchAt(0, 0, "train", 6);
  world.simulation.run();
  const steps = floodSteps(trace.records(), BOOK_FIGURE_6_NAMES);
  assert.equal(steps.length, 1 + 6 + 6);
  assert.equal(steps[0].text, "N1 sends a query with TTL 6 to N8.");
  assert.deepEqual(steps[0].messages, [{ from: "N1", to: "N8", label: "TTL 6", tone: "query" }]);
  assert.match(steps[6].text, /reaches N6, N4 with TTL 1; N6 has the file and answers|reaches N4, N6 with TTL 1; N6 has the file and answers/);
  assert.match(steps[12].text, /answer is at N1/);
  const coloured = steps.flatMap(({ nodes }) => Object.entries(nodes).filter(([, { tone }]) => tone === "reached" || tone === "holder").map(([name]) => name));
  assert.deepEqual(coloured.sort(), BOOK_FIGURE_6_NAMES.slice(1).sort());
  assert.throws(() => floodSteps([], BOOK_FIGURE_6_NAMES), /no query/);
});

test("floods of the experiment stay within the mean-field count, and on a given overlay file they run on its largest part", () => {
  const result = runExperiment(gnutellaFloodTtl, { replications: 4, levels: { overlay: ["regular"], ttl: [3, 6, 7] } });
  for (const ttl of [3, 6, 7]) {
    const { oracle } = gnutellaFloodTtl;
    const expected = oracle?.expected({ overlay: "regular", ttl }, result.parameters) as number;
    assert.ok(Math.abs(metricIn(result, { overlay: "regular", ttl }, "reached").mean / expected - 1) < (oracle?.tolerance ?? 0), `TTL ${ttl}`);
  }
  const file = runExperiment(gnutellaFloodTtl, { replications: 1, parameters: { overlayFile: "a b\nb c\nc a\nx y\n", copies: 1 }, levels: { overlay: ["file"], ttl: [1] } });
  assert.deepEqual([metricIn(file, { overlay: "file", ttl: 1 }, "nodes").mean, metricIn(file, { overlay: "file", ttl: 1 }, "reached").mean], [3, 2]);
  assert.throws(() => overlayFromText(""), ParameterError);
  assert.throws(() => overlayFromText("a b c d"), ParseError);
});

test("walks of the experiment find copies in the time of the closed form", () => {
  const result = runExperiment(copiesAndSearchSize, { replications: 4, levels: { allocation: ["proportional", "square-root"], exponent: [1.2] } });
  for (const allocation of ["proportional", "square-root"]) {
    const arm = { allocation, exponent: 1.2 };
    assert.ok(Math.abs(metricIn(result, arm, "steps").mean / metricIn(result, arm, "closed_form").mean - 1) < 0.1, allocation);
  }
});

test("a walk counts the node that asks as the first one it looks at: with few objects the closed form still comes out", () => {
  const result = runExperiment(copiesAndSearchSize, { replications: 4, parameters: { objects: 5 }, levels: { allocation: ["uniform", "square-root"], exponent: [1.2] } });
  for (const allocation of ["uniform", "square-root"]) {
    const arm = { allocation, exponent: 1.2 };
    assert.ok(Math.abs(metricIn(result, arm, "steps").mean / metricIn(result, arm, "closed_form").mean - 1) < 0.05, allocation);
  }
});

test("values outside their range are refused by name in every experiment", () => {
  const refuse = (run: () => unknown, message: RegExp) => assert.throws(run, (error: unknown) => error instanceof ParameterError && message.test(error.message));
  const options = (parameters: Record<string, number | string>) => ({ replications: 1, parameters });
  refuse(() => runExperiment(gnutellaFloodTtl, options({ nodes: 1 })), /nodes/);
  refuse(() => runExperiment(gnutellaFloodTtl, options({ copies: 0 })), /copies/);
  refuse(() => runExperiment(gnutellaFloodTtl, { replications: 1, levels: { overlay: ["regular"], ttl: [0] } }), /ttl/);
  refuse(() => runExperiment(napsterRegistryLoad, options({ serviceMs: 0 })), /serviceMs/);
  refuse(() => runExperiment(napsterRegistryLoad, { replications: 1, levels: { load: [0] } }), /load/);
  refuse(() => runExperiment(oneNodeDies, options({ peers: 2 })), /peers/);
  refuse(() => runExperiment(searchMethods, options({ copiesPercent: -1 })), /copiesPercent/);
  refuse(() => runExperiment(searchMethods, options({ nodes: 9, floodTtl: 300 })), /ttl/);
  refuse(() => runExperiment(copiesAndSearchSize, options({ objects: 0 })), /objects|copiesPerNode/);
  refuse(() => runExperiment(adaptiveCopies, options({ lifetimeQueries: 0 })), /lifetimeQueries/);
  refuse(() => runExperiment(pastSuccess, options({ expectation: "hopeful" })), /expectation/);
  refuse(() => runExperiment(hubsFirst, options({ sightHops: 5 })), /sightHops/);
});
