import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  checkChunkLog,
  checkFluidSchedule,
  checkTwoHopSchedule,
  chunkSwarm,
  clientServerBound,
  fluidSchedule,
  multiSourceBound,
  peerToPeerBound,
  twoHopSchedule,
  type FileDistribution,
} from "overlay-lab/dist/peer-to-peer";
import { RandomStream } from "overlay-lab/dist/simulation/random";

/** Rates spread over nine powers of ten, so that every term gets to bind. */
const rate = fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 1000, max: 9999 })).map(([exponent, digits]) => digits * Number(`1e${exponent}`));
const peer = fc.record({ up: fc.oneof({ weight: 9, arbitrary: rate }, { weight: 1, arbitrary: fc.constant(0) }), down: rate });
/** Swarms of wild rates, and swarms of rates within one power of ten, where the aggregate term binds. */
const near = fc.integer({ min: 1000, max: 9999 });
const anyDistribution: fc.Arbitrary<FileDistribution> = fc.oneof(
  fc.record({ fileBits: rate, server: rate, peers: fc.array(peer, { minLength: 1, maxLength: 24 }) }),
  fc.record({ fileBits: rate, server: near.map((bps) => bps * 5), peers: fc.array(fc.record({ up: near, down: near.map((bps) => bps * 10) }), { minLength: 1, maxLength: 24 }) }),
).map(({ fileBits, server, peers }) => ({ fileBits, serverUploadBps: server, peerUploadBps: peers.map(({ up }) => up), peerDownloadBps: peers.map(({ down }) => down) }));

test("the fluid schedule is feasible and ends at the bound in 20,000 random instances that cover every case", () => {
  const cases = new Map<string, number>();
  fc.assert(
    fc.property(anyDistribution, (distribution) => {
      const schedule = fluidSchedule(distribution);
      checkFluidSchedule(schedule, 1e-9);
      cases.set(schedule.case, (cases.get(schedule.case) ?? 0) + 1);
    }),
    { numRuns: 20_000, seed: 2006 },
  );
  assert.equal(cases.size, 3);
  for (const [name, count] of cases) assert.ok(count > 1000, `${name} only ${count} times`);
});

test("peer-to-peer never takes longer than client-server, and a faster line never makes it slower", () => {
  fc.assert(
    fc.property(anyDistribution, fc.nat(), (distribution, index) => {
      const bound = peerToPeerBound(distribution).seconds;
      assert.ok(bound <= clientServerBound(distribution).seconds * (1 + 1e-12));
      const doubled = (rates: ArrayLike<number>) => Array.from(rates, (bps, at) => (at === index % rates.length ? 2 * bps : bps));
      assert.ok(peerToPeerBound({ ...distribution, peerUploadBps: doubled(distribution.peerUploadBps) }).seconds <= bound * (1 + 1e-12));
      assert.ok(peerToPeerBound({ ...distribution, peerDownloadBps: doubled(distribution.peerDownloadBps) }).seconds <= bound);
    }),
    { numRuns: 5000, seed: 25 },
  );
});

test("bounds scale with the file and do not depend on the order of the peers", () => {
  fc.assert(
    fc.property(anyDistribution, (distribution) => {
      const bound = peerToPeerBound(distribution);
      const reversed = { ...distribution, peerUploadBps: Array.from(distribution.peerUploadBps).reverse(), peerDownloadBps: Array.from(distribution.peerDownloadBps).reverse() };
      assert.ok(Math.abs(peerToPeerBound(reversed).seconds / bound.seconds - 1) < 1e-14);
      assert.equal(peerToPeerBound({ ...distribution, fileBits: 2 * distribution.fileBits }).seconds, 2 * bound.seconds);
    }),
    { numRuns: 2000, seed: 26 },
  );
});

test("the two-hop schedule is feasible and ends at the bound in 5,000 random instances that cover both terms", () => {
  const terms = new Map<string, number>();
  const setup = fc.array(fc.record({ part: fc.oneof(fc.constant(0), rate), up: fc.oneof(near, rate) }), { minLength: 2, maxLength: 30 });
  fc.assert(
    fc.property(setup, (peers) => {
      fc.pre(peers.some(({ part }) => part > 0));
      const sources = { partBits: peers.map(({ part }) => part), uploadBps: peers.map(({ up }) => up) };
      const schedule = twoHopSchedule(sources);
      checkTwoHopSchedule(schedule, 1e-9);
      assert.ok(schedule.handOvers.length < 2 * peers.length);
      const { binding } = multiSourceBound(sources);
      terms.set(binding, (terms.get(binding) ?? 0) + 1);
    }),
    { numRuns: 5000, seed: 2008 },
  );
  for (const binding of ["source", "aggregate"]) assert.ok((terms.get(binding) ?? 0) > 200, `${binding}: ${terms.get(binding)}`);
});

test("a chunked run keeps every rule of the replay, delivers every bit and never beats the bound", () => {
  const parameters = fc.record({
    chunks: fc.integer({ min: 1, max: 70 }),
    chunkChoice: fc.constantFrom("rarest-first" as const, "random" as const),
    neighbours: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 8 })),
    peerUploadSlots: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 4 })),
    serverUploadSlots: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 4 })),
    leastShare: fc.constantFrom(0.001, 0.1, 0.5, 1),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(anyDistribution, parameters, (distribution, { seed, ...chosen }) => {
      const run = chunkSwarm(distribution, { ...chosen, keepLog: true }, (name) => new RandomStream({ seed, name }));
      assert.ok(run.log);
      checkChunkLog(distribution, run.log);
      assert.ok(run.seconds >= peerToPeerBound(distribution).seconds * (1 - 1e-12));
      assert.equal(run.seconds, Math.max(...run.completionSeconds));
      const fromServer = run.log.from.filter((node) => node < 0).length;
      assert.ok(fromServer >= chosen.chunks);
      assert.ok(Math.abs(run.serverBits / (fromServer * (distribution.fileBits / chosen.chunks)) - 1) < 1e-12);
    }),
    { numRuns: 2000, seed: 2003 },
  );
});
