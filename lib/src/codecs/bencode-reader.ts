/**
 * The bencode reader (BEP 3): bytes to a tree in which every value knows the bytes it was read from. The torrent reader needs these
 * places twice: for its error messages, and because an info-hash is taken over the exact bytes of a dictionary.
 * The reader is a loop with its own stack, so no input can overflow the stack of the machine; each turn takes at least one byte.
 */
import { ParseError, showValue } from "../errors";
import { checkLimits, type BencodeLimits, type BencodeOptions } from "./bencode-options";
import { checkBytes, latin1Text } from "./bytes";
import { ParseLimitError, type ParseLimit } from "./parse-limit";

interface Span {
  /** First byte of the value. */
  readonly start: number;
  /** First byte after the value. */
  end: number;
}
/** A whole number and its place. */
export interface IntegerNode extends Span {
  readonly kind: "integer";
  readonly value: number | bigint;
}
/** A byte string (a view of the reader's copy of the input) and its place. */
export interface StringNode extends Span {
  readonly kind: "string";
  readonly value: Uint8Array;
}
/** A list and its place. */
export interface ListNode extends Span {
  readonly kind: "list";
  readonly items: BencodeNode[];
}
/** A dictionary and its place; keys are written with one character per byte. */
export interface DictionaryNode extends Span {
  readonly kind: "dictionary";
  readonly entries: Map<string, BencodeNode>;
}
/** A value that knows which bytes it was read from. */
export type BencodeNode = IntegerNode | StringNode | ListNode | DictionaryNode;

interface Frame {
  readonly node: ListNode | DictionaryNode;
  /** The key whose value comes next; null in a list and where a key comes next. */
  key: string | null;
  previousKey: string | null;
  warned: boolean;
}

const CODE_0 = 0x30;
const CODE_9 = 0x39;
const CODE_COLON = 0x3a;
const CODE_MINUS = 0x2d;
const CODE_D = 0x64;
const CODE_E = 0x65;
const CODE_I = 0x69;
const CODE_L = 0x6c;
const isDigit = (code: number): boolean => code >= CODE_0 && code <= CODE_9;
/** More digits than the length of any input has. */
const MAX_LENGTH_DIGITS = 15;

/**
 * Reads one bencoded value that fills the whole input.
 *
 * @param input the bytes; they are copied once, so changing them later changes nothing read from them
 * @param options limits, and what to do about unsorted keys
 * @returns the value with the place of every part, and the copy of the input that the places refer to
 * @throws ParseError when the input is not bencoding; `offset` is the byte at which reading stopped
 * @throws ParseLimitError (a ParseError) when a limit is reached
 * @throws ParameterError when the input is no `Uint8Array` or a limit is out of its range
 */
export function readBencode(input: Uint8Array, options: BencodeOptions = {}): { readonly root: BencodeNode; readonly bytes: Uint8Array } {
  const limits = checkLimits(options.limits);
  const given = checkBytes("bytes", input);
  if (given.length > limits.maxInputBytes) {
    throw new ParseLimitError({ what: "cannot read bencoding: the input is too long", got: given.length, offset: limits.maxInputBytes, limit: "input bytes", limitValue: limits.maxInputBytes });
  }
  const bytes = new Uint8Array(given);
  return { root: new BencodeReader(bytes, limits, options.onUnsortedKeys).read(), bytes };
}

class BencodeReader {
  private at = 0;
  private items = 0;
  private readonly stack: Frame[] = [];

  constructor(
    private readonly bytes: Uint8Array,
    private readonly limits: BencodeLimits,
    private readonly onUnsortedKeys: BencodeOptions["onUnsortedKeys"],
  ) {}

