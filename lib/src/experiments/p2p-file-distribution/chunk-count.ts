/** How many chunks a file should have: the cost of whole chunks over the fluid ideal, and the fewest rounds where all lines are equal. */
import { checkRoundSchedule, optimalRounds, peerToPeerBound } from "../../peer-to-peer";
import { HOUR } from "../../units";
import { defineExperiment, type Metric, type Parameters } from "../define";
import { bookDistribution, BOOK_PARAMETERS, distributionSeconds, numberOf, TIME_METRIC } from "./setting";

const CHUNKS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096];
const CHUNK_METHODS = ["chunks, rarest first", "chunks, random", "fewest rounds"] as const;

const OVER_BOUND: Metric = {
  name: "time_over_bound",
  title: "Time / bound",
  type: "number",
  digits: 5,
  definition: "Distribution time divided by the peer-to-peer bound of the same peers, which only infinitely many chunks could reach.",
};

/** Time over bound against the number of chunks, for a server like a peer and for the book's server of ten times that. */
export const p2pChunkCount = defineExperiment({
  id: "p2p-chunk-count",
  question: "Into how many chunks must a file be cut before sharing chunks costs almost nothing over the fluid ideal?",
  section: "K&R 2.5",
  parameters: { fileBytes: BOOK_PARAMETERS.fileBytes, peerUploadHours: BOOK_PARAMETERS.peerUploadHours, downloadRatio: BOOK_PARAMETERS.downloadRatio, peers: 35 },
  factors: [
    { name: "server_upload_ratio", title: "Server upload / peer upload", type: "integer", levels: [1, 10] },
    { name: "chunks", title: "Chunks c", type: "integer", levels: CHUNKS },
    { name: "method", title: "Method", type: "string", levels: [...CHUNK_METHODS] },
  ],
  // The fewest rounds are known only where every line has the same upload rate.
  arms: (_parameters, levels) =>
    levels.server_upload_ratio.flatMap((ratio) => levels.chunks.flatMap((chunks) => levels.method.filter((method) => method !== "fewest rounds" || ratio === 1).map((method) => ({ server_upload_ratio: ratio, chunks, method })))),
  seed: 25,
  replications: { quick: 8, full: 30 },
  metrics: [TIME_METRIC, OVER_BOUND],
  oracle: {
    metric: OVER_BOUND.name,
    source: "Mundinger, Weber & Weiss 2008: 1 + floor(log2 N) / M times F/u (DT-5)",
    expected: (arm, parameters) => (arm.method === "fewest rounds" ? 1 + wholeLog2(numberOf(parameters, "peers")) / (arm.chunks as number) : null),
    tolerance: 1e-9,
  },
  run: (arm, context) => {
    const chunks = arm.chunks as number;
    const parameters: Parameters = { ...context.parameters, serverUploadRatio: arm.server_upload_ratio as number };
    const peers = numberOf(parameters, "peers");
    const distribution = bookDistribution(parameters, peers);
    const bound = peerToPeerBound(distribution).seconds;
    const seconds =
      arm.method === "fewest rounds"
        ? (roundsOfCheckedSchedule(peers, chunks) * distribution.fileBits) / (chunks * distribution.serverUploadBps)
        : distributionSeconds(arm.method as "chunks, random", distribution, chunks, context);
    return [{ [TIME_METRIC.name]: seconds / HOUR, [OVER_BOUND.name]: seconds / bound }];
  },
});

/** Builds the schedule and replays it, so that the number is of something that works and not of a formula. */
function roundsOfCheckedSchedule(peers: number, chunks: number): number {
  const schedule = optimalRounds(peers, chunks);
  checkRoundSchedule(schedule);
  return schedule.rounds;
}

/** Largest k with 2^k <= n, by doubling: kept apart from the schedule it is held against. */
function wholeLog2(n: number): number {
  let k = 0;
  for (let power = 2; power <= n; power *= 2) k += 1;
  return k;
}
