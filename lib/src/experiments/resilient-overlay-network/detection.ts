/** How long it takes to notice that a path is dead: probes at a pace, and a quick series after the first loss. Against the closed form. */
import { ParameterError, checkNumber } from "../../errors";
import { RandomStream, constantDelay, type Fault, type Transport } from "../../simulation";
import { MINUTE, SECOND_US } from "../../units";
import { defineExperiment, type RunContext } from "../define";
import { simulateRon } from "./world";

/** Paces of probing: the interval is 12 s plus a draw from this range, in seconds. */
const PACES: Readonly<Record<string, readonly [number, number]>> = Object.freeze({ "12 s ± 2 s": [-2, 2], "12 s + 0 to 4 s": [0, 4] });

/**
 * Mean time from the beginning of an outage until so many probes in a row are lost: the rest of an interval that the outage falls into, and the timeouts.
 * An outage falls into a long interval more often than into a short one, so that rest is E[I²] / 2 E[I], a little more than half the mean.
 *
 * @param intervalSeconds 12 in the paper
 * @param jitterSeconds least and greatest addition, drawn uniformly
 * @param timeoutSeconds 3
 * @param losses in a row; 4
 * @throws ParameterError for a value out of range, or an interval that could be negative
 */
export function meanDetectionSeconds(intervalSeconds: number, jitterSeconds: readonly [number, number], timeoutSeconds: number, losses: number): number {
  checkNumber("intervalSeconds", intervalSeconds, { min: 0, unit: "s" });
  if (!Array.isArray(jitterSeconds) || jitterSeconds.length !== 2) throw new ParameterError({ what: "bad range of additions", got: jitterSeconds, expected: "the least and the greatest, in seconds", where: "parameter jitterSeconds" });
  checkNumber("jitterSeconds[0]", jitterSeconds[0], { min: -intervalSeconds, unit: "s" });
  checkNumber("jitterSeconds[1]", jitterSeconds[1], { min: jitterSeconds[0], unit: "s" });
  const mean = intervalSeconds + (jitterSeconds[0] + jitterSeconds[1]) / 2;
  checkNumber("mean interval", mean, { min: 0, exclusiveMin: true, unit: "s" });
  const width = jitterSeconds[1] - jitterSeconds[0];
  return (mean + (width * width) / (12 * mean)) / 2 + checkNumber("losses", losses, { min: 1, integer: true }) * checkNumber("timeoutSeconds", timeoutSeconds, { min: 0, unit: "s" });
}

/** Detection time and false alarms against the number of losses in a row. */
export const ronDetection = defineExperiment({
  id: "ron-detection",
  question: "After how many seconds does RON know that a path is dead, and how often does it believe so in error?",
  section: "P&D 9.4.1",
  parameters: { nodes: 5, hours: 0.75, oneWayMilliseconds: 40, lossPercent: 5, intervalSeconds: 12, timeoutSeconds: 3 },
  factors: [
    { name: "pace", title: "Pace of probes", type: "string", levels: Object.keys(PACES) },
    { name: "losses", title: "Losses in a row", type: "integer", unit: "probes", levels: [1, 4] },
  ],
  seed: 18,
  replications: { quick: 3, full: 20 },
  metrics: [
    { name: "outages", title: "Outages", type: "integer", definition: "Directed virtual links that went down, each counted at its source." },
    { name: "detection_seconds", title: "Detection time", type: "number", unit: "s", digits: 4, definition: "Time from the beginning of an outage of a lossless path until its source took it for dead, mean." },
    { name: "longest_seconds", title: "Longest", type: "number", unit: "s", digits: 4, definition: "The longest such time of the run." },
    { name: "closed_form_seconds", title: "Closed form", type: "number", unit: "s", digits: 4, definition: "E[I²] / 2 E[I] + losses × timeout." },
    { name: "false_alarms_per_hour", title: "False alarms", type: "number", unit: "1/h", digits: 3, definition: "Outages that a source declared in an hour on a path that only loses a share of its packets, per path." },
  ],
  oracle: {
    metric: "detection_seconds",
    source: "renewal theory; 12 / 2 + 4 · 3 = 18 s without jitter (RON, row RO-4)",
    expected: (arm, parameters) => meanDetectionSeconds(parameters.intervalSeconds as number, PACES[String(arm.pace)], parameters.timeoutSeconds as number, arm.losses as number),
    tolerance: 0.03,
  },
  run: (arm, context) => [measure(String(arm.pace), arm.losses as number, context)],
});

