/**
 * Line-based topologies: edge lists as SNAP publishes them, Rocketfuel's intra-domain weights and latencies (Mahajan et al., "Inferring
 * link weights using end-to-end measurements", IMW 2002), and CAIDA's AS relationships (Luckie et al., IMC 2013).
 */
import { checkItemCount, NodeIndex, TextSource, type TextLine } from "./text-source";
import { MS_PER_UNIT, type DelayUnit } from "./topology-attributes";
import { NO_ATTRIBUTES, type TopologyDocument, type TopologyLink, type TopologyNode } from "./topology-document";

/** How an edge list is to be read. */
export interface EdgeListOptions {
  /** File name for error messages. */
  readonly file?: string;
  /** Whether a line stands for one direction (true) or both (false); files do not say it. */
  readonly directed: boolean;
  /** What a third column holds: nothing may stand there, a routing weight, or a one-way delay in a unit. */
  readonly thirdColumn?: "none" | "weight" | { readonly delay: DelayUnit };
}

function documentOf(source: TextSource, index: NodeIndex, links: TopologyLink[], format: TopologyDocument["format"], notes: readonly string[] = []): TopologyDocument {
  if (links.length === 0) throw source.endError("no links in the file", "no line with a link", "at least one link");
  const nodes: TopologyNode[] = index.entries.map(({ id, line }) => ({ id, label: id, latitude: null, longitude: null, attributes: NO_ATTRIBUTES, line }));
  return { format, name: source.file, file: source.file, nodes, links, demands: [], attributes: NO_ATTRIBUTES, notes };
}

/**
 * Reads an edge list: two node names a line, separated by white space or a comma, with an optional third column; lines that start
 * with # or % are comments. Compressed files are to be decompressed by the caller.
 *
 * @throws ParseError when a line has another number of columns, or a number is out of range
 */
export function parseEdgeList(text: string, options: EdgeListOptions): TopologyDocument {
  const source = new TextSource(text, options.file ?? "edge list");
  const index = new NodeIndex(source);
  const links: TopologyLink[] = [];
  const third = options.thirdColumn ?? "none";
  const expected = third === "none" ? 2 : 3;
  for (const line of source.contentLines("#%")) {
    const fields = line.text.trim().split(/\s*[,;]\s*|\s+/, 5);
    if (fields.length !== expected || fields.includes("")) {
      throw source.error(line, "cannot read an edge", line.text, third === "none" ? "two node names" : "two node names and a number");
    }
    checkItemCount(source, line, links.length);
    const delayMs = typeof third === "object" ? source.number(fields[2], line, "link delay", { min: 0 }) * MS_PER_UNIT[third.delay] : null;
    const weight = third === "weight" ? source.number(fields[2], line, "link weight", { positive: true }) : null;
    links.push(plainLink(index, line, fields[0], fields[1], options.directed, { delayMs, weight }));
  }
  return documentOf(source, index, links, "edge-list");
}

function plainLink(index: NodeIndex, line: TextLine, source: string, target: string, directed: boolean, values: { delayMs: number | null; weight: number | null }): TopologyLink {
  return { source: index.intern(source, line), target: index.intern(target, line), directed, capacityBps: null, attributes: NO_ATTRIBUTES, line: line.line, ...values };
}

/** Reads "name name value" lines of a Rocketfuel file; each line is one direction. */
function* rocketfuelLines(source: TextSource): Generator<{ line: TextLine; from: string; to: string; value: number }> {
  for (const line of source.contentLines("#")) {
    const fields = line.text.trim().split(/\s+/);
    if (fields.length !== 3) throw source.error(line, "cannot read a Rocketfuel link", line.text, "two place names and a number, separated by blanks");
    const value = source.number(fields[2], line, "link value", { positive: true });
    yield { line, from: fields[0], to: fields[1], value };
  }
}

/** The two files Rocketfuel publishes for an operator's network, both about the same links. */
export interface RocketfuelFiles {
  /** `latencies.intra`: one-way delays in milliseconds. */
  readonly latencies: string;
  /** `weights.intra`: inferred routing weights; the number of hops counts if absent. */
  readonly weights?: string;
  /** Name for error messages, such as the AS number. */
  readonly name?: string;
}

