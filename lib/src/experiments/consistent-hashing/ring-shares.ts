/** How even a ring of random points is: the table of Lamping & Veach 2014, the largest arc of Karger's ring, and percentiles of the load. */
import { arcShares, layPoints, lookupCounts, uniformKeys, type Digest, type RingPoints } from "../../ids";
import { checkNumber } from "../../errors";
import { defineExperiment, type Arm, type RunContext } from "../define";
import { countOf, peakOverMean, quantileOverMean, relativeDeviation } from "./setting";
import { gammaShareQuantile, harmonicNumber, ringStandardError } from "./theory";

/** Digests of servers that no ring has seen, as an ideal hash function would give them. */
function randomServers(context: RunContext, servers: number): readonly Digest[] {
  const random = context.random("servers");
  return Array.from({ length: servers }, () => ({ high: random.uint32(), low: random.uint32() }));
}

/** A ring with equally many points of each server; another seed places them anew. */
function ringOf(servers: readonly Digest[], points: number, seed: number): RingPoints {
  return layPoints(servers, new Uint32Array(servers.length).fill(points), seed);
}

/** The level of the factor `points`; a ring has at most 2 * 10^7 points. */
function pointsIn(arm: Arm, servers: number): number {
  return checkNumber("points", arm.points, { min: 1, max: Math.floor(20_000_000 / servers), integer: true });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The table of the jump hash paper for Karger's ring: exact arc lengths, no keys. */
export const hashRingError = defineExperiment({
  id: "hash-ring-error",
  question: "How unequal are the shares of 1000 servers on a ring, with 1 to 1000 points each?",
  section: "P&D 9.4.2",
  parameters: { servers: 1000 },
  factors: [{ name: "points", title: "Points per server", type: "integer", levels: [1, 10, 100, 1000] }],
  seed: 1000,
  replications: { quick: 5, full: 40 },
  metrics: [
    { name: "standard_error", title: "Standard error", type: "number", digits: 5, definition: "Standard deviation of the servers' shares of the circle over their mean (of the population; mean over the rings of a replication)." },
    { name: "low_share", title: "0.5th percentile", type: "number", unit: "x mean", digits: 3, definition: "Share that 0.5 % of the servers stay below, over the mean share." },
    { name: "high_share", title: "99.5th percentile", type: "number", unit: "x mean", digits: 3, definition: "Share that 0.5 % of the servers exceed, over the mean share." },
  ],
  oracle: {
    metric: "standard_error",
    source: "Dirichlet arcs: sqrt((n - 1) / (n k + 1)); Lamping & Veach 2014, table (HS-1)",
    expected: (arm, parameters) => ringStandardError(parameters.servers as number, arm.points as number),
    tolerance: 0.02,
  },
  run: (arm, context) => {
    const servers = countOf(context.parameters, "servers", 2, 100_000);
    const points = pointsIn(arm, servers);
    // Coarse rings vary more and cost less: more of them in one replication.
    const rings = Math.max(1, Math.min(10, Math.floor(300_000 / (servers * points))));
    const digests = randomServers(context, servers);
    const shares = Array.from({ length: rings }, (_, ring) => arcShares(ringOf(digests, points, ring), servers));
    return [{
      standard_error: mean(shares.map(relativeDeviation)),
      low_share: mean(shares.map((each) => quantileOverMean(each, 0.005))),
      high_share: mean(shares.map((each) => quantileOverMean(each, 0.995))),
    }];
  },
});

/** The largest arc of a ring with one point a server: H_n times the mean. */
export const hashLargestArc = defineExperiment({
  id: "hash-largest-arc",
  question: "How much more than its share does the unluckiest server get, with one point each?",
  section: "P&D 9.4.2",
  parameters: {},
  factors: [{ name: "servers", title: "Servers", type: "integer", levels: [10, 100, 1000, 10_000] }],
  seed: 1997,
  replications: { quick: 40, full: 200 },
  metrics: [{ name: "largest_arc", title: "Largest arc", type: "number", unit: "x mean", digits: 4, definition: "Largest arc over the mean arc, mean over the 10 to 100 rings of a replication." }],
  oracle: {
    metric: "largest_arc",
    source: "Spacings of n random points: H_n / n of the circle on average (HS-4)",
    expected: (arm) => harmonicNumber(arm.servers as number),
    tolerance: 0.02,
  },
  run: (arm, context) => {
    const servers = checkNumber("servers", arm.servers, { min: 1, max: 1_000_000, integer: true });
    const rings = Math.max(10, Math.min(100, Math.floor(50_000 / servers)));
    const digests = randomServers(context, servers);
    return [{ largest_arc: mean(Array.from({ length: rings }, (_, ring) => peakOverMean(arcShares(ringOf(digests, 1, ring), servers)))) }];
  },
});

/** Percentiles of the share and of the number of keys of a server: Figure 9 of the Chord paper (SIGCOMM 2001), beside Gamma. */
export const hashLoadPercentiles = defineExperiment({
  id: "hash-load-percentiles",
  question: "How do virtual nodes narrow the gap between the emptiest and the fullest servers?",
  section: "P&D 9.4.2",
  parameters: { servers: 3000, keysPerServer: 100, largestRing: 40_000 },
  factors: [{ name: "points", title: "Points per server", type: "integer", levels: [1, 2, 5, 10, 20, 50, 160] }],
  seed: 2001,
  replications: { quick: 5, full: 40 },
  metrics: [
    { name: "share_p1", title: "1st percentile of shares", type: "number", unit: "x mean", digits: 4, definition: "Share of the circle that 1 % of the servers stay below, over the mean." },
    { name: "share_p99", title: "99th percentile of shares", type: "number", unit: "x mean", digits: 4, definition: "Share of the circle that 1 % of the servers exceed, over the mean." },
    { name: "share_deviation", title: "Deviation of shares", type: "number", digits: 4, definition: "Standard deviation of the shares over their mean." },
    { name: "keys_p1", title: "1st percentile of keys", type: "number", unit: "x mean", digits: 4, definition: "Number of keys that 1 % of the servers stay below, over the mean." },
    { name: "keys_p99", title: "99th percentile of keys", type: "number", unit: "x mean", digits: 4, definition: "Number of keys that 1 % of the servers exceed, over the mean." },
  ],
  oracle: {
    metric: "share_p99",
    source: "Share over mean follows Gamma(points) with mean 1 (HS-10)",
    expected: (arm) => gammaShareQuantile(arm.points as number, 0.99),
    tolerance: 0.03,
  },
  run: (arm, context) => {
    const points = pointsIn(arm, 2);
    const limit = Math.floor(countOf(context.parameters, "largestRing", 100, 2e7) / points);
    // With many points shares vary little, so fewer servers tell as much.
    const servers = Math.max(2, Math.min(countOf(context.parameters, "servers", 2, 1e6), limit));
    const digests = randomServers(context, servers);
    const ring = ringOf(digests, points, 0);
    // Exact shares cost little: more rings for them, the first one also with keys.
    const more = Math.max(1, Math.min(10, Math.floor(60_000 / (servers * points))));
    const shares = Array.from({ length: more }, (_, index) => arcShares(index === 0 ? ring : ringOf(digests, points, index), servers));
    const keys = uniformKeys(servers * countOf(context.parameters, "keysPerServer", 1, 10_000), context.random("keys"));
    const loads = Float64Array.from(lookupCounts(ring, keys, servers));
    return [{
      share_p1: mean(shares.map((each) => quantileOverMean(each, 0.01))),
      share_p99: mean(shares.map((each) => quantileOverMean(each, 0.99))),
      share_deviation: mean(shares.map(relativeDeviation)),
      keys_p1: quantileOverMean(loads, 0.01),
      keys_p99: quantileOverMean(loads, 0.99),
    }];
  },
});
