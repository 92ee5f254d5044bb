/**
 * The four hosts step by step, as plain data for a step player: they join, A sends a packet over the mesh that came of it, a probe finds a better link, the link that is no longer worth its cost
 * goes, and A sends again. Only the steps of that story are kept; keep-alives, refreshes and routing updates go on between them.
 */
import { ParameterError, checkNumber } from "../../errors";
import { dropThreshold, type NaradaMember, type NaradaMessage } from "../../routing-overlays/end-system-multicast";
import { StepPlayer, recordSteps, type Json, type MessageRecord, type Step, type TraceRecord } from "../../simulation";
import { SECOND_US } from "../../units";
import { BOOK_HOSTS, bookGroup, type BookDelays } from "./book-hosts";
import type { Group } from "./group-world";

/** A picture of the story; fits a step player's step. */
export interface StoryStep {
  readonly time: string;
  readonly text: string;
  readonly nodes: Readonly<Record<string, { readonly tone: string | null; readonly view: Readonly<Record<string, string | null>> }>>;
  readonly links: Readonly<Record<string, { readonly visible: boolean; readonly tone: string | null }>>;
  readonly messages: readonly { readonly from: string; readonly to: string; readonly label: string; readonly tone: string }[];
}

/** The story with its places. */
export interface BookStory {
  readonly nodes: readonly { readonly id: string; readonly x: number; readonly y: number; readonly shape: "circle" | "square" }[];
  readonly links: readonly { readonly id: string; readonly from: string; readonly to: string; readonly kind: string; readonly visible: boolean; readonly bend?: number }[];
  readonly kinds: readonly { readonly word: string; readonly label: string }[];
  readonly tones: readonly { readonly word: string; readonly label: string; readonly look?: "solid" | "ring" | "dot" | "dashed" }[];
  readonly steps: readonly StoryStep[];
  /** Positions in `steps` of the pictures that tell most: one or two, rising. */
  readonly highlights: readonly number[];
  /** The group at the end. */
  readonly group: Group;
}

/** Messages that the story shows. */
const SHOWN = new Set(["join-mesh", "accept", "refuse", "probe", "probe-answer", "add-link", "retire-link", "keep-link", "drop-link", "data"]);
const PLACES: readonly (readonly [string, number, number])[] = [["A", 0, 1], ["B", 0, -1], ["C", 4, 1], ["D", 4, -1], ["R1", 1.2, 0], ["R2", 2.8, 0]];

/** Parameters of {@link bookStory}. */
export interface BookStoryOptions {
  readonly seed: number;
  readonly delays?: BookDelays;
  /** As in {@link BookGroupOptions}; default "B:A C:A D:B", D by a member on the wrong side. */
  readonly joins?: string;
  /** When A sends, seconds after the start, 0..3600; default 8 and 110. */
  readonly packetsAtSeconds?: readonly number[];
  /** Default 120. */
  readonly untilSeconds?: number;
}

/**
 * Runs the group and picks the steps.
 *
 * @throws ParameterError when an option is out of range or a host is unknown
 */
