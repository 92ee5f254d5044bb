/** A ring small enough to draw: its places, its pointers, and one lookup recorded message by message. */
import { ParameterError, checkNumber } from "../../errors";
import type { Row, Table } from "../../analysis/table";
import { IdSpace, IdTable } from "../../ids";
import { PI, cos, sin } from "../../network/exact-trigonometry";
import { ChordProcess, type ChordMessage, type LookupStyle, type RoutingState } from "../../peer-to-peer";
import { Simulation, constantDelay, recordSteps, type Json, type MessageUnderWay, type StepData, type TraceRecord } from "../../simulation";

/** A small converged ring. */
export interface SmallRing {
  readonly chord: ChordProcess;
  /** Ids of the nodes, in the order given. */
  readonly ids: readonly number[];
  readonly bits: number;
}

/** How a small ring routes. */
export interface SmallRingOptions {
  readonly successors?: number;
  readonly routing?: RoutingState;
  readonly style?: LookupStyle;
}

/**
 * A converged ring of a few nodes.
 * @param bits width of the ids, 1..16
 * @param ids ids of the nodes, 1 to 40, distinct
 * @throws ParameterError for an empty ring, an id twice or out of range
 */
export function smallRing(bits: number, ids: readonly number[], options: SmallRingOptions = {}): SmallRing {
  checkNumber("bits", bits, { min: 1, max: 16, integer: true });
  if (!Array.isArray(ids) || ids.length > 40) throw new ParameterError({ what: "a ring that cannot be drawn", got: ids, expected: "a list of at most 40 ids", where: "parameter ids" });
  const table = new IdTable(new IdSpace(bits));
  for (const id of ids) table.push(id);
  const { successors = 1, routing = "fingers", style = "recursive" } = options;
  const chord = new ChordProcess({ table, parameters: { successors, routing, style, recovery: "none", lookupTimeoutUs: 0, stabiliseUs: 0, fixFingersUs: 0, checkPredecessorUs: 0 } });
  chord.install(ids.map((_, node) => node));
  return { chord, ids: [...ids], bits };
}

/** The owner of an id on a small ring, as an id. @throws ParameterError when it is no id of the space */
export function ownerOnRing({ chord, ids }: SmallRing, key: number): number {
  const row = chord.addKey(key);
  return ids[ids.findIndex((_, node) => chord.answersFor(node, row))];
}

/** The fingers of a node, as ids: entry i - 1 is finger i. @throws ParameterError when there is no such node */
export function fingersOnRing({ chord, ids }: SmallRing, id: number): number[] {
  const node = nodeOf(ids, id);
  const { fingers, fingerCount } = chord.state;
  return Array.from(fingers.subarray(node * fingerCount, (node + 1) * fingerCount), (finger) => ids[finger]);
}

/** Where the nodes stand on the drawn circle, clockwise from the top. */
export function ringPlaces({ ids, bits }: SmallRing): { readonly id: string; readonly x: number; readonly y: number }[] {
  return ids.map((id) => ({ id: `N${id}`, ...onCircle(id / Number(1n << BigInt(bits))) }));
}

function onCircle(turns: number): { readonly x: number; readonly y: number } {
  return { x: sin(2 * PI * turns), y: cos(2 * PI * turns) };
}

/** The nodes as a table for a drawing. @returns columns: layer, node, x, y */
export function ringNodes(ring: SmallRing): Table {
  return {
    name: "chord-ring-nodes",
    columns: [{ name: "layer", type: "string" }, { name: "node", title: "Node", type: "string" }, { name: "x", type: "number", digits: 4 }, { name: "y", type: "number", digits: 4 }],
    rows: ringPlaces(ring).map(({ id, x, y }): Row => ({ layer: "ring", node: id, x, y })),
  };
}

/** The circle, and the fingers of one node that stand out. @returns columns: layer, from, to, kind, finger */
export function ringEdges(ring: SmallRing, of: number): Table {
  const sorted = [...ring.ids].sort((a, b) => a - b);
  const circle = sorted.map((id, i): Row => ({ layer: "ring", from: `N${id}`, to: `N${sorted[(i + 1) % sorted.length]}`, kind: "successor", finger: false }));
  const fingers = [...new Set(fingersOnRing(ring, of))].filter((id) => id !== of).map((id): Row => ({ layer: "ring", from: `N${of}`, to: `N${id}`, kind: "finger", finger: true }));
  return {
    name: "chord-ring-edges",
    columns: [{ name: "layer", type: "string" }, { name: "from", title: "From", type: "string" }, { name: "to", title: "To", type: "string" }, { name: "kind", title: "Kind", type: "string" }, { name: "finger", title: "Finger", type: "boolean" }],
    rows: [...circle, ...fingers],
  };
}

