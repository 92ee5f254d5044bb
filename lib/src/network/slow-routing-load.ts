/**
 * A {@link SlowInternet} whose links have a rate: traffic queues, and what finds a full queue is lost. Each directed link keeps the bits that wait before it;
 * they drain at its rate. A message meets every queue of its way as it is when the message is sent, a fraction of a second before it would get there: so
 * no message has to wait for one that was sent later, and the order of events stays that of sending. The time that a message itself takes to be sent is left
 * out: the links stand for faster ones that carry more traffic than is simulated, on which it is next to nothing.
 */
import { checkNumber } from "../errors";
import type { RandomStream } from "../simulation";
import type { Transport } from "../simulation/transport";
import { BITS_PER_BYTE, SECOND_US } from "../units";
import type { SlowInternet } from "./slow-routing";

/** Links of the way between two hosts that have a rate. */
type Bottlenecks = readonly number[];

/** Delays, losses and queues between hosts. */
export class LoadedInternetTransport implements Transport {
  /** Bits that each directed link has carried. */
  readonly carriedBits: Float64Array;
  /** Messages lost at full queues. */
  lostToFullQueue = 0;
  private readonly waitingBits: Float64Array;
  private readonly seenUs: Float64Array;
  private readonly bufferBits: number;
  private readonly routes = new Map<number, Bottlenecks>();
  private tables: ReturnType<SlowInternet["tables"]>;
  private startUs = 0;
  private endUs = -1;

  /**
   * @param internet its graph's capacities are the rates of the links; one of Infinity never queues
   * @param random stream for losses and jitter
   * @param hostOf host of each node
   * @param bufferBytes bytes that may wait before a link, > 0
   * @throws ParameterError for a host that is not there, or a buffer out of range
   */
  constructor(private readonly internet: SlowInternet, private readonly random: RandomStream, private readonly hostOf: ArrayLike<number>, bufferBytes: number) {
    for (let node = 0; node < hostOf.length; node++) checkNumber(`hostOf[${node}]`, hostOf[node], { min: 0, max: internet.hosts - 1, integer: true });
    this.bufferBits = checkNumber("bufferBytes", bufferBytes, { min: 1, max: 1e12, unit: "bytes" }) * BITS_PER_BYTE;
    this.carriedBits = new Float64Array(internet.graph.linkCount);
    this.waitingBits = new Float64Array(internet.graph.linkCount);
    this.seenUs = new Float64Array(internet.graph.linkCount);
    this.tables = internet.tables(0);
  }

  delayUs(from: number, to: number, bytes: number, nowUs: number): number {
    const { internet, random, hostOf } = this;
    if (nowUs >= this.endUs || nowUs < this.startUs) this.move(nowUs);
    const pair = hostOf[from] * internet.hosts + hostOf[to];
    const draw = random.uint32();
    const jitter = random.uint32();
    const { delaysUs, losses } = this.tables;
    const us = delaysUs[pair];
    if (us < 0) return -1;
    const queueUs = this.queue(this.routeOf(pair), bytes * BITS_PER_BYTE, nowUs);
    if (queueUs < 0 || draw < losses[pair] * 4294967296) return -1;
    return us + Math.ceil(queueUs) + Math.floor((jitter / 4294967296) * (internet.jitterUs + 1));
  }

  /** Puts a message into the queues of its way. @returns the time it waits, µs, or -1 when a queue is full */
  private queue(links: Bottlenecks, bits: number, nowUs: number): number {
    const { waitingBits, seenUs, carriedBits } = this;
    const { capacitiesBps } = this.internet.graph;
    let us = 0;
    for (let index = 0; index < links.length; index++) {
      const link = links[index];
      const waiting = Math.max(0, waitingBits[link] - ((nowUs - seenUs[link]) * capacitiesBps[link]) / SECOND_US);
      seenUs[link] = nowUs;
      waitingBits[link] = waiting;
      if (waiting + bits > this.bufferBits) {
        this.lostToFullQueue += 1;
        return -1;
      }
      waitingBits[link] = waiting + bits;
      carriedBits[link] += bits;
      us += (waiting * SECOND_US) / capacitiesBps[link];
    }
    return us;
  }

  private routeOf(pair: number): Bottlenecks {
    const known = this.routes.get(pair);
    if (known !== undefined) return known;
    const { internet } = this;
    const from = Math.floor(pair / internet.hosts);
    const links = (internet.route(from, pair - from * internet.hosts, this.startUs) ?? []).filter((link) => internet.graph.capacitiesBps[link] !== Infinity);
    this.routes.set(pair, links);
    return links;
  }

  private move(nowUs: number): void {
    const { internet } = this;
    const span = internet.spanAt(nowUs);
    this.tables = internet.tables(span);
    this.startUs = span === 0 ? 0 : internet.endOf(span - 1);
    this.endUs = internet.endOf(span);
    this.routes.clear();
  }
}
