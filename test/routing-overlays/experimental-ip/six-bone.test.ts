/** The 6-Bone step by step: tunnels, 6to4, relays, sizes, routes, multicast. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { simulateSixBone, type SixBoneSimulation } from "overlay-lab/dist/experiments/experimental-ip";
import { parseIpAddress } from "overlay-lab/dist/ids";
import { embeddedIpv4, isCredible, sixToFourPrefix, type SixBoneWorldSpec } from "overlay-lab/dist/routing-overlays/experimental-ip";
import { headersOf, writePacket } from "overlay-lab/dist/routing-overlays/tunnels";
import { formatIpPrefix } from "overlay-lab/dist/ids";
import type { Fault } from "overlay-lab/dist/simulation";

const SECOND = 1_000_000;

/** N1 and N3 are islands of the 6-Bone joined to N2, the relay; S1 and S2 are 6to4 islands; L1 and L2 have IPv4 only. */
function world(change: Partial<SixBoneWorldSpec> = {}, faults: readonly Fault[] = [], narrowBytes = 1500): SixBoneSimulation {
  const [N1, L1, N2, L2, S1, S2, N3] = [0, 1, 2, 3, 4, 5, 6];
  return simulateSixBone({
    routers: [{ name: "N1", hasIpv6: true }, { name: "L1", hasIpv6: false }, { name: "N2", hasIpv6: true, isRelay: true }, { name: "L2", hasIpv6: false }, { name: "S1", hasIpv6: true, isSixToFour: true }, { name: "S2", hasIpv6: true, isSixToFour: true }, { name: "N3", hasIpv6: true }],
    links: [{ a: N1, b: L1, delayUs: 5000 }, { a: L1, b: N2, delayUs: 5000, mtuBytes: narrowBytes }, { a: N2, b: L2, delayUs: 5000 }, { a: L2, b: S1, delayUs: 5000 }, { a: L1, b: S2, delayUs: 5000 }, { a: N2, b: N3, delayUs: 1000 }],
    hosts: [["n1", N1], ["n2", N2], ["s1", S1], ["s2", S2], ["n3", N3]].map(([name, router]) => ({ name: name as string, router: router as number })),
    tunnels: [{ a: N1, b: N2 }], ...change,
  }, { seed: 3, faults });
}

const addressOf = (w: SixBoneSimulation, name: string) => w.plan.addresses6[w.plan.nodeNamed(name)];
const run = (w: SixBoneSimulation, untilS: number) => {
  for (let at = 10; at <= untilS; at += 10) {
    w.simulation.run({ untilUs: at * SECOND, maxEvents: 1_000_000 });
    w.checkInvariants();
  }
};
const got = (w: SixBoneSimulation) => w.deliveries.map(({ node, payload }) => `${w.plan.names[node]} ${payload.length}`);

test("a configured tunnel adds 20 bytes with protocol 41, and the hop limit falls by one in it", () => {
  const w = world();
  w.sendAt(60 * SECOND, "n1", addressOf(w, "n3"), 100);
  run(w, 70);
  const seen = w.crossings.map(({ from, packet }) => `${w.plan.names[from]} ${packet.length} ${headersOf(packet).map(({ protocol, timeToLive }) => `${protocol} ${timeToLive}`).join(" ")}`);
  assert.deepEqual(seen, ["n1 140 IPv6 64", "N1 160 IPv4 64 IPv6 63", "L1 160 IPv4 63 IPv6 63", "N2 140 IPv6 62", "N3 140 IPv6 61"]);
  assert.ok(w.crossings.filter(({ packet }) => packet[0] >> 4 === 4).every(({ packet }) => packet[9] === 41));
});

test("6to4 islands reach each other directly, and the rest through the nearest relay", () => {
  const w = world();
  w.sendAt(60 * SECOND, "s1", addressOf(w, "s2"), 10);
  w.sendAt(61 * SECOND, "s1", addressOf(w, "n1"), 20);
  w.sendAt(62 * SECOND, "n1", addressOf(w, "s1"), 30);
  run(w, 70);
  assert.deepEqual(got(w), ["s2 10", "n1 20", "s1 30"]);
  const outer = w.crossings.filter(({ packet }) => packet[0] >> 4 === 4).map(({ packet }) => headersOf(packet)[0].destination);
  assert.ok(outer.slice(0, 4).every((address) => address === "198.18.0.5"));
  assert.equal(outer[4], "192.88.99.1");
});

