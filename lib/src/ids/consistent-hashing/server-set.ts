/**
 * What all schemes share: the set of servers with their weights, kept in one order whatever the order of insertion, and the ways to ask.
 *
 * The order is by length of the name in bytes, then by bytes, so that cache-2 stands before cache-10. Two instances with the same options and the same
 * servers give the same answer for every key: nothing else is remembered. (Schemes that number their servers, modulo and jump hash,
 * number them in this order.) What a scheme precomputes is built at the first look-up after a change.
 * Tests: test/ids/consistent-hashing/schemes.test.ts, test/laws/consistent-hashing.test.ts.
 */
import { LimitError, ParameterError, checkChoice, checkNumber } from "../../errors";
import { HASH_FUNCTIONS, digestOf, keyBytes, type HashFunction, type HashKey } from "../hash-bytes";
import { checkInterned, type InternedKeys } from "./interned-keys";

/** Options of every scheme. */
export interface HashOptions {
  /** Function over names and keys; default MurmurHash3. Keys must be interned with the same. */
  readonly hash?: HashFunction;
  /** Another seed places all servers anew, 0..2^32 - 1; default 0. */
  readonly seed?: number;
}

/** A scheme that assigns keys to servers. All of them answer through these calls. */
export interface ServerHash {
  /** Name of the scheme ("ring"). */
  readonly scheme: string;
  /** Function over names and keys. */
  readonly hash: HashFunction;
  /** Names in the order of the set; look-ups by interned key give indices into it. */
  readonly servers: readonly string[];
  /** Adds a server. */
  add(server: string, weight?: number): void;
  /** Removes a server. */
  remove(server: string): void;
  /** Whether a server of this name is in the set. */
  has(server: string): boolean;
  /** The weight that a server was added with. */
  weightOf(server: string): number;
  /** The server of a key, or `null` where the scheme has none for it. */
  lookup(key: HashKey): string | null;
  /** The servers of several keys. */
  lookupMany(keys: readonly HashKey[]): (string | null)[];
  /** The first `count` distinct servers in the order in which this key prefers them; all, if there are fewer. */
  replicas(key: HashKey, count: number): string[];
  /** The server of an interned key as an index into `servers`, or -1. */
  lookupInterned(keys: InternedKeys, index: number): number;
  /** The servers of all interned keys. */
  lookupAll(keys: InternedKeys, into?: Int32Array): Int32Array;
}

/** A server as the schemes see it. */
export interface Member {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly weight: number;
  /** Digest of the name under the scheme's hash function. */
  readonly high: number;
  readonly low: number;
}

/** Most servers of one set. */
export const MOST_SERVERS = 1_000_000;
/** Largest weight, and the inverse of the smallest. */
export const LARGEST_WEIGHT = 1_000_000;

/** The set of servers; a scheme adds how keys are assigned. */
export abstract class ServerSet implements ServerHash {
  abstract readonly scheme: string;
  readonly hash: HashFunction;
  readonly seed: number;
  /** In order. */
  protected readonly members: Member[] = [];
  private names: readonly string[] = [];
  private stale = true;

  /**
   * @param isWeighted whether servers may have weights other than 1
   * @throws ParameterError for an unknown hash function or a bad seed
   */
  constructor(options: HashOptions, private readonly isWeighted: boolean) {
    if (typeof options !== "object" || options === null) throw new ParameterError({ what: "bad options", got: options, expected: "an object", where: "parameter options" });
    const { hash = "murmur3", seed = 0 } = options;
    this.hash = checkChoice("hash", hash, HASH_FUNCTIONS);
    this.seed = checkNumber("seed", seed, { min: 0, max: 4294967295, integer: true });
  }

  get servers(): readonly string[] {
    return this.names;
  }

  /**
   * Adds a server.
   *
   * @param server a name of at least one character, without lone surrogates
   * @param weight share relative to the others, 10^-6..10^6; default 1, and nothing else where the scheme has no weights
   * @throws ParameterError for a name that is empty, malformed or already there, or a bad weight; LimitError beyond 10^6 servers
   */
  add(server: string, weight = 1): void {
    const index = this.search(server);
    if (this.members[index]?.name === server) throw new ParameterError({ what: "server added twice", got: server, expected: "a name that is not in the set", where: "parameter server" });
    checkNumber("weight", weight, { min: 1 / LARGEST_WEIGHT, max: LARGEST_WEIGHT });
    if (!this.isWeighted && weight !== 1) throw new ParameterError({ what: `${this.scheme} has no weights`, got: weight, expected: "1, or none given", where: "parameter weight" });
    if (this.members.length >= MOST_SERVERS) throw new LimitError({ what: "too many servers", got: this.members.length + 1, expected: `at most ${MOST_SERVERS}` });
    const member = { name: server, bytes: keyBytes(server), weight, ...digestOf(server, this.hash) };
    this.checkAdmission(member);
    this.members.splice(index, 0, member);
    this.change();
  }

