/**
 * Making a torrent file from content, and checking content against one: what a person does who publishes a file, and what a peer
 * does with each piece it receives (BEP 3).
 */
import { sha1 } from "@noble/hashes/legacy";
import { ParameterError, checkNumber } from "../errors";
import { encodeBencode } from "./bencode";
import { BencodeDictionary, type BencodeValue } from "./bencode-value";
import { checkBytes, equalBytes, utf8Bytes } from "./bytes";
import { checkObject } from "./check-input";
import { SHA1_BYTES, type Torrent } from "./torrent";
import { PathTree, SAFE_COMPONENT, pathComponentFault } from "./torrent-path";
import type { TorrentNode } from "./torrent-sources";

/** One file of a folder to be published. */
export interface ContentFile {
  /** Folders and file name below the torrent's own folder, each a safe file name. */
  readonly path: readonly string[];
  readonly bytes: Uint8Array;
}

/** What a torrent file is made from. */
export interface TorrentSource {
  /** Name of the file or folder; a safe file name. */
  readonly name: string;
  /** The bytes of a single file, or the files of a folder, at least one, in the order in which they are laid end to end. */
  readonly content: Uint8Array | readonly ContentFile[];
  /** Bytes per piece, 1..2^53 - 1; in practice a power of two from 16 KiB to 16 MiB. */
  readonly pieceLengthBytes: number;
  readonly announce?: string;
  readonly announceList?: readonly (readonly string[])[];
  readonly webSeeds?: readonly string[];
  readonly nodes?: readonly TorrentNode[];
  readonly isPrivate?: boolean;
  readonly comment?: string;
  readonly createdBy?: string;
  /** Seconds since 1970-01-01 UTC, 0..2^53 - 1. Left out unless given, so that equal content makes equal files. */
  readonly creationDateSeconds?: number;
}

/**
 * Writes a version 1 torrent file (BEP 3) for content held in memory.
 *
 * @param source content and metadata; `parseTorrent` of the result gives them back
 * @returns the bytes of the .torrent file, in canonical form
 * @throws ParameterError for an unsafe or repeated name, an empty folder, or a number out of its range
 */
export function createTorrent(source: TorrentSource): Uint8Array {
  checkObject("source", source, "at least name, pieceLengthBytes and content");
  const { pieceLengthBytes } = source;
  const info: [string, BencodeValue][] = [["name", safeComponent("name", source.name)]];
  const contents: Uint8Array[] = [];
  if (Array.isArray(source.content)) {
    info.push(["files", folderEntries(source.content, contents)]);
  } else {
    contents.push(checkBytes("content", source.content));
    info.push(["length", contents[0].length]);
  }
  info.push(["piece length", pieceLengthBytes], ["pieces", joinHashes(hashPieces(contents, pieceLengthBytes))]);
  if (source.isPrivate === true) info.push(["private", 1]);
  return encodeBencode(new BencodeDictionary([...topLevel(source), ["info", new BencodeDictionary(info)]]));
}

function folderEntries(files: readonly ContentFile[], contents: Uint8Array[]): BencodeValue[] {
  if (files.length === 0) throw new ParameterError({ what: "cannot make a torrent of an empty folder", expected: "at least one file", where: "parameter content" });
  const tree = new PathTree();
  return files.map((file, index) => {
    const where = `content[${index}].path`;
    if (!Array.isArray(file.path) || file.path.length === 0) throw new ParameterError({ what: `bad value for ${where}`, got: file.path, expected: "an array with at least a file name", where: `parameter ${where}` });
    const path = file.path.map((part) => safeComponent(where, part));
    if (!tree.add(file.path)) throw new ParameterError({ what: "two files have the same path, or one is the other's folder", got: file.path.join("/"), where: `parameter ${where}` });
    const bytes = checkBytes(`content[${index}].bytes`, file.bytes);
    contents.push(bytes);
    return new BencodeDictionary([["length", bytes.length], ["path", path]]);
  });
}

