import assert from "node:assert/strict";
import { test } from "node:test";
import { InvariantError, ParameterError } from "overlay-lab/dist/errors";
import { SuperpeerNode, SuperpeerRole, checkSuperpeerNode, filesDigest, superpeerMessageBytes, type SuperpeerMessage, type SuperpeerParameters } from "overlay-lab/dist/peer-to-peer/superpeers";
import { RecordingContext, Simulation, constantDelay } from "overlay-lab/dist/simulation";
import { OWN_FILE, ask, processesOf, superpeerWorld, superpeersOf } from "./world";

const sentTo = (context: RecordingContext<SuperpeerMessage>, to: number) => context.sent.filter((each) => each.to === to).map(({ message }) => message);

/** A founder with leaves 1..count, each with file 100 + its number. */
function founder(count: number, parameters: Partial<SuperpeerParameters> = {}): { process: SuperpeerNode; context: RecordingContext<SuperpeerMessage>; role: SuperpeerRole } {
  const process = new SuperpeerNode(parameters, { files: [100], capacity: parameters.minCapacity ?? 1 });
  const context = new RecordingContext<SuperpeerMessage>({ self: 0 });
  process.onStart(context);
  for (let leaf = 1; leaf <= count; leaf++) process.onMessage(context, leaf, join({ capacity: leaf, uptimeUs: 1000, files: [100 + leaf] }));
  context.clear();
  return { process, context, role: process.role as SuperpeerRole };
}

const join = (fields: Partial<Extract<SuperpeerMessage, { kind: "join" }>> = {}): SuperpeerMessage => ({ kind: "join", capacity: 1, uptimeUs: 0, files: [], cluster: -1, insist: false, ...fields });

test("a node that knows nobody founds a cluster; one with contacts asks them, uploading its index", () => {
  assert.equal(founder(0).role.kind, "superpeer");
  const leaf = new SuperpeerNode({}, { files: [5, 6], contacts: [9] });
  const context = new RecordingContext<SuperpeerMessage>({ self: 3 });
  leaf.onStart(context);
  assert.deepEqual(context.sent.map(({ to, message, bytes }) => [to, message.kind, bytes]), [[9, "join", 80 + 2 * 72]]);
});

test("a superpeer takes leaves in and indexes them; an update changes the index, a goodbye or silence empties it", () => {
  const { process, context, role } = founder(3);
  assert.deepEqual([...role.leaves.keys()], [1, 2, 3]);
  process.onMessage(context, 2, { kind: "update", file: 7, present: true });
  process.onMessage(context, 2, { kind: "update", file: 102, present: false });
  assert.deepEqual(role.index.filesOf(2), [7]);
  process.onMessage(context, 2, { kind: "bye" });
  assert.deepEqual([role.index.filesOf(2), role.leaves.has(2)], [[], false]);
  process.onMessage(context, 2, { kind: "alive", digest: 0 });
  assert.deepEqual(sentTo(context, 2), [{ kind: "unknown" }], "who was forgotten is told so");
  context.nowUs = 25_000_001;
  process.onMessage(context, 3, { kind: "alive", digest: filesDigest([103]) });
  process.onTimer(context, "heartbeat", 0);
  assert.deepEqual([...role.leaves.keys()], [3], "leaf 1 was silent for longer than allowed");
  assert.deepEqual(role.index.owners(), [0, 3]);
});

test("a full cluster refuses, and has its best leaf found a cluster when a newcomer insists, who gets its place", () => {
  const { process, context, role } = founder(2, { maxLeaves: 2 });
  context.nowUs = 10;
  process.onMessage(context, 8, { kind: "link", link: { cluster: 77, nodes: [8] } });
  context.clear();
  process.onMessage(context, 5, join());
  assert.deepEqual(sentTo(context, 5), [{ kind: "refuse", others: [8], full: true }]);
  context.clear();
  process.onMessage(context, 5, join({ insist: true }));
  assert.deepEqual(sentTo(context, 2).map(({ kind }) => kind), ["found"], "leaf 2 has the highest capacity");
  assert.deepEqual(sentTo(context, 5).map(({ kind }) => kind), ["welcome"]);
  assert.deepEqual([...role.leaves.keys()], [1, 5]);
  context.clear();
  process.onMessage(context, 6, join({ insist: true, capacity: 50, uptimeUs: 1_000_000 }));
  assert.deepEqual(sentTo(context, 6).map(({ kind }) => kind), ["found"], "the newcomer itself may be the best");
  assert.deepEqual([...role.leaves.keys()], [1, 5]);
});

test("if nobody is eligible a full cluster refuses even those who insist", () => {
  const { process, context, role } = founder(1, { maxLeaves: 1, minCapacity: 1000 });
  assert.deepEqual([role.kind, role.leaves.size], ["superpeer", 1]);
  process.onMessage(context, 5, join({ insist: true }));
  assert.deepEqual(sentTo(context, 5), [{ kind: "refuse", others: [], full: true }]);
});

