/** Packets through tunnels, hop by hop. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { BOOK_FIGURE_ADDRESSES, BOOK_FIGURE_NODES, bookFigureWorld, simulateTunnels } from "overlay-lab/dist/experiments/overlays-and-tunnels";
import { hopsOf, writePacket, type TunnelWorldSpec } from "overlay-lab/dist/routing-overlays";

const { A, R1, B, C } = BOOK_FIGURE_NODES;
const payload = Uint8Array.from({ length: 300 }, (_, index) => index & 255);

for (const family of ["ipv4", "ipv6", "name", "url"] as const) {
  test(`an overlay of ${family} addresses carries a packet from A over B to C unchanged`, () => {
    const world = simulateTunnels(bookFigureWorld({ family }), { seed: 1, traceRecords: 100 });
    world.sendAt(0, A, { layer: "overlay", destination: BOOK_FIGURE_ADDRESSES[family][2], payload });
    world.simulation.run();
    assert.deepEqual(world.deliveries.map(({ node, source, timeToLive }) => [node, source, timeToLive]), [[C, BOOK_FIGURE_ADDRESSES[family][0], 63]]);
    assert.deepEqual(world.deliveries[0].payload, payload);
    assert.equal(hopsOf(world.trace.records()).length, 6);
    world.checkInvariants();
  });
}

test("a router on the way decides by the outer header alone: scrambled inner bytes pass it the same way", () => {
  const world = simulateTunnels(bookFigureWorld(), { seed: 1 });
  const garbage = Uint8Array.from({ length: 100 }, (_, index) => (index * 89) & 255);
  const outer = writePacket("ipv4", { source: "10.0.0.1", destination: "10.0.0.4", timeToLive: 9, next: 4 }, garbage);
  world.simulation.invokeAt(0, A, (_process, context) => context.send(R1, { kind: "frame", packet: outer }, outer.length));
  world.simulation.run();
  assert.deepEqual(world.drops.map(({ node, reason }) => [node, reason]), [[B, "malformed"]]);
  world.checkInvariants();
});

test("the inner time to live counts overlay hops: 1 reaches B, and B reports what would go further", () => {
  const world = simulateTunnels(bookFigureWorld(), { seed: 1 });
  world.sendAt(0, A, { layer: "overlay", destination: "192.168.0.2", payload, timeToLive: 1 });
  world.sendAt(1, A, { layer: "overlay", destination: "192.168.0.3", payload, timeToLive: 1 });
  world.simulation.run();
  assert.deepEqual(world.deliveries.map(({ node }) => node), [B]);
  assert.deepEqual(world.drops.map(({ node, reason }) => [node, reason]), [[B, "hop-limit"]]);
  const errors = world.simulation.processOf(A)?.layerOf("overlay").errors ?? [];
  assert.deepEqual(errors.map(({ problem, destination, tunnel }) => [problem, destination, tunnel]), [["time-exceeded", "192.168.0.3", -1]]);
});

test("an outer time to live too short for the tunnel is reported to its beginning", () => {
  const world = simulateTunnels(bookFigureWorld(), { seed: 1, options: { tunnelTimeToLive: 2 } });
  world.sendAt(0, A, { layer: "overlay", destination: "192.168.0.2", payload });
  world.simulation.run();
  assert.deepEqual(world.drops.map(({ reason, layer }) => [reason, layer]), [["hop-limit", "underlay"]]);
  const errors = world.simulation.processOf(A)?.layerOf("underlay").errors ?? [];
  assert.deepEqual(errors.map(({ problem, destination, tunnel }) => [problem, destination, tunnel]), [["time-exceeded", "10.0.0.4", 0]]);
});

test("a destination that no table holds is dropped and reported", () => {
  const world = simulateTunnels(bookFigureWorld(), { seed: 1 });
  world.sendAt(0, A, { layer: "overlay", destination: "192.168.9.9", payload });
  world.simulation.run();
  assert.deepEqual(world.drops.map(({ node, reason }) => [node, reason]), [[A, "no-route"]]);
});

test("a packet out of a tunnel that nobody set up is not let in", () => {
  const world = simulateTunnels(bookFigureWorld(), { seed: 1 });
  const inner = writePacket("ipv4", { source: "192.168.0.1", destination: "192.168.0.3", timeToLive: 9, next: 253 }, payload);
  const outer = writePacket("ipv4", { source: "10.0.0.2", destination: "10.0.0.4", timeToLive: 9, next: 4 }, inner);
  world.simulation.invokeAt(0, R1, (_process, context) => context.send(2, { kind: "frame", packet: outer }, outer.length));
  world.simulation.run();
  assert.deepEqual(world.drops.map(({ node, reason }) => [node, reason]), [[B, "unknown-tunnel"]]);
});

/** Two sites with private addresses behind gateways, and a public network that knows neither. */
function sites(withVpn: boolean): TunnelWorldSpec {
  return {
    nodes: [
      { name: "host 1", address: "192.168.1.10", isPrivate: true }, { name: "gateway 1", address: "198.51.100.1" }, { name: "router 1" }, { name: "router 2" },
      { name: "gateway 2", address: "203.0.113.1" }, { name: "host 2", address: "192.168.2.10", isPrivate: true },
    ],
    links: [0, 1, 2, 3, 4].map((a) => ({ a, b: a + 1, delayUs: 1000 })),
    vpns: withVpn ? [{ a: 1, b: 4, routesAtA: ["192.168.2.0/24"], routesAtB: ["192.168.1.0/24"] }] : [],
  };
}

