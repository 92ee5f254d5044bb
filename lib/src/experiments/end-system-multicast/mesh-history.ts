/** The mesh of a group over time: how good its routes are, and how many links come and go. */
import type { Table } from "../../analysis/table";
import { ParameterError, checkNumber } from "../../errors";
import type { LatencyModel } from "../../network";
import { UNREACHABLE_US } from "../../routing-overlays/end-system-multicast";
import { SECOND_US } from "../../units";
import type { Group } from "./group-world";
import { meshLinks } from "./mesh-state";

/**
 * Mean relative delay penalty of the routes in force, and the share of pairs that have one.
 * @throws ParameterError when the direct way between two members takes no time, so that there is no penalty
 */
export function routePenalty(group: Group, latency: LatencyModel): { readonly meanPenalty: number | null; readonly routedShare: number } {
  const members = group.members();
  let sum = 0;
  let routed = 0;
  for (const from of members) {
    const costs = group.simulation.processOf(from)?.routing.vector.costs;
    for (const to of members) {
      if (to === from || costs === undefined || costs[to] === UNREACHABLE_US) continue;
      const directUs = latency.latencyUs(from, to);
      if (directUs === 0) throw new ParameterError({ what: "no penalty without a direct delay", got: `hosts ${from} and ${to} at delay 0`, expected: "a delay > 0, such as that of access links", where: "parameter latency" });
      routed += 1;
      sum += costs[to] / directUs;
    }
  }
  const pairs = members.length * (members.length - 1);
  return { meanPenalty: routed === 0 ? null : sum / routed, routedShare: pairs === 0 ? 1 : routed / pairs };
}

/**
 * Runs a group and looks at its mesh at equal times.
 *
 * @param name of the table
 * @param options `everySeconds` between looks, 1..3600, and when to end, seconds
 */
export function meshHistory(group: Group, latency: LatencyModel, name: string, options: { readonly everySeconds: number; readonly untilSeconds: number }): Table {
  const everySeconds = checkNumber("everySeconds", options.everySeconds, { min: 1, max: 3600, unit: "seconds" });
  const untilSeconds = checkNumber("untilSeconds", options.untilSeconds, { min: everySeconds, max: 86400, unit: "seconds" });
  const rows: Record<string, number | null>[] = [];
  let seen = 0;
  for (let seconds = everySeconds; seconds <= untilSeconds; seconds += everySeconds) {
    group.simulation.run({ untilUs: Math.round(seconds * SECOND_US) });
    const fresh = group.linkEvents.slice(seen);
    seen = group.linkEvents.length;
    // Each end reports a link once.
    const halves = (isUp: boolean, reason: string) => fresh.filter((event) => event.isUp === isUp && event.reason === reason).length / 2;
    const { meanPenalty, routedShare } = routePenalty(group, latency);
    rows.push({ minutes: seconds / 60, penalty: meanPenalty, routed: 100 * routedShare, links: meshLinks(group).length, added: halves(true, "improve"), dropped: halves(false, "drop"), joined: halves(true, "join") });
  }
  const count = (column: string, title: string, definition: string) => ({ name: column, title, type: "number" as const, digits: 4, definition });
  return {
    name,
    columns: [
      { name: "minutes", title: "Time", type: "number", unit: "min", digits: 4 },
      { name: "penalty", title: "Mean delay penalty", type: "number", digits: 4, definition: "Latency of the route in force divided by that of the direct way, mean over the pairs of members that have a route." },
      { name: "routed", title: "Pairs with a route", type: "number", unit: "%", digits: 4 },
      count("links", "Links", "Links of the mesh that both ends have."),
      count("added", "Added for utility", "Links since the row before."),
      count("dropped", "Dropped for cost", "Links since the row before."),
      count("joined", "Made by joins", "Links since the row before."),
    ],
    rows,
  };
}
