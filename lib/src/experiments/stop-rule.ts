/**
 * When to stop repeating an arm. The relative half-width of the interval is looked at after 10, 20, 40, 80, 160, ... replications and at the
 * last one. Looking several times and stopping at the first narrow interval ("peeking") makes a plain 95 % interval hold less often than it says,
 * because an interval is narrow exactly when the spread was underestimated. So the 5 % of misses are shared out equally over the
 * planned looks (Bonferroni, the simplest spending function): with k looks each interval is made for 1 - 0.05/k, and the one at which the
 * arm stops holds at least 95 % of the time for normal data. An experiment without a stop rule has one look and plain 95 % intervals.
 */
import { meanInterval } from "../analysis/interval";

/** Share of intervals that may miss, over all looks together. */
export const MISS_SHARE = 0.05;
const FIRST_LOOK = 10;

/**
 * After how many replications an arm is looked at.
 *
 * @param most the largest number of replications
 * @param stops whether there is a stop rule; without one the only look is at the end
 */
export function plannedLooks(most: number, stops: boolean): readonly number[] {
  const looks: number[] = [];
  if (stops) for (let look = FIRST_LOOK; look < most; look *= 2) looks.push(look);
  return [...looks, most];
}

/** Coverage of each interval so that all planned looks together miss at most {@link MISS_SHARE}. */
export function lookLevel(looks: number): number {
  return 1 - MISS_SHARE / looks;
}

/**
 * Whether an arm is known well enough.
 *
 * @param values the metric of each replication so far
 * @param relativeHalfWidth accepted half-width as a share of the mean
 * @param level coverage of the interval at this look
 */
export function narrowEnough(values: readonly number[], relativeHalfWidth: number, level: number): boolean {
  if (values.length < 2) return false;
  const { mean, halfWidth } = meanInterval(values, level);
  return halfWidth !== null && halfWidth <= relativeHalfWidth * Math.abs(mean);
}
