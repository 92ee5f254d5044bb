/** Laws of the MBone and the 6-Bone on random and real networks: who is reached, over which links, and how many bytes. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseGraphml } from "overlay-lab/dist/codecs";
import { decodeDvmrp } from "overlay-lab/dist/codecs/dvmrp";
import { decodeIgmp } from "overlay-lab/dist/codecs/igmp";
import { decodeIpv4 } from "overlay-lab/dist/codecs/ip-headers";
import { simulateMbone, simulateSixBone } from "overlay-lab/dist/experiments/experimental-ip";
import { RouterGraph, graphOfDocument, waxman } from "overlay-lab/dist/network";
import { frameBytes, islandsOf, planTunnels, type MboneFrame, type MboneWorldSpec } from "overlay-lab/dist/routing-overlays/experimental-ip";
import { headersOf } from "overlay-lab/dist/routing-overlays/tunnels";
import { RandomStream } from "overlay-lab/dist/simulation";

const SECOND = 1_000_000;
const GROUP = "239.1.2.3";
const ZOO = join("..", "shared", "data", "topology", "zoo-dev");

function drawn(nodes: number, random: RandomStream): RouterGraph {
  return waxman({ nodes, alpha: 0.5, beta: 0.25, diagonalUs: 40_000, repair: "join-parts", random }).graph;
}

function linksOf(graph: RouterGraph): { a: number; b: number; delayUs: number }[] {
  return [...graph.heads.keys()].filter((link) => graph.tails[link] < graph.heads[link] && graph.linkBetween(graph.tails[link], graph.heads[link]) === link)
    .map((link) => ({ a: graph.tails[link], b: graph.heads[link], delayUs: Math.max(1, graph.delaysUs[link]) }));
}

/** A world with a host at every multicast router, on a graph. */
function worldOn(graph: RouterGraph, isMulticast: readonly boolean[]): MboneWorldSpec {
  return {
    routers: isMulticast.map((value, router) => ({ name: `r${router}`, isMulticast: value })), links: linksOf(graph),
    tunnels: planTunnels(graph, isMulticast).map(({ a, b }) => ({ a, b })),
    subnets: isMulticast.flatMap((value, router) => (value ? [{ router, hosts: [`h${router}`] }] : [])),
  };
}

/** Parents towards a source over native links, by fewest hops, then the lowest neighbour: computed from the whole graph, as DVMRP ends up. */
function reversePathTree(graph: RouterGraph, source: number): Int32Array {
  const hops = new Int32Array(graph.nodeCount).fill(-1);
  const parents = new Int32Array(graph.nodeCount).fill(-1);
  hops[source] = 0;
  for (let round = [source]; round.length > 0; ) {
    const next: number[] = [];
    for (const node of round) for (let link = graph.starts[node]; link < graph.starts[node + 1]; link++) {
      const head = graph.heads[link];
      if (hops[head] >= 0) continue;
      hops[head] = hops[node] + 1;
      next.push(head);
    }
    round = next;
  }
  for (let node = 0; node < graph.nodeCount; node++) {
    for (let link = graph.starts[node]; link < graph.starts[node + 1]; link++) {
      const head = graph.heads[link];
      if (hops[head] === hops[node] - 1 && (parents[node] < 0 || head < parents[node])) parents[node] = head;
    }
  }
  return parents;
}

test("with native routers only, the pruned tree is the tree of reverse shortest paths, each link once, and no packet is ever repeated", () => {
  for (let seed = 1; seed <= 12; seed++) {
    const random = new RandomStream({ seed, name: "native" });
    const graph = drawn(16, random);
    const world = simulateMbone(worldOn(graph, Array.from({ length: 16 }, () => true)), { seed });
    const source = random.integer(16);
    const members = random.sample(16, 5).filter((router) => router !== source);
    for (const member of members) world.joinAt(SECOND, `h${member}`, GROUP);
    for (const at of [300, 301, 310, 320]) world.sendAt(at * SECOND, `h${source}`, GROUP);
    world.simulation.run({ untilUs: 330 * SECOND });
    world.checkInvariants();
    assert.equal(world.drops.get("repeat") ?? 0, 0);
    const parents = reversePathTree(graph, source);
    const expected = new Set<number>();
    for (const member of members) for (let at = member; at !== source; at = parents[at]) expected.add(Math.min(at, parents[at]) * world.plan.nodeCount + Math.max(at, parents[at]));
    const last = world.packets[world.packets.length - 1];
    assert.deepEqual([...last.copies.keys()].filter((key) => key >= 0).sort((a, b) => a - b), [...expected].sort((a, b) => a - b), `seed ${seed}`);
    assert.ok([...last.copies.values()].every((copies) => copies === 1));
    assert.deepEqual([...last.arrivedUs.keys()].map((host) => world.plan.names[host]).sort(), members.map((member) => `h${member}`).sort());
    // The first packets were flooded to all that depend on the source: every router got one.
    assert.equal(world.packets[0].routers.size, 16);
  }
});

