import assert from "node:assert/strict";
import { test } from "node:test";
import { InvariantError, LimitError, ParameterError } from "overlay-lab/dist/errors";
import { checkChunkLog, chunkSwarm, identicalPeers, peerToPeerBound, type ChunkLog, type ChunkSwarmParameters, type FileDistribution } from "overlay-lab/dist/peer-to-peer";
import { CountOrder } from "overlay-lab/dist/peer-to-peer/distribution-time/count-order";
import { ChunkTable } from "overlay-lab/dist/peer-to-peer/distribution-time/chunk-table";
import { drawNeighbours } from "overlay-lab/dist/peer-to-peer/distribution-time/neighbours";
import { TransferQueue } from "overlay-lab/dist/peer-to-peer/distribution-time/transfer-queue";
import { RandomStream } from "overlay-lab/dist/simulation/random";

const random = (seed: number) => (name: string) => new RandomStream({ seed, name });
const book = (peers: number, serverRatio = 10) => identicalPeers({ fileBits: 3.6e9, serverUploadBps: serverRatio * 1e6, peers, uploadBps: 1e6, downloadBps: 1e7 });

test("one chunk to three equal peers doubles its holders each round", () => {
  const run = chunkSwarm(book(3, 1), { chunks: 1 }, random(1));
  assert.equal(run.seconds, 7200);
  assert.deepEqual([...run.completionSeconds].sort((a, b) => a - b), [3600, 7200, 7200]);
  assert.equal(run.transfers, 3);
  assert.equal(run.serverBits, 2 * 3.6e9);
});

test("peers that upload nothing get every copy from the server", () => {
  const distribution = identicalPeers({ fileBits: 1e6, serverUploadBps: 1e4, peers: 5, uploadBps: 0, downloadBps: 1e5 });
  const run = chunkSwarm(distribution, { chunks: 8 }, random(2));
  assert.equal(run.seconds, 500);
  assert.ok(Math.abs(run.serverBits / 5e6 - 1) < 1e-12);
});

test("the same streams give the same run and other streams another", () => {
  const run = (seed: number) => chunkSwarm(book(12), { chunks: 20, neighbours: 3, keepLog: true }, random(seed));
  assert.deepEqual(run(5), run(5));
  assert.notDeepEqual(run(5).log, run(6).log);
});

test("more chunks come closer to the bound, to 1 percent with 256", () => {
  const bound = peerToPeerBound(book(35)).seconds;
  for (const chunkChoice of ["rarest-first", "random"] as const) {
    const ratios = [4, 16, 64, 256].map((chunks) => chunkSwarm(book(35), { chunks, chunkChoice }, random(3)).seconds / bound);
    for (let i = 1; i < ratios.length; i++) assert.ok(ratios[i] < ratios[i - 1], ratios.join(" "));
    assert.ok(ratios[0] > 1.3 && ratios[3] < 1.01, ratios.join(" "));
  }
});

test("with one upload slot a peer never sends two chunks at once", () => {
  const { log } = chunkSwarm(book(10), { chunks: 16, peerUploadSlots: 1, serverUploadSlots: 1, keepLog: true }, random(4));
  assert.ok(log);
  const lastEnd = new Map<number, number>();
  const order = Array.from(log.startUs, (_, index) => index).sort((a, b) => log.startUs[a] - log.startUs[b] || a - b);
  for (const index of order) {
    assert.ok(log.startUs[index] >= (lastEnd.get(log.from[index]) ?? 0));
    lastEnd.set(log.from[index], log.endUs[index]);
  }
});

test("a peer with neighbours is served only by them and by the server", () => {
  const { log } = chunkSwarm(book(40), { chunks: 16, neighbours: 3, keepLog: true }, random(8));
  const known = drawNeighbours(40, 3, random(8)("neighbours"));
  assert.ok(log);
  let amongPeers = 0;
  for (let index = 0; index < log.from.length; index++) {
    if (log.from[index] < 0) continue;
    amongPeers += 1;
    assert.ok(known.knows(log.from[index], log.to[index]) && known.knows(log.to[index], log.from[index]));
  }
  assert.ok(amongPeers > 300);
  checkChunkLog(book(40), log);
});

test("the history counts copies up to every peer", () => {
  const { history, seconds } = chunkSwarm(book(9), { chunks: 12, historySamples: 6 }, random(5));
  assert.ok(history);
  const totals = Array.from(history.seconds, (_, sample) => history.copies.slice(sample * 12, (sample + 1) * 12).reduce((sum, copies) => sum + copies, 0));
  assert.deepEqual(totals, [18, 36, 54, 72, 90, 108]);
  assert.equal(history.seconds[5], seconds);
});

