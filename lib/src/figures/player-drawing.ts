/**
 * Draws one position of a step player as a tree of SVG elements: links below, messages above them, nodes on top. The same functions draw the
 * still pictures that are stored and, as text inside the page's script, the moving one; so they use nothing from outside this file but types.
 */
import type { PlayerData, PlayerState } from "./player-data";
import type { SvgNode } from "./svg";

/** Colours and dashes; the page's script carries its own copy. */
export interface PlayerPaint {
  readonly text: string;
  readonly quiet: string;
  readonly axis: string;
  readonly grid: string;
  readonly ground: string;
  /** Colour of each tone's mark and of its writing, and the dashes of its lines. */
  readonly tones: readonly { readonly mark: string; readonly name: string; readonly dash: string }[];
  /** Dashes and width of each kind of link. */
  readonly kinds: readonly { readonly dash: string; readonly width: number }[];
}

/** Where things stand in a drawing of one size. */
export interface PlayerLayout {
  readonly width: number;
  readonly height: number;
  readonly places: readonly (readonly [number, number])[];
  readonly radius: number;
  /** Whether every node and message carries its name; if not, only those that stand out. */
  readonly roomy: boolean;
}

/** Fits what is drawn, see `playerBounds`, into a drawing of that size, in equal scale across and down. */
export function playerLayout(data: PlayerData, bounds: readonly [number, number, number, number], width: number, height: number): PlayerLayout {
  const count = data.nodes.length;
  const radius = (count <= 12 ? 11 : count <= 30 ? 8.5 : 6.5) * (width < 400 ? 0.8 : 1);
  const [left, top, across, down] = bounds;
  // Room beside the outermost nodes for half a name below or above them.
  const aside = radius + Math.min(0.15 * width, data.nodes.reduce((most, { name }) => Math.max(most, 3.4 * name.length - radius), 26));
  const scale = Math.min(across > 0 ? (width - 2 * aside) / across : Infinity, down > 0 ? (height - 2 * (radius + 22)) / down : Infinity);
  const at = (offset: number, size: number) => size / 2 + (Number.isFinite(scale) ? offset * scale : 0);
  return { width, height, radius, roomy: count * (width < 400 ? 2 : 1) <= 36, places: data.nodes.map(({ x, y }) => [at(x - left - across / 2, width), at(y - top - down / 2, height)] as const) };
}

/** A number for an attribute: one decimal, no minus zero. */
export function tenth(value: number): string {
  return String(Math.round(value * 10) / 10 + 0);
}

/** An element with its attributes; one without a value is left out. */
export function svgPart(tag: string, attributes: Readonly<Record<string, string>>, ...children: (SvgNode | string)[]): SvgNode {
  return { tag, attributes: Object.entries(attributes).filter(([, value]) => value !== ""), children };
}

/** Writing with a rim of the page's ground, readable on lines. */
export function svgWriting(text: string, x: number, y: number, anchor: string, size: string, colour: string, paint: PlayerPaint): SvgNode {
  return svgPart("text", { fill: colour, stroke: paint.ground, "stroke-width": "3", "paint-order": "stroke", "font-size": size, "text-anchor": anchor, x: tenth(x), y: tenth(y) }, text);
}

/** A point at a share of the way along a quadratic curve. */
export function alongCurve(curve: readonly (readonly [number, number])[], share: number): readonly [number, number] {
  const other = 1 - share;
  const at = (axis: 0 | 1) => other * other * curve[0][axis] + 2 * other * share * curve[1][axis] + share * share * curve[2][axis];
  return [at(0), at(1)];
}

/** The curve from one node to another, from edge to edge, bent to its left by a share of its length. */
export function curveBetween(layout: PlayerLayout, from: number, to: number, bend: number): readonly (readonly [number, number])[] {
  const [a, b] = [layout.places[from], layout.places[to]];
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = Math.sqrt(dx * dx + dy * dy) || 1;
  const control = [(a[0] + b[0]) / 2 + 2 * bend * dy, (a[1] + b[1]) / 2 - 2 * bend * dx] as const;
  const cut = Math.min(0.4, (layout.radius + 3) / length);
  const whole = [a, control, b];
  const [t, u] = [cut, 1 - cut];
  const blossom = (axis: 0 | 1) => (1 - t) * (1 - u) * a[axis] + ((1 - t) * u + t * (1 - u)) * control[axis] + t * u * b[axis];
  return [alongCurve(whole, t), [blossom(0), blossom(1)], alongCurve(whole, u)];
}

