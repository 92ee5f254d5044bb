/**
 * Parameters of the MBone's protocols with their sources. Times are whole microseconds. IGMP: RFC 2236, section 8. DVMRP: the table of constants in
 * draft-ietf-idmr-dvmrp-v3 (the version that the MBone ran), where RFC 1075 differs it is said.
 */
import { ParameterError, checkNumber } from "../../errors";
import { checkRecord } from "../../simulation/checks";
import { SECOND_US } from "../../units";

/** Parameters of membership at the edge (IGMP version 2; MLD has the same). */
export interface MembershipOptions {
  /** How many losses in a row the timers bear, >= 1; 2 (RFC 2236, 8.1). */
  readonly robustness: number;
  /** Between general queries; 125 s (8.2). */
  readonly queryIntervalUs: number;
  /** Longest time until a host answers one, below `queryIntervalUs` and at most 25.5 s; 10 s (8.3). */
  readonly queryResponseUs: number;
  /** Longest time until a host answers a query after a leave, and the time between those; at most 25.5 s; 1 s (8.8). */
  readonly lastMemberQueryUs: number;
  /** Longest time until a joining host repeats its report; 10 s (8.10). */
  readonly unsolicitedReportUs: number;
}

/** Parameters of DVMRP. */
export interface DvmrpOptions {
  /** Between probes to a neighbour; 10 s. */
  readonly probeIntervalUs: number;
  /** Silence after which a neighbour is gone; 35 s (RFC 1075: 240 s). */
  readonly neighbourTimeoutUs: number;
  /** Between full route reports; 60 s in both. */
  readonly reportIntervalUs: number;
  /** Shortest time between reports of changes; 5 s in both. */
  readonly flashIntervalUs: number;
  /** A route not heard of for so long is lost; 140 s (RFC 1075: 120 s). */
  readonly routeExpiryUs: number;
  /** How long a lost route is told as unreachable before it is forgotten; two report intervals, 120 s. */
  readonly holdDownUs: number;
  /** Whether another router's route is taken while one is held down, as mrouted did; false as the draft asks, against routes that only echo. */
  readonly acceptDuringHoldDown: boolean;
  /** Life of a prune; 7200 s. */
  readonly pruneLifetimeUs: number;
  /** Shortest time between prunes of one source and group to a neighbour that goes on sending, doubled each time; 3 s. */
  readonly pruneRetransmitUs: number;
  /** Time until an unanswered graft is repeated, doubled each time; 5 s. */
  readonly graftRetransmitUs: number;
  /** An entry of the forwarding cache goes when no packet came for so long; 300 s (mrouted). */
  readonly cacheLifetimeUs: number;
  /** Largest route report with its IP header, bytes, 576..65535; 1500. */
  readonly reportMtuBytes: number;
  /**
   * How many of the latest packets of a source a router remembers in order to drop repeats, 0..256; 16. The RFCs have no such memory: it keeps what a network
   * duplicates, or sends on two ways while routes change, from the members. 0 switches it off.
   */
  readonly repeatMemory: number;
}

/** All parameters of an MBone world. */
export interface MboneOptions extends MembershipOptions, DvmrpOptions {
  /** Time to live of the outer header of a tunnel, 1..255; 64. */
  readonly tunnelTimeToLive: number;
}

/** Defaults of {@link MembershipOptions}. */
export const MEMBERSHIP_DEFAULTS: MembershipOptions = Object.freeze({
  robustness: 2, queryIntervalUs: 125 * SECOND_US, queryResponseUs: 10 * SECOND_US, lastMemberQueryUs: SECOND_US, unsolicitedReportUs: 10 * SECOND_US,
});

/** Defaults of {@link MboneOptions}. */
export const MBONE_DEFAULTS: MboneOptions = Object.freeze({
  ...MEMBERSHIP_DEFAULTS, probeIntervalUs: 10 * SECOND_US, neighbourTimeoutUs: 35 * SECOND_US, reportIntervalUs: 60 * SECOND_US, flashIntervalUs: 5 * SECOND_US, routeExpiryUs: 140 * SECOND_US,
  holdDownUs: 120 * SECOND_US, acceptDuringHoldDown: false, pruneLifetimeUs: 7200 * SECOND_US, pruneRetransmitUs: 3 * SECOND_US, graftRetransmitUs: 5 * SECOND_US,
  cacheLifetimeUs: 300 * SECOND_US, reportMtuBytes: 1500, repeatMemory: 16, tunnelTimeToLive: 64,
});

/** A member is forgotten after so long without a report: robustness x query interval + response time (RFC 2236, 8.4). */
export function membershipIntervalUs(options: MembershipOptions): number {
  return options.robustness * options.queryIntervalUs + options.queryResponseUs;
}

/** Checks the parameters of membership. @throws ParameterError when one is out of range */
export function checkMembershipOptions(options: MembershipOptions): void {
  const positive = { min: 1, max: 4294967295, integer: true, unit: "µs" };
  checkNumber("robustness", options.robustness, { min: 1, max: 7, integer: true });
  checkNumber("queryIntervalUs", options.queryIntervalUs, positive);
  // A query states its response time in a byte of tenths of a second.
  checkNumber("queryResponseUs", options.queryResponseUs, { ...positive, max: Math.min(25_500_000, options.queryIntervalUs - 1) });
  checkNumber("lastMemberQueryUs", options.lastMemberQueryUs, { ...positive, max: 25_500_000 });
  checkNumber("unsolicitedReportUs", options.unsolicitedReportUs, positive);
}

/**
 * The defaults with some of them changed.
 * @throws ParameterError for an unknown name or a value out of range
 */
export function mboneOptions(changes: Partial<MboneOptions> = {}): MboneOptions {
  checkRecord("options", changes);
  const unknown = Object.keys(changes).find((name) => !Object.hasOwn(MBONE_DEFAULTS, name));
  if (unknown !== undefined) throw new ParameterError({ what: "unknown parameter of the MBone", got: unknown, expected: Object.keys(MBONE_DEFAULTS).join(", ") });
  const options = { ...MBONE_DEFAULTS, ...changes };
  checkMembershipOptions(options);
  const positive = { min: 1, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" };
  for (const name of ["probeIntervalUs", "reportIntervalUs", "flashIntervalUs", "holdDownUs", "pruneLifetimeUs", "pruneRetransmitUs", "graftRetransmitUs", "cacheLifetimeUs"] as const) checkNumber(name, options[name], positive);
  checkNumber("neighbourTimeoutUs", options.neighbourTimeoutUs, { ...positive, min: options.probeIntervalUs });
  checkNumber("routeExpiryUs", options.routeExpiryUs, { ...positive, min: options.reportIntervalUs });
  checkNumber("reportMtuBytes", options.reportMtuBytes, { min: 576, max: 65535, integer: true, unit: "bytes" });
  checkNumber("repeatMemory", options.repeatMemory, { min: 0, max: 256, integer: true, unit: "packets" });
  checkNumber("tunnelTimeToLive", options.tunnelTimeToLive, { min: 1, max: 255, integer: true, unit: "hops" });
  if (typeof options.acceptDuringHoldDown !== "boolean") throw new ParameterError({ what: "bad value for acceptDuringHoldDown", got: options.acceptDuringHoldDown, expected: "true or false", where: "parameter acceptDuringHoldDown" });
  return Object.freeze(options);
}
