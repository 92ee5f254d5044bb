/**
 * The upper tier: a superpeer holds the index of its cluster, answers for its leaves, floods their questions among the clusters, keeps links to neighbour clusters,
 * shares the cluster with k - 1 partners, and has leaves elected when a partner is missing or the cluster is full. Used by {@link SuperpeerNode}; sources there.
 */
import { electSuperpeer, type Candidate } from "./election";
import { FileIndex } from "./file-index";
import { nodesOf, type NodeCore, type SuperpeerContext } from "./node-core";
import type { ClusterLink, SuperpeerMessage } from "./superpeer-parameters";

/** What a superpeer asks its node to do. */
export interface SuperpeerHost {
  /** There are more superpeers in the cluster than needed. */
  stepDown(context: SuperpeerContext, link: ClusterLink): void;
}

interface LeafRecord {
  readonly capacity: number;
  readonly sinceUs: number;
  heardUs: number;
}

/** State and behaviour of a superpeer. */
export class SuperpeerRole {
  readonly kind = "superpeer";
  readonly index = new FileIndex();
  readonly leaves = new Map<number, LeafRecord>();
  /** The superpeers that share this cluster, with the time of their last sign of life. */
  readonly partners = new Map<number, number>();
  /** Neighbour clusters: the superpeers of each, with the time of their last sign of life. */
  readonly neighbours = new Map<number, Map<number, number>>();
  /** Questions seen: where each came from (this node itself if it asked), and when. */
  private readonly routes = new Map<number, { readonly from: number; readonly atUs: number }>();
  /** Copies of questions that were known already. */
  duplicates = 0;

  constructor(private readonly core: NodeCore, private readonly host: SuperpeerHost, readonly cluster: number) {}

  /** The cluster as this superpeer knows it. */
  get link(): ClusterLink {
    return { cluster: this.cluster, nodes: [this.core.self, ...this.partners.keys()].sort((a, b) => a - b) };
  }

  /** Begins: greets the partners, and asks some clusters for a link. */
  start(context: SuperpeerContext, partners: readonly number[], links: readonly ClusterLink[]): void {
    this.index.replace(this.core.self, [...this.core.files]);
    for (const node of partners) this.addPartner(context, node);
    this.core.remember(nodesOf(links));
    const asked = context.random("links").shuffle([...links]).slice(0, this.core.parameters.neighbours);
    this.greetPartners(context);
    for (const { nodes } of asked) this.core.sendAll(context, nodes, { kind: "link", link: this.link });
  }

  onMessage(context: SuperpeerContext, from: number, message: SuperpeerMessage): void {
    this.moved(from, message);
    this.touch(from, context.nowUs);
    switch (message.kind) {
      case "join": return this.onJoin(context, from, message);
      case "alive": return this.onAlive(context, from, message.digest);
      case "update": return this.leaves.has(from) || this.partners.has(from) ? this.index.set(from, message.file, message.present) : this.core.send(context, from, { kind: "unknown" });
      case "share": return this.onShare(context, from, message.files, message.answer);
      case "ping": return this.onPing(context, from, message.link, message.links, message.digest);
      case "pong": return this.onPong(context, from, message.link);
      case "link": return this.onLink(context, from, message.link);
      case "linked": return this.onLinked(context, from, message.link);
      case "unlink": return void this.neighbours.delete(message.cluster);
      case "refuse": return this.core.remember(message.others);
      case "unknown":
      case "bye": return this.drop(from);
      // This node has a place of its own by now.
      case "welcome": return this.core.send(context, from, { kind: "bye" });
      case "ask": return this.onAsk(context, from, message.id, message.file);
      case "query": return this.onQuery(context, from, message.id, message.file, message.ttl);
      case "hit": return this.onHit(context, message.id, message.owners);
      default: return;
    }
  }

