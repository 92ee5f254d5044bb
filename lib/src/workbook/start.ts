/**
 * `npm start`: runs the notebooks whose source, library or data changed, gathers their claims, writes exports and handouts.
 * Each step hands plain values to the next, so a failure in one notebook leaves the others' results in place.
 */
import { mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import picomatch from "picomatch";
import { OverlayLabError } from "../errors";
import type { ClaimRecord } from "../notebook/claim-record";
import { writeFileAtomic } from "../results/atomic";
import { codeVersion, gatherProvenance } from "../results/provenance";
import { openBrowser, type BrowserSearch, type LabBrowser } from "./browser";
import { renderHandouts, type HandoutResult } from "./handouts";
import { findNotebooks } from "./find-notebooks";
import { serializeNotebook } from "./notebook-file";
import type { RunFailure } from "./notebook-run";
import { rendererWhenNeeded } from "./lazy-renderer";
import { liveScript, plotlyAsset } from "./plotly-asset";
import { RunCache } from "./run-cache";
import { runNotebooks, type BatchRun, type NotebookSource } from "./run-notebooks";
import { columns, type Terminal } from "./terminal";
import { writeExports } from "./write-exports";

/** Which handout is written: without solutions, with them, or for the projector. */
export type Variant = "student" | "solution" | "lecture";

/** What a run of the workbook was asked to do. */
export interface StartOptions {
  /** Run every notebook, also those whose last run still holds. */
  readonly all: boolean;
  /** Glob over notebook paths; "" for every notebook. */
  readonly only: string;
  readonly mode: "quick" | "full";
  /** Seed for every notebook that has a `seed` parameter. */
  readonly seed?: number;
  readonly variant: Variant;
  readonly pdf: boolean;
  /** Notebooks run side by side. */
  readonly jobs?: number;
  /** Seconds a notebook may take. */
  readonly timeoutSeconds: number;
  /** Overriding values of notebook parameters (`npm run notebook -- -p name=value`). */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The command that reproduces this run, as a reader types it. */
  readonly command: string;
  /** Folder for handouts, exports and claims; build/ unless a single notebook is run with parameters of its own. */
  readonly outFolder: string;
}

/** One notebook's row in the table that `npm start` prints. */
export interface StartRow {
  readonly notebook: string;
  readonly ok: boolean;
  readonly cached: boolean;
  readonly seconds: number;
  readonly claims: number;
  readonly claimsHeld: number;
  /** Path of its page relative to the root, or `null` when it failed. */
  readonly handout: string | null;
  readonly pdf: string | null;
  readonly failure: RunFailure | null;
}

/** What a run of the workbook gives. */
export interface StartResult {
  readonly rows: readonly StartRow[];
  readonly exports: readonly string[];
  readonly index: string;
  readonly claimsFile: string;
  readonly browser: string | null;
}

/**
 * Runs notebooks and writes everything that follows from them.
 *
 * @param root root folder of the workbook
 * @param options what to run and how
 * @param terminal where progress goes
 * @throws OverlayLabError when no notebook matches, a notebook file breaks a rule, or a file cannot be written
 */
export async function start(root: string, options: StartOptions, terminal: Terminal): Promise<StartResult> {
  return withRuns(root, options, terminal, (runs, browser) => writeAll(root, runs, options, browser, terminal));
}

/** Which notebooks to run, and how. */
export type RunChoice = Pick<StartOptions, "all" | "only" | "mode" | "seed" | "jobs" | "timeoutSeconds" | "parameters">;

/**
 * Runs notebooks with one browser open for figures, and hands runs and browser on while it is open.
 *
 * @param root root folder of the workbook
 * @param use what to do with the runs; `browser` is `null` where none was found
 * @throws OverlayLabError when no notebook matches or a notebook file breaks a rule
 */
export async function withRuns<T>(root: string, choice: RunChoice, terminal: Terminal, use: (runs: readonly BatchRun[], browser: LabBrowser | null) => Promise<T>): Promise<T> {
  const sources = chooseNotebooks(root, choice.only);
  mkdirSync(join(root, "build", "cache"), { recursive: true });
  const search = await openBrowser({ cacheFolder: join(root, "build", "cache", "browser") });
  announceBrowser(search, terminal);
  try {
    return await use(await runAll(root, sources, choice, search.browser, terminal), search.browser);
  } finally {
    await search.browser?.close();
  }
}

function chooseNotebooks(root: string, only: string): readonly NotebookSource[] {
  const all = findNotebooks(root);
  const matches = only === "" ? () => true : picomatch([only, `**/${only}`, `${only}/**`, `**/${only}/**`, `**/${only}.ipynb`]);
  const chosen = all.filter((source) => matches(source.path));
  if (chosen.length > 0) return chosen;
  throw new OverlayLabError({ what: "no notebook matches", got: only, expected: `a glob that matches one of ${all.map((source) => source.path).join(", ")}`, where: "--only" });
}

function announceBrowser(search: BrowserSearch, terminal: Terminal): void {
  for (const failed of search.failed) terminal.progress(`Browser ${failed.path} does not serve: ${failed.problem}`);
  if (search.browser) terminal.progress(`Figures are drawn by ${search.browser.path} (${search.browser.version}).`);
  else terminal.problem("No browser was found: figures are live only and there is no PDF. npm run doctor says how to get one.");
}

async function runAll(root: string, sources: readonly NotebookSource[], options: RunChoice, browser: LabBrowser | null, terminal: Terminal): Promise<readonly BatchRun[]> {
  const renderer = browser === null ? null : rendererWhenNeeded(browser);
  try {
    const cache = new RunCache(join(root, "build", "cache", "notebooks"));
    const { all, mode, seed, jobs, timeoutSeconds, parameters } = options;
    const drawnBy = browser === null ? "" : `${browser.source} ${browser.version}`;
    return await runNotebooks(sources, { root, codeVersion: codeVersion(), mode, seed, drawnBy, all, jobs, timeoutSeconds, parameters }, cache, renderer, terminal);
  } finally {
    await renderer?.close();
  }
}

async function writeAll(root: string, runs: readonly BatchRun[], options: StartOptions, browser: LabBrowser | null, terminal: Terminal): Promise<StartResult> {
  const out = join(root, options.outFolder);
  const claims = runs.flatMap(({ run }) => run.claims);
  const claimsFile = join(out, "claims.json");
  writeFileAtomic(claimsFile, `${JSON.stringify(claims, null, 2)}\n`);
  const good = runs.filter(({ run }) => run.ok);
  for (const { run } of good) writeFileAtomic(join(out, "notebooks", run.path.replace(/^notebooks\//, "")), serializeNotebook(run.executed));
  terminal.progress("Writing exports ...");
  const exports = writeExports(root, join(out, "exports"), good, options.command);
  terminal.progress(options.pdf && browser ? "Writing handouts and PDF ..." : "Writing handouts ...");
  // Variants lie side by side: a student's folder must never hold a page with solutions.
  const folder = options.variant === "student" ? "handouts" : `handouts-${options.variant}`;
  const handouts = await writeHandouts(root, join(out, folder), good, claims, options, browser);
  for (const warning of handouts.warnings) terminal.problem(warning);
  return { rows: runs.map((run) => rowOf(run, handouts)), exports, index: handouts.pages.find((page) => page.kind === "index")?.file ?? join(out, "handouts"), claimsFile, browser: browser?.version ?? null };
}

async function writeHandouts(root: string, outDir: string, runs: readonly BatchRun[], claims: readonly ClaimRecord[], options: StartOptions, browser: LabBrowser | null): Promise<HandoutResult> {
  const { commit, dirty, versions } = gatherProvenance(root, options.command);
  return renderHandouts({
    root,
    outDir,
    notebooks: runs.map(({ run }) => ({ path: run.path, executed: run.executed, claims: run.claims, seconds: run.seconds, command: options.parameters ? options.command : commandOfPage(options, run.path) })),
    claims,
    variant: options.variant,
    provenance: { commit: commit ?? "unknown", dirty: dirty ?? false, seed: options.seed ?? "as in each notebook", mode: options.mode, versions, command: options.command },
    browser,
    assets: { plotlyScript: (await plotlyAsset(join(root, "build", "cache"))).path, liveScript: liveScript() },
    pdf: options.pdf && browser !== null,
  });
}

/** The command that makes one page of a run over many notebooks. */
function commandOfPage(options: StartOptions, path: string): string {
  const only = `--only ${path.replace(/^notebooks\//, "").replace(/\.ipynb$/, "")}`;
  return options.only !== "" ? options.command : options.command.includes(" -- ") ? `${options.command} ${only}` : `${options.command} -- ${only}`;
}

function rowOf({ run, cached }: BatchRun, handouts: HandoutResult): StartRow {
  const page = handouts.pages.find((each) => each.notebook === run.path);
  return {
    notebook: run.path,
    ok: run.ok,
    cached,
    seconds: run.seconds,
    claims: run.claims.length,
    claimsHeld: run.claims.filter((claim) => claim.holds).length,
    handout: page?.file ?? null,
    pdf: page?.pdf ?? null,
    failure: run.failure,
  };
}

/**
 * The table and the next steps that `npm start` prints, and the failures in full.
 * @param root root folder, left out of the paths shown
 */
export function describeStart(root: string, result: StartResult, terminal: Terminal): string {
  const show = (path: string | null) => (path === null ? "-" : relative(root, path));
  const rows = result.rows.map((row) => [
    row.notebook.replace(/^notebooks\//, ""),
    row.ok ? `${row.seconds.toFixed(1)}${row.cached ? " (kept)" : ""}` : "FAILED",
    `${row.claimsHeld} of ${row.claims}`,
    show(row.handout),
  ]);
  const lines = [columns([["notebook", "seconds", "claims that hold", "handout"], ...rows], [1, 2])];
  for (const row of result.rows) if (row.failure) lines.push("", terminal.bad(describeFailure(row.notebook, row.failure)));
  lines.push("", `Handouts:  open ${terminal.strong(show(result.index))} in a browser`);
  lines.push(`Claims:    ${show(result.claimsFile)}`);
  if (result.exports.length > 0) {
    lines.push(`Exports:   ${result.exports.map(show).join(", ")}`, `Verify:    npm run verify -- ${show(result.exports[0])}`);
  }
  lines.push("Explore:   npm run lab", "Change:    npm run notebook -- PATH -p name=value --seed 7");
  return lines.join("\n");
}

/** A failed cell as a reader needs it: where, the source with the line marked, the message, and what may help. */
export function describeFailure(notebook: string, failure: RunFailure): string {
  const source = failure.source.split("\n").map((line, index) => `  ${failure.line === index + 1 ? ">" : " "} ${String(index + 1).padStart(3)}  ${line}`);
  const where = `${notebook}, cell ${failure.cellIndex + 1} (${failure.cellId})${failure.line === null ? "" : `, line ${failure.line}`}`;
  return [`${where}: ${failure.name}`, ...source, `  ${failure.message}`, ...(failure.hint === null ? [] : [`  ${failure.hint}`])].join("\n");
}
