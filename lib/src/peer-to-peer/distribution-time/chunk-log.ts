/**
 * The record of a run in chunks, and a checker that knows nothing of how the run decided: it replays the transfers and adds up.
 *
 * Checked by test/peer-to-peer/chunk-swarm.test.ts (planted defects) and test/laws/distribution-time.test.ts.
 */
import { InvariantError } from "../../errors";
import { SECOND_US } from "../../units";
import { checkFileDistribution, SERVER_NODE, type FileDistribution } from "./file-distribution";

/** Every transfer of a run, in the order of their ends. `from` is a peer or {@link SERVER_NODE}. */
export interface ChunkLog {
  readonly chunks: number;
  readonly startUs: Float64Array;
  readonly endUs: Float64Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly chunk: Int32Array;
  readonly rateBps: Float64Array;
}

/** How many peers hold each chunk, at moments spread evenly over the transfers. */
export interface ChunkHistory {
  /** Moment of each snapshot in seconds. */
  readonly seconds: Float64Array;
  readonly chunks: number;
  /** Snapshot after snapshot, the peers that hold chunk 0, 1, ... */
  readonly copies: Int32Array;
}

/** Collects snapshots and, if asked, all transfers. */
export class ChunkRecorder {
  transfers = 0;
  private readonly kept: ChunkLog | null;
  private readonly held: Int32Array;
  private readonly copies: Int32Array;
  private readonly seconds: Float64Array;
  private sample = 0;

  constructor(private readonly peers: number, private readonly chunks: number, private readonly samples: number, keepLog: boolean) {
    const length = keepLog ? peers * chunks : 0;
    this.kept = keepLog
      ? { chunks, startUs: new Float64Array(length), endUs: new Float64Array(length), from: new Int32Array(length), to: new Int32Array(length), chunk: new Int32Array(length), rateBps: new Float64Array(length) }
      : null;
    this.held = new Int32Array(samples > 0 ? chunks : 0);
    this.copies = new Int32Array(samples * chunks);
    this.seconds = new Float64Array(samples);
  }

  /** Notes a transfer that has just ended. */
  record(startUs: number, endUs: number, from: number, to: number, chunk: number, rateBps: number): void {
    const { kept } = this;
    if (kept !== null) {
      kept.startUs[this.transfers] = startUs;
      kept.endUs[this.transfers] = endUs;
      kept.from[this.transfers] = from;
      kept.to[this.transfers] = to;
      kept.chunk[this.transfers] = chunk;
      kept.rateBps[this.transfers] = rateBps;
    }
    this.transfers += 1;
    if (this.samples === 0) return;
    this.held[chunk] += 1;
    while (this.sample < this.samples && this.transfers * this.samples >= (this.sample + 1) * this.peers * this.chunks) {
      this.copies.set(this.held, this.sample * this.chunks);
      this.seconds[this.sample++] = endUs / SECOND_US;
    }
  }

  log(): ChunkLog | null {
    return this.kept;
  }

  history(): ChunkHistory | null {
    return this.samples === 0 ? null : { seconds: this.seconds, chunks: this.chunks, copies: this.copies };
  }
}

/**
 * Replays a run: nobody sends a chunk before holding it completely, no chunk comes twice, every transfer lasts long enough for its bits,
 * at no moment does a node send or receive faster than its line, and every peer ends with every chunk.
 *
 * @throws ParameterError when the distribution is malformed, InvariantError naming the first rule that is broken
 */
export function checkChunkLog(distribution: FileDistribution, log: ChunkLog): void {
  const { peers } = checkFileDistribution(distribution);
  const { chunks } = log;
  const chunkBits = distribution.fileBits / chunks;
  const heldFromUs = new Float64Array(peers * chunks).fill(Infinity);
  const refuse = (what: string, index: number): never => {
    throw new InvariantError({ what, got: { from: log.from[index], to: log.to[index], chunk: log.chunk[index], startUs: log.startUs[index], endUs: log.endUs[index] }, where: `transfer ${index}` });
  };
  for (let index = 0; index < log.endUs.length; index++) {
    if (index > 0 && log.endUs[index] < log.endUs[index - 1]) refuse("transfers are not in the order of their ends", index);
    const place = log.to[index] * chunks + log.chunk[index];
    if (heldFromUs[place] !== Infinity) refuse("a chunk is received twice", index);
    heldFromUs[place] = log.endUs[index];
    const carriedBits = ((log.endUs[index] - log.startUs[index]) / SECOND_US) * log.rateBps[index];
    if (!(carriedBits >= chunkBits * (1 - 1e-12))) refuse("a transfer is too short for its bits", index);
  }
  for (let index = 0; index < log.endUs.length; index++) {
    if (log.from[index] !== SERVER_NODE && !(heldFromUs[log.from[index] * chunks + log.chunk[index]] <= log.startUs[index])) refuse("a chunk is sent by a peer that does not hold it yet", index);
  }
  const missing = heldFromUs.indexOf(Infinity);
  if (missing >= 0) throw new InvariantError({ what: "a peer ends without a chunk", got: { peer: Math.floor(missing / chunks), chunk: missing % chunks }, expected: "every chunk on every peer" });
  checkRates(distribution, log, peers);
}

/** Sweeps over the starts and ends of all transfers; at equal times ends come first. */
function checkRates(distribution: FileDistribution, log: ChunkLog, peers: number): void {
  const count = log.endUs.length;
  const starts = Int32Array.from({ length: count }, (_, index) => index).sort((a, b) => log.startUs[a] - log.startUs[b] || a - b);
  const sendingBps = new Float64Array(peers + 1);
  const receivingBps = new Float64Array(peers);
  let ended = 0;
  for (const index of starts) {
    while (ended < count && log.endUs[ended] <= log.startUs[index]) {
      sendingBps[log.from[ended] + 1] -= log.rateBps[ended];
      receivingBps[log.to[ended]] -= log.rateBps[ended];
      ended += 1;
    }
    const from = log.from[index];
    const to = log.to[index];
    sendingBps[from + 1] += log.rateBps[index];
    receivingBps[to] += log.rateBps[index];
    const uploadBps = from === SERVER_NODE ? distribution.serverUploadBps : distribution.peerUploadBps[from];
    if (sendingBps[from + 1] > uploadBps) throw new InvariantError({ what: `node ${from} sends faster than its line`, got: sendingBps[from + 1], expected: `at most ${uploadBps} bit/s`, where: `transfer ${index}` });
    if (receivingBps[to] > distribution.peerDownloadBps[to]) throw new InvariantError({ what: `peer ${to} receives faster than its line`, got: receivingBps[to], expected: `at most ${distribution.peerDownloadBps[to]} bit/s`, where: `transfer ${index}` });
  }
}
