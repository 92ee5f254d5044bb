/** Parameters of Napster's registry and peers, and what they tell to whoever watches. The book gives no numbers; every default is ours. */
import { ParameterError, checkNumber } from "../../errors";
import { samplerOf, type Distribution } from "../../simulation";

/** Parameters of the registry. */
export interface RegistryOptions {
  /** Time that it works on one request, µs; one after the other. 1 ms. */
  readonly serviceUs: Distribution;
  /** Requests that may wait, 0..10^6; one that finds more is lost. 10,000. */
  readonly maxQueue: number;
  /** Silence after which a peer and its files are removed, µs; 180 s. */
  readonly expiryUs: number;
  /** Time between looks for silent peers, µs; 30 s. */
  readonly sweepUs: number;
  /** Most results of one query, 1..10,000; 100. */
  readonly maxResults: number;
}

/** Parameters of a peer. */
export interface NapsterPeerOptions {
  /** Time between heartbeats, µs; 60 s. */
  readonly heartbeatUs: number;
  /** How long it waits for any answer of the registry, µs; 10 s. */
  readonly answerTimeoutUs: number;
  /** Heartbeats without answer after which the registry is taken for dead, >= 1; 2. */
  readonly missedHeartbeats: number;
  /** First wait before it registers again, µs; doubled with each failure; 5 s. The wait is drawn from its second half, so that peers do not come all at once. */
  readonly retryMinUs: number;
  /** Longest such wait, µs; 5 minutes. */
  readonly retryMaxUs: number;
  /** How long it waits for a file before it asks the next holder, µs; 60 s. */
  readonly downloadTimeoutUs: number;
  /** Whether a downloaded file is shared from then on; true. */
  readonly shareDownloads: boolean;
}

/** Defaults of {@link RegistryOptions}. */
export const REGISTRY_DEFAULTS: RegistryOptions = Object.freeze({ serviceUs: Object.freeze({ kind: "constant", value: 1000 } as const), maxQueue: 10_000, expiryUs: 180_000_000, sweepUs: 30_000_000, maxResults: 100 });
/** Defaults of {@link NapsterPeerOptions}. */
export const NAPSTER_PEER_DEFAULTS: NapsterPeerOptions = Object.freeze({
  heartbeatUs: 60_000_000, answerTimeoutUs: 10_000_000, missedHeartbeats: 2, retryMinUs: 5_000_000, retryMaxUs: 300_000_000, downloadTimeoutUs: 60_000_000, shareDownloads: true,
});

const LONGEST_US = 1e12;

function merged<T extends object>(what: string, defaults: T, given: Partial<T>): T {
  if (typeof given !== "object" || given === null) throw new ParameterError({ what: `bad options of ${what}`, got: given, expected: "an object", where: "parameter options" });
  const stranger = Object.keys(given).find((name) => !Object.hasOwn(defaults, name));
  if (stranger !== undefined) throw new ParameterError({ what: `unknown option of ${what}`, got: stranger, expected: Object.keys(defaults).join(", ") });
  return { ...defaults, ...given };
}

/** @throws ParameterError when an option is unknown or out of range */
export function checkRegistryOptions(given: Partial<RegistryOptions> = {}): RegistryOptions {
  const options = merged("a registry", REGISTRY_DEFAULTS, given);
  samplerOf(options.serviceUs);
  checkNumber("maxQueue", options.maxQueue, { min: 0, max: 1e6, integer: true, unit: "requests" });
  checkNumber("expiryUs", options.expiryUs, { min: 1, max: LONGEST_US, integer: true, unit: "µs" });
  checkNumber("sweepUs", options.sweepUs, { min: 1, max: LONGEST_US, integer: true, unit: "µs" });
  checkNumber("maxResults", options.maxResults, { min: 1, max: 10_000, integer: true });
  return options;
}

/** @throws ParameterError when an option is unknown or out of range */
export function checkPeerOptions(given: Partial<NapsterPeerOptions> = {}): NapsterPeerOptions {
  const options = merged("a peer", NAPSTER_PEER_DEFAULTS, given);
  for (const name of ["heartbeatUs", "answerTimeoutUs", "retryMinUs", "downloadTimeoutUs"] as const) checkNumber(name, options[name], { min: 2, max: LONGEST_US, integer: true, unit: "µs" });
  checkNumber("retryMaxUs", options.retryMaxUs, { min: options.retryMinUs, max: LONGEST_US, integer: true, unit: "µs, at least retryMinUs" });
  checkNumber("missedHeartbeats", options.missedHeartbeats, { min: 1, max: 1000, integer: true });
  if (typeof options.shareDownloads !== "boolean") throw new ParameterError({ what: "bad value for shareDownloads", got: options.shareDownloads, expected: "true or false", where: "parameter shareDownloads" });
  return options;
}

/** How a search ended. "no-answer": the registry did not answer in time; "not-registered": the peer knows that the registry is gone. */
export type SearchOutcome = "found" | "nothing-found" | "no-answer" | "not-registered";

/** Is told what happens, for experiments and tests; changes nothing. */
export interface NapsterObserver {
  /** A search ended; `holders` in the order of the answer. */
  searched?(timeUs: number, peer: number, text: string, outcome: SearchOutcome, results: readonly { readonly holder: number; readonly name: string; readonly sizeBytes: number }[], tookUs: number): void;
  downloaded?(timeUs: number, peer: number, from: number, name: string): void;
  downloadFailed?(timeUs: number, peer: number, name: string): void;
  /** A peer's standing with the registry changed. */
  registered?(timeUs: number, peer: number, isRegistered: boolean): void;
  /** The registry finished a request that had waited so long before it was begun. */
  served?(timeUs: number, kind: string, waitUs: number): void;
  /** A request found the queue full. */
  refused?(timeUs: number, kind: string): void;
}
