import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readNotebook, serializeNotebook } from "overlay-lab/dist/workbook/notebook-file";
import type { NotebookRun } from "overlay-lab/dist/workbook/notebook-run";
import { ROOT, code, notebookOf, run } from "./notebook-builder";

function textOf(result: NotebookRun, cell: number): string {
  return (result.executed.cells[cell].outputs ?? []).map((output) => (output.output_type === "stream" ? output.text : "")).join("");
}

/** Runs a notebook that must fail and checks where. */
async function failing(cells: Parameters<typeof notebookOf>, expected: { name: string | RegExp; cell: number; line?: number | null; message?: RegExp }, options = {}): Promise<NotebookRun> {
  const result = await run(notebookOf(...cells), options);
  assert.equal(result.ok, false, "the notebook must fail");
  const failure = result.failure;
  assert.ok(failure);
  assert.match(failure.name, typeof expected.name === "string" ? new RegExp(`^${expected.name}$`) : expected.name);
  assert.equal(failure.cellIndex, expected.cell, failure.message);
  assert.equal(failure.cellId, `c${expected.cell + 1}`);
  assert.equal(failure.cellNumber, expected.cell + 1);
  if (expected.line !== undefined) assert.equal(failure.line, expected.line, failure.traceback.join("\n"));
  if (expected.message) assert.match(failure.message, expected.message);
  return result;
}