test("at any share of multicast routers every member is reached once, and the tunnels are one fewer than the islands", () => {
  for (let seed = 1; seed <= 25; seed++) {
    const random = new RandomStream({ seed, name: "mixed" });
    const graph = drawn(14, random);
    const upgraded = Array.from({ length: 14 }, () => random.chance(1 + (seed % 9), 10));
    for (const router of random.sample(14, 2)) upgraded[router] = true;
    const spec = worldOn(graph, upgraded);
    const islands = new Set([...islandsOf(graph, upgraded)].filter((island) => island >= 0));
    assert.equal(spec.tunnels?.length, islands.size - 1, `seed ${seed}`);
    const world = simulateMbone(spec, { seed });
    const [source, ...members] = spec.subnets.flatMap(({ hosts }) => hosts);
    for (const member of members) world.joinAt(SECOND, member, GROUP);
    for (const at of [400, 401]) world.sendAt(at * SECOND, source, GROUP);
    world.simulation.run({ untilUs: 410 * SECOND });
    world.checkInvariants();
    for (const packet of world.packets) assert.equal(packet.arrivedUs.size, members.length, `seed ${seed}`);
    assert.equal(world.drops.get("repeat") ?? 0, 0);
  }
});

test("the size of every frame is that of its bytes, and the bytes read back as what was sent", () => {
  const random = new RandomStream({ seed: 3, name: "sizes" });
  const graph = drawn(12, random);
  const upgraded = Array.from({ length: 12 }, (_, router) => router % 3 !== 1);
  const spec = worldOn(graph, upgraded);
  const subnets = spec.subnets.map((subnet, index) => ({ ...subnet, prefix: index % 2 === 0 ? `10.${index}.0.0/16` : `172.16.${index}.64/27` }));
  const world = simulateMbone({ ...spec, subnets }, { seed: 3, traceRecords: 100_000 });
  const hosts = subnets.flatMap((subnet) => subnet.hosts);
  for (const host of hosts.slice(1, 4)) world.joinAt(SECOND, host, GROUP);
  world.sendAt(200 * SECOND, hosts[0], GROUP, 777);
  for (const host of hosts.slice(1, 4)) world.leaveAt(210 * SECOND, host, GROUP);
  world.sendAt(250 * SECOND, hosts[0], GROUP, 0);
  for (const host of hosts.slice(2, 6)) world.joinAt(260 * SECOND, host, GROUP);
  world.simulation.run({ untilUs: 300 * SECOND });
  const met = new Map<string, number>();
  for (const record of world.trace.records()) {
    if (record.kind !== "send") continue;
    const frame = record.message as MboneFrame;
    const bytes = frameBytes(world.plan, frame, record.node);
    assert.equal(bytes.length, frame.bytes, frame.kind);
    assert.equal(record.bytes, frame.bytes);
    const { header, payload } = decodeIpv4(bytes);
    if (header.protocol === 2) {
      if (payload[0] === 0x13) assert.equal(decodeDvmrp(payload).kind, frame.kind === "route-report" ? "report" : frame.kind);
      else assert.equal(decodeIgmp(payload).kind, frame.kind);
    } else assert.equal(headersOf(bytes).length, frame.unicast === null ? 2 : 3);
    met.set(frame.kind, (met.get(frame.kind) ?? 0) + 1);
  }
  assert.deepEqual([...met.keys()].sort(), ["data", "graft", "graft-ack", "leave", "probe", "prune", "query", "report", "route-report"]);
});

