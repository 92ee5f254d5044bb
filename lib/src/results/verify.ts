/**
 * Checks an export: no byte of any file changed, nothing missing or added, its descriptions agree with each other, and the same
 * numbers come out when the experiment runs again.
 *
 * What this proves: chance damage and careless edits are always found, forged numbers are found by running again. A forger who rewrites
 * all hashes can still change what is not recomputed: figures, claims and the texts about provenance. Nothing is signed.
 */
import { join } from "node:path";
import { EXPERIMENTS } from "../experiments/registry";
import type { ExperimentDefinition } from "../experiments/define";
import { NODE_FILE_SYSTEM, type FileSystem } from "./file-system";
import { recoverFolder } from "./folder-swap";
import { checkListings, MANIFEST } from "./listings";
import { readManifest, type Manifest } from "./manifest";
import type { Problem } from "./problem";
import { codeVersion } from "./provenance";
import { compareWithRerun } from "./rerun";

/** What a verification found. */
export interface VerifyReport {
  readonly ok: boolean;
  readonly folder: string;
  readonly experiment: string | null;
  /** Files whose hash and size were checked. */
  readonly filesChecked: number;
  /** Whether the experiment was run again. */
  readonly rerun: boolean;
  /** Values compared with those of the second run. */
  readonly valuesCompared: number;
  readonly problems: readonly Problem[];
  /** Differences that are no fault, such as another code version. */
  readonly notes: readonly string[];
  /** The report for people. */
  readonly text: string;
}

/** How to verify. */
export interface VerifyOptions {
  /** Run the experiment again and compare every number; default true. */
  readonly rerun?: boolean;
  /** Where to look the experiment up; the library's own by default. */
  readonly experiments?: readonly ExperimentDefinition[];
  /** Hash of the code that runs again; this library's own by default. */
  readonly codeVersion?: string;
  readonly onProgress?: (done: number, planned: number) => void;
}

/**
 * Verifies an export.
 *
 * @param folder the export's folder; an interrupted replacement of it is finished first
 * @returns the report; problems are in it, not thrown
 * @throws StorageError when the folder itself cannot be read
 */
export function verifyExport(folder: string, options: VerifyOptions = {}, files: FileSystem = NODE_FILE_SYSTEM): VerifyReport {
  recoverFolder(folder, files);
  const problems: Problem[] = [];
  const notes: string[] = [];
  const contents = readFolder(folder, files, problems);
  const manifest = parseManifest(contents, problems);
  checkListings(contents, manifest, problems);
  let valuesCompared = 0;
  const rerun = options.rerun !== false && manifest !== null;
  if (manifest) {
    const own = options.codeVersion ?? codeVersion();
    if (own !== manifest.codeVersion) notes.push(`The export was made by code ${manifest.codeVersion.slice(0, 12)}, this is ${own.slice(0, 12)}: numbers may differ because the code does.`);
    if (manifest.dirty === true) notes.push("The export was made from a clone with uncommitted changes.");
    if (rerun) valuesCompared = compareWithRerun(manifest, contents, options.experiments ?? EXPERIMENTS, problems, options.onProgress);
  }
  if (!rerun) notes.push("The experiment was not run again; only files and hashes were checked.");
  const report = { ok: problems.length === 0, folder, experiment: manifest?.experiment ?? null, filesChecked: contents.size, rerun, valuesCompared, problems, notes };
  return { ...report, text: reportText(report) };
}

function readFolder(folder: string, files: FileSystem, problems: Problem[], prefix = ""): Map<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>();
  if (prefix === "" && files.kind(folder) !== "folder") {
    problems.push({ file: ".", message: "there is no export folder at this place" });
    return contents;
  }
  for (const name of [...files.list(folder)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))) {
    const path = prefix + name;
    const kind = files.kind(join(folder, name));
    if (kind === "folder") for (const [inner, bytes] of readFolder(join(folder, name), files, problems, `${path}/`)) contents.set(inner, bytes);
    else if (kind === "file") contents.set(path, files.read(join(folder, name)));
    else problems.push({ file: path, message: "neither a file nor a folder (a link?)" });
  }
  return contents;
}

function parseManifest(contents: ReadonlyMap<string, Uint8Array>, problems: Problem[]): Manifest | null {
  const bytes = contents.get(MANIFEST);
  if (bytes === undefined) {
    problems.push({ file: MANIFEST, message: "missing: parameters and seed are unknown, so nothing can be run again" });
    return null;
  }
  try {
    return readManifest(Buffer.from(bytes).toString("utf8"));
  } catch (error) {
    problems.push({ file: MANIFEST, message: (error as Error).message });
    return null;
  }
}

const MOST_LINES = 25;

function reportText(report: Omit<VerifyReport, "text">): string {
  const { problems, notes } = report;
  const head = report.ok
    ? `VERIFIED: ${report.folder}: ${report.filesChecked} files unchanged${report.rerun ? `, ${report.valuesCompared} values equal to those of a second run` : ""}.`
    : `NOT VERIFIED: ${report.folder}: ${problems.length} ${problems.length === 1 ? "problem" : "problems"}.`;
  const lines = problems.slice(0, MOST_LINES).map((problem) => `  ${problem.file}${problem.row === undefined ? "" : `, row ${problem.row}`}${problem.column === undefined ? "" : `, column ${problem.column}`}: ${problem.message}${"got" in problem ? `; got ${show(problem.got)}` : ""}${"expected" in problem ? `; expected ${show(problem.expected)}` : ""}`);
  if (problems.length > MOST_LINES) lines.push(`  ... and ${problems.length - MOST_LINES} more`);
  return [head, ...lines, ...notes.map((note) => `  note: ${note}`)].join("\n");
}

/** Every digit of a number, and text with its control characters visible, but no endless lines. */
function show(value: unknown): string {
  const text = (JSON.stringify(value) ?? String(value)).replace(/[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
