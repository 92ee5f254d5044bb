/**
 * How many copies each object should have: the theory of Cohen and Shenker, "Replication strategies in unstructured peer-to-peer networks", SIGCOMM 2002.
 * A search probes random nodes until it finds a copy, so for an object with r copies on n nodes it takes n / r probes on average. Nodes have room for R copies in all,
 * ρ = R / n each. The expected search size is the sum of q_i n / r_i, q_i the share of queries for object i.
 */
import { ParameterError, checkNumber } from "../../errors";
import { generalizedHarmonic, pow } from "../../simulation";

/** The rules that the paper compares; "path" is what path replication converges to. */
export const ALLOCATIONS = Object.freeze(["uniform", "proportional", "square-root"] as const);
/** One of {@link ALLOCATIONS}. */
export type Allocation = (typeof ALLOCATIONS)[number];

/**
 * Shares of queries by Zipf's law: q_i proportional to i^-exponent.
 * @param objects 1..10^7
 * @param exponent 0..20
 */
export function zipfRates(objects: number, exponent: number): Float64Array {
  checkNumber("objects", objects, { min: 1, max: 1e7, integer: true });
  checkNumber("exponent", exponent, { min: 0, max: 20 });
  return normalizedRates(Float64Array.from({ length: objects }, (_, i) => pow(i + 1, -exponent)));
}

/** Rates divided by their sum. @throws ParameterError when one is not a finite number > 0, or there is none */
export function normalizedRates(rates: ArrayLike<number>): Float64Array {
  if (typeof rates !== "object" || rates === null || !(rates.length >= 1)) throw new ParameterError({ what: "no query rates", got: rates, expected: "a list of numbers > 0", where: "parameter rates" });
  let sum = 0;
  // From the smallest: rates fall by many orders of magnitude.
  for (let i = rates.length - 1; i >= 0; i--) {
    if (!(rates[i] > 0 && rates[i] < Infinity)) checkNumber(`rates[${i}]`, rates[i], { min: 0, exclusiveMin: true });
    sum += rates[i];
  }
  checkNumber("sum of the rates", sum, { min: 0, exclusiveMin: true });
  return Float64Array.from(rates, (rate) => rate / sum);
}

/**
 * The share of all copies that each object gets, r_i / R: equal, in proportion to its rate, or to the square root of its rate.
 * @throws ParameterError for bad rates or an unknown rule
 */
export function allocationShares(rates: ArrayLike<number>, allocation: Allocation): Float64Array {
  const q = normalizedRates(rates);
  switch (allocation) {
    case "uniform":
      return q.map(() => 1 / q.length);
    case "proportional":
      return q;
    case "square-root":
      return normalizedRates(q.map((rate) => Math.sqrt(rate)));
    default:
      throw new ParameterError({ what: "unknown allocation", got: allocation, expected: ALLOCATIONS.join(", "), where: "parameter allocation" });
  }
}

/**
 * The expected search size: (1 / ρ) times the sum of q_i / p_i.
 * @param shares p_i, from {@link allocationShares} or any others > 0
 * @param capacity ρ, copies per node, > 0
 * @returns probes per query, in the mean over queries
 */
export function expectedSearchSize(rates: ArrayLike<number>, shares: ArrayLike<number>, capacity: number): number {
  const q = normalizedRates(rates);
  const p = normalizedRates(shares);
  if (p.length !== q.length) throw new ParameterError({ what: "shares do not fit the rates", got: p.length, expected: `${q.length}, one for each object`, where: "parameter shares" });
  checkNumber("capacity", capacity, { min: 0, exclusiveMin: true, unit: "copies per node" });
  let sum = 0;
  for (let i = q.length - 1; i >= 0; i--) sum += q[i] / p[i];
  return sum / capacity;
}

/** The closed forms: m / ρ for uniform and proportional, (sum of the square roots of q_i)^2 / ρ for the square root, which is the least possible. */
export function closedFormSearchSize(rates: ArrayLike<number>, allocation: Allocation, capacity: number): number {
  const q = normalizedRates(rates);
  checkNumber("capacity", capacity, { min: 0, exclusiveMin: true, unit: "copies per node" });
  allocationShares(q, allocation);
  if (allocation !== "square-root") return q.length / capacity;
  let roots = 0;
  for (let i = q.length - 1; i >= 0; i--) roots += Math.sqrt(q[i]);
  return (roots * roots) / capacity;
}

