/**
 * The fast tier: what one query does to a converged overlay, counted over typed arrays, without clock and messages. It follows the same rules as the servent
 * (decisions.ts): a node passes a query on once, to all neighbours but the one it came from, as long as the TTL allows. With equal delays on
 * all links both reach the same nodes with the same number of messages, which test/peer-to-peer/gnutella/two-tiers.test.ts shows.
 */
import { checkNumber } from "../../errors";
import { checkHolders, checkOverlay, type OverlayGraph } from "./overlay-graph";

/** What a flood did. */
export interface FloodResult {
  /** Nodes reached, the source not counted. */
  readonly reached: number;
  /** QUERY messages sent. */
  readonly messages: number;
  /** Of these, messages to a node that had the query already. */
  readonly duplicates: number;
  /** Nodes first reached at hop h, at place h - 1; up to the TTL. */
  readonly reachedAt: readonly number[];
  /** Messages that arrive at hop h, at place h - 1. */
  readonly messagesAt: readonly number[];
  /** Holders reached. */
  readonly hits: number;
  /** Hop of the nearest holder; 0 if the source has it itself, -1 if none was reached. */
  readonly firstHitHop: number;
  /** QUERY HIT messages: as many for each answer as its way has links. */
  readonly answerMessages: number;
}

/** How to flood. */
export interface FloodOptions {
  /** 1 at nodes that have what is asked for; nobody if absent. */
  readonly holders?: Uint8Array;
  /** Whether a holder passes the query on as well; default true, as in Gnutella 0.4. */
  readonly forwardAfterHit?: boolean;
}

/** Floods queries over one overlay; keeps its arrays from one flood to the next. */
export class Flooder {
  /** Which flood reached a node last; compare with {@link stamp}. */
  readonly reachedBy: Int32Array;
  /** From which node it had the query (in the flood that reached it last). */
  readonly parents: Int32Array;
  /** Number of the last flood. */
  stamp = 0;
  private frontier: Int32Array;
  private next: Int32Array;

  /** @throws ParameterError when the graph is none */
  constructor(readonly graph: OverlayGraph) {
    checkOverlay(graph);
    this.reachedBy = new Int32Array(graph.nodes);
    this.parents = new Int32Array(graph.nodes);
    this.frontier = new Int32Array(graph.nodes);
    this.next = new Int32Array(graph.nodes);
  }

  /**
   * Floods one query.
   * @param source node that asks, 0..nodes-1
   * @param ttl 0..255; 0 sends nothing
   * @throws ParameterError when out of range
   */
  flood(source: number, ttl: number, options: FloodOptions = {}): FloodResult {
    const { graph, reachedBy, parents } = this;
    const { holders, forwardAfterHit = true } = options;
    checkNumber("source", source, { min: 0, max: graph.nodes - 1, integer: true });
    checkNumber("ttl", ttl, { min: 0, max: 255, integer: true, unit: "hops" });
    if (holders !== undefined) checkHolders(holders, graph);
    this.nextStamp();
    reachedBy[source] = this.stamp;
    parents[source] = -1;
    this.frontier[0] = source;
    const reachedAt: number[] = [];
    const messagesAt: number[] = [];
    let [size, reached, messages, hits, answerMessages, firstHitHop] = [1, 0, 0, 0, 0, holders?.[source] === 1 ? 0 : -1];
    for (let hop = 1; hop <= ttl && size > 0; hop++) {
      const sent = this.spread(size, hop > 1 && !forwardAfterHit ? holders : undefined);
      const found = this.found;
      [this.frontier, this.next] = [this.next, this.frontier];
      messages += sent;
      reached += found;
      reachedAt.push(found);
      messagesAt.push(sent);
      const here = holders === undefined ? 0 : this.countHolders(holders, found);
      if (here > 0 && firstHitHop < 0) firstHitHop = hop;
      hits += here;
      answerMessages += here * hop;
      size = found;
    }
    return { reached, messages, duplicates: messages - reached, reachedAt, messagesAt, hits, firstHitHop, answerMessages };
  }

  /** Whether the last flood reached a node, or started there. */
  wasReached(node: number): boolean {
    return this.reachedBy[node] === this.stamp;
  }

  /** Nodes that the last {@link spread} reached for the first time. */
  private found = 0;

  /** Every node of the frontier sends to all neighbours but its parent. @returns messages sent */
  private spread(size: number, silent: Uint8Array | undefined): number {
    const { frontier, next, reachedBy, parents, stamp } = this;
    const { starts, heads } = this.graph;
    let sent = 0;
    let found = 0;
    for (let i = 0; i < size; i++) {
      const node = frontier[i];
      if (silent !== undefined && silent[node] === 1) continue;
      const parent = parents[node];
      const end = starts[node + 1];
      for (let link = starts[node]; link < end; link++) {
        const head = heads[link];
        if (head === parent) continue;
        sent += 1;
        if (reachedBy[head] === stamp) continue;
        reachedBy[head] = stamp;
        parents[head] = node;
        next[found] = head;
        found += 1;
      }
    }
    this.found = found;
    return sent;
  }

  private countHolders(holders: Uint8Array, size: number): number {
    let count = 0;
    for (let i = 0; i < size; i++) count += holders[this.frontier[i]];
    return count;
  }

  private nextStamp(): void {
    // Before the number runs out of 31 bits the marks are wiped.
    if (this.stamp === 2147483647) {
      this.reachedBy.fill(0);
      this.stamp = 0;
    }
    this.stamp += 1;
  }
}

/** Holders of an object on random nodes. @param nodes 1..2^24 @param copies 0..nodes @returns 1 at each holder @throws ParameterError when out of range */
export function placeCopies(nodes: number, copies: number, random: { sample(population: number, count: number): number[] }): Uint8Array {
  checkNumber("nodes", nodes, { min: 1, max: 1 << 24, integer: true });
  checkNumber("copies", copies, { min: 0, max: nodes, integer: true });
  const holders = new Uint8Array(nodes);
  for (const node of random.sample(nodes, copies)) holders[node] = 1;
  return holders;
}

/**
 * Chance that a flood which reaches some nodes finds one of the copies, placed on different random nodes other than the source: 1 - C(n - 1 - c, r) / C(n - 1, r).
 * @param nodes of the overlay
 * @param reached by the flood, without the source
 * @param copies 0..nodes-1
 */
export function successProbability(nodes: number, reached: number, copies: number): number {
  checkNumber("nodes", nodes, { min: 1, max: 1e9, integer: true });
  checkNumber("reached", reached, { min: 0, max: nodes - 1 });
  checkNumber("copies", copies, { min: 0, max: nodes - 1, integer: true });
  let miss = 1;
  for (let copy = 0; copy < copies; copy++) miss *= Math.max(0, 1 - reached / (nodes - 1 - copy));
  return 1 - miss;
}
