/**
 * The fluid schedule that reaches the peer-to-peer bound, built explicitly, and a checker that integrates it.
 * The server cuts the file into substreams: one per peer, which that peer copies at once to all others, and one that the server sends
 * to everybody itself. Section: Kurose & Ross 2.5. Paper: Kumar & Ross, "Peer-assisted file distribution: the minimum distribution
 * time", HotWeb 2006, the proof of theorem 1 (cases A, B and C below).
 *
 * Every rate is constant, so a schedule is N + 1 numbers: the N x N copies follow from them and are never stored.
 * Not modelled, as in the paper: delay of a copy, packets, protocol overhead. Peers that upload nothing are served like the others.
 * Checked by test/peer-to-peer/fluid-schedule.test.ts (step-by-step integration, planted defects) and
 * test/laws/distribution-time.test.ts (20,000 random instances).
 */
import { checkNumber, InvariantError } from "../../errors";
import { peerToPeerBound } from "./bounds";
import { checkFileDistribution, sumExactly, type FileDistribution } from "./file-distribution";

/** The three cases of the proof: A, B and C. */
export type FluidCase = "A: server-limited" | "B: aggregate-limited" | "C: download-limited";

/** Constant rates that bring the file to every peer at the same moment. */
export interface FluidSchedule {
  readonly distribution: FileDistribution;
  readonly case: FluidCase;
  /** Rate at which every peer receives new bits, bit/s. */
  readonly rateBps: number;
  /** When every peer holds the file, in seconds. */
  readonly seconds: number;
  /** Substream 0: the rate at which the server sends the same bits to each of the N peers itself. */
  readonly directBps: number;
  /** Substream of each peer: the rate at which the server sends it bits that nobody else gets from the server, and which the peer copies to each of the other N - 1 peers. */
  readonly substreamBps: Float64Array;
}

/**
 * Builds the schedule for any rates, in time and memory proportional to N.
 *
 * @throws ParameterError when the distribution is malformed
 */
export function fluidSchedule(distribution: FileDistribution): FluidSchedule {
  const { peers, totalUploadBps, slowestDownloadBps } = checkFileDistribution(distribution);
  const server = distribution.serverUploadBps;
  const others = peers - 1;
  const serverLimited = server * others <= totalUploadBps;
  const unscaledBps = peers === 1 || serverLimited ? server : (server + totalUploadBps) / peers;
  const scale = slowestDownloadBps < unscaledBps ? slowestDownloadBps / unscaledBps : 1;
  const substreamBps = new Float64Array(peers);
  let directBps = 0;
  if (peers === 1) {
    directBps = server * scale;
  } else if (serverLimited) {
    // Case A: peers could relay more than the server can feed them, so the whole of u_s is split in proportion to their upload rates.
    for (let peer = 0; peer < peers; peer++) substreamBps[peer] = server * (distribution.peerUploadBps[peer] / totalUploadBps) * scale;
  } else {
    // Case B: every peer relays all it can, u_i / (N - 1), and what the server has left goes to all peers directly.
    for (let peer = 0; peer < peers; peer++) substreamBps[peer] = (distribution.peerUploadBps[peer] / others) * scale;
    directBps = ((server - totalUploadBps / others) / peers) * scale;
  }
  const rateBps = scale < 1 ? slowestDownloadBps : unscaledBps;
  const name: FluidCase = scale < 1 ? "C: download-limited" : peers === 1 || serverLimited ? "A: server-limited" : "B: aggregate-limited";
  return { distribution, case: name, rateBps, seconds: distribution.fileBits / rateBps, directBps, substreamBps };
}

/** What the checker found when it added everything up. */
export interface FluidCheck {
  /** Finishing time of the schedule over the bound, minus 1. */
  readonly relativeGap: number;
  /** Share of the server's upload rate in use. */
  readonly serverUse: number;
  /** Share of all peers' upload rates in use; 0 when peers upload nothing. */
  readonly peerUploadUse: number;
  /** Largest share of its download rate that any peer uses. */
  readonly highestDownloadUse: number;
  /** Smallest share of the file that any peer holds at the end. */
  readonly leastReceived: number;
}

/**
 * Adds up a schedule from its rates alone, without knowing how it was built: what everybody sends, what everybody receives, and
 * whether each peer holds each part of the file at the end.
 * A substream carries its share of the file, so a peer that receives every substream for the whole time holds every bit; a peer can
 * copy its own substream because it receives it at the same rate at which each copy leaves.
 *
 * @param tolerance accepted relative excess, for rounding
 * @throws InvariantError naming the first rule that is broken
 */
