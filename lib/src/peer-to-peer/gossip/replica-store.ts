/**
 * One site's copy of a replicated database: entries with timestamps, of which the newer always wins, deletions as death certificates, a checksum that is kept up
 * to date, and the list of recent updates. Tanenbaum & van Steen 4.5; Demers et al., PODC 1987, sections 1.1 (timestamps), 1.3 (checksums, recent updates)
 * and 2 (death certificates, dormant ones). Values are opaque text. Not modelled: clocks that disagree. Checked by test/peer-to-peer/gossip/replica-store.test.ts.
 */
import { ParameterError, checkNumber } from "../../errors";

/** When and where an update was made: pairs are ordered, and no two updates have the same one. */
export interface UpdateStamp {
  readonly timeUs: number;
  readonly site: number;
}

/** A version of an item. `value` null is a death certificate: the item is deleted, and the deletion spreads like an update. */
export interface UpdateEntry {
  readonly key: string;
  readonly value: string | null;
  readonly stamp: UpdateStamp;
  /** For a death certificate: when it was last woken (Demers et al., section 2.2), at first the time of deletion. */
  readonly activatedUs: number;
}

/** How long death certificates live. */
export interface CertificateParameters {
  /** tau1: how long every site keeps one, > 0; Infinity: for ever. */
  readonly keepUs: number;
  /** tau2: how much longer its retention sites keep it dormant, >= 0. */
  readonly dormantUs: number;
}

/** Compares two stamps: negative when the first is older. */
export function compareStamps(a: UpdateStamp, b: UpdateStamp): number {
  return a.timeUs !== b.timeUs ? a.timeUs - b.timeUs : a.site - b.site;
}

/** Bytes of an entry on the wire: its text in UTF-16 code units (one byte each for ASCII), 12 for the stamp, 2 for two lengths. */
export function entryBytes(entry: UpdateEntry): number {
  return entry.key.length + (entry.value === null ? 8 : entry.value.length) + 14;
}

/** A site's copy. */
export class ReplicaStore {
  private readonly entries = new Map<string, UpdateEntry>();
  private readonly dormant = new Map<string, UpdateEntry>();
  private low = 0;
  private high = 0;

  /** The current version of an item, a death certificate included; undefined if the site never heard of it. */
  get(key: string): UpdateEntry | undefined {
    return this.entries.get(key);
  }

  /** The value of an item; undefined if it does not exist or is deleted. */
  valueOf(key: string): string | undefined {
    return this.entries.get(key)?.value ?? undefined;
  }

  /** Entries, death certificates included. */
  get size(): number {
    return this.entries.size;
  }

  /** Death certificates that sleep here. */
  get dormantCount(): number {
    return this.dormant.size;
  }

  /** All entries, in the order in which the site first heard of the items. */
  all(): UpdateEntry[] {
    return [...this.entries.values()];
  }

  /** 52 bits that are equal at two sites with equal contents, and almost surely differ otherwise. */
  get checksum(): number {
    return (this.high >>> 6) * 67108864 + (this.low >>> 6);
  }

  /** Entries younger than a time window, newest first: what two sites exchange before they compare checksums. */
  recent(nowUs: number, windowUs: number): UpdateEntry[] {
    return this.all().filter((entry) => nowUs - Math.max(entry.stamp.timeUs, entry.activatedUs) <= windowUs).sort((a, b) => compareStamps(b.stamp, a.stamp));
  }

  /**
   * Takes a version in if it is newer than ours. One that is older than a death certificate sleeping here wakes it.
   * @returns "new" if our copy changed, "known" if we had this one or a newer, "woken" if a certificate was woken (and must spread again)
   */
  merge(entry: UpdateEntry, nowUs: number): "new" | "known" | "woken" {
    checkEntry(entry);
    const sleeping = this.dormant.get(entry.key);
    if (sleeping !== undefined) {
      this.dormant.delete(entry.key);
      if (compareStamps(entry.stamp, sleeping.stamp) < 0) {
        this.put({ ...sleeping, activatedUs: nowUs });
        return "woken";
      }
    }
    const ours = this.entries.get(entry.key);
    if (ours !== undefined) {
      const order = compareStamps(entry.stamp, ours.stamp);
      if (order < 0 || (order === 0 && entry.activatedUs <= ours.activatedUs)) return "known";
    }
    this.put(entry);
    return "new";
  }

  /** Drops death certificates older than `keepUs`; a retention site lets them sleep for `dormantUs` more. */
  expire(nowUs: number, parameters: CertificateParameters, isRetentionSite: (entry: UpdateEntry) => boolean): void {
    for (const entry of this.all()) {
      if (entry.value !== null || nowUs - entry.activatedUs <= parameters.keepUs) continue;
      this.toggle(entry);
      this.entries.delete(entry.key);
      if (parameters.dormantUs > 0 && isRetentionSite(entry)) this.dormant.set(entry.key, entry);
    }
    for (const [key, entry] of [...this.dormant]) if (nowUs - entry.activatedUs > parameters.keepUs + parameters.dormantUs) this.dormant.delete(key);
  }

  private put(entry: UpdateEntry): void {
    const ours = this.entries.get(entry.key);
    if (ours !== undefined) this.toggle(ours);
    this.toggle(entry);
    this.entries.set(entry.key, entry);
  }

  /** Adds an entry to the checksum, or takes it out again. */
  private toggle({ key, stamp, activatedUs }: UpdateEntry): void {
    const text = `${key}\u0000${stamp.timeUs}\u0000${stamp.site}\u0000${activatedUs}`;
    // FNV-1a over code units, two different starts.
    let a = 0x811c9dc5;
    let b = 0x01000193;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      a = Math.imul(a ^ unit, 0x01000193);
      b = Math.imul(b ^ unit, 0x85ebca6b);
      b ^= b >>> 15;
    }
    this.low ^= a;
    this.high ^= b;
  }
}

function checkEntry(entry: UpdateEntry): void {
  if (typeof entry !== "object" || entry === null || typeof entry.key !== "string" || (entry.value !== null && typeof entry.value !== "string")) {
    throw new ParameterError({ what: "not an entry of a replica", got: entry, expected: "key (text), value (text or null), stamp, activatedUs", where: "update" });
  }
  checkNumber("stamp.timeUs", entry.stamp?.timeUs, { min: 0, integer: true, unit: "µs" });
  checkNumber("stamp.site", entry.stamp.site, { min: 0, integer: true });
  checkNumber("activatedUs", entry.activatedUs, { min: 0, integer: true, unit: "µs" });
}
