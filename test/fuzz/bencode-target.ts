/** Tries the bencode reader on damaged inputs. */
import assert from "node:assert/strict";
import { decodeBencode, encodeBencode } from "overlay-lab/dist/codecs/bencode";
import type { BencodeValue } from "overlay-lab/dist/codecs/bencode-value";
import { ParseError } from "overlay-lab/dist/errors";
import { RandomStream } from "overlay-lab/dist/simulation/random";
import { kindOfRefusal, type FuzzReport } from "./guard";
import { mutate } from "./mutate";
import { PLAN } from "./torrent-seeds";

const INPUTS = 20_000;

export function run(onInput: (index: number) => void): FuzzReport {
  const random = new RandomStream({ seed: 2024, name: "fuzz-bencode" });
  const kinds = new Set<string>();
  let accepted = 0;
  for (let index = 0; index < INPUTS; index++) {
    const input = mutate(PLAN, random);
    onInput(index);
    const context = `input ${index}: ${Buffer.from(input.subarray(0, 400)).toString("latin1")}`;
    let value: BencodeValue;
    try {
      value = decodeBencode(input);
    } catch (error) {
      assert.ok(error instanceof ParseError, `${String(error)} for ${context}`);
      assert.ok(error.offset >= 0 && error.offset <= input.length, `offset ${error.offset} for ${context}`);
      assert.ok(error.facts.expected, context);
      kinds.add(kindOfRefusal(error));
      continue;
    }
    accepted += 1;
    // There is one way to write a value, so whatever is read must be written back unchanged.
    assert.equal(Buffer.compare(encodeBencode(value), input), 0, `not canonical: ${context}`);
  }
  return { inputs: INPUTS, accepted, kindsOfRefusal: [...kinds] };
}
