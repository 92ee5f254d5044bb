/**
 * Compares the files of an export with everything that lists them: SHA256SUMS, manifest.json, ro-crate-metadata.json, datapackage.json. Where the
 * lists disagree among themselves, the list that stands alone against the file is blamed, not the file.
 */
import { sumsText } from "./export";
import { describeOutput, type Manifest, type OutputFile } from "./manifest";
import type { Problem } from "./problem";

/** File of hashes that `sha256sum -c` reads. */
export const SUMS = "SHA256SUMS";
/** File that says how to repeat the run. */
export const MANIFEST = "manifest.json";
/** RO-Crate description. */
export const CRATE = "ro-crate-metadata.json";
/** Data Package description. */
export const DATA_PACKAGE = "datapackage.json";
const TABLES = ["data.csv", "data.jsonl", "summary.csv"];

/** One file that lists others. */
interface Listing {
  readonly source: string;
  readonly files: ReadonlyMap<string, Pick<OutputFile, "sha256"> & { readonly bytes?: number }>;
  /** Which files it has to list. */
  readonly covers: (path: string) => boolean;
}

/**
 * Checks hashes, sizes and completeness.
 *
 * @param contents the files of the export
 * @param manifest its manifest, or `null` if that could not be read
 * @param problems receives what is wrong
 */
export function checkListings(contents: ReadonlyMap<string, Uint8Array>, manifest: Manifest | null, problems: Problem[]): void {
  const actual = new Map([...contents].map(([path, bytes]) => [path, describeOutput(path, bytes)]));
  const listings = [sumsListing(contents, actual, problems), manifestListing(manifest), crateListing(contents, problems), packageListing(contents, manifest, problems)].filter((each): each is Listing => each !== null);
  const paths = new Set([...actual.keys(), ...listings.flatMap((listing) => [...listing.files.keys()])]);
  for (const path of paths) checkPath(path, actual.get(path), listings, problems);
}

function checkPath(path: string, found: OutputFile | undefined, listings: readonly Listing[], problems: Problem[]): void {
  const naming = listings.filter((listing) => listing.files.has(path));
  const names = (list: readonly Listing[]) => list.map((listing) => listing.source).join(", ");
  if (found === undefined) return void problems.push({ file: path, message: `missing, but listed in ${names(naming)}` });
  const wrong = naming.filter((listing) => !agrees(listing, path, found));
  const silent = listings.filter((listing) => listing.covers(path) && !listing.files.has(path));
  if (naming.length === 0) {
    if (silent.length > 0) problems.push({ file: path, message: `not listed in ${names(silent)}: it does not belong to the export` });
    return;
  }
  if (wrong.length === naming.length) {
    const claimed = wrong[0].files.get(path);
    problems.push({ file: path, message: `changed: its SHA-256 or size is not the one in ${names(wrong)}`, expected: claimed?.sha256, got: found.sha256 });
  } else {
    for (const listing of wrong) problems.push({ file: listing.source, message: `wrong SHA-256 or size for ${path}`, expected: found.sha256, got: listing.files.get(path)?.sha256 });
  }
  for (const listing of silent) problems.push({ file: listing.source, message: `does not list ${path}` });
}

function agrees(listing: Listing, path: string, found: OutputFile): boolean {
  const claimed = listing.files.get(path);
  return claimed?.sha256 === found.sha256 && (claimed.bytes === undefined || claimed.bytes === found.bytes);
}

/** SHA256SUMS must moreover be exactly the text that the other files give, so that no byte of it is free either. */
function sumsListing(contents: ReadonlyMap<string, Uint8Array>, actual: ReadonlyMap<string, OutputFile>, problems: Problem[]): Listing | null {
  const bytes = contents.get(SUMS);
  if (bytes === undefined) return problems.push({ file: SUMS, message: "missing" }), null;
  const lines = Buffer.from(bytes).toString("utf8").split("\n");
  const files = new Map<string, { sha256: string }>();
  lines.forEach((line, index) => {
    const match = /^([0-9a-f]{64}) {2}(.+)$/.exec(line);
    if (match) files.set(match[2], { sha256: match[1] });
    else if (index < lines.length - 1 || line !== "") problems.push({ file: SUMS, message: `line ${index + 1} is not a hash, two spaces and a path`, got: line });
  });
  const listed = [...files].map(([path, { sha256 }]) => ({ path, sha256, bytes: 0 }));
  if (!Buffer.from(sumsText(listed)).equals(bytes)) problems.push({ file: SUMS, message: "not written as an export writes it (order, line ends, spaces or repeated lines)" });
  return { source: SUMS, files, covers: (path) => path !== SUMS && actual.has(path) };
}

function manifestListing(manifest: Manifest | null): Listing | null {
  return manifest && { source: MANIFEST, files: byPath(manifest.outputs), covers: (path) => ![SUMS, CRATE, MANIFEST].includes(path) };
}

function crateListing(contents: ReadonlyMap<string, Uint8Array>, problems: Problem[]): Listing | null {
  const crate = readJson(CRATE, contents, problems);
  if (crate === null) return null;
  const graph = Array.isArray(crate["@graph"]) ? (crate["@graph"] as readonly Record<string, unknown>[]) : [];
  const entities = graph.filter((entity) => entity?.["@type"] === "File" && !String(entity["@id"]).startsWith("#"));
  const files = byPath(entities.map((entity) => ({ path: String(entity["@id"]), sha256: String(entity.sha256), bytes: Number(entity.contentSize) })));
  return { source: CRATE, files, covers: (path) => ![SUMS, CRATE].includes(path) };
}

function packageListing(contents: ReadonlyMap<string, Uint8Array>, manifest: Manifest | null, problems: Problem[]): Listing | null {
  const pack = readJson(DATA_PACKAGE, contents, problems);
  if (pack === null) return null;
  if (manifest && pack.name !== manifest.experiment) problems.push({ file: DATA_PACKAGE, message: "names another experiment than the manifest", expected: manifest.experiment, got: pack.name });
  const resources = Array.isArray(pack.resources) ? (pack.resources as readonly Record<string, unknown>[]) : [];
  const files = byPath(resources.map((each) => ({ path: String(each?.path), sha256: String(each?.hash).replace(/^sha256:/, ""), bytes: Number(each?.bytes) })));
  return { source: DATA_PACKAGE, files, covers: (path) => TABLES.includes(path) };
}

function byPath(files: readonly OutputFile[]): Map<string, OutputFile> {
  return new Map(files.map((file) => [file.path, file]));
}

function readJson(path: string, contents: ReadonlyMap<string, Uint8Array>, problems: Problem[]): Record<string, unknown> | null {
  const bytes = contents.get(path);
  if (bytes === undefined) return problems.push({ file: path, message: "missing" }), null;
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below, as for any other value that is no object.
  }
  problems.push({ file: path, message: "is not a JSON object" });
  return null;
}
