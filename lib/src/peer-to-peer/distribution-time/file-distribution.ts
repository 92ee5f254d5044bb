/**
 * The setting of Kurose & Ross 2.5: one server holds a file, N peers want it, and only the access links limit anything.
 * Every schedule and bound of this folder takes this one value; it is checked here, once, with an error that names the entry.
 *
 * Checked by test/peer-to-peer/bounds.test.ts.
 */
import { checkNumber, ParameterError } from "../../errors";

/** Who wants what over which access links. Arrays hold one entry per peer; typed arrays serve swarms of a million peers. */
export interface FileDistribution {
  /** Size of the file in bits, > 0. */
  readonly fileBits: number;
  /** Upload rate of the server in bit/s, > 0. */
  readonly serverUploadBps: number;
  /** Upload rate of each peer in bit/s, >= 0; a peer with 0 takes without giving. */
  readonly peerUploadBps: ArrayLike<number>;
  /** Download rate of each peer in bit/s, > 0. */
  readonly peerDownloadBps: ArrayLike<number>;
}

/** What the bounds need to know of the peers. */
export interface SwarmTotals {
  /** Number of peers, N. */
  readonly peers: number;
  /** Sum of the peers' upload rates, bit/s. */
  readonly totalUploadBps: number;
  /** Download rate of the slowest peer, bit/s. */
  readonly slowestDownloadBps: number;
}

/** The number that stands for the server where a schedule names its nodes; peers are 0 .. N - 1. */
export const SERVER_NODE = -1;

/** Largest swarm a schedule is built for: 2^24 peers. */
const MOST_PEERS = 16_777_216;

/**
 * A distribution to peers that are all alike.
 *
 * @param setup file in bits, rates in bit/s and the number of peers (1 .. 2^24)
 * @throws ParameterError when a value is outside its range
 */
export function identicalPeers(setup: {
  readonly fileBits: number;
  readonly serverUploadBps: number;
  readonly peers: number;
  readonly uploadBps: number;
  readonly downloadBps: number;
}): FileDistribution {
  const peers = checkNumber("peers", setup.peers, { min: 1, max: MOST_PEERS, integer: true });
  const distribution: FileDistribution = {
    fileBits: setup.fileBits,
    serverUploadBps: setup.serverUploadBps,
    peerUploadBps: new Float64Array(peers).fill(checkNumber("uploadBps", setup.uploadBps, { min: 0, unit: "bit/s" })),
    peerDownloadBps: new Float64Array(peers).fill(checkNumber("downloadBps", setup.downloadBps, { min: 0, exclusiveMin: true, unit: "bit/s" })),
  };
  checkFileDistribution(distribution);
  return distribution;
}

/**
 * Checks every entry of a distribution.
 *
 * @returns number of peers, their summed upload rate and the slowest download rate
 * @throws ParameterError naming the first entry that is not a finite number in its range, an empty swarm, or arrays of unequal length
 */
export function checkFileDistribution(distribution: FileDistribution): SwarmTotals {
  checkNumber("fileBits", distribution.fileBits, { min: 0, exclusiveMin: true, unit: "bit" });
  checkNumber("serverUploadBps", distribution.serverUploadBps, { min: 0, exclusiveMin: true, unit: "bit/s" });
  const { peerUploadBps, peerDownloadBps } = distribution;
  const peers = checkNumber("peerUploadBps.length", peerUploadBps?.length, { min: 1, max: MOST_PEERS, integer: true, unit: "peers" });
  if (peerDownloadBps?.length !== peers) {
    throw new ParameterError({
      what: "upload and download rates are not given for the same peers",
      got: peerDownloadBps?.length,
      expected: `${peers} download rates, one per upload rate`,
      where: "parameter peerDownloadBps",
    });
  }
  let slowestDownloadBps = Infinity;
  for (let peer = 0; peer < peers; peer++) {
    const upload = peerUploadBps[peer];
    const download = peerDownloadBps[peer];
    if (!(typeof upload === "number" && upload >= 0 && upload < Infinity)) checkNumber(`peerUploadBps[${peer}]`, upload, { min: 0, unit: "bit/s" });
    if (!(typeof download === "number" && download > 0 && download < Infinity)) checkNumber(`peerDownloadBps[${peer}]`, download, { min: 0, exclusiveMin: true, unit: "bit/s" });
    if (download < slowestDownloadBps) slowestDownloadBps = download;
  }
  return { peers, totalUploadBps: sumExactly(peerUploadBps), slowestDownloadBps };
}

/**
 * Sum with Neumaier's correction, so that a million rates of very different size lose no digits.
 *
 * @param values finite numbers
 */
export function sumExactly(values: ArrayLike<number>): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}
