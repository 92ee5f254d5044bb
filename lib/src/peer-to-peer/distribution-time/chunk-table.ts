/**
 * Which node has which chunk, one bit each, and the choice of a chunk that one node can give to another.
 *
 * Internal to chunk-swarm.ts; checked by test/peer-to-peer/chunk-swarm.test.ts.
 */
import type { RandomStream } from "../../simulation/random";

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

  /** A chunk drawn evenly from those that `giver` can give to `taker`; -1 for none. */
  randomChunk(giver: number, taker: number, random: RandomStream): number {
    const count = this.collect(giver, taker, null);
    return count === 0 ? -1 : this.ties[count === 1 ? 0 : random.integer(count)];
  }

  /** Of the chunks that `giver` can give to `taker` one with the fewest copies, ties drawn evenly; -1 for none. */
  rarestChunk(giver: number, taker: number, copies: Int32Array, random: RandomStream): number {
    const count = this.collect(giver, taker, copies);
    return count === 0 ? -1 : this.ties[count === 1 ? 0 : random.integer(count)];
  }

  /** Gathers the chunks to choose among (all of them, or those with the fewest copies) in `ties`; returns how many. */
  private collect(giver: number, taker: number, copies: Int32Array | null): number {
    const { words, held, promised, ties } = this;
    const a = giver * words;
    const b = taker * words;
    let fewest = 0x7fffffff;
    let count = 0;
    for (let word = 0; word < words; word++) {
      let bits = held[a + word] & ~promised[b + word];
      while (bits !== 0) {
        const chunk = (word << 5) + 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        if (copies !== null) {
          const here = copies[chunk];
          if (here > fewest) continue;
          if (here < fewest) {
            fewest = here;
            count = 0;
          }
        }
        ties[count++] = chunk;
      }
    }
    return count;
  }
}
