/**
 * Torrent files: what a .torrent says about the content it describes. Read by {@link parseTorrent}, made by `createTorrent`.
 *
 * Sources: BEP 3 (metainfo files, info-hash), BEP 5 (nodes), BEP 12 (announce-list), BEP 19 (url-list), BEP 27 (private),
 * BEP 47 (padding files), BEP 52 (version 2 and hybrid files).
 * Not read: the v2 half of a hybrid (file tree and piece layers), and keys outside these texts.
 * Tests: test/codecs/torrent.test.ts, test/codecs/torrent-fixtures.test.ts, test/fuzz/torrent.test.ts.
 */
import { sha1 } from "@noble/hashes/legacy";
import { sha256 } from "@noble/hashes/sha2";
import { ParseError } from "../errors";
import type { BencodeLimits, ParseWarning } from "./bencode-options";
import { readBencode, type DictionaryNode } from "./bencode-reader";
import { hexOf } from "./bytes";
import { checkObject } from "./check-input";
import { FieldReader, expectDictionary, expectString, expectWhole, field, requiredField, type Located } from "./torrent-fields";
import { readFiles, type TorrentFile } from "./torrent-files";
import { readAnnounceList, readNodes, readWebSeeds, type TorrentNode } from "./torrent-sources";

/** Bytes in a SHA-1 hash. */
export const SHA1_BYTES = 20;

/** What a torrent file says. Frozen throughout, except that JavaScript cannot freeze the bytes of a hash. */
export interface Torrent {
  /** "v1", or "hybrid" when the file also describes the content by version 2 (BEP 52); only the v1 half is read then. */
  readonly format: "v1" | "hybrid";
  /** Suggested name of the file, or of the folder; a safe file name. */
  readonly name: string;
  /** Whether the content is a folder (even of one file) and not a single file. */
  readonly isFolder: boolean;
  /** Size of all files together, padding included, in bytes. */
  readonly totalBytes: number;
  /** Size of every piece but the last, in bytes, >= 1. */
  readonly pieceLengthBytes: number;
  /** Number of pieces: totalBytes / pieceLengthBytes, rounded up. */
  readonly pieceCount: number;
  /** SHA-1 of each piece in order, 20 bytes each, views of one private copy of the file. */
  readonly pieceHashes: readonly Uint8Array[];
  /** The files in the order in which their bytes are laid end to end. */
  readonly files: readonly TorrentFile[];
  /** Whether peers may come from the trackers only (BEP 27). */
  readonly isPrivate: boolean;
  /** The tracker's address (BEP 3), or null. */
  readonly announce: string | null;
  /** Trackers in tiers (BEP 12); empty when there is no announce-list. Where it is present it replaces `announce`. */
  readonly announceList: readonly (readonly string[])[];
  /** Addresses of servers that hold the content (BEP 19). */
  readonly webSeeds: readonly string[];
  /** DHT nodes to start from (BEP 5). */
  readonly nodes: readonly TorrentNode[];
  /** When the file was made, in seconds since 1970-01-01 UTC as the file says it, or null. */
  readonly creationDateSeconds: number | null;
  readonly comment: string | null;
  /** The program that made the file, or null. */
  readonly createdBy: string | null;
  /** SHA-1 of the bytes of the info dictionary exactly as they stand in the file: the torrent's identity. */
  readonly infoHash: Uint8Array;
  /** The info-hash as 40 hexadecimal digits. */
  readonly infoHashHex: string;
  /** For a hybrid, the SHA-256 of the same bytes as 64 hexadecimal digits: the identity of its version 2; otherwise null. */
  readonly infoHashV2Hex: string | null;
  /** What is odd about the file; empty for a sound one. */
  readonly warnings: readonly ParseWarning[];
}

/** How to read a torrent file. */
export interface TorrentOptions {
  /**
   * Reads files that break a rule without harm: dictionary keys out of order, an optional field of the wrong kind (left out). Each
   * case is listed in `warnings`. By default they are errors.
   */
  readonly lenient?: boolean;
  /** Limits of the bencode reader that differ from its defaults. */
  readonly limits?: Partial<BencodeLimits>;
}

const LAST_SECOND_OF_9999 = 253402300799;
const PIECE_LENGTH = { min: 1, unit: "bytes" };

/**
 * Reads a torrent file.
 *
 * A text that is not UTF-8 is read as Latin-1, one character per byte, so that nothing is lost, and noted in `warnings`. File names are
 * safe: none can lead outside the folder they are put into.
 *
 * @param bytes the content of a .torrent file
 * @param options lenient reading, limits
 * @returns the torrent, frozen
 * @throws ParseError when the bytes are not a sound torrent of version 1 (BEP 3) or a hybrid; it says what, where and at which byte
 * @throws ParameterError when `bytes` is no `Uint8Array` or a limit is out of its range
 */
