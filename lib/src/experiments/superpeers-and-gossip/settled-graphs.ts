/** The graphs that Cyclon and HyParView settle to, measured as in table 1 of Leitao et al. (DSN 2007). */
import { clusteringCoefficient, pathLengths, undirected } from "../../peer-to-peer/gossip";
import { RandomStream } from "../../simulation";
import { settledViews, type ViewWorldOptions } from "./view-worlds";

/** What is measured of a settled population. */
export interface SettledGraph {
  readonly clustering: number;
  /** Mean shortest path from some nodes to all, hops. */
  readonly path: number;
  /** Hops of a broadcast to its last receiver. */
  readonly lastHop: number;
  /** Share of the nodes that it reached. */
  readonly reach: number;
  /** Copies of a broadcast that came in vain, per node but the sender. */
  readonly redundancy: number;
}

/** Nodes from which paths are measured. */
const SOURCES = 10;
/** Broadcasts that are averaged. */
const BROADCASTS = 4;

/** Settles a population and measures it. @throws ParameterError when an option is out of range */
export function settledGraph(options: ViewWorldOptions): SettledGraph {
  const views = settledViews(options);
  const graph = undirected(views.graph());
  const random = new RandomStream({ seed: options.seed, name: "measure", replication: options.replication ?? 0 });
  const { mean } = pathLengths(graph, SOURCES, random);
  const sums = { lastHop: 0, reach: 0, redundancy: 0 };
  for (let message = 0; message < BROADCASTS; message++) {
    const { reached, lastHop, redundant } = views.broadcast(random.integer(views.nodes), 50_000);
    sums.lastHop += lastHop / BROADCASTS;
    sums.reach += reached / views.nodes / BROADCASTS;
    sums.redundancy += redundant / (reached - 1) / BROADCASTS;
  }
  return { clustering: clusteringCoefficient(views.graph()), path: mean, ...sums };
}
