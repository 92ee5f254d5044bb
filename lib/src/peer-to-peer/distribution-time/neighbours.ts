/**
 * Who knows whom when peers do not know everybody: each peer asks to know k others drawn at random, and acquaintance is mutual.
 *
 * Internal to chunk-swarm.ts; checked by test/peer-to-peer/chunk-swarm.test.ts.
 */
import type { RandomStream } from "../../simulation/random";

/** Lists of neighbours behind one another: those of peer p are `list[begin[p]] .. list[begin[p + 1] - 1]`, ascending. */
export class NeighbourLists {
  constructor(readonly begin: Int32Array, readonly list: Int32Array) {}

  /** Whether two peers know each other. */
  knows(a: number, b: number): boolean {
    let low = this.begin[a];
    let high = this.begin[a + 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.list[middle] < b) low = middle + 1;
      else high = middle;
    }
    return low < this.begin[a + 1] && this.list[low] === b;
  }
}

/**
 * Draws mutual neighbours.
 *
 * @param peers number of peers
 * @param each how many others each peer asks to know; everybody if there are no more
 */
export function drawNeighbours(peers: number, each: number, random: RandomStream): NeighbourLists {
  const known = Array.from({ length: peers }, () => new Set<number>());
  for (let peer = 0; peer < peers; peer++) {
    const asked = new Set<number>();
    if (each >= peers - 1) {
      for (let other = 0; other < peers; other++) if (other !== peer) asked.add(other);
    }
    while (asked.size < Math.min(each, peers - 1)) {
      const other = random.integer(peers);
      if (other !== peer) asked.add(other);
    }
    for (const other of asked) {
      known[peer].add(other);
      known[other].add(peer);
    }
  }
  const begin = new Int32Array(peers + 1);
  for (let peer = 0; peer < peers; peer++) begin[peer + 1] = begin[peer] + known[peer].size;
  const list = new Int32Array(begin[peers]);
  for (let peer = 0; peer < peers; peer++) list.set([...known[peer]].sort((a, b) => a - b), begin[peer]);
  return new NeighbourLists(begin, list);
}
