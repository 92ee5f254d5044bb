/** Lookups among failed nodes without repair (TON 2003, table II), and lookups while nodes come and go, message by message (section VI-E). */
import { ChordProcess, ChordSnapshot, LOOKUP_OUTCOME, RouteReport, type ChordMessage, type LookupStyle, type RoutingState } from "../../peer-to-peer";
import { ParameterError, checkChoice, checkNumber } from "../../errors";
import { Simulation, uniformDelay } from "../../simulation";
import { defineExperiment, type RunContext } from "../define";
import { failedNodes } from "./keys";
import { countOf, drawnNodes, meanOf, others, percentileOf, upTo } from "./setting";
import { expectedTimeouts } from "./theory";

/** A share of the nodes fails at the same moment; nobody repairs anything. */
export const chordFailures = defineExperiment({
  id: "chord-failures",
  question: "How do lookups fare when half of the nodes have just failed?",
  section: "P&D 9.4.2",
  parameters: { idBits: 160, nodes: 1000, successors: 20, routing: "fingers and successors", lookups: 3000 },
  factors: [{ name: "failed", title: "Share of the nodes that failed", type: "number", levels: [0, 0.1, 0.2, 0.3, 0.4, 0.5] }],
  seed: 2003,
  replications: { quick: 6, full: 40 },
  metrics: [
    { name: "path", title: "Path length", type: "number", unit: "hops", digits: 4, definition: "Steps to nodes that answered, the last one to the owner counted (TON 2003); mean over the lookups that end." },
    { name: "path_p10", title: "10th percentile", type: "number", unit: "hops", digits: 2, definition: "Path length that 10 % of the lookups do not exceed." },
    { name: "path_p90", title: "90th percentile", type: "number", unit: "hops", digits: 2, definition: "Path length that 90 % of the lookups do not exceed." },
    { name: "hops", title: "Hops to the predecessor", type: "number", unit: "hops", digits: 4, definition: "The same without the last step (SIGCOMM 2001)." },
    { name: "timeouts", title: "Timeouts", type: "number", digits: 4, definition: "Contacts with dead nodes, mean over the lookups; a node found dead is not asked again in the same lookup." },
    { name: "expected_timeouts", title: "Expected timeouts", type: "number", digits: 4, definition: "The path length times p / (1 - p)." },
    { name: "failed_share", title: "Failed lookups", type: "number", digits: 4, definition: "Share of the lookups that end nowhere, or at another node than the first surviving one at or after the key." },
  ],
  run: (arm, context) => {
    const { parameters } = context;
    const nodes = countOf(parameters, "nodes", 2, 1_000_000);
    const table = drawnNodes(context, nodes);
    const routing = checkChoice("routing", parameters.routing as RoutingState, ["fingers", "fingers and successors"]);
    const snapshot = new ChordSnapshot(table, upTo(nodes), { routing, successors: countOf(parameters, "successors", 1, 64) });
    const dead = failedNodes(arm.failed as number, nodes, context.random("failures"));
    snapshot.fail(dead);
    const up = others(nodes, dead);
    const lookups = countOf(parameters, "lookups", 1, 10_000_000);
    const key = table.pushRandom(lookups, context.random("keys"));
    const origins = context.random("origins");
    const report = new RouteReport();
    const paths: number[] = [];
    let [failed, timeouts, hops] = [0, 0, 0];
    for (let i = 0; i < lookups; i++) {
      snapshot.lookup(up[origins.integer(up.length)], key + i, report);
      timeouts += report.timeouts;
      if (report.owner !== snapshot.survivingOwnerOf(key + i)) failed += 1;
      else {
        paths.push(report.hops + report.lastHop);
        hops += report.hops;
      }
    }
    const path = paths.length === 0 ? null : meanOf(paths);
    return [{
      path, path_p10: path === null ? null : percentileOf(paths, 0.1), path_p90: path === null ? null : percentileOf(paths, 0.9), hops: path === null ? null : hops / paths.length,
      timeouts: timeouts / lookups, expected_timeouts: path === null ? null : expectedTimeouts(path, arm.failed as number), failed_share: failed / lookups,
    }];
  },
});

const SECOND = 1_000_000;

