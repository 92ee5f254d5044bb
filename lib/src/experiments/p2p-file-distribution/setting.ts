/** What the experiments on distribution time share: the book's setting from plain parameters, and each method as one call. */
import { checkNumber, ParameterError } from "../../errors";
import { checkFluidSchedule, chunkSwarm, clientServerBound, fluidSchedule, identicalPeers, peerToPeerBound, type FileDistribution } from "../../peer-to-peer";
import { BITS_PER_BYTE, HOUR } from "../../units";
import type { Metric, Parameters, RunContext } from "../define";

/** The ways to distribute a file, as levels of the factor `method`. */
export const METHODS = ["client-server bound", "P2P bound", "fluid schedule", "chunks, rarest first", "chunks, random"] as const;

/** One of {@link METHODS}. */
export type Method = (typeof METHODS)[number];

/** The book's figure: F / u = 1 h, u_s = 10 u, d_min = u_s; the file is 450 MB, so that u = 1 Mbit/s. */
export const BOOK_PARAMETERS = Object.freeze({
  fileBytes: 450_000_000,
  peerUploadHours: 1,
  serverUploadRatio: 10,
  downloadRatio: 10,
  chunks: 256,
});

/** Metric: how long the distribution takes. */
export const TIME_METRIC: Metric = {
  name: "distribution_time_hours",
  title: "Distribution time",
  type: "number",
  unit: "h",
  digits: 4,
  definition: "Time from the start until the last of the N peers holds the whole file.",
};

/** Metric: how close that is to the least possible. */
export const EFFICIENCY_METRIC: Metric = {
  name: "efficiency",
  title: "Bound / time",
  type: "number",
  digits: 4,
  definition: "The peer-to-peer bound of the same peers divided by the distribution time; 1 is the best possible.",
};

/**
 * Identical peers in the book's units: `peerUploadHours` is F / u, and the server's upload and the peers' download are multiples of u.
 *
 * @throws ParameterError when a parameter is missing or outside its range
 */
export function bookDistribution(parameters: Parameters, peers: number): FileDistribution {
  const fileBits = numberOf(parameters, "fileBytes") * BITS_PER_BYTE;
  const uploadBps = fileBits / (numberOf(parameters, "peerUploadHours") * HOUR);
  return identicalPeers({ fileBits, peers, uploadBps, serverUploadBps: numberOf(parameters, "serverUploadRatio") * uploadBps, downloadBps: numberOf(parameters, "downloadRatio") * uploadBps });
}

/**
 * Seconds that a method takes. The fluid schedule is built and added up by its checker, not taken from the formula.
 *
 * @throws ParameterError for an unknown method
 */
export function distributionSeconds(method: Method, distribution: FileDistribution, chunks: number, context: RunContext): number {
  if (method === "client-server bound") return clientServerBound(distribution).seconds;
  if (method === "P2P bound") return peerToPeerBound(distribution).seconds;
  if (method === "fluid schedule") {
    const schedule = fluidSchedule(distribution);
    checkFluidSchedule(schedule);
    return schedule.seconds;
  }
  const chunkChoice = method === "chunks, random" ? "random" : method === "chunks, rarest first" ? "rarest-first" : null;
  if (chunkChoice === null) throw new ParameterError({ what: "unknown method", got: method, expected: METHODS.join(" | "), where: "factor method" });
  return chunkSwarm(distribution, { chunks, chunkChoice }, (name) => context.random(name)).seconds;
}

/** A positive number among the parameters. */
export function numberOf(parameters: Parameters, name: string): number {
  return checkNumber(name, parameters[name], { min: 0, exclusiveMin: true });
}

/** An array of numbers among the parameters. */
export function numbersOf(parameters: Parameters, name: string): readonly number[] {
  const value = parameters[name];
  if (!Array.isArray(value)) throw new ParameterError({ what: `bad value for ${name}`, got: value, expected: "an array of numbers", where: `parameter ${name}` });
  return value.map((entry, index) => checkNumber(`${name}[${index}]`, entry, { min: 0 }));
}

/** The book's closed forms in hours, written down on their own: max(N / s, 1 / d) and max(1 / s, 1 / d, N / (s + N)) times F / u. */
export function bookHours(method: Method, peers: number, parameters: Parameters): number | null {
  const server = numberOf(parameters, "serverUploadRatio");
  const download = numberOf(parameters, "downloadRatio");
  const hours = numberOf(parameters, "peerUploadHours");
  if (method === "client-server bound") return hours * Math.max(peers / server, 1 / download);
  if (method === "P2P bound" || method === "fluid schedule") return hours * Math.max(1 / server, 1 / download, peers / (server + peers));
  return null;
}
