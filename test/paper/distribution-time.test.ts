import assert from "node:assert/strict";
import { test } from "node:test";
import { armsOf, type Arm, type ExperimentDefinition } from "overlay-lab/dist/experiments";
import { p2pChunkCount, p2pFileDistribution, p2pFileDistributionScale, p2pHeterogeneousPeers } from "overlay-lab/dist/experiments/p2p-file-distribution";
import { checkFluidSchedule, checkRoundSchedule, checkTwoHopSchedule, clientServerBound, fewestRounds, fluidSchedule, identicalPeers, identicalPeersCrossover, multiSourceBound, optimalRounds, peerToPeerBound, twoHopSchedule } from "overlay-lab/dist/peer-to-peer";
import { RandomStream } from "overlay-lab/dist/simulation/random";

/** One row of an experiment with its default parameters. */
function rowOf(definition: ExperimentDefinition, arm: Arm, replication = 0) {
  const random = (name: string, node?: number) => new RandomStream({ seed: definition.seed, replication, name, node });
  const rows = definition.run(arm, { replication, seed: definition.seed, parameters: definition.parameters, random });
  assert.equal(rows.length, 1);
  assert.deepEqual(Object.keys(rows[0]), definition.metrics.map((metric) => metric.name));
  return rows[0];
}

test("DT-1 (Kumar & Ross 2006, theorem 1): T = max{F/d_min, F/u_s, L F/(u_s + sum u_i)}", () => {
  const distribution = { fileBits: 6000, serverUploadBps: 20, peerUploadBps: [5, 10, 15, 0], peerDownloadBps: [40, 50, 60, 70] };
  assert.equal(peerToPeerBound(distribution).seconds, (4 * 6000) / 50);
  assert.equal(peerToPeerBound({ ...distribution, serverUploadBps: 6 }).seconds, 6000 / 6);
  assert.equal(peerToPeerBound({ ...distribution, peerDownloadBps: [40, 5, 60, 70] }).seconds, 6000 / 5);
});

test("DT-2 (Kumar & Ross 2006): the constructed schedule reaches the bound in each of the three regimes", () => {
  const shared = { fileBits: 9e9, peers: 40, uploadBps: 1e6 };
  const settings = [
    { ...shared, serverUploadBps: 9e5, downloadBps: 1e7, regime: "A: server-limited" },
    { ...shared, serverUploadBps: 1e7, downloadBps: 1e7, regime: "B: aggregate-limited" },
    { ...shared, serverUploadBps: 1e7, downloadBps: 5e5, regime: "C: download-limited" },
  ];
  for (const { regime, ...setting } of settings) {
    const schedule = fluidSchedule(identicalPeers(setting));
    assert.equal(schedule.case, regime);
    assert.ok(Math.abs(checkFluidSchedule(schedule).relativeGap) <= 1e-9);
  }
});

test("DT-3 (Kurose & Ross 2.5, figure): with F/u = 1 h, u_s = 10 u the published points of both curves", () => {
  const published: [peers: number, clientServer: number, peerToPeer: number][] = [
    [5, 0.5, 0.3333], [10, 1, 0.5], [15, 1.5, 0.6], [20, 2, 0.6667], [25, 2.5, 0.7143], [30, 3, 0.75], [35, 3.5, 0.7778],
  ];
  for (const [peers, clientServer, peerToPeer] of published) {
    const hours = (method: string) => Number(rowOf(p2pFileDistribution, { peers, method }).distribution_time_hours);
    assert.ok(Math.abs(hours("client-server bound") - clientServer) < 1e-9);
    for (const method of ["P2P bound", "fluid schedule"]) {
      assert.ok(Math.abs(hours(method) - peerToPeer) <= 5e-5, `${method} at ${peers}: ${hours(method)}`);
      assert.ok(Math.abs(hours(method) / Math.max(0.1, peers / (peers + 10)) - 1) <= 1e-9);
    }
    const chunked = hours("chunks, rarest first");
    assert.ok(chunked >= hours("P2P bound") && chunked < 1.1 * hours("P2P bound"), `${chunked}`);
  }
});

