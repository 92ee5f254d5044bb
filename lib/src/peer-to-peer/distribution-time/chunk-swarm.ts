/**
 * The file cut into c chunks and spread by the server and the peers, chunk by chunk: the fluid ideal of Kurose & Ross 2.5 made of whole
 * pieces, since a peer can forward only what it holds completely. Papers: rarest-first is Cohen, "Incentives build robustness in
 * BitTorrent", 2003; that random useful pieces are enough in a global view is Mundinger, Weber & Weiss 2008 and Massoulie & Vojnovic 2005.
 *
 * The rule of this model, stated in full:
 * - Whoever has free upload serves, among those that want something it holds and can take it, the peer with the fewest chunks held or on
 *   their way (ties at random), and gives it the chunk with the fewest copies held or on their way (`rarest-first`) or any useful one (`random`).
 * - A transfer runs at min(free upload, free download), fixed until it ends. To keep out trickles it starts only at `leastShare` or more
 *   of min(u, d, mean upload of the peers). Nobody ever waits idle while such a transfer is possible.
 * - With `neighbours` a peer serves only peers it knows, and counts copies only among them; the server knows everybody.
 * Time is in whole microseconds, rounded up, and rates are whole bit/s, rounded down, so a run never beats the bound by rounding.
 * Not modelled: delay, protocol overhead, choking, endgame duplicates, leaving peers; the full protocol is bittorrent/.
 *
 * Checked by test/peer-to-peer/chunk-swarm.test.ts, and by test/laws/distribution-time.test.ts with the independent checker chunk-log.ts.
 */
import { InvariantError, LimitError } from "../../errors";
import type { RandomStream } from "../../simulation/random";
import { SECOND_US } from "../../units";
import { ChunkRecorder, type ChunkHistory, type ChunkLog } from "./chunk-log";
import { checkParameters, wholeRates, type ChunkSwarmParameters } from "./chunk-parameters";
import { ChunkTable } from "./chunk-table";
import { CountOrder } from "./count-order";
import { checkFileDistribution, SERVER_NODE, type FileDistribution } from "./file-distribution";
import { IdleSet } from "./idle-set";
import { drawNeighbours, type NeighbourLists } from "./neighbours";
import { TransferQueue } from "./transfer-queue";

/** What a run measured. */
export interface ChunkRun {
  /** When the last peer held every chunk, in seconds. */
  readonly seconds: number;
  /** When each peer held every chunk, in seconds. */
  readonly completionSeconds: Float64Array;
  /** Bits that the server uploaded; the peers uploaded the rest of N F. */
  readonly serverBits: number;
  /** Chunks handed over, N c. */
  readonly transfers: number;
  /** Copies of each chunk over time, if asked for. */
  readonly history: ChunkHistory | null;
  /** Every transfer, if asked for. */
  readonly log: ChunkLog | null;
}

/** Most transfers (N times c) of a run. */
const MOST_TRANSFERS = 134_217_728;

/**
 * Runs one distribution in chunks until every peer holds the file.
 *
 * @param distribution file and access rates; rates are used as whole bit/s, so rates between 0 and 1 bit/s are refused
 * @param parameters overrides of `CHUNK_SWARM_DEFAULTS`
 * @param random gives the random streams "receiver-choice", "chunk-choice" and "neighbours"
 * @throws ParameterError when a parameter is outside its range, LimitError when N times c or the finishing time is too large
 */
export function chunkSwarm(distribution: FileDistribution, parameters: Partial<ChunkSwarmParameters>, random: (name: string) => RandomStream): ChunkRun {
  return new ChunkSwarm(distribution, checkParameters(parameters), random).run();
}

class ChunkSwarm {
  private readonly peers: number;
  private readonly chunkBits: number;
  private readonly freeUploadBps: Float64Array;
  private readonly freeDownloadBps: Float64Array;
  private readonly uploadBps: Float64Array;
  private readonly downloadBps: Float64Array;
  /** No transfer needs more than this times `leastShare`: the mean upload of the peers, where they upload at all. */
  private readonly ordinaryBps: number;
  private readonly slowestDownloadBps: number;
  private readonly slotsLeft: Int32Array;
  private readonly table: ChunkTable;
  private readonly need: CountOrder;
  private readonly neighbours: NeighbourLists | null;
  private readonly heldCount: Int32Array;
  /** Copies of each chunk held or on their way, everywhere; and, where peers do not know everybody, as each node counts them. */
  private readonly copies: CountOrder;
  private readonly copiesKnown: Int32Array;
  private readonly queue = new TransferQueue();
  private readonly idle: IdleSet;
  private readonly recorder: ChunkRecorder;
  private readonly receiverDraws: RandomStream;
  private readonly chunkDraws: RandomStream;
  private nowUs = 0;
  private serverTransfers = 0;

