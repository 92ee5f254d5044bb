/**
 * Turns the SVG that Plotly draws into a small, stable one: styles become a few attributes, numbers have at most two decimals, invisible
 * and interactive parts go, random ids become `FIGURE-c0`, `FIGURE-c1`, ... Colours are written as six hex digits, so that a page's
 * style can replace each by its dark counterpart.
 */
import type { SvgNode } from "./svg";
import { serializeSvg } from "./svg";
import type { Figure } from "./figure";
import { FIGURE_FONT, INK, TEXT_SIZE } from "./theme";

type Style = Readonly<Record<string, string>>;

const INHERITED = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "font-size", "font-weight", "font-style", "text-anchor"] as const;
const INITIAL: Style = {
  fill: "#000000", "fill-opacity": "1", stroke: "none", "stroke-width": "1", "stroke-opacity": "1", "stroke-dasharray": "none",
  "font-size": String(TEXT_SIZE.label), "font-weight": "400", "font-style": "normal", "text-anchor": "start",
};
const SHAPES = new Set(["path", "rect", "line", "circle"]);
const GEOMETRY = ["d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy", "width", "height", "points", "transform"];

const IDLE_TRANSFORM = /^(translate\(0(, ?0)?\)|rotate\(0(,.*)?\))$/;
/** A single straight stroke: it has no inside to fill. */
const STRAIGHT = /^M[-\d.]+,[-\d.]+([hvHV][-\d.]+|L[-\d.]+,[-\d.]+)$/;

interface Context {
  readonly style: Style;
  readonly figureId: string;
  /** Short names of clip paths and gradients in the order of their first use, by Plotly's id. */
  readonly references: Map<string, string>;
}

/** Writes the drawing of a figure as standalone SVG text with its name and description. */
export function compactSvg(root: SvgNode, figure: Figure): string {
  const context: Context = { style: INITIAL, figureId: figure.id, references: new Map() };
  const body = groupRuns(root.children.flatMap((child) => compactNode(child, context)));
  const clips = [...context.references].flatMap(([id, shortId]) => findReferenced(root, id, shortId));
  const titleId = `${figure.id}-title`;
  const descId = `${figure.id}-desc`;
  return serializeSvg({
    tag: "svg",
    attributes: [
      ["xmlns", "http://www.w3.org/2000/svg"],
      ["viewBox", `0 0 ${figure.width} ${figure.height}`],
      ["width", String(figure.width)],
      ["height", String(figure.height)],
      ["role", "img"],
      ["aria-labelledby", `${titleId} ${descId}`],
      ["font-family", FIGURE_FONT],
      ["font-size", INITIAL["font-size"]],
    ],
    children: [
      { tag: "title", attributes: [["id", titleId]], children: [figure.title] },
      { tag: "desc", attributes: [["id", descId]], children: [figure.alt] },
      ...clips,
      ...body,
    ],
  });
}

function compactNode(node: SvgNode | string, outer: Context): readonly SvgNode[] {
  if (typeof node === "string") return [];
  const own = ownStyle(node);
  if (isHidden(own)) return [];
  const context = { ...outer, style: inherit(outer.style, own) };
  if (node.tag === "text") return compactText(node, context, own);
  if (SHAPES.has(node.tag)) return compactShape(node, context, own);
  if (node.tag !== "g" && node.tag !== "svg") return [];
  const kept = groupAttributes(node, own, context);
  const children = groupRuns(node.children.flatMap((child) => compactNode(child, context)));
  if (children.length === 0) return [];
  return kept.length === 0 ? children : [{ tag: "g", attributes: kept, children }];
}

function groupAttributes(node: SvgNode, own: Style, context: Context): readonly (readonly [string, string])[] {
  const kept: [string, string][] = [];
  const transform = roundText(attribute(node, "transform"));
  if (transform !== "" && !IDLE_TRANSFORM.test(transform)) kept.push(["transform", transform]);
  const clip = reference(own["clip-path"] ?? "", context);
  if (clip !== "") kept.push(["clip-path", clip]);
  if (own.opacity !== undefined && own.opacity !== "1") kept.push(["opacity", roundText(own.opacity)]);
  return kept;
}

