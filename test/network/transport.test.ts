import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { drawHosts, equalHosts, placeHosts } from "overlay-lab/dist/network/hosts";
import { ConstantLatency } from "overlay-lab/dist/network/latency-model";
import { BurstLoss, IndependentLoss } from "overlay-lab/dist/network/loss";
import { NetworkTransport } from "overlay-lab/dist/network/network-transport";
import { drawOutages, OutageSchedule } from "overlay-lab/dist/network/outages";
import { RouterGraph } from "overlay-lab/dist/network/router-graph";
import { Underlay } from "overlay-lab/dist/network/underlay";
import { Simulation, TraceBuffer, type MessageRecord } from "overlay-lab/dist/simulation";
import { stream } from "./support";

const latency = new ConstantLatency(10_000);

test("without anything else a transport is its latency", () => {
  const transport = new NetworkTransport({ latency });
  assert.deepEqual([transport.delayUs(0, 1, 1500, 77), transport.delayUs(3, 3, 1500, 77)], [10_000, 0]);
});

test("a message takes its serialisation on both access links, and queues behind earlier ones at the sender", () => {
  // 1000 bytes: 8 ms at 1 Mbit/s up, 0.8 ms at 10 Mbit/s down.
  const transport = new NetworkTransport({ latency, hosts: equalHosts(3, 1e6, 1e7) });
  assert.equal(transport.delayUs(0, 1, 1000, 0), 8_000 + 10_000 + 800);
  assert.equal(transport.delayUs(0, 2, 1000, 0), 16_000 + 10_000 + 800);
  assert.equal(transport.delayUs(0, 1, 1000, 4_000), 20_000 + 10_000 + 800);
  assert.equal(transport.delayUs(0, 1, 1000, 100_000), 18_800);
  assert.equal(transport.delayUs(2, 2, 1000, 100_000), 0);
});

test("messages to one receiver queue at its downlink, but not behind one that arrives later", () => {
  const far = { hosts: 4, latencyUs: (from: number) => (from === 0 ? 200_000 : 10_000) };
  const transport = new NetworkTransport({ latency: far, hosts: { count: 4, upBps: new Float64Array(4).fill(1e9), downBps: new Float64Array(4).fill(1e6) } });
  // Each has 8 us up and 8 ms down.
  assert.equal(transport.delayUs(0, 3, 1000, 0), 8 + 200_000 + 8_000);
  assert.equal(transport.delayUs(1, 3, 1000, 0), 8 + 10_000 + 8_000);
  assert.equal(transport.delayUs(2, 3, 1000, 0), 8 + 10_000 + 16_000);
  // Arrives at 195 ms, 5 ms before the slot that is taken at 200 ms: too short a gap, so it comes after.
  assert.equal(transport.delayUs(1, 3, 1000, 185_000), 200_008 + 16_000 - 185_000);
});

test("law: a downlink never carries two messages at a time, and idles only when nothing waits", () => {
  const random = stream("slots");
  const reach = { hosts: 50, latencyUs: (from: number) => 1000 * (1 + ((from * 37) % 50)) };
  const transport = new NetworkTransport({ latency: reach, hosts: { count: 50, upBps: new Float64Array(50).fill(1e12), downBps: new Float64Array(50).fill(8e6) } });
  const busy: { start: number; end: number; there: number }[] = [];
  let now = 0;
  for (let message = 0; message < 3000; message++) {
    now += random.integer(1200);
    const bytes = 1 + random.integer(1500);
    const from = 1 + random.integer(49);
    const end = now + transport.delayUs(from, 0, bytes, now);
    busy.push({ start: end - bytes, end, there: now + reach.latencyUs(from) });
  }
  busy.sort((a, b) => a.start - b.start);
  // Times are rounded up to whole microseconds, so neighbours may seem to overlap by one.
  busy.forEach((slot, index) => assert.ok(index === 0 || slot.start >= busy[index - 1].end - 1, `slot ${index}`));
  busy.forEach((slot) => assert.ok(slot.start >= slot.there - 1));
});

