/**
 * Notebook files (.ipynb, format 4.5): the types, reading with checks that name file, cell and field, and writing.
 * In memory a source or a text is one string; on disk it is a list of lines, so that a change shows as a changed line.
 */
import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { OverlayLabError, StorageError } from "../errors";

/** A notebook file does not follow the format, or breaks a rule of the workbook; the message names file, cell and fix. */
export class NotebookError extends OverlayLabError {}

/** What a cell produced, by MIME type: text for text types, JSON for `+json` types. */
export type MimeData = Readonly<Record<string, unknown>>;

/** One output of a code cell. */
export type Output =
  | { readonly output_type: "stream"; readonly name: "stdout" | "stderr"; readonly text: string }
  | { readonly output_type: "display_data"; readonly data: MimeData; readonly metadata: MimeData }
  | { readonly output_type: "execute_result"; readonly data: MimeData; readonly metadata: MimeData; readonly execution_count: number | null }
  | { readonly output_type: "error"; readonly ename: string; readonly evalue: string; readonly traceback: readonly string[] };

/** One cell. `execution_count` and `outputs` belong to code cells only. */
export interface NotebookCell {
  readonly cell_type: "code" | "markdown" | "raw";
  readonly id: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly source: string;
  readonly execution_count?: number | null;
  readonly outputs?: readonly Output[];
  readonly attachments?: unknown;
}

/** A whole notebook. */
export interface Notebook {
  readonly nbformat: 4;
  readonly nbformat_minor: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly cells: readonly NotebookCell[];
}

type Json = Record<string, unknown>;

const CELL_ID = /^[a-zA-Z0-9-_]{1,64}$/;

/**
 * Reads and checks a notebook file.
 *
 * @param path file to read
 * @throws StorageError when the file cannot be read, NotebookError when it is not a notebook of format 4.5
 */
export function readNotebook(path: string): Notebook {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new StorageError({ what: "cannot read the notebook", got: (error as NodeJS.ErrnoException).code ?? String(error), expected: "a readable .ipynb file", where: path });
  }
  return parseNotebook(text, path);
}

/**
 * Checks the text of a notebook file.
 *
 * @param text JSON text
 * @param path name for messages
 * @throws NotebookError naming file, cell and field when the text is not a notebook of format 4.5 with unique cell ids
 */
export function parseNotebook(text: string, path: string): Notebook {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    throw new NotebookError({ what: `the notebook is not JSON: ${(error as Error).message}`, got: text.slice(0, 60), expected: "a JSON object", where: path });
  }
  const file = object(value, path, "the file");
  if (file.nbformat !== 4 || typeof file.nbformat_minor !== "number" || file.nbformat_minor < 5) {
    throw new NotebookError({ what: "old notebook format", got: `${String(file.nbformat)}.${String(file.nbformat_minor)}`, expected: "format 4.5 (nbformat 4, nbformat_minor 5): open it in a current Jupyter and save it", where: path });
  }
  if (!Array.isArray(file.cells)) throw new NotebookError({ what: "notebook without cells", got: file.cells, expected: "a list", where: `${path}, field cells` });
  const cells = file.cells.map((cell, index) => parseCell(cell, `${path}, cell ${index + 1}`));
  refuseRepeatedIds(cells, path);
  return { nbformat: 4, nbformat_minor: 5, metadata: object(file.metadata, path, "metadata"), cells };
}

function refuseRepeatedIds(cells: readonly NotebookCell[], path: string): void {
  const seen = new Map<string, number>();
  cells.forEach((cell, index) => {
    const before = seen.get(cell.id);
    if (before !== undefined) {
      throw new NotebookError({ what: "two cells have the same id", got: cell.id, expected: `a different "id" in cell ${index + 1} than in cell ${before + 1}; a short word that names the cell`, where: `${path}, cell ${index + 1}, field id` });
    }
    seen.set(cell.id, index);
  });
}