/** The finger table of a node. @returns columns: finger, start, node */
export function fingerTable(ring: SmallRing, id: number): Table {
  const size = Number(1n << BigInt(ring.bits));
  return {
    name: "chord-finger-table",
    columns: [{ name: "finger", title: "Finger", type: "integer" }, { name: "start", title: "Start", type: "integer", definition: "The node's id plus 2^(finger - 1)." }, { name: "node", title: "Successor of the start", type: "string" }],
    rows: fingersOnRing(ring, id).map((node, i): Row => ({ finger: i + 1, start: (id + Number(1n << BigInt(i))) % size, node: `N${node}` })),
  };
}

/** A recorded lookup: the steps, and the nodes that it came to, as ids. */
export interface RecordedLookup {
  readonly data: StepData;
  readonly path: readonly number[];
}

/**
 * Looks one key up, message by message, every message taking 50 ms, and records each step.
 * @param from id of the node that asks
 * @param key id of the key
 * @throws ParameterError when there is no such node, or the key is no id of the space
 */
export function recordLookup(ring: SmallRing, from: number, key: number): RecordedLookup {
  const { chord, ids } = ring;
  const node = nodeOf(ids, from);
  const row = chord.addKey(key);
  const simulation = new Simulation<ChordMessage, ChordProcess>({ nodes: ids.length, seed: 1, process: () => chord, transport: constantDelay(50_000) });
  simulation.invokeAt(0, node, function lookUp(process, context) {
    process.lookup(context, row);
  });
  const data = recordSteps(simulation, { untilUs: 60_000_000 });
  const others = data.steps.flatMap(({ records }) => records.filter(({ kind, node: at }) => kind === "deliver" && ids[at] !== from).map((record) => ids[record.node]));
  // The way ends at the owner. To the node that asks it leads back only if that is the owner; else what it hears at the end is the answer.
  const isOwner = others.length > 0 && ownerOnRing(ring, key) === from;
  return { data, path: [from, ...others, ...(isOwner ? [from] : [])] };
}

/** How a recorded lookup is told; the fields are those that `stepsFromRecording` asks for. */
export interface LookupWords {
  readonly nodes: readonly string[];
  readonly start: string;
  readonly describe: (record: TraceRecord, name: (node: number) => string) => string | null;
  readonly message: (message: MessageUnderWay) => { readonly label: string; readonly tone: string };
  readonly viewEntries: (view: Json) => Readonly<Record<string, string>>;
}

/**
 * Sentences for the steps of {@link recordLookup}: questions and answers by name, and of each node its predecessor, successor and fingers.
 * @param from id of the node that asks
 * @param key id of the key
 */
export function lookupWords({ ids }: SmallRing, from: number, key: number): LookupWords {
  const labels: Readonly<Record<string, string>> = { "numbers 1": `who owns K${key}?`, "numbers 2": `have you K${key}?`, "numbers 4": "it is mine, and here", "numbers 5": "it is mine", "numbers 8": `whom to ask for K${key}?`, next: "ask these" };
  const word = (label: string) => labels[label] ?? label;
  const name = (hex: unknown) => (hex === "none" ? "none" : `N${parseInt(String(hex), 16)}`);
  return {
    nodes: ids.map((id) => `N${id}`),
    start: `Every node knows its successor and its fingers. N${from} wants K${key}.`,
    describe: (record, node) => {
      if (record.kind === "invoke") return `${node(record.node)} looks at its fingers.`;
      return record.kind === "deliver" ? `${node(record.node)} hears from ${node(record.peer)}: ${word(record.label)}` : null;
    },
    message: ({ label }) => ({ label: word(label), tone: label === "numbers 4" || label === "numbers 5" || label === "next" ? "answer" : "question" }),
    viewEntries: (view): Readonly<Record<string, string>> => {
      if (view === null) return {};
      const { predecessor, successors, fingers } = view as { readonly predecessor: string; readonly successors: readonly string[]; readonly fingers: readonly string[] };
      return { predecessor: name(predecessor), successor: name(successors[0]), fingers: fingers.map(name).join(" ") };
    },
  };
}

function nodeOf(ids: readonly number[], id: number): number {
  const node = ids.indexOf(id);
  if (node < 0) throw new ParameterError({ what: "no such node on the ring", got: id, expected: `one of ${ids.join(", ")}`, where: "parameter id" });
  return node;
}
