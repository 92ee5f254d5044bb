/**
 * Turns a recorded run into the steps of a step player: the engine's records become sentences, views become the small tables of the nodes, and
 * messages the letters under way. Only what changes from step to step is kept, so a long run stays small in a page.
 */
import { ParameterError } from "../errors";
import type { PlayerStep, StepMessage, StepNodeChange } from "../figures/step-player";
import type { ViewValue } from "../figures/player-data";
import type { NodeStatus } from "../simulation/node-table";
import { type Json, type MessageUnderWay, type StepData, StepPlayer } from "../simulation/step-player";
import type { TraceRecord } from "../simulation/trace";
import { formatDuration } from "../units";

/** How a recorded run is told. */
export interface RecordingWords {
  /** Ids of the figure's nodes, in the order of the run's nodes. */
  readonly nodes: readonly string[];
  /** Sentence of the first picture, before anything has happened. */
  readonly start?: string;
  /**
   * One record as a sentence, or `null` to pass over it; `name` gives a node's id. A step whose records are all passed over is shown together with
   * the next one that says something. By default every event of its own is told, and its effects are not.
   */
  readonly describe?: (record: TraceRecord, name: (node: number) => string) => string | null;
  /** Tone of a node from its view (`null` while it is down and before it started), or `null` for none; no tones by default. */
  readonly viewTone?: (view: Json, status: NodeStatus, node: number) => string | null;
  /** What the node's table shows; by default the entries of the view that are scalars, lists with their items joined, and the status unless it is up. */
  readonly viewEntries?: (view: Json, status: NodeStatus, node: number) => Readonly<Record<string, ViewValue>>;
  /** Label and tone of a message, or `null` to leave it out; its kind without tone by default. */
  readonly message?: (message: MessageUnderWay) => { readonly label?: string; readonly tone?: string; readonly via?: string } | null;
  /** A time as printed; with a fitting unit by default. */
  readonly time?: (timeUs: number) => string;
}

/**
 * The steps of a recorded run for `stepPlayer`, the start first.
 *
 * @param data from `recordSteps`
 * @throws ParameterError when there is not one id for each node
 */
export function stepsFromRecording(data: StepData, words: RecordingWords): PlayerStep[] {
  const { nodes, start = "Nothing has happened yet.", describe = tellEvent, time = (us: number) => formatDuration(us / 1e6) } = words;
  if (!Array.isArray(nodes) || nodes.length !== data.nodes) throw new ParameterError({ what: "ids do not fit the recording", got: nodes?.length, expected: `${data.nodes} ids, one for each node`, where: "stepsFromRecording" });
  const name = (node: number): string => nodes[node] ?? "the experiment";
  const player = new StepPlayer(data);
  const shown = nodes.map(() => ({ tone: null as string | null, view: {} as Readonly<Record<string, ViewValue>> }));
  let letters = "[]";
  const picture = (timeUs: number, text: string, touched: Iterable<number>): PlayerStep => {
    const changes = [...touched].sort((a, b) => a - b).flatMap((node) => {
      const change = nodeChange(shown[node], words, player, node);
      return change === null ? [] : [[nodes[node], change] as const];
    });
    const messages = player.underWay.flatMap((message) => letterOf(message, words, name));
    const isNew = JSON.stringify(messages) !== letters;
    letters = JSON.stringify(messages);
    return { time: time(timeUs), text, ...(changes.length === 0 ? {} : { nodes: Object.fromEntries(changes) }), ...(isNew ? { messages } : {}) };
  };
  const steps = [picture(0, start, nodes.keys())];
  let waiting = new Set<number>();
  for (let step = player.forward(); step !== null; step = player.forward()) {
    for (const { node } of step.changes) waiting.add(node);
    const sentences = step.records.map((record) => describe(record, name)).filter((sentence): sentence is string => sentence !== null && sentence !== "");
    if (sentences.length === 0) continue;
    steps.push(picture(step.timeUs, sentences.join(" "), waiting));
    waiting = new Set();
  }
  if (waiting.size > 0) steps.push(picture(player.nowUs, "The run ends.", waiting));
  return steps;
}

/** The events that begin a step, each as a sentence; what a step causes is seen in the drawing. */
function tellEvent(record: TraceRecord, name: (node: number) => string): string | null {
  switch (record.kind) {
    case "start":
      return `${name(record.node)} starts.`;
    case "crash":
      return `${name(record.node)} crashes.`;
    case "restart":
      return `${name(record.node)} comes back.`;
    case "pause":
    case "resume":
      return `${name(record.node)} ${record.kind}s.`;
    case "deliver":
      return `${name(record.node)} receives ${record.label} from ${name(record.peer)}.`;
    case "drop":
      return `${record.label} from ${name(record.peer)} finds ${name(record.node)} down.`;
    case "lose":
      return `${record.label} from ${name(record.node)} to ${name(record.peer)} is lost.`;
    case "timer":
      return `The timer ${record.label} of ${name(record.node)} expires.`;
    case "invoke":
      return `${name(record.node)}: ${record.label}.`;
    case "action":
      return `${record.label}.`;
    default:
      return null;
  }
}

/** What differs from what is shown of a node, which is brought up to date; `null` for nothing. */
function nodeChange(shown: { tone: string | null; view: Readonly<Record<string, ViewValue>> }, words: RecordingWords, player: StepPlayer, node: number): StepNodeChange | null {
  const [view, status] = [player.views[node], player.status[node]];
  const tone = words.viewTone?.(view, status, node) ?? null;
  const entries = (words.viewEntries ?? scalarEntries)(view, status, node);
  const gone = Object.keys(shown.view).filter((key) => !Object.prototype.hasOwnProperty.call(entries, key)).map((key) => [key, null] as const);
  const changed = [...Object.entries(entries).filter(([key, value]) => shown.view[key] !== value), ...gone];
  const toneChanged = tone !== shown.tone;
  shown.tone = tone;
  shown.view = entries;
  return changed.length === 0 && !toneChanged ? null : { ...(toneChanged ? { tone } : {}), ...(changed.length === 0 ? {} : { view: Object.fromEntries(changed) }) };
}

function scalarEntries(view: Json, status: NodeStatus): Record<string, ViewValue> {
  const entries = typeof view === "object" && view !== null && !Array.isArray(view) ? Object.entries(view as Readonly<Record<string, Json>>) : view === null ? [] : [["view", view] as const];
  const shown = entries.flatMap(([key, value]): [string, ViewValue][] => {
    if (Array.isArray(value)) return [[key, value.map((item) => (typeof item === "object" ? JSON.stringify(item) : String(item))).join(", ")]];
    return typeof value === "object" && value !== null ? [[key, JSON.stringify(value)]] : [[key, value as ViewValue]];
  });
  return Object.fromEntries(status === "up" ? shown : [["status", status], ...shown]);
}

function letterOf(message: MessageUnderWay, words: RecordingWords, name: (node: number) => string): StepMessage[] {
  const told = words.message === undefined ? { label: message.label } : words.message(message);
  return told === null ? [] : [{ from: name(message.from), to: name(message.to), ...told }];
}