export function bookStory(options: BookStoryOptions): BookStory {
  const group = bookGroup({
    seed: options.seed, delays: options.delays ?? "chu-2000", joins: options.joins ?? "B:A C:A D:B", traceRecords: 1,
    // Routes settle before the first probe, so that the story has no detours.
    parameters: { improve: true, minNeighbours: 1, fanOut: 3, addShare: 0.2, dropShare: 0.4, probeSeconds: 60, dropSeconds: 20, routingSeconds: 2, triggerSeconds: 0.2, forwardSeconds: 1, probationSeconds: 5, lingerSeconds: 8 },
  });
  const untilSeconds = checkNumber("untilSeconds", options.untilSeconds ?? 120, { min: 1, max: 3600, unit: "seconds" });
  const at = options.packetsAtSeconds ?? [8, 110];
  if (!Array.isArray(at)) throw new ParameterError({ what: "times of packets are no list", got: at, expected: "seconds", where: "parameter packetsAtSeconds" });
  for (const seconds of at) group.publishAt(Math.round(checkNumber("packetsAtSeconds", seconds, { min: 0, max: 3600, unit: "seconds" }) * SECOND_US), 0, 1000);
  const data = recordSteps(group.simulation, { untilUs: Math.round(untilSeconds * SECOND_US) });
  const player = new StepPlayer(data);
  const steps: StoryStep[] = [{ time: "0 s", text: "Four hosts, two routers, and a long line between them. Nobody is in the group yet.", nodes: {}, links: {}, messages: [] }];
  const useful = new Set(data.steps.flatMap((step) => step.records).filter((record): record is MessageRecord => record.kind === "send" && record.label === "add-link").map((record) => `${record.node} ${record.peer}`));
  const isShown = (label: string, from: number, to: number) => SHOWN.has(label) && (label !== "probe" || useful.has(`${from} ${to}`)) && (label !== "probe-answer" || useful.has(`${to} ${from}`));
  for (const step of data.steps) {
    player.forward();
    const text = tell(step, group, isShown);
    if (text === null) continue;
    const messages = player.underWay.filter(({ label, from, to }) => isShown(label, from, to));
    steps.push({
      time: `${(step.timeUs / SECOND_US).toFixed(3)} s`,
      text,
      nodes: Object.fromEntries(BOOK_HOSTS.map((name, host) => [name, { tone: player.status[host] !== "up" ? null : holds(step, host) ? "packet" : "member", view: viewOf(player.views[host]) }])),
      links: meshOf(player.views),
      messages: messages.map(({ label, from, to }) => ({ from: BOOK_HOSTS[from], to: BOOK_HOSTS[to], label, tone: label === "data" ? "packet" : "control" })),
    });
  }
  return {
    nodes: PLACES.map(([id, x, y]) => ({ id, x, y, shape: id.startsWith("R") ? "square" : "circle" })),
    links: [
      ...[["A", "R1"], ["B", "R1"], ["R1", "R2"], ["R2", "C"], ["R2", "D"]].map(([from, to]) => ({ id: `wire ${from}${to}`, from, to, kind: "wire", visible: true })),
      ...pairs().map(([a, b]) => ({ id: `mesh ${a}${b}`, from: a, to: b, kind: "mesh", visible: false, bend: a === "A" && b === "D" ? 0.12 : a === "B" && b === "C" ? -0.12 : 0 })),
    ],
    kinds: [{ word: "wire", label: "physical link" }, { word: "mesh", label: "link of the mesh" }],
    tones: [{ word: "member", label: "member" }, { word: "packet", label: "packet of A, and who has it", look: "ring" }, { word: "control", label: "message of the protocol" }, { word: "last", label: "link being given up", look: "dashed" }],
    steps,
    highlights: highlightsOf(steps),
    group,
  };
}

/** The last hop of A's packet before the mesh improves, and of its last packet; the end when there is none. */
function highlightsOf(steps: readonly StoryStep[]): number[] {
  const improved = steps.findIndex(({ text }) => text.includes("computes the utility"));
  const arrivals = steps.flatMap(({ text }, index) => (text.includes("gets the packet") ? [index] : []));
  const wanted = [...arrivals.filter((index) => index < improved).slice(-1), ...arrivals.slice(-1)];
  return wanted.length === 0 ? [steps.length - 1] : [...new Set(wanted)];
}

function pairs(): [string, string][] {
  return BOOK_HOSTS.flatMap((a, i) => BOOK_HOSTS.slice(i + 1).map((b): [string, string] => [a, b]));
}

function holds(step: Step, host: number): boolean {
  return step.records.some((record) => (record.kind === "deliver" && record.label === "data" && record.node === host) || (record.kind === "invoke" && record.node === host));
}

interface MemberView {
  readonly neighbours: readonly { readonly member: number; readonly latencyMs: number | null }[];
  readonly routes: readonly { readonly member: number; readonly latencyMs: number; readonly path: readonly number[] }[];
}

function viewOf(view: Json): Record<string, string | null> {
  if (view === null) return { neighbours: null, routes: null };
  const { neighbours, routes } = view as unknown as MemberView;
  const name = (host: number) => BOOK_HOSTS[host];
  return {
    neighbours: neighbours.map(({ member }) => name(member)).join(", ") || "none",
    routes: routes.map(({ member, latencyMs, path }) => `${name(member)} ${latencyMs >= 1e5 ? "last resort" : `${latencyMs} ms`}${path.length > 1 ? ` over ${name(path[0])}` : ""}`).join("; ") || "none",
  };
}

