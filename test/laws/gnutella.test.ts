/** Laws of Gnutella: no servent passes a query on twice, answers retrace the way, TTL plus hops is constant, and nobody on the way learns who asked. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { linksOfOverlay, simulateGnutella } from "overlay-lab/dist/experiments/napster-and-gnutella";
import type { GnutellaDescriptor } from "overlay-lab/dist/codecs";
import { Flooder, floodReach, GnutellaServent, powerLawOverlay, randomOverlay, regularOverlay, type GnutellaMessage } from "overlay-lab/dist/peer-to-peer/gnutella";
import { SharedFolder } from "overlay-lab/dist/peer-to-peer/napster";
import { explore, RandomStream, TraceBuffer, uniformDelay, type MessageRecord } from "overlay-lab/dist/simulation";

interface Sent {
  readonly from: number;
  readonly to: number;
  readonly kind: string;
  readonly descriptor: GnutellaDescriptor;
}

/** A random overlay with random delays, in which some servents search at random moments. */
function lively(seed: number) {
  const random = new RandomStream({ seed, name: "law" });
  const nodes = 10 + random.integer(40);
  const graph = random.integer(2) === 0 ? randomOverlay(nodes, 2 + random.integer(3), random) : powerLawOverlay({ nodes, exponent: 2.2, random });
  const trace = new TraceBuffer(200_000);
  const world = simulateGnutella({
    servents: Array.from({ length: graph.nodes }, () => ({ files: random.integer(5) === 0 ? [{ name: "blue train", sizeBytes: 10 }] : [] })),
    links: linksOfOverlay(graph), options: { maintains: false, forwardAfterHit: random.integer(4) > 0, ttl: 1 + random.integer(7) },
  }, { seed, trace, transport: uniformDelay(1000, 200_000, random) });
  const askers = Array.from({ length: 6 }, () => random.integer(nodes));
  askers.forEach((node) => world.searchAt(random.integer(500_000), node, "train"));
  world.simulation.run();
  world.checkInvariants();
  const sent = trace.records().flatMap((record): Sent[] => {
    const { descriptor } = ((record as MessageRecord).message ?? {}) as { descriptor?: GnutellaDescriptor };
    return record.kind === "send" && descriptor !== undefined ? [{ from: record.node, to: record.peer, kind: descriptor.payload.kind, descriptor }] : [];
  });
  return { world, graph, sent };
}

test("in 60 random worlds no servent passes the same query on twice, and each link carries it at most once each way", () => {
  for (let seed = 0; seed < 60; seed++) {
    const { world, sent } = lively(seed);
    const forwarded = new Set<string>();
    for (const { node, kind, id } of world.forwards.filter(({ kind: each }) => each === "query")) {
      assert.ok(!forwarded.has(`${kind} ${id} ${node}`), `seed ${seed}: servent ${node} passed ${id} on twice`);
      forwarded.add(`${kind} ${id} ${node}`);
    }
    const links = sent.filter(({ kind }) => kind === "query").map(({ from, to, descriptor }) => `${from} ${to} ${descriptor.id}`);
    assert.equal(new Set(links).size, links.length, `seed ${seed}`);
  }
});

test("in 60 random worlds TTL plus hops of a query never changes, and that of an answer is the length of its way", () => {
  for (let seed = 0; seed < 60; seed++) {
    const { world, sent } = lively(seed);
    for (const { id } of world.searches) {
      const sums = new Set(sent.filter(({ kind, descriptor }) => kind === "query" && descriptor.id === id).map(({ descriptor }) => descriptor.ttl + descriptor.hops));
      assert.ok(sums.size <= 1, `seed ${seed}: ${[...sums].join()}`);
    }
    for (const hit of world.hits) {
      const last = sent.find(({ to, kind, descriptor }) => kind === "query-hit" && to === hit.node && descriptor.id === hit.id && descriptor.hops + 1 === hit.hops);
      assert.equal(last?.descriptor.ttl, 1, `seed ${seed}: it arrives with its last hop`);
    }
  }
});

