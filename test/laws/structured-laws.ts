/**
 * The laws that every structured overlay must obey, as functions over a subject: each overlay's own test file calls them with its way of making snapshots and processes, and with a model of
 * ownership that is simpler than the code (a search through a list of bigints). A failure prints a one-line replay.
 */
import assert from "node:assert/strict";
import { IdSpace, IdTable } from "overlay-lab/dist/ids";
import { LOOKUP_OUTCOME, RouteReport, type StructuredProcess, type StructuredSnapshot } from "overlay-lab/dist/peer-to-peer";
import { RandomStream, Simulation, uniformDelay, type Fault, type Process } from "overlay-lab/dist/simulation";

/** How a process names who a starting node is to join through; -1 for nobody. */
export type Bootstrap = (node: number, random: RandomStream) => number;

/** An overlay on trial. M is its union of messages. */
export interface StructuredSubject<M = unknown> {
  readonly name: string;
  /** Widths of ids to try. */
  readonly widths: readonly number[];
  /** Which of the members owns a key: an index into their ids. */
  modelOwner(space: IdSpace, members: readonly bigint[], key: bigint): number;
  snapshot(table: IdTable, members: ArrayLike<number>): StructuredSnapshot;
  /** A process that does no maintenance, to be installed. */
  still(table: IdTable): StructuredProcess<M>;
  /** A process that repairs itself fast: every 2 s or so, waiting 1 s for an answer. */
  lively(table: IdTable, bootstrap: Bootstrap): StructuredProcess<M>;
  /** Simulated time from the last fault until the structure must be right, µs. */
  readonly settleUs: number;
}

const SECOND = 1_000_000;

/** A population with distinct random ids, and keys among which some are nodes' ids and their neighbours. */
export function drawPopulation(widths: readonly number[], seed: number): { space: IdSpace; ids: bigint[]; keys: bigint[]; random: RandomStream } {
  const random = new RandomStream({ seed, name: "population" });
  const space = new IdSpace(random.pick(widths));
  const most = space.bits < 6 ? 2 ** space.bits : 24;
  const wanted = 1 + random.integer(most);
  const distinct = new Set<bigint>();
  while (distinct.size < wanted) distinct.add(space.draw(random));
  const ids = [...distinct];
  const keys = [...Array.from({ length: 12 }, () => space.draw(random)), ids[0], (ids[0] + 1n) % space.size, (ids[0] + space.size - 1n) % space.size];
  return { space, ids, keys, random };
}

function tableOf(space: IdSpace, ids: readonly bigint[]): IdTable {
  const table = new IdTable(space);
  for (const id of ids) table.push(id);
  return table;
}

const everyNode = (count: number): number[] => Array.from({ length: count }, (_, node) => node);

/** One owner per key, the one that the model names, wherever the lookup begins. */
export function checkOwnership<M>(subject: StructuredSubject<M>, worlds: number): void {
  for (let seed = 1; seed <= worlds; seed++) {
    const { space, ids, keys } = drawPopulation(subject.widths, seed);
    const replay = `${subject.name} ownership, world ${seed}`;
    const table = tableOf(space, ids);
    const snapshot = subject.snapshot(table, everyNode(ids.length));
    const report = new RouteReport(true);
    for (const key of keys) {
      const owner = subject.modelOwner(space, ids, key);
      const row = table.push(key);
      assert.equal(snapshot.ownerOf(row), owner, `${replay}: owner of ${key}`);
      assert.equal(snapshot.holdersOf(row, 1)[0], owner, replay);
      for (let from = 0; from < ids.length; from++) {
        snapshot.lookup(from, row, report);
        assert.equal(report.owner, owner, `${replay}: lookup of ${key} from ${ids[from]}`);
        assert.equal(report.path.length, 1 + report.hops + report.lastHop, `${replay}: every hop is a step of the path`);
        assert.equal(new Set(report.path).size, report.path.length - (report.path.length > 1 && report.path[0] === owner ? 1 : 0), `${replay}: no node is passed twice`);
      }
    }
  }
}

