/**
 * What a step player plays, as plain JSON in a page: places, links, steps with what each changed, and messages with the steps during which they
 * are under way. The picture at a position follows from the position alone, so going back is the same as having gone less far.
 * The functions also run in the reader's browser: their text is part of the page's script, so they use nothing from outside this file.
 */

/** A scalar in the view of a node. */
export type ViewValue = string | number | boolean | null;

/** The data of a step player; indices count from 0. */
export interface PlayerData {
  /** The seed of the run as printed, or "". */
  readonly seed: string;
  /** Drawing size of the player in CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Name, place (y downwards, any unit), shape. */
  readonly nodes: readonly { readonly name: string; readonly x: number; readonly y: number; readonly shape: string }[];
  /** Ends, index of the kind, bend as a share of the length, arrow at the end, whether it is there at first. */
  readonly links: readonly { readonly from: number; readonly to: number; readonly kind: number; readonly bend: number; readonly arrow: boolean; readonly visible: boolean; readonly label: string }[];
  /** Labels of the kinds of links. */
  readonly kinds: readonly string[];
  /** Labels of the tones, and how a node in it looks. */
  readonly tones: readonly { readonly label: string; readonly look: string }[];
  /** What each step says and changes: nodes as [node, tone (-1 none, -2 as before), view entries], links as [link, tone (as with nodes), visible]. */
  readonly steps: readonly {
    readonly time: string;
    readonly text: string;
    readonly nodes: readonly (readonly [number, number, Readonly<Record<string, ViewValue>>])[];
    readonly links: readonly (readonly [number, number, boolean | null])[];
  }[];
  /** From, to, index of the link it follows (-1: straight), label, tone, first step under way, first step no longer under way. */
  readonly messages: readonly (readonly [number, number, number, string, number, number, number])[];
}

/** The picture at one position. */
export interface PlayerState {
  /** Tone of each node, -1 for none. */
  readonly tones: number[];
  /** View of each node. A null-prototype object would not survive a copy, so entries are pairs in order of appearance. */
  readonly views: Map<string, ViewValue>[];
  /** Nodes that this step changed. */
  readonly changed: Set<number>;
  readonly linkTones: number[];
  readonly linkVisible: boolean[];
  /** Messages under way, as indices. */
  readonly messages: number[];
}

/** Left, top, width and height of what is drawn, in the unit of the places: nodes and the tops of bent links. */
export function playerBounds(data: Pick<PlayerData, "nodes" | "links">): readonly [number, number, number, number] {
  const tops = data.links.map(({ from, to, bend }) => {
    const [a, b] = [data.nodes[from], data.nodes[to]];
    return { x: (a.x + b.x) / 2 + bend * (b.y - a.y), y: (a.y + b.y) / 2 - bend * (b.x - a.x) };
  });
  const all = [...data.nodes, ...tops];
  const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b));
  const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b));
  const [xs, ys] = [all.map(({ x }) => x), all.map(({ y }) => y)];
  return [least(xs), least(ys), most(xs) - least(xs), most(ys) - least(ys)];
}

/**
 * The picture at a position.
 *
 * @param data what is played
 * @param position 0..steps - 1
 */
export function playerState(data: PlayerData, position: number): PlayerState {
  const tones = data.nodes.map(() => -1);
  const views = data.nodes.map(() => new Map<string, ViewValue>());
  const linkTones = data.links.map(() => -1);
  const linkVisible = data.links.map((link) => link.visible);
  for (let step = 0; step <= position; step++) {
    for (const [node, tone, view] of data.steps[step].nodes) {
      if (tone !== -2) tones[node] = tone;
      for (const [key, value] of Object.entries(view)) {
        if (value === null) views[node].delete(key);
        else views[node].set(key, value);
      }
    }
    for (const [link, tone, visible] of data.steps[step].links) {
      if (tone !== -2) linkTones[link] = tone;
      if (visible !== null) linkVisible[link] = visible;
    }
  }
  const messages = data.messages.flatMap((message, index) => (message[5] <= position && position < message[6] ? [index] : []));
  return { tones, views, changed: new Set(data.steps[position].nodes.map(([node]) => node)), linkTones, linkVisible, messages };
}