/** Links that at least one end has; given up when one end sees them so. */
function meshOf(views: readonly Json[]): StoryStep["links"] {
  const peersOf = (host: number) => (views[host] === null ? [] : (views[host] as unknown as MemberView).neighbours);
  return Object.fromEntries(pairs().map(([a, b]) => {
    const ends = [...peersOf(BOOK_HOSTS.indexOf(a)).filter(({ member }) => BOOK_HOSTS[member] === b), ...peersOf(BOOK_HOSTS.indexOf(b)).filter(({ member }) => BOOK_HOSTS[member] === a)];
    return [`mesh ${a}${b}`, { visible: ends.length > 0, tone: ends.some(({ latencyMs }) => latencyMs !== null && latencyMs >= 1e5) ? "last" : null }];
  }));
}

/** What a step of the story says; null for a step that is not part of it. */
function tell(step: Step, group: Group, isShown: (label: string, from: number, to: number) => boolean): string | null {
  const [event] = step.records;
  const me = BOOK_HOSTS[event.node] ?? "";
  const sends = step.records.filter((record): record is MessageRecord => record.kind === "send" && isShown(record.label, record.node, record.peer));
  const to = (label: string) => sends.filter((record) => record.label === label).map((record) => BOOK_HOSTS[record.peer]);
  const list = (names: readonly string[]) => names.join(" and ");
  if (event.kind === "start") return to("join-mesh").length === 0 ? `${me} starts the group.` : `${me} sends “join mesh” to ${list(to("join-mesh"))}.`;
  if (event.kind === "invoke") return to("data").length === 0 ? null : `${me} sends a packet. Copies go only to the neighbours whose way to A is this link: ${list(to("data"))}.`;
  if (event.kind === "timer") {
    if (to("probe").length > 0) return `${me} probes ${list(to("probe"))}, a member that is no neighbour of it.`;
    if (to("retire-link").length > 0) return `${me}'s link to ${list(to("retire-link"))} has a cost of ${noteOf(step, "gives up")}, below ${thresholdOf(group, event.node, sends[0].peer)}: it is given up. Until routes have moved it counts as the last resort.`;
    if (to("drop-link").length > 0) return `No route needs the link from ${me} to ${list(to("drop-link"))} any more: ${me} drops it.`;
    if (to("keep-link").length > 0) return `There is still no other way: ${me} keeps its link to ${list(to("keep-link"))}.`;
    return to("join-mesh").length > 0 ? `${me} still has no neighbour and asks ${list(to("join-mesh"))}.` : null;
  }
  if (event.kind !== "deliver" || !isShown(event.label, event.peer, event.node)) return null;
  return hear(event, me, BOOK_HOSTS[event.peer], step, to);
}

function hear(event: MessageRecord, me: string, peer: string, step: Step, to: (label: string) => string[]): string | null {
  switch (event.label as NaradaMessage["kind"]) {
    case "join-mesh":
      return to("accept").length > 0 ? `${me} takes ${peer} as a neighbour, and sends it its list of members.` : `${me} has too many neighbours and refuses ${peer}.`;
    case "accept":
      return `${me} has its link to ${peer}, and knows from the round trip how long it is.`;
    case "probe":
      return `${me} answers ${peer} with its latencies to all members.`;
    case "probe-answer":
      return to("add-link").length > 0 ? `${me} computes the utility of a link to ${peer}: ${noteOf(step, "utility")}. That is above the threshold, so it asks for the link.` : null;
    case "add-link":
      return `${me} agrees to the link with ${peer}.`;
    case "retire-link":
      return `${me} hears it, and looks for other ways too.`;
    case "drop-link":
      return `${me} forgets the link to ${peer}.`;
    case "data":
      return `${me} gets the packet from ${peer}${to("data").length > 0 ? `, and passes it on to ${to("data").join(" and ")}` : ""}.`;
    default:
      return null;
  }
}

function noteOf(step: Step, begin: string): string {
  const note = step.records.find((record: TraceRecord) => record.kind === "note" && record.label.includes(begin));
  const value = note !== undefined && "value" in note ? Number(note.value) : NaN;
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

function thresholdOf(group: Group, member: number, peer: number): string {
  const degrees = [member, peer].map((host) => (group.simulation.processOf(host) as NaradaMember).links.degree);
  return dropThreshold(group.parameters, BOOK_HOSTS.length, Math.max(2, degrees[0]), Math.max(2, degrees[1])).toFixed(1);
}
