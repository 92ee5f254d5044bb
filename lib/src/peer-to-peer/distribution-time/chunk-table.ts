/**
 * Which node has which chunk, one bit each, and the choice of a chunk that one node can give to another.
 *
 * Internal to chunk-swarm.ts; checked by test/peer-to-peer/chunk-swarm.test.ts.
 */
import type { RandomStream } from "../../simulation/random";
import type { CountOrder } from "./count-order";

/** Steps in the order of copies after which it is cheaper to look at the chunks themselves. */
const MOST_STEPS = 48;

/** Rows of bits: what each node holds completely, and what it holds or is about to receive. */
export class ChunkTable {
  private readonly words: number;
  private readonly held: Int32Array;
  private readonly promised: Int32Array;
  private readonly ties: Int32Array;

  constructor(nodes: number, readonly chunks: number) {
    this.words = Math.ceil(chunks / 32);
    this.held = new Int32Array(nodes * this.words);
    this.promised = new Int32Array(nodes * this.words);
    this.ties = new Int32Array(chunks);
  }

  /** Marks a chunk as completely held. */
  hold(node: number, chunk: number): void {
    this.held[node * this.words + (chunk >>> 5)] |= 1 << (chunk & 31);
  }

  /** Marks a chunk as on its way to a node, so that nobody sends it a second time. */
  promise(node: number, chunk: number): void {
    this.promised[node * this.words + (chunk >>> 5)] |= 1 << (chunk & 31);
  }

  /** Whether `giver` holds a chunk that `taker` neither holds nor expects. */
  canGive(giver: number, taker: number): boolean {
    const { words, held, promised } = this;
    const a = giver * words;
    const b = taker * words;
    for (let word = 0; word < words; word++) if ((held[a + word] & ~promised[b + word]) !== 0) return true;
    return false;
  }

  /** A chunk drawn evenly from those that `giver` can give to `taker`, of which there must be one. */
  randomChunk(giver: number, taker: number, random: RandomStream): number {
    const { words, held, promised } = this;
    const a = giver * words;
    const b = taker * words;
    let count = 0;
    for (let word = 0; word < words; word++) count += bitCount(held[a + word] & ~promised[b + word]);
    let skip = count === 1 ? 0 : random.integer(count);
    for (let word = 0; ; word++) {
      let bits = held[a + word] & ~promised[b + word];
      const here = bitCount(bits);
      if (skip >= here) {
        skip -= here;
        continue;
      }
      for (; skip > 0; skip--) bits &= bits - 1;
      return (word << 5) + 31 - Math.clz32(bits & -bits);
    }
  }

  /**
   * A chunk with the fewest copies among those that `giver` can give to `taker`, of which there must be one; ties at random.
   * The order of copies is searched for a few steps, which nearly always ends there; only then all chunks are looked at.
   */
  rarestInOrder(giver: number, taker: number, order: CountOrder, random: RandomStream): number {
    let stepsLeft = MOST_STEPS;
    for (let begin = 0; begin < order.items.length; ) {
      const end = order.endOfTies(begin);
      const size = end - begin;
      const first = size === 1 ? 0 : random.integer(size);
      for (let step = 0; step < size; step++) {
        if (stepsLeft-- === 0) return this.rarestChunk(giver, taker, order.count, 0, random);
        const chunk = order.items[begin + (first + step < size ? first + step : first + step - size)];
        const word = chunk >>> 5;
        if ((this.held[giver * this.words + word] & ~this.promised[taker * this.words + word] & (1 << (chunk & 31))) !== 0) return chunk;
      }
      begin = end;
    }
    return -1;
  }

  /** Of the chunks that `giver` can give to `taker` (there must be one) one with the fewest copies, ties drawn evenly; chunk 0 is counted at `begin`. */
  rarestChunk(giver: number, taker: number, copies: Int32Array, begin: number, random: RandomStream): number {
    const { words, held, promised, ties } = this;
    let fewest = 0x7fffffff;
    let count = 0;
    for (let word = 0; word < words; word++) {
      let bits = held[giver * words + word] & ~promised[taker * words + word];
      for (; bits !== 0; bits &= bits - 1) {
        const chunk = (word << 5) + 31 - Math.clz32(bits & -bits);
        const here = copies[begin + chunk];
        if (here > fewest) continue;
        if (here < fewest) count = 0;
        fewest = here;
        ties[count++] = chunk;
      }
    }
    return ties[count === 1 ? 0 : random.integer(count)];
  }
}

/** Number of ones in a 32-bit word. */
function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