  constructor(distribution: FileDistribution, private readonly parameters: ChunkSwarmParameters, random: (name: string) => RandomStream) {
    const { chunks } = parameters;
    const { peers, totalUploadBps } = checkFileDistribution(distribution);
    this.ordinaryBps = totalUploadBps > 0 ? totalUploadBps / peers : Infinity;
    this.peers = peers;
    if (peers * chunks > MOST_TRANSFERS) throw new LimitError({ what: "the run would be too long", got: peers * chunks, expected: `peers times chunks <= ${MOST_TRANSFERS}`, where: "parameters peers, chunks" });
    this.chunkBits = distribution.fileBits / chunks;
    // The server is the last node, so that the peers keep their numbers.
    this.uploadBps = wholeRates([...Array.from(distribution.peerUploadBps), distribution.serverUploadBps], "upload rate");
    this.downloadBps = wholeRates(Array.from(distribution.peerDownloadBps), "download rate");
    this.slowestDownloadBps = this.downloadBps.reduce((least, rate) => Math.min(least, rate), Infinity);
    this.freeUploadBps = this.uploadBps.slice();
    this.freeDownloadBps = this.downloadBps.slice();
    this.slotsLeft = new Int32Array(peers + 1).fill(parameters.peerUploadSlots ?? 0x7fffffff);
    this.slotsLeft[peers] = parameters.serverUploadSlots ?? 0x7fffffff;
    this.table = new ChunkTable(peers + 1, chunks);
    for (let chunk = 0; chunk < chunks; chunk++) this.table.hold(peers, chunk);
    this.receiverDraws = random("receiver-choice");
    this.chunkDraws = random("chunk-choice");
    this.need = new CountOrder(peers, chunks, this.receiverDraws);
    this.neighbours = parameters.neighbours === null ? null : drawNeighbours(peers, parameters.neighbours, random("neighbours"));
    this.heldCount = new Int32Array(peers);
    this.copies = new CountOrder(chunks, peers, this.chunkDraws);
    this.copiesKnown = new Int32Array(this.neighbours === null ? 0 : peers * chunks);
    this.idle = new IdleSet(peers + 1);
    this.recorder = new ChunkRecorder(peers, chunks, parameters.historySamples, parameters.keepLog);
  }

  run(): ChunkRun {
    const { queue, peers } = this;
    const { chunks } = this.parameters;
    const completionSeconds = new Float64Array(peers);
    this.serve(peers);
    while (queue.length > 0) {
      const slot = queue.pop();
      const giver = queue.from[slot];
      const taker = queue.to[slot];
      const chunk = queue.chunk[slot];
      this.nowUs = queue.endUs[slot];
      this.freeUploadBps[giver] += queue.rateBps[slot];
      this.freeDownloadBps[taker] += queue.rateBps[slot];
      this.slotsLeft[giver] += 1;
      this.table.hold(taker, chunk);
      this.recorder.record(queue.startUs[slot], this.nowUs, giver === peers ? SERVER_NODE : giver, taker, chunk, queue.rateBps[slot]);
      if (++this.heldCount[taker] === chunks) completionSeconds[taker] = this.nowUs / SECOND_US;
      // What has changed: the giver can send again, the taker has something new to give, and room to take from those who found nobody.
      this.serve(giver);
      this.serve(taker);
      this.offer(taker);
    }
    if (this.recorder.transfers !== peers * chunks) throw new InvariantError({ what: "the run stopped before every peer held the file", got: this.recorder.transfers, expected: `${peers * chunks} transfers`, where: "chunk swarm" });
    return {
      seconds: this.nowUs / SECOND_US,
      completionSeconds,
      serverBits: this.serverTransfers * this.chunkBits,
      transfers: this.recorder.transfers,
      history: this.recorder.history(),
      log: this.recorder.log(),
    };
  }

  /** Starts transfers from a node until it is busy or finds nobody to serve. */
  private serve(giver: number): void {
    while (this.hasFreeUpload(giver)) {
      const taker = this.neighbours === null || giver === this.peers ? this.neediest(giver) : this.neediestNeighbour(giver, this.neighbours);
      if (taker < 0) {
        this.idle.add(giver);
        return;
      }
      this.start(giver, taker);
    }
    this.idle.delete(giver);
  }

