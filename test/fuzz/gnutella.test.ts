/** 20,000 damaged descriptors and streams: only a ParseError ever comes out, and what is accepted is written back byte for byte. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeGnutella, encodeGnutella, GNUTELLA_CONNECT, GnutellaStream, type GnutellaDescriptor, type GnutellaPayload } from "overlay-lab/dist/codecs";
import { ParseError } from "overlay-lab/dist/errors";
import { RandomStream } from "overlay-lab/dist/simulation/random";
import { mutate, type MutationPlan } from "./mutate";

const ID = "000102030405060708090a0b0c0d0e0f";
const PAYLOADS: readonly GnutellaPayload[] = [
  { kind: "ping" },
  { kind: "pong", port: 6346, ip: 0x0a000001, files: 3, kilobytes: 9 },
  { kind: "push", serventId: ID, fileIndex: 1, ip: 0x0a000002, port: 6346 },
  { kind: "query", minSpeedKBps: 0, text: "blue train" },
  { kind: "query-hit", port: 6346, ip: 0x0a000001, speedKBps: 128, results: [{ fileIndex: 1, sizeBytes: 10, text: "a" }, { fileIndex: 2, sizeBytes: 20, text: "b c", extension: Uint8Array.of(5) }], serventId: ID, extension: Uint8Array.of(76, 73, 77, 69) },
];
const SEEDS = PAYLOADS.map((payload, hops) => encodeGnutella({ id: ID, ttl: 7, hops, payload }));
const PLAN: MutationPlan = { seeds: SEEDS, tokens: [Uint8Array.of(0), Uint8Array.of(0, 0), Uint8Array.of(255, 255, 255, 255), Uint8Array.of(1, 0, 0, 0), ...SEEDS], maxBytes: 4096 };

/** The bytes of a header that state its payload's length. */
function withRightLength(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  if (copy.length >= 23) new DataView(copy.buffer).setUint32(19, copy.length - 23, true);
  return copy;
}

test("20,000 damaged descriptors are refused with a ParseError or written back to the same bytes", () => {
  const random = new RandomStream({ seed: 11, name: "fuzz" });
  let accepted = 0;
  for (let round = 0; round < 20_000; round++) {
    const damaged = mutate(PLAN, random);
    // Half of them get a length that fits, so that the fields behind it are tried.
    const bytes = round % 2 === 0 ? damaged : withRightLength(damaged);
    for (const extensions of ["refuse", "keep"] as const) {
      let descriptor: GnutellaDescriptor;
      try {
        descriptor = decodeGnutella(bytes, { extensions });
      } catch (error) {
        assert.ok(error instanceof ParseError, `round ${round}: ${String(error)}`);
        assert.ok(error.offset >= 0 && error.offset <= bytes.length, `round ${round}: offset ${error.offset} of ${bytes.length}`);
        continue;
      }
      accepted += 1;
      assert.equal(Buffer.compare(encodeGnutella(descriptor), bytes), 0, `round ${round}`);
    }
  }
  assert.ok(accepted > 2000, `only ${accepted} accepted`);
});

test("5,000 damaged streams give the same descriptors or the same error in one piece and in many", () => {
  const random = new RandomStream({ seed: 12, name: "fuzz" });
  const greeting = Buffer.from(GNUTELLA_CONNECT);
  const plan = { ...PLAN, seeds: SEEDS.map((seed, at) => Uint8Array.from(Buffer.concat([greeting, SEEDS[(at + 1) % SEEDS.length], seed]))) };
  const read = (pieces: readonly Uint8Array[]) => {
    const stream = new GnutellaStream({ expect: "connect", extensions: "keep" });
    const found: GnutellaDescriptor[] = [];
    let failure = "";
    try {
      for (const piece of pieces) found.push(...stream.push(piece));
      stream.finish();
    } catch (error) {
      assert.ok(error instanceof ParseError, String(error));
      failure = error.message;
    }
    return { found, failure };
  };
  for (let round = 0; round < 5000; round++) {
    const bytes = mutate(plan, random);
    const at = random.integer(bytes.length + 1);
    const many = read([...bytes].map((byte) => Uint8Array.of(byte)));
    const two = read([bytes.subarray(0, at), bytes.subarray(at)]);
    assert.deepEqual(two.found, many.found, `round ${round}`);
    // Where a connection ended is one place; which byte of a wrong greeting is shown depends on the piece.
    assert.equal(two.failure === "", many.failure === "", `round ${round}`);
  }
});
