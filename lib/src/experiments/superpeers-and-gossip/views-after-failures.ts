/** What a broadcast still reaches when most nodes die at once: HyParView beside Cyclon with and without acknowledgements (Leitao et al., DSN 2007, figures 2 and 3). */
import type { Table } from "../../analysis/table";
import { RandomStream } from "../../simulation";
import { defineExperiment, type RunContext } from "../define";
import { VIEW_PROTOCOLS, crashShare, reliabilities, settledViews, type ViewProtocol } from "./view-worlds";

/** Messages that count as the first and as the last ones. */
const WINDOW = 10;

/** Reliability of broadcasts after sudden failures. */
export const viewsAfterFailures = defineExperiment({
  id: "views-after-failures",
  question: "When most nodes die at once, which share of the survivors does a broadcast still reach, and do the views mend?",
  section: "P&D 9.4.2",
  parameters: { nodes: 400, cycles: 10, messages: 60, fanout: 4 },
  factors: [
    { name: "protocol", title: "Protocol", type: "string", levels: [...VIEW_PROTOCOLS] },
    { name: "failed", title: "Nodes that die", type: "number", levels: [0.5, 0.8, 0.9, 0.95] },
  ],
  seed: 2007,
  replications: { quick: 2, full: 10 },
  metrics: [
    { name: "reliability", title: "Reliability", type: "number", digits: 4, definition: "Share of the survivors that a message reaches, mean over all messages." },
    { name: "first", title: "First messages", type: "number", digits: 4, definition: "The same over the first ten messages." },
    { name: "last", title: "Last messages", type: "number", digits: 4, definition: "The same over the last ten messages." },
  ],
  run: (arm, context) => {
    const values = measure(arm.protocol as ViewProtocol, arm.failed as number, context);
    return [{ reliability: mean(values), first: mean(values.slice(0, WINDOW)), last: mean(values.slice(-WINDOW)) }];
  },
});

function measure(protocol: ViewProtocol, failed: number, context: Pick<RunContext, "parameters" | "random" | "seed" | "replication">): number[] {
  const { nodes, cycles, messages, fanout } = context.parameters as Readonly<Record<string, number>>;
  const views = settledViews({ protocol, nodes, cycles, fanout, seed: context.seed, replication: context.replication });
  const survivors = crashShare(views, failed, context.random("crash"));
  views.testLinks();
  return reliabilities(views, survivors, messages, context.random("sender"));
}

/**
 * The reliability of each message after the failure, for a figure: columns protocol, message, reliability.
 * @param failed share of the nodes that die, 0..1
 */
export function reliabilityTable(options: { readonly seed: number; readonly nodes: number; readonly failed: number; readonly messages: number; readonly cycles?: number }): Table {
  const { seed, nodes, failed, messages, cycles = 10 } = options;
  const rows = VIEW_PROTOCOLS.flatMap((protocol) => {
    const random = (name: string, node = 0) => new RandomStream({ seed, name, node });
    const values = measure(protocol, failed, { parameters: { nodes, cycles, messages, fanout: 4 }, random, seed, replication: 0 });
    return values.map((reliability, index) => ({ protocol, message: index + 1, reliability }));
  });
  const columns = [
    { name: "protocol", title: "Protocol", type: "string" as const }, { name: "message", title: "Message after the failure", type: "integer" as const },
    { name: "reliability", title: "Share of survivors reached", type: "number" as const, digits: 4 },
  ];
  return { name: "views-after-failures-each", columns, rows };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
