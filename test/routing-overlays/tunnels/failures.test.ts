/** Nodes that join, leave and die in an overlay with link-state routing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { simulateTunnels } from "overlay-lab/dist/experiments/overlays-and-tunnels";
import { TUNNEL_DEFAULTS, type OverlaySpec, type TunnelWorldSpec } from "overlay-lab/dist/routing-overlays";
import type { Fault } from "overlay-lab/dist/simulation";

const SECOND = 1_000_000;
const [HUB, A, B, C, D] = [0, 1, 2, 3, 4];
const payload = new Uint8Array(100);

/** Four hosts around one router; the overlay goes from A to D over B, or over C at a higher cost. */
function square(change: Partial<OverlaySpec> = {}): TunnelWorldSpec {
  return {
    nodes: ["hub", "A", "B", "C", "D"].map((name) => ({ name })),
    links: [A, B, C, D].map((host) => ({ a: HUB, b: host, delayUs: 10_000 })),
    overlays: [{
      name: "ring", family: "ipv6", routing: "link-state", members: [A, B, C, D].map((node) => ({ node, address: `2001:db8::${node}` })),
      tunnels: [{ a: A, b: B }, { a: B, b: D }, { a: A, b: C, cost: 2 }, { a: C, b: D, cost: 2 }], ...change,
    }],
  };
}

function run(spec: TunnelWorldSpec, faults: readonly Fault[] = [], sendEveryUs = SECOND, untilUs = 60 * SECOND) {
  const world = simulateTunnels(spec, { seed: 11, faults, traceRecords: 0 });
  for (let at = 5 * SECOND; at < untilUs - SECOND; at += sendEveryUs) world.sendAt(at, A, { layer: "ring", destination: "2001:db8::4", payload: Uint8Array.of(at / SECOND) });
  world.simulation.run({ untilUs });
  world.checkInvariants();
  return { world, arrivedAt: world.deliveries.map((delivery) => delivery.payload[0]) };
}

test("keep-alives find all neighbours, and routing leaves the same tables as the converged ones", () => {
  const dynamic = simulateTunnels(square(), { seed: 3 });
  dynamic.simulation.run({ untilUs: 5 * SECOND });
  const fixed = simulateTunnels(square({ routing: "converged" }), { seed: 3 });
  fixed.simulation.run();
  for (const node of [A, B, C, D]) {
    for (const to of [A, B, C, D]) {
      const way = (world: typeof fixed) => world.simulation.processOf(node)?.layerOf("ring").table?.lookup(`2001:db8::${to}`);
      assert.equal(way(dynamic), way(fixed), `${node} to ${to}`);
      assert.notEqual(way(dynamic), -1);
    }
  }
  assert.equal(dynamic.neighbourChanges.filter(({ isUp }) => isUp).length, 8);
  dynamic.checkInvariants();
});

test("when a tunnel's end dies its neighbours notice after the time of silence, and packets go around", () => {
  const { world, arrivedAt } = run(square(), [{ kind: "crash", node: B, atUs: 20 * SECOND + 500_000 }]);
  const noticed = world.neighbourChanges.filter(({ peer, isUp }) => peer === B && !isUp);
  assert.deepEqual(noticed.map(({ node }) => node).sort(), [A, D]);
  for (const { timeUs } of noticed) {
    const silence = timeUs - (20 * SECOND + 500_000);
    assert.ok(silence >= TUNNEL_DEFAULTS.deadUs - TUNNEL_DEFAULTS.keepAliveUs - 20_000 && silence <= TUNNEL_DEFAULTS.deadUs + TUNNEL_DEFAULTS.keepAliveUs, `noticed after ${silence} µs`);
  }
  const lost = Array.from({ length: 54 }, (_, index) => index + 5).filter((second) => !arrivedAt.includes(second));
  assert.ok(lost.length >= 3 && lost.length <= 5, `lost ${lost.join(" ")}`);
  assert.deepEqual([lost[0], lost[lost.length - 1] - lost[0]], [21, lost.length - 1]);
  assert.ok(arrivedAt.includes(58));
});

test("without another way the overlay drops with a counted reason", () => {
  const { world, arrivedAt } = run(square({ tunnels: [{ a: A, b: B }, { a: B, b: D }] }), [{ kind: "crash", node: B, atUs: 20 * SECOND }]);
  assert.ok(!arrivedAt.includes(30));
  const counts = world.simulation.processOf(A)?.layerOf("ring").counts;
  assert.ok((counts?.dropped.get("no-route") ?? 0) >= 30);
  // The sender is told each time: it is the node that found no way.
  assert.equal(world.simulation.processOf(A)?.layerOf("ring").errors.length, counts?.dropped.get("no-route"));
});

