/** The experiment on nested overlays, its topology and its random members. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { parseGraphml } from "overlay-lab/dist/codecs/graphml";
import { ParameterError } from "overlay-lab/dist/errors";
import {
  ABILENE_LINKS, ABILENE_ROUTERS, BOOK_FIGURE_ADDRESSES, abilene, bookFigureWorld, clusterRequests, failingTunnelEnd, hiddenLoss, journeySteps, membersByLevel, nestedOverlays, simulateTunnels,
  topologyNamed, tunnelsAmong, vpnRoutes, wordRoutes,
} from "overlay-lab/dist/experiments/overlays-and-tunnels";
import { runExperiment } from "overlay-lab/dist/experiments/run";
import { stepPlayer } from "overlay-lab/dist/figures/step-player";
import { connectedParts } from "overlay-lab/dist/network";
import { RandomStream } from "overlay-lab/dist/simulation/random";

const random = (name: string) => new RandomStream({ seed: 1, name });

test("Abilene in the library is the list in data/abilene.csv: 11 routers, 14 links, the same positions", () => {
  const lines = readFileSync(resolve(__dirname, "..", "..", "..", "data", "abilene.csv"), "utf8").trim().split("\n").slice(1).map((line) => line.split(","));
  assert.deepEqual(lines.map(([a, b]) => [a, b]), ABILENE_LINKS);
  for (const [a, b, ...numbers] of lines) {
    const [from, to] = [a, b].map((name) => ABILENE_ROUTERS.find((router) => router.name === name));
    assert.deepEqual(numbers.map(Number), [from?.latitude, from?.longitude, to?.latitude, to?.longitude]);
  }
  assert.deepEqual([ABILENE_ROUTERS.length, ABILENE_LINKS.length, new Set(connectedParts(abilene())).size], [11, 14, 1]);
});

const ZOO = resolve(__dirname, "..", "..", "..", "..", "shared", "data", "topology", "zoo-dev", "Abilene.graphml");

test("the Topology Zoo's Abilene has the same routers and links", { skip: existsSync(ZOO) ? false : "the Topology Zoo is not beside this repository" }, () => {
  const document = parseGraphml(readFileSync(ZOO, "utf8"));
  const names = document.nodes.map(({ label }) => label.replace("Washington DC", "Washington"));
  const pairs = (list: readonly (readonly string[])[]) => list.map((ends) => [...ends].sort((a, b) => (a < b ? -1 : 1)).join(" - ")).sort((a, b) => (a < b ? -1 : 1));
  assert.deepEqual(pairs(document.links.map(({ source, target }) => [names[source], names[target]])), pairs(ABILENE_LINKS));
});

test("light takes about 6 ms from Seattle to Sunnyvale and a millisecond from Chicago to Indianapolis and a half", () => {
  const graph = abilene();
  const delayOf = (a: string, b: string) => graph.delaysUs[graph.linkBetween(graph.labels.indexOf(a), graph.labels.indexOf(b))];
  // 1,138 km and 264 km at 199,862 km/s.
  assert.ok(Math.abs(delayOf("Seattle", "Sunnyvale") - 5690) < 60, String(delayOf("Seattle", "Sunnyvale")));
  assert.ok(Math.abs(delayOf("Indianapolis", "Chicago") - 1320) < 60, String(delayOf("Indianapolis", "Chicago")));
});

test("each level's members are members of the one below, and its tunnels join them all", () => {
  const levels = membersByLevel(40, 4, 6, random("members"));
  assert.deepEqual(levels.map((members) => members.length), [32, 23, 15, 6]);
  levels.forEach((members, index) => {
    if (index > 0) assert.ok(members.every((node) => levels[index - 1].includes(node)));
    const tunnels = tunnelsAmong(members, 3, random(`tunnels ${index}`));
    assert.equal(tunnels.length, Math.max(members.length - 1, Math.min(Math.floor((3 * members.length) / 2), (members.length * (members.length - 1)) / 2)));
    const reached = new Set([members[0]]);
    for (let round = 0; round < members.length; round++) for (const { a, b } of tunnels) if (reached.has(a) || reached.has(b)) reached.add(a).add(b);
    assert.equal(reached.size, members.length);
  });
});

test("the header bytes measured on every link equal the closed form exactly, and stretch is 1 without an overlay and never below it", () => {
  const result = runExperiment(nestedOverlays, { mode: "quick", replications: 3 });
  for (const row of result.rows) {
    const perLevel = row.encapsulation === "udp" ? 28 : 20;
    assert.equal(row.header_bytes, 20 + (row.depth as number) * perLevel);
    assert.equal(row.packets_per_link, 1);
    if (row.depth === 0) assert.deepEqual([row.stretch, row.stress], [1, 1]);
    assert.ok((row.stretch as number) >= 1 && (row.stress as number) >= 1);
  }
  const stretchAt = (encapsulation: string, depth: number) => result.values({ encapsulation, depth }, "stretch");
  for (const depth of [1, 2, 3, 4]) assert.deepEqual(stretchAt("udp", depth), stretchAt("ip-in-ip", depth));
});

test("past the MTU the frames double, and each fragment's extra header is counted", () => {
  const result = runExperiment(nestedOverlays, { mode: "quick", replications: 2, parameters: { payloadBytes: 1440 }, levels: { encapsulation: ["ip-in-ip"], depth: [2, 3] } });
  assert.deepEqual(result.rows.map((row) => [row.depth, row.packets_per_link, row.header_bytes]), [[2, 1, 60], [2, 1, 60], [3, 2, 100], [3, 2, 100]]);
});

test("an unknown topology and too few endpoints are refused", () => {
  assert.throws(() => topologyNamed("arpanet", random("x")), ParameterError);
  assert.throws(() => membersByLevel(5, 2, 1, random("x")), ParameterError);
  assert.throws(() => tunnelsAmong([3], 2, random("x")), ParameterError);
});

test("the steps of figure 2 tell both headers of every hop, in every family of addresses, and make a step player", () => {
  for (const family of ["ipv4", "ipv6", "name", "url"] as const) {
    const world = simulateTunnels(bookFigureWorld({ family }), { seed: 1, traceRecords: 1000 });
    const [ofA, , ofC] = BOOK_FIGURE_ADDRESSES[family];
    world.sendAt(0, 0, { layer: "overlay", destination: ofC, payload: new Uint8Array(10) });
    world.simulation.run();
    const journey = journeySteps(world);
    assert.equal(journey.steps.length, 8);
    journey.steps.slice(1, 7).forEach(({ text }, hop) => {
      const [from, to] = hop < 3 ? ["10.0.0.1", "10.0.0.4"] : ["10.0.0.4", "10.0.0.7"];
      assert.ok(text.includes(`outer ${from} → ${to}, TTL ${64 - (hop % 3)}`), text);
      assert.ok(text.includes(`inner ${ofA} → ${ofC}, TTL ${hop < 3 ? 64 : 63}`), text);
    });
    // The inner packet is on one tunnel for three steps: one letter, not three.
    const { player } = stepPlayer({ ...journey, id: "f", title: "t", lookFor: "l", caption: "c", shown: [0] });
    const spans = player.messages.map((message) => [message[5], message[6]]);
    assert.deepEqual(spans.filter(([first, end]) => end - first === 3), [[1, 4], [4, 7]]);
    assert.equal(spans.filter(([first, end]) => end - first === 1).length, 6);
    const holds = player.steps.map(({ nodes }) => nodes.find(([node, tone]) => node < 7 && tone >= 0)?.[0]);
    assert.deepEqual(holds.slice(1), [0, 1, 2, 3, 4, 5, 6]);
  }
});

test("a journey without hops, outside a tunnel, or in fragments, has no steps", () => {
  const outside = simulateTunnels(bookFigureWorld(), { seed: 1, traceRecords: 1000 });
  outside.sendAt(0, 0, { layer: "underlay", destination: "10.0.0.7", payload: new Uint8Array(10) });
  outside.simulation.run();
  assert.throws(() => journeySteps(outside), ParameterError);
  const world = simulateTunnels(bookFigureWorld(), { seed: 1, traceRecords: 1000 });
  assert.throws(() => journeySteps(world), ParameterError);
  world.sendAt(0, 0, { layer: "overlay", destination: "192.168.0.3", payload: new Uint8Array(1480) });
  world.simulation.run();
  assert.throws(() => journeySteps(world), ParameterError);
});

test("past a narrow link in a tunnel each entrance that must be told by a message costs one packet, and the size that is told at last fits", () => {
  for (const mtu of [1400, 900]) {
    const { rows } = hiddenLoss(1, 4, mtu);
    assert.deepEqual(rows.map(({ silent }) => silent), [1, 2, 2, 2]);
    assert.deepEqual(rows.map(({ fits_bytes }) => fits_bytes), [1, 2, 3, 4].map((level) => mtu - 20 * level));
    assert.ok(rows.every(({ arrives }) => arrives === true));
  }
  assert.throws(() => hiddenLoss(1, 0), ParameterError);
  assert.throws(() => hiddenLoss(1, 2, NaN), ParameterError);
});

test("the longest entry of the gateway's table decides which tunnel a packet enters, and without the entries it is lost there", () => {
  assert.deepEqual(vpnRoutes(1).rows.map(({ destination, longest, outer, with_vpn, without_vpn }) => [destination, longest, outer, with_vpn, without_vpn]), [
    ["192.168.2.10", "192.168.2.0/24", "203.0.113.129", "host 2", "lost at gateway 1"],
    ["192.168.7.10", "192.168.0.0/16", "203.0.113.1", "host 7", "lost at gateway 1"],
    ["203.0.113.129", "203.0.113.129/32", "203.0.113.129", "branch", "branch"],
  ]);
});

test("packets by name, URL and content reach whoever receives for them, and nobody else", () => {
  const { rows } = wordRoutes(1);
  assert.deepEqual(rows.map(({ received }) => received), ["B", "C", "nobody (no-route)", "B", "C", "B", "B", "B and C", "nobody (no-subscriber)"]);
  assert.deepEqual(rows.map(({ header_bytes }) => header_bytes !== null), rows.map(({ received }) => !String(received).startsWith("nobody")));
});

test("of a dead server's requests none is lost, and the others of its group take them", () => {
  const { rows } = clusterRequests(1);
  for (const row of rows) assert.equal(Number(row.server_1) + Number(row.server_2) + Number(row.server_3) + Number(row.server_4), row.answered);
  assert.deepEqual(rows.map(({ answered }) => answered), [10, 10, 10, 10]);
  assert.deepEqual(rows.map(({ server_4 }) => server_4), [0, 0, 5, 0]);
});

test("when a tunnel's end dies, packets are lost exactly while its neighbour does not know, for every seed", () => {
  for (const seed of [1, 2, 3, 94]) {
    const { table, noticedAfterS, deadS, keepAliveS } = failingTunnelEnd(seed);
    assert.deepEqual(table.rows.map(({ sent, arrived }) => Number(arrived) / Number(sent)), [1, 0, 1]);
    assert.deepEqual(table.rows.map(({ delay_ms }) => delay_ms), [40, null, 80]);
    assert.equal(noticedAfterS.length, 2);
    // The last word was heard up to one interval (and 20 ms of way) before the death, and silence is checked once an interval.
    for (const seconds of noticedAfterS) assert.ok(seconds > deadS - keepAliveS - 0.1 && seconds < deadS + keepAliveS + 0.1, String(seconds));
  }
});
