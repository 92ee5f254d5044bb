/**
 * The fast tier of searching by walkers, over typed arrays. Walkers take their steps in turn, as messages of equal delay would; where a walker asks the one who searches,
 * it goes on in the round after. test/peer-to-peer/unstructured-search/two-tiers.test.ts shows that nodes, hits and messages are those of search-peer.ts.
 */
import { ParameterError, checkNumber } from "../../errors";
import type { RandomStream } from "../../simulation";
import { Flooder, checkHolders, checkOverlay, type FloodResult, type OverlayGraph } from "../gnutella";
import { checkWalkOptions, chooseHighDegree, choosePastSuccess, chooseRandom, indexOnLeaving, indexOnUpdate, needsUpdate, ringTtls, type WalkOptions } from "./policies";

/** What a search by walkers did. */
export interface WalkResult {
  readonly found: boolean;
  /** Answers that came, one for each walker that was successful. */
  readonly hits: number;
  /** QUERY messages: steps of all walkers. */
  readonly steps: number;
  /** Questions whether to go on, and their answers: two messages each. */
  readonly checkMessages: number;
  /** Answers, sent to the one who searches directly. */
  readonly answerMessages: number;
  /** APS: messages back along the walkers' ways. */
  readonly updateMessages: number;
  /** All of these together. */
  readonly messages: number;
  /** Different nodes that walkers came to, the source not counted. */
  readonly visited: number;
  /** Step of the first hit; 0 if the source knew, -1 without a hit. */
  readonly firstHitStep: number;
  /** Way of the first successful walker, from the source on; empty without a hit. */
  readonly path: readonly number[];
}

/** One search. */
export interface WalkRequest {
  readonly source: number;
  /** 1 at nodes that have the object. With `knowledgeHops` > 0: at nodes that know of it, from {@link knowledgeOf}. */
  readonly holders: Uint8Array;
  /** For APS: which object it is, 0..2^20. */
  readonly object?: number;
  /** The stream from which a node draws; one for all, or each its own. */
  readonly random: RandomStream | ((node: number) => RandomStream);
}

interface Walker {
  at: number;
  previous: number;
  steps: number;
  isDone: boolean;
  /** Nodes from the source on. */
  readonly way: number[];
}

/** Which nodes know of an object when each knows what is held within some hops, 0..255. @throws ParameterError when that is out of range, or the holders do not fit the overlay */
export function knowledgeOf(graph: OverlayGraph, holders: Uint8Array, hops: number): Uint8Array {
  checkNumber("hops", hops, { min: 0, max: 255, integer: true });
  let known = checkHolders(holders, checkOverlay(graph));
  for (let hop = 0; hop < hops; hop++) {
    const next = known.slice();
    for (let node = 0; node < graph.nodes; node++) if (known[node] === 1) for (let link = graph.starts[node]; link < graph.starts[node + 1]; link++) next[graph.heads[link]] = 1;
    known = next;
  }
  return known;
}

/** Searches by walkers over one overlay; with APS it learns from search to search. */
export class WalkSearcher {
  readonly options: WalkOptions;
  private readonly visitedBy: Int32Array;
  private stamp = 0;
  /** By object, then by link: index values. */
  private readonly indexes = new Map<number, Int32Array>();

  /** @throws ParameterError when an option is unknown or out of range */
  constructor(readonly graph: OverlayGraph, options: Partial<WalkOptions> = {}) {
    this.options = checkWalkOptions(options);
    this.visitedBy = new Int32Array(checkOverlay(graph).nodes);
  }

  /** Searches once. @throws ParameterError for a bad source, or holders that do not fit the overlay */
  search(request: WalkRequest): WalkResult {
    const { graph, options } = this;
    const { source, holders } = request;
    checkNumber("source", source, { min: 0, max: graph.nodes - 1, integer: true });
    checkHolders(holders, graph);
    if (typeof request.random !== "function" && typeof request.random?.integer !== "function") throw new ParameterError({ what: "nothing to draw from", got: request.random, expected: "a RandomStream, or a function that gives one for a node", where: "parameter random" });
    checkNumber("object", request.object ?? 0, { min: 0, max: 1 << 20, integer: true });
    if (holders[source] === 1) return { found: true, hits: 0, steps: 0, checkMessages: 0, answerMessages: 0, updateMessages: 0, messages: 0, visited: 0, firstHitStep: 0, path: [source] };
    return this.walk(request, options.policy === "past-success" ? this.indexesOf(request.object ?? 0) : null);
  }

