/**
 * A peer of an unstructured overlay that searches by one of several policies, as a process: flooding, an expanding ring, or walkers (random, high degree first, by past success), with
 * one-hop replication of what neighbours have. Peterson and Davie, section 9.4.2: it is possible "to forward queries randomly, or according to the probability of
 * success based on past results". Decisions stand in policies.ts, sources there. The overlay is given and stays as it is; `../gnutella` is about how it comes about.
 * A found object may be copied to the one who searched ("owner") or to all nodes on the way ("path"), as in Lv et al.
 * Not modelled: joins and leaves. A walker whose check is not answered in time ends. Tests: test/peer-to-peer/unstructured-search/, test/scenarios/unstructured-search.test.ts
 */
import { GNUTELLA_HEADER_BYTES } from "../../codecs";
import { InvariantError, ParameterError, checkNumber } from "../../errors";
import type { Process, ProcessContext } from "../../simulation/contract";
import { checkWalkOptions, chooseHighDegree, choosePastSuccess, chooseRandom, indexOnLeaving, indexOnUpdate, needsUpdate, ringTtls, type WalkOptions } from "./policies";

/** How a peer searches, beside what walkers need. */
export interface SearchOptions {
  readonly search: "flood" | "expanding-ring" | "walk";
  /** TTL of a flood, and of the last ring, 1..255; 7. */
  readonly ttl: number;
  /** First TTL of a ring; 1. */
  readonly ringStart: number;
  /** Step from one ring's TTL to the next's; 2. */
  readonly ringStep: number;
  /** How long a ring of TTL 1 is waited for, µs; t times as long for TTL t; 1 s. */
  readonly ringWaitUs: number;
  /** How long a walker waits for the answer to its check, µs; 10 s. */
  readonly checkTimeoutUs: number;
  /** What is copied after a success. */
  readonly replication: "none" | "owner" | "path";
  /** Bytes of a query's criteria: speed, text and zero; 20. */
  readonly criteriaBytes: number;
  readonly walk: Partial<WalkOptions>;
}

/** Defaults of {@link SearchOptions}. Times and sizes are ours. */
export const SEARCH_DEFAULTS: SearchOptions = Object.freeze({
  search: "flood", ttl: 7, ringStart: 1, ringStep: 2, ringWaitUs: 1_000_000, checkTimeoutUs: 10_000_000, replication: "none", criteriaBytes: 20, walk: Object.freeze({}),
});

/** @throws ParameterError when an option is unknown or out of range */
export function checkSearchOptions(given: Partial<SearchOptions> = {}): SearchOptions {
  const stranger = Object.keys(given ?? {}).find((name) => !Object.hasOwn(SEARCH_DEFAULTS, name));
  if (stranger !== undefined || typeof given !== "object" || given === null) throw new ParameterError({ what: "unknown option of a search", got: stranger ?? given, expected: Object.keys(SEARCH_DEFAULTS).join(", ") });
  const options = { ...SEARCH_DEFAULTS, ...given };
  if (!["flood", "expanding-ring", "walk"].includes(options.search)) throw new ParameterError({ what: "unknown way to search", got: options.search, expected: "flood, expanding-ring or walk", where: "parameter search" });
  if (!["none", "owner", "path"].includes(options.replication)) throw new ParameterError({ what: "unknown replication", got: options.replication, expected: "none, owner or path", where: "parameter replication" });
  ringTtls(options.ringStart, options.ringStep, checkNumber("ttl", options.ttl, { min: 1, max: 255, integer: true, unit: "hops" }));
  for (const name of ["ringWaitUs", "checkTimeoutUs"] as const) checkNumber(name, options[name], { min: 1, max: 1e12, integer: true, unit: "µs" });
  checkNumber("criteriaBytes", options.criteriaBytes, { min: 0, max: 65535, integer: true, unit: "bytes" });
  checkWalkOptions(options.walk);
  return options;
}

