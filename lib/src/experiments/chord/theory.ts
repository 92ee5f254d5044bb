/** Closed forms that Chord is held against, written down apart from it. Tests: test/experiments/chord.test.ts. */
import { checkNumber } from "../../errors";
import { ln } from "../../simulation";

/** log2 of a number > 0. */
export function log2(x: number): number {
  return ln(checkNumber("x", x, { min: 0, exclusiveMin: true })) / Math.LN2;
}

/** Mean hops to the predecessor: half of log2 N (SIGCOMM 2001, section 6.4), since each bit of the distance is 1 with probability one half. */
export function expectedHops(nodes: number): number {
  return log2(nodes) / 2;
}

/** Mean path to the owner where the successor list ends the lookup: log2(N)/2 - log2(r)/2 + 1 (TON 2003, section VI-D; CH-11). */
export function expectedPath(nodes: number, successors: number): number {
  return log2(nodes) / 2 - log2(successors) / 2 + 1;
}

/**
 * Timeouts of a lookup when a share of the nodes has failed: before one node answers, p / (1 - p) others do not on average, and that at each step of the path (CH-11).
 * With the paths of table II this gives the predictions that TON 2003 prints: 0.45, 1.06, 1.90, 3.13, 5.06 (the last to 0.6 %).
 * @param path steps of the lookup
 * @param failed share p of the nodes, 0 to below 1
 */
export function expectedTimeouts(path: number, failed: number): number {
  checkNumber("failed", failed, { min: 0, max: 0.999 });
  return (path * failed) / (1 - failed);
}
