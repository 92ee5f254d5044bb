/**
 * The one place for the look of figures: fonts, sizes, colours. The palette is Okabe and Ito's ("Color universal design", 2008),
 * ordered so that neighbours differ in lightness too; every series is coded by dash or marker as well as by colour.
 *
 * A figure is drawn in the light colours only. Each colour has one dark counterpart, so a page follows its theme by exact
 * replacement: style rules on the SVG's `fill` and `stroke` attributes, and the same map applied to the figure JSON for a live plot.
 */

/** Text faces, first the bundled ones. All of them are drawn with the metrics of the first. */
export const FIGURE_FONT = "'Source Serif 4', 'Gowun Batang', Georgia, 'Times New Roman', serif";

/** Text sizes in CSS pixels at the drawing size. */
export const TEXT_SIZE = { label: 14, tick: 13, small: 12 } as const;

/** Default drawing size in CSS pixels: narrow enough that its text is still read when the drawing is scaled to a phone. */
export const FIGURE_WIDTH = 540;
/** Default height, see {@link FIGURE_WIDTH}. */
export const FIGURE_HEIGHT = 350;

/** A colour on a white page and its counterpart on a dark one. */
export interface ThemeColour {
  readonly light: string;
  readonly dark: string;
}

/** Colours of everything that is not data. */
export const INK = {
  text: { light: "#242424", dark: "#e4e2dd" },
  quiet: { light: "#595959", dark: "#aaa79f" },
  axis: { light: "#767676", dark: "#8a877f" },
  grid: { light: "#e3e1dc", dark: "#3a3936" },
  bound: { light: "#333333", dark: "#cfccc4" },
  /** Fill of open markers: the page's ground. Not plain white, which stands for white writing on dark cells and stays white. */
  ground: { light: "#fefefe", dark: "#191918" },
} as const satisfies Record<string, ThemeColour>;

/** How one series is drawn: colour of its mark, colour of its name (4.5:1 against the page), dash and marker. */
export interface SeriesStyle {
  readonly mark: ThemeColour;
  readonly name: ThemeColour;
  readonly dash: "solid" | "dash" | "dot" | "dashdot" | "longdash" | "longdashdot";
  readonly marker: "circle" | "square" | "diamond" | "triangle-up" | "triangle-down" | "x";
}

/** Styles of the series of a figure, in order; a figure with more series repeats them. */
export const SERIES: readonly SeriesStyle[] = [
  { mark: { light: "#0072b2", dark: "#4ba3dc" }, name: { light: "#00669f", dark: "#5fb0e4" }, dash: "solid", marker: "circle" },
  { mark: { light: "#d55e00", dark: "#ec7d2e" }, name: { light: "#b04d00", dark: "#f08c46" }, dash: "dash", marker: "square" },
  { mark: { light: "#009e73", dark: "#2fbd93" }, name: { light: "#007a59", dark: "#3cc49b" }, dash: "dashdot", marker: "diamond" },
  { mark: { light: "#cc79a7", dark: "#d98fb8" }, name: { light: "#9c4a77", dark: "#de9dc1" }, dash: "dot", marker: "triangle-up" },
  { mark: { light: "#e69f00", dark: "#e8ab26" }, name: { light: "#8a5f00", dark: "#ebb440" }, dash: "longdash", marker: "triangle-down" },
  { mark: { light: "#56b4e9", dark: "#7cc5ef" }, name: { light: "#1f6f9f", dark: "#89cbf1" }, dash: "longdashdot", marker: "x" },
];

/** Style of series number `index`, counted from 0. */
export function seriesStyle(index: number): SeriesStyle {
  return SERIES[index % SERIES.length];
}

/** Steps of the sequential scale of heat maps, light to dark; the same in both themes, so that a value keeps its colour. */
export const SEQUENTIAL: readonly string[] = ["#f2f6fa", "#cfe0ee", "#9fc4df", "#63a2cc", "#2b7fb6", "#0a5d92", "#063f66"];

/** Every light colour with its dark counterpart. */
export function colourPairs(): readonly ThemeColour[] {
  return [...Object.values(INK), ...SERIES.flatMap((style) => [style.mark, style.name])];
}

/** Transparent ground: the page shows through. */
export const TRANSPARENT = "rgba(0,0,0,0)";
