/**
 * The one form in which a notebook is committed: the same sources and results give the same bytes on every machine.
 * Outputs are kept (readers on a code host see the figures), so everything that differs between machines is removed or refused.
 */
import { pathToFileURL } from "node:url";
import { escapeHtml } from "../html";
import { CELL_TAGS, nearestWord, tagsOf } from "./notebook-cell";
import { NotebookError, sortKeys } from "./notebook-file";
import type { MimeData, Notebook, NotebookCell, Output } from "./notebook-file";

/** The kernel every notebook of the workbook names. */
export const KERNEL_NAME = "overlay-lab";
/** The kernel as front ends show it. */
export const KERNEL_DISPLAY_NAME = "TypeScript (Overlay Lab)";

const NOTEBOOK_METADATA = {
  kernelspec: { display_name: KERNEL_DISPLAY_NAME, language: "typescript", name: KERNEL_NAME },
  language_info: { codemirror_mode: "typescript", file_extension: ".ts", mimetype: "text/typescript", name: "typescript" },
};

/** What front ends and tools store beside a cell and that says nothing about it. */
const VOLATILE_CELL_METADATA = new Set(["execution", "collapsed", "scrolled", "trusted", "ExecuteTime", "papermill", "heading_collapsed", "hidden"]);
const VOLATILE_NOTEBOOK_METADATA = new Set(["signature", "widgets", "toc", "varInspector", "papermill", "execution", "celltoolbar", "orig_nbformat"]);
/** Ways to say "this cell may fail"; a notebook that may fail proves nothing. */
const FORGIVING = ["allow-errors", "allow_errors", "raises-exception", "raises_exception"];
const SCRIPT_MIMES = new Set(["application/javascript", "text/javascript", "application/ecmascript"]);

/** Options of {@link canonicalNotebook}. */
export interface CanonicalOptions {
  /** Root folder of the workbook; its path becomes `.` in outputs. */
  readonly root: string;
  /** Name of the notebook in messages. */
  readonly path?: string;
}

/**
 * Brings a notebook into its canonical form.
 *
 * @returns a notebook whose serialisation depends on its sources and results only
 * @throws NotebookError when a cell may fail (`allow-errors`, `raises-exception`), carries an unknown tag, or stores a script
 */
export function canonicalNotebook(notebook: Notebook, options: CanonicalOptions): Notebook {
  const path = options.path ?? "notebook";
  checkRules(notebook, path);
  const clean = pathCleaner(options.root);
  let count = 0;
  const cells = notebook.cells.map((cell) => canonicalCell(cell, clean, () => (count += 1)));
  const metadata = Object.fromEntries(Object.entries(notebook.metadata).filter(([key]) => !VOLATILE_NOTEBOOK_METADATA.has(key)));
  return sortKeys({ nbformat: 4, nbformat_minor: 5, metadata: { ...metadata, ...NOTEBOOK_METADATA }, cells }) as Notebook;
}

/**
 * Checks the rules that every notebook of the workbook follows, whether or not it has been run.
 *
 * @throws NotebookError naming file, cell and fix for the first rule broken
 */
export function checkRules(notebook: Notebook, path: string): void {
  refuseForgiveness(notebook.metadata, `${path}, metadata`);
  let parameterCells = 0;
  notebook.cells.forEach((cell, index) => {
    const where = `${path}, cell ${index + 1} (${cell.id})`;
    refuseForgiveness(cell.metadata, where);
    for (const tag of tagsOf(cell)) {
      if (FORGIVING.includes(tag)) throw forgivingError(tag, where);
      if (!(tag in CELL_TAGS)) refuseTag(tag, where);
      if (tag === "parameters" && (parameterCells += 1) > 1) throw new NotebookError({ what: "two cells tagged parameters", expected: "one; join them", where });
    }
    for (const output of cell.outputs ?? []) if (output.output_type === "display_data" || output.output_type === "execute_result") refuseScripts(output.data, where);
  });
}

function refuseTag(tag: string, where: string): never {
  const near = nearestWord(tag, Object.keys(CELL_TAGS));
  throw new NotebookError({ what: "unknown tag", got: tag, expected: near ? `did you mean ${near}?` : `one of ${Object.keys(CELL_TAGS).join(", ")}`, where });
}

function refuseForgiveness(metadata: Readonly<Record<string, unknown>>, where: string): void {
  for (const [key, value] of Object.entries(metadata)) {
    if (FORGIVING.includes(key) && value !== false) throw forgivingError(key, where);
    const nested = typeof value === "object" && value !== null && !Array.isArray(value);
    if (nested) refuseForgiveness(value as Record<string, unknown>, where);
  }
}

