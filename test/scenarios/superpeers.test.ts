/** Superpeers in 200 worlds of random faults: the rules of one node hold throughout, and once the faults have ended every leaf has its cluster and every index is right. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkSuperpeerNode, type SuperpeerRole } from "overlay-lab/dist/peer-to-peer/superpeers";
import { RandomStream } from "overlay-lab/dist/simulation";
import { ask, processesOf, superpeerWorld } from "../peer-to-peer/superpeers/world";
import { replayedWorlds, randomFaults } from "../peer-to-peer/gossip/fault-worlds";

const FAULTS_END_US = 30_000_000;
const fast = { maxLeaves: 4, heartbeatUs: 1_000_000, silentUs: 2_500_000, answerUs: 300_000, retryUs: 500_000, neighbours: 2, fullUptimeUs: 10_000_000 };

function runWorld(seed: number): void {
  const random = new RandomStream({ seed, name: "world" });
  const nodes = 8 + random.integer(12);
  const redundancy = 1 + random.integer(2);
  const simulation = superpeerWorld(nodes, seed, { ...fast, redundancy }, randomFaults(nodes, FAULTS_END_US, random));
  for (let timeUs = 0; timeUs <= FAULTS_END_US; timeUs += 1_000_000) {
    simulation.run({ untilUs: timeUs });
    for (const [node, process] of processesOf(simulation)) checkSuperpeerNode(process, node);
  }
  simulation.run({ untilUs: FAULTS_END_US + 25_000_000 });
  const up = processesOf(simulation);
  assert.ok(up.length > 0);
  for (const [node, process] of up) {
    checkSuperpeerNode(process, node);
    if (process.role.kind === "superpeer") {
      for (const partner of process.role.partners.keys()) {
        const other = simulation.processOf(partner);
        assert.equal((other?.role as SuperpeerRole).cluster, process.role.cluster, `partner ${partner} of ${node}`);
        assert.deepEqual(process.role.index.filesOf(partner), other?.files, `index of ${node} for its partner ${partner}`);
      }
      continue;
    }
    assert.ok(process.role.superpeers.size > 0, `leaf ${node} found no cluster`);
    for (const superpeer of process.role.superpeers.keys()) {
      const role = simulation.processOf(superpeer)?.role as SuperpeerRole;
      assert.equal(role?.kind, "superpeer", `superpeer ${superpeer} of ${node}`);
      assert.deepEqual(role.index.filesOf(node), process.files, `index of ${superpeer} for ${node}`);
    }
  }
  const asker = up[random.integer(up.length)][0];
  const search = ask(simulation, asker, 1000 + asker);
  assert.deepEqual([search.owners, search.failed], [[asker], false], `node ${asker} asks for its own file`);
}

test("in 200 worlds of random faults leaves find superpeers again and every index is right in the end", () => replayedWorlds("superpeers", 200, runWorld));
