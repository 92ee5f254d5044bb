/** Packets of applications through a RON: relays, sizes, policies, and what a wrong wish gives. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { TRIANGLE_MS, simulateRon, triangleWorld } from "overlay-lab/dist/experiments/resilient-overlay-network";
import { constantDelay, type Transport } from "overlay-lab/dist/simulation";
import { ronMessageBytes, RON_DEFAULTS, type RonDataMessage, type OverlayPath, type RonSendOptions } from "overlay-lab/dist/routing-overlays";

const SECOND = 1_000_000;

function sendOnce(world: ReturnType<typeof simulateRon>, from: number, options: RonSendOptions): OverlayPath | null {
  let path: OverlayPath | null | undefined;
  world.simulation.invokeAt(world.simulation.nowUs, from, (node, context) => (path = node.send(context, options)));
  world.run(world.simulation.nowUs + SECOND);
  assert.notEqual(path, undefined);
  return path as OverlayPath | null;
}

test("a packet over the relay of the book's triangle arrives after 80 ms, a direct one after 125 ms", () => {
  const arrivals: [number, OverlayPath][] = [];
  const world = triangleWorld(1, { observer: { delivered: (timeUs, _node, data, relays) => void arrivals.push([timeUs - data.sentUs, relays]) } });
  world.run(60 * SECOND);
  assert.deepEqual(sendOnce(world, 0, { destination: 1, metric: "latency" }), [2]);
  assert.deepEqual(sendOnce(world, 0, { destination: 1, metric: "direct" }), []);
  assert.deepEqual(arrivals, [[80_000, [2]], [125_000, []]]);
  assert.equal(world.node(2).traffic.relayedBytes, 1060, "the relay passes on payload and header");
  assert.equal(world.node(0).traffic.dataBytes, 2120);
});

test("sizes on the wire: 69 for a probe, 60 + 20 for each other member in a table, 60 and the payload for data", () => {
  const data: RonDataMessage = { kind: "data", source: 0, destination: 1, metric: "loss", policy: "any", packet: 0, sentUs: 0, payloadBytes: 500 };
  assert.equal(ronMessageBytes(data, RON_DEFAULTS), 560);
  assert.equal(ronMessageBytes({ kind: "relay", source: 0, route: [2, 1], hop: 0, carried: data }, RON_DEFAULTS), 560);
  assert.equal(ronMessageBytes({ kind: "relay", source: 0, route: [2, 3, 1], hop: 0, carried: data }, RON_DEFAULTS), 564);
  assert.equal(ronMessageBytes({ kind: "link-state", node: 0, writtenUs: 0, entries: 9, roundTripsUs: new Float64Array(10), losses: new Float64Array(10) }, RON_DEFAULTS), 240);
  assert.equal(ronMessageBytes({ kind: "join" }, RON_DEFAULTS), 60);
  assert.equal(ronMessageBytes({ kind: "announce", members: [1, 2], agesUs: [0, 5] }, RON_DEFAULTS), 76);
});

test("when the direct path dies, packets flow over a relay within 26 s; when it is back, directly again within 15 s", () => {
  const isCut = (nowUs: number) => nowUs >= 120 * SECOND && nowUs < 240 * SECOND;
  const transport: Transport = { delayUs: (from, to, _bytes, nowUs) => (isCut(nowUs) && from + to === 1 ? -1 : 10_000 * (from + to === 1 ? 1 : 3)) };
  const arrivals: [number, number][] = [];
  const world = simulateRon({ nodes: 4, seed: 2, transport, observer: { delivered: (_timeUs, _node, data, relays) => void arrivals.push([data.sentUs, relays.length]) } });
  world.simulation.invokeAt(60 * SECOND, 0, (node, context) => node.startFlow(context, { destination: 1, metric: "latency", intervalUs: 100_000, untilUs: 400 * SECOND }));
  world.run(401 * SECOND);
  const during = arrivals.filter(([sentUs]) => isCut(sentUs));
  assert.ok(during.every(([, relays]) => relays === 1) && during[0][0] <= 146 * SECOND && during[0][0] >= 132 * SECOND, `first at ${during[0][0]}`);
  const after = arrivals.filter(([sentUs, relays]) => sentUs >= 255 * SECOND && relays > 0);
  assert.deepEqual(after, []);
  assert.ok(arrivals.filter(([sentUs]) => sentUs >= 255 * SECOND).length > 1400);
});

test("a packet whose policy leaves no way is not sent, and the caller is told", () => {
  const world = simulateRon({ nodes: 3, seed: 3, transport: constantDelay(1000), policies: [{ name: "closed", exclusiveClique: [0] }] });
  world.run(30 * SECOND);
  const before = world.node(0).traffic.dataBytes;
  assert.equal(sendOnce(world, 0, { destination: 1, metric: "latency", policy: "closed" }), null);
  assert.equal(world.node(0).traffic.dataBytes, before);
});

test("wrong wishes are refused by name", () => {
  const world = simulateRon({ nodes: 3, seed: 4, transport: constantDelay(1000) });
  const refused = (options: unknown) => {
    world.simulation.invokeAt(world.simulation.nowUs, 0, (node, context) => node.send(context, options as RonSendOptions));
    let message = "";
    try {
      world.run(world.simulation.nowUs + 1);
    } catch (error) {
      message = String(error);
    }
    return message;
  };
  assert.match(refused({ destination: 1, metric: "speed" }), /bad value for metric/);
  assert.match(refused({ destination: 3, metric: "loss" }), /bad value for destination/);
  assert.match(refused({ destination: NaN, metric: "loss" }), /bad value for destination/);
  assert.match(refused({ destination: 1, metric: "loss", policy: "none" }), /unknown policy/);
  assert.match(refused({ destination: 1, metric: "loss", payloadBytes: 1e9 }), /payloadBytes/);
  assert.throws(() => triangleWorld(1, { latenciesMs: [[0, 1], [1]] }));
  assert.throws(() => triangleWorld(1, { latenciesMs: TRIANGLE_MS.map((row) => row.map(() => NaN)) }), /all missing/);
});
