/**
 * Parameters of Chord: every constant of the two papers and of the programs that are compared with them, with its range and where its default comes from.
 * SIG = Stoica et al., SIGCOMM 2001; TON = Stoica et al., IEEE/ACM Transactions on Networking 2003; OverSim = the defaults of that simulator.
 */
import { checkChoice, checkNumber } from "../../../errors";
import { checkRecord } from "../../../simulation/checks";

/** Who carries a lookup on: each node hands it to the next (recursive), or its origin asks one node after the other (iterative). TON, section IV. */
export type LookupStyle = "recursive" | "iterative";

/**
 * What a node routes by. "fingers": the closest preceding finger, until the key lies between a node and its successor (SIG, figure 4). "fingers and successors": the
 * successor list helps and ends the lookup as soon as the key lies within it (TON, figure 5 with section IV-E).
 */
export type RoutingState = "fingers" | "fingers and successors";

/** Parameters of every node. */
export interface ChordParameters {
  /** Length r of the successor list, 1..64; 8 (OverSim). TON's experiments have 20. */
  readonly successors: number;
  /** Fingers kept, the farthest ones, 1..bits; 64 or the width of the ids: below, a finger is the successor among any number of nodes that fits here. */
  readonly fingers: number;
  readonly routing: RoutingState;
  readonly style: LookupStyle;
  /** Time between two rounds of `stabilize`, whole µs, 0 for never; 20 s (OverSim). SIG and TON: 30 s. */
  readonly stabiliseUs: number;
  /** Time between two rounds of `fix_fingers`, whole µs, 0 for never; 120 s (OverSim). */
  readonly fixFingersUs: number;
  /** Fingers looked up in one such round, 1..bits; 1 (TON, figure 6). Fingers that the successor answers cost no message and do not count. */
  readonly fingersPerRound: number;
  /** Time between two rounds of `check_predecessor`, whole µs, 0 for never; 20 s. */
  readonly checkPredecessorUs: number;
  /** Periods are drawn from [1 - jitter, 1 + jitter] times their mean, 0..1; 0.5 (SIG, 6.4: between 15 and 45 s). */
  readonly jitter: number;
  /** How long a node waits for an answer to one message, whole µs > 0; 500 ms, twice the longest round trip of most inputs here (ours). */
  readonly timeoutUs: number;
  /** Sendings after the first before a silent node is taken for dead, 0..10; 0. */
  readonly retries: number;
  /** After a timeout in a lookup: give up, or ask the next best node. "next best" (TON, section IV-E) makes each hop wait for an acknowledgement. */
  readonly recovery: "none" | "next best";
  /** What becomes of the pointers to a node that did not answer a lookup. "keep" is TON's experiment without repair (table II). */
  readonly afterTimeout: "forget" | "keep";
  /**
   * What a node does that is asked as the owner of a key which lies before its predecessor, since somebody's successor list is out of date: "redirect" names the predecessor, so that
   * newcomers are found before every list has heard of them; "none" answers anyway. "redirect" (ours; the papers leave wrong answers to the program above).
   */
  readonly ownerCheck: "redirect" | "none";
  /** Patience of the origin with one attempt at a lookup, whole µs, 0 for ever; 10 s (ours). */
  readonly lookupTimeoutUs: number;
  /** Attempts after the first, 0..10; 0. */
  readonly lookupRetries: number;
  /** A lookup fails after so many hops, 1..60000; 1000. */
  readonly maxHops: number;
  /** Alternates s of each finger: its next s successors, of which the nearest is taken, 0..32; 0 (TON, section VI-F has 0..16). Needs `proximityUs`. */
  readonly alternates: number;
  /** Copies of a key, at the owner and its next successors, 1..successors; 1 (TON, section V-B replicates above Chord). */
  readonly replicas: number;
  /** Time until a node tries to join again, whole µs > 0; 5 s (ours). */
  readonly joinRetryUs: number;
  /** Time between two questions to a known node for the own successor, which let rings merge again after a partition, whole µs; 0: never, as in the papers. */
  readonly auditUs: number;
}

/** Defaults of {@link ChordParameters}; `fingers` is bounded by the width of the ids. */
export const CHORD_DEFAULTS: ChordParameters = Object.freeze({
  successors: 8, fingers: 64, routing: "fingers and successors", style: "recursive",
  stabiliseUs: 20_000_000, fixFingersUs: 120_000_000, fingersPerRound: 1, checkPredecessorUs: 20_000_000, jitter: 0.5,
  timeoutUs: 500_000, retries: 0, recovery: "next best", afterTimeout: "forget", ownerCheck: "redirect", lookupTimeoutUs: 10_000_000, lookupRetries: 0, maxHops: 1000,
  alternates: 0, replicas: 1, joinRetryUs: 5_000_000, auditUs: 0,
} as const);

/** Longest period: some eleven days. */
const LONGEST_US = 1e12;

/**
 * The parameters of a population: the defaults with the given values over them.
 * @param bits width of the ids
 * @throws ParameterError for an unknown name, a wrong word, or a number out of range
 */
export function chordParameters(given: Partial<ChordParameters>, bits: number): ChordParameters {
  checkRecord("parameters", given, Object.keys(CHORD_DEFAULTS));
  const all: ChordParameters = { ...CHORD_DEFAULTS, fingers: Math.min(bits, CHORD_DEFAULTS.fingers), ...given };
  checkNumber("successors", all.successors, { min: 1, max: 64, integer: true });
  checkNumber("fingers", all.fingers, { min: 1, max: bits, integer: true });
  checkChoice("routing", all.routing, ["fingers", "fingers and successors"]);
  checkChoice("style", all.style, ["recursive", "iterative"]);
  for (const name of ["stabiliseUs", "fixFingersUs", "checkPredecessorUs", "lookupTimeoutUs", "auditUs"] as const) checkNumber(name, all[name], { min: 0, max: LONGEST_US, integer: true, unit: "µs" });
  for (const name of ["timeoutUs", "joinRetryUs"] as const) checkNumber(name, all[name], { min: 1, max: LONGEST_US, integer: true, unit: "µs" });
  checkNumber("fingersPerRound", all.fingersPerRound, { min: 1, max: bits, integer: true });
  checkNumber("jitter", all.jitter, { min: 0, max: 1 });
  checkNumber("retries", all.retries, { min: 0, max: 10, integer: true });
  checkChoice("recovery", all.recovery, ["none", "next best"]);
  checkChoice("afterTimeout", all.afterTimeout, ["forget", "keep"]);
  checkChoice("ownerCheck", all.ownerCheck, ["redirect", "none"]);
  checkNumber("lookupRetries", all.lookupRetries, { min: 0, max: 10, integer: true });
  checkNumber("maxHops", all.maxHops, { min: 1, max: 60_000, integer: true });
  checkNumber("alternates", all.alternates, { min: 0, max: 32, integer: true });
  checkNumber("replicas", all.replicas, { min: 1, max: all.successors, integer: true, unit: "copies, no more than the successor list has entries" });
  return Object.freeze(all);
}
