import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { posix, win32 } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { encodeBencode } from "overlay-lab/dist/codecs/bencode";
import { BencodeDictionary, type BencodeValue } from "overlay-lab/dist/codecs/bencode-value";
import { parseTorrent, type Torrent, type TorrentOptions } from "overlay-lab/dist/codecs/torrent";
import { describeTorrent, lastPieceBytes } from "overlay-lab/dist/codecs/torrent-describe";
import { ParseLimitError } from "overlay-lab/dist/codecs/parse-limit";
import { ParameterError, ParseError } from "overlay-lab/dist/errors";
import { fixture, raw } from "./fixtures";

type Fields = Record<string, BencodeValue | undefined>;

function dictionary(fields: Fields): BencodeDictionary {
  return new BencodeDictionary(Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])));
}

const INFO: Fields = { length: 5, name: raw("a"), "piece length": 4, pieces: raw("x".repeat(40)) };

/** A sound torrent with some fields of the info dictionary and of the top changed; undefined removes one. */
function torrentBytes(info: Fields = {}, top: Fields = {}): Uint8Array {
  return encodeBencode(dictionary({ ...top, info: dictionary({ ...INFO, ...info }) }));
}

function parse(info: Fields = {}, top: Fields = {}, options?: TorrentOptions): Torrent {
  return parseTorrent(torrentBytes(info, top), options);
}

function refusal(input: Uint8Array, options?: TorrentOptions): ParseError {
  try {
    parseTorrent(input, options);
  } catch (error) {
    assert.ok(error instanceof ParseError, `not a ParseError: ${String(error)}`);
    return error;
  }
  return assert.fail("the torrent was accepted");
}

/** The byte after a piece of the encoding that occurs once: where the value of a key written `4:name` starts. */
function byteAfter(bytes: Uint8Array, part: string): number {
  const text = Buffer.from(bytes).toString("latin1");
  assert.equal(text.split(part).length, 2, `${part} occurs once`);
  return text.indexOf(part) + part.length;
}

const folder = (...paths: string[][]): Fields => ({
  length: undefined,
  files: paths.map((path) => dictionary({ length: 1, path: path.map((part) => raw(part)) })),
  pieces: raw("x".repeat(20 * Math.ceil(paths.length / 4))),
});

test("each broken rule of the info dictionary is refused with its path, byte and expectation", () => {
  const cases: [fields: Fields, message: string, before: string][] = [
    [{ "piece length": -1 }, "cannot read piece length; got -1; expected a whole number >= 1 bytes (info.piece length, byte @)", "12:piece length"],
    [{ "piece length": 0 }, "cannot read piece length; got 0; expected a whole number >= 1 bytes (info.piece length, byte @)", "12:piece length"],
    [{ "piece length": 2n ** 64n }, "cannot read piece length; got 18446744073709551616n; expected a whole number >= 1 bytes, below 2^53 (info.piece length, byte @)", "12:piece length"],
    [{ "piece length": raw("16384") }, 'cannot read piece length: it is a byte string; got "16384"; expected a whole number >= 1 bytes (info.piece length, byte @)', "12:piece length"],
    [{ "piece length": undefined }, "cannot read piece length: it is missing; expected a whole number >= 1 bytes (info.piece length, byte @)", "4:info"],
    [{ length: -5 }, "cannot read length; got -5; expected a whole number >= 0 bytes (info.length, byte @)", "6:length"],
    [{ length: 2n ** 53n }, "cannot read length; got 9007199254740992n; expected a whole number >= 0 bytes, below 2^53 (info.length, byte @)", "6:length"],
    [{ length: undefined }, "cannot read length: it is missing; expected length, for one file, or files, for a folder (info.length, byte @)", "4:info"],
    [{ files: [] }, "cannot read files: info.length is present too; expected either length, for one file, or files, for a folder (info.files, byte @)", "5:files"],
    [{ length: undefined, files: [] }, "cannot read files: it is empty; expected a list of at least one file (info.files, byte @)", "5:files"],
    [{ pieces: raw("x".repeat(39)) }, "cannot read pieces: it is 39 bytes long; expected a multiple of 20 bytes (info.pieces, byte @)", "6:pieces"],
    [{ pieces: raw("x".repeat(20)) }, "cannot read pieces: the number of its hashes is 1; expected 2, which is 5 bytes of content / 4 bytes per piece, rounded up (info.pieces, byte @)", "6:pieces"],
    [{ pieces: raw("x".repeat(60)) }, "cannot read pieces: the number of its hashes is 3; expected 2, which is 5 bytes of content / 4 bytes per piece, rounded up (info.pieces, byte @)", "6:pieces"],
    [{ pieces: [] }, "cannot read pieces: it is a list; expected SHA-1 hashes of 20 bytes each, one per piece (info.pieces, byte @)", "6:pieces"],
    [{ pieces: undefined }, "cannot read pieces: it is missing; expected SHA-1 hashes of 20 bytes each, one per piece (info.pieces, byte @)", "4:info"],
    [{ name: 7 }, "cannot read name: it is an integer; got 7; expected a file name without separators, NUL or drive, other than . and .. (info.name, byte @)", "4:name"],
    [{ private: 2 }, "cannot read private; got 2; expected a whole number >= 0 and <= 1 (info.private, byte @)", "7:private"],
  ];
  for (const [info, message, before] of cases) {
    const bytes = torrentBytes(info);
    const error = refusal(bytes);
    assert.equal(error.message, message.replace("@", String(byteAfter(bytes, before))));
    assert.equal(error.offset, byteAfter(bytes, before));
  }
});

