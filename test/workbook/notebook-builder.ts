/** Small notebooks for tests. */
import { dirname, resolve } from "node:path";
import type { Notebook, NotebookCell } from "overlay-lab/dist/workbook/notebook-file";
import { runNotebook } from "overlay-lab/dist/workbook/runner";
import type { RunOptions } from "overlay-lab/dist/workbook/runner";
import type { NotebookRun } from "overlay-lab/dist/workbook/notebook-run";

/** Root of the repository: the package is linked into its node_modules. */
export const ROOT = resolve(dirname(require.resolve("overlay-lab/package.json")), "..");

/** A code cell. */
export function code(source: string, id: string, ...tags: string[]): NotebookCell {
  return { cell_type: "code", id, metadata: tags.length ? { tags } : {}, source, execution_count: null, outputs: [] };
}

/** A notebook of code cells named c1, c2, ...; a cell may also be given whole. */
export function notebookOf(...cells: (string | NotebookCell)[]): Notebook {
  return { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: cells.map((cell, index) => (typeof cell === "string" ? code(cell, `c${index + 1}`) : cell)) };
}

/** Runs a notebook without drawing figures. */
export function run(notebook: Notebook, options: Partial<RunOptions> = {}): Promise<NotebookRun> {
  return runNotebook({ root: ROOT, path: "notebooks/test.ipynb", notebook, renderSvg: async () => null, ...options });
}
