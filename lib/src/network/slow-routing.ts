/**
 * An Internet whose own routing is slow: routers with links that fail, lose more than usual or take longer for a while, and routes that follow such a change
 * only after minutes, or never, as BGP does ("Delayed Internet routing convergence", Labovitz et al., SIGCOMM 2000: three minutes on average, up to
 * fifteen). Routes follow the links' weights, which stand for policies and prices, not the delays: so a detour over a third host may be shorter.
 * Time is cut into spans in which nothing changes; in each, delay and loss between all hosts are tables, so a message costs two look-ups.
 * Not modelled: which updates BGP sends, and the loops that form while it converges; until routes move, packets simply vanish at the failed link.
 */
import { ParameterError, checkNumber } from "../errors";
import type { RandomStream } from "../simulation";
import { checkList, checkRecord } from "../simulation/checks";
import type { Transport } from "../simulation/transport";
import type { RouterGraph } from "./router-graph";
import { routeTo, shortestPathTree, type RouteTree } from "./shortest-paths";

/** What is wrong with a link for a while, in both directions. */
export interface LinkTrouble {
  /** The link as it was given to the graph (`RouterGraph.physical`). */
  readonly link: number;
  /** From this time until just before the other, whole µs. */
  readonly fromUs: number;
  readonly untilUs: number;
  /** Share of packets lost on it, above what it always loses; 1 is an outage. */
  readonly loss: number;
  /** Additional delay, whole µs; 0 if absent. */
  readonly extraUs?: number;
  /** How long after its start routes avoid the link, whole µs; Infinity (routing never notices) if absent. */
  readonly noticedAfterUs?: number;
  /** How long after its end routes use the link again, whole µs; 0 if absent. */
  readonly restoredAfterUs?: number;
}

/** Parts of a {@link SlowInternet}. */
export interface SlowInternetOptions {
  readonly graph: RouterGraph;
  /** Number of hosts; host h is router h of the graph. */
  readonly hosts: number;
  /** Share of packets that each physical link always loses, 0..1; none if absent. */
  readonly linkLoss?: ArrayLike<number>;
  readonly troubles?: readonly LinkTrouble[];
  /** Random part of every packet's delay, uniform on 0..jitterUs, whole µs; 0 if absent. */
  readonly jitterUs?: number;
}

/** What holds between all pairs of hosts in a span of time. */
interface Span {
  /** One-way delay without jitter, µs; -1 while packets vanish. */
  readonly delaysUs: Int32Array;
  /** Share lost, 0..1; 1 while packets vanish. */
  readonly losses: Float64Array;
  readonly trees: readonly RouteTree[];
}

/** Spans that are remembered at a time. */
const REMEMBERED = 64;

/** Delays, losses and routes between hosts over time. */
export class SlowInternet {
  readonly hosts: number;
  readonly graph: RouterGraph;
  readonly jitterUs: number;
  /** Starts of the spans, rising, the first 0. */
  private readonly starts: Float64Array;
  private readonly spans = new Map<number, Span>();
  private readonly trees = new Map<string, readonly RouteTree[]>();
  private readonly linkLoss: Float64Array;
  private readonly troubles: readonly LinkTrouble[];

  /** @throws ParameterError for an option out of range */
  constructor(options: SlowInternetOptions) {
    const { graph, troubles = [] } = options;
    this.graph = graph;
    this.hosts = checkNumber("hosts", options.hosts, { min: 1, max: graph.nodeCount, integer: true });
    this.jitterUs = checkNumber("jitterUs", options.jitterUs ?? 0, { min: 0, max: 1e9, integer: true, unit: "µs" });
    this.linkLoss = Float64Array.from(options.linkLoss ?? new Float64Array(graph.physicalCount));
    if (this.linkLoss.length !== graph.physicalCount) {
      throw new ParameterError({ what: "number of loss rates does not fit", got: this.linkLoss.length, expected: `${graph.physicalCount}, one for each link`, where: "parameter linkLoss" });
    }
    this.linkLoss.forEach((loss, link) => checkNumber(`linkLoss[${link}]`, loss, { min: 0, max: 1 }));
    checkList("troubles", troubles, "troubles").forEach((trouble, index) => checkTrouble(checkRecord(`troubles[${index}]`, trouble), index, graph.physicalCount));
    this.troubles = troubles;
    const moments = new Set<number>([0]);
    for (const trouble of troubles) for (const moment of [trouble.fromUs, trouble.untilUs, ...avoided(trouble)]) if (Number.isFinite(moment)) moments.add(moment);
    this.starts = Float64Array.from(moments).sort();
  }

