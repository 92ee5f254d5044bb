/**
 * The load of a superpeer network in steady state, in expectation: every question is followed link by link over a given graph of clusters, every answer back along the way it came, and
 * each message is charged to its sender and receiver. Nothing is drawn but who owns how many files and which clusters ask.
 * Section: Peterson & Davie 9.4.2. Paper: Yang, Garcia-Molina, "Designing a super-peer network", ICDE 2003, section 4 (the model), with {@link LOAD_COSTS} from memory.
 * Deviations: means of the classes of users stand for their measured distributions. Not modelled: clients that must rejoin when a superpeer leaves. The protocol is {@link SuperpeerNode}.
 * Checked by test/peer-to-peer/superpeers/load-model.test.ts and test/paper/superpeers.test.ts.
 */
import { checkNumber } from "../../errors";
import type { RandomStream } from "../../simulation";
import { BITS_PER_BYTE } from "../../units";
import { LOAD_COSTS, MatchModel, USER_CLASSES, checkCosts, checkUserClasses, type LoadCosts, type UserClass } from "./load-costs";
import type { SuperpeerGraph } from "./superpeer-graph";

/** What is to be evaluated; the paper's table 1 and what it takes from measurements. */
export interface LoadParameters {
  /** Users of a cluster, its superpeers included, 1..100000 (default 10). */
  readonly clusterSize: number;
  /** k: superpeers of a cluster, 1..clusterSize (default 1). */
  readonly redundancy: number;
  /** Links that a question may cross, 0..255 (default 7). */
  readonly ttl: number;
  /** Questions of a user per second, >= 0 (default 9.26e-3). */
  readonly queryRate: number;
  /** Joins of a user per second, >= 0 (default 9.26e-4: one session for ten questions; from memory). */
  readonly joinRate: number;
  /** Updates of a user per second, >= 0 (default 1.85e-3). */
  readonly updateRate: number;
  /** Probability that a file answers a question, 0..0.5 (default 5.36e-4: 0.09 results a user with 168 files, derived from the paper's redesign example). */
  readonly meanMatch: number;
  /** r of {@link MatchModel}, >= 1 (default 1; an assumption). */
  readonly matchRatio: number;
  readonly userClasses: readonly UserClass[];
  readonly costs: LoadCosts;
  /** Clusters whose questions are followed, drawn at random; all if there are not so many, 1.. (default 1000). */
  readonly sources: number;
}

/** The paper's defaults, as far as remembered. */
export const LOAD_DEFAULTS: LoadParameters = Object.freeze({
  clusterSize: 10, redundancy: 1, ttl: 7, queryRate: 9.26e-3, joinRate: 9.26e-4, updateRate: 1.85e-3, meanMatch: 5.36e-4, matchRatio: 1, userClasses: USER_CLASSES, costs: LOAD_COSTS, sources: 1000,
});

/** Load of one node, or of many together. */
export interface Load {
  readonly inBps: number;
  readonly outBps: number;
  readonly processingHz: number;
}

/** What {@link evaluateLoad} gives. */
export interface LoadReport {
  /** All nodes together. */
  readonly aggregate: Load;
  /** Mean over the superpeers. */
  readonly superpeer: Load;
  /** Mean over the clients; zeros when there are none. */
  readonly client: Load;
  /** Users whose files a question reaches, mean. */
  readonly reachUsers: number;
  /** Results of a question, mean. */
  readonly results: number;
  /** Links from the asking cluster to an answering one, mean over the answers. */
  readonly pathLength: number;
  /** Messages of a question between clusters. */
  readonly queryMessages: number;
}

/**
 * Evaluates the model over a graph.
 *
 * @param graph clusters and their links
 * @param random draws the users' files and, if there are more clusters than `sources`, who asks
 * @throws ParameterError when a parameter is out of range
 */
export function evaluateLoad(graph: SuperpeerGraph, parameters: Partial<LoadParameters>, random: RandomStream): LoadReport {
  return new LoadEvaluation(graph, checkLoad(parameters), random).run();
}

/** Checks and completes parameters. @throws ParameterError naming the first that is out of range */
export function checkLoad(parameters: Partial<LoadParameters> = {}): LoadParameters {
  const full = { ...LOAD_DEFAULTS, ...parameters };
  checkNumber("clusterSize", full.clusterSize, { min: 1, max: 100_000, integer: true });
  checkNumber("redundancy", full.redundancy, { min: 1, max: full.clusterSize, integer: true });
  checkNumber("ttl", full.ttl, { min: 0, max: 255, integer: true });
  for (const rate of ["queryRate", "joinRate", "updateRate"] as const) checkNumber(rate, full[rate], { min: 0, unit: "per second" });
  checkNumber("sources", full.sources, { min: 1, integer: true });
  checkUserClasses(full.userClasses);
  checkCosts(full.costs);
  return full;
}

