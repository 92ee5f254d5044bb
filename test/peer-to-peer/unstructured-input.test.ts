/** What is no overlay, no list, no folder or no node is refused by name where it is given, not where it hurts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeGnutella, encodeGnutellaGet, type GnutellaDescriptor } from "overlay-lab/dist/codecs";
import { ParameterError } from "overlay-lab/dist/errors";
import { simulateGnutella, simulateNapster } from "overlay-lab/dist/experiments/napster-and-gnutella";
import { simulateSearch } from "overlay-lab/dist/experiments/unstructured-search";
import { HASH_SCHEMES, HashRing, MaglevHash, boundedCapacities, maglevPermutation, meanJumpIterations, populate, serverHash, uniformKeys } from "overlay-lab/dist/ids";
import {
  Flooder, GnutellaServent, HostCache, HostList, NapsterPeer, RouteTable, SharedFolder, WalkSearcher, coverSteps, expandingRing, gridOverlay, knowledgeOf, largestOverlayPart, overlayOfTopology, overlayPart, placeCopies, powerLawOverlay,
  replicationWorld, topShare,
} from "overlay-lab/dist/peer-to-peer";
import { RandomStream } from "overlay-lab/dist/simulation";

const NOTHINGS: readonly unknown[] = [null, NaN, Infinity, -1, 1.5, "7", {}];
const random = new RandomStream({ seed: 1, name: "input" });

/** Tries a call with every nothing, cast to what the call takes. */
function refuses(what: string, call: (nothing: never) => unknown, nothings = NOTHINGS): void {
  for (const nothing of nothings) assert.throws(() => call(nothing as never), ParameterError, `${what}: ${String(nothing)}`);
}

test("floods, walks and parts of an overlay refuse what is no overlay, and holders that do not fit it", () => {
  const graph = gridOverlay(3, 3);
  const flooder = new Flooder(graph);
  const holders = new Uint8Array(9);
  const cover = { policy: "random", share: 0.5, sightHops: 1, maxSteps: 10 } as const;
  refuses("Flooder", (it) => new Flooder(it));
  refuses("WalkSearcher", (it) => new WalkSearcher(it));
  refuses("largestOverlayPart", (it) => largestOverlayPart(it));
  refuses("overlayPart", (it) => overlayPart(graph, it));
  refuses("overlayOfTopology", (it) => overlayOfTopology(it));
  refuses("coverSteps", (it) => coverSteps(it, 0, cover, random));
  refuses("policy of coverSteps", (it) => coverSteps(graph, 0, { ...cover, policy: it }, random));
  refuses("replicationWorld", (it) => replicationWorld(it, [1], {}, random));
  refuses("holders of a flood", (it) => flooder.flood(0, 3, { holders: it }));
  refuses("holders of a ring", (it) => expandingRing(flooder, 0, it));
  refuses("source of a ring", (it) => expandingRing(flooder, it, holders));
  refuses("knowledgeOf", (it) => knowledgeOf(graph, it, 1));
  refuses("draws of a walk", (it) => new WalkSearcher(graph).search({ source: 0, holders, random: it }));
  refuses("indexesAt", (it) => new WalkSearcher(graph, { policy: "past-success" }).indexesAt(it, 0));
  refuses("placeCopies", (it) => placeCopies(it, 1, random));
  refuses("topShare", (it) => topShare(it, 0.1), [null, 7, {}, []]);
  refuses("minDegree", (it) => powerLawOverlay({ nodes: 10, exponent: 2, minDegree: it, random }), [null, NaN, 0]);
});

