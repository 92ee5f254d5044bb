import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { writeKernelSpec } from "overlay-lab/dist/workbook/kernel-spec";
import type { NotebookCell } from "overlay-lab/dist/workbook/notebook-file";
import { ROOT, code, notebookOf } from "./notebook-builder";

/** A Python that has nbclient, or `null`. */
const PYTHON = ["python3", "/usr/bin/python3"].find((python) => spawnSync(python, ["-c", "import nbclient, nbformat, jupyter_client"]).status === 0) ?? null;
// Continuous integration installs Jupyter; a missing one must be seen there.
const SKIP = PYTHON === null && process.env.CI !== "true" ? "Jupyter (python3 with nbclient) is not installed" : false;

interface Reply {
  readonly status: string;
  readonly execution_count: number;
  readonly ename?: string;
}
interface StoredOutput {
  readonly output_type: string;
  readonly text?: string;
  readonly ename?: string;
  readonly traceback?: readonly string[];
  readonly data?: Record<string, unknown>;
}
interface Driven {
  readonly failure: { readonly ename: string; readonly evalue: string } | null;
  readonly cells: readonly { readonly execution_count: number | null; readonly outputs: readonly StoredOutput[] }[];
  readonly answers: readonly (readonly Reply[])[];
  readonly alive: boolean;
}

async function drive(mode: "notebook" | "requests", job: unknown): Promise<Driven> {
  assert.ok(PYTHON, "python3 with nbclient is needed");
  const folder = mkdtempSync(join(tmpdir(), "kernel-test-"));
  const nested = join(folder, "deep", "er");
  mkdirSync(nested, { recursive: true });
  const env = { ...process.env, JUPYTER_PATH: writeKernelSpec(ROOT), JUPYTER_RUNTIME_DIR: join(folder, "runtime"), IPYTHONDIR: join(folder, "ipython"), PYTHONWARNINGS: "ignore" };
  const child = spawn(PYTHON, [join(ROOT, "test", "fixtures", "drive-kernel.py"), mode, nested], { env, stdio: ["pipe", "pipe", "pipe"] });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  child.stdin.end(JSON.stringify(job));
  const status = await new Promise((resolve) => child.on("close", resolve));
  rmSync(folder, { recursive: true, force: true });
  assert.equal(status, 0, err);
  return JSON.parse(out) as Driven;
}

function execute(...cells: (string | NotebookCell)[]): Promise<Driven> {
  return drive("notebook", notebookOf(...cells));
}

