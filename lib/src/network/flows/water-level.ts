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
  for (let step = 0; step < 64; step++) {
    let sum = 0;
    let lower = 0;
    for (let i = 0; i < count; i++) {
      if (offers[i] < level) {
        sum += offers[i];
        lower += 1;
      }
    }
    // All offers below the guess: the guess was too high to be a start; the equal share is always low enough.
    if (lower === count) {
      level = capacity / count;
      below = -1;
      continue;
    }
    if (lower === below) return level;
    below = lower;
    level = (capacity - sum) / (count - lower);
  }
  return level;
}
