import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { ReplicaStore, compareStamps, type UpdateEntry } from "overlay-lab/dist/peer-to-peer/gossip";
import { RandomStream } from "overlay-lab/dist/simulation";

const entry = (key: string, value: string | null, timeUs: number, site = 0, activatedUs = timeUs): UpdateEntry => ({ key, value, stamp: { timeUs, site }, activatedUs });

test("the newer version wins, whatever the order of arrival; equal times are decided by the site", () => {
  const versions = [entry("x", "a", 5, 1), entry("x", "b", 5, 2), entry("x", "c", 4, 9)];
  for (const order of [[0, 1, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]) {
    const store = new ReplicaStore();
    for (const index of order) store.merge(versions[index], 10);
    assert.equal(store.valueOf("x"), "b");
    assert.equal(store.size, 1);
  }
  assert.ok(compareStamps({ timeUs: 1, site: 9 }, { timeUs: 2, site: 0 }) < 0);
});

test("equal contents give equal checksums in any order of arrival, and a changed stamp another one", () => {
  const random = new RandomStream({ seed: 2, name: "order" });
  const entries = Array.from({ length: 60 }, (_, index) => entry(`item ${index % 40}`, `v${index}`, index + 1, index % 7));
  const fill = () => {
    const store = new ReplicaStore();
    for (const one of random.shuffle([...entries])) store.merge(one, 100);
    return store;
  };
  const [one, other] = [fill(), fill()];
  assert.equal(one.checksum, other.checksum);
  other.merge(entry("item 3", "new", 1000), 1000);
  assert.notEqual(one.checksum, other.checksum);
  assert.equal(new ReplicaStore().checksum, 0);
});

test("a deletion beats an older value that comes back late, until its certificate is forgotten", () => {
  const store = new ReplicaStore();
  store.merge(entry("x", "old", 1), 1);
  assert.equal(store.merge(entry("x", null, 5), 5), "new");
  assert.equal(store.merge(entry("x", "old", 1), 6), "known");
  assert.equal(store.valueOf("x"), undefined);
  store.expire(100, { keepUs: 50, dormantUs: 0 }, () => true);
  assert.equal(store.size, 0);
  assert.equal(store.checksum, 0);
  assert.equal(store.merge(entry("x", "old", 1), 101), "new", "the resurrection that the paper warns of");
});

test("a dormant certificate wakes when an obsolete version comes, and sleeps through newer ones", () => {
  const sleeper = () => {
    const store = new ReplicaStore();
    store.merge(entry("x", null, 5), 5);
    store.expire(100, { keepUs: 50, dormantUs: 1000 }, () => true);
    assert.deepEqual([store.size, store.dormantCount], [0, 1]);
    return store;
  };
  const woken = sleeper();
  assert.equal(woken.merge(entry("x", "old", 1), 200), "woken");
  assert.deepEqual([woken.get("x")?.value, woken.get("x")?.activatedUs, woken.get("x")?.stamp.timeUs], [null, 200, 5]);
  const renewed = sleeper();
  assert.equal(renewed.merge(entry("x", "reborn", 150), 200), "new");
  assert.equal(renewed.valueOf("x"), "reborn");
  const forgotten = sleeper();
  forgotten.expire(2000, { keepUs: 50, dormantUs: 1000 }, () => true);
  assert.equal(forgotten.dormantCount, 0);
});

test("recent updates come newest first and only within the window", () => {
  const store = new ReplicaStore();
  for (const time of [10, 30, 20]) store.merge(entry(`k${time}`, "v", time), time);
  assert.deepEqual(store.recent(35, 15).map(({ key }) => key), ["k30", "k20"]);
});

test("what is not an entry is refused", () => {
  const store = new ReplicaStore();
  for (const wrong of [null, {}, { key: "x", value: "v", activatedUs: 1 }, { ...entry("x", "v", 1), key: 3 }, { ...entry("x", "v", 1), value: 7 }, entry("x", "v", -1), entry("x", "v", NaN)]) assert.throws(() => store.merge(wrong as UpdateEntry, 1), ParameterError);
  assert.equal(store.size, 0);
});
