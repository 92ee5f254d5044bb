/**
 * The decisions of Narada as pure functions, under the names of the pseudocode in Peterson and Davie 9.4.1 and Chu et al. 2000: what a link would gain, what it
 * is used for, when that is enough, and how likely a member is to act on a partition. Tests: test/paper/end-system-multicast.test.ts
 */
import { ParameterError, checkNumber } from "../../errors";
import { UNREACHABLE } from "./route-vector";
import type { NaradaParameters } from "./parameters";

/**
 * `EvaluateUtility(j)`: the sum, over the members that the new link would bring nearer, of the share by which it does.
 *
 * @param self the member that asks
 * @param isMember 1 for each member of the group, 0 for others
 * @param current latency from `self` to each member along the mesh as it is, microseconds; {@link UNREACHABLE} counts as a gain of 1 if the link makes a way
 * @param linkUs latency of the new link, from self to j
 * @param fromPeer latency from j to each member along the mesh
 * @returns 0 .. number of members - 1
 * @throws ParameterError when the link's latency is negative or no number, or the lists differ in length
 */
export function evaluateUtility(self: number, isMember: ArrayLike<number>, current: ArrayLike<number>, linkUs: number, fromPeer: ArrayLike<number>): number {
  checkNumber("linkUs", linkUs, { min: 0, unit: "µs" });
  if (current?.length !== isMember?.length || fromPeer?.length !== isMember?.length) throw new ParameterError({ what: "lists of different lengths", got: [isMember?.length, current?.length, fromPeer?.length], expected: "an entry for each host in each", where: "EvaluateUtility" });
  let utility = 0;
  for (let member = 0; member < isMember.length; member++) {
    if (member === self || isMember[member] === 0 || fromPeer[member] === UNREACHABLE) continue;
    const currentUs = current[member];
    const newUs = linkUs + fromPeer[member];
    if (newUs < currentUs) utility += currentUs === UNREACHABLE ? 1 : (currentUs - newUs) / currentUs;
  }
  return utility;
}

/**
 * `EvaluateCost(j)`: the use of a link as both ends see it. The larger number decides, so that a link that means all the world to one end is kept.
 *
 * @param viaPeer number of members for which i uses j as next hop
 * @param viaSelf number of members for which j uses i as next hop
 * @throws ParameterError for a number that is none, or negative
 */
export function evaluateCost(viaPeer: number, viaSelf: number): number {
  return Math.max(checkNumber("viaPeer", viaPeer, { min: 0 }), checkNumber("viaSelf", viaSelf, { min: 0 }));
}

/**
 * What the utility of a new link must exceed. The paper says that it depends on the size of the group and on the neighbours of both ends, not how: here
 * it falls to 0 for ends with few neighbours, rises in proportion to the fuller end, and no utility is enough at an end with `fanOut`.
 */
export function addThreshold(parameters: NaradaParameters, groupSize: number, ownDegree: number, peerDegree: number): number {
  const { fanOut, minNeighbours, addShare } = parameters;
  const fuller = Math.max(ownDegree, peerDegree);
  if (fuller >= fanOut) return Infinity;
  return Math.min(ownDegree, peerDegree) < minNeighbours ? 0 : (addShare * groupSize * fuller) / fanOut;
}

/**
 * What the cost of a link must not be below. 0, so never dropped, when an end would fall below `minNeighbours`; half the group when an end
 * has more than `fanOut`, as after repairs, so that the least used link goes.
 */
export function dropThreshold(parameters: NaradaParameters, groupSize: number, ownDegree: number, peerDegree: number): number {
  const { fanOut, minNeighbours, dropShare } = parameters;
  if (Math.min(ownDegree, peerDegree) <= minNeighbours) return 0;
  return Math.max(ownDegree, peerDegree) > fanOut ? groupSize / 2 : dropShare * groupSize;
}

/** What a member does about its queue of stale members at one look (Chu et al. 2000: the scheduled repair). */
export interface RepairPlan {
  /** Members to probe now. */
  readonly probe: readonly number[];
}

/**
 * Members without news for `deadSeconds` are probed for certain. Of the others the oldest is probed with probability (length of the queue) / (size of the group): the more members
 * are gone the likelier is a partition, and the fewer of those who notice it need to act.
 *
 * @param queue stale members, oldest news first, with the seconds since
 * @param draw a uniform draw from [0, 1)
 */
export function scheduledRepair(queue: readonly { readonly member: number; readonly silentSeconds: number }[], groupSize: number, deadSeconds: number, draw: number): RepairPlan {
  const certain = queue.filter(({ silentSeconds }) => silentSeconds >= deadSeconds);
  const rest = queue.slice(certain.length);
  const probe = certain.map(({ member }) => member);
  if (rest.length > 0 && draw < rest.length / groupSize) probe.push(rest[0].member);
  return { probe };
}
