import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { FileIndex, electSuperpeer, electionScore, isEligible } from "overlay-lab/dist/peer-to-peer/superpeers";

const rules = { minCapacity: 2, minUptimeUs: 100, fullUptimeUs: 1000 };

test("the score is capacity times uptime, and uptime beyond the full one counts for nothing", () => {
  assert.equal(electionScore({ node: 0, capacity: 4, uptimeUs: 500 }, 1000), 2);
  assert.equal(electionScore({ node: 0, capacity: 4, uptimeUs: 1000 }, 1000), 4);
  assert.equal(electionScore({ node: 0, capacity: 4, uptimeUs: 1_000_000 }, 1000), 4);
  assert.ok(electionScore({ node: 0, capacity: 4, uptimeUs: 0 }, 1000) > 0, "of two that have just started the stronger wins");
});

test("the weak and the young are not eligible, however good their other side", () => {
  assert.equal(isEligible({ node: 0, capacity: 1.9, uptimeUs: 1e9 }, rules), false);
  assert.equal(isEligible({ node: 0, capacity: 1e9, uptimeUs: 99 }, rules), false);
  assert.equal(isEligible({ node: 0, capacity: 2, uptimeUs: 100 }, rules), true);
});

test("the best of the eligible is elected; of equals the one up for longest, then the lowest number; nobody if none is eligible", () => {
  assert.equal(electSuperpeer([{ node: 3, capacity: 9, uptimeUs: 50 }, { node: 5, capacity: 3, uptimeUs: 500 }, { node: 6, capacity: 4, uptimeUs: 400 }], rules), 6);
  assert.equal(electSuperpeer([{ node: 3, capacity: 2, uptimeUs: 2000 }, { node: 2, capacity: 2, uptimeUs: 3000 }], rules), 2);
  assert.equal(electSuperpeer([{ node: 9, capacity: 2, uptimeUs: 200 }, { node: 4, capacity: 2, uptimeUs: 200 }], rules), 4);
  assert.equal(electSuperpeer([{ node: 9, capacity: 1, uptimeUs: 200 }], rules), -1);
  assert.equal(electSuperpeer([], rules), -1);
});

test("a candidate whose capacity or uptime is no number is refused", () => {
  for (const wrong of [{ capacity: NaN, uptimeUs: 1 }, { capacity: -1, uptimeUs: 1 }, { capacity: 1, uptimeUs: 0.5 }, { capacity: Infinity, uptimeUs: 1 }]) {
    assert.throws(() => electSuperpeer([{ node: 0, ...wrong }], rules), ParameterError, JSON.stringify(wrong));
  }
});

test("the index answers by file and by owner, and forgets an owner whole", () => {
  const index = new FileIndex();
  index.replace(7, [1, 2]);
  index.replace(4, [2, 3]);
  assert.deepEqual([index.ownersOf(2), index.filesOf(7), index.owners(), index.size], [[4, 7], [1, 2], [4, 7], 4]);
  index.replace(7, [3]);
  assert.deepEqual([index.ownersOf(1), index.ownersOf(2), index.ownersOf(3)], [[], [4], [4, 7]]);
  index.set(4, 9, true);
  index.set(4, 2, false);
  index.set(4, 2, false);
  assert.deepEqual(index.filesOf(4), [3, 9]);
  index.removeOwner(4);
  assert.deepEqual([index.owners(), index.ownersOf(3), index.size], [[7], [7], 1]);
});