/** A message of a search. `id` is the search's, made of its source's number and a count. */
export type SearchMessage =
  | { readonly kind: "query"; readonly id: number; readonly object: number; readonly ttl: number; readonly hops: number }
  | { readonly kind: "walk"; readonly id: number; readonly walker: number; readonly object: number; readonly source: number; readonly step: number; readonly way: readonly number[] }
  | { readonly kind: "check"; readonly id: number; readonly walker: number }
  | { readonly kind: "verdict"; readonly id: number; readonly walker: number; readonly goesOn: boolean }
  | { readonly kind: "hit"; readonly id: number; readonly object: number; readonly holder: number; readonly hops: number }
  | { readonly kind: "update" | "store"; readonly id: number; readonly walker: number; readonly object: number; readonly way: readonly number[] }
  | { readonly kind: "index"; readonly objects: readonly number[] };

const ADDRESS_BYTES = 6;
const OBJECT_BYTES = 4;

/** Size of a message, bytes: Gnutella's header, and what the payload needs. An address is 6 bytes, an object's hash 4. */
export function searchMessageBytes(message: SearchMessage, criteriaBytes: number): number {
  switch (message.kind) {
    case "query":
      return GNUTELLA_HEADER_BYTES + criteriaBytes;
    case "walk":
      return GNUTELLA_HEADER_BYTES + criteriaBytes + ADDRESS_BYTES * (1 + message.way.length);
    case "hit":
      return GNUTELLA_HEADER_BYTES + ADDRESS_BYTES + OBJECT_BYTES;
    case "update":
    case "store":
      return GNUTELLA_HEADER_BYTES + OBJECT_BYTES + ADDRESS_BYTES * message.way.length;
    case "index":
      return GNUTELLA_HEADER_BYTES + OBJECT_BYTES * message.objects.length;
    default:
      return GNUTELLA_HEADER_BYTES;
  }
}

/** Is told what happens; changes nothing. */
export interface SearchObserver {
  /** An answer reached the one who searched. */
  hit?(timeUs: number, source: number, id: number, holder: number, hops: number): void;
  /** A peer took a copy. */
  stored?(timeUs: number, node: number, object: number): void;
}

interface OwnSearch {
  readonly object: number;
  readonly rings: readonly number[];
  hits: number;
}

type Walk = Extract<SearchMessage, { kind: "walk" }>;
type Context = ProcessContext<SearchMessage>;
/** Searches of one peer; ids are below 2^53. */
const SEARCHES = 1 << 20;
/** Steps that a peer remembers. */
const REMEMBERED_STEPS = 10_000;

/** The process of one peer. */
export class SearchPeer implements Process<SearchMessage> {
  readonly objects: Set<number>;
  readonly options: SearchOptions;
  private readonly walking: WalkOptions;
  private readonly own = new Map<number, OwnSearch>();
  /** Floods and APS walks that were here, with the neighbour they came from first (-1: begun here). */
  private readonly seen = new Map<number, number>();
  /** Walkers that wait for a verdict, by a number of their own. */
  private readonly waiting = new Map<number, Walk>();
  /** Objects of neighbours, by neighbour. */
  private readonly indexed = new Map<number, ReadonlySet<number>>();
  /** APS: by object, the index of each neighbour in the order of `neighbours`. */
  private readonly indexes = new Map<number, number[]>();
  private nextSearch = 1;
  private nextWaiting = 1;
  /** Steps of walkers that were taken here, latest last: a message that the network delivers twice must not become two walkers. */
  private readonly walked = new Set<string>();

  /**
   * @param neighbours in increasing order
   * @param degreeOf number of neighbours of any node: peers tell each other when they connect
   * @param objects whole numbers that this peer holds, shared with later incarnations
   * @throws ParameterError when an option is out of range
   */
  constructor(
    private readonly node: number,
    private readonly neighbours: readonly number[],
    private readonly degreeOf: (node: number) => number,
    objects: Set<number>,
    options: Partial<SearchOptions> = {},
    private readonly observer: SearchObserver = {},
  ) {
    this.options = checkSearchOptions(options);
    this.walking = checkWalkOptions(this.options.walk);
    if (this.walking.knowledgeHops > 1) throw new ParameterError({ what: "a peer tells its neighbours only what it has itself", got: this.walking.knowledgeHops, expected: "knowledgeHops 0 or 1", where: "parameter knowledgeHops" });
    this.objects = objects;
  }

