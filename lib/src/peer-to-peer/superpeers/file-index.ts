/** A superpeer's index: which member of its cluster holds which file. Used by {@link SuperpeerNode}. Checked by test/peer-to-peer/superpeers/file-index.test.ts. */

import { finalMix } from "../../ids/hash-words";

/** 32 bits that are equal for equal sets of files, in any order, and almost surely differ otherwise. */
export function filesDigest(files: Iterable<number>): number {
  let digest = 0;
  for (const file of files) digest ^= finalMix(file + 1);
  return digest >>> 0;
}

/** Files by owner and owners by file, always in step. */
export class FileIndex {
  private readonly holders = new Map<number, Set<number>>();
  private readonly files = new Map<number, Set<number>>();

  /** Entries: pairs of owner and file. */
  get size(): number {
    let sum = 0;
    for (const files of this.files.values()) sum += files.size;
    return sum;
  }

  /** Who holds a file, ascending. */
  ownersOf(file: number): number[] {
    return [...(this.holders.get(file) ?? [])].sort((a, b) => a - b);
  }

  /** What a node holds, ascending. */
  filesOf(owner: number): number[] {
    return [...(this.files.get(owner) ?? [])].sort((a, b) => a - b);
  }

  /** The {@link filesDigest} of what a node holds. */
  digestOf(owner: number): number {
    return filesDigest(this.files.get(owner) ?? []);
  }

  /** Everybody with an entry, ascending. */
  owners(): number[] {
    return [...this.files.keys()].sort((a, b) => a - b);
  }

  /** Replaces what a node holds. */
  replace(owner: number, files: readonly number[]): void {
    this.removeOwner(owner);
    for (const file of files) this.set(owner, file, true);
  }

  /** Adds or removes one entry; no effect if it is as said already. */
  set(owner: number, file: number, present: boolean): void {
    toggle(this.files, owner, file, present);
    toggle(this.holders, file, owner, present);
  }

  /** Removes all that a node holds. */
  removeOwner(owner: number): void {
    for (const file of this.files.get(owner) ?? []) toggle(this.holders, file, owner, false);
    this.files.delete(owner);
  }
}

function toggle(map: Map<number, Set<number>>, key: number, value: number, present: boolean): void {
  const known = map.get(key);
  if (present) {
    if (known === undefined) map.set(key, new Set([value]));
    else known.add(value);
  } else if (known !== undefined) {
    known.delete(value);
    if (known.size === 0) map.delete(key);
  }
}