export function checkFluidSchedule(schedule: FluidSchedule, tolerance = 1e-9): FluidCheck {
  const { distribution, substreamBps, directBps, seconds, rateBps } = schedule;
  const { peers, totalUploadBps } = checkFileDistribution(distribution);
  const atMost = (value: number, limit: number, what: string) => {
    if (!(value <= limit * (1 + tolerance))) throw new InvariantError({ what, got: value, expected: `at most ${limit}`, where: "fluid schedule" });
  };
  if (substreamBps.length !== peers) throw new InvariantError({ what: "the schedule is not for these peers", got: substreamBps.length, expected: `${peers} substreams`, where: "fluid schedule" });
  // Rounding may leave substream 0 a hair below zero; anything more is a defect.
  atMost(-directBps, rateBps * tolerance, "substream 0 has a negative rate");
  const relayedBps = sumExactly(substreamBps);
  const serverBps = relayedBps + peers * directBps;
  atMost(serverBps, distribution.serverUploadBps, "the server sends more than its upload rate, in bit/s");
  let highestDownloadUse = 0;
  for (let peer = 0; peer < peers; peer++) {
    const own = substreamBps[peer];
    atMost(-own, 0, `substream of peer ${peer} has a negative rate`);
    atMost((peers - 1) * own, distribution.peerUploadBps[peer], `peer ${peer} sends more than its upload rate, in bit/s`);
    const received = directBps + own + (relayedBps - own);
    atMost(received, distribution.peerDownloadBps[peer], `peer ${peer} receives more than its download rate, in bit/s`);
    highestDownloadUse = Math.max(highestDownloadUse, received / distribution.peerDownloadBps[peer]);
  }
  const leastReceived = ((relayedBps + directBps) * seconds) / distribution.fileBits;
  atMost(distribution.fileBits, (relayedBps + directBps) * seconds, "the file does not arrive completely; its bits exceed what every peer received");
  const relativeGap = seconds / peerToPeerBound(distribution).seconds - 1;
  atMost(Math.abs(relativeGap), tolerance, "the finishing time is not the peer-to-peer bound; relative gap");
  const peerUploadUse = totalUploadBps === 0 ? 0 : ((peers - 1) * relayedBps) / totalUploadBps;
  return { relativeGap, serverUse: serverBps / distribution.serverUploadBps, peerUploadUse, highestDownloadUse, leastReceived };
}

/** One peer's part in a fluid schedule: where its bits come from and what it copies. All rates in bit/s. */
export interface FluidPeerRates {
  readonly peer: number;
  /** Its own substream, from the server. */
  readonly ownSubstreamBps: number;
  /** Substream 0, from the server, the same bits as everybody's. */
  readonly directBps: number;
  /** The substreams of the other peers, each from its peer. */
  readonly fromPeersBps: number;
  /** Copies of its own substream to the N - 1 others together. */
  readonly copiesBps: number;
  readonly uploadBps: number;
  readonly downloadBps: number;
}

/**
 * The rates of some peers, for a table or a drawing.
 *
 * @param peers which peers, 0 .. N - 1; by default all of them
 * @throws ParameterError for a peer that does not exist
 */
export function fluidPeerRates(schedule: FluidSchedule, peers?: readonly number[]): readonly FluidPeerRates[] {
  const { substreamBps, directBps, distribution } = schedule;
  const relayedBps = sumExactly(substreamBps);
  const chosen = peers ?? Array.from(substreamBps, (_, peer) => peer);
  return chosen.map((peer) => ({
    peer: checkNumber("peer", peer, { min: 0, max: substreamBps.length - 1, integer: true }),
    ownSubstreamBps: substreamBps[peer],
    directBps,
    fromPeersBps: relayedBps - substreamBps[peer],
    copiesBps: (substreamBps.length - 1) * substreamBps[peer],
    uploadBps: distribution.peerUploadBps[peer],
    downloadBps: distribution.peerDownloadBps[peer],
  }));
}

/** What one peer has received up to a moment, by where the bits came from. */
export interface FluidProgress {
  readonly seconds: number;
  readonly ownSubstreamBits: number;
  readonly directBits: number;
  readonly fromPeersBits: number;
  readonly totalBits: number;
}

/**
 * How the file builds up at one peer, at evenly spaced moments from 0 to the end, for a drawing.
 *
 * @param peer 0 .. N - 1
 * @param intervals number of steps, 1 .. 10,000; one row more is returned
 * @throws ParameterError when a parameter is outside its range
 */
export function fluidProgress(schedule: FluidSchedule, peer: number, intervals: number): readonly FluidProgress[] {
  checkNumber("intervals", intervals, { min: 1, max: 10_000, integer: true });
  const [{ ownSubstreamBps, directBps, fromPeersBps }] = fluidPeerRates(schedule, [peer]);
  return Array.from({ length: intervals + 1 }, (_, step) => {
    const seconds = (schedule.seconds * step) / intervals;
    const totalBits = (ownSubstreamBps + directBps + fromPeersBps) * seconds;
    return { seconds, ownSubstreamBits: ownSubstreamBps * seconds, directBits: directBps * seconds, fromPeersBits: fromPeersBps * seconds, totalBits };
  });
}
