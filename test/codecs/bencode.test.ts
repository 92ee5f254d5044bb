import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { decodeBencode, encodeBencode } from "overlay-lab/dist/codecs/bencode";
import type { BencodeOptions, ParseWarning } from "overlay-lab/dist/codecs/bencode-options";
import { BencodeDictionary, type BencodeValue } from "overlay-lab/dist/codecs/bencode-value";
import { decodeText, utf8Bytes } from "overlay-lab/dist/codecs/bytes";
import { ParseLimitError } from "overlay-lab/dist/codecs/parse-limit";
import { ParameterError, ParseError } from "overlay-lab/dist/errors";
import { ALL_TORRENTS, fixture, raw } from "./fixtures";

const RUNS = { seed: 20240311, numRuns: 500 };

function refusal(input: string | Uint8Array, options?: BencodeOptions): ParseError {
  try {
    decodeBencode(typeof input === "string" ? raw(input) : input, options);
  } catch (error) {
    assert.ok(error instanceof ParseError, `not a ParseError: ${String(error)}`);
    return error;
  }
  return assert.fail("the input was accepted");
}

test("the examples of BEP 3 are read and written as the text gives them", () => {
  const examples: [string, BencodeValue][] = [
    ["4:spam", raw("spam")],
    ["0:", raw("")],
    ["i3e", 3],
    ["i-3e", -3],
    ["i0e", 0],
    ["l4:spam4:eggse", [raw("spam"), raw("eggs")]],
    ["le", []],
    ["d3:cow3:moo4:spam4:eggse", new BencodeDictionary([["cow", raw("moo")], ["spam", raw("eggs")]])],
    ["d4:spaml1:a1:bee", new BencodeDictionary([["spam", [raw("a"), raw("b")]]])],
    ["de", new BencodeDictionary()],
  ];
  for (const [text, value] of examples) {
    assert.deepEqual(decodeBencode(raw(text)), value, text);
    assert.deepEqual(encodeBencode(value), raw(text), text);
  }
});

test("each way to break the format is refused with the byte and what was expected there", () => {
  const cases: [input: string, offset: number, message: string][] = [
    ["", 0, 'the input is empty; expected a value, which starts with "i", "l", "d" or a digit (byte 0)'],
    ["x", 0, 'cannot read a value; got "x"; expected a value, which starts with "i", "l", "d" or a digit (byte 0)'],
    [" 1:a", 0, 'cannot read a value; got " "; expected a value, which starts with "i", "l", "d" or a digit (byte 0)'],
    ["e", 0, 'cannot read a value; got "e"; expected a value, which starts with "i", "l", "d" or a digit (byte 0)'],
    ["i-0e", 0, 'cannot read an integer; got "-0"; expected "0" for zero (byte 0)'],
    ["i03e", 0, 'cannot read an integer; got "03"; expected no leading zero (byte 0)'],
    ["i-03e", 0, 'cannot read an integer; got "-03"; expected no leading zero (byte 0)'],
    ["i00e", 0, 'cannot read an integer; got "00"; expected no leading zero (byte 0)'],
    ["ie", 1, 'cannot read an integer; got "e"; expected a digit (byte 1)'],
    ["i-e", 2, 'cannot read an integer; got "e"; expected a digit (byte 2)'],
    ["i+1e", 1, 'cannot read an integer; got "+"; expected a digit (byte 1)'],
    ["i1.5e", 2, 'cannot read an integer; got "."; expected a digit or "e" (byte 2)'],
    ["i--1e", 2, 'cannot read an integer; got "-"; expected a digit (byte 2)'],
    ["i12", 3, 'the input ends too early; expected digits and "e" to end the integer (byte 3)'],
    ["99999999999:", 0, "cannot read a byte string: its length goes past the end; got 99999999999; expected at most the 0 bytes that are left (byte 0)"],
    ["99999999999999999999:", 0, "cannot read the length of a byte string: it has more than 15 digits; expected at most the 21 bytes of the input (byte 0)"],
    ["5:spam", 0, "cannot read a byte string: its length goes past the end; got 5; expected at most the 4 bytes that are left (byte 0)"],
    ["-4:spam", 0, "the length of a byte string is negative; expected a length >= 0 bytes (byte 0)"],
    ["04:spam", 0, 'cannot read the length of a byte string; got "04"; expected no leading zero (byte 0)'],
    ["4spam", 1, 'cannot read the length of a byte string; got "s"; expected a digit or ":" (byte 1)'],
    ["4", 1, 'the input ends too early; expected digits and ":" to end the length of a byte string (byte 1)'],
    ["l4:spam", 7, 'the input ends too early; expected a value or "e" ([1], byte 7)'],
    ["d", 1, 'the input ends too early; expected a key or "e" (byte 1)'],
    ["d1:a", 4, "the input ends too early; expected a value (a, byte 4)"],
    ["d1:ae", 4, 'dictionary key "a" has no value; expected a value after each key (a, byte 4)'],
    ["d1:ai1e", 7, 'the input ends too early; expected a key or "e" (byte 7)'],
    ["di1ei2ee", 1, 'cannot read a dictionary key; got "i"; expected a byte string, which starts with a digit (byte 1)'],
    ["d1:ai1e1:ai2ee", 7, 'dictionary key "a" is given twice; expected each key once (byte 7)'],
    ["d1:bi1e1:ai2ee", 7, 'dictionary key "a" stands after "b"; expected keys in ascending order of their bytes (byte 7)'],
    ["i1ei2e", 3, "3 bytes follow the value; expected the end of the input (byte 3)"],
    ["le\n", 2, "1 byte follows the value; expected the end of the input (byte 2)"],
    ["d4:infod5:filesli1exeee", 19, 'cannot read a value; got "x"; expected a value, which starts with "i", "l", "d" or a digit (info.files[1], byte 19)'],
  ];
  for (const [input, offset, message] of cases) {
    const error = refusal(input);
    assert.equal(error.message, message, input);
    assert.equal(error.offset, offset, input);
    assert.ok(!(error instanceof ParseLimitError), input);
  }
});

