/** Tries the torrent reader on damaged torrent files. */
import assert from "node:assert/strict";
import { posix, win32 } from "node:path";
import { parseTorrent, type Torrent } from "overlay-lab/dist/codecs/torrent";
import { describeTorrent, lastPieceBytes } from "overlay-lab/dist/codecs/torrent-describe";
import { ParseError } from "overlay-lab/dist/errors";
import { RandomStream } from "overlay-lab/dist/simulation/random";
import { kindOfRefusal, type FuzzReport } from "./guard";
import { mutate } from "./mutate";
import { PLAN } from "./torrent-seeds";

const INPUTS = 20_000;

export function run(onInput: (index: number) => void): FuzzReport {
  const random = new RandomStream({ seed: 2025, name: "fuzz-torrent" });
  const kinds = new Set<string>();
  let accepted = 0;
  for (let index = 0; index < INPUTS; index++) {
    const input = mutate(PLAN, random);
    onInput(index);
    const context = `input ${index}: ${Buffer.from(input.subarray(0, 400)).toString("latin1")}`;
    const read = (lenient: boolean): Torrent | null => {
      try {
        return parseTorrent(input, { lenient });
      } catch (error) {
        assert.ok(error instanceof ParseError, `${String(error)} for ${context}`);
        assert.ok(error.offset >= 0 && error.offset <= input.length, `offset ${error.offset} for ${context}`);
        assert.ok(error.facts.expected, context);
        kinds.add(kindOfRefusal(error));
        return null;
      }
    };
    const lenient = read(true);
    const strict = read(false);
    if (strict !== null) assert.deepEqual(lenient, strict, `lenient reading differs: ${context}`);
    if (lenient === null) continue;
    if (strict === null) assert.ok(lenient.warnings.length > 0, `leniency is not noted: ${context}`);
    accepted += 1;
    checkTorrent(lenient, context);
  }
  return { inputs: INPUTS, accepted, kindsOfRefusal: [...kinds] };
}

function checkTorrent(torrent: Torrent, context: string): void {
  for (const file of torrent.files) {
    assert.ok(posix.resolve("/safe", ...file.path).startsWith("/safe/"), `path outside: ${context}`);
    assert.ok(win32.resolve("D:\\safe", ...file.path).startsWith("D:\\safe\\"), `path outside: ${context}`);
  }
  assert.equal(torrent.files.reduce((sum, file) => sum + file.lengthBytes, 0), torrent.totalBytes, context);
  assert.equal(torrent.pieceHashes.length, torrent.pieceCount, context);
  const last = lastPieceBytes(torrent);
  assert.ok(torrent.pieceCount === 0 ? last === 0 && torrent.totalBytes === 0 : last >= 1 && last <= torrent.pieceLengthBytes, context);
  assert.match(torrent.infoHashHex, /^[0-9a-f]{40}$/, context);
  assert.ok(describeTorrent(torrent).every((row) => typeof row.value === "string"), context);
}
