import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { FlowScheduler } from "overlay-lab/dist/network/flows/flow-scheduler";

test("one flow of 1 MB over 8 Mbit/s ends after exactly one second", () => {
  const flows = new FlowScheduler([8e6]);
  const flow = flows.start({ path: [0], bytes: 1e6 });
  assert.equal(flows.rateBps(flow), 8e6);
  assert.equal(flows.nextCompletionUs(), 1_000_000);
  assert.deepEqual(flows.advance(999_999), []);
  assert.deepEqual(flows.advance(2_000_000), [{ flow, atUs: 1_000_000 }]);
  assert.equal(flows.nextCompletionUs(), Infinity);
});

test("a flow that joins halfway slows the first; both ends are as computed by hand", () => {
  // 1 MB at 8 Mbit/s; after 0.5 s a second MB joins: 0.5 MB left at 4 Mbit/s takes 1 s; then the other has 0.5 MB left at 8 Mbit/s.
  const flows = new FlowScheduler([8e6]);
  const first = flows.start({ path: [0], bytes: 1e6 });
  assert.deepEqual(flows.advance(500_000), []);
  const second = flows.start({ path: [0], bytes: 1e6 });
  assert.equal(flows.remainingBytes(first), 5e5);
  assert.deepEqual(flows.advance(10_000_000), [
    { flow: first, atUs: 1_500_000 },
    { flow: second, atUs: 2_000_000 },
  ]);
});

test("rates that are no binary fractions still end on the expected microsecond", () => {
  const flows = new FlowScheduler([8e6]);
  const three = [0, 1, 2].map(() => flows.start({ path: [0], bytes: 1e6 }));
  assert.deepEqual(flows.advance(4_000_000).map(({ atUs }) => atUs), [3_000_000, 3_000_000, 3_000_000]);
  assert.equal(three.length, 3);
});

test("flows that end together are reported in the order of their start, and empty ones at once", () => {
  const flows = new FlowScheduler([8e6, 8e6], 50);
  const a = flows.start({ path: [1], bytes: 1e6 });
  const b = flows.start({ path: [0], bytes: 1e6 });
  const empty = flows.start({ path: [0], bytes: 0 });
  assert.equal(flows.nextCompletionUs(), 50);
  assert.deepEqual(flows.advance(50), [{ flow: empty, atUs: 50 }]);
  assert.deepEqual(flows.advance(1_000_050).map(({ flow }) => flow), [a, b]);
});

test("a capacity of 0 stalls a flow until the link is back", () => {
  const flows = new FlowScheduler([8e6]);
  const flow = flows.start({ path: [0], bytes: 1e6 });
  flows.advance(250_000);
  flows.setCapacity(0, 0);
  assert.equal(flows.nextCompletionUs(), Infinity);
  flows.advance(5_000_000);
  assert.equal(flows.remainingBytes(flow), 750_000);
  flows.setCapacity(0, 16e6);
  assert.deepEqual(flows.advance(6_000_000), [{ flow, atUs: 5_375_000 }]);
});

test("stopping a flow tells what had not arrived, and its number is not used again", () => {
  const flows = new FlowScheduler([8e6]);
  const flow = flows.start({ path: [0], bytes: 1e6 });
  flows.advance(100_000);
  assert.equal(flows.stop(flow), 900_000);
  assert.throws(() => flows.stop(flow), ParameterError);
  assert.throws(() => flows.rateBps(flow), /no such flow/);
  assert.equal(flows.start({ path: [0], bytes: 1 }), flow + 1);
});

test("an endless flow never ends but takes its share", () => {
  const flows = new FlowScheduler([8e6]);
  const endless = flows.start({ path: [0], bytes: Infinity });
  const finite = flows.start({ path: [0], bytes: 1e6 });
  assert.deepEqual(flows.advance(3_000_000), [{ flow: finite, atUs: 2_000_000 }]);
  assert.equal(flows.rateBps(endless), 8e6);
  assert.equal(flows.nextCompletionUs(), Infinity);
});

test("bad requests leave the scheduler as it was", () => {
  const flows = new FlowScheduler([8e6]);
  const flow = flows.start({ path: [0], bytes: 1e6 });
  assert.throws(() => flows.start({ path: [0], bytes: -1 }), ParameterError);
  assert.throws(() => flows.start({ path: [0], bytes: Number.NaN }), ParameterError);
  assert.throws(() => flows.start({ path: [1], bytes: 1 }), ParameterError);
  assert.throws(() => flows.start({ path: [], bytes: 1 }), ParameterError);
  assert.throws(() => flows.setCapacity(0, -5), ParameterError);
  assert.throws(() => flows.setCapacity(7, 5), ParameterError);
  assert.throws(() => flows.setCap(flow, -1), ParameterError);
  flows.advance(10);
  assert.throws(() => flows.advance(9), /nowUs/);
  assert.throws(() => flows.advance(10.5), /nowUs/);
  assert.deepEqual(flows.advance(1_000_000), [{ flow, atUs: 1_000_000 }]);
});