/** What the square root saves: the search size under uniform (or proportional) divided by that under square root; from 1 to m. */
export function squareRootGain(rates: ArrayLike<number>): number {
  return closedFormSearchSize(rates, "uniform", 1) / closedFormSearchSize(rates, "square-root", 1);
}

/**
 * {@link squareRootGain} for Zipf's law, by summation formulas: for any number of objects at once. For many objects it tends to (1 - w/2)^2 / (1 - w) if w < 1, to ln(m) / 4 if w = 1, to
 * m^(w - 1) ζ(w) (1 - w/2)^2 if 1 < w < 2, and to m ζ(w) / ζ(w/2)^2 if w > 2.
 * @param objects 1..2^53
 * @param exponent w, 0..20
 */
export function zipfGain(objects: number, exponent: number): number {
  checkNumber("exponent", exponent, { min: 0, max: 20 });
  const roots = generalizedHarmonic(objects, exponent / 2);
  return (objects * generalizedHarmonic(objects, exponent)) / (roots * roots);
}

/**
 * How often a copy of each object is used, relative to the mean over all copies: q_i / p_i / m. Constant under proportional, which balances the load of answering.
 */
export function utilizationRates(rates: ArrayLike<number>, shares: ArrayLike<number>): Float64Array {
  const q = normalizedRates(rates);
  const p = normalizedRates(shares);
  if (p.length !== q.length) throw new ParameterError({ what: "shares do not fit the rates", got: p.length, expected: `${q.length}`, where: "parameter shares" });
  return q.map((rate, i) => rate / p[i]);
}

/**
 * Whole numbers of copies near given shares, each within bounds: shares times the total, cut to the bounds, what is over or missing spread over the objects that are not
 * at a bound (as in the paper's truncated allocations), then rounded by largest remainder. The sum is exactly the total.
 * @param total copies in all, objects * least .. objects * most
 * @param least copies of an object, >= 1
 * @param most copies of an object, such as the number of nodes
 */
export function wholeCopies(shares: ArrayLike<number>, total: number, least: number, most: number): Int32Array {
  const p = normalizedRates(shares);
  checkNumber("least", least, { min: 1, integer: true });
  checkNumber("most", most, { min: least, max: 2147483647, integer: true });
  checkNumber("total", total, { min: least * p.length, max: Math.min(2147483647, most * p.length), integer: true, unit: "copies" });
  const cut = (factor: number, i: number) => Math.min(Math.max(p[i] * factor, least), most);
  let [low, high] = [0, 1];
  const sumAt = (factor: number) => p.reduce((sum, _, i) => sum + cut(factor, i), 0);
  while (sumAt(high) < total && high < 1e300) high *= 2;
  for (let step = 0; step < 200 && high - low > 1e-12 * high; step++) {
    const middle = (low + high) / 2;
    if (sumAt(middle) < total) low = middle;
    else high = middle;
  }
  const exact = Float64Array.from(p, (_, i) => cut(high, i));
  const copies = Int32Array.from(exact, Math.floor);
  let missing = total - copies.reduce((a, b) => a + b, 0);
  const order = Array.from(exact.keys()).sort((a, b) => exact[b] - copies[b] - (exact[a] - copies[a]) || a - b);
  for (const i of order) {
    if (missing === 0) break;
    if (missing > 0 && copies[i] < most) [copies[i], missing] = [copies[i] + 1, missing - 1];
  }
  return copies;
}

/** Slope of ln y against ln x by least squares, over the pairs in which both are > 0. @throws ParameterError for fewer than two different x */
export function logLogSlope(x: ArrayLike<number>, y: ArrayLike<number>, ln: (value: number) => number): number {
  let [n, sx, sy, sxx, sxy] = [0, 0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    if (!(x[i] > 0 && y[i] > 0)) continue;
    const [u, v] = [ln(x[i]), ln(y[i])];
    [n, sx, sy, sxx, sxy] = [n + 1, sx + u, sy + v, sxx + u * u, sxy + u * v];
  }
  const spread = n * sxx - sx * sx;
  if (!(n >= 2 && spread > 0)) throw new ParameterError({ what: "no slope through these points", got: `${n} points`, expected: "two or more with different x > 0" });
  return (n * sxy - sx * sy) / spread;
}