test("a node that comes back is used again, though it starts counting its versions anew", () => {
  const { world, arrivedAt } = run(square(), [{ kind: "crash", node: B, atUs: 20 * SECOND, restartUs: 40 * SECOND }]);
  assert.ok(arrivedAt.includes(30) && arrivedAt.includes(58));
  const before = world.simulation.processOf(B)?.layerOf("ring");
  assert.ok((before?.counts.forwarded ?? 0) > 0 && (before?.sequence ?? 0) > 2);
  const layer = world.simulation.processOf(A)?.layerOf("ring");
  assert.equal(layer?.table?.lookup("2001:db8::4"), layer?.table?.lookup("2001:db8::2"));
});

test("a node that leaves says so: no packet is lost on the way around", () => {
  const spec = square();
  const world = simulateTunnels(spec, { seed: 11 });
  for (let at = 5; at < 40; at++) world.sendAt(at * SECOND, A, { layer: "ring", destination: "2001:db8::4", payload: Uint8Array.of(at) });
  world.simulation.invokeAt(20 * SECOND + 500_000, B, (process, context) => process.leave(context, "ring"));
  world.simulation.run({ untilUs: 41 * SECOND });
  assert.deepEqual(world.deliveries.map((delivery) => delivery.payload[0]), Array.from({ length: 35 }, (_, index) => index + 5));
  assert.equal(world.simulation.processOf(B)?.layerOf("ring").isActive, false);
  world.simulation.invokeAt(42 * SECOND, B, (process, context) => {
    assert.throws(() => process.leave(context, "ring"), ParameterError);
    process.join(context, "ring");
    assert.throws(() => process.join(context, "ring"), ParameterError);
  });
  world.simulation.run({ untilUs: 50 * SECOND });
  assert.equal(world.simulation.processOf(A)?.layerOf("ring").tunnels.find(({ peer }) => peer === B)?.isUp, true);
  world.checkInvariants();
});

test("a node that joins later is reached from then on", () => {
  const members = [A, B, C, D].map((node) => ({ node, address: `2001:db8::${node}`, joinsLater: node === D }));
  const world = simulateTunnels(square({ members }), { seed: 2 });
  for (const at of [10, 30]) world.sendAt(at * SECOND, A, { layer: "ring", destination: "2001:db8::4", payload });
  world.simulation.invokeAt(20 * SECOND, D, (process, context) => process.join(context, "ring"));
  world.simulation.run({ untilUs: 31 * SECOND });
  assert.deepEqual(world.drops.filter(({ reason }) => reason !== "not-a-member").map(({ node, reason }) => [node, reason]), [[A, "no-route"]]);
  assert.equal(world.deliveries.length, 1);
  world.checkInvariants();
});

test("a tunnel that passes packets one way only is not used", () => {
  const faults: Fault[] = [{ kind: "loss", probability: 1, from: [HUB], to: [B], fromUs: 20 * SECOND }];
  const { world, arrivedAt } = run(square(), faults);
  assert.ok(arrivedAt.includes(58));
  const layer = world.simulation.processOf(A)?.layerOf("ring");
  // A still hears B, but B says that it does not hear A.
  assert.deepEqual(layer?.tunnels.filter(({ peer }) => peer === B).map(({ isUp, peerHears }) => [isUp, peerHears]), [[false, false]]);
});

test("an overlay on an overlay goes on while the lower one finds a way around", () => {
  const spec = square();
  const upper: OverlaySpec = { name: "upper", over: "ring", family: "ipv4", routing: "link-state", members: [A, D].map((node) => ({ node, address: `172.16.0.${node}` })), tunnels: [{ a: A, b: D }] };
  const world = simulateTunnels({ ...spec, overlays: [...(spec.overlays ?? []), upper] }, { seed: 4, options: { deadUs: 4 * SECOND }, faults: [{ kind: "crash", node: B, atUs: 20 * SECOND }] });
  for (const at of [10, 19, 40]) world.sendAt(at * SECOND, A, { layer: "upper", destination: "172.16.0.4", payload });
  world.simulation.run({ untilUs: 41 * SECOND });
  assert.equal(world.deliveries.filter(({ layer }) => layer === "upper").length, 3);
  world.checkInvariants();
});
