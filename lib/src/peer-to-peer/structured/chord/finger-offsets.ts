/**
 * The fingers of a converged ring. For one finger number the starts of all nodes stand in the same order as the nodes, so a single walk around the
 * circle finds the fingers of all of them, with one comparison of leading bits a step.
 */
import type { RingOrder } from "../../../ids";

/** The number of the lowest finger that may differ from the successor, at any node: its start lies beyond the nearest successor of all. 1..bits */
export function lowestFinger(ring: RingOrder): number {
  const { table, rows, length } = ring;
  let lowest = table.space.bits;
  for (let rank = 0; rank < length; rank++) lowest = Math.min(lowest, table.distanceBits(rows[rank], rows[rank + 1 === length ? 0 : rank + 1]) - 1);
  return Math.max(1, lowest);
}

/**
 * How many ranks behind each node its finger stands: finger number i of node n is successor(n + 2^(i - 1)) (SIGCOMM 2001, table 1).
 * @param number i, 1..bits
 * @param scratch a row of the ring's table that may be overwritten
 * @param into one entry for each rank: 1 for the successor, up to the number of nodes for the node itself
 */
export function fingerOffsets(ring: RingOrder, number: number, scratch: number, into: Int32Array): void {
  const { table, rows, leads, length } = ring;
  const { leadSize, lowBits } = table;
  const bit = number - 1;
  const step = bit < lowBits ? -1 : Number(1n << BigInt(bit - lowBits));
  let at = 0;
  for (let rank = 0; rank < length; rank++) {
    if (at <= rank) at = rank + 1;
    const full = rank + length;
    if (step < 0) {
      // Such a start differs from the node only below its leading bits: the successor, unless ids lie that near.
      table.setOffset(scratch, rows[rank], bit);
      while (at < full && table.isBetween(rows[at < length ? at : at - length], rows[rank], scratch)) at += 1;
    } else {
      const start = leads[rank] + step;
      for (; at < full; at++) {
        const lead = at < length ? leads[at] : leads[at - length] + leadSize;
        if (lead > start || (lead === start && table.compareLow(rows[at < length ? at : at - length], rows[rank]) >= 0)) break;
      }
    }
    into[rank] = at - rank;
  }
}
