/** Overlays on overlays. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { simulateTunnels } from "overlay-lab/dist/experiments/overlays-and-tunnels";
import { hopsOf, type OverlaySpec, type TunnelWorldSpec } from "overlay-lab/dist/routing-overlays";

/** A line of nodes with `depth` overlays of both ends and the middle, each on top of the one before. */
function tower(depth: number, change: (level: number) => Partial<OverlaySpec> = () => ({})): TunnelWorldSpec {
  const overlays = Array.from({ length: depth }, (_, index): OverlaySpec => ({
    name: `level ${index + 1}`, over: index === 0 ? "underlay" : `level ${index}`, family: "ipv4",
    members: [0, 2, 4].map((node) => ({ node, address: `172.16.${index + 1}.${node + 1}` })),
    tunnels: [{ a: 0, b: 2 }, { a: 2, b: 4 }],
    ...change(index + 1),
  }));
  return { nodes: [0, 1, 2, 3, 4].map((node) => ({ name: `n${node}` })), links: [0, 1, 2, 3].map((a) => ({ a, b: a + 1, delayUs: 1000 })), overlays };
}

const payload = new Uint8Array(1000).fill(9);

for (const [encapsulation, header] of [["ip-in-ip", 20], ["udp", 28]] as const) {
  test(`every level of ${encapsulation} adds exactly ${header} bytes, at any depth up to 15`, () => {
    for (const depth of [1, 2, 3, 4, 15]) {
      const world = simulateTunnels(tower(depth, (level) => ({ encapsulation, port: 6000 + level })), { seed: 1, traceRecords: 1000 });
      world.sendAt(0, 0, { layer: `level ${depth}`, destination: `172.16.${depth}.5`, payload });
      world.simulation.run();
      assert.equal(world.deliveries.length, 1, `depth ${depth}`);
      const hops = hopsOf(world.trace.records());
      assert.equal(hops.length, 4);
      for (const { bytes } of hops) assert.equal(bytes, 1000 + 20 + depth * header);
      world.checkInvariants();
    }
  });
}

test("each level keeps its own time to live: the outermost counts physical hops, the innermost overlay hops", () => {
  const world = simulateTunnels(tower(3), { seed: 1, traceRecords: 100 });
  world.sendAt(0, 0, { layer: "level 3", destination: "172.16.3.5", payload });
  world.simulation.run();
  const lives = hopsOf(world.trace.records()).map(({ headers }) => headers.map(({ timeToLive }) => timeToLive));
  assert.deepEqual(lives, [[64, 64, 64, 64], [63, 64, 64, 64], [64, 64, 64, 63], [63, 64, 64, 63]]);
});

test("addresses of different kinds nest: IPv4 on URLs on IPv6 on names on IPv4", () => {
  const families = { 1: ["name", (n: number) => `n${n}.example`], 2: ["ipv6", (n: number) => `2001:db8::${n}`], 3: ["url", (n: number) => `http://n${n}.example/`], 4: ["ipv4", (n: number) => `10.4.0.${n}`] } as const;
  const spec = tower(4, (level) => {
    const [family, address] = families[level as 1];
    return { family, members: [0, 2, 4].map((node) => ({ node, address: address(node) })) };
  });
  const world = simulateTunnels(spec, { seed: 1, traceRecords: 100 });
  world.sendAt(0, 0, { layer: "level 4", destination: "10.4.0.4", payload });
  world.simulation.run();
  assert.deepEqual(world.deliveries.map(({ node, payload: { length } }) => [node, length]), [[4, 1000]]);
  assert.deepEqual(hopsOf(world.trace.records())[0].headers.map(({ protocol }) => protocol), ["IPv4", "UDP", "name", "IPv6", "UDP", "url", "IPv4"]);
  world.checkInvariants();
});

test("the flag against fragmentation is carried down through all levels, and the size that fits comes back up", () => {
  const world = simulateTunnels(tower(3), { seed: 1 });
  world.sendAt(0, 0, { layer: "level 3", destination: "172.16.3.5", payload: new Uint8Array(1440 - 20 + 1), dontFragment: true });
  world.sendAt(1, 0, { layer: "level 3", destination: "172.16.3.5", payload: new Uint8Array(1440 - 20), dontFragment: true });
  world.simulation.run();
  assert.deepEqual(world.simulation.processOf(0)?.layerOf("level 3").errors.map(({ mtuBytes }) => mtuBytes), [1440]);
  assert.deepEqual(world.deliveries.map((delivery) => delivery.payload.length), [1420]);
});

test("a narrow link far below teaches every level its size, one lost packet a level", () => {
  const spec = tower(2);
  const world = simulateTunnels({ ...spec, links: spec.links.map((link) => (link.a === 3 ? { ...link, mtuBytes: 1000 } : link)) }, { seed: 1 });
  for (let i = 0; i < 4; i++) world.sendAt(i * 1_000_000, 0, { layer: "level 2", destination: "172.16.2.5", payload, dontFragment: true });
  world.simulation.run();
  assert.deepEqual(world.simulation.processOf(0)?.layerOf("level 2").errors.map(({ mtuBytes }) => mtuBytes), [960, 960, 960]);
  world.sendAt(10_000_000, 0, { layer: "level 2", destination: "172.16.2.5", payload: new Uint8Array(940), dontFragment: true });
  world.simulation.run();
  assert.deepEqual(world.deliveries.map((delivery) => delivery.payload.length), [940]);
});

test("more levels than the guard allows end in a counted drop, not in a crash", () => {
  const world = simulateTunnels(tower(5), { seed: 1, options: { maxNesting: 4 } });
  world.sendAt(0, 0, { layer: "level 5", destination: "172.16.5.5", payload });
  world.simulation.run();
  assert.deepEqual(world.drops.map(({ reason }) => reason), ["nesting-limit"]);
  world.checkInvariants();
});
