/**
 * The fewest rounds in which a file of M parts reaches N peers when everybody, server included, sends one part per round.
 * Papers: Mundinger, Weber & Weiss, "Optimal scheduling of peer-to-peer file dissemination", Journal of Scheduling 2008: the least
 * number is M + floor(log2 N). The schedule is the binomial pipeline of Ganesan & Seshadri, "On cooperative content distribution and
 * the price of barter", ICDCS 2005, section 2.3: nodes sit on the corners of a hypercube, round t uses dimension t mod k, every corner
 * sends the newest part it holds; when the number of nodes is no power of two, two peers share a corner.
 *
 * In this schedule a peer also receives at most one part per round, which is more than Mundinger et al. ask.
 * Not modelled: unequal rates, parts of unequal size. Checked by test/peer-to-peer/optimal-rounds.test.ts (every N to 70, M to 24).
 */
import { checkNumber, InvariantError, LimitError } from "../../errors";
import { SERVER_NODE } from "./file-distribution";

/** Who sends which part to whom in which round, one entry per sending, rounds ascending from 0. */
export interface RoundSchedule {
  readonly peers: number;
  readonly parts: number;
  /** Number of rounds used. */
  readonly rounds: number;
  readonly round: Int32Array;
  /** The sender: a peer 0 .. N - 1, or {@link SERVER_NODE}. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly part: Int32Array;
}

/** Most sendings (N times M) a schedule is built for. */
const MOST_SENDINGS = 33_554_432;

/**
 * Least number of rounds, M + floor(log2 N).
 *
 * @param peers N, 1 .. 2^31 - 1
 * @param parts M, 1 .. 2^31 - 1
 * @throws ParameterError when a number is outside its range
 */
export function fewestRounds(peers: number, parts: number): number {
  checkNumber("peers", peers, { min: 1, max: 0x7fffffff, integer: true });
  checkNumber("parts", parts, { min: 1, max: 0x7fffffff, integer: true });
  return parts + floorLog2(peers);
}

/**
 * Builds a schedule that takes the fewest rounds.
 *
 * @param peers N >= 1
 * @param parts M >= 1
 * @throws ParameterError when a number is outside its range, LimitError when N times M exceeds 2^25
 */
export function optimalRounds(peers: number, parts: number): RoundSchedule {
  const limit = fewestRounds(peers, parts);
  if (peers * parts > MOST_SENDINGS) throw new LimitError({ what: "the schedule would be too long", got: peers * parts, expected: `peers times parts <= ${MOST_SENDINGS}`, where: "parameters peers, parts" });
  const pipeline = new BinomialPipeline(peers, parts);
  let rounds = 0;
  while (pipeline.sendings < peers * parts && rounds < limit) pipeline.playRound(rounds++);
  if (pipeline.sendings < peers * parts) throw new InvariantError({ what: "the binomial pipeline did not end in the fewest rounds", got: pipeline.sendings, expected: `${peers * parts} sendings in ${limit} rounds` });
  return { peers, parts, rounds, round: pipeline.round, from: pipeline.from, to: pipeline.to, part: pipeline.part };
}

/** The state of the pipeline. Node 0 is the server alone on corner 0; peer p is node p + 1; corner c > 0 holds node c and perhaps node c + corners - 1. */
class BinomialPipeline {
  readonly round: Int32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly part: Int32Array;
  sendings = 0;
  private readonly dimensions: number;
  private readonly corners: number;
  private readonly holds: Uint8Array;
  /** Newest part on each corner, -1 for none. */
  private readonly newest: Int32Array;
  /** What each corner sends to its neighbour this round, -1 for nothing. */
  private readonly outgoing: Int32Array;

  constructor(private readonly peers: number, private readonly parts: number) {
    this.round = new Int32Array(peers * parts);
    this.from = new Int32Array(peers * parts);
    this.to = new Int32Array(peers * parts);
    this.part = new Int32Array(peers * parts);
    this.dimensions = floorLog2(peers + 1);
    this.corners = 1 << this.dimensions;
    this.holds = new Uint8Array((peers + 1) * parts).fill(1, 0, parts);
    this.newest = new Int32Array(this.corners).fill(-1);
    this.outgoing = new Int32Array(this.corners);
  }

  playRound(round: number): void {
    const across = 1 << round % this.dimensions;
    // The server feeds one new part per round; after the last it repeats that one.
    this.newest[0] = Math.min(round, this.parts - 1);
    for (let corner = 0; corner < this.corners; corner++) {
      const part = this.newest[corner];
      const neighbour = corner ^ across;
      this.outgoing[corner] = part >= 0 && neighbour !== 0 && !this.cornerHolds(neighbour, part) ? part : -1;
    }
    const before = this.sendings;
    for (let corner = 0; corner < this.corners; corner++) this.plan(corner, round, across);
    // Parts change hands only after everybody has decided: a part received in this round is not sent on in it.
    for (let sending = before; sending < this.sendings; sending++) {
      const node = this.to[sending] + 1;
      this.holds[node * this.parts + this.part[sending]] = 1;
      const corner = this.cornerOf(node);
      this.newest[corner] = Math.max(this.newest[corner], this.part[sending]);
    }
  }

