/** The static tree of cloud sites: where hosts attach, how packets travel, what happens when a site falls silent. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import type { LatencyModel } from "overlay-lab/dist/network";
import { NetworkTransport } from "overlay-lab/dist/network";
import { CloudNode, nearestSite, spanningTree, type CloudMessage } from "overlay-lab/dist/routing-overlays/end-system-multicast";
import { Simulation, type Fault } from "overlay-lab/dist/simulation";

const S = 1_000_000;
/** Hosts on a line, 10 ms a step. Sites 0, 4, 8; the rest are hosts. */
const latency: LatencyModel = { hosts: 9, latencyUs: (from, to) => 10_000 * Math.abs(from - to) };
const sites = [0, 4, 8];
const tree = spanningTree(sites, latency.latencyUs);

function run(untilUs: number, faults: readonly Fault[] = [], at?: { readonly us: number; readonly host: number }) {
  const delivered = new Map<number, number>();
  const copies: string[] = [];
  const simulation: Simulation<CloudMessage, CloudNode> = new Simulation<CloudMessage, CloudNode>({
    nodes: 9, seed: 1, faults, messages: "copied", transport: new NetworkTransport({ latency }),
    process: (node) => new CloudNode(node, { sites, tree }, { delivered: (host) => void delivered.set(host, (delivered.get(host) ?? 0) + 1), forwarded: (from, to) => void copies.push(`${from}>${to}`) }),
  });
  if (at !== undefined) simulation.invokeAt(at.us, at.host, (process, context) => void process.publish(context, 100));
  simulation.run({ untilUs });
  return { simulation, delivered, copies };
}

test("the tree spans the sites with the shortest links", () => {
  assert.deepEqual(tree, [[0, 4], [4, 8]]);
  assert.deepEqual(spanningTree([3], latency.latencyUs), []);
  for (const bad of [[], [1, 1]]) assert.throws(() => spanningTree(bad, latency.latencyUs), ParameterError);
});

test("a host attaches to the nearest site, the lower number on a tie", () => {
  const { simulation } = run(10 * S);
  assert.deepEqual([1, 2, 3, 5, 6, 7].map((host) => simulation.processOf(host)?.site), [0, 0, 4, 4, 4, 8]);
  assert.equal(nearestSite(new Map([[4, 20], [0, 20], [8, 30]])), 0);
  assert.equal(nearestSite(new Map()), -1);
});

test("a packet goes up to the sender's site, along the tree, and down to every host once", () => {
  const { delivered, copies } = run(20 * S, [], { us: 10 * S, host: 1 });
  assert.deepEqual([...delivered].sort(([a], [b]) => a - b), [[2, 1], [3, 1], [5, 1], [6, 1], [7, 1]]);
  assert.equal(copies.length, 1 + 2 + 5);
});

test("hosts of a site that fails move to the next, and come to life again there", () => {
  const { simulation, delivered } = run(120 * S, [{ kind: "crash", node: 8, atUs: 20 * S }], { us: 100 * S, host: 7 });
  assert.equal(simulation.processOf(7)?.site, 4);
  assert.deepEqual([...delivered.keys()].sort((a, b) => a - b), [1, 2, 3, 5, 6]);
});

test("a host without an answer goes on asking, and cannot send meanwhile", () => {
  const { simulation, delivered } = run(60 * S, sites.map((node) => ({ kind: "crash", node, atUs: 0 })), { us: 50 * S, host: 2 });
  assert.equal(simulation.processOf(2)?.site, -1);
  assert.equal(delivered.size, 0);
});

test("a host that leaves gets nothing more", () => {
  const { simulation } = run(20 * S);
  simulation.invokeAt(20 * S, 3, (process, context) => process.leave(context));
  simulation.run({ untilUs: 30 * S });
  assert.equal(simulation.processOf(4)?.attached.has(3), false);
});

test("bad plans are refused", () => {
  for (const plan of [{ sites: [], tree: [] }, { sites: null as unknown as number[], tree: [] }, { sites: [1], tree: [[1, 2]] as const }, { sites: [1], tree: [], keepAliveSeconds: NaN }, { sites: [1], tree: [], timeoutSeconds: 10 }, { sites: [1], tree: [], answerSeconds: 0 }]) {
    assert.throws(() => new CloudNode(0, plan), ParameterError, JSON.stringify(plan));
  }
});
