/**
 * Graphs of superpeers for the load model: every pair linked, or degrees that follow a power law of rank, as Yang & Garcia-Molina generate theirs (with PLOD: Palmer, Steffan,
 * "Generating network topologies that obey power laws", Globecom 2000). Checked by test/peer-to-peer/superpeers/load-model.test.ts.
 */
import { ParameterError, checkNumber } from "../../errors";
import { pow, type RandomStream } from "../../simulation";

/** Links of superpeers, each in both directions. */
export interface SuperpeerGraph {
  readonly count: number;
  /** Neighbours of i stand at first[i] .. first[i + 1] - 1. */
  readonly first: Int32Array;
  readonly neighbours: Int32Array;
}

/** Tries of a stub to find another end before it is given up. */
const TRIES = 50;

/** Every two superpeers are linked. @param count 1..5000 */
export function completeSuperpeers(count: number): SuperpeerGraph {
  checkNumber("count", count, { min: 1, max: 5000, integer: true });
  const neighbours = new Int32Array(count * (count - 1));
  for (let node = 0, at = 0; node < count; node++) for (let other = 0; other < count; other++) if (other !== node) neighbours[at++] = other;
  return { count, first: Int32Array.from({ length: count + 1 }, (_, node) => node * (count - 1)), neighbours };
}

/**
 * Degrees proportional to rank^-exponent (at least 1), scaled to a mean and linked at random without loops or repetition; what is not connected to the first
 * superpeer is then linked to a random one that is.
 *
 * @param count 2..200000
 * @param outDegree mean degree, 1 < outDegree < count
 * @param exponent of rank, 0..2 (0.8 gives a density that falls as degree^-2.25, as Gnutella's)
 * @throws ParameterError when out of range
 */
export function powerLawSuperpeers(count: number, outDegree: number, exponent: number, random: RandomStream): SuperpeerGraph {
  checkNumber("count", count, { min: 2, max: 200_000, integer: true });
  checkNumber("outDegree", outDegree, { min: 1, max: count - 1 });
  checkNumber("exponent", exponent, { min: 0, max: 2 });
  const links = Array.from({ length: count }, () => new Set<number>());
  const stubs: number[] = [];
  rankDegrees(count, outDegree, exponent).forEach((degree, node) => {
    for (let i = 0; i < degree; i++) stubs.push(node);
  });
  random.shuffle(stubs);
  while (stubs.length > 1) {
    const from = stubs.pop() as number;
    for (let tries = 0; tries < TRIES && stubs.length > 0; tries++) {
      const at = random.integer(stubs.length);
      const to = stubs[at];
      if (to === from || links[from].has(to)) continue;
      links[from].add(to);
      links[to].add(from);
      stubs[at] = stubs[stubs.length - 1];
      stubs.pop();
      break;
    }
  }
  connect(links, random);
  return fromSets(links);
}

/** A graph from pairs of superpeers; a pair given twice is one link. @throws ParameterError for what is no pair, an end out of range, or a loop */
export function superpeersFromLinks(count: number, pairs: readonly (readonly [number, number])[]): SuperpeerGraph {
  checkNumber("count", count, { min: 1, max: 200_000, integer: true });
  const links = Array.from({ length: count }, () => new Set<number>());
  if (!Array.isArray(pairs)) throw new ParameterError({ what: "no links", got: pairs, expected: "a list of pairs of superpeers", where: "parameter pairs" });
  pairs.forEach((pair, index) => {
    if (!Array.isArray(pair) || pair.length !== 2) throw new ParameterError({ what: "not a link", got: pair, expected: "a pair of superpeers", where: `pairs[${index}]` });
    const [a, b] = pair;
    for (const end of [a, b]) checkNumber(`pairs[${index}]`, end, { min: 0, max: count - 1, integer: true });
    if (a === b) throw new ParameterError({ what: "a superpeer linked to itself", got: a, expected: "two superpeers", where: `pairs[${index}]` });
    links[a].add(b);
    links[b].add(a);
  });
  return fromSets(links);
}

/** The scale is found by bisection, since rounding and both bounds shift the mean. */
function rankDegrees(count: number, outDegree: number, exponent: number): Int32Array {
  const weights = Float64Array.from({ length: count }, (_, rank) => pow(rank + 1, -exponent));
  const degrees = (scale: number) => Int32Array.from(weights, (weight) => Math.max(1, Math.min(count - 1, Math.round(scale * weight))));
  let low = 0;
  let high = count * outDegree;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (degrees(middle).reduce((sum, degree) => sum + degree, 0) < outDegree * count) low = middle;
    else high = middle;
  }
  const chosen = degrees(high);
  // Equal weights are rounded up together; the last of them give back what is too much.
  let surplus = chosen.reduce((sum, degree) => sum + degree, 0) - Math.ceil(outDegree * count - 1e-9);
  for (let rank = count - 1; rank >= 0 && surplus > 0; rank--) {
    if (chosen[rank] === 1) continue;
    chosen[rank] -= 1;
    surplus -= 1;
  }
  return chosen;
}

function connect(links: Set<number>[], random: RandomStream): void {
  const reached = [0];
  const seen = new Uint8Array(links.length);
  seen[0] = 1;
  let next = 0;
  const spread = () => {
    for (; next < reached.length; next++) {
      for (const other of links[reached[next]]) {
        if (seen[other] === 1) continue;
        seen[other] = 1;
        reached.push(other);
      }
    }
  };
  spread();
  for (let node = 1; node < links.length; node++) {
    if (seen[node] === 1) continue;
    const to = random.pick(reached);
    links[node].add(to);
    links[to].add(node);
    seen[node] = 1;
    reached.push(node);
    spread();
  }
}

function fromSets(links: readonly Set<number>[]): SuperpeerGraph {
  const first = new Int32Array(links.length + 1);
  for (let node = 0; node < links.length; node++) first[node + 1] = first[node] + links[node].size;
  const neighbours = new Int32Array(first[links.length]);
  links.forEach((set, node) => neighbours.set([...set].sort((a, b) => a - b), first[node]));
  return { count: links.length, first, neighbours };
}
