/** How much longer a lookup takes than the way to the owner itself, with and without alternates chosen by network distance (TON 2003, section VI-F). */
import { ChordSnapshot, RouteReport, type LookupStyle } from "../../peer-to-peer";
import { checkChoice, checkNumber } from "../../errors";
import { GeographicLatency, type LatencyModel } from "../../network";
import type { IdTable } from "../../ids";
import { asin } from "../../network/exact-trigonometry";
import type { RandomStream } from "../../simulation";
import { defineExperiment } from "../define";
import { countOf, drawnNodes, meanOf, percentileOf, upTo } from "./setting";

/** Hosts at so many places spread evenly over the globe, land or sea: positions by area, latencies by distance in fibre. */
function worldWide(hosts: number, sites: number, random: RandomStream): LatencyModel {
  const places = Array.from({ length: Math.min(hosts, sites) }, () => ({ latitude: (asin(2 * random.uniform() - 1) * 180) / Math.PI, longitude: 360 * random.uniform() - 180 }));
  return new GeographicLatency(places, Array.from({ length: hosts }, () => random.integer(places.length)));
}

/** Points of a cube, latency in proportion to their distance (TON's first model). */
function inACube(hosts: number, random: RandomStream): LatencyModel {
  const at = Float64Array.from({ length: 3 * hosts }, () => random.uniform());
  return {
    hosts,
    latencyUs: (a, b) => {
      const [x, y, z] = [at[3 * a] - at[3 * b], at[3 * a + 1] - at[3 * b + 1], at[3 * a + 2] - at[3 * b + 2]];
      return Math.ceil(100_000 * Math.sqrt(x * x + y * y + z * z));
    },
  };
}

/** What a lookup on a ring costs in time against the round trip to the owner. */
export interface StretchSummary {
  /** Median over the lookups. */
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
  readonly meanLatencyMs: number;
}

/**
 * Stretch of lookups between random hosts of a latency model, for random keys: time until the origin has the answer over the round trip between origin and owner. Lookups whose owner
 * is the origin, or no way off, have no stretch and are left out.
 * @param model latencies; node n of the ring is host n
 * @param table ids, one for each host of the model, and no other rows
 * @param alternates 0..32
 */
export function lookupStretch(model: LatencyModel, table: IdTable, options: { readonly style: LookupStyle; readonly alternates: number; readonly lookups: number }, random: RandomStream): StretchSummary {
  const nodes = table.length;
  const latencyUs = (a: number, b: number) => model.latencyUs(a, b);
  const snapshot = new ChordSnapshot(table, upTo(nodes), { routing: "fingers", style: options.style, alternates: options.alternates, latencyUs });
  const key = table.pushRandom(options.lookups, random);
  const report = new RouteReport();
  const stretch: number[] = [];
  const times: number[] = [];
  for (let i = 0; i < options.lookups; i++) {
    const from = random.integer(nodes);
    snapshot.lookup(from, key + i, report);
    const directUs = report.owner === from ? 0 : latencyUs(from, report.owner) + latencyUs(report.owner, from);
    if (directUs === 0) continue;
    stretch.push(report.latencyUs / directUs);
    times.push(report.latencyUs / 1000);
  }
  return { median: percentileOf(stretch, 0.5), p10: percentileOf(stretch, 0.1), p90: percentileOf(stretch, 0.9), meanLatencyMs: meanOf(times) };
}

/** Stretch with 0 to 16 alternates, in both styles. */
export const chordLatency = defineExperiment({
  id: "chord-latency",
  question: "How much longer does a Chord lookup take than the round trip to the owner, and what do near alternates save?",
  section: "P&D 9.4.2",
  parameters: { idBits: 160, nodes: 1000, lookups: 600, network: "globe", places: 150 },
  factors: [
    { name: "style", title: "Style", type: "string", levels: ["recursive", "iterative"] },
    { name: "alternates", title: "Alternates of a finger", type: "integer", levels: [0, 1, 2, 4, 8, 16] },
  ],
  seed: 66,
  replications: { quick: 2, full: 20 },
  metrics: [
    { name: "stretch", title: "Stretch", type: "number", digits: 4, definition: "Time until the origin has its answer over the round trip to the owner, median over the lookups." },
    { name: "stretch_p90", title: "90th percentile", type: "number", digits: 4, definition: "Stretch that 90 % of the lookups do not exceed." },
    { name: "latency_ms", title: "Latency", type: "number", unit: "ms", digits: 4, definition: "Time until the origin has its answer, mean over the lookups." },
  ],
  run: (arm, context) => {
    const nodes = countOf(context.parameters, "nodes", 2, 200_000);
    const network = checkChoice("network", context.parameters.network as "globe" | "cube", ["globe", "cube"]);
    const places = context.random("places");
    const model = network === "cube" ? inACube(nodes, places) : worldWide(nodes, countOf(context.parameters, "places", 1, 2000), places);
    const alternates = checkNumber("alternates", arm.alternates, { min: 0, max: 32, integer: true });
    const summary = lookupStretch(model, drawnNodes(context, nodes), { style: arm.style as LookupStyle, alternates, lookups: countOf(context.parameters, "lookups", 1, 10_000_000) }, context.random("lookups"));
    return [{ stretch: summary.median, stretch_p90: summary.p90, latency_ms: summary.meanLatencyMs }];
  },
});
