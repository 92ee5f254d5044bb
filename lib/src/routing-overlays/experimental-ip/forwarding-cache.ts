/**
 * What a multicast router remembers of each source and group while packets flow: the interface towards the source, which neighbours have pruned the group away
 * and until when, and whether this router has pruned itself. Flooding fills it, prunes and grafts change it: the same machine serves DVMRP (IPv4) and PIM dense
 * mode (IPv6, RFC 3973), which differ in how they learn the way to a source and who is downstream; both are asked through {@link CacheRules}.
 * draft-ietf-idmr-dvmrp-v3, sections 3.5 and 3.6. Tests: test/routing-overlays/experimental-ip/mbone.test.ts
 */
import { InvariantError } from "../../errors";

/** Parameters that the cache needs. */
export interface CacheOptions {
  readonly pruneLifetimeUs: number;
  readonly pruneRetransmitUs: number;
  readonly graftRetransmitUs: number;
  readonly cacheLifetimeUs: number;
  readonly repeatMemory: number;
}

/** Longest wait between repeated prunes or grafts is the first one times this. */
const LONGEST_BACKOFF = 64;

/** One source network and group. */
export interface CacheEntry {
  readonly id: number;
  readonly network: number;
  readonly group: number;
  /** A sender in the network, as prunes and grafts name it. */
  source: number;
  /** Interface towards the source, -1 while there is no route. */
  upstream: number;
  /** By interface: until when the neighbour there wants nothing, µs; 0 if it did not prune. */
  readonly prunedUntilUs: Float64Array;
  /** By interface: until when a prune that this router sent there counts, µs; 0 if none. */
  readonly sentPruneUntilUs: Float64Array;
  /** A graft waits for its acknowledgement. */
  graftPending: boolean;
  attempts: number;
  nextPruneUs: number;
  /** By interface: before when nothing that comes in there the wrong way is refused again, µs. */
  readonly nextRefusalUs: Float64Array;
  lastDataUs: number;
  /** Latest packets, as a ring of sequence numbers. */
  readonly recent: Float64Array;
  recentAt: number;
}

/** What the cache asks its router, and tells it to send. `C` is the context of the handler that runs. */
export interface CacheRules<C extends { readonly nowUs: number }> {
  /** Whether an interface may lead to members: a subnet with some, or a neighbour downstream of the source. */
  leadsToMembers(network: number, group: number, index: number): boolean;
  /** Whether there is a neighbour on the interface, to be pruned or grafted. */
  hasNeighbour(index: number): boolean;
  /** Tells the neighbour on an interface, the one upstream or one that sends though it is not, to stop. */
  sendPrune(context: C, entry: CacheEntry, index: number, lifetimeUs: number): void;
  sendGraft(context: C, entry: CacheEntry, waitUs: number): void;
  graftDone(context: C, entry: CacheEntry): void;
}

/** All entries of one router. */
export class ForwardingCache<C extends { readonly nowUs: number }> {
  private readonly byNetwork = new Map<number, Map<number, CacheEntry>>();
  private readonly byId = new Map<number, CacheEntry>();
  private nextId = 0;

  constructor(
    private readonly interfaceCount: number,
    private readonly options: CacheOptions,
    private readonly rules: CacheRules<C>,
  ) {}

  /** Entries in the order in which they were made. */
  get entries(): CacheEntry[] {
    return [...this.byId.values()];
  }

  find(network: number, group: number): CacheEntry | undefined {
    return this.byNetwork.get(network)?.get(group);
  }

  entryOf(id: number): CacheEntry | undefined {
    return this.byId.get(id);
  }

  /** Whether packets go out on an interface now. */
  isForwarding(entry: CacheEntry, index: number, nowUs: number): boolean {
    return index !== entry.upstream && entry.prunedUntilUs[index] <= nowUs && this.rules.leadsToMembers(entry.network, entry.group, index);
  }

  /** Whether anybody beyond this router wants the packets. */
  isWanted(entry: CacheEntry, nowUs: number): boolean {
    for (let index = 0; index < this.interfaceCount; index++) if (this.isForwarding(entry, index, nowUs)) return true;
    return false;
  }

