/**
 * Reading text files with errors that say file, line, what was there and what was expected. Shared by the line-based codecs
 * (edge lists, Rocketfuel, AS relationships, latency matrices) and by those with their own scanners (GML, SNDlib, XML).
 */
import { LimitError, ParameterError, ParseError } from "../errors";

/** Longest text accepted, in characters; larger files need another tool. */
export const MAX_TEXT_LENGTH = 256 * 1024 * 1024;
/** Most nodes or links accepted from one file. */
export const MAX_ITEMS = 2_000_000;

/** A place in a file. */
export interface TextPlace {
  /** Line, from 1. */
  readonly line: number;
  /** Characters before the place. */
  readonly offset: number;
}

/** A line of a file, without its line end. */
export interface TextLine extends TextPlace {
  readonly text: string;
}

/** A file being read: its text and the name to use in messages. */
export class TextSource {
  readonly file: string;
  readonly text: string;

  /**
   * @param text the file's text; a byte order mark at the start is dropped
   * @param file name used in error messages
   * @throws ParameterError when it is no text, ParseError when it holds a NUL character, LimitError when the text is longer than {@link MAX_TEXT_LENGTH}
   */
  constructor(text: string, file: string) {
    if (typeof text !== "string") throw new ParameterError({ what: "a file's text is no text", got: text, expected: "a string; bytes must be decoded first", where: file });
    if (text.length > MAX_TEXT_LENGTH) {
      throw new LimitError({ what: "file too long to read", got: text.length, expected: `at most ${MAX_TEXT_LENGTH} characters`, where: file });
    }
    this.file = file;
    const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
    // Lines of old files end with CR alone.
    this.text = plain.includes("\r") && !plain.includes("\n") ? plain.replace(/\r/g, "\n") : plain;
    const nul = this.text.indexOf("\0");
    if (nul >= 0) throw this.error({ line: this.lineAt(nul), offset: nul }, "NUL character in a text file", this.text.slice(Math.max(0, nul - 20), nul + 20), "text; a file in UTF-16 must be decoded as such");
  }

  /** An error at a place of this file; throw what it returns. */
  error(place: TextPlace, what: string, got: unknown, expected: string): ParseError {
    return new ParseError({ what, got, expected, where: `${this.file}, line ${place.line}`, offset: place.offset });
  }

  /** An error about the file as a whole. */
  endError(what: string, got: unknown, expected: string): ParseError {
    return this.error({ line: this.lineAt(this.text.length), offset: this.text.length }, what, got, expected);
  }

  /** The line, from 1, on which a character stands. */
  lineAt(offset: number): number {
    let line = 1;
    for (let at = this.text.indexOf("\n"); at >= 0 && at < offset; at = this.text.indexOf("\n", at + 1)) line += 1;
    return line;
  }

  /** The lines of the file; line ends may be LF or CRLF, or CR throughout. */
  *lines(): Generator<TextLine> {
    const { text } = this;
    let line = 1;
    for (let start = 0; start < text.length; line++) {
      const end = text.indexOf("\n", start);
      const stop = end < 0 ? text.length : end;
      yield { text: text.slice(start, stop > start && text.charCodeAt(stop - 1) === 13 ? stop - 1 : stop), line, offset: start };
      start = stop + 1;
    }
  }

  /** The lines that hold something: blank lines and those starting with one of the comment signs are left out. */
  *contentLines(commentSigns: string): Generator<TextLine> {
    for (const line of this.lines()) {
      const first = line.text.trimStart().charAt(0);
      if (first !== "" && !commentSigns.includes(first)) yield line;
    }
  }

  /**
   * Reads a number in decimal notation; hexadecimal, empty, NaN and infinite are refused.
   * @throws ParseError unless the text is a number within the range
   */
  number(text: string, place: TextPlace, what: string, range: { readonly min?: number; readonly max?: number; readonly integer?: boolean; readonly positive?: boolean } = {}): number {
    const value = readDecimal(text);
    const { min = -Infinity, max = Infinity, integer = false, positive = false } = range;
    if (value === undefined || value < min || value > max || (positive && value <= 0) || (integer && !Number.isSafeInteger(value))) {
      const low = positive ? " > 0" : min === -Infinity ? "" : ` >= ${min}`;
      const high = max === Infinity ? "" : `${low === "" ? "" : " and"} <= ${max}`;
      throw this.error(place, `cannot read ${what}`, text, `a ${integer ? "whole " : ""}number${low}${high}`);
    }
    return value;
  }
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?$/;

/** The value of a number in decimal notation, or undefined when the text is anything else or out of range. */
export function readDecimal(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed.length > 400 || !DECIMAL.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : undefined;
}

/** Collects nodes by the identifier a file uses for them. */
export class NodeIndex {
  private readonly indices = new Map<string, number>();
  /** Identifiers in order of first appearance, with the line where it was. */
  readonly entries: { readonly id: string; readonly line: number }[] = [];

  constructor(private readonly source: TextSource) {}

  /** The index of an identifier, new or known. */
  intern(id: string, place: TextPlace): number {
    const known = this.indices.get(id);
    if (known !== undefined) return known;
    return this.add(id, place);
  }

  /** The index of a known identifier, or undefined. */
  find(id: string): number | undefined {
    return this.indices.get(id);
  }

  /** Adds an identifier that must be new. */
  add(id: string, place: TextPlace): number {
    if (this.indices.has(id)) throw this.source.error(place, "node defined twice", id, "each node once");
    checkItemCount(this.source, place, this.entries.length);
    const index = this.entries.length;
    this.indices.set(id, index);
    this.entries.push({ id, line: place.line });
    return index;
  }
}

/** Refuses a file with more items than {@link MAX_ITEMS}. */
export function checkItemCount(source: TextSource, place: TextPlace, count: number): void {
  if (count >= MAX_ITEMS) throw source.error(place, "too many nodes or links", count + 1, `at most ${MAX_ITEMS}`);
}
