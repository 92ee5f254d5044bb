/**
 * How unevenly peers share: Adar and Huberman, "Free riding on Gnutella", First Monday 5 (2000), counted 33,335 peers for a day: two thirds shared nothing, one per cent shared
 * 37 per cent of the files. Modelled as a share of peers without anything and a log-normal number for the others; its spread is fitted to their figures, not theirs.
 */
import { ParameterError, checkNumber } from "../../errors";
import { exp, normalQuantile, type RandomStream } from "../../simulation";

/** Parameters of {@link drawContributions}. */
export interface ContributionOptions {
  /** 1..10^7; 33,335 in the paper. */
  readonly peers: number;
  /** Share of peers that give nothing, 0..1; 22,084 / 33,335 share no files. */
  readonly nothingShare: number;
  /** Median of the others, > 0. Does not change shares. */
  readonly median: number;
  /** Standard deviation of the natural logarithm, 0..10; 1.57 fits the files, 1.85 the answers. */
  readonly sigma: number;
}

/** The paper's files. */
export const FILES_SHARED: ContributionOptions = Object.freeze({ peers: 33_335, nothingShare: 22_084 / 33_335, median: 60, sigma: 1.57 });
/** The paper's answers, among the 11,585 peers that were looked at because they share something: 63 % of them never answered. */
export const QUERIES_ANSWERED: ContributionOptions = Object.freeze({ peers: 11_585, nothingShare: 0.63, median: 5, sigma: 1.85 });

/**
 * Contributions of peers: exactly the share that gives nothing, in random places, log-normal amounts for the others. Of the k givers one lies in each k-th part of the distribution
 * (a stratified draw), because the few largest would otherwise move the shares from draw to draw.
 * @throws ParameterError when an option is out of range
 */
export function drawContributions(options: ContributionOptions, random: RandomStream): Float64Array {
  const peers = checkNumber("peers", options.peers, { min: 1, max: 1e7, integer: true });
  const nothing = Math.round(checkNumber("nothingShare", options.nothingShare, { min: 0, max: 1 }) * peers);
  checkNumber("median", options.median, { min: 0, exclusiveMin: true, max: 1e12 });
  checkNumber("sigma", options.sigma, { min: 0, max: 10 });
  const quantile = (place: number) => Math.min(Math.max((place + random.uniform()) / (peers - nothing), 1e-12), 1 - 1e-12);
  const amounts = Float64Array.from({ length: peers }, (_, peer) => (peer < nothing ? 0 : options.median * exp(options.sigma * normalQuantile(quantile(peer - nothing)))));
  return random.shuffle(amounts);
}

/**
 * Share of the whole that the top peers give.
 * @param amounts >= 0, not all 0
 * @param top share of the peers, 0..1, those with most
 * @throws ParameterError when out of range, or the sum is 0
 */
export function topShare(amounts: ArrayLike<number>, top: number): number {
  checkNumber("top", top, { min: 0, max: 1 });
  if (typeof amounts !== "object" || amounts === null || !(amounts.length > 0)) throw new ParameterError({ what: "no amounts", got: amounts, expected: "a list of numbers >= 0", where: "parameter amounts" });
  const sorted = Float64Array.from(amounts, (amount, i) => (amount >= 0 && amount < Infinity ? amount : checkNumber(`amounts[${i}]`, amount, { min: 0 }))).sort();
  const count = Math.round(top * sorted.length);
  let [sum, upper] = [0, 0];
  // From the least, for the sake of rounding.
  sorted.forEach((amount, i) => {
    sum += amount;
    if (i >= sorted.length - count) upper += amount;
  });
  if (!(sum > 0)) throw new ParameterError({ what: "nobody gives anything", got: sum, expected: "a sum > 0", where: "parameter amounts" });
  return upper / sum;
}
