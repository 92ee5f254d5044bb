/**
 * Counter-based random streams: Threefry2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as
 * 1, 2, 3", SC 2011). A stream is keyed by (seed, replication, name, node), so adding a draw in one place shifts nothing elsewhere,
 * and draw number i can be computed alone. Only 32-bit integer operations: the same bits on every machine.
 */
import { ParameterError, checkNumber } from "../errors";

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24];
const KEY_PARITY = 0x1bd11bda;

/**
 * One Threefry2x32-20 block.
 *
 * @param key two 32-bit words
 * @param counter two 32-bit words
 * @param out receives two unsigned 32-bit words
 */
export function threefry2x32(key: readonly [number, number], counter: readonly [number, number], out: Uint32Array): void {
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

/** Mixes the parts of a stream's address into a 64-bit Threefry key. */
function deriveKey(key: StreamKey): [number, number] {
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

/** A stream of random draws. Not shared between nodes or purposes: make one per {@link StreamKey}. */
export class RandomStream {
  private readonly k0: number;
  private readonly k1: number;
  private readonly k2: number;
  private low = 0;
  private high = 0;
  private spare = 0;
  private hasSpare = false;

  constructor(key: StreamKey) {
    const [k0, k1] = deriveKey(key);
    this.k0 = k0 | 0;
    this.k1 = k1 | 0;
    this.k2 = KEY_PARITY ^ this.k0 ^ this.k1;
  }

  /** An unsigned 32-bit draw. Each block of the cipher gives two. */
  uint32(): number {
    if (this.hasSpare) {
      this.hasSpare = false;
      return this.spare;
    }
    const { k0, k1, k2 } = this;
    let x0 = (this.low + k0) | 0;
    let x1 = (this.high + k1) | 0;
    // Twenty rounds written out: the loop form of threefry2x32 costs four times as much here.
    x0 = (x0 + x1) | 0; x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + k1) | 0; x1 = (x1 + k2 + 1) | 0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    x0 = (x0 + k2) | 0; x1 = (x1 + k0 + 2) | 0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + k0) | 0; x1 = (x1 + k1 + 3) | 0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    x0 = (x0 + k1) | 0; x1 = (x1 + k2 + 4) | 0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0; x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + k2) | 0; x1 = (x1 + k0 + 5) | 0;
    this.low = (this.low + 1) | 0;
    if (this.low === 0) this.high = (this.high + 1) | 0;
    this.spare = x1 >>> 0;
    this.hasSpare = true;
    return x0 >>> 0;
  }

  /** A draw from the uniform distribution on [0, 1), in steps of 2^-53. */
  uniform(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /**
   * A whole number drawn uniformly from 0 to `bound` - 1, without modulo bias (rejection).
   * @param bound 1..2^32
   * @throws ParameterError when the bound is outside its range
   */
  integer(bound: number): number {
    if (!(bound >= 1 && bound <= 4294967296) || !Number.isInteger(bound)) {
      throw new ParameterError({ what: "bad bound for a random integer", got: bound, expected: "a whole number from 1 to 2^32", where: "parameter bound" });
    }
    const limit = 4294967296 - (4294967296 % bound);
    let draw = this.uint32();
    while (draw >= limit) draw = this.uint32();
    return draw % bound;
  }

  /** True with probability `numerator` / `denominator`, decided in whole numbers. */
  chance(numerator: number, denominator: number): boolean {
    return this.integer(denominator) < numerator;
  }

  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = items[i];
      items[i] = items[j];
      items[j] = held;
    }
    return items;
  }
}
