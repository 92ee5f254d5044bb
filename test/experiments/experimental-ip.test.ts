/** The experiments and tables of section 9.4.1's experimental IP: closed forms at both ends, other parameters, other topologies. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { mboneDeployment, metricIn, runExperiment, sixBoneDeployment, type Parameters } from "overlay-lab/dist/experiments";
import { abileneMbone, crashOfRouter, floodsWithoutMembers, mboneEdgesTable, mboneLogTable, mboneNodesTable, mboneSteps, scopeReach, simulateMbone, simulateSixBone, sixInFourTable, sixToFourExample } from "overlay-lab/dist/experiments/experimental-ip";

test("with native routers only each single network equals native multicast; with none the tunnels are sites - 1 and the stress is that of their paths", () => {
  const result = runExperiment(mboneDeployment, { mode: "quick", seed: 77, levels: { share: [0, 100] }, parameters: { sites: 6, routers: 20 } });
  for (const row of result.rows) {
    if (row.share === 100) assert.deepEqual([row.tunnels, row.worst_stress, row.mean_stress, row.stretch, row.outer_header_percent, row.stress_formula], [0, 1, 1, 1, 0, 1]);
    else assert.deepEqual([row.tunnels, row.worst_stress], [5, row.stress_formula]);
    assert.ok(Math.abs((row.cost_ratio as number) - 1) < 1e-12 || row.share === 0);
    assert.equal(row.reached_percent, 100);
  }
});

test("the deployment runs on Abilene, with extra tunnels, and at a share that is no level of its own", () => {
  const result = runExperiment(mboneDeployment, { mode: "quick", seed: 5, levels: { share: [37] }, parameters: { topology: "abilene", sites: 4, extraTunnels: 2 } });
  const { mean } = metricIn(result, { share: 37 }, "reached_percent");
  assert.equal(mean, 100);
});

test("the 6-Bone's stretch and headers end at 1 and 0", () => {
  const result = runExperiment(sixBoneDeployment, { mode: "quick", seed: 6, levels: { share: [0, 100] }, parameters: { sites: 3, routers: 8 } });
  const at = (metric: string, share: number) => metricIn(result, { share }, metric).mean;
  assert.deepEqual([at("stretch", 100), at("worst_stress", 100), at("outer_header_percent", 100), at("tunnels", 100)], [1, 1, 0, 0]);
  assert.deepEqual([at("tunneled_percent", 0), at("tunnels", 0)], [100, 2]);
  assert.ok(Math.abs(at("outer_header_percent", 0) - (100 * 20) / 1060) < 1e-9);
});

test("parameters out of range are refused before anything runs", () => {
  for (const parameters of [{ sites: 1 }, { sites: 2.5 }, { routers: 1 }, { unitMs: 0 }, { extraTunnels: -1 }, { topology: "ring" }, { payloadBytes: -5 }] as Parameters[]) {
    assert.throws(() => runExperiment(mboneDeployment, { mode: "quick", levels: { share: [50] }, parameters }), ParameterError, JSON.stringify(parameters));
  }
  assert.throws(() => runExperiment(mboneDeployment, { mode: "quick", levels: { share: [101] } }), ParameterError);
  assert.throws(() => runExperiment(sixBoneDeployment, { mode: "quick", levels: { share: [50] }, parameters: { payloadBytes: 1241 } }), ParameterError);
  for (const list of ["", "Seattle", "Seattle, Paris"]) assert.throws(() => abileneMbone(list), ParameterError);
  assert.throws(() => floodsWithoutMembers(0, 10), ParameterError);
  assert.throws(() => floodsWithoutMembers(NaN, 10), ParameterError);
  assert.throws(() => scopeReach([0, 1, 1, 1], 5), ParameterError);
  assert.throws(() => crashOfRouter(1, { holdDownUs: -1 }), ParameterError);
});

test("tables and steps of a traced run fit each other", () => {
  const world = simulateMbone(abileneMbone("Seattle, Kansas City, Atlanta"), { seed: 2, traceRecords: 100_000 });
  world.joinAt(1e6, "host in Atlanta", "224.2.0.1");
  for (const at of [200, 210]) world.sendAt(at * 1e6, "host in Seattle", "224.2.0.1");
  world.leaveAt(215e6, "host in Atlanta", "224.2.0.1");
  world.simulation.run({ untilUs: 230e6 });
  world.checkInvariants();
  const nodes = new Set(mboneNodesTable(world).rows.map(({ layer, node }) => `${layer} ${node}`));
  const edges = mboneEdgesTable(world, [{ name: "multicast routers", packet: world.packets[1] }]);
  for (const { layer, from, to } of edges.rows) assert.ok(nodes.has(`${layer} ${from}`) && nodes.has(`${layer} ${to}`));
  assert.equal(edges.rows.filter(({ layer, copies }) => layer === "multicast routers" && copies === 1).length, 2);
  assert.deepEqual(mboneLogTable(world, ["leave", "prune"], [214, 230]).rows.map(({ message, bytes }) => [message, bytes]), [["leave", 32], ["prune", 40], ["prune", 40]]);
  const { nodes: places, links, steps } = mboneSteps(world, [199, 230]);
  assert.equal(places.length, 11);
  const ids = new Set(links.map(({ id }) => id));
  for (const step of steps) {
    for (const id of Object.keys(step.links)) assert.ok(ids.has(id), id);
    for (const { via } of step.messages) assert.ok(ids.has(via), via);
  }
  assert.ok(steps.some(({ text }) => text.includes("prunes")));
});

test("the fields of a packet in a 6to4 tunnel cover all bytes of both headers without a gap", () => {
  const world = simulateSixBone(sixToFourExample(), { seed: 1 });
  world.sendAt(60e6, "kim", world.plan.addresses6[world.plan.nodeNamed("luc")], 10);
  world.simulation.run({ untilUs: 61e6 });
  const { rows } = sixInFourTable(world.crossings[1].packet);
  let next = 0;
  for (const { offset, bytes } of rows) {
    assert.equal(offset, next);
    next += String(bytes).split(" ").length;
  }
  assert.equal(next, 60);
  assert.match(String(rows[rows.length - 1].meaning), /198\.51\.100\.7/);
});
