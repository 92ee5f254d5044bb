/**
 * How much better the paths of RON are while nothing is broken: for every pair of sites, once a minute, the true latency, loss and throughput score of the
 * direct path and of the one that RON has chosen by its measurements, and of the best that an omniscient overlay could choose.
 */
import type { Table } from "../../analysis/table";
import { checkNumber } from "../../errors";
import { triangleReport } from "../../network";
import { SlowInternet, SlowInternetTransport, type LinkTrouble } from "../../network/slow-routing";
import { composeLoss, throughputScore, type OverlayPath } from "../../routing-overlays";
import type { RandomStream } from "../../simulation";
import { MINUTE, SECOND_US } from "../../units";
import { defineExperiment, type RunContext } from "../define";
import { providerInternet, type ProviderInternet } from "./provider-internet";
import { simulateRon } from "./world";

/** Loss rate below which the score of a path gains no more: RON's own floor. */
const LEAST_LOSS = 0.02;
/** Time until all paths have been measured and told. */
const WARM_UP_US = 2 * MINUTE * SECOND_US;

/** Gains of RON while paths work, and the share of triangle violations under it. */
export const ronPathQuality = defineExperiment({
  id: "ron-path-quality",
  question: "How often is there a better path over another site, how often does RON take one, and what does it gain?",
  section: "P&D 9.4.1",
  parameters: { sites: 12, minutes: 20, congestionsPerHour: 12 },
  factors: [{ name: "providers", title: "Providers", type: "integer", levels: [5] }],
  seed: 16,
  replications: { quick: 4, full: 100 },
  metrics: [
    { name: "violated_percent", title: "Pairs with a faster relay", type: "number", unit: "%", digits: 3, definition: "Unordered pairs of sites for which some third site gives a shorter round trip, on the calm network." },
    { name: "fifth_percent", title: "Pairs saving a fifth", type: "number", unit: "%", digits: 3, definition: "Unordered pairs whose best relay saves at least a fifth of the round trip." },
    { name: "relayed_percent", title: "Latency paths over a relay", type: "number", unit: "%", digits: 3, definition: "Samples in which RON's latency-optimised path has an intermediate node." },
    { name: "latency_gain_ms", title: "Gain where relayed", type: "number", unit: "ms", digits: 3, definition: "True round trip of the direct path less that of RON's, mean over the samples with an intermediate node." },
    { name: "worse_percent", title: "Truly worse", type: "number", unit: "%", digits: 3, definition: "Samples in which RON's latency-optimised path was truly slower than the direct one: its measurements lag." },
    { name: "loss_lower_percent", title: "Loss lower by 0.05", type: "number", unit: "%", digits: 3, definition: "Samples in which the true loss of RON's loss-optimised path was lower by 0.05 or more." },
    { name: "throughput_doubled_percent", title: "Throughput doubled", type: "number", unit: "%", digits: 3, definition: "Samples in which the true throughput score of RON's throughput-optimised path was at least twice the direct one's." },
    { name: "one_suffices_percent", title: "One intermediate suffices", type: "number", unit: "%", digits: 4, definition: "Unordered pairs for which two intermediates save less than 5 % of the round trip over what at most one gives." },
  ],
  run: (arm, context) => [qualityRun(arm.providers as number, context).metrics],
});

/** The true quality of a path. */
interface Truth {
  readonly roundTripUs: number;
  readonly loss: number;
}

/** A run with its measures and the network it ran on. */
export interface QualityRun {
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly network: ProviderInternet;
  /** Round trips at the end, by from * sites + to, µs: direct, and on RON's latency-optimised path. */
  readonly directUs: Float64Array;
  readonly overlayUs: Float64Array;
}

/**
 * Runs a RON on a network without outages and samples its paths.
 *
 * @param providers of the network, 1..16
 * @throws ParameterError for a parameter out of range
 */
