/**
 * Names in a torrent come from strangers and end up as file names. Every one is checked here, so that no path made of them, on any
 * system, can lead outside the folder it is put into.
 */

/** What is wrong with a name as one component of a path, or null when it is safe on Linux, macOS and Windows. */
export function pathComponentFault(name: string): string | null {
  if (name === "") return "it is empty";
  if (name.includes("\0")) return "it holds a NUL character";
  if (/[/\\]/.test(name)) return "it holds a path separator";
  // Windows drops dots and spaces at the end of a name, so ".. " is ".." there and "..." is nothing.
  if (/^[. ]+$/.test(name)) return "it is made of dots and spaces only, which name a folder above or nothing";
  if (/^[A-Za-z]:/.test(name)) return "it starts with a Windows drive";
  return null;
}

/** What a name must be, for the expectation of an error message. */
export const SAFE_COMPONENT = "a file name without separators, NUL or drive, other than . and ..";

interface Folder {
  readonly entries: Map<string, Folder | null>;
}

/** The paths seen so far; finds one that is used twice, or as a file and as a folder. */
export class PathTree {
  private readonly root: Folder = { entries: new Map() };

  /**
   * Adds a file.
   * @param path components from the top folder down, at least one
   * @returns false when the path is taken, or a part of it is a file already; the tree may then hold some of its folders
   */
  add(path: readonly string[]): boolean {
    let folder = this.root;
    for (const name of path.slice(0, -1)) {
      let next = folder.entries.get(name);
      if (next === null) return false;
      if (next === undefined) {
        next = { entries: new Map() };
        folder.entries.set(name, next);
      }
      folder = next;
    }
    const last = path[path.length - 1];
    if (folder.entries.has(last)) return false;
    folder.entries.set(last, null);
    return true;
  }
}
