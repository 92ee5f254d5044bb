/**
 * Policies: which paths whose traffic may take. A packet's policy is named when it enters the overlay; every policy has its own table of paths, so a
 * path that one kind of traffic must not take stays open to another. The first policy, "any", forbids nothing. (Andersen et al., SOSP 2001: policy routing
 * by exclusive cliques and lists of denied links.)
 */
import { ParameterError, checkNumber } from "../../errors";
import { checkList, checkRecord } from "../../simulation/checks";

/** What a policy forbids. */
export interface RonPolicy {
  /** A word; not "any". */
  readonly name: string;
  /** Directed virtual links that its traffic must not take. */
  readonly forbiddenLinks?: readonly { readonly from: number; readonly to: number }[];
  /** Nodes that its traffic must not use as intermediates. */
  readonly forbiddenRelays?: readonly number[];
  /** Members of a clique: every link that the traffic takes must join two of them, as in a research network that carries no commercial traffic. */
  readonly exclusiveClique?: readonly number[];
}

/** Name of the policy that forbids nothing. */
export const ANY_PATH = "any";

/** All policies of a RON, checked once and shared by its nodes. */
export class PolicyTable {
  /** Names by number; number 0 is {@link ANY_PATH}. */
  readonly names: readonly string[];
  /** For each policy 1 for each link that is forbidden, by from * nodes + to; null where nothing is. */
  private readonly links: readonly (Uint8Array | null)[];
  private readonly relays: readonly (Uint8Array | null)[];

  /**
   * @param nodes size of the RON
   * @throws ParameterError for a name used twice or empty, or a node out of range
   */
  constructor(readonly nodes: number, policies: readonly RonPolicy[] = []) {
    const names = [ANY_PATH];
    const links: (Uint8Array | null)[] = [null];
    const relays: (Uint8Array | null)[] = [null];
    checkList("policies", policies, "policies").forEach((policy, index) => {
      checkRecord(`policies[${index}]`, policy, ["name", "forbiddenLinks", "forbiddenRelays", "exclusiveClique"]);
      if (typeof policy.name !== "string" || policy.name === "" || names.includes(policy.name)) {
        throw new ParameterError({ what: "bad name of a policy", got: policy.name, expected: `a word other than ${names.join(", ")}`, where: `policies[${index}]` });
      }
      names.push(policy.name);
      links.push(this.forbiddenLinks(policy, `policies[${index}]`));
      relays.push(this.forbiddenRelays(policy, `policies[${index}]`));
    });
    this.names = Object.freeze(names);
    this.links = links;
    this.relays = relays;
  }

  /** Number of a policy. @throws ParameterError for an unknown name */
  numberOf(name: string): number {
    const index = this.names.indexOf(name);
    if (index < 0) throw new ParameterError({ what: "unknown policy", got: name, expected: `one of ${this.names.join(", ")}`, where: "parameter policy" });
    return index;
  }

  /** True when traffic of a policy may cross a virtual link. */
  allowsLink(policy: number, from: number, to: number): boolean {
    const forbidden = this.links[policy];
    return forbidden === null || forbidden[from * this.nodes + to] === 0;
  }

  /** True when traffic of a policy may use a node as an intermediate. */
  allowsRelay(policy: number, node: number): boolean {
    const forbidden = this.relays[policy];
    return forbidden === null || forbidden[node] === 0;
  }

  private check(node: unknown, where: string): number {
    return checkNumber(where, node, { min: 0, max: this.nodes - 1, integer: true });
  }

  private forbiddenLinks(policy: RonPolicy, where: string): Uint8Array {
    const { nodes } = this;
    const forbidden = new Uint8Array(nodes * nodes);
    checkList(`${where}.forbiddenLinks`, policy.forbiddenLinks ?? [], "links").forEach((link, index) => {
      const { from, to } = checkRecord(`${where}.forbiddenLinks[${index}]`, link);
      forbidden[this.check(from, `${where}.forbiddenLinks[${index}].from`) * nodes + this.check(to, `${where}.forbiddenLinks[${index}].to`)] = 1;
    });
    if (policy.exclusiveClique === undefined) return forbidden;
    const isInside = new Uint8Array(nodes);
    checkList(`${where}.exclusiveClique`, policy.exclusiveClique, "nodes").forEach((node, index) => (isInside[this.check(node, `${where}.exclusiveClique[${index}]`)] = 1));
    for (let from = 0; from < nodes; from++) for (let to = 0; to < nodes; to++) if (isInside[from] === 0 || isInside[to] === 0) forbidden[from * nodes + to] = 1;
    return forbidden;
  }

  private forbiddenRelays(policy: RonPolicy, where: string): Uint8Array {
    const forbidden = new Uint8Array(this.nodes);
    checkList(`${where}.forbiddenRelays`, policy.forbiddenRelays ?? [], "nodes").forEach((node, index) => (forbidden[this.check(node, `${where}.forbiddenRelays[${index}]`)] = 1));
    return forbidden;
  }
}
