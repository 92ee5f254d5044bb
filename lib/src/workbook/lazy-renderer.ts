/** Draws figures for a live Jupyter front end: the browser starts with the first figure and ends with the kernel. */
import { join } from "node:path";
import type { Figure } from "../figures/figure";
import { openBrowser } from "./browser";
import { openFigureRenderer, type FigureRenderer } from "./figure-renderer";

/**
 * A function that draws figures, starting a browser when it is first called.
 *
 * @param root root folder of the workbook
 * @returns SVG text, or `null` where no browser was found; that is said once, on standard error
 */
export function lazyRenderer(root: string): (figure: Figure) => Promise<string | null> {
  let opened: Promise<FigureRenderer | null> | undefined;
  return async (figure) => {
    opened ??= open(root);
    const renderer = await opened;
    return renderer === null ? null : renderer.renderSvg(figure);
  };
}

async function open(root: string): Promise<FigureRenderer | null> {
  const { browser } = await openBrowser({ cacheFolder: join(root, "build", "cache", "browser") });
  if (browser !== null) return openFigureRenderer(browser);
  process.stderr.write("No browser was found to draw figures: they appear when the loader cell has made them live.\n");
  return null;
}