test("the first superpeer of a cluster has its best leaf promoted while partners are missing, and shares the index of its own files with it", () => {
  const { process, context, role } = founder(3, { redundancy: 2 });
  process.onTimer(context, "heartbeat", 0);
  assert.deepEqual(sentTo(context, 3).map(({ kind }) => kind), ["promote"]);
  context.clear();
  process.onMessage(context, 3, { kind: "ping", link: { cluster: role.cluster, nodes: [0, 3] }, links: [], digest: filesDigest([103]) });
  assert.deepEqual(role.link, { cluster: role.cluster, nodes: [0, 3] });
  assert.deepEqual(sentTo(context, 3).map(({ kind }) => kind), ["share", "pong"]);
  assert.equal(role.leaves.has(3), false);
  process.onMessage(context, 3, { kind: "share", files: [103], answer: true });
  assert.deepEqual(role.index.filesOf(3), [103]);
  context.clear();
  process.onTimer(context, "heartbeat", 0);
  assert.equal(context.sent.some(({ message }) => message.kind === "promote"), false, "two are enough");
});

test("the last of too many partners steps down and uploads to the others", () => {
  const { process, context, role } = founder(1, { redundancy: 1 });
  const { cluster } = role;
  const late = new SuperpeerNode({ redundancy: 1 }, { files: [4] });
  const second = new RecordingContext<SuperpeerMessage>({ self: 9 });
  late.onStart(second);
  late.becomeSuperpeer(second, { cluster, nodes: [0] }, []);
  second.clear();
  late.onTimer(second, "heartbeat", 0);
  assert.equal(late.role.kind, "leaf");
  const upload = sentTo(second, 0).find(({ kind }) => kind === "join");
  assert.deepEqual(upload, { kind: "join", capacity: 1, uptimeUs: 0, files: [4], cluster, insist: false });
  process.onMessage(context, 9, upload as SuperpeerMessage);
  assert.deepEqual([...role.leaves.keys()], [1, 9]);
});

test("a question is answered from the index, flooded once, and answers retrace its way", () => {
  const { process, context, role } = founder(2, { ttl: 3 });
  for (const [node, cluster] of [[20, 1], [30, 2]]) process.onMessage(context, node, { kind: "link", link: { cluster, nodes: [node] } });
  context.clear();
  process.onMessage(context, 20, { kind: "query", id: 4, file: 102, ttl: 3 });
  assert.deepEqual(sentTo(context, 20), [{ kind: "hit", id: 4, owners: [2] }]);
  assert.deepEqual(sentTo(context, 30), [{ kind: "query", id: 4, file: 102, ttl: 2 }], "not back to where it came from");
  context.clear();
  process.onMessage(context, 30, { kind: "query", id: 4, file: 102, ttl: 2 });
  assert.deepEqual([context.sent.length, role.duplicates], [0, 1]);
  process.onMessage(context, 30, { kind: "hit", id: 4, owners: [31] });
  assert.deepEqual(sentTo(context, 20), [{ kind: "hit", id: 4, owners: [31] }]);
  context.clear();
  process.onMessage(context, 20, { kind: "query", id: 5, file: 1, ttl: 1 });
  assert.equal(context.sent.length, 0, "a question with one hop left goes no further");
  process.onMessage(context, 77, { kind: "ask", id: 6, file: 100 });
  assert.deepEqual(sentTo(context, 77), [{ kind: "unknown" }], "a stranger's question is not taken");
});

test("what overlays of many nodes settle to: all attached, each leaf to every superpeer of one cluster, each index complete", () => {
  for (const redundancy of [1, 2, 3]) {
    const simulation = superpeerWorld(120, 11, { redundancy });
    simulation.run({ untilUs: 120_000_000 });
    for (const [node, process] of processesOf(simulation)) {
      checkSuperpeerNode(process, node);
      if (process.role.kind !== "leaf") continue;
      assert.equal(process.role.superpeers.size, redundancy, `leaf ${node}`);
      for (const superpeer of process.role.superpeers.keys()) {
        const role = simulation.processOf(superpeer)?.role as SuperpeerRole;
        assert.equal(role.cluster, process.role.cluster);
        assert.deepEqual(role.index.filesOf(node), process.files);
      }
    }
    const superpeers = superpeersOf(simulation);
    assert.ok(superpeers.length >= (redundancy * 120) / (9 + redundancy) && superpeers.length <= 40 * redundancy, `${superpeers.length} superpeers`);
    assert.deepEqual(ask(simulation, 57, OWN_FILE + 3).owners, [3]);
    assert.deepEqual(ask(simulation, superpeers[1], 7).owners, [7, 27, 47, 67, 87, 107]);
    assert.deepEqual(ask(simulation, 57, 999_999), { owners: [], failed: false }, "a file that nobody holds");
  }
});

