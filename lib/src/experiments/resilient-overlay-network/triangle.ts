/** The book's figure 5 as a RON of three nodes: A to B takes 125 ms, but over C only 70 + 10 ms. */
import { MatrixLatency, NetworkTransport } from "../../network";
import { parseLatencyMatrix } from "../../codecs";
import type { RonObserver, RonParameters } from "../../routing-overlays";
import type { TraceSink } from "../../simulation";
import { simulateRon, type RonWorld } from "./world";

/** Names of the three sites, by number. */
export const TRIANGLE_NAMES = Object.freeze(["A", "B", "C"] as const);

/** One-way latencies of figure 5, ms. */
export const TRIANGLE_MS = Object.freeze([Object.freeze([0, 125, 70]), Object.freeze([125, 0, 10]), Object.freeze([70, 10, 0])]);

/**
 * The RON of the book's figure.
 *
 * @param latenciesMs one-way latencies between the three sites, as a square
 * @throws ParameterError or ParseError for a table that is not square or holds no latencies
 */
export function triangleWorld(seed: number, options: { readonly latenciesMs?: readonly (readonly number[])[]; readonly parameters?: Partial<RonParameters>; readonly observer?: RonObserver; readonly trace?: TraceSink } = {}): RonWorld {
  const { latenciesMs = TRIANGLE_MS, ...rest } = options;
  const text = latenciesMs.map((row) => row.join(",")).join("\n");
  const latency = new MatrixLatency(parseLatencyMatrix(text, { kind: "one-way", unit: "ms" }), "refuse");
  return simulateRon({ nodes: latency.hosts, seed, transport: new NetworkTransport({ latency }), ...rest });
}
