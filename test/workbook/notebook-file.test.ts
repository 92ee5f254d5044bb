import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalNotebook, pathCleaner } from "overlay-lab/dist/workbook/canonical-notebook";
import { NotebookError, parseNotebook, readNotebook, serializeNotebook, sourceKey } from "overlay-lab/dist/workbook/notebook-file";
import type { Notebook, NotebookCell, Output } from "overlay-lab/dist/workbook/notebook-file";
import { code, notebookOf } from "./notebook-builder";

const FILE = { cells: [] as unknown[], metadata: {}, nbformat: 4, nbformat_minor: 5 };
const CELL = { cell_type: "code", id: "a", metadata: {}, source: ["1\n", "2"], execution_count: null, outputs: [] };

function parse(value: unknown): Notebook {
  return parseNotebook(JSON.stringify(value), "n.ipynb");
}

function withOutputs(...outputs: Output[]): Notebook {
  return notebookOf({ ...code("1", "c1"), execution_count: 9, outputs });
}

function canonical(notebook: Notebook): Notebook {
  return canonicalNotebook(notebook, { root: "/home/someone/overlay" });
}

test("lines of a source are joined, and split again when written", () => {
  const notebook = parse({ ...FILE, cells: [CELL] });
  assert.equal(notebook.cells[0].source, "1\n2");
  assert.match(serializeNotebook(notebook), /"source": \[\n {4}"1\\n",\n {4}"2"\n/);
  assert.deepEqual(parseNotebook(serializeNotebook(notebook), "n"), notebook);
});

test("a file that is not a notebook is refused with file, cell, field and fix", () => {
  const refused: [unknown, RegExp][] = [
    [{ ...FILE, nbformat_minor: 4 }, /old notebook format.*4\.4.*format 4\.5.*n\.ipynb/],
    [{ ...FILE, cells: 3 }, /without cells.*field cells/],
    [{ ...FILE, cells: [CELL, { ...CELL, id: "a" }] }, /same id.*"a".*cell 2.*field id/],
    [{ ...FILE, cells: [{ ...CELL, id: undefined }] }, /without a usable id.*cell 1, field id/],
    [{ ...FILE, cells: [{ ...CELL, id: "two words" }] }, /without a usable id/],
    [{ ...FILE, cells: [{ ...CELL, cell_type: "query" }] }, /unknown kind of cell.*cell 1, field cell_type/],
    [{ ...FILE, cells: [{ ...CELL, source: [1] }] }, /bad text.*cell 1, field source/],
    [{ ...FILE, cells: [{ ...CELL, metadata: [] }] }, /bad metadata.*cell 1/],
    [{ ...FILE, cells: [{ ...CELL, metadata: { tags: "x" } }] }, /bad tags.*metadata\.tags/],
    [{ ...FILE, cells: [{ ...CELL, outputs: [{ output_type: "pyout" }] }] }, /unknown kind of output.*output 1/],
    [[], /bad the file/],
    [null, /bad the file/],
  ];
  for (const [value, message] of refused) assert.throws(() => parse(value), (error: Error) => error instanceof NotebookError && message.test(error.message), `${JSON.stringify(value)} ${String(message)}`);
  assert.throws(() => parseNotebook("{", "n.ipynb"), /not JSON.*n\.ipynb/);
  assert.throws(() => readNotebook("/does/not/exist.ipynb"), /ENOENT.*exist\.ipynb/);
});

test("no text makes the reader fail with anything but its own error", () => {
  const text = serializeNotebook(canonical(withOutputs({ output_type: "stream", name: "stdout", text: "a\nb" })));
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 3 }), (position, piece) => {
      try {
        parseNotebook(text.slice(0, position) + piece + text.slice(position + 1), "n");
      } catch (error) {
        assert.ok(error instanceof NotebookError, String(error));
      }
    }),
    { seed: 11, numRuns: 2000 },
  );
});

