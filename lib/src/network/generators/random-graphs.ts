/** Flat random topologies: random graph, Waxman, Barabasi-Albert, and the grid. */
import { ParameterError, checkNumber } from "../../errors";
import type { RandomStream } from "../../simulation";
import { exp } from "../../simulation/exact-math";
import { checkObject, checkRandom } from "../check-input";
import { checkDelay, checkPairCount, connectingPairs, generated, type GeneratedTopology, type Pair, type Repair } from "./generated";

/** Parameters of {@link randomGraph}. */
export interface RandomGraphOptions {
  /** Number of routers, 1..20000. */
  readonly nodes: number;
  /** Probability of each link, 0..1. */
  readonly probability: number;
  /** Delay of each link, whole microseconds. */
  readonly delayUs: number;
  readonly repair: Repair;
  readonly random: RandomStream;
}

/** The pairs of a random graph in which each pair is linked with the same probability. */
export function randomPairs(nodes: number, probability: number, random: RandomStream): Pair[] {
  const pairs: Pair[] = [];
  for (let a = 0; a < nodes; a++) for (let b = a + 1; b < nodes; b++) if (random.uniform() < probability) pairs.push([a, b]);
  return pairs;
}

/**
 * The random graph G(n, p) (Gilbert 1959; Erdos and Renyi 1959): each pair of routers is linked with the same probability.
 * @throws ParameterError when it comes out in several parts and `repair` refuses that
 */
export function randomGraph(options: RandomGraphOptions): GeneratedTopology {
  checkObject("options", options, "the parameters of a random graph");
  checkRandom("random", options.random);
  const delayUs = checkDelay("delayUs", options.delayUs);
  const nodes = checkNumber("nodes", options.nodes, { min: 1, integer: true });
  checkPairCount(nodes);
  checkNumber("probability", options.probability, { min: 0, max: 1 });
  const pairs = randomPairs(nodes, options.probability, options.random);
  return generated(nodes, pairs, connectingPairs(nodes, pairs, options.repair, options.random), () => delayUs);
}

/** Parameters of {@link waxman}. */
export interface WaxmanOptions {
  /** Number of routers, 1..20000. */
  readonly nodes: number;
  /** Probability of a link of length 0, 0..1 (alpha in GT-ITM; Waxman's own paper calls it beta). */
  readonly alpha: number;
  /** How slowly the probability falls with length, > 0 (beta in GT-ITM; Waxman's alpha). */
  readonly beta: number;
  /** Delay of a link that spans the whole diagonal of the square, microseconds; shorter ones in proportion, at least 1. */
  readonly diagonalUs: number;
  readonly repair: Repair;
  readonly random: RandomStream;
}

/** A topology with routers on the unit square. */
export interface PlacedTopology extends GeneratedTopology {
  /** Coordinates of router r are positions[2 r] and positions[2 r + 1]. */
  readonly positions: Float64Array;
}

/**
 * Routers at random on a square, linked with probability alpha exp(-d / (beta L)), where d is their distance and L the diagonal (Waxman,
 * "Routing of multipoint connections", IEEE JSAC 1988; parameters named as in GT-ITM, Zegura, Calvert and Bhattacharjee, INFOCOM 1996).
 * @throws ParameterError when it comes out in several parts and `repair` refuses that
 */
export function waxman(options: WaxmanOptions): PlacedTopology {
  checkObject("options", options, "the parameters of a Waxman graph");
  checkRandom("random", options.random);
  const nodes = checkNumber("nodes", options.nodes, { min: 1, integer: true });
  checkPairCount(nodes);
  const alpha = checkNumber("alpha", options.alpha, { min: 0, max: 1 });
  const beta = checkNumber("beta", options.beta, { min: 0, exclusiveMin: true });
  const diagonalUs = checkNumber("diagonalUs", options.diagonalUs, { min: 1, max: 1e9, unit: "microseconds" });
  const { random } = options;
  const positions = Float64Array.from({ length: 2 * nodes }, () => random.uniform());
  const distance = (a: number, b: number) => {
    const x = positions[2 * a] - positions[2 * b];
    const y = positions[2 * a + 1] - positions[2 * b + 1];
    return Math.sqrt((x * x + y * y) / 2);
  };
  const pairs: Pair[] = [];
  for (let a = 0; a < nodes; a++) for (let b = a + 1; b < nodes; b++) if (random.uniform() < alpha * exp(-distance(a, b) / beta)) pairs.push([a, b]);
  const repairPairs = connectingPairs(nodes, pairs, options.repair, random);
  return { ...generated(nodes, pairs, repairPairs, (a, b) => Math.max(1, Math.ceil(distance(a, b) * diagonalUs))), positions };
}

