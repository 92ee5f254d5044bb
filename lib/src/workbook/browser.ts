/**
 * Finds a Chromium and keeps it open for a run. The order: the environment variable OVERLAY_LAB_BROWSER, the browsers of the system, the
 * one packed in an npm package. A candidate counts only when it has really started. Pages are offline: they see files, data and nothing else.
 */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { StorageError } from "../errors";
import { unpackBrowser } from "./browser-package";

/** Where a browser came from. */
export type BrowserSource = "environment" | "system" | "package";

/** A browser that did not serve, and why. */
export interface FailedBrowser {
  readonly source: BrowserSource;
  readonly path: string;
  readonly problem: string;
}

/** A started browser. */
export interface LabBrowser {
  readonly source: BrowserSource;
  readonly path: string;
  /** "156.0.8078.79". */
  readonly version: string;
  /** Opens an offline page in a context of its own; closing the page ends the context. */
  newPage(options?: BrowserContextOptions): Promise<Page>;
  /** Ends the browser and its processes. May be called twice. */
  close(): Promise<void>;
}

/** What the search found: a started browser or `null`, and every candidate that failed before it. */
export interface BrowserSearch {
  readonly browser: LabBrowser | null;
  readonly failed: readonly FailedBrowser[];
}

/** Where to look; the defaults are this process's environment and system. */
export interface BrowserSearchOptions {
  /** Folder for a browser unpacked from its npm package. */
  readonly cacheFolder: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Sources to try (default: all three). */
  readonly sources?: readonly BrowserSource[];
}