  onStart(context: Context): void {
    if (this.walking.knowledgeHops === 1) this.tellNeighbours(context);
  }

  onTimer(context: Context, name: string, key: number): void {
    if (name === "ring") return this.nextRing(context, key);
    if (name !== "check") throw new ParameterError({ what: "unknown timer", got: name, expected: "ring or check" });
    const walk = this.waiting.get(key);
    this.waiting.delete(key);
    // Nobody says whether to go on: better to stop.
    if (walk !== undefined) this.endWalk(context, walk, false);
  }

  onMessage(context: Context, from: number, message: SearchMessage): void {
    switch (message.kind) {
      case "query":
        return this.onQuery(context, from, message);
      case "walk":
        return this.onWalk(context, from, message);
      case "check":
        return this.send(context, from, { kind: "verdict", id: message.id, walker: message.walker, goesOn: (this.own.get(message.id)?.hits ?? Infinity) < this.walking.wantedHits });
      case "verdict":
        return this.onVerdict(context, message);
      case "hit":
        return this.onHit(context, from, message);
      case "update":
        return this.onUpdate(context, message);
      case "store":
        return this.onStore(context, message);
      case "index":
        this.indexed.set(from, new Set(message.objects));
    }
  }

  /**
   * Searches for an object. One that this peer has, or knows of at a neighbour, is found at once without a message.
   * @returns the search's id
   * @throws ParameterError when the object is no whole number 0..2^20, as the indexes of APS need
   */
  search(context: Context, object: number): number {
    checkNumber("object", object, { min: 0, max: 1 << 20, integer: true });
    const id = this.node * SEARCHES + this.nextSearch++;
    const { search, ringStart, ringStep, ttl } = this.options;
    const rings = search === "expanding-ring" ? ringTtls(ringStart, ringStep, ttl) : [ttl];
    this.own.set(id, { object, rings, hits: 0 });
    const holder = this.holderOf(object);
    if (holder >= 0) {
      this.observer.hit?.(context.nowUs, this.node, id, holder, 0);
    } else if (search === "walk") {
      this.startWalkers(context, id, object);
    } else {
      this.startRing(context, id, 0);
    }
    return id;
  }

  /** @throws InvariantError naming the first rule broken */
  checkInvariants(): void {
    for (const values of this.indexes.values()) for (const value of values) if (!(value >= this.walking.leastIndex)) throw new InvariantError({ what: "an index is below the least", got: value, where: `node ${this.node}` });
    for (const walk of this.waiting.values()) if (walk.step > this.walking.maxSteps) throw new InvariantError({ what: "a walker went too far", got: walk.step, where: `node ${this.node}` });
  }

  view(): unknown {
    return {
      objects: [...this.objects], searches: [...this.own].map(([id, { object, hits }]) => [id, object, hits]), seen: [...this.seen], waiting: [...this.waiting.values()].map(({ id, walker, step }) => [id, walker, step]),
      indexed: [...this.indexed].map(([peer, objects]) => [peer, [...objects]]), indexes: [...this.indexes],
    };
  }

  private startRing(context: Context, id: number, ring: number): void {
    const search = this.own.get(id) as OwnSearch;
    // Each ring is a new flood with an id of its own, or the inner nodes would take it for a duplicate.
    const floodId = id * 256 + ring;
    this.seen.set(floodId, -1);
    for (const to of this.neighbours) this.send(context, to, { kind: "query", id: floodId, object: search.object, ttl: search.rings[ring], hops: 0 });
    if (ring + 1 < search.rings.length) context.setTimer("ring", this.options.ringWaitUs * search.rings[ring], floodId);
  }

