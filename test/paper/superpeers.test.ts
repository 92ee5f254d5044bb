/** Published loads of superpeer networks (Yang & Garcia-Molina, ICDE 2003); what does not come out is stated with what does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { networkLoad, redundancyEffect } from "overlay-lab/dist/experiments";

const near = (measured: number, published: number, tolerance: number, what: string) => assert.ok(Math.abs(measured - published) <= tolerance, `${what}: ${measured}, published ${published}`);

test("UN-13: redundancy 2 at cluster size 100 hardly changes the total bandwidth and nearly halves that of one superpeer", () => {
  for (const seed of [1, 2, 3]) {
    const strong = redundancyEffect({ seed, graph: "complete", load: { clusterSize: 100, ttl: 1 } });
    near(strong.totalBandwidth, 2.5, 5, "total bandwidth");
    near(strong.superpeerBandwidth, -48, 5, "a superpeer's bandwidth");
    near(strong.superpeerProcessing, -41, 5, "a superpeer's processing");
    assert.ok(strong.totalProcessing > 5 && strong.totalProcessing < 17, `total processing rises, by less than the published 17 %: ${strong.totalProcessing}`);
  }
});

test("UN-15: where TTL 3 still reaches everybody it costs less than TTL 4", () => {
  const [four, three] = [4, 3].map((ttl) => networkLoad({ seed: 1, outDegree: 20, load: { clusterSize: 20, ttl, sources: 60 } }));
  assert.equal(Math.round(three.reachUsers), 10_000);
  assert.ok(three.aggregate.inBps < 0.85 * four.aggregate.inBps);
});

test("UN-16: the redesigned network has the published path lengths, as many results, and three quarters less load", () => {
  const [before, after] = [[1, 3.1, 7], [10, 18, 2]].map(([clusterSize, outDegree, ttl]) => networkLoad({ seed: 1, users: 20_000, outDegree, load: { clusterSize, ttl, sources: 60 } }));
  near(before.pathLength, 6.5, 0.2, "path before");
  near(after.pathLength, 1.9, 0.1, "path after");
  near(after.results / before.results, 270 / 269, 0.15, "results");
  for (const part of ["inBps", "outBps", "processingHz"] as const) assert.ok(after.aggregate[part] < 0.35 * before.aggregate[part], part);
});