function forgivingError(name: string, where: string): NotebookError {
  return new NotebookError({ what: "the notebook allows a cell to fail", got: name, expected: "no such mark: remove it, and show an expected error with try and catch", where });
}

/** Stored scripts would run in the reader's page; only inert JSON may stand in a stored output. */
function refuseScripts(data: MimeData, where: string): void {
  const refuse = (got: string): never => {
    throw new NotebookError({ what: "an output stores a script", got, expected: "none: run the notebook again with `npm run notebook`, which stores static figures", where });
  };
  for (const [mime, content] of Object.entries(data)) {
    if (SCRIPT_MIMES.has(mime)) refuse(mime);
    if (typeof content !== "string" || !(mime === "text/html" || mime === "image/svg+xml" || mime === "text/markdown")) continue;
    for (const [tag] of content.matchAll(/<[a-zA-Z](?:"[^"]*"|'[^']*'|[^'">])*(?:>|$)/g)) {
      const bare = tag.replace(/"[^"]*"|'[^']*'/g, '""');
      const inert = /^<script\s+type=(["'])application\/json\1/i.test(tag);
      if (/^<script\b/i.test(tag) && !inert) refuse(tag);
      if (/[\s/"]on[a-z]+\s*=/i.test(bare)) refuse(tag);
      if (/\b(?:href|src|action|formaction)\s*=\s*["']?\s*javascript:/i.test(tag)) refuse(tag);
    }
  }
}

function canonicalCell(cell: NotebookCell, clean: (text: string) => string, nextCount: () => number): NotebookCell {
  const metadata: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(cell.metadata)) if (!VOLATILE_CELL_METADATA.has(key)) metadata[key] = value;
  const tags = [...new Set(tagsOf(cell))].sort((a, b) => (a < b ? -1 : 1));
  if (tags.length > 0) metadata.tags = tags;
  else delete metadata.tags;
  const source = cell.source.replace(/\r\n?/g, "\n").replace(/[ \t\n]+$/, "");
  if (cell.cell_type !== "code") return { ...cell, metadata, source };
  const outputs = cell.outputs ?? [];
  const ran = outputs.length > 0 || typeof cell.execution_count === "number";
  const count = ran ? nextCount() : null;
  return { ...cell, metadata, source, execution_count: count, outputs: joinStreams(outputs).map((output) => canonicalOutput(output, clean, count)) };
}

/** Joins neighbouring pieces of one stream: how a text was cut depends on timing. */
function joinStreams(outputs: readonly Output[]): Output[] {
  const joined: Output[] = [];
  for (const output of outputs) {
    const last = joined[joined.length - 1];
    if (output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name) {
      joined[joined.length - 1] = { ...last, text: last.text + output.text };
    } else joined.push(output);
  }
  return joined;
}

function canonicalOutput(output: Output, clean: (text: string) => string, count: number | null): Output {
  switch (output.output_type) {
    case "stream":
      return { ...output, text: clean(output.text) };
    case "error":
      return { ...output, evalue: clean(output.evalue), traceback: output.traceback.map(clean) };
    case "display_data":
      return { output_type: "display_data", data: cleanJson(output.data, clean) as MimeData, metadata: output.metadata };
    case "execute_result":
      return { output_type: "execute_result", data: cleanJson(output.data, clean) as MimeData, metadata: output.metadata, execution_count: count };
  }
}

function cleanJson(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === "string") return clean(value);
  if (Array.isArray(value)) return value.map((part) => cleanJson(part, clean));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [clean(key), cleanJson(part, clean)]));
}

/** Replaces the workbook's root, however it is written (path, file address, escaped), by `.`; line ends become LF. */
export function pathCleaner(root: string): (text: string) => string {
  const plain = root.replace(/[\\/]+$/, "");
  if (plain === "") return (text) => text.replace(/\r\n/g, "\n");
  const address = pathToFileURL(plain).href;
  const spellings = [...new Set([address, `file://${plain}`, plain, escapeHtml(plain), plain.replace(/\\/g, "\\\\"), encodeURI(plain)])];
  const pattern = spellings.sort((a, b) => b.length - a.length).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const expression = new RegExp(`(?<![\\w.-])(?:${pattern})(?![\\w.-]*[\\w-])`, "g");
  return (text) => text.replace(/\r\n/g, "\n").replace(expression, ".");
}