  /**
   * Removes a server.
   * @throws ParameterError when there is none of that name
   */
  remove(server: string): void {
    this.members.splice(this.indexOf(server), 1);
    this.change();
  }

  has(server: string): boolean {
    return typeof server === "string" && server !== "" && this.members[this.search(server)]?.name === server;
  }

  /** @throws ParameterError when there is no server of that name */
  weightOf(server: string): number {
    return this.members[this.indexOf(server)].weight;
  }

  /**
   * The server of a key.
   * @returns its name; `null` when there are no servers, or the scheme has none for this key
   * @throws ParameterError for something that is no key
   */
  lookup(key: HashKey): string | null {
    const { high, low } = digestOf(key, this.hash);
    if (this.members.length === 0) return null;
    this.prepare();
    const owner = this.ownerOf(high, low);
    return owner < 0 ? null : this.members[owner].name;
  }

  lookupMany(keys: readonly HashKey[]): (string | null)[] {
    if (!Array.isArray(keys)) throw new ParameterError({ what: "no list of keys", got: keys, expected: "an array of bytes or texts", where: "parameter keys" });
    return keys.map((key: HashKey) => this.lookup(key));
  }

  /**
   * The order in which a key prefers the servers: where its copies go, or where its requests go when the first is gone.
   *
   * @param count how many, 1..10^6
   * @returns distinct names, the first being `lookup(key)`; all servers when there are fewer than `count`, none when the key has no server
   */
  replicas(key: HashKey, count: number): string[] {
    checkNumber("count", count, { min: 1, max: MOST_SERVERS, integer: true });
    const { high, low } = digestOf(key, this.hash);
    if (this.members.length === 0) return [];
    this.prepare();
    if (this.ownerOf(high, low) < 0) return [];
    return this.ownersOf(high, low, Math.min(count, this.members.length)).map((owner) => this.members[owner].name);
  }

  /**
   * The server of an interned key, by index.
   * @param index 0..keys.length - 1 (not checked: this is the hot path)
   */
  lookupInterned(keys: InternedKeys, index: number): number {
    if (this.stale) this.prepare();
    return this.ownerOf(keys.high[index], keys.low[index]);
  }

  /**
   * The servers of all interned keys, by index; -1 for none.
   * @param given array to write to, at least as long as the list
   * @throws ParameterError for something that `internKeys` did not give, or an array that is too short
   */
  lookupAll(keys: InternedKeys, given?: Int32Array): Int32Array {
    checkInterned(keys);
    const into = given ?? new Int32Array(keys.length);
    if (into.length < keys.length) throw new ParameterError({ what: "array too short for the answers", got: into.length, expected: `at least ${keys.length}`, where: "parameter given" });
    this.prepare();
    const { high, low, length } = keys;
    for (let i = 0; i < length; i++) into[i] = this.ownerOf(high[i], low[i]);
    return into;
  }

  /** Builds what look-ups need, from the members alone. Called at the first look-up after a change. */
  protected abstract build(): void;

  /** The index of the server of a digest, or -1. */
  protected abstract ownerOf(high: number, low: number): number;

  /** The first `count` distinct servers for a digest; `count` is at most the number of servers, and the digest has a server. */
  protected abstract ownersOf(high: number, low: number, count: number): number[];

  /** Refuses a server that the scheme cannot take. */
  protected checkAdmission(_member: Member): void {}

  /** Must run before what `build` makes is read. */
  protected prepare(): void {
    if (!this.stale) return;
    this.build();
    this.stale = false;
  }

  /** Tells that what `build` makes is out of date. */
  protected invalidate(): void {
    this.stale = true;
  }

  /** Index of a server. @throws ParameterError when there is none of that name */
  protected indexOf(server: string): number {
    const index = this.search(server);
    if (this.members[index]?.name === server) return index;
    throw new ParameterError({ what: "no such server", got: server, expected: this.members.length === 0 ? "a server that was added; there is none" : `one of ${this.names.slice(0, 8).join(", ")}${this.names.length > 8 ? ", ..." : ""}`, where: "parameter server" });
  }

  private change(): void {
    this.names = Object.freeze(this.members.map((member) => member.name));
    this.invalidate();
  }

  /** Where a name stands or would stand. */
  private search(server: unknown): number {
    if (typeof server !== "string" || server === "" || /\p{Surrogate}/u.test(server)) throw new ParameterError({ what: "bad name of a server", got: server, expected: "a text of at least one character, without lone surrogates", where: "parameter server" });
    const bytes = keyBytes(server);
    let [from, to] = [0, this.members.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (compareNames(this.members[middle].bytes, bytes) < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** By length, then by bytes. */
function compareNames(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return a.length - b.length;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return 0;
}