  /** Records what arrives on a corner from its neighbour, and what its two peers, if it has two, hand each other meanwhile. */
  private plan(corner: number, round: number, across: number): void {
    const neighbour = corner ^ across;
    const incoming = this.outgoing[neighbour];
    if (corner === 0) return;
    const second = this.secondNode(corner);
    const receiver = second === 0 ? corner : this.sender(corner) === corner ? second : corner;
    if (incoming >= 0) this.record(round, this.sender(neighbour), receiver, incoming);
    if (second === 0) return;
    const partner = receiver === corner ? second : corner;
    // The one that does not send across has its upload free for its partner, whose download is free in turn.
    this.handOver(round, receiver, partner);
    if (incoming < 0 && this.outgoing[corner] < 0) this.handOver(round, partner, receiver);
  }

  /** The node of a corner that sends across: one that holds the part, by preference the one that its partner can still help. */
  private sender(corner: number): number {
    const second = this.secondNode(corner);
    const part = this.outgoing[corner];
    if (second === 0) return corner;
    if (part >= 0 && !this.holds[corner * this.parts + part]) return second;
    if (part >= 0 && !this.holds[second * this.parts + part]) return corner;
    return this.missing(second, corner) >= 0 ? corner : second;
  }

  private handOver(round: number, giver: number, taker: number): void {
    const part = this.missing(giver, taker);
    if (part >= 0) this.record(round, giver, taker, part);
  }

  /** Newest part that the giver holds and the taker lacks, -1 for none. */
  private missing(giver: number, taker: number): number {
    for (let part = this.newest[this.cornerOf(giver)]; part >= 0; part--) {
      if (this.holds[giver * this.parts + part] && !this.holds[taker * this.parts + part]) return part;
    }
    return -1;
  }

  private record(round: number, fromNode: number, toNode: number, part: number): void {
    const sending = this.sendings++;
    this.round[sending] = round;
    this.from[sending] = fromNode === 0 ? SERVER_NODE : fromNode - 1;
    this.to[sending] = toNode - 1;
    this.part[sending] = part;
  }

  private cornerHolds(corner: number, part: number): boolean {
    const second = this.secondNode(corner);
    return this.holds[corner * this.parts + part] === 1 || (second !== 0 && this.holds[second * this.parts + part] === 1);
  }

  private secondNode(corner: number): number {
    const second = corner + this.corners - 1;
    return corner > 0 && second <= this.peers ? second : 0;
  }

  private cornerOf(node: number): number {
    return node < this.corners ? node : node - this.corners + 1;
  }
}

/**
 * Replays a schedule: each node sends and receives at most one part per round, sends only what it held before the round, receives
 * nothing twice, and everybody ends with every part.
 *
 * @throws InvariantError naming the first rule that is broken
 */
export function checkRoundSchedule(schedule: RoundSchedule): void {
  const { peers, parts, round, from, to, part } = schedule;
  const refuse = (what: string, index: number): never => {
    throw new InvariantError({ what, got: { round: round[index], from: from[index], to: to[index], part: part[index] }, where: `sending ${index}` });
  };
  const heldSince = new Int32Array((peers + 1) * parts).fill(0x7fffffff);
  heldSince.fill(-1, 0, parts);
  const sentIn = new Int32Array(peers + 1).fill(-1);
  const receivedIn = new Int32Array(peers + 1).fill(-1);
  for (let index = 0; index < round.length; index++) {
    const sender = from[index] + 1;
    const receiver = to[index] + 1;
    if (round[index] >= schedule.rounds || (index > 0 && round[index] < round[index - 1])) refuse("rounds are out of order", index);
    if (heldSince[sender * parts + part[index]] >= round[index]) refuse("a part is sent by a node that does not hold it yet", index);
    if (heldSince[receiver * parts + part[index]] !== 0x7fffffff) refuse("a part is received twice", index);
    if (sentIn[sender] === round[index]) refuse("a node sends two parts in one round", index);
    if (receivedIn[receiver] === round[index]) refuse("a peer receives two parts in one round", index);
    heldSince[receiver * parts + part[index]] = round[index];
    sentIn[sender] = round[index];
    receivedIn[receiver] = round[index];
  }
  const missing = heldSince.indexOf(0x7fffffff);
  if (missing >= 0) throw new InvariantError({ what: "a peer ends without a part", got: { peer: Math.floor(missing / parts) - 1, part: missing % parts }, expected: "every part on every peer" });
}

/** Largest k with 2^k <= n, for 1 <= n < 2^32. */
function floorLog2(n: number): number {
  return 31 - Math.clz32(n);
}