describe("the kernel in Jupyter", { skip: SKIP, concurrency: 2 }, () => {
  test("runs a notebook in any folder with imports, execution counts, results and several forms of one display", async () => {
    const driven = await execute('import { claim } from "overlay-lab";\nconsole.log("안녕");', 'claim({ text: "One", source: "s", exact: 1, tolerance: "exact", measured: 1 }); true', "await (async () => 3)()");
    assert.equal(driven.failure, null);
    assert.deepEqual(driven.cells.map((cell) => cell.execution_count), [1, 2, 3]);
    assert.deepEqual(driven.cells[0].outputs, [{ output_type: "stream", name: "stdout", text: "안녕\n" }]);
    assert.deepEqual(Object.keys(driven.cells[1].outputs[0].data ?? {}).sort(), ["application/vnd.overlay-lab.claim+json", "text/html", "text/plain"]);
    assert.deepEqual(driven.cells[2].outputs, [{ output_type: "execute_result", data: { "text/plain": "3" }, execution_count: 3, metadata: {} }]);
  });

  test("a failing cell is an error with name, message and line, and stops the notebook", async () => {
    const driven = await execute("1", "const peers = 3;\nthrow new RangeError('너무 많다');", "console.log('never')");
    assert.deepEqual(driven.failure, { ename: "RangeError", evalue: "너무 많다" });
    assert.match(driven.cells[1].outputs[0].traceback?.join("\n") ?? "", /in cell 2, line 2/);
    assert.deepEqual(driven.cells[2].outputs, []);
  });

  test("a type error is an error", async () => {
    assert.equal((await execute("const x: string = 3;")).failure?.ename, "TypeScript");
  });

  test("after a cell that may fail the next cells run", async () => {
    const driven = await execute(code("throw new Error('expected');", "c1", "raises-exception"), "console.log('after');", "40 + 2");
    assert.equal(driven.failure, null);
    assert.equal(driven.cells[0].outputs[0].output_type, "error");
    assert.equal(driven.cells[1].outputs[0].text, "after\n");
    assert.deepEqual(driven.cells.map((cell) => cell.execution_count), [1, 2, 3]);
  });

  test("a rejection that nobody handles fails its cell", async () => {
    assert.equal((await execute("void Promise.reject(new Error('forgotten'));\nconst x = 1;")).failure?.ename, "UnhandledRejection");
  });

  test("process.exit does not end the kernel", async () => {
    const driven = await execute(code("process.exit(1);", "c1", "raises-exception"), "console.log('alive');");
    assert.equal(driven.failure, null);
    assert.equal(driven.cells[0].outputs[0].ename, "ProcessExit");
    assert.equal(driven.cells[1].outputs[0].text, "alive\n");
  });

  test("requests sent together with a failing one are aborted, later ones run, and the kernel ends when asked", async () => {
    const driven = await drive("requests", [["1", "throw new Error('x');", "2", "3"], ["4", "void setInterval(() => undefined, 50);"]]);
    assert.deepEqual(driven.answers.map((burst) => burst.map(({ status }) => status)), [["ok", "error", "aborted", "aborted"], ["ok", "ok"]]);
    assert.equal(driven.answers[0][1].ename, "Error");
    assert.deepEqual(driven.answers[1].map((reply) => reply.execution_count), [3, 4]);
    assert.equal(driven.alive, false);
  });
});

test("the kernel is registered below build/ only, with the Node that runs now", () => {
  const folder = writeKernelSpec(ROOT);
  assert.equal(folder, join(ROOT, "build", "jupyter"));
  const spec = JSON.parse(readFileSync(join(folder, "kernels", "overlay-lab", "kernel.json"), "utf8"));
  assert.equal(spec.argv[0], process.execPath);
  assert.equal(spec.argv[2], "{connection_file}");
  assert.equal(spec.display_name, "TypeScript (Overlay Lab)");
  assert.equal(spec.language, "typescript");
});

test("tslab has the internals that runner and kernel stand on", () => {
  const tslab = require("tslab/package.json") as { version: string };
  assert.equal(tslab.version, "1.0.22", "a new version of tslab: check converter, executor and jupyter against cell-engine.ts and kernel.ts");
  const { ZmqServer, JupyterHandlerImpl } = require("tslab/dist/jupyter");
  for (const name of ["handleExecute", "handleShellMessage", "publishStatus", "init", "close"]) assert.equal(typeof ZmqServer.prototype[name], "function", name);
  assert.equal(typeof JupyterHandlerImpl.prototype.handleKernel, "function");
  assert.equal(require("tslab/dist/jupyter").lastWriteDisplayData, null);
  const { createConverter } = require("tslab/dist/converter");
  const converter = createConverter({ isJS: false, isBrowser: false });
  try {
    const good = converter.convert("", "const a = await Promise.resolve(1);\na");
    assert.deepEqual(good.diagnostics, []);
    assert.equal(good.hasToplevelAwait, true);
    assert.equal(typeof good.output, "string");
    assert.match(good.declOutput, /declare const a: number/);
    assert.equal(good.lastExpressionVar, "tsLastExpr");
    const bad = converter.convert("", "const a: string = 1;");
    assert.equal(bad.diagnostics[0].start.line, 0);
    assert.equal(typeof bad.diagnostics[0].messageText, "string");
    assert.equal(typeof converter.addModule, "function");
    const { createExecutor } = require("tslab/dist/executor");
    const executor = createExecutor(process.cwd(), { node: converter, browser: converter, close() {} }, { log() {}, error() {} });
    for (const name of ["execute", "inspect", "complete", "interrupt", "close"]) assert.equal(typeof executor[name], "function", name);
    assert.equal(require("tslab/dist/metadata").getCodeMetadata("/** @browser */").mode, "browser");
  } finally {
    converter.close();
  }
});