  read(): BencodeNode {
    for (;;) {
      const frame = this.stack[this.stack.length - 1];
      let done: BencodeNode | null = null;
      if (frame !== undefined && this.bytes[this.at] === CODE_E) done = this.close(frame);
      else if (frame !== undefined && frame.node.kind === "dictionary" && frame.key === null) this.readKey(frame, frame.node);
      else done = this.readValue();
      if (done === null) continue;
      const parent = this.stack[this.stack.length - 1];
      if (parent === undefined) return this.finish(done);
      attach(parent, done);
    }
  }

  private finish(root: BencodeNode): BencodeNode {
    const extra = this.bytes.length - this.at;
    if (extra > 0) this.fail(`${extra} ${extra === 1 ? "byte follows" : "bytes follow"} the value`, "the end of the input", this.at);
    return root;
  }

  /** A whole scalar, or null after opening a list or a dictionary. */
  private readValue(): BencodeNode | null {
    const start = this.at;
    if (start >= this.bytes.length) {
      if (start === 0) this.fail("the input is empty", 'a value, which starts with "i", "l", "d" or a digit', 0);
      this.failAtEnd(this.stack.length === 0 || this.stack[this.stack.length - 1].key !== null ? "a value" : 'a value or "e"');
    }
    this.count(start);
    const code = this.bytes[start];
    if (code === CODE_I) return this.readInteger(start);
    if (isDigit(code)) return { kind: "string", start, value: this.readString("byte string"), end: this.at };
    if (code === CODE_L) return this.open({ kind: "list", start, end: start, items: [] });
    if (code === CODE_D) return this.open({ kind: "dictionary", start, end: start, entries: new Map() });
    if (code === CODE_MINUS) this.fail("the length of a byte string is negative", "a length >= 0 bytes", start);
    return this.failGot("cannot read a value", start, 'a value, which starts with "i", "l", "d" or a digit');
  }

  private open(node: ListNode | DictionaryNode): null {
    if (this.stack.length >= this.limits.maxDepth) this.failLimit("lists and dictionaries are nested too deeply", "depth", this.limits.maxDepth, node.start);
    this.stack.push({ node, key: null, previousKey: null, warned: false });
    this.at += 1;
    return null;
  }

  private close(frame: Frame): BencodeNode {
    if (frame.key !== null) this.fail(`dictionary key ${showValue(frame.key)} has no value`, "a value after each key", this.at);
    this.stack.pop();
    this.at += 1;
    frame.node.end = this.at;
    return frame.node;
  }

  private readKey(frame: Frame, node: DictionaryNode): void {
    const start = this.at;
    if (start >= this.bytes.length) this.failAtEnd('a key or "e"');
    if (!isDigit(this.bytes[start])) this.failGot("cannot read a dictionary key", start, "a byte string, which starts with a digit");
    this.count(start);
    const key = latin1Text(this.readString("dictionary key"));
    if (node.entries.has(key)) this.fail(`dictionary key ${showValue(key)} is given twice`, "each key once", start);
    if (frame.previousKey !== null && key < frame.previousKey) {
      const found = `dictionary key ${showValue(key)} stands after ${showValue(frame.previousKey)}`;
      if (this.onUnsortedKeys === undefined) this.fail(found, "keys in ascending order of their bytes", start);
      if (!frame.warned) this.onUnsortedKeys({ message: `${found}: BEP 3 asks for keys in ascending order`, offset: start });
      frame.warned = true;
    }
    frame.previousKey = key;
    frame.key = key;
  }

  private readInteger(start: number): IntegerNode {
    const first = this.bytes[start + 1] === CODE_MINUS ? start + 2 : start + 1;
    let at = first;
    while (at < this.bytes.length && isDigit(this.bytes[at])) {
      at += 1;
      if (at - first > this.limits.maxIntegerDigits) this.failLimit("an integer has too many digits", "integer digits", this.limits.maxIntegerDigits, start);
    }
    if (at >= this.bytes.length) this.failAtEnd('digits and "e" to end the integer');
    if (at === first) this.failGot("cannot read an integer", at, "a digit");
    if (this.bytes[at] !== CODE_E) this.failGot("cannot read an integer", at, 'a digit or "e"');
    const text = latin1Text(this.bytes.subarray(start + 1, at));
    if (text === "-0") this.fail("cannot read an integer", '"0" for zero', start, text);
    if (this.bytes[first] === CODE_0 && at - first > 1) this.fail("cannot read an integer", "no leading zero", start, text);
    this.at = at + 1;
    const number = Number(text);
    return { kind: "integer", start, value: Number.isSafeInteger(number) ? number : BigInt(text), end: this.at };
  }

