/**
 * SNDlib's native network format (Orlowski, Pioro, Tomaszewski, Wessaely, "SNDlib 1.0 - Survivable network design library", Networks
 * 55(3), 2010): nodes with coordinates, links with capacities and costs, and traffic demands.
 */
import { checkChoice, checkNumber } from "../errors";
import { checkOptionNames } from "./check-input";
import { checkItemCount, NodeIndex, TextSource, type TextLine, type TextPlace } from "./text-source";
import { NO_ATTRIBUTES, type TopologyDemand, type TopologyDocument, type TopologyLink, type TopologyNode } from "./topology-document";

/** How an SNDlib file is to be read. */
export interface SndlibOptions {
  /** File name for error messages. */
  readonly file?: string;
  /**
   * Whether coordinates are longitude and latitude, or a drawing's. The format cannot say it. With "detect" they are taken for a
   * drawing's when one of them is out of range, and the document's notes say which it was.
   */
  readonly coordinates?: "geographic" | "drawing" | "detect";
  /** How many bit/s the file's capacity unit is; read from the META section's `unit` if absent, else capacities stay unknown. */
  readonly capacityUnitBps?: number;
}

const UNITS_BPS = new Map([["KBITPERSEC", 1e3], ["MBITPERSEC", 1e6], ["GBITPERSEC", 1e9], ["BITPERSEC", 1]]);
/** Largest number accepted anywhere in a file. */
const LARGEST_NUMBER = 1e15;
const SECTIONS = new Set(["META", "NODES", "LINKS", "DEMANDS", "ADMISSIBLE_PATHS"]);

interface Token extends TextPlace {
  readonly text: string;
}

interface RawNode extends TextPlace {
  readonly id: string;
  readonly x: number | null;
  readonly y: number | null;
}

/**
 * Reads a network in SNDlib's native format. Links are undirected; the capacity is the pre-installed one (0 means unknown), and the
 * attributes keep all numbers of the line.
 *
 * @throws ParseError with file, line, what was found and what was expected
 */
export function parseSndlib(text: string, options: SndlibOptions = {}): TopologyDocument {
  checkOptionNames(options, ["file", "coordinates", "capacityUnitBps"]);
  checkChoice("coordinates", options.coordinates ?? "detect", ["geographic", "drawing", "detect"]);
  if (options.capacityUnitBps !== undefined) checkNumber("capacityUnitBps", options.capacityUnitBps, { min: 0, exclusiveMin: true, max: 1e18, unit: "bit/s" });
  const source = new TextSource(text, options.file ?? "SNDlib text");
  const first = source.lines().next().value as TextLine | undefined;
  if (first === undefined || !/^\?SNDlib native format; type: network\b/.test(first.text)) {
    throw source.error(first ?? { line: 1, offset: 0 }, "not an SNDlib network in native format", first?.text, "the first line ?SNDlib native format; type: network; version: 1.0");
  }
  return new SndlibReader(source, options).read();
}

class SndlibReader {
  private readonly index: NodeIndex;
  private readonly rawNodes: RawNode[] = [];
  private readonly rawLinks: (Omit<TopologyLink, "capacityBps"> & { readonly capacity: number })[] = [];
  private readonly demands: TopologyDemand[] = [];
  private readonly meta = new Map<string, string>();
  private readonly notes: string[] = [];
  private tokens: Iterator<Token>;
  private token: Token | undefined;

  constructor(
    private readonly source: TextSource,
    private readonly options: SndlibOptions,
  ) {
    this.index = new NodeIndex(source);
    this.tokens = this.scan();
    this.advance();
  }

  read(): TopologyDocument {
    const seen = new Set<string>();
    while (this.token !== undefined) {
      const section = this.take("a section");
      if (!SECTIONS.has(section.text) || seen.has(section.text)) {
        throw this.source.error(section, "unexpected section", section.text, `one of ${[...SECTIONS].join(", ")}, each once`);
      }
      seen.add(section.text);
      this.expect("(");
      while (this.token !== undefined && this.token.text !== ")") this.entry(section.text);
      this.expect(")");
    }
    if (this.rawNodes.length === 0 || this.rawLinks.length === 0) {
      throw this.source.endError("no network in the file", `${this.rawNodes.length} nodes, ${this.rawLinks.length} links`, "sections NODES and LINKS");
    }
    const nodes = this.placedNodes();
    const links = this.linksWithCapacity();
    return { format: "sndlib", name: this.source.file, file: this.source.file, nodes, links, demands: this.demands, attributes: this.meta, notes: this.notes };
  }

  private entry(section: string): void {
    if (section === "NODES") this.readNode();
    else if (section === "LINKS") this.readLink();
    else if (section === "DEMANDS") this.readDemand();
    else this.skipEntry();
  }

  private readNode(): void {
    const id = this.take("a node name");
    this.index.add(id.text, id);
    let x: number | null = null;
    let y: number | null = null;
    if (this.token?.text === "(") {
      this.expect("(");
      x = this.number("longitude");
      y = this.number("latitude");
      this.expect(")");
    }
    this.rawNodes.push({ id: id.text, x, y, line: id.line, offset: id.offset });
  }

