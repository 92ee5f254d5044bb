/**
 * What two Gnutella 0.4 servents say to each other on one connection: the connect string, its answer, then descriptors without gaps; and the strings by which a
 * file is fetched (HTTP GET, or GIV from a servent that was asked to push). Bytes may come in pieces of any size. The reader holds at most one
 * descriptor, so a peer cannot make it grow, and after the first error it takes nothing more: without knowing where the next header begins, the connection has to be closed.
 */
import { ParameterError, ParseError, checkNumber } from "../errors";
import { checkBytes, decodeText, utf8Bytes } from "./bytes";
import { GNUTELLA_HEADER_BYTES, checkPayloadLength, decodeGnutellaHeader, descriptorAt, idBytes, maxPayloadBytesOf, type GnutellaDescriptor, type GnutellaReadOptions } from "./gnutella";
import { PAYLOAD_TYPE } from "./gnutella-payloads";

/** What a servent that wants a connection sends first. */
export const GNUTELLA_CONNECT = "GNUTELLA CONNECT/0.4\n\n";
/** What a servent that takes the connection answers. Any other answer means no. */
export const GNUTELLA_OK = "GNUTELLA OK\n\n";

/** How to read a stream. */
export interface GnutellaStreamOptions extends GnutellaReadOptions {
  /** What comes first: "connect" (we were called), "ok" (we called), "descriptors" (default: the strings are over). */
  readonly expect?: "connect" | "ok" | "descriptors";
  /** Descriptors of a type that 0.4 does not have: "refuse" (default) or "skip" them by their length, counting. */
  readonly unknownTypes?: "refuse" | "skip";
}

const KNOWN_TYPES: readonly number[] = Object.values(PAYLOAD_TYPE);

/** Reads one direction of a connection. */
export class GnutellaStream {
  /** Bytes taken in so far. */
  bytesRead = 0;
  /** Descriptors that were passed over. */
  skipped = 0;
  private held = new Uint8Array(256);
  private from = 0;
  private to = 0;
  private greeting: Uint8Array | null;
  private failure: ParseError | null = null;
  private readonly maxPayloadBytes: number;

  /** @throws ParameterError for an unknown word or a limit out of range */
  constructor(private readonly options: GnutellaStreamOptions = {}) {
    const { expect = "descriptors", unknownTypes = "refuse", extensions = "refuse" } = options;
    if (!["connect", "ok", "descriptors"].includes(expect)) throw new ParameterError({ what: "bad value for expect", got: expect, expected: "connect, ok or descriptors", where: "parameter expect" });
    if (!["refuse", "skip"].includes(unknownTypes)) throw new ParameterError({ what: "bad value for unknownTypes", got: unknownTypes, expected: "refuse or skip", where: "parameter unknownTypes" });
    if (!["refuse", "keep"].includes(extensions)) throw new ParameterError({ what: "bad value for extensions", got: extensions, expected: "refuse or keep", where: "parameter extensions" });
    this.maxPayloadBytes = maxPayloadBytesOf(options);
    this.greeting = expect === "descriptors" ? null : utf8Bytes(expect === "connect" ? GNUTELLA_CONNECT : GNUTELLA_OK);
  }

  /** Whether the strings at the beginning are over, so that descriptors may be sent. */
  get isOpen(): boolean {
    return this.greeting === null && this.failure === null;
  }

  /**
   * Takes the next piece.
   * @returns the descriptors that it completed, in order; those before an error too, which is then thrown by the next call
   * @throws ParseError at the first thing that is no Gnutella 0.4; the same error again on every later call
   */
  push(bytes: Uint8Array): GnutellaDescriptor[] {
    const piece = checkBytes("bytes", bytes);
    if (this.failure !== null) throw this.failure;
    const found: GnutellaDescriptor[] = [];
    try {
      // In portions, so that a large piece of many descriptors does not have to be held whole.
      for (let at = 0; at < piece.length; at += 65536) {
        this.hold(piece.subarray(at, at + 65536));
        this.readAll(found);
      }
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.failure = error;
      if (found.length === 0) throw error;
    }
    return found;
  }

  /** Says that the connection has ended. @throws ParseError when it ended inside a descriptor or before the strings were over */
  finish(): void {
    if (this.failure !== null) throw this.failure;
    const left = this.to - this.from;
    if (left > 0 || this.greeting !== null) throw new ParseError({ what: "Gnutella connection ended too early", got: `${left} bytes`, expected: this.greeting === null ? "the rest of a descriptor" : "a whole connect string", offset: this.bytesRead });
  }

  private hold(piece: Uint8Array): void {
    const size = this.to - this.from;
    if (this.to + piece.length > this.held.length) {
      const room = size + piece.length <= this.held.length ? this.held : new Uint8Array(Math.max(2 * this.held.length, size + piece.length));
      room.set(this.held.subarray(this.from, this.to));
      this.held = room;
      this.from = 0;
      this.to = size;
    }
    this.held.set(piece, this.to);
    this.to += piece.length;
    this.bytesRead += piece.length;
  }

