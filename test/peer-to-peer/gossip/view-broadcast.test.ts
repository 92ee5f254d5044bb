import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { Cyclon, CyclonBroadcast, broadcastReach, type ViewBroadcastMessage, type ViewBroadcastParameters } from "overlay-lab/dist/peer-to-peer/gossip";
import { RandomStream, RecordingContext, Simulation, constantDelay } from "overlay-lab/dist/simulation";

/** A population with random views of 20 that never shuffles while it is watched. */
function population(nodes: number, parameters: Partial<ViewBroadcastParameters>, observer: (node: number, id: number) => void): { simulation: Simulation<ViewBroadcastMessage>; process: CyclonBroadcast } {
  const cyclon = new Cyclon(nodes, { viewSize: 20, periodUs: 1e12 });
  const random = new RandomStream({ seed: 9, name: "views" });
  for (let node = 0; node < nodes; node++) for (const other of random.sample(nodes - 1, 20)) cyclon.views.add(node, other >= node ? other + 1 : other, 0);
  const process = new CyclonBroadcast(cyclon, parameters, observer);
  return { process, simulation: new Simulation<ViewBroadcastMessage>({ nodes, seed: 2, process: () => process, transport: constantDelay(1000) }) };
}

test("a broadcast with fanout f reaches the share of the nodes that z = 1 - e^(-f z) says", () => {
  const nodes = 3000;
  for (const fanout of [2, 3, 5]) {
    let reached = 0;
    const { simulation } = population(nodes, { fanout }, () => void (reached += 1));
    simulation.invokeAt(1, 0, (process, world) => (process as CyclonBroadcast).broadcast(world, 1));
    simulation.run({ untilUs: 1_000_000 });
    const expected = broadcastReach(fanout);
    assert.ok(Math.abs(reached / nodes - expected) < 4 * Math.sqrt((expected * (1 - expected) * fanout) / nodes) + 0.003, `fanout ${fanout}: ${reached / nodes} against ${expected}`);
  }
});

test("with acknowledgements a silent node leaves the view; without them it stays", () => {
  for (const acknowledged of [true, false]) {
    const { simulation, process } = population(50, { fanout: 20, acknowledged }, () => undefined);
    const victim = process.cyclon.views.nodeAt(0, 3);
    simulation.run({ untilUs: 10 });
    simulation.crash(victim);
    simulation.invokeAt(20, 0, (at, world) => (at as CyclonBroadcast).broadcast(world, 1));
    simulation.run({ untilUs: 10_000_000 });
    assert.equal(process.cyclon.views.slotOf(0, victim) === -1, acknowledged);
    assert.equal(process.cyclon.views.sizeOf(0), acknowledged ? 19 : 20);
  }
});

test("a copy that is known goes no further, and no copy goes back to its sender", () => {
  const { process } = population(30, { fanout: 20 }, () => undefined);
  const world = new RecordingContext<ViewBroadcastMessage>({ self: 4 });
  const sender = process.cyclon.views.nodeAt(4, 0);
  process.onMessage(world, sender, { kind: "gossip", id: 3, hops: 2 });
  assert.equal(world.sent.length, 19);
  assert.ok(world.sent.every(({ to, message }) => to !== sender && message.kind === "gossip" && message.hops === 3));
  process.onMessage(world, 0, { kind: "gossip", id: 3, hops: 1 });
  assert.equal(world.sent.length, 19);
  assert.equal(process.redundant, 1);
});

test("parameters out of range are refused by name", () => {
  for (const wrong of [{ fanout: -1 }, { fanout: 1.5 }, { acknowledgeUs: 0 }, { acknowledged: "yes" }]) {
    assert.throws(() => new CyclonBroadcast(null as unknown as Cyclon), ParameterError);
    assert.throws(() => new CyclonBroadcast(new Cyclon(3), wrong as Partial<ViewBroadcastParameters>), (error: Error) => error instanceof ParameterError && error.message.includes(Object.keys(wrong)[0]));
  }
});