test("the replay names the rule that a planted defect breaks", () => {
  const distribution = book(6);
  const { log } = chunkSwarm(distribution, { chunks: 8, keepLog: true }, random(6));
  assert.ok(log);
  checkChunkLog(distribution, log);
  const fromPeer = log.from.findIndex((node) => node >= 0);
  const changed = (column: Exclude<keyof ChunkLog, "chunks">, index: number, value: number): ChunkLog => {
    const copy = log[column].slice();
    copy[index] = value;
    return { ...log, [column]: copy };
  };
  assert.throws(() => checkChunkLog(distribution, changed("startUs", fromPeer, 0)), /does not hold it yet/);
  assert.throws(() => checkChunkLog(distribution, changed("startUs", 0, log.endUs[0] - 1)), /too short/);
  assert.throws(() => checkChunkLog(distribution, changed("chunk", 3, (log.chunk[3] + 1) % 8)), InvariantError);
  assert.throws(() => checkChunkLog(distribution, changed("rateBps", 0, 2e7)), /faster than its line/);
  assert.throws(() => checkChunkLog({ ...distribution, peerDownloadBps: new Float64Array(6).fill(5e5) }, log), /receives faster/);
  const cut = Object.fromEntries(Object.entries(log).map(([name, column]) => [name, typeof column === "number" ? column : column.slice(0, -1)])) as unknown as ChunkLog;
  assert.throws(() => checkChunkLog(distribution, cut), /ends without a chunk/);
});

test("bad parameters are refused by name", () => {
  const refuse = (parameters: object, message: RegExp) =>
    assert.throws(() => chunkSwarm(book(3), parameters as Partial<ChunkSwarmParameters>, random(1)), (error: Error) => error instanceof ParameterError && message.test(error.message), String(message));
  refuse({ chunks: 0 }, /chunks; got 0/);
  refuse({ chunks: 1.5 }, /chunks/);
  refuse({ leastShare: 0 }, /leastShare/);
  refuse({ neighbours: 0 }, /neighbours/);
  refuse({ peerUploadSlots: -1 }, /peerUploadSlots/);
  refuse({ historySamples: NaN }, /historySamples/);
  refuse({ chunkChoice: "rarest" }, /unknown chunk choice; got "rarest"/);
  refuse({ pieces: 3 }, /unknown parameter/);
  const slow: FileDistribution = { fileBits: 10, serverUploadBps: 5, peerUploadBps: [0.5], peerDownloadBps: [5] };
  assert.throws(() => chunkSwarm(slow, {}, random(1)), /upload rate below one bit per second/);
  assert.throws(() => chunkSwarm(book(1000), { chunks: 1_000_000 }, random(1)), LimitError);
  const endless: FileDistribution = { fileBits: 1e15, serverUploadBps: 1, peerUploadBps: [1], peerDownloadBps: [1] };
  assert.throws(() => chunkSwarm(endless, { chunks: 1 }, random(1)), LimitError);
});

test("transfers leave the queue by time, equal times in the order of starting", () => {
  const queue = new TransferQueue();
  const stream = new RandomStream({ seed: 1, name: "queue" });
  const expected: [number, number][] = [];
  for (let i = 0; i < 500; i++) {
    const end = stream.integer(40);
    queue.push(0, end, i, 0, 0, 1);
    expected.push([end, i]);
  }
  expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  for (const [end, from] of expected) {
    const slot = queue.pop();
    assert.deepEqual([queue.endUs[slot], queue.from[slot]], [end, from]);
  }
  assert.equal(queue.length, 0);
});

test("the order of counts stays sorted while counts grow", () => {
  const stream = new RandomStream({ seed: 2, name: "order" });
  const order = new CountOrder(30, 50, stream);
  for (let step = 0; step < 1000; step++) {
    const item = stream.integer(30);
    if (order.count[item] < 50) order.raise(item);
    for (let place = 0; place < 30; place++) {
      const count = order.count[order.items[place]];
      if (place > 0) assert.ok(count >= order.count[order.items[place - 1]]);
      const end = order.endOfTies(place);
      assert.ok(order.count[order.items[end - 1]] === count && (end === 30 || order.count[order.items[end]] > count));
    }
  }
});

test("chunks are chosen among what the giver has and the taker lacks, rarest first or evenly", () => {
  const table = new ChunkTable(2, 70);
  const stream = new RandomStream({ seed: 3, name: "choice" });
  const useful = [1, 31, 32, 63, 69];
  for (const chunk of [...useful, 5, 40]) table.hold(0, chunk);
  for (const chunk of [5, 40]) table.promise(1, chunk);
  const copies = Int32Array.from({ length: 70 }, (_, chunk) => (chunk === 31 || chunk === 69 ? 2 : 3));
  const drawn = new Map<number, number>();
  const rare = new Map<number, number>();
  for (let i = 0; i < 5000; i++) {
    const any = table.randomChunk(0, 1, stream);
    drawn.set(any, (drawn.get(any) ?? 0) + 1);
    const least = table.rarestChunk(0, 1, copies, 0, stream);
    rare.set(least, (rare.get(least) ?? 0) + 1);
  }
  assert.deepEqual([...drawn.keys()].sort((a, b) => a - b), useful);
  // Five standard deviations of 5000 draws: 141 around 1000, 177 around 2500.
  for (const count of drawn.values()) assert.ok(Math.abs(count - 1000) < 142, `${count}`);
  assert.deepEqual([...rare.keys()].sort((a, b) => a - b), [31, 69]);
  for (const count of rare.values()) assert.ok(Math.abs(count - 2500) < 177, `${count}`);
  assert.equal(table.canGive(0, 1), true);
  assert.equal(table.canGive(1, 0), false);
});
