/** Napster: the index, the registry's queue, peers that search, fetch, leave, and outlive their registry. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { NAPSTER_REGISTRY, simulateNapster, type NapsterWorldSpec } from "overlay-lab/dist/experiments/napster-and-gnutella";
import { ParameterError } from "overlay-lab/dist/errors";
import { matchesQuery, meanRegistryWaitUs, napsterMessageBytes, NapsterPeer, NapsterRegistry, RegistryIndex, retryWaitUs, SharedFolder, type NapsterMessage, type NapsterPeerOptions, type RegistryOptions } from "overlay-lab/dist/peer-to-peer/napster";
import { RandomStream, RecordingContext } from "overlay-lab/dist/simulation";

const SECOND = 1_000_000;
const file = (name: string, sizeBytes = 1000) => ({ name, sizeBytes });

/** Five peers, nodes 1 to 5, of which 2 and 4 have the same song. */
const FIVE: NapsterWorldSpec = { peers: [[], [file("Blue Train.mp3")], [file("night train")], [file("Blue Train.mp3")], [file("other")]].map((files) => ({ files })) };

test("a name answers a query when it has every word of it, in any order and case", () => {
  assert.equal(matchesQuery("John Coltrane - Blue Train.mp3", "train BLUE"), true);
  assert.equal(matchesQuery("Blue Trains.mp3", "train"), false);
  assert.equal(matchesQuery("anything", ""), false);
  assert.equal(matchesQuery("가나다 라디오", "라디오"), true);
});

test("the index finds by every word and forgets files and peers without a trace", () => {
  const index = new RegistryIndex();
  for (const peer of [1, 2]) index.addPeer(peer);
  index.add(1, file("blue train"));
  index.add(2, file("night train"));
  index.add(2, file("blue night"));
  index.add(2, file("blue night", 7));
  index.check();
  assert.deepEqual(index.search("train", 10).map(({ holder }) => holder), [1, 2]);
  assert.deepEqual(index.search("night blue", 10), [{ holder: 2, name: "blue night", sizeBytes: 7 }]);
  assert.equal(index.search("train", 1).length, 1);
  index.remove(2, "night train");
  index.removePeer(1);
  index.check();
  assert.deepEqual([index.search("train", 10), index.size, index.peers], [[], 1, [2]]);
});

test("the folder of a peer refuses names that no search finds or no message carries", () => {
  for (const name of ["", "...", "a/b", 'a"b', "a\nb", "a\0", "x".repeat(256), null, 7]) assert.throws(() => new SharedFolder([file(name as string)]), ParameterError, String(name));
  for (const sizeBytes of [-1, 1.5, NaN, Infinity, 2147483647]) assert.throws(() => new SharedFolder([file("a", sizeBytes)]), ParameterError);
});

test("a peer finds who has a file through the registry and fetches it from the other peer", () => {
  const world = simulateNapster(FIVE, { seed: 1 });
  world.searchAt(SECOND, 1, "blue train");
  world.simulation.run({ untilUs: 2 * SECOND });
  const [search] = world.searches;
  assert.deepEqual([search.outcome, search.results.map(({ holder }) => holder)], ["found", [2, 4]]);
  assert.equal(search.tookUs, 2 * 50_000 + 1000, "there and back, and the registry's work");
  world.downloadAt(2 * SECOND, 1, "Blue Train.mp3", [2, 4]);
  world.simulation.run({ untilUs: 3 * SECOND });
  assert.deepEqual(world.downloads.map(({ peer, from }) => [peer, from]), [[1, 2]]);
  world.searchAt(4 * SECOND, 3, "blue");
  world.simulation.run({ untilUs: 5 * SECOND });
  assert.deepEqual(world.searches[1].results.map(({ holder }) => holder), [2, 4, 1], "it is registered as a holder now");
  world.checkInvariants();
});

test("a file that nobody has, a file that is gone, and a dead holder each have their outcome", () => {
  const world = simulateNapster(FIVE, { seed: 1, faults: [{ kind: "crash", node: 2, atUs: SECOND }] });
  world.searchAt(SECOND, 1, "nobody has this");
  world.downloadAt(SECOND, 1, "Blue Train.mp3", [3, 2, 4]);
  world.downloadAt(SECOND, 5, "Blue Train.mp3", [2]);
  world.simulation.run({ untilUs: 200 * SECOND });
  assert.equal(world.searches[0].outcome, "nothing-found");
  assert.deepEqual(world.downloads.map(({ peer, from, timeUs }) => [peer, from, timeUs]), [[1, 4, SECOND + 100_000 + 60 * SECOND + 100_000]]);
  assert.deepEqual(world.failedDownloads.map(({ peer }) => peer), [5]);
});