test("the path in a message shows strange keys escaped and stays short", () => {
  assert.match(refusal("d3:\n<\x1bx").message, /\("\\n<\\u001b", byte 6\)$/);
  const deep = "d40:".concat("k".repeat(40)).repeat(20);
  assert.ok(refusal(deep).message.length < 300);
});

test("nesting beyond the limit is an error that names the limit, however deep it goes", () => {
  for (const [unit, limitValue] of [["l", 64], ["d1:a", 64], ["l", 1024]] as const) {
    const error = refusal(unit.repeat(1 << 20), { limits: { maxDepth: limitValue } });
    assert.ok(error instanceof ParseLimitError);
    assert.deepEqual([error.limit, error.limitValue, error.offset], ["depth", limitValue, limitValue * unit.length]);
  }
  const nested = (levels: number) => raw("l".repeat(levels) + "e".repeat(levels));
  assert.deepEqual(encodeBencode(decodeBencode(nested(64))), nested(64));
  assert.ok(refusal(nested(65)) instanceof ParseLimitError);
  assert.deepEqual(encodeBencode(decodeBencode(nested(1024), { limits: { maxDepth: 1024 } })), nested(1024));
});

test("each limit stops the reader just beyond its value, with a message that says which", () => {
  const cases: [good: string, bad: string, limits: BencodeOptions["limits"], message: RegExp][] = [
    ["l1:ae", "l1:a0:e", { maxInputBytes: 5 }, /^cannot read bencoding: the input is too long; got 7; expected at most 5 input bytes \(a limit of the reader\) \(byte 5\)$/],
    ["li1ei2ee", "li1ei2ei3ee", { maxItems: 3 }, /^there are too many values; expected at most 3 items .*\[2\], byte 7\)$/],
    ["d1:ai1ee", "d1:ai1e1:bi1ee", { maxItems: 3 }, /^there are too many values; expected at most 3 items .*byte 7\)$/],
    ["3:abc", "4:abcd", { maxStringBytes: 3 }, /^a byte string is too long; got 4; expected at most 3 string bytes .*\(byte 0\)$/],
    ["i-123e", "i1234e", { maxIntegerDigits: 3 }, /^an integer has too many digits; expected at most 3 integer digits .*\(byte 0\)$/],
  ];
  for (const [good, bad, limits, message] of cases) {
    assert.deepEqual(encodeBencode(decodeBencode(raw(good), { limits })), raw(good));
    const error = refusal(bad, { limits });
    assert.ok(error instanceof ParseLimitError);
    assert.match(error.message, message);
  }
  assert.ok(refusal(`i${"9".repeat(1 << 20)}e`) instanceof ParseLimitError);
  assert.ok(refusal(`l${"i0e".repeat(1 << 20)}e`) instanceof ParseLimitError);
  assert.ok(refusal(new Uint8Array(16 * 1024 * 1024 + 1)) instanceof ParseLimitError);
});

