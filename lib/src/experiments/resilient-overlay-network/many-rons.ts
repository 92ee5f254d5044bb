/**
 * The open question of the book: what happens when everyone runs their own RON? k independent RONs, on the same sites of one Internet whose peerings have a rate;
 * each probes for itself, knows nothing of the others, and sends its flows where it measured the least delay. The same flows are sent once more without any RON.
 */
import type { Column, Table } from "../../analysis/table";
import { checkChoice, checkNumber } from "../../errors";
import { SlowInternet } from "../../network/slow-routing";
import { LoadedInternetTransport } from "../../network/slow-routing-load";
import { RON_METRICS, type RonMetric } from "../../routing-overlays";
import { BITS_PER_BYTE, KBPS, SECOND_US } from "../../units";
import { defineExperiment, type RunContext } from "../define";
import type { ExperimentResult } from "../result";
import { providerInternet, type ProviderInternet } from "./provider-internet";
import { simulateRon, type RonWorld } from "./world";

/** Gains and costs against the number of RONs. */
export const ronMany = defineExperiment({
  id: "ron-many",
  question: "When k RONs share the links of one Internet, how much do they probe, how often do they change their minds, and who still gains?",
  section: "P&D 9.4.1",
  parameters: {
    sites: 6, providers: 4, flowsPerRon: 10, flowKbps: 20, packetBytes: 1500, peeringKbps: 800, bufferKilobytes: 25, minutes: 1, warmUpMinutes: 0.5, metric: "latency", hysteresisPercent: 5, maxIntermediates: 1,
  },
  factors: [{ name: "rons", title: "RONs k", type: "integer", levels: [1, 4, 16] }],
  seed: 7,
  replications: { quick: 5, full: 50 },
  metrics: [
    { name: "direct_delay_ms", title: "Without RON", type: "number", unit: "ms", digits: 4, definition: "One-way delay of packets sent directly, no RON probing, mean over flows of each flow's mean." },
    { name: "ron_delay_ms", title: "Over RON", type: "number", unit: "ms", digits: 4, definition: "One-way delay of the same flows' packets when each RON chooses their paths." },
    { name: "direct_loss_percent", title: "Loss without RON", type: "number", unit: "%", digits: 3, definition: "Packets that did not arrive, of all sent directly." },
    { name: "ron_loss_percent", title: "Loss over RON", type: "number", unit: "%", digits: 3, definition: "Packets that did not arrive, of all sent over the RONs." },
    { name: "gaining_percent", title: "Flows that gain", type: "number", unit: "%", digits: 3, definition: "Flows whose delay is at least 5 % shorter over their RON than without any RON, and that lose no more than 2 % more." },
    { name: "losing_percent", title: "Flows that suffer", type: "number", unit: "%", digits: 3, definition: "Flows whose delay is at least 5 % longer over their RON than without any RON, or that lose over 2 % more." },
    { name: "relayed_percent", title: "Packets over a relay", type: "number", unit: "%", digits: 3, definition: "Packets that arrived over an intermediate node, of all that arrived over the RONs." },
    { name: "moves_per_hour", title: "Moves", type: "number", unit: "1/h", digits: 3, definition: "How often an hour a flow's packets changed their path, counted at arrival, mean over flows." },
    { name: "overhead_percent", title: "Probes and tables", type: "number", unit: "%", digits: 3, definition: "Bytes of probes, tables and lists, of all bytes that the RONs sent." },
    { name: "busiest_percent", title: "Busiest peering", type: "number", unit: "%", digits: 3, definition: "Load of the busiest direction of a peering under the RONs, in per cent of its rate." },
  ],
  run: (arm, context) => [compare(arm.rons as number, context)],
});

interface Flow {
  readonly from: number;
  readonly to: number;
}

/** What became of one flow. */
interface FlowResult {
  arrived: number;
  delayUs: number;
  relayed: number;
  moves: number;
  lastPath: string;
}

/** Share of its packets that a flow must lose more than before, to suffer from it. */
const MORE_LOSS = 0.02;

interface ManyRun {
  readonly world: RonWorld;
  readonly transport: LoadedInternetTransport;
  readonly results: readonly FlowResult[];
  readonly sent: number;
}

