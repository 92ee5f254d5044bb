import assert from "node:assert/strict";
import { test } from "node:test";
import { claim, makeClaim } from "overlay-lab/dist/notebook/claim";
import type { ClaimOptions } from "overlay-lab/dist/notebook/claim";
import type { ClaimRecord } from "overlay-lab/dist/notebook/claim-record";
import { CLAIM_MIME } from "overlay-lab/dist/notebook/host";
import { HOSTILE, recordDisplays } from "./recording-host";

const BASE: ClaimOptions = { text: "Mean hops", source: "Chord, figure 10", published: 8, tolerance: 0.1, measured: 8.4 };

function recordOf(options: Partial<ClaimOptions>): ClaimRecord {
  const displays = recordDisplays();
  let thrown: Error | null = null;
  try {
    claim({ ...BASE, ...options });
  } catch (error) {
    thrown = error as Error;
  }
  assert.equal(displays.length, 1, thrown?.message);
  const record = displays[0][CLAIM_MIME] as ClaimRecord;
  assert.equal(thrown === null, record.holds);
  if (thrown) assert.equal(thrown.name, "ClaimError");
  return record;
}

test("a claim within its tolerance holds, is shown with published, ours and difference, and recorded", () => {
  const displays = recordDisplays();
  const record = makeClaim({ ...BASE, reference: "CH-10", unit: "hops", interval: [8.2, 8.6] });
  assert.deepEqual(record, { notebook: "", reference: "CH-10", text: "Mean hops", source: "Chord, figure 10", basis: "published", published: 8, tolerance: 0.1, toleranceKind: "relative", measured: 8.4, interval: [8.2, 8.6], unit: "hops", difference: record.difference, holds: true });
  assert.ok(Math.abs((record.difference as number) - 0.05) < 1e-12);
  assert.equal(displays[0]["text/plain"], "✓ Mean hops published 8 hops, ours 8.4 hops [8.2, 8.6], difference 5 % (at most 10 %): holds. Chord, figure 10 (CH-10)");
  assert.match(displays[0]["text/html"] as string, /class="claim claim-holds".*published <b>8 hops<\/b>.*ours <b>8\.4 hops \[8\.2, 8\.6\]<\/b>.*difference 5 %/);
});

test("a claim outside its tolerance is shown and recorded before it throws", () => {
  const record = recordOf({ measured: 9 });
  assert.equal(record.holds, false);
  assert.equal(record.difference, 0.125);
  recordDisplays();
  assert.throws(() => claim({ ...BASE, measured: 9 }), /does not hold: Mean hops; got 9; expected 8 \(at most 10 %\); difference 12\.5 % \(Chord, figure 10\)/);
});

test("absolute, exact, text, truth and list values are compared as stated", () => {
  assert.equal(recordOf({ toleranceKind: "absolute", tolerance: 0.5 }).holds, true);
  assert.equal(recordOf({ toleranceKind: "absolute", tolerance: 0.3 }).holds, false);
  assert.equal(recordOf({ published: undefined, exact: 0, tolerance: "exact", measured: -0 }).holds, true);
  assert.equal(recordOf({ published: 0, toleranceKind: "absolute", tolerance: 1e-9, measured: 1e-10 }).holds, true);
  assert.equal(recordOf({ tolerance: "exact", measured: 8 + 2 ** -40 }).holds, false);
  assert.equal(recordOf({ published: "upload", tolerance: "exact", measured: "upload" }).holds, true);
  assert.deepEqual(recordOf({ published: "upload", tolerance: "exact", measured: "download" }).difference, null);
  assert.equal(recordOf({ published: true, tolerance: "exact", measured: false }).holds, false);
  assert.equal(recordOf({ published: [1, 2], measured: [1.05, 2.1] }).holds, true);
  assert.equal(recordOf({ published: [1, 2], measured: [1.05, 2.3] }).holds, false);
  assert.equal(recordOf({ published: [1, 2], measured: [1, 2, 3] }).holds, false);
  assert.equal(recordOf({ published: [1, 2], measured: [] }).holds, false);
});

test("a measured value that is not a finite number never holds and is recorded as text", () => {
  assert.deepEqual([recordOf({ measured: NaN })].map(({ holds, measured, difference }) => [holds, measured, difference]), [[false, "NaN", null]]);
  assert.deepEqual([recordOf({ measured: Infinity })].map(({ holds, measured }) => [holds, measured]), [[false, "Infinity"]]);
  assert.equal(recordOf({ published: [1, 2], measured: [1, NaN] }).holds, false);
  assert.equal(recordOf({ tolerance: "exact", measured: NaN }).holds, false);
});

test("with withinInterval the interval must cover the published value as well", () => {
  assert.equal(recordOf({ interval: [8.2, 8.6] }).holds, true);
  assert.equal(recordOf({ interval: [8.2, 8.6], withinInterval: true }).holds, false);
  assert.equal(recordOf({ interval: [7.9, 8.9], withinInterval: true }).holds, true);
  assert.equal(recordOf({ measured: 12, interval: [0, 24], withinInterval: true }).holds, false);
});

test("a claim that could not fail, or is incomplete, is refused and not recorded", () => {
  const list = [1, 2];
  const vacuous: [string, Record<string, unknown>][] = [
    ["no tolerance", { tolerance: undefined }],
    ["NaN tolerance", { tolerance: NaN }],
    ["endless tolerance", { tolerance: Infinity }],
    ["zero tolerance", { tolerance: 0 }],
    ["relative tolerance of all", { tolerance: 1 }],
    ["absolute tolerance of all", { toleranceKind: "absolute", tolerance: 8 }],
    ["relative to zero", { published: 0 }],
    ["no measured value", { measured: undefined }],
    ["measured of another kind", { measured: "8" }],
    ["list of texts", { published: [1], measured: ["1"] }],
    ["no expected value", { published: undefined }],
    ["two expected values", { exact: 8 }],
    ["expected NaN", { published: NaN }],
    ["empty list", { published: [], measured: [] }],
    ["the very list", { published: list, measured: list }],
    ["text with tolerance", { published: "a", measured: "a" }],
    ["no text", { text: " " }],
    ["no source", { source: "" }],
    ["interval elsewhere", { interval: [1, 2] }],
    ["interval upside down", { interval: [9, 8] }],
    ["interval of NaN", { interval: [NaN, 9] }],
    ["no interval to lie in", { withinInterval: true }],
    ["unknown kind", { toleranceKind: "exact" }],
  ];
  for (const [name, options] of vacuous) {
    const displays = recordDisplays();
    assert.throws(() => claim({ ...BASE, ...options } as ClaimOptions), { name: "ParameterError" }, name);
    assert.equal(displays.length, 0, name);
  }
});

test("hostile text stays text", () => {
  for (const text of HOSTILE) {
    const displays = recordDisplays();
    claim({ text: `a ${text}`, source: text, reference: text, unit: text, published: text, tolerance: "exact", measured: text });
    const html = displays[0]["text/html"] as string;
    assert.doesNotMatch(html, /<(script|img|svg|td)|\u202e/);
    assert.equal((html.match(/</g) ?? []).length, (html.match(/<\/?(p|span|b|cite)\b/g) ?? []).length);
  }
});