test("a canonical notebook has sorted keys, our kernel, counted cells, no timings and no versions", () => {
  const cell: NotebookCell = { ...code("1  \r\n", "c1"), metadata: { execution: { started: "now" }, collapsed: true, tags: ["solution", "check", "check"] }, execution_count: 7, outputs: [{ output_type: "stream", name: "stdout", text: "a" }, { output_type: "stream", name: "stdout", text: "b\r\n" }] };
  const second = { ...code("2", "c2"), execution_count: 3 };
  const result = canonical({ ...notebookOf(cell, second), metadata: { language_info: { version: "3.7.2" }, kernelspec: { name: "tslab" }, widgets: {}, title: "T" } });
  assert.deepEqual(result.cells[0], { cell_type: "code", execution_count: 1, id: "c1", metadata: { tags: ["check", "solution"] }, outputs: [{ name: "stdout", output_type: "stream", text: "ab\n" }], source: "1" });
  assert.equal(result.cells[1].execution_count, 2);
  const text = serializeNotebook(result);
  assert.doesNotMatch(text, /3\.7\.2|widgets|started|\r/);
  assert.match(text, /"display_name": "TypeScript \(Overlay Lab\)",\n {3}"language": "typescript",\n {3}"name": "overlay-lab"/);
  assert.ok(text.endsWith("}\n") && !text.endsWith("\n\n"));
  assert.equal(serializeNotebook(canonical(parseNotebook(text, "n"))), text);
});

test("the root of the workbook becomes a dot in every spelling, and its neighbours stay", () => {
  const clean = pathCleaner("/home/some one/overlay&lab");
  assert.equal(clean("/home/some one/overlay&lab/lib/a.js:3"), "./lib/a.js:3");
  assert.equal(clean("at (/home/some one/overlay&lab)"), "at (.)");
  assert.equal(clean("file:///home/some%20one/overlay&lab/x"), "./x");
  assert.equal(clean("<p>/home/some one/overlay&amp;lab/x</p>"), "<p>./x</p>");
  assert.equal(clean("/home/some one/overlay&lab-2/x"), "/home/some one/overlay&lab-2/x");
  const result = canonical(withOutputs({ output_type: "display_data", metadata: {}, data: { "application/x+json": { path: ["/home/someone/overlay/data"] }, "text/plain": "/home/someone/overlay" } }, { output_type: "error", ename: "E", evalue: "in /home/someone/overlay/x", traceback: ["/home/someone/overlay/y"] }));
  assert.doesNotMatch(serializeNotebook(result), /someone/);
});

test("a canonical notebook may neither forgive a failing cell nor carry an unknown tag", () => {
  assert.throws(() => canonical(notebookOf(code("1", "c1", "raises-exception"))), /allows a cell to fail.*cell 1 \(c1\)/);
  assert.throws(() => canonical({ ...notebookOf("1"), metadata: { allow_errors: true } }), /allows a cell to fail/);
  assert.throws(() => canonical(notebookOf(code("1", "c1", "soluton"))), /unknown tag.*did you mean solution/);
  assert.throws(() => canonical(notebookOf(code("1", "c1", "parameters"), code("1", "c2", "parameters"))), /two cells tagged parameters/);
});

test("a stored output may not run anything", () => {
  const html = (text: string) => () => canonical(withOutputs({ output_type: "display_data", metadata: {}, data: { "text/html": text } }));
  for (const bad of ["<script>1</script>", "<SCRIPT src='x'></SCRIPT>", "<script type='text/javascript' data-x='application/json'>1</script>", '<img src="x" onerror="alert(1)">', "<svg/onload=alert(1)>", '<a href=" javascript:alert(1)">x</a>', "<script"]) assert.throws(html(bad), /stores a script/, bad);
  for (const good of ['<script type="application/json" class="wb-plotly">{"a":1}</script>', '<p title="P2P online = fast">a &lt;script&gt; b</p>', "<svg aria-label='x onclick=y'></svg>"]) assert.doesNotThrow(html(good), good);
  assert.throws(() => canonical(withOutputs({ output_type: "display_data", metadata: {}, data: { "application/javascript": "1" } })), /stores a script/);
});

test("the source key depends on sources, tags and metadata and not on outputs", () => {
  const notebook = notebookOf("1", "2");
  const key = sourceKey(notebook);
  assert.match(key, /^[0-9a-f]{64}$/);
  assert.equal(sourceKey({ ...notebook, cells: notebook.cells.map((cell) => ({ ...cell, execution_count: 4, outputs: [{ output_type: "stream", name: "stdout", text: "x" }] })) }), key);
  assert.notEqual(sourceKey(notebookOf("1", "3")), key);
  assert.notEqual(sourceKey(notebookOf("1", code("2", "c2", "solution"))), key);
  assert.notEqual(sourceKey({ ...notebook, metadata: { title: "x" } }), key);
});
