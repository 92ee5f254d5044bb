/** What load does to a central registry: queries wait for each other, as in the textbook queue. */
import { checkNumber } from "../../errors";
import { meanRegistryWaitUs } from "../../peer-to-peer/napster";
import { defineExperiment, type RunContext } from "../define";
import { simulateNapster } from "./simulate-napster";

/** Waiting time at the registry against its load. */
export const napsterRegistryLoad = defineExperiment({
  id: "napster-registry-load",
  question: "How long does a query wait at the central registry as its load grows?",
  section: "P&D 9.4.2",
  parameters: { serviceMs: 1, queries: 3000, maxQueue: 10_000 },
  factors: [{ name: "load", title: "Load", type: "number", levels: [0.2, 0.4, 0.6, 0.8] }],
  seed: 943,
  replications: { quick: 6, full: 60 },
  metrics: [
    { name: "wait_ms", title: "Waiting time", type: "number", unit: "ms", digits: 4, definition: "Time from a query's arrival at the registry until work on it begins, mean over the queries." },
    { name: "refused_percent", title: "Refused", type: "number", unit: "%", digits: 3, definition: "Queries that found the queue full, in per cent." },
  ],
  oracle: {
    metric: "wait_ms",
    source: "Pollaczek-Khinchine formula for constant service (M/D/1)",
    expected: ({ load }, { serviceMs }) => {
      const waitUs = meanRegistryWaitUs(((load as number) * 1000) / (serviceMs as number), 1000 * (serviceMs as number), 0);
      return waitUs === null ? null : waitUs / 1000;
    },
    tolerance: 0.2,
  },
  run: ({ load }, context) => [measure(load as number, context)],
});

function measure(load: number, { parameters, random, seed, replication }: RunContext): Readonly<Record<string, number>> {
  checkNumber("load", load, { min: 0, exclusiveMin: true, max: 100 });
  const serviceUs = 1000 * checkNumber("serviceMs", parameters.serviceMs, { min: 0, exclusiveMin: true, max: 1e6, unit: "ms" });
  const queries = checkNumber("queries", parameters.queries, { min: 1, max: 1e6, integer: true });
  const quiet = { heartbeatUs: 1e12, answerTimeoutUs: 1e12 };
  const world = simulateNapster({ peers: [{ files: [] }], registry: { serviceUs: { kind: "constant", value: serviceUs }, maxQueue: parameters.maxQueue as number }, peer: quiet }, { seed, replication });
  const arrivals = random("arrivals");
  // The same draws for every load, stretched.
  let atUs = 1_000_000;
  for (let query = 0; query < queries; query++) world.searchAt(Math.round((atUs += arrivals.exponential(serviceUs) / load)), 1, "train");
  world.simulation.run({ untilUs: Math.round(atUs) + 1_000_000 + Math.round(queries * serviceUs) });
  const waits = world.served.filter(({ kind }) => kind === "query");
  return { wait_ms: waits.reduce((sum, { waitUs }) => sum + waitUs, 0) / Math.max(1, waits.length) / 1000, refused_percent: (100 * world.refused.length) / queries };
}
