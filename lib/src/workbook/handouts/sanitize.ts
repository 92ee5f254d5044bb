/**
 * Rebuilds stored HTML and SVG from an allow-list. The text is parsed as a browser parses it (parse5), and only known elements and
 * attributes are written again, every text and value escaped. No element that holds raw text is ever written, except the inert JSON of
 * a figure, which is parsed and written anew; so reading the result again cannot turn text into markup.
 */
import { html as namespaces, parseFragment, type DefaultTreeAdapterMap } from "parse5";
import { escapeHtml, jsonForScript, trustedHtml, type SafeHtml } from "../../html";
import {
  DROPPED_WITH_CONTENT, HTML_ATTRIBUTES, HTML_ELEMENTS, SVG_ATTRIBUTES, SVG_ELEMENTS, allowedStyle, isAllowedLink, isCarriedImage, isLocalPaint,
} from "./sanitize-policy";

type Node = DefaultTreeAdapterMap["childNode"];
type Element = DefaultTreeAdapterMap["element"];

const VOID_ELEMENTS = new Set(["br", "hr", "img", "col", "wbr"]);
/** Attributes whose value names ids of the same page. */
const ID_REFERENCES = new Set(["aria-labelledby", "aria-describedby", "aria-controls", "headers"]);
/** Roles that describe and promise no behaviour. */
const ROLES = new Set(["group", "img", "list", "listitem", "note", "figure", "region", "table", "presentation", "none"]);
const HEADING = /^h[1-6]$/;

/** Ids already used on a page, so that two outputs never share one. */
export class PageIds {
  private readonly used = new Set<string>();

  /** The wished id, or the first of `wish-2`, `wish-3`, ... that is free; it is taken from then on. */
  take(wish: string): string {
    let id = wish;
    for (let n = 2; this.used.has(id); n++) id = `${wish}-${n}`;
    this.used.add(id);
    return id;
  }
}

/**
 * Makes a stored output safe to stand in a page.
 *
 * @param markup HTML or SVG text from a notebook
 * @param ids the ids of the page; those of the output are renamed where they are taken
 */
export function sanitizeOutput(markup: string, ids: PageIds): SafeHtml {
  const fragment = parseFragment(markup);
  const writer = new Writer(ids);
  writer.reserve(fragment.childNodes);
  return trustedHtml(fragment.childNodes.map((node) => writer.write(node, { svg: false, focusable: false, depth: 0 })).join(""), "stored-output");
}

interface Place {
  readonly svg: boolean;
  /** Inside an element that takes the keyboard focus, so that a wide table in it can be scrolled. */
  readonly focusable: boolean;
  /** Elements around this one. */
  readonly depth: number;
}

/** No figure or table is nested deeper; what is would only exhaust the stack. */
const MAX_DEPTH = 200;

class Writer {
  private readonly renamed = new Map<string, string>();

  constructor(private readonly ids: PageIds) {}

  /** Gives every id of the output its name on the page before any reference to it is written. */
  reserve(nodes: readonly Node[], depth = 0): void {
    if (depth > MAX_DEPTH) return;
    for (const node of nodes) {
      if (!("tagName" in node)) continue;
      const id = node.attrs.find((attribute) => attribute.name === "id")?.value;
      if (id !== undefined && /^[\p{L}\p{N}_][\p{L}\p{N}_.:-]*$/u.test(id) && !this.renamed.has(id)) this.renamed.set(id, this.ids.take(id));
      this.reserve(node.childNodes, depth + 1);
    }
  }

  write(node: Node, place: Place): string {
    if (node.nodeName === "#text") return escapeHtml((node as DefaultTreeAdapterMap["textNode"]).value);
    if (!("tagName" in node) || place.depth > MAX_DEPTH) return "";
    if (node.namespaceURI === namespaces.NS.SVG) return this.svg(node, place);
    if (node.namespaceURI !== namespaces.NS.HTML || place.svg) return "";
    if (node.tagName === "script") return figureJson(node);
    if (DROPPED_WITH_CONTENT.has(node.tagName)) return "";
    if (HEADING.test(node.tagName)) return `<p class="ol-heading">${this.children(node, place)}</p>`;
    if (!HTML_ELEMENTS.has(node.tagName)) return this.children(node, place);
    return this.html(node, place);
  }

