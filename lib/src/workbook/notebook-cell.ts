/** Cells and their tags. A tag says what a cell is for; a misspelt tag could leak a solution, so unknown tags are refused. */
import type { NotebookCell } from "./notebook-file";

/** Every tag that a cell may carry, with its meaning. */
export const CELL_TAGS = {
  parameters: "declares what a reader may change",
  "injected-parameters": "written by a run with changed parameters",
  exercise: "states a task",
  check: "checks an answer",
  solution: "absent from the student variant",
  grader: "for the grader only",
  glossary: "terms in English and Korean",
  figure: "draws a figure",
  loader: "makes stored figures live",
  lecture: "shown in the lecture variant",
  predict: "asks for a guess before the result",
  "remove-input": "code not shown in handouts",
} as const;

/** A tag of {@link CELL_TAGS}. */
export type CellTag = keyof typeof CELL_TAGS;

/** The tags of a cell; an empty list when it has none. */
export function tagsOf(cell: NotebookCell): readonly string[] {
  return (cell.metadata.tags as readonly string[] | undefined) ?? [];
}

/** Whether a cell carries a tag. */
export function hasTag(cell: NotebookCell, tag: CellTag): boolean {
  return tagsOf(cell).includes(tag);
}

/**
 * The known word nearest to a misspelt one, for "did you mean".
 * @returns the word, or `null` when none is within a third of its length
 */
export function nearestWord(word: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Infinity;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance && distance <= Math.max(1, Math.floor(candidate.length / 3))) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Damerau's distance with adjacent transpositions; words are short, so the whole table is kept. */
function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (__, j) => (i === 0 ? j : j === 0 ? i : 0)));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replace = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, replace);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows[a.length][b.length];
}