function topLevel(source: TorrentSource): [string, BencodeValue][] {
  const entries: [string, BencodeValue][] = [];
  if (source.announce !== undefined) entries.push(["announce", utf8Bytes(source.announce)]);
  if (source.announceList !== undefined) entries.push(["announce-list", source.announceList.map((tier) => tier.map(utf8Bytes))]);
  if (source.webSeeds !== undefined) entries.push(["url-list", source.webSeeds.map(utf8Bytes)]);
  if (source.nodes !== undefined) entries.push(["nodes", source.nodes.map((node) => [utf8Bytes(node.host), checkNumber("port", node.port, { min: 1, max: 65535, integer: true })])]);
  if (source.comment !== undefined) entries.push(["comment", utf8Bytes(source.comment)]);
  if (source.createdBy !== undefined) entries.push(["created by", utf8Bytes(source.createdBy)]);
  if (source.creationDateSeconds !== undefined) {
    entries.push(["creation date", checkNumber("creationDateSeconds", source.creationDateSeconds, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "seconds" })]);
  }
  return entries;
}

function safeComponent(parameter: string, name: string): Uint8Array {
  const problem = typeof name === "string" ? pathComponentFault(name) : "it is not a text";
  if (problem !== null) throw new ParameterError({ what: `bad value for ${parameter}: ${problem}`, got: name, expected: SAFE_COMPONENT, where: `parameter ${parameter}` });
  return utf8Bytes(name);
}

function joinHashes(hashes: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(hashes.length * SHA1_BYTES);
  hashes.forEach((hash, index) => joined.set(hash, index * SHA1_BYTES));
  return joined;
}

/**
 * The SHA-1 hash of each piece. Pieces run across file borders: the files are laid end to end and cut every `pieceLengthBytes`.
 *
 * @param contents the files' bytes, in order
 * @param pieceLengthBytes 1..2^53 - 1
 * @returns one 20-byte hash per piece; none for no bytes
 * @throws ParameterError when the piece length is out of its range or a content is not bytes
 */
export function hashPieces(contents: readonly Uint8Array[], pieceLengthBytes: number): Uint8Array[] {
  checkNumber("pieceLengthBytes", pieceLengthBytes, { min: 1, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "bytes" });
  const hashes: Uint8Array[] = [];
  let piece = sha1.create();
  let filled = 0;
  for (const [index, content] of checkContents(contents).entries()) {
    const bytes = checkBytes(`contents[${index}]`, content);
    let at = 0;
    while (at < bytes.length) {
      const end = Math.min(bytes.length, at + pieceLengthBytes - filled);
      piece.update(bytes.subarray(at, end));
      filled += end - at;
      at = end;
      if (filled < pieceLengthBytes) continue;
      hashes.push(piece.digest());
      piece = sha1.create();
      filled = 0;
    }
  }
  if (filled > 0) hashes.push(piece.digest());
  return hashes;
}

/**
 * Checks content against a torrent, as a peer does before it passes a piece on.
 *
 * @param torrent the parsed torrent
 * @param contents the bytes of each of `torrent.files`, in order (zeros for padding files)
 * @returns the numbers of the pieces whose hash differs, ascending; empty when the content is whole
 * @throws ParameterError when the number of files or the length of one differs from the torrent's
 */
export function findBadPieces(torrent: Torrent, contents: readonly Uint8Array[]): number[] {
  checkObject("torrent", torrent, "what parseTorrent gives", ["files", "pieceHashes", "pieceCount", "pieceLengthBytes", "totalBytes"]);
  checkContents(contents);
  checkNumber("number of contents", contents.length, { min: torrent.files.length, max: torrent.files.length, integer: true, unit: "files" });
  torrent.files.forEach((file, index) => {
    const { length } = checkBytes(`contents[${index}]`, contents[index]);
    checkNumber(`length of contents[${index}]`, length, { min: file.lengthBytes, max: file.lengthBytes, integer: true, unit: "bytes" });
  });
  const bad: number[] = [];
  hashPieces(contents, torrent.pieceLengthBytes).forEach((hash, index) => {
    if (!equalBytes(hash, torrent.pieceHashes[index])) bad.push(index);
  });
  return bad;
}

function checkContents(contents: readonly Uint8Array[]): readonly Uint8Array[] {
  if (Array.isArray(contents)) return contents;
  throw new ParameterError({ what: "bad value for contents", got: contents, expected: "a list with the bytes of each file", where: "parameter contents" });
}