  /** Index values of a node's links for an object, in the order of its neighbours. @throws ParameterError for an unknown node or an object out of range */
  indexesAt(node: number, object: number): Int32Array {
    checkNumber("node", node, { min: 0, max: this.graph.nodes - 1, integer: true });
    checkNumber("object", object, { min: 0, max: 1 << 20, integer: true });
    return this.indexesOf(object).slice(this.graph.starts[node], this.graph.starts[node + 1]);
  }

  private walk(request: WalkRequest, indexes: Int32Array | null): WalkResult {
    const { options } = this;
    const { source, holders, random } = request;
    const drawsAt = typeof random === "function" ? random : () => random;
    this.nextStamp(source);
    const walkers = this.startWalkers(source);
    const counts = { hits: 0, steps: 0, checks: 0, updates: 0, visited: 0 };
    let [firstHitStep, path]: [number, readonly number[]] = [-1, []];
    for (let active = walkers; active.length > 0; active = active.filter(({ isDone }) => !isDone)) {
      for (const walker of active) {
        const to = this.next(walker, walkers, indexes, drawsAt(walker.at));
        if (to < 0) {
          walker.isDone = true;
          continue;
        }
        [walker.previous, walker.at] = [walker.at, to];
        walker.steps += 1;
        if (indexes !== null || options.policy === "high-degree" || firstHitStep < 0) walker.way.push(to);
        counts.steps += 1;
      }
      // All have arrived: now each looks, in the order in which they were sent.
      for (const walker of active) {
        if (walker.isDone) continue;
        const wasThere = this.visitedBy[walker.at] === this.stamp;
        if (!wasThere) {
          this.visitedBy[walker.at] = this.stamp;
          counts.visited += 1;
        }
        const success = holders[walker.at] === 1 && !(indexes !== null && wasThere);
        if (success) {
          counts.hits += 1;
          if (firstHitStep < 0) [firstHitStep, path] = [walker.steps, walker.way.slice()];
        }
        walker.isDone = success || walker.steps >= options.maxSteps || (indexes !== null && wasThere);
        if (walker.isDone) {
          counts.updates += this.tellWay(walker, success, indexes);
        } else if (options.checkEvery > 0 && walker.steps % options.checkEvery === 0) {
          counts.checks += 2;
          walker.isDone = counts.hits >= options.wantedHits;
          if (walker.isDone) counts.updates += this.tellWay(walker, false, indexes);
        }
      }
    }
    const { hits, steps, checks, updates, visited } = counts;
    return { found: hits > 0, hits, steps, checkMessages: checks, answerMessages: hits, updateMessages: updates, messages: steps + checks + hits + updates, visited, firstHitStep, path };
  }

  private startWalkers(source: number): Walker[] {
    return Array.from({ length: this.options.walkers }, () => ({ at: source, previous: -1, steps: 0, isDone: false, way: [source] }));
  }

  private next(walker: Walker, walkers: readonly Walker[], indexes: Int32Array | null, random: RandomStream): number {
    const { graph, options } = this;
    const neighbours = graph.neighbours(walker.at);
    if (options.policy === "high-degree") {
      // A single walker has been where anybody has been; several know only their own ways.
      const wasThere = options.walkers === 1 ? (node: number) => this.visitedBy[node] === this.stamp : (node: number) => walker.way.includes(node);
      return chooseHighDegree(neighbours, (node) => graph.degree(node), wasThere, random);
    }
    if (indexes === null) return chooseRandom(neighbours, walker.previous, options.avoidsBack, random);
    const first = graph.starts[walker.at];
    // At the source each walker takes another neighbour, as far as there are enough.
    const isTaken = (place: number) => (walker.steps === 0 ? walkers.some((other) => other !== walker && other.way.length > 1 && other.way[1] === neighbours[place]) : options.avoidsBack && neighbours[place] === walker.previous);
    const place = choosePastSuccess(neighbours.length, (at) => indexes[first + at], isTaken, random);
    if (place < 0) return -1;
    indexes[first + place] = indexOnLeaving(indexes[first + place], options);
    return neighbours[place];
  }

