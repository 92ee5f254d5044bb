/**
 * The lower tier: a leaf looks for a cluster, uploads its index to every superpeer of it, sends heartbeats, asks one of them, and moves on when the last one is
 * silent. Used by {@link SuperpeerNode}; sources there.
 */
import { isEligible } from "./election";
import type { NodeCore, SuperpeerContext } from "./node-core";
import type { ClusterLink, SuperpeerMessage } from "./superpeer-parameters";

/** Times that a question is sent before its asker gives it up. */
const ASK_TRIES = 3;

/** What a leaf asks its node to do. */
export interface LeafHost {
  /** The leaf was elected. */
  becomeSuperpeer(context: SuperpeerContext, own: ClusterLink | null, links: readonly ClusterLink[]): void;
}

/** State and behaviour of a leaf. */
export class LeafRole {
  readonly kind = "leaf";
  /** Number of its cluster; -1 for none. */
  cluster = -1;
  /** The superpeers of its cluster that it uses, with the time of their last sign of life. */
  readonly superpeers = new Map<number, number>();
  /** Whom it has asked to take it in; -1 for nobody. */
  private asking = -1;
  private queue: number[] = [];
  private readonly tried = new Set<number>();
  /** Full clusters met in this round. */
  private refusals = 0;
  /** The last of them, to be asked again at the end; -1 for none. */
  private refuser = -1;
  private insisted = false;
  /** Whether anybody in this round knew a superpeer. */
  private answered = false;
  private lonely = 0;
  private readonly tries = new Map<number, number>();

  constructor(private readonly core: NodeCore, private readonly host: LeafHost) {}

  /** Begins a round: asks everybody known, one after the other. */
  join(context: SuperpeerContext): void {
    this.queue = this.core.known(context);
    this.tried.clear();
    this.refusals = 0;
    this.refuser = -1;
    this.insisted = false;
    this.answered = false;
    this.tryNext(context);
  }

  /** Steps down from superpeer: the former partners become its superpeers. */
  adopt(context: SuperpeerContext, link: ClusterLink): void {
    this.cluster = link.cluster;
    for (const node of link.nodes) this.addSuperpeer(context, node, true);
  }

  onMessage(context: SuperpeerContext, from: number, message: SuperpeerMessage): void {
    if (this.superpeers.has(from)) this.superpeers.set(from, context.nowUs);
    switch (message.kind) {
      case "welcome": return this.onWelcome(context, from, message.link, message.others);
      case "refuse": return this.onRefuse(context, from, message.others, message.full);
      case "pong":
        this.core.remember(message.others);
        return this.onPong(context, from, message.link);
      case "found": return this.onFound(context, from, message.links);
      case "promote":
        if (this.superpeers.has(from) && message.link.cluster === this.cluster) this.leaveFor(context, message.link, message.links);
        return;
      case "resend": return this.superpeers.has(from) ? this.upload(context, from, this.cluster, false) : undefined;
      case "unknown":
      case "bye": return this.lose(context, from);
      case "hit":
        context.cancelTimer("ask", message.id);
        return this.core.found(context, message.id, message.owners);
      // Somebody takes this node for a superpeer: it may have been one in a former life.
      case "join":
      case "link": return this.core.send(context, from, { kind: "refuse", others: [...this.superpeers.keys()], full: false });
      case "ping":
      case "alive":
      case "ask":
      case "update": return this.core.send(context, from, { kind: "unknown" });
      default: return;
    }
  }

  onTimer(context: SuperpeerContext, name: string, key: number): void {
    if (name === "heartbeat") return this.onHeartbeat(context);
    if (name === "retry") return this.superpeers.size === 0 && this.asking === -1 ? this.join(context) : undefined;
    if (name === "ask") return this.ask(context, key);
    if (name !== "join" || key !== this.asking) return;
    this.core.forget(key);
    this.tryNext(context);
  }

  /** Sends a question to one superpeer after the other, by turns; its number decides who is first, so that the load is shared. */
  ask(context: SuperpeerContext, id: number): void {
    const search = this.core.searches.get(id);
    if (search === undefined || search.answeredUs !== -1) return;
    const attempt = this.tries.get(id) ?? 0;
    this.tries.set(id, attempt + 1);
    if (attempt >= ASK_TRIES) {
      this.tries.delete(id);
      search.failed = true;
      return;
    }
    const superpeers = [...this.superpeers.keys()].sort((a, b) => a - b);
    if (superpeers.length > 0) this.core.send(context, superpeers[(id + attempt) % superpeers.length], { kind: "ask", id, file: search.file });
    context.setTimer("ask", this.core.parameters.answerUs, id);
  }

  update(context: SuperpeerContext, file: number, present: boolean): void {
    this.core.sendAll(context, this.superpeers.keys(), { kind: "update", file, present });
  }

  leave(context: SuperpeerContext): void {
    this.core.sendAll(context, this.superpeers.keys(), { kind: "bye" });
    this.superpeers.clear();
    this.cluster = -1;
  }

