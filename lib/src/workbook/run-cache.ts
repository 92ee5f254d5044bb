/**
 * Remembers the last good run of each notebook, so that `npm start` runs only those whose source, parameters, library or data changed.
 * An entry holds its key; one that does not match, or cannot be read, is as good as none.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../results/atomic";
import type { Notebook } from "./notebook-file";
import { sourceKey } from "./notebook-file";
import type { NotebookRun } from "./notebook-run";

/** A figure as a notebook showed it. */
export interface DrawnFigure {
  readonly id: string;
  /** Name of the table behind the figure; a figure goes into the export of the experiment whose id begins that name. */
  readonly table: string;
  readonly svg: string | null;
  readonly json: object;
}

/** A finished run with its figures. */
export interface FinishedRun {
  readonly run: NotebookRun;
  readonly figures: readonly DrawnFigure[];
}

/** What a run depends on besides the notebook itself. */
export interface RunConditions {
  readonly root: string;
  readonly codeVersion: string;
  readonly mode: "quick" | "full";
  readonly seed: number | undefined;
  /** The browser that draws the figures, with its version; "" where none was found and figures carry no SVG. */
  readonly drawnBy: string;
}

/** The key of a run: equal keys give equal executed notebooks. */
export function runKey(notebook: Notebook, conditions: RunConditions): string {
  const hash = createHash("sha256");
  const { codeVersion, mode, seed, drawnBy } = conditions;
  hash.update(JSON.stringify([sourceKey(notebook), codeVersion, mode, seed ?? null, drawnBy]));
  hash.update(readFileSync(join(conditions.root, "package-lock.json")));
  for (const file of filesBelow(join(conditions.root, "data"))) hash.update(`${file}\0`).update(readFileSync(join(conditions.root, "data", file)));
  return hash.digest("hex");
}

function filesBelow(folder: string, prefix = ""): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name), `${prefix}${entry.name}/`) : [`${prefix}${entry.name}`]))
    .sort((a, b) => (a < b ? -1 : 1));
}

/** The runs kept in a folder, one file per notebook. */
export class RunCache {
  constructor(private readonly folder: string) {}

  /** The run stored for a notebook under this key, or `undefined`. */
  get(path: string, key: string): FinishedRun | undefined {
    try {
      const entry = JSON.parse(readFileSync(this.fileOf(path), "utf8")) as FinishedRun & { readonly key: string };
      return entry.key === key ? { run: entry.run, figures: entry.figures } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Stores a run that ended well. */
  put(path: string, key: string, finished: FinishedRun): void {
    writeFileAtomic(this.fileOf(path), JSON.stringify({ key, ...finished }));
  }

  private fileOf(path: string): string {
    return join(this.folder, `${createHash("sha256").update(path).digest("hex").slice(0, 32)}.json`);
  }
}
