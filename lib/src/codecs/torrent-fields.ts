/** Typed access to the parts of a torrent file: each value with its path and byte offset, so that every error says where it is. */
import { ParseError } from "../errors";
import { itemPath, keyPath, type BencodeNode, type DictionaryNode, type ListNode, type StringNode } from "./bencode-reader";
import { decodeText } from "./bytes";
import type { ParseWarning } from "./bencode-options";

/** A value of the file with the way to it: `info.files[2].length`. */
export interface Located<N extends BencodeNode = BencodeNode> {
  readonly node: N;
  readonly path: string;
}

/** Reads fields and gathers what is odd about them. */
export class FieldReader {
  readonly warnings: ParseWarning[] = [];

  /** @param lenient leave out an optional field that cannot be read, with a warning, instead of failing */
  constructor(private readonly lenient: boolean) {}

  /** Notes something odd that loses nothing; the message continues a sentence that starts with the value's path. */
  warn(at: Located, message: string): void {
    this.warnings.push({ message: `${at.path} ${message}`, offset: at.node.start });
  }

  /**
   * Reads a part that the file can do without.
   * @param read gives the value or throws a ParseError
   * @param otherwise what stands for the value when it cannot be read; only in lenient mode
   */
  optional<T>(read: () => T, otherwise: T): T {
    if (!this.lenient) return read();
    const before = this.warnings.length;
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.warnings.length = before;
      this.warnings.push({ message: `left out: ${error.message}`, offset: error.offset });
      return otherwise;
    }
  }

  /** A text; bytes that are not UTF-8 are read as Latin-1 and noted. */
  text(at: Located): string {
    const { text, isUtf8 } = decodeText(expectString(at, "text").node.value);
    if (!isUtf8) this.warn(at, "is not UTF-8; it is shown as Latin-1, one character per byte");
    return text;
  }

  /** A text under `key`, preferring the older `key.utf-8` beside it, in which some programs put the UTF-8 form. */
  preferUtf8(dictionary: Located<DictionaryNode>, key: string): Located | undefined {
    return field(dictionary, `${key}.utf-8`) ?? field(dictionary, key);
  }
}

/** The value under an ASCII key, or undefined when the key is absent. */
export function field(dictionary: Located<DictionaryNode>, key: string): Located | undefined {
  const node = dictionary.node.entries.get(key);
  return node === undefined ? undefined : { node, path: keyPath(dictionary.path, key) };
}

/** The value under a key that must be there. */
export function requiredField(dictionary: Located<DictionaryNode>, key: string, expected: string): Located {
  const found = field(dictionary, key);
  if (found !== undefined) return found;
  throw missing(dictionary, key, expected);
}

/** The error for a key that is not there; it points at the dictionary. */
export function missing(dictionary: Located<DictionaryNode>, key: string, expected: string): ParseError {
  return new ParseError({ what: `cannot read ${key}: it is missing`, expected, where: keyPath(dictionary.path, key), offset: dictionary.node.start });
}

/** The items of a list, each with its place. */
export function items(list: Located<ListNode>): Located[] {
  return list.node.items.map((node, index) => ({ node, path: itemPath(list.path, index) }));
}

/** An error about a value: what is wrong, what it was, what would do. */
export function fault(at: Located, problem: string, expected: string): ParseError {
  const subject = /([^.[\]]+(?:\.utf-8)?)(?:\[\d+\])*$/.exec(at.path)?.[1] ?? "the file";
  const shown = at.node.kind === "string" ? { got: decodeText(at.node.value.subarray(0, 200)).text } : at.node.kind === "integer" ? { got: at.node.value } : {};
  return new ParseError({ what: `cannot read ${subject}${problem === "" ? "" : `: ${problem}`}`, ...shown, expected, where: at.path, offset: at.node.start });
}

const KIND_NAMES = { integer: "an integer", string: "a byte string", list: "a list", dictionary: "a dictionary" } as const;

function wrongKind(at: Located, expected: string): ParseError {
  return fault(at, `it is ${KIND_NAMES[at.node.kind]}`, expected);
}

/** The value as a byte string. */
export function expectString(at: Located, expected: string): Located<StringNode> {
  if (at.node.kind !== "string") throw wrongKind(at, expected);
  return { node: at.node, path: at.path };
}

/** The value as a list. */
export function expectList(at: Located, expected: string): Located<ListNode> {
  if (at.node.kind !== "list") throw wrongKind(at, expected);
  return { node: at.node, path: at.path };
}

/** The value as a dictionary. */
export function expectDictionary(at: Located, expected: string): Located<DictionaryNode> {
  if (at.node.kind !== "dictionary") throw wrongKind(at, expected);
  return { node: at.node, path: at.path };
}

/**
 * The value as a whole number within bounds.
 * @param range inclusive bounds, and the unit for the message; without `max` any safe number will do
 */
export function expectWhole(at: Located, range: { readonly min: number; readonly max?: number; readonly unit?: string }): number {
  const { min, max = Number.MAX_SAFE_INTEGER, unit } = range;
  const upper = range.max === undefined ? "" : ` and <= ${range.max}`;
  const expected = `a whole number >= ${min}${upper}${unit ? ` ${unit}` : ""}`;
  if (at.node.kind !== "integer") throw wrongKind(at, expected);
  if (typeof at.node.value === "bigint" && range.max === undefined && at.node.value > 0n) throw fault(at, "", `${expected}, below 2^53`);
  if (typeof at.node.value === "bigint" || at.node.value < min || at.node.value > max) throw fault(at, "", expected);
  return at.node.value;
}
