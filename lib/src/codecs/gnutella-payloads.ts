/**
 * Payloads of Gnutella 0.4, field by field in the order of the specification (document revision 1.2): Ping (nothing), Pong (14 bytes), Push (26), Query
 * (2, text, zero) and QueryHit (11, results, servent id 16). Texts are bytes first: they are read as UTF-8, or as Latin-1 where they are not UTF-8, so that
 * every accepted payload can be written back as it was.
 */
import { bytesToHex, hexToBytes } from "@noble/hashes/utils";
import { ParameterError, ParseError, checkNumber } from "../errors";
import { checkBytes, decodeText, latin1Bytes, utf8Bytes } from "./bytes";

/** The payload type byte of each kind of descriptor. */
export const PAYLOAD_TYPE = Object.freeze({ ping: 0x00, pong: 0x01, push: 0x40, query: 0x80, "query-hit": 0x81 });

/** A text of a descriptor. */
export interface GnutellaText {
  /** Without a zero character. */
  readonly text: string;
  /** Present when the bytes are not UTF-8: one character per byte. */
  readonly latin1?: true;
}

/** Asks who is there. */
export interface PingPayload {
  readonly kind: "ping";
}

/** Says who is there, and how much it shares. */
export interface PongPayload {
  readonly kind: "pong";
  /** 0..65535 */
  readonly port: number;
  /** IPv4 address as a number, 0..2^32 - 1: the first byte is the highest. */
  readonly ip: number;
  /** Files that the servent shares, 0..2^32 - 1. */
  readonly files: number;
  /** Their size in kilobytes, 0..2^32 - 1. */
  readonly kilobytes: number;
}

/** Asks a servent that takes no connections to make one itself. */
export interface PushPayload {
  readonly kind: "push";
  /** Of the servent that has the file: 32 hexadecimal digits. */
  readonly serventId: string;
  readonly fileIndex: number;
  /** Where it should connect to. */
  readonly ip: number;
  readonly port: number;
}

/** Asks for files. */
export interface QueryPayload extends GnutellaText {
  readonly kind: "query";
  /** Servents slower than this (kB/s) should not answer, 0..65535. */
  readonly minSpeedKBps: number;
  /** Bytes after the text that 0.4 does not know. */
  readonly extension?: Uint8Array;
}

/** A file that was found. */
export interface QueryResult extends GnutellaText {
  /** The servent's own number of it, 0..2^32 - 1. */
  readonly fileIndex: number;
  readonly sizeBytes: number;
  /** Bytes between the two zeros after the name that 0.4 does not know. */
  readonly extension?: Uint8Array;
}

/** Says that a servent has files that were asked for. */
export interface QueryHitPayload {
  readonly kind: "query-hit";
  readonly port: number;
  readonly ip: number;
  /** Speed of the servent, 0..2^32 - 1 (kB/s in the specification's words). */
  readonly speedKBps: number;
  /** Up to 255. */
  readonly results: readonly QueryResult[];
  readonly serventId: string;
  /** Bytes before the servent id that 0.4 does not know. */
  readonly extension?: Uint8Array;
}

/** What a descriptor says. */
export type GnutellaPayload = PingPayload | PongPayload | PushPayload | QueryPayload | QueryHitPayload;

const PONG_BYTES = 14;
const PUSH_BYTES = 26;
const HIT_HEAD_BYTES = 11;
const RESULT_HEAD_BYTES = 8;
const SERVENT_ID_BYTES = 16;

function textBytes(value: GnutellaText): Uint8Array {
  if (typeof value.text !== "string" || value.text.includes("\0")) throw new ParameterError({ what: "bad text of a descriptor", got: value.text, expected: "a text without a zero character" });
  if (value.latin1 !== true) return utf8Bytes(value.text);
  if (/[^\0-\xff]/.test(value.text)) throw new ParameterError({ what: "text is not Latin-1", got: value.text, expected: "characters up to U+00FF" });
  return latin1Bytes(value.text);
}

/** Length without writing: simulations ask for it with every message. */
function textLength(value: GnutellaText): number {
  const text = value?.text;
  if (typeof text !== "string") throw new ParameterError({ what: "bad text of a descriptor", got: text, expected: "a text without a zero character" });
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127 || text.charCodeAt(i) === 0) return textBytes(value).length;
  return text.length;
}