  private nextRing(context: Context, floodId: number): void {
    const [id, ring] = [Math.floor(floodId / 256), floodId % 256];
    const search = this.own.get(id);
    if (search !== undefined && search.hits === 0) this.startRing(context, id, ring + 1);
  }

  private onQuery(context: Context, from: number, query: Extract<SearchMessage, { kind: "query" }>): void {
    if (this.seen.has(query.id)) return;
    this.seen.set(query.id, from);
    const holder = this.holderOf(query.object);
    if (holder >= 0) this.send(context, from, { kind: "hit", id: query.id, object: query.object, holder, hops: query.hops + 1 });
    if (query.ttl > 1) for (const to of this.neighbours) if (to !== from) this.send(context, to, { ...query, ttl: query.ttl - 1, hops: query.hops + 1 });
  }

  private startWalkers(context: Context, id: number, object: number): void {
    this.seen.set(id, -1);
    const taken: number[] = [];
    for (let walker = 0; walker < this.walking.walkers; walker++) {
      const to = this.choose(context, { kind: "walk", id, walker, object, source: this.node, step: 0, way: [] }, -1, taken);
      if (to >= 0) taken.push(to);
    }
  }

  /** Sends a walker one step further. @returns where to, -1 when there is nowhere */
  private choose(context: Context, walk: Walk, previous: number, taken: readonly number[]): number {
    const random = context.random("walk");
    const { neighbours, walking } = this;
    const way = [...walk.way, this.node];
    let to: number;
    if (walking.policy === "random") to = chooseRandom(neighbours, previous, walking.avoidsBack, random);
    else if (walking.policy === "high-degree") to = chooseHighDegree(neighbours, this.degreeOf, (node) => way.includes(node), random);
    else {
      const indexes = this.indexesOf(walk.object);
      const place = choosePastSuccess(neighbours.length, (at) => indexes[at], (at) => (walk.step === 0 ? taken.includes(neighbours[at]) : walking.avoidsBack && neighbours[at] === previous), random);
      if (place >= 0) indexes[place] = indexOnLeaving(indexes[place], walking);
      to = place < 0 ? -1 : neighbours[place];
    }
    // A random walker needs its way only to bring copies back.
    const keepsWay = walking.policy !== "random" || this.options.replication === "path";
    if (to >= 0) this.send(context, to, { ...walk, step: walk.step + 1, way: keepsWay ? way : [] });
    return to;
  }

  private onWalk(context: Context, from: number, walk: Walk): void {
    if (this.isRepeated(walk)) return;
    const isAps = this.walking.policy === "past-success";
    const wasThere = this.seen.has(walk.id);
    this.seen.set(walk.id, this.seen.get(walk.id) ?? from);
    const holder = isAps && wasThere ? -1 : this.holderOf(walk.object);
    if (holder >= 0) {
      this.send(context, walk.source, { kind: "hit", id: walk.id, object: walk.object, holder, hops: walk.step });
      return this.endWalk(context, walk, true);
    }
    if (walk.step >= this.walking.maxSteps || (isAps && wasThere)) return this.endWalk(context, walk, false);
    if (this.walking.checkEvery === 0 || walk.step % this.walking.checkEvery !== 0) return void this.choose(context, walk, from, []);
    const key = this.nextWaiting++;
    this.waiting.set(key, { ...walk, way: [...walk.way, from] });
    context.setTimer("check", this.options.checkTimeoutUs, key);
    this.send(context, walk.source, { kind: "check", id: walk.id, walker: walk.walker });
  }

  private isRepeated(walk: Walk): boolean {
    const key = `${walk.id} ${walk.walker} ${walk.step}`;
    if (this.walked.has(key)) return true;
    if (this.walked.size >= REMEMBERED_STEPS) {
      const [oldest] = this.walked;
      this.walked.delete(oldest);
    }
    this.walked.add(key);
    return false;
  }