function measure(pace: string, losses: number, context: RunContext) {
  const number = (name: string) => context.parameters[name] as number;
  const nodes = checkNumber("nodes", number("nodes"), { min: 2, max: 64, integer: true });
  const hours = checkNumber("hours", number("hours"), { min: 0.5, max: 1000, unit: "h" });
  const oneWayUs = Math.round(checkNumber("oneWayMilliseconds", number("oneWayMilliseconds"), { min: 0, max: 1000, unit: "ms" }) * 1000);
  const loss = checkNumber("lossPercent", number("lossPercent"), { min: 0, max: 100, unit: "%" }) / 100;
  const [least, most] = PACES[pace];
  const parameters = {
    probeIntervalUs: Math.round(number("intervalSeconds") * SECOND_US), probeJitterLeastUs: least * SECOND_US, probeJitterMostUs: most * SECOND_US,
    probeTimeoutUs: Math.round(number("timeoutSeconds") * SECOND_US), outageLosses: losses,
  };
  const untilUs = Math.round(hours * 3600 * SECOND_US);
  const outages = planOutages(nodes, untilUs, context.random("outages"));
  const found: number[] = [];
  const clean = simulateRon({
    nodes, seed: context.seed, replication: context.replication, parameters, transport: constantDelay(oneWayUs), faults: outages,
    observer: {
      outage: (timeUs, node, peer, isDead) => {
        if (!isDead) return;
        const start = startOf(outages, node, peer, timeUs);
        if (start !== undefined) found.push((timeUs - start) / SECOND_US);
      },
    },
  });
  clean.run(untilUs);
  let alarms = 0;
  const lossy = simulateRon({
    nodes, seed: context.seed, replication: context.replication, parameters, transport: lossyTransport(oneWayUs, loss, context.random("loss")),
    observer: { outage: (_timeUs, _node, _peer, isDead) => (alarms += isDead ? 1 : 0) },
  });
  lossy.run(untilUs);
  return {
    outages: outages.reduce((sum, outage) => sum + 2 * outage.intervals.length, 0),
    detection_seconds: found.reduce((sum, seconds) => sum + seconds, 0) / found.length,
    longest_seconds: found.reduce((a, b) => Math.max(a, b)),
    closed_form_seconds: meanDetectionSeconds(number("intervalSeconds"), PACES[pace], number("timeoutSeconds"), losses),
    false_alarms_per_hour: alarms / (nodes * (nodes - 1)) / hours,
  };
}

/** Every pair of nodes is cut off for 2 min, once in 5 min, at a moment drawn. */
function planOutages(nodes: number, untilUs: number, random: RandomStream): (Fault & { readonly kind: "outage" })[] {
  const periodUs = 5 * MINUTE * SECOND_US;
  const outages: (Fault & { readonly kind: "outage" })[] = [];
  for (let a = 0; a < nodes; a++) {
    for (let b = a + 1; b < nodes; b++) {
      const intervals: [number, number][] = [];
      for (let at = periodUs; at + periodUs <= untilUs; at += periodUs) {
        const startUs = at + random.integer(periodUs / 2);
        intervals.push([startUs, startUs + 2 * MINUTE * SECOND_US]);
      }
      outages.push({ kind: "outage", a, b, intervals });
    }
  }
  return outages;
}

function startOf(outages: readonly (Fault & { readonly kind: "outage" })[], node: number, peer: number, timeUs: number): number | undefined {
  const [a, b] = [Math.min(node, peer), Math.max(node, peer)];
  const intervals = outages.find((outage) => outage.a === a && outage.b === b)?.intervals ?? [];
  return intervals.find(([fromUs, untilUs]) => fromUs <= timeUs && timeUs < untilUs)?.[0];
}

/** Loses each packet, probe or reply, so that a share of all exchanges fails. */
function lossyTransport(oneWayUs: number, loss: number, random: RandomStream): Transport {
  const pass = Math.sqrt(1 - loss);
  return { delayUs: () => (random.uniform() < pass ? oneWayUs : -1) };
}