export function parseTorrent(bytes: Uint8Array, options: TorrentOptions = {}): Torrent {
  const lenient = checkObject("options", options, "lenient and limits, or nothing").lenient === true;
  const reader = new FieldReader(lenient);
  const onUnsortedKeys = lenient ? (warning: ParseWarning) => void reader.warnings.push(warning) : undefined;
  const { root, bytes: copy } = readBencode(bytes, { limits: options.limits, onUnsortedKeys });
  const file = expectDictionary({ node: root, path: "" }, "a dictionary with the key info (BEP 3)");
  const info = expectDictionary(requiredField(file, "info", "a dictionary that describes the content"), "a dictionary that describes the content");
  const infoBytes = copy.subarray(info.node.start, info.node.end);
  const isHybrid = checkVersion(reader, info);
  const content = readContent(reader, info);
  const infoHash = sha1(infoBytes);
  const torrent: Torrent = {
    format: isHybrid ? "hybrid" : "v1",
    ...content,
    isPrivate: reader.optional(() => readPrivate(info), false),
    ...readTopLevel(reader, file),
    infoHash,
    infoHashHex: hexOf(infoHash),
    infoHashV2Hex: isHybrid ? hexOf(sha256(infoBytes)) : null,
    warnings: Object.freeze(reader.warnings.map((warning) => Object.freeze(warning))),
  };
  return Object.freeze(torrent);
}

/** Says whether the file is a hybrid, and refuses one that has no version 1 half. */
function checkVersion(reader: FieldReader, info: Located<DictionaryNode>): boolean {
  const at = field(info, "meta version");
  const version = at === undefined ? 1 : reader.optional(() => expectWhole(at, { min: 1 }), 1);
  const hasFileTree = field(info, "file tree") !== undefined;
  if (version < 2 && !hasFileTree) return false;
  if (field(info, "pieces") === undefined) {
    throw new ParseError({
      what: "cannot read a BitTorrent v2 file (BEP 52): it has a file tree or meta version 2 but no version 1 pieces",
      expected: "a version 1 torrent (BEP 3) or a hybrid of both versions",
      where: at?.path ?? "info",
      offset: at?.node.start ?? info.node.start,
    });
  }
  if (!hasFileTree) reader.warn(info, "says that it is version 2 (BEP 52) but has no file tree; only its version 1 half is of use");
  return true;
}

type Content = Pick<Torrent, "name" | "isFolder" | "totalBytes" | "pieceLengthBytes" | "pieceCount" | "pieceHashes" | "files">;

function readContent(reader: FieldReader, info: Located<DictionaryNode>): Content {
  const { name, isFolder, files, totalBytes } = readFiles(reader, info);
  const pieceLengthBytes = expectWhole(requiredField(info, "piece length", `a whole number >= ${PIECE_LENGTH.min} ${PIECE_LENGTH.unit}`), PIECE_LENGTH);
  const wanted = `SHA-1 hashes of ${SHA1_BYTES} bytes each, one per piece`;
  const pieces = expectString(requiredField(info, "pieces", wanted), wanted);
  const { value } = pieces.node;
  if (value.length % SHA1_BYTES !== 0) throw pieceFault(pieces, `it is ${value.length} bytes long`, `a multiple of ${SHA1_BYTES} bytes`);
  // Exact: below 2^53 a quotient just above a whole number is never rounded down to it.
  const pieceCount = Math.ceil(totalBytes / pieceLengthBytes);
  if (value.length / SHA1_BYTES !== pieceCount) {
    throw pieceFault(
      pieces,
      `the number of its hashes is ${value.length / SHA1_BYTES}`,
      `${pieceCount}, which is ${totalBytes} bytes of content / ${pieceLengthBytes} bytes per piece, rounded up`,
    );
  }
  const pieceHashes = Object.freeze(Array.from({ length: pieceCount }, (_, i) => value.subarray(i * SHA1_BYTES, (i + 1) * SHA1_BYTES)));
  return { name, isFolder, totalBytes, pieceLengthBytes, pieceCount, pieceHashes, files };
}

function pieceFault(at: Located, problem: string, expected: string): ParseError {
  return new ParseError({ what: `cannot read pieces: ${problem}`, expected, where: at.path, offset: at.node.start });
}

function readPrivate(info: Located<DictionaryNode>): boolean {
  const at = field(info, "private");
  return at !== undefined && expectWhole(at, { min: 0, max: 1 }) === 1;
}

type TopLevel = Pick<Torrent, "announce" | "announceList" | "webSeeds" | "nodes" | "creationDateSeconds" | "comment" | "createdBy">;

function readTopLevel(reader: FieldReader, file: Located<DictionaryNode>): TopLevel {
  const text = (key: string) =>
    reader.optional(() => {
      const at = reader.preferUtf8(file, key);
      return at === undefined ? null : reader.text(at);
    }, null);
  return {
    announce: text("announce") || null,
    announceList: reader.optional(() => readAnnounceList(reader, file), Object.freeze([])),
    webSeeds: reader.optional(() => readWebSeeds(reader, file), Object.freeze([])),
    nodes: reader.optional(() => readNodes(reader, file), Object.freeze([])),
    creationDateSeconds: reader.optional(() => readCreationDate(reader, file), null),
    comment: text("comment"),
    createdBy: text("created by"),
  };
}

function readCreationDate(reader: FieldReader, file: Located<DictionaryNode>): number | null {
  const at = field(file, "creation date");
  if (at === undefined) return null;
  const seconds = expectWhole(at, { min: 0, unit: "seconds" });
  if (seconds > LAST_SECOND_OF_9999) reader.warn(at, `is ${seconds}, after the year 9999 when read as seconds (BEP 3); it may be in milliseconds`);
  return seconds;
}