function compare(rons: number, context: RunContext) {
  const number = (name: string) => context.parameters[name] as number;
  checkNumber("rons", rons, { min: 1, max: 60, integer: true });
  const sites = checkNumber("sites", number("sites"), { min: 3, max: 8, integer: true, unit: "sites" });
  checkNumber("flowsPerRon", number("flowsPerRon"), { min: 1, max: 56, integer: true });
  checkNumber("minutes", number("minutes"), { min: 1, max: 1000, unit: "min" });
  checkNumber("warmUpMinutes", number("warmUpMinutes"), { min: 0.5, max: 1000, unit: "min" });
  checkChoice("metric", context.parameters.metric as RonMetric, RON_METRICS);
  const peeringBps = checkNumber("peeringKbps", number("peeringKbps"), { min: 1, max: 1e9, unit: "kbit/s" }) * KBPS;
  const network = providerInternet({ sites, providers: number("providers"), peeringLossMost: 0.002, peeringBps, random: context.random("internet") });
  // One draw for all numbers of RONs: the first k of 16 RONs have the flows of k RONs.
  const random = context.random("flows");
  const flows = Array.from({ length: rons }, (_, ron) => Array.from({ length: number("flowsPerRon") }, (): Flow => {
    const [from, to] = random.sample(sites, 2);
    return { from: ron * sites + from, to: ron * sites + to };
  })).flat();
  const direct = sendFlows(network, flows, rons, "direct", context);
  const over = sendFlows(network, flows, rons, context.parameters.metric as RonMetric, context);
  return summarise(network, direct, over, context);
}

function sendFlows(network: ProviderInternet, flows: readonly Flow[], rons: number, metric: RonMetric | "direct", context: RunContext): ManyRun {
  const number = (name: string) => context.parameters[name] as number;
  const nodes = rons * network.sites;
  const internet = new SlowInternet({ graph: network.graph, hosts: network.sites, linkLoss: network.linkLoss, jitterUs: 1000 });
  const transport = new LoadedInternetTransport(internet, context.random("packets"), Array.from({ length: nodes }, (_, node) => node % network.sites), number("bufferKilobytes") * 1000);
  const fromUs = Math.round(number("warmUpMinutes") * 60 * SECOND_US);
  const untilUs = fromUs + Math.round(number("minutes") * 60 * SECOND_US);
  const results = flows.map((): FlowResult => ({ arrived: 0, delayUs: 0, relayed: 0, moves: 0, lastPath: "" }));
  const hysteresis = checkNumber("hysteresisPercent", number("hysteresisPercent"), { min: 0, max: 1000, unit: "%" }) / 100;
  const world = simulateRon({
    nodes, seed: context.seed, replication: context.replication, transport, checkEveryUs: 120 * SECOND_US,
    ronOf: Array.from({ length: nodes }, (_, node) => Math.floor(node / network.sites)),
    parameters: metric === "direct" ? SILENT : { latencyHysteresis: hysteresis, lossHysteresis: hysteresis, throughputHysteresis: hysteresis, maxIntermediates: number("maxIntermediates") },
    observer: {
      delivered: (timeUs, _node, data, relays) => {
        if (data.sentUs < fromUs) return;
        const result = results[data.packet];
        const path = relays.join();
        if (result.arrived > 0 && path !== result.lastPath) result.moves += 1;
        result.lastPath = path;
        result.arrived += 1;
        result.delayUs += timeUs - data.sentUs;
        if (relays.length > 0) result.relayed += 1;
      },
    },
  });
  const packetBytes = checkNumber("packetBytes", number("packetBytes"), { min: 1, max: 60_000, integer: true, unit: "bytes" });
  const flowBps = checkNumber("flowKbps", number("flowKbps"), { min: 0.01, max: 1e6, unit: "kbit/s" }) * KBPS;
  const intervalUs = Math.round((packetBytes * BITS_PER_BYTE * SECOND_US) / flowBps);
  const phases = context.random("phases");
  flows.forEach(({ from, to }, packet) => {
    const flow = { destination: to, metric, packet, payloadBytes: packetBytes, intervalUs, untilUs };
    world.simulation.invokeAt(phases.integer(intervalUs), from, (node, nodeContext) => node.startFlow(nodeContext, flow));
  });
  world.run(untilUs + SECOND_US);
  return { world, transport, results, sent: Math.floor((untilUs - fromUs) / intervalUs) };
}

