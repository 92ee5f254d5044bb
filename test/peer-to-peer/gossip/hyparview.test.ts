import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { HyParView, checkHyParViewNode, hyParViewMessageBytes, type HyParViewMessage, type HyParViewParameters } from "overlay-lab/dist/peer-to-peer/gossip";
import { RecordingContext, Simulation, constantDelay } from "overlay-lab/dist/simulation";

const context = (self: number) => new RecordingContext<HyParViewMessage>({ self });
const kinds = (world: RecordingContext<HyParViewMessage>) => world.sent.map(({ to, message }) => [to, message.kind] as const);

/** An overlay whose node 0 has accepted the neighbours 1..count. */
function joined(count: number, parameters: Partial<HyParViewParameters> = {}): { overlay: HyParView; world: RecordingContext<HyParViewMessage> } {
  const overlay = new HyParView(50, parameters);
  const world = context(0);
  overlay.onStart(world);
  for (let node = 1; node <= count; node++) overlay.onMessage(world, node, { kind: "neighbour", high: true });
  world.sent = [];
  return { overlay, world };
}

function settled(nodes: number, seed: number, seconds = 400): { simulation: Simulation<HyParViewMessage>; overlay: HyParView; delivered: Map<number, number[]> } {
  const delivered = new Map<number, number[]>();
  const overlay = new HyParView(nodes, {}, () => 0, (node, id) => void delivered.set(id, [...(delivered.get(id) ?? []), node]));
  const simulation = new Simulation<HyParViewMessage>({ nodes, seed, process: () => overlay, transport: constantDelay(2000), startUs: (node) => node * 20_000 });
  simulation.run({ untilUs: seconds * 1_000_000 });
  return { simulation, overlay, delivered };
}

test("a contact takes the newcomer in, dropping a random neighbour if full, and sends the walk over its other connections", () => {
  const { overlay, world } = joined(5);
  overlay.onMessage(world, 9, { kind: "join" });
  assert.ok(overlay.activeOf(0).includes(9));
  assert.equal(overlay.activeOf(0).length, 5);
  const sent = kinds(world);
  assert.equal(sent.filter(([, kind]) => kind === "disconnect").length, 1);
  assert.deepEqual(sent.filter(([to]) => to === 9), [[9, "neighbour"]]);
  assert.equal(sent.filter(([, kind]) => kind === "forward-join").length, 4);
  assert.equal(overlay.passiveOf(0).length, 1, "the dropped neighbour becomes a replacement");
});

test("a walk enters the passive view at PRWL and ends at 0, or where there is nowhere to go", () => {
  const { overlay, world } = joined(3);
  overlay.onMessage(world, 1, { kind: "forward-join", joiner: 20, ttl: 3 });
  assert.deepEqual(overlay.passiveOf(0), [20]);
  assert.equal(world.sent[0].message.kind, "forward-join");
  assert.notEqual(world.sent[0].to, 1, "not back");
  world.sent = [];
  overlay.onMessage(world, 1, { kind: "forward-join", joiner: 21, ttl: 0 });
  assert.deepEqual(kinds(world), [[21, "neighbour"]]);
  assert.ok(overlay.activeOf(0).includes(21));
  const lonely = joined(1);
  lonely.overlay.onMessage(lonely.world, 1, { kind: "forward-join", joiner: 22, ttl: 6 });
  assert.ok(lonely.overlay.activeOf(0).includes(22));
});

test("a request of low priority is refused by a full node, one of high priority never", () => {
  const { overlay, world } = joined(5);
  overlay.onMessage(world, 30, { kind: "neighbour", high: false });
  assert.deepEqual(world.sent.map(({ message }) => message), [{ kind: "neighbour-reply", accepted: false }]);
  world.sent = [];
  overlay.onMessage(world, 31, { kind: "neighbour", high: true });
  assert.ok(world.sent.some(({ to, message }) => to === 31 && message.kind === "neighbour-reply" && message.accepted));
});

test("a connection without acknowledgement is replaced from the passive view, with high priority only if none is left", () => {
  const { overlay, world } = joined(1);
  overlay.onMessage(world, 1, { kind: "forward-join", joiner: 20, ttl: 3 });
  const busy = joined(2);
  busy.overlay.onMessage(busy.world, 1, { kind: "forward-join", joiner: 20, ttl: 3 });
  assert.deepEqual(busy.overlay.passiveOf(0), [20]);
  busy.world.sent = [];
  busy.overlay.onTimer(busy.world, "acknowledge", 1);
  assert.deepEqual(busy.world.sent.map(({ to, message }) => [to, message]), [[20, { kind: "neighbour", high: false }]]);
  busy.world.sent = [];
  busy.overlay.onTimer(busy.world, "acknowledge", 2);
  assert.deepEqual(busy.overlay.activeOf(0), []);
  assert.deepEqual(kinds(busy.world), [], "one request at a time");
  busy.overlay.onTimer(busy.world, "ask", 20);
  assert.deepEqual(busy.overlay.passiveOf(0), [], "who does not answer is forgotten");
  // The lonely node took the newcomer straight into its active view.
  assert.deepEqual(overlay.activeOf(0), [1, 20]);
});

