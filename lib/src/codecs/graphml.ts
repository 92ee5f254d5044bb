/**
 * GraphML topologies (Brandes et al., "GraphML progress report", Graph Drawing 2001; the GraphML primer), as used by the Internet
 * Topology Zoo (Knight et al., IEEE JSAC 2011). One flat graph per file; nested graphs, hyperedges and document type declarations are refused.
 */
import { checkItemCount, NodeIndex, TextSource, type TextPlace } from "./text-source";
import { LinkReader, positionOf, type LinkAttributeOptions } from "./topology-attributes";
import { NO_ATTRIBUTES, type TopologyDocument, type TopologyLink, type TopologyNode } from "./topology-document";
import { readXml, type XmlElement } from "./xml";

/** Which edge attributes carry what, and the name for error messages. */
export interface GraphmlOptions extends LinkAttributeOptions {
  /** File name for error messages. */
  readonly file?: string;
}

/** Most keys accepted; the Topology Zoo's files have about 40. */
const MAX_KEYS = 500;
/** Most attributes accepted over all nodes and edges, with those that come from defaults. */
const MAX_ATTRIBUTES = 5_000_000;

interface Key {
  readonly name: string;
  readonly domain: string;
  defaultValue: string | undefined;
}

interface Item extends TextPlace {
  readonly kind: "graph" | "node" | "edge";
  readonly element: XmlElement;
  readonly data: Map<string, string>;
}

/**
 * Reads a GraphML file.
 *
 * Positions come from node attributes named Latitude and Longitude; capacities from `LinkSpeedRaw` in bit/s (the Topology Zoo's) unless the
 * options name others; a node's label from `label`.
 *
 * @param text the file
 * @param options names and units of edge attributes
 * @throws ParseError with file, line, what was found and what was expected
 */
export function parseGraphml(text: string, options: GraphmlOptions = {}): TopologyDocument {
  const source = new TextSource(text, options?.file ?? "GraphML text");
  return new GraphmlReader(source, options).read();
}

class GraphmlReader {
  private readonly keys = new Map<string, Key>();
  private readonly stack: Item[] = [];
  private readonly elements: XmlElement[] = [];
  private readonly index: NodeIndex;
  private readonly nodes: TopologyNode[] = [];
  private readonly edges: Item[] = [];
  private readonly links: LinkReader;
  private graph: Item | undefined;
  private dataKey: Key | undefined;
  private keyInDefault: Key | undefined;
  private value = "";
  private attributeCount = 0;

  constructor(
    private readonly source: TextSource,
    options: GraphmlOptions,
  ) {
    this.index = new NodeIndex(source);
    this.links = new LinkReader(source, options);
  }

  read(): TopologyDocument {
    readXml(this.source, {
      open: (element) => this.open(element),
      text: (text) => {
        if (this.dataKey !== undefined || this.keyInDefault !== undefined) this.value += text;
      },
      close: (name) => this.close(name),
    });
    const { graph } = this;
    if (graph === undefined) throw this.source.endError("no graph in the file", "no <graph> element", "one <graph> inside <graphml>");
    if (this.nodes.length === 0) throw this.source.error(graph, "no nodes in the file", "an empty graph", "<node> elements inside <graph>");
    const attributes = this.completed(graph);
    const links = this.edges.map((edge) => this.linkFrom(edge, graph.element.attributes.get("edgedefault")));
    return {
      format: "graphml",
      name: attributes.get("Network") ?? attributes.get("label") ?? graph.element.attributes.get("id") ?? this.source.file,
      file: this.source.file,
      nodes: this.nodes,
      links,
      demands: [],
      attributes,
      notes: this.links.notes(),
    };
  }

  private open(element: XmlElement): void {
    if (this.elements.length === 0 && element.name !== "graphml") {
      throw this.source.error(element, "not a GraphML file", element.name, "the root element <graphml>");
    }
    this.elements.push(element);
    const { name } = element;
    if (name === "key") this.openKey(element);
    else if (name === "default") this.openDefault();
    else if (name === "graph") this.openGraph(element);
    else if (name === "node" || name === "edge") this.openItem(element, name);
    else if (name === "data") this.openData(element);
    else if (name === "hyperedge" || name === "port" || name === "locator") {
      throw this.source.error(element, "this part of GraphML is not supported", `<${name}>`, "nodes and edges only");
    }
  }

  private openKey(element: XmlElement): void {
    const id = this.required(element, "id");
    if (this.keys.size >= MAX_KEYS) throw this.source.error(element, "too many keys", this.keys.size + 1, `at most ${MAX_KEYS}`);
    if (this.keys.has(id)) throw this.source.error(element, "key defined twice", id, "each key once");
    const name = element.attributes.get("attr.name") ?? id;
    this.keys.set(id, { name, domain: element.attributes.get("for") ?? "all", defaultValue: undefined });
  }

