/** Networks drawn above each other: each layer a plane in perspective, its nodes and edges in it, thin lines between the places of one node in two layers. */
import type { Row, Table } from "../analysis/table";
import { ParameterError, checkNumber } from "../errors";
import { type LayoutPart, baseLayout, roundTo } from "./axes";
import type { Figure } from "./figure";
import { cellOf, checkNotEmpty, groupRows, numberOf } from "./series";
import { cellText, findColumn, plotlyText } from "./text";
import { INK, TEXT_SIZE, seriesStyle } from "./theme";
import { type FigureWords, figureSize, joinAlt, makeFigure } from "./words";

/** Which columns hold what. Layers are drawn from the bottom up in the order in which the nodes' table names them. */
export interface NetworkDrawingSpec extends FigureWords {
  /** Columns of the nodes' table; by default "layer", "node", "x", "y". Positions are in any unit; all layers share the scale. */
  readonly layer?: string;
  readonly node?: string;
  readonly x?: string;
  readonly y?: string;
  /** Columns of the edges' table; by default "layer", "from", "to". */
  readonly edgeLayer?: string;
  readonly from?: string;
  readonly to?: string;
  /** Column of truth values in the edges' table: edges to stand out; none if absent. */
  readonly highlight?: string;
  /** Depth of a plane as a share of the gap between two, 0..1; 0 draws each layer as a line. Default 0.62. */
  readonly depth?: number;
}

interface Place {
  readonly layer: number;
  readonly name: string;
  readonly px: number;
  readonly py: number;
}

/** How far the back of a plane is moved to the right, as a share of its width. */
const SHEAR = 0.14;

/**
 * Draws layers of nodes and edges.
 *
 * @param nodes one row per node and layer: layer, name, position
 * @param edges one row per edge: layer, names of its ends; becomes the figure's data table
 * @throws ParameterError for unknown columns, an edge whose end is not in its layer, a node twice in a layer, or a position that is no number
 */
export function networkDrawing(nodes: Table, edges: Table, spec: NetworkDrawingSpec): Figure {
  const { layer = "layer", edgeLayer = "layer", from = "from", to = "to", highlight } = spec;
  const size = figureSize(spec, 420);
  checkNotEmpty(nodes);
  const layers = groupRows(nodes.rows, findColumn(nodes, layer).name).map(([name]) => cellText(name, findColumn(nodes, layer)));
  const places = placeNodes(nodes, layers, spec);
  const placeOf = (name: string, at: string): Place => {
    const found = places.get(`${layers.indexOf(at)} ${name}`);
    if (found === undefined) throw new ParameterError({ what: "an edge ends at a node that is not in its layer", got: name, expected: `a node of ${at}`, where: `table ${edges.name}` });
    return found;
  };
  const text = (row: Row, column: string) => cellText(cellOf(row, findColumn(edges, column).name), findColumn(edges, column));
  const drawn = edges.rows.map((row) => {
    const at = text(row, edgeLayer);
    return { ends: [placeOf(text(row, from), at), placeOf(text(row, to), at)] as const, layer: layers.indexOf(at), standsOut: highlight !== undefined && cellOf(row, findColumn(edges, highlight).name) === true };
  });
  const data = [
    lines("", riserEnds(places, layers.length), { color: INK.axis.light, width: 1, dash: "dot" }),
    ...layers.flatMap((name, index) => {
      const mine = drawn.filter((edge) => edge.layer === index);
      const plain = mine.filter((edge) => !edge.standsOut).map(({ ends }) => ends);
      const special = mine.filter((edge) => edge.standsOut).map(({ ends }) => ends);
      const ink = index === 0 ? INK.axis.light : seriesStyle(index - 1).mark.light;
      return [lines(name, plain, { color: ink, width: 1.4, dash: "solid" }), lines(name, special, { color: ink, width: 3.6, dash: "solid" }), marks(name, index, [...places.values()].filter((place) => place.layer === index), layers.length)];
    }),
  ].filter((trace) => (trace.x as readonly unknown[]).length > 0);
  const all = [...places.values()];
  const layout = { ...baseLayout(size), margin: { l: 8, r: 8, t: 8, b: 8, pad: 0 }, xaxis: hiddenAxis(all.map(({ px }) => px), 0.09), yaxis: hiddenAxis(all.map(({ py }) => py), 0.1), annotations: layers.map((name, index) => layerName(name, index, all)) };
  const alt = joinAlt(`Drawing of ${layers.length} layers above each other, from the bottom up: ${layers.join(", ")}.`, layers.map((name, index) => `${name}: ${all.filter((place) => place.layer === index).map((place) => place.name).join(", ")}; ${drawn.filter((edge) => edge.layer === index).length} edges.`));
  return makeFigure(spec, edges, { data, layout }, size, alt);
}

