/** The torrents of npm webtorrent-fixtures 2.0.3, against facts taken from them with other programs and against their content. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { parseTorrent } from "overlay-lab/dist/codecs/torrent";
import { findBadPieces } from "overlay-lab/dist/codecs/torrent-create";
import { describeTorrent } from "overlay-lab/dist/codecs/torrent-describe";
import { ParseError } from "overlay-lab/dist/errors";
import { KIB, MIB } from "overlay-lab/dist/units";
import { SOUND_TORRENTS, fixture } from "./fixtures";

const read = (name: string) => parseTorrent(fixture(`${name}.torrent`));

test("name, size, pieces and info-hash of each torrent are as known", () => {
  const known: Record<(typeof SOUND_TORRENTS)[number], [name: string, totalBytes: number, pieceLengthBytes: number, pieceCount: number, files: number, infoHash: string]> = {
    alice: ["alice.txt", 163783, 16 * KIB, 10, 1, "722fe65b2aa26d14f35b4ad627d20236e481d924"],
    bunny: ["bbb_sunflower_1080p_30fps_stereo_abl.mp4", 434839491, 512 * KIB, 830, 1, "af8f10f30bf9aefecf3686922bfa0d5bd290a395"],
    folder: ["folder", 15, 16 * KIB, 1, 1, "b88da2caac6648e6c7d7687e3f89085f7e230e6b"],
    leaves: ["Leaves of Grass by Walt Whitman.epub", 362017, 16 * KIB, 23, 1, "d2474e86c95b19b8bcfdb92bc12c9d44667cfa36"],
    "leaves-metadata": ["Leaves of Grass by Walt Whitman.epub", 362017, 16 * KIB, 23, 1, "d2474e86c95b19b8bcfdb92bc12c9d44667cfa36"],
    "lots-of-numbers": ["lots-of-numbers", 12, 16 * KIB, 1, 6, "114ead6243792ba56297edbb9a78dfba84d4fc00"],
    numbers: ["numbers", 6, 16 * KIB, 1, 3, "89d97c2261a21b040cf11caa661a3ba7233bb7e6"],
    sintel: ["Sintel.2010.4K.DMRip.x264.DD.DTS.SRT-MaLLIeHbKa.mkv", 5490455272, 4 * MIB, 1310, 1, "c334138ef5bfc2d568ea7324e0e2a3a7ec229bdd"],
  };
  for (const name of SOUND_TORRENTS) {
    const t = read(name);
    assert.deepEqual([t.name, t.totalBytes, t.pieceLengthBytes, t.pieceCount, t.files.length, t.infoHashHex], known[name]);
    assert.equal(t.format, "v1");
    assert.equal(t.pieceHashes.length, t.pieceCount);
    assert.ok(t.pieceHashes.every((hash) => hash.length === 20));
    assert.equal(Buffer.from(t.infoHash).toString("hex"), t.infoHashHex);
  }
});

test("the first and last piece of alice.txt hash to what Node's own SHA-1 gives", () => {
  const t = read("alice");
  const content = fixture("alice.txt");
  const sha1 = (bytes: Uint8Array) => createHash("sha1").update(bytes).digest("hex");
  assert.equal(Buffer.from(t.pieceHashes[0]).toString("hex"), sha1(content.subarray(0, 16384)));
  assert.equal(Buffer.from(t.pieceHashes[9]).toString("hex"), sha1(content.subarray(9 * 16384)));
});

test("the content that comes with the torrents passes every piece check, and a changed byte is found in its piece", () => {
  const contents: [torrent: string, files: string[][]][] = [
    ["alice", [["alice.txt"]]],
    ["leaves", [["Leaves of Grass by Walt Whitman.epub"]]],
    ["folder", [["folder", "file.txt"]]],
    ["numbers", [["numbers", "1.txt"], ["numbers", "2.txt"], ["numbers", "3.txt"]]],
    ["lots-of-numbers", read("lots-of-numbers").files.map((file) => [...file.path])],
  ];
  for (const [name, files] of contents) {
    const t = read(name);
    assert.deepEqual(t.files.map((file) => [...file.path]), files);
    const bytes = files.map((path) => fixture(...path));
    assert.deepEqual(t.files.map((file) => file.lengthBytes), bytes.map((file) => file.length));
    assert.deepEqual(findBadPieces(t, bytes), [], name);
  }
  const epub = fixture("Leaves of Grass by Walt Whitman.epub");
  epub[16384 * 7] ^= 1;
  epub[362016] ^= 128;
  assert.deepEqual(findBadPieces(read("leaves"), [epub]), [7, 22]);
});

test("files of a folder are laid end to end in the order of the torrent", () => {
  assert.deepEqual(read("lots-of-numbers").files, [
    { path: ["lots-of-numbers", "big numbers", "10.txt"], lengthBytes: 2, offsetBytes: 0, isPadding: false },
    { path: ["lots-of-numbers", "big numbers", "11.txt"], lengthBytes: 2, offsetBytes: 2, isPadding: false },
    { path: ["lots-of-numbers", "big numbers", "12.txt"], lengthBytes: 2, offsetBytes: 4, isPadding: false },
    { path: ["lots-of-numbers", "small numbers", "1.txt"], lengthBytes: 1, offsetBytes: 6, isPadding: false },
    { path: ["lots-of-numbers", "small numbers", "2.txt"], lengthBytes: 2, offsetBytes: 7, isPadding: false },
    { path: ["lots-of-numbers", "small numbers", "3.txt"], lengthBytes: 3, offsetBytes: 9, isPadding: false },
  ]);
});

test("bunny is private and has one web seed; leaves has neither", () => {
  const bunny = read("bunny");
  assert.equal(bunny.isPrivate, true);
  assert.deepEqual(bunny.webSeeds, ["http://distribution.bbb3d.renderfarming.net/video/mp4/bbb_sunflower_1080p_30fps_stereo_abl.mp4"]);
  const leaves = read("leaves");
  assert.deepEqual([leaves.isPrivate, leaves.webSeeds, leaves.announce, leaves.announceList], [false, [], null, []]);
  assert.deepEqual([leaves.createdBy, leaves.creationDateSeconds, leaves.warnings], ["uTorrent/3300", 1375363666, []]);
});

test("two torrent files with different trackers but the same info dictionary have the same info-hash", () => {
  const [a, b] = [read("leaves"), read("leaves-metadata")];
  assert.notEqual(a.createdBy, b.createdBy);
  assert.equal(a.infoHashHex, b.infoHashHex);
});

test("a creation date in milliseconds is kept as written and noted", () => {
  const alice = read("alice");
  assert.equal(alice.creationDateSeconds, 1452468725091);
  assert.deepEqual(alice.warnings, [
    { message: "creation date is 1452468725091, after the year 9999 when read as seconds (BEP 3); it may be in milliseconds", offset: 17 },
  ]);
});

test("corrupt.torrent is refused because info.name is missing, in strict and in lenient reading", () => {
  for (const lenient of [false, true]) {
    assert.throws(
      () => parseTorrent(fixture("corrupt.torrent"), { lenient }),
      (error: unknown) => {
        assert.ok(error instanceof ParseError);
        assert.equal(error.message, "cannot read name: it is missing; expected a file name without separators, NUL or drive, other than . and .. (info.name, byte 81)");
        assert.equal(error.offset, 81);
        return true;
      },
    );
  }
});

test("the summary of bunny states its facts in plain rows", () => {
  assert.deepEqual(describeTorrent(read("bunny")), [
    { field: "name", value: "bbb_sunflower_1080p_30fps_stereo_abl.mp4" },
    { field: "total size", value: "414.7 MiB (434839491 bytes)" },
    { field: "files", value: "1" },
    { field: "piece length", value: "512 KiB (524288 bytes)" },
    { field: "pieces", value: "830" },
    { field: "last piece", value: "199.9 KiB (204739 bytes)" },
    { field: "info-hash", value: "af8f10f30bf9aefecf3686922bfa0d5bd290a395" },
    { field: "format", value: "BitTorrent v1" },
    { field: "private", value: "yes: peers from the trackers only (BEP 27)" },
    { field: "trackers", value: "none" },
    { field: "web seeds", value: "http://distribution.bbb3d.renderfarming.net/video/mp4/bbb_sunflower_1080p_30fps_stereo_abl.mp4" },
    { field: "created", value: "2013-12-17 19:48:21 UTC" },
    { field: "created by", value: "uTorrent/3320" },
  ]);
});
