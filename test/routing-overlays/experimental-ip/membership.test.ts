/** The two sides of membership alone, with a context that only writes down. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { GroupMember, MEMBERSHIP_TIMERS, Querier } from "overlay-lab/dist/routing-overlays/experimental-ip/membership";
import { MEMBERSHIP_DEFAULTS, membershipIntervalUs } from "overlay-lab/dist/routing-overlays/experimental-ip";
import { RecordingContext } from "overlay-lab/dist/simulation";

const SECOND = 1_000_000;
const GROUP = 0xe0020001;

function member() {
  const said: string[] = [];
  const context = new RecordingContext();
  const side = new GroupMember<RecordingContext>(MEMBERSHIP_DEFAULTS, { sendReport: (_context, group) => void said.push(`report ${group - 0xe0020000}`), sendLeave: (_context, group) => void said.push(`leave ${group - 0xe0020000}`) });
  return { said, context, side };
}

function querier(index = 0) {
  const said: string[] = [];
  const context = new RecordingContext();
  const side = new Querier<RecordingContext>(index, MEMBERSHIP_DEFAULTS, {
    sendQuery: (_context, group, us) => void said.push(`query ${group === 0 ? "all" : "one"} ${us / SECOND}`), changed: (_context, _group, has) => void said.push(has ? "first member" : "no member"),
  });
  const expire = () => {
    const timer = context.expireNext();
    const { group } = Querier.ofKey(timer.key);
    if (timer.name === MEMBERSHIP_TIMERS.query) side.onQuery(context);
    else if (timer.name === MEMBERSHIP_TIMERS.lastMember) side.onLastMember(context, group);
    else side.onExpire(context, group);
  };
  return { said, context, side, expire };
}

test("a joining host reports at once and a second time within 10 s", () => {
  const { said, context, side } = member();
  side.join(context, GROUP);
  side.join(context, GROUP);
  assert.deepEqual(said, ["report 1"]);
  const [timer] = context.timers;
  assert.ok(timer.expiryUs > 0 && timer.expiryUs <= 10 * SECOND);
  context.expireNext();
  side.onAnswer(context, GROUP);
  assert.deepEqual([said.length, context.timers.length], [2, 0]);
});

test("a query is answered within its time, unless another host answers first; a shorter time wins over a longer one", () => {
  const { said, context, side } = member();
  side.join(context, GROUP);
  context.expireNext();
  side.onAnswer(context, GROUP);
  side.heardQuery(context, 0, 10 * SECOND);
  const due = context.timers[0].expiryUs - context.nowUs;
  assert.ok(due > 0 && due <= 10 * SECOND);
  side.heardQuery(context, GROUP, 1);
  assert.equal(context.timers[0].expiryUs, context.nowUs + 1);
  side.heardQuery(context, GROUP + 1, 1);
  side.heardReport(context, GROUP);
  assert.deepEqual([context.timers.length, said.length], [0, 2]);
});

test("only the host that reported last says that it leaves", () => {
  const { said, context, side } = member();
  side.join(context, GROUP);
  side.join(context, GROUP + 1);
  side.heardReport(context, GROUP);
  side.leave(context, GROUP);
  side.leave(context, GROUP + 1);
  side.leave(context, GROUP + 1);
  assert.deepEqual(said.slice(2), ["leave 2"]);
  assert.deepEqual([side.groups, context.timers.length], [[], 0]);
});

test("a starting router asks twice within a quarter of the interval, then every 125 s", () => {
  const { said, context, side, expire } = querier();
  side.start(context);
  const at: number[] = [];
  for (let i = 0; i < 3; i++) {
    expire();
    at.push(context.nowUs / SECOND);
  }
  assert.deepEqual(at, [31.25, 156.25, 281.25]);
  assert.ok(said.every((text) => text === "query all 10"));
});

test("a group lives 2 x 125 + 10 s after its last report", () => {
  assert.equal(membershipIntervalUs(MEMBERSHIP_DEFAULTS), 260 * SECOND);
  const { said, context, side, expire } = querier(3);
  side.heardReport(context, GROUP);
  context.nowUs = 100 * SECOND;
  side.heardReport(context, GROUP);
  expire();
  assert.deepEqual([said, context.nowUs], [["first member", "no member"], 360 * SECOND]);
  assert.deepEqual(Querier.ofKey(3 * 4294967296 + GROUP), { index: 3, group: GROUP });
});

test("after a leave the router asks twice, a second apart, and forgets the group at 2 s; a report in between keeps it", () => {
  const { said, context, side, expire } = querier();
  side.heardLeave(context, GROUP);
  assert.deepEqual(said, []);
  side.heardReport(context, GROUP);
  side.heardLeave(context, GROUP);
  side.heardLeave(context, GROUP);
  expire();
  assert.deepEqual(said, ["first member", "query one 1", "query one 1"]);
  side.heardReport(context, GROUP);
  assert.deepEqual(context.timers.map(({ expiryUs }) => expiryUs), [261 * SECOND]);
  side.heardLeave(context, GROUP);
  expire();
  expire();
  assert.deepEqual([said[said.length - 1], context.nowUs, side.groups], ["no member", 3 * SECOND, []]);
});
