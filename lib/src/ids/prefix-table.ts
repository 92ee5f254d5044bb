/**
 * A forwarding table: blocks of addresses with a value each, asked for the longest block that holds an address (the rule of RFC 1812, section
 * 5.2.4.3). A binary trie over the bits of the address, in typed arrays: 12 bytes a trie node, no object per entry, a look-up walks
 * at most 32 or 128 nodes. Removing an entry gives its nodes back.
 * Not done: path compression, which would save memory for sparse tables and cost clarity. Tests: test/ids/prefix-table.test.ts against a list searched from end to end.
 */
import { InvariantError, ParameterError, checkNumber } from "../errors";
import { formatIpPrefix, maskAddress, sameAddress, type IpAddress, type IpPrefix } from "./ip-address";

const NONE = -1;
const ROOT = 0;

/** An entry of a table, or the one that a look-up found. */
export interface PrefixEntry extends IpPrefix {
  readonly value: number;
}

/** Longest-prefix match for 32-bit or 128-bit addresses. Values are whole numbers 0..2^31 - 1. */
export class PrefixTable {
  private children = new Int32Array(2 * 64).fill(NONE);
  private values = new Int32Array(64).fill(NONE);
  private used = 1;
  /** Head of the list of trie nodes given back; each names the next in its left child. */
  private free = NONE;
  private entryCount = 0;

  /** @param bits width of the addresses, 32 or 128 */
  constructor(readonly bits: 32 | 128) {
    if (bits !== 32 && bits !== 128) throw new ParameterError({ what: "bad width of addresses", got: bits, expected: "32 or 128", where: "parameter bits" });
  }

  /** Number of entries. */
  get size(): number {
    return this.entryCount;
  }

  /**
   * Adds an entry, or gives an existing one a new value.
   * @returns the value it had, or -1
   * @throws ParameterError for addresses of the other width, bits beyond the length, or a bad value
   */
  set(prefix: IpPrefix, value: number): number {
    this.check(prefix);
    checkNumber("value", value, { min: 0, max: 2147483647, integer: true });
    let node = ROOT;
    for (let bit = 0; bit < prefix.length; bit++) {
      const side = 2 * node + bitAt(prefix.address, bit);
      if (this.children[side] === NONE) {
        const made = this.takeNode();
        this.children[side] = made;
      }
      node = this.children[side];
    }
    const before = this.values[node];
    if (before === NONE) this.entryCount += 1;
    this.values[node] = value;
    return before;
  }

  /**
   * Removes exactly this entry.
   * @returns the value it had, or -1 if there was none
   */
  delete(prefix: IpPrefix): number {
    this.check(prefix);
    const path = new Int32Array(prefix.length + 1);
    for (let bit = 0; bit < prefix.length; bit++) {
      const child = this.children[2 * path[bit] + bitAt(prefix.address, bit)];
      if (child === NONE) return NONE;
      path[bit + 1] = child;
    }
    const before = this.values[path[prefix.length]];
    if (before === NONE) return NONE;
    this.values[path[prefix.length]] = NONE;
    this.entryCount -= 1;
    for (let depth = prefix.length; depth > 0 && this.isEmptyLeaf(path[depth]); depth--) {
      this.children[2 * path[depth - 1] + bitAt(prefix.address, depth - 1)] = NONE;
      this.children[2 * path[depth]] = this.free;
      this.free = path[depth];
    }
    return before;
  }

  /** The value of exactly this entry, or -1. */
  get(prefix: IpPrefix): number {
    this.check(prefix);
    let node = ROOT;
    for (let bit = 0; bit < prefix.length; bit++) {
      node = this.children[2 * node + bitAt(prefix.address, bit)];
      if (node === NONE) return NONE;
    }
    return this.values[node];
  }

  /**
   * The value of the longest block that holds the address, or -1.
   * @throws ParameterError for an address of the other width
   */
  lookup(address: IpAddress): number {
    this.checkWidth(address);
    const { children, values, bits } = this;
    let node = ROOT;
    let best = values[ROOT];
    for (let bit = 0; bit < bits; bit++) {
      node = children[2 * node + bitAt(address, bit)];
      if (node === NONE) break;
      if (values[node] !== NONE) best = values[node];
    }
    return best;
  }

