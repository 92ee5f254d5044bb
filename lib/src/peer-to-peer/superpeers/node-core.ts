/** What a node of the two-tier overlay is and knows in either role. Used by {@link SuperpeerNode}, {@link LeafRole} and {@link SuperpeerRole}. */
import { ParameterError, checkNumber } from "../../errors";
import type { ProcessContext } from "../../simulation";
import type { Candidate } from "./election";
import { filesDigest } from "./file-index";
import { superpeerMessageBytes, type ClusterLink, type SuperpeerMessage, type SuperpeerParameters } from "./superpeer-parameters";

/** The context of a handler. */
export type SuperpeerContext = ProcessContext<SuperpeerMessage>;

/** What a node brings along. */
export interface SuperpeerNodeFacts {
  /** What it can carry, >= 0 (default 1). */
  readonly capacity?: number;
  /** The files that it offers, numbers (default none). */
  readonly files?: readonly number[];
  /** Nodes that it knows from outside, its host cache; without any it founds the first cluster. */
  readonly contacts?: readonly number[];
}

/** A question that this node asked, and what came back. */
export interface SuperpeerSearch {
  readonly file: number;
  readonly startedUs: number;
  /** When the first answer came from the node's own superpeer, found or not; -1 before. */
  answeredUs: number;
  /** When the first owner became known; -1 before. */
  foundUs: number;
  /** Whether nobody answered, whatever was tried. */
  failed: boolean;
  readonly owners: Set<number>;
}

/** Told of what happens to a node; each is optional. */
export interface SuperpeerObserver {
  /** A leaf is taken into a cluster. */
  readonly attached?: (node: number, superpeer: number, nowUs: number) => void;
  /** A leaf has lost its last superpeer. */
  readonly orphaned?: (node: number, nowUs: number) => void;
  readonly became?: (node: number, role: "leaf" | "superpeer", nowUs: number) => void;
  /** A superpeer takes up a question for the first time; `superpeer` sent it, or asked it as a leaf. */
  readonly handled?: (node: number, id: number, from: number) => void;
  /** A node sends a message of so many bytes. */
  readonly sent?: (node: number, message: SuperpeerMessage, bytes: number) => void;
}

/** Facts, files, memory of superpeers, and searches of one node. */
export class NodeCore {
  self = -1;
  startedUs = 0;
  readonly capacity: number;
  readonly files: Set<number>;
  readonly contacts: readonly number[];
  readonly searches = new Map<number, SuperpeerSearch>();
  private cache: number[] = [];

  /** @throws ParameterError when a fact is malformed */
  constructor(readonly parameters: SuperpeerParameters, facts: SuperpeerNodeFacts, readonly observer: SuperpeerObserver) {
    if (typeof facts !== "object" || facts === null) throw new ParameterError({ what: "bad facts of a node", got: facts, expected: "capacity, files and contacts, each optional", where: "parameter facts" });
    this.capacity = checkNumber("capacity", facts.capacity ?? 1, { min: 0 });
    this.files = new Set(checkNumbers("files", facts.files ?? []));
    this.contacts = checkNumbers("contacts", facts.contacts ?? []);
  }

  candidate(nowUs: number): Candidate {
    return { node: this.self, capacity: this.capacity, uptimeUs: nowUs - this.startedUs };
  }

  /** The {@link filesDigest} of what this node offers. */
  get digest(): number {
    return filesDigest(this.files);
  }

  /** Keeps superpeers in mind, the latest `cacheSize` of them. */
  remember(nodes: readonly number[]): void {
    for (const node of nodes) {
      if (node === this.self) continue;
      this.forget(node);
      this.cache.push(node);
    }
    if (this.cache.length > this.parameters.cacheSize) this.cache = this.cache.slice(-this.parameters.cacheSize);
  }

  forget(node: number): void {
    const at = this.cache.indexOf(node);
    if (at !== -1) this.cache.splice(at, 1);
  }

  /** Everybody that may be a superpeer, in random order: the remembered ones first, then the contacts. */
  known(context: SuperpeerContext): number[] {
    const random = context.random("known");
    const first = random.shuffle([...this.cache]);
    return [...first, ...random.shuffle(this.contacts.filter((node) => node !== this.self && !first.includes(node)))];
  }

  /** A few superpeers to tell others of. */
  others(context: SuperpeerContext, excluded: number): number[] {
    const choice = this.cache.filter((node) => node !== excluded);
    return context.random("others").sample(choice.length, Math.min(TOLD, choice.length)).map((index) => choice[index]);
  }

  /** What an answer brings for a question of this node. */
  found(context: SuperpeerContext, id: number, owners: readonly number[]): void {
    const search = this.searches.get(id);
    if (search === undefined) return;
    if (search.answeredUs === -1) search.answeredUs = context.nowUs;
    if (owners.length > 0 && search.foundUs === -1) search.foundUs = context.nowUs;
    for (const owner of owners) search.owners.add(owner);
  }

  send(context: SuperpeerContext, to: number, message: SuperpeerMessage): void {
    const bytes = superpeerMessageBytes(message);
    this.observer.sent?.(this.self, message, bytes);
    context.send(to, message, bytes);
  }

  sendAll(context: SuperpeerContext, nodes: Iterable<number>, message: SuperpeerMessage): void {
    for (const node of nodes) this.send(context, node, message);
  }
}

/** Superpeers named in one refusal or welcome. */
const TOLD = 8;

/** The nodes of some links. */
export function nodesOf(links: readonly ClusterLink[]): number[] {
  return links.flatMap(({ nodes }) => nodes);
}

function checkNumbers(name: string, list: readonly number[]): readonly number[] {
  if (!Array.isArray(list)) throw new ParameterError({ what: `bad value for ${name}`, got: list, expected: "a list of whole numbers >= 0", where: `parameter ${name}` });
  list.forEach((value, index) => checkNumber(`${name}[${index}]`, value, { min: 0, max: 4294967295, integer: true }));
  return [...list];
}