test("a file that is no torrent at all is refused with what was expected instead", () => {
  assert.equal(refusal(raw("<!doctype html>")).message, 'cannot read a value; got "<"; expected a value, which starts with "i", "l", "d" or a digit (byte 0)');
  assert.equal(refusal(raw("le")).message, "cannot read the file: it is a list; expected a dictionary with the key info (BEP 3) (byte 0)");
  assert.equal(refusal(raw("de")).message, "cannot read info: it is missing; expected a dictionary that describes the content (info, byte 0)");
  assert.equal(refusal(raw("d4:infoi1ee")).message, "cannot read info: it is an integer; got 1; expected a dictionary that describes the content (info, byte 7)");
  assert.throws(() => parseTorrent("d4:infodee" as unknown as Uint8Array), ParameterError);
});

test("no cut of a real torrent is accepted", () => {
  const whole = fixture("lots-of-numbers.torrent");
  for (let length = 0; length < whole.length; length++) refusal(whole.subarray(0, length));
});

test("names that could lead outside the folder are refused, as name and as part of a path", () => {
  const unsafe: [string, RegExp][] = [
    ["", /it is empty/],
    [".", /dots and spaces only/],
    ["..", /dots and spaces only/],
    ["...", /dots and spaces only/],
    [".. ", /dots and spaces only/],
    ["../x", /path separator/],
    ["/etc/passwd", /path separator/],
    ["a/b", /path separator/],
    ["a\\b", /path separator/],
    ["\\\\server\\share", /path separator/],
    ["a\0.txt", /NUL character/],
    ["C:", /Windows drive/],
    ["c:x", /Windows drive/],
  ];
  for (const [name, problem] of unsafe) {
    const asName = refusal(torrentBytes({ name: raw(name) }));
    assert.match(asName.message, problem);
    assert.match(asName.message, /\(info\.name, byte 25\)$/);
    for (const path of [[name], ["ok", name], [name, "ok"]]) {
      const inPath = refusal(torrentBytes(folder(["first"], path)));
      assert.match(inPath.message, problem);
      assert.match(inPath.message, /cannot read path: .*; expected a file name .* \(info\.files\[1\]\.path\[[01]\], byte \d+\)$/);
    }
    assert.match(refusal(torrentBytes({ "name.utf-8": raw(name) })).message, /cannot read name\.utf-8: /);
    assert.match(refusal(torrentBytes({ name: raw(name) }), { lenient: true }).message, problem);
  }
  assert.match(refusal(torrentBytes({ length: undefined, files: [dictionary({ length: 1, path: [] })] })).message, /cannot read path: it is empty/);
});