  onTimer(context: SuperpeerContext, name: string): void {
    if (name !== "heartbeat") return;
    const { redundancy, routeUs } = this.core.parameters;
    this.dropSilent(context.nowUs);
    const { link } = this;
    if (link.nodes.length > redundancy && this.core.self === link.nodes[link.nodes.length - 1]) return this.host.stepDown(context, { cluster: this.cluster, nodes: [...this.partners.keys()] });
    this.greetPartners(context);
    for (const other of this.neighbourLinks()) this.core.sendAll(context, other.nodes, { kind: "ping", link, links: [other], digest: this.core.digest });
    if (link.nodes.length < redundancy && this.core.self === link.nodes[0]) this.promote(context);
    if (this.neighbours.size < this.core.parameters.neighbours) this.seekLink(context);
    for (const [id, { atUs }] of this.routes) {
      if (context.nowUs - atUs <= routeUs) break;
      this.routes.delete(id);
    }
  }

  /** A question of this node itself, or of a leaf. */
  onAsk(context: SuperpeerContext, from: number, id: number, file: number): void {
    if (from !== this.core.self && !this.leaves.has(from)) return this.core.send(context, from, { kind: "unknown" });
    if (!this.routes.has(id)) {
      this.routes.set(id, { from, atUs: context.nowUs });
      this.core.observer.handled?.(this.core.self, id, from);
      this.forward(context, from, id, file, this.core.parameters.ttl);
    }
    // Even nothing is an answer: it tells the leaf that its superpeer lives.
    this.onHit(context, id, this.index.ownersOf(file));
  }

  update(context: SuperpeerContext, file: number, present: boolean): void {
    this.index.set(this.core.self, file, present);
    this.core.sendAll(context, this.partners.keys(), { kind: "update", file, present });
  }

  leave(context: SuperpeerContext): void {
    const all = [...this.leaves.keys(), ...this.partners.keys(), ...[...this.neighbours.values()].flatMap((nodes) => [...nodes.keys()])];
    this.core.sendAll(context, new Set(all), { kind: "bye" });
  }

  view(): unknown {
    return {
      role: "superpeer", cluster: this.cluster, leaves: [...this.leaves.keys()], partners: [...this.partners.keys()],
      neighbours: [...this.neighbours].map(([cluster, nodes]) => ({ cluster, nodes: [...nodes.keys()] })), entries: this.index.size,
    };
  }

  private onJoin(context: SuperpeerContext, from: number, message: Extract<SuperpeerMessage, { kind: "join" }>): void {
    const { core } = this;
    const isMember = message.cluster === this.cluster || this.leaves.has(from);
    if (isMember || (message.cluster === -1 && this.leaves.size < core.parameters.maxLeaves)) return this.takeIn(context, from, message);
    const others = core.others(context, from);
    if (message.cluster !== -1 || (!message.insist && others.length > 0)) return core.send(context, from, { kind: "refuse", others, full: true });
    const elected = electSuperpeer([...this.candidates(context.nowUs), { node: from, capacity: message.capacity, uptimeUs: message.uptimeUs }], core.parameters);
    if (elected === -1) return core.send(context, from, { kind: "refuse", others, full: true });
    // The strongest goes and founds a cluster next to this one; the newcomer gets its place.
    core.send(context, elected, { kind: "found", links: [this.link, ...this.neighbourLinks()] });
    core.remember([elected]);
    if (elected === from) return;
    this.dropLeaf(elected);
    this.takeIn(context, from, message);
  }

  private takeIn(context: SuperpeerContext, from: number, message: Extract<SuperpeerMessage, { kind: "join" }>): void {
    this.leaves.set(from, { capacity: message.capacity, sinceUs: context.nowUs - message.uptimeUs, heardUs: context.nowUs });
    this.index.replace(from, message.files);
    this.core.send(context, from, { kind: "welcome", link: this.link, others: this.core.others(context, from) });
  }

  private *candidates(nowUs: number): Iterable<Candidate> {
    for (const [node, { capacity, sinceUs }] of this.leaves) yield { node, capacity, uptimeUs: nowUs - sinceUs };
  }

  /** A partner is missing: the best leaf takes its place. It stays a leaf here until it shows itself as a partner. */
  private promote(context: SuperpeerContext): void {
    const elected = electSuperpeer(this.candidates(context.nowUs), this.core.parameters);
    if (elected !== -1) this.core.send(context, elected, { kind: "promote", link: this.link, links: this.neighbourLinks() });
  }

  private greetPartners(context: SuperpeerContext): void {
    this.core.sendAll(context, this.partners.keys(), { kind: "ping", link: this.link, links: this.neighbourLinks(), digest: this.core.digest });
  }

