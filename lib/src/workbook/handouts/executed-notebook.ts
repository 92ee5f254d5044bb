/**
 * Reads an executed notebook (nbformat 4.5 JSON) into the few fields a page needs, and refuses anything else with the place named.
 * Section, minutes and learning goals stand in the notebook's metadata under `overlay_lab`.
 */
import { HandoutError } from "./handout-error";

/** One output of a code cell, reduced to what can be shown. */
export type CellOutput =
  | { readonly kind: "stream"; readonly name: "stdout" | "stderr"; readonly text: string }
  | { readonly kind: "display"; readonly data: Readonly<Record<string, unknown>> }
  | { readonly kind: "error"; readonly text: string };

/** One cell of an executed notebook. */
export interface ExecutedCell {
  /** 1-based position in the notebook. */
  readonly position: number;
  readonly id: string;
  readonly type: "markdown" | "code";
  readonly source: string;
  readonly tags: readonly string[];
  readonly outputs: readonly CellOutput[];
}

/** What the notebook says about itself. */
export interface NotebookFacts {
  /** Section of the book, as printed: "K&R 2.5". */
  readonly section: string;
  /** Minutes a reader needs. */
  readonly minutes: number;
  /** What the reader will be able to do, each completing "you will be able to ...". */
  readonly goals: readonly string[];
  readonly prerequisites: readonly string[];
}

/** An executed notebook, checked. */
export interface ExecutedNotebook {
  readonly path: string;
  readonly facts: NotebookFacts;
  readonly cells: readonly ExecutedCell[];
}

/**
 * Checks and reads an executed notebook.
 *
 * @param path path relative to the workbook's root, used in messages
 * @param value the notebook as parsed JSON, or as JSON text
 * @throws HandoutError when it is no nbformat 4 notebook or its `overlay_lab` metadata is missing or malformed
 */
export function readExecutedNotebook(path: string, value: unknown): ExecutedNotebook {
  const root = record(typeof value === "string" ? parseJson(path, value) : value, path, "notebook");
  if (root.nbformat !== 4) throw new HandoutError({ what: "cannot read the notebook", got: root.nbformat, expected: "nbformat 4", where: path });
  if (!Array.isArray(root.cells)) throw new HandoutError({ what: "cannot read the notebook", got: root.cells, expected: "a list of cells", where: path });
  const metadata = record(root.metadata ?? {}, path, "metadata");
  const cells = root.cells.map((cell, index) => readCell(path, cell, index + 1)).filter((cell): cell is ExecutedCell => cell !== null);
  return { path, facts: readFacts(path, metadata.overlay_lab), cells };
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HandoutError({ what: "cannot read the notebook", got: (error as Error).message, expected: "JSON", where: path });
  }
}

function readFacts(path: string, value: unknown): NotebookFacts {
  const facts = record(value, path, "metadata.overlay_lab");
  const where = `${path}, metadata.overlay_lab`;
  if (typeof facts.section !== "string" || facts.section.trim() === "")
    throw new HandoutError({ what: "bad section", got: facts.section, expected: 'the section of the book, such as "K&R 2.5"', where });
  if (typeof facts.minutes !== "number" || !(facts.minutes > 0 && facts.minutes < 1000))
    throw new HandoutError({ what: "bad minutes", got: facts.minutes, expected: "minutes a reader needs, above 0", where });
  const goals = texts(facts.goals, "goals", where);
  if (goals.length === 0) throw new HandoutError({ what: "bad goals", got: facts.goals, expected: "at least one learning goal", where });
  return { section: facts.section, minutes: facts.minutes, goals, prerequisites: texts(facts.prerequisites ?? [], "prerequisites", where) };
}

function texts(value: unknown, name: string, where: string): readonly string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string"))
    throw new HandoutError({ what: `bad ${name}`, got: value, expected: "a list of texts", where });
  return value as string[];
}

function readCell(path: string, value: unknown, position: number): ExecutedCell | null {
  const where = `cell ${position}`;
  const cell = record(value, path, where);
  if (cell.cell_type === "raw") return null;
  if (cell.cell_type !== "markdown" && cell.cell_type !== "code")
    throw new HandoutError({ what: "unknown cell type", got: cell.cell_type, expected: "markdown, code or raw", where: `${path}, ${where}` });
  const metadata = record(cell.metadata ?? {}, path, `${where} metadata`);
  const outputs = Array.isArray(cell.outputs) ? cell.outputs : [];
  return {
    position,
    id: typeof cell.id === "string" ? cell.id : "",
    type: cell.cell_type,
    source: multiline(cell.source),
    tags: Array.isArray(metadata.tags) ? metadata.tags.filter((tag): tag is string => typeof tag === "string") : [],
    outputs: cell.cell_type === "code" ? outputs.map((output) => readOutput(path, output, where)) : [],
  };
}

function readOutput(path: string, value: unknown, where: string): CellOutput {
  const output = record(value, path, `${where} output`);
  switch (output.output_type) {
    case "stream":
      return { kind: "stream", name: output.name === "stderr" ? "stderr" : "stdout", text: multiline(output.text) };
    case "display_data":
    case "execute_result":
      return { kind: "display", data: record(output.data, path, `${where} output data`) };
    case "error":
      return { kind: "error", text: [output.ename, output.evalue].filter((part) => typeof part === "string").join(": ") };
    default:
      throw new HandoutError({ what: "unknown output type", got: output.output_type, expected: "stream, display_data, execute_result or error", where: `${path}, ${where}` });
  }
}

/** nbformat stores texts as one string or as a list of lines. */
export function multiline(value: unknown): string {
  if (Array.isArray(value)) return value.filter((line) => typeof line === "string").join("");
  return typeof value === "string" ? value : "";
}

function record(value: unknown, path: string, part: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new HandoutError({ what: `cannot read ${part}`, got: value, expected: "an object", where: path });
}
