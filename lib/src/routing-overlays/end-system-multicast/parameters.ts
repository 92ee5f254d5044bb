/**
 * The numbers of Narada, the protocol of end system multicast, each with its range and where its default comes from. Peterson and Davie 9.4.1
 * describe the protocol without numbers; Chu, Rao, Seshan and Zhang (SIGMETRICS 2000) and the settings with which Birrer and Bustamante (Nemo, 2004)
 * ran it in a comparison give most of them. Tests: test/routing-overlays/end-system-multicast/parameters.test.ts
 */
import { ParameterError, checkChoice, checkNumber } from "../../errors";

/** All parameters of a member. Times are seconds of simulated time. */
export interface NaradaParameters {
  /** Period of the refresh message with the list of members, 0.1..3600. Default 30: Chu et al. 2000. */
  readonly refreshSeconds: number;
  /** After a change in who is a member, the list is passed on after this time, 0..3600. Default 10, as the routing update: long enough to send several changes at once. */
  readonly forwardSeconds: number;
  /** Period of the routing update, 0.1..3600. Default 10: Birrer and Bustamante 2004. */
  readonly routingSeconds: number;
  /** A triggered routing update is sent after this time, 0..60. Default 1: the lower end of RIP (RFC 2453, 3.10.1). */
  readonly triggerSeconds: number;
  /** What triggers an update: a link of one's own that comes or goes, or any change of a route. Default own-links. */
  readonly triggeredUpdates: "own-links" | "all-changes";
  /** Period of keep-alives to each neighbour, 0.1..3600. Default 10, as the routing update. */
  readonly keepAliveSeconds: number;
  /** A neighbour not heard for this long is given up, more than `keepAliveSeconds`, to 7200. Default 60: Birrer and Bustamante 2004 (member dead). */
  readonly neighbourTimeoutSeconds: number;
  /** A member without news for this long is put on the queue of stale members, at least `refreshSeconds`, to 7200. Default 50: Birrer and Bustamante 2004 (partition repair). */
  readonly staleSeconds: number;
  /** A member on the queue for whom there was no news for this long is probed for certain, at least `staleSeconds`, to 7200. Default 60: Birrer and Bustamante 2004. */
  readonly deadSeconds: number;
  /** Period of looking at the queue, 0.1..3600. Default 5, own choice. */
  readonly repairSeconds: number;
  /** What is known of a member that is dead or left is forgotten after this time; till then the dead are asked now and then, 1..86400. Default 600, own choice. */
  readonly forgetSeconds: number;
  /** Period of probing a random member that is no neighbour, 0.1..3600. Default 10, own choice: the paper leaves it open. */
  readonly probeSeconds: number;
  /** Period of looking for a link that is not worth its cost, 0.1..3600. Default 10, own choice. */
  readonly dropSeconds: number;
  /** A new link is not dropped by choice before this time, at least `routingSeconds`, since its use is not known before, to 3600. Default 30, three routing updates. */
  readonly probationSeconds: number;
  /** Answers to probes and requests are awaited for this long, 0.01..60. Default 3, own choice. */
  readonly answerSeconds: number;
  /** Members that a new one asks at once to join the mesh, 1..64. Default 3: lower end of the degrees in Chu et al. 2000. */
  readonly joinLinks: number;
  /** Links are not dropped by choice at an end that has no more than this, 0..64. Default 3: Chu et al. 2000, degrees 3 to 6. */
  readonly minNeighbours: number;
  /** Links are not added for their utility at an end that has this many, `minNeighbours`..64. Default 6: Chu et al. 2000 and Birrer and Bustamante 2004. */
  readonly fanOut: number;
  /** Joins and repairs are refused at an end that has this many, `fanOut`..64. Default 12: Birrer and Bustamante 2004. */
  readonly maxNeighbours: number;
  /** A link is added when its utility is above this share of the group's size at an end with `fanOut` neighbours, and above a smaller one at ends with fewer, 0..1. Default 0.03, own choice. */
  readonly addShare: number;
  /** A link is dropped when its cost is below this share of the group's size, 0..0.5. Default 0.08, own choice. */
  readonly dropShare: number;
  /** False leaves the mesh as joins and repairs made it: no links are added for their utility, none dropped for their cost. Default true. */
  readonly improve: boolean;
  /** A member that leaves, and a link that is given up for its cost, go on carrying packets for this long while routes move elsewhere, 0..3600. Default 30, three routing updates. */
  readonly lingerSeconds: number;
  /** Weight of a new round-trip time in the running mean of a link, above 0, to 1. Default 0.125: RFC 6298. */
  readonly roundTripWeight: number;
}

