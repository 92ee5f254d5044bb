/**
 * Populations that keep partial views, settled and ready to broadcast: HyParView, Cyclon, and Cyclon with acknowledgements, as Leitao, Pereira and Rodrigues (DSN 2007, section 5) set
 * them beside each other: active 5 and passive 30 against one view of 35, fanout 4.
 */
import { ParameterError, checkNumber } from "../../errors";
import { Cyclon, CyclonBroadcast, HyParView, viewGraph, type HyParViewMessage, type ViewGraph, type ViewBroadcastMessage } from "../../peer-to-peer/gossip";
import { Simulation, constantDelay, type RandomStream } from "../../simulation";
import { SECOND_US } from "../../units";

/** The protocols that may be named. */
export const VIEW_PROTOCOLS = Object.freeze(["hyparview", "cyclon", "cyclon-acked"] as const);

/** One of {@link VIEW_PROTOCOLS}. */
export type ViewProtocol = (typeof VIEW_PROTOCOLS)[number];

/** How a population is made. */
export interface ViewWorldOptions {
  readonly protocol: ViewProtocol;
  /** Nodes, 3..100000. */
  readonly nodes: number;
  /** Shuffles of every node before anything is measured, 0..10000. */
  readonly cycles: number;
  readonly seed: number;
  readonly replication?: number;
  /** Receivers of each forwarding in Cyclon, and one less than HyParView's active view, 1..30 (default 4). */
  readonly fanout?: number;
  /** "joins" (default): one by one through node 0; "ring": Cyclon's views begin with the next 35 nodes on a ring. */
  readonly start?: "joins" | "ring";
}

/** A settled population. */
export interface ViewWorld {
  readonly nodes: number;
  readonly isUp: (node: number) => boolean;
  /** The views of the nodes that are up, as a graph. */
  readonly graph: () => ViewGraph;
  /** Lets the protocol run. */
  readonly runFor: (durationUs: number) => void;
  readonly crash: (node: number) => void;
  /** Lets every node test its open connections, and waits until what follows from it is done; no effect in Cyclon, which has none. */
  readonly testLinks: () => void;
  /** Broadcasts at a node and waits; how many nodes got it, after how many hops the last, and how many copies came in vain. */
  readonly broadcast: (node: number, waitUs: number) => { readonly reached: number; readonly lastHop: number; readonly redundant: number };
}

const DELAY_US = 1000;
const JOIN_GAP_US = 10_000;
/** Time for all replacements to be asked one after the other: 30 of them, if all but the last are dead. */
const TEST_US = 2 * SECOND_US;
/** A link without acknowledgement for so long has failed. */
const ACKNOWLEDGE_US = 50_000;

/** Builds a population and lets it settle. @throws ParameterError when an option is out of range */
export function settledViews(options: ViewWorldOptions): ViewWorld {
  const { protocol, nodes, cycles, fanout = 4, start = "joins" } = options;
  if (!VIEW_PROTOCOLS.includes(protocol)) throw new ParameterError({ what: "unknown protocol", got: protocol, expected: VIEW_PROTOCOLS.join(", "), where: "parameter protocol" });
  checkNumber("nodes", nodes, { min: 3, max: 100_000, integer: true });
  checkNumber("cycles", cycles, { min: 0, max: 10_000, integer: true });
  checkNumber("fanout", fanout, { min: 1, max: 30, integer: true });
  if (start === "ring") checkNumber("nodes", nodes, { min: 36 });
  return protocol === "hyparview" ? hyParViewWorld(options, fanout) : cyclonWorld(options, fanout, start);
}

/** What a world needs of its simulation, whatever its messages. */
type Clockwork = Pick<Simulation, "nowUs" | "run" | "crash" | "processOf">;

interface Tally {
  reached: number;
  lastHop: number;
}

const tally = (): Tally => ({ reached: 0, lastHop: 0 });