  private readString(what: string): Uint8Array {
    const start = this.at;
    let at = start;
    let length = 0;
    while (at < this.bytes.length && isDigit(this.bytes[at])) {
      if (at > start && this.bytes[start] === CODE_0) this.fail(`cannot read the length of a ${what}`, "no leading zero", start, latin1Text(this.bytes.subarray(start, at + 1)));
      if (at - start >= MAX_LENGTH_DIGITS) this.fail(`cannot read the length of a ${what}: it has more than ${MAX_LENGTH_DIGITS} digits`, `at most the ${this.bytes.length} bytes of the input`, start);
      length = length * 10 + (this.bytes[at] - CODE_0);
      at += 1;
    }
    if (at >= this.bytes.length) this.failAtEnd('digits and ":" to end the length of a byte string');
    if (this.bytes[at] !== CODE_COLON) this.failGot(`cannot read the length of a ${what}`, at, 'a digit or ":"');
    const left = this.bytes.length - at - 1;
    if (length > left) this.fail(`cannot read a ${what}: its length goes past the end`, `at most the ${left} bytes that are left`, start, length);
    if (length > this.limits.maxStringBytes) this.failLimit(`a ${what} is too long`, "string bytes", this.limits.maxStringBytes, start, length);
    this.at = at + 1 + length;
    return this.bytes.subarray(at + 1, this.at);
  }

  private count(start: number): void {
    this.items += 1;
    if (this.items > this.limits.maxItems) this.failLimit("there are too many values", "items", this.limits.maxItems, start);
  }

  private failGot(what: string, offset: number, expected: string): never {
    return this.fail(what, expected, offset, String.fromCharCode(this.bytes[offset]));
  }

  private failAtEnd(expected: string): never {
    return this.fail("the input ends too early", expected, this.bytes.length);
  }

  private fail(what: string, expected: string, offset: number, got?: unknown): never {
    throw new ParseError({ what, ...(got === undefined ? {} : { got }), expected, where: this.where(), offset });
  }

  private failLimit(what: string, limit: ParseLimit, limitValue: number, offset: number, got?: unknown): never {
    throw new ParseLimitError({ what, ...(got === undefined ? {} : { got }), where: this.where(), offset, limit, limitValue });
  }

  /** The way to where reading stands: `info.files[2].path`; undefined at the top. */
  private where(): string | undefined {
    let path = "";
    for (const { node, key } of this.stack) {
      if (node.kind === "list") path = itemPath(path, node.items.length);
      else if (key !== null) path = keyPath(path, key);
    }
    return path === "" ? undefined : path;
  }
}

function attach(frame: Frame, value: BencodeNode): void {
  if (frame.node.kind === "list") frame.node.items.push(value);
  else if (frame.key !== null) frame.node.entries.set(frame.key, value);
  frame.key = null;
}

/** The path of a dictionary's entry, for messages: names as they are, anything else quoted and shortened. */
export function keyPath(parent: string, key: string): string {
  const name = /^[A-Za-z0-9 ._-]{1,40}$/.test(key) ? key : showValue(key);
  return shorten(parent === "" ? name : `${parent}.${name}`);
}

/** The path of a list's item, for messages. */
export function itemPath(parent: string, index: number): string {
  return shorten(`${parent}[${index}]`);
}

function shorten(path: string): string {
  return path.length > 120 ? `${path.slice(0, 50)}...${path.slice(-60)}` : path;
}
