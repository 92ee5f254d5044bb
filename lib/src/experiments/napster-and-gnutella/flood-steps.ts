/** A flood as pictures: what arrives at each moment, what is under way after it, hop by hop, out and back. */
import { ParameterError } from "../../errors";
import type { GnutellaMessage } from "../../peer-to-peer/gnutella";
import type { MessageRecord, TraceRecord } from "../../simulation";

/** One picture; fits `stepPlayer`. Tones are "asks", "reached", "holder", "repeat"; messages have the tones "query" and "hit". */
export interface FloodStep {
  readonly time: string;
  readonly text: string;
  readonly nodes: Readonly<Record<string, { readonly tone?: string; readonly view: Readonly<Record<string, string | number>> }>>;
  readonly messages: readonly { readonly from: string; readonly to: string; readonly label: string; readonly tone: string }[];
}

type QueryRecord = MessageRecord & { readonly message: Extract<GnutellaMessage, { readonly descriptor: unknown }> };

function isQueryRecord(record: TraceRecord): record is QueryRecord {
  return (record.kind === "send" || record.kind === "deliver") && (record.label === "query" || record.label === "query-hit");
}

/**
 * Cuts the trace of one search into pictures, one for each moment at which something arrives. With equal delays that is one for each hop.
 * @param records trace of a world in which one query was sent
 * @param names of the nodes
 * @throws ParameterError when the trace holds no query
 */
export function floodSteps(records: readonly TraceRecord[], names: readonly string[]): FloodStep[] {
  const all = records.filter(isQueryRecord);
  const first = all[0];
  if (first === undefined) throw new ParameterError({ what: "no query in the trace", got: records.length, expected: "a trace of a search" });
  const moments = [...new Set(all.map(({ timeUs }) => timeUs))];
  const reached = new Set([first.node]);
  return moments.map((timeUs, index) => {
    const now = all.filter((record) => record.timeUs === timeUs);
    const arrived = now.filter(({ kind }) => kind === "deliver");
    const sent = now.filter(({ kind }) => kind === "send");
    const nodes: Record<string, { tone?: string; view: Record<string, string | number> }> = {};
    if (index === 0) nodes[names[first.node]] = { tone: "asks", view: { role: "asks" } };
    for (const { node, peer, label, message } of arrived) {
      const { ttl, hops } = message.descriptor;
      const isNew = label === "query" && !reached.has(node);
      if (isNew) reached.add(node);
      const answers = sent.some((record) => record.node === node && record.label === "query-hit" && record.message.descriptor.hops === 0);
      const view: Record<string, string | number> = label === "query" ? { "query from": names[peer], TTL: ttl, hops } : { "answer from": names[peer], "TTL of the answer": ttl };
      nodes[names[node]] = { ...(label === "query" && node !== first.node ? { tone: answers ? "holder" : isNew ? "reached" : "repeat" } : {}), view };
    }
    const messages = sent.map(({ node, peer, label, message }) => ({ from: names[node], to: names[peer], label: `TTL ${message.descriptor.ttl}`, tone: label === "query" ? "query" : "hit" }));
    return { time: index === 0 ? "start" : `hop ${index}`, text: sentence(index, first, arrived, sent, names), nodes, messages };
  });
}

function sentence(index: number, first: QueryRecord, arrived: readonly QueryRecord[], sent: readonly QueryRecord[], names: readonly string[]): string {
  const list = (nodes: readonly number[]) => [...new Set(nodes.map((node) => names[node]))].join(", ");
  if (index === 0) return `${names[first.node]} sends a query with TTL ${first.message.descriptor.ttl} to ${list(sent.map(({ peer }) => peer))}.`;
  const parts: string[] = [];
  const queries = arrived.filter(({ label }) => label === "query");
  if (queries.length > 0) parts.push(`The query reaches ${list(queries.map(({ node }) => node))} with TTL ${queries[0].message.descriptor.ttl}`);
  const found = sent.filter(({ label, message }) => label === "query-hit" && message.descriptor.hops === 0);
  if (found.length > 0) parts.push(`${list(found.map(({ node }) => node))} has the file and answers`);
  const answers = arrived.filter(({ label }) => label === "query-hit");
  if (answers.length > 0) parts.push(`the answer is at ${list(answers.map(({ node }) => node))}`);
  return `${parts.join("; ").replace(/^./, (letter) => letter.toUpperCase())}.`;
}
