/** Laws of a Resilient Overlay Network: composition, path choice against brute force, and that planted faults are found. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { providerInternet, simulateRon } from "overlay-lab/dist/experiments/resilient-overlay-network";
import { SlowInternet, SlowInternetTransport } from "overlay-lab/dist/network/slow-routing";
import { composeLoss, composePath, RonLinkMonitor, RonMembership, RonPathTable, pathCost, RonPolicyTable, ronParameters, type OverlayPath } from "overlay-lab/dist/routing-overlays";
import { RandomStream } from "overlay-lab/dist/simulation";

const SECOND = 1_000_000;

test("loss composes in any order and grouping, stays within 0 and 1, and never falls by a further link", () => {
  const random = new RandomStream({ seed: 1, name: "losses" });
  for (let i = 0; i < 5000; i++) {
    const [a, b, c] = [random.uniform(), random.uniform(), random.integer(3) / 2];
    assert.ok(Math.abs(composeLoss(a, composeLoss(b, c)) - composeLoss(composeLoss(a, b), c)) < 1e-15);
    assert.equal(composeLoss(a, b), composeLoss(b, a));
    assert.equal(composeLoss(a, 0), a);
    assert.ok(Math.abs(composeLoss(a, 1) - 1) <= 2.3e-16);
    assert.ok(composeLoss(a, b) >= Math.max(a, b) - 1e-15 && composeLoss(a, b) <= 1 + 1e-15);
  }
});

/** A node with random links and tables of its peers; some links dead, some tables missing. */
function randomTable(random: RandomStream, maxIntermediates: number) {
  const nodes = 3 + random.integer(6);
  const parameters = ronParameters({ maxIntermediates, latencyHysteresis: 0, lossHysteresis: 0, throughputHysteresis: 0 });
  const monitor = new RonLinkMonitor(nodes, parameters);
  const membership = new RonMembership(0, nodes, parameters.memberLifetimeUs);
  const table = new RonPathTable(0, nodes, parameters, new RonPolicyTable(nodes, [{ name: "some", forbiddenRelays: [1], forbiddenLinks: [{ from: 0, to: 2 }] }]), monitor, membership);
  const us = () => (random.integer(5) === 0 ? -1 : 1000 * (1 + random.integer(200)));
  for (let peer = 1; peer < nodes; peer++) {
    membership.learn(peer, 0, 0);
    const own = us();
    for (let i = 0; i < 20; i++) if (random.integer(10) === 0) monitor.unanswered(peer);
    else if (own >= 0) monitor.answered(peer, own);
  }
  for (let node = 1; node < nodes; node++) {
    if (random.integer(6) === 0) continue;
    table.update({ kind: "link-state", node, writtenUs: 1, entries: nodes - 1, roundTripsUs: Float64Array.from({ length: nodes }, (_, to) => (to === node ? -1 : us())), losses: Float64Array.from({ length: nodes }, () => random.integer(4) / 50) }, 1);
  }
  table.recompute(1);
  return { table, nodes, parameters };
}

/** All paths over at most so many different intermediates. */
function allPaths(nodes: number, destination: number, most: number, path: OverlayPath = []): OverlayPath[] {
  const found = [path];
  if (path.length === most) return found;
  for (let relay = 1; relay < nodes; relay++) if (relay !== destination && !path.includes(relay)) found.push(...allPaths(nodes, destination, most, [...path, relay]));
  return found;
}

test("400 random tables: the path chosen is the best of all relays, for every metric and policy, and never worse than the direct one", () => {
  for (let seed = 0; seed < 400; seed++) {
    const { table, nodes } = randomTable(new RandomStream({ seed, name: "table" }), 1);
    for (let policy = 0; policy < 2; policy++) for (let metric = 0; metric < 3; metric++) for (let destination = 1; destination < nodes; destination++) {
      const chosen = table.pathFor(policy, metric, destination, 1);
      const costs = allPaths(nodes, destination, 1).map((path) => table.costOf(policy, metric, path, destination, 1));
      const best = costs.reduce((a, b) => Math.min(a, b));
      if (best < Infinity) assert.equal(table.costOf(policy, metric, chosen ?? [], destination, 1), best, `seed ${seed}, policy ${policy}, metric ${metric}, to ${destination}`);
      else assert.ok(chosen === null || chosen.length === 0);
    }
    table.checkInvariants(1, `seed ${seed}`);
  }
});