  private openDefault(): void {
    const parent = this.elements[this.elements.length - 2];
    if (parent === undefined || parent.name !== "key") return;
    this.keyInDefault = this.keys.get(this.required(parent, "id"));
    this.value = "";
  }

  private openGraph(element: XmlElement): void {
    if (this.stack.length > 0) throw this.source.error(element, "nested graphs are not supported", "<graph> inside a node or graph", "one flat graph");
    if (this.graph !== undefined) throw this.source.error(element, "more than one graph in the file", "a second <graph>", "one graph");
    const direction = element.attributes.get("edgedefault");
    if (direction !== "directed" && direction !== "undirected") {
      throw this.source.error(element, "edge direction not stated", direction, 'edgedefault="directed" or "undirected"');
    }
    this.graph = { kind: "graph", element, data: new Map(), line: element.line, offset: element.offset };
    this.stack.push(this.graph);
  }

  private openItem(element: XmlElement, kind: "node" | "edge"): void {
    if (this.stack[this.stack.length - 1]?.kind !== "graph") {
      throw this.source.error(element, `<${kind}> outside a graph`, element.name, "nodes and edges directly inside <graph>");
    }
    checkItemCount(this.source, element, this.edges.length);
    this.stack.push({ kind, element, data: new Map(), line: element.line, offset: element.offset });
  }

  private openData(element: XmlElement): void {
    const item = this.stack[this.stack.length - 1];
    if (item === undefined) return;
    const id = this.required(element, "key");
    const key = this.keys.get(id);
    if (key === undefined) throw this.source.error(element, "data with an undefined key", id, "a key defined before the graph");
    if (key.domain !== "all" && key.domain !== item.kind) {
      throw this.source.error(element, `key meant for ${key.domain} used on a ${item.kind}`, id, `a key for ${item.kind}`);
    }
    if (item.data.has(key.name)) throw this.source.error(element, "attribute given twice", key.name, "each attribute once");
    this.dataKey = key;
    this.value = "";
  }

  private close(name: string): void {
    this.elements.pop();
    if (name === "default" && this.keyInDefault !== undefined) {
      this.keyInDefault.defaultValue = this.value;
      this.keyInDefault = undefined;
    } else if (name === "data" && this.dataKey !== undefined) {
      this.stack[this.stack.length - 1].data.set(this.dataKey.name, this.value);
      this.dataKey = undefined;
    } else if (name === "node" || name === "edge") {
      const item = this.stack.pop() as Item;
      if (name === "edge") this.edges.push(item);
      else this.addNode(item);
    } else if (name === "graph") this.stack.pop();
  }

  private addNode(item: Item): void {
    const id = this.required(item.element, "id");
    this.index.add(id, item);
    const attributes = this.completed(item);
    const label = attributes.get("label");
    this.nodes.push({ id, label: label === undefined || label.trim() === "" ? id : label, ...positionOf(this.source, item, attributes), attributes, line: item.line });
  }

  private linkFrom(item: Item, edgeDefault: string | undefined): TopologyLink {
    const end = (name: string) => {
      const id = this.required(item.element, name);
      const node = this.index.find(id);
      if (node === undefined) throw this.source.error(item, `edge with unknown ${name}`, id, "the id of a node of this graph");
      return node;
    };
    const directed = item.element.attributes.get("directed") ?? (edgeDefault === "directed" ? "true" : "false");
    if (directed !== "true" && directed !== "false") throw this.source.error(item, "cannot read edge direction", directed, "true or false");
    const attributes = this.completed(item);
    return { source: end("source"), target: end("target"), directed: directed === "true", ...this.links.read(attributes, item), attributes, line: item.line };
  }

  /** An item's data with the defaults of keys it does not give. */
  private completed(item: Item): ReadonlyMap<string, string> {
    for (const key of this.keys.values()) {
      if (key.defaultValue === undefined || item.data.has(key.name)) continue;
      if (key.domain === "all" || key.domain === item.kind) item.data.set(key.name, key.defaultValue);
    }
    this.attributeCount += item.data.size;
    if (this.attributeCount > MAX_ATTRIBUTES) throw this.source.error(item, "too many attributes", this.attributeCount, `at most ${MAX_ATTRIBUTES}`);
    return item.data.size === 0 ? NO_ATTRIBUTES : item.data;
  }

  private required(element: XmlElement, name: string): string {
    const value = element.attributes.get(name);
    if (value === undefined || value === "") throw this.source.error(element, `<${element.name}> without ${name}`, value, `the attribute ${name}`);
    return value;
  }
}
