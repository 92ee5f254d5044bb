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
import { sumsText } from "./export";
import { describeOutput, readManifest, type Manifest, type OutputFile } from "./manifest";
import { codeVersion } from "./provenance";
import { compareWithRerun } from "./rerun";

/** One thing that is wrong with an export. */
export interface Problem {
  /** File within the export, with "/". */
  readonly file: string;
  /** One sentence. */
  readonly message: string;
  /** Row of the table, from 1, where a value differs. */
  readonly row?: number;
  readonly column?: string;
  readonly expected?: unknown;
  readonly got?: unknown;
}

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

const SUMS = "SHA256SUMS";
const MANIFEST = "manifest.json";
const CRATE = "ro-crate-metadata.json";
const DATA_PACKAGE = "datapackage.json";

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
  checkSums(contents, problems);
  const manifest = parseManifest(contents, problems);
  if (manifest) checkDescriptions(manifest, contents, problems);
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

/** SHA256SUMS must be exactly the text that the other files give, so that no byte of it is free either. */
function checkSums(contents: ReadonlyMap<string, Uint8Array>, problems: Problem[]): void {
  const sums = contents.get(SUMS);
  if (sums === undefined) return void problems.push({ file: SUMS, message: "missing" });
  const actual = new Map([...contents].filter(([path]) => path !== SUMS).map(([path, bytes]) => [path, describeOutput(path, bytes)]));
  const expectedText = sumsText([...actual.values()]);
  const text = Buffer.from(sums).toString("utf8");
  if (Buffer.from(sums).equals(Buffer.from(expectedText))) return;
  const before = problems.length;
  const listed = new Map<string, string>();
  text.split("\n").forEach((line, index, all) => {
    const match = /^([0-9a-f]{64}) {2}(.+)$/.exec(line);
    if (match) listed.set(match[2], match[1]);
    else if (index < all.length - 1 || line !== "") problems.push({ file: SUMS, row: index + 1, message: "line is not a hash, two spaces and a path", got: line });
  });
  compareHashes(SUMS, listed, actual, problems);
  if (problems.length === before) problems.push({ file: SUMS, message: "not written as an export writes it (order, line ends or repeated lines)" });
}

function compareHashes(source: string, listed: ReadonlyMap<string, string>, actual: ReadonlyMap<string, OutputFile>, problems: Problem[]): void {
  for (const [path, sha256] of listed) {
    const found = actual.get(path);
    if (found === undefined) problems.push({ file: path, message: `missing, but listed in ${source}` });
    else if (found.sha256 !== sha256) problems.push({ file: path, message: `changed: its SHA-256 is not the one in ${source} (or ${source} was changed)`, expected: sha256, got: found.sha256 });
  }
  for (const path of actual.keys()) {
    if (!listed.has(path)) problems.push({ file: path, message: `not listed in ${source}` });
  }
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

/** Manifest, data package and crate each name hashes and sizes of files: all must be true. */
function checkDescriptions(manifest: Manifest, contents: ReadonlyMap<string, Uint8Array>, problems: Problem[]): void {
  const described = (path: string) => ![SUMS, CRATE].includes(path);
  checkListed(MANIFEST, manifest.outputs, [...contents.keys()].filter((path) => described(path) && path !== MANIFEST), contents, problems);
  const crate = readJson(CRATE, contents, problems) as { "@graph"?: readonly Record<string, unknown>[] } | null;
  if (crate) {
    const entities = (Array.isArray(crate["@graph"]) ? crate["@graph"] : []).filter((entity) => entity?.["@type"] === "File" && !String(entity["@id"]).startsWith("#"));
    checkListed(CRATE, entities.map((entity) => ({ path: decodeURI(String(entity["@id"])), sha256: String(entity.sha256), bytes: Number(entity.contentSize) })), [...contents.keys()].filter(described), contents, problems);
  }
  const pack = readJson(DATA_PACKAGE, contents, problems) as { name?: unknown; resources?: readonly Record<string, unknown>[] } | null;
  if (pack) {
    const resources = Array.isArray(pack.resources) ? pack.resources : [];
    checkListed(DATA_PACKAGE, resources.map((each) => ({ path: String(each.path), sha256: String(each.hash).replace(/^sha256:/, ""), bytes: Number(each.bytes) })), ["data.csv", "data.jsonl", "summary.csv"], contents, problems);
    if (pack.name !== manifest.experiment) problems.push({ file: DATA_PACKAGE, message: "names another experiment than the manifest", expected: manifest.experiment, got: pack.name });
  }
}

function checkListed(source: string, listed: readonly OutputFile[], expected: readonly string[], contents: ReadonlyMap<string, Uint8Array>, problems: Problem[]): void {
  for (const { path, sha256, bytes } of listed) {
    const content = contents.get(path);
    if (content === undefined) problems.push({ file: path, message: `missing, but listed in ${source}` });
    else if (describeOutput(path, content).sha256 !== sha256) problems.push({ file: path, message: `its SHA-256 is not the one in ${source}`, expected: sha256, got: describeOutput(path, content).sha256 });
    else if (content.length !== bytes) problems.push({ file: path, message: `its size is not the one in ${source}`, expected: bytes, got: content.length });
  }
  const names = new Set(listed.map((file) => file.path));
  for (const path of expected) if (!names.has(path)) problems.push({ file: path, message: `not listed in ${source}` });
}

function readJson(path: string, contents: ReadonlyMap<string, Uint8Array>, problems: Problem[]): object | null {
  const bytes = contents.get(path);
  if (bytes === undefined) return problems.push({ file: path, message: "missing" }), null;
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Said below, as for any other value that is no object.
  }
  problems.push({ file: path, message: "is not a JSON object" });
  return null;
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
