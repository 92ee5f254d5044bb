/**
 * Files and folders that are either the old ones or the new ones, whenever the machine stops. A file is written under a temporary name beside its
 * target, synced, renamed over it, and the folder synced.
 */
import { basename, dirname, join } from "node:path";
import { StorageError } from "../errors";
import { NODE_FILE_SYSTEM, type FileSystem } from "./file-system";

const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/;
/** Names that Windows keeps for devices, whatever the extension. */
const DEVICE_NAME = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;
let counter = 0;

/**
 * Checks a file or folder name: letters, digits, dot, dash and underscore, beginning with a letter or digit, no device name,
 * not ending in a dot. So no name can lead out of its folder, on any system.
 *
 * @throws StorageError otherwise
 */
export function safeName(name: string): string {
  if (SAFE_NAME.test(name) && !DEVICE_NAME.test(name) && !name.endsWith(".")) return name;
  throw new StorageError({ what: "unsafe file name", got: name, expected: "1 to 120 letters, digits, dots, dashes and underscores, beginning with a letter or digit" });
}

/**
 * The path of a file within a folder.
 *
 * @param folder where to stay
 * @param name safe names joined by "/"
 * @throws StorageError when a part of the name is not safe
 */
export function insideOf(folder: string, name: string): string {
  return join(folder, ...name.split("/").map(safeName));
}

/** A name beside `path` that no other process or call uses. */
export function temporaryName(path: string, purpose: string): string {
  counter += 1;
  return join(dirname(path), `.${basename(path)}.${purpose}-${process.pid}-${counter}`);
}

/**
 * Replaces a file in one step: after a crash at any point it holds the old content or the new one, never a part.
 *
 * @param path the file; its folder is made if absent
 * @param content text (written as UTF-8) or bytes
 * @throws StorageError when the disk refuses; the old file is then untouched and no temporary file is left behind
 */
export function writeFileAtomic(path: string, content: string | Uint8Array, files: FileSystem = NODE_FILE_SYSTEM): void {
  const temporary = temporaryName(path, "tmp");
  withStorageErrors(`cannot write ${path}`, () => {
    files.makeFolder(dirname(path));
    try {
      writeAndSync(temporary, content, files);
      files.rename(temporary, path);
    } catch (error) {
      removeQuietly(temporary, files);
      throw error;
    }
    syncFolder(dirname(path), files);
  });
}

/** Writes a new file and waits until it is on the disk; not atomic by itself. */
export function writeAndSync(path: string, content: string | Uint8Array, files: FileSystem): void {
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  const descriptor = files.open(path, "wx");
  try {
    // One call may write less than it was given.
    for (let done = 0; done < bytes.length; ) {
      const written = files.write(descriptor, bytes, done, bytes.length - done);
      if (written <= 0) throw new StorageError({ what: "the disk takes no more bytes", got: `${done} of ${bytes.length} bytes written`, where: path });
      done += written;
    }
    files.sync(descriptor);
  } finally {
    files.close(descriptor);
  }
}

/** Waits until the names in a folder are on the disk. Windows cannot open folders and needs no such step. */
export function syncFolder(path: string, files: FileSystem): void {
  if (process.platform === "win32") return;
  const descriptor = files.open(path, "r");
  try {
    files.sync(descriptor);
  } finally {
    files.close(descriptor);
  }
}

/** Removes a file or a folder with all it holds; symbolic links are removed, not followed. Nothing happens if it is absent. */
export function removeTree(path: string, files: FileSystem): void {
  const kind = files.kind(path);
  if (kind === "absent") return;
  if (kind !== "folder") return files.removeFile(path);
  for (const name of files.list(path)) removeTree(join(path, name), files);
  files.removeFolder(path);
}

/** Removes what a failed write left; a second failure must not hide the first. */
export function removeQuietly(path: string, files: FileSystem): void {
  try {
    removeTree(path, files);
  } catch {
    // Leftovers carry a temporary name and are swept by the next writer.
  }
}

/** Turns an error of the operating system into a StorageError that says what could not be done and keeps the cause. */
export function withStorageErrors<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const wrapped = new StorageError({ what, got: error.code, expected: adviceFor(error.code), where: error.path });
    wrapped.cause = error;
    throw wrapped;
  }
}

function isSystemError(error: unknown): error is Error & { code: string; path?: string } {
  return error instanceof Error && typeof (error as { code?: unknown }).code === "string" && !(error instanceof StorageError);
}

function adviceFor(code: string): string {
  const advice: Record<string, string> = {
    ENOSPC: "free space on the disk",
    EACCES: "permission to write there",
    EPERM: "permission to write there",
    EROFS: "a disk that can be written",
    EIO: "a disk without read or write errors",
    ENOENT: "a file or folder that exists",
    EMFILE: "fewer open files",
  };
  return advice[code] ?? "a working file system";
}