test("an uplink's full queue drops messages and counts them", () => {
  const transport = new NetworkTransport({ latency, hosts: equalHosts(2, 8e6, 8e6), maxBacklogBytes: 2500 });
  const fates = [0, 0, 0, 0, 0].map((now) => transport.delayUs(0, 1, 1000, now));
  assert.deepEqual(fates, [12_000, 13_000, 14_000, -1, -1]);
  assert.deepEqual(transport.counts, { sent: 5, lostToOutage: 0, lostToFullQueue: 2, lostAtRandom: 0 });
});

test("headers count on the wire", () => {
  const transport = new NetworkTransport({ latency, hosts: equalHosts(2, 8e6, 8e6), headerBytes: 28 });
  assert.equal(transport.delayUs(0, 1, 72, 0), 100 + 10_000 + 100);
});

test("an M/D/1 queue at the uplink has the mean wait of the formula, rho / (2 mu (1 - rho)), within 4 standard errors", () => {
  // Service 1000 us; Poisson arrivals at rho = 0.6; batch means over 40 batches.
  const random = stream("arrivals");
  const transport = new NetworkTransport({ latency: new ConstantLatency(0), hosts: { count: 2, upBps: new Float64Array(2).fill(8e6), downBps: new Float64Array(2).fill(1e15) } });
  const batches: number[] = [];
  let now = 0;
  for (let batch = 0; batch < 40; batch++) {
    let waits = 0;
    for (let message = 0; message < 5000; message++) {
      // A Bernoulli process in steps of 10 us is Poisson to 1 %; the exact mean wait differs by less than that.
      let steps = 1;
      while (random.integer(10_000) >= 60) steps += 1;
      now += steps * 10;
      waits += transport.delayUs(0, 1, 1000, now) - 1000;
    }
    batches.push(waits / 5000);
  }
  const mean = batches.reduce((sum, wait) => sum + wait, 0) / batches.length;
  const standardError = Math.sqrt(batches.reduce((sum, wait) => sum + (wait - mean) ** 2, 0) / (batches.length - 1) / batches.length);
  const expected = (0.6 * 1000) / (2 * (1 - 0.6));
  assert.ok(Math.abs(mean - expected) < 4 * standardError + 0.01 * expected, `${mean} us, expected ${expected}, standard error ${standardError}`);
});

test("independent loss loses its share, within 4 standard deviations, and draws once for each message", () => {
  const transport = new NetworkTransport({ latency, loss: new IndependentLoss(0.05, stream("loss")) });
  for (let message = 0; message < 20_000; message++) transport.delayUs(0, 1, 100, message);
  assert.ok(Math.abs(transport.counts.lostAtRandom - 1000) < 4 * Math.sqrt(20_000 * 0.05 * 0.95), `${transport.counts.lostAtRandom}`);
  assert.throws(() => new IndependentLoss(1.5, stream("loss")), ParameterError);
});

test("bursts: losses come in runs of mean length 1 / badToGood, with the long-run share of the formula", () => {
  const loss = new BurstLoss({ goodToBad: 0.01, badToGood: 0.2 }, stream("bursts"));
  const fates = Array.from({ length: 200_000 }, () => loss.isLost(0, 1));
  const lost = fates.filter(Boolean).length;
  const runs = fates.filter((fate, i) => fate && (i === 0 || !fates[i - 1])).length;
  assert.ok(Math.abs(lost / 200_000 - 0.01 / 0.21) < 0.004, `${lost / 200_000}`);
  assert.ok(Math.abs(lost / runs - 5) < 0.4, `${lost / runs}`);
  assert.throws(() => new BurstLoss({ goodToBad: -1, badToGood: 0.2 }, stream("bursts")), /goodToBad/);
});

