/**
 * GML topologies (Himsolt, "GML: a portable graph file format", 1997): `graph [ node [ id 0 ... ] edge [ source 0 target 1 ... ] ]`. The
 * Internet Topology Zoo and the network simulator Shadow publish in it; Shadow's values carry units ("10 ms", "100 Mbit").
 */
import { checkItemCount, NodeIndex, TextSource, type TextPlace } from "./text-source";
import { LinkReader, positionOf, type LinkAttributeOptions } from "./topology-attributes";
import { NO_ATTRIBUTES, type TopologyDocument, type TopologyLink, type TopologyNode } from "./topology-document";

/** Which edge attributes carry what, and the name for error messages. */
export interface GmlOptions extends LinkAttributeOptions {
  /** File name for error messages. */
  readonly file?: string;
}

/** Deepest nesting of lists accepted. */
const MAX_DEPTH = 32;

interface GmlEntry extends TextPlace {
  readonly key: string;
  /** Number or text as written, or the entries of a list. */
  readonly value: string | readonly GmlEntry[];
}

/**
 * Reads a GML file with one graph.
 *
 * @param text the file
 * @param options names and units of edge attributes; for Shadow `{ delay: { attribute: "latency" } }`
 * @throws ParseError with file, line, what was found and what was expected
 */
export function parseGml(text: string, options: GmlOptions = {}): TopologyDocument {
  const source = new TextSource(text, options?.file ?? "GML text");
  const graphs = new GmlScanner(source).read().filter((entry) => entry.key === "graph");
  const [graph] = graphs;
  if (graphs.length !== 1 || typeof graph.value === "string") throw source.endError("not one graph in the file", `${graphs.length} graphs`, "graph [ ... ]");
  const entries = graph.value;
  const directedText = textOf(entries, "directed") ?? "0";
  if (directedText !== "0" && directedText !== "1") throw source.error(graph, "cannot read edge direction", directedText, "directed 0 or 1");
  const index = new NodeIndex(source);
  const nodes: TopologyNode[] = [];
  for (const entry of entries) {
    if (entry.key === "node") nodes.push(nodeFrom(source, index, entry));
  }
  const reader = new LinkReader(source, options);
  const links: TopologyLink[] = [];
  for (const entry of entries) {
    if (entry.key !== "edge") continue;
    checkItemCount(source, entry, links.length);
    links.push(linkFrom(source, index, entry, reader, directedText === "1"));
  }
  if (nodes.length === 0) throw source.endError("no nodes in the file", "an empty graph", "node [ id ... ]");
  const attributes = attributesOf(entries);
  return { format: "gml", name: attributes.get("Network") ?? attributes.get("label") ?? source.file, file: source.file, nodes, links, demands: [], attributes, notes: reader.notes() };
}

function nodeFrom(source: TextSource, index: NodeIndex, entry: GmlEntry): TopologyNode {
  const fields = listOf(source, entry);
  refuseRepeats(source, entry, fields, ["id"]);
  const id = textOf(fields, "id");
  if (id === undefined) throw source.error(entry, "node without id", "no id", "node [ id ... ]");
  index.add(id, entry);
  const attributes = attributesOf(fields);
  const label = attributes.get("label");
  return { id, label: label === undefined || label.trim() === "" ? id : label, ...positionOf(source, entry, attributes), attributes, line: entry.line };
}

function linkFrom(source: TextSource, index: NodeIndex, entry: GmlEntry, reader: LinkReader, directed: boolean): TopologyLink {
  const fields = listOf(source, entry);
  const end = (name: string) => {
    const id = textOf(fields, name);
    const node = id === undefined ? undefined : index.find(id);
    if (node === undefined) throw source.error(entry, `edge with unknown ${name}`, id, "the id of a node of this graph");
    return node;
  };
  refuseRepeats(source, entry, fields, ["source", "target", ...reader.names]);
  const attributes = attributesOf(fields);
  return { source: end("source"), target: end("target"), directed, ...reader.read(attributes, entry), attributes, line: entry.line };
}