test("a 6to4 block holds the island's IPv4 address (RFC 3056, section 2)", () => {
  assert.equal(formatIpPrefix(sixToFourPrefix("192.0.2.4")), "2002:c000:204::/48");
  assert.equal(embeddedIpv4(parseIpAddress("2002:c000:204::1")), "192.0.2.4");
  assert.equal(embeddedIpv4(parseIpAddress("2002:a00:1::1")), null);
  assert.equal(embeddedIpv4(parseIpAddress("2001:db8::1")), null);
  assert.ok(isCredible(parseIpAddress("2002:c000:204::1"), "192.0.2.4") && !isCredible(parseIpAddress("2002:c000:204::1"), "192.0.2.5"));
});

test("a forged 6to4 source, and a packet for another island, are dropped where they leave the tunnel", () => {
  const w = world();
  const send = (inner: Uint8Array) => w.simulation.invokeAt(60 * SECOND, 3, (_process, context) => void context.send(4, { kind: "data", packet: writePacket("ipv4", { source: "198.18.0.3", destination: "198.18.0.4", timeToLive: 9, next: 41 }, inner) }, inner.length + 20));
  send(writePacket("ipv6", { source: addressOf(w, "s2"), destination: addressOf(w, "s1"), timeToLive: 9, next: 253 }, new Uint8Array(5)));
  send(writePacket("ipv6", { source: "3ffe:1::2", destination: addressOf(w, "s2"), timeToLive: 9, next: 253 }, new Uint8Array(5)));
  send(Uint8Array.of(0x60, 1, 2));
  run(w, 70);
  assert.deepEqual([...w.drops].sort(), [["malformed", 1], ["not-credible", 1], ["unknown-tunnel", 1]]);
  assert.deepEqual(got(w), []);
});

test("a packet too large for the tunnel is reported with the size that fits: 1480, then what a narrow link inside leaves", () => {
  const w = world({}, [], 1400);
  const to = addressOf(w, "n2");
  w.sendAt(60 * SECOND, "n1", to, 1441);
  // 1480 bytes fit as far as N1 knows; L1 tells N1 of 1400; the next one is refused with 1380.
  for (const at of [61, 62]) w.sendAt(at * SECOND, "n1", to, 1440);
  w.sendAt(63 * SECOND, "n1", to, 1340);
  run(w, 70);
  assert.deepEqual(w.host("n1").errors.map(({ problem, mtuBytes }) => [problem, mtuBytes]), [["too-big", 1480], ["too-big", 1380]]);
  assert.equal(w.host("n1").pathMtuBytes.get(to), 1380);
  assert.deepEqual(got(w), ["n2 1340"]);
});

test("1280 bytes pass any tunnel: once its entrance knows the path it lets the outer packet be cut (RFC 4213, section 3.2)", () => {
  const w = world({}, [], 600);
  for (const at of [60, 61, 62]) w.sendAt(at * SECOND, "n1", addressOf(w, "n2"), at === 62 ? 840 : 1240);
  run(w, 70);
  const frames = w.crossings.filter(({ from, to }) => w.plan.names[from] === "L1" && w.plan.names[to] === "N2").map(({ packet }) => packet.length);
  assert.deepEqual(frames, [596, 596, 148, 596, 324]);
  // The first one, with the flag against fragments, told N1 of the 600 bytes and was lost.
  assert.deepEqual(got(w), ["n2 1240", "n2 840"]);
});

test("a packet without a route, and one whose hop limit ends, are reported to the sender", () => {
  const w = world();
  w.sendAt(60 * SECOND, "n1", "2001:db8::1", 10);
  w.sendAt(61 * SECOND, "n1", addressOf(w, "n3"), 10, 2);
  run(w, 70);
  assert.deepEqual(w.host("n1").errors.map(({ problem, destination }) => [problem, destination]), [["host-unreachable", "2001:db8::1"], ["time-exceeded", addressOf(w, "n3")]]);
});

test("the longest of several matching blocks decides", () => {
  const w = world({ routers: [{ name: "N1", hasIpv6: true, prefix: "3ffe:100::/24" }, { name: "L1", hasIpv6: false }, { name: "N2", hasIpv6: true, isRelay: true }, { name: "L2", hasIpv6: false }, { name: "S1", hasIpv6: true, isSixToFour: true }, { name: "S2", hasIpv6: true, isSixToFour: true }, { name: "N3", hasIpv6: true, prefix: "3ffe:200::/28" }] });
  run(w, 60);
  const table = w.router(2).table;
  const to = (text: string) => table.match(parseIpAddress(text))?.length;
  assert.deepEqual([to("3ffe:100::9"), to("3ffe:20f::9"), to("2002:1::1"), to(addressOf(w, "n2")), to("2001::1")], [24, 28, 16, 128, undefined]);
});

