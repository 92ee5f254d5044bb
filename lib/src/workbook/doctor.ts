/** `npm run doctor`: every prerequisite of the workbook, its state, and what to type where it is missing. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openBrowser } from "./browser";
import { findJupyter, jupyterInstallCommand } from "./jupyter";
import type { Terminal } from "./terminal";

/** One prerequisite. `needed` things stop `npm start`; the others only cost a feature. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly needed: boolean;
  /** What was found. */
  readonly state: string;
  /** What to do, or "" where nothing is missing. */
  readonly fix: string;
}

/**
 * Examines this computer.
 * @param root root folder of the workbook
 */
export async function examine(root: string): Promise<readonly Finding[]> {
  return [node(), packages(root), library(root), kernelSocket(), await browser(root), jupyter(), git(root)];
}

function node(): Finding {
  return { name: "Node", ok: true, needed: true, state: `${process.version} on ${process.platform} ${process.arch} (needs 20.19 or newer)`, fix: "" };
}

function packages(root: string): Finding {
  const missing = ["tslab", "plotly.js-dist", "simple-statistics", "danfojs-node"].filter((name) => !existsSync(join(root, "node_modules", name)));
  return { name: "packages", ok: missing.length === 0, needed: true, state: missing.length === 0 ? "installed from the lockfile" : `missing: ${missing.join(", ")}`, fix: missing.length === 0 ? "" : "npm ci --ignore-scripts" };
}

function library(root: string): Finding {
  const stamp = join(root, "lib", "dist", "build-info.json");
  const ok = existsSync(stamp);
  const version = ok ? (JSON.parse(readFileSync(stamp, "utf8")) as { codeVersion: string }).codeVersion.slice(0, 12) : "";
  return { name: "library", ok, needed: true, state: ok ? `built, code version ${version}` : "not built", fix: ok ? "" : "npm run build" };
}

/** The Jupyter kernel talks ZeroMQ; its prebuilt addon covers the usual platforms only. */
function kernelSocket(): Finding {
  const tried = spawnSync(process.execPath, ["-e", "require('zeromq')"], { encoding: "utf8" });
  const ok = tried.status === 0;
  return { name: "Jupyter socket", ok, needed: false, state: ok ? "zeromq loads" : (tried.stderr.trim().split("\n").find((line) => line.includes("Error")) ?? "zeromq does not load"), fix: ok ? "" : "npm start works without it; for npm run lab: npm rebuild zeromq" };
}

async function browser(root: string): Promise<Finding> {
  const fix = "install Chromium or Chrome, or set OVERLAY_LAB_BROWSER to one";
  try {
    const search = await openBrowser({ cacheFolder: join(root, "build", "cache", "browser") });
    const found = search.browser;
    await found?.close();
    if (found) return { name: "browser", ok: true, needed: false, state: `Chromium ${found.version} from ${found.source === "package" ? "an npm package" : found.source}: ${found.path}`, fix: "" };
    return { name: "browser", ok: false, needed: false, state: `none starts (${search.failed.map((failed) => failed.path).join(", ")}): figures are live only, no PDF`, fix };
  } catch (error) {
    return { name: "browser", ok: false, needed: false, state: (error as Error).message, fix };
  }
}

function jupyter(): Finding {
  const found = findJupyter();
  if (found) return { name: "Jupyter", ok: true, needed: false, state: `${found.label} ${found.version}`, fix: "" };
  return { name: "Jupyter", ok: false, needed: false, state: "not found: npm run lab needs it, npm start does not", fix: jupyterInstallCommand() };
}

function git(root: string): Finding {
  const tried = spawnSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" });
  const ok = tried.status === 0;
  return { name: "git", ok, needed: false, state: ok ? `at commit ${tried.stdout.trim()}` : "no commit readable: exports say \"unknown\"", fix: ok ? "" : "install git and clone the repository" };
}

/** The findings as a person reads them: a mark, the state, and under a gap what to type. */
export function describeFindings(findings: readonly Finding[], terminal: Terminal): string {
  const width = Math.max(...findings.map((finding) => finding.name.length));
  return findings
    .map(({ name, ok, needed, state, fix }) => {
      const mark = ok ? terminal.good("ok     ") : needed ? terminal.bad("missing") : "absent ";
      return `${mark}  ${name.padEnd(width)}  ${state}${fix === "" ? "" : `\n${" ".repeat(width + 11)}fix: ${fix}`}`;
    })
    .join("\n");
}
