/**
 * Random overlays of a given size: regular, with a given number of links, with a power law of degrees, and the grid. The last three are those of Lv, Cao, Cohen, Li and
 * Shenker (ICS 2002), beside a Gnutella crawl. Links are drawn by the configuration model: ends of links are shuffled and paired.
 */
import { LimitError, ParameterError, checkNumber } from "../../errors";
import { AliasTable, pow, type RandomStream } from "../../simulation";
import { OverlayGraph, largestOverlayPart } from "./overlay-graph";

const MAX_NODES = 1 << 22;

/**
 * A random graph in which every node has the same degree (Bollobás 1980). Pairs that are loops or repetitions are mended by exchanging ends with random other pairs.
 * @param nodes 2..2^22
 * @param degree 1..nodes-1; nodes times degree even
 * @throws ParameterError when out of range; LimitError when no simple graph was found (only for degrees near the number of nodes)
 */
export function regularOverlay(nodes: number, degree: number, random: RandomStream): OverlayGraph {
  checkNumber("nodes", nodes, { min: 2, max: MAX_NODES, integer: true });
  checkNumber("degree", degree, { min: 1, max: Math.min(nodes - 1, 10_000), integer: true });
  if ((nodes * degree) % 2 !== 0) throw new ParameterError({ what: "no regular graph of this size", got: { nodes, degree }, expected: "an even product of nodes and degree", where: "parameter degree" });
  const ends = new Int32Array(nodes * degree);
  for (let i = 0; i < ends.length; i++) ends[i] = Math.floor(i / degree);
  random.shuffle(ends);
  mendPairs(nodes, ends, random);
  return new OverlayGraph(nodes, ends);
}

/** Exchanges second ends until no pair is a loop or a repetition. */
function mendPairs(nodes: number, ends: Int32Array, random: RandomStream): void {
  const pairs = ends.length / 2;
  const seen = new Map<number, number>();
  const key = (pair: number) => Math.min(ends[2 * pair], ends[2 * pair + 1]) * nodes + Math.max(ends[2 * pair], ends[2 * pair + 1]);
  const isBad = (pair: number) => ends[2 * pair] === ends[2 * pair + 1] || (seen.get(key(pair)) ?? 0) > 1;
  const count = (pair: number, by: number) => void seen.set(key(pair), (seen.get(key(pair)) ?? 0) + by);
  for (let pair = 0; pair < pairs; pair++) count(pair, 1);
  let bad: number[] = [];
  for (let pair = 0; pair < pairs; pair++) if (isBad(pair)) bad.push(pair);
  for (let tries = 0; bad.length > 0; tries++) {
    if (tries > 10_000) throw new LimitError({ what: "no simple graph found", got: { nodes, pairs }, expected: "a smaller degree" });
    for (const pair of bad) {
      if (!isBad(pair)) continue;
      const other = random.integer(pairs);
      for (const each of [pair, other]) count(each, -1);
      const held = ends[2 * pair + 1];
      ends[2 * pair + 1] = ends[2 * other + 1];
      ends[2 * other + 1] = held;
      for (const each of [pair, other]) count(each, 1);
      if (isBad(other) && other !== pair) bad.push(other);
    }
    bad = bad.filter(isBad);
  }
}

/**
 * A random graph with a given number of links, every such graph equally likely: G(n, m) (Erdős and Rényi 1959).
 * @param nodes 2..2^22
 * @param meanDegree 2 links / nodes; at most nodes - 1
 */
export function randomOverlay(nodes: number, meanDegree: number, random: RandomStream): OverlayGraph {
  checkNumber("nodes", nodes, { min: 2, max: MAX_NODES, integer: true });
  checkNumber("meanDegree", meanDegree, { min: 0, max: Math.min(nodes - 1, 1000) });
  const wanted = Math.round((nodes * meanDegree) / 2);
  const chosen = new Set<number>();
  const ends = new Int32Array(2 * wanted);
  while (chosen.size < wanted) {
    const [a, b] = [random.integer(nodes), random.integer(nodes)];
    if (a === b || chosen.has(Math.min(a, b) * nodes + Math.max(a, b))) continue;
    ends[2 * chosen.size] = a;
    ends[2 * chosen.size + 1] = b;
    chosen.add(Math.min(a, b) * nodes + Math.max(a, b));
  }
  return new OverlayGraph(nodes, ends);
}

/** Parameters of {@link powerLawOverlay}. */
export interface PowerLawOptions {
  /** 2..2^22 */
  readonly nodes: number;
  /** P(degree = k) is proportional to k^-exponent; 1..10. */
  readonly exponent: number;
  /** Least degree, >= 1; 1 if absent. */
  readonly minDegree?: number;
  /** Largest degree; the square root of nodes times 10 if absent, at most nodes - 1. */
  readonly maxDegree?: number;
  readonly random: RandomStream;
}