test("a router that dies is noticed when its routes time out, and another tunnel takes over", () => {
  const triangle: Partial<SixBoneWorldSpec> = {
    routers: ["A", "B", "C", "D"].map((name) => ({ name, hasIpv6: true })), links: [{ a: 0, b: 1, delayUs: 1000 }, { a: 1, b: 3, delayUs: 1000 }, { a: 0, b: 2, delayUs: 1000 }, { a: 2, b: 3, delayUs: 1000, metric: 3 }],
    hosts: [{ name: "x", router: 0 }, { name: "y", router: 3 }], tunnels: [],
  };
  const w = world(triangle, [{ kind: "crash", node: 1, atUs: 100 * SECOND }]);
  for (let at = 60; at < 500; at += 5) w.sendAt(at * SECOND, "x", addressOf(w, "y"), Uint8Array.of(at >> 8, at & 255));
  run(w, 510);
  const seconds = w.deliveries.map(({ payload }) => payload[0] * 256 + payload[1]);
  const gap = Math.max(...seconds.slice(1).map((at, index) => at - seconds[index]));
  // The timeout of 180 s runs from the last update, up to 45 s before; then at most one update interval until the route is looked at and one until C speaks.
  assert.ok(gap >= 180 - 45 && gap <= 180 + 2 * 45 + 10, String(gap));
  assert.equal(seconds[seconds.length - 1], 495);
});

test("IPv6 multicast goes once over each tunnel and link that leads to members, and branches without any are pruned", () => {
  const w = world();
  w.joinAt(SECOND, "n3", "ff1e::5");
  for (const at of [100, 110, 120]) w.sendAt(at * SECOND, "n1", "ff1e::5", Uint8Array.of(at));
  w.leaveAt(121 * SECOND, "n3", "ff1e::5");
  w.sendAt(130 * SECOND, "n1", "ff1e::5", Uint8Array.of(130));
  w.joinAt(140 * SECOND, "n2", "ff1e::5");
  w.sendAt(141 * SECOND, "n1", "ff1e::5", Uint8Array.of(141));
  run(w, 150);
  assert.deepEqual(w.deliveries.map(({ node, payload }) => `${w.plan.names[node]} ${payload[0]}`), ["n3 100", "n3 110", "n3 120", "n2 141"]);
  const crossed = (at: number) => w.crossings.filter(({ timeUs }) => timeUs >= at * SECOND && timeUs < (at + 1) * SECOND).map(({ from, to }) => `${w.plan.names[from]}-${w.plan.names[to]}`);
  assert.deepEqual(crossed(120), ["n1-N1", "N1-L1", "L1-N2", "N2-N3", "N3-n3"]);
  assert.deepEqual(crossed(130), ["n1-N1"]);
  assert.deepEqual(crossed(141), ["n1-N1", "N1-L1", "L1-N2", "N2-n2"]);
});

test("routers in a ring flood each other once, refuse what comes the wrong way, and then each link carries a packet once", () => {
  const w = world({
    routers: ["A", "B", "C", "D"].map((name) => ({ name, hasIpv6: true })), links: [{ a: 0, b: 1, delayUs: 1000 }, { a: 1, b: 2, delayUs: 1000 }, { a: 2, b: 3, delayUs: 1000 }, { a: 3, b: 0, delayUs: 1500 }],
    hosts: [0, 1, 2, 3].map((router) => ({ name: `h${router}`, router })), tunnels: [],
  });
  for (const host of ["h1", "h2", "h3"]) w.joinAt(SECOND, host, "ff15::1");
  for (const at of [100, 104, 108]) w.sendAt(at * SECOND, "h0", "ff15::1", Uint8Array.of(at));
  run(w, 120);
  assert.equal(w.deliveries.length, 9);
  const between = (at: number) => w.crossings.filter(({ timeUs, from, to }) => Math.floor(timeUs / SECOND) === at && from < 4 && to < 4).length;
  assert.ok(between(100) > 3 && (w.drops.get("reverse-path") ?? 0) >= 1);
  assert.equal(between(108), 3);
  assert.equal(w.drops.get("repeat") ?? 0, 0);
});
