/** One outage on one path, second by second: what arrives with and without RON, and when each side notices. */
import type { Table } from "../../analysis/table";
import { LimitError, checkNumber } from "../../errors";
import { SlowInternet, SlowInternetTransport } from "../../network/slow-routing";
import { RandomStream } from "../../simulation";
import { MINUTE, SECOND_US } from "../../units";
import { providerInternet } from "./provider-internet";
import { simulateRon } from "./world";

/** Settings of {@link outageTimeline}. */
export interface OutageTimelineOptions {
  readonly seed: number;
  /** 3..64 */
  readonly nodes: number;
  /** How long the Internet's routing needs to move its routes, minutes, 1..60. */
  readonly convergenceMinutes: number;
  /** Packets a second on each of the two, 1..1000. */
  readonly packetsPerSecond: number;
}

/** What happened. */
export interface OutageTimeline {
  /** Share of packets lost in each span of two seconds, with and without RON. */
  readonly loss: Table;
  readonly from: string;
  readonly to: string;
  /** Intermediate sites of the path that RON took. */
  readonly over: readonly string[];
  /** Seconds from the outage until the source took the direct path for dead, until the first packet arrived over RON again, and until one arrived without. */
  readonly detectionSeconds: number;
  readonly recoverySeconds: number;
  readonly internetSeconds: number;
}

const START_US = 10 * MINUTE * SECOND_US;
const BEFORE_SECONDS = 30;
const AFTER_SECONDS = 60;
const BIN_SECONDS = 2;

/**
 * Breaks the link that most routes cross, and watches a pair whose packets it carries.
 *
 * @throws ParameterError for a setting out of range; LimitError when 20 drawn networks hold no pair with another way
 */
export function outageTimeline(options: OutageTimelineOptions): OutageTimeline {
  const nodes = checkNumber("nodes", options.nodes, { min: 3, max: 64, integer: true });
  const convergenceMinutes = checkNumber("convergenceMinutes", options.convergenceMinutes, { min: 1, max: 60, unit: "min" });
  const packetsPerSecond = checkNumber("packetsPerSecond", options.packetsPerSecond, { min: 1, max: 1000 });
  const noticedAfterUs = Math.round(convergenceMinutes * MINUTE * SECOND_US);
  const trouble = { fromUs: START_US, untilUs: START_US + 2 * noticedAfterUs + HOUR_US, loss: 1, noticedAfterUs };
  for (let attempt = 0; attempt < 20; attempt++) {
    const random = (name: string) => new RandomStream({ seed: options.seed, replication: attempt, name });
    const network = providerInternet({ sites: nodes, providers: 5, peeringLossMost: 0.003, random: random("internet") });
    const calm = new SlowInternet({ graph: network.graph, hosts: nodes });
    for (const link of busiestPeerings(calm, network.kinds)) {
      const internet = new SlowInternet({ graph: network.graph, hosts: nodes, linkLoss: network.linkLoss, jitterUs: 1000, troubles: [{ ...trouble, link }] });
      const pair = mendablePair(internet);
      if (pair === undefined) continue;
      const watched = watch(internet, pair, options.seed, attempt, packetsPerSecond, convergenceMinutes * MINUTE);
      if (watched === undefined) continue;
      return { ...watched, from: network.names[pair.from], to: network.names[pair.to], over: watched.over.map((site) => network.names[site]) };
    }
  }
  throw new LimitError({ what: "no pair with another way in 20 drawn networks", got: nodes, expected: "more sites", where: "parameter nodes" });
}

const HOUR_US = 60 * MINUTE * SECOND_US;