/** Nodes join and leave while lookups go on; every message is simulated. */
export const chordChurn = defineExperiment({
  id: "chord-churn",
  question: "How do lookups fare while nodes come and go?",
  section: "P&D 9.4.2",
  parameters: {
    idBits: 160, nodes: 250, successors: 20, seconds: 140, warmUpSeconds: 40, lookupsPerSecond: 4, stabiliseSeconds: 30, fixFingersSeconds: 30, fingersPerRound: 1, checkPredecessorSeconds: 30,
    jitter: 0.5, timeoutMs: 500, minLatencyMs: 20, maxLatencyMs: 100, style: "iterative", routing: "fingers and successors", departure: "leave",
  },
  factors: [{ name: "rate", title: "Joins and departures", type: "number", unit: "per s each", levels: [0.05, 0.2, 0.4] }],
  seed: 40,
  replications: { quick: 3, full: 20 },
  metrics: [
    { name: "path", title: "Path length", type: "number", unit: "hops", digits: 4, definition: "Steps to nodes that answered, the last one to the owner counted; mean over the lookups that end." },
    { name: "timeouts", title: "Timeouts", type: "number", digits: 4, definition: "Contacts with nodes that do not answer, mean over the lookups that end." },
    { name: "failed_per_10000", title: "Failed lookups", type: "number", unit: "per 10,000", digits: 4, definition: "Lookups that end nowhere, or at another node than the first member at or after the key that is up when the answer comes, per 10,000." },
    { name: "latency_ms", title: "Latency", type: "number", unit: "ms", digits: 4, definition: "Time from the question to the answer of the owner, mean over the lookups that end." },
    { name: "bytes_per_node_second", title: "Traffic", type: "number", unit: "B/s per node", digits: 4, definition: "Bytes of all messages over the mean number of nodes and the time." },
  ],
  run: (arm, context) => [churn(arm.rate as number, context)],
});

interface Answer { readonly row: number; readonly correct: boolean }

/** One run with Poisson joins, departures and lookups; the population stays near its first size. */
function churn(rate: number, context: RunContext): Readonly<Record<string, number | null>> {
  const { parameters } = context;
  checkNumber("rate", rate, { min: 0, max: 1000, unit: "per second" });
  const size = countOf(parameters, "nodes", 4, 100_000);
  const seconds = checkNumber("seconds", parameters.seconds, { min: 1, max: 1_000_000 });
  const warmUp = checkNumber("warmUpSeconds", parameters.warmUpSeconds, { min: 0, max: 1_000_000 });
  const departure = checkChoice("departure", parameters.departure as "leave" | "fail", ["leave", "fail"]);
  // Every newcomer is a new node with an id of its own.
  const spare = Math.ceil(rate * (seconds + warmUp) * 1.5) + 20;
  const table = drawnNodes(context, size + spare);
  const process = churnProcess(context, table);
  const { simulation, up, choose } = churnWorld(context, process, size);
  process.install(upTo(size));
  const events = context.random("events");
  const wait = (perSecond: number) => Math.max(1, Math.round(events.exponential(SECOND / perSecond)));
  const endUs = Math.round((warmUp + seconds) * SECOND);
  let next = size;
  const join = (): void => {
    if (next === size + spare) throw new ParameterError({ what: "more joins than foreseen", got: next - size, expected: "a smaller rate", where: "factor rate" });
    up.add(next);
    simulation.restart(next++);
    simulation.at(simulation.nowUs + wait(rate), join);
  };
  const depart = (): void => {
    const node = choose(events);
    if (up.size > 3 && node >= 0) {
      up.delete(node);
      if (departure === "fail") simulation.crash(node);
      else simulation.invokeAt(simulation.nowUs, node, (_process, at) => process.leave(at));
    }
    simulation.at(simulation.nowUs + wait(rate), depart);
  };
  const firstKey = process.addRandomKeys(1000, context.random("keys"));
  const perSecond = checkNumber("lookupsPerSecond", parameters.lookupsPerSecond, { min: 0, exclusiveMin: true, max: 1e6 });
  const answers: Answer[] = [];
  const { lookups } = process;
  lookups.onEnd = (row) => answers.push({ row, correct: lookups.outcomes[row] !== LOOKUP_OUTCOME.failed && isOwner(process, up, lookups.owners[row], lookups.keys[row]) });
  const ask = (): void => {
    const [node, key] = [choose(events), firstKey + events.integer(1000)];
    if (node >= 0) simulation.invokeAt(simulation.nowUs, node, (_process, at) => void process.lookup(at, key));
    simulation.at(simulation.nowUs + wait(perSecond), ask);
  };
  if (rate > 0) {
    simulation.at(wait(rate), join);
    simulation.at(wait(rate), depart);
  }
  simulation.at(Math.round(warmUp * SECOND) + 1, ask);
  simulation.run({ untilUs: endUs });
  return churnMetrics(process, answers, simulation.counts.bytesSent / (size * (seconds + warmUp)));
}

