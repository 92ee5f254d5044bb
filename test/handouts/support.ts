/** What the handout tests share: the executed sample notebook, a run with everything filled in, and a browser where there is one. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { ClaimRecord } from "overlay-lab/dist/notebook/claim-record";
import { openBrowser, type LabBrowser } from "overlay-lab/dist/workbook/browser";
import { renderHandouts, type HandoutResult, type HandoutRun } from "overlay-lab/dist/workbook/handouts";

/** Root of the repository, from `build/test/handouts`. */
export const ROOT = path.resolve(__dirname, "../../..");
export const SAMPLE_PATH = "notebooks/K2.5-p2p-file-distribution/file-distribution.ipynb";
export const SAMPLE_NAME = "K2.5-p2p-file-distribution";

export interface Cell {
  id: string;
  cell_type: string;
  metadata: { tags?: string[] };
  source: string | string[];
  execution_count?: number | null;
  outputs?: Record<string, unknown>[];
}
export interface Notebook {
  nbformat: number;
  nbformat_minor: number;
  metadata: Record<string, unknown>;
  cells: Cell[];
}

export function sampleNotebook(): Notebook {
  return JSON.parse(readFileSync(path.join(ROOT, "test/fixtures/executed/file-distribution.ipynb"), "utf8")) as Notebook;
}

export function claimsOf(notebook: Notebook, notebookPath: string): ClaimRecord[] {
  return notebook.cells
    .flatMap((cell) => cell.outputs ?? [])
    .map((output) => (output.data as Record<string, unknown> | undefined)?.["application/vnd.overlay-lab.claim+json"] as ClaimRecord | undefined)
    .filter((claim): claim is ClaimRecord => claim !== undefined)
    .map((claim) => ({ ...claim, notebook: notebookPath }));
}

export function temporaryFolder(): string {
  return mkdtempSync(path.join(tmpdir(), "handouts-"));
}

/** A run over one notebook; anything can be replaced. */
export function runOf(notebook: Notebook, changes: Partial<HandoutRun> = {}, notebookPath = SAMPLE_PATH): HandoutRun {
  const outDir = changes.outDir ?? temporaryFolder();
  const plotlyScript = path.join(outDir, "stand-in.js");
  writeFileSync(plotlyScript, "/* stands in for Plotly */");
  const claims = claimsOf(notebook, notebookPath);
  return {
    root: ROOT,
    outDir,
    notebooks: [{ path: notebookPath, executed: notebook, claims, seconds: 12.3 }],
    claims,
    variant: "student",
    provenance: { commit: "a45c57a0123456789", dirty: false, seed: 1, mode: "quick", versions: { node: "20.20.2" }, command: "npm start -- --only K2.5-p2p-file-distribution --seed 1" },
    browser: null,
    assets: { plotlyScript, liveScript: "document.documentElement.setAttribute('data-live-script', 'ran');" },
    pdf: false,
    ...changes,
  };
}

/** The HTML of the notebook's page. */
export async function pageOf(notebook: Notebook, changes: Partial<HandoutRun> = {}): Promise<string> {
  const result = await renderHandouts(runOf(notebook, changes));
  return readFileSync(fileOf(result, "notebook"), "utf8");
}

export function fileOf(result: HandoutResult, kind: "index" | "notebook" | "claims"): string {
  const page = result.pages.find((candidate) => candidate.kind === kind);
  if (page === undefined) throw new Error(`no ${kind} page was written`);
  return page.file;
}

/** A notebook of given cells after a first cell with title and question. */
export function notebookWith(...cells: Partial<Cell>[]): Notebook {
  const first = { cell_type: "markdown", source: "# A title\n\nA question?" };
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { overlay_lab: { section: "K&R 2.5", minutes: 5, goals: ["read this page"] } },
    cells: [first, ...cells].map((cell, index) => ({ id: `cell-${index}`, cell_type: "code", metadata: {}, source: "", ...(cell.cell_type === "markdown" ? {} : { outputs: [], execution_count: 1 }), ...cell })),
  };
}

export function markdownCell(source: string, ...tags: string[]): Partial<Cell> {
  return { cell_type: "markdown", source, metadata: { tags } };
}

export function display(data: Record<string, unknown>): Partial<Cell> {
  return { cell_type: "code", source: "show(it);", outputs: [{ output_type: "display_data", metadata: {}, data }] };
}

/** A started Chromium, or `null` where there is none; on a machine of continuous integration there must be one. */
export async function browserOrNull(): Promise<LabBrowser | null> {
  const { browser, failed } = await openBrowser({ cacheFolder: path.join(ROOT, "build/cache") });
  if (browser === null && process.env.CI === "true") throw new Error(`no browser in continuous integration: ${JSON.stringify(failed)}`);
  return browser;
}
export const NO_BROWSER = "no Chromium on this machine";