test("what is removed or left is found no more; who falls silent is forgotten after the expiry", () => {
  const world = simulateNapster(FIVE, { seed: 1, faults: [{ kind: "crash", node: 3, atUs: 10 * SECOND }] });
  world.removeAt(2 * SECOND, 2, "Blue Train.mp3");
  world.leaveAt(3 * SECOND, 5);
  for (const text of ["blue", "other", "night"]) world.searchAt(20 * SECOND, 1, text);
  world.searchAt(300 * SECOND, 1, "night");
  world.simulation.run({ untilUs: 310 * SECOND });
  assert.deepEqual(world.searches.map(({ text, results }) => [text, results.map(({ holder }) => holder)]), [["blue", [4]], ["other", []], ["night", [3]], ["night", []]]);
  assert.deepEqual(world.registry()?.index.peers, [1, 2, 4]);
  world.checkInvariants();
});

test("when the registry dies searches fail but transfers go on; when it comes back empty all peers register again by themselves", () => {
  const [downUs, upUs] = [100 * SECOND, 400 * SECOND];
  const world = simulateNapster(FIVE, { seed: 1, faults: [{ kind: "crash", node: NAPSTER_REGISTRY, atUs: downUs, restartUs: upUs }] });
  world.searchAt(50 * SECOND, 1, "blue");
  world.searchAt(105 * SECOND, 1, "blue");
  world.searchAt(300 * SECOND, 1, "blue");
  world.downloadAt(300 * SECOND, 1, "Blue Train.mp3", [4]);
  world.simulation.run({ untilUs: upUs });
  assert.deepEqual(world.searches.map(({ outcome }) => outcome), ["found", "no-answer", "not-registered"]);
  assert.deepEqual(world.downloads.map(({ from }) => from), [4], "the two peers need nobody for that");
  assert.deepEqual(world.registry()?.index.peers, []);
  world.searchAt(800 * SECOND, 3, "blue");
  world.simulation.run({ untilUs: 810 * SECOND });
  assert.deepEqual([...(world.registry()?.index.peers ?? [])].sort((a, b) => a - b), [1, 2, 3, 4, 5]);
  assert.deepEqual(world.searches[3].results.map(({ holder }) => holder).sort((a, b) => a - b), [1, 2, 4], "with the copy that was made meanwhile");
  world.checkInvariants();
});

test("after a short outage that no heartbeat noticed, the restarted registry tells each peer that it does not know it", () => {
  const world = simulateNapster(FIVE, { seed: 1, faults: [{ kind: "crash", node: NAPSTER_REGISTRY, atUs: 70 * SECOND, restartUs: 75 * SECOND }] });
  world.simulation.run({ untilUs: 130 * SECOND });
  assert.equal(world.registry()?.index.peers.length, 5);
  assert.equal(world.registrations.length, 5, "no peer ever thought the registry dead");
});

test("a registry with a full queue loses requests, and peers find that out by waiting", () => {
  const world = simulateNapster({ ...FIVE, registry: { serviceUs: { kind: "constant", value: SECOND }, maxQueue: 3 } }, { seed: 1 });
  for (let i = 0; i < 20; i++) world.searchAt(30 * SECOND, 1, "blue");
  world.simulation.run({ untilUs: 50 * SECOND });
  assert.equal(world.searches.filter(({ outcome }) => outcome === "found").length, 4);
  assert.equal(world.searches.filter(({ outcome }) => outcome === "no-answer").length, 16);
  assert.equal(world.refused.filter(({ kind }) => kind === "query").length, 16);
});

