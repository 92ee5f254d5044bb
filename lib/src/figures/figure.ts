/** What every figure function returns and every display path takes: a Plotly figure with the words that make it readable. */
import type { Table } from "../analysis/table";

/** A Plotly figure as plain JSON (no functions, no typed arrays). */
export interface PlotlyFigure {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
}

/** What every figure has: caption, text alternative and the table it was drawn from. */
export interface FigureBase {
  /** Unique within a notebook: lower-case letters, digits and dashes. */
  readonly id: string;
  /** States the finding, not the axes: "P2P stays under one hour for any N". */
  readonly title: string;
  /** One line above the figure: what to look for. */
  readonly lookFor: string;
  /** Caption below: what is drawn, set-up, source. */
  readonly caption: string;
  /** One or two sentences for a reader who does not see it. */
  readonly alt: string;
  /** The data behind it, shown under "Data". */
  readonly table: Table;
  /** Drawing size in CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** A figure that Plotly draws. */
export interface Figure extends FigureBase {
  readonly plotly: PlotlyFigure;
}