  view(): unknown {
    return { role: "leaf", cluster: this.cluster, superpeers: [...this.superpeers.keys()], asking: this.asking };
  }

  private tryNext(context: SuperpeerContext): void {
    const { core } = this;
    const { parameters } = core;
    let next = this.queue.shift();
    const isLast = next === undefined;
    // Whoever is left may be dead: the last full cluster that answered is asked once more, and has to split.
    if (next === undefined && this.refuser !== -1) {
      next = this.refuser;
      this.refuser = -1;
      this.insisted = true;
    }
    this.asking = next ?? -1;
    if (next === undefined) return this.endRound(context);
    this.tried.add(next);
    this.upload(context, next, -1, isLast || this.refusals >= parameters.joinTries);
    context.setTimer("join", parameters.answerUs, next);
  }

  /** Nobody took it in. If nobody even knows a superpeer, time after time, a node that may be one founds a cluster. */
  private endRound(context: SuperpeerContext): void {
    const { core } = this;
    const { parameters } = core;
    this.lonely = this.answered ? 0 : this.lonely + 1;
    const isAlone = core.contacts.length === 0 || this.lonely >= parameters.lonelyRounds;
    if (isAlone && isEligible(core.candidate(context.nowUs), parameters)) return this.host.becomeSuperpeer(context, null, []);
    context.setTimer("retry", parameters.retryUs + context.random("retry").integer(Math.min(parameters.retryUs, 4294967295)));
  }

  private onWelcome(context: SuperpeerContext, from: number, link: ClusterLink, others: readonly number[]): void {
    this.core.remember([...others, ...link.nodes]);
    if (this.asking === from) {
      context.cancelTimer("join", from);
      this.asking = -1;
      this.lonely = 0;
      this.cluster = link.cluster;
      this.superpeers.set(from, context.nowUs);
      this.core.observer.attached?.(this.core.self, from, context.nowUs);
      return this.onPong(context, from, link);
    }
    // An answer that came too late: this node has found another place.
    if (!this.superpeers.has(from)) this.core.send(context, from, { kind: "bye" });
  }

  private onRefuse(context: SuperpeerContext, from: number, others: readonly number[], isFull: boolean): void {
    this.core.remember(others);
    if (this.superpeers.has(from)) return this.lose(context, from);
    if (this.asking !== from) return;
    context.cancelTimer("join", from);
    // Who names nobody is a leaf that lost its superpeer too: among such leaves somebody has to begin.
    if (isFull || others.length > 0) this.answered = true;
    if (isFull) {
      this.refusals += 1;
      if (!this.insisted) this.refuser = from;
    }
    this.queue = [...new Set([...others, ...this.queue])].filter((node) => node !== this.core.self && !this.tried.has(node));
    this.tryNext(context);
  }

  /** The superpeers of the cluster, as one of them knows them: whoever is new gets the index. */
  private onPong(context: SuperpeerContext, from: number, link: ClusterLink): void {
    if (!this.superpeers.has(from) || link.cluster !== this.cluster) return;
    for (const node of link.nodes) this.addSuperpeer(context, node, false);
  }

  private onFound(context: SuperpeerContext, from: number, links: readonly ClusterLink[]): void {
    if (this.asking !== from && !this.superpeers.has(from)) return;
    context.cancelTimer("join", this.asking);
    this.leaveFor(context, null, links);
  }

  /** Ends as a leaf: whoever is not of its new cluster is told. */
  private leaveFor(context: SuperpeerContext, own: ClusterLink | null, links: readonly ClusterLink[]): void {
    for (const superpeer of this.superpeers.keys()) if (own === null || !own.nodes.includes(superpeer)) this.core.send(context, superpeer, { kind: "bye" });
    this.host.becomeSuperpeer(context, own, links);
  }

  private addSuperpeer(context: SuperpeerContext, node: number, always: boolean): void {
    if (node === this.core.self || (this.superpeers.has(node) && !always)) return;
    this.superpeers.set(node, context.nowUs);
    this.core.remember([node]);
    this.upload(context, node, this.cluster, false);
  }

  private upload(context: SuperpeerContext, to: number, cluster: number, insist: boolean): void {
    const { capacity, uptimeUs } = this.core.candidate(context.nowUs);
    this.core.send(context, to, { kind: "join", capacity, uptimeUs, files: [...this.core.files], cluster, insist });
  }

  private onHeartbeat(context: SuperpeerContext): void {
    const { silentUs } = this.core.parameters;
    for (const [superpeer, heardUs] of [...this.superpeers]) {
      if (context.nowUs - heardUs > silentUs) this.lose(context, superpeer);
      else this.core.send(context, superpeer, { kind: "alive", digest: this.core.digest });
    }
  }

  /** A superpeer is gone; with the last one the search for another cluster begins. */
  private lose(context: SuperpeerContext, superpeer: number): void {
    this.core.forget(superpeer);
    if (!this.superpeers.delete(superpeer) || this.superpeers.size > 0) return;
    this.cluster = -1;
    this.core.observer.orphaned?.(this.core.self, context.nowUs);
    if (this.asking === -1) this.join(context);
  }
}
