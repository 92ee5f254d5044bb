/** Reads an input file of a notebook: a torrent, a table of rates, a trace. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { StorageError } from "../errors";
import { currentHost } from "./host";

/**
 * Where an input file lies: a relative path is meant from the workbook's folder, or else from where the reader typed the command.
 *
 * @throws StorageError when there is no such file
 */
export function inputPath(path: string): string {
  // npm starts every command in the root folder and says in INIT_CWD where the reader stood.
  const places = [currentHost().root, process.env.INIT_CWD].filter((folder): folder is string => folder !== undefined && folder !== "");
  const found = places.map((folder) => resolve(folder, path)).find((full) => existsSync(full));
  if (found !== undefined) return found;
  throw new StorageError({ what: "cannot find the input file", got: path, expected: "a path that is absolute, or relative to the workbook's folder or to where the command was typed", where: "readInput" });
}

/**
 * The bytes of a file.
 *
 * @param path see {@link inputPath}
 * @throws StorageError when there is no such file or it cannot be read
 */
export function readInput(path: string): Uint8Array {
  const full = inputPath(path);
  try {
    return new Uint8Array(readFileSync(full));
  } catch (error) {
    throw new StorageError({ what: "cannot read the input file", got: path, expected: "a readable file", where: (error as NodeJS.ErrnoException).code });
  }
}

/**
 * Like {@link readInput}, as UTF-8 text.
 * @throws StorageError also for an empty file, which a notebook would take for none
 */
export function readInputText(path: string): string {
  const text = new TextDecoder("utf-8").decode(readInput(path));
  if (text.trim() === "") throw new StorageError({ what: "the input file is empty", got: path, expected: "a file with text in it", where: "readInputText" });
  return text;
}
