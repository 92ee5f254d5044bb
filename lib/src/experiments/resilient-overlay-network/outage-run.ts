/**
 * The outage run: a RON on a provider Internet whose links fail for more than half an hour each, and applications that send through it while they do. For
 * every pair of sites whose route crosses the failed link one sees how long nothing arrives over the RON, and when the Internet's own routing has mended it.
 */
import { ParameterError, checkNumber } from "../../errors";
import { SlowInternet, SlowInternetTransport, type LinkTrouble } from "../../network/slow-routing";
import { RON_METRICS, type RonMetric, type RonParameters } from "../../routing-overlays";
import type { RandomStream } from "../../simulation";
import { HOUR, MINUTE, SECOND_US } from "../../units";
import { providerInternet, type ProviderInternet } from "./provider-internet";
import { simulateRon, type RonWorld } from "./world";

/** Settings of an outage run. */
export interface OutageRunOptions {
  /** Sites, each a member, 3..64; 12 in RON1. */
  readonly nodes: number;
  readonly providers: number;
  /** Simulated time, 1..1000 hours; 64 in RON1. */
  readonly hours: number;
  /** Links that fail, one after the other, at most one per 50 min; 32 in RON1. */
  readonly outages: number;
  /** Every outage lasts this long, and then some more with an exponential distribution, minutes. */
  readonly leastOutageMinutes: number;
  readonly meanMoreMinutes: number;
  /** Share of the outages that strike a site's own access line, where no overlay can help, 0..1; the others strike peerings and backbones. */
  readonly accessShare: number;
  /** Share of the outages that the Internet's routing notices, 0..1, and its mean delay then, minutes (Labovitz et al.: 3). */
  readonly noticedShare: number;
  readonly meanConvergenceMinutes: number;
  /** Spells of loss and delay on peerings: how many in an hour, on all links together. */
  readonly congestionsPerHour: number;
  /** Most pairs that applications are run for in one outage, 1..100. */
  readonly pairsPerOutage: number;
  /** Packets a second of each application, 1..100; each pair has one application for each metric. */
  readonly packetsPerSecond: number;
  readonly ron?: Partial<RonParameters>;
}

/** What became of one pair of sites in one outage. */
export interface PairOutage {
  readonly outage: number;
  readonly from: number;
  readonly to: number;
  /** Start and end of the outage of the link, µs. */
  readonly startUs: number;
  readonly endUs: number;
  /** For each metric, true when the RON sent the pair's traffic on the failed link as it failed. */
  readonly wasHit: readonly boolean[];
  /** True when some member had working ways to both ends and back: a probe needs both. */
  readonly relayExists: boolean;
  /** For each metric, from the start to the sending of the first packet that arrived over the RON, µs; -1 for none while applications ran. */
  readonly recoveryUs: readonly number[];
  /** From the start until the source had detected the outage of its direct path, µs; -1 for never. */
  readonly detectionUs: number;
  /** From the start until the Internet's own route worked again, µs. */
  readonly internetUs: number;
}

/** The result of an outage run. */
export interface OutageRun {
  readonly world: RonWorld;
  readonly network: ProviderInternet;
  readonly internet: SlowInternet;
  readonly pairs: readonly PairOutage[];
}

/** Applications run from so long before an outage until so long after its start. */
const BEFORE_US = 5 * SECOND_US;
const AFTER_US = 150 * SECOND_US;
/** Quiet time before the first outage, so that loss rates and tables have settled, and between two, µs. */
const QUIET_US = 10 * MINUTE * SECOND_US;

type PlannedPair = Pick<PairOutage, "outage" | "from" | "to" | "startUs" | "endUs"> & { readonly wasHit: boolean[]; readonly recoveryUs: number[]; detectionUs: number };

/**
 * Runs it.
 *
 * @param random streams by name, as of an experiment
 * @throws ParameterError for a setting out of range, or more outages than the hours hold
 */
