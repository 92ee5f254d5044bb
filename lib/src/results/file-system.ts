/** The few file operations that results need, as a port: tests put a file system in front that fails, fills up or dies at any operation. */
import * as fs from "node:fs";

/** Synchronous file operations with the meaning of `node:fs`. */
export interface FileSystem {
  open(path: string, flags: string): number;
  write(descriptor: number, bytes: Uint8Array, offset: number, length: number): number;
  sync(descriptor: number): void;
  close(descriptor: number): void;
  rename(from: string, to: string): void;
  makeFolder(path: string): void;
  removeFile(path: string): void;
  removeFolder(path: string): void;
  read(path: string): Uint8Array;
  list(path: string): string[];
  kind(path: string): "file" | "folder" | "other" | "absent";
}

/** The file system of this machine. */
export const NODE_FILE_SYSTEM: FileSystem = Object.freeze({
  open: (path: string, flags: string) => fs.openSync(path, flags, 0o666),
  write: (descriptor: number, bytes: Uint8Array, offset: number, length: number) => fs.writeSync(descriptor, bytes, offset, length),
  sync: (descriptor: number) => fs.fsyncSync(descriptor),
  close: (descriptor: number) => fs.closeSync(descriptor),
  rename: (from: string, to: string) => fs.renameSync(from, to),
  makeFolder: (path: string) => void fs.mkdirSync(path, { recursive: true }),
  removeFile: (path: string) => fs.unlinkSync(path),
  removeFolder: (path: string) => fs.rmdirSync(path),
  read: (path: string) => fs.readFileSync(path),
  list: (path: string) => fs.readdirSync(path),
  kind(path: string) {
    const found = fs.lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return "absent";
    return found.isFile() ? "file" : found.isDirectory() ? "folder" : "other";
  },
});
