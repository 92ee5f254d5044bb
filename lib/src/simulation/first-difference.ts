/**
 * Where two runs part. Both simulations are stepped side by side and every trace record is compared as canonical text, so nothing is stored
 * and the first record that differs is found: an event, or an effect of one (a message to another node, a timer with another delay).
 * For runs in different processes or on different machines compare fingerprints after a number of events and halve that number.
 */
import { ParameterError, checkNumber } from "../errors";
import { checkFunction, checkMethods, checkRecord } from "./checks";
import type { Process } from "./contract";
import { canonicalText } from "./messages";
import type { Simulation } from "./simulation";
import { formatRecord, type TraceRecord, type TraceSink } from "./trace";

/** The first difference of two runs. */
export interface Difference {
  /** Number of the event in which they differ, from 1. */
  readonly event: number;
  /** What the first run did; null if it had ended. */
  readonly first: TraceRecord | null;
  /** What the second run did; null if it had ended. */
  readonly second: TraceRecord | null;
  /** The records just before, common to both, oldest first. */
  readonly before: readonly TraceRecord[];
  /** All of this as lines of text. */
  readonly text: string;
}

class Collector implements TraceSink {
  records: TraceRecord[] = [];
  record(record: TraceRecord): void {
    this.records.push(record);
  }
}

/**
 * Steps two fresh simulations until they differ.
 * @param first makes the first simulation; its trace sink is replaced
 * @param second makes the second one
 * @param options `maxEvents` to compare (default 10^6), `context` records to show before the difference (default 5)
 * @returns null when both end, or reach `maxEvents`, without a difference
 * @throws ParameterError for bad options, or when the two are one simulation
 */
export function firstDifference<M, P extends Process<M>>(
  first: () => Simulation<M, P>,
  second: () => Simulation<M, P>,
  options: { readonly maxEvents?: number; readonly context?: number } = {},
): Difference | null {
  const { maxEvents = 1e6, context = 5 } = checkRecord("options", options, ["maxEvents", "context"]);
  checkFunction("first", first);
  checkFunction("second", second);
  checkNumber("maxEvents", maxEvents, { min: 1, max: Number.MAX_SAFE_INTEGER, integer: true });
  checkNumber("context", context, { min: 0, max: 1e6, integer: true });
  const simulations = [first(), second()];
  simulations.forEach((simulation, index) => checkMethods(["first", "second"][index], simulation, ["step"]));
  if (simulations[0] === simulations[1]) throw new ParameterError({ what: "a simulation cannot be compared with itself", expected: "two fresh simulations" });
  const sinks = simulations.map((simulation) => {
    const sink = new Collector();
    simulation.trace = sink;
    return sink;
  });
  let before: TraceRecord[] = [];
  for (let count = 0; count < maxEvents; count++) {
    const moved = simulations.map((simulation) => simulation.step());
    const [a, b] = sinks.map((sink) => sink.records);
    for (let i = 0; i < Math.max(a.length, b.length); i++) {
      if (i < a.length && i < b.length && canonicalText(a[i]) === canonicalText(b[i])) {
        before = [...before, a[i]].slice(-context);
        continue;
      }
      return describe(a[i] ?? null, b[i] ?? null, before, Math.max(...simulations.map((simulation) => simulation.counts.events)));
    }
    if (moved[0] !== moved[1]) return describe(null, null, before, Math.max(...simulations.map((simulation) => simulation.counts.events)));
    if (!moved[0]) return null;
    for (const sink of sinks) sink.records = [];
  }
  return null;
}

function describe(first: TraceRecord | null, second: TraceRecord | null, before: readonly TraceRecord[], event: number): Difference {
  const line = (record: TraceRecord | null) => (record === null ? "(nothing)" : `${formatRecord(record)} ${canonicalText(record)}`);
  const text = [...before.map((record) => `  both   ${formatRecord(record)}`), `  first  ${line(first)}`, `  second ${line(second)}`].join("\n");
  return { event, first, second, before, text };
}
