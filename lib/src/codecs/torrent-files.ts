/** The files of a torrent: the `name`, `length` and `files` of its info dictionary, every name checked (BEP 3, BEP 47). */
import type { DictionaryNode } from "./bencode-reader";
import { FieldReader, expectDictionary, expectList, expectString, expectWhole, fault, field, items, missing, requiredField, type Located } from "./torrent-fields";
import { PathTree, SAFE_COMPONENT, pathComponentFault } from "./torrent-path";

/** One file of a torrent's content. */
export interface TorrentFile {
  /** Folders and file name, from the folder the torrent is saved into: `["lots-of-numbers", "small numbers", "1.txt"]`. Each is a safe name. */
  readonly path: readonly string[];
  readonly lengthBytes: number;
  /** Where the file starts when all files are laid end to end, in bytes. */
  readonly offsetBytes: number;
  /** Whether the file is filling between others, zeros that nobody stores (BEP 47). */
  readonly isPadding: boolean;
}

/** What the info dictionary says about names and sizes. */
export interface TorrentFiles {
  readonly name: string;
  readonly isFolder: boolean;
  readonly files: readonly TorrentFile[];
  readonly totalBytes: number;
}

const LENGTH = { min: 0, unit: "bytes" };

/**
 * Reads name and files.
 * @throws ParseError for a missing or unsafe name, a bad length, a path used twice
 */
export function readFiles(reader: FieldReader, info: Located<DictionaryNode>): TorrentFiles {
  const at = reader.preferUtf8(info, "name");
  if (at === undefined) throw missing(info, "name", SAFE_COMPONENT);
  const name = safeName(reader, at);
  const single = field(info, "length");
  const list = field(info, "files");
  if (single !== undefined && list !== undefined) throw fault(list, "info.length is present too", "either length, for one file, or files, for a folder");
  if (single !== undefined) {
    const lengthBytes = expectWhole(single, LENGTH);
    const files = Object.freeze([Object.freeze({ path: Object.freeze([name]), lengthBytes, offsetBytes: 0, isPadding: false })]);
    return { name, isFolder: false, files, totalBytes: lengthBytes };
  }
  if (list === undefined) throw missing(info, "length", "length, for one file, or files, for a folder");
  return readFolder(reader, name, list);
}

function readFolder(reader: FieldReader, name: string, list: Located): TorrentFiles {
  const wanted = "a list of at least one file";
  const entries = items(expectList(list, wanted));
  if (entries.length === 0) throw fault(list, "it is empty", wanted);
  const tree = new PathTree();
  const files: TorrentFile[] = [];
  let totalBytes = 0;
  for (const entry of entries) {
    const file = readFile(reader, name, entry, totalBytes);
    // Padding files often share one name; nobody stores them.
    if (!file.isPadding && !tree.add(file.path)) throw fault(entry, "its path is already that of another file or folder", "a path of its own");
    totalBytes += file.lengthBytes;
    if (!Number.isSafeInteger(totalBytes)) throw fault(entry, "the files together are too long", "less than 2^53 bytes");
    files.push(Object.freeze(file));
  }
  return { name, isFolder: true, files: Object.freeze(files), totalBytes };
}

function readFile(reader: FieldReader, folder: string, entry: Located, offsetBytes: number): TorrentFile {
  const file = expectDictionary(entry, "a dictionary with length and path");
  const lengthBytes = expectWhole(requiredField(file, "length", "a whole number >= 0 bytes"), LENGTH);
  const wanted = "a list of folder names and a file name";
  const at = reader.preferUtf8(file, "path");
  if (at === undefined) throw missing(file, "path", wanted);
  const parts = items(expectList(at, wanted));
  if (parts.length === 0) throw fault(at, "it is empty", wanted);
  const path = Object.freeze([folder, ...parts.map((part) => safeName(reader, part))]);
  const attributes = reader.optional(() => readAttributes(file), "");
  if (attributes.includes("l")) reader.warn(entry, "is a symbolic link (BEP 47); where it leads is not read");
  return { path, lengthBytes, offsetBytes, isPadding: attributes.includes("p") };
}

function readAttributes(file: Located<DictionaryNode>): string {
  const at = field(file, "attr");
  return at === undefined ? "" : String.fromCharCode(...expectString(at, "letters (BEP 47)").node.value.subarray(0, 64));
}

function safeName(reader: FieldReader, at: Located): string {
  expectString(at, SAFE_COMPONENT);
  const name = reader.text(at);
  const problem = pathComponentFault(name);
  if (problem !== null) throw fault(at, problem, SAFE_COMPONENT);
  return name;
}