function placeNodes(nodes: Table, layers: readonly string[], spec: NetworkDrawingSpec): Map<string, Place> {
  const { layer = "layer", node = "node", x = "x", y = "y" } = spec;
  const depth = checkNumber("depth", spec.depth ?? 0.62, { min: 0, max: 1 });
  const coordinate = (row: Row, column: string): number => {
    const value = numberOf(row, findColumn(nodes, column).name);
    if (value === null) throw new ParameterError({ what: "a node without a position", got: cellOf(row, node), expected: "numbers", where: `column ${column}` });
    return value;
  };
  const scale = (column: string) => {
    const values = nodes.rows.map((row) => coordinate(row, column));
    const low = values.reduce((a, b) => Math.min(a, b));
    const high = values.reduce((a, b) => Math.max(a, b));
    return (value: number) => (high === low ? 0.5 : (value - low) / (high - low));
  };
  const [across, back] = [scale(x), scale(y)];
  const places = new Map<string, Place>();
  for (const row of nodes.rows) {
    const name = cellText(cellOf(row, findColumn(nodes, node).name), findColumn(nodes, node));
    const index = layers.indexOf(cellText(cellOf(row, layer), findColumn(nodes, layer)));
    if (places.has(`${index} ${name}`)) throw new ParameterError({ what: "a node stands twice in a layer", got: name, expected: "one row", where: `table ${nodes.name}` });
    const yy = back(coordinate(row, y));
    places.set(`${index} ${name}`, { layer: index, name, px: roundTo(across(coordinate(row, x)) + SHEAR * yy, 4), py: roundTo(index + depth * yy, 4) });
  }
  return places;
}

/** A line from each node to its place in the next layer up that has it. */
function riserEnds(places: ReadonlyMap<string, Place>, layers: number): (readonly [Place, Place])[] {
  return [...places.values()].flatMap((place) => {
    for (let above = place.layer + 1; above < layers; above++) {
      const other = places.get(`${above} ${place.name}`);
      if (other !== undefined) return [[place, other] as const];
    }
    return [];
  });
}

function lines(name: string, ends: readonly (readonly [Place, Place])[], line: LayoutPart): LayoutPart {
  return { type: "scatter", mode: "lines", name: plotlyText(name), x: ends.flatMap(([a, b]) => [a.px, b.px, null]), y: ends.flatMap(([a, b]) => [a.py, b.py, null]), line, hoverinfo: "skip", showlegend: false };
}

function marks(name: string, index: number, places: readonly Place[], layers: number): LayoutPart {
  const style = seriesStyle(Math.max(0, index - 1));
  const color = index === 0 ? INK.axis.light : style.mark.light;
  return {
    type: "scatter", mode: "markers+text", name: plotlyText(name), x: places.map(({ px }) => px), y: places.map(({ py }) => py), text: places.map((place) => plotlyText(place.name)),
    textposition: places.map((place) => labelSide(place, places, index === layers - 1)), textfont: { size: TEXT_SIZE.small, color: INK.text.light }, hoverinfo: "text", cliponaxis: false, showlegend: false,
    marker: { symbol: index === 0 ? "circle" : style.marker, size: index === 0 ? 8 : 10, color, line: { color: INK.ground.light, width: 1.2 } },
  };
}

/** A name stands below its node, in the top layer above it, unless a neighbour there would be written over. */
function labelSide(place: Place, places: readonly Place[], preferAbove: boolean): string {
  const hasNear = (above: boolean) => places.some((other) => other !== place && Math.abs(other.px - place.px) < 0.13 && (above ? other.py - place.py : place.py - other.py) >= 0 && Math.abs(other.py - place.py) < 0.16);
  const isAbove = hasNear(preferAbove) && !hasNear(!preferAbove) ? !preferAbove : preferAbove;
  return isAbove ? "top center" : "bottom center";
}

function hiddenAxis(values: readonly number[], room: number): LayoutPart {
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const margin = Math.max(0.3, high - low) * room;
  return { visible: false, fixedrange: true, range: [roundTo(low - margin, 4), roundTo(high + margin, 4)] };
}

function layerName(name: string, index: number, places: readonly Place[]): LayoutPart {
  const mine = places.filter((place) => place.layer === index);
  const top = mine.map(({ py }) => py).reduce((a, b) => Math.max(a, b));
  const left = places.map(({ px }) => px).reduce((a, b) => Math.min(a, b));
  const color = index === 0 ? INK.quiet.light : seriesStyle(index - 1).name.light;
  return { text: plotlyText(name), x: left, y: roundTo(top + 0.16, 4), xanchor: "left", yanchor: "bottom", showarrow: false, font: { size: TEXT_SIZE.label, color } };
}