/** The path of a curve: straight where it does not bend. */
export function curvePath(curve: readonly (readonly [number, number])[], bend: number): string {
  const [a, c, b] = curve.map((point) => point.map(tenth).join(","));
  return bend === 0 ? `M${a}L${b}` : `M${a}Q${c} ${b}`;
}

/** The outline of a node of that shape. */
export function nodeOutline(shape: string, x: number, y: number, r: number): string {
  const points = (list: readonly (readonly [number, number])[]) => `M${list.map(([dx, dy]) => `${tenth(x + dx * r)},${tenth(y + dy * r)}`).join("L")}Z`;
  if (shape === "square") return points([[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]]);
  if (shape === "diamond") return points([[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]]);
  if (shape === "triangle") return points([[0, -1.2], [1.15, 0.85], [-1.15, 0.85]]);
  if (shape === "hexagon") return points([[-0.55, -0.95], [0.55, -0.95], [1.1, 0], [0.55, 0.95], [-0.55, 0.95], [-1.1, 0]]);
  return `M${tenth(x - r)},${tenth(y)}a${tenth(r)},${tenth(r)} 0 1,0 ${tenth(2 * r)},0a${tenth(r)},${tenth(r)} 0 1,0 ${tenth(-2 * r)},0Z`;
}

/** A node of one tone: its look codes the tone as well as its colour. */
export function nodeMark(shape: string, look: string, colour: string, x: number, y: number, r: number, paint: PlayerPaint): SvgNode[] {
  const outline = (size: number, fill: string, stroke: string, width: string, dash = "") => svgPart("path", { d: nodeOutline(shape, x, y, size * r), fill, stroke, "stroke-width": width, "stroke-dasharray": dash });
  const { ground } = paint;
  if (look === "") return [outline(1, paint.grid, paint.axis, "1.4")];
  if (look === "absent") return [outline(0.6, ground, paint.axis, "1", "1.5,2.5")];
  if (look === "ring") return [outline(1, ground, colour, "3")];
  if (look === "dashed") return [outline(1, ground, colour, "2.2", "3.5,2.5")];
  const thin = outline(1, ground, colour, "1.6");
  if (look === "dot") return [thin, outline(0.45, colour, "none", "")];
  if (look === "double") return [thin, outline(0.6, "none", colour, "1.6")];
  if (look === "crossed") {
    const k = 0.62 * r;
    const [left, right, top, bottom] = [x - k, x + k, y - k, y + k].map(tenth);
    return [thin, svgPart("path", { d: `M${left},${top}L${right},${bottom}M${left},${bottom}L${right},${top}`, fill: "none", stroke: colour, "stroke-width": "2" })];
  }
  return [outline(1, colour, colour, "1.4")];
}

/** The name of a node, outside it and away from the middle of the drawing. */
export function nodeName(name: string, index: number, layout: PlayerLayout, colour: string, paint: PlayerPaint): SvgNode {
  const [x, y] = layout.places[index];
  const [dx, dy] = [x - layout.width / 2, y - layout.height / 2];
  const gap = layout.radius * 1.25 + 8;
  const isAtSide = name.length <= 4 && Math.abs(dx) > 1.6 * Math.abs(dy) && Math.abs(dx) > 0.3 * layout.width && layout.places.some((other) => Math.abs(other[1] - y) > 3 * layout.radius);
  if (isAtSide) return svgWriting(name, x + (dx > 0 ? gap : -gap), y + 4, dx > 0 ? "start" : "end", "13", colour, paint);
  return svgWriting(name, x, dy < -layout.radius ? y - gap : y + gap + 9, "middle", "13", colour, paint);
}

/** A link with its label and, where it has one, its arrow. */
export function drawLink(data: PlayerData, state: PlayerState, layout: PlayerLayout, index: number, paint: PlayerPaint): SvgNode {
  const { from, to, kind, bend, arrow, label } = data.links[index];
  const tone = state.linkTones[index];
  if (!state.linkVisible[index]) return svgPart("g", {});
  const curve = curveBetween(layout, from, to, bend);
  const look = paint.kinds[kind];
  const colour = tone < 0 ? paint.axis : paint.tones[tone].mark;
  const line = svgPart("path", { d: curvePath(curve, bend), fill: "none", stroke: colour, "stroke-width": tenth(look.width + (tone < 0 ? 0 : 1.4)), "stroke-dasharray": tone < 0 ? look.dash : paint.tones[tone].dash });
  const [x, y] = alongCurve(curve, 0.5);
  return svgPart("g", {}, line, ...(arrow ? [arrowHead(curve, 1, colour)] : []), ...(label === "" ? [] : [svgWriting(label, x, y - 5, "middle", "12", paint.quiet, paint)]));
}

