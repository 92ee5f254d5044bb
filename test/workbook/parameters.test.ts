import assert from "node:assert/strict";
import { test } from "node:test";
import { injectParameters, readParameters } from "overlay-lab/dist/workbook/parameters";
import type { Notebook } from "overlay-lab/dist/workbook/notebook-file";
import { code, notebookOf } from "./notebook-builder";

const SOURCE = `// What you may change
const peers = 1_000; // number of peers
let rate = -2.5e3;
const name = "a \\"b\\""; /* what it is called */
const live: boolean = true;
const sizes: readonly number[] = [1, -2, 3.5];
const mode: "quick" | "full" = "quick";
const seed = 1;`;

function notebook(source = SOURCE): Notebook {
  return notebookOf(code("0", "intro"), code(source, "p", "parameters"), code("1", "rest"));
}

function injected(values: Record<string, unknown>): string {
  return injectParameters(notebook(), values).cells[2].source;
}

test("parameters are read with type, value, line and comment", () => {
  const parameters = readParameters(notebook());
  assert.deepEqual(parameters.map(({ name, type, value, line }) => [name, type, value, line]), [
    ["peers", "number", 1000, 2],
    ["rate", "number", -2500, 3],
    ["name", "string", 'a "b"', 4],
    ["live", "boolean", true, 5],
    ["sizes", "number[]", [1, -2, 3.5], 6],
    ["mode", "string", "quick", 7],
    ["seed", "number", 1, 8],
  ]);
  assert.equal(parameters[0].documentation, "number of peers");
  assert.equal(parameters[2].documentation, "what it is called");
  assert.deepEqual(parameters[5].choices, ["quick", "full"]);
  assert.deepEqual(readParameters(notebookOf("1")), []);
});

test("a parameters cell that computes, declares twice, or comes twice is refused with its place", () => {
  for (const source of ["const a = 2 * 3;", "const a = f();", "const a;", "var a = 1;", "const [a] = [1];", "console.log(1);", "const a = ['x'];", "const a = null;", "import x from 'y';"]) {
    assert.throws(() => readParameters(notebook(source), "n.ipynb"), /n\.ipynb, cell 2 \(p\)/, source);
  }
  assert.throws(() => readParameters(notebook("const a = 1;\nconst a = 2;")), /declared twice.*"a"/);
  assert.throws(() => readParameters(notebook("const = 3")), /does not compile/);
  assert.throws(() => readParameters(notebookOf(code("const a = 1;", "a", "parameters"), code("const b = 1;", "b", "parameters"))), /two cells tagged parameters/);
});

test("values come as text and are converted by the declared type", () => {
  const source = injected({ peers: "500", rate: "1e-3", name: "x\"; process.exit() //", live: "false", sizes: "4, 5,6", mode: "full", seed: 9 });
  assert.deepEqual(source.split("\n").slice(1), [
    "const peers: number = 500;",
    "let rate: number = 0.001;",
    'const name: string = "x\\"; process.exit() //";',
    "const live: boolean = false;",
    "const sizes: readonly number[] = [4,5,6];",
    'const mode: "quick" | "full" = "full";',
    "const seed: number = 9;",
  ]);
});

test("the injected cell stands behind the parameters, carries its tag and replaces an earlier one", () => {
  const once = injectParameters(notebook(), { peers: 5 });
  assert.deepEqual(once.cells.map(({ id }) => id), ["intro", "p", "injected-parameters", "rest"]);
  assert.deepEqual(once.cells[2].metadata, { tags: ["injected-parameters"] });
  const twice = injectParameters(once, { peers: 6 });
  assert.equal(twice.cells.length, 4);
  assert.match(twice.cells[2].source, /peers: number = 6/);
  assert.deepEqual(injectParameters(once, {}), notebook());
});

test("an unknown name is refused with the known ones and the nearest", () => {
  assert.throws(() => injected({ peer: 3 }), /unknown parameter peer; expected did you mean peers\? one of peers \(number\), rate/);
  assert.throws(() => injected({ toString: 3 }), /unknown parameter toString/);
  assert.throws(() => injectParameters(notebookOf("1"), { a: 1 }), /no cell tagged parameters/);
});

test("a value of the wrong type is refused with what was expected and given", () => {
  const wrong: [string, unknown][] = [["peers", "many"], ["peers", ""], ["peers", "0x10"], ["peers", NaN], ["peers", "Infinity"], ["peers", true], ["live", "yes"], ["live", 1], ["sizes", "1,,2"], ["sizes", "a"], ["sizes", 3], ["mode", "slow"], ["name", 3]];
  for (const [name, value] of wrong) assert.throws(() => injected({ [name]: value }), new RegExp(`bad value for ${name}; got .*expected .*parameter ${name}`), `${name}=${String(value)}`);
  assert.throws(() => injected({ mode: "slow" }), /one of quick, full/);
});
