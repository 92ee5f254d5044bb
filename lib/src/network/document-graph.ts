/** From a topology file to a router graph: what a link's delay and weight are, and what happens to nodes without a position and to separate parts. */
import type { TopologyDocument, TopologyLink } from "../codecs/topology-document";
import { ParameterError, checkChoice, checkNumber } from "../errors";
import { checkList, checkObject } from "./check-input";
import { fibreDelayUs } from "./great-circle";
import { LONGEST_LATENCY_US } from "./latency-model";
import { checkGraph, checkRouter, largestPart, linkSpecs, RouterGraph, type LinkSpec } from "./router-graph";

/** Where link delays come from. */
export type DelaySource =
  /** Light in fibre along the great circle between the ends, times an inflation factor (1 if absent). Nodes without a position: refuse, or leave out. */
  | { readonly kind: "positions"; readonly inflation?: number; readonly missing: "refuse" | "drop-nodes" }
  /** The file's own delays; a link without one is refused. */
  | { readonly kind: "file" }
  /** The same for all links, whole microseconds. */
  | { readonly kind: "constant"; readonly delayUs: number };

/** How to turn a document into a graph. Everything that loses something must be chosen. */
export interface DocumentGraphOptions {
  readonly delay: DelaySource;
  /** What routes minimise: delay, the file's weights (every link must have one), or hops. */
  readonly weight: "delay" | "file" | "hops";
  /** What to do when not all routers reach each other: refuse, or keep the largest part. */
  readonly disconnected: "refuse" | "largest-part";
  /** Capacity of links whose capacity the file does not give, bit/s; Infinity (never a bottleneck) if absent. */
  readonly defaultCapacityBps?: number;
}

/** A graph, and what of the document is not in it. */
export interface DocumentGraph {
  readonly graph: RouterGraph;
  /** For each router, its node in the document. */
  readonly nodes: readonly number[];
  /** Labels of nodes left out for want of a position. */
  readonly withoutPosition: readonly string[];
  /** Labels of nodes left out because they are not in the largest part. */
  readonly outsideLargestPart: readonly string[];
  /** Links from a node to itself, left out. */
  readonly loops: number;
}

/**
 * Builds the router graph of a document.
 *
 * @throws ParameterError, naming file and line, when the file lacks what the options ask for, or routers are not connected
 */
export function graphOfDocument(document: TopologyDocument, options: DocumentGraphOptions): DocumentGraph {
  checkObject("document", document, "a topology document");
  checkOptions(checkObject("options", options, "delay, weight and disconnected"));
  const { delay } = options;
  const placed = document.nodes.map((node) => node.latitude !== null && node.longitude !== null);
  const unplaced = document.nodes.filter((_, index) => !placed[index]);
  if (delay.kind === "positions" && delay.missing === "refuse" && unplaced.length > 0) {
    throw new ParameterError({
      what: "nodes without a position",
      got: `${unplaced.length} of ${document.nodes.length}, the first is ${unplaced[0].label}`,
      expected: 'positions for all nodes, or missing: "drop-nodes"',
      where: `${document.file}, line ${unplaced[0].line}`,
    });
  }
  const keep = (node: number) => delay.kind !== "positions" || placed[node];
  const nodes = [...document.nodes.keys()].filter(keep);
  if (nodes.length === 0) {
    throw new ParameterError({
      what: "no node has a position",
      got: `${document.nodes.length} nodes`,
      expected: "nodes with latitude and longitude, or another source of delays",
      where: document.file,
    });
  }
  const routerOf = new Map(nodes.map((node, router) => [node, router]));
  const specs: LinkSpec[] = [];
  let loops = 0;
  for (const link of document.links) {
    const from = routerOf.get(link.source);
    const to = routerOf.get(link.target);
    if (from === undefined || to === undefined) continue;
    if (from === to) loops += 1;
    else specs.push(specOf(document, link, from, to, options));
  }
  const whole = new RouterGraph(nodes.length, specs, nodes.map((node) => document.nodes[node].label));
  const part = largestPart(whole);
  const withoutPosition = delay.kind === "positions" ? unplaced.map((node) => node.label) : [];
  if (part.length === nodes.length) return { graph: whole, nodes, withoutPosition, outsideLargestPart: [], loops };
  if (options.disconnected === "refuse") {
    throw new ParameterError({
      what: "not all routers reach each other",
      got: `largest part ${part.length} of ${nodes.length} routers`,
      expected: 'a connected network, or disconnected: "largest-part"',
      where: document.file,
    });
  }
  const inPart = new Set(part);
  return {
    graph: subgraph(whole, part),
    nodes: part.map((router) => nodes[router]),
    withoutPosition,
    outsideLargestPart: nodes.filter((_, router) => !inPart.has(router)).map((node) => document.nodes[node].label),
    loops,
  };
}

