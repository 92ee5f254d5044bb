/** What a RON costs in bits a second at each member, against the number of members: measured bytes, the formula, and the published figures. */
import { checkNumber } from "../../errors";
import { RON_DEFAULTS, type RonParameters, type RonTraffic } from "../../routing-overlays";
import { BITS_PER_BYTE, SECOND_US } from "../../units";
import type { Row } from "../../analysis/table";
import { defineExperiment, type RunContext } from "../define";
import { SlowInternet, SlowInternetTransport } from "../../network/slow-routing";
import { providerInternet } from "./provider-internet";
import { simulateRon } from "./world";

/** Published overhead by number of members, kbit/s (SOSP 2001; row RO-5). */
export const PUBLISHED_OVERHEAD_KBPS: Readonly<Record<number, number>> = Object.freeze({ 10: 2.2, 20: 6.6, 30: 13.32, 40: 22.25, 50: 33 });

/** Measured time: seven probe intervals and six routing intervals. */
const MEASURED_US = 84 * SECOND_US;

/**
 * Bits a second that each of N members sends for probes and tables: (N - 1) (2 · 69 · 8 / 12 + (60 + 20 (N - 1)) · 8 / 14) with the paper's constants.
 *
 * @param members N, 1..512
 * @param parameters sizes in bytes and intervals in µs
 */
export function overheadBps(members: number, parameters: RonParameters = RON_DEFAULTS): number {
  const others = checkNumber("members", members, { min: 1, max: 512, integer: true }) - 1;
  const { probeBytes, headerBytes, entryBytes, probeIntervalUs, routingIntervalUs } = parameters;
  return others * BITS_PER_BYTE * SECOND_US * ((2 * probeBytes) / probeIntervalUs + (headerBytes + entryBytes * others) / routingIntervalUs);
}

/** Overhead by number of members. */
export const ronOverhead = defineExperiment({
  id: "ron-overhead",
  question: "How many bits a second does each member of a RON of N send, and how does that grow with N?",
  section: "P&D 9.4.1",
  parameters: { warmUpSeconds: 0, probeIntervalSeconds: 12, routingIntervalSeconds: 14, probePackets: 2 },
  factors: [{ name: "members", title: "Members N", type: "integer", levels: [10, 20, 30, 40, 50] }],
  seed: 5,
  replications: { quick: 2, full: 10 },
  metrics: [
    { name: "total_kbps", title: "Sent by each member", type: "number", unit: "kbit/s", digits: 4, definition: "Bits of all packets that a member sends, headers included, per second, mean over the members." },
    { name: "probe_kbps", title: "Probes and replies", type: "number", unit: "kbit/s", digits: 4, definition: "The part of it for probes and their replies." },
    { name: "table_kbps", title: "Tables", type: "number", unit: "kbit/s", digits: 4, definition: "The part of it for tables of links, as their sources send them." },
    { name: "other_kbps", title: "Members and relaying", type: "number", unit: "kbit/s", digits: 4, definition: "The part of it for lists of members, and for passing on tables of others." },
    { name: "formula_kbps", title: "Formula", type: "number", unit: "kbit/s", digits: 4, definition: "(N - 1) (2 · 69 · 8 / 12 + (60 + 20 (N - 1)) · 8 / 14), with the run's intervals." },
    { name: "published_kbps", title: "Published", type: "number", unit: "kbit/s", digits: 4, definition: "The paper's figure for this N; empty for others." },
  ],
  oracle: { metric: "total_kbps", source: "RON, SOSP 2001 (row RO-5)", expected: (arm) => PUBLISHED_OVERHEAD_KBPS[arm.members as number] ?? null, tolerance: 0.08 },
  run: (arm, context) => [measure(arm.members as number, context)],
});

function measure(members: number, context: RunContext) {
  const number = (name: string) => context.parameters[name] as number;
  checkNumber("members", members, { min: 2, max: 200, integer: true });
  const warmUpUs = Math.round(checkNumber("warmUpSeconds", number("warmUpSeconds"), { min: 0, max: 1e5, unit: "s" }) * SECOND_US);
  const parameters = { probeIntervalUs: Math.round(number("probeIntervalSeconds") * SECOND_US), routingIntervalUs: Math.round(number("routingIntervalSeconds") * SECOND_US), tableLifetimeUs: 4 * Math.round(number("routingIntervalSeconds") * SECOND_US), probePackets: number("probePackets") };
  const network = providerInternet({ sites: members, providers: 5, random: context.random("internet") });
  const internet = new SlowInternet({ graph: network.graph, hosts: members, linkLoss: network.linkLoss, jitterUs: 1000 });
  const world = simulateRon({ nodes: members, seed: context.seed, replication: context.replication, parameters, transport: new SlowInternetTransport(internet, context.random("packets")) });
  world.run(warmUpUs);
  const before = sums(world.nodes, (node) => world.node(node).trafficCounts());
  world.run(warmUpUs + MEASURED_US);
  const after = sums(world.nodes, (node) => world.node(node).trafficCounts());
  const kbps = (name: keyof RonTraffic) => ((after[name] - before[name]) * BITS_PER_BYTE) / members / (MEASURED_US / SECOND_US) / 1000;
  const [probes, tables, other] = [kbps("probeBytes"), kbps("linkStateBytes"), kbps("memberBytes") + kbps("relayedBytes")];
  return {
    total_kbps: probes + tables + other, probe_kbps: probes, table_kbps: tables, other_kbps: other,
    formula_kbps: overheadBps(members, { ...RON_DEFAULTS, ...parameters }) / 1000,
    published_kbps: PUBLISHED_OVERHEAD_KBPS[members] ?? null,
  };
}

function sums(nodes: number, of: (node: number) => RonTraffic): Record<keyof RonTraffic, number> {
  const total = { probeBytes: 0, linkStateBytes: 0, memberBytes: 0, dataBytes: 0, relayedBytes: 0 };
  for (let node = 0; node < nodes; node++) {
    const counts = of(node);
    for (const name of ["probeBytes", "linkStateBytes", "memberBytes", "dataBytes", "relayedBytes"] as const) total[name] += counts[name];
  }
  return total;
}

/** A least-squares fit of y = linear · x + quadratic · x² through the origin. */
export interface QuadraticFit {
  readonly linear: number;
  readonly quadratic: number;
}

/**
 * Fits the overhead's growth: x is N - 1, since a lone member sends nothing.
 *
 * @param rows at least two different numbers of members
 * @param value column with the values
 */
export function fitOverhead(rows: readonly Row[], value = "total_kbps"): QuadraticFit {
  let [s2, s3, s4, t1, t2] = [0, 0, 0, 0, 0];
  for (const row of rows) {
    const x = checkNumber("members", row.members, { min: 1, integer: true }) - 1;
    const y = checkNumber(value, row[value]);
    s2 += x * x;
    s3 += x * x * x;
    s4 += x * x * x * x;
    t1 += x * y;
    t2 += x * x * y;
  }
  const determinant = s2 * s4 - s3 * s3;
  checkNumber("different numbers of members", determinant, { min: 0, exclusiveMin: true });
  return { linear: (t1 * s4 - t2 * s3) / determinant, quadratic: (t2 * s2 - t1 * s3) / determinant };
}