  /** The longest block that holds the address, with its value; `null` when none does. */
  match(address: IpAddress): PrefixEntry | null {
    this.checkWidth(address);
    let node = ROOT;
    let length = this.values[ROOT] === NONE ? NONE : 0;
    let value = this.values[ROOT];
    for (let bit = 0; bit < this.bits; bit++) {
      node = this.children[2 * node + bitAt(address, bit)];
      if (node === NONE) break;
      if (this.values[node] !== NONE) [length, value] = [bit + 1, this.values[node]];
    }
    return length === NONE ? null : { address: maskAddress(address, length), length, value };
  }

  /** All entries, in the order of their bits, a block before the blocks inside it. */
  entries(): PrefixEntry[] {
    const found: PrefixEntry[] = [];
    const stack: [node: number, address: IpAddress, length: number][] = [[ROOT, new Uint8Array(this.bits / 8), 0]];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const [node, address, length] = top;
      if (this.values[node] !== NONE) found.push({ address, length, value: this.values[node] });
      for (const bit of [1, 0]) {
        const child = this.children[2 * node + bit];
        if (child !== NONE) stack.push([child, address.map((byte, index) => (index === length >> 3 ? byte | (bit << (7 - (length & 7))) : byte)), length + 1]);
      }
    }
    return found;
  }

  /** @throws InvariantError when a leaf holds nothing, a node hangs in two places, or the count is wrong */
  checkInvariants(): void {
    const seen = new Set<number>([ROOT]);
    let counted = 0;
    const stack = [ROOT];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (this.values[node] !== NONE) counted += 1;
      if (node !== ROOT && this.isEmptyLeaf(node)) throw new InvariantError({ what: "a trie node holds nothing and leads nowhere", got: node });
      for (const child of [this.children[2 * node], this.children[2 * node + 1]]) {
        if (child === NONE) continue;
        if (seen.has(child)) throw new InvariantError({ what: "a trie node hangs in two places", got: child });
        seen.add(child);
        stack.push(child);
      }
    }
    if (counted !== this.entryCount) throw new InvariantError({ what: "the number of entries is wrong", got: this.entryCount, expected: String(counted) });
    let freed = 0;
    for (let node = this.free; node !== NONE; node = this.children[2 * node]) freed += 1;
    if (seen.size + freed !== this.used) throw new InvariantError({ what: "trie nodes were lost", got: seen.size + freed, expected: String(this.used) });
  }

  private isEmptyLeaf(node: number): boolean {
    return this.values[node] === NONE && this.children[2 * node] === NONE && this.children[2 * node + 1] === NONE;
  }

  private takeNode(): number {
    if (this.free !== NONE) {
      const node = this.free;
      this.free = this.children[2 * node];
      this.children[2 * node] = NONE;
      return node;
    }
    if (this.used === this.values.length) {
      const children = new Int32Array(4 * this.used).fill(NONE);
      children.set(this.children);
      const values = new Int32Array(2 * this.used).fill(NONE);
      values.set(this.values);
      [this.children, this.values] = [children, values];
    }
    this.used += 1;
    return this.used - 1;
  }

  private checkWidth(address: IpAddress): void {
    if (address.length * 8 !== this.bits) throw new ParameterError({ what: "address of another width than the table's", got: `${address.length * 8} bits`, expected: `${this.bits} bits` });
  }

  private check(prefix: IpPrefix): void {
    this.checkWidth(prefix.address);
    checkNumber("length", prefix.length, { min: 0, max: this.bits, integer: true, unit: "bits" });
    if (!sameAddress(prefix.address, maskAddress(prefix.address, prefix.length))) {
      throw new ParameterError({ what: "bits are set beyond the length of the prefix", got: formatIpPrefix(prefix), expected: "zeros there" });
    }
  }
}

function bitAt(address: IpAddress, bit: number): number {
  return (address[bit >> 3] >> (7 - (bit & 7))) & 1;
}