describe("running a notebook", { concurrency: 2 }, () => {
  test("a notebook runs from top to bottom, keeps declarations between cells and imports the library", async () => {
    const result = await run(notebookOf('import { formatNumber } from "overlay-lab";\nconst a = 40;', "let b: number = a + 2;\nconsole.log(formatNumber(b));", "b * 2", '"text"', "null"));
    assert.equal(result.failure, null);
    assert.equal(result.ok, true);
    assert.deepEqual(result.cells.map(({ state }) => state), ["ran", "ran", "ran", "ran", "ran"]);
    assert.equal(textOf(result, 1), "42\n");
    assert.deepEqual(result.executed.cells.map((cell) => cell.execution_count), [1, 2, 3, 4, 5]);
    assert.deepEqual(result.executed.cells[2].outputs, [{ data: { "text/plain": "84" }, execution_count: 3, metadata: {}, output_type: "execute_result" }]);
    assert.deepEqual(result.executed.cells[3].outputs?.[0], { data: { "text/plain": "text" }, execution_count: 4, metadata: {}, output_type: "execute_result" });
    assert.deepEqual(result.executed.cells[4].outputs, []);
  });

  test("a notebook without code, and cells without statements, run", async () => {
    assert.equal((await run(notebookOf({ cell_type: "markdown", id: "m", metadata: {}, source: "# Title" }))).ok, true);
    const result = await run(notebookOf("", "// only a comment"));
    assert.equal(result.ok, true);
  });

  test("both streams are kept in order, however they are written", async () => {
    const result = await run(notebookOf('console.log("one");\nprocess.stdout.write("two ");\nconsole.error("three");\nprocess.stdout.write(Buffer.from("넷"));\nconst end = 1;'));
    assert.deepEqual(result.executed.cells[0].outputs?.map((output) => output.output_type === "stream" && [output.name, output.text]), [["stdout", "one\ntwo "], ["stderr", "three\n"], ["stdout", "넷"]]);
  });

  test("a type error fails the cell before it runs, with its line, and later cells do not run", async () => {
    const result = await failing(['console.log("first");', '\nconst text: string = 3;\nconsole.log("never");', 'console.log("never");'], { name: "TypeScript", cell: 1, line: 2, message: /not assignable/ });
    assert.deepEqual(result.cells.map(({ state }) => state), ["ran", "failed", "not run"]);
    assert.equal(textOf(result, 0), "first\n");
    assert.equal(textOf(result, 1), "");
    assert.deepEqual(result.executed.cells.map((cell) => cell.execution_count), [1, 2, null]);
    assert.match(result.failure?.source ?? "", /const text/);
  });

  test("a throw fails the cell with the line of the cell, also through the library", async () => {
    await failing(["interface A {\n  a: number;\n}\n\nconst a: A = { a: 1 };\nif (a) {\n  throw new RangeError('한국어');\n}"], { name: "RangeError", cell: 0, line: 7, message: /한국어/ });
    const result = await failing(['import { checkNumber } from "overlay-lab";\n\ncheckNumber("peers", -1, { min: 0 });'], { name: "ParameterError", cell: 0, line: 3, message: /peers/ });
    assert.doesNotMatch(JSON.stringify(result.executed), new RegExp(ROOT));
  });

  test("a rejection that nobody handles fails the notebook, at once or while a later cell runs", async () => {
    await failing(["const x = 1;\nvoid Promise.reject(new Error('forgotten'));", "x"], { name: "UnhandledRejection", cell: 0, line: 2, message: /forgotten/ });
    const late = "async function later() {\n  await new Promise((done) => setTimeout(done, 30));\n  throw new Error('late');\n}\nvoid later();";
    await failing([late, "await new Promise((done) => setTimeout(done, 200));", "1"], { name: "UnhandledRejection", cell: 0, line: 3, message: /late/ });
  });

  test("a rejection after the last cell fails the notebook", async () => {
    await failing(["void (async () => {\n  await new Promise((done) => setTimeout(done, 100));\n  throw new Error('after the end');\n})();"], { name: "UnhandledRejection", cell: 0, message: /after the end/ });
  });

  test("a throw from a timer fails the notebook", async () => {
    await failing(["setTimeout(() => {\n  throw new Error('tick');\n}, 50);", "1 + 1"], { name: "LateError", cell: 0, line: 2, message: /tick/ });
  });

  test("work that is still running after the last cell fails the notebook", async () => {
    await failing(["void setInterval(() => undefined, 20);"], { name: "LeftoverWork", cell: 0, message: /Timeout/ });
  });

  test("process.exit fails the notebook, even when its error is caught", async () => {
    await failing(["process.exit(0);"], { name: "ProcessExit", cell: 0, line: 1 });
    await failing(["try {\n  process.exit(0);\n} catch {}"], { name: "ProcessExit", cell: 0, line: 2 });
  });

  test("a process that dies fails the cell that ran", async () => {
    await failing(["1", "process.kill(process.pid, 'SIGKILL');\nwhile (true) {}"], { name: "ProcessDied", cell: 1, message: /SIGKILL/ });
  });

  test("a forgotten await at the end of a cell fails it", async () => {
    await failing(["Promise.resolve(3)"], { name: "MissingAwait", cell: 0 });
    await failing(['import { show } from "overlay-lab";\nconst table = { name: "t", columns: [], rows: [] };\nconst f = { id: "f", title: "", lookFor: "", caption: "", alt: "", table, plotly: { data: [], layout: {} }, width: 1, height: 1 };\nvoid show(f);\n0'], { name: "MissingAwait", cell: 0 }, { renderSvg: () => new Promise(() => undefined) });
  });

  test("a cell that would not run at all fails: browser cells, and modules with errors", async () => {
    await failing(["/** @browser */\n1"], { name: "CellNotRun", cell: 0 });
    await failing(["/** @module broken */\nexport const a: string = 3;"], { name: "TypeScript", cell: 0 });
  });

  test("a notebook that allows errors is refused before it runs", async () => {
    await assert.rejects(run(notebookOf(code("1", "c1", "raises-exception"))), /allows a cell to fail.*raises-exception/);
    await assert.rejects(run({ ...notebookOf("1"), metadata: { "allow-errors": true } }), /allows a cell to fail/);
    await assert.rejects(run({ ...notebookOf("1"), metadata: { execution: { allow_errors: true } } }), /allows a cell to fail/);
  });

  test("a notebook that takes too long is stopped, and what it printed is kept", async () => {
    // Blocked without work, and long enough for a machine that is busy with other tests to get as far as the first line.
    const blocked = 'console.log("before");\nAtomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);';
    const result = await failing([blocked], { name: "TimeLimit", cell: 0, message: /20 s/ }, { timeoutSeconds: 20 });
    assert.equal(textOf(result, 0), "before\n");
  });

  test("a notebook that runs out of heap is reported as such", async () => {
    await failing(["1", "(() => { const rows: unknown[] = []; while (true) rows.push({ a: rows.length, b: [rows.length] }); })()"], { name: "MemoryLimit", cell: 1, message: /256 MiB/ }, { memoryMiB: 256 });
  });

  test("memory outside the heap counts too", { skip: process.platform === "linux" ? false : "the size of a process is read from /proc" }, async () => {
    await failing(["const kept: Uint8Array[] = [];\nfor (let i = 0; i < 40; i++) {\n  kept.push(new Uint8Array(5e7).fill(1));\n  await new Promise((done) => setTimeout(done, 20));\n}"], { name: "MemoryLimit", cell: 0 }, { memoryMiB: 256 });
  });

  test("a cell that prints without end is stopped by the limits", async () => {
    await failing(["for (let i = 0; i < 200000; i++) console.log('line after line');"], { name: "OutputLimit", cell: 0 });
  });

  test("a claim that does not hold fails the notebook and is recorded, even when its error is caught", async () => {
    const source = (measured: string) => `import { claim } from "overlay-lab";\nclaim({ text: "Hops", source: "test", reference: "XX-1", published: 2, tolerance: 0.1, measured: ${measured} });`;
    const good = await run(notebookOf(source("2.1")));
    assert.equal(good.failure, null);
    assert.deepEqual(good.claims.map(({ notebook, reference, holds }) => ({ notebook, reference, holds })), [{ notebook: "notebooks/test.ipynb", reference: "XX-1", holds: true }]);
    const bad = await failing([source("3")], { name: "ClaimError", cell: 0, line: 2 });
    assert.equal(bad.claims.length, 1);
    assert.equal(bad.claims[0].holds, false);
    assert.equal(bad.executed.cells[0].outputs?.[0].output_type, "display_data");
    await failing([source("3").replace("claim({", "try { claim({").replace("});", "}); } catch {}")], { name: "ClaimError", cell: 0 });
  });

  test("figures are drawn by the caller, and their SVG stands in the output", async () => {
    const source = 'import { show } from "overlay-lab";\nconst table = { name: "t", columns: [{ name: "x", type: "number" as const }], rows: [{ x: 1 }] };\nawait show({ id: "f", title: "T", lookFor: "", caption: "", alt: "A", table, plotly: { data: [], layout: {} }, width: 10, height: 10 });';
    const drawn = await run(notebookOf(source), { renderSvg: async (figure) => `<svg viewBox="0 0 9 9"><title id="${figure.id}-title">T</title></svg>` });
    assert.equal(drawn.failure, null);
    assert.match(JSON.stringify(drawn.executed), /<svg viewBox=\\"0 0 9 9\\"><title id=\\"f-title\\">T/);
    await failing([source], { name: "Error", cell: 0, message: /no browser left/ }, { renderSvg: async () => { throw new Error("no browser left"); } });
  });

  test("a stored script fails the cell that wrote it", async () => {
    const result = await failing(["1", 'import { display } from "tslab";\ndisplay.html("<b>x</b><script>alert(1)</script>");'], { name: "NotebookError", cell: 1, message: /script/ });
    assert.deepEqual(result.executed.cells[1].outputs, []);
  });

  test("parameters and seed override the notebook, and the injected cell shows what ran", async () => {
    const notebook = notebookOf(code("const peers = 5; // how many\nconst seed = 1;", "p", "parameters"), code("if (peers === 5) console.log('unchanged');\nconsole.log(peers, seed);", "c2"));
    const result = await run(notebook, { parameters: { peers: "500" }, seed: 7 });
    assert.equal(result.failure, null);
    assert.equal(textOf(result, 2), "500 7\n");
    assert.match(result.executed.cells[1].source, /const peers: number = 500;\nconst seed: number = 7;/);
    await assert.rejects(run(notebookOf("1"), { seed: 3 }), /unknown parameter seed/);
  });

  test("Math.random in a cell fails it, because no two runs would agree", async () => {
    await failing(["const x = [1, 2].map(() => 1);\nconst draw = Math.random();"], { name: "NotReproducible", cell: 0, line: 2 });
  });

  test("the same notebook gives the same bytes twice, whatever the surroundings", async () => {
    const notebook = readNotebook(`${ROOT}/test/fixtures/notebooks/nested/folder/determinism.ipynb`);
    const first = await run(notebook);
    process.env.FORCE_COLOR = "3";
    process.env.TZ = "Asia/Seoul";
    const second = await run(notebook).finally(() => {
      delete process.env.FORCE_COLOR;
      delete process.env.TZ;
    });
    assert.equal(first.failure, null);
    const bytes = serializeNotebook(first.executed);
    assert.equal(serializeNotebook(second.executed), bytes);
    assert.doesNotMatch(bytes, new RegExp(ROOT.replace(/[.]/g, "\\.")));
    assert.match(bytes, /root is \.\/lib/);
  });

  test("a run can be cancelled", async () => {
    const controller = new AbortController();
    const running = run(notebookOf("while (true) {}"), { signal: controller.signal, onProgress: (progress) => progress.kind === "cell" && controller.abort() });
    assert.equal((await running).failure?.name, "Cancelled");
  });
});
