/** Speed of Narada under churn: 1,024 members for a simulated hour, beside the stated bound of 60 s; no simulator with Narada was found to compare with. */
import { simulateGroup, waxmanWorld } from "overlay-lab/dist/experiments/end-system-multicast";
import type { LatencyModel } from "overlay-lab/dist/network";
import { RandomStream } from "overlay-lab/dist/simulation";
import { cpuSeconds, printRows } from "./table";

const HOUR = 3600;
const S = 1_000_000;

/** Latencies looked up once, so that the routes of the network below are not measured. */
function tableOf(latency: LatencyModel, hosts: number): LatencyModel {
  const us = new Int32Array(hosts * hosts);
  for (let from = 0; from < hosts; from++) for (let to = 0; to < hosts; to++) us[from * hosts + to] = latency.latencyUs(from, to);
  return { hosts, latencyUs: (from, to) => us[from * hosts + to] };
}

function churn(hosts: number, seconds: number, boundSeconds: number) {
  const { underlay } = waxmanWorld({ members: hosts, random: (name) => new RandomStream({ seed: 1, name }) });
  const nodes = Array.from({ length: hosts - 1 }, (_, index) => index + 1);
  const group = simulateGroup({
    hosts, latency: tableOf(underlay, hosts), seed: 1,
    faults: [{ kind: "churn", nodes, sessionUs: { kind: "exponential", mean: HOUR * S }, downtimeUs: { kind: "exponential", mean: 600 * S }, fromUs: 60 * S }],
  });
  for (let second = 60; second < seconds; second++) group.publishAt(second * S, 0, 1000);
  const { simulation } = group;
  const seen = cpuSeconds(() => simulation.run({ untilUs: seconds * S }));
  return {
    work: `${hosts} members, ${seconds} s`,
    ours: `${seen.toFixed(1)} s: ${(seconds / seen).toFixed(0)} simulated s/s, ${(simulation.counts.sent / seen / 1e3).toFixed(0)} k messages/s`,
    peer: `${boundSeconds} s`,
    ratio: boundSeconds / seen,
    note: `Bound: the stated target. ${simulation.counts.sent} messages, of them ${group.packets.deliveries} packets delivered; sessions of 60 min, 10 min away; a packet a second; all vectors, lists and paths exchanged as the protocol says.`,
  };
}

printRows("End system multicast", [churn(128, HOUR, 5), churn(1024, HOUR, 60)]);
