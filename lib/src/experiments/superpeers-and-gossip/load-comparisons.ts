/** The comparisons of Yang & Garcia-Molina (ICDE 2003) that the load model is held against: redundancy, a shorter TTL, and the redesign of a Gnutella-like network. */
import { checkChoice, checkNumber } from "../../errors";
import { checkLoad, completeSuperpeers, evaluateLoad, powerLawSuperpeers, type LoadParameters, type LoadReport, type SuperpeerGraph } from "../../peer-to-peer/superpeers";
import { RandomStream } from "../../simulation";

/** What is compared; every field may be set. */
export interface LoadComparison {
  readonly seed: number;
  /** Users of the network, at least two clusters of them; rounded to whole clusters (default 10,000). */
  readonly users?: number;
  /** "complete" links every two clusters; "power-law" draws degrees (default). */
  readonly graph?: "complete" | "power-law";
  /** Mean degree of a power-law graph (default 3.1). */
  readonly outDegree?: number;
  /** Exponent of rank (default 0.35: with it a network of 20,000 users, out-degree 3.1 and TTL 7 reaches some 3000, as the redesign example states). */
  readonly rankExponent?: number;
  readonly load?: Partial<LoadParameters>;
}

/** Evaluates one network. @throws ParameterError when a parameter is out of range */
export function networkLoad(options: LoadComparison): LoadReport {
  const { seed, users = 10_000, graph = "power-law", outDegree = 3.1, rankExponent = 0.35, load = {} } = options;
  checkChoice("graph", graph, ["complete", "power-law"]);
  const { clusterSize } = checkLoad(load);
  const clusters = Math.round(checkNumber("users", users, { min: 2 * clusterSize, integer: true }) / clusterSize);
  const drawn: SuperpeerGraph = graph === "complete" ? completeSuperpeers(clusters) : powerLawSuperpeers(clusters, outDegree, rankExponent, new RandomStream({ seed, name: "graph" }));
  return evaluateLoad(drawn, load, new RandomStream({ seed, name: "users" }));
}

/** Differences that redundancy k = 2 makes, in per cent. */
export interface RedundancyEffect {
  readonly totalBandwidth: number;
  readonly superpeerBandwidth: number;
  readonly totalProcessing: number;
  readonly superpeerProcessing: number;
}

/** Two superpeers a cluster instead of one, all else equal. */
export function redundancyEffect(options: LoadComparison): RedundancyEffect {
  const [one, two] = [1, 2].map((redundancy) => networkLoad({ ...options, load: { ...options.load, redundancy } }));
  const bandwidth = (load: { readonly inBps: number; readonly outBps: number }) => load.inBps + load.outBps;
  return {
    totalBandwidth: percentMore(bandwidth(one.aggregate), bandwidth(two.aggregate)),
    superpeerBandwidth: percentMore(bandwidth(one.superpeer), bandwidth(two.superpeer)),
    totalProcessing: percentMore(one.aggregate.processingHz, two.aggregate.processingHz),
    superpeerProcessing: percentMore(one.superpeer.processingHz, two.superpeer.processingHz),
  };
}

function percentMore(before: number, after: number): number {
  return 100 * (after / before - 1);
}
