/**
 * Line-based topologies: edge lists as SNAP publishes them, Rocketfuel's intra-domain weights and latencies (Mahajan et al., "Inferring
 * link weights using end-to-end measurements", IMW 2002), and CAIDA's AS relationships (Luckie et al., IMC 2013).
 */
import { ParameterError, checkChoice } from "../errors";
import { checkOptionNames } from "./check-input";
import { checkItemCount, NodeIndex, TextSource, type TextLine } from "./text-source";
import { readDelayMs, readWeight, type DelayUnit } from "./topology-attributes";
import { NO_ATTRIBUTES, type TopologyDocument, type TopologyLink, type TopologyNode } from "./topology-document";

/** How an edge list is to be read. */
export interface EdgeListOptions {
  /** File name for error messages. */
  readonly file?: string;
  /** Whether the first line names columns ("skip") or is an edge ("none"). If absent, a first line of words above nothing but numbers is refused. */
  readonly header?: "none" | "skip";
  /** Whether a line stands for one direction (true) or both (false); files do not say it. */
  readonly directed: boolean;
  /**
   * What a third column holds: nothing may stand there ("none", the default), a routing weight, a one-way delay in a unit, or something that is to be
   * left unread together with all further columns.
   */
  readonly thirdColumn?: "none" | "weight" | "ignore" | { readonly delay: DelayUnit };
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
 * @throws ParameterError for a direction or third column that is not stated as {@link EdgeListOptions} says
 */
export function parseEdgeList(text: string, options: EdgeListOptions): TopologyDocument {
  checkEdgeListOptions(options);
  const source = new TextSource(text, options.file ?? "edge list");
  const index = new NodeIndex(source);
  const links: TopologyLink[] = [];
  const third = options.thirdColumn ?? "none";
  let skip = options.header === "skip";
  const [fewest, most] = third === "ignore" ? [2, Infinity] : third === "none" ? [2, 2] : [3, 3];
  for (const line of source.contentLines("#%")) {
    if (skip) {
      skip = false;
      continue;
    }
    const fields = line.text.trim().split(/\s*[,;]\s*|\s+/, 5);
    if (fields.length < fewest || fields.length > most || fields.includes("")) {
      throw source.error(line, "cannot read an edge", line.text, most === 3 ? "two node names and a number" : "two node names");
    }
    checkItemCount(source, line, links.length);
    const delayMs = typeof third === "object" ? readDelayMs(source, fields[2], third.delay, line) : null;
    const weight = third === "weight" ? readWeight(source, fields[2], line) : null;
    links.push(plainLink(index, line, fields[0], fields[1], options.directed, { delayMs, weight }));
  }
  if (options.header === undefined) refuseHeader(source, index, links);
  return documentOf(source, index, links, "edge-list");
}

/** A first line with two words above nothing but numbers names columns, or is a comment of an unknown kind; as a link it would be a part of its own. */
function refuseHeader(source: TextSource, index: NodeIndex, links: readonly TopologyLink[]): void {
  const isWord = ({ id }: { readonly id: string }) => !/^[0-9]+$/.test(id);
  const { entries } = index;
  if (links.length < 2 || entries.length < 3 || !isWord(entries[0]) || !isWord(entries[1]) || entries.slice(2).some(isWord)) return;
  throw source.error({ line: entries[0].line, offset: 0 }, "first line looks like a header", `${entries[0].id} ${entries[1].id}`, 'numbers as below, header: "skip" for a line with names of columns, or header: "none" for an edge');
}

function checkEdgeListOptions(options: EdgeListOptions): void {
  if (typeof options !== "object" || options === null || typeof options.directed !== "boolean") {
    throw new ParameterError({ what: "direction of edges not stated", got: options, expected: "directed: true or false", where: "parameter options.directed" });
  }
  checkOptionNames(options, ["file", "header", "directed", "thirdColumn"]);
  const { thirdColumn = "none", header } = options;
  if (header !== undefined) checkChoice("header", header, ["none", "skip"]);
  if (typeof thirdColumn === "object" && thirdColumn !== null) checkChoice("thirdColumn.delay", thirdColumn.delay, ["us", "ms", "s"]);
  else checkChoice("thirdColumn", thirdColumn, ["none", "weight", "ignore"]);
}

function plainLink(index: NodeIndex, line: TextLine, source: string, target: string, directed: boolean, values: { delayMs: number | null; weight: number | null }): TopologyLink {
  return { source: index.intern(source, line), target: index.intern(target, line), directed, capacityBps: null, attributes: NO_ATTRIBUTES, line: line.line, ...values };
}

/** Reads "name name value" lines of a Rocketfuel file; each line is one direction. */
function* rocketfuelLines(source: TextSource): Generator<{ line: TextLine; from: string; to: string; text: string }> {
  for (const line of source.contentLines("#")) {
    const fields = line.text.trim().split(/\s+/);
    if (fields.length !== 3) throw source.error(line, "cannot read a Rocketfuel link", line.text, "two place names and a number, separated by blanks");
    yield { line, from: fields[0], to: fields[1], text: fields[2] };
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
 * Reads an operator's PoP-level network as inferred by Rocketfuel. Every line is one direction of a link; repeated pairs are parallel links.
 *
 * @param files the text of `latencies.intra`, and of `weights.intra` where routes should follow the inferred weights
 * @throws ParseError for a malformed line, or links that are in one file only
 */
export function parseRocketfuel(files: RocketfuelFiles): TopologyDocument {
  if (typeof files !== "object" || files === null) throw new ParameterError({ what: "files missing", got: files, expected: "at least the text of latencies.intra", where: "parameter files" });
  checkOptionNames(files, ["latencies", "weights", "name"]);
  const name = files.name ?? "rocketfuel";
  const source = new TextSource(files.latencies, `${name}/latencies.intra`);
  const index = new NodeIndex(source);
  const links: TopologyLink[] = [];
  const linksOf = new Map<string, number[]>();
  let parallel = 0;
  for (const { line, from, to, text } of rocketfuelLines(source)) {
    const key = `${from} ${to}`;
    checkItemCount(source, line, links.length);
    const known = linksOf.get(key);
    if (known === undefined) linksOf.set(key, [links.length]);
    else {
      known.push(links.length);
      parallel += 1;
    }
    links.push(plainLink(index, line, from, to, true, { delayMs: readDelayMs(source, text, "ms", line), weight: null }));
  }
  if (files.weights !== undefined) addWeights(links, linksOf, new TextSource(files.weights, `${name}/weights.intra`));
  const notes = parallel === 0 ? [] : [`${parallel} lines repeat a pair of places; they are kept as parallel links`];
  return { ...documentOf(source, index, links, "rocketfuel", notes), name };
}

/** Gives each link its weight; of parallel links the first line of weights belongs to the first of latencies, and so on. */
function addWeights(links: TopologyLink[], linksOf: ReadonlyMap<string, number[]>, source: TextSource): void {
  const used = new Map<string, number>();
  let count = 0;
  for (const { line, from, to, text } of rocketfuelLines(source)) {
    const key = `${from} ${to}`;
    const place = used.get(key) ?? 0;
    const link = linksOf.get(key)?.[place];
    if (link === undefined) throw source.error(line, "weight of a link that has no latency", line.text, "one weight for each line of latencies.intra");
    used.set(key, place + 1);
    links[link] = { ...links[link], weight: readWeight(source, text, line) };
    count += 1;
  }
  if (count !== links.length) throw source.endError("weights missing", `${count} weights`, `${links.length} weights, one for each line of latencies.intra`);
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
