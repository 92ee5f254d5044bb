/**
 * The block function Threefry2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011)
 * and the derivation of a stream's key from its address. Only 32-bit integer operations: the same bits on every machine.
 */
import { ParameterError, checkNumber } from "../errors";

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24];
/** The constant that closes the key schedule. */
export const KEY_PARITY = 0x1bd11bda;

/**
 * One Threefry2x32-20 block.
 *
 * @param key two 32-bit words
 * @param counter two 32-bit words
 * @param out receives two unsigned 32-bit words
 * @throws ParameterError when one of these does not hold two words
 */
export function threefry2x32(key: readonly [number, number], counter: readonly [number, number], out: Uint32Array): void {
  if (!(key?.length === 2 && counter?.length === 2 && out instanceof Uint32Array && out.length >= 2)) throw new ParameterError({ what: "bad block of Threefry", got: [key, counter, out], expected: "two words each of key, counter and a Uint32Array", where: "threefry2x32" });
  const k0 = key[0] | 0;
  const k1 = key[1] | 0;
  const k2 = KEY_PARITY ^ k0 ^ k1;
  const keys = [k0, k1, k2];
  let x0 = (counter[0] + k0) | 0;
  let x1 = (counter[1] + k1) | 0;
  for (let round = 0; round < 20; round++) {
    const rotation = ROTATIONS[round & 7];
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << rotation) | (x1 >>> (32 - rotation))) ^ x0;
    if ((round & 3) === 3) {
      const injection = (round >> 2) + 1;
      x0 = (x0 + keys[injection % 3]) | 0;
      x1 = (x1 + keys[(injection + 1) % 3] + injection) | 0;
    }
  }
  out[0] = x0;
  out[1] = x1;
}

/** The address of a stream. Equal addresses give equal draws, different ones independent draws. */
export interface StreamKey {
  /** Chosen by the user; a whole number 0..2^53-1. */
  readonly seed: number;
  /** Which repetition of the experiment, from 0. */
  readonly replication?: number;
  /** What the draws are for: "arrivals", "piece-choice". */
  readonly name: string;
  /** Whose draws they are, from 0. */
  readonly node?: number;
}

const scratch = new Uint32Array(2);

/** Mixes the parts of a stream's address into a 64-bit Threefry key. @throws ParameterError when a part is missing or out of range */
export function deriveKey(key: StreamKey): [number, number] {
  if (typeof key !== "object" || key === null) throw new ParameterError({ what: "bad address of a random stream", got: key, expected: "an object with seed and name", where: "parameter key" });
  if (typeof key.name !== "string") throw new ParameterError({ what: "a random stream without a name", got: key.name, expected: "a text that says what its draws are for", where: "parameter name" });
  const seed = checkNumber("seed", key.seed, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true });
  const replication = checkNumber("replication", key.replication ?? 0, { min: 0, max: 0xffffffff, integer: true });
  const node = checkNumber("node", key.node ?? 0, { min: 0, max: 0xffffffff, integer: true });
  let words: [number, number] = [seed >>> 0, Math.floor(seed / 4294967296)];
  const absorb = (a: number, b: number) => {
    threefry2x32(words, [a, b], scratch);
    words = [scratch[0], scratch[1]];
  };
  absorb(replication, node);
  for (let i = 0; i < key.name.length; i++) absorb(key.name.charCodeAt(i), i);
  absorb(key.name.length, 0xffffffff);
  return words;
}