/** Exactly one node answers for each key once the structure has converged. */
export function checkSingleAnswer<M>(subject: StructuredSubject<M>, worlds: number): void {
  for (let seed = 1; seed <= worlds; seed++) {
    const { space, ids, keys } = drawPopulation(subject.widths, seed);
    const process = subject.still(tableOf(space, ids));
    process.install(everyNode(ids.length));
    for (const key of keys) {
      const row = process.addKey(key);
      const answering = everyNode(ids.length).filter((node) => process.answersFor(node, row));
      const owner = subject.modelOwner(space, ids, key);
      assert.deepEqual(answering, [owner], `${subject.name} single answer, world ${seed}, key ${key}`);
      const holders = process.replicaSet(owner, row, 3);
      assert.equal(holders[0], owner, `${subject.name} first holder, world ${seed}, key ${key}`);
      assert.deepEqual(holders, subject.snapshot(process.table, everyNode(ids.length)).holdersOf(row, holders.length), `${subject.name} holders, world ${seed}, key ${key}`);
    }
  }
}

/** A join moves keys only to the joiner, and its leave moves them back. */
export function checkArcs<M>(subject: StructuredSubject<M>, worlds: number): void {
  let moved = 0;
  for (let seed = 1; seed <= worlds; seed++) {
    const { space, ids, random } = drawPopulation(subject.widths, seed);
    if (ids.length < 2) continue;
    const joiner = random.integer(ids.length);
    const table = tableOf(space, ids);
    const others = everyNode(ids.length).filter((node) => node !== joiner);
    const keys = Array.from({ length: 60 }, () => table.push(space.draw(random)));
    const before = subject.snapshot(table, others);
    const after = subject.snapshot(table, everyNode(ids.length));
    for (const key of keys) {
      const [old, now] = [before.ownerOf(key), after.ownerOf(key)];
      assert.ok(now === old || now === joiner, `${subject.name} arcs, world ${seed}: key ${table.get(key)} went from ${old} to ${now} when ${joiner} joined`);
      if (now !== old) moved += 1;
    }
  }
  assert.ok(moved > worlds, `only ${moved} keys moved at all`);
}

/** The two tiers take the same ways on the same membership: same owner, hops, last hop. */
export function checkSameRoutes<M>(subject: StructuredSubject<M>, worlds: number): void {
  let farthest = 0;
  for (let seed = 1; seed <= worlds; seed++) {
    const { space, ids, keys } = drawPopulation(subject.widths, seed);
    const process = subject.still(tableOf(space, ids));
    process.install(everyNode(ids.length));
    const rows = keys.map((key) => process.addKey(key));
    const simulation = new Simulation<M>({ nodes: ids.length, seed, process: () => process as Process<M>, transport: uniformDelay(1000, 50_000, new RandomStream({ seed, name: "latency" })) });
    const asked: { from: number; row: number }[] = [];
    for (let from = 0; from < ids.length; from++) for (const row of rows) {
      asked.push({ from, row });
      simulation.invokeAt(0, from, (_process, context) => void process.lookup(context, row));
    }
    simulation.run({ untilUs: 60 * SECOND, maxEvents: 1_000_000 });
    const snapshot = subject.snapshot(process.table, everyNode(ids.length));
    const report = new RouteReport();
    asked.forEach(({ from, row }, i) => {
      snapshot.lookup(from, row, report);
      const { owners, hops, lastHops, keys: looked, origins } = process.lookups;
      const replay = `${subject.name} same routes, world ${seed}, node ${from}, key ${process.table.get(row)}`;
      assert.deepEqual([origins[i], looked[i]], [from, row], replay);
      assert.deepEqual([owners[i], hops[i], lastHops[i]], [report.owner, report.hops, report.lastHop], replay);
      farthest = Math.max(farthest, report.hops);
    });
  }
  assert.ok(farthest >= 2, "no way was longer than a hop");
}

