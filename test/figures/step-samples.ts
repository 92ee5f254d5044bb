import { stepPlayer, type StepFigure, type StepPlayerSpec } from "overlay-lab/dist/figures";
import { stepsFromRecording } from "overlay-lab/dist/notebook";
import type { StepData } from "overlay-lab/dist/simulation";
import { FLOOD_LINKS, FLOOD_NODES, recordedFlood } from "./recorded-flood";

const PLACES = [[0, 1], [1, 2], [1, 0], [2.5, 1.6], [2.5, 0.2], [4, 1]] as const;

/** What the flood's player is made of; every step of the recording is told. */
export function floodSpec(data: StepData = recordedFlood()): StepPlayerSpec {
  return {
    id: "flood", title: "Four of six nodes see the query", lookFor: "Follow the query.", caption: "A flood from A; E fails.", seed: data.seed,
    nodes: FLOOD_NODES.map((id, index) => ({ id, x: PLACES[index][0], y: PLACES[index][1] })),
    links: FLOOD_LINKS.map(([a, b]) => ({ from: FLOOD_NODES[a], to: FLOOD_NODES[b] })),
    kinds: [{ word: "link", label: "neighbours" }],
    tones: [{ word: "seen", label: "has the query" }, { word: "gone", label: "is down", look: "crossed" }],
    steps: stepsFromRecording(data, {
      nodes: FLOOD_NODES,
      viewTone: (view, status) => (status !== "up" ? "gone" : (view as { hops: number | null } | null)?.hops === null ? null : "seen"),
      message: ({ label }) => ({ label, tone: "seen" }),
      describe: (record, name) => `${name(record.node)}: ${record.kind}.`,
    }),
    shown: [0, 4, 8],
  };
}

/** A step player with one text in every place that holds text. */
export function textEverywhere(text: string): StepFigure {
  const other = `${text} 2`;
  return stepPlayer({
    id: "hostile", title: `Title ${text}`, lookFor: `Look ${text}`, caption: `Caption ${text}`, alt: `Alt ${text}`, seed: text, shown: [0, 1], tableName: text,
    nodes: [{ id: text, x: 0, y: 0 }, { id: other, label: text, x: 1, y: 1 }],
    links: [{ id: text, from: text, to: other, label: text, kind: text }],
    kinds: [{ word: text, label: text }],
    tones: [{ word: text, label: text }],
    steps: [
      { time: text, text: `Start ${text}`, nodes: { [text]: { tone: text, view: { [text]: text, number: 1 } } } },
      { time: text, text: `Then ${text}`, links: { [text]: { tone: text } }, messages: [{ from: text, to: other, label: text, tone: text, via: text }] },
    ],
  });
}
