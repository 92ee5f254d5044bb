/** The command line of the workbook: `npm start`, `npm test` and the rest end here. Results on standard output, progress on standard error. */
import { Command, InvalidArgumentError, Option } from "commander";
import { existsSync } from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { OverlayLabError, ParameterError } from "../errors";
import { bitExact } from "./bit-exact";
import { accept } from "./accept";
import { runBenchmarks } from "./bench-command";
import { describeFindings, examine } from "./doctor";
import { openLab } from "./jupyter";
import { writeKernelSpec } from "./kernel-spec";
import { describeStart, start, type StartOptions, type Variant } from "./start";
import { openTerminal, type Terminal } from "./terminal";
import { runTests } from "./test-command";
import { verifyFolders } from "./verify-command";

interface RunFlags {
  readonly full?: boolean;
  readonly seed?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly variant: Variant;
  readonly pdf: boolean;
  readonly timeout: number;
}

/**
 * Runs one command; sets the exit code: 0 done, 1 something failed, 2 the command line was wrong.
 *
 * @param args what the reader typed after the program's name
 * @param root root folder of the workbook
 */
export async function main(args: readonly string[], root: string): Promise<void> {
  const program = buildProgram(root);
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof OverlayLabError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error instanceof ParameterError ? 2 : 1;
  }
}

function buildProgram(root: string): Command {
  const program = new Command("overlay-lab").description("The executable textbook of overlay, peer-to-peer and content-distribution networks.");
  program.configureOutput({ writeErr: (text) => void process.stderr.write(text) }).exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : 2);
  });
  addStart(program, root);
  addNotebook(program, root);
  addReaderCommands(program, root);
  addDeveloperCommands(program, root);
  return program;
}

function runOptions(command: Command): Command {
  return command
    .option("--full", "replications for publication instead of for the classroom")
    .option("--seed <n>", "seed for every notebook that draws at random", wholeNumber)
    .option("--json", "print the result as JSON")
    .option("--quiet", "no progress")
    .addOption(new Option("--variant <name>", "which handout").choices(["student", "solution", "lecture"]).default("student"))
    .option("--no-pdf", "write pages only")
    .option("--timeout <seconds>", "time a notebook may take", atLeastOne, 120);
}

function addStart(program: Command, root: string): void {
  runOptions(program.command("start").description("run what changed; write handouts, exports and claims"))
    .option("--all", "run every notebook, also those whose last run still holds")
    .option("--only <glob>", "only notebooks whose path matches", "")
    .option("--jobs <n>", "notebooks run side by side", atLeastOne)
    .action(async (flags: RunFlags & { all?: boolean; only: string; jobs?: number }) => {
      const options = { ...commonOptions(flags, commandOf("npm start", flags, root)), all: flags.all ?? false, only: flags.only, jobs: flags.jobs, outFolder: "build" };
      await runAndReport(root, options, flags);
    });
}