function parseCell(value: unknown, where: string): NotebookCell {
  const cell = object(value, where, "the cell");
  const kind = cell.cell_type;
  if (kind !== "code" && kind !== "markdown" && kind !== "raw") throw new NotebookError({ what: "unknown kind of cell", got: kind, expected: "code, markdown or raw", where: `${where}, field cell_type` });
  if (typeof cell.id !== "string" || !CELL_ID.test(cell.id)) {
    throw new NotebookError({ what: "cell without a usable id", got: cell.id, expected: 'an "id" of 1 to 64 letters, digits, - or _ that stays with the cell', where: `${where}, field id` });
  }
  const metadata = object(cell.metadata, where, "metadata");
  const tags = metadata.tags;
  if (tags !== undefined && !(Array.isArray(tags) && tags.every((tag) => typeof tag === "string"))) throw new NotebookError({ what: "bad tags", got: tags, expected: "a list of words", where: `${where}, field metadata.tags` });
  const common = { cell_type: kind as NotebookCell["cell_type"], id: cell.id, metadata, source: joinLines(cell.source, `${where}, field source`) };
  const attachments = cell.attachments === undefined ? {} : { attachments: cell.attachments };
  if (kind !== "code") return { ...common, ...attachments };
  const count = cell.execution_count ?? null;
  if (count !== null && !Number.isInteger(count)) throw new NotebookError({ what: "bad execution count", got: count, expected: "a whole number or null", where: `${where}, field execution_count` });
  if (!Array.isArray(cell.outputs)) throw new NotebookError({ what: "code cell without outputs", got: cell.outputs, expected: "a list, [] when it has not run", where: `${where}, field outputs` });
  return { ...common, execution_count: count as number | null, outputs: cell.outputs.map((output, index) => parseOutput(output, `${where}, output ${index + 1}`)) };
}

function parseOutput(value: unknown, where: string): Output {
  const output = object(value, where, "the output");
  switch (output.output_type) {
    case "stream":
      if (output.name !== "stdout" && output.name !== "stderr") throw new NotebookError({ what: "bad stream", got: output.name, expected: "stdout or stderr", where });
      return { output_type: "stream", name: output.name, text: joinLines(output.text, `${where}, field text`) };
    case "display_data":
      return { output_type: "display_data", data: parseData(output.data, where), metadata: object(output.metadata ?? {}, where, "metadata") };
    case "execute_result":
      return { output_type: "execute_result", data: parseData(output.data, where), metadata: object(output.metadata ?? {}, where, "metadata"), execution_count: (output.execution_count as number | null | undefined) ?? null };
    case "error":
      return { output_type: "error", ename: String(output.ename), evalue: String(output.evalue), traceback: Array.isArray(output.traceback) ? output.traceback.map(String) : [] };
    default:
      throw new NotebookError({ what: "unknown kind of output", got: output.output_type, expected: "stream, display_data, execute_result or error", where: `${where}, field output_type` });
  }
}

function parseData(value: unknown, where: string): MimeData {
  const data: Json = {};
  for (const [mime, content] of Object.entries(object(value, where, "data"))) data[mime] = isJsonMime(mime) ? content : joinLines(content, `${where}, ${mime}`);
  return data;
}

function isJsonMime(mime: string): boolean {
  return mime === "application/json" || mime.endsWith("+json");
}

function joinLines(value: unknown, where: string): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((line) => typeof line === "string")) return value.join("");
  throw new NotebookError({ what: "bad text", got: value, expected: "a text or a list of lines", where });
}

function object(value: unknown, where: string, field: string): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw new NotebookError({ what: `bad ${field}`, got: value, expected: "a JSON object", where: `${where}, field ${field}` });
}

/** Splits a text after each line break, as notebook files store it. */
function splitLines(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

function outputForDisk(output: Output): unknown {
  if (output.output_type === "stream") return { ...output, text: splitLines(output.text) };
  if (output.output_type === "error") return output;
  const data = Object.fromEntries(Object.entries(output.data).map(([mime, content]) => [mime, typeof content === "string" && !isJsonMime(mime) ? splitLines(content) : content]));
  return { ...output, data };
}

function cellForDisk(cell: NotebookCell): unknown {
  const disk: Json = { ...cell, source: splitLines(cell.source) };
  if (cell.cell_type === "code") Object.assign(disk, { execution_count: cell.execution_count ?? null, outputs: (cell.outputs ?? []).map(outputForDisk) });
  return disk;
}

/** A copy with the keys of every object in alphabetical (code unit) order, so that equal values give equal text. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([key, part]) => [key, sortKeys(part)]));
}

/** The text of a notebook file: sorted keys, one space of indent, LF, one newline at the end. */
export function serializeNotebook(notebook: Notebook): string {
  const disk = { cells: notebook.cells.map(cellForDisk), metadata: notebook.metadata, nbformat: 4, nbformat_minor: 5 };
  return `${JSON.stringify(sortKeys(disk), null, 1)}\n`;
}

/**
 * Identifies what a notebook asks to be run: sources, kinds, tags and metadata, without outputs and counts.
 * @returns sha256 as 64 hexadecimal digits
 */
export function sourceKey(notebook: Notebook): string {
  const cells = notebook.cells.map(({ cell_type, id, metadata, source, attachments }) => ({ cell_type, id, metadata, source, attachments }));
  return createHash("sha256").update(JSON.stringify(sortKeys({ cells, metadata: notebook.metadata }))).digest("hex");
}
