/** Names written at the ends of lines instead of a legend, where they fit without hiding one another. */
import { type AxisRange, type LayoutPart, axisFraction, roundTo } from "./axes";
import { estimateWidth, plotlyText } from "./text";
import { TEXT_SIZE, type ThemeColour } from "./theme";

/** The last point of a line and the name that wants to stand there. */
export interface LineEnd {
  readonly name: string;
  readonly colour: ThemeColour;
  readonly x: number;
  readonly y: number;
}

const LINE_HEIGHT = 17;
const LARGEST_SHIFT = 26;
const LARGEST_SHARE = 0.34;

/** Annotations and the room they take on the right, or `null` when a legend serves better. */
export function placeLineEndLabels(ends: readonly LineEnd[], x: AxisRange, y: AxisRange, size: { readonly width: number; readonly height: number }): { readonly annotations: readonly LayoutPart[]; readonly room: number } | null {
  if (ends.length === 0 || ends.length > 6) return null;
  const widest = Math.max(...ends.map((end) => Math.max(...wrapName(end.name).map((line) => estimateWidth(line, TEXT_SIZE.tick)))));
  const allEndRight = ends.every((end) => axisFraction(end.x, x) > 0.9);
  if (!allEndRight || widest > size.width * LARGEST_SHARE) return null;
  const plotHeight = size.height - 70;
  const placed = ends
    .map((end) => ({ end, lines: wrapName(end.name), wanted: clamp(axisFraction(end.y, y)) * plotHeight, at: 0 }))
    .sort((a, b) => a.wanted - b.wanted);
  spread(placed, plotHeight);
  if (placed.some((label) => Math.abs(label.at - label.wanted) > LARGEST_SHIFT)) return null;
  const annotations = placed.map(({ end, lines, wanted, at }) => ({
    text: lines.map(plotlyText).join("<br>"),
    xref: "x domain",
    yref: "y domain",
    x: roundTo(Math.min(1, axisFraction(end.x, x)), 4),
    y: roundTo(clamp(axisFraction(end.y, y)), 4),
    yshift: roundTo(at - wanted, 1),
    xshift: 5,
    xanchor: "left",
    yanchor: "middle",
    align: "left",
    showarrow: false,
    font: { size: TEXT_SIZE.tick, color: end.colour.light },
  }));
  return { annotations, room: Math.ceil(widest) + 14 };
}

/** Moves labels apart, from the lowest upwards, then back down if they leave the drawing. */
function spread(labels: { readonly lines: readonly string[]; readonly wanted: number; at: number }[], height: number): void {
  const gap = (a: { readonly lines: readonly string[] }, b: { readonly lines: readonly string[] }): number => ((a.lines.length + b.lines.length) / 2) * LINE_HEIGHT;
  labels.forEach((label, i) => {
    label.at = i === 0 ? label.wanted : Math.max(label.wanted, labels[i - 1].at + gap(labels[i - 1], label));
  });
  // Half of each push goes to the label below, so that two close lines share the displacement.
  for (let i = labels.length - 1; i > 0; i--) {
    const below = labels[i - 1];
    const ceiling = Math.min(labels[i].at - (labels[i].at - labels[i].wanted) / 2, height + LINE_HEIGHT / 2);
    labels[i].at = ceiling;
    below.at = Math.min(below.at, ceiling - gap(below, labels[i]));
  }
}

function clamp(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}

/** Breaks a long name into two lines at the space nearest to its middle. */
function wrapName(name: string): readonly string[] {
  if (name.length <= 16) return [name];
  const spaces = [...name.matchAll(/ /g)].map((match) => match.index ?? 0);
  if (spaces.length === 0) return [name];
  const middle = spaces.reduce((best, at) => (Math.abs(at - name.length / 2) < Math.abs(best - name.length / 2) ? at : best));
  return [name.slice(0, middle), name.slice(middle + 1)];
}