test("no torrent whatsoever gives a path outside the folder on Linux or Windows", () => {
  const nasty = fc.constantFrom("", ".", "..", "...", ". .", "/", "\\", "..\\..", "../..", "C:", "C:\\x", "a:b", "\0", "~", "con", "\xc0\xaf", "\xff..", " ", "a", "b.txt", "..a");
  const names = fc.oneof({ weight: 3, arbitrary: nasty }, fc.string({ maxLength: 4 }));
  let accepted = 0;
  let refused = 0;
  fc.assert(
    fc.property(names, fc.array(fc.array(names, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }), (name, paths) => {
      let torrent: Torrent;
      try {
        torrent = parse({ ...folder(...paths), name: raw(name) }, {}, { lenient: true });
      } catch (error) {
        assert.ok(error instanceof ParseError);
        refused += 1;
        return;
      }
      accepted += 1;
      for (const file of torrent.files) {
        assert.ok(posix.resolve("/safe", ...file.path).startsWith("/safe/"));
        assert.ok(win32.resolve("D:\\safe", ...file.path).startsWith("D:\\safe\\"));
      }
    }),
    { seed: 77, numRuns: 3000 },
  );
  assert.ok(accepted > 50 && refused > 50, `${accepted} accepted, ${refused} refused`);
});

test("two files with one path, or a file that is another's folder, are refused; padding files may share a name", () => {
  const taken = /cannot read files: its path is already that of another file or folder; expected a path of its own \(info\.files\[1\], byte \d+\)/;
  for (const paths of [[["x"], ["x"]], [["x"], ["x", "y"]], [["x", "y"], ["x"]]]) assert.match(refusal(torrentBytes(folder(...paths))).message, taken);
  const pad = () => dictionary({ attr: raw("p"), length: 1, path: [raw(".pad"), raw("1")] });
  const file = (name: string) => dictionary({ length: 1, path: [raw(name)] });
  const torrent = parse({ ...folder(["x"], ["x"], ["x"], ["x"]), files: [file("x"), pad(), file("y"), pad()] });
  assert.deepEqual(torrent.files.map((f) => f.isPadding), [false, true, false, true]);
});

test("the files' total length must stay exact", () => {
  const file = (name: string) => dictionary({ length: 2 ** 53 - 1, path: [raw(name)] });
  assert.match(refusal(torrentBytes({ length: undefined, files: [file("x"), file("y")] })).message, /the files together are too long; expected less than 2\^53 bytes \(info\.files\[1\], byte \d+\)/);
});

test("the number of pieces is exact up to the largest size", () => {
  for (const pieces of [2, 3, 4, 5, 7, 31]) {
    // One byte more than `pieces` whole pieces, close to 2^53.
    const pieceLength = Math.floor((2 ** 53 - 2) / pieces);
    const torrent = parse({ length: pieces * pieceLength + 1, "piece length": pieceLength, pieces: raw("x".repeat(20 * (pieces + 1))) });
    assert.equal(torrent.pieceCount, pieces + 1);
    assert.equal(lastPieceBytes(torrent), 1);
  }
});

test("an empty file has no pieces", () => {
  const torrent = parse({ length: 0, pieces: raw("") });
  assert.deepEqual([torrent.totalBytes, torrent.pieceCount, torrent.pieceHashes, lastPieceBytes(torrent)], [0, 0, [], 0]);
});

test("trackers, tiers, web seeds, DHT nodes and remarks are read (BEP 3, 5, 12, 19)", () => {
  const torrent = parse({ private: 1 }, {
    announce: raw("http://a/announce"),
    "announce-list": [[raw("http://a/announce"), raw("udp://b")], [], [raw("http://c")]],
    "url-list": raw("http://seed/"),
    nodes: [[raw("router.example"), 6881], [raw("10.0.0.1"), 65535]],
    comment: raw("f\xc3\xbcr alle"),
    "created by": raw("me"),
    "creation date": 1375363666,
  });
  assert.equal(torrent.announce, "http://a/announce");
  assert.deepEqual(torrent.announceList, [["http://a/announce", "udp://b"], ["http://c"]]);
  assert.deepEqual(torrent.webSeeds, ["http://seed/"]);
  assert.deepEqual(torrent.nodes, [{ host: "router.example", port: 6881 }, { host: "10.0.0.1", port: 65535 }]);
  assert.deepEqual([torrent.comment, torrent.createdBy, torrent.creationDateSeconds, torrent.isPrivate], ["für alle", "me", 1375363666, true]);
  assert.deepEqual(torrent.warnings, []);
  const rows = new Map(describeTorrent(torrent).map((row) => [row.field, row.value]));
  assert.equal(rows.get("trackers"), "http://a/announce, udp://b; then http://c");
  assert.equal(rows.get("DHT nodes"), "router.example port 6881, 10.0.0.1 port 65535");
});