/** Sums of bytes and units; `messages` times open connections is the cost of multiplexing. */
interface Meter {
  inBytes: number;
  outBytes: number;
  units: number;
}

const freshMeter = (): Meter => ({ inBytes: 0, outBytes: 0, units: 0 });

class LoadEvaluation {
  private readonly match: MatchModel;
  /** Per cluster: probability of an answer, results, and users with a result. */
  private readonly answers: Float64Array;
  private readonly results: Float64Array;
  private readonly addresses: Float64Array;
  private readonly meanFiles: number;
  private readonly superpeers = freshMeter();
  private readonly clients = freshMeter();
  private readonly depth: Int32Array;
  private readonly queue: Int32Array;
  private readonly parent: Int32Array;
  private readonly flow: Float64Array;
  private reach = 0;
  private resultSum = 0;
  private answerSum = 0;
  private hopSum = 0;
  private messages = 0;

  constructor(private readonly graph: SuperpeerGraph, private readonly parameters: LoadParameters, private readonly random: RandomStream) {
    const { clusterSize, meanMatch, matchRatio, userClasses } = parameters;
    const { count } = graph;
    this.match = new MatchModel(meanMatch, matchRatio);
    this.meanFiles = userClasses.reduce((sum, { share, files }) => sum + share * files, 0);
    [this.answers, this.results, this.addresses, this.flow] = Array.from({ length: 4 }, () => new Float64Array(count));
    [this.depth, this.queue, this.parent] = Array.from({ length: 3 }, () => new Int32Array(count));
    for (let cluster = 0; cluster < count; cluster++) {
      let files = 0;
      for (let user = 0; user < clusterSize; user++) {
        const own = this.drawFiles();
        files += own;
        this.addresses[cluster] += this.match.answers(own);
      }
      this.answers[cluster] = this.match.answers(files);
      this.results[cluster] = this.match.results(files);
    }
  }

  run(): LoadReport {
    const { graph, parameters } = this;
    const { clusterSize, redundancy, sources, costs } = parameters;
    const asking = Math.min(sources, graph.count);
    const chosen = asking === graph.count ? Array.from({ length: asking }, (_, node) => node) : this.random.sample(graph.count, asking);
    // Each followed question stands for those of count / asking clusters.
    const rate = (parameters.queryRate * clusterSize * graph.count) / asking;
    for (const source of chosen) this.follow(source, rate);
    this.membership();
    const superpeerCount = graph.count * redundancy;
    const clientCount = graph.count * (clusterSize - redundancy);
    const load = ({ inBytes, outBytes, units }: Meter, nodes: number): Load => ({ inBps: (inBytes * BITS_PER_BYTE) / nodes, outBps: (outBytes * BITS_PER_BYTE) / nodes, processingHz: (units * costs.cyclesPerUnit) / nodes });
    const all = { inBytes: this.superpeers.inBytes + this.clients.inBytes, outBytes: this.superpeers.outBytes + this.clients.outBytes, units: this.superpeers.units + this.clients.units };
    return {
      aggregate: load(all, 1), superpeer: load(this.superpeers, superpeerCount), client: load(this.clients, Math.max(1, clientCount)),
      reachUsers: this.reach / asking, results: this.resultSum / asking, pathLength: this.answerSum === 0 ? 0 : this.hopSum / this.answerSum, queryMessages: this.messages / asking,
    };
  }

  private drawFiles(): number {
    let left = this.random.uniform();
    for (const { share, files } of this.parameters.userClasses) {
      left -= share;
      if (left < 0) return files;
    }
    return this.parameters.userClasses[this.parameters.userClasses.length - 1].files;
  }

  /** Connections of a superpeer of a cluster: its clients, the superpeers of the neighbours, its partners. */
  private connections(cluster: number): number {
    const { clusterSize, redundancy } = this.parameters;
    return clusterSize - redundancy + redundancy * (this.graph.first[cluster + 1] - this.graph.first[cluster]) + redundancy - 1;
  }

