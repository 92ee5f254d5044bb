/** The values that bencoding (BEP 3) can write down. */
import { ParameterError, showValue } from "../errors";
import { latin1Bytes, latin1Text, utf8Bytes } from "./bytes";

/**
 * A bencoded value: a whole number (`number` while it is safe, `bigint` beyond 2^53 - 1), a byte string, a list or a dictionary.
 * There is no text in bencoding; {@link utf8Bytes} makes a byte string of one.
 */
export type BencodeValue = number | bigint | Uint8Array | readonly BencodeValue[] | BencodeDictionary;

/** A dictionary's key: bytes, or a text that stands for its UTF-8 bytes. */
export type BencodeKey = string | Uint8Array;

/**
 * A bencoded dictionary: byte-string keys, in the order given or read. Never a plain object, so a key such as `__proto__` is a key
 * like any other. It does not change after it is made.
 */
export class BencodeDictionary implements Iterable<[Uint8Array, BencodeValue]> {
  /** Values by key, the key written with one character per byte. */
  private readonly values: ReadonlyMap<string, BencodeValue>;

  /**
   * @param entries pairs of key and value, in any order (the encoder sorts them)
   * @throws ParameterError when a key appears twice, or an entry is no pair
   */
  constructor(entries: Iterable<readonly [BencodeKey, BencodeValue]> = []) {
    const values = new Map<string, BencodeValue>();
    if (typeof entries !== "object" || entries === null || !(Symbol.iterator in entries)) throw new ParameterError({ what: "bad value for entries", got: entries, expected: "pairs of key and value", where: "parameter entries" });
    for (const entry of entries) {
      if (!Array.isArray(entry) || entry.length !== 2) throw new ParameterError({ what: "bad entry of a dictionary", got: entry, expected: "a pair of key and value", where: "parameter entries" });
      const [key, value] = entry as readonly [BencodeKey, BencodeValue];
      const name = keyText(key);
      if (values.has(name)) {
        throw new ParameterError({ what: `dictionary key ${showValue(name)} is given twice`, expected: "each key once", where: "parameter entries" });
      }
      values.set(name, value);
    }
    this.values = values;
  }

  /** How many keys there are. */
  get size(): number {
    return this.values.size;
  }

  /** Whether the key is present. */
  has(key: BencodeKey): boolean {
    return this.values.has(keyText(key));
  }

  /** The key's value, or `undefined` when the key is absent. */
  get(key: BencodeKey): BencodeValue | undefined {
    return this.values.get(keyText(key));
  }

  /** The keys, as bytes, in order. */
  keys(): Uint8Array[] {
    return [...this.values.keys()].map(latin1Bytes);
  }

  /** Pairs of key and value, in order. */
  *[Symbol.iterator](): IterableIterator<[Uint8Array, BencodeValue]> {
    for (const [name, value] of this.values) yield [latin1Bytes(name), value];
  }
}

function keyText(key: BencodeKey): string {
  return latin1Text(typeof key === "string" ? utf8Bytes(key) : key);
}
