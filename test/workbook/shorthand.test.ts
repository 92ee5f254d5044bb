import assert from "node:assert/strict";
import { test } from "node:test";
import { expandShorthand } from "overlay-lab/dist/workbook/shorthand";

test("shorthand properties are written out wherever they stand, and nothing else changes", () => {
  const source = 'const a = 1;\nconst o = { a, b: 2, c() { return { a }; } };\n({ a: o.b } = f({ a }));\nconst { b } = o; // { a }\n"{ a }";';
  const expected = 'const a = 1;\nconst o = { a: a, b: 2, c() { return { a: a }; } };\n({ a: o.b } = f({ a: a }));\nconst { b } = o; // { a }\n"{ a }";';
  assert.equal(expandShorthand(source).text, expected);
});

test("a default in a shorthand of a destructuring assignment keeps its meaning", () => {
  const text = expandShorthand("let a; ({ a = 5 } = {}); result = a;").text;
  assert.equal(text, "let a; ({ a: a = 5 } = {}); result = a;");
});

test("columns lead back to the original", () => {
  const { text, originalColumn } = expandShorthand("f({ peers, seed }, wrong);\nwrong;");
  assert.equal(text, "f({ peers: peers, seed: seed }, wrong);\nwrong;");
  assert.equal(originalColumn(0, text.indexOf("wrong")), "f({ peers, seed }, wrong);".indexOf("wrong"));
  assert.equal(originalColumn(0, 4), 4);
  assert.equal(originalColumn(1, 3), 3);
});