  /** One question of a cluster, breadth first, and the answers back. */
  private follow(source: number, rate: number): void {
    const { graph, parameters, depth, queue, parent, flow } = this;
    const { ttl, clusterSize, redundancy, costs } = parameters;
    depth.fill(-1);
    depth[source] = 0;
    parent[source] = -1;
    queue[0] = source;
    let end = 1;
    const queryBytes = costs.queryBytes + costs.queryTextBytes;
    const sendUnits = costs.sendQuery[0] + costs.sendQuery[1] * costs.queryTextBytes;
    const receiveUnits = costs.receiveQuery[0] + costs.receiveQuery[1] * costs.queryTextBytes;
    for (let begin = 0; begin < end; begin++) {
      const cluster = queue[begin];
      if (depth[cluster] >= ttl) continue;
      for (let at = graph.first[cluster]; at < graph.first[cluster + 1]; at++) {
        const next = graph.neighbours[at];
        if (next === parent[cluster]) continue;
        this.messages += 1;
        this.charge(this.superpeers, -queryBytes, rate, sendUnits + costs.multiplex * this.connections(cluster));
        this.charge(this.superpeers, queryBytes, rate, receiveUnits + costs.multiplex * this.connections(next));
        if (depth[next] !== -1) continue;
        depth[next] = depth[cluster] + 1;
        parent[next] = cluster;
        queue[end++] = next;
      }
    }
    this.reach += end * clusterSize;
    for (let at = 0; at < end; at++) {
      const cluster = queue[at];
      flow[cluster] = this.answers[cluster];
      this.superpeers.units += rate * (costs.processQuery[0] + costs.processQuery[1] * this.results[cluster]);
      this.resultSum += this.results[cluster];
      this.hopSum += depth[cluster] * this.answers[cluster];
      this.answerSum += this.answers[cluster];
    }
    this.returnAnswers(end, rate);
    // The question comes from a client unless one of the cluster's superpeers asks.
    const asking = (rate * (clusterSize - redundancy)) / clusterSize;
    this.charge(this.clients, -queryBytes, asking, sendUnits + costs.multiplex * redundancy);
    this.charge(this.superpeers, queryBytes, asking, receiveUnits + costs.multiplex * this.connections(source));
  }

  /** Each answering cluster sends one response, which every cluster on the way receives and sends on; `flow` gathers how many pass. */
  private returnAnswers(end: number, rate: number): void {
    const { queue, parent, flow, depth } = this;
    let addresses = 0;
    let results = 0;
    for (let at = end - 1; at >= 0; at--) {
      const cluster = queue[at];
      const hops = depth[cluster];
      // Contents of its own answer, over all hops; the fixed part goes with the flow.
      addresses += this.addresses[cluster];
      results += this.results[cluster];
      this.respond(this.superpeers, this.superpeers, 0, hops * this.addresses[cluster], hops * this.results[cluster], rate, 0, 0);
      if (parent[cluster] === -1) continue;
      this.respond(this.superpeers, this.superpeers, flow[cluster], 0, 0, rate, this.connections(cluster), this.connections(parent[cluster]));
      flow[parent[cluster]] += flow[cluster];
    }
    const { clusterSize, redundancy } = this.parameters;
    const source = queue[0];
    this.respond(this.superpeers, this.clients, flow[source], addresses, results, (rate * (clusterSize - redundancy)) / clusterSize, this.connections(source), redundancy);
  }

  private respond(from: Meter, to: Meter, count: number, addresses: number, results: number, rate: number, fromConnections: number, toConnections: number): void {
    const { costs } = this.parameters;
    const bytes = count * costs.responseBytes + addresses * costs.addressBytes + results * costs.resultBytes;
    const units = (cost: readonly [number, number, number], connections: number) => count * (cost[0] + costs.multiplex * connections) + addresses * cost[1] + results * cost[2];
    this.charge(from, -bytes, rate, units(costs.sendResponse, fromConnections));
    this.charge(to, bytes, rate, units(costs.receiveResponse, toConnections));
  }

  /** Joins and updates: a client sends them to each superpeer of its cluster, a superpeer to its partners. */
  private membership(): void {
    const { graph, parameters } = this;
    const { clusterSize, redundancy, costs, joinRate, updateRate } = parameters;
    const files = this.meanFiles;
    const joinBytes = costs.joinBytes + costs.fileBytes * files;
    const per = (cost: readonly [number, number]) => cost[0] + cost[1] * files;
    for (let cluster = 0; cluster < graph.count; cluster++) {
      const multiplex = costs.multiplex * this.connections(cluster);
      for (const [sender, count, copies, own] of [[this.clients, clusterSize - redundancy, redundancy, costs.multiplex * redundancy], [this.superpeers, redundancy, redundancy - 1, multiplex]] as const) {
        const joins = count * copies * joinRate;
        const updates = count * copies * updateRate;
        this.charge(sender, -joinBytes, joins, per(costs.sendJoin) + own);
        this.charge(this.superpeers, joinBytes, joins, per(costs.receiveJoin) + per(costs.processJoin) + multiplex);
        this.charge(sender, -costs.updateBytes, updates, costs.update[0] + own);
        this.charge(this.superpeers, costs.updateBytes, updates, costs.update[1] + costs.update[2] + multiplex);
      }
      // Each superpeer indexes its own files too.
      this.superpeers.units += redundancy * (joinRate * per(costs.processJoin) + updateRate * costs.update[2]);
    }
  }

  /** Bytes > 0 are received, < 0 sent. */
  private charge(meter: Meter, bytes: number, rate: number, units: number): void {
    if (bytes > 0) meter.inBytes += bytes * rate;
    else meter.outBytes -= bytes * rate;
    meter.units += units * rate;
  }
}
