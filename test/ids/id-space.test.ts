/** Id spaces: reading, writing and hashing ids. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { IdSpace, type IdValue } from "overlay-lab/dist/ids";
import { RandomStream } from "overlay-lab/dist/simulation";

test("an id is read from a bigint, a whole number or all of its hexadecimal digits", () => {
  const space = new IdSpace(28);
  assert.equal(space.parse("65a1fc0"), 0x65a1fc0n);
  assert.equal(space.parse("65A1FC0"), 0x65a1fc0n);
  assert.equal(space.parse(5), 5n);
  assert.equal(space.format(5n), "0000005");
  assert.equal(space.hexDigits, 7);
  assert.equal(new IdSpace(6).format(56), "38");
});

test("a key of another width is refused, with the width that is expected", () => {
  const space = new IdSpace(160);
  for (const wrong of ["ff", "0".repeat(41), "g".repeat(40), "", `0x${"0".repeat(38)}`, -1, 1.5, NaN, Infinity, -1n, 1n << 160n, null, undefined, {}, 2 ** 60]) {
    assert.throws(() => space.parse(wrong as IdValue, "key"), (error: Error) => error instanceof ParameterError && /40 hexadecimal digits.*parameter key/.test(error.message), String(wrong));
  }
  for (const bits of [0, 513, 1.5, NaN, "160" as unknown as number]) assert.throws(() => new IdSpace(bits), ParameterError);
});

test("the id of a name is the beginning of its SHA-1 digest", () => {
  // RFC 3174, test 1.
  assert.equal(new IdSpace(160).format(new IdSpace(160).hash("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
  assert.equal(new IdSpace(128).format(new IdSpace(128).hash("abc")), "a9993e364706816aba3e25717850c26c");
  assert.equal(new IdSpace(6).hash("abc"), 0xa9n >> 2n);
  assert.throws(() => new IdSpace(256).hash("abc"), ParameterError);
});

test("intervals on the circle are those of the Chord papers", () => {
  const space = new IdSpace(3);
  for (let a = 0n; a < 8n; a++) for (let b = 0n; b < 8n; b++) for (let x = 0n; x < 8n; x++) {
    // Walking clockwise from a, one step at a time, until b is reached.
    const inside = new Set<bigint>();
    for (let at = (a + 1n) % 8n; at !== b; at = (at + 1n) % 8n) {
      if (at === a) break;
      inside.add(at);
    }
    assert.equal(space.isBetween(x, a, b), inside.has(x), `${x} in (${a}, ${b})`);
    assert.equal(space.isInHalfOpen(x, a, b), a === b || inside.has(x) || x === b, `${x} in (${a}, ${b}]`);
  }
});

test("drawn ids fill the space evenly", () => {
  const random = new RandomStream({ seed: 1, name: "ids" });
  const space = new IdSpace(62);
  const counts = new Array<number>(16).fill(0);
  for (let i = 0; i < 16000; i++) counts[Number(space.draw(random) >> 58n)] += 1;
  // Sixteen cells of 1000: a deviation of 160 is five standard deviations.
  for (const count of counts) assert.ok(Math.abs(count - 1000) < 160, `${counts}`);
});