  private html(element: Element, place: Place): string {
    const name = element.tagName;
    if (name === "img" && !isCarriedImage(attribute(element, "src"))) return escapeHtml(attribute(element, "alt"));
    // A figure with a caption has its own role, and HTML allows it no other.
    if (name === "figure") element.attrs = element.attrs.filter((candidate) => candidate.name !== "role");
    const attributes = this.attributes(element, (key) => HTML_ATTRIBUTES["*"].has(key) || (HTML_ATTRIBUTES[name]?.has(key) ?? false), false);
    if (VOID_ELEMENTS.has(name)) return `<${name}${attributes}>`;
    const focusable = place.focusable || attribute(element, "tabindex") === "0";
    const scrolls = name === "table" && !focusable;
    const text = `<${name}${attributes}>${this.children(element, { ...place, focusable: focusable || scrolls })}</${name}>`;
    return scrolls ? `<div class="ol-table" role="group" aria-label="Table" tabindex="0">${text}</div>` : text;
  }

  private svg(element: Element, place: Place): string {
    const name = element.tagName;
    if (name === "a" && place.svg) return this.children(element, place);
    if (!SVG_ELEMENTS.has(name) || (!place.svg && name !== "svg")) return "";
    if (name === "title" || name === "desc") return `<${name}${this.attributes(element, (key) => key === "id", true)}>${escapeHtml(textOf(element))}</${name}>`;
    const target = attribute(element, "href") || attribute(element, "xlink:href");
    if (name === "image" && !isCarriedImage(target)) return "";
    if (name !== "image" && target !== "" && !target.startsWith("#")) return "";
    const attributes = this.attributes(element, (key) => SVG_ATTRIBUTES.has(key), true);
    return `<${name}${attributes}>${this.children(element, { ...place, svg: true })}</${name}>`;
  }

  private children(element: Element, place: Place): string {
    return element.childNodes.map((child) => this.write(child, { ...place, depth: place.depth + 1 })).join("");
  }

  private attributes(element: Element, isAllowed: (name: string) => boolean, svg: boolean): string {
    let out = "";
    for (const { name: local, prefix, value } of element.attrs) {
      const name = prefix ? `${prefix}:${local}` : local;
      // The page's own style aligns numbers; the inline one is for front ends without it, and would outweigh the numbers.
      if (name === "style" && /\bol-number\b/.test(attribute(element, "class") ?? "")) continue;
      const written = this.attribute(name, value, isAllowed, svg);
      if (written !== null) out += ` ${name}="${escapeHtml(written)}"`;
    }
    if (element.tagName === "img" && attribute(element, "alt") === "") out += ' alt="Picture shown by the cell"';
    return out;
  }

  /** The value to write, or `null` to leave the attribute out. */
  private attribute(name: string, value: string, isAllowed: (name: string) => boolean, svg: boolean): string | null {
    if (name === "id") return this.renamed.get(value) ?? null;
    if (ID_REFERENCES.has(name)) return value.split(/\s+/).map((id) => this.renamed.get(id)).filter(Boolean).join(" ") || null;
    if (name === "style") return allowedStyle(this.renameUrls(value)) || null;
    if (name === "role") return ROLES.has(value) ? value : null;
    if (name === "tabindex") return value === "0" ? "0" : null;
    if (/^aria-[a-z]+$/.test(name)) return value;
    if (!isAllowed(name)) return null;
    if (name === "class") return svg ? value : value.split(/\s+/).filter((part) => /^(?:ol-[\w-]+|dataframe)$/.test(part)).join(" ") || null;
    if (name === "href" || name === "xlink:href") return this.address(value, svg);
    if (name === "src") return isCarriedImage(value) ? value : null;
    const renamed = this.renameUrls(value);
    return !svg || isLocalPaint(renamed) ? renamed : null;
  }

  private address(value: string, svg: boolean): string | null {
    if (value.startsWith("#")) return `#${this.renamed.get(value.slice(1)) ?? value.slice(1)}`;
    return (svg ? isCarriedImage(value) : isAllowedLink(value)) ? value : null;
  }

  private renameUrls(value: string): string {
    return value.replace(/url\(\s*(["']?)#([^"')\s]+)\1\s*\)/gi, (_, _quote, id: string) => `url(#${this.renamed.get(id) ?? id})`);
  }
}

/** The data of a live figure, parsed and written anew; any other script is left out. */
function figureJson(element: Element): string {
  const kind = ["ol-plotly", "ol-player"].find((name) => attribute(element, "class").split(/\s+/).includes(name));
  if (attribute(element, "type") !== "application/json" || kind === undefined) return "";
  try {
    return `<script type="application/json" class="${kind}">${jsonForScript(JSON.parse(textOf(element)))}</script>`;
  } catch {
    return "";
  }
}

function attribute(element: Element, name: string): string {
  return element.attrs.find((candidate) => (candidate.prefix ? `${candidate.prefix}:${candidate.name}` : candidate.name) === name)?.value ?? "";
}

function textOf(node: Node): string {
  if (node.nodeName === "#text") return (node as DefaultTreeAdapterMap["textNode"]).value;
  return "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
}
