import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { decodeBencode, encodeBencode } from "overlay-lab/dist/codecs/bencode";
import { parseTorrent } from "overlay-lab/dist/codecs/torrent";
import { createTorrent, findBadPieces, hashPieces, type TorrentSource } from "overlay-lab/dist/codecs/torrent-create";
import { pathComponentFault } from "overlay-lab/dist/codecs/torrent-path";
import { ParameterError } from "overlay-lab/dist/errors";
import { fixture, raw } from "./fixtures";

test("made from the same content and metadata, the info dictionary of a real torrent comes out byte for byte", () => {
  const alice = createTorrent({ name: "alice.txt", content: fixture("alice.txt"), pieceLengthBytes: 16384 });
  assert.equal(parseTorrent(alice).infoHashHex, "722fe65b2aa26d14f35b4ad627d20236e481d924");
  const numbers = createTorrent({
    name: "numbers",
    content: ["1.txt", "2.txt", "3.txt"].map((name) => ({ path: [name], bytes: fixture("numbers", name) })),
    pieceLengthBytes: 16384,
  });
  assert.equal(parseTorrent(numbers).infoHashHex, "89d97c2261a21b040cf11caa661a3ba7233bb7e6");
});

test("pieces run across file borders: their hashes are those of the files laid end to end", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 5 }), fc.integer({ min: 1, max: 24 }), (contents, pieceLengthBytes) => {
      const whole = Buffer.concat(contents);
      const expected: string[] = [];
      for (let at = 0; at < whole.length; at += pieceLengthBytes) {
        expected.push(createHash("sha1").update(whole.subarray(at, at + pieceLengthBytes)).digest("hex"));
      }
      assert.deepEqual(hashPieces(contents, pieceLengthBytes).map((hash) => Buffer.from(hash).toString("hex")), expected);
    }),
    { seed: 5, numRuns: 300 },
  );
});

const text = fc.string({ unit: "binary", maxLength: 8 });
const fileName = fc.string({ unit: "binary", minLength: 1, maxLength: 6 }).filter((name) => pathComponentFault(name) === null);
const folderContent = fc.uniqueArray(fc.tuple(fc.array(fileName, { maxLength: 2 }), fc.uint8Array({ maxLength: 30 })), { minLength: 1, maxLength: 4 }).map((files) =>
  // The number in front keeps any path from being that of another file or folder.
  files.map(([path, bytes], index) => ({ path: [`${index}`, ...path], bytes })),
);
const sources: fc.Arbitrary<TorrentSource> = fc.record(
  {
    name: fileName,
    content: fc.oneof(fc.uint8Array({ maxLength: 60 }), folderContent),
    pieceLengthBytes: fc.integer({ min: 1, max: 40 }),
    announce: fc.webUrl(),
    announceList: fc.array(fc.array(fc.webUrl(), { minLength: 1, maxLength: 2 }), { maxLength: 3 }),
    webSeeds: fc.array(fc.webUrl(), { maxLength: 2 }),
    nodes: fc.array(fc.record({ host: text, port: fc.integer({ min: 1, max: 65535 }) }), { maxLength: 2 }),
    isPrivate: fc.boolean(),
    comment: text,
    createdBy: text,
    creationDateSeconds: fc.nat(),
  },
  { requiredKeys: ["name", "content", "pieceLengthBytes"] },
);

test("everything a torrent is made from comes back when it is read", () => {
  fc.assert(
    fc.property(sources, (source) => {
      const bytes = createTorrent(source);
      assert.deepEqual(encodeBencode(decodeBencode(bytes)), bytes);
      const torrent = parseTorrent(bytes);
      const files = source.content instanceof Uint8Array ? [{ path: [], bytes: source.content }] : source.content;
      assert.equal(torrent.isFolder, !(source.content instanceof Uint8Array));
      assert.deepEqual(torrent.files.map(({ path, lengthBytes }) => ({ path, lengthBytes })), files.map((file) => ({ path: [source.name, ...file.path], lengthBytes: file.bytes.length })));
      assert.deepEqual(findBadPieces(torrent, files.map((file) => file.bytes)), []);
      const { content, name, pieceLengthBytes, ...rest } = source;
      assert.deepEqual([torrent.name, torrent.pieceLengthBytes], [name, pieceLengthBytes]);
      const absent = { announce: null, announceList: [], webSeeds: [], nodes: [], isPrivate: false, comment: null, createdBy: null, creationDateSeconds: null };
      const wanted = { ...absent, ...rest };
      const read = Object.fromEntries(Object.keys(wanted).map((key) => [key, torrent[key as keyof typeof torrent]]));
      assert.deepEqual(JSON.parse(JSON.stringify(read)), JSON.parse(JSON.stringify(wanted)));
      assert.deepEqual(torrent.warnings, []);
    }),
    { seed: 11, numRuns: 400 },
  );
});

test("a changed byte is found in exactly its piece", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.integer({ min: 1, max: 30 }), fc.nat(), (content, pieceLengthBytes, place) => {
      const torrent = parseTorrent(createTorrent({ name: "x", content, pieceLengthBytes }));
      const changed = content.slice();
      changed[place % content.length] ^= 0x40;
      assert.deepEqual(findBadPieces(torrent, [changed]), [Math.floor((place % content.length) / pieceLengthBytes)]);
    }),
    { seed: 12, numRuns: 200 },
  );
});

test("a source that would make a bad torrent is a parameter error that names the parameter", () => {
  const good: TorrentSource = { name: "x", content: raw("abc"), pieceLengthBytes: 2 };
  const file = (...path: string[]) => ({ path, bytes: raw("a") });
  const cases: [Partial<Record<keyof TorrentSource, unknown>>, RegExp][] = [
    [{ name: ".." }, /bad value for name: it is made of dots and spaces only.*got "\.\."/],
    [{ name: undefined }, /bad value for name: it is not a text/],
    [{ name: "\ud800" }, /half of a surrogate pair/],
    [{ pieceLengthBytes: 0 }, /pieceLengthBytes; got 0; expected a whole number >= 1/],
    [{ pieceLengthBytes: 1.5 }, /pieceLengthBytes; got 1\.5/],
    [{ content: "abc" }, /bad value for content; got "string"; expected bytes/],
    [{ content: [] }, /empty folder; expected at least one file/],
    [{ content: [file()] }, /bad value for content\[0\]\.path/],
    [{ content: [file("a", "..")] }, /bad value for content\[0\]\.path: .*got "\.\."/],
    [{ content: [file("a"), file("a")] }, /two files have the same path.*content\[1\]\.path/],
    [{ content: [{ path: ["a"], bytes: "x" }] }, /content\[0\]\.bytes/],
    [{ nodes: [{ host: "h", port: 0 }] }, /bad value for port; got 0/],
    [{ creationDateSeconds: -1 }, /creationDateSeconds; got -1/],
  ];
  for (const [change, message] of cases) {
    assert.throws(
      () => createTorrent({ ...good, ...change } as TorrentSource),
      (error: unknown) => error instanceof ParameterError && message.test(error.message) || assert.fail(`${String(error)} does not match ${message}`),
    );
  }
});

test("content of another length or number of files is a parameter error, not a bad piece", () => {
  const torrent = parseTorrent(createTorrent({ name: "x", content: raw("abc"), pieceLengthBytes: 2 }));
  assert.throws(() => findBadPieces(torrent, []), /number of contents; got 0/);
  assert.throws(() => findBadPieces(torrent, [raw("ab")]), /length of contents\[0\]; got 2/);
});