function hyParViewWorld({ nodes, cycles, seed, replication = 0 }: ViewWorldOptions, fanout: number): ViewWorld {
  const count = tally();
  const note = (_node: number, _id: number, hops: number) => {
    count.reached += 1;
    count.lastHop = Math.max(count.lastHop, hops);
  };
  // Only broadcasts test links: the paper measures before any other repair.
  const overlay = new HyParView(nodes, { activeSize: fanout + 1, probePeriodUs: 0, acknowledgeUs: ACKNOWLEDGE_US }, () => 0, note);
  const simulation = new Simulation<HyParViewMessage, HyParView>({ nodes, seed, replication, process: () => overlay, transport: constantDelay(DELAY_US), startUs: (node) => node * JOIN_GAP_US });
  const send = (node: number, id: number) => simulation.invokeAt(simulation.nowUs, node, (process, context) => process.broadcast(context, id));
  simulation.run({ untilUs: nodes * JOIN_GAP_US + cycles * overlay.parameters.periodUs });
  const testLinks = () => {
    for (let node = 0; node < nodes; node++) simulation.invokeAt(simulation.nowUs, node, (process, context) => process.testLinks(context));
    simulation.run({ untilUs: simulation.nowUs + TEST_US });
  };
  return world(simulation, nodes, (node) => overlay.activeOf(node), count, () => overlay.redundant, send, testLinks);
}

function cyclonWorld({ protocol, nodes, cycles, seed, replication = 0 }: ViewWorldOptions, fanout: number, start: "joins" | "ring"): ViewWorld {
  const count = tally();
  const note = (_node: number, _id: number, hops: number) => {
    count.reached += 1;
    count.lastHop = Math.max(count.lastHop, hops);
  };
  const cyclon = new Cyclon(nodes, { viewSize: 35, shuffleLength: 14 }, start === "ring" ? undefined : () => 0);
  if (start === "ring") for (let node = 0; node < nodes; node++) for (let step = 1; step <= 35; step++) cyclon.views.add(node, (node + step) % nodes, 0);
  const overlay = new CyclonBroadcast(cyclon, { fanout, acknowledged: protocol === "cyclon-acked", acknowledgeUs: ACKNOWLEDGE_US }, note);
  const startUs = start === "ring" ? undefined : (node: number) => node * JOIN_GAP_US;
  const simulation = new Simulation<ViewBroadcastMessage, CyclonBroadcast>({ nodes, seed, replication, process: () => overlay, transport: constantDelay(DELAY_US), startUs });
  const send = (node: number, id: number) => simulation.invokeAt(simulation.nowUs, node, (process, context) => process.broadcast(context, id));
  simulation.run({ untilUs: (start === "ring" ? 0 : nodes * JOIN_GAP_US) + cycles * cyclon.parameters.periodUs });
  return world(simulation, nodes, (node) => cyclon.views.entriesOf(node).map(([neighbour]) => neighbour), count, () => overlay.redundant, send, () => undefined);
}

function world(simulation: Clockwork, nodes: number, neighboursOf: (node: number) => readonly number[], count: Tally, redundant: () => number, send: (node: number, id: number) => void, testLinks: () => void): ViewWorld {
  let id = 0;
  const isUp = (node: number) => simulation.processOf(node) !== undefined;
  return {
    nodes, isUp, testLinks,
    graph: () => viewGraph(nodes, neighboursOf, isUp),
    runFor: (durationUs) => void simulation.run({ untilUs: simulation.nowUs + durationUs }),
    crash: (node) => simulation.crash(node),
    broadcast: (node, waitUs) => {
      count.reached = 0;
      count.lastHop = 0;
      const before = redundant();
      send(node, ++id);
      simulation.run({ untilUs: simulation.nowUs + waitUs });
      return { reached: count.reached, lastHop: count.lastHop, redundant: redundant() - before };
    },
  };
}

/**
 * Crashes a share of the nodes, all at once.
 * @param share 0..1; at least one node stays up
 * @returns the survivors, ascending
 */
export function crashShare(views: ViewWorld, share: number, random: RandomStream): number[] {
  checkNumber("share", share, { min: 0, max: 1 });
  const victims = random.sample(views.nodes, Math.min(views.nodes - 1, Math.round(share * views.nodes)));
  victims.forEach((node) => views.crash(node));
  return Array.from({ length: views.nodes }, (_, node) => node).filter((node) => views.isUp(node));
}

/**
 * The share of the survivors that each of some messages reaches, sent from random survivors one after the other.
 * @param gapUs pause between two messages, in which links that failed are noticed
 */
export function reliabilities(views: ViewWorld, survivors: readonly number[], messages: number, random: RandomStream, gapUs = SECOND_US / 5): number[] {
  return Array.from({ length: messages }, () => views.broadcast(random.pick(survivors), gapUs).reached / survivors.length);
}