/** A random world: nodes that start one after the other, and a random subset of the faults, all over at `overUs`. */
export function drawFaultWorld(seed: number): { nodes: number; overUs: number; faults: Fault[]; leaves: { node: number; atUs: number }[] } {
  const random = new RandomStream({ seed, name: "world" });
  const nodes = 3 + random.integer(10);
  const overUs = 60 * SECOND;
  const time = () => 10 * SECOND + random.integer(40 * SECOND);
  const window = () => ({ fromUs: 0, untilUs: overUs });
  const later = (fromUs: number, most: number) => Math.min(overUs, fromUs + 1 + random.integer(most));
  const candidates: (() => Fault)[] = [
    () => ({ kind: "loss", probability: random.uniform() * 0.3, ...window() }),
    () => ({ kind: "delay", minUs: 0, maxUs: random.integer(2 * SECOND), probability: random.uniform() * 0.5, ...window() }),
    () => ({ kind: "duplicate", probability: random.uniform(), spreadUs: random.integer(SECOND), ...window() }),
    () => { const fromUs = time(); return { kind: "partition", groups: [random.sample(nodes, 1 + random.integer(nodes - 1))], fromUs, untilUs: later(fromUs, 30 * SECOND) }; },
    () => ({ kind: "outage", a: 0, b: 1 + random.integer(nodes - 1), oneWay: random.chance(1, 2), intervals: [[5 * SECOND, 15 * SECOND], [20 * SECOND, overUs]] }),
    () => { const atUs = time(); return { kind: "crash", node: random.integer(nodes), atUs, restartUs: later(atUs, 20 * SECOND) }; },
    () => ({ kind: "crash", node: random.integer(nodes), atUs: time() }),
    () => { const fromUs = time(); return { kind: "pause", node: random.integer(nodes), fromUs, untilUs: later(fromUs, 20 * SECOND) }; },
    () => ({ kind: "churn", sessionUs: { kind: "weibull", shape: 0.5, scale: 20 * SECOND }, downtimeUs: { kind: "exponential", mean: 5 * SECOND }, fromUs: 10 * SECOND, untilUs: overUs }),
  ];
  const faults = candidates.filter(() => random.chance(1, 3)).map((make) => make());
  const leaves = random.chance(1, 2) ? [{ node: random.integer(nodes), atUs: time() }] : [];
  return { nodes, overUs, faults, leaves };
}

/** Runs a world until it has to be right again; throws with a one-line replay when it is not. @param settleUs instead of the subject's own */
export function runFaultWorld<M>(subject: StructuredSubject<M>, seed: number, settleUs = subject.settleUs): { readonly faults: readonly Fault[]; readonly lookups: number } {
  const { nodes, overUs, faults, leaves } = drawFaultWorld(seed);
  const replay = `replay: ${subject.name} fault world ${seed}, ${JSON.stringify({ nodes, faults, leaves })}`;
  const { space, random } = drawPopulation(subject.widths.filter((bits) => bits > 8), seed);
  const table = new IdTable(space);
  for (let node = 0; node < nodes; node++) table.push(space.draw(random));
  // Like a rendezvous server: it knows the nodes that are up and take themselves for members, and names one of them.
  const members = (): number[] => everyNode(nodes).filter((node) => simulation.statusOf(node) === "up" && process.isMember(node));
  const process = subject.lively(table, (node, stream) => {
    const others = members().filter((other) => other !== node);
    return others.length === 0 ? -1 : stream.pick(others);
  });
  const simulation: Simulation<M> = new Simulation<M>({
    nodes, seed, faults, process: () => process as Process<M>, startUs: (node) => node * SECOND, messages: "frozen",
    transport: uniformDelay(1000, 100_000, new RandomStream({ seed, name: "latency" })),
  });
  for (const { node, atUs } of leaves) simulation.invokeAt(atUs, node, (_process, context) => process.leave(context));
  simulation.run({ untilUs: overUs, maxEvents: 500_000 });
  simulation.run({ untilUs: overUs + settleUs, maxEvents: 500_000 });
  // A node that has left in good order stays away, unless a fault has started it anew.
  const up = everyNode(nodes).filter((node) => simulation.statusOf(node) === "up" && !(leaves.some((leave) => leave.node === node) && !process.isMember(node)));
  if (up.length === 0) return { faults, lookups: 0 };
  const fault = process.firstFault(up);
  assert.equal(fault, null, `${fault}; ${replay}`);
  const first = process.lookups.length;
  const keys = Array.from({ length: 4 }, () => process.addKey(space.draw(random)));
  for (const node of up) for (const key of keys) simulation.invokeAt(simulation.nowUs, node, (_process, context) => void process.lookup(context, key));
  simulation.run({ untilUs: simulation.nowUs + 30 * SECOND, maxEvents: 500_000 });
  for (let row = first; row < process.lookups.length; row++) {
    const owner = up[subject.modelOwner(space, up.map((node) => table.get(node)), table.get(process.lookups.keys[row]))];
    assert.notEqual(process.lookups.outcomes[row], LOOKUP_OUTCOME.failed, `a lookup from ${process.lookups.origins[row]} fails; ${replay}`);
    assert.equal(process.lookups.owners[row], owner, `the lookup from ${process.lookups.origins[row]} ends at a wrong node; ${replay}`);
  }
  return { faults, lookups: process.lookups.length - first };
}
