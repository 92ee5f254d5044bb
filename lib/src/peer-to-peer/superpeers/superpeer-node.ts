/**
 * A two-tier overlay as KaZaA's: leaves upload lists of their files to a superpeer, superpeers flood questions among themselves only. A superpeer is an ordinary node,
 * elected for its capacity and uptime; with k of them sharing a cluster its leaves lose nothing when one dies.
 * Section: Peterson & Davie 9.4.2 (KaZaA); Tanenbaum & van Steen 2.2 (superpeers). Papers: Liang, Kumar, Ross, "The FastTrack overlay", Computer Networks 50(6), 2006
 * (tiers, index upload, caches of superpeers); Yang, Garcia-Molina, "Designing a super-peer network", ICDE 2003 (clusters, virtual superpeers of k partners, message sizes).
 *
 * Deviations: KaZaA's messages are secret, so how clusters fill, split and mend is this library's: a newcomer asks a few superpeers, the last full one has the best of its
 * leaves (or the newcomer) found a cluster; a missing partner is replaced by the best leaf; a cluster whose superpeers all died is not replaced, its leaves join others.
 * A question goes to one partner of each neighbour cluster, chosen by the question's number, where the paper goes by turns.
 * Overlays that a long partition has cut apart stay apart while each half finds enough neighbours of its own: nothing looks for the other half.
 * Not modelled: merging of clusters that have become small, downloads, hashes of contents. Checked by test/peer-to-peer/superpeers/, test/laws/superpeers.test.ts,
 * test/scenarios/superpeers.test.ts.
 */
import { InvariantError, checkNumber } from "../../errors";
import type { Process } from "../../simulation";
import { LeafRole } from "./leaf-role";
import { NodeCore, type SuperpeerContext, type SuperpeerNodeFacts, type SuperpeerObserver, type SuperpeerSearch } from "./node-core";
import { checkSuperpeers, type ClusterLink, type SuperpeerMessage, type SuperpeerParameters } from "./superpeer-parameters";
import { SuperpeerRole } from "./superpeer-role";

/** One node, leaf or superpeer by turns. */
export class SuperpeerNode implements Process<SuperpeerMessage> {
  private readonly core: NodeCore;
  private current: LeafRole | SuperpeerRole;

  /**
   * @param parameters the same for all nodes
   * @param facts what this node brings along
   * @param observer told of what happens to it
   * @throws ParameterError when a parameter or fact is out of range
   */
  constructor(parameters: Partial<SuperpeerParameters> = {}, facts: SuperpeerNodeFacts = {}, observer: SuperpeerObserver = {}) {
    this.core = new NodeCore(checkSuperpeers(parameters), facts, observer);
    this.current = new LeafRole(this.core, this);
  }

  /** What the node is at present. */
  get role(): LeafRole | SuperpeerRole {
    return this.current;
  }

  /** The files that it offers, ascending. */
  get files(): readonly number[] {
    return [...this.core.files].sort((a, b) => a - b);
  }

  onStart(context: SuperpeerContext): void {
    this.core.self = context.self;
    this.core.startedUs = context.nowUs;
    context.setTimer("heartbeat", 1 + context.random("phase").integer(Math.min(this.core.parameters.heartbeatUs, 4294967295)));
    if (this.current instanceof LeafRole) this.current.join(context);
  }

  onMessage(context: SuperpeerContext, from: number, message: SuperpeerMessage): void {
    this.current.onMessage(context, from, message);
  }

  onTimer(context: SuperpeerContext, name: string, key: number): void {
    if (name === "heartbeat") context.setTimer("heartbeat", this.core.parameters.heartbeatUs);
    // A leaf that asked may be a superpeer by now.
    if (name === "ask" && this.current instanceof SuperpeerRole) return this.askHere(context, this.current, key);
    this.current.onTimer(context, name, key);
  }

