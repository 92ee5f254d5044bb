/** Files that a peer shares, and how a search by words finds them: in Napster's registry and in Gnutella's servents alike. */
import { ParameterError, checkNumber } from "../../errors";

/** A file that a peer shares. */
export interface SharedFile {
  readonly name: string;
  /** 0..2^31 - 1024: a transfer is one message, whose size with its head is below 2^31. */
  readonly sizeBytes: number;
}

/** A file with the words of its name, cut once. */
export interface IndexedFile extends SharedFile {
  readonly words: ReadonlySet<string>;
}

const LARGEST_FILE = 2147483647 - 1024;

/** The words of a text: runs of letters and digits, lower case. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Whether a file name answers a query: it has every word of it. A query without words is answered by nothing. */
export function matchesQuery(fileName: string, query: string): boolean {
  return hasAllWords(new Set(wordsOf(fileName)), wordsOf(query));
}

/** Whether a set of words holds all that are asked for; false when none is. */
export function hasAllWords(words: ReadonlySet<string>, asked: readonly string[]): boolean {
  return asked.length > 0 && asked.every((word) => words.has(word));
}

/** @throws ParameterError for a name that cannot stand in a message or be found, or a size out of range */
export function checkSharedFile(file: SharedFile, where: string): SharedFile {
  const { name, sizeBytes } = file ?? {};
  if (typeof name !== "string" || /[\0\r\n/"]/.test(name) || name.length > 255 || wordsOf(name).length === 0) throw new ParameterError({ what: "bad name of a shared file", got: name, expected: "up to 255 characters with at least one word, no slash, quote or line end", where });
  checkNumber(`sizeBytes of ${where}`, sizeBytes, { min: 0, max: LARGEST_FILE, integer: true, unit: "bytes" });
  return file;
}

/** A query that a search can answer. @throws ParameterError for a text without words, or too long */
export function checkQueryText(text: unknown): string {
  if (typeof text !== "string" || text.length > 255 || text.includes("\0") || wordsOf(text).length === 0) throw new ParameterError({ what: "a query without words", got: text, expected: "at least one word, at most 255 characters", where: "parameter text" });
  return text;
}

/** The files that a peer shares; outlives a crash, as a disk does. A file's index is its place in the list. */
export class SharedFolder {
  readonly files: IndexedFile[] = [];

  /** @throws ParameterError for a bad file */
  constructor(files: readonly SharedFile[] = []) {
    if (!Array.isArray(files)) throw new ParameterError({ what: "no list of files", got: files, expected: "a list of { name, sizeBytes }", where: "parameter files" });
    files.forEach((file: SharedFile, index) => this.add(checkSharedFile(file, `files[${index}]`)));
  }

  /** Shares a file. @returns false if one of that name is shared already */
  add(file: SharedFile): boolean {
    if (this.find(file.name) !== undefined) return false;
    this.files.push({ name: file.name, sizeBytes: file.sizeBytes, words: new Set(wordsOf(file.name)) });
    return true;
  }

  find(name: string): IndexedFile | undefined {
    return this.files.find((file) => file.name === name);
  }

  /** Shares a file no longer. @returns false if it was not shared */
  remove(name: string): boolean {
    const index = this.files.findIndex((file) => file.name === name);
    if (index >= 0) this.files.splice(index, 1);
    return index >= 0;
  }

  /** Size of all files, kilobytes, rounded up, at most 2^32 - 1. */
  get kilobytes(): number {
    return Math.min(4294967295, Math.ceil(this.files.reduce((sum, file) => sum + file.sizeBytes, 0) / 1024));
  }
}

/** @throws ParameterError when something is no folder */
export function checkFolder(folder: SharedFolder): SharedFolder {
  if (!(folder instanceof SharedFolder)) throw new ParameterError({ what: "no folder of shared files", got: folder, expected: "a SharedFolder", where: "parameter folder" });
  return folder;
}