export function qualityRun(providers: number, context: Pick<RunContext, "parameters" | "seed" | "replication" | "random">): QualityRun {
  const number = (name: string) => context.parameters[name] as number;
  const sites = checkNumber("sites", number("sites"), { min: 3, max: 64, integer: true });
  const minutes = checkNumber("minutes", number("minutes"), { min: 1, max: 10_000, integer: true, unit: "min" });
  const network = providerInternet({ sites, providers, random: context.random("internet") });
  const troubles = planSpells(network, checkNumber("congestionsPerHour", number("congestionsPerHour"), { min: 0, max: 1000 }), minutes, context.random("congestion"));
  const internet = new SlowInternet({ graph: network.graph, hosts: sites, linkLoss: network.linkLoss, troubles, jitterUs: 1000 });
  const world = simulateRon({ nodes: sites, seed: context.seed, replication: context.replication, transport: new SlowInternetTransport(internet, context.random("packets")) });
  const count = { samples: 0, relayed: 0, savedUs: 0, worse: 0, lossLower: 0, doubled: 0 };
  const directUs = new Float64Array(sites * sites);
  const overlayUs = new Float64Array(sites * sites);
  for (let minute = 0; minute < minutes; minute++) {
    const atUs = WARM_UP_US + minute * MINUTE * SECOND_US;
    world.run(atUs);
    for (let from = 0; from < sites; from++) for (let to = 0; to < sites; to++) {
      if (from === to) continue;
      const path = (metric: number) => world.node(from).table.pathFor(0, metric, to, atUs) ?? [];
      const truth = (route: OverlayPath) => trueQuality(internet, [from, ...route, to], atUs);
      const [latency, loss, throughput] = [0, 1, 2].map(path);
      const direct = truth([]);
      const chosen = truth(latency);
      directUs[from * sites + to] = direct.roundTripUs;
      overlayUs[from * sites + to] = chosen.roundTripUs;
      count.samples += 1;
      count.relayed += latency.length > 0 ? 1 : 0;
      count.savedUs += direct.roundTripUs - chosen.roundTripUs;
      count.worse += chosen.roundTripUs > direct.roundTripUs ? 1 : 0;
      count.lossLower += direct.loss - truth(loss).loss >= 0.05 ? 1 : 0;
      const fast = truth(throughput);
      count.doubled += throughputScore(fast.roundTripUs, fast.loss, LEAST_LOSS) >= 2 * throughputScore(direct.roundTripUs, direct.loss, LEAST_LOSS) ? 1 : 0;
    }
  }
  const share = (value: number) => (100 * value) / count.samples;
  const calm = triangleReport({ hosts: sites, latencyUs: (from, to) => internet.delayUs(from, to, 0) });
  const metrics = {
    violated_percent: 100 * calm.share, fifth_percent: 100 * calm.shareSavingFifth, relayed_percent: share(count.relayed),
    latency_gain_ms: count.relayed === 0 ? null : count.savedUs / count.relayed / 1000,
    worse_percent: share(count.worse), loss_lower_percent: share(count.lossLower), throughput_doubled_percent: share(count.doubled), one_suffices_percent: oneSuffices(internet),
  };
  return { metrics, network, directUs, overlayUs };
}

/** Round trip and one-way loss of a way over sites, as it is at a time. */
function trueQuality(internet: SlowInternet, hops: readonly number[], atUs: number): Truth {
  let roundTripUs = 0;
  let loss = 0;
  for (let hop = 1; hop < hops.length; hop++) {
    roundTripUs += internet.delayUs(hops[hop - 1], hops[hop], atUs) + internet.delayUs(hops[hop], hops[hop - 1], atUs);
    loss = composeLoss(loss, internet.loss(hops[hop - 1], hops[hop], atUs));
  }
  return { roundTripUs, loss };
}

/** Spells of 5 to 15 minutes in which a peering loses up to 15 % and takes up to 100 ms longer; none before the start. */
function planSpells(network: ProviderInternet, perHour: number, minutes: number, random: RandomStream): LinkTrouble[] {
  const peerings = network.kinds.flatMap((kind, link) => (kind === "peering" ? [link] : []));
  const count = peerings.length === 0 ? 0 : Math.round((perHour * minutes) / 60);
  return Array.from({ length: count }, () => {
    const fromUs = 1 + Math.floor(random.uniform() * (minutes + 2) * MINUTE * SECOND_US);
    const lengthUs = Math.round((5 + 10 * random.uniform()) * MINUTE * SECOND_US);
    return { link: random.pick(peerings), fromUs, untilUs: fromUs + lengthUs, loss: 0.15 * random.uniform(), extraUs: random.integer(100_001) };
  });
}

/** Share of pairs, in per cent, for which a second intermediate saves less than 5 % on the calm network. */
function oneSuffices(internet: SlowInternet): number {
  const { hosts } = internet;
  const trip = (a: number, b: number) => internet.delayUs(a, b, 0) + internet.delayUs(b, a, 0);
  let suffices = 0;
  let pairs = 0;
  for (let a = 0; a < hosts; a++) for (let b = a + 1; b < hosts; b++) {
    let one = trip(a, b);
    let two = Infinity;
    for (let first = 0; first < hosts; first++) {
      if (first === a || first === b) continue;
      one = Math.min(one, trip(a, first) + trip(first, b));
      for (let second = 0; second < hosts; second++) if (second !== a && second !== b && second !== first) two = Math.min(two, trip(a, first) + trip(first, second) + trip(second, b));
    }
    pairs += 1;
    suffices += two * 1.05 > one ? 1 : 0;
  }
  return (100 * suffices) / pairs;
}

/** The latency gain of every pair of sites, ms, as a table for a map: rows from, columns to. */
export function latencyGainTable(run: QualityRun): Table {
  const { sites, names, codes } = run.network;
  return {
    name: "ron-path-quality-gain-map",
    columns: [
      { name: "from", title: "From", type: "string" },
      { name: "to", title: "To", type: "string" },
      { name: "to_code", title: "To", type: "string", definition: "The same in three letters." },
      { name: "direct_ms", title: "Direct", type: "number", unit: "ms", digits: 3, definition: "True round trip of the direct path." },
      { name: "gain_ms", title: "Gain", type: "number", unit: "ms", digits: 2, definition: "By how much the true round trip over RON's latency-optimised path is shorter; empty where RON sends directly." },
    ],
    rows: names.flatMap((from, a) => names.map((to, b) => {
      const at = a * sites + b;
      const gain = (run.directUs[at] - run.overlayUs[at]) / 1000;
      return { from, to, to_code: codes[b], direct_ms: a === b ? null : run.directUs[at] / 1000, gain_ms: a === b || gain === 0 ? null : gain };
    })),
  };
}
