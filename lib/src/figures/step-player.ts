/**
 * A run shown step by step, forward and back: nodes in their places, messages under way, the state of a chosen node. The stored form is one to
 * six still pictures with the table of all steps; a handout or a live notebook turns it into a player. It knows plain data only.
 */
import type { Row, Table } from "../analysis/table";
import { ParameterError, checkChoice, checkNumber } from "../errors";
import type { FigureBase } from "./figure";
import { PLAYER_PAINT } from "./player-paint";
import { type PlayerData, type ViewValue, playerBounds } from "./player-data";
import { playerStills } from "./player-stills";
import { visibleText } from "./text";
import { type FigureWords, checkWords, joinAlt } from "./words";

/** Outline of a node: what kind of node it is. */
export type NodeShape = "circle" | "square" | "diamond" | "triangle" | "hexagon";
/** Filling of a node: which tone it has, for readers who do not tell the colours. */
export type ToneLook = "solid" | "ring" | "dot" | "dashed" | "double" | "crossed" | "absent";

/** A node and its place; any unit, y grows upwards, both axes share the scale. */
export interface StepNode {
  readonly id: string;
  /** Name in the drawing; the id if absent. */
  readonly label?: string;
  readonly x: number;
  readonly y: number;
  readonly shape?: NodeShape;
}

/** A link that stays where it is; its tone and whether it is there may change. */
export interface StepLink {
  /** Name in the steps; `FROM-TO` if absent. */
  readonly id?: string;
  readonly from: string;
  readonly to: string;
  readonly label?: string;
  /** Word of one of the `kinds`; the first if absent. */
  readonly kind?: string;
  /** How far it bends to the left of its direction, as a share of its length, -1..1; 0 is straight. */
  readonly bend?: number;
  /** Whether it has an arrow at its end. */
  readonly arrow?: boolean;
  /** Whether it is there before the first change; true if absent. */
  readonly visible?: boolean;
}

/** What a step changes at a node; what is absent stays. */
export interface StepNodeChange {
  /** Word of a tone, or `null` for none. */
  readonly tone?: string | null;
  /** Entries of the node's view that change; `null` removes an entry. */
  readonly view?: Readonly<Record<string, ViewValue>>;
}

/** A message under way. */
export interface StepMessage {
  readonly from: string;
  readonly to: string;
  readonly label?: string;
  /** Word of a tone. */
  readonly tone?: string;
  /** Id of a link between the two whose way it takes; by default the first there is, else a straight line. */
  readonly via?: string;
}

/** One picture: what happened, and what it changed against the picture before. */
export interface PlayerStep {
  /** When, as printed: "0.25 s", "round 3". */
  readonly time: string;
  /** What happened, in one sentence. */
  readonly text: string;
  readonly nodes?: Readonly<Record<string, StepNodeChange>>;
  readonly links?: Readonly<Record<string, { readonly tone?: string | null; readonly visible?: boolean }>>;
  /** All messages under way after this step; those of the step before if absent. */
  readonly messages?: readonly StepMessage[];
}

/** What to play. */
export interface StepPlayerSpec extends FigureWords {
  /** 1..200 nodes. */
  readonly nodes: readonly StepNode[];
  readonly links?: readonly StepLink[];
  /** 1..1000 pictures; the first shows the start. */
  readonly steps: readonly PlayerStep[];
  /** At most six words for the state of nodes, links and messages, with their meaning for the legend. */
  readonly tones?: readonly { readonly word: string; readonly label: string; readonly look?: ToneLook }[];
  /** At most four kinds of links, with their meaning for the legend. */
  readonly kinds?: readonly { readonly word: string; readonly label: string }[];
  /** Seed of the run, shown in the player. */
  readonly seed?: number | string;
  /** Which steps the still pictures show: one to six positions in `steps`, rising. */
  readonly shown: readonly number[];
  /** Name of the data table; begin it with the id of an experiment to have the figure exported with it. The figure's id if absent. */
  readonly tableName?: string;
}

/** A figure that is played: still pictures, and the data of the player. */
export interface StepFigure extends FigureBase {
  readonly player: PlayerData;
  /** Positions shown as still pictures. */
  readonly shown: readonly number[];
  /** The still pictures in one drawing, for files. */
  readonly svg: string;
}