  /**
   * A packet came in on the right interface.
   * @returns the entry; `null` for a repeat of a recent packet
   */
  arrived(context: C, packet: { readonly network: number; readonly group: number; readonly source: number; readonly sequence: number }, upstream: number): CacheEntry | null {
    const entry = this.find(packet.network, packet.group) ?? this.make(packet.network, packet.group, packet.source, upstream);
    // Sequence numbers of two hosts in one network may be equal, so the source goes into the mark.
    const mark = packet.source * 1048576 + (packet.sequence % 1048576);
    if (entry.recent.includes(mark)) return null;
    if (entry.recent.length > 0) {
      entry.recent[entry.recentAt] = mark;
      entry.recentAt = (entry.recentAt + 1) % entry.recent.length;
    }
    entry.source = packet.source;
    entry.lastDataUs = context.nowUs;
    if (!this.isWanted(entry, context.nowUs)) this.prune(context, entry);
    return entry;
  }

  /**
   * A packet came in on a wrong interface: where all neighbours are flooded (PIM dense mode), the one there is told to stop (RFC 3973, section 4.4.1). Also
   * what it sends on its own way to us is not wanted, so the two stop each other.
   */
  refuse(context: C, packet: { readonly network: number; readonly group: number; readonly source: number }, upstream: number, index: number): void {
    const entry = this.find(packet.network, packet.group) ?? this.make(packet.network, packet.group, packet.source, upstream);
    if (context.nowUs < entry.nextRefusalUs[index]) return;
    entry.source = packet.source;
    entry.nextRefusalUs[index] = context.nowUs + this.options.pruneRetransmitUs;
    entry.sentPruneUntilUs[index] = context.nowUs + this.options.pruneLifetimeUs;
    this.rules.sendPrune(context, entry, index, this.options.pruneLifetimeUs);
  }

  /** A neighbour does not want the packets for a while. */
  pruned(context: C, entry: CacheEntry, index: number, lifetimeUs: number): void {
    entry.prunedUntilUs[index] = context.nowUs + Math.min(lifetimeUs, this.options.pruneLifetimeUs);
    this.reconsider(context, entry);
  }

  /** A neighbour wants them again, or has started anew. */
  grafted(context: C, entry: CacheEntry, index: number): void {
    entry.prunedUntilUs[index] = 0;
    this.reconsider(context, entry);
  }

  /** Who is downstream has changed: a member, a dependent neighbour. */
  reconsider(context: C, entry: CacheEntry): void {
    const { upstream } = entry;
    if (upstream < 0 || !this.rules.hasNeighbour(upstream)) return;
    const isPruned = entry.sentPruneUntilUs[upstream] > context.nowUs;
    const isWanted = this.isWanted(entry, context.nowUs);
    if (isWanted && isPruned && !entry.graftPending) this.graft(context, entry);
    else if (!isWanted && !isPruned) this.prune(context, entry);
    else if (!isWanted && entry.graftPending) {
      // Nobody wants it any more before the graft was answered: the prune may still stand, or is sent again when packets come.
      this.endGraft(context, entry);
    }
  }

  /** Looks again at all entries of a group, or of a network. */
  reconsiderAll(context: C, choose: { readonly group?: number; readonly network?: number }): void {
    const chosen = choose.network === undefined ? [...this.byId.values()] : [...(this.byNetwork.get(choose.network)?.values() ?? [])];
    for (const entry of chosen) if (choose.group === undefined || entry.group === choose.group) this.reconsider(context, entry);
  }

  /** Whether any entry belongs to a network: a quick question for each route of a report. */
  hasNetwork(network: number): boolean {
    return this.byNetwork.has(network);
  }

  /** The way to a source has changed; -1: it is lost. What was pruned there before is grafted if anybody wants it. */
  rerouted(context: C, network: number, upstream: number): void {
    for (const entry of this.byNetwork.get(network)?.values() ?? []) {
      if (entry.upstream === upstream) continue;
      this.endGraft(context, entry);
      entry.upstream = upstream;
      if (upstream < 0) continue;
      entry.prunedUntilUs[upstream] = 0;
      this.reconsider(context, entry);
    }
  }

  /** A neighbour no longer depends on this router for a network, so what it pruned says nothing any more. */
  forgetPrunes(network: number, index: number): void {
    for (const entry of this.byNetwork.get(network)?.values() ?? []) entry.prunedUntilUs[index] = 0;
  }

  /**
   * A neighbour is gone, has started anew, or is back: what it pruned does not count any more. What this router pruned there is kept in mind, since the
   * neighbour may never have noticed that it was gone: a graft too many does no harm, one too few would silence the group.
   */
  neighbourReset(context: C, index: number): void {
    for (const entry of this.byId.values()) {
      entry.prunedUntilUs[index] = 0;
      if (entry.upstream === index) this.endGraft(context, entry);
      this.reconsider(context, entry);
    }
  }

