/**
 * 200 random worlds of Gnutella with random faults: no rule is ever broken, and when the faults are over the overlay heals and finds again. One thing does not heal by itself:
 * a partition that lasts until each side has enough neighbours of its own. Nobody then looks for others; 0.4 has nothing against it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { simulateGnutella } from "overlay-lab/dist/experiments/napster-and-gnutella";
import { InvariantError } from "overlay-lab/dist/errors";
import { largestOverlayPart, OverlayGraph, type GnutellaOptions } from "overlay-lab/dist/peer-to-peer/gnutella";
import { RandomStream, uniformDelay, type Fault } from "overlay-lab/dist/simulation";

const SECOND = 1_000_000;
const WORLDS = 200;
const HEALED_US = 120 * SECOND;
const END_US = 330 * SECOND;

interface World {
  readonly servents: number;
  readonly options: Partial<GnutellaOptions>;
  readonly firewalled: readonly number[];
  readonly faults: readonly Fault[];
}

/** A random world: few servents, a host cache, a random subset of the faults, all of them over at HEALED_US. */
function drawWorld(seed: number): World {
  const random = new RandomStream({ seed, name: "gnutella-world" });
  const servents = 5 + random.integer(8);
  const node = () => random.integer(servents);
  const untilUs = HEALED_US;
  const candidates: (() => Fault)[] = [
    () => ({ kind: "loss", probability: (1 + random.integer(30)) / 100, untilUs }),
    () => ({ kind: "duplicate", probability: 0.2, spreadUs: 2 * SECOND, untilUs }),
    () => ({ kind: "delay", minUs: 0, maxUs: 2 * SECOND, probability: 0.3, untilUs }),
    () => ({ kind: "partition", groups: [Array.from({ length: 1 + random.integer(servents - 2) }, (_, i) => i)], fromUs: 20 * SECOND, untilUs: 100 * SECOND }),
    () => ({ kind: "crash", node: node(), atUs: (10 + random.integer(40)) * SECOND, restartUs: (60 + random.integer(50)) * SECOND }),
    () => ({ kind: "pause", node: node(), fromUs: 30 * SECOND, untilUs: 80 * SECOND }),
    () => ({ kind: "crash", node: servents, atUs: 15 * SECOND, restartUs: 90 * SECOND }),
  ];
  const faults = candidates.filter(() => random.chance(1, 2)).map((make) => make());
  const options = { wantedNeighbours: 3, maxNeighbours: 6 + random.integer(3), pingIntervalUs: 5 * SECOND, deadUs: 15 * SECOND, connectTimeoutUs: 3 * SECOND, downloadTimeoutUs: 6 * SECOND, routeEntries: 500, maxKnownHosts: 2 + random.integer(20) };
  return { servents, options, firewalled: random.chance(1, 3) ? [node()] : [], faults };
}

