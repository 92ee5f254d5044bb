/** The still pictures of a step player: each alone for a page, where they stand side by side or below each other, and all in one drawing for a file. */
import type { FigureBase } from "./figure";
import { drawPlayer, nodeMark, playerLayout } from "./player-drawing";
import { type PlayerData, playerBounds, playerState } from "./player-data";
import { PLAYER_PAINT } from "./player-paint";
import { type SvgNode, serializeSvg } from "./svg";
import { estimateWidth } from "./text";
import { FIGURE_FONT, INK } from "./theme";

/** Width of one of several pictures. */
const STILL_WIDTH = 290;
const GAP = 24;

/** Whether pictures are so wide that they stand below each other. */
export function isWide(player: PlayerData): boolean {
  return player.height < 0.42 * player.width;
}

/** Size of one still picture. */
export function stillSize(player: PlayerData, count: number): { readonly width: number; readonly height: number } {
  const width = count === 1 || isWide(player) ? player.width : STILL_WIDTH;
  return { width, height: Math.round(Math.max(100, (player.height * width) / player.width)) };
}

/** The picture at a position, alone, with its own name; `id` begins the ids inside it. */
export function stillSvg(player: PlayerData, position: number, count: number, id: string, name: string, description: string): string {
  const { width, height } = stillSize(player, count);
  return wholeSvg(id, name, description, width, height, stillTree(player, position, width, height));
}

/** All still pictures in one drawing with their times above them. */
export function playerStills(words: Pick<FigureBase, "id" | "title" | "alt">, player: PlayerData, shown: readonly number[]): { readonly svg: string; readonly width: number; readonly height: number } {
  const { width, height } = stillSize(player, shown.length);
  const columns = isWide(player) ? 1 : shown.length < 3 ? shown.length : shown.length === 4 ? 2 : 3;
  const head = 22;
  const children = shown.map((position, index): SvgNode => {
    const [x, y] = [(index % columns) * (width + GAP), Math.floor(index / columns) * (height + head + GAP)];
    const label: SvgNode = { tag: "text", attributes: [["fill", INK.quiet.light], ["font-size", "13"], ["x", "0"], ["y", "14"]], children: [shortened(stepLabel(player, position), width)] };
    return { tag: "g", attributes: [["transform", `translate(${x},${y})`]], children: [label, { tag: "g", attributes: [["transform", `translate(0,${head})`]], children: stillTree(player, position, width, height) }] };
  });
  const rows = Math.ceil(shown.length / columns);
  const size = { width: columns * width + (columns - 1) * GAP, height: rows * (height + head) + (rows - 1) * GAP };
  return { svg: wholeSvg(words.id, words.title, words.alt, size.width, size.height, children), ...size };
}

/** "Step 3 · 0.2 s". */
export function stepLabel(player: PlayerData, position: number): string {
  const { time } = player.steps[position];
  return time === "" ? `Step ${position}` : `Step ${position} · ${time}`;
}

function shortened(text: string, width: number): string {
  let shown = text;
  while (estimateWidth(shown, 13) > width && shown.length > 1) shown = `${shown.slice(0, -2)}…`;
  return shown;
}

function stillTree(player: PlayerData, position: number, width: number, height: number): readonly SvgNode[] {
  return drawPlayer(player, playerState(player, position), playerLayout(player, playerBounds(player), width, height), position, -1, PLAYER_PAINT).map(withoutEmpty);
}

/** Hidden links leave an empty group, which only the player needs. */
function withoutEmpty(node: SvgNode): SvgNode {
  return { ...node, children: node.children.filter((child) => typeof child === "string" || child.tag !== "g" || child.children.length > 0) };
}

function wholeSvg(id: string, title: string, description: string, width: number, height: number, children: readonly SvgNode[]): string {
  return serializeSvg({
    tag: "svg",
    attributes: [
      ["xmlns", "http://www.w3.org/2000/svg"], ["viewBox", `0 0 ${width} ${height}`], ["width", String(width)], ["height", String(height)],
      ["role", "img"], ["aria-labelledby", `${id}-title ${id}-desc`], ["font-family", FIGURE_FONT], ["font-size", "13"],
    ],
    children: [{ tag: "title", attributes: [["id", `${id}-title`]], children: [title] }, { tag: "desc", attributes: [["id", `${id}-desc`]], children: [description] }, ...children],
  });
}

/** One entry of the legend: a small drawing and its meaning. */
export interface LegendEntry {
  readonly svg: string;
  readonly label: string;
}

/** The legend: tones as they mark nodes and lines, kinds of links. Only what has a label and is used stands in it. */
export function playerLegend(player: PlayerData): readonly LegendEntry[] {
  const onNodes = new Set(player.steps.flatMap(({ nodes }) => nodes.map(([, tone]) => tone)));
  const onLines = new Set([...player.messages.map((message) => message[4]), ...player.steps.flatMap(({ links }) => links.map(([, tone]) => tone))]);
  const tones = player.tones.flatMap(({ label, look }, index) => {
    const { mark, dash } = PLAYER_PAINT.tones[index];
    const node = onNodes.has(index) ? nodeMark("circle", look, mark, 8, 8, 6, PLAYER_PAINT) : [];
    const line = onLines.has(index) ? [swatchLine(onNodes.has(index) ? 18 : 2, mark, 2.2, dash)] : [];
    return label === "" || node.length + line.length === 0 ? [] : [{ svg: swatch([...node, ...line], line.length === 0 ? 16 : node.length === 0 ? 30 : 46), label }];
  });
  const kinds = player.kinds.flatMap((label, index) => (label !== "" && player.links.some(({ kind }) => kind === index) ? [{ svg: swatch([swatchLine(2, PLAYER_PAINT.axis, PLAYER_PAINT.kinds[index].width, PLAYER_PAINT.kinds[index].dash)], 30), label }] : []));
  return [...tones, ...kinds];
}

function swatchLine(from: number, colour: string, width: number, dash: string): SvgNode {
  return { tag: "path", attributes: [["d", `M${from},8H${from + 26}`], ["fill", "none"], ["stroke", colour], ["stroke-width", String(width)], ...(dash === "" ? [] : [["stroke-dasharray", dash] as const])], children: [] };
}

function swatch(children: readonly SvgNode[], width: number): string {
  return serializeSvg({ tag: "svg", attributes: [["viewBox", `0 0 ${width} 16`], ["width", String(width)], ["height", "16"], ["aria-hidden", "true"]], children });
}
