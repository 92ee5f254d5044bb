import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Cell, Column, Table } from "overlay-lab/dist/analysis/table";
import { readCsv, writeCsv } from "overlay-lab/dist/codecs/csv";
import { LimitError, ParameterError, ParseError } from "overlay-lab/dist/errors";

const COLUMNS: readonly Column[] = [
  { name: "x", type: "number", unit: "s" },
  { name: "n", type: "integer" },
  { name: "label", type: "string" },
  { name: "ok", type: "boolean" },
];
const table = (rows: readonly (readonly Cell[])[]): Table => ({ name: "t", columns: COLUMNS, rows: rows.map(([x, n, label, ok]) => ({ x, n, label, ok })) });
const back = (text: string) => readCsv(text, { name: "file.csv", columns: COLUMNS }).rows;

test("a table is written by RFC 4180: header, CRLF, quotes doubled, missing values empty", () => {
  const text = writeCsv(table([[0.1, 3, 'a "b", c', true], [null, null, null, null], [1e21, -7, "두 줄\nhere", false]]));
  assert.equal(text, 'x,n,label,ok\r\n0.1,3,"a ""b"", c",true\r\n,,,\r\n1e+21,-7,"두 줄\nhere",false\r\n');
});

test("whatever is written reads back the same, numbers to the bit (500 random tables)", () => {
  const nasty = fc.constantFrom(",", '"', "\n", "\r\n", "\r", "'", "=", "+", "-", "@", "\t", "한", " ", "a", "\ufeff", "😀", "，", "＝");
  const text = fc.oneof(fc.array(nasty, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("")), fc.string({ minLength: 1, unit: "grapheme" })).filter((value) => !value.includes("\u0000"));
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
  const cells = fc.tuple(fc.option(number), fc.option(fc.maxSafeInteger()), fc.option(text), fc.option(fc.boolean()));
  fc.assert(
    fc.property(fc.array(cells, { maxLength: 8 }), (rows) => {
      const written = table(rows);
      assert.deepEqual(back(writeCsv(written)), written.rows);
    }),
    { seed: 4180, numRuns: 500 },
  );
});

test("no text cell of a written file begins as a spreadsheet formula, and the text comes back without the apostrophe", () => {
  for (const hostile of ['=HYPERLINK("x")', "+1", "-cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "''+"]) {
    const text = writeCsv(table([[1, 1, hostile, true]]));
    const field = text.slice(text.indexOf("\r\n") + 2 + "1,1,".length).replace(/^"/, "");
    assert.ok(field.startsWith("'"), `${hostile} became ${field}`);
    assert.equal(back(text)[0].label, hostile);
  }
  assert.equal(back("x,n,label,ok\r\n1,1,'s-Hertogenbosch,true\r\n")[0].label, "'s-Hertogenbosch");
  assert.equal(back(writeCsv(table([[-1, -1, "a", true]])))[0].x, -1);
});

test("a single column of missing values keeps its rows", () => {
  const one: Table = { name: "t", columns: [COLUMNS[0]], rows: [{ x: null }, { x: 1 }, { x: null }] };
  assert.deepEqual(readCsv(writeCsv(one), { name: "f", columns: one.columns }).rows, one.rows);
});

test("a byte order mark, LF line ends, another order of columns and a last line without end are read", () => {
  assert.deepEqual(back("\ufeffok,label,n,x\ntrue,a,1,2\nfalse,b,3,4e-1"), table([[2, 1, "a", true], [0.4, 3, "b", false]]).rows);
});

test("errors name file, line, got and expected, counting the lines inside quotes", () => {
  const fails = (text: string, ...parts: RegExp[]) => assert.throws(() => back(text), (error) => error instanceof ParseError && parts.every((part) => part.test(error.message)) && /file\.csv/.test(error.message), text);
  fails('x,n,label,ok\r\n1,2,"two\nlines",true\r\nfast,2,a,true\r\n', /line 4/, /column x/, /"fast"/, /in s/);
  fails("x,n,label,ok\n1,2.5,a,true\n", /line 2/, /column n/, /whole number/);
  fails("x,n,label,ok\n1,2,a,yes\n", /line 2/, /"yes"/, /true or false/);
  fails("x,n,label,ok\n1,2,a\n", /line 2/, /got 3/, /4 as in the header/);
  fails("x,n,label,ok\n1,2,a,true\n\n", /line 3/);
  fails('x,n,label,ok\n1,2,"a"b,true\n', /line 2/, /quotes/);
  fails('x,n,label,ok\n1,2,"a,true\n', /line 2/, /quotes/);
  fails("x,n,label\n", /no column ok/);
  fails("x,n,label,ok,speed\n", /unknown column/, /"speed"/);
  fails("x,n,x,label,ok\n", /twice/);
  fails("", /no header/);
  for (const bad of ["0x10", "1e999", "NaN", "Infinity", "1,5".replace(",", "·"), " 1", "1_000", "--1"]) fails(`x,n,label,ok\n${bad},1,a,true\n`, /column x/);
});

test("further columns are ignored on request, and too many rows end in a LimitError", () => {
  assert.equal(readCsv("x,y\n1,2\n", { name: "f", columns: [COLUMNS[0]], otherColumns: "ignore" }).rows.length, 1);
  assert.throws(() => readCsv("x\n1\n2\n3\n", { name: "f", columns: [COLUMNS[0]], maxRows: 2 }), LimitError);
});

test("empty text is refused on writing, because it would read back as missing", () => {
  assert.throws(() => writeCsv(table([[1, 1, "", true]])), ParameterError);
});