function listOf(source: TextSource, entry: GmlEntry): readonly GmlEntry[] {
  if (typeof entry.value === "string") throw source.error(entry, `${entry.key} is not a list`, entry.value, `${entry.key} [ ... ]`);
  return entry.value;
}

/** Other keys may be repeated: that is how GML writes lists. */
function refuseRepeats(source: TextSource, entry: GmlEntry, fields: readonly GmlEntry[], names: readonly string[]): void {
  for (const name of names) {
    const [, second] = fields.filter(({ key }) => key === name);
    if (second !== undefined) throw source.error(second, `${name} given twice in one ${entry.key}`, second.value, "one value");
  }
}

function textOf(entries: readonly GmlEntry[], key: string): string | undefined {
  const found = entries.find((entry) => entry.key === key);
  return found !== undefined && typeof found.value === "string" ? found.value : undefined;
}

/** The simple values among the entries; of a repeated key the first counts. */
function attributesOf(entries: readonly GmlEntry[]): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const { key, value } of entries) {
    if (typeof value === "string" && !attributes.has(key)) attributes.set(key, value);
  }
  return attributes.size === 0 ? NO_ATTRIBUTES : attributes;
}

const ENTITIES = new Map([["amp", "&"], ["lt", "<"], ["gt", ">"], ["quot", '"'], ["apos", "'"]]);

/** GML writes characters beyond ASCII as in HTML; unknown names stay as they are, since they are only labels. */
function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|([a-z]{2,8}));/gi, (whole, code: string | undefined, name: string | undefined) => {
    if (name !== undefined) return ENTITIES.get(name) ?? whole;
    const point = Number(code);
    return point > 0x10ffff || (point >= 0xd800 && point < 0xe000) ? whole : String.fromCodePoint(point);
  });
}

/** Reads nested key-value lists. */
class GmlScanner {
  private readonly pattern = /[ \t\r\n]+|#[^\n]*|"[^"]*"|[[\]]|[^\s[\]"]+/y;
  private line = 1;
  private token = "";
  private place: TextPlace = { line: 1, offset: 0 };

  constructor(private readonly source: TextSource) {}

  read(): GmlEntry[] {
    this.next();
    const entries = this.list(0);
    if (this.token !== "") throw this.source.error(this.place, "list closed that was not opened", this.token, "a key or the end of the file");
    return entries;
  }

  private list(depth: number): GmlEntry[] {
    if (depth > MAX_DEPTH) throw this.source.error(this.place, "lists nested too deeply", depth, `at most ${MAX_DEPTH} levels`);
    const entries: GmlEntry[] = [];
    while (this.token !== "" && this.token !== "]") {
      const key = this.token;
      const { place } = this;
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) throw this.source.error(place, "cannot read a GML key", key, "letters, digits and underscores");
      this.next();
      entries.push({ key, value: this.value(key, depth), ...place });
    }
    return entries;
  }

  private value(key: string, depth: number): string | GmlEntry[] {
    const { token } = this;
    if (token === "" || token === "]") throw this.source.error(this.place, `no value for ${key}`, token === "" ? "end of file" : token, "a number, a quoted text or [ ... ]");
    this.next();
    if (token.startsWith('"')) return decoded(token.slice(1, -1));
    if (token !== "[") return token;
    const entries = this.list(depth + 1);
    if (this.token !== "]") throw this.source.error(this.place, `the list ${key} is not closed`, "end of file", "]");
    this.next();
    return entries;
  }

  /** Moves to the next token; the empty token is the end of the file. */
  private next(): void {
    const { pattern, source } = this;
    for (;;) {
      const offset = pattern.lastIndex;
      this.place = { line: this.line, offset };
      if (offset >= source.text.length) {
        this.token = "";
        return;
      }
      const match = pattern.exec(source.text);
      if (match === null) throw source.error(this.place, "quoted text is not closed", source.text.slice(offset, offset + 40), 'a closing "');
      const [text] = match;
      for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.line += 1;
      if (/^[^\s#]/.test(text)) {
        this.token = text;
        return;
      }
    }
  }
}
