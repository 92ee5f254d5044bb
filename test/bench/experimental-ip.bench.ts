/** Speed of the MBone on 1,000 routers, half of them and all of them multicast, and of the 6-Bone byte by byte. */
import { simulateMbone, simulateSixBone } from "overlay-lab/dist/experiments/experimental-ip";
import { RouterGraph, waxman } from "overlay-lab/dist/network";
import { planTunnels, type MboneWorldSpec } from "overlay-lab/dist/routing-overlays/experimental-ip";
import { RandomStream, Simulation, constantDelay } from "overlay-lab/dist/simulation";
import { cpuSeconds, printRows } from "./table";

const ROUTERS = 1000;
const SECOND = 1_000_000;
const GROUP = "224.2.127.254";

function network(): RouterGraph {
  return waxman({ nodes: ROUTERS, alpha: 0.025, beta: 0.2, diagonalUs: 40_000, repair: "join-parts", random: new RandomStream({ seed: 1, name: "bench" }) }).graph;
}

function links(graph: RouterGraph): { a: number; b: number; delayUs: number }[] {
  return [...graph.heads.keys()].filter((link) => graph.tails[link] < graph.heads[link]).map((link) => ({ a: graph.tails[link], b: graph.heads[link], delayUs: Math.max(1, graph.delaysUs[link]) }));
}

function worldOf(graph: RouterGraph, everyNth: number): MboneWorldSpec {
  const isMulticast = Array.from({ length: ROUTERS }, (_, router) => router % everyNth === 0);
  return {
    routers: isMulticast.map((value, router) => ({ name: `r${router}`, isMulticast: value })), links: links(graph), tunnels: planTunnels(graph, isMulticast).map(({ a, b }) => ({ a, b })),
    subnets: isMulticast.flatMap((value, router) => (value ? [{ router, hosts: [`h${router}`] }] : [])),
  };
}

/** The bare engine with as many messages: the bound that a protocol cannot pass. */
function bareSeconds(messages: number): number {
  const bare = new Simulation<object>({
    nodes: ROUTERS, seed: 1, transport: constantDelay(5000),
    process: () => ({ onStart: () => undefined, onMessage: (context, from, message) => (left-- > 0 ? context.send((from + 7) % ROUTERS, message, 100) : undefined), onTimer: () => undefined }),
  });
  let left = messages;
  for (let node = 0; node < ROUTERS; node++) bare.invokeAt(0, node, (_process, context) => context.send((node + 1) % ROUTERS, {}, 100));
  return cpuSeconds(() => bare.run());
}

function mbone(everyNth: number, simulatedS: number) {
  const spec = worldOf(network(), everyNth);
  const world = simulateMbone(spec, { seed: 1, followPackets: false });
  const hosts = spec.subnets.flatMap((subnet) => subnet.hosts);
  hosts.slice(1, 101).forEach((host) => world.joinAt(SECOND, host, GROUP));
  for (let at = 120; at < simulatedS; at++) world.sendAt(at * SECOND, hosts[0], GROUP);
  const time = cpuSeconds(() => world.simulation.run({ untilUs: simulatedS * SECOND }));
  const { sent } = world.simulation.counts;
  const bare = bareSeconds(sent);
  const routes = [...world.bytesByKind].find(([kind]) => kind === "route-report")?.[1] ?? 0;
  return {
    work: `MBone, ${ROUTERS} routers, ${hosts.length} with multicast`, ours: `${(simulatedS / time).toPrecision(3)} s/s, ${(sent / time / 1e6).toPrecision(3)} M messages/s`, peer: `${(sent / bare / 1e6).toPrecision(3)} M messages/s`, ratio: bare / time,
    note: `${simulatedS} s with ${spec.tunnels?.length} tunnels, ${sent} messages, ${(routes / 1e6).toFixed(1)} MB of route reports for ${hosts.length} networks. No simulator ships the MBone, so the peer is the bare engine with as many messages and no protocol: a bound, not the same work.`,
  };
}

function sixBone() {
  const graph = new RouterGraph(60, Array.from({ length: 60 }, (_, a) => ({ from: a, to: (a + 1) % 60, delayUs: 1000 })));
  const hasIpv6 = Array.from({ length: 60 }, (_, router) => router % 3 === 0);
  const world = simulateSixBone({
    routers: hasIpv6.map((value, router) => ({ name: `r${router}`, hasIpv6: value })), links: Array.from({ length: 60 }, (_, a) => ({ a, b: (a + 1) % 60, delayUs: 1000 })),
    hosts: hasIpv6.flatMap((value, router) => (value ? [{ name: `h${router}`, router }] : [])), tunnels: planTunnels(graph, hasIpv6, 1).map(({ a, b }) => ({ a, b })),
  }, { seed: 1 });
  for (let at = 200; at < 1000; at++) world.sendAt(at * SECOND, "h0", world.plan.addresses6[world.plan.nodeNamed("h15")], 100);
  const time = cpuSeconds(() => world.simulation.run({ untilUs: 1000 * SECOND }));
  const { sent } = world.simulation.counts;
  const bare = bareSeconds(sent);
  return {
    work: "6-Bone, 60 routers, 20 with IPv6, real bytes", ours: `${(1000 / time).toPrecision(3)} s/s, ${(sent / time / 1e6).toPrecision(3)} M messages/s`, peer: `${(sent / bare / 1e6).toPrecision(3)} M messages/s`, ratio: bare / time,
    note: "1000 s of RIPng, PIM, MLD and one packet a second; every hop reads and writes real headers with their checksums. Peer: the bare engine, a bound.",
  };
}

printRows("Experimental IP", [mbone(2, 600), mbone(1, 300), sixBone()]);
