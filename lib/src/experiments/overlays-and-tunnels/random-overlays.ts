/** Random members and tunnels for overlays on overlays: each level a part of the one below, linked to few others without regard to where they are. */
import { ParameterError, checkNumber } from "../../errors";
import type { TunnelSpec } from "../../routing-overlays/tunnels";
import type { RandomStream } from "../../simulation";

/**
 * Members of each level, chosen among those of the level below. The sizes fall evenly from all nodes to the top level's.
 *
 * @param nodes of the network
 * @param depth number of levels, >= 1
 * @param top members of the highest level, 2..nodes
 * @returns members by rising number, for level 1 first
 */
export function membersByLevel(nodes: number, depth: number, top: number, random: RandomStream): number[][] {
  checkNumber("endpoints", top, { min: 2, max: nodes, integer: true, unit: "nodes" });
  const order = random.shuffle(Array.from({ length: nodes }, (_, node) => node));
  return Array.from({ length: depth }, (_, index) => order.slice(0, nodes - Math.floor(((nodes - top) * (index + 1)) / depth)).sort((a, b) => a - b));
}

/**
 * Tunnels: a random tree, so that all reach each other, then random ones until there are `perMember` / 2 for each member.
 *
 * @param perMember mean number of tunnels at a member, >= 0; the tree alone may have more
 * @throws ParameterError for fewer than two members
 */
export function tunnelsAmong(members: readonly number[], perMember: number, random: RandomStream): TunnelSpec[] {
  if (members.length < 2) throw new ParameterError({ what: "too few members for tunnels", got: members.length, expected: "at least 2" });
  const order = random.shuffle([...members]);
  const chosen = new Map<string, TunnelSpec>();
  const add = (x: number, y: number) => chosen.set(`${Math.min(x, y)} ${Math.max(x, y)}`, { a: Math.min(x, y), b: Math.max(x, y) });
  order.slice(1).forEach((member, index) => add(order[random.integer(index + 1)], member));
  const wanted = Math.min(Math.floor((perMember * members.length) / 2), (members.length * (members.length - 1)) / 2);
  while (chosen.size < wanted) {
    const [x, y] = [order[random.integer(order.length)], order[random.integer(order.length)]];
    if (x !== y) add(x, y);
  }
  return [...chosen.values()];
}

/** The 32-bit address of a node in a level: 172.16 + level, then the number of the node. */
export function addressOfMember(level: number, node: number): string {
  return `172.${16 + level}.${node >> 8}.${node & 255}`;
}