export function outageRun(options: OutageRunOptions, seed: number, replication: number, random: (name: string) => RandomStream): OutageRun {
  checkOptions(options);
  const network = providerInternet({ sites: options.nodes, providers: options.providers, random: random("internet") });
  const calm = new SlowInternet({ graph: network.graph, hosts: options.nodes, linkLoss: network.linkLoss });
  const outages = planOutages(options, network, calm, random("outages"));
  const troubles = [...outages, ...planCongestion(options, network, random("congestion"))];
  const internet = new SlowInternet({ graph: network.graph, hosts: options.nodes, linkLoss: network.linkLoss, troubles, jitterUs: 1000 });
  const planned = outages.flatMap((outage, index) => affectedPairs(internet, outage, options.pairsPerOutage, random("pairs")).map((pair): PlannedPair => ({
    ...pair, outage: index, startUs: outage.fromUs, endUs: outage.untilUs, wasHit: RON_METRICS.map(() => false), recoveryUs: RON_METRICS.map(() => -1), detectionUs: -1,
  })));
  const world = simulateRon({
    nodes: options.nodes, seed, replication, parameters: options.ron, transport: new SlowInternetTransport(internet, random("packets")),
    observer: {
      delivered: (_timeUs, _node, data) => {
        const pair = planned[data.packet];
        const metric = RON_METRICS.indexOf(data.metric as RonMetric);
        if (pair.recoveryUs[metric] < 0 && data.sentUs >= pair.startUs) pair.recoveryUs[metric] = data.sentUs - pair.startUs;
      },
      outage: (timeUs, node, peer, isDead) => {
        if (!isDead) return;
        for (const pair of planned) if (pair.from === node && pair.to === peer && pair.detectionUs < 0 && timeUs >= pair.startUs && timeUs < pair.endUs) pair.detectionUs = timeUs - pair.startUs;
      },
    },
  });
  planned.forEach((pair, packet) => runApplications(world, internet, options.packetsPerSecond, pair, packet));
  world.run(options.hours * HOUR * SECOND_US);
  const pairs = planned.map((pair): PairOutage => ({
    ...pair,
    relayExists: relayExists(internet, pair.from, pair.to, pair.startUs),
    internetUs: internet.reachableFromUs(pair.from, pair.to, pair.startUs) - pair.startUs,
  }));
  return { world, network, internet, pairs };
}

/** Whether probes get from both ends of a pair to some third site and back. */
function relayExists(internet: SlowInternet, from: number, to: number, timeUs: number): boolean {
  const works = (a: number, b: number) => internet.delayUs(a, b, timeUs) >= 0 && internet.delayUs(b, a, timeUs) >= 0;
  for (let relay = 0; relay < internet.hosts; relay++) if (relay !== from && relay !== to && works(from, relay) && works(relay, to)) return true;
  return false;
}

/** Lets one application for each metric send while the outage begins, and notes which of them it hits. */
function runApplications(world: RonWorld, internet: SlowInternet, packetsPerSecond: number, pair: PlannedPair, packet: number): void {
  const { from, to, startUs } = pair;
  const flow = { destination: to, packet, intervalUs: Math.round(SECOND_US / packetsPerSecond), untilUs: startUs + AFTER_US };
  world.simulation.invokeAt(startUs - BEFORE_US, from, (node, context) => RON_METRICS.forEach((metric) => node.startFlow(context, { ...flow, metric })));
  world.simulation.invokeAt(startUs, from, (node) => {
    RON_METRICS.forEach((_, metric) => {
      const hops = [from, ...(node.table.pathFor(0, metric, to, startUs) ?? []), to];
      pair.wasHit[metric] = hops.slice(1).some((next, index) => internet.delayUs(hops[index], next, startUs) < 0);
    });
  });
}

