/** What the experiments compute from runs: delivery ratio, gaps, histories, the story of four hosts; and what they refuse. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import {
  bookGroup, bookHostsUnderlay, bookStory, compareSchemes, deliveryOverTime, deliveryRatio, groupOnWaxman, groupUnderChurn, meshHistory, multicastChurn, multicastSchemes, routePenalty, schemeDistributions, serviceGaps, simulateGroup, sitePlaces, waxmanWorld,
  type ChurnOptions, type GroupPacketRecord,
} from "overlay-lab/dist/experiments/end-system-multicast";
import { runExperiment, type RunOptions as ExperimentOptions } from "overlay-lab/dist/experiments/run";
import { ConstantLatency } from "overlay-lab/dist/network";
import { RandomStream } from "overlay-lab/dist/simulation";

const S = 1_000_000;
const context = (seed: number) => ({ seed, replication: 0, random: (name: string, node = 0) => new RandomStream({ seed, name, node }) });

/** Packets a second apart; each text is one host: "." got it, "x" missed it, " " was not a member. */
function packets(...hosts: string[]): GroupPacketRecord[] {
  return Array.from({ length: hosts[0].length }, (_, second) => ({
    source: 99, sentUs: second * S, copies: [],
    delaysUs: Float64Array.from(hosts, (text) => (text[second] === "." ? 5 : -1)), audience: Uint8Array.from(hosts, (text) => (text[second] === " " ? 0 : 1)),
  }));
}

test("the delivery ratio counts those who were members when a packet was sent", () => {
  assert.equal(deliveryRatio(packets("....", "xx..", "  .x")), 7 / 10);
  assert.equal(deliveryRatio([]), 1);
  assert.deepEqual(deliveryOverTime(packets("....", "xx.."), 2, "t").rows, [{ minutes: 0, delivered: 50, members: 2 }, { minutes: 2 / 60, delivered: 100, members: 2 }]);
});

test("gaps last from the first packet missed to the next one got, and tell newcomers from repairs; what nobody mended is no gap", () => {
  const gaps = serviceGaps(packets("..xx.x..", "  xx....", "...xxxxx", "..xx  ..")).map(({ member, fromUs, seconds, kind }) => [member, fromUs / S, seconds, kind]);
  assert.deepEqual(gaps, [[0, 2, 2, "repair"], [0, 5, 1, "repair"], [1, 2, 2, "join"]]);
  assert.deepEqual(serviceGaps([]), []);
});

test("routes get better while the mesh is improved, and every pair has one", () => {
  const { world, group } = groupOnWaxman({ members: 32, routers: 64, sites: 2, maxNeighbours: 12 }, context(4));
  const { rows } = meshHistory(group, world.underlay, "history", { everySeconds: 100, untilSeconds: 500 });
  assert.equal(rows.length, 5);
  assert.equal(rows[4].routed, 100);
  assert.ok((rows[4].penalty as number) < (rows[0].penalty as number));
  const { meanPenalty, routedShare } = routePenalty(group, world.underlay);
  assert.deepEqual([meanPenalty, 100 * routedShare], [rows[4].penalty, rows[4].routed]);
});

test("over sites every member is reached, stress is highest at a site, and the distributions hold all four schemes", () => {
  const { world, group } = groupOnWaxman({ members: 20, routers: 64, sites: 3, maxNeighbours: 12 }, context(5));
  group.simulation.run({ untilUs: 200 * S });
  const costs = compareSchemes(world, group, [3, 7]);
  for (const scheme of ["unicast", "routers", "narada", "sites"] as const) assert.deepEqual(costs[scheme].map(({ delays }) => delays.length), [19, 19], scheme);
  for (const { loads, worstStress } of costs.sites) assert.ok(loads.some(({ link, copies }) => copies === worstStress && /^host 2[0-2]/.test(link)));
  const { stress, penalty } = schemeDistributions(costs, "t");
  assert.equal(new Set(stress.rows.map(({ scheme }) => scheme)).size, 4);
  assert.ok(penalty.rows.every((row) => (row.penalty as number) >= 1));
  // Every value drawn was observed, and the tail is there: the sender's own link is one of some 60.
  const seen = new Set(costs.unicast.flatMap(({ loads }) => loads.map(({ copies }) => copies)));
  const unicast = stress.rows.filter(({ scheme }) => scheme === "naive unicast").map((row) => row.stress as number);
  assert.deepEqual(new Set(unicast), seen);
  const share = (values: readonly number[], most: number) => values.filter((value) => value <= most).length / values.length;
  const all = costs.unicast.flatMap(({ loads }) => loads.map(({ copies }) => copies));
  // A hundred values at equal steps of rank tell a share to within one step.
  for (const most of [1, 2, 5, 10]) assert.ok(Math.abs(share(unicast, most) - share(all, most)) <= 1 / 100, `share of links with at most ${most}`);
});

test("sites are placed where members are near, and no more of them than there are routers with members", () => {
  const random = (name: string) => new RandomStream({ seed: 1, name });
  const { underlay, sites, members } = waxmanWorld({ members: 5, routers: 30, sites: 50, random });
  assert.ok(sites.length <= 5 && sites.length >= 3);
  const routers = new Set(members.map((member) => underlay.router(member)));
  assert.ok(sites.every((site) => routers.has(underlay.router(site))));
  assert.deepEqual(sitePlaces(bookHostsUnderlay(), [0, 0, 0, 3], 1), [0]);
});

