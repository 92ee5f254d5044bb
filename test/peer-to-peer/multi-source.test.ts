import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { checkTwoHopSchedule, multiSourceBound, twoHopSchedule } from "overlay-lab/dist/peer-to-peer";

test("a slow owner of a large part binds by itself, equal owners by their sum", () => {
  assert.deepEqual(multiSourceBound({ partBits: [90, 5, 5], uploadBps: [1, 100, 100] }), { seconds: 90, binding: "source" });
  assert.deepEqual(multiSourceBound({ partBits: [10, 10, 10], uploadBps: [2, 2, 2] }), { seconds: 10, binding: "aggregate" });
});

test("owners short of upload hand bits over to those with room", () => {
  const schedule = twoHopSchedule({ partBits: [60, 0, 0, 0], uploadBps: [1, 1, 1, 1] });
  assert.equal(schedule.seconds, 60);
  assert.ok(schedule.handOvers.length >= 1 && schedule.handOvers.every(({ owner }) => owner === 0));
  assert.ok(Math.abs(checkTwoHopSchedule(schedule).highestUploadUse - 1) < 1e-12);
});

test("the checker finds missing bits, excess upload and a wrong time", () => {
  const good = twoHopSchedule({ partBits: [60, 20, 0, 4], uploadBps: [3, 1, 8, 2] });
  checkTwoHopSchedule(good);
  assert.throws(() => checkTwoHopSchedule({ ...good, handOvers: good.handOvers.slice(1) }), /does not reach everybody/);
  assert.throws(() => checkTwoHopSchedule({ ...good, seconds: good.seconds * 0.9 }), /sends more than/);
  assert.throws(() => checkTwoHopSchedule({ ...good, seconds: good.seconds * 1.1 }), /not the bound/);
  assert.throws(() => checkTwoHopSchedule({ ...good, handOvers: good.handOvers.map((hand) => ({ ...hand, through: hand.owner })) }), /to its owner/);
});

test("malformed parts and rates are refused by name", () => {
  const refuse = (partBits: number[], uploadBps: number[], message: RegExp) =>
    assert.throws(() => twoHopSchedule({ partBits, uploadBps }), (error: Error) => error instanceof ParameterError && message.test(error.message));
  refuse([1], [1], /partBits.length; got 1/);
  refuse([1, 2], [1], /same peers/);
  refuse([1, -2], [1, 1], /partBits\[1\]/);
  refuse([1, 2], [1, 0], /uploadBps\[1\]/);
  refuse([0, 0], [1, 1], /nobody has any part/);
});
