/** One member with a recording context, and small groups: joining, refusing, leaving, dead addresses, partitions. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { meshLinks, meshParts, simulateGroup } from "overlay-lab/dist/experiments/end-system-multicast";
import { ConstantLatency, RouterGraph, Underlay, equalHosts } from "overlay-lab/dist/network";
import { NaradaMember, MEMBER_STATUS, naradaMessageBytes, type NaradaMessage } from "overlay-lab/dist/routing-overlays/end-system-multicast";
import { keyOf } from "overlay-lab/dist/routing-overlays/end-system-multicast/membership";
import { RecordingContext } from "overlay-lab/dist/simulation";

const S = 1_000_000;
const table = (...keys: number[]) => Int32Array.from(keys);
const alive = (sequence = 1) => keyOf(sequence, MEMBER_STATUS.alive);

function member(contacts: readonly number[] = [], parameters = {}): { process: NaradaMember; context: RecordingContext<NaradaMessage> } {
  const context = new RecordingContext<NaradaMessage>();
  const process = new NaradaMember(0, 0, { hosts: 6, contacts, parameters });
  process.onStart(context);
  return { process, context };
}

const kinds = (context: RecordingContext<NaradaMessage>) => context.sent.map(({ to, message }) => `${message.kind} ${to}`);

test("a new member sends join mesh to some of those it knows, and to others when nobody answers", () => {
  const { process, context } = member([1, 2, 3, 4, 5], { joinLinks: 2 });
  assert.equal(context.sent.length, 2);
  assert.ok(context.sent.every(({ message }) => message.kind === "join-mesh"));
  const asked = new Set(context.sent.map(({ to }) => to));
  for (let i = 0; i < 400 && asked.size < 5; i++) {
    const { name, key } = context.expireNext();
    process.onTimer(context, name, key);
    for (const { to } of context.sent) asked.add(to);
  }
  assert.equal(asked.size, 5);
});

test("the first member asks nobody and is a group of one that can send", () => {
  const { process, context } = member();
  assert.deepEqual(context.sent, []);
  assert.equal(process.publish(context, 100).number, 0);
  assert.deepEqual(context.sent, []);
  process.checkInvariants();
});

test("join mesh is accepted with the list of members and answered by a link at both ends", () => {
  const { process, context } = member();
  process.onMessage(context, 3, { kind: "join-mesh", sentUs: 7, table: table(0, 0, 0, alive(), 0, alive()), entries: 2 });
  assert.deepEqual(kinds(context), ["accept 3", "keep-alive 3"]);
  assert.deepEqual(process.membership.members(), [0, 3, 5]);
  assert.deepEqual(process.links.all.map(({ peer }) => peer), [3]);
});

test("a full member refuses, and the refusal names others", () => {
  const { process, context } = member([], { minNeighbours: 0, fanOut: 1, maxNeighbours: 1 });
  for (const from of [1, 2]) process.onMessage(context, from, { kind: "join-mesh", sentUs: 0, table: table(0, 0, 0, 0, 0, 0), entries: 0 });
  const refusal = context.sent.find(({ to }) => to === 2)?.message;
  assert.ok(refusal?.kind === "refuse" && refusal.table !== null);
  assert.deepEqual(process.links.all.map(({ peer }) => peer), [1]);
});

test("a keep-alive from somebody who is no neighbour is answered with drop link, so half a link does not last", () => {
  const { process, context } = member();
  process.onMessage(context, 4, { kind: "keep-alive", sentUs: 0, key: alive() });
  assert.deepEqual(kinds(context), ["drop-link 4"]);
});

test("a packet is taken only from the neighbour on the way to its source, and once", () => {
  const { process, context } = member();
  for (const from of [1, 2]) process.onMessage(context, from, { kind: "join-mesh", sentUs: 0, table: table(0, alive(), alive(), 0, 0, 0), entries: 2 });
  for (const [from, sentUs] of [[1, -2000], [2, -4000]] as const) process.onMessage(context, from, { kind: "keep-alive-answer", sentUs, key: alive() });
  process.onTimer(context, "update", 0);
  const packet = { kind: "data", source: 1, epoch: 1, number: 0, payloadBytes: 10 } as const;
  for (const from of [2, 1, 1]) process.onMessage(context, from, packet);
  assert.deepEqual(process.forwarding.counts, { delivered: 1, forwarded: 0, wrongNeighbour: 1, duplicates: 1 });
});

test("sizes of messages grow with what they carry and hold their headers", () => {
  const small = naradaMessageBytes({ kind: "keep-alive", sentUs: 0, key: 0 });
  assert.equal(small, 28 + 8 + 8);
  const list = (entries: number) => naradaMessageBytes({ kind: "refresh", table: table(), entries });
  assert.equal(list(100) - list(0), 900);
  assert.equal(list(1000), 28 * 7 + 8 + 9000, "several datagrams");
  assert.equal(naradaMessageBytes({ kind: "data", source: 0, epoch: 0, number: 0, payloadBytes: 1000 }), 28 + 8 + 12 + 1000);
});

test("a member that leaves is gone from every list, and goes on forwarding while it lingers", () => {
  // 1 stands between 0 and 2, and there is no other link until it leaves.
  const contacts: readonly (readonly number[])[] = [[], [0], [1]];
  const group = simulateGroup({ hosts: 3, latency: new ConstantLatency(10_000), seed: 1, startUs: (host) => host * S, contacts: (host) => contacts[host], parameters: { improve: false } });
  for (let second = 60; second < 220; second++) group.publishAt(second * S, 0, 100);
  group.leaveAt(100 * S, 1);
  group.simulation.run({ untilUs: 220 * S });
  assert.deepEqual(group.members(), [0, 2]);
  assert.deepEqual(meshLinks(group), [[0, 2]]);
  for (const host of [0, 2]) assert.deepEqual(group.simulation.processOf(host)?.membership.members(), [0, 2]);
  const missed = group.packets.records.filter(({ sentUs, delaysUs }) => delaysUs[2] < 0 && sentUs < 129 * S);
  assert.deepEqual(missed.map(({ sentUs }) => sentUs / S), [], "packets lost while the leaver still forwards");
});

test("a member that joins by a dead address stays alone, without end or error, and gets in when the address comes to life", () => {
  const group = simulateGroup({ hosts: 3, latency: new ConstantLatency(1000), seed: 1, startUs: (host) => [0, 0, 300 * S][host], contacts: (host) => [[2], [2], []][host] });
  group.simulation.run({ untilUs: 299 * S });
  assert.deepEqual(meshParts(group), [[0], [1]]);
  assert.ok(group.simulation.counts.sent < 200, "it does not ask without pause");
  group.simulation.run({ untilUs: 400 * S });
  assert.equal(meshParts(group).length, 1);
});

test("over a network in two parts there are two meshes, and a packet reaches one of them", () => {
  const link = (from: number, to: number) => ({ from, to, delayUs: 1000 });
  const graph = new RouterGraph(4, [link(0, 1), link(2, 3)]);
  const latency = new Underlay({ graph, hosts: { ...equalHosts(4, 1e6, 1e6), placeOf: Int32Array.of(0, 1, 2, 3) }, accessUs: 10 });
  const group = simulateGroup({ hosts: 4, latency, seed: 2, contacts: (host) => (host === 0 ? [] : [0, 1, 2].filter((other) => other !== host)) });
  group.publishAt(200 * S, 0, 1);
  group.simulation.run({ untilUs: 300 * S });
  assert.deepEqual(meshParts(group).map((part) => part.length).sort(), [2, 2]);
  assert.deepEqual([...group.packets.records[0].delaysUs].map((us) => us >= 0), [false, true, false, false]);
});

test("neighbours on both sides mend a partition at the same time, and more than one link may come of it", () => {
  // A row 0-1-2-3-4-5-6; the middle dies.
  const counts = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => {
    const group = simulateGroup({ hosts: 7, latency: new ConstantLatency(5000), seed, startUs: (host) => host * S, contacts: (host) => (host === 0 ? [] : [host - 1]), parameters: { improve: false }, faults: [{ kind: "crash", node: 3, atUs: 100 * S }] });
    group.simulation.run({ untilUs: 400 * S });
    assert.equal(meshParts(group).length, 1);
    return meshLinks(group).filter(([a, b]) => a < 3 && b > 3).length;
  });
  assert.ok(Math.min(...counts) >= 1 && Math.max(...counts) >= 2, String(counts));
});

test("what is no member is refused", () => {
  for (const options of [{ hosts: 0, contacts: [] }, { hosts: NaN, contacts: [] }, { hosts: 70000, contacts: [] }, { hosts: 4, contacts: [4] }, { hosts: 4, contacts: [-1] }, { hosts: 4, contacts: null as unknown as number[] }]) {
    assert.throws(() => new NaradaMember(0, 0, options), ParameterError, JSON.stringify(options));
  }
  assert.throws(() => new NaradaMember(9, 0, { hosts: 4, contacts: [] }), ParameterError);
  const { process, context } = member();
  for (const bytes of [-1, NaN, 1e6, 0.5]) assert.throws(() => process.publish(context, bytes), ParameterError);
  process.leave(context);
  assert.throws(() => process.publish(context, 1), /left/);
  assert.throws(() => process.onTimer(context, "nonsense", 0), ParameterError);
});

test("a group without a host, with more hosts than the network, or with bad times is refused", () => {
  const latency = new ConstantLatency(1);
  for (const spec of [{ hosts: 0, latency }, { hosts: 2.5, latency }, { hosts: 3, latency: { hosts: 2, latencyUs: () => 1 } }, { hosts: 2, latency, joinWindowSeconds: -1 }, { hosts: 2, latency, contactCount: 0 }, { hosts: 2, latency, startUs: () => NaN }]) {
    assert.throws(() => simulateGroup({ seed: 1, ...spec }), ParameterError, JSON.stringify(spec));
  }
});
