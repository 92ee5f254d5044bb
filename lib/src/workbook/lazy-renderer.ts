/** Renderers that start only when the first figure is drawn: one for a live Jupyter front end, one for a run of notebooks. */
import { join } from "node:path";
import type { Figure } from "../figures/figure";
import type { StepFigure } from "../figures/step-player";
import { openBrowser, type LabBrowser } from "./browser";
import { openFigureRenderer, type FigureRenderer } from "./figure-renderer";

/**
 * A function that draws figures, starting a browser when it is first called.
 *
 * @param root root folder of the workbook
 * @returns SVG text, or `null` where no browser was found; that is said once, on standard error
 */
export function lazyRenderer(root: string): (figure: Figure | StepFigure) => Promise<string | null> {
  let opened: Promise<FigureRenderer | null> | undefined;
  return async (figure) => {
    if ("svg" in figure) return figure.svg;
    opened ??= open(root);
    const renderer = await opened;
    return renderer === null ? null : renderer.renderSvg(figure);
  };
}

/** The part of a renderer that a run of notebooks needs. */
export type SvgRenderer = Pick<FigureRenderer, "renderSvg" | "close">;

/** A renderer on an open browser whose page, and with it Plotly, is loaded for the first figure only: a run may draw none. */
export function rendererWhenNeeded(browser: LabBrowser): SvgRenderer {
  let opened: Promise<FigureRenderer> | undefined;
  return {
    renderSvg: async (figure) => (await (opened ??= openFigureRenderer(browser))).renderSvg(figure),
    close: async () => (await opened)?.close(),
  };
}

async function open(root: string): Promise<FigureRenderer | null> {
  const { browser } = await openBrowser({ cacheFolder: join(root, "build", "cache", "browser") });
  if (browser !== null) return openFigureRenderer(browser);
  process.stderr.write("No browser was found to draw figures: they appear when the loader cell has made them live.\n");
  return null;
}
