/** Finds and reads the notebooks of the workbook. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readNotebook } from "./notebook-file";
import type { NotebookSource } from "./run-notebooks";

/** Every notebook below notebooks/, in the order of their paths. */
export function findNotebooks(root: string): readonly NotebookSource[] {
  return below(root, "notebooks").map((path) => ({ path, notebook: readNotebook(join(root, path)) }));
}

function below(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return entry.name.startsWith(".") ? [] : below(root, path);
      return entry.name.endsWith(".ipynb") ? [path] : [];
    })
    .sort((a, b) => (a < b ? -1 : 1));
}