  /** A graft was acknowledged. */
  acknowledged(context: C, entry: CacheEntry, index: number): void {
    if (entry.upstream !== index || !entry.graftPending) return;
    entry.sentPruneUntilUs[index] = 0;
    this.endGraft(context, entry);
  }

  /** No acknowledgement came in time: the graft is sent again. */
  onGraftTimer(context: C, id: number): void {
    const entry = this.byId.get(id);
    if (entry !== undefined && entry.graftPending && entry.upstream >= 0) this.sendGraft(context, entry);
  }

  /** Forgets entries without packets for long, unless a prune still stands. */
  clean(nowUs: number): void {
    for (const entry of this.byId.values()) {
      const stands = (until: number) => until > nowUs;
      if (entry.lastDataUs + this.options.cacheLifetimeUs > nowUs || entry.graftPending || entry.prunedUntilUs.some(stands) || entry.sentPruneUntilUs.some(stands)) continue;
      this.byId.delete(entry.id);
      const groups = this.byNetwork.get(entry.network);
      groups?.delete(entry.group);
      if (groups?.size === 0) this.byNetwork.delete(entry.network);
    }
  }

  /** @throws InvariantError naming the first rule broken */
  checkInvariants(where: string): void {
    for (const entry of this.byId.values()) {
      if (entry.upstream >= this.interfaceCount) throw new InvariantError({ what: "an entry comes from no interface", got: entry.upstream, where });
      if (entry.graftPending && entry.upstream < 0) throw new InvariantError({ what: "a graft without a way to the source", got: entry.network, where });
    }
  }

  private make(network: number, group: number, source: number, upstream: number): CacheEntry {
    const entry: CacheEntry = {
      id: this.nextId, network, group, source, upstream, prunedUntilUs: new Float64Array(this.interfaceCount), sentPruneUntilUs: new Float64Array(this.interfaceCount),
      graftPending: false, attempts: 0, nextPruneUs: 0, nextRefusalUs: new Float64Array(this.interfaceCount), lastDataUs: 0, recent: new Float64Array(this.options.repeatMemory).fill(-1), recentAt: 0,
    };
    this.nextId += 1;
    this.byId.set(entry.id, entry);
    const groups = this.byNetwork.get(network) ?? new Map<number, CacheEntry>();
    groups.set(group, entry);
    this.byNetwork.set(network, groups);
    return entry;
  }

  /** Tells the upstream router to stop. A prune lives no longer than the ones that this router got itself. */
  private prune(context: C, entry: CacheEntry): void {
    const { nowUs } = context;
    const { upstream } = entry;
    if (upstream < 0 || !this.rules.hasNeighbour(upstream) || nowUs < entry.nextPruneUs) return;
    const { pruneLifetimeUs, pruneRetransmitUs } = this.options;
    const isRepeat = entry.sentPruneUntilUs[upstream] > nowUs;
    entry.attempts = isRepeat ? entry.attempts + 1 : 0;
    let lifetimeUs = pruneLifetimeUs;
    for (let index = 0; index < this.interfaceCount; index++) {
      if (index !== upstream && entry.prunedUntilUs[index] > nowUs) lifetimeUs = Math.min(lifetimeUs, entry.prunedUntilUs[index] - nowUs);
    }
    entry.nextPruneUs = nowUs + backoff(pruneRetransmitUs, entry.attempts);
    entry.sentPruneUntilUs[upstream] = nowUs + lifetimeUs;
    this.rules.sendPrune(context, entry, upstream, lifetimeUs);
  }

  private graft(context: C, entry: CacheEntry): void {
    entry.graftPending = true;
    entry.attempts = 0;
    entry.nextPruneUs = 0;
    this.sendGraft(context, entry);
  }

  private sendGraft(context: C, entry: CacheEntry): void {
    const waitUs = backoff(this.options.graftRetransmitUs, entry.attempts);
    entry.attempts += 1;
    this.rules.sendGraft(context, entry, waitUs);
  }

  private endGraft(context: C, entry: CacheEntry): void {
    if (!entry.graftPending) return;
    entry.graftPending = false;
    entry.attempts = 0;
    this.rules.graftDone(context, entry);
  }
}

function backoff(firstUs: number, attempts: number): number {
  let factor = 1;
  for (let i = 0; i < attempts && factor < LONGEST_BACKOFF; i++) factor *= 2;
  return firstUs * factor;
}
