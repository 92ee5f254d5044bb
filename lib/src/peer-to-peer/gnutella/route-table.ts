/**
 * What a servent remembers of descriptors that it has seen: the id and the neighbour from which it came. One table does two things: an id that is in it is not
 * passed on again (duplicate suppression), and an answer with that id goes to that neighbour (reverse path). Memory is bounded in number and in age, so an
 * id that comes back late enough is taken for a new one; the TTL then ends the loop.
 */

import { checkNumber } from "../../errors";

/** An entry of the table. */
interface RouteEntry {
  readonly from: number;
  readonly atUs: number;
}

/** Stands for the servent itself: answers with this id are for its own user. */
export const SELF = -1;

/** Ids with the neighbour they came from, oldest forgotten first. */
export class RouteTable {
  /** Entries that were forgotten because the table was full. */
  evicted = 0;
  private readonly entries = new Map<string, RouteEntry>();
  /** No entry is older than this. */
  private oldestUs = 0;

  /**
   * @param capacity most entries, >= 1
   * @param expiryUs age at which an entry is forgotten, µs, >= 1
   * @throws ParameterError when out of range
   */
  constructor(
    readonly capacity: number,
    readonly expiryUs: number,
  ) {
    checkNumber("capacity", capacity, { min: 1, integer: true });
    checkNumber("expiryUs", expiryUs, { min: 1, integer: true, unit: "µs" });
  }

  get size(): number {
    return this.entries.size;
  }

  /** Where an id came from: a neighbour, {@link SELF}, or undefined when it is not known (any more). */
  get(id: string, nowUs: number): number | undefined {
    const entry = this.entries.get(id);
    return entry === undefined || nowUs - entry.atUs >= this.expiryUs ? undefined : entry.from;
  }

  /**
   * Remembers an id unless it is known.
   * @returns false when it was known: a duplicate
   */
  add(id: string, from: number, nowUs: number): boolean {
    const entry = this.entries.get(id);
    if (entry !== undefined && nowUs - entry.atUs < this.expiryUs) return false;
    if (entry !== undefined) this.entries.delete(id);
    this.append(id, from, nowUs);
    return true;
  }

  /** Remembers an id with a new origin, known or not. */
  put(id: string, from: number, nowUs: number): void {
    this.entries.delete(id);
    this.append(id, from, nowUs);
  }

  private append(id: string, from: number, nowUs: number): void {
    if (nowUs - this.oldestUs >= this.expiryUs) this.forgetOld(nowUs);
    if (this.entries.size >= this.capacity) {
      const [oldest] = this.entries.keys();
      this.entries.delete(oldest);
      this.evicted += 1;
    }
    if (this.entries.size === 0) this.oldestUs = nowUs;
    this.entries.set(id, { from, atUs: nowUs });
  }

  /** Entries stand in the order of their times, so what is too old is at the front. */
  private forgetOld(nowUs: number): void {
    for (const [oldest, entry] of this.entries) {
      this.oldestUs = entry.atUs;
      if (nowUs - entry.atUs < this.expiryUs) return;
      this.entries.delete(oldest);
    }
  }

  /** The entries, oldest first, for views and tests. */
  list(): { readonly id: string; readonly from: number; readonly atUs: number }[] {
    return [...this.entries].map(([id, { from, atUs }]) => ({ id, from, atUs }));
  }
}

/** Addresses of nodes, each once, the one heard of longest ago forgotten first. */
export class HostList {
  private readonly hosts = new Map<number, number>();

  /** @param capacity most hosts, >= 1 @throws ParameterError when it is less */
  constructor(readonly capacity: number) {
    checkNumber("capacity", capacity, { min: 1, integer: true });
  }

  get size(): number {
    return this.hosts.size;
  }

  /** Adds a host, or notes that it has been heard of again. */
  learn(host: number, nowUs: number): void {
    this.hosts.delete(host);
    if (this.hosts.size >= this.capacity) {
      const [oldest] = this.hosts.keys();
      this.hosts.delete(oldest);
    }
    this.hosts.set(host, nowUs);
  }

  forget(host: number): void {
    this.hosts.delete(host);
  }

  /** The hosts, latest heard of last; with `expiryUs` only those heard of more recently. */
  list(nowUs = 0, expiryUs = Infinity): number[] {
    return [...this.hosts].filter(([, atUs]) => nowUs - atUs < expiryUs).map(([host]) => host);
  }
}
