/** Numbers for the names that occur in a run (timers, message kinds), so that event records hold whole numbers only. */

/** Gives each distinct text a number, from 0 in order of first use, and a hash that does not depend on that order. */
export class NameTable {
  private readonly ids = new Map<string, number>();
  private readonly names: string[] = [];
  private readonly hashes: number[] = [];
  private lastName = "";
  private lastId = -1;

  /** The number of a name; a new one for a new name. */
  idOf(name: string): number {
    if (name === this.lastName && this.lastId >= 0) return this.lastId;
    let id = this.ids.get(name);
    if (id === undefined) {
      id = this.names.length;
      this.ids.set(name, id);
      this.names.push(name);
      this.hashes.push(hashText(name));
    }
    this.lastName = name;
    this.lastId = id;
    return id;
  }

  /** The name with a number. */
  nameOf(id: number): string {
    return this.names[id];
  }

  /** The 32-bit hash of a name. */
  hashOf(id: number): number {
    return this.hashes[id];
  }
}

/** 32-bit FNV-1a over the UTF-16 units of a text. Not for secrets. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
