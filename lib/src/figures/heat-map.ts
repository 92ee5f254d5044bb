/** Heat maps: one coloured cell per pair of categories, with its value written in it where there is room. */
import type { Cell, Table } from "../analysis/table";
import { ParameterError } from "../errors";
import { type AxisOptions, axisTitle, baseLayout, xAxis, yAxis } from "./axes";
import type { Figure } from "./figure";
import { cellOf, checkNotEmpty, groupRows, numberOf } from "./series";
import { cellText, columnTitle, findColumn, plotlyText } from "./text";
import { INK, SEQUENTIAL, TEXT_SIZE } from "./theme";
import { type FigureWords, figureSize, makeFigure } from "./words";

/** What to draw. */
export interface HeatMapSpec extends FigureWords {
  /** Columns with the categories of the two axes, drawn in order of appearance (the first row of cells at the top). */
  readonly x: string;
  readonly y: string;
  /** Column with the values. */
  readonly value: string;
  readonly xAxis?: Pick<AxisOptions, "title">;
  readonly yAxis?: Pick<AxisOptions, "title">;
}

const WRITTEN_COLUMNS = 12;

/**
 * Draws a heat map; a pair without a row stays empty.
 *
 * @throws ParameterError for unknown columns, an empty table, two rows for one cell, or values that are not finite
 */
export function heatMap(table: Table, spec: HeatMapSpec): Figure {
  checkNotEmpty(table);
  const [xColumn, yColumn, valueColumn] = [spec.x, spec.y, spec.value].map((name) => findColumn(table, name));
  const xs = groupRows(table.rows, spec.x).map(([level]) => level);
  const ys = groupRows(table.rows, spec.y).map(([level]) => level);
  const cells = readCells(table, spec, xs, ys);
  const size = figureSize(spec, Math.min(640, Math.max(220, 90 + ys.length * 30)));
  const known = cells.flat().filter((value): value is number => value !== null);
  if (known.length === 0) throw new ParameterError({ what: "nothing but missing values", expected: "at least one number", where: `column ${spec.value}` });
  const written = xs.length <= WRITTEN_COLUMNS;
  const label = (value: Cell): string => plotlyText(cellText(value, { ...valueColumn, digits: valueColumn.digits ?? 3 }));
  const data = [
    {
      type: "heatmap",
      x: xs.map((level) => plotlyText(cellText(level, xColumn))),
      y: ys.map((level) => plotlyText(cellText(level, yColumn))),
      z: cells,
      colorscale: SEQUENTIAL.map((colour, i) => [i / (SEQUENTIAL.length - 1), colour]),
      xgap: 1,
      ygap: 1,
      hoverongaps: false,
      showscale: !written,
      colorbar: { title: { text: plotlyText(columnTitle(valueColumn)), side: "right", font: { size: TEXT_SIZE.label } }, thickness: 10, outlinewidth: 0, tickfont: { size: TEXT_SIZE.tick, color: INK.quiet.light } },
      ...(written ? { text: cells.map((row) => row.map((value) => (value === null ? "" : label(value)))), texttemplate: "%{text}", textfont: { size: TEXT_SIZE.tick } } : {}),
    },
  ];
  const plain = { ticks: "", showline: false, showgrid: false, type: "category" };
  const layout = {
    ...baseLayout(size),
    xaxis: { ...xAxis(axisTitle(table, [spec.x], spec.xAxis ?? {}, "xAxis"), null), ...plain },
    yaxis: { ...yAxis(axisTitle(table, [spec.y], spec.yAxis ?? {}, "yAxis"), null), ...plain, autorange: "reversed" },
  };
  const least = known.reduce((a, b) => Math.min(a, b));
  const most = known.reduce((a, b) => Math.max(a, b));
  const alt = `Heat map of ${columnTitle(valueColumn)} by ${columnTitle(xColumn)} and ${columnTitle(yColumn)}: ${known.length} cells from ${cellText(least, valueColumn)} to ${cellText(most, valueColumn)}.`;
  return makeFigure(spec, table, { data, layout }, size, alt);
}

function readCells(table: Table, spec: HeatMapSpec, xs: readonly Cell[], ys: readonly Cell[]): readonly (readonly (number | null)[])[] {
  const cells = ys.map(() => xs.map((): number | null => null));
  const taken = new Set<string>();
  for (const row of table.rows) {
    const x = xs.indexOf(cellOf(row, spec.x));
    const y = ys.indexOf(cellOf(row, spec.y));
    const place = `${x},${y}`;
    if (taken.has(place)) throw new ParameterError({ what: "two rows for one cell", got: [xs[x], ys[y]], expected: "one row per pair (summarise first)", where: `table ${table.name}` });
    taken.add(place);
    cells[y][x] = numberOf(row, spec.value);
  }
  return cells;
}