  /** What was lost on the way, an upload or an update, shows in the digest. */
  private onAlive(context: SuperpeerContext, from: number, digest: number): void {
    if (!this.leaves.has(from)) return this.core.send(context, from, { kind: "unknown" });
    if (this.index.digestOf(from) !== digest) this.core.send(context, from, { kind: "resend" });
    this.core.send(context, from, { kind: "pong", link: this.link, others: this.core.others(context, from) });
  }

  private onPing(context: SuperpeerContext, from: number, link: ClusterLink, links: readonly ClusterLink[], digest: number): void {
    const { core } = this;
    if (link.cluster === this.cluster) {
      if (!this.addPartner(context, from) && this.index.digestOf(from) !== digest) this.shareWith(context, from);
      this.greetUnknown(context, link);
      for (const other of links) if (other.cluster !== this.cluster && !this.neighbours.has(other.cluster)) core.sendAll(context, other.nodes, { kind: "link", link: this.link });
    } else if (this.neighbours.has(link.cluster) || this.neighbours.size < core.parameters.maxNeighbours) this.addNeighbour(link, context.nowUs);
    else return core.send(context, from, { kind: "unlink", cluster: this.cluster });
    // After a partition two halves of a cluster may not know each other; a neighbour that knows both tells them.
    for (const other of links) if (other.cluster === this.cluster) this.greetUnknown(context, other);
    core.send(context, from, { kind: "pong", link: this.link, others: [] });
  }

  /** What somebody says of this cluster is hearsay: who is unknown is asked, and counts when it answers, or two partners could keep a dead third one alive between them. */
  private greetUnknown(context: SuperpeerContext, link: ClusterLink): void {
    for (const node of link.nodes) if (node !== this.core.self && !this.partners.has(node)) this.core.send(context, node, { kind: "ping", link: this.link, links: [], digest: this.core.digest });
  }

  private onPong(context: SuperpeerContext, from: number, link: ClusterLink): void {
    if (link.cluster === this.cluster) this.addPartner(context, from);
    else if (this.neighbours.has(link.cluster)) this.addNeighbour(link, context.nowUs);
  }

  /** What a partner itself offers. */
  private onShare(context: SuperpeerContext, from: number, files: readonly number[], answer: boolean): void {
    if (!this.partners.has(from)) return;
    this.index.replace(from, files);
    if (!answer) this.core.send(context, from, { kind: "share", files: [...this.core.files], answer: true });
  }

  private onLink(context: SuperpeerContext, from: number, link: ClusterLink): void {
    const { core } = this;
    if (link.cluster === this.cluster) return void this.addPartner(context, from);
    if (!this.neighbours.has(link.cluster) && this.neighbours.size >= core.parameters.maxNeighbours) return core.send(context, from, { kind: "refuse", others: core.others(context, from), full: true });
    this.addNeighbour(link, context.nowUs);
    core.send(context, from, { kind: "linked", link: this.link });
  }

  private onLinked(context: SuperpeerContext, from: number, link: ClusterLink): void {
    if (link.cluster === this.cluster) return;
    if (this.neighbours.has(link.cluster) || this.neighbours.size < this.core.parameters.maxNeighbours) this.addNeighbour(link, context.nowUs);
    else this.core.send(context, from, { kind: "unlink", cluster: this.cluster });
  }

  /** @returns whether it was unknown, and was sent this node's files */
  private addPartner(context: SuperpeerContext, node: number): boolean {
    if (node === this.core.self) return false;
    const isNew = !this.partners.has(node);
    this.partners.set(node, context.nowUs);
    if (!isNew) return false;
    this.dropLeaf(node);
    this.shareWith(context, node);
    return true;
  }

  /** Sends this node's own files and asks for the partner's. */
  private shareWith(context: SuperpeerContext, partner: number): void {
    this.core.send(context, partner, { kind: "share", files: [...this.core.files], answer: false });
  }

  private addNeighbour(link: ClusterLink, nowUs: number): void {
    const nodes = this.neighbours.get(link.cluster) ?? new Map<number, number>();
    // A stale list may name this node, as what it was in a former life.
    for (const node of link.nodes) if (node !== this.core.self && !nodes.has(node)) nodes.set(node, nowUs);
    if (nodes.size > 0) this.neighbours.set(link.cluster, nodes);
    this.core.remember(link.nodes);
  }

