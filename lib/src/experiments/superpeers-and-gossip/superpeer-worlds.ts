/** Two-tier overlays, settled and ready to be asked: what a question costs, who answers when superpeers die, and a small story for the step player. */
import { SuperpeerNode, type SuperpeerMessage, type SuperpeerObserver, type SuperpeerParameters, type SuperpeerRole } from "../../peer-to-peer/superpeers";
import { Simulation, TraceBuffer, constantDelay, pow, type RandomStream } from "../../simulation";
import { SECOND_US } from "../../units";
import { defineExperiment, type RunContext } from "../define";

const DELAY_US = 20_000;
const JOIN_GAP_US = 100_000;
const SETTLE_US = 60 * SECOND_US;

/** How a population is made. */
export interface SuperpeerWorldOptions {
  readonly nodes: number;
  readonly seed: number;
  readonly replication?: number;
  readonly parameters?: Partial<SuperpeerParameters>;
  /** Files of node i besides file i itself. */
  readonly filesOf?: (node: number) => readonly number[];
  readonly capacityOf?: (node: number) => number;
  readonly trace?: TraceBuffer;
  readonly observer?: SuperpeerObserver;
}

/** A simulation of superpeers. */
export type SuperpeerWorld = Simulation<SuperpeerMessage, SuperpeerNode>;

/** Nodes join one by one, 0.1 s apart, through node 0; every node i offers file i. */
export function superpeerWorld({ nodes, seed, replication = 0, parameters = {}, filesOf = () => [], capacityOf = (node) => 1 + (node % 10), trace, observer }: SuperpeerWorldOptions): SuperpeerWorld {
  return new Simulation<SuperpeerMessage, SuperpeerNode>({
    nodes, seed, replication, trace, transport: constantDelay(DELAY_US), startUs: (node) => node * JOIN_GAP_US,
    process: (node) => new SuperpeerNode(parameters, { capacity: capacityOf(node), files: [node, ...filesOf(node)], contacts: node === 0 ? [] : [0] }, observer),
  });
}

/** Runs until all have joined and a minute more. */
export function settle(world: SuperpeerWorld): SuperpeerWorld {
  world.run({ untilUs: world.nodes * JOIN_GAP_US + SETTLE_US });
  return world;
}

/** The superpeers that are up, with their roles. */
export function superpeersUp(world: SuperpeerWorld): { readonly node: number; readonly role: SuperpeerRole }[] {
  return Array.from({ length: world.nodes }, (_, node) => ({ node, role: world.processOf(node)?.role })).filter((each): each is { node: number; role: SuperpeerRole } => each.role?.kind === "superpeer");
}

/** Links between clusters, each counted once; with one superpeer a cluster. */
export function clusterLinks(world: SuperpeerWorld): number {
  return superpeersUp(world).reduce((sum, { role }) => sum + role.neighbours.size, 0) / 2;
}

/** Counts the messages of questions and answers, apart from the overlay's upkeep. */
export class QuestionMeter implements SuperpeerObserver {
  messages = 0;
  bytes = 0;

  readonly sent = (_node: number, { kind }: SuperpeerMessage, bytes: number): void => {
    if (kind !== "ask" && kind !== "query" && kind !== "hit") return;
    this.messages += 1;
    this.bytes += bytes;
  };
}

/** Asks at a node and waits. @returns whether anybody answered, and whether node `file`, who offers it, was named */
export function question(world: SuperpeerWorld, node: number, file: number, waitUs = 3 * SECOND_US): { readonly found: boolean; readonly answered: boolean } {
  let id = -1;
  world.invokeAt(world.nowUs, node, (process, context) => void (id = process.search(context, file)));
  world.run({ untilUs: world.nowUs + waitUs });
  const search = world.processOf(node)?.searchOf(id);
  return { found: search?.owners.has(file) ?? false, answered: (search?.answeredUs ?? -1) !== -1 };
}

/** Messages of a question in a flat and in a two-tier overlay of the same nodes. */
export const superpeerSaving = defineExperiment({
  id: "superpeer-saving",
  question: "How many messages does a question cost when only superpeers flood it?",
  section: "P&D 9.4.2",
  parameters: { nodes: 120, questions: 20, neighbours: 3, ttl: 20 },
  factors: [{ name: "max_leaves", title: "Leaves of a superpeer", type: "integer", levels: [0, 4, 9, 19] }],
  seed: 2003,
  replications: { quick: 3, full: 20 },
  metrics: [
    { name: "messages", title: "Messages of a question", type: "number", digits: 4, definition: "Questions and answers sent for a file that nobody offers, mean over the questions." },
    { name: "predicted", title: "2 L - S + 1 and the leaf's two", type: "number", digits: 4, definition: "2 L - S + 1 for L links between S superpeers, and two more when a leaf asks, mean over the same questions." },
    { name: "superpeers", title: "Superpeers", type: "number", digits: 4, definition: "Nodes that are superpeers." },
    { name: "found", title: "Found", type: "number", digits: 4, definition: "Share of questions for a file of a random node that find its owner." },
    { name: "bytes", title: "Bytes of two questions", type: "number", unit: "bytes", digits: 5, definition: "Bytes of both questions, for nobody's file and for somebody's, answers included, mean over the pairs." },
  ],
  run: (arm, context) => [saving(arm.max_leaves as number, context)],
});