test("150 random tables with up to three intermediates: latency and loss are optimal, throughput is never worse than one relay gives", () => {
  for (let seed = 0; seed < 150; seed++) {
    const { table, nodes } = randomTable(new RandomStream({ seed, name: "long" }), 3);
    for (let metric = 0; metric < 3; metric++) for (let destination = 1; destination < nodes; destination++) {
      const cost = table.costOf(0, metric, table.pathFor(0, metric, destination, 1) ?? [], destination, 1);
      const best = allPaths(nodes, destination, metric === 2 ? 1 : 3).map((path) => table.costOf(0, metric, path, destination, 1)).reduce((a, b) => Math.min(a, b));
      assert.ok(cost <= best * (1 + 1e-12) + 1e-15, `seed ${seed}, metric ${metric}, to ${destination}: ${cost}, not ${best}`);
    }
    table.checkInvariants(1, `seed ${seed}`);
  }
});

test("a table's cost is that of composing its links", () => {
  const { table, nodes, parameters } = randomTable(new RandomStream({ seed: 7, name: "table" }), 1);
  for (let destination = 1; destination < nodes; destination++) for (let relay = 1; relay < nodes; relay++) {
    const row = table.rowOf(relay, 1);
    if (relay === destination || row === null || row.roundTripsUs[destination] < 0 || table.monitor.usableRoundTripUs(relay) < 0) continue;
    const { roundTripUs, loss } = composePath([{ roundTripUs: table.monitor.roundTripsUs[relay], loss: table.monitor.losses[relay] }, { roundTripUs: row.roundTripsUs[destination], loss: row.losses[destination] }]);
    for (let metric = 0; metric < 3; metric++) assert.ok(Math.abs(table.costOf(0, metric, [relay], destination, 1) / pathCost(metric, roundTripUs, loss, parameters.leastLoss) - 1) < 1e-12 || loss === 0);
  }
});

test("the checks of rules find what is planted: a wrong count, a member from the future, a path that is no better", () => {
  const { table } = randomTable(new RandomStream({ seed: 3, name: "table" }), 1);
  const lost = (table.monitor as unknown as { lost: Int32Array }).lost;
  lost[1] += 1;
  assert.throws(() => table.monitor.checkInvariants("planted"), /count of lost probes/);
  lost[1] -= 1;
  table.membership.heardUs[1] = 99;
  assert.throws(() => table.membership.checkInvariants(1, "planted"), /from the future/);
  const biased = Object.create(table) as RonPathTable;
  biased.pathFor = () => [1];
  assert.throws(() => biased.checkInvariants(1, "planted"), /no better than the direct/);
});

test("what a node measures agrees with the network: loss of links that lose 10 %, and not of links that lose 15 %", () => {
  const network = providerInternet({ sites: 6, providers: 1, random: new RandomStream({ seed: 1, name: "net" }) });
  const measured = (loss: number) => {
    const linkLoss = network.kinds.map((kind) => (kind === "access" ? 1 - Math.sqrt(Math.sqrt(1 - loss)) : 0));
    const internet = new SlowInternet({ graph: network.graph, hosts: 6, linkLoss });
    const world = simulateRon({ nodes: 6, seed: 2, transport: new SlowInternetTransport(internet, new RandomStream({ seed: 3, name: "packets" })), parameters: { lossWindow: 1000 } });
    world.run(4 * 3600 * SECOND);
    return world.node(0).membership.peers.reduce((sum, peer) => sum + world.node(0).monitor.losses[peer], 0) / 5;
  };
  // Two access lines and back again make four passages. 5 000 probes: a standard error of 0.0042; the bound is four of them.
  assert.ok(Math.abs(measured(0.1) - 0.1) < 0.017);
  assert.ok(Math.abs(measured(0.15) - 0.1) > 0.017);
});

test("equal seeds give equal runs to the last event, and another seed another run", () => {
  const run = (seed: number) => {
    const network = providerInternet({ sites: 8, providers: 3, random: new RandomStream({ seed, name: "net" }) });
    const internet = new SlowInternet({ graph: network.graph, hosts: 8, linkLoss: network.linkLoss, jitterUs: 500, troubles: [{ link: 2, fromUs: 50 * SECOND, untilUs: 100 * SECOND, loss: 1, noticedAfterUs: 10 * SECOND }] });
    const world = simulateRon({ nodes: 8, seed, transport: new SlowInternetTransport(internet, new RandomStream({ seed, name: "packets" })), faults: [{ kind: "crash", node: 3, atUs: 70 * SECOND, restartUs: 90 * SECOND }] });
    world.run(200 * SECOND);
    return world.simulation.fingerprint();
  };
  assert.equal(run(5), run(5));
  assert.notEqual(run(5), run(6));
});
