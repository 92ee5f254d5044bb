/** Claims of section 9.4 (Peterson and Davie, "Overlay Networks", introduction, figures 1 and 2) and of RFC 2003. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BOOK_FIGURE_NODES, bookFigureWorld, simulateTunnels } from "overlay-lab/dist/experiments/overlays-and-tunnels";
import { hopsOf, journeyRows } from "overlay-lab/dist/routing-overlays";

/** With ordinary spaces. */
const plain = (cell: unknown) => String(cell).replace(/\s/g, " ");
const { A, R1, R2, B, R3, R4, C } = BOOK_FIGURE_NODES;

test("WE-11, figure 2: from A to C through two tunnels, each over two routers, with outer headers A to B and B to C and one inner header A to C", () => {
  const world = simulateTunnels(bookFigureWorld(), { seed: 1, traceRecords: 100 });
  world.sendAt(0, A, { layer: "overlay", destination: "192.168.0.3", payload: new Uint8Array(1000) });
  world.simulation.run();
  const hops = hopsOf(world.trace.records());
  assert.deepEqual(hops.map(({ from, to }) => [from, to]), [[A, R1], [R1, R2], [R2, B], [B, R3], [R3, R4], [R4, C]]);
  const rows = journeyRows(hops, world.plan);
  const [a, b, c] = ["10.0.0.1", "10.0.0.4", "10.0.0.7"];
  assert.deepEqual(rows.map((row) => plain(row.outer)), [...Array(3).fill(`${a} → ${b}`), ...Array(3).fill(`${b} → ${c}`)]);
  for (const row of rows) assert.deepEqual([plain(row.inner), row.bytes], ["192.168.0.1 → 192.168.0.3", 1040]);
});

test("a tunnel is one hop to the overlay, however many routers it crosses (RFC 2003, 3.1): the inner time to live falls once, at B", () => {
  const world = simulateTunnels(bookFigureWorld(), { seed: 1, traceRecords: 100 });
  world.sendAt(0, A, { layer: "overlay", destination: "192.168.0.3", payload: new Uint8Array(10), timeToLive: 10 });
  world.simulation.run();
  assert.deepEqual(hopsOf(world.trace.records()).map(({ headers: [outer, inner] }) => [outer.timeToLive, inner.timeToLive]), [[64, 10], [63, 10], [62, 10], [64, 9], [63, 9], [62, 9]]);
});

test("the nodes that are tunneled through are never aware of the inner header: they handle an overlay's packet and an ordinary one alike", () => {
  const countsOf = (layer: string, destination: string, bytes: number) => {
    const world = simulateTunnels(bookFigureWorld(), { seed: 1 });
    world.sendAt(0, A, { layer, destination, payload: new Uint8Array(bytes) });
    world.simulation.run();
    return [R1, R2].map((router) => world.simulation.processOf(router)?.layerOf("underlay").counts);
  };
  assert.deepEqual(countsOf("overlay", "192.168.0.2", 1000), countsOf("underlay", "10.0.0.4", 1020));
});

test("underlay address 32-bit, overlay address an experimental 128-bit one: 20 bytes of outer header around 40 of inner", () => {
  const world = simulateTunnels(bookFigureWorld({ family: "ipv6" }), { seed: 1, traceRecords: 100 });
  world.sendAt(0, A, { layer: "overlay", destination: "2001:db8::c", payload: new Uint8Array(1000) });
  world.simulation.run();
  assert.deepEqual(hopsOf(world.trace.records()).map(({ headers }) => headers.map(({ bytes }) => bytes)), Array(6).fill([20, 40]));
  assert.deepEqual(world.deliveries.map(({ node }) => node), [C]);
});