  /**
   * Asks who holds a file.
   * @param file a whole number 0..2^32 - 1
   * @returns the number of the question, for {@link searchOf}
   */
  search(context: SuperpeerContext, file: number): number {
    checkNumber("file", file, { min: 0, max: 4294967295, integer: true });
    const id = context.random("question").uint32();
    this.core.searches.set(id, { file, startedUs: context.nowUs, answeredUs: -1, foundUs: -1, failed: false, owners: new Set() });
    if (this.current instanceof SuperpeerRole) this.askHere(context, this.current, id);
    else this.current.ask(context, id);
    return id;
  }

  /** What came of a question; undefined for a number that this node never gave. */
  searchOf(id: number): SuperpeerSearch | undefined {
    return this.core.searches.get(id);
  }

  /** Begins or ceases to offer a file, and tells the superpeers of the cluster. */
  offer(context: SuperpeerContext, file: number, present: boolean): void {
    checkNumber("file", file, { min: 0, max: 4294967295, integer: true });
    if (present) this.core.files.add(file);
    else this.core.files.delete(file);
    this.current.update(context, file, present);
  }

  /** Says goodbye to all; the simulation then stops the node. */
  leave(context: SuperpeerContext): void {
    this.current.leave(context);
  }

  /** Used by the roles: the node becomes a superpeer, of a new cluster if `own` is null. */
  becomeSuperpeer(context: SuperpeerContext, own: ClusterLink | null, links: readonly ClusterLink[]): void {
    const role = new SuperpeerRole(this.core, this, own?.cluster ?? context.random("cluster").uint32());
    this.current = role;
    this.core.observer.became?.(context.self, "superpeer", context.nowUs);
    role.start(context, own?.nodes ?? [], links);
  }

  /** Used by the roles: the node becomes a leaf of its partners. */
  stepDown(context: SuperpeerContext, link: ClusterLink): void {
    const role = new LeafRole(this.core, this);
    this.current = role;
    this.core.observer.became?.(context.self, "leaf", context.nowUs);
    role.adopt(context, link);
  }

  view(): unknown {
    return this.current.view();
  }

  private askHere(context: SuperpeerContext, role: SuperpeerRole, id: number): void {
    const search = this.core.searches.get(id);
    if (search !== undefined && search.answeredUs === -1) role.onAsk(context, context.self, id, search.file);
  }
}

/**
 * Checks one node: a superpeer is no leaf of its own, nobody is leaf and partner at once, the index holds files of members only and its own correctly, no neighbour cluster is
 * empty or its own; a leaf without superpeers has no cluster.
 * @throws InvariantError naming the first rule broken
 */
export function checkSuperpeerNode(process: SuperpeerNode, node: number): void {
  const refuse = (what: string, got: unknown, expected: string): never => {
    throw new InvariantError({ what, got, expected, where: `node ${node}` });
  };
  const { role } = process;
  if (role instanceof LeafRole) {
    if (role.superpeers.has(node)) refuse("a leaf is its own superpeer", node, "another node");
    if (role.superpeers.size === 0 && role.cluster !== -1) refuse("a leaf without superpeers has a cluster", role.cluster, "-1");
    if (role.superpeers.size > 0 && role.cluster === -1) refuse("a leaf with superpeers has no cluster", role.cluster, "a cluster's number");
    return;
  }
  const { leaves, partners, neighbours, index, cluster } = role;
  if (leaves.has(node) || partners.has(node)) refuse("a superpeer is a leaf or partner of itself", node, "other nodes");
  for (const partner of partners.keys()) if (leaves.has(partner)) refuse("a node is leaf and partner", partner, "one of both");
  if (neighbours.has(cluster)) refuse("a cluster is its own neighbour", cluster, "other clusters");
  for (const [other, nodes] of neighbours) {
    if (nodes.size === 0) refuse("a neighbour cluster without superpeers", other, "at least one");
    if (nodes.has(node)) refuse("a superpeer is in a neighbour cluster", other, "other nodes");
  }
  if (index.filesOf(node).join() !== process.files.join()) refuse("the index has its own files wrong", index.filesOf(node), process.files.join());
  if (index.owners().some((owner) => owner !== node && !leaves.has(owner) && !partners.has(owner))) refuse("the index names a stranger", index.owners(), "members of the cluster");
}
