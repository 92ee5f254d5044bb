/**
 * Bencoding, the encoding of torrent files and of tracker and DHT messages (BEP 3, "The BitTorrent Protocol Specification").
 * Reading is strict: there is exactly one way to write each value, so `encodeBencode(decodeBencode(b))` gives `b` back.
 * Tests: test/codecs/bencode.test.ts, test/fuzz/bencode.test.ts.
 */
import { ParameterError } from "../errors";
import { checkBytes, latin1Bytes, latin1Text } from "./bytes";
import { checkObject } from "./check-input";
import type { BencodeOptions } from "./bencode-options";
import { readBencode, type BencodeNode } from "./bencode-reader";
import { BencodeDictionary, type BencodeValue } from "./bencode-value";

/** Deeper values are refused by the writer: far more than the reader takes, and the way a value that contains itself is found. */
const MAX_WRITE_DEPTH = 1024;

/**
 * Reads one bencoded value that fills the whole input.
 *
 * Integers come as `number` when safe and as `bigint` beyond, byte strings as views of a private copy of the input, dictionaries as
 * {@link BencodeDictionary} in the order of the input.
 *
 * @param bytes the encoded value
 * @param options limits (by default 16 MiB of input, 64 levels, 10^6 values and keys, 100 digits per integer), and whether unsorted
 *   keys are accepted
 * @returns the value
 * @throws ParseError when the input is not bencoding, with the byte at which reading stopped and what was expected there
 * @throws ParseLimitError (a ParseError) when a limit is reached
 * @throws ParameterError when the input is no `Uint8Array` or a limit is out of its range
 */
export function decodeBencode(bytes: Uint8Array, options: BencodeOptions = {}): BencodeValue {
  return valueOf(readBencode(bytes, checkObject("options", options, "limits, or nothing")).root);
}

/** The value of a node, without places. Its depth is bounded by the reader's limit. */
export function valueOf(node: BencodeNode): BencodeValue {
  if (node.kind === "list") return node.items.map(valueOf);
  if (node.kind !== "dictionary") return node.value;
  const entries: [Uint8Array, BencodeValue][] = [];
  for (const [key, value] of node.entries) entries.push([latin1Bytes(key), valueOf(value)]);
  return new BencodeDictionary(entries);
}

/**
 * Writes a value in its one canonical form: dictionary keys in ascending order of their bytes, no leading zeros.
 *
 * @param value whole numbers within ±(2^53 - 1), bigints of any size, byte strings, lists and dictionaries, at most 1024 levels deep.
 *   `decodeBencode(encodeBencode(x))` is `x` again, except that a bigint that fits comes back as a number
 * @returns the encoded bytes
 * @throws ParameterError when a part of the value is anything else, or the value contains itself
 */
export function encodeBencode(value: BencodeValue): Uint8Array {
  const output = new ByteWriter();
  write(value, 0, output);
  return output.finish();
}

/** Bytes gathered in one array that doubles when it is full. */
class ByteWriter {
  private bytes = new Uint8Array(1024);
  private length = 0;

  text(ascii: string): void {
    this.reserve(ascii.length);
    for (let i = 0; i < ascii.length; i++) this.bytes[this.length + i] = ascii.charCodeAt(i);
    this.length += ascii.length;
  }

  byteString(content: Uint8Array): void {
    this.text(`${content.length}:`);
    this.reserve(content.length);
    this.bytes.set(content, this.length);
    this.length += content.length;
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

function write(value: BencodeValue, depth: number, output: ByteWriter): void {
  if (depth > MAX_WRITE_DEPTH) {
    throw new ParameterError({ what: "cannot write a value as bencoding: it is nested too deeply or contains itself", expected: `at most ${MAX_WRITE_DEPTH} levels` });
  }
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) refuse(value, "a whole number within ±(2^53 - 1), or a bigint");
    output.text(`i${value}e`);
  } else if (typeof value === "bigint") {
    output.text(`i${value}e`);
  } else if (ArrayBuffer.isView(value)) {
    output.byteString(checkBytes("value", value));
  } else if (value instanceof BencodeDictionary) {
    writeDictionary(value, depth, output);
  } else if (Array.isArray(value)) {
    output.text("l");
    for (const item of value) write(item, depth + 1, output);
    output.text("e");
  } else {
    refuse(value, "a whole number, a bigint, bytes (Uint8Array), a list (array) or a BencodeDictionary");
  }
}

function writeDictionary(dictionary: BencodeDictionary, depth: number, output: ByteWriter): void {
  const entries = [...dictionary].map(([key, value]) => ({ key, text: latin1Text(key), value }));
  entries.sort((a, b) => (a.text < b.text ? -1 : 1));
  output.text("d");
  for (const { key, value } of entries) {
    output.byteString(key);
    write(value, depth + 1, output);
  }
  output.text("e");
}

function refuse(got: unknown, expected: string): never {
  throw new ParameterError({ what: "cannot write a value as bencoding", got, expected, where: "parameter value" });
}