function compactShape(node: SvgNode, context: Context, own: Style): readonly SvgNode[] {
  const { style } = context;
  const filled = style.fill !== "none" && style["fill-opacity"] !== "0" && node.tag !== "line";
  const stroked = style.stroke !== "none" && style["stroke-opacity"] !== "0" && style["stroke-width"] !== "0";
  if (node.tag === "rect" && attribute(node, "width") === "0") return [];
  const outline = attribute(node, "d");
  if ((!filled && !stroked) || (node.tag === "path" && (outline === "" || outline === "M0,0Z"))) return [];
  const paint: [string, string][] = [];
  const fill = own.gradient === undefined ? style.fill : reference(own.gradient, context);
  if (!STRAIGHT.test(outline)) paint.push(["fill", filled ? fill : "none"]);
  if (filled) pushUnless(paint, style, "fill-opacity", "1");
  if (stroked) {
    paint.push(["stroke", style.stroke]);
    for (const name of ["stroke-width", "stroke-opacity"] as const) pushUnless(paint, style, name, "1");
    pushUnless(paint, style, "stroke-dasharray", "none");
  }
  if (own.opacity !== undefined && own.opacity !== "1") paint.push(["opacity", roundText(own.opacity)]);
  const clip = reference(own["clip-path"] ?? "", context);
  if (clip !== "") paint.push(["clip-path", clip]);
  const shape = asCircle(node) ?? node;
  return [{ tag: shape.tag, attributes: [...paint, ...geometry(shape)], children: [] }];
}

/** Plotly draws a round marker as two arcs moved into place; a circle says the same in a third of the bytes. */
function asCircle(node: SvgNode): SvgNode | null {
  const round = /^M([\d.]+),0A\1,\1 0 1,1 0,-\1A\1,\1 0 0,1 \1,0Z$/.exec(attribute(node, "d"));
  const place = /^translate\((-?[\d.]+), ?(-?[\d.]+)\)$/.exec(attribute(node, "transform"));
  if (!round || !place) return null;
  return { tag: "circle", attributes: [["cx", place[1]], ["cy", place[2]], ["r", round[1]]], children: [] };
}

function compactText(node: SvgNode, context: Context, own: Style): readonly SvgNode[] {
  const children = textChildren(node, context.style);
  if (children.length === 0) return [];
  const { style } = context;
  const attributes: [string, string][] = [["fill", style.fill]];
  if (own.opacity !== undefined && own.opacity !== "1") attributes.push(["opacity", roundText(own.opacity)]);
  for (const name of ["fill-opacity", "font-size", "font-weight", "font-style", "text-anchor"] as const) pushUnless(attributes, style, name, INITIAL[name]);
  return [{ tag: "text", attributes: [...attributes, ...geometry(node)], children }];
}

function textChildren(node: SvgNode, style: Style): readonly (SvgNode | string)[] {
  return node.children.flatMap((child): readonly (SvgNode | string)[] => {
    // Plotly puts a zero-width space after a superscript to return to the base line; nothing follows it in our labels.
    if (typeof child === "string") return child.replace(/\u200b/g, "") === "" ? [] : [child.replace(/\u200b/g, "")];
    if (child.tag !== "tspan") return [];
    const inner = inherit(style, ownStyle(child));
    const children = textChildren(child, inner);
    if (children.length === 0) return [];
    const changed = (["font-size", "font-weight", "font-style", "fill"] as const).filter((name) => inner[name] !== style[name]).map((name): [string, string] => [name, inner[name]]);
    return [{ tag: "tspan", attributes: [...changed, ...geometry(child)], children }];
  });
}

function geometry(node: SvgNode): readonly (readonly [string, string])[] {
  return GEOMETRY.flatMap((name): readonly (readonly [string, string])[] => {
    const value = attribute(node, name);
    const zero = value === "0em" || (value === "0" && (name === "x" || name === "y")) || IDLE_TRANSFORM.test(value);
    return value === "" || zero ? [] : [[name, roundText(value)]];
  });
}

function pushUnless(attributes: [string, string][], style: Style, name: string, usual: string): void {
  if (style[name] !== usual) attributes.push([name, roundText(style[name])]);
}

/** Neighbours with equal paint share one group that names it once. */
function groupRuns(nodes: readonly SvgNode[]): readonly SvgNode[] {
  const out: SvgNode[] = [];
  for (let i = 0; i < nodes.length; ) {
    const paint = sharedPaint(nodes[i]);
    let end = i + 1;
    while (paint !== "" && end < nodes.length && sharedPaint(nodes[end]) === paint) end += 1;
    const run = nodes.slice(i, end);
    if (run.length < 2) out.push(...run);
    else out.push({ tag: "g", attributes: run[0].attributes.filter(isPaint), children: run.map((node) => ({ ...node, attributes: node.attributes.filter((pair) => !isPaint(pair)) })) });
    i = end;
  }
  return out;
}

function isPaint([name]: readonly [string, string]): boolean {
  return name !== "opacity" && !GEOMETRY.includes(name);
}