/** Parameters under which a node is silent for 11 days. */
const SILENT = Object.freeze({ probeIntervalUs: 1e12, probeJitterLeastUs: 0, probeJitterMostUs: 0, routingIntervalUs: 1e12, refreshIntervalUs: 1e12, memberLifetimeUs: 1e12, tableLifetimeUs: 1e12 });

function summarise(network: ProviderInternet, direct: ManyRun, over: ManyRun, context: RunContext) {
  const hours = (context.parameters.minutes as number) / 60;
  const totalUs = ((context.parameters.minutes as number) + (context.parameters.warmUpMinutes as number)) * 60 * SECOND_US;
  const mean = (values: readonly number[]) => (values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length);
  const delays = (run: ManyRun) => run.results.flatMap(({ arrived, delayUs }) => (arrived > 0 ? [delayUs / arrived / 1000] : []));
  const lossOf = ({ arrived }: FlowResult, { sent }: ManyRun) => Math.max(0, 1 - arrived / sent);
  const verdicts = over.results.map((result, flow) => {
    const before = direct.results[flow];
    // A short flow that loses two packets of a hundred has had bad luck, three are a verdict.
    const losesMore = before.arrived - result.arrived > MORE_LOSS * over.sent;
    if (result.arrived === 0 || before.arrived === 0) return result.arrived > 0 ? "gains" : before.arrived > 0 ? "suffers" : "same";
    const ratio = result.delayUs / result.arrived / (before.delayUs / before.arrived);
    return ratio >= 1.05 || losesMore ? "suffers" : ratio <= 0.95 ? "gains" : "same";
  });
  const traffic = Array.from({ length: over.world.nodes }, (_, node) => over.world.node(node).trafficCounts());
  const control = traffic.reduce((sum, each) => sum + each.probeBytes + each.linkStateBytes + each.memberBytes, 0);
  const all = traffic.reduce((sum, each) => sum + each.dataBytes + each.relayedBytes, control);
  const arrived = over.results.reduce((sum, each) => sum + each.arrived, 0);
  const percent = (run: ManyRun) => 100 * (run.results.reduce((sum, each) => sum + lossOf(each, run), 0) / run.results.length);
  const busiest = over.transport.carriedBits.map((bits, link) => (network.kinds[network.graph.physical[link]] === "peering" ? (bits * SECOND_US) / totalUs / network.graph.capacitiesBps[link] : 0)).reduce((a, b) => Math.max(a, b), 0);
  const share = (verdict: string) => (100 * verdicts.filter((each) => each === verdict).length) / verdicts.length;
  return {
    direct_delay_ms: mean(delays(direct)), ron_delay_ms: mean(delays(over)), direct_loss_percent: percent(direct), ron_loss_percent: percent(over),
    gaining_percent: share("gains"), losing_percent: share("suffers"),
    relayed_percent: arrived === 0 ? null : (100 * over.results.reduce((sum, each) => sum + each.relayed, 0)) / arrived,
    moves_per_hour: (mean(over.results.map(({ moves }) => moves)) ?? 0) / hours,
    overhead_percent: (100 * control) / all, busiest_percent: 100 * busiest,
  };
}

/** What {@link manyTable} shows, by metric and short heading. */
const SHOWN: readonly (readonly [name: string, title: string, unit: string])[] = [
  ["direct_delay_ms", "Delay, no RON", "ms"], ["ron_delay_ms", "with", "ms"], ["direct_loss_percent", "Loss, no RON", "%"], ["ron_loss_percent", "with", "%"], ["moves_per_hour", "Moves", "1/h"], ["busiest_percent", "Busiest link", "%"],
];

/**
 * Means of the network's and the flows' quantities, a row for each number of RONs.
 *
 * @param result of {@link ronMany}
 */
export function manyTable(result: ExperimentResult): Table {
  const columns = SHOWN.map(([name, title, unit]): Column => ({ name, title, type: "number", unit, digits: 3, definition: result.definition.metrics.find((metric) => metric.name === name)?.definition }));
  const rows = result.arms.map((arm) => ({ ...arm, ...Object.fromEntries(SHOWN.map(([name]) => [name, result.summary.find((row) => row.metric === name && row.arm.rons === arm.rons)?.mean ?? null])) }));
  return { name: "ron-many-means", columns: [{ name: "rons", title: "RONs", type: "integer" }, ...columns], rows };
}
