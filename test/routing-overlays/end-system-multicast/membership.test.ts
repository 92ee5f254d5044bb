/** The list of members: news, contradiction, forgetting, and the queue of stale members. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MemberList, MEMBER_STATUS } from "overlay-lab/dist/routing-overlays/end-system-multicast";
import { keyOf, sequenceOf, statusOf } from "overlay-lab/dist/routing-overlays/end-system-multicast/membership";

const S = 1_000_000;

test("newer sequence numbers win, and of one sequence number the end of a member wins", () => {
  const list = new MemberList(4, 0, 0);
  assert.equal(list.hear(1, keyOf(5, MEMBER_STATUS.alive), 1), true);
  assert.equal(list.hear(1, keyOf(4, MEMBER_STATUS.left), 2), false, "older news");
  assert.equal(list.hear(1, keyOf(6, MEMBER_STATUS.alive), 3), false, "newer, but nobody came or went");
  assert.equal(list.hear(1, keyOf(6, MEMBER_STATUS.left), 4), true);
  assert.deepEqual([list.size, list.entries, list.members()], [1, 2, [0]]);
  assert.equal(list.hear(1, keyOf(7, MEMBER_STATUS.alive), 5), true, "back again");
  list.checkInvariants();
});

test("who is said to be dead says that it is not, with a number that beats the rumour", () => {
  const list = new MemberList(3, 2, 10 * S);
  const rumour = keyOf(sequenceOf(list.ownKey) + 7, MEMBER_STATUS.dead);
  assert.equal(list.hear(2, rumour, 11 * S), true);
  assert.ok(list.ownKey > rumour);
  assert.equal(statusOf(list.ownKey), MEMBER_STATUS.alive);
});

test("the end of a member that was never heard of is no news, or it would go round for ever", () => {
  const list = new MemberList(3, 0, 0);
  assert.equal(list.hear(1, keyOf(9, MEMBER_STATUS.dead), 1), false);
  assert.deepEqual([list.entries, list.keys[1]], [1, 0]);
});

test("the queue holds silent members, the longest silent first, and not those that are gone", () => {
  const list = new MemberList(6, 0, 0);
  for (const [member, atUs] of [[1, 30], [2, 10], [3, 20], [4, 99], [5, 1]] as const) list.hear(member, keyOf(1, MEMBER_STATUS.alive), atUs * S);
  list.declareDead(5, 50 * S);
  assert.deepEqual(list.staleQueue(100 * S, 60 * S), [{ member: 2, silentSeconds: 90 }, { member: 3, silentSeconds: 80 }, { member: 1, silentSeconds: 70 }]);
});

test("the dead are remembered for a while, then forgotten; the left are forgotten too, and never asked", () => {
  const list = new MemberList(4, 0, 0);
  for (const member of [1, 2, 3]) list.hear(member, keyOf(1, MEMBER_STATUS.alive), 0);
  list.declareDead(1, 10 * S);
  list.hear(2, keyOf(2, MEMBER_STATUS.left), 10 * S);
  assert.deepEqual(list.rememberedDead(20 * S, 600 * S), [1]);
  assert.deepEqual(list.rememberedDead(611 * S, 600 * S), []);
  assert.deepEqual([list.entries, list.members()], [2, [0, 3]]);
  list.checkInvariants();
});

test("a member that starts again is newer than all that was said before, though it remembers nothing", () => {
  const before = new MemberList(2, 0, 0);
  // The fastest refresh there may be, for an hour.
  for (let i = 0; i < 36_000; i++) before.refresh();
  assert.ok(new MemberList(2, 0, 3601 * S).ownKey > before.ownKey);
});