test("outages cut hosts, paths in one direction, and links on the way, from their start until just before their end", () => {
  const outages = new OutageSchedule([
    { kind: "host", host: 2, fromUs: 100, untilUs: 200 },
    { kind: "host", host: 2, fromUs: 150, untilUs: 300 },
    { kind: "path", from: 0, to: 1, fromUs: 1000, untilUs: Infinity },
    { kind: "link", link: 7, fromUs: 50, untilUs: 60 },
  ]);
  assert.deepEqual([99, 100, 250, 299, 300].map((at) => outages.hostIsDown(2, at)), [false, true, true, true, false]);
  const transport = new NetworkTransport({ latency: new ConstantLatency(20), outages, pathOf: (from, to) => (from === 3 && to === 4 ? [6, 7] : [6]) });
  assert.equal(transport.delayUs(0, 1, 10, 999), 20);
  assert.equal(transport.delayUs(0, 1, 10, 1000), -1);
  assert.equal(transport.delayUs(1, 0, 10, 1000), 20);
  assert.equal(transport.delayUs(3, 4, 10, 49), 20);
  assert.equal(transport.delayUs(3, 4, 10, 55), -1);
  assert.equal(transport.delayUs(4, 3, 10, 55), 20);
  // Sent while the receiver is up, but it is down on arrival; and the other way round.
  assert.equal(transport.delayUs(0, 2, 10, 85), -1);
  assert.equal(transport.delayUs(0, 2, 10, 285), 20);
  assert.equal(transport.delayUs(2, 0, 10, 285), -1);
  assert.equal(transport.counts.lostToOutage, 4);
  assert.throws(() => new NetworkTransport({ latency, outages }), /outages of links without routes/);
  assert.throws(() => new OutageSchedule([{ kind: "host", host: 1, fromUs: 5, untilUs: 5 }]), /ends before it starts/);
});

test("while an underlay has no route, messages are lost and counted, and pass again when the link is back", () => {
  const graph = new RouterGraph(2, [{ from: 0, to: 1, delayUs: 500 }]);
  const underlay = new Underlay({ graph, hosts: { ...equalHosts(2, 1e6, 1e6), placeOf: Int32Array.from([0, 1]) } });
  const transport = new NetworkTransport({ latency: underlay });
  underlay.routes.setPhysicalLink(0, false);
  assert.deepEqual([transport.delayUs(0, 1, 10, 0), transport.delayUs(1, 1, 10, 0)], [-1, 0]);
  underlay.routes.setPhysicalLink(0, true);
  assert.equal(transport.delayUs(0, 1, 10, 0), 500);
  assert.equal(transport.counts.lostToOutage, 1);
});

test("a lost message says why in the trace: what was down, no route, a full queue, or the loss model", () => {
  const graph = new RouterGraph(3, [{ from: 0, to: 1, delayUs: 500 }, { from: 1, to: 2, delayUs: 500 }]);
  const underlay = new Underlay({ graph, hosts: { ...equalHosts(3, 8e6, 8e6), placeOf: Int32Array.from([0, 1, 2]) } });
  const outages = new OutageSchedule([
    { kind: "host", host: 0, fromUs: 0, untilUs: 10_000 },
    { kind: "host", host: 1, fromUs: 21_000, untilUs: 22_000 },
    { kind: "path", from: 0, to: 1, fromUs: 30_000, untilUs: 40_000 },
    { kind: "link", link: underlay.uplink(0), fromUs: 40_000, untilUs: 50_000 },
  ]);
  const burst = { isLost: (_from: number, to: number) => to === 2 };
  const transport = new NetworkTransport({ latency: underlay, outages, pathOf: (from, to) => underlay.path(from, to), loss: burst, hosts: equalHosts(3, 8e6, 8e6), maxBacklogBytes: 100 });
  const sendings: readonly (readonly [atUs: number, to: number])[] = [[0, 1], [20_000, 1], [30_000, 1], [40_000, 1], [60_000, 2], [70_000, 1], [70_000, 1], [80_000, 1]];
  const trace = new TraceBuffer();
  const simulation = new Simulation({ nodes: 3, seed: 1, transport, trace, process: () => ({ onStart: () => undefined, onMessage: () => undefined, onTimer: () => undefined }) });
  for (const [atUs, to] of sendings) simulation.invokeAt(atUs, 0, (_process, context) => context.send(to, null, 900));
  simulation.at(75_000, () => underlay.routes.setPhysicalLink(0, false));
  simulation.run();
  const lost = trace.records().filter((record): record is MessageRecord => record.kind === "lose");
  assert.deepEqual(lost.map(({ timeUs, reason }) => `${timeUs} ${reason}`), [
    "0 sender down", "20000 receiver down", "30000 path down", "40000 link down", "60000 random loss", "70000 uplink queue full", "80000 no route",
  ]);
  assert.deepEqual(transport.counts, { sent: 8, lostToOutage: 5, lostToFullQueue: 1, lostAtRandom: 1 });
  assert.equal(simulation.counts.delivered, 1);
});

