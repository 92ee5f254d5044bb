/** Numbers for the names that occur in a run (timers, message kinds), so that event records hold whole numbers only. */

/** Gives each distinct text a number, from 0 in order of first use, and a hash that does not depend on that order. */
export class NameTable {
  private readonly ids = new Map<string, number>();
  private readonly names: string[] = [];
  private readonly hashes: number[] = [];
  /** The two names asked for last: a handler's message and its timer take turns, and neither then costs a look into the map. */
  private readonly recent = { name: "", id: -1, earlierName: "", earlierId: -1 };

  /** The number of a name; a new one for a new name. */
  idOf(name: string): number {
    const { recent } = this;
    if (name === recent.name && recent.id >= 0) return recent.id;
    if (name === recent.earlierName && recent.earlierId >= 0) return recent.earlierId;
    let id = this.ids.get(name);
    if (id === undefined) {
      id = this.names.length;
      this.ids.set(name, id);
      this.names.push(name);
      this.hashes.push(hashText(name));
    }
    recent.earlierName = recent.name;
    recent.earlierId = recent.id;
    recent.name = name;
    recent.id = id;
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
