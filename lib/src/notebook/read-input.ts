/** Reads an input file of a notebook: a torrent, a table of rates, a trace. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { StorageError } from "../errors";
import { currentHost } from "./host";

/**
 * The bytes of a file.
 *
 * @param path absolute, or relative to the workbook's root
 * @throws StorageError when there is no such file or it cannot be read
 */
export function readInput(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(resolve(currentHost().root, path)));
  } catch (error) {
    throw new StorageError({ what: "cannot read the input file", got: path, expected: "a readable file, its path absolute or relative to the workbook's folder", where: (error as NodeJS.ErrnoException).code });
  }
}

/** Like {@link readInput}, as UTF-8 text without a byte order mark. */
export function readInputText(path: string): string {
  return new TextDecoder("utf-8").decode(readInput(path));
}
