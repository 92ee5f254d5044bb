import assert from "node:assert/strict";
import { test } from "node:test";
import { InvariantError, LimitError, ParameterError } from "overlay-lab/dist/errors";
import { checkRoundSchedule, fewestRounds, optimalRounds, type RoundSchedule } from "overlay-lab/dist/peer-to-peer";

test("the pipeline takes the fewest rounds for every small swarm and file", () => {
  for (let peers = 1; peers <= 70; peers++) {
    for (let parts = 1; parts <= 24; parts++) {
      const schedule = optimalRounds(peers, parts);
      checkRoundSchedule(schedule);
      assert.equal(schedule.rounds, fewestRounds(peers, parts), `${peers} peers, ${parts} parts`);
    }
  }
});

test("the pipeline also ends in time for large swarms around powers of two", () => {
  for (const [peers, parts] of [[255, 100], [256, 100], [257, 33], [510, 64], [511, 64], [1000, 256], [5000, 7]]) {
    const schedule = optimalRounds(peers, parts);
    checkRoundSchedule(schedule);
    assert.equal(schedule.rounds, fewestRounds(peers, parts));
  }
});

test("the replay names the rule that a planted defect breaks", () => {
  const good = optimalRounds(3, 2);
  const changed = (column: "round" | "from" | "to" | "part", index: number, value: number): RoundSchedule => ({ ...good, [column]: Int32Array.from(good[column], (old, at) => (at === index ? value : old)) });
  const last = good.round.length - 1;
  assert.throws(() => checkRoundSchedule(changed("from", 0, 1)), /does not hold it yet/);
  assert.throws(() => checkRoundSchedule(changed("round", last, 0)), /out of order/);
  assert.throws(() => checkRoundSchedule(changed("to", last, good.to[last] === 0 ? 1 : 0)), InvariantError);
  assert.throws(() => checkRoundSchedule({ ...good, round: good.round.slice(0, last), from: good.from.slice(0, last), to: good.to.slice(0, last), part: good.part.slice(0, last) }), /ends without a part/);
  assert.throws(() => checkRoundSchedule({ ...good, rounds: good.rounds - 1 }), /out of order/);
});

test("two sendings or receivings of one node in a round are refused", () => {
  const base = { peers: 2, parts: 1, rounds: 2 };
  const twice: RoundSchedule = { ...base, round: Int32Array.of(0, 0), from: Int32Array.of(-1, -1), to: Int32Array.of(0, 1), part: Int32Array.of(0, 0) };
  assert.throws(() => checkRoundSchedule(twice), /sends two parts/);
  checkRoundSchedule({ ...twice, round: Int32Array.of(0, 1) });
  const parts: RoundSchedule = { peers: 2, parts: 2, rounds: 3, round: Int32Array.of(0, 1, 2, 2), from: Int32Array.of(-1, -1, 0, -1), to: Int32Array.of(0, 0, 1, 1), part: Int32Array.of(0, 1, 0, 1) };
  assert.throws(() => checkRoundSchedule(parts), /receives two parts/);
});

test("sizes outside the range are refused", () => {
  for (const [peers, parts] of [[0, 1], [1, 0], [1.5, 1], [NaN, 1], [1, Infinity]]) assert.throws(() => optimalRounds(peers, parts), ParameterError);
  assert.throws(() => optimalRounds(1_000_000, 1000), LimitError);
});
