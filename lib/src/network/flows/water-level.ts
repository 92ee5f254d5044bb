/** The water level of a link: the rate at which equal shares, each at most its offer, fill a capacity. */

/**
 * Solves sum(min(level, offer)) = capacity for the level. Newton's method on a concave, piecewise linear function: from the first step on it
 * climbs to the answer and ends after finitely many steps.
 *
 * @param offers what each flow would take, in the first `count` entries; they add up to more than the capacity
 * @param guess where to start; a good one saves passes
 */
export function waterLevelOf(offers: Float64Array, count: number, capacity: number, guess: number): number {
  let level = guess;
  let below = -1;
  for (let step = 0; ; step++) {
    let sum = 0;
    let lower = 0;
    for (let i = 0; i < count; i++) {
      if (offers[i] < level) {
        sum += offers[i];
        lower += 1;
      }
    }
    if (lower === count) {
      // The offers fill the capacity but for rounding errors, unless this is the guess: it was too high, and the equal share is always low enough.
      if (step > 0) return level;
      level = capacity / count;
      continue;
    }
    // From the second step on the level only rises, so more and more offers are below it, until none is added.
    if (lower === below || (step > 1 && lower < below)) return level;
    below = lower;
    level = (capacity - sum) / (count - lower);
  }
}
