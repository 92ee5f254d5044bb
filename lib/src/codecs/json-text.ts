/**
 * JSON (RFC 8259) that knows where its values stand, so that a message can name the faulty line. Names given twice in one object are refused with
 * both lines, where `JSON.parse` would keep the last in silence; RFC 8259, section 4, leaves it open. The messages do not depend on the
 * engine's version. Tests: test/codecs/json-text.test.ts
 */
import type { TextPlace, TextSource } from "./text-source";

/** Deepest nesting of arrays and objects accepted. */
const MAX_DEPTH = 64;

/** Steps from the outermost value to one inside: names of members and positions in arrays. */
export type JsonPath = readonly (string | number)[];

/** A text that was read. Objects have no prototype, so that a member may have any name. */
export interface JsonDocument {
  readonly value: unknown;
  /** Where a value stands; the start of the text when there is no such value. Reads the text again, so it is meant for messages. */
  placeOf(path: JsonPath): TextPlace;
}

/**
 * Reads a text that is one JSON value.
 *
 * @throws ParseError with line and offset for anything that RFC 8259 does not allow, for a name given twice, and for nesting deeper than 64 levels
 */
export function readJson(source: TextSource): JsonDocument {
  return {
    value: new JsonReader(source).read(),
    placeOf(path) {
      const reader = new JsonReader(source, path);
      reader.read();
      return placeAt(source, reader.found);
    },
  };
}

/** True for a JSON object, as opposed to an array, null or a simple value. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function placeAt(source: TextSource, offset: number): TextPlace {
  return { line: source.lineAt(offset), offset };
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const BLANK = /[ \t\r\n]*/y;
const WORDS: readonly (readonly [string, unknown])[] = [["true", true], ["false", false], ["null", null]];

class JsonReader {
  /** Where the wanted value starts. */
  found = 0;
  private at = 0;
  /** How many steps of the wanted path lead to where the reader is; -1 when it is somewhere else. */
  private matched = 0;

  constructor(
    private readonly source: TextSource,
    private readonly wanted?: JsonPath,
  ) {}

  read(): unknown {
    this.skip();
    const value = this.value(0);
    if (this.at < this.source.text.length) throw this.refuse("text after the JSON value", "the end of the file");
    return value;
  }

  private value(depth: number): unknown {
    if (this.wanted !== undefined && this.matched === this.wanted.length && depth === this.wanted.length) this.found = this.at;
    if (depth > MAX_DEPTH) throw this.refuse("values nested too deeply", `at most ${MAX_DEPTH} levels`);
    const { text } = this.source;
    const sign = text[this.at];
    if (sign === "{") return this.object(depth);
    if (sign === "[") return this.array(depth);
    if (sign === '"') return this.string("a closing quote, and backslashes only as RFC 8259 has them");
    const number = this.match(NUMBER);
    if (number !== null && number !== "") return this.ended(Number(number));
    for (const [word, value] of WORDS) {
      if (!text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return this.ended(value);
    }
    throw this.refuse("not valid JSON", "an object, an array, a text in double quotes, a number, true, false or null");
  }

  private object(depth: number): unknown {
    const members = Object.create(null) as Record<string, unknown>;
    const places = new Map<string, number>();
    this.at += 1;
    this.skip();
    while (this.source.text[this.at] !== "}") {
      if (places.size > 0) this.take(",", "a comma or }");
      const start = this.at;
      const name = this.string("a name in double quotes");
      const first = places.get(name);
      if (first !== undefined) {
        throw this.source.error(placeAt(this.source, start), "name given twice in one object", name, `each name once; it stands on line ${this.source.lineAt(first)} already`);
      }
      places.set(name, start);
      this.take(":", "a colon");
      members[name] = this.step(name, depth);
    }
    this.at += 1;
    this.skip();
    return members;
  }

  private array(depth: number): unknown {
    const values: unknown[] = [];
    this.at += 1;
    this.skip();
    while (this.source.text[this.at] !== "]") {
      if (values.length > 0) this.take(",", "a comma or ]");
      values.push(this.step(values.length, depth));
    }
    this.at += 1;
    this.skip();
    return values;
  }

  /** Reads a value inside another one, and keeps count of how much of the wanted path leads there. */
  private step(key: string | number, depth: number): unknown {
    const before = this.matched;
    this.matched = this.wanted !== undefined && before === depth && this.wanted[depth] === key ? depth + 1 : -1;
    const value = this.value(depth + 1);
    this.matched = before;
    return value;
  }

  private string(expected: string): string {
    const text = this.match(STRING);
    if (text === null) throw this.refuse("not valid JSON", expected);
    this.skip();
    return text.includes("\\") ? (JSON.parse(text) as string) : text.slice(1, -1);
  }

  private take(sign: string, expected: string): void {
    if (this.source.text[this.at] !== sign) throw this.refuse("not valid JSON", expected);
    this.at += 1;
    this.skip();
  }

  private ended(value: unknown): unknown {
    this.skip();
    return value;
  }

  private skip(): void {
    this.match(BLANK);
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.source.text);
    if (match === null) return null;
    this.at = pattern.lastIndex;
    return match[0];
  }

  private refuse(what: string, expected: string): Error {
    const { text } = this.source;
    return this.source.error(placeAt(this.source, this.at), what, this.at < text.length ? text.slice(this.at, this.at + 40) : "the end of the file", expected);
  }
}