function checkOptions({ delay, weight, disconnected, defaultCapacityBps }: DocumentGraphOptions): void {
  checkObject("delay", delay, "where delays come from");
  checkChoice("delay.kind", delay.kind, ["positions", "file", "constant"]);
  if (delay.kind === "positions") {
    checkChoice("delay.missing", delay.missing, ["refuse", "drop-nodes"]);
    checkNumber("delay.inflation", delay.inflation ?? 1, { min: 1, max: 100 });
  }
  if (delay.kind === "constant") checkNumber("delay.delayUs", delay.delayUs, { min: 0, max: LONGEST_LATENCY_US, integer: true, unit: "microseconds" });
  checkChoice("weight", weight, ["delay", "file", "hops"]);
  checkChoice("disconnected", disconnected, ["refuse", "largest-part"]);
  if (defaultCapacityBps !== undefined && defaultCapacityBps !== Infinity) checkNumber("defaultCapacityBps", defaultCapacityBps, { min: 0, exclusiveMin: true, unit: "bit/s" });
}

/**
 * The graph of some routers and the links between them; routers are numbered in the order given.
 * @throws ParameterError for no router, one that is not in the graph, or one named twice
 */
export function subgraph(graph: RouterGraph, routers: readonly number[]): RouterGraph {
  checkGraph(graph);
  checkList("routers", routers, "a list of routers");
  if (routers.length === 0) throw new ParameterError({ what: "no router chosen", got: routers, expected: "at least one", where: "parameter routers" });
  for (const router of routers) checkRouter(router, graph.nodeCount);
  if (new Set(routers).size < routers.length) throw new ParameterError({ what: "a router is named twice", got: routers, expected: "each once", where: "parameter routers" });
  const numberOf = new Map(routers.map((router, number) => [router, number]));
  const links: LinkSpec[] = [];
  for (const link of linkSpecs(graph)) {
    const from = numberOf.get(link.from);
    const to = numberOf.get(link.to);
    if (from !== undefined && to !== undefined) links.push({ ...link, from, to });
  }
  return new RouterGraph(routers.length, links, routers.map((router) => graph.labels[router]));
}

function specOf(document: TopologyDocument, link: TopologyLink, from: number, to: number, options: DocumentGraphOptions): LinkSpec {
  const delayUs = delayOf(document, link, options.delay);
  if (options.weight === "file" && link.weight === null) {
    throw new ParameterError({
      what: "link without a weight",
      got: labelOf(document, link),
      expected: 'weights for all links, or weight: "delay" or "hops"',
      where: `${document.file}, line ${link.line}`,
    });
  }
  const weight = options.weight === "file" ? (link.weight as number) : options.weight === "hops" ? 1 : Math.max(1, delayUs);
  return { from, to, delayUs, weight, capacityBps: link.capacityBps ?? options.defaultCapacityBps, directed: link.directed };
}

function delayOf(document: TopologyDocument, link: TopologyLink, delay: DelaySource): number {
  if (delay.kind === "constant") return delay.delayUs;
  if (delay.kind === "file") {
    if (link.delayMs !== null) return Math.round(link.delayMs * 1000);
    throw new ParameterError({
      what: "link without a delay",
      got: labelOf(document, link),
      expected: `delays for all links, or another source of delays${attributesOf(link)}`,
      where: `${document.file}, line ${link.line}`,
    });
  }
  const [a, b] = [document.nodes[link.source], document.nodes[link.target]].map((node) => ({ latitude: node.latitude as number, longitude: node.longitude as number }));
  return Math.ceil(fibreDelayUs(a, b, delay.inflation ?? 1));
}

/** Where a delay may have stood unread: readers of attributes are told which one it is. */
function attributesOf({ attributes }: TopologyLink): string {
  return attributes.size === 0 ? "" : `; the link has the attributes ${[...attributes.keys()].join(", ")}, and the reader's option delay says which of them is a delay`;
}

function labelOf(document: TopologyDocument, link: TopologyLink): string {
  return `${document.nodes[link.source].label} - ${document.nodes[link.target].label}`;
}