function addNotebook(program: Command, root: string): void {
  runOptions(program.command("notebook").description("run one notebook with parameters of your own; its handout goes to build/runs/"))
    .argument("<path>", "path of the notebook")
    .option("-p, --parameter <name=value>", "value of a parameter; may be repeated", collectParameter, {})
    .action(async (given: string, flags: RunFlags & { parameter: Record<string, string> }) => {
      const path = notebookPath(root, given);
      const name = path.replace(/^notebooks\//, "").replace(/\.ipynb$/, "").replace(/\//g, "--");
      const command = commandOf(`npm run notebook -- ${path}`, flags, root, Object.entries(flags.parameter).flatMap(([key, value]) => ["-p", `${key}=${value}`]));
      await runAndReport(root, { ...commonOptions(flags, command), all: true, only: path, parameters: flags.parameter, outFolder: join("build", "runs", name) }, flags);
    });
}

function addReaderCommands(program: Command, root: string): void {
  program
    .command("lab")
    .description("open the notebooks in JupyterLab, Notebook 7 or classic Notebook")
    .argument("[arguments...]", "arguments for Jupyter, after --")
    .allowUnknownOption()
    .action(async (extra: string[]) => {
      process.exitCode = await openLab(root, writeKernelSpec(root), extra);
    });
  program
    .command("doctor")
    .description("every prerequisite, its state, its fix")
    .option("--json", "print the findings as JSON")
    .action(async (flags: { json?: boolean }) => {
      const findings = await examine(root);
      process.stdout.write(flags.json ? `${JSON.stringify(findings, null, 2)}\n` : `${describeFindings(findings, openTerminal({}))}\n`);
      if (findings.some((finding) => finding.needed && !finding.ok)) process.exitCode = 1;
    });
  program
    .command("verify")
    .description("run exported experiments again and compare every number and byte")
    .argument("<folders...>", "folders of exports")
    .option("--no-rerun", "compare the recorded hashes only")
    .option("--json", "print the findings as JSON")
    .action(async (folders: string[], flags: { rerun: boolean; json?: boolean }) => {
      const resolved = folders.map((folder) => callerPath(root, folder));
      if (!(await verifyFolders(resolved, flags))) process.exitCode = 1;
    });
}

function addDeveloperCommands(program: Command, root: string): void {
  program
    .command("test")
    .description("run the tests")
    .argument("[filters...]", "parts of test paths")
    .action(async (filters: string[]) => {
      const counts = await runTests(root, filters);
      process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
      if (counts.failed > 0) process.exitCode = 1;
    });
  program
    .command("accept")
    .description("run the notebooks and store them executed, in canonical form, in notebooks/")
    .option("--only <glob>", "only notebooks whose path matches", "")
    .action(async (flags: { only: string }) => {
      const written = await accept(root, flags.only, openTerminal({}));
      process.stdout.write(written.length === 0 ? "Every notebook is already canonical.\n" : `Stored ${written.join(", ")}\n`);
    });
  program
    .command("bench")
    .description("run the benchmarks; ratios against a bound or a named peer")
    .argument("[filters...]", "parts of benchmark paths; none runs all")
    .option("--full", "run at the size of the stated targets, too: averaging over 10^6 nodes instead of 10^5, some 40 seconds", false)
    .action((filters: string[], flags: { full: boolean }) => {
      if (!runBenchmarks(root, filters, flags.full)) process.exitCode = 1;
    });
  program
    .command("bit-exact")
    .description("run the quick experiments on Node 20, 22, 24 and 26 and compare the hashes")
    .action(() => {
      const report = bitExact({ root, log: openTerminal({}).progress });
      process.stdout.write(`${report.text}\n`);
      if (!report.ok) process.exitCode = 1;
    });
  program
    .command("kernelspec")
    .description("write the Jupyter kernel of this project and print the folder for JUPYTER_PATH")
    .action(() => void process.stdout.write(`${writeKernelSpec(root)}\n`));
  program.command("build").description("install and build only").action(() => undefined);
}

function commonOptions(flags: RunFlags, command: string): Omit<StartOptions, "all" | "only" | "outFolder"> {
  return { mode: flags.full ? "full" : "quick", seed: flags.seed, variant: flags.variant, pdf: flags.pdf, timeoutSeconds: flags.full ? Math.max(flags.timeout, 3600) : flags.timeout, command };
}

async function runAndReport(root: string, options: StartOptions, flags: RunFlags): Promise<void> {
  const terminal: Terminal = openTerminal({ quiet: flags.quiet });
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.on("SIGINT", interrupt);
  const result = await start(root, { ...options, signal: interruption.signal }, terminal).catch((error: unknown) => {
    if (!interruption.signal.aborted) throw error;
    return null;
  });
  process.removeListener("SIGINT", interrupt);
  if (result === null) {
    terminal.problem("Interrupted. What was finished before is as it was; type the same command to go on.");
    process.exitCode = 130;
    return;
  }
  terminal.result(flags.json ? JSON.stringify(result, null, 2) : describeStart(root, result, terminal));
  if (result.rows.some((row) => !row.ok)) process.exitCode = 1;
}

/** The command that repeats a run, as a reader types it: only what changes the result. */
function commandOf(base: string, flags: RunFlags, root: string, extra: readonly string[] = []): string {
  const rest = [...extra, ...(flags.full ? ["--full"] : []), ...(flags.seed === undefined ? [] : ["--seed", String(flags.seed)]), ...(flags.variant === "student" ? [] : ["--variant", flags.variant])];
  if (rest.length === 0) return base;
  const words = rest.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`)).join(" ").split(root + sep).join("");
  return base.includes(" -- ") ? `${base} ${words}` : `${base} -- ${words}`;
}

/** npm starts a script in the root folder; a path is meant from where the reader stands. */
function callerPath(root: string, path: string): string {
  const fromCaller = resolve(process.env.INIT_CWD ?? process.cwd(), path);
  return isAbsolute(path) || existsSync(fromCaller) ? fromCaller : join(root, path);
}

function notebookPath(root: string, given: string): string {
  const path = relative(root, callerPath(root, given)).split(sep).join("/");
  if (path.startsWith("notebooks/") && path.endsWith(".ipynb") && existsSync(join(root, path))) return path;
  throw new ParameterError({ what: "no such notebook", got: given, expected: "a path like notebooks/K2.5-p2p-file-distribution/p2p-file-distribution.ipynb", where: "argument path" });
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError("Expected a whole number >= 0.");
}

function atLeastOne(text: string): number {
  const value = wholeNumber(text);
  if (value >= 1) return value;
  throw new InvalidArgumentError("Expected a whole number >= 1.");
}

function collectParameter(text: string, previous: Record<string, string>): Record<string, string> {
  const split = text.indexOf("=");
  if (split < 1) throw new InvalidArgumentError("Expected name=value.");
  return { ...previous, [text.slice(0, split)]: text.slice(split + 1) };
}
