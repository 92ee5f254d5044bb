/** The Internet under a RON: troubles of links, and routes that follow late. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { RouterGraph } from "overlay-lab/dist/network";
import { SlowInternet, SlowInternetTransport, type LinkTrouble } from "overlay-lab/dist/network/slow-routing";
import { providerInternet } from "overlay-lab/dist/experiments/resilient-overlay-network";
import { RandomStream } from "overlay-lab/dist/simulation";

/** Two hosts; a cheap way of 10 + 10 ms over router 2 and a dear one of 5 + 5 ms over router 3. */
const graph = new RouterGraph(4, [
  { from: 0, to: 2, delayUs: 10_000, weight: 1 }, { from: 2, to: 1, delayUs: 10_000, weight: 1 },
  { from: 0, to: 3, delayUs: 5_000, weight: 5 }, { from: 3, to: 1, delayUs: 5_000, weight: 5 },
]);
const make = (troubles: readonly LinkTrouble[], linkLoss?: number[]) => new SlowInternet({ graph, hosts: 2, troubles, linkLoss });

test("routes follow price, not delay", () => {
  assert.equal(make([]).delayUs(0, 1, 0), 20_000);
  assert.deepEqual(make([]).route(0, 1, 0)?.map((link) => graph.physical[link]), [0, 1]);
});

test("packets vanish until routing notices, then take the other way, and come back after the repair", () => {
  const internet = make([{ link: 1, fromUs: 1000, untilUs: 5000, loss: 1, noticedAfterUs: 300, restoredAfterUs: 200 }]);
  assert.deepEqual([999, 1000, 1299, 1300, 4999, 5000, 5199, 5200].map((at) => internet.delayUs(0, 1, at)), [20_000, -1, -1, 10_000, 10_000, 10_000, 10_000, 20_000]);
  assert.equal(internet.loss(0, 1, 1100), 1);
  assert.equal(internet.reachableFromUs(1, 0, 1100), 1300);
  assert.equal(internet.reachableFromUs(1, 0, 900), 900);
});

test("a trouble that routing never notices lasts until its end, and one that never ends for ever", () => {
  assert.equal(make([{ link: 0, fromUs: 0, untilUs: 9000, loss: 1 }]).reachableFromUs(0, 1, 10), 9000);
  const both = make([{ link: 0, fromUs: 5, untilUs: 1e15, loss: 1, noticedAfterUs: 0 }, { link: 2, fromUs: 5, untilUs: 1e15, loss: 1, noticedAfterUs: 0 }]);
  assert.equal(both.delayUs(0, 1, 6), -1, "no route at all");
  assert.equal(both.route(0, 1, 6), undefined);
  assert.equal(both.loss(0, 1, 6), 1);
});

test("losses of links compose along the route, and a congested link adds its delay", () => {
  const internet = make([{ link: 0, fromUs: 100, untilUs: 200, loss: 0.5, extraUs: 7 }], [0.1, 0.2, 0, 0]);
  assert.ok(Math.abs(internet.loss(0, 1, 0) - (1 - 0.9 * 0.8)) < 1e-15);
  assert.ok(Math.abs(internet.loss(0, 1, 150) - (1 - 0.9 * 0.5 * 0.8)) < 1e-15);
  assert.equal(internet.delayUs(0, 1, 150), 20_007);
});

test("the transport loses the stated share and spreads delays over the jitter; each message takes two draws", () => {
  const random = new RandomStream({ seed: 1, name: "t" });
  const transport = new SlowInternetTransport(new SlowInternet({ graph, hosts: 2, linkLoss: [0.3, 0, 0, 0], jitterUs: 9 }), random);
  const delays = Array.from({ length: 20_000 }, () => transport.delayUs(0, 1, 100, 0));
  const lost = delays.filter((us) => us < 0).length / delays.length;
  assert.ok(Math.abs(lost - 0.3) < 0.015, String(lost));
  assert.deepEqual([...new Set(delays)].sort((a, b) => a - b), [-1, ...Array.from({ length: 10 }, (_, i) => 20_000 + i)]);
  assert.equal(random.drawn, 40_000);
  assert.throws(() => transport.delayUs(0, 5, 100, 0), /no such host/);
  assert.throws(() => new SlowInternetTransport(make([]), random, [0, 2]), /hostOf\[1\]/);
});

test("bad options are refused by name", () => {
  assert.throws(() => new SlowInternet({ graph, hosts: 5 }), /hosts/);
  assert.throws(() => make([], [0, 0]), /loss rates/);
  assert.throws(() => make([], [0, 0, NaN, 0]), /linkLoss\[2\]/);
  for (const [field, bad] of [["link", 4], ["link", -1], ["fromUs", NaN], ["untilUs", 5], ["loss", 1.5], ["extraUs", -1], ["noticedAfterUs", NaN], ["restoredAfterUs", -2]] as const) {
    assert.throws(() => make([{ link: 0, fromUs: 10, untilUs: 20, loss: 1, [field]: bad }]), new RegExp(`troubles\\[0\\].${field}`), `${field} ${bad}`);
  }
  for (const [sites, providers] of [[1, 3], [12, 0], [600, 3], [NaN, 2]]) assert.throws(() => providerInternet({ sites, providers, random: new RandomStream({ seed: 1, name: "x" }) }), /parameter (sites|providers)/);
});

test("50 drawn Internets connect all their sites, with one provider or many", () => {
  for (let seed = 0; seed < 50; seed++) {
    const network = providerInternet({ sites: 2 + (seed % 30), providers: 1 + (seed % 7), random: new RandomStream({ seed, name: "internet" }) });
    const internet = new SlowInternet({ graph: network.graph, hosts: network.sites, linkLoss: network.linkLoss });
    for (let from = 0; from < network.sites; from++) for (let to = 0; to < network.sites; to++) assert.ok(internet.delayUs(from, to, 0) >= 0, `seed ${seed}: ${from} to ${to}`);
    assert.equal(new Set(network.names).size, network.sites);
  }
});
