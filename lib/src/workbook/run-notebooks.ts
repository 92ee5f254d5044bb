/** Runs a list of notebooks, several at a time, taking from the cache what still holds. */
import { cpus } from "node:os";
import type { Figure } from "../figures/figure";
import type { StepFigure } from "../figures/step-player";
import type { SvgRenderer } from "./lazy-renderer";
import type { Notebook } from "./notebook-file";
import { type DrawnFigure, type FinishedRun, type RunCache, type RunConditions, runKey } from "./run-cache";
import { runNotebook } from "./runner";
import type { Terminal } from "./terminal";

/** A notebook to run. */
export interface NotebookSource {
  /** Path relative to the root, with `/`. */
  readonly path: string;
  readonly notebook: Notebook;
  /** Not asked for in this run: taken from the cache if it still holds there, left out otherwise. */
  readonly keptOnly?: boolean;
}

/** How to run them. */
export interface BatchOptions extends RunConditions {
  /** Run also what the cache holds. */
  readonly all: boolean;
  readonly jobs?: number;
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
  /** Overriding values of notebook parameters. A run with any is neither taken from the cache nor stored. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** A run, and whether it was made now. */
export interface BatchRun extends FinishedRun {
  readonly cached: boolean;
}

/**
 * Runs the notebooks.
 *
 * @param renderer draws the figures, or `null` without a browser
 * @returns one entry per notebook, in the order given, without those that were neither asked for nor kept
 */
export async function runNotebooks(sources: readonly NotebookSource[], options: BatchOptions, cache: RunCache, renderer: SvgRenderer | null, terminal: Terminal): Promise<readonly BatchRun[]> {
  const results: (BatchRun | null)[] = new Array(sources.length).fill(null);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < sources.length && !options.signal?.aborted) {
      const index = next++;
      results[index] = await runOne(sources[index], options, cache, renderer, terminal);
    }
  };
  const jobs = Math.max(1, Math.min(options.jobs ?? Math.max(1, cpus().length - 1), sources.length));
  await Promise.all(Array.from({ length: jobs }, worker));
  return results.filter((run): run is BatchRun => run !== null);
}

async function runOne(source: NotebookSource, options: BatchOptions, cache: RunCache, renderer: SvgRenderer | null, terminal: Terminal): Promise<BatchRun | null> {
  const own = options.parameters !== undefined && Object.keys(options.parameters).length > 0;
  const key = runKey(source.notebook, options);
  const kept = own || (options.all && !source.keptOnly) ? undefined : cache.get(source.path, key);
  if (kept) {
    terminal.progress(`${source.path}: unchanged`);
    return { ...kept, cached: true };
  }
  if (source.keptOnly) {
    terminal.progress(`${source.path}: not asked for, and not run like this before; left out`);
    return null;
  }
  terminal.progress(`${source.path}: running ...`);
  const figures: DrawnFigure[] = [];
  const renderSvg = async (figure: Figure | StepFigure): Promise<string | null> => {
    const svg = "svg" in figure ? figure.svg : renderer === null ? null : await renderer.renderSvg(figure);
    figures.push({ id: figure.id, table: figure.table.name, svg, json: "player" in figure ? figure.player : figure.plotly });
    return svg;
  };
  const { root, mode, seed, timeoutSeconds, parameters, signal } = options;
  const run = await runNotebook({ root, path: source.path, notebook: source.notebook, mode, seed: hasSeed(source.notebook) ? seed : undefined, parameters, timeoutSeconds, renderSvg, signal });
  const finished = { run, figures };
  if (run.ok && !own) cache.put(source.path, key, finished);
  terminal.progress(`${source.path}: ${run.ok ? "done" : "FAILED"} in ${run.seconds.toFixed(1)} s`);
  return { ...finished, cached: false };
}

/** `--seed` of a whole course means: every notebook that draws at random. A notebook without the parameter has nothing to set. */
function hasSeed(notebook: Notebook): boolean {
  const cell = notebook.cells.find((each) => (each.metadata.tags as readonly string[] | undefined)?.includes("parameters"));
  return cell !== undefined && /\b(const|let)\s+seed\b/.test(cell.source);
}
