/**
 * Replaces a whole folder so that a reader finds the old one or the new one, never a mixture.
 *
 * The new folder is filled under a temporary name and synced, then named `.NAME.next`: that name means "complete". The old folder is renamed to
 * `.NAME.previous`, the next one to `NAME`, the previous one removed. No system call exchanges two folders everywhere, so a kill between the two
 * renames leaves no `NAME` for a moment; {@link recoverFolder}, which every writer and reader here calls first, then finishes the swap.
 */
import { basename, dirname, join } from "node:path";
import { StorageError } from "../errors";
import { removeQuietly, removeTree, safeName, syncFolder, temporaryName, withStorageErrors, writeAndSync } from "./atomic";
import { NODE_FILE_SYSTEM, type FileSystem } from "./file-system";
import { withLock } from "./lock";

interface SwapNames {
  readonly parent: string;
  readonly next: string;
  readonly previous: string;
  readonly partial: string;
  readonly lock: string;
}

function namesFor(folder: string): SwapNames {
  const parent = dirname(folder);
  const name = safeName(basename(folder));
  return { parent, next: join(parent, `.${name}.next`), previous: join(parent, `.${name}.previous`), partial: `.${name}.partial-`, lock: join(parent, `.${name}.lock`) };
}

/**
 * Replaces a folder by one with exactly the given files.
 *
 * @param folder the folder; its name must be safe
 * @param contents file names ("/" between folders) and contents
 * @throws StorageError when the disk refuses; the folder is then the old one (or, if the disk failed after the swap, the new one)
 */
export function replaceFolder(folder: string, contents: ReadonlyMap<string, string | Uint8Array>, files: FileSystem = NODE_FILE_SYSTEM): void {
  const names = namesFor(folder);
  withStorageErrors(`cannot replace ${folder}`, () => {
    withLock(names.lock, () => {
      finishSwap(folder, names, files);
      if (!["absent", "folder"].includes(files.kind(folder))) throw new StorageError({ what: "not a folder", got: folder, expected: "a folder, or nothing, at that place" });
      const partial = temporaryName(folder, "partial");
      try {
        fillFolder(partial, contents, files);
        files.rename(partial, names.next);
      } catch (error) {
        removeQuietly(partial, files);
        throw error;
      }
      syncFolder(names.parent, files);
      if (files.kind(folder) === "folder") files.rename(folder, names.previous);
      finishSwap(folder, names, files);
    });
  });
}

/**
 * Finishes or undoes a replacement that a crash interrupted. Afterwards the folder is the old one or the new one, whole, or absent if it never was.
 *
 * @param folder the folder given to {@link replaceFolder}
 */
export function recoverFolder(folder: string, files: FileSystem = NODE_FILE_SYSTEM): void {
  const names = namesFor(folder);
  if (files.kind(names.parent) !== "folder" || leftovers(names, files).length === 0) return;
  withStorageErrors(`cannot recover ${folder}`, () => withLock(names.lock, () => finishSwap(folder, names, files)));
}

/** Brings the swap to its end from wherever it stands. To be called under the lock. */
function finishSwap(folder: string, names: SwapNames, files: FileSystem): void {
  if (files.kind(folder) === "absent") {
    if (files.kind(names.next) === "folder") files.rename(names.next, folder);
    else if (files.kind(names.previous) === "folder") files.rename(names.previous, folder);
  }
  const rest = leftovers(names, files);
  if (rest.length === 0) return;
  syncFolder(names.parent, files);
  for (const name of rest) {
    // A half-removed folder must not keep a name that means "complete".
    const doomed = name.startsWith(names.partial) ? join(names.parent, name) : temporaryName(folder, "partial");
    if (!name.startsWith(names.partial)) files.rename(join(names.parent, name), doomed);
    removeTree(doomed, files);
  }
}

function leftovers(names: SwapNames, files: FileSystem): string[] {
  const known = [basename(names.next), basename(names.previous)];
  return files.list(names.parent).filter((name) => known.includes(name) || name.startsWith(names.partial));
}

function fillFolder(folder: string, contents: ReadonlyMap<string, string | Uint8Array>, files: FileSystem): void {
  const folders = new Set([folder]);
  files.makeFolder(folder);
  for (const [name, content] of contents) {
    const parts = name.split("/").map(safeName);
    let path = folder;
    for (const part of parts.slice(0, -1)) {
      path = join(path, part);
      if (!folders.has(path)) files.makeFolder(path);
      folders.add(path);
    }
    writeAndSync(join(path, parts[parts.length - 1]), content, files);
  }
  for (const path of folders) syncFolder(path, files);
}
