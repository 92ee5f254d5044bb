/**
 * How a servent keeps its neighbours: it connects to hosts that it has heard of until it has enough, pings the ones that it has, and drops those that stay
 * silent. Book section 9.4.2: a servent "is free to decide" which of the nodes it hears of become neighbours; here a random choice of the known ones.
 */
import type { ProcessContext } from "../../simulation/contract";
import { connectionsToOpen } from "./decisions";
import { gnutellaMessageBytes, type GnutellaMessage } from "./messages";
import type { GnutellaObserver, GnutellaOptions } from "./options";
import type { ServentState } from "./servent-state";

type Context = ProcessContext<GnutellaMessage>;

/** The neighbours of one servent. */
export class Neighbourhood {
  constructor(
    private readonly state: ServentState,
    private readonly options: GnutellaOptions,
    private readonly observer: GnutellaObserver,
    private readonly bootstrap: readonly number[],
    private readonly sendPing: (context: Context, to: readonly number[], ttl: number) => void,
  ) {}

  start(context: Context, links: readonly number[]): void {
    for (const peer of links) this.add(context, peer, false);
    if (!this.options.maintains) return;
    this.open(context);
    // A first wait of random length, so that servents that start together do not ping together for ever.
    context.setTimer("maintain", 1 + context.random("phase").integer(this.options.pingIntervalUs));
  }

  /** One round: drops the silent, opens connections, pings. */
  maintain(context: Context): void {
    for (const [peer, neighbour] of [...this.state.neighbours]) if (context.nowUs - neighbour.lastHeardUs >= this.options.deadUs) this.remove(context, peer);
    this.open(context);
    const peers = [...this.state.neighbours.keys()];
    // With enough neighbours a ping only asks whether they live; with too few it asks the whole horizon who there is.
    if (peers.length > 0) this.sendPing(context, peers, peers.length < this.options.wantedNeighbours ? this.options.ttl : 1);
    context.setTimer("maintain", this.options.pingIntervalUs);
  }

  /** Notes that something came from a node. @returns false when it is no neighbour: the other end is told */
  heardFrom(context: Context, from: number): boolean {
    const neighbour = this.state.neighbours.get(from);
    if (neighbour !== undefined) neighbour.lastHeardUs = context.nowUs;
    else this.tell(context, from, "close");
    return neighbour !== undefined;
  }

  onConnect(context: Context, from: number): void {
    const { neighbours, connecting } = this.state;
    const isKnown = neighbours.has(from) || connecting.has(from);
    // Links of a converged overlay stay as they are, so nobody new is let in.
    if (!this.options.maintains || (!isKnown && neighbours.size + connecting.size >= this.options.maxNeighbours)) return this.tell(context, from, "refuse");
    this.state.known.learn(from, context.nowUs);
    this.add(context, from, false);
    this.tell(context, from, "ok");
  }

  onOk(context: Context, from: number): void {
    if (this.state.neighbours.has(from)) return;
    // An answer that comes after this servent gave up.
    if (!this.state.connecting.has(from)) return this.tell(context, from, "close");
    this.add(context, from, true);
    this.state.known.learn(from, context.nowUs);
    this.sendPing(context, [from], this.options.ttl);
  }

  onRefuse(context: Context, from: number): void {
    if (this.state.connecting.delete(from)) context.cancelTimer("connect", from);
  }

  onClose(context: Context, from: number): void {
    this.onRefuse(context, from);
    this.remove(context, from);
    if (this.options.maintains) this.open(context);
  }

  /** Nobody answered: the host is forgotten, and another one tried. */
  connectTimeout(context: Context, peer: number): void {
    this.state.connecting.delete(peer);
    this.state.known.forget(peer);
    this.open(context);
  }

  /** Ends a connection. */
  disconnect(context: Context, peer: number): void {
    if (!this.state.neighbours.has(peer)) return;
    this.remove(context, peer);
    this.tell(context, peer, "close");
  }

  private open(context: Context): void {
    const { state, options } = this;
    const missing = connectionsToOpen(state.neighbours.size, state.connecting.size, options.wantedNeighbours, options.maxNeighbours);
    if (missing === 0) return;
    const isFree = (host: number) => host !== state.node && !state.neighbours.has(host) && !state.connecting.has(host);
    const random = context.random("neighbours");
    // Those given at the start come last: a host cache or a well-known node is asked when nobody else is known.
    const choice = [...random.shuffle(state.known.list().filter(isFree)), ...random.shuffle(this.bootstrap.filter((host) => isFree(host) && !state.known.list().includes(host)))];
    for (const host of choice.slice(0, missing)) {
      state.connecting.add(host);
      this.tell(context, host, "connect");
      context.setTimer("connect", options.connectTimeoutUs, host);
    }
  }

  private add(context: Context, peer: number, isOutgoing: boolean): void {
    if (this.state.connecting.delete(peer)) context.cancelTimer("connect", peer);
    if (this.state.neighbours.has(peer)) return;
    this.state.neighbours.set(peer, { lastHeardUs: context.nowUs, isOutgoing });
    this.observer.neighbour?.(context.nowUs, this.state.node, peer, true);
  }

  private remove(context: Context, peer: number): void {
    if (!this.state.neighbours.delete(peer)) return;
    this.observer.neighbour?.(context.nowUs, this.state.node, peer, false);
  }

  private tell(context: Context, to: number, kind: "connect" | "ok" | "refuse" | "close"): void {
    const message: GnutellaMessage = { kind };
    context.send(to, message, gnutellaMessageBytes(message));
  }
}