test("a limit that is unknown or out of its range is a parameter error", () => {
  for (const limits of [{ maxDepth: 0 }, { maxDepth: 1025 }, { maxItems: 1.5 }, { maxInputBytes: NaN }, { toString: 1 }]) {
    assert.throws(() => decodeBencode(raw("i1e"), { limits: limits as BencodeOptions["limits"] }), ParameterError);
  }
});

test("unsorted keys are read only when somebody is told of them, and keep their order", () => {
  const warnings: ParseWarning[] = [];
  const options = { onUnsortedKeys: (warning: ParseWarning) => warnings.push(warning) };
  const value = decodeBencode(raw("d1:bi1e1:ai2e0:i3ee"), options);
  assert.ok(value instanceof BencodeDictionary);
  assert.deepEqual([...value].map(([key]) => decodeText(key).text), ["b", "a", ""]);
  assert.deepEqual(warnings, [{ message: 'dictionary key "a" stands after "b": BEP 3 asks for keys in ascending order', offset: 7 }]);
  assert.deepEqual(encodeBencode(value), raw("d0:i3e1:ai2e1:bi1ee"));
  assert.equal(refusal("d1:bi1e1:ai2e1:bi3ee", options).message, 'dictionary key "b" is given twice; expected each key once (byte 13)');
});

test("integers are numbers while they are safe and bigints beyond", () => {
  const cases: [string, number | bigint][] = [
    ["i9007199254740991e", 9007199254740991],
    ["i-9007199254740991e", -9007199254740991],
    ["i9007199254740992e", 9007199254740992n],
    ["i-9007199254740993e", -9007199254740993n],
    ["i18446744073709551616e", 18446744073709551616n],
  ];
  for (const [text, value] of cases) {
    assert.equal(decodeBencode(raw(text)), value);
    assert.deepEqual(encodeBencode(value), raw(text));
  }
});

test("a dictionary takes any bytes as a key and no key is special", () => {
  const value = decodeBencode(raw("d0:i0e9:__proto__i1e11:constructori2e2:\xff\xfei3ee"));
  assert.ok(value instanceof BencodeDictionary);
  assert.equal(value.size, 4);
  assert.equal(value.get("__proto__"), 1);
  assert.equal(value.get("constructor"), 2);
  assert.equal(value.get(Uint8Array.of(0xff, 0xfe)), 3);
  assert.equal(value.get("toString"), undefined);
  assert.equal(value.has("hasOwnProperty"), false);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
  assert.deepEqual(value.keys()[3], Uint8Array.of(0xff, 0xfe));
  assert.throws(() => new BencodeDictionary([["é", 1], [Uint8Array.of(0xc3, 0xa9), 2]]), /dictionary key .* is given twice/);
});

test("keys are ordered by their bytes, not by the letters they spell", () => {
  // As UTF-16, U+10000 sorts before U+FFFF; as bytes, after it.
  const value = new BencodeDictionary([["\u{10000}", 1], ["\uffff", 2], ["Z", 3], ["a", 4]]);
  const read = decodeBencode(encodeBencode(value));
  assert.ok(read instanceof BencodeDictionary);
  assert.deepEqual([...read].map(([, item]) => item), [3, 4, 2, 1]);
});

test("what was read does not change when the input's bytes change later", () => {
  const input = raw("l4:spame");
  const value = decodeBencode(input);
  input.fill(0);
  assert.deepEqual(value, [raw("spam")]);
});