function saving(maxLeaves: number, context: RunContext): Readonly<Record<string, number>> {
  const { nodes, questions, neighbours, ttl } = context.parameters as Readonly<Record<string, number>>;
  // In a flat overlay a newcomer need not look for a free place first.
  const parameters = { maxLeaves, neighbours, maxNeighbours: 1000, ttl, joinTries: maxLeaves === 0 ? 0 : 5 };
  const meter = new QuestionMeter();
  const world = settle(superpeerWorld({ nodes, seed: context.seed, replication: context.replication, parameters, observer: meter }));
  const superpeers = superpeersUp(world);
  const links = clusterLinks(world);
  const random = context.random("questions");
  const sums = { messages: 0, predicted: 0, superpeers: superpeers.length, found: 0, bytes: 0 };
  for (let index = 0; index < questions; index++) {
    const node = random.integer(nodes);
    const before = { messages: meter.messages, bytes: meter.bytes };
    question(world, node, 1_000_000 + index);
    const messages = meter.messages - before.messages;
    const somebody = question(world, node, random.integer(nodes));
    const asLeaf = superpeers.some((each) => each.node === node) ? 0 : 2;
    sums.messages += messages / questions;
    sums.predicted += (2 * links - superpeers.length + 1 + asLeaf) / questions;
    if (somebody.found) sums.found += 1;
    sums.bytes += (meter.bytes - before.bytes) / questions;
  }
  return { ...sums, found: sums.found / questions };
}

/** Questions just after a third of the superpeers died, against redundancy. */
export const superpeerFailover = defineExperiment({
  id: "superpeer-failover",
  question: "What does a second superpeer in each cluster buy when superpeers die?",
  section: "P&D 9.4.2",
  parameters: { nodes: 160, questions: 200, killedShare: 0.3 },
  factors: [{ name: "redundancy", title: "Superpeers of a cluster", type: "integer", levels: [1, 2, 3] }],
  seed: 2003,
  replications: { quick: 4, full: 30 },
  oracle: {
    metric: "answered",
    source: "closed form: all k superpeers of a leaf are among the dead with probability p^k, about",
    expected: (arm, parameters) => 1 - pow(parameters.killedShare as number, arm.redundancy as number),
    tolerance: 0.2,
  },
  metrics: [
    { name: "answered", title: "Answered at once", type: "number", digits: 4, definition: "Share of the questions of random leaves that any superpeer answers, all asked in the instant after the deaths." },
    { name: "healed", title: "Answered later", type: "number", digits: 4, definition: "The same two minutes later." },
    { name: "bytes_per_node", title: "Upkeep", type: "number", unit: "bytes", digits: 5, definition: "Bytes sent per node in the minute before the deaths: heartbeats and index uploads." },
  ],
  run: (arm, context) => [failover(arm.redundancy as number, context)],
});

function failover(redundancy: number, context: RunContext): Readonly<Record<string, number>> {
  const { nodes, questions, killedShare } = context.parameters as Readonly<Record<string, number>>;
  const world = settle(superpeerWorld({ nodes, seed: context.seed, replication: context.replication, parameters: { redundancy, ttl: 20 } }));
  const before = world.counts.bytesSent;
  world.run({ untilUs: world.nowUs + 60 * SECOND_US });
  const bytes = (world.counts.bytesSent - before) / nodes;
  // Node 0 is everybody's way in; without it this would measure the host cache.
  const victims = superpeersUp(world).filter(({ node }) => node !== 0);
  const random = context.random("victims");
  for (const index of random.sample(victims.length, Math.round(killedShare * victims.length))) world.crash(victims[index].node);
  const answered = answeredShare(world, questions, random);
  world.run({ untilUs: world.nowUs + 120 * SECOND_US });
  return { answered, healed: answeredShare(world, questions, random), bytes_per_node: bytes };
}

/** All leaves that are drawn ask at the same time. */
function answeredShare(world: SuperpeerWorld, questions: number, random: RandomStream): number {
  const leaves = Array.from({ length: world.nodes }, (_, node) => node).filter((node) => world.processOf(node)?.role.kind === "leaf");
  const asked = Array.from({ length: questions }, () => ({ node: random.pick(leaves), id: -1 }));
  for (const each of asked) world.invokeAt(world.nowUs, each.node, (process, context) => void (each.id = process.search(context, each.node)));
  world.run({ untilUs: world.nowUs + 8 * SECOND_US });
  return asked.filter(({ node, id }) => (world.processOf(node)?.searchOf(id)?.answeredUs ?? -1) !== -1).length / questions;
}
