/**
 * How long at least until all N peers hold the file: the client-server bound and the peer-to-peer bound.
 * Section: Kurose & Ross 2.5, equations 2.1 to 2.3. Paper: Kumar & Ross, "Peer-assisted file distribution: the minimum distribution
 * time", HotWeb 2006, theorem 1, which also proves that the peer-to-peer bound is reached (see fluid-schedule.ts).
 * Not modelled: delays, losses, protocol overhead, a congested core; all bottlenecks are access links, as in the book.
 *
 * Checked by test/peer-to-peer/bounds.test.ts, test/laws/distribution-time.test.ts and test/paper/distribution-time.test.ts.
 */
import { checkNumber, ParameterError } from "../../errors";
import { checkFileDistribution, type FileDistribution, type SwarmTotals } from "./file-distribution";

/**
 * What holds the distribution back: the server's upload, the slowest peer's download, or the upload of everybody together.
 */
export type BindingTerm = "server" | "download" | "aggregate";

/** A lower bound of the distribution time with the terms it is the maximum of. */
export interface DistributionBound {
  /** The bound: the largest of the terms, in seconds. */
  readonly seconds: number;
  /** The largest term; of equal ones the first in the order server, download, aggregate. */
  readonly binding: BindingTerm;
  /** Each term in seconds. `aggregate` is absent for client-server, where peers do not upload. */
  readonly terms: Readonly<Partial<Record<BindingTerm, number>>>;
}

/**
 * Client-server bound max(N F / u_s, F / d_min): the server sends every copy itself, the slowest peer takes its own (K&R 2.5).
 *
 * @throws ParameterError when the distribution is malformed or a term exceeds the largest number
 */
export function clientServerBound(distribution: FileDistribution): DistributionBound {
  return boundFromTerms(clientServerTerms(distribution, checkFileDistribution(distribution)));
}

/**
 * Peer-to-peer bound max(F / u_s, F / d_min, N F / (u_s + sum of u_i)): each bit leaves the server once, the slowest peer takes its
 * copy, and all upload together carries N copies (K&R 2.5; Kumar & Ross 2006, theorem 1).
 *
 * @throws ParameterError when the distribution is malformed or a term exceeds the largest number
 */
export function peerToPeerBound(distribution: FileDistribution): DistributionBound {
  return boundFromTerms(peerToPeerTerms(distribution, checkFileDistribution(distribution)));
}

/** The number of peers at which something changes, for peers that are all alike. `null` stands for "never". */
export interface IdenticalPeersCrossover {
  /** Fewest peers with which peer-to-peer is strictly faster than client-server. */
  readonly fasterFromPeers: number | null;
  /** Fewest peers with which the upload of everybody together is the binding term of the peer-to-peer bound (or ties for it). */
  readonly aggregateFromPeers: number | null;
}

/**
 * Where the crossovers lie for N identical peers, in closed form.
 * Peer-to-peer wins as soon as the server's queue of copies takes longer than one download, N d > u_s, if there are two peers and they
 * upload at all; the aggregate term binds once N u_s >= u_s + N u and N d >= u_s + N u.
 *
 * @param rates all in bit/s; `uploadBps` >= 0, the others > 0
 * @throws ParameterError when a rate is outside its range
 */
export function identicalPeersCrossover(rates: { readonly serverUploadBps: number; readonly uploadBps: number; readonly downloadBps: number }): IdenticalPeersCrossover {
  const server = checkNumber("serverUploadBps", rates.serverUploadBps, { min: 0, exclusiveMin: true, unit: "bit/s" });
  const upload = checkNumber("uploadBps", rates.uploadBps, { min: 0, unit: "bit/s" });
  const download = checkNumber("downloadBps", rates.downloadBps, { min: 0, exclusiveMin: true, unit: "bit/s" });
  const spare = Math.min(server, download) - upload;
  const reached = (peers: number) => peers * Math.min(server, download) >= server + peers * upload;
  return {
    fasterFromPeers: upload === 0 ? null : Math.max(2, Math.floor(server / download) + 1),
    aggregateFromPeers: spare <= 0 ? null : firstFrom(Math.ceil(server / spare), reached),
  };
}

