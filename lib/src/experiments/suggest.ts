/** "Did you mean ...?" for names that are not known. */

/**
 * The known name nearest to a wrong one, if it is near enough to have been meant.
 *
 * @param wrong what was given
 * @param known the names there are
 * @returns a clause for an error message: the names, with the nearest first asked about
 */
export function suggestName(wrong: string, known: readonly string[]): string {
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(wrong.length / 3)) + 1;
  for (const name of known) {
    const distance = editDistance(wrong.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  const list = known.length === 0 ? "none exists" : `one of ${known.join(", ")}`;
  return best === null ? list : `${list} (did you mean ${best}?)`;
}

/** Levenshtein's distance, with a swap of neighbours counted as one change. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + change);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return last[b.length];
}
