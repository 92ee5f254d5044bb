import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError, InvariantError } from "overlay-lab/dist/errors";
import { Cyclon, ViewTable, checkCyclonView, cyclonMessageBytes, type CyclonMessage, type CyclonParameters } from "overlay-lab/dist/peer-to-peer/gossip";
import { RandomStream, RecordingContext, Simulation, constantDelay } from "overlay-lab/dist/simulation";

const context = (self: number) => new RecordingContext<CyclonMessage>({ self });

/** A population whose node 0 knows the nodes 1..count with ages 1..count. */
function knowing(count: number, parameters: Partial<CyclonParameters> = {}): Cyclon {
  const cyclon = new Cyclon(20, { viewSize: 5, shuffleLength: 3, ...parameters });
  for (let node = 1; node <= count; node++) cyclon.views.add(0, node, node);
  return cyclon;
}

test("a node swaps with its oldest neighbour, which leaves the view, and sends itself with age 0", () => {
  const cyclon = knowing(5);
  const world = context(0);
  cyclon.onTimer(world);
  assert.equal(world.sent.length, 1);
  const { to, message, bytes } = world.sent[0];
  assert.equal(to, 5);
  assert.ok(message.kind === "shuffle");
  assert.deepEqual(message.entries.slice(0, 2), [0, 0]);
  assert.equal(message.entries.length, 6, "itself and two more");
  assert.ok(!message.entries.filter((_, index) => index % 2 === 0).includes(5), "not the partner itself");
  assert.equal(bytes, 32 + 3 * 8);
  assert.equal(cyclon.views.slotOf(0, 5), -1);
  assert.deepEqual(cyclon.views.entriesOf(0).sort((a, b) => a[0] - b[0]), [[1, 2], [2, 3], [3, 4], [4, 5]], "all others are one cycle older");
});

test("the partner answers with a part of its view as it was, and puts what it got in the places of what it sent", () => {
  const cyclon = new Cyclon(20, { viewSize: 3, shuffleLength: 3 });
  for (const node of [10, 11, 12]) cyclon.views.add(4, node, 7);
  const world = context(4);
  cyclon.onMessage(world, 0, { kind: "shuffle", entries: [0, 0, 1, 3, 4, 9] });
  const { message } = world.sent[0];
  assert.ok(message.kind === "shuffle-reply");
  assert.deepEqual(message.entries.filter((_, index) => index % 2 === 0).sort((a, b) => a - b), [10, 11, 12]);
  // Itself (4) is discarded; 0 and 1 displace two of the three that were sent.
  const view = cyclon.views.entriesOf(4);
  assert.equal(view.length, 3);
  assert.deepEqual(view.filter(([node]) => node < 2).sort((a, b) => a[0] - b[0]), [[0, 0], [1, 3]]);
});

test("an answer fills empty slots first, then the places of what was sent, and never displaces anything else", () => {
  const cyclon = knowing(5);
  const world = context(0);
  cyclon.onTimer(world);
  const { message } = world.sent[0];
  assert.ok(message.kind === "shuffle");
  const sent = message.entries.filter((_, index) => index % 2 === 0).slice(1);
  const kept = [1, 2, 3, 4].filter((node) => !sent.includes(node));
  cyclon.onMessage(world, 5, { kind: "shuffle-reply", entries: [11, 0, 12, 0, 13, 0, 14, 0] });
  const nodes = cyclon.views.entriesOf(0).map(([node]) => node);
  assert.equal(nodes.length, 5);
  for (const node of kept) assert.ok(nodes.includes(node), `${node} was not sent and stays`);
  assert.deepEqual(nodes.filter((node) => node > 10).sort((a, b) => a - b), [11, 12, 13], "one empty slot, two places of sent entries");
});

test("an answer that comes after the next shuffle began displaces nothing that was sent with it", () => {
  const cyclon = knowing(5, { shuffleLength: 5 });
  const world = context(0);
  cyclon.onTimer(world);
  cyclon.onTimer(world);
  const before = cyclon.views.entriesOf(0).length;
  cyclon.onMessage(world, 5, { kind: "shuffle-reply", entries: [11, 0, 12, 0, 13, 0, 14, 0] });
  assert.equal(before, 3);
  assert.equal(cyclon.views.entriesOf(0).filter(([node]) => node > 10).length, 2, "the two empty slots only");
});