test("when its superpeer dies a leaf without a second one moves to another cluster; with a second one it asks on at once", () => {
  for (const redundancy of [1, 2]) {
    const orphans: number[] = [];
    const simulation = superpeerWorld(60, 12, { redundancy }, [], { orphaned: (node) => void orphans.push(node) });
    simulation.run({ untilUs: 120_000_000 });
    const [leaf, process] = processesOf(simulation).filter(([, { role }]) => role.kind === "leaf")[5];
    const [victim] = [...(process.role as { superpeers: Map<number, number> }).superpeers.keys()];
    orphans.length = 0;
    simulation.crash(victim);
    const searches = ask(simulation, leaf, OWN_FILE + leaf, 10_000_000);
    assert.equal(searches.failed, redundancy === 1);
    assert.deepEqual(searches.owners, redundancy === 1 ? [] : [leaf]);
    simulation.run({ untilUs: simulation.nowUs + 60_000_000 });
    assert.equal(orphans.length > 0, redundancy === 1);
    assert.deepEqual(ask(simulation, leaf, OWN_FILE + leaf).owners, [leaf]);
    for (const [node, each] of processesOf(simulation)) if (each.role.kind === "leaf") assert.equal(each.role.superpeers.size, redundancy, `leaf ${node}`);
  }
});

test("a superpeer that says goodbye is left at once", () => {
  const simulation = superpeerWorld(40, 13);
  simulation.run({ untilUs: 60_000_000 });
  const victim = superpeersOf(simulation)[1];
  const leaves = [...(simulation.processOf(victim)?.role as SuperpeerRole).leaves.keys()];
  assert.ok(leaves.length > 0);
  simulation.invokeAt(simulation.nowUs, victim, (process, context) => process.leave(context));
  simulation.run({ untilUs: simulation.nowUs + 20_000 });
  simulation.crash(victim);
  simulation.run({ untilUs: simulation.nowUs + 1_000_000 });
  for (const leaf of leaves) assert.notEqual((simulation.processOf(leaf)?.view() as { cluster: number }).cluster, -1, `leaf ${leaf}`);
});

test("with a dead host cache a lonely eligible node founds a cluster in the end, one that is too weak goes on asking", () => {
  const alone = (capacity: number) => {
    const simulation = superpeerWorld(2, 14, { minCapacity: 5 }, [{ kind: "crash", node: 0, atUs: 0 }]);
    simulation.run({ untilUs: 50_000 });
    const node = new SuperpeerNode({ minCapacity: 5, lonelyRounds: 2 }, { capacity, contacts: [0] });
    const context = new RecordingContext<SuperpeerMessage>({ self: 1 });
    node.onStart(context);
    for (let step = 0; step < 12; step++) {
      const timer = context.expireNext();
      node.onTimer(context, timer.name, timer.key);
    }
    return node.role.kind;
  };
  assert.deepEqual([alone(5), alone(4)], ["superpeer", "leaf"]);
});

/** Nodes that join in turn, each with contacts of its own. */
function worldWithContacts(nodes: number, parameters: Partial<SuperpeerParameters>, contactsOf: (node: number) => readonly number[]): Simulation<SuperpeerMessage, SuperpeerNode> {
  const process = (node: number) => new SuperpeerNode(parameters, { capacity: 1 + (node % 10), files: [OWN_FILE + node], contacts: contactsOf(node) });
  return new Simulation<SuperpeerMessage, SuperpeerNode>({ nodes, seed: 15, transport: constantDelay(20_000), startUs: (node) => node * 100_000, process });
}

const orphansOf = (simulation: Simulation<SuperpeerMessage, SuperpeerNode>) => processesOf(simulation).filter(([, { role }]) => role.kind === "leaf" && role.superpeers.size === 0).map(([node]) => node);

test("nodes that know only each other begin an overlay, and so do leaves whose superpeers all died", () => {
  const pair = worldWithContacts(2, {}, (node) => [1 - node]);
  pair.run({ untilUs: 60_000_000 });
  assert.deepEqual(superpeersOf(pair).length, 1);
  assert.deepEqual(orphansOf(pair), []);
  const many = worldWithContacts(40, {}, (node) => (node === 0 ? [] : [node - 1, (node * 7) % 40, (node * 11) % 40].filter((other) => other !== node)));
  many.run({ untilUs: 60_000_000 });
  for (const node of superpeersOf(many)) many.crash(node);
  many.run({ untilUs: 300_000_000 });
  assert.ok(processesOf(many).length > 25);
  assert.deepEqual(orphansOf(many), []);
  assert.ok(superpeersOf(many).length < 20, "most of them joined those who began");
});