function extensionLength({ extension }: { readonly extension?: Uint8Array }): number {
  return extension === undefined ? 0 : checkBytes("extension", extension).length;
}

/** Bytes of a payload. @throws ParameterError for an unknown kind, or a text, list of results or extension that cannot be written */
export function payloadBytes(payload: GnutellaPayload): number {
  switch (payload?.kind) {
    case "ping":
      return 0;
    case "pong":
      return PONG_BYTES;
    case "push":
      return PUSH_BYTES;
    case "query":
      return 2 + textLength(payload) + 1 + extensionLength(payload);
    case "query-hit":
      if (!Array.isArray(payload.results)) throw new ParameterError({ what: "no list of results", got: payload.results, expected: "a list of up to 255", where: "payload.results" });
      return payload.results.reduce((sum: number, result: QueryResult) => sum + RESULT_HEAD_BYTES + textLength(result) + 2 + extensionLength(result), HIT_HEAD_BYTES + SERVENT_ID_BYTES + extensionLength(payload));
    default:
      throw new ParameterError({ what: "unknown kind of descriptor", got: (payload as { kind?: unknown } | undefined)?.kind, expected: Object.keys(PAYLOAD_TYPE).join(", "), where: "payload.kind" });
  }
}

/** Writes fields one after another. */
class FieldWriter {
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset);
  }

  u8(name: string, value: number): this {
    this.bytes[this.at] = checkNumber(name, value, { min: 0, max: 255, integer: true });
    this.at += 1;
    return this;
  }

  u16(name: string, value: number): this {
    this.view.setUint16(this.at, checkNumber(name, value, { min: 0, max: 65535, integer: true }), true);
    this.at += 2;
    return this;
  }

  u32(name: string, value: number, littleEndian = true): this {
    this.view.setUint32(this.at, checkNumber(name, value, { min: 0, max: 4294967295, integer: true }), littleEndian);
    this.at += 4;
    return this;
  }

  raw(bytes: Uint8Array | undefined): this {
    if (bytes !== undefined) {
      this.bytes.set(bytes, this.at);
      this.at += bytes.length;
    }
    return this;
  }

  id(name: string, id: string): this {
    if (typeof id !== "string" || !/^[0-9a-f]{32}$/.test(id)) throw new ParameterError({ what: `bad ${name}`, got: id, expected: "32 lower-case hexadecimal digits", where: `parameter ${name}` });
    return this.raw(hexToBytes(id));
  }
}

/** Writes a payload at a place where {@link payloadBytes} bytes are free. @throws ParameterError for a field out of range */
export function writePayload(payload: GnutellaPayload, bytes: Uint8Array, at: number): void {
  const writer = new FieldWriter(bytes, at);
  switch (payload.kind) {
    case "ping":
      return;
    case "pong":
      writer.u16("port", payload.port).u32("ip", payload.ip, false).u32("files", payload.files).u32("kilobytes", payload.kilobytes);
      return;
    case "push":
      writer.id("serventId", payload.serventId).u32("fileIndex", payload.fileIndex).u32("ip", payload.ip, false).u16("port", payload.port);
      return;
    case "query":
      writer.u16("minSpeedKBps", payload.minSpeedKBps).raw(textBytes(payload)).u8("zero", 0).raw(payload.extension);
      return;
    case "query-hit":
      writer.u8("number of results", payload.results.length).u16("port", payload.port).u32("ip", payload.ip, false).u32("speedKBps", payload.speedKBps);
      for (const result of payload.results) {
        if (result.extension?.includes(0)) throw new ParameterError({ what: "extension of a result holds a zero", got: result.text, expected: "bytes from 1 to 255" });
        writer.u32("fileIndex", result.fileIndex).u32("sizeBytes", result.sizeBytes).raw(textBytes(result)).u8("zero", 0).raw(result.extension).u8("zero", 0);
      }
      writer.raw(payload.extension).id("serventId", payload.serventId);
  }
}

/** Reads fields one after another; offsets of errors count from `base`. */
class FieldReader {
  at = 0;
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    private readonly base: number,
    private readonly what: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  fail(problem: string, got: unknown, expected: string, at = this.at): never {
    throw new ParseError({ what: `${this.what} ${problem}`, got, expected, offset: this.base + at });
  }

