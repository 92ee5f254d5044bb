/** The torrent files and their content that come with the npm package webtorrent-fixtures. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(__dirname, "../../../node_modules/webtorrent-fixtures/fixtures");

/** The bytes of a fixture, given by its path below the package's folder. */
export function fixture(...path: string[]): Uint8Array {
  return readFileSync(join(FOLDER, ...path));
}

/** The torrents of the package that are sound. */
export const SOUND_TORRENTS = ["alice", "bunny", "folder", "leaves", "leaves-metadata", "lots-of-numbers", "numbers", "sintel"] as const;

/** All torrents of the package. */
export const ALL_TORRENTS = [...SOUND_TORRENTS, "corrupt"] as const;

/** Latin-1 text to bytes: a readable way to write bencoding in a test. */
export function raw(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}