/** The bounds of a swarm that grows by one peer after the other, in the order of the arrays. Entry n - 1 is for the first n peers. */
export interface GrowingSwarmBounds {
  readonly clientServerSeconds: Float64Array;
  readonly peerToPeerSeconds: Float64Array;
  /** Stretches of n over which the same term binds the peer-to-peer bound: the first n of each stretch. */
  readonly stretches: readonly { readonly fromPeers: number; readonly binding: BindingTerm }[];
  /** Fewest peers from which on peer-to-peer stays strictly faster than client-server, or `null`. */
  readonly fasterFromPeers: number | null;
}

/**
 * Both bounds for the first 1, 2, ... N peers, in one pass: where the binding term changes and from where on peer-to-peer wins, when
 * peers differ.
 *
 * @throws ParameterError when the distribution is malformed
 */
export function growingSwarmBounds(distribution: FileDistribution): GrowingSwarmBounds {
  const { peers } = checkFileDistribution(distribution);
  const clientServerSeconds = new Float64Array(peers);
  const peerToPeerSeconds = new Float64Array(peers);
  const stretches: { fromPeers: number; binding: BindingTerm }[] = [];
  let totalUploadBps = 0;
  let slowestDownloadBps = Infinity;
  let fasterFromPeers: number | null = null;
  for (let n = 1; n <= peers; n++) {
    totalUploadBps += distribution.peerUploadBps[n - 1];
    slowestDownloadBps = Math.min(slowestDownloadBps, distribution.peerDownloadBps[n - 1]);
    const totals = { peers: n, totalUploadBps, slowestDownloadBps };
    const bound = boundFromTerms(peerToPeerTerms(distribution, totals));
    const alone = boundFromTerms(clientServerTerms(distribution, totals));
    clientServerSeconds[n - 1] = alone.seconds;
    peerToPeerSeconds[n - 1] = bound.seconds;
    if (stretches.length === 0 || stretches[stretches.length - 1].binding !== bound.binding) stretches.push({ fromPeers: n, binding: bound.binding });
    fasterFromPeers = bound.seconds < alone.seconds ? fasterFromPeers ?? n : null;
  }
  return { clientServerSeconds, peerToPeerSeconds, stretches, fasterFromPeers };
}

function clientServerTerms(distribution: FileDistribution, totals: SwarmTotals) {
  return {
    server: (totals.peers * distribution.fileBits) / distribution.serverUploadBps,
    download: distribution.fileBits / totals.slowestDownloadBps,
  };
}

function peerToPeerTerms(distribution: FileDistribution, totals: SwarmTotals) {
  return {
    server: distribution.fileBits / distribution.serverUploadBps,
    download: distribution.fileBits / totals.slowestDownloadBps,
    aggregate: (totals.peers * distribution.fileBits) / (distribution.serverUploadBps + totals.totalUploadBps),
  };
}

function boundFromTerms(terms: { readonly server: number; readonly download: number; readonly aggregate?: number }): DistributionBound {
  let binding: BindingTerm = "server";
  let seconds = terms.server;
  if (terms.download > seconds) [binding, seconds] = ["download", terms.download];
  if (terms.aggregate !== undefined && terms.aggregate > seconds) [binding, seconds] = ["aggregate", terms.aggregate];
  if (!(seconds < Infinity)) {
    throw new ParameterError({ what: `the ${binding} term of the distribution time is not a finite number`, got: seconds, expected: "a file and rates of ordinary size", where: "parameter fileBits" });
  }
  return { seconds, binding, terms };
}

/** Smallest whole number for which a monotone condition holds, from a guess that rounding may have moved by one. */
function firstFrom(guess: number, holds: (n: number) => boolean): number {
  if (guess > 1 && holds(guess - 1)) return guess - 1;
  return holds(guess) ? guess : guess + 1;
}
