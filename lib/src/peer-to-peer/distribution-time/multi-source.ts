/**
 * Many sources: each of N peers starts with its own part of the file, and everybody wants the whole; only upload limits anything.
 * Paper: Mundinger, Weber & Weiss, "Optimal scheduling of peer-to-peer file dissemination", Journal of Scheduling 2008, the fluid
 * limit: T = max{ max_i F_i / C_i , (N - 1) F / C }, reached with two hops: the owner hands a piece to one peer, who copies it to all.
 *
 * The construction here finds who copies how much by filling each peer's spare upload, and stores at most 2 N hand-overs.
 * Not modelled: download limits, delays. Checked by test/peer-to-peer/multi-source.test.ts and test/laws/distribution-time.test.ts.
 */
import { checkNumber, InvariantError, ParameterError } from "../../errors";
import { sumExactly } from "./file-distribution";

/** What each peer has at the start and how fast it sends. One entry per peer, at least two peers. */
export interface MultiSourceSetup {
  /** Size of the part that only this peer has at the start, in bits, >= 0; at least one is > 0. */
  readonly partBits: ArrayLike<number>;
  /** Upload rate in bit/s, > 0. */
  readonly uploadBps: ArrayLike<number>;
}

/** Bits that their owner hands to one other peer, who copies them to all the rest. */
export interface HandOver {
  readonly owner: number;
  readonly through: number;
  readonly bits: number;
}

/** A two-hop schedule; everything flows at constant rate from start to end. */
export interface TwoHopSchedule {
  readonly setup: MultiSourceSetup;
  /** Duration in seconds. */
  readonly seconds: number;
  /** Bits of its own part that each peer sends to all N - 1 others itself. */
  readonly directBits: Float64Array;
  readonly handOvers: readonly HandOver[];
}

/** The bound and the term that binds: one `source` that must send its part once, or the upload of all together (`aggregate`). */
export interface MultiSourceBound {
  readonly seconds: number;
  readonly binding: "source" | "aggregate";
}

/**
 * Least time until every peer holds every part: max{ max_i F_i / C_i , (N - 1) F / C }.
 *
 * @throws ParameterError when an entry is malformed
 */
export function multiSourceBound(setup: MultiSourceSetup): MultiSourceBound {
  const peers = checkMultiSource(setup);
  let slowestSource = 0;
  for (let peer = 0; peer < peers; peer++) slowestSource = Math.max(slowestSource, setup.partBits[peer] / setup.uploadBps[peer]);
  const aggregate = ((peers - 1) * sumExactly(setup.partBits)) / sumExactly(setup.uploadBps);
  return aggregate > slowestSource ? { seconds: aggregate, binding: "aggregate" } : { seconds: slowestSource, binding: "source" };
}

/**
 * Builds the two-hop schedule that takes exactly the bound.
 * A peer that copies z bits to everyone spends (N - 2) z beyond the one sending that every bit of its own part costs, so its room is
 * z <= (C T - F_i) / (N - 2). The rooms add up to the file; each peer first uses its own, and what is left over goes to others' rooms.
 *
 * @throws ParameterError when an entry is malformed
 */
export function twoHopSchedule(setup: MultiSourceSetup): TwoHopSchedule {
  const { seconds } = multiSourceBound(setup);
  const peers = setup.partBits.length;
  const directBits = new Float64Array(peers);
  const room = new Float64Array(peers);
  for (let peer = 0; peer < peers; peer++) {
    const part = setup.partBits[peer];
    const capacity = peers === 2 ? part : Math.max(0, (setup.uploadBps[peer] * seconds - part) / (peers - 2));
    directBits[peer] = Math.min(part, capacity);
    room[peer] = capacity - directBits[peer];
  }
  const handOvers: HandOver[] = [];
  let through = 0;
  for (let owner = 0; owner < peers; owner++) {
    let left = setup.partBits[owner] - directBits[owner];
    while (left > 0) {
      while (through < peers && room[through] === 0) through += 1;
      if (through === peers) {
        // Only rounding can leave bits without room; the owner sends these few itself.
        directBits[owner] += left;
        break;
      }
      const bits = Math.min(left, room[through]);
      handOvers.push({ owner, through, bits });
      room[through] -= bits;
      left -= bits;
    }
  }
  return { setup, seconds, directBits, handOvers };
}

/**
 * Adds up a two-hop schedule: every bit of every part reaches every peer, no upload rate is exceeded, and the time is the bound.
 *
 * @param tolerance accepted relative excess, for rounding
 * @returns the largest share of its upload rate that any peer uses
 * @throws InvariantError naming the first rule that is broken
 */
export function checkTwoHopSchedule(schedule: TwoHopSchedule, tolerance = 1e-9): { readonly highestUploadUse: number } {
  const { setup, directBits, handOvers, seconds } = schedule;
  const peers = checkMultiSource(setup);
  const refuse = (what: string, got: unknown, expected: string): never => {
    throw new InvariantError({ what, got, expected, where: "two-hop schedule" });
  };
  const coveredBits = Float64Array.from(directBits);
  const sentBits = Float64Array.from(directBits, (bits) => bits * (peers - 1));
  for (const { owner, through, bits } of handOvers) {
    if (owner === through || !(bits > 0)) refuse("a hand-over is empty or to its owner", { owner, through, bits }, "bits > 0 to another peer");
    coveredBits[owner] += bits;
    sentBits[owner] += bits;
    sentBits[through] += bits * (peers - 2);
  }
  let highestUploadUse = 0;
  for (let peer = 0; peer < peers; peer++) {
    const part = setup.partBits[peer];
    if (!(Math.abs(coveredBits[peer] - part) <= tolerance * part)) refuse(`the part of peer ${peer} does not reach everybody`, coveredBits[peer], `${part} bit`);
    const use = sentBits[peer] / (setup.uploadBps[peer] * seconds);
    if (!(use <= 1 + tolerance)) refuse(`peer ${peer} sends more than its upload rate allows`, use, "a share of at most 1");
    highestUploadUse = Math.max(highestUploadUse, use);
  }
  const bound = multiSourceBound(setup).seconds;
  if (!(Math.abs(seconds / bound - 1) <= tolerance)) refuse("the finishing time is not the bound", seconds, `${bound} s`);
  return { highestUploadUse };
}

function checkMultiSource(setup: MultiSourceSetup): number {
  const peers = checkNumber("partBits.length", setup.partBits?.length, { min: 2, integer: true, unit: "peers" });
  if (setup.uploadBps?.length !== peers) {
    throw new ParameterError({ what: "parts and upload rates are not given for the same peers", got: setup.uploadBps?.length, expected: `${peers} upload rates`, where: "parameter uploadBps" });
  }
  let anything = false;
  for (let peer = 0; peer < peers; peer++) {
    anything = checkNumber(`partBits[${peer}]`, setup.partBits[peer], { min: 0, unit: "bit" }) > 0 || anything;
    checkNumber(`uploadBps[${peer}]`, setup.uploadBps[peer], { min: 0, exclusiveMin: true, unit: "bit/s" });
  }
  if (!anything) throw new ParameterError({ what: "nobody has any part of the file", got: 0, expected: "at least one part > 0 bit", where: "parameter partBits" });
  return peers;
}