test("servents, peers and host caches know at once that a node, folder or list is none", () => {
  const folder = new SharedFolder();
  refuses("set-up", (it) => new GnutellaServent(0, it));
  refuses("node", (it) => new GnutellaServent(it, { folder, nodes: 5 }));
  refuses("nodes", (it) => new GnutellaServent(0, { folder, nodes: it }));
  refuses("folder", (it) => new GnutellaServent(0, { folder: it, nodes: 5 }));
  for (const name of ["bootstrap", "links"]) {
    refuses(name, (it) => new GnutellaServent(0, { folder, nodes: 5, [name]: it }));
    refuses(`${name}[0]`, (it) => new GnutellaServent(0, { folder, nodes: 5, [name]: [it] }), [...NOTHINGS, 5]);
  }
  refuses("registry", (it) => new NapsterPeer(it, folder));
  refuses("folder of a peer", (it) => new NapsterPeer(0, it));
  refuses("files", (it) => new SharedFolder(it));
  refuses("capacity", (it) => new RouteTable(it, 5), [null, NaN, 0, 1.5]);
  refuses("hosts", (it) => new HostList(it), [null, NaN, 0, 1.5]);
  assert.throws(() => new HostCache({ maxHost: 5 } as never), /unknown option.*maxHost/);
});

test("worlds refuse lists that are none, and names that are none", () => {
  const options = { seed: 1 };
  const lists = NOTHINGS.filter((it) => it !== undefined);
  for (const name of ["links", "hostCaches"]) refuses(name, (it) => simulateGnutella({ servents: [{}], [name]: it }, options), lists);
  refuses("a link", (it) => simulateGnutella({ servents: [{}, {}], links: [it] }, options), [...lists, [0], [0, 1, 1]]);
  refuses("bootstrap", (it) => simulateGnutella({ servents: [{ bootstrap: it }] }, options));
  refuses("a servent", (it) => simulateGnutella({ servents: [it] }, options), [null, 7, "7"]);
  refuses("a host cache", (it) => simulateGnutella({ servents: [{}], hostCaches: [it] }, options), [null, 7, "7"]);
  refuses("options", (it) => simulateGnutella({ servents: [{}] }, it));
  refuses("options", (it) => simulateNapster({ peers: [] }, it));
  refuses("a search world", (it) => simulateSearch(it, options));
  refuses("objects", (it) => simulateSearch({ graph: gridOverlay(2, 2), objects: [it] }, options));
  refuses("holders", (it) => {
    const world = simulateNapster({ peers: [{ files: [] }] }, options);
    world.downloadAt(0, 1, "train", it);
    world.simulation.run({ untilUs: 1000 });
  });
});

test("schemes of hashing do not take null for their defaults, and refuse lists that are none", () => {
  for (const scheme of HASH_SCHEMES) for (const name of ["seed", "hash"]) refuses(`${name} of ${scheme}`, (it) => serverHash(scheme, { [name]: it }), [null, {}]);
  refuses("points", (it) => new HashRing({ points: it }));
  refuses("tableSize", (it) => new MaglevHash({ tableSize: it }));
  refuses("weights of capacities", (it) => boundedCapacities(5, it, 0.1));
  refuses("weights of a table", (it) => populate([{ offset: 1, skip: 2 }], 7, it));
  refuses("a step", (it) => maglevPermutation(it, 7));
  refuses("keys", (it) => meanJumpIterations(it, 5));
  refuses("source of words", (it) => uniformKeys(3, it));
});

test("descriptors with texts, results or extensions that are none are refused before a byte is written", () => {
  const head = { id: "0".repeat(32), ttl: 7, hops: 0 };
  const write = (payload: object) => encodeGnutella({ ...head, payload } as GnutellaDescriptor);
  const hit = { kind: "query-hit", port: 1, ip: 1, speedKBps: 1, serventId: "0".repeat(32) };
  const notTexts = NOTHINGS.filter((it) => typeof it !== "string");
  refuses("text", (it) => write({ kind: "query", minSpeedKBps: 0, text: it }), notTexts);
  refuses("extension", (it) => write({ kind: "query", minSpeedKBps: 0, text: "x", extension: it }));
  refuses("results", (it) => write({ ...hit, results: it }));
  refuses("a result", (it) => write({ ...hit, results: [it] }), [...notTexts, undefined]);
  refuses("text of a result", (it) => write({ ...hit, results: [{ fileIndex: 1, sizeBytes: 1, text: it }] }), notTexts);
  refuses("a file to get", (it) => encodeGnutellaGet(it));
});
