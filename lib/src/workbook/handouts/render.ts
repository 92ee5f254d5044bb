/** Writes the handouts: one page per notebook, the index, the claims page, the shared scripts, and a PDF beside each page. */
import { copyFileSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { SafeHtml } from "../../html";
import type { ClaimRecord } from "../../notebook/claim-record";
import { claimsMain } from "./claims-page";
import { readExecutedNotebook, type ExecutedNotebook } from "./executed-notebook";
import { FontCutter } from "./fonts";
import { imageCarrier } from "./images";
import { indexMain } from "./index-page";
import { notebookContent, type NotebookContent } from "./notebook-content";
import { notebookMain } from "./notebook-page";
import { pageNames } from "./page-names";
import { FONT_PLACE, pageShell, type Page, type Provenance } from "./page-shell";
import { printPages, type PageOpener } from "./pdf";
import { PAGE_STYLE } from "./styles";
import { shownClaims, type Variant } from "./variants";

/** A page with its figures may be this large; Plotly is one shared file beside it. */
export const PAGE_LIMIT_BYTES = 300_000;

/** One executed notebook to make a page of. */
export interface HandoutNotebook {
  /** Path relative to the workbook's root. */
  readonly path: string;
  /** The executed notebook, as parsed JSON or as its text. */
  readonly executed: unknown;
  readonly claims: readonly ClaimRecord[];
  /** Seconds that it ran; 0 leaves the time out of the index. */
  readonly seconds: number;
  /** The command that reproduces this page; the run's command if absent. */
  readonly command?: string;
}

/** The files and text that make figures live. */
export interface HandoutAssets {
  /** The minified Plotly script to copy, or `null` to leave figures still. */
  readonly plotlyScript: string | null;
  /** Source of the script that makes a figure live on request. */
  readonly liveScript: string;
}

/** What {@link renderHandouts} works from. */
export interface HandoutRun {
  /** Root folder of the workbook; pictures are read from inside it only. */
  readonly root: string;
  readonly outDir: string;
  readonly notebooks: readonly HandoutNotebook[];
  /** Every claim of the run; those that the variant does not show are left out. */
  readonly claims: readonly ClaimRecord[];
  readonly variant: Variant;
  readonly provenance: Provenance;
  /** Prints the PDFs; without one the pages are still written. */
  readonly browser: PageOpener | null;
  readonly assets: HandoutAssets;
  readonly pdf: boolean;
  /** Folder that keeps printed pages, so that an unchanged page is not printed again; none by default. */
  readonly pdfCache?: string;
}

/** One file that was written. */
export interface WrittenPage {
  readonly kind: "index" | "notebook" | "claims";
  /** Path of the notebook, "" for index and claims. */
  readonly notebook: string;
  /** Path of the HTML file, and of the PDF where one was printed. */
  readonly file: string;
  readonly bytes: number;
  readonly pdf: string | null;
  readonly pdfBytes: number;
}

/** What was written and what the caller should tell its user. */
export interface HandoutResult {
  readonly pages: readonly WrittenPage[];
  /** "printed"; "no browser" when PDFs were asked for and none was found; "not asked". */
  readonly pdf: "printed" | "no browser" | "not asked";
  /** Sentences for the user: pages over the limit, claims left out. */
  readonly warnings: readonly string[];
}

interface Draft {
  readonly kind: WrittenPage["kind"];
  readonly notebook: string;
  readonly name: string;
  readonly page: Page;
}

/**
 * Renders every notebook before it writes anything, so that a broken one leaves the old pages as they were.
 *
 * @throws HandoutError naming notebook and cell when one cannot be made into a page
 */
export async function renderHandouts(run: HandoutRun): Promise<HandoutResult> {
  const notebooks = run.notebooks.map((notebook) => readExecutedNotebook(notebook.path, notebook.executed));
  const prints = run.pdf && run.browser !== null;
  const drafts = draftPages(run, notebooks, prints);
  const cutter = new FontCutter();
  const texts: string[] = [];
  for (const draft of drafts) {
    const text = pageShell(draft.page, PAGE_STYLE);
    texts.push(text.replace(FONT_PLACE, () => ""));
    const faces = await cutter.facesFor(texts[texts.length - 1]);
    texts[texts.length - 1] = text.replace(FONT_PLACE, () => faces);
  }
  writeAssets(run);
  drafts.forEach((draft, index) => writeWhole(path.join(run.outDir, `${draft.name}.html`), texts[index]));
  const pdfs = prints && run.browser !== null ? await printPages(run.browser, texts, run.pdfCache) : [];
  pdfs.forEach((pdf, index) => writeWhole(path.join(run.outDir, `${drafts[index].name}.pdf`), pdf));
  const pages = drafts.map((draft, index) => writtenPage(run.outDir, draft, texts[index], pdfs[index] ?? null));
  return { pages, pdf: prints ? "printed" : run.pdf ? "no browser" : "not asked", warnings: pages.flatMap(sizeWarning) };
}

function draftPages(run: HandoutRun, notebooks: readonly ExecutedNotebook[], prints: boolean): Draft[] {
  const names = pageNames(run.notebooks.map((notebook) => notebook.path));
  const contents = notebooks.map((notebook) => notebookContent(notebook, run.variant, imageCarrier(run.root, notebook.path)));
  const order = contents.map((_, index) => index).sort((a, b) => bySection(contents[a], contents[b]) || a - b);
  const claims = shownClaims(run.claims, notebooks, run.variant);
  const draft = (kind: Draft["kind"], notebook: string, name: string, title: string, main: SafeHtml, command = run.provenance.command): Draft => {
    const text = main.toString();
    const live = run.assets.plotlyScript !== null && text.includes('class="ol-plotly"') ? "plots" : text.includes('class="ol-player"') ? "steps" : null;
    return { kind, notebook, name, page: { title, variant: run.variant, kind, main, provenance: { ...run.provenance, command }, pdf: prints ? `${name}.pdf` : null, live } };
  };
  const entries = order.map((index) => ({ content: contents[index], file: `${names[index]}.html`, pdf: prints ? `${names[index]}.pdf` : null, seconds: run.notebooks[index].seconds }));
  const held = claims.filter((claim) => claim.holds).length;
  return [
    draft("index", "", "index", "Overlay Lab", indexMain(entries, { total: claims.length, held })),
    ...order.map((index) => draft("notebook", notebooks[index].path, names[index], `${contents[index].title} · Overlay Lab`, notebookMain(contents[index]), run.notebooks[index].command)),
    draft("claims", "", "claims", "Published, ours, difference · Overlay Lab", claimsMain(claimGroups(order, notebooks, contents, names, claims))),
  ];
}

function claimGroups(order: readonly number[], notebooks: readonly ExecutedNotebook[], contents: readonly NotebookContent[], names: readonly string[], claims: readonly ClaimRecord[]) {
  const groups = order.map((index) => ({
    section: contents[index].facts.section,
    title: contents[index].title,
    file: `${names[index]}.html`,
    claims: claims.filter((claim) => claim.notebook === notebooks[index].path),
  }));
  const paths = new Set(notebooks.map((notebook) => notebook.path));
  const others = [...new Set(claims.map((claim) => claim.notebook))].filter((notebook) => !paths.has(notebook));
  return [...groups, ...others.map((notebook) => ({ section: "", title: notebook || "Outside the notebooks", file: null, claims: claims.filter((claim) => claim.notebook === notebook) }))];
}

/** Sections in the order of their numbers: "9.4.2" before "9.4.10". */
function bySection(a: NotebookContent, b: NotebookContent): number {
  const key = (content: NotebookContent): string => content.facts.section.replace(/\d+/g, (digits) => digits.padStart(6, "0"));
  return key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
}

function writeAssets(run: HandoutRun): void {
  const folder = path.join(run.outDir, "assets");
  mkdirSync(folder, { recursive: true });
  writeWhole(path.join(folder, "live.js"), run.assets.liveScript);
  if (run.assets.plotlyScript === null) return;
  const target = path.join(folder, "plotly.min.js");
  copyFileSync(run.assets.plotlyScript, `${target}.part`);
  renameSync(`${target}.part`, target);
}

/** Writes under another name first, so that a reader never sees half a file. */
function writeWhole(file: string, data: string | Buffer): void {
  writeFileSync(`${file}.part`, data);
  renameSync(`${file}.part`, file);
}

function writtenPage(outDir: string, draft: Draft, text: string, pdf: Buffer | null): WrittenPage {
  const file = path.join(outDir, draft.name);
  return { kind: draft.kind, notebook: draft.notebook, file: `${file}.html`, bytes: Buffer.byteLength(text), pdf: pdf === null ? null : `${file}.pdf`, pdfBytes: pdf?.length ?? 0 };
}

function sizeWarning(page: WrittenPage): string[] {
  if (page.bytes <= PAGE_LIMIT_BYTES) return [];
  return [`${path.basename(page.file)} is ${Math.ceil(page.bytes / 1000)} kB; a page should stay within ${PAGE_LIMIT_BYTES / 1000} kB (fewer points in its figures, or smaller pictures)`];
}
