/** Cyclon, HyParView and the replicated database in 200 worlds of random faults each. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Cyclon, DatabaseSite, HyParView, ReplicaStore, checkCyclonView, checkHyParViewNode, type CyclonMessage, type DatabaseMessage, type HyParViewMessage } from "overlay-lab/dist/peer-to-peer/gossip";
import { RandomStream, Simulation, constantDelay } from "overlay-lab/dist/simulation";
import { randomFaults, replayedWorlds } from "../peer-to-peer/gossip/fault-worlds";

const FAULTS_END_US = 10_000_000;
const STEP_US = 500_000;

const isUp = (simulation: Pick<Simulation, "processOf">) => (node: number) => simulation.processOf(node) !== undefined;

function cyclonWorld(seed: number): void {
  const random = new RandomStream({ seed, name: "world" });
  const nodes = 6 + random.integer(15);
  const overlay = new Cyclon(nodes, { viewSize: 2 + random.integer(5), shuffleLength: 2, periodUs: STEP_US }, () => 0);
  const simulation = new Simulation<CyclonMessage>({ nodes, seed, process: () => overlay, transport: constantDelay(20_000), startUs: (node) => node * 50_000, faults: randomFaults(nodes, FAULTS_END_US, random) });
  const lastKnownUs = new Float64Array(nodes);
  const isKnown = (node: number) => Array.from({ length: nodes }, (_, other) => other).some((other) => overlay.views.slotOf(other, node) !== -1);
  for (let timeUs = 0; timeUs <= FAULTS_END_US + 20 * STEP_US; timeUs += STEP_US) {
    simulation.run({ untilUs: timeUs });
    for (let node = 0; node < nodes; node++) {
      checkCyclonView(overlay, node);
      if (overlay.views.sizeOf(node) > 0 || isKnown(node)) lastKnownUs[node] = timeUs;
    }
  }
  const up = isUp(simulation);
  // A swap hands one link to and fro: of two nodes with views as small as here, one may know the other only.
  for (let node = 1; node < nodes; node++) if (up(node)) assert.ok(lastKnownUs[node] >= FAULTS_END_US + 15 * STEP_US, `node ${node} has no link since ${lastKnownUs[node]} µs`);
}

function hyParViewWorld(seed: number): void {
  const random = new RandomStream({ seed, name: "world" });
  const nodes = 6 + random.integer(15);
  const overlay = new HyParView(nodes, { activeSize: 3, passiveSize: 8, shuffleActive: 2, periodUs: STEP_US, probePeriodUs: STEP_US, acknowledgeUs: 200_000 }, () => 0);
  const simulation = new Simulation<HyParViewMessage, HyParView>({ nodes, seed, process: () => overlay, transport: constantDelay(20_000), startUs: (node) => node * 50_000, faults: randomFaults(nodes, FAULTS_END_US, random) });
  for (let timeUs = 0; timeUs <= FAULTS_END_US + 20 * STEP_US; timeUs += STEP_US) {
    simulation.run({ untilUs: timeUs });
    for (let node = 0; node < nodes; node++) checkHyParViewNode(overlay, node);
  }
  const up = isUp(simulation);
  for (let node = 0; node < nodes; node++) {
    if (!up(node)) continue;
    for (const neighbour of overlay.activeOf(node)) assert.ok(up(neighbour), `node ${node} still trusts the dead ${neighbour}`);
    // Node 0 is its own contact: after a crash it waits until others come.
    if (node > 0) assert.ok(overlay.activeOf(node).length > 0, `node ${node} is alone`);
  }
}

function databaseWorld(seed: number): void {
  const random = new RandomStream({ seed, name: "world" });
  const sites = 3 + random.integer(8);
  // A disk outlives the crash of its site.
  const disks = Array.from({ length: sites }, () => new ReplicaStore());
  const antiEntropy = (["push", "pull", "push-pull"] as const)[random.integer(3)];
  const parameters = { antiEntropy, antiEntropyPeriodUs: STEP_US, rumourPeriodUs: 200_000, recentUs: random.integer(2) === 0 ? -1 : 2_000_000, directMail: random.integer(2) === 0 };
  const simulation = new Simulation<DatabaseMessage, DatabaseSite>({
    nodes: sites, seed, process: (node) => new DatabaseSite(sites, parameters, disks[node]), transport: constantDelay(20_000), faults: randomFaults(sites, FAULTS_END_US, random).filter((fault) => fault.kind !== "crash" || fault.restartUs !== undefined),
  });
  const latest = new Map<string, string | null>();
  for (let update = 0; update < 6; update++) {
    const [timeUs, site, key] = [1 + update * 1_500_000, random.integer(sites), `item ${random.integer(3)}`];
    const value = random.integer(4) === 0 ? null : `version ${update}`;
    simulation.invokeAt(timeUs, site, (process, context) => {
      process.update(context, key, value);
      latest.set(key, value);
    });
  }
  simulation.run({ untilUs: FAULTS_END_US + 40 * STEP_US });
  const contents = (store: ReplicaStore) => [...latest.keys()].map((key) => [key, store.valueOf(key) ?? null]);
  // An update made while a newer one was cut off wins by its stamp; all sites must agree, and on the newest.
  for (let site = 0; site < sites; site++) {
    assert.deepEqual(contents(disks[site]), [...latest], `site ${site} with ${antiEntropy}`);
    assert.equal(disks[site].checksum, disks[0].checksum);
  }
}

test("in 200 worlds of random faults Cyclon's views keep their rules and nobody ends up alone", () => replayedWorlds("gossip", 200, cyclonWorld));
test("in 200 worlds of random faults HyParView keeps its rules, forgets the dead, and nobody ends up alone", () => replayedWorlds("gossip", 200, hyParViewWorld));
test("in 200 worlds of random faults all copies of a database agree on the newest versions in the end", () => replayedWorlds("gossip", 200, databaseWorld));