const LOOKS: readonly ToneLook[] = ["solid", "ring", "dot", "dashed", "double", "crossed"];
const SHAPES: readonly NodeShape[] = ["circle", "square", "diamond", "triangle", "hexagon"];

/**
 * A step player.
 *
 * @throws ParameterError for unknown or repeated names, places that are no numbers, more than the stated numbers of nodes, steps, tones or kinds,
 * a step without a sentence, or a still picture of a step that does not exist
 */
export function stepPlayer(spec: StepPlayerSpec): StepFigure {
  checkWords(spec);
  const where = `figure ${spec.id}`;
  const { nodes, links = [], steps, tones = [], kinds = [{ word: "link", label: "" }] } = spec;
  checkCount("nodes", nodes, 1, 200, where);
  checkCount("steps", steps, 1, 1000, where);
  checkCount("tones", tones, 0, 6, where);
  checkCount("kinds", kinds, 1, PLAYER_PAINT.kinds.length, where);
  checkCount("shown", spec.shown, 1, 6, where);
  const names: Names = {
    node: indexOf("node", nodes.map(({ id }) => id), where),
    link: indexOf("link", links.map(({ id, from, to }) => id ?? `${from}-${to}`), where),
    tone: indexOf("tone", tones.map(({ word }) => word), where),
    kind: indexOf("kind of link", kinds.map(({ word }) => word), where),
  };
  spec.shown.forEach((position, i) => checkNumber("shown", position, { min: i === 0 ? 0 : spec.shown[i - 1] + 1, max: steps.length - 1, integer: true }));
  const width = checkNumber("width", spec.width ?? 540, { min: 240, max: 1600, integer: true, unit: "pixels" });
  const placed = nodes.map(({ id, label, x, y, shape = "circle" }) => ({
    name: visibleText(label ?? id), x: checkNumber(`x of node ${id}`, x), y: 0 - checkNumber(`y of node ${id}`, y), shape: checkChoice(`shape of node ${id}`, shape, SHAPES),
  }));
  const joined = links.map((link) => ({
    from: names.node(link.from), to: names.node(link.to), kind: link.kind === undefined ? 0 : names.kind(link.kind),
    bend: checkNumber(`bend of link ${link.from}-${link.to}`, link.bend ?? 0, { min: -1, max: 1 }), arrow: link.arrow ?? false, visible: link.visible ?? true, label: visibleText(link.label ?? ""),
  }));
  const player: PlayerData = {
    seed: spec.seed === undefined ? "" : visibleText(String(spec.seed)),
    width,
    height: spec.height === undefined ? naturalHeight(playerBounds({ nodes: placed, links: joined }), width) : checkNumber("height", spec.height, { min: 100, max: 1600, integer: true, unit: "pixels" }),
    nodes: placed,
    links: joined,
    kinds: kinds.map(({ label }) => visibleText(label)),
    tones: tones.map(({ label, look }, index) => ({ label: visibleText(label), look: checkChoice("look", look ?? LOOKS[index], [...LOOKS, "absent"]) })),
    steps: steps.map((step, index) => packStep(step, index, names, where)),
    messages: packMessages(steps, links, names, where),
  };
  const table = stepTable(spec);
  const alt = spec.alt ?? joinAlt(`${steps.length} steps of a run on ${nodes.length} nodes; ${spec.shown.length === 1 ? "one is" : `${spec.shown.length} are`} drawn.`, spec.shown.map((position) => `${steps[position].time}: ${steps[position].text}`));
  const base = { id: spec.id, title: spec.title, lookFor: spec.lookFor, caption: spec.caption, alt, table };
  return { ...base, player, shown: [...spec.shown], ...playerStills(base, player, spec.shown) };
}

interface Names {
  readonly node: (id: string) => number;
  readonly link: (id: string) => number;
  readonly tone: (word: string) => number;
  readonly kind: (word: string) => number;
}

function checkCount(name: string, list: readonly unknown[], min: number, max: number, where: string): void {
  const got = Array.isArray(list) ? list.length : list;
  if (Array.isArray(list) && list.length >= min && list.length <= max) return;
  throw new ParameterError({ what: `bad number of ${name}`, got, expected: `a list of ${min} to ${max}`, where });
}

