/**
 * The SVG that may stand in a page: a short list of elements and attributes, written by one serializer and checked again by one
 * scanner before it enters a page. Nothing on the list can load, run or link anything.
 */
import { InvariantError } from "../errors";
import { SafeHtml, escapeHtml, trustedHtml } from "../html";

/** An element: name, attributes, children (elements or text). */
export interface SvgNode {
  readonly tag: string;
  readonly attributes: readonly (readonly [string, string])[];
  readonly children: readonly (SvgNode | string)[];
}

const TAGS = new Set(["svg", "title", "desc", "g", "path", "rect", "line", "circle", "text", "tspan", "clipPath", "linearGradient", "stop"]);
const NUMBER = /^-?[\d.]+(px|em|%)?$/;
const COLOUR = /^(none|#[0-9a-f]{6})$/;
const WORD = /^[a-z][a-z-]*$/;

/** Allowed attributes with the form of their value. */
const ATTRIBUTES: Readonly<Record<string, RegExp>> = {
  id: /^[a-z][a-z0-9-]*$/,
  xmlns: /^http:\/\/www\.w3\.org\/2000\/svg$/,
  viewBox: /^[\d. -]+$/,
  role: /^img$/,
  "aria-labelledby": /^[a-z0-9 -]+$/,
  "aria-hidden": /^true$/,
  "paint-order": /^stroke$/,
  d: /^[MmLlHhVvCcSsQqTtAaZz0-9eE., +-]*$/,
  transform: /^[a-z0-9(),. -]+$/i,
  points: /^[\d., -]+$/,
  "stroke-dasharray": /^[\dpx., ]+$/,
  "clip-path": /^url\(#[a-z][a-z0-9-]*\)$/,
  "font-family": /^[A-Za-z0-9 ',-]+$/,
  "font-weight": /^(\d+|bold|normal)$/,
  "font-style": WORD,
  "text-anchor": /^(start|middle|end)$/,
  "stroke-linejoin": WORD,
  "stroke-linecap": WORD,
  "shape-rendering": /^crispEdges$/,
  fill: /^(none|#[0-9a-f]{6}|url\(#[a-z][a-z0-9-]*\))$/,
  "stop-color": COLOUR,
  gradientUnits: WORD,
  stroke: COLOUR,
  "fill-rule": WORD,
};
const NUMERIC = new Set(["x", "y", "x1", "y1", "x2", "y2", "dx", "dy", "cx", "cy", "r", "rx", "ry", "width", "height", "offset", "font-size", "stroke-width", "stroke-miterlimit", "opacity", "fill-opacity", "stroke-opacity"]);

/** Whether an attribute with this value may stand in the SVG of a page. */
export function isAllowedAttribute(name: string, value: string): boolean {
  if (NUMERIC.has(name)) return NUMBER.test(value);
  return Object.prototype.hasOwnProperty.call(ATTRIBUTES, name) && ATTRIBUTES[name].test(value);
}

/** Writes a tree as SVG text; elements and attributes that are not on the list are left out, with everything inside them. */
export function serializeSvg(node: SvgNode): string {
  if (!TAGS.has(node.tag)) return "";
  const attributes = node.attributes.filter(([name, value]) => isAllowedAttribute(name, value)).map(([name, value]) => ` ${name}="${escapeHtml(value)}"`);
  const inside = node.children.map((child) => (typeof child === "string" ? escapeHtml(child) : serializeSvg(child))).join("");
  const start = `<${node.tag}${attributes.join("")}`;
  return inside === "" ? `${start}/>` : `${start}>${inside}</${node.tag}>`;
}

const PIECE = /<(\/?)([A-Za-z]+)((?: [A-Za-z][A-Za-z0-9-]*="[^"<>]*")*)(\/?)>|([^<>]+)/gy;

/**
 * Checks that a text is what {@link serializeSvg} could have written for the figure of that id, and marks it as safe.
 *
 * @throws InvariantError at the first element, attribute or character that is not on the list, for unbalanced elements and foreign ids
 */
export function checkedSvg(svg: string, figureId: string): SafeHtml {
  const open: string[] = [];
  let at = 0;
  PIECE.lastIndex = 0;
  const refuse = (what: string, got: string): never => {
    throw new InvariantError({ what, got, expected: "SVG as the figure renderer writes it", where: `figure ${figureId}, character ${at}` });
  };
  while (at < svg.length) {
    const piece = PIECE.exec(svg) ?? refuse("malformed SVG", svg.slice(at, at + 40));
    const [whole, closing, tag, attributes, selfClosing, text] = piece;
    if (text !== undefined && open.length === 0) refuse("text outside the SVG", text);
    if (text === undefined) {
      if (!TAGS.has(tag) || (open.length === 0 && (tag !== "svg" || at > 0))) refuse("element not allowed", whole);
      for (const [, name, value] of attributes.matchAll(/ ([A-Za-z][A-Za-z0-9-]*)="([^"]*)"/g)) checkAttribute(name, unescape(value), figureId, refuse);
      if (closing !== "" && (open.pop() !== tag || attributes !== "")) refuse("unbalanced element", whole);
      if (closing === "" && selfClosing === "") open.push(tag);
    }
    at = PIECE.lastIndex;
  }
  if (open.length > 0 || at === 0) refuse("SVG ends early", svg.slice(-40));
  return trustedHtml(svg, "figure-svg");
}

function checkAttribute(name: string, value: string, figureId: string, refuse: (what: string, got: string) => never): void {
  if (!isAllowedAttribute(name, value)) refuse("attribute not allowed", `${name}="${value}"`);
  const foreign = (name === "id" && !value.startsWith(`${figureId}-`)) || (value.startsWith("url(") && !value.startsWith(`url(#${figureId}-`));
  if (foreign) refuse("id of another figure", value);
}

function unescape(text: string): string {
  return text.replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}
