/** `npm run bench`: compiles the tests and runs the benchmarks beside them, one process after another, so that none disturbs the next. */
import { spawnSync } from "node:child_process";
import { join, relative } from "node:path";
import { compileTests, filesEndingWith } from "./test-command";

/**
 * Runs the benchmarks.
 *
 * @param root root folder of the workbook
 * @param filters parts of benchmark paths; none runs all
 * @param full whether the benchmarks run at the size of the stated targets where that takes long; they see it as the argument `--full`
 * @returns whether all of them ran to their end
 */
export function runBenchmarks(root: string, filters: readonly string[], full = false): boolean {
  if (!compileTests(root)) return false;
  const folder = join(root, "build", "test", "bench");
  const files = filesEndingWith(folder, ".bench.js").filter((file) => filters.length === 0 || filters.some((filter) => relative(folder, file).includes(filter)));
  if (files.length === 0) process.stderr.write(`No benchmark matches ${filters.join(", ")}.\n`);
  let ok = files.length > 0;
  for (const file of files) {
    process.stdout.write(`\n== ${relative(folder, file).replace(/\.bench\.js$/, "")}\n`);
    ok = spawnSync(process.execPath, ["--enable-source-maps", "--expose-gc", file, ...(full ? ["--full"] : [])], { stdio: "inherit", cwd: root }).status === 0 && ok;
  }
  return ok;
}
