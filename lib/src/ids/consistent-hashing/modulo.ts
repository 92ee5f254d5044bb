/**
 * Hashing modulo a number of buckets: server number `hash mod n` (Peterson & Davie 9.4.2, "return x % 101"). The scheme that consistent hashing replaces.
 *
 * With `buckets` fixed, as in the book, the two flaws it names are real here: servers beyond the number of buckets are never used, and a key whose bucket
 * has no server has none (`lookup` gives null). Without it there are as many buckets as servers, and a join or leave renumbers nearly all keys.
 * Tests: test/ids/consistent-hashing/weights-and-tables.test.ts, test/paper/consistent-hashing.test.ts.
 */
import { checkNumber } from "../../errors";
import { ServerSet, type HashOptions } from "./server-set";

/** Options of hashing modulo n. */
export interface ModuloOptions extends HashOptions {
  /** Number of buckets, 1..10^6; `null` (default) for one per server. The book's example has 101. */
  readonly buckets?: number | null;
}

/**
 * Remainder of a 64-bit digest, exactly.
 * @param buckets 1..2^26, so that no product passes 2^53
 */
export function moduloBucket(high: number, low: number, buckets: number): number {
  return ((high % buckets) * (4294967296 % buckets) + (low % buckets)) % buckets;
}

/** Servers numbered in the order of the set, one bucket each. */
export class ModuloHash extends ServerSet {
  readonly scheme = "modulo";
  /** Fixed number of buckets, or `null`. */
  readonly buckets: number | null;
  private size = 0;

  /** @throws ParameterError for a bad option */
  constructor(options: ModuloOptions = {}) {
    super(options, false);
    const { buckets = null } = options;
    this.buckets = buckets === null ? null : checkNumber("buckets", buckets, { min: 1, max: 1_000_000, integer: true });
  }

  protected build(): void {
    this.size = this.buckets ?? this.members.length;
  }

  protected ownerOf(high: number, low: number): number {
    if (this.size === 0) return -1;
    const bucket = moduloBucket(high, low, this.size);
    return bucket < this.members.length ? bucket : -1;
  }

  /** The following buckets that have a server, around. */
  protected ownersOf(high: number, low: number, count: number): number[] {
    const used = Math.min(this.size, this.members.length);
    const first = this.ownerOf(high, low);
    return Array.from({ length: Math.min(count, used) }, (_, i) => (first + i) % used);
  }
}
