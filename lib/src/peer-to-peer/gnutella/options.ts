/** Parameters of a Gnutella servent, and what it tells to whoever watches. */
import { ParameterError, checkNumber } from "../../errors";

/** Parameters of every servent. Where the specification gives no number, the default is ours and says so. */
export interface GnutellaOptions {
  /** TTL of a new query or ping, 1..255; 7 in practice (figure file GN-3). */
  readonly ttl: number;
  /** A descriptor's TTL plus hops is cut to this, 1..255: a servent does not believe a larger wish. 7 in practice. */
  readonly maxTtl: number;
  /** A servent opens connections until it has so many; 4 (ours; the crawls of 2000 and 2001 saw 3.4 on average). */
  readonly wantedNeighbours: number;
  /** It accepts connections up to so many; 8 (ours). */
  readonly maxNeighbours: number;
  /** Addresses that it remembers, oldest forgotten first; 200 (ours). */
  readonly maxKnownHosts: number;
  /** Descriptor ids that it remembers per kind, oldest forgotten first; 10,000 (ours). */
  readonly routeEntries: number;
  /** How long it remembers one, µs; 10 minutes (ours). */
  readonly routeExpiryUs: number;
  /** Time between pings, µs; 30 s (ours). */
  readonly pingIntervalUs: number;
  /** Silence after which a neighbour is taken for dead, µs; 90 s, three intervals (ours). */
  readonly deadUs: number;
  /** How long it waits for an answer to a connection, µs; 5 s (ours). */
  readonly connectTimeoutUs: number;
  /** How long it waits for a file, and again after a PUSH, µs; 60 s (ours). */
  readonly downloadTimeoutUs: number;
  /** Whether a servent that answers a query passes it on as well: true in 0.4; the textbook's servent passes on only what it "cannot resolve". */
  readonly forwardAfterHit: boolean;
  /** Most results in one query hit, 1..255; 64 (ours). */
  readonly maxResults: number;
  /** Whether a downloaded file is shared from then on; true, as servents did by default. */
  readonly shareDownloads: boolean;
  /** False: the links given at the start stay as they are, nobody pings. For converged overlays. Default true. */
  readonly maintains: boolean;
}

/** Defaults of {@link GnutellaOptions}. */
export const GNUTELLA_DEFAULTS: GnutellaOptions = Object.freeze({
  ttl: 7, maxTtl: 7, wantedNeighbours: 4, maxNeighbours: 8, maxKnownHosts: 200, routeEntries: 10_000, routeExpiryUs: 600_000_000, pingIntervalUs: 30_000_000, deadUs: 90_000_000,
  connectTimeoutUs: 5_000_000, downloadTimeoutUs: 60_000_000, forwardAfterHit: true, maxResults: 64, shareDownloads: true, maintains: true,
});

const LONGEST_US = 1e12;

/** @throws ParameterError when an option is unknown or out of range */
export function checkGnutellaOptions(given: Partial<GnutellaOptions> = {}): GnutellaOptions {
  if (typeof given !== "object" || given === null) throw new ParameterError({ what: "bad options of a servent", got: given, expected: "an object", where: "parameter options" });
  const stranger = Object.keys(given).find((name) => !Object.hasOwn(GNUTELLA_DEFAULTS, name));
  if (stranger !== undefined) throw new ParameterError({ what: "unknown option of a servent", got: stranger, expected: Object.keys(GNUTELLA_DEFAULTS).join(", ") });
  const options = { ...GNUTELLA_DEFAULTS, ...given };
  checkNumber("ttl", options.ttl, { min: 1, max: 255, integer: true, unit: "hops" });
  checkNumber("maxTtl", options.maxTtl, { min: options.ttl, max: 255, integer: true, unit: "hops, at least ttl" });
  checkNumber("maxNeighbours", options.maxNeighbours, { min: 1, max: 100_000, integer: true });
  checkNumber("wantedNeighbours", options.wantedNeighbours, { min: 0, max: options.maxNeighbours, integer: true, unit: "neighbours, at most maxNeighbours" });
  checkNumber("maxKnownHosts", options.maxKnownHosts, { min: 1, max: 1e6, integer: true });
  checkNumber("routeEntries", options.routeEntries, { min: 1, max: 1e7, integer: true });
  checkNumber("maxResults", options.maxResults, { min: 1, max: 255, integer: true });
  for (const name of ["routeExpiryUs", "pingIntervalUs", "connectTimeoutUs", "downloadTimeoutUs"] as const) checkNumber(name, options[name], { min: 1, max: LONGEST_US, integer: true, unit: "µs" });
  checkNumber("deadUs", options.deadUs, { min: options.pingIntervalUs, max: LONGEST_US, integer: true, unit: "µs, at least one ping interval" });
  for (const name of ["forwardAfterHit", "shareDownloads", "maintains"] as const) {
    if (typeof options[name] !== "boolean") throw new ParameterError({ what: `bad value for ${name}`, got: options[name], expected: "true or false", where: `parameter ${name}` });
  }
  return options;
}

/** Why a descriptor went no further. */
export type GnutellaDropReason = "duplicate" | "no-route" | "not-a-neighbour" | "malformed" | "too-many-hops";

/** A result of a search, as it reached the servent that asked. */
export interface GnutellaHit {
  readonly timeUs: number;
  readonly node: number;
  /** Descriptor id of the query. */
  readonly id: string;
  /** Who has the file: the first address that a searcher ever learns. -1 when the address is nobody's, as a lying servent may say. */
  readonly holder: number;
  readonly serventId: string;
  readonly fileIndex: number;
  readonly fileName: string;
  readonly sizeBytes: number;
  /** Overlay hops that the answer took. */
  readonly hops: number;
}

/** Is told what happens, for experiments and tests; changes nothing. */
export interface GnutellaObserver {
  searched?(timeUs: number, node: number, id: string, text: string): void;
  hit?(hit: GnutellaHit): void;
  /** A servent passed a descriptor on (or sent its own) to so many neighbours. */
  forwarded?(node: number, kind: string, id: string, copies: number): void;
  dropped?(node: number, reason: GnutellaDropReason, id: string): void;
  neighbour?(timeUs: number, node: number, peer: number, isUp: boolean): void;
  downloaded?(timeUs: number, node: number, from: number, fileName: string, pushed: boolean): void;
  downloadFailed?(timeUs: number, node: number, from: number, fileName: string, reason: "no-answer" | "no-route-for-push" | "no-such-file"): void;
}