test("a walk takes its steps and ends by swapping the newcomer in; the displaced entry goes to the newcomer", () => {
  const cyclon = knowing(5);
  const world = context(0);
  cyclon.onMessage(world, 9, { kind: "walk", joiner: 15, ttl: 2 });
  assert.deepEqual(world.sent.map(({ message }) => message), [{ kind: "walk", joiner: 15, ttl: 1 }]);
  world.sent = [];
  cyclon.onMessage(world, 9, { kind: "walk", joiner: 15, ttl: 0 });
  assert.equal(world.sent[0].to, 15);
  const { message } = world.sent[0];
  assert.ok(message.kind === "welcome" && message.entries.length === 2);
  assert.notEqual(cyclon.views.slotOf(0, 15), -1);
  assert.equal(cyclon.views.slotOf(0, message.entries[0]), -1);
});

test("newcomers that join one by one through one node end in one connected overlay with full views", () => {
  const nodes = 60;
  const cyclon = new Cyclon(nodes, { viewSize: 6, shuffleLength: 3 }, () => 0);
  const simulation = new Simulation<CyclonMessage>({ nodes, seed: 3, process: () => cyclon, transport: constantDelay(1000), startUs: (node) => node * 100_000 });
  simulation.run({ untilUs: 300_000_000 });
  const reached = new Set([0]);
  for (const node of reached) for (const [neighbour] of cyclon.views.entriesOf(node)) reached.add(neighbour);
  assert.equal(reached.size, nodes);
  for (let node = 0; node < nodes; node++) {
    checkCyclonView(cyclon, node);
    assert.ok(cyclon.views.sizeOf(node) >= 5, `node ${node}`);
  }
});

test("dead nodes vanish from all views within the lifetime of an entry", () => {
  const nodes = 100;
  const cyclon = new Cyclon(nodes, { viewSize: 8, shuffleLength: 4 }, () => 0);
  const simulation = new Simulation<CyclonMessage>({ nodes, seed: 4, process: () => cyclon, transport: constantDelay(1000), startUs: (node) => node * 10_000 });
  simulation.run({ untilUs: 200_000_000 });
  for (let node = 50; node < nodes; node++) simulation.crash(node);
  const dead = () => Array.from({ length: 50 }, (_, node) => cyclon.views.entriesOf(node).filter(([neighbour]) => neighbour >= 50).length).reduce((sum, count) => sum + count, 0);
  assert.ok(dead() > 100, "half of the entries name the dead");
  simulation.run({ untilUs: 600_000_000 });
  assert.equal(dead(), 0);
});

test("the check finds a view with itself, a stranger, or a node twice", () => {
  for (const wrong of [0, 3, 99]) {
    const cyclon = knowing(3);
    cyclon.views.add(0, wrong, 0);
    assert.throws(() => checkCyclonView(cyclon, 0), InvariantError);
  }
});

test("a view gives a sample without repetition and refuses an entry too many", () => {
  const views = new ViewTable(2, 3);
  for (const node of [5, 6, 7]) views.add(1, node, node);
  assert.throws(() => views.add(1, 8, 0), ParameterError);
  const random = new RandomStream({ seed: 1, name: "sample" });
  for (let draw = 0; draw < 50; draw++) {
    const entries = views.sample(1, 2, random);
    assert.equal(entries.length, 4);
    assert.notEqual(entries[0], entries[2]);
    assert.equal(entries[1], entries[0], "ages go with their nodes");
  }
  assert.deepEqual(views.entriesOf(0), []);
});

test("sizes on the wire grow by the entry, and parameters out of range are refused by name", () => {
  assert.equal(cyclonMessageBytes({ kind: "shuffle", entries: [1, 0, 2, 0] }) - cyclonMessageBytes({ kind: "shuffle", entries: [1, 0] }), 8);
  assert.equal(cyclonMessageBytes({ kind: "join" }), 32);
  for (const wrong of [{ viewSize: 0 }, { shuffleLength: 21 }, { periodUs: 0 }, { walkLength: -1 }, { viewSize: NaN }, { oldestFirst: 1 }]) {
    assert.throws(() => new Cyclon(10, wrong as Partial<CyclonParameters>), (error: Error) => error instanceof ParameterError && error.message.includes(Object.keys(wrong)[0]), JSON.stringify(wrong));
  }
});
