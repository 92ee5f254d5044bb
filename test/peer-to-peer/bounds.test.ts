import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { clientServerBound, growingSwarmBounds, identicalPeers, identicalPeersCrossover, peerToPeerBound, type FileDistribution } from "overlay-lab/dist/peer-to-peer";
import { sumExactly } from "overlay-lab/dist/peer-to-peer/distribution-time/file-distribution";

const three: FileDistribution = { fileBits: 1200, serverUploadBps: 10, peerUploadBps: [1, 2, 3], peerDownloadBps: [20, 30, 40] };

test("each bound is the largest of its terms and names it", () => {
  assert.deepEqual(clientServerBound(three), { seconds: 360, binding: "server", terms: { server: 360, download: 60 } });
  assert.deepEqual(peerToPeerBound(three), { seconds: 225, binding: "aggregate", terms: { server: 120, download: 60, aggregate: 225 } });
  assert.equal(peerToPeerBound({ ...three, peerDownloadBps: [20, 5, 40] }).binding, "download");
  assert.equal(peerToPeerBound({ ...three, serverUploadBps: 2 }).binding, "server");
});

test("one peer gains nothing from peer-to-peer", () => {
  const one: FileDistribution = { fileBits: 100, serverUploadBps: 10, peerUploadBps: [7], peerDownloadBps: [5] };
  assert.equal(peerToPeerBound(one).seconds, 20);
  assert.equal(clientServerBound(one).seconds, 20);
});

test("peers that upload nothing leave the client-server bound", () => {
  const free = identicalPeers({ fileBits: 100, serverUploadBps: 10, peers: 8, uploadBps: 0, downloadBps: 5 });
  assert.equal(peerToPeerBound(free).seconds, clientServerBound(free).seconds);
});

test("bad input names the entry that is wrong", () => {
  const bad: [Partial<Record<keyof FileDistribution, unknown>>, RegExp][] = [
    [{ fileBits: 0 }, /fileBits; got 0/],
    [{ fileBits: Infinity }, /fileBits/],
    [{ serverUploadBps: 0 }, /serverUploadBps; got 0/],
    [{ serverUploadBps: NaN }, /serverUploadBps; got NaN/],
    [{ peerUploadBps: [1, -2, 3] }, /peerUploadBps\[1\]; got -2/],
    [{ peerUploadBps: [1, 2, Infinity] }, /peerUploadBps\[2\]/],
    [{ peerUploadBps: [1, 2, "3"] }, /peerUploadBps\[2\]/],
    [{ peerDownloadBps: [20, 30, 0] }, /peerDownloadBps\[2\]; got 0/],
    [{ peerDownloadBps: [NaN, 30, 10] }, /peerDownloadBps\[0\]; got NaN/],
    [{ peerDownloadBps: [20, 30] }, /not given for the same peers; got 2; expected 3/],
    [{ peerUploadBps: [], peerDownloadBps: [] }, /peerUploadBps.length; got 0/],
    [{ peerUploadBps: undefined }, /peerUploadBps.length/],
    [{ fileBits: 1e308, serverUploadBps: 1e-300 }, /term of the distribution time is not a finite number/],
  ];
  for (const [change, message] of bad) {
    const distribution = { ...three, ...change } as FileDistribution;
    assert.throws(() => peerToPeerBound(distribution), (error: Error) => error instanceof ParameterError && message.test(error.message), String(message));
    assert.throws(() => clientServerBound(distribution), ParameterError);
  }
  assert.throws(() => identicalPeers({ fileBits: 1, serverUploadBps: 1, peers: 2.5, uploadBps: 1, downloadBps: 1 }), ParameterError);
});

test("the crossover of identical peers is where a search finds it", () => {
  for (const [server, upload, download] of [[10, 1, 10], [10, 1, 3], [2, 1, 2], [10, 9, 10], [1, 5, 2], [30, 2, 5], [10, 0, 4], [7, 3, 3]]) {
    const { fasterFromPeers, aggregateFromPeers } = identicalPeersCrossover({ serverUploadBps: server, uploadBps: upload, downloadBps: download });
    let faster: number | null = null;
    let aggregate: number | null = null;
    for (let peers = 1; peers <= 200; peers++) {
      const distribution = identicalPeers({ fileBits: 1000, serverUploadBps: server, peers, uploadBps: upload, downloadBps: download });
      const bound = peerToPeerBound(distribution);
      if (faster === null && bound.seconds < clientServerBound(distribution).seconds) faster = peers;
      if (aggregate === null && bound.terms.aggregate === bound.seconds) aggregate = peers;
    }
    assert.equal(fasterFromPeers, faster, `faster, ${server} ${upload} ${download}`);
    assert.equal(aggregateFromPeers, aggregate, `aggregate, ${server} ${upload} ${download}`);
  }
});

test("a growing swarm has the bounds of each of its prefixes", () => {
  const distribution: FileDistribution = { fileBits: 600, serverUploadBps: 30, peerUploadBps: [1, 2, 40, 0, 3, 1], peerDownloadBps: [25, 50, 40, 12, 80, 60] };
  const growing = growingSwarmBounds(distribution);
  const bindings: string[] = [];
  for (let n = 1; n <= 6; n++) {
    const prefix = { ...distribution, peerUploadBps: distribution.peerUploadBps as number[], peerDownloadBps: distribution.peerDownloadBps as number[] };
    const first = { ...prefix, peerUploadBps: prefix.peerUploadBps.slice(0, n), peerDownloadBps: prefix.peerDownloadBps.slice(0, n) };
    assert.equal(growing.peerToPeerSeconds[n - 1], peerToPeerBound(first).seconds);
    assert.equal(growing.clientServerSeconds[n - 1], clientServerBound(first).seconds);
    bindings.push(peerToPeerBound(first).binding);
  }
  for (const { fromPeers, binding } of growing.stretches) assert.equal(bindings[fromPeers - 1], binding);
  assert.equal(growing.stretches.length, bindings.filter((binding, index) => index === 0 || binding !== bindings[index - 1]).length);
  assert.equal(growing.fasterFromPeers, 2);
});

test("the exact sum keeps what a plain sum loses", () => {
  assert.equal(sumExactly([1e16, 1, 1, -1e16]), 2);
  assert.equal(sumExactly([]), 0);
});
