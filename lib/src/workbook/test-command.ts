/**
 * `npm test`: compiles the tests, runs each file in its own process with Node's test runner, prints one line per file and every
 * failure in full, and ends with the line `N passed, N failed`.
 */
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { run } from "node:test";

/** Counts of one run. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface TestEvent {
  readonly name: string;
  readonly file?: string;
  readonly nesting: number;
  readonly skip?: string | boolean;
  readonly message?: string;
  readonly details?: { readonly duration_ms?: number; readonly error?: Error & { cause?: unknown }; readonly type?: string };
}

/**
 * Compiles and runs the tests.
 *
 * @param root root folder of the workbook
 * @param filters parts of test paths ("codecs", "laws/"); none runs everything
 * @returns the counts; `failed` is at least 1 when the tests do not compile or no file matches
 */
export async function runTests(root: string, filters: readonly string[]): Promise<TestCounts> {
  const compiled = join(root, "build", "test");
  if (!compileTests(root)) return { passed: 0, failed: 1, skipped: 0 };
  const files = longestFirst(compiled, filesEndingWith(compiled, ".test.js")).filter((file) => filters.length === 0 || filters.some((filter) => relative(compiled, file).includes(filter.split("/").join(sep))));
  if (files.length === 0) {
    process.stderr.write(`No test file matches ${filters.join(", ")}.\n`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  return runFiles(root, compiled, files);
}

/** Folders whose tests start browsers and kernels: begun first, so that none of them is left over for one core at the end. */
const SLOW_FOLDERS = ["workbook", "notebooks", "handouts", "injection", "laws", "results"];

function longestFirst(compiled: string, files: readonly string[]): readonly string[] {
  const rank = (file: string): number => {
    const place = SLOW_FOLDERS.indexOf(relative(compiled, file).split(sep)[0]);
    return place === -1 ? SLOW_FOLDERS.length : place;
  };
  return [...files].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** Runs compiled test files and reports as they finish. */
async function runFiles(root: string, compiled: string, files: readonly string[]): Promise<TestCounts> {
  process.env.NODE_OPTIONS = [process.env.NODE_OPTIONS, "--enable-source-maps"].filter(Boolean).join(" ");
  let passed = 0;
  let failed = 0;
  const skipped: string[] = [];
  const perFile = new Map<string, { tests: number; milliseconds: number }>();
  // One more than there are cores: a test that starts a browser or a kernel waits a good part of its time.
  const stream = run({ files: [...files], concurrency: availableParallelism() + 1 });
  // With source maps an event names the .ts file, otherwise the compiled one.
  const label = (event: TestEvent) => (event.file ?? event.name).replace(compiled + sep, "").replace(join(root, "test") + sep, "").replace(/\.test\.[jt]s$/, "");
  for await (const { type, data } of stream as AsyncIterable<{ type: string; data: TestEvent }>) {
    if (type === "test:stderr" || type === "test:stdout") {
      if (type === "test:stderr") process.stderr.write(data.message ?? "");
      continue;
    }
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.details?.type === "suite" || isFileEntry(data, files)) {
      if (type === "test:fail" && isFileEntry(data, files)) {
        failed += 1;
        reportFailure(root, label(data), data);
      }
      continue;
    }
    if (data.skip !== undefined && data.skip !== false) skipped.push(`${label(data)}: ${data.name}${typeof data.skip === "string" ? ` (${data.skip})` : ""}`);
    else if (type === "test:pass") {
      passed += 1;
      const entry = perFile.get(label(data)) ?? { tests: 0, milliseconds: 0 };
      perFile.set(label(data), { tests: entry.tests + 1, milliseconds: entry.milliseconds + (data.details?.duration_ms ?? 0) });
    } else {
      failed += 1;
      reportFailure(root, label(data), data);
    }
  }
  for (const [file, { tests, milliseconds }] of perFile) {
    process.stdout.write(`ok    ${file.padEnd(48)} ${String(tests).padStart(4)} tests ${(milliseconds / 1000).toFixed(1).padStart(6)} s\n`);
  }
  for (const line of skipped) process.stdout.write(`skip  ${line}\n`);
  return { passed, failed, skipped: skipped.length };
}

/** The runner reports a file that crashed, or holds no test, as a test named after the file. */
function isFileEntry(event: TestEvent, files: readonly string[]): boolean {
  return files.includes(event.name);
}

function reportFailure(root: string, file: string, event: TestEvent): void {
  const error = event.details?.error;
  const cause = error?.cause ?? error;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  process.stdout.write(`FAIL  ${file}: ${event.name}\n${text.split(root).join(".").replace(/^/gm, "      ")}\n`);
}

/**
 * Compiles test/ into build/test; says so when it does not compile.
 * @returns whether it compiled
 */
export function compileTests(root: string): boolean {
  removeStaleTests(join(root, "build", "test"), join(root, "test"));
  const compiler = join(root, "node_modules", "@tslab", "typescript-for-tslab", "lib", "tsc.js");
  const built = spawnSync(process.execPath, [compiler, "-b", join(root, "test")], { stdio: ["ignore", 2, 2] });
  if (built.status !== 0) process.stderr.write("The tests do not compile; the messages above name file and line.\n");
  return built.status === 0;
}

/** Every file below a folder with this ending, sorted. */
export function filesEndingWith(folder: string, ending: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesEndingWith(join(folder, entry.name), ending) : [join(folder, entry.name)]))
    .filter((file) => file.endsWith(ending))
    .sort((a, b) => (a < b ? -1 : 1));
}

/** A compiled test whose source is gone would still run. */
function removeStaleTests(compiled: string, source: string): void {
  mkdirSync(compiled, { recursive: true });
  for (const file of filesEndingWith(compiled, ".js")) {
    if (!existsSync(join(source, relative(compiled, file).replace(/\.js$/, ".ts")))) rmSync(file);
  }
}
