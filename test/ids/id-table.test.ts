/** Ids in typed arrays against arithmetic on bigints, in spaces of many widths, with ids that agree in their leading bits. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { IdSpace, IdTable, RingOrder } from "overlay-lab/dist/ids";
import { RandomStream } from "overlay-lab/dist/simulation";

const WIDTHS = [3, 6, 28, 32, 33, 53, 54, 62, 64, 65, 85, 86, 96, 128, 160, 256];

/** Random ids, and some that differ from one another only in their last or their middle bits. */
function trickyIds(space: IdSpace, random: RandomStream): bigint[] {
  const ids = Array.from({ length: 6 }, () => space.draw(random));
  const near = ids.flatMap((id) => [id + 1n, id ^ 1n, id ^ (1n << BigInt(Math.floor(space.bits / 2)))]).map((id) => id & (space.size - 1n));
  return [...ids, ...near, 0n, space.size - 1n];
}

test("order, intervals, distances, prefixes and digits agree with bigints", () => {
  const random = new RandomStream({ seed: 7, name: "ids" });
  for (const bits of WIDTHS) {
    const space = new IdSpace(bits);
    const ids = trickyIds(space, random);
    const table = new IdTable(space, 1);
    ids.forEach((id) => table.push(id));
    const scratch = table.push(0);
    for (let a = 0; a < ids.length; a++) {
      assert.equal(table.get(a), ids[a], `${bits} bits`);
      assert.equal(BigInt(table.leads[a]), ids[a] >> BigInt(Math.max(0, bits - 53)));
      const bit = random.integer(bits);
      table.setOffset(scratch, a, bit);
      assert.equal(table.get(scratch), (ids[a] + (1n << BigInt(bit))) % space.size, `${bits} bits, 2^${bit} behind ${ids[a]}`);
      for (let b = 0; b < ids.length; b++) {
        const [x, y] = [ids[a], ids[b]];
        assert.equal(table.same(a, b), x === y);
        assert.equal(table.compare(a, b), x < y ? -1 : x > y ? 1 : 0);
        const xor = x ^ y;
        assert.equal(table.commonBits(a, b), xor === 0n ? bits : bits - xor.toString(2).length);
        const distance = space.clockwise(x, y);
        const bound = table.distanceBits(a, b);
        assert.ok(bound >= (distance === 0n ? 0 : distance.toString(2).length) && bound <= bits, `${bits} bits: ${bound} for ${distance}`);
        for (let c = 0; c < ids.length; c++) {
          assert.equal(table.isBetween(c, a, b), space.isBetween(ids[c], x, y), `${bits} bits: ${ids[c]} in (${x}, ${y})`);
          assert.equal(table.isInHalfOpen(c, a, b), space.isInHalfOpen(ids[c], x, y));
          const nearer = (ids[c] ^ x) - (ids[c] ^ y);
          assert.equal(Math.sign(table.compareXor(c, a, b)), nearer < 0n ? -1 : nearer > 0n ? 1 : 0);
        }
      }
      for (const b of [1, 2, 4, 8, 16].filter((each) => bits % each === 0)) {
        const digits = Array.from({ length: bits / b }, (_, i) => BigInt(table.digit(a, i, b)));
        assert.equal(digits.reduce((value, digit) => (value << BigInt(b)) | digit, 0n), ids[a], `${bits} bits in digits of ${b}`);
      }
    }
  }
  assert.throws(() => new IdTable(new IdSpace(10)).digit(0, 0, 4), ParameterError);
  assert.throws(() => new IdTable(new IdSpace(10)).get(0), ParameterError);
});

test("the XOR metric is symmetric, zero only from an id to itself, and obeys the triangle inequality", () => {
  const random = new RandomStream({ seed: 9, name: "xor" });
  const space = new IdSpace(160);
  for (let round = 0; round < 300; round++) {
    const [x, y, z] = [space.draw(random), space.draw(random), space.draw(random)];
    assert.equal(x ^ y, y ^ x);
    assert.ok((x ^ x) === 0n && (x ^ y) > 0n);
    assert.ok((x ^ z) <= (x ^ y) + (y ^ z));
    const table = new IdTable(space, 3);
    for (const id of [x, y, z]) table.push(id);
    assert.equal(Math.sign(table.compareXor(0, 1, 2)), (x ^ y) < (x ^ z) ? -1 : 1);
  }
});

test("the order around the ring and the successor of an id are those of a sorted list", () => {
  const random = new RandomStream({ seed: 8, name: "ring" });
  for (const bits of WIDTHS) {
    const space = new IdSpace(bits);
    const distinct = [...new Set([...trickyIds(space, random), ...Array.from({ length: 40 }, () => space.draw(random))])];
    const table = new IdTable(space);
    distinct.forEach((id) => table.push(id));
    const members = distinct.map((_, row) => row).filter((row) => row % 3 !== 1);
    const ring = new RingOrder(table, members);
    const sorted = members.map((row) => distinct[row]).sort((a, b) => (a < b ? -1 : 1));
    assert.deepEqual(Array.from(ring.rows, (row) => distinct[row]), sorted, `${bits} bits`);
    for (let row = 0; row < distinct.length; row++) {
      const expected = sorted.find((id) => id >= distinct[row]) ?? sorted[0];
      assert.equal(distinct[ring.rows[ring.successorRank(row)]], expected, `${bits} bits: successor of ${distinct[row]}`);
    }
    ring.ranks().forEach((rank, row) => assert.equal(rank < 0 ? row % 3 : ring.rows[rank], rank < 0 ? 1 : row));
    // By leading bits alone: as a row with those bits and zeros behind them.
    for (let row = 0; row < distinct.length; row++) {
      const zeros = table.push(BigInt(table.leads[row]) * ((1n << BigInt(bits)) / BigInt(table.leadSize)));
      assert.equal(ring.successorRankOfLead(table.leads[row]), ring.successorRank(zeros), `${bits} bits`);
    }
  }
});

test("an empty ring and two nodes with one id are refused", () => {
  const table = new IdTable(new IdSpace(160));
  for (const id of [5n, 1n << 150n, 5n]) table.push(id);
  assert.throws(() => new RingOrder(table, []), /empty ring/);
  assert.throws(() => new RingOrder(table, [0, 1, 2]), (error: Error) => error instanceof ParameterError && /two nodes with one id.*nodes 0 and 2|nodes 2 and 0/.test(error.message));
  assert.equal(new RingOrder(table, [0, 1]).length, 2);
  for (const row of [-1, 3, 0.5, NaN]) assert.throws(() => new RingOrder(table, [0, row]), (error: Error) => error instanceof ParameterError && /no such row/.test(error.message), String(row));
});

test("ids drawn by the table fill a space evenly, its top bits too", () => {
  const table = new IdTable(new IdSpace(62));
  const first = table.pushRandom(8000, new RandomStream({ seed: 3, name: "ids" }));
  const counts = new Array<number>(8).fill(0);
  for (let row = first; row < first + 8000; row++) counts[table.digit(row, 0, 2) * 2 + (table.digit(row, 1, 2) >> 1)] += 1;
  for (const count of counts) assert.ok(Math.abs(count - 1000) < 160, `${counts}`);
});