test("in 60 random worlds every answer goes back over the links of the query, each in the other direction, and none is lost", () => {
  let answers = 0;
  for (let seed = 0; seed < 60; seed++) {
    const { world, sent } = lively(seed);
    // The neighbour from which each servent had each query first, from the order of arrivals.
    const first = new Map<string, number>();
    for (const { id, node } of world.searches) first.set(`${id} ${node}`, -1);
    for (const servent of Array.from({ length: world.simulation.nodes }, (_, node) => world.servent(node))) {
      for (const { id, from } of servent?.state.queries.list() ?? []) if (!first.has(`${id} ${servent?.state.node}`)) first.set(`${id} ${servent?.state.node}`, from);
    }
    const hits = sent.filter(({ kind }) => kind === "query-hit");
    for (const { from, to, descriptor } of hits) {
      assert.equal(first.get(`${descriptor.id} ${from}`), to, `seed ${seed}: ${from} sent the answer to ${to}`);
      assert.ok(sent.some((query) => query.kind === "query" && query.descriptor.id === descriptor.id && query.from === to && query.to === from), `seed ${seed}`);
    }
    const born = hits.filter(({ descriptor }) => descriptor.hops === 0).length;
    assert.equal(world.hits.length, born, `seed ${seed}: each answer arrives`);
    assert.equal(world.drops.get("no-route") ?? 0, 0);
    answers += born;
  }
  assert.ok(answers > 200, `only ${answers} answers`);
});

test("no message on the way holds the address of the one who asked", () => {
  for (let seed = 0; seed < 20; seed++) {
    const { world, sent } = lively(seed);
    for (const { id, node } of world.searches) {
      const address = 0x0a000000 + node;
      for (const { descriptor } of sent.filter(({ kind, descriptor: each }) => kind === "query" && each.id === id)) {
        assert.equal(JSON.stringify(descriptor).includes(String(address)), false);
        assert.deepEqual(Object.keys(descriptor).sort(), ["hops", "id", "payload", "ttl"]);
        assert.deepEqual(descriptor.payload, { kind: "query", minSpeedKBps: 0, text: "train" });
      }
    }
  }
});

test("no flood reaches more than the closed form for the largest degree, nor sends fewer messages than it reaches nodes", () => {
  const random = new RandomStream({ seed: 8, name: "bound" });
  for (let round = 0; round < 60; round++) {
    const graph = round % 2 === 0 ? regularOverlay(100 + 2 * random.integer(200), 3 + random.integer(4), random) : powerLawOverlay({ nodes: 300, exponent: 2.3, maxDegree: 9, random });
    const largest = Math.max(1, ...Array.from({ length: graph.nodes }, (_, node) => graph.degree(node)));
    const ttl = random.integer(9);
    const { reached, messages, duplicates, reachedAt } = new Flooder(graph).flood(random.integer(graph.nodes), ttl);
    assert.ok(reached <= floodReach(largest, ttl), `round ${round}`);
    assert.ok(messages >= reached && duplicates === messages - reached);
    assert.equal(reachedAt.reduce((a, b) => a + b, 0), reached);
  }
});

test("every order of a ring of four: all learn of the query once, whatever overtakes what, and with any one loss none twice", () => {
  const world = (losses: number) => {
    // What each servent of the execution at hand has passed on; a new execution makes new servents.
    const passedOn: Map<string, number>[] = [];
    return explore<GnutellaMessage, GnutellaServent>({
      nodes: 4, losses,
      process: (node) => {
        const counts = (passedOn[node] = new Map());
        const forwarded = (_node: number, kind: string, id: string) => void counts.set(`${kind} ${id}`, (counts.get(`${kind} ${id}`) ?? 0) + 1);
        const setup = { folder: new SharedFolder(node === 2 ? [{ name: "train", sizeBytes: 1 }] : []), nodes: 4, links: [(node + 1) % 4, (node + 3) % 4] };
        return new GnutellaServent(node, setup, { maintains: false, ttl: 3, maxTtl: 3 }, { forwarded });
      },
      visits: [{ node: 0, visit: (process, context) => void process.search(context, "train") }],
      invariant: () => ([...passedOn.values()].some((counts) => [...counts].some(([key, times]) => key.startsWith("query ") && times > 1)) ? "a servent passed a query on twice" : null),
      goal: (processes) => (losses > 0 || processes.every(({ state }) => state.queries.size === 1) ? null : "a servent never heard of the query"),
    });
  };
  const whole = world(0);
  assert.ok(whole.cut === 0 && whole.paths > 5 && whole.states > 20, JSON.stringify(whole));
  assert.ok(world(1).states > whole.states);
});