/** A small triangle that points along a curve at a share of its way. */
export function arrowHead(curve: readonly (readonly [number, number])[], share: number, colour: string): SvgNode {
  const [x, y] = alongCurve(curve, share);
  const [px, py] = alongCurve(curve, share - 0.04);
  const length = Math.sqrt((x - px) * (x - px) + (y - py) * (y - py)) || 1;
  const [ux, uy] = [(x - px) / length, (y - py) / length];
  const corner = (along: number, aside: number) => `${tenth(x + along * ux - aside * uy)},${tenth(y + along * uy + aside * ux)}`;
  return svgPart("path", { d: `M${corner(2, 0)}L${corner(-7, 4)}L${corner(-7, -4)}Z`, fill: colour });
}

/** A message under way: the way it takes, its letter at its place, its label unless it would lie on one of those `written`. */
export function drawMessage(data: PlayerData, state: PlayerState, layout: PlayerLayout, index: number, position: number, paint: PlayerPaint, written: (readonly [number, number])[]): SvgNode {
  const [from, to, link, label, tone, first, end] = data.messages[index];
  const bend = link < 0 ? 0 : data.links[link].from === from ? data.links[link].bend : -data.links[link].bend;
  const curve = curveBetween(layout, from, to, bend);
  const look = tone < 0 ? { mark: paint.text, name: paint.text, dash: "" } : paint.tones[tone];
  // Half a step is added before the way, so that a message of one step stands between its ends.
  const [x, y] = alongCurve(curve, (position - first + 0.5) / (end - first + 0.5));
  // A label that would lie on another one is left out; the letter stays.
  const isNamed = label !== "" && state.messages.length <= (layout.roomy ? 8 : 3) && written.every((other) => Math.abs(other[0] - x) > 42 || Math.abs(other[1] - y) > 15);
  if (isNamed) written.push([x, y]);
  return svgPart("g", {},
    svgPart("path", { d: curvePath(curve, bend), fill: "none", stroke: look.mark, "stroke-width": "1.8", "stroke-dasharray": look.dash }),
    arrowHead(curve, 1, look.mark),
    svgPart("rect", { x: tenth(x - 6), y: tenth(y - 4), width: "12", height: "8", rx: "1.5", fill: look.mark, stroke: paint.ground, "stroke-width": "1.2" }),
    ...(isNamed ? [svgWriting(label, x, y < 24 ? y + 17 : y - 8, x < 60 ? "start" : x > layout.width - 60 ? "end" : "middle", "12", look.name, paint)] : []),
  );
}

/** A node with its name; a halo when this step changed it or when it is the chosen one. */
export function drawNode(data: PlayerData, state: PlayerState, layout: PlayerLayout, index: number, chosen: number, paint: PlayerPaint): SvgNode {
  const { name, shape } = data.nodes[index];
  const tone = state.tones[index];
  const look = tone < 0 ? "" : data.tones[tone].look;
  const [x, y] = layout.places[index];
  const halo = (room: number, width: string, colour: string) => svgPart("circle", { fill: "none", stroke: colour, "stroke-width": width, cx: tenth(x), cy: tenth(y), r: tenth(layout.radius * 1.25 + room) });
  const isChanged = state.changed.has(index);
  const isNamed = layout.roomy || chosen === index || isChanged || (look !== "" && look !== "absent");
  return svgPart("g", {},
    ...(chosen === index ? [halo(5.5, "2", paint.text)] : []),
    ...(isChanged ? [halo(3, "1", paint.quiet)] : []),
    ...nodeMark(shape, look, tone < 0 ? "" : paint.tones[tone].mark, x, y, layout.radius, paint),
    ...(isNamed ? [nodeName(name, index, layout, tone < 0 ? paint.text : paint.tones[tone].name, paint)] : []),
  );
}

/**
 * The drawing at a position: three groups, of links, messages and nodes; nodes and links each have one group, in their order.
 *
 * @param position may lie between two steps; then messages stand between their places
 * @param chosen index of the chosen node, -1 for none
 */
export function drawPlayer(data: PlayerData, state: PlayerState, layout: PlayerLayout, position: number, chosen: number, paint: PlayerPaint): SvgNode[] {
  const written: (readonly [number, number])[] = [];
  return [
    svgPart("g", {}, ...data.links.map((_, index) => drawLink(data, state, layout, index, paint))),
    svgPart("g", {}, ...state.messages.map((index) => drawMessage(data, state, layout, index, position, paint, written))),
    svgPart("g", {}, ...data.nodes.map((_, index) => drawNode(data, state, layout, index, chosen, paint))),
  ];
}
