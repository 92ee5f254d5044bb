/** What happens past the largest packet of a link inside a tunnel. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BOOK_FIGURE_NODES, bookFigureWorld, simulateTunnels } from "overlay-lab/dist/experiments/overlays-and-tunnels";
import { fragment, hopsOf, writePacket } from "overlay-lab/dist/routing-overlays";

const { A, B, C, R3, R4 } = BOOK_FIGURE_NODES;
/** A packet of `bytes` bytes, header included. */
const payloadFor = (bytes: number, header = 20) => Uint8Array.from({ length: bytes - header }, (_, index) => (index * 7) & 255);

test("with the flag set, the first packet vanishes in the tunnel, the second is answered, and one of the stated size arrives", () => {
  const world = simulateTunnels(bookFigureWorld({ narrowMtuBytes: 1400 }), { seed: 1 });
  const send = (timeUs: number, bytes: number) => world.sendAt(timeUs, A, { layer: "overlay", destination: "192.168.0.3", payload: payloadFor(bytes), dontFragment: true });
  const errors = () => world.simulation.processOf(A)?.layerOf("overlay").errors ?? [];
  send(0, 1480);
  world.simulation.run({ untilUs: 1_000_000 });
  assert.deepEqual(world.drops.map(({ node, layer, reason }) => [node, layer, reason]), [[R3, "underlay", "too-big"]]);
  assert.equal(errors().length, 0);
  assert.equal(world.simulation.processOf(B)?.tunnelMtuBytes("overlay", C), 1380);
  send(1_000_000, 1480);
  world.simulation.run({ untilUs: 2_000_000 });
  assert.deepEqual(errors().map(({ problem, mtuBytes, tunnel }) => [problem, mtuBytes, tunnel]), [["too-big", 1380, -1]]);
  send(2_000_000, 1381);
  send(2_000_001, 1380);
  world.simulation.run();
  assert.deepEqual(world.deliveries.map(({ payload }) => payload.length), [1360]);
  world.checkInvariants();
});

test("at the first link a packet with the flag that does not fit is answered at once", () => {
  const world = simulateTunnels(bookFigureWorld(), { seed: 1 });
  world.sendAt(0, A, { layer: "overlay", destination: "192.168.0.3", payload: payloadFor(1481), dontFragment: true });
  world.simulation.run();
  assert.deepEqual(world.drops.map(({ node, layer, reason }) => [node, layer, reason]), [[A, "overlay", "too-big"]]);
  assert.deepEqual(world.simulation.processOf(A)?.layerOf("overlay").errors.map(({ mtuBytes }) => mtuBytes), [1480]);
});

test("without the flag the outer packet is fragmented on the way and put together at the end of the tunnel", () => {
  const world = simulateTunnels(bookFigureWorld({ narrowMtuBytes: 1400 }), { seed: 1, traceRecords: 100 });
  const payload = payloadFor(1480);
  world.sendAt(0, A, { layer: "overlay", destination: "192.168.0.3", payload });
  world.simulation.run();
  assert.deepEqual(world.deliveries.map((delivery) => delivery.payload), [payload]);
  const hops = hopsOf(world.trace.records());
  assert.deepEqual(hops.map(({ bytes }) => bytes), [1500, 1500, 1500, 1500, 1396, 124, 1396, 124]);
  assert.deepEqual(hops.slice(4).map(({ from, to, isFragment }) => [from, to, isFragment]), [[R3, R4, true], [R3, R4, true], [R4, C, true], [R4, C, true]]);
  assert.equal(world.simulation.processOf(C)?.layerOf("underlay").counts.reassembled, 1);
  world.checkInvariants();
});

test("the inner packet is not cut: a payload of 65,000 bytes crosses in fragments of the outer one", () => {
  const world = simulateTunnels(bookFigureWorld(), { seed: 1 });
  const payload = payloadFor(65_000);
  world.sendAt(0, A, { layer: "overlay", destination: "192.168.0.3", payload });
  world.sendAt(1, A, { layer: "overlay", destination: "192.168.0.3", payload: payloadFor(65_530) });
  world.simulation.run();
  assert.deepEqual(world.deliveries.map((delivery) => delivery.payload), [payload]);
  assert.deepEqual(world.drops.map(({ reason }) => reason), ["too-big"]);
  world.checkInvariants();
});

test("an IPv6 packet of 1,280 bytes passes a narrow tunnel in fragments, a larger one is refused with that size", () => {
  const world = simulateTunnels(bookFigureWorld({ family: "ipv6", narrowMtuBytes: 576 }), { seed: 1 });
  const send = (timeUs: number, bytes: number) => world.sendAt(timeUs, A, { layer: "overlay", destination: "2001:db8::c", payload: payloadFor(bytes, 40) });
  send(0, 1480);
  send(1_000_000, 1480);
  send(2_000_000, 1280);
  world.simulation.run();
  assert.deepEqual(world.simulation.processOf(A)?.layerOf("overlay").errors.map(({ problem, mtuBytes }) => [problem, mtuBytes]), [["too-big", 1280]]);
  assert.deepEqual(world.deliveries.map(({ payload }) => payload.length), [1240]);
});

test("a fragment whose others are lost is given up after the time limit, and the tunnel goes on", () => {
  const world = simulateTunnels(bookFigureWorld(), { seed: 1, options: { reassemblyUs: 2_000_000 } });
  const inner = writePacket("ipv4", { source: "192.168.0.2", destination: "192.168.0.3", timeToLive: 9, next: 253 }, payloadFor(2000));
  const [first] = fragment(writePacket("ipv4", { source: "10.0.0.4", destination: "10.0.0.7", timeToLive: 9, next: 4, identification: 7 }, inner), 1500);
  world.simulation.invokeAt(0, R4, (_process, context) => context.send(C, { kind: "frame", packet: first }, first.length));
  world.sendAt(0, A, { layer: "overlay", destination: "192.168.0.3", payload: payloadFor(1480) });
  world.simulation.run({ untilUs: 2_004_999 });
  assert.equal(world.drops.length, 0);
  world.simulation.run();
  assert.deepEqual(world.drops.map(({ node, reason }) => [node, reason]), [[C, "reassembly-timeout"]]);
  assert.deepEqual(world.deliveries.map(({ payload }) => payload.length), [1460]);
  world.checkInvariants();
});
