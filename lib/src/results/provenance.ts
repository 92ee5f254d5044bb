/** Where a result comes from: code, commit, versions, command. Works without git and outside a clone; what is not known is `null`. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { basename, isAbsolute, join, relative, resolve, sep } from "node:path";
import { StorageError } from "../errors";

/** An input file of a run. */
export interface InputFile {
  /** Path relative to the workbook's root, with "/"; of a file elsewhere on the machine only its name, so that no export tells where. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Where a result comes from. */
export interface Provenance {
  /** Hash of the library's compiled code. */
  readonly codeVersion: string;
  /** Git commit, or `null` outside a clone. */
  readonly commit: string | null;
  /** Whether tracked files differ from the commit, or untracked ones exist; `null` outside a clone. */
  readonly dirty: boolean | null;
  /** Day of the commit (or of SOURCE_DATE_EPOCH), YYYY-MM-DD in UTC; never the day of the run. */
  readonly date: string | null;
  /** Versions of node, v8, platform and packages, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** The command that reproduces the result. */
  readonly command: string;
  readonly lockfileSha256: string | null;
  readonly inputs: readonly InputFile[];
}

const PACKAGES = ["@noble/hashes", "jstat", "overlay-lab", "papaparse", "plotly.js-dist", "simple-statistics"];

/**
 * Gathers the provenance of results made by this process.
 *
 * @param root folder of the workbook
 * @param command the command that reproduces the result, as a user types it
 * @param inputs paths of the input files, relative to the root or absolute
 * @throws StorageError when an input cannot be read
 */
export function gatherProvenance(root: string, command: string, inputs: readonly string[] = []): Provenance {
  const commit = git(root, ["rev-parse", "HEAD"]);
  const status = commit === null ? null : git(root, ["status", "--porcelain"]);
  return {
    codeVersion: codeVersion(),
    commit,
    dirty: status === null ? null : status !== "",
    date: dateOf(root, commit),
    versions: gatherVersions(root),
    command,
    lockfileSha256: hashIfPresent(join(root, "package-lock.json")),
    inputs: [...new Set(inputs)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map((path) => describeInput(root, path)),
  };
}

/**
 * The hash of the library's code: as the build recorded it in `build-info.json`, or else of the compiled files themselves.
 *
 * @param folder the library's compiled code; this library's own by default
 */
export function codeVersion(folder: string = join(__dirname, "..")): string {
  try {
    const info = JSON.parse(readFileSync(join(folder, "build-info.json"), "utf8")) as { codeVersion?: unknown };
    if (typeof info.codeVersion === "string" && /^[0-9a-f]{64}$/.test(info.codeVersion)) return info.codeVersion;
  } catch {
    // No build record, or a damaged one: the files speak for themselves.
  }
  const hash = createHash("sha256");
  for (const path of scriptsIn(folder)) {
    const content = readFileSync(path);
    hash.update(`${relative(folder, path).split(sep).join("/")}\n${content.length}\n`).update(content);
  }
  return hash.digest("hex");
}

function scriptsIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? scriptsIn(path) : entry.name.endsWith(".js") ? [path] : [];
  });
}

/** The versions that could matter to a number or a figure. */
export function gatherVersions(root: string): Readonly<Record<string, string>> {
  const versions: Record<string, string> = { node: process.versions.node, v8: process.versions.v8, platform: `${process.platform}-${process.arch}` };
  for (const name of PACKAGES) {
    const version = packageVersion(root, name);
    if (version !== null) versions[name] = version;
  }
  return versions;
}

function packageVersion(root: string, name: string): string | null {
  try {
    return (JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8")) as { version: string }).version;
  } catch {
    return null;
  }
}

/** Runs git quietly; `null` where there is no git or no clone. A clone of another project around this folder does not count. */
function git(root: string, args: readonly string[]): string | null {
  try {
    const run = (more: readonly string[]) => execFileSync("git", ["-C", root, ...more], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 20_000 }).trim();
    if (run(["rev-parse", "--show-prefix"]) !== "") return null;
    return run(args);
  } catch {
    return null;
  }
}

function dateOf(root: string, commit: string | null): string | null {
  const epoch = process.env.SOURCE_DATE_EPOCH;
  const seconds = epoch !== undefined && /^[0-9]{1,11}$/.test(epoch) ? epoch : commit === null ? null : git(root, ["show", "-s", "--format=%ct", "HEAD"]);
  return seconds === null ? null : new Date(Number(seconds) * 1000).toISOString().slice(0, 10);
}

function describeInput(root: string, path: string): InputFile {
  const full = resolve(root, path);
  const fromRoot = relative(resolve(root), full);
  const outside = fromRoot.startsWith("..") || isAbsolute(fromRoot);
  const sha256 = hashIfPresent(full);
  if (sha256 === null) throw new StorageError({ what: "cannot read input", got: path, expected: "a file", where: root });
  return { path: outside ? basename(full) : fromRoot.split(sep).join("/"), sha256, bytes: statSync(full).size };
}

function hashIfPresent(path: string): string | null {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    return null;
  }
}