test("a VPN is two more entries in the gateways' tables: the longest match sends private addresses through the tunnel", () => {
  const world = simulateTunnels(sites(true), { seed: 1, traceRecords: 100 });
  world.sendAt(0, 0, { layer: "underlay", destination: "192.168.2.10", payload });
  world.simulation.run();
  assert.deepEqual(world.deliveries.map(({ node, source }) => [node, source]), [[5, "192.168.1.10"]]);
  const headers = hopsOf(world.trace.records()).map(({ headers: [outer] }) => `${outer.source} ${outer.destination}`);
  assert.deepEqual(headers, ["192.168.1.10 192.168.2.10", ...Array(3).fill("198.51.100.1 203.0.113.1"), "192.168.1.10 192.168.2.10"]);
  world.checkInvariants();
});

test("without the entries the same packet dies at the gateway, and public addresses never enter the tunnel", () => {
  const without = simulateTunnels(sites(false), { seed: 1 });
  without.sendAt(0, 0, { layer: "underlay", destination: "192.168.2.10", payload });
  without.simulation.run();
  assert.deepEqual(without.drops.map(({ node, reason }) => [node, reason]), [[1, "no-route"]]);
  const world = simulateTunnels(sites(true), { seed: 1, traceRecords: 100 });
  world.sendAt(0, 0, { layer: "underlay", destination: "203.0.113.1", payload });
  world.simulation.run();
  assert.ok(hopsOf(world.trace.records()).every(({ headers }) => headers.length === 1));
  assert.equal(world.deliveries.length, 1);
});

test("a VPN whose far end lies behind itself does not wrap packets for ever", () => {
  const spec = sites(true);
  const world = simulateTunnels({ ...spec, vpns: [{ a: 1, b: 4, routesAtA: ["192.168.2.0/24", "203.0.113.1/32"], routesAtB: [] }] }, { seed: 1 });
  world.sendAt(0, 0, { layer: "underlay", destination: "192.168.2.10", payload });
  world.simulation.run({ maxEvents: 1000 });
  assert.deepEqual(world.drops.map(({ node, reason }) => [node, reason]), [[1, "tunnel-loop"]]);
  world.checkInvariants();
});