/**
 * A power-law random graph (Aiello, Chung and Lu 2000): degrees drawn from a power law, their ends paired at random, loops and repetitions left out.
 * It has several parts in general; see `largestOverlayPart`.
 */
export function powerLawOverlay(options: PowerLawOptions): OverlayGraph {
  const { random } = options;
  const nodes = checkNumber("nodes", options.nodes, { min: 2, max: MAX_NODES, integer: true });
  const exponent = checkNumber("exponent", options.exponent, { min: 1, max: 10 });
  const { minDegree = 1 } = options;
  const least = checkNumber("minDegree", minDegree, { min: 1, max: nodes - 1, integer: true });
  const { maxDegree = Math.max(least, Math.min(nodes - 1, Math.floor(10 * Math.sqrt(nodes)))) } = options;
  const most = checkNumber("maxDegree", maxDegree, { min: least, max: nodes - 1, integer: true });
  const table = new AliasTable(Float64Array.from({ length: most - least + 1 }, (_, i) => pow(least + i, -exponent)));
  const degrees = Int32Array.from({ length: nodes }, () => least + table.draw(random));
  const sum = degrees.reduce((a, b) => a + b, 0);
  // An odd end would stay without a partner.
  if (sum % 2 === 1) degrees[0] += 1;
  const ends = new Int32Array(sum + (sum % 2));
  let at = 0;
  degrees.forEach((degree, node) => {
    ends.fill(node, at, at + degree);
    at += degree;
  });
  return new OverlayGraph(nodes, random.shuffle(ends));
}

/** A grid: each node linked to those beside, above and below it. @param rows 1..2048 @param columns 1..2048 */
export function gridOverlay(rows: number, columns: number): OverlayGraph {
  checkNumber("rows", rows, { min: 1, max: 2048, integer: true });
  checkNumber("columns", columns, { min: 1, max: 2048, integer: true });
  const ends: number[] = [];
  for (let node = 0; node < rows * columns; node++) {
    if ((node + 1) % columns !== 0) ends.push(node, node + 1);
    if (node + columns < rows * columns) ends.push(node, node + columns);
  }
  return new OverlayGraph(rows * columns, ends);
}

/** A tree in which every inner node has the same degree, out to a depth: the overlay for which the closed form of flooding is exact. Node 0 is the root. */
export function treeOverlay(degree: number, depth: number): OverlayGraph {
  checkNumber("degree", degree, { min: 1, max: 1000, integer: true });
  checkNumber("depth", depth, { min: 0, max: 30, integer: true });
  const ends: number[] = [];
  let ring = [0];
  let nodes = 1;
  for (let level = 1; level <= depth; level++) {
    const next: number[] = [];
    for (const parent of ring) {
      for (let child = level === 1 ? 0 : 1; child < degree; child++) {
        if (nodes >= MAX_NODES) throw new LimitError({ what: "the tree is too large", got: { degree, depth }, expected: `at most ${MAX_NODES} nodes` });
        ends.push(parent, nodes);
        next.push(nodes++);
      }
    }
    ring = next;
  }
  return new OverlayGraph(nodes, ends);
}

/** Kinds of overlay that {@link overlayNamed} draws. */
export const OVERLAY_KINDS = Object.freeze(["regular", "random", "power-law", "grid"] as const);
/** One of {@link OVERLAY_KINDS}. */
export type OverlayKind = (typeof OVERLAY_KINDS)[number];

/** An overlay of a kind with about so many nodes: connected, because the largest part is taken. */
export function overlayNamed(kind: OverlayKind, options: { readonly nodes: number; readonly degree: number; readonly exponent: number; readonly maxDegree?: number }, random: RandomStream): OverlayGraph {
  const { nodes, degree, exponent } = options;
  const side = Math.max(1, Math.round(Math.sqrt(nodes)));
  switch (kind) {
    case "regular":
      return connected(regularOverlay(nodes, degree, random));
    case "random":
      return connected(randomOverlay(nodes, degree, random));
    case "power-law":
      return connected(powerLawOverlay({ nodes, exponent, maxDegree: options.maxDegree, random }));
    case "grid":
      return gridOverlay(side, side);
    default:
      throw new ParameterError({ what: "unknown kind of overlay", got: kind, expected: OVERLAY_KINDS.join(", "), where: "parameter overlay" });
  }
}

function connected(graph: OverlayGraph): OverlayGraph {
  const part = largestOverlayPart(graph);
  if (part.length === graph.nodes) return graph;
  const numbers = new Int32Array(graph.nodes).fill(-1);
  part.forEach((node, index) => void (numbers[node] = index));
  const ends: number[] = [];
  for (const node of part) for (const head of graph.neighbours(node)) if (head > node) ends.push(numbers[node], numbers[head]);
  return new OverlayGraph(part.length, ends);
}