interface Candidate {
  readonly source: BrowserSource;
  readonly path: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Name of the environment variable that names a browser program. */
export const BROWSER_VARIABLE = "OVERLAY_LAB_BROWSER";

const START_LIMIT_MS = 30_000;

/** Flags for equal text and equal pixels on every machine, and for silence. */
const FLAGS = [
  "--font-render-hinting=none",
  "--disable-lcd-text",
  "--disable-gpu",
  "--force-color-profile=srgb",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-domain-reliability",
  "--no-default-browser-check",
  "--no-first-run",
  "--no-pings",
  "--host-resolver-rules=MAP * ~NOTFOUND",
];

/**
 * Starts the first browser that works.
 *
 * @throws StorageError when OVERLAY_LAB_BROWSER is set and that browser does not start: a wish is not passed over in silence
 */
export async function openBrowser(options: BrowserSearchOptions): Promise<BrowserSearch> {
  const { cacheFolder, environment = process.env, sources = ["environment", "system", "package"] } = options;
  const failed: FailedBrowser[] = [];
  const wished = environment[BROWSER_VARIABLE];
  if (wished !== undefined && wished !== "" && sources.includes("environment")) {
    const started = await tryStart({ source: "environment", path: wished, environment: {} }, failed);
    if (started) return { browser: started, failed };
    throw new StorageError({ what: `the browser named by ${BROWSER_VARIABLE} does not start`, got: wished, expected: `a Chromium program; ${failed[0].problem}`, where: BROWSER_VARIABLE });
  }
  for (const path of sources.includes("system") ? systemBrowsers(environment) : []) {
    const started = await tryStart({ source: "system", path, environment: {} }, failed);
    if (started) return { browser: started, failed };
  }
  if (!sources.includes("package")) return { browser: null, failed };
  return { browser: await tryPackage(cacheFolder, failed), failed };
}

async function tryPackage(cacheFolder: string, failed: FailedBrowser[]): Promise<LabBrowser | null> {
  try {
    return await tryStart({ source: "package", ...(await unpackBrowser(cacheFolder)) }, failed);
  } catch (error) {
    failed.push({ source: "package", path: "@sparticuz/chromium", problem: (error as Error).message });
    return null;
  }
}

/** Programs of the system that exist, in the order in which they are tried. */
export function systemBrowsers(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): readonly string[] {
  return candidatePaths(environment, platform).filter((path, i, all) => existsSync(path) && all.indexOf(path) === i);
}

function candidatePaths(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly string[] {
  if (platform === "darwin") {
    const programs = ["Google Chrome", "Chromium", "Microsoft Edge", "Brave Browser"].map((name) => `Applications/${name}.app/Contents/MacOS/${name}`);
    return ["/", environment.HOME ?? "/"].flatMap((root) => programs.map((program) => join(root, program)));
  }
  if (platform === "win32") {
    const roots = [environment.PROGRAMFILES, environment["PROGRAMFILES(X86)"], environment.LOCALAPPDATA].filter((root): root is string => root !== undefined);
    return ["Google\\Chrome\\Application\\chrome.exe", "Chromium\\Application\\chrome.exe", "Microsoft\\Edge\\Application\\msedge.exe"].flatMap((program) => roots.map((root) => `${root}\\${program}`));
  }
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "microsoft-edge-stable"];
  const folders = [...(environment.PATH ?? "").split(delimiter).filter((folder) => folder !== ""), "/usr/bin", "/usr/local/bin", "/snap/bin"];
  return [...names.flatMap((name) => folders.map((folder) => join(folder, name))), "/opt/google/chrome/chrome"];
}

async function tryStart(candidate: Candidate, failed: FailedBrowser[]): Promise<LabBrowser | null> {
  const { source, path } = candidate;
  if (!existsSync(path)) {
    failed.push({ source, path, problem: "there is no such file" });
    return null;
  }
  const confined = !isRootOrContainer();
  try {
    return await start(candidate, confined);
  } catch (error) {
    const message = (error as Error).message;
    // The packed browser has no privileged sandbox helper, and some systems forbid any other sandbox. It only ever opens our own offline pages.
    if (source === "package" && confined && /sandbox/i.test(message)) return start(candidate, false).catch((second: Error) => fail(second.message));
    return fail(message);
  }
  function fail(message: string): null {
    failed.push({ source, path, problem: shortProblem(message) });
    return null;
  }
}

async function start(candidate: Candidate, sandbox: boolean): Promise<LabBrowser> {
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({
    executablePath: candidate.path,
    headless: true,
    args: FLAGS,
    chromiumSandbox: sandbox,
    timeout: START_LIMIT_MS,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    env: { ...definedOnly(process.env), ...candidate.environment },
  });
  const release = closeOnSignals(browser);
  try {
    const check = await openPage(browser, {});
    await check.setContent("<p>ready</p>");
    await check.context().close();
  } catch (error) {
    release();
    await browser.close().catch(() => undefined);
    throw error;
  }
  const close = (): Promise<void> => {
    release();
    return browser.close();
  };
  return { source: candidate.source, path: candidate.path, version: browser.version(), newPage: (options = {}) => openPage(browser, options), close };
}

/**
 * Closes the browser when the program is told to end, then lets the signal do what it would have done. A program with handlers of its own
 * decides itself when to end. Exit and crash need nothing: the driver ends the browser's processes with the program.
 */
function closeOnSignals(browser: Browser): () => void {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const onSignal = (signal: NodeJS.Signals): void => {
    release();
    const alone = process.listenerCount(signal) === 0;
    void browser.close().catch(() => undefined).then(() => alone && process.kill(process.pid, signal));
  };
  const release = (): void => signals.forEach((signal) => void process.off(signal, onSignal));
  signals.forEach((signal) => void process.on(signal, onSignal));
  return release;
}

/** A page that can reach files, data and blank pages only. */
async function openPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ serviceWorkers: "block", ...options });
  await context.route(/^/, (route) => (/^(file|data|about|blob):/.test(route.request().url()) ? route.continue() : route.abort()));
  await context.routeWebSocket(/^/, (socket) => void socket.close());
  const page = await context.newPage();
  page.on("close", () => void context.close().catch(() => undefined));
  return page;
}

function isRootOrContainer(): boolean {
  return process.getuid?.() === 0 || existsSync("/.dockerenv") || existsSync("/run/.containerenv") || process.env.container !== undefined;
}

function definedOnly(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** The line of a start failure that says why. */
function shortProblem(message: string): string {
  const lines = message.replace(/\u001b\[[0-9;]*m/g, "").split("\n").map((line) => line.trim().replace(/^- /, "")).filter((line) => line !== "");
  const telling = lines.find((line) => /error while loading|cannot open|ENOENT|EACCES|no usable sandbox|not found|exec format|timeout .*exceeded/i.test(line));
  return (telling ?? lines[0] ?? "unknown").slice(0, 200);
}