test("a packet passes an interface only with a time to live above its threshold, for all 255 values", () => {
  const world = simulateMbone({
    routers: ["A", "B", "C", "D"].map((name) => ({ name, isMulticast: true })), links: [0, 1, 2].map((a) => ({ a, b: a + 1, delayUs: 1000, threshold: [1, 16, 64][a] })),
    subnets: [0, 1, 2, 3].map((router) => ({ router, hosts: [`h${router}`] })),
  }, { seed: 1 });
  for (const host of ["h1", "h2", "h3"]) world.joinAt(SECOND, host, GROUP);
  for (let timeToLive = 1; timeToLive <= 255; timeToLive++) world.sendAt((100 + timeToLive) * SECOND, "h0", GROUP, 10, timeToLive);
  world.simulation.run({ untilUs: 400 * SECOND });
  // Each router takes one off; the subnets' own thresholds are 1. So the first values that arrive are 1 + 2, 16 + 2 and 64 + 3.
  const arrived = [1, 2, 3].map((router) => world.packets.flatMap(({ arrivedUs }, index) => (arrivedUs.has(world.plan.nodeNamed(`h${router}`)) ? [index + 1] : [])));
  [3, 18, 67].forEach((least, index) => assert.deepEqual(arrived[index], Array.from({ length: 256 - least }, (_, i) => least + i)));
  assert.ok((world.drops.get("threshold") ?? 0) > 0);
});

test("equal seeds give equal runs to the last event, for both bones", () => {
  const six = () => {
    const world = simulateSixBone({ routers: [{ name: "a", hasIpv6: true }, { name: "b", hasIpv6: false }, { name: "c", hasIpv6: true }], links: [{ a: 0, b: 1, delayUs: 900 }, { a: 1, b: 2, delayUs: 800 }], hosts: [{ name: "x", router: 0 }, { name: "y", router: 2 }], tunnels: [{ a: 0, b: 2 }] }, { seed: 8, faults: [{ kind: "loss", probability: 0.2 }] });
    world.joinAt(SECOND, "y", "ff1e::9");
    for (let at = 10; at < 200; at += 7) world.sendAt(at * SECOND, "x", "ff1e::9", Uint8Array.of(at));
    world.simulation.run({ untilUs: 300 * SECOND });
    return [world.simulation.fingerprint(), world.simulation.counts.events, world.deliveries.length];
  };
  const four = () => {
    const graph = drawn(8, new RandomStream({ seed: 1, name: "same" }));
    const world = simulateMbone(worldOn(graph, Array.from({ length: 8 }, (_, router) => router !== 3)), { seed: 8, faults: [{ kind: "loss", probability: 0.2 }] });
    world.joinAt(SECOND, "h1", GROUP);
    for (let at = 10; at < 200; at += 7) world.sendAt(at * SECOND, "h0", GROUP);
    world.simulation.run({ untilUs: 300 * SECOND });
    return [world.simulation.fingerprint(), world.simulation.counts.events, world.deliveries.length];
  };
  assert.deepEqual(six(), six());
  assert.deepEqual(four(), four());
  assert.ok((six()[2] as number) > 5 && (four()[2] as number) > 5);
});

test("on real topologies of the Topology Zoo every member is reached once at 0, 50 and 100 % of multicast routers", (t) => {
  if (!existsSync(ZOO)) return t.skip("no topology data beside the repository");
  const files = readdirSync(ZOO).filter((file) => file.endsWith(".graphml")).sort((a, b) => (a < b ? -1 : 1)).filter((_, index) => index % 12 === 0);
  assert.ok(files.length >= 8);
  for (const file of files) {
    const { graph } = graphOfDocument(parseGraphml(readFileSync(join(ZOO, file), "utf8"), { file }), { delay: { kind: "constant", delayUs: 2000 }, weight: "hops", disconnected: "largest-part" });
    if (graph.nodeCount > 80) continue;
    for (const share of [0, 5, 10]) {
      const random = new RandomStream({ seed: 9, name: file });
      const upgraded = Array.from({ length: graph.nodeCount }, () => random.chance(share, 10));
      for (const router of random.sample(graph.nodeCount, Math.min(4, graph.nodeCount))) upgraded[router] = true;
      const spec = worldOn(graph, upgraded);
      const world = simulateMbone(spec, { seed: 5 });
      const [source, ...members] = random.shuffle(spec.subnets.flatMap(({ hosts }) => hosts)).slice(0, 4);
      for (const member of members) world.joinAt(SECOND, member, GROUP);
      for (const at of [300, 310]) world.sendAt(at * SECOND, source, GROUP);
      world.simulation.run({ untilUs: 320 * SECOND });
      world.checkInvariants();
      for (const packet of world.packets) assert.equal(packet.arrivedUs.size, members.length, `${file} at ${share * 10} %`);
    }
  }
});