  private readEnds(): { source: number; target: number } {
    this.expect("(");
    const source = this.node();
    const target = this.node();
    this.expect(")");
    return { source, target };
  }

  private readLink(): void {
    const id = this.take("a link name");
    checkItemCount(this.source, id, this.rawLinks.length);
    const ends = this.readEnds();
    const attributes = new Map([["id", id.text]]);
    const capacity = this.number("pre-installed capacity", 0);
    attributes.set("pre_installed_capacity", String(capacity));
    for (const name of ["pre_installed_capacity_cost", "routing_cost", "setup_cost"]) attributes.set(name, String(this.number(name, 0)));
    this.expect("(");
    const modules: string[] = [];
    while (this.token !== undefined && this.token.text !== ")") modules.push(`${this.number("module capacity", 0)} ${this.number("module cost", 0)}`);
    this.expect(")");
    if (modules.length > 0) attributes.set("modules", modules.join("; "));
    this.rawLinks.push({ ...ends, directed: false, weight: null, delayMs: null, capacity, attributes, line: id.line });
  }

  private readDemand(): void {
    const id = this.take("a demand name");
    checkItemCount(this.source, id, this.demands.length);
    const ends = this.readEnds();
    this.number("routing unit", 0);
    const value = this.number("demand value", 0);
    this.take("a maximal path length");
    this.demands.push({ id: id.text, ...ends, value });
  }

  /** Skips a name with its bracketed list, as in the section of admissible paths. */
  private skipEntry(): void {
    this.take("a name");
    this.expect("(");
    for (let depth = 1; depth > 0; ) {
      const { text } = this.take(")");
      depth += text === "(" ? 1 : text === ")" ? -1 : 0;
    }
  }

  private placedNodes(): TopologyNode[] {
    const outOfRange = this.rawNodes.some(({ x, y }) => x !== null && y !== null && (Math.abs(x) > 180 || Math.abs(y) > 90));
    const wish = this.options.coordinates ?? "detect";
    const geographic = wish === "geographic" || (wish === "detect" && !outOfRange);
    const drawing = "coordinates taken as those of a drawing, since they are out of range for longitude and latitude";
    if (wish === "detect") this.notes.push(geographic ? "coordinates taken as longitude and latitude" : drawing);
    return this.rawNodes.map((node) => {
      const { id, x, y, line } = node;
      const base = { id, label: id, latitude: null, longitude: null, attributes: NO_ATTRIBUTES, line };
      if (x === null || y === null) return base;
      if (!geographic) return { ...base, attributes: new Map([["x", String(x)], ["y", String(y)]]) };
      if (Math.abs(x) > 180 || Math.abs(y) > 90) throw this.source.error(node, "position out of range", `${x} ${y}`, "longitude -180..180 and latitude -90..90");
      return { ...base, longitude: x, latitude: y };
    });
  }

  private linksWithCapacity(): TopologyLink[] {
    const unitName = this.meta.get("unit");
    const unitBps = this.options.capacityUnitBps ?? (unitName === undefined ? undefined : UNITS_BPS.get(unitName));
    if (unitBps === undefined) this.notes.push(`link capacities unknown: ${unitName === undefined ? "the file states no unit" : `unit ${unitName} is not a rate`}`);
    return this.rawLinks.map(({ capacity, ...link }) => ({ ...link, capacityBps: unitBps !== undefined && capacity > 0 ? capacity * unitBps : null }));
  }

  private node(): number {
    const token = this.take("a node name");
    const index = this.index.find(token.text);
    if (index === undefined) throw this.source.error(token, "unknown node", token.text, "a name from the section NODES, which stands first");
    return index;
  }

  private number(what: string, min = -Infinity): number {
    const token = this.take(what);
    return this.source.number(token.text, token, what, { min, max: LARGEST_NUMBER });
  }

  private expect(text: string): void {
    const token = this.take(text);
    if (token.text !== text) throw this.source.error(token, "cannot read SNDlib text", token.text, text);
  }

  private take(expected: string): Token {
    const { token } = this;
    if (token === undefined) throw this.source.endError("the file ends too early", "end of file", expected);
    this.advance();
    return token;
  }

  private advance(): void {
    const next = this.tokens.next();
    this.token = next.done === true ? undefined : next.value;
  }

  /** Brackets and words; the META section is free text and is read by lines. */
  private *scan(): Generator<Token> {
    let inMeta = false;
    for (const { text, line, offset } of this.source.lines()) {
      if (inMeta && text.trim() !== ")") {
        const equals = text.indexOf("=");
        if (equals > 0) this.meta.set(text.slice(0, equals).trim(), text.slice(equals + 1).trim());
        continue;
      }
      inMeta = false;
      if (line === 1) continue;
      const content = text.replace(/#.*$/, "");
      for (const match of content.matchAll(/[()]|[^\s()]+/g)) yield { text: match[0], line, offset: offset + (match.index ?? 0) };
      inMeta = /^\s*META\s*\(\s*$/.test(content);
    }
  }
}