test("several overlays share one underlay, each with its own addresses and port, and do not mix", () => {
  const members = (prefix: string) => [A, B, C].map((node, index) => ({ node, address: `${prefix}.${index + 1}` }));
  const tunnels = [{ a: A, b: B }, { a: B, b: C }];
  const spec = bookFigureWorld();
  const overlays = [{ name: "red", family: "ipv4" as const, members: members("172.16.0"), tunnels }, { name: "blue", family: "ipv4" as const, members: members("172.16.0"), tunnels, encapsulation: "udp" as const, port: 4789 }];
  const world = simulateTunnels({ ...spec, overlays }, { seed: 1, traceRecords: 100 });
  world.sendAt(0, A, { layer: "red", destination: "172.16.0.3", payload });
  world.sendAt(0, A, { layer: "blue", destination: "172.16.0.3", payload: payload.subarray(1) });
  world.simulation.run();
  assert.deepEqual(world.deliveries.map(({ layer, node, payload: { length } }) => [layer, node, length]), [["red", C, 300], ["blue", C, 299]]);
  assert.deepEqual([...new Set(hopsOf(world.trace.records()).map(({ headers, bytes }) => bytes - headers[headers.length - 1].bytes - (headers[1].protocol === "UDP" ? 299 : 300)))].sort(), [20, 28]);
  assert.throws(() => simulateTunnels({ ...spec, overlays: [overlays[0], { ...overlays[0], name: "green" }] }, { seed: 1 }), /another port/);
});

test("URLs are routed to the nearest node that serves them", () => {
  const spec = bookFigureWorld({ family: "url" });
  const [overlay] = spec.overlays ?? [];
  const members = overlay.members.map((member) => (member.node === A ? member : { ...member, serves: member.node === B ? ["http://cdn.example/"] : ["http://cdn.example/", "http://cdn.example/films"] }));
  const world = simulateTunnels({ ...spec, overlays: [{ ...overlay, members }] }, { seed: 1 });
  for (const destination of ["http://cdn.example/page", "http://cdn.example/films/7"]) world.sendAt(0, A, { layer: "overlay", destination, payload });
  world.simulation.run();
  assert.deepEqual(world.deliveries.map(({ node, destination }) => [node, destination]), [[B, "http://cdn.example/page"], [C, "http://cdn.example/films/7"]]);
});

test("domain names are routed to the node that serves the longest part of them", () => {
  const spec = bookFigureWorld({ family: "name" });
  const [overlay] = spec.overlays ?? [];
  const members = overlay.members.map((member) => (member.node === A ? member : { ...member, serves: member.node === B ? ["example.org"] : ["de.example.org"] }));
  const world = simulateTunnels({ ...spec, overlays: [{ ...overlay, members }] }, { seed: 1 });
  for (const destination of ["www.example.org", "www.de.example.org"]) world.sendAt(0, A, { layer: "overlay", destination, payload });
  world.simulation.run();
  assert.deepEqual(world.deliveries.map(({ node }) => node), [B, C]);
});

test("mistakes in a description are told before anything runs", () => {
  const spec = bookFigureWorld();
  const [overlay] = spec.overlays ?? [];
  const build = (change: object) => () => simulateTunnels({ ...spec, overlays: [{ ...overlay, ...change }] }, { seed: 1 });
  assert.throws(build({ over: "overlay" }), /unknown layer below/);
  assert.throws(build({ members: overlay.members.slice(1) }), /not in the overlay/);
  assert.throws(build({ members: overlay.members.map((member) => ({ ...member, address: "192.168.0.1" })) }), /same address twice/);
  assert.throws(build({ family: "name", encapsulation: "ip-in-ip", members: overlay.members.map((member, index) => ({ ...member, address: `n${index}` })) }), /only IP/);
  assert.throws(build({ family: "ipx" }), /unknown family/);
  assert.throws(build({ tunnels: [...overlay.tunnels, { a: B, b: A }] }), /same pair of nodes twice/);
  assert.throws(build({ tunnels: [{ a: A, b: A }] }), ParameterError);
  assert.throws(build({ members: overlay.members.map((member) => ({ ...member, joinsLater: true })) }), /join later/);
  assert.throws(() => simulateTunnels({ ...spec, links: [...spec.links, { a: 1, b: 0, delayUs: 1 }] }, { seed: 1 }), /same pair of nodes twice/);
  assert.throws(() => simulateTunnels({ ...spec, nodes: spec.nodes.map((node) => ({ ...node, isPrivate: node.name === "R1" })) }, { seed: 1 }), /exactly one link/);
});