  /** Number of the span that a time lies in. */
  spanAt(timeUs: number): number {
    let low = 0;
    let high = this.starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] <= timeUs) low = middle;
      else high = middle;
    }
    return low;
  }

  /** When a span ends: Infinity for the last. */
  endOf(span: number): number {
    return span + 1 < this.starts.length ? this.starts[span + 1] : Infinity;
  }

  /** One-way delay at a time, µs, without jitter; -1 while all packets vanish or there is no route. */
  delayUs(from: number, to: number, timeUs: number): number {
    return this.tables(this.spanAt(timeUs)).delaysUs[this.pair(from, to)];
  }

  /** Share of packets lost from one host to another at a time, 0..1. */
  loss(from: number, to: number, timeUs: number): number {
    return this.tables(this.spanAt(timeUs)).losses[this.pair(from, to)];
  }

  /** Directed links of the route at a time, first to last; undefined where there is none. Packets may vanish on it all the same. */
  route(from: number, to: number, timeUs: number): readonly number[] | undefined {
    this.pair(from, to);
    return routeTo(this.graph, this.tables(this.spanAt(timeUs)).trees[from], to);
  }

  /** First time from a moment on at which packets get from one host to another, µs; Infinity for never. */
  reachableFromUs(from: number, to: number, timeUs: number): number {
    for (let span = this.spanAt(timeUs); span < this.starts.length; span++) {
      if (this.tables(span).delaysUs[this.pair(from, to)] >= 0) return Math.max(timeUs, this.starts[span]);
    }
    return Infinity;
  }

  /** The tables of a span. */
  tables(span: number): Span {
    const known = this.spans.get(span);
    if (known !== undefined) return known;
    const made = this.makeSpan(this.starts[span]);
    // The oldest is forgotten; time runs forward, so it is hardly asked for again.
    if (this.spans.size >= REMEMBERED) this.spans.delete(this.spans.keys().next().value as number);
    this.spans.set(span, made);
    return made;
  }

  private pair(from: number, to: number): number {
    checkNumber("from", from, { min: 0, max: this.hosts - 1, integer: true });
    checkNumber("to", to, { min: 0, max: this.hosts - 1, integer: true });
    return from * this.hosts + to;
  }

  private makeSpan(timeUs: number): Span {
    const { graph, hosts } = this;
    const trees = this.treesAt(timeUs);
    const pass = this.linkLoss.map((loss) => 1 - loss);
    const extraUs = new Float64Array(graph.physicalCount);
    for (const trouble of this.troubles) {
      if (timeUs < trouble.fromUs || timeUs >= trouble.untilUs) continue;
      pass[trouble.link] *= 1 - trouble.loss;
      extraUs[trouble.link] += trouble.extraUs ?? 0;
    }
    const delaysUs = new Int32Array(hosts * hosts);
    const losses = new Float64Array(hosts * hosts);
    for (let from = 0; from < hosts; from++) {
      const { lastLinks, delaysUs: routeUs } = trees[from];
      for (let to = 0; to < hosts; to++) {
        let passing = routeUs[to] < 0 ? 0 : 1;
        let us = routeUs[to];
        for (let node = to; passing > 0 && node !== from; node = graph.tails[lastLinks[node]]) {
          passing *= pass[graph.physical[lastLinks[node]]];
          us += extraUs[graph.physical[lastLinks[node]]];
        }
        delaysUs[from * hosts + to] = passing > 0 ? us : -1;
        losses[from * hosts + to] = 1 - passing;
      }
    }
    return { delaysUs, losses, trees };
  }

  /** Routes at a time; equal sets of avoided links share theirs. */
  private treesAt(timeUs: number): readonly RouteTree[] {
    const { graph } = this;
    const avoidedNow = this.troubles.filter((trouble) => {
      const [fromUs, untilUs] = avoided(trouble);
      return fromUs <= timeUs && timeUs < untilUs;
    });
    const links = [...new Set(avoidedNow.map(({ link }) => link))].sort((a, b) => a - b);
    const key = links.join();
    const known = this.trees.get(key);
    if (known !== undefined) return known;
    const isDown = new Uint8Array(graph.linkCount);
    for (let link = 0; link < graph.linkCount; link++) if (links.includes(graph.physical[link])) isDown[link] = 1;
    const trees = Array.from({ length: this.hosts }, (_, host) => shortestPathTree(graph, host, isDown));
    if (this.trees.size >= REMEMBERED) this.trees.delete(this.trees.keys().next().value as string);
    this.trees.set(key, trees);
    return trees;
  }
}

