/** The curve of Kurose & Ross 2.5 (distribution time against the number of peers), to 35 peers as in the book and to a million. */
import type { Table } from "../../analysis/table";
import { HOUR } from "../../units";
import { peerToPeerBound } from "../../peer-to-peer";
import { defineExperiment, type Arm, type Oracle, type RunContext } from "../define";
import { bookDistribution, bookHours, BOOK_PARAMETERS, distributionSeconds, EFFICIENCY_METRIC, METHODS, numberOf, TIME_METRIC, type Method } from "./setting";

const ORACLE: Oracle = {
  metric: TIME_METRIC.name,
  source: "Kurose & Ross 2.5, figure of distribution time for F/u = 1 h, u_s = 10 u, d_min >= u_s (DT-3); closed forms of DT-1 and DT-4",
  expected: (arm, parameters) => bookHours(arm.method as Method, arm.peers as number, parameters),
  tolerance: 1e-9,
};

const PEERS_FACTOR = { name: "peers", title: "Peers N", type: "integer" } as const;
const METHOD_FACTOR = { name: "method", title: "Method", type: "string" } as const;

function runArm(arm: Arm, context: RunContext) {
  const distribution = bookDistribution(context.parameters, arm.peers as number);
  const seconds = distributionSeconds(arm.method as Method, distribution, numberOf(context.parameters, "chunks"), context);
  return [{ [TIME_METRIC.name]: seconds / HOUR, [EFFICIENCY_METRIC.name]: peerToPeerBound(distribution).seconds / seconds }];
}

/** The book's figure, N = 1 .. 35: both bounds, the fluid schedule, and chunks with both choices. */
export const p2pFileDistribution = defineExperiment({
  id: "p2p-file-distribution",
  question: "How long until N peers hold the file, from one server alone and with the peers' help?",
  section: "K&R 2.5",
  parameters: BOOK_PARAMETERS,
  factors: [
    { ...PEERS_FACTOR, levels: Array.from({ length: 35 }, (_, index) => index + 1) },
    { ...METHOD_FACTOR, levels: [...METHODS] },
  ],
  seed: 25,
  replications: { quick: 10, full: 50 },
  metrics: [TIME_METRIC, EFFICIENCY_METRIC],
  oracle: ORACLE,
  run: runArm,
});

const SCALE_PEERS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000];
const SCALE_METHODS: readonly Method[] = ["client-server bound", "P2P bound", "fluid schedule", "chunks, rarest first"];

/** The same to a million peers; the chunked run as far as `chunkedPeersMost`. */
export const p2pFileDistributionScale = defineExperiment({
  id: "p2p-file-distribution-scale",
  question: "Does the distribution time stay below F/u however many peers want the file?",
  section: "K&R 2.5",
  parameters: { ...BOOK_PARAMETERS, chunks: 64, chunkedPeersMost: 1000 },
  factors: [
    { ...PEERS_FACTOR, levels: SCALE_PEERS },
    { ...METHOD_FACTOR, levels: [...SCALE_METHODS] },
  ],
  arms: (parameters, levels) =>
    levels.peers.flatMap((peers) => levels.method.filter((method) => !String(method).startsWith("chunks") || Number(peers) <= numberOf(parameters, "chunkedPeersMost")).map((method) => ({ peers, method }))),
  seed: 25,
  replications: { quick: 3, full: 20 },
  metrics: [TIME_METRIC, EFFICIENCY_METRIC],
  oracle: ORACLE,
  run: runArm,
});

/** The values that Kurose & Ross draw in 2.5 (DT-3, DT-4), in hours, rounded to four digits. */
export const BOOK_CURVE: readonly { readonly peers: number; readonly clientServer: number; readonly peerToPeer: number }[] = Object.freeze([
  { peers: 5, clientServer: 0.5, peerToPeer: 0.3333 },
  { peers: 10, clientServer: 1, peerToPeer: 0.5 },
  { peers: 15, clientServer: 1.5, peerToPeer: 0.6 },
  { peers: 20, clientServer: 2, peerToPeer: 0.6667 },
  { peers: 25, clientServer: 2.5, peerToPeer: 0.7143 },
  { peers: 30, clientServer: 3, peerToPeer: 0.75 },
  { peers: 35, clientServer: 3.5, peerToPeer: 0.7778 },
]);

/** A table of times on the book's axes with the published values below the measured ones, as method "Kurose & Ross". */
export function withBookCurve(times: Table): Table {
  const point = (peers: number, hours: number) => ({ peers, method: "Kurose & Ross", [TIME_METRIC.name]: hours, low: null, high: null, n: null });
  return { ...times, rows: [...times.rows, ...BOOK_CURVE.flatMap((row) => [point(row.peers, row.clientServer), point(row.peers, row.peerToPeer)])] };
}