test("bytes from a Buffer or another context are taken, anything else is a parameter error", () => {
  assert.deepEqual(decodeBencode(Buffer.from("l4:spame")), [raw("spam")]);
  const foreign = runInNewContext("Uint8Array.from([105, 55, 101])") as Uint8Array;
  assert.equal(foreign instanceof Uint8Array, false);
  assert.equal(decodeBencode(foreign), 7);
  assert.deepEqual(encodeBencode(foreign), raw("3:i7e"));
  for (const bad of ["i7e", null, undefined, [105, 55, 101], new ArrayBuffer(3), new Uint16Array(3)]) {
    assert.throws(() => decodeBencode(bad as Uint8Array), ParameterError);
  }
});

test("values that bencoding cannot write are parameter errors", () => {
  const cyclic: BencodeValue[] = [];
  cyclic.push(cyclic);
  for (const bad of [1.5, NaN, Infinity, 2 ** 53, "text", null, undefined, true, {}, new Map(), new Uint16Array(2), cyclic, [[null]]]) {
    assert.throws(() => encodeBencode(bad as BencodeValue), ParameterError);
  }
  assert.throws(() => utf8Bytes("\ud800"), /half of a surrogate pair/);
  assert.deepEqual(encodeBencode(-0), raw("i0e"));
});

const scalars = fc.oneof(
  fc.maxSafeInteger(),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n }),
  fc.bigInt({ min: -(2n ** 80n), max: -(2n ** 53n) }),
  fc.uint8Array({ maxLength: 12 }),
);
const { values } = fc.letrec<{ values: BencodeValue }>((tie) => ({
  values: fc.oneof(
    { maxDepth: 5, depthSize: "medium" },
    scalars,
    fc.array(tie("values"), { maxLength: 5 }),
    fc
      .uniqueArray(fc.tuple(fc.uint8Array({ maxLength: 4 }), tie("values")), { maxLength: 5, selector: ([key]) => key.join() })
      .map((entries) => new BencodeDictionary(entries)),
  ),
}));

test("every value comes back from its encoding", () => {
  fc.assert(fc.property(values, (value) => assert.deepEqual(decodeBencode(encodeBencode(value)), value)), RUNS);
});

test("the encoding does not depend on the order in which a dictionary was filled", () => {
  const entries = fc.uniqueArray(fc.tuple(fc.uint8Array({ maxLength: 3 }), fc.maxSafeInteger()), { selector: ([key]) => key.join() });
  fc.assert(
    fc.property(entries, (pairs) => {
      assert.deepEqual(encodeBencode(new BencodeDictionary(pairs)), encodeBencode(new BencodeDictionary([...pairs].reverse())));
    }),
    RUNS,
  );
});

test("every prefix of an encoding is refused at its end", () => {
  fc.assert(
    fc.property(values, (value) => {
      const whole = encodeBencode(value);
      for (let length = 0; length < whole.length; length++) {
        const { offset } = refusal(whole.slice(0, length));
        assert.ok(offset <= length);
      }
    }),
    { ...RUNS, numRuns: 100 },
  );
});

test("real torrent files are written back byte for byte", () => {
  for (const name of ALL_TORRENTS) {
    const bytes = new Uint8Array(fixture(`${name}.torrent`));
    assert.deepEqual(encodeBencode(decodeBencode(bytes)), bytes, name);
  }
});

test("bytes that are not UTF-8 are read as Latin-1, said so, and a byte-order mark is kept", () => {
  assert.deepEqual(decodeText(raw("caf\xe9")), { text: "café", isUtf8: false });
  assert.deepEqual(decodeText(raw("caf\xc3\xa9")), { text: "café", isUtf8: true });
  assert.deepEqual(decodeText(raw("\xef\xbb\xbfx")), { text: "\ufeffx", isUtf8: true });
  assert.deepEqual(decodeText(raw("\xef\xbf\xbd")), { text: "\ufffd", isUtf8: true });
  assert.deepEqual(decodeText(raw("\xef\xbf\xbd\xff")), { text: "\xef\xbf\xbd\xff", isUtf8: false });
  assert.deepEqual(decodeText(raw("\xed\xa0\x80")), { text: "\xed\xa0\x80", isUtf8: false });
  // Overlong forms are the classic way to smuggle a slash past a check.
  assert.deepEqual(decodeText(raw("\xc0\xaf")), { text: "\xc0\xaf", isUtf8: false });
});