function checkOptions(options: OutageRunOptions): void {
  checkNumber("nodes", options.nodes, { min: 3, max: 64, integer: true });
  checkNumber("hours", options.hours, { min: 1, max: 1000, unit: "h" });
  const most = Math.floor((options.hours * MINUTE) / 50);
  checkNumber("outages", options.outages, { min: 1, max: most, integer: true, unit: `outages in ${options.hours} hours` });
  const slotMinutes = (options.hours * MINUTE) / options.outages;
  checkNumber("leastOutageMinutes", options.leastOutageMinutes, { min: 1, max: slotMinutes - 20, unit: `minutes, since ${slotMinutes} are left for each outage` });
  checkNumber("meanMoreMinutes", options.meanMoreMinutes, { min: 0, max: 1e5, unit: "minutes" });
  checkNumber("accessShare", options.accessShare, { min: 0, max: 1 });
  checkNumber("noticedShare", options.noticedShare, { min: 0, max: 1 });
  checkNumber("meanConvergenceMinutes", options.meanConvergenceMinutes, { min: 0.01, max: 1e4, unit: "minutes" });
  checkNumber("congestionsPerHour", options.congestionsPerHour, { min: 0, max: 100 });
  checkNumber("pairsPerOutage", options.pairsPerOutage, { min: 1, max: 100, integer: true });
  checkNumber("packetsPerSecond", options.packetsPerSecond, { min: 1, max: 100 });
}

/** One outage in each equal share of the time, on a link that some pair's route crosses. */
function planOutages(options: OutageRunOptions, network: ProviderInternet, internet: SlowInternet, random: RandomStream): LinkTrouble[] {
  const slotUs = Math.floor((options.hours * HOUR * SECOND_US) / options.outages);
  const minuteUs = MINUTE * SECOND_US;
  return Array.from({ length: options.outages }, (_, index) => {
    const longest = slotUs - 2 * QUIET_US;
    const drawn = Math.round((options.leastOutageMinutes + (options.meanMoreMinutes > 0 ? random.exponential(options.meanMoreMinutes) : 0)) * minuteUs);
    const lengthUs = Math.min(longest, drawn);
    const fromUs = index * slotUs + QUIET_US + Math.floor(random.uniform() * (longest - lengthUs));
    const link = drawLink(options, network, internet, random);
    const noticed = random.uniform() < options.noticedShare;
    const convergenceUs = Math.round(random.exponential(options.meanConvergenceMinutes) * minuteUs);
    return { link, fromUs, untilUs: fromUs + lengthUs, loss: 1, noticedAfterUs: noticed ? convergenceUs : Infinity, restoredAfterUs: noticed ? minuteUs : 0 };
  });
}

/** A link from the route of a random pair: busy links fail more often, as seen from the sites. */
function drawLink(options: OutageRunOptions, network: ProviderInternet, internet: SlowInternet, random: RandomStream): number {
  const isAccess = random.uniform() < options.accessShare;
  for (let attempt = 0; attempt < 1000; attempt++) {
    const [from, to] = random.sample(options.nodes, 2);
    const links = (internet.route(from, to, 0) ?? []).map((link) => network.graph.physical[link]);
    const wanted = links.filter((link) => (network.kinds[link] === "access") === isAccess);
    if (wanted.length > 0) return random.pick(wanted);
  }
  throw new ParameterError({ what: "no route crosses a peering or backbone", expected: "more sites in different cities, or more providers", where: "parameter providers" });
}

/** Spells of 2 to 20 minutes in which a peering loses up to a fifth of all packets and takes up to 100 ms longer. */
function planCongestion(options: OutageRunOptions, network: ProviderInternet, random: RandomStream): LinkTrouble[] {
  const peerings = network.kinds.flatMap((kind, link) => (kind === "peering" ? [link] : []));
  const count = peerings.length === 0 ? 0 : Math.round(options.congestionsPerHour * options.hours);
  return Array.from({ length: count }, () => {
    const fromUs = Math.floor(random.uniform() * options.hours * HOUR * SECOND_US);
    const lengthUs = Math.round((2 + 18 * random.uniform()) * MINUTE * SECOND_US);
    return { link: random.pick(peerings), fromUs, untilUs: fromUs + lengthUs, loss: 0.2 * random.uniform(), extraUs: random.integer(100_001) };
  });
}

/** Pairs whose direct packets vanish when the outage begins, at most so many, drawn. */
function affectedPairs(internet: SlowInternet, outage: LinkTrouble, most: number, random: RandomStream): { readonly from: number; readonly to: number }[] {
  const { hosts } = internet;
  const all: { from: number; to: number }[] = [];
  for (let from = 0; from < hosts; from++) for (let to = 0; to < hosts; to++) if (from !== to && internet.delayUs(from, to, outage.fromUs) < 0) all.push({ from, to });
  return random.shuffle(all).slice(0, most);
}