test("the mean wait at the registry is that of M/D/1 and M/M/1, and the two are told apart", () => {
  const waits = (serviceUs: RegistryOptions["serviceUs"], seed: number) => {
    const world = simulateNapster({ peers: [{ files: [] }], registry: { serviceUs }, peer: { heartbeatUs: 1e12, answerTimeoutUs: 1e12 } }, { seed });
    const random = new RandomStream({ seed, name: "arrivals" });
    let atUs = SECOND;
    for (let i = 0; i < 20_000; i++) world.searchAt((atUs += Math.max(1, Math.round(random.exponential(1250)))), 1, "x");
    world.simulation.run({ untilUs: atUs + SECOND });
    const queries = world.served.filter(({ kind }) => kind === "query");
    return queries.reduce((sum, { waitUs }) => sum + waitUs, 0) / queries.length;
  };
  const [fixed, spread] = [meanRegistryWaitUs(800, 1000, 0) as number, meanRegistryWaitUs(800, 1000, 1) as number];
  assert.deepEqual([Math.round(fixed), Math.round(spread)], [2000, 4000]);
  // Load 0.8: the relative standard error of a mean over 20,000 correlated waits is about 4 % (M/D/1) and 6 % (M/M/1).
  assert.ok(Math.abs(waits({ kind: "constant", value: 1000 }, 1) / fixed - 1) < 0.16);
  const exponential = waits({ kind: "exponential", mean: 1000 }, 2);
  assert.ok(Math.abs(exponential / spread - 1) < 0.24, `${exponential}`);
  assert.ok(Math.abs(exponential / fixed - 1) > 0.5, "the other formula does not fit");
  assert.equal(meanRegistryWaitUs(1000, 1000, 1), null);
  for (const bad of [-1, NaN, Infinity]) assert.throws(() => meanRegistryWaitUs(bad, 1000, 0), ParameterError);
});

test("the wait before registering again doubles up to its limit and is drawn from its second half", () => {
  const random = new RandomStream({ seed: 1, name: "retry" });
  for (const [attempt, whole] of [[1, 100], [2, 200], [3, 400], [4, 500], [60, 500]] as const) {
    for (let i = 0; i < 50; i++) {
      const waitUs = retryWaitUs(attempt, 100, 500, random);
      assert.ok(Number.isInteger(waitUs) && waitUs >= whole / 2 && waitUs < whole, `${attempt}: ${waitUs}`);
    }
  }
  assert.ok(retryWaitUs(1, 1e12, 1e12, random) >= 5e11);
});

test("messages have the sizes of their lines", () => {
  assert.equal(napsterMessageBytes({ kind: "heartbeat" }), 4);
  assert.equal(napsterMessageBytes({ kind: "query", id: 1, text: "blue train" }), 14);
  const one = napsterMessageBytes({ kind: "share", file: file("blue train", 4_000_000) });
  assert.equal(one, 4 + 10 + 7 + 50);
  assert.equal(napsterMessageBytes({ kind: "register", files: [file("blue train", 4_000_000)] }), 44 + one);
  assert.equal(napsterMessageBytes({ kind: "file", name: "x", sizeBytes: 12345 }), 12345);
});

test("bad worlds, options and calls are refused with a readable error", () => {
  assert.throws(() => simulateNapster(null as unknown as NapsterWorldSpec, { seed: 1 }), /no peers/);
  assert.throws(() => simulateNapster({ peers: [{ files: null as unknown as [] }] }, { seed: 1 }), /no list of files/);
  const registry: readonly Partial<RegistryOptions>[] = [{ serviceUs: { kind: "constant", value: NaN } }, { maxQueue: -1 }, { expiryUs: 0 }, { maxResults: 0 }, { speed: 1 } as Partial<RegistryOptions>];
  for (const options of registry) assert.throws(() => simulateNapster({ peers: [], registry: options }, { seed: 1 }), ParameterError, JSON.stringify(options));
  const peer: readonly Partial<NapsterPeerOptions>[] = [{ heartbeatUs: 0 }, { retryMaxUs: 1 }, { missedHeartbeats: 0 }, { shareDownloads: "yes" as unknown as boolean }, null as unknown as NapsterPeerOptions];
  for (const options of peer) assert.throws(() => simulateNapster({ peers: [], peer: options }, { seed: 1 }), ParameterError, JSON.stringify(options));
  const world = simulateNapster(FIVE, { seed: 1 });
  for (const node of [0, 6, NaN]) assert.throws(() => world.searchAt(0, node, "x"), ParameterError);
  assert.throws(() => world.searchAt(0, 1, "  "), /without words/);
  const context = new RecordingContext<NapsterMessage>({ self: 1 });
  assert.throws(() => new NapsterPeer(0, new SharedFolder()).onMessage(context, 0, { kind: "heartbeat" }), /reached a peer/);
  assert.throws(() => new NapsterRegistry().onTimer(context, "tea"), /unknown timer/);
});
