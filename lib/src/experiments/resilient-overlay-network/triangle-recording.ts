/** The book's triangle, recorded for a step player, and the words for what happens in it. */
import { recordSteps, type Json, type StepData, type TraceRecord } from "../../simulation";
import { SECOND_US, formatNumber } from "../../units";
import { triangleWorld } from "./triangle";

/** When A sends its packet: after every node has probed all others and heard their tables. */
const SEND_US = 44 * SECOND_US;

/** Records the triangle from the start until a packet from A has reached B. */
export function recordTriangle(seed: number): StepData {
  const { simulation } = triangleWorld(seed);
  simulation.invokeAt(SEND_US, 0, (node, context) => void node.send(context, { destination: 1, metric: "latency" }));
  return recordSteps(simulation, { untilUs: SEND_US + SECOND_US / 5 });
}

/**
 * Sentences for a player: each node's first measurement of each other, the tables that A hears first, A's choice, and its packet. All else is passed over.
 *
 * @returns a function that is called with the records in their order
 */
export function triangleWords(): (record: TraceRecord, name: (node: number) => string) => string | null {
  const told = new Set<string>();
  const once = (key: string, text: string) => {
    if (told.has(key)) return null;
    told.add(key);
    return text;
  };
  return (record, name) => {
    if (record.kind === "deliver" && record.label === "numbers 2") return once(`${record.node} ${record.peer}`, `${name(record.node)} gets the reply to its probe of ${name(record.peer)}: now it knows the round trip.`);
    if (record.kind === "deliver" && record.label === "link-state" && record.node === 0) return once(`table ${record.peer} ${knows(record.message)}`, `${name(0)} hears ${name(record.peer)}'s table: ${entries(record.message, name)}.`);
    if (record.kind === "timer" && record.label === "routing" && record.node === 0) return `${name(0)} compares all paths by the tables it has heard, and sends out its own.`;
    if (record.kind === "invoke" || (record.kind === "deliver" && (record.label === "relay" || record.label === "data"))) {
      if (record.kind === "invoke") return `${name(0)} sends a packet for ${name(1)} on its fastest path.`;
      return record.node === 1 ? `The packet is at ${name(1)}: ${formatNumber((record.timeUs - SEND_US) / 1000)} ms after it set out.` : `${name(record.node)} passes the packet on to ${name(1)}.`;
    }
    return null;
  };
}

/** What the player shows of a node: round trips, and the path to each other node. */
export function triangleEntries(view: Json, name: (node: number) => string): Record<string, string> {
  const shown: Record<string, string> = {};
  const links = (view as { readonly links?: readonly { readonly peer: number; readonly roundTripUs: number; readonly latencyPath: readonly number[] }[] } | null)?.links ?? [];
  for (const { peer, roundTripUs, latencyPath } of links) {
    shown[`to ${name(peer)}`] = `${roundTripUs < 0 ? "?" : `${formatNumber(roundTripUs / 1000)} ms`}, ${latencyPath.length === 0 ? "direct" : `over ${latencyPath.map(name).join(", ")}`}`;
  }
  return shown;
}

function rowOf(message: unknown): readonly number[] {
  const row = (message as { readonly roundTripsUs?: Readonly<Record<string, number>> }).roundTripsUs ?? {};
  return Object.keys(row).map((key) => Number(row[key]));
}

/** How many links a table holds a round trip for. */
function knows(message: unknown): number {
  return rowOf(message).filter((us) => us >= 0).length;
}

function entries(message: unknown, name: (node: number) => string): string {
  const known = rowOf(message).flatMap((us, node) => (us >= 0 ? [`${formatNumber(us / 1000)} ms to ${name(node)}`] : []));
  return known.length === 0 ? "nothing measured yet" : known.join(", ");
}