/** Peerings by the number of pairs whose route crosses them, busiest first. */
function busiestPeerings(internet: SlowInternet, kinds: readonly string[]): number[] {
  const counts = new Map<number, number>();
  for (let from = 0; from < internet.hosts; from++) for (let to = 0; to < internet.hosts; to++) {
    for (const directed of internet.route(from, to, 0) ?? []) {
      const link = internet.graph.physical[directed];
      if (kinds[link] === "peering") counts.set(link, (counts.get(link) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([link]) => link);
}

/** The first pair that the outage cuts off, that some site can help, and that the Internet's routing mends. */
function mendablePair(internet: SlowInternet): { readonly from: number; readonly to: number } | undefined {
  const { hosts } = internet;
  const works = (a: number, b: number) => internet.delayUs(a, b, START_US) >= 0 && internet.delayUs(b, a, START_US) >= 0;
  for (let from = 0; from < hosts; from++) for (let to = 0; to < hosts; to++) {
    if (from === to || works(from, to) || internet.reachableFromUs(from, to, START_US) > START_US + HOUR_US) continue;
    for (let relay = 0; relay < hosts; relay++) if (relay !== from && relay !== to && works(from, relay) && works(relay, to)) return { from, to };
  }
  return undefined;
}

function watch(internet: SlowInternet, pair: { readonly from: number; readonly to: number }, seed: number, replication: number, packetsPerSecond: number, convergenceSeconds: number) {
  const spans = Math.ceil((BEFORE_SECONDS + convergenceSeconds + AFTER_SECONDS) / BIN_SECONDS);
  const startUs = START_US - BEFORE_SECONDS * SECOND_US;
  const untilUs = startUs + spans * BIN_SECONDS * SECOND_US;
  const arrived = [new Int32Array(spans), new Int32Array(spans)];
  const first = [Infinity, Infinity];
  let over: readonly number[] = [];
  let detectionSeconds = Infinity;
  const world = simulateRon({
    nodes: internet.hosts, seed, replication, transport: new SlowInternetTransport(internet, new RandomStream({ seed, replication, name: "packets" })),
    observer: {
      delivered: (_timeUs, _node, data, relays) => {
        const index = data.metric === "direct" ? 1 : 0;
        arrived[index][Math.floor((data.sentUs - startUs) / SECOND_US / BIN_SECONDS)] += 1;
        if (data.sentUs < START_US || first[index] < Infinity) return;
        first[index] = (data.sentUs - START_US) / SECOND_US;
        if (index === 0) over = relays;
      },
      outage: (timeUs, node, peer, isDead) => {
        if (isDead && node === pair.from && peer === pair.to && timeUs >= START_US) detectionSeconds = Math.min(detectionSeconds, (timeUs - START_US) / SECOND_US);
      },
    },
  });
  let wasDirect = false;
  const intervalUs = Math.round(SECOND_US / packetsPerSecond);
  world.simulation.invokeAt(startUs, pair.from, (node, context) => {
    node.startFlow(context, { destination: pair.to, metric: "loss", intervalUs, untilUs });
    node.startFlow(context, { destination: pair.to, metric: "direct", intervalUs, untilUs });
  });
  world.simulation.invokeAt(START_US, pair.from, (node) => (wasDirect = node.table.pathFor(0, 1, pair.to, START_US)?.length === 0));
  world.run(untilUs + SECOND_US);
  if (!wasDirect) return undefined;
  const sent = (BIN_SECONDS * SECOND_US) / intervalUs;
  const percent = (count: number) => Math.min(100, Math.max(0, 100 * (1 - count / sent)));
  const loss: Table = {
    name: "ron-outage-timeline",
    columns: [
      { name: "seconds", title: "Time since the outage began", type: "number", unit: "s", digits: 4 },
      { name: "with_ron", title: "Over RON", type: "number", unit: "%", digits: 3, definition: "Packets lost, of those sent in these two seconds with the metric loss." },
      { name: "without", title: "Without RON", type: "number", unit: "%", digits: 3, definition: "The same for packets sent directly." },
    ],
    rows: Array.from({ length: spans }, (_, span) => ({ seconds: span * BIN_SECONDS - BEFORE_SECONDS, with_ron: percent(arrived[0][span]), without: percent(arrived[1][span]) })),
  };
  return { loss, over, detectionSeconds, recoverySeconds: first[0], internetSeconds: first[1] };
}
