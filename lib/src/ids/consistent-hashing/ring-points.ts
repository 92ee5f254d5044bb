/**
 * Points on a circle of 2^53 positions, each owned by a server, with a successor search that looks at one or two points on average: an index by the leading
 * bits leads to the first candidate. 2^53 is the finest circle on which every position is an exact number of JavaScript.
 * Meant for hashed positions, which are uniform; others give the same answers, slower.
 * Tests: test/ids/consistent-hashing/ring.test.ts against a search from end to end.
 */
import { mixDigests } from "../hash-words";
import type { InternedKeys } from "./interned-keys";

/** Positions on the circle: 0..2^53 - 1. */
export const RING_SIZE = 9007199254740992;

/** The position of a 64-bit digest: its 53 leading bits. */
export function ringPosition(high: number, low: number): number {
  return high * 2097152 + (low >>> 11);
}

/** Clockwise distance from one position to another. */
export function clockwise(from: number, to: number): number {
  return to >= from ? to - from : RING_SIZE - from + to;
}

/** The points in order around the circle. */
export interface RingPoints {
  /** Rising. */
  readonly positions: Float64Array;
  /** Owner of each point. */
  readonly owners: Int32Array;
  /** Index of the first point whose leading bits are at least those of the entry. */
  readonly starts: Uint32Array;
  /** Entries of `starts` per position; a power of two. */
  readonly scale: number;
}

/**
 * Lays points on the circle: point `i` of owner `o` stands at a mixture of the owner's digest and `i`.
 *
 * @param owners digests of the owners, in order
 * @param counts points of each owner
 * @param seed another seed gives other places
 */
export function layPoints(owners: readonly { readonly high: number; readonly low: number }[], counts: ArrayLike<number>, seed: number): RingPoints {
  let total = 0;
  for (let o = 0; o < owners.length; o++) total += counts[o];
  const positions = new Float64Array(total);
  const owner = new Int32Array(total);
  let next = 0;
  for (let o = 0; o < owners.length; o++) {
    const { high, low } = owners[o];
    for (let i = 0; i < counts[o]; i++) {
      positions[next] = ringPosition(mixDigests(high, low, seed, 2 * i), mixDigests(low, high, seed, 2 * i + 1));
      owner[next++] = o;
    }
  }
  return orderPoints(positions, owner);
}

/**
 * Orders points around the circle: counting by leading bits, then insertion among the few that share them. Points at one position
 * stand in the order given.
 *
 * @param positions whole numbers 0..2^53 - 1
 * @param owners owner of each
 */
export function orderPoints(positions: Float64Array, owners: Int32Array): RingPoints {
  const total = positions.length;
  let size = 2;
  while (size < total) size *= 2;
  const scale = size / RING_SIZE;
  const starts = new Uint32Array(size + 1);
  for (let i = 0; i < total; i++) starts[(positions[i] * scale) >>> 0] += 1;
  let before = 0;
  for (let entry = 0; entry <= size; entry++) {
    const count = starts[entry];
    starts[entry] = before;
    before += count;
  }
  const ends = starts.slice();
  const sorted = new Float64Array(total);
  const sortedOwners = new Int32Array(total);
  for (let i = 0; i < total; i++) {
    const position = positions[i];
    const entry = (position * scale) >>> 0;
    const start = starts[entry];
    let at = ends[entry]++;
    for (; at > start && sorted[at - 1] > position; at--) {
      sorted[at] = sorted[at - 1];
      sortedOwners[at] = sortedOwners[at - 1];
    }
    sorted[at] = position;
    sortedOwners[at] = owners[i];
  }
  return { positions: sorted, owners: sortedOwners, starts, scale };
}

/** Index of the first point at or after a position, around the circle; there must be a point. */
export function successorPoint(ring: RingPoints, position: number): number {
  const { positions, starts, scale } = ring;
  let i = starts[(position * scale) >>> 0];
  while (i < positions.length && positions[i] < position) i += 1;
  return i === positions.length ? 0 : i;
}

/**
 * The share of the circle that each owner answers for: from the point before its own to its own, added up.
 *
 * @param ownerCount number of owners
 * @returns shares that add up to 1; all of it for a single point, nothing for an owner without one
 */
export function arcShares(ring: RingPoints, ownerCount: number): Float64Array {
  const { positions, owners } = ring;
  const shares = new Float64Array(ownerCount);
  for (let i = 0; i < positions.length; i++) {
    const before = positions[i === 0 ? positions.length - 1 : i - 1];
    shares[owners[i]] += positions.length === 1 ? 1 : clockwise(before, positions[i]) / RING_SIZE;
  }
  return shares;
}

/**
 * How many of the keys each owner gets.
 * @param ring at least one point
 */
export function lookupCounts(ring: RingPoints, keys: InternedKeys, ownerCount: number): Uint32Array {
  const counts = new Uint32Array(ownerCount);
  for (let i = 0; i < keys.length; i++) counts[ring.owners[successorPoint(ring, ringPosition(keys.high[i], keys.low[i]))]] += 1;
  return counts;
}
