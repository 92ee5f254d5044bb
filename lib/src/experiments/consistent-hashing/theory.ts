/**
 * Closed forms that consistent hashing is held against, written down apart from the schemes.
 * Tests: test/paper/consistent-hashing.test.ts.
 */
import { ParameterError, checkNumber } from "../../errors";
import { exp, ln } from "../../simulation";

/**
 * The harmonic number H_n = 1 + 1/2 + ... + 1/n. On a ring with n random points the largest arc is H_n / n of the circle on average.
 * @param n 1..10^7
 */
export function harmonicNumber(n: number): number {
  checkNumber("n", n, { min: 1, max: 1e7, integer: true });
  let sum = 0;
  for (let i = n; i >= 1; i--) sum += 1 / i;
  return sum;
}

/**
 * Standard deviation over mean of the arcs of n servers with k points each: the arcs are Dirichlet, so it is sqrt((n - 1) / (n k + 1)), about 1 / sqrt(k).
 */
export function ringStandardError(servers: number, points: number): number {
  checkNumber("servers", servers, { min: 1, integer: true });
  checkNumber("points", points, { min: 1, integer: true });
  return Math.sqrt((servers - 1) / (servers * points + 1));
}

/** Probability that a Gamma variable of whole shape and mean 1 is at most x (the Erlang distribution). */
export function gammaShareProbability(points: number, x: number): number {
  checkNumber("points", points, { min: 1, max: 100_000, integer: true });
  if (x <= 0) return 0;
  const rate = points * x;
  // P(X > x) = e^-rate (1 + rate + ... + rate^(k-1) / (k-1)!), each term from its logarithm, so that none underflows early.
  let logTerm = -rate;
  let above = 0;
  for (let i = 0; i < points; i++) {
    above += exp(logTerm);
    logTerm += ln(rate) - ln(i + 1);
  }
  return 1 - Math.min(1, above);
}

/**
 * The p-quantile of a server's share over the mean share, with `points` points each among many servers: Gamma with that shape and mean 1.
 *
 * @param points 1..10^5
 * @param p strictly between 0 and 1
 */
export function gammaShareQuantile(points: number, p: number): number {
  checkProbability(p);
  let low = 0;
  let high = 2;
  while (gammaShareProbability(points, high) < p) high *= 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (gammaShareProbability(points, middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The p-quantile of the number of keys at a server, over its mean: keys fall independently, so the number is Poisson given the share, and negative binomial over all.
 *
 * @param points points of a server, 1..10^5
 * @param keysPerServer mean number of keys, > 0 to 10^5
 * @param p strictly between 0 and 1
 */
export function keyLoadQuantile(points: number, keysPerServer: number, p: number): number {
  checkProbability(p);
  checkNumber("points", points, { min: 1, max: 100_000, integer: true });
  checkNumber("keysPerServer", keysPerServer, { min: 0, exclusiveMin: true, max: 100_000 });
  const success = ln(keysPerServer / (points + keysPerServer));
  let logTerm = points * ln(points / (points + keysPerServer));
  let below = exp(logTerm);
  let keys = 0;
  while (below < p && keys < 1e7) {
    logTerm += ln(keys + points) - ln(keys + 1) + success;
    keys += 1;
    below += exp(logTerm);
  }
  return keys / keysPerServer;
}

/** The fullest server's share over the mean with k probes and many servers: k / (k - 1) (Appleton & O'Reilly 2015). @param probes >= 2 */
export function multiProbePeak(probes: number): number {
  return probes / (checkNumber("probes", probes, { min: 2, integer: true }) - 1);
}

/**
 * Percentage of keys that must move for shares to stay even: the joiner's new share, or the leaver's old one.
 * @param servers before the change
 */
export function leastMovedPercent(change: "join" | "leave", servers: number): number {
  checkNumber("servers", servers, { min: 1, integer: true });
  return 100 / (change === "join" ? servers + 1 : servers);
}

/**
 * Percentage of keys that move modulo n when n changes by one: by the Chinese remainder theorem the two numbers of a key are independent, and of the
 * n (n + 1) pairs only the smaller of both counts keep the server.
 * @param servers before the change
 */
export function moduloMovedPercent(change: "join" | "leave", servers: number): number {
  checkNumber("servers", servers, { min: 1, integer: true });
  return 100 * (1 - 1 / (change === "join" ? servers + 1 : servers));
}

/**
 * The exact sizes of the buckets of the jump hash, over the mean. A step of the loop reaches bucket j or beyond from bucket i when the 31-bit draw h satisfies
 * (i + 1) 2^31 / (h + 1) >= j, which holds for floor((i + 1) 2^31 / j) of the 2^31 draws; only this rounding makes buckets unequal.
 *
 * @param buckets 1..3000
 * @returns one size per bucket, mean 1
 */
export function jumpBucketSizes(buckets: number): Float64Array {
  checkNumber("buckets", buckets, { min: 1, max: 3000, integer: true });
  const reach = (i: number, j: number) => Math.floor(((i + 1) * 2147483648) / j) / 2147483648;
  const visits = new Float64Array(buckets);
  visits[0] = 1;
  for (let i = 0; i < buckets; i++) for (let j = i + 1; j < buckets; j++) visits[j] += visits[i] * (Math.min(1, reach(i, j)) - reach(i, j + 1));
  return visits.map((visit, i) => buckets * visit * Math.min(1, reach(i, buckets)));
}

function checkProbability(p: number): void {
  if (!(p > 0 && p < 1)) throw new ParameterError({ what: "bad probability", got: p, expected: "a number strictly between 0 and 1", where: "parameter p" });
}