test("an empty url-list or announce means none, as the programs that write them mean it", () => {
  const torrent = parse({}, { announce: raw(""), "url-list": raw("") });
  assert.deepEqual([torrent.announce, torrent.webSeeds], [null, []]);
});

test("an optional field that cannot be read is an error, or in lenient reading a warning", () => {
  const cases: [fields: Fields, message: string, before: string][] = [
    [{ announce: 3 }, "cannot read announce: it is an integer; got 3; expected text (announce, byte @)", "8:announce"],
    [{ "announce-list": [raw("http://a")] }, 'cannot read announce-list: it is a byte string; got "http://a"; expected a list of tiers, each a list of tracker addresses (BEP 12) (announce-list[0], byte @)', "13:announce-listl"],
    [{ "url-list": dictionary({}) }, "cannot read url-list: it is a dictionary; expected an address or a list of addresses (BEP 19) (url-list, byte @)", "8:url-list"],
    [{ nodes: [[raw("h"), 0]] }, "cannot read nodes; got 0; expected a whole number >= 1 and <= 65535 (nodes[0][1], byte @)", "5:nodesll1:h"],
    [{ nodes: [[raw("h")]] }, "cannot read nodes: it is not a pair; expected a list of pairs of host and port (BEP 5) (nodes[0], byte @)", "5:nodesl"],
    [{ comment: [] }, "cannot read comment: it is a list; expected text (comment, byte @)", "7:comment"],
    [{ "creation date": -1 }, "cannot read creation date; got -1; expected a whole number >= 0 seconds (creation date, byte @)", "13:creation date"],
  ];
  const plain = parse();
  for (const [top, template, before] of cases) {
    const bytes = torrentBytes({}, top);
    const message = template.replace("@", String(byteAfter(bytes, before)));
    const error = refusal(bytes);
    assert.equal(error.message, message);
    const lenient = parse({}, top, { lenient: true });
    assert.deepEqual(lenient.warnings, [{ message: `left out: ${message}`, offset: error.offset }]);
    assert.deepEqual({ ...lenient, warnings: [] }, plain);
  }
});

test("a field that is left out leaves no other warnings behind", () => {
  const torrent = parse({}, { "announce-list": [[raw("\xff"), raw("http://a"), 3]] }, { lenient: true });
  assert.deepEqual(torrent.announceList, []);
  assert.deepEqual(torrent.warnings.map((warning) => warning.message.slice(0, 40)), ["left out: cannot read announce-list: it "]);
});

test("unsorted keys are refused, or in lenient reading noted, and the info-hash is that of the bytes as they stand", () => {
  const info = `d4:name1:a6:lengthi1e12:piece lengthi1e6:pieces20:${"x".repeat(20)}e`;
  const file = raw(`d4:info${info}e`);
  assert.equal(refusal(file).message, 'dictionary key "length" stands after "name"; expected keys in ascending order of their bytes (info, byte 17)');
  const torrent = parseTorrent(file, { lenient: true });
  assert.equal(torrent.infoHashHex, createHash("sha1").update(info).digest("hex"));
  assert.deepEqual(torrent.warnings, [{ message: 'dictionary key "length" stands after "name": BEP 3 asks for keys in ascending order', offset: 17 }]);
});

test("keys that nobody knows count for the info-hash", () => {
  assert.notEqual(parse({ "x-cross-seed": raw("1") }).infoHashHex, parse().infoHashHex);
});

test("name.utf-8 and path.utf-8 are preferred; other bytes are shown as Latin-1 and noted", () => {
  const torrent = parse({
    ...folder(["x"]),
    name: raw("caf\xe9"),
    "name.utf-8": raw("caf\xc3\xa9"),
    files: [
      dictionary({ length: 1, path: [raw("\xe9")], "path.utf-8": [raw("\xc3\xa9")] }),
      dictionary({ length: 1, path: [raw("\xe9t\xe9")] }),
    ],
  });
  assert.deepEqual(torrent.files.map((file) => file.path), [["café", "é"], ["café", "été"]]);
  assert.equal(torrent.warnings.length, 1);
  assert.equal(torrent.warnings[0].message, "info.files[1].path[0] is not UTF-8; it is shown as Latin-1, one character per byte");
});