  take(count: number): number {
    if (this.left < count) this.fail("is cut short", `${this.left} bytes`, `${count} more bytes`, this.bytes.length);
    this.at += count;
    return this.at - count;
  }

  u8 = (): number => this.bytes[this.take(1)];
  u16 = (): number => this.view.getUint16(this.take(2), true);
  u32 = (): number => this.view.getUint32(this.take(4), true);
  ip = (): number => this.view.getUint32(this.take(4), false);
  id = (): string => bytesToHex(this.bytes.subarray(this.take(SERVENT_ID_BYTES), this.at));

  /** Bytes up to the next zero, which is passed over. */
  untilZero(): Uint8Array {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0) this.fail("has a text without an end", `${this.left} bytes`, "a zero byte", this.bytes.length);
    const found = this.bytes.subarray(this.at, end);
    this.at = end + 1;
    return found;
  }

  /** A text; with `latin1` where it is not UTF-8. */
  text(): GnutellaText {
    const { text, isUtf8 } = decodeText(this.untilZero());
    return isUtf8 ? { text } : { text, latin1: true };
  }

  /** Bytes that 0.4 does not know, as a field to spread: nothing when there are none. */
  extension(bytes: Uint8Array, keep: boolean, where: string): { extension?: Uint8Array } {
    if (bytes.length === 0) return {};
    if (!keep) this.fail(`has bytes ${where} that 0.4 does not know`, `${bytes.length} bytes`, 'none, or extensions: "keep"');
    return { extension: bytes.slice() };
  }

  end(): void {
    if (this.left > 0) this.fail("is longer than its fields", `${this.left} bytes left`, "none");
  }
}

/**
 * Reads a payload.
 * @param type the byte of the header
 * @param base offset of the payload, for errors
 * @throws ParseError when the type is unknown or the fields do not fill the bytes
 */
export function readPayload(type: number, bytes: Uint8Array, base: number, keepExtensions: boolean): GnutellaPayload {
  const kind = (Object.keys(PAYLOAD_TYPE) as GnutellaPayload["kind"][]).find((name) => PAYLOAD_TYPE[name] === type);
  if (kind === undefined) throw new ParseError({ what: "unknown payload type of a Gnutella descriptor", got: type, expected: "0, 1, 64, 128 or 129", offset: base - 7 });
  const reader = new FieldReader(bytes, base, `Gnutella ${kind}`);
  const payload = readFields(kind, reader, keepExtensions);
  reader.end();
  return payload;
}

function readFields(kind: GnutellaPayload["kind"], reader: FieldReader, keep: boolean): GnutellaPayload {
  switch (kind) {
    case "ping":
      return { kind };
    case "pong":
      return { kind, port: reader.u16(), ip: reader.ip(), files: reader.u32(), kilobytes: reader.u32() };
    case "push":
      return { kind, serventId: reader.id(), fileIndex: reader.u32(), ip: reader.ip(), port: reader.u16() };
    case "query": {
      const minSpeedKBps = reader.u16();
      const text = reader.text();
      return { kind, minSpeedKBps, ...text, ...reader.extension(reader.bytes.subarray(reader.take(reader.left)), keep, "after its text") };
    }
    case "query-hit":
      return readQueryHit(reader, keep);
  }
}

function readQueryHit(reader: FieldReader, keep: boolean): QueryHitPayload {
  const count = reader.u8();
  const [port, ip, speedKBps] = [reader.u16(), reader.ip(), reader.u32()];
  const results: QueryResult[] = [];
  for (let i = 0; i < count; i++) {
    const [fileIndex, sizeBytes] = [reader.u32(), reader.u32()];
    const name = reader.text();
    results.push({ fileIndex, sizeBytes, ...name, ...reader.extension(reader.untilZero(), keep, "after a file name") });
  }
  if (reader.left < SERVENT_ID_BYTES) reader.fail("is cut short", `${reader.left} bytes`, "a servent id of 16 bytes", reader.bytes.length);
  const between = reader.bytes.subarray(reader.at, reader.bytes.length - SERVENT_ID_BYTES);
  const extension = reader.extension(between, keep, "before its servent id");
  reader.take(between.length);
  return { kind: "query-hit", port, ip, speedKBps, results, serventId: reader.id(), ...extension };
}