/** When routes avoid a link in trouble; a trouble that ends before it is noticed moves no route. */
function avoided(trouble: LinkTrouble): readonly [number, number] {
  const fromUs = trouble.fromUs + (trouble.noticedAfterUs ?? Infinity);
  return fromUs < trouble.untilUs ? [fromUs, trouble.untilUs + (trouble.restoredAfterUs ?? 0)] : [Infinity, Infinity];
}

function checkTrouble(trouble: LinkTrouble, index: number, links: number): void {
  const where = `troubles[${index}]`;
  checkNumber(`${where}.link`, trouble.link, { min: 0, max: links - 1, integer: true });
  checkNumber(`${where}.fromUs`, trouble.fromUs, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" });
  checkNumber(`${where}.untilUs`, trouble.untilUs, { min: trouble.fromUs + 1, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" });
  checkNumber(`${where}.loss`, trouble.loss, { min: 0, max: 1 });
  checkNumber(`${where}.extraUs`, trouble.extraUs ?? 0, { min: 0, max: 1e9, integer: true, unit: "µs" });
  if (trouble.noticedAfterUs !== undefined && trouble.noticedAfterUs !== Infinity) checkNumber(`${where}.noticedAfterUs`, trouble.noticedAfterUs, { min: 0, max: 1e13, integer: true, unit: "µs" });
  checkNumber(`${where}.restoredAfterUs`, trouble.restoredAfterUs ?? 0, { min: 0, max: 1e13, integer: true, unit: "µs" });
}

/** A {@link SlowInternet} as the engine sees it. Every message costs the same two draws, whatever becomes of it. */
export class SlowInternetTransport implements Transport {
  private span: Span;
  private startUs = 0;
  private endUs: number;

  /**
   * @param internet delays and losses
   * @param random stream for losses and jitter
   * @param hostOf host of each node; node n is on host n if absent
   * @throws ParameterError for a host that is not there
   */
  constructor(private readonly internet: SlowInternet, private readonly random: RandomStream, private readonly hostOf?: ArrayLike<number>) {
    for (let node = 0; node < (hostOf?.length ?? 0); node++) checkNumber(`hostOf[${node}]`, hostOf?.[node], { min: 0, max: internet.hosts - 1, integer: true });
    this.span = internet.tables(0);
    this.endUs = internet.endOf(0);
  }

  delayUs(from: number, to: number, _bytes: number, nowUs: number): number {
    const { internet, random, hostOf } = this;
    if (nowUs >= this.endUs || nowUs < this.startUs) this.move(nowUs);
    const host = hostOf === undefined ? from : hostOf[from];
    const pair = host * internet.hosts + (hostOf === undefined ? to : hostOf[to]);
    const draw = random.uint32();
    const jitter = random.uint32();
    const us = this.span.delaysUs[pair];
    if (us === undefined) throw new ParameterError({ what: "no such host", got: [from, to], expected: `nodes on hosts 0 to ${internet.hosts - 1}`, where: "a message" });
    if (us < 0 || draw < this.span.losses[pair] * 4294967296) return -1;
    return us + Math.floor((jitter / 4294967296) * (internet.jitterUs + 1));
  }

  private move(nowUs: number): void {
    const { internet } = this;
    const span = internet.spanAt(nowUs);
    this.span = internet.tables(span);
    this.startUs = span === 0 ? 0 : internet.endOf(span - 1);
    this.endUs = internet.endOf(span);
  }
}