test("the story goes from D's join at B to the mesh of the figure, and each of its steps names real hosts", () => {
  const { steps, highlights, nodes, links } = bookStory({ seed: 2000 });
  const names = new Set(nodes.map(({ id }) => id));
  const ids = new Set(links.map(({ id }) => id));
  for (const step of steps) {
    assert.ok(step.text.length > 10);
    assert.ok(step.messages.every(({ from, to }) => names.has(from) && names.has(to)) && Object.keys(step.links).every((id) => ids.has(id)));
  }
  const shown = (index: number) => Object.entries(steps[index].links).filter(([, link]) => link.visible).map(([id]) => id);
  assert.deepEqual(shown(highlights[0]), ["mesh AB", "mesh AC", "mesh BD"]);
  assert.deepEqual(shown(steps.length - 1), ["mesh AB", "mesh AC", "mesh CD"]);
  assert.ok(steps.some(({ text }) => /utility of a link to [CD]: 0\.9/.test(text)));
});

test("triggered updates shorten repairs and cost more bytes", () => {
  const run = (triggeredUpdates: string) => {
    const options = { ...(multicastChurn.parameters as unknown as ChurnOptions), members: 24, routers: 64, churnMinutes: 12, triggeredUpdates };
    const group = groupUnderChurn(options, "high", context(3));
    group.simulation.run({ untilUs: 15 * 60 * S });
    return { ratio: deliveryRatio(group.packets.records), controlBytes: group.simulation.counts.bytesSent - group.packets.copyBytes };
  };
  const [own, all] = [run("own-links"), run("all-changes")];
  assert.ok(all.ratio > own.ratio && all.controlBytes > own.controlBytes, JSON.stringify([own, all]));
});

test("what makes no sense is refused", () => {
  const options = multicastChurn.parameters as unknown as ChurnOptions;
  for (const rate of ["medium", "toString"]) assert.throws(() => groupUnderChurn(options, rate, context(1)), /low, high/);
  for (const bad of [{ members: 1 }, { members: NaN }, { churnMinutes: 0 }, { settleMinutes: -1 }, { deadSeconds: 5 }, { triggeredUpdates: "now" }, { routers: 0 }]) assert.throws(() => groupUnderChurn({ ...options, ...bad }, "low", context(1)), ParameterError, JSON.stringify(bad));
  for (const bad of [{ members: 0 }, { members: 2, routers: 1 }, { members: 2, linksPerRouter: NaN }, { members: 2, accessMs: -1 }, { members: 2, sites: Infinity }, { members: 2, diagonalMs: 0 }]) {
    assert.throws(() => waxmanWorld({ random: context(1).random, ...bad }), ParameterError, JSON.stringify(bad));
  }
  for (const joins of ["E:A", "B:E", "B:A B:A", "A:B", "", "B"]) assert.throws(() => bookGroup({ seed: 1, joins }), ParameterError, joins);
  assert.throws(() => bookGroup({ seed: 1, delays: "tanenbaum" as "chu-2000" }), ParameterError);
  assert.throws(() => bookStory({ seed: 1, packetsAtSeconds: [NaN] }), ParameterError);
  assert.throws(() => bookStory({ seed: 1, untilSeconds: 0 }), ParameterError);
  assert.throws(() => waxmanWorld({ members: 2 } as never), /random streams/);
  for (const count of [NaN, -1, 0.5]) assert.throws(() => sitePlaces(bookHostsUnderlay(), [0, 3], count), ParameterError, String(count));
  for (const interval of [0, NaN, -1]) assert.throws(() => deliveryOverTime(packets(".x"), interval, "t"), ParameterError, String(interval));
  assert.throws(() => simulateGroup({ hosts: 2, seed: 1 } as never), /latencies/);
  const group = simulateGroup({ hosts: 2, latency: new ConstantLatency(1), seed: 1 });
  assert.throws(() => meshHistory(group, new ConstantLatency(1), "t", { everySeconds: 0, untilSeconds: 10 }), ParameterError);
  assert.throws(() => compareSchemes({ underlay: bookHostsUnderlay(), members: [0], sites: [] }, group, []), ParameterError);
  assert.throws(() => runExperiment(multicastChurn, { parameters: { members: 1 }, replications: 1 }), ParameterError);
  const refused: readonly ExperimentOptions[] = [{ levels: { members: [1] } }, { parameters: { sites: 0 } }, { parameters: { sources: 0 } }, { parameters: { settleMinutes: 0 } }, { parameters: { maxNeighbours: 2 } }];
  for (const options of refused) assert.throws(() => runExperiment(multicastSchemes, { replications: 1, ...options }), ParameterError, JSON.stringify(options));
});

test("hosts at no distance have no delay penalty: a clear error, and no infinite number in a table", () => {
  const { underlay } = waxmanWorld({ members: 12, routers: 2, accessMs: 0, random: context(1).random });
  const group = simulateGroup({ hosts: 12, latency: underlay, seed: 1 });
  assert.throws(() => meshHistory(group, underlay, "t", { everySeconds: 60, untilSeconds: 60 }), /no penalty without a direct delay/);
});
