/** Packets routed by what is in them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { simulateTunnels } from "overlay-lab/dist/experiments/overlays-and-tunnels";
import { matches, type Attributes, type Filter, type OverlaySpec, type TunnelWorldSpec } from "overlay-lab/dist/routing-overlays";
import { RandomStream } from "overlay-lab/dist/simulation/random";

const SECOND = 1_000_000;
const payload = new Uint8Array(50);
const below = (bound: number): Filter => [{ attribute: "price", operator: "<", value: bound }];

/** A router with `hosts` hosts, and among these a tree of content-based routers: host i hangs on host floor((i - 1) / 2). */
function tree(hosts: number, change: Partial<OverlaySpec> = {}): TunnelWorldSpec {
  const numbers = Array.from({ length: hosts }, (_, index) => index + 1);
  return {
    nodes: [{ name: "hub" }, ...numbers.map((node) => ({ name: `h${node}` }))],
    links: numbers.map((node) => ({ a: 0, b: node, delayUs: 1000 })),
    overlays: [{ name: "news", family: "content", members: numbers.map((node) => ({ node, address: `h${node}.example` })), tunnels: numbers.slice(1).map((node) => ({ a: node >> 1, b: node })), ...change }],
  };
}

test("a packet goes exactly where a filter accepts it, and no tunnel carries it twice", () => {
  const world = simulateTunnels(tree(7), { seed: 1 });
  const subscribe = (node: number, filter: Filter) => world.simulation.invokeAt(0, node, (process, context) => process.subscribe(context, "news", filter));
  subscribe(4, below(10));
  subscribe(7, below(5));
  subscribe(6, [{ attribute: "topic", operator: "prefix", value: "sport" }]);
  world.simulation.run();
  const publish = (attributes: Attributes) => world.simulation.invokeAt(world.simulation.nowUs, 5, (process, context) => process.publish(context, "news", attributes, payload));
  publish({ price: 7 });
  publish({ price: 3, topic: "sports" });
  publish({ price: 20, topic: "art" });
  world.simulation.run();
  assert.deepEqual(world.deliveries.map(({ node, destination }) => `${node} ${destination}`).sort(), ['4 [["price",3],["topic","sports"]]', '4 [["price",7]]', '6 [["price",3],["topic","sports"]]', '7 [["price",3],["topic","sports"]]']);
  assert.deepEqual(world.drops.map(({ node, reason }) => [node, reason]), [[5, "no-subscriber"]]);
  world.checkInvariants();
});

test("a covered subscription is not passed on, and is when the wider one is withdrawn", () => {
  const world = simulateTunnels(tree(3), { seed: 1, traceRecords: 1000 });
  const sends = () => world.trace.records().filter(({ kind }) => kind === "send").length;
  const at = (node: number, action: "subscribe" | "unsubscribe", filter: Filter) => {
    world.simulation.invokeAt(world.simulation.nowUs, node, (process, context) => process[action](context, "news", filter));
    world.simulation.run();
  };
  at(2, "subscribe", below(10));
  const wide = sends();
  at(2, "subscribe", below(5));
  assert.equal(sends(), wide);
  at(2, "unsubscribe", below(10));
  world.simulation.invokeAt(world.simulation.nowUs, 3, (process, context) => {
    process.publish(context, "news", { price: 7 }, payload);
    process.publish(context, "news", { price: 3 }, payload);
  });
  world.simulation.run();
  assert.deepEqual(world.deliveries.map(({ node, destination }) => [node, destination]), [[2, '[["price",3]]']]);
});

test("random filters and packets: every node gets what it asked for, once, and nothing else", () => {
  const random = new RandomStream({ seed: 21, name: "content" });
  for (let round = 0; round < 20; round++) {
    const hosts = 2 + random.integer(12);
    const world = simulateTunnels(tree(hosts), { seed: round });
    const wanted = new Map<number, Filter[]>();
    for (let count = random.integer(20); count > 0; count--) {
      const node = 1 + random.integer(hosts);
      const filter: Filter = [{ attribute: "price", operator: (["<", ">", "=", "!="] as const)[random.integer(4)], value: random.integer(8) }];
      wanted.set(node, [...(wanted.get(node) ?? []), filter]);
      world.simulation.invokeAt(0, node, (process, context) => process.subscribe(context, "news", filter));
    }
    world.simulation.run();
    const expected: string[] = [];
    for (let price = 0; price < 8; price++) {
      const from = 1 + random.integer(hosts);
      world.simulation.invokeAt(world.simulation.nowUs, from, (process, context) => process.publish(context, "news", { price }, payload));
      for (const [node, filters] of wanted) if (filters.some((filter) => matches(filter, { price }))) expected.push(`${node} ${price}`);
    }
    world.simulation.run();
    assert.deepEqual(world.deliveries.map(({ node, destination }) => `${node} ${JSON.parse(destination)[0][1]}`).sort(), expected.sort(), `round ${round}`);
    world.checkInvariants();
  }
});

test("subscriptions of a router that dies are forgotten, and asked for again when it is back", () => {
  const world = simulateTunnels(tree(3, { routing: "link-state" }), { seed: 1, faults: [{ kind: "crash", node: 1, atUs: 20 * SECOND, restartUs: 40 * SECOND }] });
  world.simulation.invokeAt(10 * SECOND, 2, (process, context) => process.subscribe(context, "news", below(10)));
  for (const at of [15, 30, 50]) world.simulation.invokeAt(at * SECOND, 3, (process, context) => process.publish(context, "news", { price: at / 10 }, payload));
  world.simulation.run({ untilUs: 51 * SECOND });
  assert.deepEqual(world.deliveries.map(({ node, destination }) => [node, destination]), [[2, '[["price",1.5]]'], [2, '[["price",5]]']]);
  assert.deepEqual(world.drops.filter(({ reason }) => reason === "no-subscriber").map(({ node }) => node), [3]);
  world.checkInvariants();
});

test("a circle of content-based routers is refused, since a packet would arrive twice", () => {
  const spec = tree(3);
  const [overlay] = spec.overlays ?? [];
  assert.throws(() => simulateTunnels({ ...spec, overlays: [{ ...overlay, tunnels: [...overlay.tunnels, { a: 2, b: 3 }] }] }, { seed: 1 }), /circle/);
});
