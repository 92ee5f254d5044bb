/** Descriptions and parameters that cannot be: each refused with what was given and what would do. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { scopeReach, simulateMbone, simulateSixBone } from "overlay-lab/dist/experiments/experimental-ip";
import { MBONE_DEFAULTS, SIX_BONE_DEFAULTS, groupNumber, ipv6Group, isGlobalIpv4, mboneOptions, planMbone, planSixBone, planTunnels, sixBoneOptions, sixToFourPrefix, type MboneWorldSpec, type SixBoneWorldSpec } from "overlay-lab/dist/routing-overlays/experimental-ip";
import { RouterGraph } from "overlay-lab/dist/network";
import { parseIpAddress } from "overlay-lab/dist/ids";

const refused = (act: () => unknown, words: RegExp) => assert.throws(act, (error) => error instanceof ParameterError && words.test(error.message), String(words));

const good: MboneWorldSpec = { routers: [{ name: "A", isMulticast: true }, { name: "L", isMulticast: false }, { name: "B", isMulticast: true }], links: [{ a: 0, b: 1, delayUs: 10 }, { a: 1, b: 2, delayUs: 10 }], subnets: [{ router: 0, hosts: ["x"] }], tunnels: [{ a: 0, b: 2 }] };
const six: SixBoneWorldSpec = { routers: [{ name: "A", hasIpv6: true }, { name: "L", hasIpv6: false }, { name: "B", hasIpv6: true }], links: [{ a: 0, b: 1, delayUs: 10 }, { a: 1, b: 2, delayUs: 10 }], hosts: [{ name: "x", router: 0 }], tunnels: [{ a: 0, b: 2 }] };

test("an MBone that cannot be is refused", () => {
  const cases: [Partial<Record<keyof MboneWorldSpec, unknown>>, RegExp][] = [
    [{ routers: [] }, /number of routers/], [{ routers: undefined }, /routers/], [{ subnets: null }, /subnets/], [{ routers: [{ name: "A", isMulticast: "yes" }], links: [], tunnels: [] }, /isMulticast/],
    [{ links: [null] }, /links\[0\]/], [{ tunnels: null }, /tunnels/], [{ subnets: [{ router: 0, hosts: [7] }] }, /bad name/], [{ subnets: [{ router: 0, hosts: [""] }] }, /bad name/], [{ links: [{ a: 0, b: 7, delayUs: 1 }] }, /end/], [{ links: [{ a: 0, b: 0, delayUs: 1 }] }, /itself/], [{ links: [{ a: 0, b: 1, delayUs: NaN }] }, /delayUs/], [{ links: [{ a: 0, b: 1, delayUs: -1 }] }, /delayUs/],
    [{ links: [{ a: 0, b: 1, delayUs: 1 }, { a: 1, b: 0, delayUs: 1 }] }, /same pair/], [{ links: [{ a: 0, b: 1, delayUs: 1, threshold: 0 }] }, /threshold/], [{ links: [{ a: 0, b: 1, delayUs: 1, threshold: 256 }] }, /threshold/],
    [{ links: [{ a: 0, b: 1, delayUs: 1, metric: 32 }] }, /metric/], [{ tunnels: [{ a: 0, b: 2, threshold: 1.5 }] }, /threshold/], [{ tunnels: [{ a: 0, b: 1 }] }, /legacy router/], [{ tunnels: [{ a: 0, b: 0 }] }, /itself/],
    [{ tunnels: [{ a: 0, b: 2 }, { a: 2, b: 0 }] }, /same pair/], [{ subnets: [{ router: 9, hosts: [] }] }, /router/], [{ subnets: [{ router: 0, hosts: "x" }] }, /without a list/], [{ subnets: [{ router: 0, hosts: ["A"] }] }, /same name/],
    [{ subnets: [{ router: 0, hosts: [], prefix: "224.0.0.0/8" }] }, /block/], [{ subnets: [{ router: 0, hosts: [], prefix: "2001:db8::/32" }] }, /block/], [{ subnets: [{ router: 0, hosts: ["p", "q"], prefix: "10.0.0.0/30" }] }, /more hosts/],
    [{ subnets: [{ router: 0, hosts: [], prefix: "10.0.0.0/8" }, { router: 0, hosts: [], prefix: "10.9.0.0/16" }] }, /share addresses/], [{ routers: [{ name: "A", isMulticast: true, address: "224.0.0.9" }, ...good.routers.slice(1)] }, /is a group/],
  ];
  for (const [change, words] of cases) refused(() => planMbone({ ...good, ...change } as MboneWorldSpec), words);
  for (const nothing of [null, undefined, 7, "world"]) refused(() => planMbone(nothing as never), /spec/);
  for (const nothing of [null, 7]) refused(() => simulateMbone(good, { seed: 1, options: nothing as never }), /options/);
  refused(() => planMbone({ ...good, links: [{ a: 0, b: 2, delayUs: 1 }], tunnels: [{ a: 0, b: 2 }] }), /beside a native link/);
});

test("a 6-Bone that cannot be is refused", () => {
  const cases: [Partial<Record<keyof SixBoneWorldSpec, unknown>>, RegExp][] = [
    [{ routers: [] }, /number of routers/], [{ hosts: [null] }, /hosts\[0\]/], [{ tunnels: "none" }, /tunnels/], [{ links: undefined }, /links/], [{ routers: [{ name: "A", hasIpv6: 1 }], links: [] }, /hasIpv6/], [{ routers: [{ name: "A", hasIpv6: false, isRelay: true }], links: [], hosts: [], tunnels: [] }, /legacy/],
    [{ routers: [{ name: "A", hasIpv6: true, isSixToFour: true, isRelay: true }], links: [], hosts: [], tunnels: [] }, /outside/], [{ routers: [{ name: "A", hasIpv6: true, address4: "10.0.0.1" }], links: [], hosts: [], tunnels: [] }, /global/],
    [{ routers: [{ name: "A", hasIpv6: true, prefix: "2002::/32" }], links: [], hosts: [], tunnels: [] }, /block/], [{ routers: [{ name: "A", hasIpv6: true, prefix: "ff00::/16" }], links: [], hosts: [], tunnels: [] }, /block/],
    [{ routers: [{ name: "A", hasIpv6: true, prefix: "3ffe::/32" }, { name: "B", hasIpv6: true, prefix: "3ffe:0:1::/48" }], links: [], hosts: [], tunnels: [] }, /share/], [{ hosts: [{ name: "x", router: 1 }] }, /legacy/], [{ hosts: [{ name: "x", router: 0, mtuBytes: 1279 }] }, /mtuBytes/],
    [{ links: [{ a: 0, b: 2, delayUs: 1, mtuBytes: 1000 }], tunnels: [] }, /mtuBytes/], [{ links: [{ a: 0, b: 1, delayUs: 1, mtuBytes: 67 }] }, /mtuBytes/], [{ tunnels: [{ a: 0, b: 1 }] }, /no IPv6/], [{ tunnels: [{ a: 0, b: 2, metric: 16 }] }, /metric/],
  ];
  for (const [change, words] of cases) refused(() => planSixBone({ ...six, ...change } as SixBoneWorldSpec), words);
});

test("every parameter is checked for NaN, infinity, zero, fractions, texts and unknown names", () => {
  for (const [defaults, check] of [[MBONE_DEFAULTS, mboneOptions], [SIX_BONE_DEFAULTS, sixBoneOptions]] as const) {
    for (const name of Object.keys(defaults)) {
      for (const value of [NaN, Infinity, -1, 0.5, "10", null]) refused(() => check({ [name]: value } as never), new RegExp(name));
    }
    refused(() => check({ querryIntervalUs: 1 } as never), /unknown parameter/);
    assert.deepEqual(check({}), defaults);
  }
  refused(() => mboneOptions({ queryResponseUs: 200_000_000 }), /queryResponseUs/);
  refused(() => mboneOptions({ neighbourTimeoutUs: 1 }), /neighbourTimeoutUs/);
});

test("only groups that routers forward can be joined, and only hosts join", () => {
  for (const text of ["10.0.0.1", "223.255.255.255", "240.0.0.0", "224.0.0.1", "224.0.0.255", "ff1e::1", "", "224.1"]) refused(() => groupNumber(text), /group|address/);
  assert.equal(groupNumber("224.0.1.0"), 0xe0000100);
  assert.equal(groupNumber("239.255.255.255"), 0xefffffff);
  for (const text of ["ff01::1", "ff02::1", "ff03::1", "fe80::1", "2002::1", "224.2.0.1"]) refused(() => ipv6Group(text), /group/);
  assert.equal(ipv6Group("ff1e::1")[1], 0x1e);
  const world = simulateMbone(good, { seed: 1 });
  refused(() => world.joinAt(0, "A", "224.2.0.1"), /not a host/);
  refused(() => world.joinAt(0, "nobody", "224.2.0.1"), /no node/);
  refused(() => world.router(1), /no multicast router/);
  world.joinAt(0, "x", "10.0.0.1");
  refused(() => world.simulation.run(), /class D/);
  const bad = (act: (w: ReturnType<typeof simulateMbone>) => void) => {
    const w = simulateMbone(good, { seed: 1 });
    act(w);
    refused(() => w.simulation.run({ untilUs: 10 }), /timeToLive|payloadBytes/);
  };
  for (const timeToLive of [0, 256, NaN, 1.5]) bad((w) => w.sendAt(0, "x", "224.2.0.1", 10, timeToLive));
  for (const bytes of [-1, NaN, 65488]) bad((w) => w.sendAt(0, "x", "224.2.0.1", bytes));
  const sixWorld = simulateSixBone(six, { seed: 1 });
  refused(() => sixWorld.sendAt(0, "B", "3ffe::1", 1), /not a host/);
  for (const bytes of [-1, NaN, 0.5, 1e9, null, "x"]) {
    const w = simulateSixBone(six, { seed: 1 });
    w.sendAt(0, "x", "3ffe::1", bytes as number);
    refused(() => w.simulation.run({ untilUs: 10 }), /payload/);
  }
  for (const thresholds of [null, [], [1, 16, 64]]) refused(() => scopeReach(thresholds as never, 5), /thresholds/);
});

test("6to4 takes global unicast addresses only", () => {
  for (const text of ["10.1.2.3", "127.0.0.1", "0.1.2.3", "172.31.0.1", "192.168.1.1", "169.254.0.1", "224.0.0.1", "255.255.255.255", "2001:db8::1"]) refused(() => sixToFourPrefix(text), /6to4/);
  for (const text of ["172.32.0.1", "11.0.0.1", "192.169.0.1", "223.255.255.1"]) assert.ok(isGlobalIpv4(parseIpAddress(text)), text);
});

test("tunnels are planned only for a list that fits the graph, and none where there is nothing to join", () => {
  const graph = new RouterGraph(3, [{ from: 0, to: 1, delayUs: 5 }]);
  refused(() => planTunnels(graph, [true]), /number of routers/);
  refused(() => planTunnels(graph, [true, true, true], -1), /extra/);
  assert.deepEqual(planTunnels(graph, [false, false, false]), []);
  assert.deepEqual(planTunnels(graph, [true, true, true]), []);
});