/** Positions by name; a name twice, an empty name and an unknown name are errors. */
function indexOf(what: string, names: readonly string[], where: string): (name: string) => number {
  const positions = new Map<string, number>();
  names.forEach((name, index) => {
    if (typeof name !== "string" || name === "") throw new ParameterError({ what: `a ${what} without a name`, got: name, expected: "a word", where });
    if (positions.has(name)) throw new ParameterError({ what: `two of one name: ${what}`, got: name, expected: "names that differ", where });
    positions.set(name, index);
  });
  return (name) => {
    const found = positions.get(name);
    if (found !== undefined) return found;
    throw new ParameterError({ what: `unknown ${what}`, got: name, expected: `one of ${names.slice(0, 12).join(", ")}${names.length > 12 ? ", ..." : ""}`, where });
  };
}

function naturalHeight([, , across, down]: readonly [number, number, number, number], width: number): number {
  const wished = across > 0 ? (down / across) * (width - 70) + 70 : width * 0.7;
  return Math.round(Math.max(110, Math.min(0.8 * width, wished)));
}

function packStep(step: PlayerStep, index: number, names: Names, figure: string): PlayerData["steps"][number] {
  const where = `${figure}, step ${index}`;
  if (typeof step.time !== "string" || typeof step.text !== "string" || step.text.trim() === "") throw new ParameterError({ what: "a step without its words", got: step.text, expected: "a time and a sentence", where });
  const tone = (word: string | null | undefined) => (word === undefined ? -2 : word === null ? -1 : names.tone(word));
  return {
    time: visibleText(step.time),
    text: visibleText(step.text),
    nodes: Object.entries(step.nodes ?? {}).map(([id, change]) => [names.node(id), tone(change.tone), packView(change.view ?? {}, `${where}, node ${id}`)] as const),
    links: Object.entries(step.links ?? {}).map(([id, change]) => [names.link(id), tone(change.tone), change.visible ?? null] as const),
  };
}

function packView(view: Readonly<Record<string, ViewValue>>, where: string): Record<string, ViewValue> {
  return Object.fromEntries(Object.entries(view).map(([key, value]) => {
    const isScalar = value === null || typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value));
    if (!isScalar) throw new ParameterError({ what: "a view holds what cannot be shown", got: value, expected: "text, a finite number, true, false or null", where: `${where}, entry ${key}` });
    return [visibleText(key), typeof value === "string" ? visibleText(value) : value];
  }));
}

/** Joins what the steps say to one entry per message: under way from one step until another. */
function packMessages(steps: readonly PlayerStep[], links: readonly StepLink[], names: Names, figure: string): PlayerData["messages"] {
  type Packed = [number, number, number, string, number, number, number];
  const done: Packed[] = [];
  let flying: { readonly key: string; readonly packed: Packed }[] = [];
  const ways = new Map<string, number>();
  links.forEach(({ from, to }, index) => [`${names.node(from)} ${names.node(to)}`, `${names.node(to)} ${names.node(from)}`].forEach((key) => ways.has(key) || ways.set(key, index)));
  steps.forEach(({ messages }, step) => {
    if (messages === undefined) return;
    const before = flying;
    flying = messages.map(({ from, to, label = "", tone, via }) => {
      const ends = [names.node(from), names.node(to)] as const;
      const way = via === undefined ? ways.get(ends.join(" ")) ?? -1 : names.link(via);
      if (via !== undefined && [links[way].from, links[way].to].some((end) => end !== from && end !== to)) throw new ParameterError({ what: "a message takes a link between others", got: via, expected: `a link between ${from} and ${to}`, where: `${figure}, step ${step}` });
      const key = JSON.stringify([...ends, way, label, tone]);
      const same = before.findIndex((message) => message.key === key);
      if (same >= 0) return before.splice(same, 1)[0];
      const packed: Packed = [...ends, way, visibleText(label), tone === undefined ? -1 : names.tone(tone), step, steps.length];
      done.push(packed);
      return { key, packed };
    });
    for (const { packed } of before) packed[6] = step;
  });
  return done;
}

function stepTable(spec: StepPlayerSpec): Table {
  const rows = spec.steps.map(({ time, text }, step): Row => ({ step, time, event: text }));
  return {
    name: spec.tableName ?? spec.id,
    columns: [{ name: "step", title: "Step", type: "integer" }, { name: "time", title: "Time", type: "string" }, { name: "event", title: "What happened", type: "string" }],
    rows,
  };
}