test("a hybrid is read as version 1 and says so, with the info-hash of version 2 (BEP 52)", () => {
  const leaf = dictionary({ length: 5, "pieces root": raw("r".repeat(32)) });
  const hybridInfo: Fields = { "file tree": dictionary({ a: dictionary({ "": leaf }) }), "meta version": 2 };
  const torrent = parse(hybridInfo, { "piece layers": dictionary({}) });
  const infoBytes = encodeBencode(dictionary({ ...INFO, ...hybridInfo }));
  assert.equal(torrent.format, "hybrid");
  assert.equal(torrent.infoHashHex, createHash("sha1").update(infoBytes).digest("hex"));
  assert.equal(torrent.infoHashV2Hex, createHash("sha256").update(infoBytes).digest("hex"));
  assert.deepEqual(torrent.warnings, []);
  const rows = new Map(describeTorrent(torrent).map((row) => [row.field, row.value]));
  assert.equal(rows.get("format"), "hybrid of BitTorrent v1 and v2 (BEP 52), read as v1");
  assert.equal(rows.get("info-hash of v2"), torrent.infoHashV2Hex);
  assert.match(parse({ "meta version": 2 }).warnings[0].message, /^info says that it is version 2 \(BEP 52\) but has no file tree/);
  assert.equal(parse({ "meta version": 1 }).format, "v1");
});

test("a summary shows the first ten warnings and how many more there are", () => {
  const files = Array.from({ length: 13 }, (_, i) => dictionary({ length: 0, path: [raw(`\xff${i}`)] }));
  const torrent = parse({ length: undefined, files, pieces: raw("") });
  assert.equal(torrent.warnings.length, 13);
  const shown = describeTorrent(torrent).filter((row) => row.field === "warning");
  assert.equal(shown.length, 11);
  assert.match(shown[0].value, /^info\.files\[0\]\.path\[0\] is not UTF-8; .* \(byte \d+\)$/);
  assert.equal(shown[10].value, "3 more");
});

test("a file of version 2 alone is refused with a message that names BEP 52", () => {
  const v2: Fields = { "file tree": dictionary({}), "meta version": 2, pieces: undefined, length: undefined };
  assert.equal(
    refusal(torrentBytes(v2)).message,
    "cannot read a BitTorrent v2 file (BEP 52): it has a file tree or meta version 2 but no version 1 pieces; expected a version 1 torrent (BEP 3) or a hybrid of both versions (info.meta version, byte 36)",
  );
  assert.match(refusal(torrentBytes({ ...v2, "meta version": undefined })).message, /BEP 52.*\(info, byte 7\)$/);
});

test("a torrent is frozen and keeps its hashes when the input's bytes change later", () => {
  const bytes = torrentBytes(folder(["x"], ["y"]), { nodes: [[raw("h"), 1]], "announce-list": [[raw("u")]], "creation date": 2 ** 50 });
  const torrent = parseTorrent(bytes);
  const before = torrent.pieceHashes[0].slice();
  bytes.fill(0);
  assert.deepEqual(torrent.pieceHashes[0], before);
  const unfrozen: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return;
    if (!Object.isFrozen(value)) unfrozen.push(path);
    for (const [key, part] of Object.entries(value)) visit(part, `${path}.${key}`);
  };
  visit(torrent, "torrent");
  assert.deepEqual(unfrozen, []);
});

test("limits of the reader hold for torrents and can be raised", () => {
  assert.ok(refusal(torrentBytes(), { limits: { maxItems: 5 } }) instanceof ParseLimitError);
  let deep: BencodeValue = 0;
  for (let i = 0; i < 70; i++) deep = [deep];
  assert.ok(refusal(torrentBytes({}, { extra: deep })) instanceof ParseLimitError);
  assert.equal(parse({}, { extra: deep }, { limits: { maxDepth: 80 } }).name, "a");
});
