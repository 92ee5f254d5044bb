/** Writes an experiment's export: tables, figures, descriptions and hashes, as one folder that is replaced whole. */
import { join } from "node:path";
import { writeCsv } from "../codecs/csv";
import { StorageError } from "../errors";
import type { Table } from "../analysis/table";
import type { ExperimentResult } from "../experiments/result";
import { safeName } from "./atomic";
import { dataPackage } from "./data-package";
import { NODE_FILE_SYSTEM, type FileSystem } from "./file-system";
import { replaceFolder } from "./folder-swap";
import { describeOutput, makeManifest, prettyJson, type OutputFile } from "./manifest";
import type { Provenance } from "./provenance";
import { LICENCE_NOTE, readMe } from "./read-me";
import { roCrate } from "./ro-crate";

/** A figure to export. */
export interface ExportedFigure {
  /** Lower-case letters, digits and dashes; names the files. */
  readonly id: string;
  /** The drawing, or `null` where no browser was found. */
  readonly svg: string | null;
  /** The Plotly figure as plain data. */
  readonly json: object;
}

/** What to export and where. */
export interface ExportOptions {
  /** Folder of all exports, such as build/exports; the export is the folder in it named like the experiment. */
  readonly dir: string;
  readonly figures?: readonly ExportedFigure[];
  readonly provenance: Provenance;
  /** What the notebook claimed of these results, as plain data. */
  readonly claims?: readonly object[];
}

/**
 * Writes an export, replacing an earlier one whole: a kill at any moment leaves the old folder or the new one.
 *
 * @returns the folder written
 * @throws StorageError when the disk refuses or a figure's id is unsafe or used twice; the old export is then untouched
 */
export function exportExperiment(result: ExperimentResult, options: ExportOptions, files: FileSystem = NODE_FILE_SYSTEM): string {
  const folder = join(options.dir, safeName(result.definition.id));
  replaceFolder(folder, exportContents(result, options), files);
  return folder;
}

/** The files of an export with their contents; a pure function of result, figures, claims and provenance. */
export function exportContents(result: ExperimentResult, options: Omit<ExportOptions, "dir">): ReadonlyMap<string, string> {
  const contents = new Map<string, string>();
  contents.set("data.csv", writeCsv(result.table()));
  contents.set("data.jsonl", writeJsonLines(result.table()));
  contents.set("summary.csv", writeCsv(result.summaryTable()));
  const tables = describeAll(contents);
  for (const figure of options.figures ?? []) addFigure(contents, figure);
  if (options.claims && options.claims.length > 0) contents.set("claims.json", prettyJson(options.claims));
  contents.set("datapackage.json", prettyJson(dataPackage(result, tables)));
  contents.set("LICENSE.txt", LICENCE_NOTE);
  contents.set("README.md", readMe(result, options.provenance, [...contents.keys()]));
  const manifest = makeManifest(result, options.provenance, describeAll(contents));
  contents.set("manifest.json", prettyJson(manifest));
  contents.set("ro-crate-metadata.json", prettyJson(roCrate(manifest, describeAll(contents))));
  contents.set("SHA256SUMS", sumsText(describeAll(contents)));
  return contents;
}

/** One JSON object a line, members in the order of the columns. */
export function writeJsonLines(table: Table): string {
  return table.rows.map((row) => `${JSON.stringify(Object.fromEntries(table.columns.map(({ name }) => [name, row[name]])))}\n`).join("");
}

/** The lines that `sha256sum -c` reads, sorted by path. */
export function sumsText(files: readonly OutputFile[]): string {
  const order = [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return order.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join("");
}

function describeAll(contents: ReadonlyMap<string, string>): OutputFile[] {
  return [...contents].map(([path, content]) => describeOutput(path, content));
}

function addFigure(contents: Map<string, string>, figure: ExportedFigure): void {
  const name = `figures/${safeName(figure.id)}`;
  if (contents.has(`${name}.json`)) throw new StorageError({ what: "two figures with one id", got: figure.id, expected: "distinct ids" });
  contents.set(`${name}.json`, prettyJson(figure.json));
  if (figure.svg !== null) contents.set(`${name}.svg`, figure.svg.endsWith("\n") ? figure.svg : `${figure.svg}\n`);
}
