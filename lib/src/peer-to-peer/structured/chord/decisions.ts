/**
 * Decisions of a Chord node, which read its state and change nothing: `closestPrecedingNode` and what follows from it for the next step of a lookup.
 * Sources: SIGCOMM 2001, figure 4; Transactions on Networking 2003, figure 5, section IV-E (routing around failures) and VI-F (alternates by network distance).
 * Tests: test/peer-to-peer/structured/chord-decisions.test.ts.
 */
import type { ChordState } from "./state";
import type { RoutingState } from "./parameters";

/** What a node needs to know to decide. */
export interface Routing {
  readonly state: ChordState;
  readonly routing: RoutingState;
  /** Network distance between two nodes as the first has measured it; needed with alternates only. */
  readonly proximityUs?: (from: number, to: number) => number;
}

/** Whether the owner of a target is in this node's list: between the node and its successor, or the last entry of its list (SIGCOMM 2001 and TON 2003). */
export function knowsOwner({ state, routing }: Routing, node: number, target: number): boolean {
  const first = node * state.r;
  const count = state.successorCounts[node];
  if (count === 0) return false;
  const { leads, leadSize } = state.table;
  const last = state.successors[routing === "fingers" ? first : first + count - 1];
  let reach = leads[target] - leads[node];
  let span = leads[last] - leads[node];
  if (reach < 0) reach += leadSize;
  if (span < 0) span += leadSize;
  // The leading bits decide, unless two of the three are the same in them.
  return reach !== 0 && span !== 0 && reach !== span ? reach < span : state.table.isInHalfOpen(target, node, last);
}

/** The first entry of the successor list at or after the target, when {@link knowsOwner}. */
export function ownerInList({ state, routing }: Routing, node: number, target: number): number {
  const first = node * state.r;
  const count = routing === "fingers" ? 1 : state.successorCounts[node];
  for (let i = 0; i < count - 1; i++) if (!state.table.isBetween(state.successors[first + i], node, target)) return state.successors[first + i];
  return state.successors[first + count - 1];
}

/**
 * `n.closest_preceding_finger(id)`: the farthest node known that precedes the target; with alternates, of the farthest finger and its alternates that do, the nearest in the
 * network. Falls back on the successor; the node itself when it knows nobody before the target.
 */
export function closestPrecedingNode(view: Routing, node: number, target: number): number {
  const { state, routing } = view;
  const entry = farthestFinger(state, node, target);
  let best = entry < 0 ? -1 : state.fingers[entry];
  if (entry >= 0 && state.alternateCount > 0) best = nearestAlternate(view, node, target, entry);
  if (routing === "fingers") {
    // The successor is finger 1; it stands in for low fingers that are not kept. Nobody asks when the target is its own.
    if (best < 0 && state.successorCounts[node] > 0 && state.table.isBetween(state.successor(node), node, target)) best = state.successor(node);
  } else {
    const fromList = farthestInList(state, node, target);
    if (fromList >= 0 && (entry < 0 || state.table.isBetween(state.fingers[entry], node, fromList))) best = fromList;
  }
  return best < 0 ? node : best;
}

/** Position in the finger table of the farthest finger strictly between node and target, or -1. Fingers whose start lies beyond the target are not looked at. */
function farthestFinger(state: ChordState, node: number, target: number): number {
  const { table, fingers, fingerCount, firstFinger } = state;
  const { leads, leadSize } = table;
  const first = node * fingerCount;
  const base = leads[node];
  let reach = leads[target] - base;
  if (reach < 0) reach += leadSize;
  let entry = first + Math.min(fingerCount, table.distanceBits(node, target) - firstFinger + 1) - 1;
  for (let last = -1; entry >= first; entry--) {
    const finger = fingers[entry];
    if (finger === last || finger < 0) continue;
    last = finger;
    // The leading bits decide, unless two of the three are the same in them.
    let distance = leads[finger] - base;
    if (distance < 0) distance += leadSize;
    if (distance !== 0 && distance !== reach && reach !== 0 ? distance < reach : table.isBetween(finger, node, target)) return entry;
  }
  return -1;
}

function farthestInList(state: ChordState, node: number, target: number): number {
  const first = node * state.r;
  for (let i = first + state.successorCounts[node] - 1; i >= first; i--) if (state.table.isBetween(state.successors[i], node, target)) return state.successors[i];
  return -1;
}

/** Of a finger and its alternates that precede the target, the nearest in the network; the finger on a tie, then the first alternate. */
function nearestAlternate({ state, proximityUs }: Routing, node: number, target: number, entry: number): number {
  let best = state.fingers[entry];
  if (proximityUs === undefined) return best;
  let bestUs = proximityUs(node, best);
  const first = entry * state.alternateCount;
  for (let i = first; i < first + state.alternateCount; i++) {
    const alternate = state.alternates[i];
    if (alternate < 0 || !state.table.isBetween(alternate, node, target)) continue;
    const us = proximityUs(node, alternate);
    if (us < bestUs) [best, bestUs] = [alternate, us];
  }
  return best;
}

/** Who may be asked next, best first. */
export interface NextHops {
  /** Nodes of which the first that is up owns the target; empty while the owner is not known. */
  readonly owners: readonly number[];
  /** Nodes that precede the target; where owners are known, only for the case that none of those answers. */
  readonly nodes: readonly number[];
}

/**
 * All that a node can offer for the next step: when it knows the owner, its list from there on; and the nodes that precede the target, the farthest first (with alternates
 * the choice of {@link closestPrecedingNode} before all). Nothing at all means that it knows nobody.
 */
export function nextHops(view: Routing, node: number, target: number): NextHops {
  const { state, routing } = view;
  const { table } = state;
  if (knowsOwner(view, node, target)) {
    const list = state.successorList(node);
    const first = routing === "fingers" ? 0 : list.indexOf(ownerInList(view, node, target));
    return { owners: list.slice(first), nodes: list.slice(0, first).reverse() };
  }
  const nodes: number[] = [];
  const add = (candidate: number): void => {
    if (candidate < 0 || !table.isBetween(candidate, node, target) || nodes.includes(candidate)) return;
    let at = nodes.length;
    while (at > 0 && table.isBetween(nodes[at - 1], node, candidate)) at -= 1;
    nodes.splice(at, 0, candidate);
  };
  const first = node * state.fingerCount;
  for (let entry = first; entry < first + state.fingerCount; entry++) if (entry === first || state.fingers[entry] !== state.fingers[entry - 1]) add(state.fingers[entry]);
  const list = state.successorList(node);
  if (routing === "fingers and successors") list.forEach(add);
  // There the list only stands in for the successor.
  else for (const each of list) if (table.isBetween(each, node, target) && !nodes.includes(each)) nodes.push(each);
  if (state.alternateCount > 0 && nodes.length > 0) {
    const preferred = closestPrecedingNode(view, node, target);
    const rest = nodes.filter((each) => each !== preferred);
    nodes.splice(0, nodes.length, preferred, ...rest);
  }
  return { owners: [], nodes };
}
