/** JSON that knows where its values stand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readJson } from "overlay-lab/dist/codecs/json-text";
import { TextSource } from "overlay-lab/dist/codecs/text-source";
import { ParseError } from "overlay-lab/dist/errors";

const read = (text: string) => readJson(new TextSource(text, "t.json"));

test("what JSON.parse reads is read to the same value", () => {
  const texts = ["{}", "[]", "0", "-0.5e-3", '"a\\u00e9\\n\\"\\\\ \\ud83d\\ude00"', " [ 1 , {\"a\" : [ ] , \"b\" : { } } , null , true , false ]\r\n\t", '{"":{"":0}}', '"/"', "1E+2", "[[[[]]]]"];
  for (const text of texts) assert.deepEqual(JSON.parse(JSON.stringify(read(text).value)), JSON.parse(text), text);
  assert.ok(Object.is(read("-0").value, -0));
});

test("what JSON.parse refuses is refused, with line and offset", () => {
  const texts = ["", " ", "{", "[1,]", "[,1]", "{\"a\":1,}", "{a:1}", "{'a':1}", "[01]", "[1.]", "[.5]", "[+1]", "[NaN]", "[Infinity]", "[1 2]", "nul", "truex", '"a', '"\n"', '"\\x"', '"\\u12"', "{\"a\" 1}", "[1]]", "[1}", "// c\n1", "\u00a01", "-", "1e", "[\u0000]"];
  for (const text of texts) {
    assert.throws(() => JSON.parse(text), SyntaxError, text);
    assert.throws(() => read(text), ParseError, text);
  }
  assert.throws(() => read('{"a": 1,\n "b": [1,\n 2 3]}'), /not valid JSON; got "3\]\}"; expected a comma or \] \(t\.json, line 3, byte 22\)/);
});

test("a value's place is found by its path, in objects, arrays and both", () => {
  const document = read('{"x": {"b": 1},\n "b": [0,\n {"x": 7,\n "b": 8}]}');
  const place = (...path: (string | number)[]) => document.placeOf(path);
  assert.deepEqual([place().line, place("x").line, place("x", "b").offset, place("b").line, place("b", 1, "x").line, place("b", 1, "b")], [1, 1, 12, 2, 3, { line: 4, offset: 42 }]);
  assert.deepEqual(place("b", 5), { line: 1, offset: 0 });
});

test("a name given twice is refused in its own object only, also when it is written differently", () => {
  assert.throws(() => read('{"a":1,\n"b":{"a":1},\n"\\u0061":2}'), /name given twice in one object; got "a"; expected each name once; it stands on line 1 already \(t\.json, line 3/);
  assert.deepEqual(Object.keys(read('{"__proto__":1,"constructor":2}').value as object), ["__proto__", "constructor"]);
});

test("nesting deeper than 64 levels is refused", () => {
  assert.throws(() => read("[".repeat(100_000)), /nested too deeply/);
  read(`${"[".repeat(64)}${"]".repeat(64)}`);
});