test("DT-3 (Kurose & Ross 2.5): peer-to-peer stays below one hour for every N, to a million", () => {
  for (const arm of armsOf(p2pFileDistributionScale, p2pFileDistributionScale.parameters)) {
    if (arm.method !== "fluid schedule") continue;
    const hours = Number(rowOf(p2pFileDistributionScale, arm).distribution_time_hours);
    assert.ok(hours < 1, `${arm.peers} peers: ${hours} h`);
  }
  assert.deepEqual(identicalPeersCrossover({ serverUploadBps: 10, uploadBps: 1, downloadBps: 10 }), { fasterFromPeers: 2, aggregateFromPeers: 2 });
});

test("DT-4 (Kurose & Ross 2.5): client-server takes max{N F/u_s, F/d_min}", () => {
  const distribution = identicalPeers({ fileBits: 1000, serverUploadBps: 20, peers: 3, uploadBps: 7, downloadBps: 4 });
  assert.equal(clientServerBound(distribution).seconds, 250);
  assert.equal(clientServerBound({ ...distribution, serverUploadBps: 10 }).seconds, 300);
});

test("DT-5 (Mundinger, Weber & Weiss 2008): M + floor(log2 N) rounds, and with M = 1 plain doubling", () => {
  for (const [peers, rounds] of [[1, 1], [2, 2], [3, 2], [4, 3], [7, 3], [8, 4], [15, 4], [16, 5]]) {
    const schedule = optimalRounds(peers, 1);
    checkRoundSchedule(schedule);
    assert.equal(schedule.rounds, rounds);
  }
  const large = optimalRounds(1000, 64);
  checkRoundSchedule(large);
  assert.equal(large.rounds, 64 + 9);
  assert.equal(fewestRounds(3, 10), 11, "the rounded-up logarithm would say 12");
});

test("DT-6 (Mundinger, Weber & Weiss 2008): many sources finish at max{max F_i/C_i, (N-1) F/C} with two hops", () => {
  const equal = { partBits: [10, 20, 30], uploadBps: [4, 4, 4] };
  assert.equal(multiSourceBound(equal).seconds, (2 * 60) / 12);
  assert.equal(multiSourceBound({ ...equal, uploadBps: [4, 4, 1] }).seconds, 30);
  for (const setup of [equal, { ...equal, uploadBps: [4, 4, 1] }]) checkTwoHopSchedule(twoHopSchedule(setup));
});

test("Cohen 2003, Mundinger et al. 2008: with equal lines rarest-first stays within 2 % of the fewest rounds, random pays more", () => {
  const over = (method: string) => Number(rowOf(p2pChunkCount, { server_upload_ratio: 1, chunks: 256, method }).time_over_bound);
  assert.equal(over("fewest rounds"), 1 + 5 / 256);
  assert.ok(over("chunks, rarest first") >= over("fewest rounds") * (1 - 1e-6));
  assert.ok(over("chunks, rarest first") <= 1.02 * over("fewest rounds"));
  assert.ok(over("chunks, random") > over("chunks, rarest first"));
});

test("every oracle of the experiments holds in every arm that has one", () => {
  for (const definition of [p2pFileDistribution, p2pFileDistributionScale, p2pChunkCount]) {
    const { oracle, parameters } = definition;
    assert.ok(oracle);
    let held = 0;
    for (const arm of armsOf(definition, parameters)) {
      const expected = oracle.expected(arm, parameters);
      if (expected === null) continue;
      const measured = Number(rowOf(definition, arm)[oracle.metric]);
      assert.ok(Math.abs(measured / expected - 1) <= oracle.tolerance, `${definition.id} ${JSON.stringify(arm)}: ${measured}, expected ${expected}`);
      held += 1;
    }
    assert.ok(held > 10);
  }
});

test("with drawn lines every term gets to bind, and copper swarms end aggregate-limited", () => {
  const row = (mix: string, server_mbps: number, peers: number) => rowOf(p2pHeterogeneousPeers, { mix, server_mbps, peers });
  assert.equal(row("copper and cable only", 10, 100).binding_term, "server");
  assert.equal(row("copper and cable only", 100, 1000).binding_term, "aggregate");
  assert.equal(row("every kind of line", 100, 1000).binding_term, "download");
  for (const peers of [3, 100]) {
    const { fluid_gap, chunked_over_bound } = row("copper and cable only", 100, peers);
    assert.ok(Math.abs(Number(fluid_gap)) <= 1e-9);
    assert.ok(Number(chunked_over_bound) >= 1 - 1e-12);
  }
  assert.deepEqual(row("copper and cable only", 100, 100), row("copper and cable only", 100, 100));
});