  private readAll(found: GnutellaDescriptor[]): void {
    if (this.greeting !== null && !this.readGreeting(this.greeting)) return;
    while (this.to - this.from >= GNUTELLA_HEADER_BYTES) {
      const header = decodeGnutellaHeader(this.held.subarray(0, this.to), this.from);
      const start = this.bytesRead - (this.to - this.from);
      checkPayloadLength(header.payloadBytes, this.maxPayloadBytes, start + 19);
      if (!KNOWN_TYPES.includes(header.type) && this.options.unknownTypes !== "skip") throw new ParseError({ what: "unknown payload type of a Gnutella descriptor", got: header.type, expected: "0, 1, 64, 128 or 129", offset: start + 16 });
      const length = GNUTELLA_HEADER_BYTES + header.payloadBytes;
      if (this.to - this.from < length) return;
      if (KNOWN_TYPES.includes(header.type)) found.push(descriptorAt(this.held, this.from, header, this.options, start - this.from));
      else this.skipped += 1;
      this.from += length;
    }
  }

  /** Compares what has come with the string; a wrong byte is noticed at once, not when the string is complete. */
  private readGreeting(expected: Uint8Array): boolean {
    const size = Math.min(expected.length, this.to - this.from);
    for (let i = 0; i < size; i++) {
      if (this.held[this.from + i] !== expected[i]) throw new ParseError({ what: "not the string that opens a Gnutella connection", got: decodeText(this.held.subarray(this.from, this.from + size)).text, expected: JSON.stringify(decodeText(expected).text), offset: i });
    }
    if (size < expected.length) return false;
    this.from += size;
    this.greeting = null;
    return true;
  }
}

/** What a GET or GIV names. */
export interface GnutellaFileReference {
  readonly fileIndex: number;
  readonly fileName: string;
}

function checkReference(file: GnutellaFileReference): void {
  if (typeof file !== "object" || file === null) throw new ParameterError({ what: "no file named", got: file, expected: "an object with fileIndex and fileName", where: "parameter file" });
  checkNumber("fileIndex", file.fileIndex, { min: 0, max: 4294967295, integer: true });
  if (typeof file.fileName !== "string" || file.fileName === "" || /[\0\r\n/]/.test(file.fileName)) throw new ParameterError({ what: "bad file name", got: file.fileName, expected: "a text without slash, line end or zero", where: "parameter fileName" });
}

/**
 * The request by which a file is fetched, to the servent that has it.
 * @param fromByte first byte wanted, to go on with a broken transfer; 0 for all
 */
export function encodeGnutellaGet(file: GnutellaFileReference, fromByte = 0): Uint8Array {
  checkReference(file);
  checkNumber("fromByte", fromByte, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "bytes" });
  return utf8Bytes(`GET /get/${file.fileIndex}/${file.fileName}/ HTTP/1.0\r\nConnection: Keep-Alive\r\nRange: bytes=${fromByte}-\r\n\r\n`);
}

const GET = /^GET \/get\/(\d{1,10})\/([^/\r\n]+)\/ HTTP\/1\.[01]\r\n((?:[^\r\n]+\r\n)*)\r\n$/;
const RANGE = /^Range: ?bytes=(\d{1,15})-\s*$/im;

/** Reads a request for a file. @throws ParseError when it is none */
export function decodeGnutellaGet(bytes: Uint8Array): GnutellaFileReference & { readonly fromByte: number } {
  const { text } = decodeText(checkBytes("bytes", bytes));
  const match = GET.exec(text);
  const fileIndex = Number(match?.[1]);
  if (match === null || fileIndex > 4294967295) throw new ParseError({ what: "not a Gnutella request for a file", got: text.slice(0, 60), expected: "GET /get/index/name/ HTTP/1.0", offset: 0 });
  return { fileIndex, fileName: match[2], fromByte: Number(RANGE.exec(match[3])?.[1] ?? 0) };
}

/** The head of the answer to a GET, before the file's bytes. */
export function encodeGnutellaFileHead(sizeBytes: number): Uint8Array {
  checkNumber("sizeBytes", sizeBytes, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "bytes" });
  return utf8Bytes(`HTTP 200 OK\r\nServer: Gnutella\r\nContent-type: application/binary\r\nContent-length: ${sizeBytes}\r\n\r\n`);
}

/** What a servent says on the connection that a PUSH made it open. */
export function encodeGnutellaGiv(file: GnutellaFileReference, serventId: string): Uint8Array {
  checkReference(file);
  idBytes("serventId", serventId);
  return utf8Bytes(`GIV ${file.fileIndex}:${serventId}/${file.fileName}\n\n`);
}

/** Reads a GIV. @throws ParseError when it is none */
export function decodeGnutellaGiv(bytes: Uint8Array): GnutellaFileReference & { readonly serventId: string } {
  const { text } = decodeText(checkBytes("bytes", bytes));
  const match = /^GIV (\d{1,10}):([0-9a-f]{32})\/([^/\r\n]+)\n\n$/.exec(text);
  const fileIndex = Number(match?.[1]);
  if (match === null || fileIndex > 4294967295) throw new ParseError({ what: "not a GIV", got: text.slice(0, 60), expected: "GIV index:servent id/name", offset: 0 });
  return { fileIndex, serventId: match[2], fileName: match[3] };
}