/** Runs a world, looking at the rules every five simulated seconds. */
function runWorld(seed: number, twist: Partial<GnutellaOptions> = {}): { duplicates: number; hits: number; isSplit: boolean } {
  const { servents, options, firewalled, faults } = drawWorld(seed);
  const replay = `replay: seed ${seed}, world ${JSON.stringify({ servents, options: { ...options, ...twist }, firewalled, faults })}`;
  const world = simulateGnutella({
    servents: Array.from({ length: servents }, (_, node) => ({ files: [{ name: `song ${node}`, sizeBytes: 1000 }], bootstrap: [servents], isFirewalled: firewalled.includes(node) })),
    hostCaches: [{}], options: { ...options, ...twist },
  }, { seed, faults, transport: uniformDelay(10_000, 100_000, new RandomStream({ seed, name: "delay" })), startUs: (node) => (node === servents ? 0 : node * 500_000) });
  const random = new RandomStream({ seed, name: "gnutella-load" });
  for (let at = 10; at < 120; at += 10) world.searchAt(at * SECOND, random.integer(servents), `song ${random.integer(servents)}`);
  const forwarded = new Set<string>();
  let seen = 0;
  for (let at = 5; at * SECOND <= END_US; at += 5) {
    world.simulation.run({ untilUs: at * SECOND, maxEvents: 300_000 });
    if (at === 60 && world.hits.length > 0) world.downloadAt(61 * SECOND, (world.hits[0].holder + 1) % servents, world.hits[0]);
    try {
      world.checkInvariants();
      // A crash forgets what was passed on, so a servent may do it again in its next life; those worlds are held to the other rules only.
      if (!faults.some(({ kind }) => kind === "crash")) {
        for (const { node, kind, id } of world.forwards.slice(seen).filter(({ kind: each }) => each === "query" || each === "ping")) {
          if (forwarded.has(`${node} ${id}`)) throw new InvariantError({ what: `a servent passed a ${kind} on twice`, got: node, where: id });
          forwarded.add(`${node} ${id}`);
        }
        seen = world.forwards.length;
      }
    } catch (error) {
      throw new InvariantError({ what: error instanceof Error ? error.message : String(error), where: `${at} s; ${replay}` });
    }
  }
  const size = largestOverlayPart(new OverlayGraph(servents, world.links().flat())).length;
  const mayStaySplit = faults.some(({ kind }) => kind === "partition");
  if (size !== servents && !mayStaySplit) throw new InvariantError({ what: "the overlay has not healed", got: size, expected: `${servents} servents in one part`, where: replay });
  for (let node = 0; node < servents; node++) if (world.servent(node)?.state.neighbours.size === 0) throw new InvariantError({ what: "a servent is alone after the faults", got: node, where: replay });
  const before = world.hits.length;
  const [peer] = world.servent(0)?.state.neighbours.keys() ?? [];
  const sought = size === servents ? servents - 1 : peer;
  world.searchAt(END_US, 0, `song ${sought}`);
  world.simulation.run({ untilUs: END_US + 4 * SECOND });
  if (!world.hits.slice(before).some(({ holder }) => holder === sought)) throw new InvariantError({ what: "a file in the healed overlay is not found", where: replay });
  return { duplicates: world.drops.get("duplicate") ?? 0, hits: world.hits.length, isSplit: size !== servents };
}

test(`${WORLDS} random worlds with random faults break no rule, heal, and find again`, () => {
  const met = new Map<string, number>();
  let [duplicates, hits, splits] = [0, 0, 0];
  for (let seed = 0; seed < WORLDS; seed++) {
    const counts = runWorld(seed);
    duplicates += counts.duplicates;
    hits += counts.hits;
    splits += counts.isSplit ? 1 : 0;
    for (const { kind } of drawWorld(seed).faults) met.set(kind, (met.get(kind) ?? 0) + 1);
  }
  for (const kind of ["loss", "duplicate", "delay", "partition", "crash", "pause"]) assert.ok((met.get(kind) ?? 0) >= 60, `${kind}: ${met.get(kind)}`);
  assert.ok(duplicates > 10_000 && hits > 500, `${duplicates} duplicates, ${hits} hits`);
  assert.ok(splits > 0 && splits < (met.get("partition") ?? 0) / 2, `${splits} worlds stayed split after a partition`);
});

test("a world with too little memory of ids is caught, with a replay on one line", () => {
  let message = "";
  for (let seed = 0; seed < 40 && message === ""; seed++) {
    try {
      runWorld(seed, { routeEntries: 1 });
    } catch (error) {
      message = (error as Error).message;
    }
  }
  assert.match(message, /passed a (query|ping) on twice.*replay: seed \d+, world \{"servents".*\}/);
});

test("equal seeds give equal runs to the last event", () => {
  const run = () => {
    const { servents, options, faults } = drawWorld(7);
    const world = simulateGnutella({ servents: Array.from({ length: servents }, () => ({ bootstrap: [servents] })), hostCaches: [{}], options }, { seed: 7, faults });
    world.simulation.run({ untilUs: 60 * SECOND });
    return [world.simulation.fingerprint(), world.simulation.counts.events];
  };
  assert.deepEqual(run(), run());
});