/** Parameters of {@link barabasiAlbert}. */
export interface BarabasiAlbertOptions {
  /** Number of routers, more than `linksPerNode`. */
  readonly nodes: number;
  /** Links each new router brings, >= 1. */
  readonly linksPerNode: number;
  /** Delay of each link, whole microseconds. */
  readonly delayUs: number;
  readonly random: RandomStream;
}

/**
 * Growth with preferential attachment (Barabasi and Albert, "Emergence of scaling in random networks", Science 1999): starting from a complete graph of
 * `linksPerNode` + 1 routers, each new one links to `linksPerNode` different ones, chosen in proportion to their degree. The share of routers
 * with degree k tends to 2 m (m + 1) / (k (k + 1) (k + 2)), m links per router. Always connected.
 */
export function barabasiAlbert(options: BarabasiAlbertOptions): GeneratedTopology {
  checkObject("options", options, "the parameters of a Barabasi-Albert graph");
  const random = checkRandom("random", options.random);
  const delayUs = checkDelay("delayUs", options.delayUs);
  const perNode = checkNumber("linksPerNode", options.linksPerNode, { min: 1, max: 1000, integer: true });
  const nodes = checkNumber("nodes", options.nodes, { min: perNode + 1, max: 2_000_000, integer: true });
  const pairs: Pair[] = [];
  // Every end of every link once: a draw from this list is a draw in proportion to degree.
  const ends: number[] = [];
  const link = (a: number, b: number) => {
    pairs.push([a, b]);
    ends.push(a, b);
  };
  for (let a = 0; a <= perNode; a++) for (let b = a + 1; b <= perNode; b++) link(a, b);
  for (let node = perNode + 1; node < nodes; node++) {
    const targets = new Set<number>();
    const known = ends.length;
    while (targets.size < perNode) targets.add(ends[random.integer(known)]);
    for (const target of targets) link(target, node);
  }
  return generated(nodes, pairs, [], () => delayUs);
}

/**
 * A grid of routers, each linked to its neighbours in its row and column.
 * @param rows 1..2000
 * @param columns 1..2000
 * @param delayUs delay of each link, whole microseconds
 * @param wrap true to link the ends of rows and columns of at least 3, as on a torus
 */
export function grid(rows: number, columns: number, delayUs: number, wrap = false): GeneratedTopology {
  checkNumber("rows", rows, { min: 1, max: 2000, integer: true });
  checkNumber("columns", columns, { min: 1, max: 2000, integer: true });
  checkDelay("delayUs", delayUs);
  if (typeof wrap !== "boolean") throw new ParameterError({ what: "bad value for wrap", got: wrap, expected: "true or false", where: "parameter wrap" });
  if (wrap && (rows < 3 || columns < 3)) {
    throw new ParameterError({
      what: "too small to wrap around",
      got: `${rows} x ${columns}`,
      expected: "at least 3 rows and columns",
      where: "parameter wrap",
    });
  }
  const pairs: Pair[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const node = row * columns + column;
      if (column + 1 < columns) pairs.push([node, node + 1]);
      else if (wrap) pairs.push([row * columns, node]);
      if (row + 1 < rows) pairs.push([node, node + columns]);
      else if (wrap) pairs.push([column, node]);
    }
  }
  return generated(rows * columns, pairs, [], () => delayUs);
}