  private seekLink(context: SuperpeerContext): void {
    const close = new Set([...this.partners.keys(), ...this.leaves.keys(), ...[...this.neighbours.values()].flatMap((nodes) => [...nodes.keys()])]);
    const next = this.core.known(context).find((node) => !close.has(node));
    if (next === undefined) return;
    this.core.send(context, next, { kind: "link", link: this.link });
    // If it lives its answer brings it back; a dead one must not be recommended for ever.
    this.core.forget(next);
  }

  private neighbourLinks(): ClusterLink[] {
    return [...this.neighbours].map(([cluster, nodes]) => ({ cluster, nodes: [...nodes.keys()] }));
  }

  private onQuery(context: SuperpeerContext, from: number, id: number, file: number, ttl: number): void {
    if (this.routes.has(id)) {
      this.duplicates += 1;
      return;
    }
    this.routes.set(id, { from, atUs: context.nowUs });
    this.core.observer.handled?.(this.core.self, id, from);
    const owners = this.index.ownersOf(file);
    if (owners.length > 0) this.core.send(context, from, { kind: "hit", id, owners });
    this.forward(context, from, id, file, ttl - 1);
  }

  /** To one superpeer of every neighbour cluster but the one that it came from. The number of the question chooses which, so all choose the same. */
  private forward(context: SuperpeerContext, from: number, id: number, file: number, ttl: number): void {
    if (ttl <= 0) return;
    for (const nodes of this.neighbours.values()) {
      if (nodes.has(from)) continue;
      const choice = [...nodes.keys()].sort((a, b) => a - b);
      this.core.send(context, choice[id % choice.length], { kind: "query", id, file, ttl });
    }
  }

  /** Answers go back the way that the question came. */
  private onHit(context: SuperpeerContext, id: number, owners: readonly number[]): void {
    const route = this.routes.get(id);
    if (route === undefined) return;
    if (route.from === this.core.self) this.core.found(context, id, owners);
    else this.core.send(context, route.from, { kind: "hit", id, owners });
  }

  /** Whoever shows itself as a leaf, or in another cluster, is no longer what it was here: it restarted, or stepped down. */
  private moved(from: number, message: SuperpeerMessage): void {
    const { kind } = message;
    const isLeaf = kind === "join" || kind === "alive" || kind === "ask";
    if (!isLeaf && kind !== "ping" && kind !== "pong" && kind !== "link" && kind !== "linked") return;
    const cluster = isLeaf ? -1 : message.link.cluster;
    if (cluster !== this.cluster && this.partners.delete(from)) this.index.removeOwner(from);
    if (!isLeaf) this.dropLeaf(from);
    for (const other of [...this.neighbours.keys()]) if (other !== cluster) this.dropFrom(other, from);
  }

  private dropFrom(cluster: number, node: number): void {
    const nodes = this.neighbours.get(cluster);
    if (nodes?.delete(node) && nodes.size === 0) this.neighbours.delete(cluster);
  }

  /** A sign of life. */
  private touch(from: number, nowUs: number): void {
    const leaf = this.leaves.get(from);
    if (leaf !== undefined) leaf.heardUs = nowUs;
    if (this.partners.has(from)) this.partners.set(from, nowUs);
    for (const nodes of this.neighbours.values()) if (nodes.has(from)) nodes.set(from, nowUs);
  }

  private drop(node: number): void {
    this.dropLeaf(node);
    if (this.partners.delete(node)) this.index.removeOwner(node);
    for (const cluster of [...this.neighbours.keys()]) this.dropFrom(cluster, node);
    this.core.forget(node);
  }

  private dropLeaf(node: number): void {
    if (this.leaves.delete(node)) this.index.removeOwner(node);
  }

  private dropSilent(nowUs: number): void {
    const isSilent = (heardUs: number) => nowUs - heardUs > this.core.parameters.silentUs;
    const silent = [...this.leaves].filter(([, { heardUs }]) => isSilent(heardUs)).map(([node]) => node);
    for (const nodes of [this.partners, ...this.neighbours.values()]) for (const [node, heardUs] of nodes) if (isSilent(heardUs)) silent.push(node);
    for (const node of silent) this.drop(node);
  }
}