test("a newcomer that knows leaves only gets into an overlay in which every cluster is full", () => {
  // Each contact is a leaf of the clusters before; what it names is full, so the newcomer has to insist with a superpeer, not with the leaf.
  for (const maxLeaves of [1, 2]) {
    const simulation = worldWithContacts(12, { maxLeaves, joinTries: 5 }, (node) => (node === 0 ? [] : [node >> 1, Math.max(0, node - 2)].filter((other) => other !== node)));
    simulation.run({ untilUs: 120_000_000 });
    assert.deepEqual(orphansOf(simulation), []);
  }
});

test("an upload, an update or a partner's share that was lost is sent again", () => {
  const { process, context, role } = founder(2, { redundancy: 2 });
  process.onMessage(context, 1, { kind: "alive", digest: filesDigest([101]) });
  assert.deepEqual(sentTo(context, 1).map(({ kind }) => kind), ["pong"], "all is as the leaf says");
  context.clear();
  process.onMessage(context, 1, { kind: "alive", digest: filesDigest([101, 500]) });
  assert.deepEqual(sentTo(context, 1).map(({ kind }) => kind), ["resend", "pong"]);
  const ping = { kind: "ping", link: { cluster: role.cluster, nodes: [0, 2] }, links: [], digest: filesDigest([102]) } as const;
  process.onMessage(context, 2, ping);
  context.clear();
  process.onMessage(context, 2, ping);
  assert.deepEqual(sentTo(context, 2)[0], { kind: "share", files: [100], answer: false }, "its own share never came");
  process.onMessage(context, 2, { kind: "share", files: [102], answer: true });
  context.clear();
  process.onMessage(context, 2, ping);
  assert.deepEqual(sentTo(context, 2).map(({ kind }) => kind), ["pong"]);
  const simulation = new Simulation<SuperpeerMessage, SuperpeerNode>({
    nodes: 2, seed: 4, transport: constantDelay(20_000), faults: [{ kind: "loss", probability: 1, fromUs: 5_000_000, untilUs: 6_000_000 }],
    process: (node) => new SuperpeerNode({}, { files: [node], contacts: node === 0 ? [] : [0] }),
  });
  simulation.invokeAt(5_500_000, 1, (leaf, at) => leaf.offer(at, 77, true));
  simulation.run({ untilUs: 30_000_000 });
  assert.deepEqual((simulation.processOf(0)?.role as SuperpeerRole).index.filesOf(1), [1, 77]);
});

test("facts that are no table are refused", () => {
  assert.throws(() => new SuperpeerNode({}, null as unknown as object), ParameterError);
});

test("broken states are named", () => {
  const { process, role } = founder(1);
  role.index.set(55, 1, true);
  assert.throws(() => checkSuperpeerNode(process, 0), (error: Error) => error instanceof InvariantError && /stranger/.test(error.message));
  role.index.removeOwner(55);
  checkSuperpeerNode(process, 0);
  role.neighbours.set(role.cluster, new Map([[4, 0]]));
  assert.throws(() => checkSuperpeerNode(process, 0), InvariantError);
});

test("sizes follow the published table, and parameters and facts out of range are refused by name", () => {
  assert.equal(superpeerMessageBytes({ kind: "query", id: 1, file: 1, ttl: 7 }), 82 + 12);
  assert.equal(superpeerMessageBytes({ kind: "hit", id: 1, owners: [4, 5] }), 80 + 2 * 28 + 2 * 76);
  assert.equal(superpeerMessageBytes({ kind: "update", file: 1, present: true }), 152);
  const wrong: Partial<SuperpeerParameters>[] = [
    { maxLeaves: -1 }, { redundancy: 0 }, { neighbours: 1.5 }, { maxNeighbours: 2 }, { ttl: 256 }, { minCapacity: NaN }, { minUptimeUs: -1 }, { fullUptimeUs: 0 }, { heartbeatUs: 0 }, { silentUs: 10_000_000 },
    { answerUs: 0 }, { retryUs: NaN }, { lonelyRounds: 0 }, { joinTries: -1 }, { cacheSize: 0 }, { routeUs: Infinity },
  ];
  for (const parameters of wrong) assert.throws(() => new SuperpeerNode(parameters), (error: Error) => error instanceof ParameterError && error.message.includes(Object.keys(parameters)[0]), JSON.stringify(parameters));
  assert.throws(() => new SuperpeerNode({}, { capacity: -1 }), /capacity/);
  assert.throws(() => new SuperpeerNode({}, { files: [0.5] }), /files\[0\]/);
  assert.throws(() => new SuperpeerNode({}, { contacts: 3 as unknown as number[] }), /contacts/);
  const { process, context } = founder(0);
  assert.throws(() => process.search(context, -1), /file/);
  assert.throws(() => process.offer(context, NaN, true), /file/);
});
