import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createCellEngine } from "overlay-lab/dist/workbook/cell-engine";
import type { CellEngine, CellError } from "overlay-lab/dist/workbook/cell-engine";
import { ROOT } from "./notebook-builder";

let engine: CellEngine;
let count = 0;

before(() => {
  process.chdir(ROOT);
  engine = createCellEngine();
});
after(() => engine.close());

/** Runs a cell that must succeed and gives its value. */
async function value(source: string): Promise<unknown> {
  const result = await engine.execute(source, String((count += 1)));
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

/** Runs a cell that must fail and gives its error. */
async function error(source: string): Promise<CellError> {
  const result = await engine.execute(source, String((count += 1)));
  assert.ok(!result.ok, source);
  assert.equal(result.error.cell, String(count));
  return result.error;
}

test("the last expression is the value of a cell, and declarations live on", async () => {
  assert.equal(await value("const first = 20;\nlet second: number;"), undefined);
  assert.equal(await value("second = first + 1;\nsecond * 2"), 42);
  assert.equal(await value("null"), undefined);
});

test("top-level await works in every spelling, and inside functions it is no top-level await", async () => {
  assert.equal(await value("await Promise.resolve(1)"), 1);
  assert.equal(await value("await (2)"), 2);
  assert.equal(await value("await (async () => 3)()"), 3);
  assert.equal(await value("let sum = 0;\nfor await (const part of [3, 4]) sum += part;\nsum"), 7);
  assert.equal(await value("const text = 'await';\nconst wait = async () => { await 1; return text; };\ntypeof wait"), "function");
});

test("an error has the line of the cell that ran, whatever the compiler moved", async () => {
  const cells: [string, number][] = [
    ["throw new Error('x');", 1],
    ["interface A {\n  a: number;\n}\n\ntype B = A | null;\nthrow new Error('x');", 6],
    ["import { KIB } from \"overlay-lab\";\n\n// a comment\nfor (const i of [KIB]) {\n  /* more */\n  if (i) {\n    throw new Error('x');\n  }\n}", 7],
    ["const text1 = `a\n${1}\nb`;\nconst list = [\n  1,\n  (() => { throw new Error('x'); })(),\n];", 6],
    ["const run = async () => {\n  await 1;\n\n  throw new Error('x');\n};\nawait run();", 4],
    ["class C {\n  value = 1;\n  get broken(): number {\n    throw new Error('x');\n  }\n}\nnew C().broken", 4],
    ["const result =\n  JSON.parse('{');", 2],
  ];
  for (const [source, line] of cells) assert.equal((await error(source)).line, line, source);
});

test("an error inside a function of an earlier cell is placed where this cell called it, with the way there", async () => {
  await value("function broken(): never {\n  throw new Error('deep');\n}");
  const defined = count;
  const found = await error("const before = 1;\n\nbroken();");
  assert.equal(found.line, 3);
  assert.deepEqual(found.traceback.slice(0, 3), ["Error: deep", `    in cell ${defined}, line 2`, `    in cell ${count}, line 3`]);
});

test("type and syntax errors have the line and all messages", async () => {
  const found = await error("const one = 1;\nconst two: string = one;\nconst three: boolean = one;");
  assert.deepEqual([found.name, found.line], ["TypeScript", 2]);
  assert.equal(found.traceback.filter((line) => line.startsWith("TypeScript: line")).length, 2);
  assert.equal((await error("const = 3;")).line, 1);
  assert.match((await error("import { nothing } from \"overlay-lab\";")).message, /nothing/);
});

test("anything may be thrown", async () => {
  assert.equal((await error('throw "plain %s";')).message, "plain %s");
  assert.match((await error("throw undefined;")).message, /undefined/);
  assert.match((await error("throw { get stack() { throw new Error('trap'); } };")).message, /cannot be shown/);
  assert.match((await error("throw Object.create(null);")).message, /cannot be shown/);
  assert.equal((await error("class Odd extends Error { override name = '<b>'; }\nthrow new Odd('m');")).name, "<b>");
});

test("after a failed cell the next ones run, without its declarations", async () => {
  await error("const lost = 1;\nthrow new Error('x');");
  assert.match((await error("lost")).message, /Cannot find name 'lost'/);
  assert.equal(await value("first"), 20);
});

test("cells that tslab would pass over without running are errors", async () => {
  assert.equal((await error("/** @browser */\n1")).name, "CellNotRun");
  assert.equal((await error("/** @module broken */\nexport const a: string = 3;")).name, "TypeScript");
});