function churnProcess({ parameters }: RunContext, table: ChordProcess["table"]): ChordProcess {
  const us = (name: string) => Math.round(checkNumber(name, parameters[name], { min: 0, max: 1e6 }) * SECOND);
  let process: ChordProcess | null = null;
  const nodes = table.length;
  process = new ChordProcess({
    table,
    bootstrap: (node, random) => {
      // A rendezvous server names a member.
      for (let tries = 0; tries < 200; tries++) {
        const other = random.integer(nodes);
        if (other !== node && process?.isMember(other) === true) return other;
      }
      return -1;
    },
    parameters: {
      successors: countOf(parameters, "successors", 1, 64), style: checkChoice<LookupStyle>("style", parameters.style as LookupStyle, ["recursive", "iterative"]), routing: checkChoice<RoutingState>("routing", parameters.routing as RoutingState, ["fingers", "fingers and successors"]),
      stabiliseUs: us("stabiliseSeconds"), fixFingersUs: us("fixFingersSeconds"), checkPredecessorUs: us("checkPredecessorSeconds"), fingersPerRound: countOf(parameters, "fingersPerRound", 1, 160),
      jitter: checkNumber("jitter", parameters.jitter, { min: 0, max: 1 }), timeoutUs: Math.round(checkNumber("timeoutMs", parameters.timeoutMs, { min: 1, max: 1e6 }) * 1000), lookupTimeoutUs: 60 * SECOND,
    },
  });
  return process;
}

function churnWorld(context: RunContext, process: ChordProcess, size: number): { simulation: Simulation<ChordMessage>; up: Set<number>; choose: (random: { integer(bound: number): number }) => number } {
  const { parameters } = context;
  const ms = (name: string) => Math.round(checkNumber(name, parameters[name], { min: 0, max: 100_000 }) * 1000);
  const simulation = new Simulation<ChordMessage>({
    nodes: process.nodes, seed: context.seed, replication: context.replication, process: () => process, startUs: (node) => (node < size ? 0 : -1),
    transport: uniformDelay(ms("minLatencyMs"), ms("maxLatencyMs"), context.random("latency")),
  });
  const up = new Set<number>(upTo(size));
  // A member that is up; newcomers count once they have joined.
  const choose = (random: { integer(bound: number): number }): number => {
    let members = 0;
    for (const node of up) if (process.isMember(node)) members += 1;
    if (members === 0) return -1;
    let left = random.integer(members);
    for (const node of up) if (process.isMember(node) && left-- === 0) return node;
    return -1;
  };
  return { simulation, up, choose };
}

/** Whether a node is the first member that is up at or after the key: no other one lies between key and node. */
function isOwner(process: ChordProcess, up: ReadonlySet<number>, owner: number, key: number): boolean {
  if (!up.has(owner)) return false;
  for (const node of up) if (node !== owner && process.isMember(node) && (process.table.same(node, key) || process.table.isBetween(node, key, owner))) return false;
  return true;
}

function churnMetrics(process: ChordProcess, answers: readonly Answer[], bytes: number): Readonly<Record<string, number | null>> {
  const { hops, lastHops, timeouts, startUs, endUs } = process.lookups;
  const ended = answers.filter(({ correct }) => correct).map(({ row }) => row);
  const mean = (value: (row: number) => number) => (ended.length === 0 ? null : meanOf(ended.map(value)));
  return {
    path: mean((row) => hops[row] + lastHops[row]), timeouts: mean((row) => timeouts[row]),
    failed_per_10000: answers.length === 0 ? null : (10_000 * (answers.length - ended.length)) / answers.length,
    latency_ms: mean((row) => (endUs[row] - startUs[row]) / 1000), bytes_per_node_second: bytes,
  };
}