test("hosts without an access link and bad sizes are refused, not computed with", () => {
  const transport = new NetworkTransport({ latency, hosts: equalHosts(2, 1e6, 1e6) });
  assert.throws(() => transport.delayUs(2, 0, 10, 0), /no such host; got 2/);
  assert.throws(() => transport.delayUs(0, 2, 10, 0), /no such host; got 2/);
  assert.throws(() => transport.delayUs(0, 1, Number.NaN, 0), /bytes/);
  assert.throws(() => new NetworkTransport({ latency, headerBytes: -1 }), /headerBytes/);
  assert.throws(() => new NetworkTransport({ latency: { hosts: 2, latencyUs: () => 1 }, hosts: equalHosts(3, 1, 1) }), /more hosts than/);
});

test("drawn outages take the stated share of time, and the same seed draws the same ones", () => {
  const draw = () => drawOutages(Array.from({ length: 200 }, (_, host) => ({ kind: "host" as const, host })), { meanUpSeconds: 300, meanDownSeconds: 100, untilUs: 4_000_000_000, random: stream("outages") });
  const outages = draw();
  assert.deepEqual(outages, draw());
  const down = outages.reduce((sum, { fromUs, untilUs }) => sum + Math.min(untilUs, 4_000_000_000) - fromUs, 0);
  // Hosts start up, so the share is a little below 1/4: by its integral, 1/4 - (1/4)(75 s)/(4000 s).
  assert.ok(Math.abs(down / (200 * 4_000_000_000) - 0.2453) < 0.015, `${down / (200 * 4_000_000_000)}`);
});

test("random numbers of later messages do not depend on outages", () => {
  const fates = (outages?: OutageSchedule) => {
    const transport = new NetworkTransport({ latency, outages, loss: new IndependentLoss(0.5, stream("loss")) });
    return Array.from({ length: 100 }, (_, i) => transport.delayUs(0, 1, 10, i));
  };
  const cut = fates(new OutageSchedule([{ kind: "host", host: 0, fromUs: 0, untilUs: 50 }]));
  assert.deepEqual(cut.slice(50), fates().slice(50));
  assert.ok(cut.slice(0, 50).every((fate) => fate === -1));
});

test("hosts are drawn and placed in proportion to their weights", () => {
  const hosts = drawHosts(9000, [{ name: "slow", upBps: 1e6, downBps: 1e7 }, { name: "fast", upBps: 1e8, downBps: 1e9, weight: 2 }, { name: "none", upBps: 1, downBps: 1, weight: 0 }], stream("hosts"));
  const slow = hosts.upBps.filter((rate) => rate === 1e6).length;
  assert.ok(Math.abs(slow - 3000) < 4 * Math.sqrt(9000 * (1 / 3) * (2 / 3)), `${slow}`);
  assert.equal(hosts.upBps.filter((rate) => rate === 1).length, 0);
  assert.equal(placeHosts(1000, [0, 5, 0], stream("places")).every((place) => place === 1), true);
  assert.throws(() => placeHosts(10, [0, 0], stream("places")), /nothing to choose from/);
  assert.throws(() => placeHosts(10, [1, -1], stream("places")), ParameterError);
  assert.throws(() => equalHosts(1, 0, 1), /upBps/);
});
