/**
 * Who becomes superpeer: the strongest node that has been up for long, because it is likely to stay. Pure functions, used by {@link SuperpeerNode}.
 * Tanenbaum & van Steen 2.2 (superpeers); Liang, Kumar, Ross 2006, section 2. Neither prints a formula: the product below is this library's. Checked by
 * test/peer-to-peer/superpeers/election.test.ts.
 */
import { checkNumber } from "../../errors";
import type { SuperpeerParameters } from "./superpeer-parameters";

/** What is known of a node that might be elected. */
export interface Candidate {
  readonly node: number;
  /** What it can carry, any unit that is the same for all, >= 0. */
  readonly capacity: number;
  readonly uptimeUs: number;
}

/** Whether a node may be a superpeer at all: strong enough, and up for long enough. */
export function isEligible(candidate: Candidate, parameters: Pick<SuperpeerParameters, "minCapacity" | "minUptimeUs">): boolean {
  return candidate.capacity >= parameters.minCapacity && candidate.uptimeUs >= parameters.minUptimeUs;
}

/** Capacity times uptime, in which nothing more counts after `fullUptimeUs`; a node that has just started counts as one up for a microsecond. */
export function electionScore(candidate: Candidate, fullUptimeUs: number): number {
  return candidate.capacity * Math.min(1, Math.max(1, candidate.uptimeUs) / fullUptimeUs);
}

/**
 * The eligible candidate of the highest score; of equals the one up for longest, then the lowest number.
 * @returns its node, or -1 if none is eligible
 * @throws ParameterError for a capacity or uptime that is no number >= 0
 */
export function electSuperpeer(candidates: Iterable<Candidate>, parameters: Pick<SuperpeerParameters, "minCapacity" | "minUptimeUs" | "fullUptimeUs">): number {
  let best: Candidate | null = null;
  for (const candidate of candidates) {
    checkNumber("node", candidate?.node, { min: 0, integer: true });
    checkNumber("capacity", candidate.capacity, { min: 0 });
    checkNumber("uptimeUs", candidate.uptimeUs, { min: 0, integer: true, unit: "µs" });
    if (isEligible(candidate, parameters) && (best === null || isBetter(candidate, best, parameters.fullUptimeUs))) best = candidate;
  }
  return best === null ? -1 : best.node;
}

function isBetter(a: Candidate, b: Candidate, fullUptimeUs: number): boolean {
  const difference = electionScore(a, fullUptimeUs) - electionScore(b, fullUptimeUs);
  if (difference !== 0) return difference > 0;
  return a.uptimeUs !== b.uptimeUs ? a.uptimeUs > b.uptimeUs : a.node < b.node;
}