/** The defaults; see the fields for their sources. */
export const NARADA_DEFAULTS: NaradaParameters = Object.freeze({
  refreshSeconds: 30,
  forwardSeconds: 10,
  routingSeconds: 10,
  triggerSeconds: 1,
  triggeredUpdates: "own-links",
  keepAliveSeconds: 10,
  neighbourTimeoutSeconds: 60,
  staleSeconds: 50,
  deadSeconds: 60,
  repairSeconds: 5,
  forgetSeconds: 600,
  probeSeconds: 10,
  dropSeconds: 10,
  probationSeconds: 30,
  answerSeconds: 3,
  joinLinks: 3,
  minNeighbours: 3,
  fanOut: 6,
  maxNeighbours: 12,
  addShare: 0.03,
  dropShare: 0.08,
  improve: true,
  lingerSeconds: 30,
  roundTripWeight: 0.125,
});

/** Most neighbours of one member. */
const MOST_NEIGHBOURS = 64;

/**
 * The defaults with the given values over them, checked.
 *
 * @param given values that differ from {@link NARADA_DEFAULTS}
 * @throws ParameterError for an unknown name, or a value outside its range or out of step with another
 */
export function naradaParameters(given: Partial<NaradaParameters> = {}): NaradaParameters {
  if (typeof given !== "object" || given === null) throw new ParameterError({ what: "parameters are no object", got: given, expected: "values by name" });
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(NARADA_DEFAULTS, name)) throw new ParameterError({ what: "unknown parameter of end system multicast", got: name, expected: Object.keys(NARADA_DEFAULTS).join(", ") });
  }
  const all: NaradaParameters = { ...NARADA_DEFAULTS, ...given };
  const seconds = (name: keyof NaradaParameters, min: number, max: number, exclusiveMin = false) => checkNumber(name, all[name], { min, max, exclusiveMin, unit: "seconds" });
  for (const name of ["refreshSeconds", "routingSeconds", "keepAliveSeconds", "repairSeconds", "probeSeconds", "dropSeconds"] as const) seconds(name, 0.1, 3600);
  for (const name of ["forwardSeconds", "lingerSeconds"] as const) seconds(name, 0, 3600);
  seconds("probationSeconds", all.routingSeconds, 3600);
  seconds("triggerSeconds", 0, 60);
  seconds("forgetSeconds", 1, 86400);
  seconds("answerSeconds", 0.01, 60);
  seconds("neighbourTimeoutSeconds", all.keepAliveSeconds, 7200, true);
  seconds("staleSeconds", all.refreshSeconds, 7200);
  seconds("deadSeconds", all.staleSeconds, 7200);
  checkChoice("triggeredUpdates", all.triggeredUpdates, ["own-links", "all-changes"]);
  checkNumber("joinLinks", all.joinLinks, { min: 1, max: MOST_NEIGHBOURS, integer: true });
  checkNumber("minNeighbours", all.minNeighbours, { min: 0, max: MOST_NEIGHBOURS, integer: true });
  checkNumber("fanOut", all.fanOut, { min: Math.max(1, all.minNeighbours), max: MOST_NEIGHBOURS, integer: true });
  checkNumber("maxNeighbours", all.maxNeighbours, { min: all.fanOut, max: MOST_NEIGHBOURS, integer: true });
  checkNumber("addShare", all.addShare, { min: 0, max: 1 });
  checkNumber("dropShare", all.dropShare, { min: 0, max: 0.5 });
  checkNumber("roundTripWeight", all.roundTripWeight, { min: 0, exclusiveMin: true, max: 1 });
  if (typeof all.improve !== "boolean") throw new ParameterError({ what: "bad value for improve", got: all.improve, expected: "true or false", where: "parameter improve" });
  return Object.freeze(all);
}

/**
 * Within this time after the last fault the members that are up form one mesh again. A neighbour that is gone has been given up by then, the news that still circulated
 * in one part has died down, the members of the other part have become stale and been probed for certain, and a refused request has been made again elsewhere.
 *
 * @returns seconds
 */
export function repairBoundSeconds(parameters: NaradaParameters): number {
  const { neighbourTimeoutSeconds, keepAliveSeconds, deadSeconds, refreshSeconds, repairSeconds, answerSeconds } = parameters;
  return neighbourTimeoutSeconds + keepAliveSeconds + deadSeconds + 3 * refreshSeconds + 4 * (repairSeconds + 2 * answerSeconds);
}