function sharedPaint(node: SvgNode): string {
  if (node.tag === "g" || node.attributes.some(([name]) => name === "opacity")) return "";
  return node.attributes.filter(isPaint).map(([name, value]) => `${name}=${value}`).join(";");
}

function attribute(node: SvgNode, name: string): string {
  return node.attributes.find(([candidate]) => candidate === name)?.[1] ?? "";
}

function ownStyle(node: SvgNode): Style {
  const style: Record<string, string> = {};
  for (const [name, value] of node.attributes) if (name !== "style") setStyle(style, name, value);
  for (const part of attribute(node, "style").split(";")) {
    const colon = part.indexOf(":");
    if (colon > 0) setStyle(style, part.slice(0, colon).trim(), part.slice(colon + 1).trim());
  }
  return style;
}

const STYLE_NAMES = new Set<string>([...INHERITED, "opacity", "display", "visibility", "clip-path"]);

function setStyle(style: Record<string, string>, name: string, value: string): void {
  if (!STYLE_NAMES.has(name)) return;
  if (name === "fill" || name === "stroke") {
    const colour = readColour(value);
    if (name === "fill" && colour === null && REFERENCE.test(value)) style.gradient = value;
    if (colour === null) return;
    style[name] = colour.hex;
    if (colour.alpha !== "1") style[`${name}-opacity`] = colour.alpha;
  } else if (name === "font-weight") style[name] = value === "normal" ? "400" : value;
  else style[name] = value.replace(/px/g, "");
}

/** Reads `rgb()`, `rgba()`, `#rgb`, `#rrggbb`, `none` and `transparent`; `null` for anything else, a reference above all. */
function readColour(value: string): { readonly hex: string; readonly alpha: string } | null {
  if (value === "none" || value === "transparent") return { hex: "none", alpha: "1" };
  const parts = /^rgba?\((\d+), ?(\d+), ?(\d+)(?:, ?([\d.]+))?\)$/.exec(value);
  if (parts) return { hex: `#${parts.slice(1, 4).map((n) => Number(n).toString(16).padStart(2, "0")).join("")}`, alpha: parts[4] ?? "1" };
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(value);
  if (short) return { hex: `#${short.slice(1).map((c) => c + c).join("")}`.toLowerCase(), alpha: "1" };
  return /^#[0-9a-f]{6}$/i.test(value) ? { hex: value.toLowerCase(), alpha: "1" } : null;
}

function inherit(outer: Style, own: Style): Style {
  const style: Record<string, string> = { ...outer };
  for (const name of INHERITED) if (own[name] !== undefined && own[name] !== "inherit") style[name] = own[name];
  return style;
}

function isHidden(own: Style): boolean {
  return own.display === "none" || own.visibility === "hidden" || own.opacity === "0";
}

const REFERENCE = /^url\(['"]?[^'")]*#([^'")]+)['"]?\)$/;

/** A reference within the drawing under its short name; empty for anything else. */
function reference(value: string, context: Context): string {
  const id = REFERENCE.exec(value)?.[1];
  if (id === undefined) return "";
  const shortId = context.references.get(id) ?? `${context.figureId}-c${context.references.size}`;
  context.references.set(id, shortId);
  return `url(#${shortId})`;
}

function findReferenced(node: SvgNode, id: string, shortId: string): readonly SvgNode[] {
  const found = attribute(node, "id") === id;
  if (found && node.tag === "clipPath") {
    const shapes = node.children.flatMap((child) => (typeof child === "string" || !SHAPES.has(child.tag) ? [] : [{ tag: child.tag, attributes: geometry(child), children: [] }]));
    return [{ tag: "clipPath", attributes: [["id", shortId]], children: shapes }];
  }
  if (found && node.tag === "linearGradient") {
    const stops = node.children.flatMap((child) => (typeof child === "string" || child.tag !== "stop" ? [] : [gradientStop(child)]));
    return [{ tag: "linearGradient", attributes: [["id", shortId], ...geometry(node)], children: stops }];
  }
  return node.children.flatMap((child) => (typeof child === "string" ? [] : findReferenced(child, id, shortId)));
}

function gradientStop(node: SvgNode): SvgNode {
  const colour = readColour(attribute(node, "stop-color"))?.hex ?? "none";
  return { tag: "stop", attributes: [["offset", roundText(attribute(node, "offset"))], ["stop-color", colour]], children: [] };
}

/** Every number of a text with at most two decimals. */
function roundText(text: string): string {
  return text.replace(/-?\d*\.\d+(?:e-?\d+)?|-?\d+e-?\d+/g, (number) => String(Number(Number(number).toFixed(2)) + 0));
}

/** Colour of the page's ground, for a picture that has one. */
export const PICTURE_GROUND = INK.ground.light;