  /** Lets the nodes that found nobody serve a peer whose download has become free. */
  private offer(taker: number): void {
    const { idle } = this;
    if (idle.size === 0 || this.need.count[taker] === this.parameters.chunks) return;
    const first = this.receiverDraws.integer(idle.size);
    // Backwards, since a node that becomes busy is replaced by the last one.
    for (let step = idle.size - 1; step >= 0; step--) {
      const giver = idle.items[(first + step) % idle.size];
      if (this.neighbours !== null && giver !== this.peers && !this.neighbours.knows(giver, taker)) continue;
      while (this.hasFreeUpload(giver) && this.canServe(giver, taker)) this.start(giver, taker);
      if (!this.hasFreeUpload(giver)) idle.delete(giver);
      if (idle.size === 0) return;
    }
  }

  private hasFreeUpload(giver: number): boolean {
    const least = this.parameters.leastShare * Math.min(this.uploadBps[giver], this.slowestDownloadBps, this.ordinaryBps);
    return this.freeUploadBps[giver] > 0 && this.freeUploadBps[giver] >= least && this.slotsLeft[giver] > 0;
  }

  private canServe(giver: number, taker: number): boolean {
    const rate = Math.min(this.freeUploadBps[giver], this.freeDownloadBps[taker]);
    if (rate <= 0 || rate < this.parameters.leastShare * Math.min(this.uploadBps[giver], this.downloadBps[taker], this.ordinaryBps)) return false;
    return giver !== taker && this.table.canGive(giver, taker);
  }

  /** The peer with the fewest chunks promised that a node can serve; each group of ties is searched from a random place. */
  private neediest(giver: number): number {
    const { items, count } = this.need;
    for (let begin = 0; begin < items.length && count[items[begin]] < this.parameters.chunks; ) {
      const end = this.need.endOfTies(begin);
      const size = end - begin;
      const first = size === 1 ? 0 : this.receiverDraws.integer(size);
      for (let step = 0; step < size; step++) {
        const taker = items[begin + (first + step < size ? first + step : first + step - size)];
        if (this.canServe(giver, taker)) return taker;
      }
      begin = end;
    }
    return -1;
  }

  /** The same among the peers that a node knows. */
  private neediestNeighbour(giver: number, neighbours: NeighbourLists): number {
    const { count } = this.need;
    const begin = neighbours.begin[giver];
    const size = neighbours.begin[giver + 1] - begin;
    if (size === 0) return -1;
    const first = this.receiverDraws.integer(size);
    let neediest = -1;
    for (let step = 0; step < size; step++) {
      const taker = neighbours.list[begin + ((first + step) % size)];
      if ((neediest < 0 || count[taker] < count[neediest]) && this.canServe(giver, taker)) neediest = taker;
    }
    return neediest;
  }

  private start(giver: number, taker: number): void {
    const chunk = this.chooseChunk(giver, taker);
    const rateBps = Math.min(this.freeUploadBps[giver], this.freeDownloadBps[taker]);
    const endUs = this.nowUs + Math.ceil((this.chunkBits / rateBps) * SECOND_US);
    if (!(endUs <= Number.MAX_SAFE_INTEGER)) throw new LimitError({ what: "the run takes longer than the clock can count", got: endUs, expected: "at most 2^53 microseconds (285 years)", where: "chunk swarm" });
    this.freeUploadBps[giver] -= rateBps;
    this.freeDownloadBps[taker] -= rateBps;
    this.slotsLeft[giver] -= 1;
    if (giver === this.peers) this.serverTransfers += 1;
    this.table.promise(taker, chunk);
    this.need.raise(taker);
    this.countCopy(taker, chunk);
    this.queue.push(this.nowUs, endUs, giver, taker, chunk, rateBps);
  }

  private chooseChunk(giver: number, taker: number): number {
    if (this.parameters.chunkChoice === "random") return this.table.randomChunk(giver, taker, this.chunkDraws);
    if (this.neighbours === null || giver === this.peers) return this.table.rarestInOrder(giver, taker, this.copies, this.chunkDraws);
    return this.table.rarestChunk(giver, taker, this.copiesKnown, giver * this.parameters.chunks, this.chunkDraws);
  }

  /** Counts a copy held or on its way, for the server and for those who know the peer. */
  private countCopy(taker: number, chunk: number): void {
    const { neighbours } = this;
    this.copies.raise(chunk);
    if (neighbours === null) return;
    for (let place = neighbours.begin[taker]; place < neighbours.begin[taker + 1]; place++) {
      this.copiesKnown[neighbours.list[place] * this.parameters.chunks + chunk] += 1;
    }
  }
}