  /** While a walker waits, the node that it came from stands at the end of its way. */
  private onVerdict(context: Context, verdict: Extract<SearchMessage, { kind: "verdict" }>): void {
    const [key, held] = [...this.waiting].find(([, walk]) => walk.id === verdict.id && walk.walker === verdict.walker) ?? [];
    if (key === undefined || held === undefined) return;
    this.waiting.delete(key);
    context.cancelTimer("check", key);
    const walk = { ...held, way: held.way.slice(0, -1) };
    if (verdict.goesOn) this.choose(context, walk, held.way[held.way.length - 1], []);
    else this.endWalk(context, walk, false);
  }

  private endWalk(context: Context, walk: Walk, success: boolean): void {
    if (this.walking.policy === "past-success" && needsUpdate(success, this.walking)) this.goBack(context, "update", { ...walk, way: [...walk.way, this.node] });
    if (success && this.options.replication === "path") this.goBack(context, "store", { ...walk, way: [...walk.way, this.node] });
  }

  /** Sends something one link back along a way that ends with this node. */
  private goBack(context: Context, kind: "update" | "store", walk: { readonly id: number; readonly walker: number; readonly object: number; readonly way: readonly number[] }): void {
    if (walk.way.length < 2) return;
    this.send(context, walk.way[walk.way.length - 2], { kind, id: walk.id, walker: walk.walker, object: walk.object, way: walk.way });
  }

  private onUpdate(context: Context, update: Extract<SearchMessage, { kind: "update" | "store" }>): void {
    const next = update.way[update.way.length - 1];
    const place = this.neighbours.indexOf(next);
    const indexes = this.indexesOf(update.object);
    if (place >= 0) indexes[place] = indexOnUpdate(indexes[place], this.walking);
    this.goBack(context, "update", { ...update, way: update.way.slice(0, -1) });
  }

  private onStore(context: Context, store: Extract<SearchMessage, { kind: "update" | "store" }>): void {
    this.take(context, store.object);
    this.goBack(context, "store", { ...store, way: store.way.slice(0, -1) });
  }

  private onHit(context: Context, from: number, hit: Extract<SearchMessage, { kind: "hit" }>): void {
    const isFlood = this.options.search !== "walk";
    const back = isFlood ? this.seen.get(hit.id) : -1;
    if (back === undefined) return;
    if (back >= 0) {
      this.send(context, back, hit);
      if (this.options.replication === "path") this.take(context, hit.object);
      return;
    }
    const id = isFlood ? Math.floor(hit.id / 256) : hit.id;
    const search = this.own.get(id);
    if (search === undefined) return;
    search.hits += 1;
    this.observer.hit?.(context.nowUs, this.node, id, hit.holder >= 0 ? hit.holder : from, hit.hops);
    if (this.options.replication !== "none") this.take(context, hit.object);
  }

  private take(context: Context, object: number): void {
    if (this.objects.has(object)) return;
    this.objects.add(object);
    this.observer.stored?.(context.nowUs, this.node, object);
    if (this.walking.knowledgeHops === 1) this.tellNeighbours(context);
  }

  private tellNeighbours(context: Context): void {
    for (const to of this.neighbours) this.send(context, to, { kind: "index", objects: [...this.objects] });
  }

  /** This peer or a neighbour that has an object, as far as this peer knows; -1 if none. */
  private holderOf(object: number): number {
    if (this.objects.has(object)) return this.node;
    for (const [peer, objects] of this.indexed) if (objects.has(object)) return peer;
    return -1;
  }

  private indexesOf(object: number): number[] {
    const known = this.indexes.get(object);
    if (known !== undefined) return known;
    const made = this.neighbours.map(() => this.walking.initialIndex);
    this.indexes.set(object, made);
    return made;
  }

  private send(context: Context, to: number, message: SearchMessage): void {
    context.send(to, message, searchMessageBytes(message, this.options.criteriaBytes));
  }
}