test("each full node is asked once per search, not over and over", () => {
  const { overlay, world } = joined(2);
  for (const joiner of [20, 21, 22]) overlay.onMessage(world, 1, { kind: "forward-join", joiner, ttl: 3 });
  world.sent = [];
  overlay.onTimer(world, "acknowledge", 1);
  const asked: number[] = [];
  for (let refusals = 0; refusals < 10 && world.sent.length > 0; refusals++) {
    const { to } = world.sent[0];
    asked.push(to);
    world.sent = [];
    overlay.onMessage(world, to, { kind: "neighbour-reply", accepted: false });
  }
  assert.deepEqual(asked.sort((a, b) => a - b), [20, 21, 22]);
  assert.equal(overlay.passiveOf(0).length, 3, "full nodes stay good replacements");
});

test("after joining all connections are symmetric, the overlay is full, and a broadcast reaches every node once", () => {
  const nodes = 150;
  const { simulation, overlay, delivered } = settled(nodes, 7);
  let connections = 0;
  for (let node = 0; node < nodes; node++) {
    checkHyParViewNode(overlay, node);
    for (const neighbour of overlay.activeOf(node)) assert.ok(overlay.activeOf(neighbour).includes(node), `${node} - ${neighbour}`);
    connections += overlay.activeOf(node).length;
  }
  assert.ok(connections / nodes > 4.8, `${connections / nodes} connections a node`);
  simulation.invokeAt(simulation.nowUs, 17, (process, world) => (process as HyParView).broadcast(world, 1));
  simulation.run({ untilUs: simulation.nowUs + 1_000_000 });
  assert.equal(delivered.get(1)?.length, nodes);
  assert.equal(new Set(delivered.get(1)).size, nodes);
  // A node hears a flood once over each connection but one in the mean: 2 edges / n - (n - 1) / n of them are new.
  assert.equal(overlay.redundant, connections - nodes + 1 - (nodes - 1));
});

test("after the sudden death of 60 per cent the survivors find each other again", () => {
  const nodes = 150;
  const { simulation, overlay, delivered } = settled(nodes, 8);
  for (let node = 60; node < nodes; node++) simulation.crash(node);
  simulation.run({ untilUs: simulation.nowUs + 60_000_000 });
  for (let node = 0; node < 60; node++) assert.ok(overlay.activeOf(node).every((neighbour) => neighbour < 60), `node ${node} still trusts the dead`);
  simulation.invokeAt(simulation.nowUs, 5, (process, world) => (process as HyParView).broadcast(world, 9));
  simulation.run({ untilUs: simulation.nowUs + 1_000_000 });
  assert.equal(delivered.get(9)?.length, 60);
});

test("without probes a shuffle finds a dead neighbour out", () => {
  const overlay = new HyParView(12, { probePeriodUs: 0, periodUs: 1_000_000, acknowledgeUs: 100_000 }, () => 0);
  const simulation = new Simulation<HyParViewMessage, HyParView>({ nodes: 12, seed: 3, process: () => overlay, transport: constantDelay(10_000), startUs: (node) => node * 10_000 });
  simulation.run({ untilUs: 5_000_000 });
  simulation.crash(4);
  const trusting = () => Array.from({ length: 12 }, (_, node) => node).filter((node) => node !== 4 && overlay.activeOf(node).includes(4));
  assert.ok(trusting().length > 0);
  simulation.run({ untilUs: 60_000_000 });
  assert.deepEqual(trusting(), []);
});

test("sizes on the wire follow the contents, and parameters out of range are refused by name", () => {
  assert.equal(hyParViewMessageBytes({ kind: "shuffle", origin: 1, ttl: 6, entries: [1, 2, 3, 4, 5, 6, 7] }), 44 + 8 * 6);
  assert.equal(hyParViewMessageBytes({ kind: "acknowledge" }), 40);
  for (const wrong of [{ activeSize: 0 }, { passiveSize: -1 }, { passiveWalkLength: 7 }, { shuffleActive: 6 }, { shufflePassive: 31 }, { periodUs: 0.5 }, { acknowledgeUs: NaN }, { probePeriodUs: -1 }]) {
    assert.throws(() => new HyParView(10, wrong), (error: Error) => error instanceof ParameterError && error.message.includes(Object.keys(wrong)[0]), JSON.stringify(wrong));
  }
  for (const nodes of [0, -1, 1.5, NaN]) assert.throws(() => new HyParView(nodes), /nodes/);
});
