/** The experiment on nested overlays, its topology and its random members. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { parseGraphml } from "overlay-lab/dist/codecs/graphml";
import { ParameterError } from "overlay-lab/dist/errors";
import { ABILENE_LINKS, ABILENE_ROUTERS, abilene, membersByLevel, nestedOverlays, topologyNamed, tunnelsAmong } from "overlay-lab/dist/experiments/overlays-and-tunnels";
import { runExperiment } from "overlay-lab/dist/experiments/run";
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
