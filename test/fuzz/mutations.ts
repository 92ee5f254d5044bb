/** Mutations of text for parser tests: cuts, copies, swaps, random characters, and words that parsers tend to stumble over. */
import assert from "node:assert/strict";
import { ParseError } from "overlay-lab/dist/errors";
import { RandomStream } from "overlay-lab/dist/simulation/random";

/** How many mutated inputs each parser gets. */
const MUTATIONS = 20_000;

const WORDS = ["", "-1", "-0", "NaN", "1e999", "1e-999", "0x1f", "9".repeat(400), "Infinity", "__proto__", "constructor", "\0", "\ud800", "\ufeff", "\u202e", "\r", "\n\n", "\t", ",", ";", '"', "'", "<", ">", "&", "&#x0;", "&a;", "]]>", "<![CDATA[", "<!--", "<!DOCTYPE a>", "<?x?>", "(", ")", "[", "]", "{", "}", "null", "#", "%", "|", "null:", ":".repeat(50)];

function mutate(text: string, other: string, random: RandomStream): string {
  const at = random.integer(text.length + 1);
  const length = random.integer(random.integer(4) === 0 ? 200 : 8);
  const end = Math.min(text.length, at + length);
  switch (random.integer(7)) {
    case 0:
      return text.slice(0, at) + text.slice(end);
    case 1:
      return text.slice(0, at) + String.fromCharCode(random.integer(random.integer(3) === 0 ? 65536 : 128)) + text.slice(at);
    case 2:
      return text.slice(0, end) + text.slice(at);
    case 3:
      return text.slice(0, at) + WORDS[random.integer(WORDS.length)] + text.slice(end);
    case 4: {
      const from = random.integer(other.length + 1);
      return text.slice(0, at) + other.slice(from, from + length) + text.slice(end);
    }
    case 5:
      return text.slice(0, at);
    default: {
      const to = random.integer(text.length + 1);
      return text.slice(0, Math.min(at, to)) + text.slice(at, end) + text.slice(Math.min(at, to));
    }
  }
}

/**
 * Feeds mutated texts to a parser: whatever it makes of them, nothing but a ParseError with place and expectation escapes.
 * @returns how many inputs were accepted and refused
 */
export function fuzz(name: string, seeds: readonly string[], parse: (text: string) => unknown): { accepted: number; refused: number } {
  const random = new RandomStream({ seed: 1, name: `fuzz ${name}` });
  let refused = 0;
  for (let round = 0; round < MUTATIONS; round++) {
    let text = seeds[random.integer(seeds.length)];
    for (let times = 1 + random.integer(3); times > 0; times--) text = mutate(text, seeds[random.integer(seeds.length)], random);
    try {
      parse(text);
    } catch (error) {
      assert.ok(error instanceof ParseError, `round ${round}, ${JSON.stringify(text)}: ${error instanceof Error ? error.stack : String(error)}`);
      assert.ok(error.offset >= 0 && error.offset <= text.length && error.facts.expected !== undefined && error.message.includes("line "), error.message);
      refused += 1;
    }
  }
  return { accepted: MUTATIONS - refused, refused };
}

/** Asserts that a run met both good and bad inputs, so that it tested something. */
export function assertBothKinds({ accepted, refused }: { accepted: number; refused: number }): void {
  assert.ok(accepted > 200 && refused > 200, `${accepted} accepted, ${refused} refused`);
}
