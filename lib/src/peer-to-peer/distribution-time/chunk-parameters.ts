/** The parameters of a run in chunks, their defaults and their check. See chunk-swarm.ts. */
import { checkNumber, ParameterError } from "../../errors";

/** How the chunk of a transfer is chosen. */
export type ChunkChoice = "rarest-first" | "random";

/** What a run needs beside the distribution; see {@link CHUNK_SWARM_DEFAULTS}. */
export interface ChunkSwarmParameters {
  /** Number of chunks c of equal size, 1 .. 2^20. */
  readonly chunks: number;
  readonly chunkChoice: ChunkChoice;
  /** How many random peers each peer asks to know, >= 1 (who is asked knows the asker too); `null`: everybody knows everybody. */
  readonly neighbours: number | null;
  /** Most simultaneous uploads of a peer, >= 1; `null`: as many as its rate and `leastShare` allow. */
  readonly peerUploadSlots: number | null;
  /** The same for the server. */
  readonly serverUploadSlots: number | null;
  /** Least rate of a transfer, as a share of what its two lines could do alone or, if less, of the mean upload of the peers; 0.001 .. 1. */
  readonly leastShare: number;
  /** How many snapshots of the copies of each chunk to take, evenly over the transfers, 0 .. 10,000. */
  readonly historySamples: number;
  /** Whether to record every transfer, for the checker or a drawing. */
  readonly keepLog: boolean;
}

/** Defaults: a file of 256 chunks comes within a few percent of the bound; everybody knows everybody, as in the book. */
export const CHUNK_SWARM_DEFAULTS: ChunkSwarmParameters = Object.freeze({
  chunks: 256,
  chunkChoice: "rarest-first",
  neighbours: null,
  peerUploadSlots: null,
  serverUploadSlots: null,
  leastShare: 0.5,
  historySamples: 0,
  keepLog: false,
});

/**
 * Fills in the defaults and checks every parameter.
 *
 * @throws ParameterError for an unknown name or a value outside its range
 */
export function checkParameters(given: Partial<ChunkSwarmParameters>): ChunkSwarmParameters {
  for (const name of Object.keys(given)) {
    if (!(name in CHUNK_SWARM_DEFAULTS)) throw new ParameterError({ what: "unknown parameter of a chunk run", got: name, expected: `one of ${Object.keys(CHUNK_SWARM_DEFAULTS).join(", ")}`, where: `parameter ${name}` });
  }
  const parameters = { ...CHUNK_SWARM_DEFAULTS, ...given };
  checkNumber("chunks", parameters.chunks, { min: 1, max: 1_048_576, integer: true });
  checkNumber("leastShare", parameters.leastShare, { min: 0.001, max: 1 });
  checkNumber("historySamples", parameters.historySamples, { min: 0, max: 10_000, integer: true });
  for (const name of ["neighbours", "peerUploadSlots", "serverUploadSlots"] as const) {
    if (parameters[name] !== null) checkNumber(name, parameters[name], { min: 1, max: 0x7fffffff, integer: true });
  }
  if (parameters.chunkChoice !== "rarest-first" && parameters.chunkChoice !== "random") {
    throw new ParameterError({ what: "unknown chunk choice", got: parameters.chunkChoice, expected: '"rarest-first" or "random"', where: "parameter chunkChoice" });
  }
  return parameters;
}

/**
 * Rates as whole bit/s, rounded down, so that adding and taking away leaves no rounding behind.
 *
 * @throws ParameterError for a rate between 0 and 1 bit/s
 */
export function wholeRates(rates: readonly number[], what: string): Float64Array {
  return Float64Array.from(rates, (rate, node) => {
    if (rate > 0 && rate < 1) throw new ParameterError({ what: `${what} below one bit per second`, got: rate, expected: "0 or at least 1 bit/s", where: `node ${node}` });
    return Math.floor(rate);
  });
}
