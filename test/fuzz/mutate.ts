/**
 * Damages inputs for parser tests: a seed file is changed in a few places, in the ways files really break and in the ways attackers
 * break them. Every choice comes from the stream, so a failing input is found again from the seed and its number.
 */
import type { RandomStream } from "overlay-lab/dist/simulation/random";

/** What to damage, and with what. */
export interface MutationPlan {
  /** Sound and unsound inputs to start from; each at least one byte long. */
  readonly seeds: readonly Uint8Array[];
  /** Pieces of the format that stand for its borders: brackets, huge numbers, hostile names. */
  readonly tokens: readonly Uint8Array[];
  /** No input grows beyond this. */
  readonly maxBytes: number;
}

type Mutation = (bytes: Uint8Array, random: RandomStream, plan: MutationPlan) => Uint8Array;

const BORDER_BYTES = [0x00, 0x01, 0x09, 0x0a, 0x20, 0x2d, 0x2e, 0x2f, 0x30, 0x39, 0x3a, 0x5c, 0x7f, 0x80, 0xc0, 0xff];
const BORDER_NUMBERS = ["0", "00", "-0", "1", "-1", "01", "20", "255", "256", "65535", "2147483647", "4294967295", "9007199254740991", "9007199254740992", "18446744073709551616", "99999999999", "9".repeat(101)];

/** A place in the input: 0 up to and including its length. */
const place = (bytes: Uint8Array, random: RandomStream): number => random.integer(bytes.length + 1);
const pick = <T>(items: readonly T[], random: RandomStream): T => items[random.integer(items.length)];

function replaceRange(bytes: Uint8Array, from: number, to: number, middle: Uint8Array): Uint8Array {
  const result = new Uint8Array(from + middle.length + bytes.length - to);
  result.set(bytes.subarray(0, from));
  result.set(middle, from);
  result.set(bytes.subarray(to), from + middle.length);
  return result;
}

/** A short stretch of the input, from a random place. */
function stretch(bytes: Uint8Array, random: RandomStream): [from: number, to: number] {
  const from = place(bytes, random);
  return [from, Math.min(bytes.length, from + random.integer(32))];
}

/** The stretch of digits nearest after a random place; empty when there is none. */
function digits(bytes: Uint8Array, random: RandomStream): [from: number, to: number] {
  const isDigit = (at: number) => bytes[at] >= 0x30 && bytes[at] <= 0x39;
  let from = place(bytes, random);
  while (from < bytes.length && !isDigit(from)) from += 1;
  while (from > 0 && from < bytes.length && isDigit(from - 1)) from -= 1;
  let to = from;
  while (to < bytes.length && isDigit(to)) to += 1;
  return [from, to];
}

const NOTHING = new Uint8Array(0);
const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

/** The ways to damage an input. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  flipBit: (bytes, random) => {
    const result = bytes.slice();
    if (result.length > 0) result[random.integer(result.length)] ^= 1 << random.integer(8);
    return result;
  },
  setByte: (bytes, random) => {
    const result = bytes.slice();
    if (result.length > 0) result[random.integer(result.length)] = random.chance(1, 2) ? pick(BORDER_BYTES, random) : random.integer(256);
    return result;
  },
  insertToken: (bytes, random, plan) => {
    const at = place(bytes, random);
    return replaceRange(bytes, at, at, pick(plan.tokens, random));
  },
  replaceByToken: (bytes, random, plan) => {
    const [from, to] = stretch(bytes, random);
    return replaceRange(bytes, from, to, pick(plan.tokens, random));
  },
  changeNumber: (bytes, random) => {
    const [from, to] = digits(bytes, random);
    return replaceRange(bytes, from, to, ascii(pick(BORDER_NUMBERS, random)));
  },
  deleteStretch: (bytes, random) => replaceRange(bytes, ...stretch(bytes, random), NOTHING),
  repeatStretch: (bytes, random) => {
    const [from, to] = stretch(bytes, random);
    const at = place(bytes, random);
    return replaceRange(bytes, at, at, bytes.subarray(from, to));
  },
  truncate: (bytes, random) => bytes.slice(0, place(bytes, random)),
  splice: (bytes, random, plan) => {
    const other = pick(plan.seeds, random);
    return replaceRange(other, 0, place(other, random), bytes.subarray(0, place(bytes, random)));
  },
};

const NAMES = Object.keys(MUTATIONS);

/**
 * One damaged input.
 * @param plan where to start from and what to put in
 * @param random gives every choice
 * @returns a new array; now and then equal to its seed
 */
export function mutate(plan: MutationPlan, random: RandomStream): Uint8Array {
  let bytes = pick(plan.seeds, random);
  // The smaller of two draws: a single change is the likeliest, since most inputs with four do not get past the first check.
  const changes = 1 + Math.min(random.integer(4), random.integer(4));
  for (let i = 0; i < changes; i++) bytes = MUTATIONS[pick(NAMES, random)](bytes, random, plan);
  return bytes.slice(0, plan.maxBytes);
}