/**
 * Reads an operator's PoP-level network as inferred by Rocketfuel. Every line is one direction of a link.
 *
 * @param files the text of `latencies.intra`, and of `weights.intra` where routes should follow the inferred weights
 * @throws ParseError for a malformed line, a link repeated with another value, or links that are in one file only
 */
export function parseRocketfuel(files: RocketfuelFiles): TopologyDocument {
  const name = files.name ?? "rocketfuel";
  const source = new TextSource(files.latencies, `${name}/latencies.intra`);
  const index = new NodeIndex(source);
  const links: TopologyLink[] = [];
  const linkOf = new Map<string, number>();
  let repeats = 0;
  for (const { line, from, to, value } of rocketfuelLines(source)) {
    const key = `${from} ${to}`;
    const known = linkOf.get(key);
    if (known !== undefined) {
      if (links[known].delayMs !== value) throw source.error(line, "link given twice with different latencies", line.text, `the value ${links[known].delayMs} of line ${links[known].line}`);
      repeats += 1;
      continue;
    }
    checkItemCount(source, line, links.length);
    linkOf.set(key, links.length);
    links.push(plainLink(index, line, from, to, true, { delayMs: value, weight: null }));
  }
  if (files.weights !== undefined) addWeights(links, linkOf, new TextSource(files.weights, `${name}/weights.intra`));
  const notes = repeats === 0 ? [] : [`${repeats} links are given twice with the same latency, and count once`];
  return { ...documentOf(source, index, links, "rocketfuel", notes), name };
}

function addWeights(links: TopologyLink[], linkOf: ReadonlyMap<string, number>, source: TextSource): void {
  const seen = new Set<number>();
  for (const { line, from, to, value } of rocketfuelLines(source)) {
    const link = linkOf.get(`${from} ${to}`);
    if (link === undefined || (seen.has(link) && links[link].weight !== value)) {
      throw source.error(line, "weight of a link that has no latency, or a second, different one", line.text, "one weight for each link of latencies.intra");
    }
    seen.add(link);
    links[link] = { ...links[link], weight: value };
  }
  if (seen.size !== links.length) throw source.endError("weights missing", `${seen.size} weights`, `${links.length} weights, one for each link of latencies.intra`);
}

const RELATIONSHIPS = new Map([
  ["-1", new Map([["relationship", "provider-customer"]])],
  ["0", new Map([["relationship", "peer"]])],
  ["1", new Map([["relationship", "sibling"]])],
  ["2", new Map([["relationship", "sibling"]])],
]);

/**
 * Reads CAIDA's AS relationships, `provider|customer|-1`, `peer|peer|0` or `as|as|1 or 2` for siblings; a fourth column (the inference's
 * source in the "serial-2" files) is allowed. Links are undirected, with the attribute `relationship`; `source` is the provider.
 *
 * @throws ParseError for a malformed line, a repeated pair, or a number that is no AS number
 */
export function parseAsRelationships(text: string, file = "AS relationships"): TopologyDocument {
  const source = new TextSource(text, file);
  const index = new NodeIndex(source);
  const links: TopologyLink[] = [];
  const pairs = new Set<string>();
  for (const line of source.contentLines("#")) {
    const fields = line.text.trim().split("|");
    const attributes = RELATIONSHIPS.get(fields[2]);
    if (fields.length < 3 || fields.length > 4 || attributes === undefined) {
      throw source.error(line, "cannot read an AS relationship", line.text, "as|as|type with type -1, 0, 1 or 2");
    }
    const [first, second] = fields.slice(0, 2).map((field) => source.number(field, line, "AS number", { min: 0, max: 0xffffffff, integer: true }));
    const pair = first < second ? `${first} ${second}` : `${second} ${first}`;
    if (first === second || pairs.has(pair)) throw source.error(line, "AS related to itself, or pair given twice", line.text, "each pair of different ASes once");
    checkItemCount(source, line, links.length);
    pairs.add(pair);
    links.push({ ...plainLink(index, line, String(first), String(second), false, { delayMs: null, weight: null }), attributes });
  }
  return documentOf(source, index, links, "as-relationships");
}
