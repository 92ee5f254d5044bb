/**
 * The search for paths with more than one intermediate node, level by level: the best path with h intermediates to every node extends the best ones with h - 1
 * by a link. For latency and loss this finds the best path; for throughput, whose score of a path does not follow from the scores of its parts, it is a
 * good one. The paper found that one intermediate is nearly always enough.
 */
import type { PathTable } from "./path-table";
import { DIRECT, composeLoss, pathCost, type OverlayPath } from "./path-metrics";

interface Found {
  readonly path: OverlayPath;
  readonly cost: number;
  readonly roundTripUs: number;
  readonly loss: number;
}

const NOTHING: Found = { path: DIRECT, cost: Infinity, roundTripUs: 0, loss: 0 };

/**
 * The best path over 1 to `maxIntermediates` other members.
 *
 * @param policy, metric their numbers
 * @returns {@link DIRECT} and Infinity when there is none
 */
export function searchLongerPaths(table: PathTable, policy: number, metric: number, destination: number, nowUs: number): { readonly path: OverlayPath; readonly cost: number } {
  const { membership, monitor, parameters, policies, self } = table;
  const peers = membership.peers;
  let level = new Map<number, Found>();
  // Level 0: the direct way to every possible first intermediate.
  for (const peer of peers) {
    const roundTripUs = monitor.usableRoundTripUs(peer);
    if (roundTripUs < 0 || !policies.allowsLink(policy, self, peer)) continue;
    const loss = monitor.losses[peer];
    level.set(peer, { path: DIRECT, cost: pathCost(metric, roundTripUs, loss, parameters.leastLoss), roundTripUs, loss });
  }
  let best = NOTHING;
  for (let intermediates = 1; intermediates <= parameters.maxIntermediates; intermediates++) {
    const next = new Map<number, Found>();
    for (const to of peers) {
      let found = NOTHING;
      for (const [relay, before] of level) {
        const row = table.rowOf(relay, nowUs);
        if (row === null || relay === to || relay === destination || row.roundTripsUs[to] < 0 || before.path.includes(to)) continue;
        if (!policies.allowsRelay(policy, relay) || !policies.allowsLink(policy, relay, to)) continue;
        const roundTripUs = before.roundTripUs + row.roundTripsUs[to];
        const loss = composeLoss(before.loss, row.losses[to]);
        const cost = pathCost(metric, roundTripUs, loss, parameters.leastLoss);
        if (cost < found.cost || (cost === found.cost && roundTripUs < found.roundTripUs)) found = { path: [...before.path, relay], cost, roundTripUs, loss };
      }
      if (found !== NOTHING) next.set(to, found);
    }
    const here = next.get(destination);
    if (here !== undefined && here.cost < best.cost) best = here;
    level = next;
  }
  return best;
}