  /** APS: corrects the indexes on a walker's way if it ended against expectation. @returns messages that this takes */
  private tellWay(walker: Walker, success: boolean, indexes: Int32Array | null): number {
    if (indexes === null || !needsUpdate(success, this.options)) return 0;
    for (let i = walker.way.length - 2; i >= 0; i--) {
      const link = this.linkTo(walker.way[i], walker.way[i + 1]);
      indexes[link] = indexOnUpdate(indexes[link], this.options);
    }
    return walker.way.length - 1;
  }

  private linkTo(from: number, to: number): number {
    for (let link = this.graph.starts[from]; ; link++) if (this.graph.heads[link] === to) return link;
  }

  private indexesOf(object: number): Int32Array {
    const known = this.indexes.get(object);
    if (known !== undefined) return known;
    const made = new Int32Array(this.graph.heads.length).fill(this.options.initialIndex);
    this.indexes.set(object, made);
    return made;
  }

  private nextStamp(source: number): void {
    if (this.stamp === 2147483647) {
      this.visitedBy.fill(0);
      this.stamp = 0;
    }
    this.stamp += 1;
    this.visitedBy[source] = this.stamp;
  }
}

/** What an expanding ring did. */
export interface RingResult {
  readonly found: boolean;
  /** Messages of all rings together, without answers. */
  readonly messages: number;
  readonly answerMessages: number;
  /** TTL of the ring that found it; -1 if none did. */
  readonly ttl: number;
  /** Nodes that the last ring reached. */
  readonly reached: number;
  readonly rings: readonly FloodResult[];
}

/** Parameters of an expanding ring: first TTL 1, step 2 in Lv et al. (from memory of the paper); the last TTL is ours. */
export interface ExpandingRingOptions {
  readonly start: number;
  readonly step: number;
  readonly last: number;
}

/** Defaults of {@link ExpandingRingOptions}. */
export const EXPANDING_RING_DEFAULTS: ExpandingRingOptions = Object.freeze({ start: 1, step: 2, last: 255 });

/**
 * Floods with a growing TTL until somebody answers; each ring is a new flood from the source.
 * @throws ParameterError for TTLs or a source out of range, or holders that do not fit the overlay
 */
export function expandingRing(flooder: Flooder, source: number, holders: Uint8Array, options: Partial<ExpandingRingOptions> = {}): RingResult {
  const { start, step, last } = { ...EXPANDING_RING_DEFAULTS, ...options };
  if (!(flooder instanceof Flooder)) throw new ParameterError({ what: "nothing to flood with", got: flooder, expected: "a Flooder", where: "parameter flooder" });
  checkNumber("source", source, { min: 0, max: flooder.graph.nodes - 1, integer: true });
  checkHolders(holders, flooder.graph);
  const rings: FloodResult[] = [];
  let [messages, answerMessages] = [0, 0];
  if (holders[source] === 1) return { found: true, messages, answerMessages, ttl: 0, reached: 0, rings };
  for (const ttl of ringTtls(start, step, last)) {
    const ring = flooder.flood(source, ttl, { holders });
    rings.push(ring);
    messages += ring.messages;
    answerMessages += ring.answerMessages;
    if (ring.hits > 0) return { found: true, messages, answerMessages, ttl, reached: ring.reached, rings };
    // A ring that ran out of nodes before its TTL will not grow any more.
    if (ring.reachedAt.length < ttl || ring.reachedAt[ttl - 1] === 0) break;
  }
  return { found: false, messages, answerMessages, ttl: -1, reached: rings[rings.length - 1].reached, rings };
}
